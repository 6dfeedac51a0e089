"""What the reference engine keeps of a job and of a pool."""

from collections import deque
from typing import Any

from smsc_sim.model.codes import NOBODY
from smsc_sim.model.network import Job


class Row(Job):
    """A job, and what the engine knows of its wait."""

    def __init__(self) -> None:
        self.verb = self.place = self.target = self.station = NOBODY
        self.start_ns = self.done_ns = 0
        self.wait: Any = None  # the SimPy event that it yields

    def copy(self) -> "Row":
        """A row with the same values, which waits for nothing."""
        row = Row()
        row.__dict__.update(self.__dict__)
        row.wait = None
        row.station = NOBODY
        return row


class Pool:
    """Units that jobs hold, and the jobs that wait for one, first come first served."""

    __slots__ = ("free", "queue")

    def __init__(self, units: int) -> None:
        self.free = units
        self.queue: deque[Row] = deque()
