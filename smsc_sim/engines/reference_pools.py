"""Pools and parked jobs of the reference engine."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from smsc_sim.engines.rows import Pool, Row, by_id
from smsc_sim.model.codes import (
    ANSWER,
    DONE,
    HUB_RECEIPT,
    LOG_ALERT,
    LOG_BLOCKED,
    LOG_LATE,
    LOG_TAKEN,
    NOBODY,
    RANK_TIMER,
    REFUSED,
    TIMER,
    WOKEN,
)
from smsc_sim.model.network import Command
from smsc_sim.model.queues import UNIT_COST

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


def seize(engine: Engine, row: Row, command: Command) -> Generator[Any, int, int]:
    """Take a unit of a pool, waiting for it until `command.amount` at most; gives a signal."""
    number, key = command.place, command.target
    pool = pool_of(engine, number, key)
    if pool.free > 0:
        pool.free -= 1
        note_pool(engine, number, key, pool)
        return DONE
    if command.amount == 0:
        if engine.network.pool_group[number] >= 0:
            engine.write(LOG_BLOCKED, row, number, row.kind, 0)
        return REFUSED
    row.cost = UNIT_COST
    pool.queue.append(row)
    note_pool(engine, number, key, pool)
    signal: int = yield engine.wait(row, command.amount, RANK_TIMER, TIMER)
    if signal == TIMER:
        pool.queue.remove(row)
        note_pool(engine, number, key, pool)
    return signal


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


def call_up(engine: Engine, row: Row, command: Command) -> int:
    """Wake who is parked, and log who came too late or whom an alert has reached; a signal."""
    woken = wake(engine, command.place, command.target, command.amount)
    if command.place in (ANSWER, HUB_RECEIPT) and woken == 0:
        engine.write(LOG_LATE, row, row.kind, command.amount, 0)
    elif command.log == LOG_ALERT:
        engine.write(LOG_ALERT, row, row.population, woken, row.smsc)
    return WOKEN if woken > 0 else DONE
