"""Counting while the log goes by: how busy stations and pools are, interval by interval."""

import numpy as np
import numpy.typing as npt

from smsc_sim.engines.channels import ChannelTally
from smsc_sim.engines.lag import SchedulerLag
from smsc_sim.engines.levels import LineLevels, add_steps
from smsc_sim.engines.link_tally import LinkTally
from smsc_sim.engines.spans import Array, spread
from smsc_sim.engines.tally import CODE, ID, OTHER, PLACE, TIME, VALUE
from smsc_sim.model.codes import (
    LOG_CUT,
    LOG_DOWN,
    LOG_STATION_REFUSED,
    LOG_TAKEN,
    LOG_UP,
    LOG_VISIT,
    LOG_WAITING,
    NEVER,
)
from smsc_sim.model.network import Network

Floats = npt.NDArray[np.float64]


class Occupancy:
    """Time for which stations serve and jobs wait, and units of pools that are taken.

    Attributes
    ----------
    busy_ns, waiting_ns : (stations, intervals) int64 array
        Server time given and time waited.
    visits, refused, wait_ns, asked_ns : (stations,) int64 array
        In the window: arrivals taken, arrivals refused, time that the taken ones waited, service
        that both asked for.
    taken_ns, queued_ns : (pools, intervals) int64 array
        Unit time taken and time waited; the channels of cells are in `channels`, beyond these rows.
    longest_queue : (stations,) int64 array
    most_queued : (pools,) int64 array
        Jobs that waited at one time, at most, over the whole run.
    up_ns : (elements, intervals) int64 array
    channels : ChannelTally
    links : LinkTally
    """

    def __init__(self, network: Network, interval_ns: int) -> None:
        self.interval_ns = interval_ns
        intervals = -(-network.duration_ns // interval_ns)
        self.window_ns = (network.warm_up_ns, network.duration_ns)
        self.busy_ns = np.zeros((network.stations, intervals), np.int64)
        self.waiting_ns = np.zeros_like(self.busy_ns)
        self.visits = np.zeros(network.stations, np.int64)
        self.refused = np.zeros_like(self.visits)
        self.wait_ns = np.zeros_like(self.visits)
        self.asked_ns = np.zeros_like(self.visits)
        self.longest_queue = np.zeros_like(self.visits)
        self._waiting: dict[int, Array] = {}  # station -> (arrival, start, id) of who waits
        self.channels = ChannelTally(network, interval_ns)
        self.lag = SchedulerLag(network, interval_ns)
        self.links = LinkTally(network)
        # Channels come last among the pools: ten thousand cells need no rows here.
        pools = 1 + max(pool for pool, group in enumerate(network.pool_group) if group < 0)
        self.taken_ns = np.zeros((pools, intervals), np.int64)
        self.queued_ns = np.zeros_like(self.taken_ns)
        self.most_queued = np.zeros(pools, np.int64)
        self.up_ns = np.zeros((network.elements, intervals), np.int64)
        self._pool_now = np.zeros((pools, 3), np.int64)  # since, taken, queued
        self._levels = LineLevels(network, interval_ns)
        self._up_since = np.zeros(network.elements, np.int64)  # NEVER while down

    def add(self, log: Array) -> None:
        """Count a piece of the log: (rows, 7) int64, see `codes.LOG_NAMES`."""
        codes = log[:, CODE]
        visits, cuts = log[codes == LOG_VISIT], log[codes == LOG_CUT]
        self._add_visits(self._levels.by_arrival(visits))
        self._add_cuts(cuts)
        self._add_queues(visits, cuts)
        self._levels.add(log[codes == LOG_WAITING], self.waiting_ns, self.longest_queue)
        self.channels.add(log)
        self.lag.add(log)
        self.links.add(log)
        refused = log[codes == LOG_STATION_REFUSED]
        refused = refused[self._in_window(refused)]
        np.add.at(self.refused, refused[:, PLACE], 1)
        np.add.at(self.asked_ns, refused[:, PLACE], refused[:, OTHER])
        for pool in np.unique(log[codes == LOG_TAKEN, PLACE]):
            self._add_pool(int(pool), log[(codes == LOG_TAKEN) & (log[:, PLACE] == pool)])
        for row in log[(codes == LOG_DOWN) | (codes == LOG_UP)]:
            self._add_change(int(row[PLACE]), int(row[TIME]), bool(row[CODE] == LOG_UP))

    def finish(self, end_ns: int) -> None:
        """Count what is taken or up until the end of the run."""
        for pool, (since, taken, queued) in enumerate(self._pool_now):
            self._add_taken(pool, np.array([[since, taken, queued]]), np.array([end_ns]))
        self._levels.finish(end_ns, self.waiting_ns)
        for element in np.flatnonzero(self._up_since < NEVER):
            self._add_change(int(element), end_ns, False)

    def _in_window(self, rows: Array) -> npt.NDArray[np.bool_]:
        return (rows[:, TIME] >= self.window_ns[0]) & (rows[:, TIME] < self.window_ns[1])

    def _add_visits(self, rows: Array) -> None:
        grid = self.interval_ns, self.window_ns[1]
        start_ns = rows[:, TIME] + rows[:, VALUE]
        known = ~self._levels.has_line[rows[:, PLACE]]  # lines tell themselves who waits
        spread(self.waiting_ns, rows[known, PLACE], rows[known, TIME], start_ns[known], *grid)
        end_ns = start_ns + rows[:, OTHER]
        spread(self.busy_ns, rows[:, PLACE], start_ns, end_ns, *grid)
        inside = rows[self._in_window(rows)]
        np.add.at(self.visits, inside[:, PLACE], 1)
        np.add.at(self.wait_ns, inside[:, PLACE], inside[:, VALUE])
        np.add.at(self.asked_ns, inside[:, PLACE], inside[:, OTHER])

    def _add_cuts(self, rows: Array) -> None:
        """A failure takes back the wait and the service that lie after it."""
        grid = self.interval_ns, self.window_ns[1]
        start_ns = rows[:, TIME] + rows[:, VALUE]
        spread(self.waiting_ns, rows[:, PLACE], rows[:, TIME], start_ns, *grid, -1)
        end_ns = start_ns + rows[:, OTHER]
        spread(self.busy_ns, rows[:, PLACE], start_ns, end_ns, *grid, -1)
        inside = rows[self._in_window(rows)]
        np.subtract.at(self.wait_ns, inside[:, PLACE], inside[:, VALUE])

    def _add_queues(self, visits: Array, cuts: Array) -> None:
        """Find the longest queue of each station without a line: starts are in order."""
        if len(visits) == 0:
            return
        end_ns = int(visits[-1, TIME])
        late = visits[(visits[:, VALUE] > 0) & ~self._levels.has_line[visits[:, PLACE]]]
        for station in {*np.unique(late[:, PLACE]).tolist(), *self._waiting}:
            mine = late[late[:, PLACE] == station]
            rows = np.stack([mine[:, TIME], mine[:, TIME] + mine[:, VALUE], mine[:, ID]], axis=1)
            before = self._waiting.pop(station, None)
            if before is not None:
                rows = np.concatenate([before, rows])
            for cut in cuts[(cuts[:, PLACE] == station) & (cuts[:, VALUE] > 0)]:
                hit = np.flatnonzero((rows[:, 2] == cut[ID]) & (rows[:, 0] <= cut[TIME]))
                rows[hit[-1:], 1] = cut[TIME]
            starts = np.sort(rows[:, 1])
            left = np.searchsorted(starts, rows[:, 0], "right")
            longest = int((np.arange(1, len(rows) + 1) - left).max(initial=0))
            self.longest_queue[station] = max(self.longest_queue[station], longest)
            still = rows[rows[:, 1] > end_ns]
            if len(still):
                self._waiting[station] = still

    def _add_pool(self, pool: int, rows: Array) -> None:
        states = np.concatenate([self._pool_now[pool : pool + 1], rows[:, [TIME, VALUE, OTHER]]])
        self._add_taken(pool, states[:-1], states[1:, 0])
        self._pool_now[pool] = states[-1]
        self.most_queued[pool] = max(self.most_queued[pool], int(rows[:, OTHER].max()))

    def _add_taken(self, pool: int, states: Array, until_ns: Array) -> None:
        """Add states (since, taken, queued) that each last until `until_ns`."""
        grid = self.interval_ns, self.window_ns[1]
        for total, level in ((self.taken_ns, states[:, 1]), (self.queued_ns, states[:, 2])):
            add_steps(total[pool], states[:, 0], level, until_ns, *grid)

    def _add_change(self, element: int, time_ns: int, is_up: bool) -> None:
        if is_up:
            self._up_since[element] = time_ns
        elif self._up_since[element] < NEVER:
            span = np.array([element]), self._up_since[[element]], np.array([time_ns])
            spread(self.up_ns, *span, self.interval_ns, self.window_ns[1])
            self._up_since[element] = NEVER
