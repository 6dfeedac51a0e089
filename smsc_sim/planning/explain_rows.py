"""The rows of an explanation: sources, stations, link sets, dialogues, accounts, failures."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from smsc_sim.model.limits import dialogue_pool, is_dialogue_pool
from smsc_sim.model.names import Names
from smsc_sim.model.network import Network
from smsc_sim.planning.demand import (
    Demand,
    Flows,
    busy_starts_ns,
    calls_per_s,
    messages_per_s,
    texts_of,
)
from smsc_sim.planning.offered import Loads, loads, mean_wait_s, state_without

Array = npt.NDArray[np.float64]

HOUR_NS = 3600 * 10**9
MINUTE_NS = 60 * 10**9
NORMAL, FAILURE = 0.4, 0.8
"""Highest utilisation of a link with everything up, and after a failure: the upper end of ITU-T
E.733 clause 7.1 (found: erlang.com/topic/1-6729, which quotes it)."""


class SourceRow(NamedTuple):
    """One source of traffic; procedures are means per stored segment."""

    source: str
    messages_per_s: float
    busy_messages_per_s: float  # in its busiest hour
    segments: float  # per message
    octets: float  # TP-UD of a segment
    attempts: float  # licences, dialogues and SRI-SM
    mt: float
    reports: float
    returns: float  # ready-for-SM and alert-SC


class ElementRow(NamedTuple):
    """One station: a queue of a node, one direction of a link, or the pacing of an account."""

    station: str
    kind: str  # admission, licence, hlr, stp, msc, paging, link, account
    element: str
    servers: int
    visits_per_s: float
    offered_erlang: float
    utilisation: float
    busy_visits_per_s: float
    busy_erlang: float
    busy_utilisation: float
    busy_from_ns: int  # when its busiest hour begins
    peak_utilisation: float  # in its busiest minute
    wait_s: float  # mean in the busiest hour; inf if it runs over
    flag: str


class LinkSetRow(NamedTuple):
    """One link set in the busiest hour of its busier direction."""

    link_set: str
    direction: str  # from>to
    links: int
    octets_per_s: float
    utilisation: float  # mean of the links of that direction
    worst_link: str
    worst_utilisation: float
    wait_s: float  # mean at the worst link
    flag: str


class DialogueRow(NamedTuple):
    """Open dialogues of an SMSC by Little's law: rate times mean holding time."""

    smsc: str  # and the class, if it has dialogues of its own
    open_mean: float
    open_busy: float  # in the busiest hour
    dialogues: int
    utilisation: float  # in the busiest hour
    flag: str


class AccountRow(NamedTuple):
    """What an account offers, and what its rate and its window let through."""

    account: str
    segments_per_s: float
    busy_segments_per_s: float
    peak_segments_per_s: float  # in the busiest minute
    rate_per_s: float
    window: int
    answer_s: float  # from sending a segment until its answer
    window_per_s: float  # window / answer time, by Little's law
    flag: str


class FailureRow(NamedTuple):
    """The network in the busiest hour with one element out of service."""

    element: str
    kind: str
    cut_off: tuple[str, ...]  # "from>to": pairs between which MSUs find no way
    worst_link: str
    link_utilisation: float
    worst_stp: str
    stp_utilisation: float
    flag: str


class Offer(NamedTuple):
    """Rates of the sources: on average, and over candidates for the busiest hour and minute."""

    mean: Array  # (sources,) messages/s
    hour: Array  # (hours, sources)
    hour_starts_ns: Array  # (hours,)
    minute: Array  # (minutes, sources)
    calls: tuple[Array, Array, Array]  # the same of background: mean, hour, minute


def offer_of(network: Network) -> Offer:
    """Messages per second of every source over the window and its busiest spells."""
    low, high = float(network.warm_up_ns), float(network.duration_ns)
    mean = messages_per_s(network, np.array([low]), np.array([high]))[0]
    spells = []
    for length_ns in (HOUR_NS, MINUTE_NS):
        length_ns = min(length_ns, network.duration_ns - network.warm_up_ns)
        starts = busy_starts_ns(network, length_ns)
        ends = starts + length_ns
        rates = messages_per_s(network, starts, ends), calls_per_s(network, starts, ends)
        spells.append((starts, *rates))
    (hour_starts, hour, call_hour), (_, minute, call_minute) = spells
    calls = (calls_per_s(network, np.array([low]), np.array([high]))[0], call_hour, call_minute)
    return Offer(mean, hour, hour_starts, minute, calls)


def station_kind(network: Network, names: Names, station: int) -> str:
    """What a station is: admission, licence, hlr, stp, msc, paging, link or account."""
    element = network.station_element[station]
    if element == len(names.elements):
        return "account"
    kind = names.kinds[element]
    if kind == "link_set":
        return "link"
    if kind == "smsc":
        gates = network.admission_station
        return "admission" if station in gates else "licence"
    return "paging" if kind == "msc" and network.node_station[element] != station else kind


def _flag(utilisation: float, peak: float, normal: float = 1.0) -> str:
    """Word for a utilisation; `normal` is what a planner allows."""
    if utilisation >= 1:
        return "runs over"
    if peak >= 1:
        return "runs over at peak"
    return f"above {normal:.0%}" if utilisation > normal else ""


def source_rows(
    network: Network, names: Names, offer: Offer, rows: list[Demand]
) -> tuple[SourceRow, ...]:
    """Rates and procedures of each source."""
    found = []
    for source, name in enumerate(names.sources):
        texts = texts_of(network, source)
        mine = [row for row in rows if row.source == source]
        means = [
            sum(row.segments * getattr(row.course, field) for row in mine) / texts.segments
            for field in ("attempts", "mt", "reports", "returns")
        ]
        octets = sum(size * count for size, count in texts.octets.items()) / texts.segments
        rates = float(offer.mean[source]), float(offer.hour[:, source].max())
        found.append(SourceRow(name, *rates, texts.segments, octets, *means))
    return tuple(found)


def element_rows(
    network: Network, names: Names, offer: Offer, load: Loads
) -> tuple[ElementRow, ...]:
    """Load and wait of each station, in the order of the stations."""
    mean_visits, mean_erlang = offer.mean @ load.visits, offer.mean @ load.service_s
    busy_erlang = offer.hour @ load.service_s
    busiest = np.argmax(busy_erlang, axis=0)
    peak_erlang = (offer.minute @ load.service_s).max(axis=0)
    found = []
    for station, name in enumerate(names.stations):
        servers = network.station_servers[station]
        hour = offer.hour[busiest[station]]
        visits = float(hour @ load.visits[:, station])
        erlang = float(busy_erlang[busiest[station], station])
        kind = station_kind(network, names, station)
        squares = float(hour @ load.service_s2[:, station])
        peak = float(peak_erlang[station]) / servers
        element = network.station_element[station]
        found.append(
            ElementRow(
                station=name,
                kind=kind,
                element=name.removesuffix(" account")
                if kind == "account"
                else names.elements[element],
                servers=servers,
                visits_per_s=float(mean_visits[station]),
                offered_erlang=float(mean_erlang[station]),
                utilisation=float(mean_erlang[station]) / servers,
                busy_visits_per_s=visits,
                busy_erlang=erlang,
                busy_utilisation=erlang / servers,
                busy_from_ns=int(offer.hour_starts_ns[busiest[station]]),
                peak_utilisation=peak,
                wait_s=mean_wait_s(servers, visits, erlang, squares),
                flag=_flag(erlang / servers, peak, NORMAL if kind == "link" else 1.0),
            )
        )
    return tuple(found)


def link_set_rows(
    network: Network,
    names: Names,
    offer: Offer,
    load: Loads,
    stations: tuple[ElementRow, ...],
) -> tuple[LinkSetRow, ...]:
    """Each link set with its busier direction and the worst link of that."""
    found = []
    for row in range(network.link_sets):
        links, first = network.set_links[row], network.set_first_station[row]
        ends = names.elements[network.set_from[row]], names.elements[network.set_to[row]]
        both = [list(range(first, first + links)), list(range(first + links, first + 2 * links))]
        sums = [(offer.hour @ load.service_s[:, part]).sum(axis=1).max() for part in both]
        way = int(sums[1] > sums[0])
        octets = float((offer.hour @ load.octets[:, both[way]]).sum(axis=1).max())
        worst = max((stations[link] for link in both[way]), key=lambda link: link.busy_utilisation)
        found.append(
            LinkSetRow(
                link_set=names.elements[network.nodes + row],
                direction=f"{ends[way]}>{ends[1 - way]}",
                links=links,
                octets_per_s=octets,
                utilisation=float(sums[way]) / links,
                worst_link=worst.station,
                worst_utilisation=worst.busy_utilisation,
                wait_s=worst.wait_s,
                flag=worst.flag,
            )
        )
    return tuple(found)


def dialogue_rows(
    network: Network, names: Names, offer: Offer, held_s: Array
) -> tuple[DialogueRow, ...]:
    """Open dialogues of each SMSC and class with its own; `held_s` (sources, smscs) in s."""
    found = []
    sources = range(len(names.sources))
    for number in range(network.smscs):
        for pool in range(network.pools):
            if not is_dialogue_pool(network, number, pool):
                continue
            mine = [dialogue_pool(network, number, source) == pool for source in sources]
            held = held_s[:, number] * np.array(mine)
            units = network.pool_units[pool]
            mean, busy = float(offer.mean @ held), float((offer.hour @ held).max())
            flag = _flag(busy / units, float((offer.minute @ held).max()) / units)
            name = names.pools[pool].replace(" dialogues", "")
            found.append(DialogueRow(name, mean, busy, units, busy / units, flag))
    return tuple(found)


def account_rows(
    network: Network, accounts: list[str], stations: tuple[ElementRow, ...]
) -> tuple[AccountRow, ...]:
    """Accounts by name; a window of w segments and an answer time R let w / R through."""
    found = []
    for account, name in enumerate(accounts):
        pacing = stations[network.account_station[account]]
        smsc = network.node_smsc[network.account_smsc[account]]
        gate_row = network.admission_station[smsc]
        gate = stations[gate_row]
        longest_s = network.station_patience_ns[gate_row] / 1e9
        answer_s = (
            2 * network.account_latency_ns[account] / 1e9
            + network.station_service_ns[gate_row] / 1e9
            + min(gate.wait_s, longest_s)
        )
        service_s = network.station_service_ns[network.account_station[account]] / 1e9
        window = network.pool_units[network.account_window[account]]
        rate, through = 1 / service_s, window / answer_s
        limit = min(rate, through)
        busy, peak = pacing.busy_visits_per_s, pacing.peak_utilisation / service_s
        flag = _flag(busy / limit, peak / limit)
        if not flag and through < rate:
            flag = "the window is narrower than the rate"
        found.append(
            AccountRow(
                *(name, pacing.visits_per_s, busy, peak, rate, window, answer_s, through, flag)
            )
        )
    return tuple(found)


def failure_rows(
    network: Network, names: Names, offer: Offer, offered: Flows
) -> tuple[FailureRow, ...]:
    """The network without a failure, then with each STP and each link set out of service.

    First order: what finds no way is not repeated, and what is still carried stays the same.
    """
    stps = [node for node in range(network.nodes) if network.is_relay[node] == 1]
    sets = range(network.nodes, network.nodes + network.link_sets)
    kinds = [station_kind(network, names, row) for row in range(network.stations)]
    links = [row for row, kind in enumerate(kinds) if kind == "link"]
    relays = [row for row, kind in enumerate(kinds) if kind == "stp"]
    servers = np.array(network.station_servers)
    found = []
    for element in (-1, *stps, *sets):
        load = loads(network, state_without(network, element), offered)
        used = (offer.hour @ load.service_s).max(axis=0) / servers
        cut_off = tuple(f"{names.elements[a]}>{names.elements[b]}" for a, b in sorted(load.lost))
        link = max(links, key=lambda row: used[row])
        stp = max(relays, key=lambda row: used[row], default=-1)
        flag = _flag(max(used[link], used[stp] if stp >= 0 else 0.0), 0.0)
        if not flag:
            flag = _flag(used[link], 0.0, NORMAL if element < 0 else FAILURE)
        found.append(
            FailureRow(
                element="" if element < 0 else names.elements[element],
                kind="none" if element < 0 else names.kinds[element],
                cut_off=cut_off,
                worst_link=names.stations[link],
                link_utilisation=float(used[link]),
                worst_stp=names.stations[stp] if stp >= 0 else "",
                stp_utilisation=float(used[stp]) if stp >= 0 else 0.0,
                flag="cut off" if cut_off else flag,
            )
        )
    return tuple(found)
