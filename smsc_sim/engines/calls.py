"""Counting while the log goes by: calls and location updates by MSC, each counted once."""

import numpy as np
import numpy.typing as npt

from smsc_sim.model.codes import CALL, CALL_EVENTS, LOCATION_UPDATE, LOG_CALL
from smsc_sim.model.network import SOURCE_SHIFT, Network

Array = npt.NDArray[np.int64]

KINDS = (CALL, LOCATION_UPDATE)


class CallTally:
    """What befell calls and location updates, by the time at which they were first tried.

    Attributes
    ----------
    counts : (kinds, events, nodes) int64 array
        Of those first tried in the window; kinds in the order of `KINDS`, events in that of
        `codes.CALL_EVENTS`.
    flow : (kinds, events, nodes, intervals) int64 array
        Of all, by the interval in which they were first tried.
    """

    def __init__(self, network: Network, interval_ns: int) -> None:
        self.window_ns = (network.warm_up_ns, network.duration_ns)
        self.interval_ns = interval_ns
        self._sources = network.sources
        self._kind_of = np.array([KINDS.index(kind) for kind in network.background_kind], np.int64)
        intervals = -(-network.duration_ns // interval_ns)
        shape = (len(KINDS), len(CALL_EVENTS), network.nodes if len(self._kind_of) else 0)
        self.counts = np.zeros(shape, np.int64)
        self.flow = np.zeros((*shape, intervals), np.int64)

    def add(self, log: Array) -> None:
        """Count a piece of the log: (rows, 7) int64, see `codes.LOG_NAMES`."""
        time_ns, _, ids, node, event, since_ns = log[log[:, 1] == LOG_CALL, :6].T
        if len(ids) == 0:
            return
        kind = self._kind_of[(ids >> SOURCE_SHIFT) - self._sources]
        tried_ns = time_ns - since_ns
        inside = (tried_ns >= self.window_ns[0]) & (tried_ns < self.window_ns[1])
        np.add.at(self.counts, (kind[inside], event[inside], node[inside]), 1)
        inside = tried_ns < self.window_ns[1]
        interval = tried_ns[inside] // self.interval_ns
        np.add.at(self.flow, (kind[inside], event[inside], node[inside], interval), 1)
