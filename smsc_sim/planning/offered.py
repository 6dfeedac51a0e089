"""Offered load of every station by theory: which way the MSUs go and how long each one serves."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from smsc_sim.model.codes import NOBODY
from smsc_sim.model.legs import (
    choose_link_set,
    emission_ns,
    far_end,
    link_station,
    octets_on,
    update_routes,
    waypoint,
)
from smsc_sim.model.network import Network, State
from smsc_sim.model.operations import MT_FORWARD_SM, SRI_SM, SRI_SM_RESULT
from smsc_sim.model.state import empty_state
from smsc_sim.planning.demand import (
    CODE,
    ERRORS,
    Demand,
    Flows,
    Texts,
    forward_msus,
    mscs_of,
    texts_of,
)
from smsc_sim.theory.queues import mg1_mean_wait_s, mmc_mean_wait_s

Array = npt.NDArray[np.float64]


class Way(NamedTuple):
    """How the MSUs between two nodes spread over the network."""

    links: dict[tuple[int, int], float]  # (station, link set): share of the MSUs
    relays: dict[int, float]  # STP (node): share
    lost: float  # share that finds no way


class Loads(NamedTuple):
    """Per message of each source, summed over all its procedures."""

    visits: Array  # (sources, stations)
    service_s: Array  # (sources, stations) service asked for
    service_s2: Array  # (sources, stations) sum of the squares of service times
    octets: Array  # (sources, stations) on links
    lost: dict[tuple[int, int], float]  # pairs of nodes and the share of MSUs without a way


def state_without(network: Network, element: int = -1) -> State:
    """An empty network in which all is up but one element (node, or nodes + link set)."""
    state = empty_state(network)
    if element >= 0:
        state.is_up[element] = 0
        update_routes(network, state)
    return state


def way(network: Network, state: State, node: int, target: int, operation: int) -> Way:
    """Links, STPs and nodes on the way between two nodes: every SLS value is followed."""
    links: dict[tuple[int, int], float] = {}
    relays: dict[int, float] = {}
    lost = 0.0
    sls_values = 1 << network.sls_bits
    for sls in range(sls_values):
        at, goal = node, waypoint(network, state, operation, sls)
        if goal in (NOBODY, node):
            goal = target
        while at != target:
            link_set = choose_link_set(network, state, at, goal, sls)
            if link_set < 0:
                lost += 1 / sls_values
                break
            link = (link_station(network, state, link_set, at, sls), link_set)
            links[link] = links.get(link, 0.0) + 1 / sls_values
            at = far_end(network, link_set, at)
            if at == goal:
                goal = target
            if at != target:
                relays[at] = relays.get(at, 0.0) + 1 / sls_values
    return Way(links, relays, lost)


def loads(network: Network, state: State, offered: Flows) -> Loads:
    """Visits and service of every station per message of each source.

    Notes
    -----
    What finds no way loads nothing further on and is listed as lost.  Before the place where
    the way ends it loads its links, as in the engines.
    """
    visits = offered.visits.copy()
    sources = len(visits)
    service_s = visits * np.array(network.station_service_ns) / 1e9
    # The mean square of an exponential time is twice the square of its mean.
    spread = 1 + np.array(network.station_is_random)
    service_s2 = visits * (np.array(network.station_service_ns) / 1e9) ** 2 * spread
    octets = np.zeros((sources, network.stations))
    sizes, times = _emissions(network, offered.codes)
    lost: dict[tuple[int, int], float] = {}
    for pair, leg, operation in _by_waypoints(network, offered):
        found = way(network, state, *pair, operation)
        if found.lost > 0:
            lost[pair] = found.lost
        msus = leg.sum(axis=1)
        for (station, link_set), share in found.links.items():
            visits[:, station] += share * msus
            service_s[:, station] += share * (leg @ times[link_set])
            service_s2[:, station] += share * (leg @ times[link_set] ** 2)
            octets[:, station] += share * (leg @ sizes[link_set])
        for relay, share in found.relays.items():
            station = network.node_station[relay]
            each_s = network.station_service_ns[station] / 1e9
            visits[:, station] += share * msus
            service_s[:, station] += share * msus * each_s
            service_s2[:, station] += share * msus * each_s**2 * spread[station]
    return Loads(visits, service_s, service_s2, octets, lost)


def _by_waypoints(network: Network, offered: Flows) -> Iterator[tuple[tuple[int, int], Array, int]]:
    """(Two nodes, MSUs between them by source and code, an operation) for each set of waypoints."""
    nodes_of: dict[tuple[int, ...], list[int]] = {}
    for column, code in enumerate(offered.codes):
        rows = slice(*network.waypoint_first[code >> CODE : (code >> CODE) + 2])
        nodes_of.setdefault(tuple(network.waypoint_node[rows]), []).append(column)
    for pair, leg in offered.legs.items():
        for columns in nodes_of.values():
            part = np.zeros_like(leg)
            part[:, columns] = leg[:, columns]
            if part.any():
                yield pair, part, offered.codes[columns[0]] >> CODE


def mean_wait_s(servers: int, visits_per_s: float, service_s: float, service_s2: float) -> float:
    """Mean wait at a station, Poisson arrivals assumed; `inf` if it runs over.

    Parameters
    ----------
    servers : int
    visits_per_s : float
    service_s, service_s2 : float
        Offered per second: the sum of the service times (erlang) and of their squares.

    Notes
    -----
    One server: Pollaczek and Khinchine with the second moment as it is, which is M/D/1 where
    every service is equally long.  Several: Erlang C, which takes exponential service and so
    overstates the wait at constant service.
    """
    if visits_per_s == 0:
        return 0.0
    if servers == 1:
        return mg1_mean_wait_s(visits_per_s, service_s / visits_per_s, service_s2 / visits_per_s)
    return mmc_mean_wait_s(servers, visits_per_s, service_s / visits_per_s)


def dialogue_s(network: Network, state: State, rows: list[Demand]) -> Array:
    """Time for which dialogues are open at each SMSC, s per message: (sources, smscs).

    Notes
    -----
    From SRI-SM until the last answer, queues left out: both ways over links and STPs, the work
    of HLR and MSC, the HLR's answer time, the radio side.
    """
    total = np.zeros((network.sources, network.smscs))
    for row in rows:
        if network.source_to_account[row.source] >= 0:
            continue  # a window, not dialogues
        smsc, mean = network.smsc_node[row.smsc], row.course
        hlr = network.population_hlr[row.population]
        if hlr == NOBODY:  # behind a hub: its session
            total[row.source, row.smsc] += row.segments * mean.radio_s
            continue
        query = (
            leg_s(network, state, smsc, hlr, {SRI_SM << CODE: 1.0})
            + leg_s(network, state, hlr, smsc, {SRI_SM_RESULT << CODE: 1.0})
            + network.station_service_ns[network.node_station[hlr]] / 1e9
            + network.hlr_answer_ns[hlr] / 1e9
        )
        texts = texts_of(network, row.source)
        delivery = sum(
            share
            * (
                forward_s(network, state, smsc, msc, texts, MT_FORWARD_SM)
                + network.station_service_ns[network.node_station[msc]] / 1e9
            )
            for msc, share in mscs_of(network, row.population)
        )
        held_s = mean.attempts * query + mean.mt * delivery + mean.radio_s
        total[row.source, row.smsc] += row.segments * held_s
    return total


def forward_s(
    network: Network, state: State, node: int, target: int, texts: Texts, operation: int
) -> float:
    """Mean time of the MSUs of a ForwardSM that is accepted, to and back."""
    to, back = forward_msus(network, texts, node, target, operation)
    for error in ERRORS:
        back.pop(error << CODE, None)
    return leg_s(network, state, node, target, to) + leg_s(network, state, target, node, back)


def leg_s(network: Network, state: State, node: int, target: int, codes: dict[int, float]) -> float:
    """Mean time of MSUs on their way from a node to a node, without queues; one after the other."""
    total = 0.0
    for operation in sorted({code >> CODE for code in codes}):
        mine = {code: msus for code, msus in codes.items() if code >> CODE == operation}
        total += _operation_s(network, state, node, target, mine)
    return total


def _operation_s(
    network: Network, state: State, node: int, target: int, codes: dict[int, float]
) -> float:
    """The same for the MSUs of one operation, which all go the same way."""
    found = way(network, state, node, target, next(iter(codes)) >> CODE)
    total, msus = 0.0, sum(codes.values())
    for (_, link_set), share in found.links.items():
        total += msus * share * network.set_propagation_ns[link_set] / 1e9
        for code, weight in codes.items():
            octets = octets_on(network, link_set, code)
            total += share * weight * emission_ns(network, link_set, octets) / 1e9
    for relay, share in found.relays.items():
        total += msus * share * network.station_service_ns[network.node_station[relay]] / 1e9
    return total


def _emissions(network: Network, codes: list[int]) -> tuple[Array, Array]:
    """Octets and emission time in s of each MSU code on each link set: (link sets, codes) twice."""
    sizes = [
        [octets_on(network, link_set, code) for code in codes]
        for link_set in range(network.link_sets)
    ]
    times = [
        [emission_ns(network, link_set, octets) / 1e9 for octets in row]
        for link_set, row in enumerate(sizes)
    ]
    return np.array(sizes, np.float64), np.array(times)
