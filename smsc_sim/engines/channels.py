"""Counting while the log goes by: channels of cells, all of one kind at one MSC together."""

import numpy as np

from smsc_sim.engines.spans import Array, spread
from smsc_sim.model.codes import LOG_BLOCKED, LOG_HELD
from smsc_sim.model.network import Network

TIME, CODE, PLACE, VALUE = 0, 1, 3, 4


class ChannelTally:
    """Time for which channels are held, and who asked for one.

    One row per kind of channel and MSC: thousands of cells would need thousands of series.

    Attributes
    ----------
    held_ns : (groups, intervals) int64 array
        Channel time taken.
    taken, blocked : (groups,) int64 array
        Requests of the window that got a channel, and that found none free.
    channels : (groups,) int64 array
        Channels of all cells.
    """

    def __init__(self, network: Network, interval_ns: int) -> None:
        self.interval_ns = interval_ns
        intervals = -(-network.duration_ns // interval_ns)
        self.window_ns = (network.warm_up_ns, network.duration_ns)
        self.held_ns = np.zeros((network.channel_groups, intervals), np.int64)
        self.taken = np.zeros(network.channel_groups, np.int64)
        self.blocked = np.zeros_like(self.taken)
        self.channels = np.zeros_like(self.taken)
        self._group = np.array(network.pool_group, np.int64)
        mine = self._group >= 0
        np.add.at(self.channels, self._group[mine], np.array(network.pool_units, np.int64)[mine])

    def add(self, log: Array) -> None:
        """Count a piece of the log: (rows, 7) int64, see `codes.LOG_NAMES`."""
        held = log[log[:, CODE] == LOG_HELD]
        group, since_ns = self._group[held[:, PLACE]], held[:, TIME] - held[:, VALUE]
        spread(self.held_ns, group, since_ns, held[:, TIME], self.interval_ns, self.window_ns[1])
        self._count(self.taken, group, since_ns)
        blocked = log[log[:, CODE] == LOG_BLOCKED]
        self._count(self.blocked, self._group[blocked[:, PLACE]], blocked[:, TIME])

    def _count(self, total: Array, group: Array, time_ns: Array) -> None:
        inside = (time_ns >= self.window_ns[0]) & (time_ns < self.window_ns[1])
        np.add.at(total, group[inside], 1)
