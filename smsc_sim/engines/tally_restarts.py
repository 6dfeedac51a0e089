"""Counting what a restart of an SMSC repeats, and which second copies come of it."""

import numpy as np
import numpy.typing as npt

from smsc_sim.model.network import segment_of_dialogue

Array = npt.NDArray[np.int64]

TIME, ID = 0, 2  # columns of the log


class Restarts:
    """Segments whose attempt was broken off by a crash of their SMSC.

    Notes
    -----
    All are remembered to the end of the run: a second copy may come long after the segment has
    left the store.  A crash adds as many as there were jobs at the SMSC.
    """

    def __init__(self) -> None:
        self._since_ns: dict[int, int] = {}

    def remember(self, rows: Array) -> None:
        """Take up rows of the log that say what is to be repeated."""
        for time_ns, row_id in rows[:, [TIME, ID]].tolist():
            self._since_ns.setdefault(row_id, time_ns)

    def caused(self, rows: Array) -> npt.NDArray[np.bool_]:
        """Which second copies on handsets are of segments repeated before."""
        return np.array(
            [
                self._since_ns.get(segment_of_dialogue(row_id), time_ns) < time_ns
                for time_ns, row_id in rows[:, [TIME, ID]].tolist()
            ],
            np.bool_,
        )
