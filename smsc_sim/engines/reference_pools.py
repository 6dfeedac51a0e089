"""Pools and parked jobs of the reference engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsc_sim.engines.rows import Pool, Row, by_id
from smsc_sim.model.codes import (
    DONE,
    LOG_TAKEN,
    NOBODY,
    WOKEN,
)

if TYPE_CHECKING:
    from smsc_sim.engines.reference import Engine


def empty_pool(engine: Engine, number: int) -> Pool:
    """A pool with all its units, for which nobody waits."""
    line = engine.network.pool_line[number]
    if line < 0:
        return Pool(engine.network.pool_units[number])
    engine.lines[line].clear()
    return Pool(engine.network.pool_units[number], engine.lines[line])


def pool_of(engine: Engine, number: int, key: int) -> Pool:
    """The pool, or its units for a key, made where nobody has held one."""
    if key == NOBODY:
        return engine.pools[number]
    pools = engine.keyed[number]
    pool = pools.get(key)
    if pool is None:
        pool = pools[key] = Pool(engine.network.pool_units[number])
    return pool


def note_pool(engine: Engine, number: int, key: int, pool: Pool) -> None:
    """Log how much of a pool is taken and how many wait."""
    # The channels of thousands of cells are logged when blocked or given back only.
    if key == NOBODY and engine.network.pool_group[number] < 0:
        taken = engine.network.pool_units[number] - pool.free
        engine.note(LOG_TAKEN, number, taken, len(pool.queue))


def release(engine: Engine, number: int, key: int) -> None:
    """Give a unit back; who is next has it now."""
    pool = pool_of(engine, number, key)
    if pool.queue:
        engine.redirect(pool.queue.popleft(), DONE)
    else:
        pool.free += 1
        if key != NOBODY and pool.free == engine.network.pool_units[number]:
            del engine.keyed[number][key]
    note_pool(engine, number, key, pool)


def unpark(engine: Engine, row: Row) -> None:
    """Let a job that goes on by itself be parked no more."""
    here = engine.parked[row.place].get(row.target)
    if here is not None:
        here.pop(row, None)
        if not here:
            del engine.parked[row.place][row.target]


def wake(engine: Engine, space: int, key: int, answer: int) -> int:
    """Wake all that are parked under a key; returns how many."""
    sleepers = engine.parked[space].pop(key, None)
    if sleepers is None:
        return 0
    for row in sorted(sleepers, key=by_id):
        row.answer = answer
        engine.redirect(row, WOKEN)
    return len(sleepers)
