"""Stations and legs of the reference engine: queue, be served, walk from node to node."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from smsc_sim.engines.rows import Row
from smsc_sim.model.codes import (
    BUFFER_FULL,
    DISCARDED,
    DONE,
    DOWN,
    DRAINING,
    FOR_SLS,
    LOG_MSU_LOST,
    LOG_STATION_REFUSED,
    LOG_VISIT,
    LOG_WAITING,
    LOST,
    NEVER,
    NO_WAY,
    NOBODY,
    RANK_DONE,
    RANK_SHIFT,
    RELAY_FULL,
    UP,
)
from smsc_sim.model.draws import below
from smsc_sim.model.failover import held_until_ns
from smsc_sim.model.legs import (
    choose_link_set,
    discard_ns,
    emission_ns,
    enter_queue,
    far_end,
    link_station,
    octets_on,
    waypoint,
)
from smsc_sim.model.network import OF_SOURCE
from smsc_sim.model.outages import takes_work
from smsc_sim.model.queues import has_room, service_time_ns

if TYPE_CHECKING:
    from smsc_sim.engines.reference import Engine


Hop = tuple[int, int, int, int, int, int]  # link set, station, far end, three times: see `_hop`


def enter(engine: Engine, row: Row, station: int, service_ns: int) -> bool:
    """Queue at a station; `row.done_ns` is when the service will end."""
    network, state = engine.network, engine.state
    now: int = engine.env._now  # type: ignore[assignment]
    if network.station_is_random[station] == 1:
        service_ns = service_time_ns(network, row, station, service_ns)
    if network.station_line[station] >= 0:
        return _join(engine, row, station, service_ns)
    start_ns = -1
    is_up = state.is_up[network.station_element[station]]
    if is_up == UP or (is_up == DRAINING and takes_work(network, state, station)):
        start_ns = enter_queue(
            state.free_ns,
            state.free_first[station],
            network.station_servers[station],
            now,
            service_ns,
            network.station_patience_ns[station],
        )
    if start_ns < 0:
        engine.write(LOG_STATION_REFUSED, row, station, 0, service_ns)
        return False
    wait_ns = start_ns - now
    engine.log.extend((now, LOG_VISIT, row.id, station, wait_ns, service_ns, row.submit_ns))
    engine.visits += 1
    row.station, row.start_ns, row.done_ns = station, start_ns, start_ns + service_ns
    return True


def _join(engine: Engine, row: Row, station: int, service_ns: int) -> bool:
    """Begin at a station with a line, or wait in it; `row.done_ns` is NEVER meanwhile."""
    network, state, line = engine.network, engine.state, engine.network.station_line[station]
    row.station, row.start_ns, row.done_ns = station, engine.now, NEVER
    row.cost = service_ns
    is_up = takes_work(network, state, station)
    if is_up and state.serving[station] < network.station_servers[station]:
        state.serving[station] += 1
        _begin_service(engine, row)
    elif is_up and has_room(network, state, line):
        engine.lines[line].append(row)
        engine.write(LOG_WAITING, row, station, len(engine.lines[line]), 0)
    else:
        row.station = NOBODY
        engine.write(LOG_STATION_REFUSED, row, station, 0, service_ns)
        return False
    return True


def _begin_service(engine: Engine, row: Row) -> None:
    engine.write(LOG_VISIT, row, row.station, engine.now - row.start_ns, row.cost)
    engine.visits += 1
    row.start_ns, row.done_ns = engine.now, engine.now + row.cost


def vacate(engine: Engine, station: int) -> None:
    """Let whoever is next have the server that has fallen free."""
    state, line = engine.state, engine.lines[engine.network.station_line[station]]
    if len(line) == 0:
        # 0 already: the element failed in the instant in which the service ended.
        state.serving[station] = max(0, state.serving[station] - 1)
        return
    row = line.popleft()
    engine.write(LOG_WAITING, row, station, len(line), 0)
    _begin_service(engine, row)
    assert row.wait is not None
    engine.at(row.done_ns, RANK_DONE << RANK_SHIFT | row.id, row.wait)


def walk(engine: Engine, row: Row, node: int, target: int, msu: int) -> Generator[Any, int, int]:
    """Walk a leg: link, STP, link, and so on."""
    network, state, hops = engine.network, engine.state, engine.hops
    occasion = (row.id & OF_SOURCE) << 1 | (network.node_smsc[node] >= 0)
    sls = below(row.key, occasion, FOR_SLS, 1 << network.sls_bits)
    row.place = NOBODY
    reason = NO_WAY
    goal = waypoint(network, state, msu >> 8, sls) if network.waypoint_node else NOBODY
    if goal in (NOBODY, node):
        goal = target
    while state.is_up[node] != DOWN:
        hop = hops.get((node, goal, sls, msu)) or _hop(engine, node, goal, sls, msu)
        if hop is None:
            break
        link_set, station, far, service_ns, propagation_ns, most_ns = hop
        if engine.env._now <= engine.moving_ns:
            until_ns = held_until_ns(network, state, link_set, sls, engine.now)
            if until_ns >= 0:  # the MSU waits in a changeover buffer
                row.place = node
                yield engine.wait(row, until_ns, RANK_DONE, DONE)
                row.place = NOBODY
                continue
        if state.free_ns[state.free_first[station]] - engine.env._now >= most_ns:
            engine.write(LOG_STATION_REFUSED, row, station, 0, service_ns)
            reason = DISCARDED
            break
        if not enter(engine, row, station, service_ns):
            reason = BUFFER_FULL
            break
        arrival_ns = row.done_ns + propagation_ns
        signal = yield engine.wait(row, arrival_ns, RANK_DONE, DONE)
        row.station = NOBODY
        if signal != DONE:
            continue  # changeover: the MSU waits at the same node for another way
        node = far
        if node == goal:
            if state.is_up[node] == DOWN:
                break
            if goal == target:
                return DONE
            goal = target  # a node on the way works on the MSU as an STP does
        relay = network.node_station[node]
        if not enter(engine, row, relay, network.station_service_ns[relay]):
            reason = RELAY_FULL
            break
        signal = yield engine.wait(row, row.done_ns, RANK_DONE, DONE)
        row.station = NOBODY
        if signal != DONE:
            break
        if network.station_line[relay] >= 0:
            vacate(engine, relay)
    if state.is_up[node] == DOWN:
        reason = NO_WAY
    engine.write(LOG_MSU_LOST, row, node, msu >> 8, reason)
    return LOST


def _hop(engine: Engine, node: int, target: int, sls: int, msu: int) -> Hop | None:
    """Link set, station, far end, emission, propagation and wait at which it is discarded.

    None without a way.  Kept until the routes change: rules in a row give the same answer each
    time.
    """
    network = engine.network
    hop = None
    link_set = choose_link_set(network, engine.state, node, target, sls)
    if link_set >= 0:
        hop = (
            link_set,
            link_station(network, engine.state, link_set, node, sls),
            far_end(network, link_set, node),
            emission_ns(network, link_set, octets_on(network, link_set, msu)),
            network.set_propagation_ns[link_set],
            discard_ns(network, link_set, msu >> 8),
        )
    engine.hops[node, target, sls, msu] = hop
    return hop
