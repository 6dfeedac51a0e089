"""Counting while the log goes by: how busy stations and pools are, interval by interval."""

import numpy as np
import numpy.typing as npt

from smsc_sim.engines.tally import CODE, OTHER, PLACE, TIME, VALUE, Array
from smsc_sim.model.codes import (
    LOG_CUT,
    LOG_DOWN,
    LOG_STATION_REFUSED,
    LOG_TAKEN,
    LOG_UP,
    LOG_VISIT,
    NEVER,
)
from smsc_sim.model.network import Network

Floats = npt.NDArray[np.float64]


def spread(
    total: Array, rows: Array, start_ns: Array, end_ns: Array, interval_ns: int, sign: int = 1
) -> None:
    """Add the time that spans [start, end) spend in each interval to (rows, intervals) sums.

    Spans beyond the last interval are cut off.  All in whole ns, so the order does not matter.
    """
    intervals = total.shape[1]
    horizon = intervals * interval_ns
    start_ns, end_ns = np.minimum(start_ns, horizon), np.minimum(end_ns, horizon)
    first = np.minimum(start_ns // interval_ns, intervals - 1)
    last = np.minimum(end_ns // interval_ns, intervals - 1)
    same = first == last
    np.add.at(total, (rows[same], first[same]), sign * (end_ns - start_ns)[same])
    rows, first, last = rows[~same], first[~same], last[~same]
    np.add.at(total, (rows, first), sign * ((first + 1) * interval_ns - start_ns[~same]))
    np.add.at(total, (rows, last), sign * (end_ns[~same] - last * interval_ns))
    for row, low, high in zip(rows, first + 1, last, strict=True):
        if high > low:
            total[row, low:high] += sign * interval_ns


class Occupancy:
    """Time for which stations serve and jobs wait, and units of pools that are taken.

    Attributes
    ----------
    busy_ns, waiting_ns : (stations, intervals) int64 array
        Server time given and time waited.
    visits, refused, wait_ns, asked_ns : (stations,) int64 array
        In the window: services begun by arrivals, arrivals refused, time waited, service asked.
    taken_ns, queued_ns : (pools, intervals) int64 array
        Unit time taken and time waited.
    most_queued : (pools,) int64 array
    up_ns : (elements, intervals) int64 array
    """

    def __init__(self, network: Network, interval_ns: int) -> None:
        self.interval_ns = interval_ns
        intervals = -(-network.duration_ns // interval_ns)
        elements = network.nodes + network.link_sets
        self.window_ns = (network.warm_up_ns, network.duration_ns)
        self.busy_ns = np.zeros((network.stations, intervals), np.int64)
        self.waiting_ns = np.zeros_like(self.busy_ns)
        self.visits = np.zeros(network.stations, np.int64)
        self.refused = np.zeros_like(self.visits)
        self.wait_ns = np.zeros_like(self.visits)
        self.asked_ns = np.zeros_like(self.visits)
        self.taken_ns = np.zeros((network.pools, intervals), np.int64)
        self.queued_ns = np.zeros_like(self.taken_ns)
        self.most_queued = np.zeros(network.pools, np.int64)
        self.up_ns = np.zeros((elements, intervals), np.int64)
        self._pool_now = np.zeros((network.pools, 3), np.int64)  # since, taken, queued
        self._up_since = np.zeros(elements, np.int64)  # NEVER while down

    def add(self, log: Array) -> None:
        """Count a piece of the log: (rows, 6) int64, see `codes.LOG_NAMES`."""
        codes = log[:, CODE]
        self._add_visits(log[codes == LOG_VISIT])
        self._add_cuts(log[codes == LOG_CUT])
        refused = log[codes == LOG_STATION_REFUSED]
        np.add.at(self.refused, refused[self._in_window(refused), PLACE], 1)
        for pool in np.unique(log[codes == LOG_TAKEN, PLACE]):
            self._add_pool(int(pool), log[(codes == LOG_TAKEN) & (log[:, PLACE] == pool)])
        for row in log[(codes == LOG_DOWN) | (codes == LOG_UP)]:
            self._add_change(int(row[PLACE]), int(row[TIME]), bool(row[CODE] == LOG_UP))

    def finish(self, end_ns: int) -> None:
        """Count what is taken or up until the end of the run."""
        for pool, (since, taken, queued) in enumerate(self._pool_now):
            self._add_taken(pool, np.array([[since, taken, queued]]), np.array([end_ns]))
        for element in np.flatnonzero(self._up_since < NEVER):
            self._add_change(int(element), end_ns, False)

    def _in_window(self, rows: Array) -> npt.NDArray[np.bool_]:
        return (rows[:, TIME] >= self.window_ns[0]) & (rows[:, TIME] < self.window_ns[1])

    def _add_visits(self, rows: Array) -> None:
        start_ns = rows[:, TIME] + rows[:, VALUE]
        spread(self.waiting_ns, rows[:, PLACE], rows[:, TIME], start_ns, self.interval_ns)
        end_ns = start_ns + rows[:, OTHER]
        spread(self.busy_ns, rows[:, PLACE], start_ns, end_ns, self.interval_ns)
        inside = rows[self._in_window(rows)]
        np.add.at(self.visits, inside[:, PLACE], 1)
        np.add.at(self.wait_ns, inside[:, PLACE], inside[:, VALUE])
        np.add.at(self.asked_ns, inside[:, PLACE], inside[:, OTHER])

    def _add_cuts(self, rows: Array) -> None:
        """A failure takes back the wait and the service that lie after it."""
        start_ns = rows[:, TIME] + rows[:, VALUE]
        spread(self.waiting_ns, rows[:, PLACE], rows[:, TIME], start_ns, self.interval_ns, -1)
        end_ns = start_ns + rows[:, OTHER]
        spread(self.busy_ns, rows[:, PLACE], start_ns, end_ns, self.interval_ns, -1)
        inside = rows[self._in_window(rows)]
        np.subtract.at(self.wait_ns, inside[:, PLACE], inside[:, VALUE])

    def _add_pool(self, pool: int, rows: Array) -> None:
        states = np.concatenate([self._pool_now[pool : pool + 1], rows[:, [TIME, VALUE, OTHER]]])
        self._add_taken(pool, states[:-1], states[1:, 0])
        self._pool_now[pool] = states[-1]
        self.most_queued[pool] = max(self.most_queued[pool], int(rows[:, OTHER].max()))

    def _add_taken(self, pool: int, states: Array, until_ns: Array) -> None:
        """Add states (since, taken, queued) that each last until `until_ns`."""
        intervals = self.taken_ns.shape[1]
        horizon = intervals * self.interval_ns
        edges = np.arange(intervals + 1, dtype=np.int64) * self.interval_ns
        since = np.minimum(states[:, 0], horizon)
        until = np.minimum(until_ns, horizon)
        for total, level in ((self.taken_ns, states[:, 1]), (self.queued_ns, states[:, 2])):
            # The integral of a step function, read off at the edges of the intervals.
            area = np.concatenate([[0], np.cumsum(level * (until - since))])
            begun = np.clip(np.searchsorted(since, edges, "right") - 1, 0, len(since) - 1)
            inside = np.clip(edges, since[0], until[-1])
            at_edges = area[begun] + level[begun] * np.clip(inside - since[begun], 0, None)
            total[pool] += np.diff(at_edges)

    def _add_change(self, element: int, time_ns: int, is_up: bool) -> None:
        if is_up:
            self._up_since[element] = time_ns
        elif self._up_since[element] < NEVER:
            span = np.array([element]), self._up_since[[element]], np.array([time_ns])
            spread(self.up_ns, *span, self.interval_ns)
            self._up_since[element] = NEVER
