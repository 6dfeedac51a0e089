"""When elements go out of service and come back; and what they still do while they drain."""

from smsc_sim.model.codes import (
    BREAKDOWN,
    DRAINING,
    FOR_OUTAGE,
    NEVER,
    REPAIR,
    STORE_LOSS,
    UP,
    WITHDRAWAL,
)
from smsc_sim.model.draws import exponential_ns, key_of
from smsc_sim.model.network import Network, State


def change_ns(network: Network, failure: int, number: int, before_ns: int) -> int:
    """Time of change `number` of a failure, given that of the one before it; or NEVER.

    Even changes begin an outage, odd ones end it.  What fails at random is up at time 0 and
    has exponential times, drawn by the name of the failure and the number of the outage.
    """
    down_ns = network.failure_down_ns[failure]
    if network.failure_up_ns[failure] == 0:
        if number == 0:
            return network.failure_at_ns[failure]
        return before_ns + down_ns if number == 1 else NEVER
    mean_ns = network.failure_up_ns[failure] if number & 1 == 0 else down_ns
    key = key_of(network.seed, network.failure_digest[failure], number >> 1)
    return before_ns + exponential_ns(key, number & 1, FOR_OUTAGE, mean_ns)


def outages(network: Network) -> list[tuple[int, int, int]]:
    """All changes of all elements until the end of the drain, by time.

    An element is out of service while any failure holds it; what fails while it drains
    breaks down, and what broke down stays so until nothing holds it any more.

    Returns
    -------
    list of (time in ns, BREAKDOWN, WITHDRAWAL, STORE_LOSS or REPAIR, element)
        At one instant what goes down comes first, so an element that fails at the instant of
        its repair stays down.
    """
    holds = [(0, 0, 0, 0)]
    holds.clear()
    end_ns = network.duration_ns + network.drain_ns
    for failure in range(len(network.failure_digest)):
        number, time_ns = 0, change_ns(network, failure, 0, 0)
        while time_ns < NEVER and (number & 1 == 1 or time_ns <= end_ns):
            first, last = network.failure_first[failure], network.failure_first[failure + 1]
            for row in range(first, last):
                element = network.failure_element[row]
                holds.append((time_ns, number & 1, element, network.failure_kind[failure]))
            number += 1
            time_ns = change_ns(network, failure, number, time_ns)
    holds.sort()
    return _merged(network, holds)


def _merged(network: Network, holds: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int]]:
    """Changes of elements from the beginnings and ends of what holds them down."""
    changes = [(0, 0, 0)]
    changes.clear()
    held = [0] * network.elements
    broken = [0] * network.elements
    for time_ns, is_end, element, kind in holds:
        is_break = kind == BREAKDOWN and broken[element] == 0
        if is_end == 0 and (held[element] == 0 or is_break or kind == STORE_LOSS):
            changes.append((time_ns, kind, element))
        step = -1 if is_end == 1 else 1
        held[element] += step
        if kind != WITHDRAWAL:
            broken[element] += step
        if held[element] == 0:
            changes.append((time_ns, REPAIR, element))
    return changes


def takes_work(network: Network, state: State, station: int) -> bool:
    """Whether a station takes one more job.

    While an element drains, its ways in are shut: submissions to an SMSC, requests to other
    nodes.  What was on its way over a link or through an STP goes on, and so do deliveries
    that an SMSC has begun.
    """
    element = network.station_element[station]
    if state.is_up[element] != DRAINING:
        return state.is_up[element] == UP
    if element >= network.nodes or network.is_relay[element] == 1:
        return True
    return network.node_smsc[element] >= 0 and network.node_station[element] == station
