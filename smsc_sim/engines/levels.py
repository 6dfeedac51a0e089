"""Step functions over time: how much of something there was, interval by interval."""

import numpy as np

from smsc_sim.engines.spans import Array
from smsc_sim.engines.tally import PLACE, TIME, VALUE
from smsc_sim.model.network import Network


def add_steps(
    total: Array, since_ns: Array, level: Array, until_ns: Array, interval_ns: int, horizon_ns: int
) -> None:
    """Add the integral of a step function to sums by interval.

    Parameters
    ----------
    total : (intervals,) int64 array
        Changed in place.
    since_ns, level, until_ns : (steps,) int64 arrays
        Steps in order, each from `since_ns` until `until_ns`, where the next one begins.
    interval_ns, horizon_ns : int
        What lies beyond the horizon is cut off.
    """
    edges = np.minimum(np.arange(len(total) + 1) * interval_ns, horizon_ns)
    since, until = np.minimum(since_ns, horizon_ns), np.minimum(until_ns, horizon_ns)
    # The integral of a step function, read off at the edges of the intervals.
    area = np.concatenate([[0], np.cumsum(level * (until - since))])
    begun = np.clip(np.searchsorted(since, edges, "right") - 1, 0, len(since) - 1)
    inside = np.clip(edges, since[0], until[-1])
    at_edges = area[begun] + level[begun] * np.clip(inside - since[begun], 0, None)
    total += np.diff(at_edges)


class LineLevels:
    """Jobs that wait at stations with a line, which the log tells whenever it changes.

    Attributes
    ----------
    has_line : (stations,) bool array
    """

    def __init__(self, network: Network, interval_ns: int) -> None:
        self.has_line = np.array(network.station_line) >= 0
        self.grid = interval_ns, network.duration_ns
        self._now = {int(row): np.zeros((1, 2), np.int64) for row in np.flatnonzero(self.has_line)}

    def add(self, rows: Array, waiting_ns: Array, longest: Array) -> None:
        """Count rows of LOG_WAITING into (stations, intervals) sums and (stations,) maxima."""
        for station in np.unique(rows[:, PLACE]).tolist():
            mine = rows[rows[:, PLACE] == station]
            steps = np.concatenate([self._now[station], mine[:, [TIME, VALUE]]])
            before = steps[:-1]
            add_steps(waiting_ns[station], before[:, 0], before[:, 1], steps[1:, 0], *self.grid)
            self._now[station] = steps[-1:]
            longest[station] = max(longest[station], int(mine[:, VALUE].max()))

    def finish(self, end_ns: int, waiting_ns: Array) -> None:
        """Count who waits until the end of the run."""
        for station, step in self._now.items():
            until = np.array([end_ns])
            add_steps(waiting_ns[station], step[:, 0], step[:, 1], until, *self.grid)

    def by_arrival(self, visits: Array) -> Array:
        """Rows of visits with the time of arrival: lines write theirs when service begins."""
        late = self.has_line[visits[:, PLACE]]
        if not late.any():
            return visits
        visits = visits.copy()
        visits[late, TIME] -= visits[late, VALUE]
        return visits
