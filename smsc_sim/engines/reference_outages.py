"""What fails and comes back in the reference engine, and what that does to jobs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from smsc_sim.engines.reference_pools import (
    empty_pool,
    note_pool,
    unpark,
    wake,
)
from smsc_sim.engines.rows import Row, by_id
from smsc_sim.model.codes import (
    BREAKDOWN,
    DOWN,
    DRAINING,
    ELEMENT_UP,
    LOG_CUT,
    LOG_DOWN,
    LOG_UP,
    LOG_WAITING,
    NEVER,
    NOBODY,
    PARK,
    RANK_DOWN,
    RANK_SHIFT,
    REPAIR,
    UP,
    WITHDRAWAL,
)
from smsc_sim.model.failover import bring_up, fails_with, take_down
from smsc_sim.model.legs import update_routes
from smsc_sim.model.victims import is_victim, victim_signal

if TYPE_CHECKING:
    from smsc_sim.engines.reference import Engine


def withdraw(engine: Engine, element: int) -> None:
    """Take an element out of service now: it finishes what it has, routes change."""
    if engine.state.is_up[element] == UP:
        engine.note(LOG_DOWN, element, 1, 0)
        _find_ways(engine, take_down(engine.network, engine.state, element, DRAINING, engine.now))


def fail(engine: Engine, element: int, failure: int = BREAKDOWN) -> None:
    """Take an element down now: its victims are dropped, routes change."""
    if engine.state.is_up[element] != DOWN:
        _shut(engine, element)
    elif failure == BREAKDOWN:
        return
    network, now = engine.network, engine.now
    victims = [
        row
        for row in engine.live
        if row.wait is not None and _is_hit(engine, row, element, failure)
    ]
    for row in sorted(victims, key=by_id):
        if row.station >= 0 and row.done_ns == NEVER:
            pass  # it waited in the line of the station
        elif row.station >= 0 and row.done_ns > now and fails_with(network, element, row.station):
            uncut_ns = min(row.done_ns - now, row.done_ns - row.start_ns)
            wait_ns = max(0, row.start_ns - now)
            engine.write(LOG_CUT, row, row.station, wait_ns, uncut_ns)
        elif row.verb == PARK:
            unpark(engine, row)
        engine.redirect(row, victim_signal(row.kind, failure))


def _shut(engine: Engine, element: int) -> None:
    """Mark an element as down; its stations and pools are empty again."""
    network, state, now = engine.network, engine.state, engine.now
    engine.note(LOG_DOWN, element, 0, 0)
    _find_ways(engine, take_down(network, state, element, DOWN, now))
    for station in range(network.stations):
        if fails_with(network, element, station):
            first = state.free_first[station]
            servers = network.station_servers[station]
            state.free_ns[first : first + servers] = [0] * servers
            if network.station_line[station] >= 0:
                state.serving[station] = 0
                engine.lines[network.station_line[station]].clear()
                engine.note(LOG_WAITING, station, 0, 0)
    for number, owner in enumerate(network.pool_element):
        if owner == element:
            engine.pools[number] = empty_pool(engine, number)
            engine.keyed[number].clear()
            note_pool(engine, number, NOBODY, engine.pools[number])


def _find_ways(engine: Engine, routes_ns: int) -> None:
    """Forget the hops, and let the routes follow at `routes_ns` unless that is -1."""
    engine.hops.clear()
    engine.moving_ns = max(engine.moving_ns, *engine.state.moved_ns)
    if routes_ns == engine.now:
        update_routes(engine.network, engine.state)
    elif routes_ns >= 0:
        engine.call_at(routes_ns, RANK_DOWN << RANK_SHIFT, partial(_settle, engine))


def _settle(engine: Engine) -> None:
    update_routes(engine.network, engine.state)
    engine.hops.clear()


def _is_hit(engine: Engine, row: Row, element: int, failure: int) -> bool:
    return is_victim(
        engine.network,
        element,
        failure,
        engine.now,
        row.kind,
        row.smsc,
        row.verb,
        row.place,
        row.station,
        row.done_ns,
    )


def repair(engine: Engine, element: int) -> None:
    """Bring an element up again now; operations that wait for it are repeated."""
    if engine.state.is_up[element] == UP:
        return
    engine.note(LOG_UP, element, 0, 0)
    _find_ways(engine, bring_up(engine.network, engine.state, element, engine.now))
    wake(engine, ELEMENT_UP, element, 0)


def alter(engine: Engine, change: int, element: int) -> None:
    """Let one of the outages begin or end."""
    if change == REPAIR:
        repair(engine, element)
    elif change == WITHDRAWAL:
        withdraw(engine, element)
    else:
        fail(engine, element, change)
