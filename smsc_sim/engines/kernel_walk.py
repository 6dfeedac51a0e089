"""Stations and legs of the compiled engine."""

from smsc_sim.engines.kernel_lists import note, wait, write
from smsc_sim.engines.kernel_pools import WAITS_HERE, clear, join, leave
from smsc_sim.engines.machine import Machine
from smsc_sim.engines.wheel import schedule
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
from smsc_sim.model.network import OF_SOURCE, Network, State
from smsc_sim.model.outages import takes_work
from smsc_sim.model.queues import has_room, service_time_ns, waiting_at

AT_NODE, HELD, ON_LINK, IN_RELAY = range(4)  # phases of a walk


def enter(network: Network, state: State, m: Machine, slot: int, station: int, ns: int) -> bool:
    """Queue at a station; `done_ns` of the row is when the service will end."""
    row = m.rows[slot]
    service_ns = ns
    if network.station_is_random[station] == 1:
        service_ns = service_time_ns(network, row, station, ns)
    if network.station_line[station] >= 0:
        return _join(network, state, m, slot, station, service_ns)
    start_ns = -1
    is_up = state.is_up[network.station_element[station]]
    if is_up == UP or (is_up == DRAINING and takes_work(network, state, station)):
        start_ns = enter_queue(
            state.free_ns,
            state.free_first[station],
            network.station_servers[station],
            m.now,
            service_ns,
            network.station_patience_ns[station],
        )
    if start_ns < 0:
        write(m, LOG_STATION_REFUSED, row, station, 0, service_ns)
        return False
    write(m, LOG_VISIT, row, station, start_ns - m.now, service_ns)
    m.visits += 1
    row.station, row.start_ns, row.done_ns = station, start_ns, start_ns + service_ns
    return True


def _join(
    network: Network, state: State, m: Machine, slot: int, station: int, service_ns: int
) -> bool:
    """Begin at a station with a line, or wait in it; `done_ns` is NEVER meanwhile."""
    row, line = m.rows[slot], network.station_line[station]
    row.station, row.start_ns, row.done_ns = station, m.now, NEVER
    row.cost = service_ns
    is_up = takes_work(network, state, station)
    if is_up and state.serving[station] < network.station_servers[station]:
        state.serving[station] += 1
        _begin_service(m, slot)
    elif is_up and has_room(network, state, line):
        join(network, state, m, line, slot)
        write(m, LOG_WAITING, row, station, waiting_at(network, state, line), 0)
    else:
        row.station = NOBODY
        write(m, LOG_STATION_REFUSED, row, station, 0, service_ns)
        return False
    return True


def _begin_service(m: Machine, slot: int) -> None:
    row = m.rows[slot]
    write(m, LOG_VISIT, row, row.station, m.now - row.start_ns, row.cost)
    m.visits += 1
    row.start_ns, row.done_ns = m.now, m.now + row.cost


def vacate(network: Network, state: State, m: Machine, station: int) -> None:
    """Let whoever is next have the server that has fallen free."""
    line = network.station_line[station]
    if waiting_at(network, state, line) == 0:
        # 0 already: the element failed in the instant in which the service ended.
        state.serving[station] = max(0, state.serving[station] - 1)
        return
    slot = leave(network, state, m, line)
    row = m.rows[slot]
    write(m, LOG_WAITING, row, station, waiting_at(network, state, line), 0)
    _begin_service(m, slot)
    schedule(m, slot, row.done_ns, RANK_DONE)


def shut_line(network: Network, state: State, m: Machine, station: int) -> None:
    """Empty the line of a station that fails."""
    state.serving[station] = 0
    clear(network, state, m, network.station_line[station])
    note(m, LOG_WAITING, station, 0, 0)


def set_out(
    network: Network, state: State, m: Machine, slot: int, node: int, target: int, msu: int
) -> int:
    """Begin to walk a leg: link, STP, link, and so on; a signal, or WAITS_HERE."""
    row = m.rows[slot]
    occasion = (row.id & OF_SOURCE) << 1 | (1 if network.node_smsc[node] >= 0 else 0)
    row.sls = below(row.key, occasion, FOR_SLS, 1 << network.sls_bits)
    row.place = NOBODY
    row.node, row.far, row.msu = node, target, msu
    row.goal = target
    if len(network.waypoint_node) > 0:
        goal = waypoint(network, state, msu >> 8, row.sls)
        if goal not in (NOBODY, node):
            row.goal = goal
    row.phase = AT_NODE
    return walk(network, state, m, slot, DONE)


def walk(network: Network, state: State, m: Machine, slot: int, signal: int) -> int:
    """Go on after a wait on the way: a signal for the rules, or WAITS_HERE."""
    row = m.rows[slot]
    phase = row.phase
    reason = NO_WAY
    if phase == HELD:
        row.place = NOBODY
    elif phase == ON_LINK:
        row.station = NOBODY
        # After a changeover the MSU waits at the same node for another way.
        if signal == DONE:
            row.node = row.next_node
            reason = _arrive(network, state, m, slot)
    elif phase == IN_RELAY:
        row.station = NOBODY
        if signal != DONE:
            return _lose(state, m, slot, NO_WAY)
        relay = network.node_station[row.node]
        if network.station_line[relay] >= 0:
            vacate(network, state, m, relay)
    if reason == DONE_WALK:
        return DONE
    if reason == IN_RELAY_NOW:
        return WAITS_HERE
    if reason != NO_WAY or state.is_up[row.node] == DOWN:
        return _lose(state, m, slot, reason)
    return _leave(network, state, m, slot)


DONE_WALK, IN_RELAY_NOW = -101, -102  # in place of a reason


def _arrive(network: Network, state: State, m: Machine, slot: int) -> int:
    """Come to a node: the reason of a loss, NO_WAY to look on, or one of the two above."""
    row = m.rows[slot]
    node = row.node
    if node == row.goal:
        if state.is_up[node] == DOWN:
            return NO_WAY
        if row.goal == row.far:
            return DONE_WALK
        row.goal = row.far  # a node on the way works on the MSU as an STP does
    relay = network.node_station[node]
    if not enter(network, state, m, slot, relay, network.station_service_ns[relay]):
        return RELAY_FULL
    row.phase = IN_RELAY
    wait(m, slot, row.done_ns, RANK_DONE, DONE)
    return IN_RELAY_NOW


def _leave(network: Network, state: State, m: Machine, slot: int) -> int:
    """Queue for a link from the present node; a signal, or WAITS_HERE."""
    row = m.rows[slot]
    node, sls, msu = row.node, row.sls, row.msu
    link_set = choose_link_set(network, state, node, row.goal, sls)
    if link_set < 0:
        return _lose(state, m, slot, NO_WAY)
    if m.now <= m.moving_ns:
        until_ns = held_until_ns(network, state, link_set, sls, m.now)
        if until_ns >= 0:  # the MSU waits in a changeover buffer
            row.place = node
            row.phase = HELD
            wait(m, slot, until_ns, RANK_DONE, DONE)
            return WAITS_HERE
    station = link_station(network, state, link_set, node, sls)
    service_ns = emission_ns(network, link_set, octets_on(network, link_set, msu))
    wait_ns = state.free_ns[state.free_first[station]] - m.now
    if wait_ns >= discard_ns(network, link_set, msu >> 8):
        write(m, LOG_STATION_REFUSED, row, station, 0, service_ns)
        return _lose(state, m, slot, DISCARDED)
    if not enter(network, state, m, slot, station, service_ns):
        return _lose(state, m, slot, BUFFER_FULL)
    row.next_node = far_end(network, link_set, node)
    row.phase = ON_LINK
    wait(m, slot, row.done_ns + network.set_propagation_ns[link_set], RANK_DONE, DONE)
    return WAITS_HERE


def _lose(state: State, m: Machine, slot: int, reason: int) -> int:
    row = m.rows[slot]
    why = NO_WAY if state.is_up[row.node] == DOWN else reason
    write(m, LOG_MSU_LOST, row, row.node, row.msu >> 8, why)
    return LOST
