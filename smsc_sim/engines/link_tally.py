"""Counting while the log goes by: MSUs lost and why, and how long links are congested."""

import numpy as np

from smsc_sim.engines.spans import Array
from smsc_sim.model.codes import LOG_CUT, LOG_MSU_LOST, LOG_VISIT, LOSS_NAMES, NEVER
from smsc_sim.model.legs import PRIORITIES
from smsc_sim.model.network import Network

LEVELS = PRIORITIES - 1
TIME, CODE, ID, PLACE, VALUE, OTHER = range(6)  # columns of the log


class LinkTally:
    """MSUs lost in the window, and the time that links spend at each congestion level.

    Attributes
    ----------
    lost : (nodes, reasons) int64 array
        MSUs lost by the node where they were, reasons as `codes.LOSS_NAMES`.
    above_ns : (stations, levels) int64 array
        Time in the window at level 1, 2, 3 or above.

    Notes
    -----
    A link serves first in, first out, so after an MSU that waits w and is sent for s at time t the
    work in the buffer is t + w + s - now until the next one comes.  It is above a threshold c until
    t + w + s - c; no further rows are needed to know when.
    """

    def __init__(self, network: Network) -> None:
        self.window_ns = (network.warm_up_ns, network.duration_ns)
        self.lost = np.zeros((network.nodes, len(LOSS_NAMES)), np.int64)
        self.above_ns = np.zeros((network.stations, LEVELS), np.int64)
        self._thresholds: dict[int, list[int]] = {}
        for link_set in range(network.link_sets):
            row = PRIORITIES * link_set
            waits = list(network.set_discard_ns[row : row + LEVELS])
            first = network.set_first_station[link_set]
            for station in range(first, first + 2 * network.set_links[link_set]):
                if waits[0] < NEVER:
                    self._thresholds[station] = waits
        self._end_ns = dict.fromkeys(self._thresholds, 0)  # when what is in the buffer is sent

    def add(self, log: Array) -> None:
        """Count a piece of the log: (rows, 7) int64, see `codes.LOG_NAMES`."""
        rows = log[log[:, CODE] == LOG_MSU_LOST]
        low, high = self.window_ns
        rows = rows[(rows[:, TIME] >= low) & (rows[:, TIME] < high)]
        np.add.at(self.lost, (rows[:, PLACE], rows[:, OTHER]), 1)
        if not self._thresholds:
            return
        rows = log[(log[:, CODE] == LOG_VISIT) | (log[:, CODE] == LOG_CUT)]
        for station in set(np.unique(rows[:, PLACE]).tolist()) & self._thresholds.keys():
            mine = rows[rows[:, PLACE] == station]
            # A failure cuts all that is in the buffer, in rows one after the other.
            at = np.flatnonzero(np.diff(mine[:, CODE]) != 0) + 1
            for part in np.split(mine, at):
                if part[0, CODE] == LOG_CUT:
                    self._empty(station, int(part[0, TIME]))
                else:
                    self._fill(station, part)

    def _fill(self, station: int, visits: Array) -> None:
        ends = visits[:, TIME] + visits[:, VALUE] + visits[:, OTHER]
        before = np.concatenate([[self._end_ns[station]], ends[:-1]])
        for level, wait_ns in enumerate(self._thresholds[station]):
            start = np.clip(np.maximum(visits[:, TIME], before - wait_ns), *self.window_ns)
            end = np.clip(ends - wait_ns, *self.window_ns)
            self.above_ns[station, level] += np.maximum(end - start, 0).sum()
        self._end_ns[station] = int(ends[-1])

    def _empty(self, station: int, now_ns: int) -> None:
        """Take back the time that was counted beyond a failure."""
        low, high = self.window_ns
        for level, wait_ns in enumerate(self._thresholds[station]):
            end = min(max(self._end_ns[station] - wait_ns, low), high)
            self.above_ns[station, level] -= max(0, end - min(max(now_ns, low), high))
        self._end_ns[station] = 0
