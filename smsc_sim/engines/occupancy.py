"""Counting while the log goes by: how busy stations and pools are, interval by interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from smsc_sim.engines import count_stations as words
from smsc_sim.engines.count_clock import clock_values
from smsc_sim.engines.count_elements import POOL, POOL_MOST, REASONS
from smsc_sim.engines.count_stations import ASK, LAG, LEVELS, QUEUE, STATION
from smsc_sim.engines.hash_table import empty_table
from smsc_sim.engines.sums import (
    COUNT_BOTH,
    COUNT_ELEMENTS,
    ELEMENTS,
    FINISH_ELEMENTS,
    Array,
    Block,
)
from smsc_sim.engines.tally import MessageTally
from smsc_sim.model.codes import NEVER, NOBODY
from smsc_sim.model.legs import PRIORITIES
from smsc_sim.model.network import Network


@dataclass(frozen=True)
class Channels:
    """Channels of cells, all of one kind at one MSC together.

    Attributes
    ----------
    held_ns : (groups, intervals) int64 array
        Channel time taken.
    taken, blocked : (groups,) int64 array
        Requests of the window that got a channel, and that found none free.
    channels : (groups,) int64 array
        Channels of all cells.
    """

    held_ns: Array
    taken: Array
    blocked: Array
    channels: Array


@dataclass(frozen=True)
class Lag:
    """Time between the moment for which an attempt is planned and its start, by SMSC.

    Planned is when its delay is over and it is its phone's turn: then it asks for a licence.  The
    wait for the licence, for a limit and for a dialogue is the lag.

    Attributes
    ----------
    lag_ns, attempts : (smscs, intervals) int64 array
        Sum of the lags of attempts that began in each interval, and their number.
    longest_ns : (smscs,) int64 array
        Longest lag of an attempt that began in the window.
    """

    lag_ns: Array
    attempts: Array
    longest_ns: Array


@dataclass(frozen=True)
class Links:
    """MSUs lost in the window, and the time that links spend at each congestion level.

    Attributes
    ----------
    lost : (nodes, reasons) int64 array
        MSUs lost by the node where they were, reasons as `codes.LOSS_NAMES`.
    above_ns : (stations, levels) int64 array
        Time in the window at level 1, 2, 3 or above.
    """

    lost: Array
    above_ns: Array


class Occupancy:
    """Time for which stations serve and jobs wait, and units of pools that are taken.

    Parameters
    ----------
    network : Network
    interval_ns : int
        Step of the time series.
    by_machine : bool, optional
        Whether machine code counts; by default where there is some.
    """

    def __init__(
        self, network: Network, interval_ns: int, *, by_machine: bool | None = None
    ) -> None:
        self.interval_ns = interval_ns
        self._stations, self._groups = network.stations, network.channel_groups
        group_of = np.array(network.pool_group, np.int64)
        self._channels = np.zeros(self._groups, np.int64)
        mine = group_of >= 0
        np.add.at(self._channels, group_of[mine], np.array(network.pool_units, np.int64)[mine])
        # Channels come last among the pools: ten thousand cells need no rows here.
        self._pools = 1 + int(np.flatnonzero(~mine).max(initial=-1))
        clock = clock_values(network.warm_up_ns, network.duration_ns, interval_ns)
        self._intervals = clock["intervals"]

        def series(columns: int) -> Array:
            return np.zeros(self._intervals * columns, np.int64)

        values: dict[str, Any] = clock | {
            "log": series(0),
            "stations": network.stations,
            "station": _stations(network),
            "busy": series(network.stations),
            "waits": series(network.stations),
            "queue": np.zeros(0, np.int64),
            "free": NOBODY,
            "used": 0,
            "thresholds": _thresholds(network),
            "above": np.zeros(network.stations * LEVELS, np.int64),
            "smscs": network.smscs,
            "asked": empty_table(ASK),
            "asking": 0,
            "lag": series(network.smscs * LAG),
            "longest_lag": np.zeros(network.smscs, np.int64),
            "pools": self._pools,
            "pool": np.zeros(self._pools * POOL, np.int64),
            "taken": series(self._pools),
            "queued": series(self._pools),
            "groups": self._groups,
            "group_of": group_of,
            "held": series(self._groups),
            "granted": np.zeros(self._groups, np.int64),
            "blocked": np.zeros(self._groups, np.int64),
            "elements": network.elements,
            "up": series(network.elements),
            "up_since": np.zeros(network.elements, np.int64),
            "lost": np.zeros(network.nodes * REASONS, np.int64),
        }
        self.sums = Block(ELEMENTS, values, by_machine)

    def add(self, log: Array) -> None:
        """Count a piece of the log: (rows, 7) int64, see `codes.LOG_NAMES`."""
        self.make_room(len(log))
        self.sums.count(COUNT_ELEMENTS, log)

    def add_both(self, tally: MessageTally, log: Array) -> None:
        """Count a piece of the log here and in the tally of messages, in one go."""
        tally.make_room(len(log))
        self.make_room(len(log))
        tally.sums.read(log)
        self.sums.read(log)
        tally.sums.act(COUNT_BOTH, self.sums)

    def make_room(self, rows: int) -> None:
        """See to it that so many rows can be counted."""
        self.sums.make_room("asked", "asking", ASK, rows)
        if QUEUE * (self.sums["used"] + rows) > len(self.sums["queue"]):
            longer = np.zeros(2 * QUEUE * (self.sums["used"] + rows), np.int64)
            longer[: len(self.sums["queue"])] = self.sums["queue"]
            self.sums["queue"] = longer

    def finish(self, end_ns: int) -> None:
        """Count what is taken, waits or is up until the end of the run."""
        self.sums.act(FINISH_ELEMENTS, end_ns)

    def _series(self, name: str) -> Array:
        """A time series as (what it is of, intervals) array."""
        return np.asarray(self.sums[name].reshape(self._intervals, -1).T)

    def _station(self, word: int) -> Array:
        return np.asarray(self.sums["station"].reshape(-1, STATION)[:, word])

    @property
    def busy_ns(self) -> Array:
        """Server time given: (stations, intervals) int64 array."""
        return self._series("busy")

    @property
    def waiting_ns(self) -> Array:
        """Time waited at stations: (stations, intervals) int64 array."""
        return self._series("waits")

    @property
    def visits(self) -> Array:
        """Arrivals of the window that were taken: (stations,) int64 array."""
        return self._station(words.VISITS)

    @property
    def refused(self) -> Array:
        """Arrivals of the window that were refused: (stations,) int64 array."""
        return self._station(words.REFUSED)

    @property
    def wait_us(self) -> Array:
        """Microseconds that the visits of the window waited: (stations,) int64 array."""
        return self._station(words.WAIT_US)

    @property
    def asked_ns(self) -> Array:
        """Service that all arrivals of the window asked for: (stations,) int64 array."""
        return self._station(words.ASKED_NS)

    @property
    def longest_queue(self) -> Array:
        """Jobs that waited at one time, at most, over the whole run: (stations,) int64 array."""
        return self._station(words.LONGEST)

    @property
    def taken_ns(self) -> Array:
        """Unit time taken of pools, without the channels of cells: (pools, intervals) int64."""
        return self._series("taken")

    @property
    def queued_ns(self) -> Array:
        """Time waited for units of the same pools: (pools, intervals) int64 array."""
        return self._series("queued")

    @property
    def most_queued(self) -> Array:
        """Jobs that waited for a unit at one time, at most: (pools,) int64 array."""
        return np.asarray(self.sums["pool"].reshape(-1, POOL)[:, POOL_MOST])

    @property
    def up_ns(self) -> Array:
        """Time in service: (elements, intervals) int64 array."""
        return self._series("up")

    @property
    def channels(self) -> Channels:
        """Channels of cells."""
        sums = self.sums
        return Channels(self._series("held"), sums["granted"], sums["blocked"], self._channels)

    @property
    def lag(self) -> Lag:
        """How far the schedulers of SMSCs run behind."""
        both = self.sums["lag"].reshape(self._intervals, -1, LAG)
        return Lag(both[:, :, 0].T, both[:, :, 1].T, self.sums["longest_lag"])

    @property
    def links(self) -> Links:
        """MSUs lost and links congested."""
        lost = self.sums["lost"].reshape(-1, REASONS)
        return Links(lost, self.sums["above"].reshape(-1, LEVELS))


def _stations(network: Network) -> Array:
    """Words of all stations before the first visit."""
    stations = np.zeros((network.stations, STATION), np.int64)
    stations[:, [words.FIRST, words.LAST, words.SMSC]] = NOBODY
    stations[:, words.HAS_LINE] = np.array(network.station_line) >= 0
    stations[:, words.LEAST_NS] = _thresholds(network).reshape(-1, LEVELS).min(axis=1)
    for smsc in range(network.smscs):
        stations[network.node_station[network.smsc_node[smsc]], words.SMSC] = smsc
        if network.smsc_retry_station[smsc] >= 0:
            stations[network.smsc_retry_station[smsc], words.SMSC] = smsc
    return stations.reshape(-1)


def _thresholds(network: Network) -> Array:
    """Work in the buffer at which each congestion level of each link begins, in ns."""
    waits = np.full((network.stations, LEVELS), NEVER, np.int64)
    for link_set in range(network.link_sets):
        row = PRIORITIES * link_set
        first = network.set_first_station[link_set]
        last = first + 2 * network.set_links[link_set]
        waits[first:last] = network.set_discard_ns[row : row + LEVELS]
    return waits.reshape(-1)
