"""Rows about elements: how busy stations, links and pools of one replication were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.model.limits import is_dialogue_pool
from smsc_sim.model.names import Names
from smsc_sim.model.network import Network

Floats = npt.NDArray[np.float64]
MINUTE_NS = 60_000_000_000


@dataclass(frozen=True)
class Load:
    """What is known of one element.

    Attributes
    ----------
    busy : (intervals,) float array
        Carried erlang / servers; of a link set, the busier direction.
    queue : (intervals,) float array
        Jobs waiting, on average.
    facts : dict of str to float
        Other measures over the window.
    """

    busy: Floats
    queue: Floats
    facts: dict[str, float]


def _lengths_ns(network: Network, occupancy: Occupancy) -> npt.NDArray[np.int64]:
    intervals = occupancy.busy_ns.shape[1]
    edges = np.arange(intervals + 1) * occupancy.interval_ns
    return np.asarray(np.diff(np.minimum(edges, network.duration_ns)))


def loads(network: Network, names: Names, occupancy: Occupancy) -> dict[str, Load]:
    """Load of every named element, in the order: nodes, link sets, accounts, pools, channels."""
    found = {}
    link_stations = set()
    sets = {}
    for link_set in range(network.link_sets):
        first, links = network.set_first_station[link_set], network.set_links[link_set]
        ways = [list(range(first, first + links)), list(range(first + links, first + 2 * links))]
        link_stations |= {*ways[0], *ways[1]}
        sets[names.elements[network.nodes + link_set]] = _station_load(network, occupancy, ways)
    for station, name in enumerate(names.stations):
        if station not in link_stations:
            found[name] = _station_load(network, occupancy, [[station]])
    found |= sets
    for pool, name in enumerate(names.pools):
        if pool not in network.smsc_phones and network.pool_group[pool] < 0:
            found[name] = _pool_load(network, occupancy, pool)
    for group, name in enumerate(names.channel_groups):
        found[name] = _channel_load(network, occupancy, group)
    return found


def _station_load(network: Network, occupancy: Occupancy, ways: list[list[int]]) -> Load:
    """Load of stations that work side by side, one list per direction."""
    lengths = _lengths_ns(network, occupancy)
    window_ns = network.duration_ns - network.warm_up_ns
    servers = sum(network.station_servers[station] for station in ways[0])
    busy = np.max([occupancy.busy_ns[way].sum(axis=0) for way in ways], axis=0)
    everything = [station for way in ways for station in way]
    queue = occupancy.waiting_ns[everything].sum(axis=0)
    visits = int(occupancy.visits[everything].sum())
    wait_s = occupancy.wait_us[everything].sum() / 1e6
    facts = {
        "visits": float(visits),
        "refused": float(occupancy.refused[everything].sum()),
        "wait_mean": wait_s / visits if visits else float("nan"),
        "queue_max": float(occupancy.longest_queue[everything].max()),
        "offered_erlang": float(max(occupancy.asked_ns[way].sum() for way in ways)) / window_ns,
        "servers": float(servers),
    }
    return Load(busy / (lengths * servers), queue / lengths, facts)


def _pool_load(network: Network, occupancy: Occupancy, pool: int) -> Load:
    lengths = _lengths_ns(network, occupancy)
    units = network.pool_units[pool]
    facts = {"queue_max": float(occupancy.most_queued[pool]), "servers": float(units)}
    return Load(
        occupancy.taken_ns[pool] / (lengths * units), occupancy.queued_ns[pool] / lengths, facts
    )


def _channel_load(network: Network, occupancy: Occupancy, group: int) -> Load:
    """Load of the channels of one kind at one MSC; nobody waits for a channel."""
    lengths, tally = _lengths_ns(network, occupancy), occupancy.channels
    taken, blocked = float(tally.taken[group]), float(tally.blocked[group])
    facts = {
        "visits": taken,
        "refused": blocked,
        "blocking": blocked / (taken + blocked) if taken + blocked else float("nan"),
        "servers": float(tally.channels[group]),
    }
    busy = tally.held_ns[group] / (lengths * tally.channels[group])
    return Load(busy, np.zeros(len(lengths)), facts)


def element_rows(
    network: Network, names: Names, occupancy: Occupancy
) -> Iterator[tuple[str, str, str, float]]:
    """Rows of measures of every element, over the whole intervals of the window."""
    lengths = _lengths_ns(network, occupancy)
    first = -(-network.warm_up_ns // occupancy.interval_ns)
    weights = lengths[first:]
    for name, load in loads(network, names, occupancy).items():
        busy = load.busy[first:]
        if len(busy):
            yield "element", name, "utilisation", float(np.average(busy, weights=weights))
            whole = busy[: len(busy) - (len(busy) > 1 and weights[-1] < weights[0])]
            yield "element", name, "busiest_interval", float(whole.max())
            for measure, span in (("busiest_hour", 60), ("busiest_5min", 5)):
                yield "element", name, measure, _busiest(busy, weights, span)
            queue = float(np.average(load.queue[first:], weights=weights))
            yield "element", name, "queue_mean", queue
        for measure, value in load.facts.items():
            yield "element", name, measure, value
    for element in sorted({*network.failure_element}):
        up_ns = occupancy.up_ns[element, first:].sum()
        if len(weights):
            share = float(up_ns / weights.sum())
            yield "element", names.elements[element], "availability", share
    for smsc, name in enumerate(names.smscs):
        attempts = occupancy.lag.attempts[smsc, first:].sum()
        if attempts:
            mean_ns = occupancy.lag.lag_ns[smsc, first:].sum(dtype=float) / attempts
            yield "smsc", name, "scheduler_lag_mean", float(mean_ns / 1e9)
            yield "smsc", name, "scheduler_lag_max", float(occupancy.lag.longest_ns[smsc] / 1e9)


def _busiest(busy: Floats, lengths_ns: npt.NDArray[np.int64], minutes: int) -> float:
    """Highest mean over so many minutes in a row; NaN if the window or grid does not allow it.

    The last interval may be shorter than the others: minutes that would end in it do not count.
    """
    span_ns = minutes * MINUTE_NS
    intervals, rest = divmod(span_ns, int(lengths_ns[0]))
    if rest or not 1 <= intervals <= len(busy):
        return float("nan")
    ones = np.ones(intervals)
    busy_ns = np.convolve(busy * lengths_ns, ones, "valid")
    is_whole = np.convolve(lengths_ns, ones, "valid") >= span_ns
    return float(busy_ns[is_whole].max() / span_ns) if is_whole.any() else float("nan")


def element_timeline(
    network: Network, names: Names, occupancy: Occupancy
) -> Iterator[tuple[str, str, str, Floats]]:
    """Series of every element, and of what each SMSC stores and has open."""
    for name, load in loads(network, names, occupancy).items():
        yield "element", name, "utilisation", load.busy
        yield "element", name, "queue", load.queue
    lengths = _lengths_ns(network, occupancy)
    for smsc, name in enumerate(names.smscs):
        yield "smsc", name, "store", occupancy.taken_ns[network.smsc_store[smsc]] / lengths
        pools = [p for p in range(len(occupancy.taken_ns)) if is_dialogue_pool(network, smsc, p)]
        yield "smsc", name, "dialogues", occupancy.taken_ns[pools].sum(axis=0) / lengths
        # Without attempts nothing is behind.
        attempts = np.maximum(occupancy.lag.attempts[smsc], 1)
        yield "smsc", name, "scheduler_lag", occupancy.lag.lag_ns[smsc] / attempts / 1e9
        yield "smsc", name, "up", occupancy.up_ns[network.smsc_node[smsc]] / lengths
