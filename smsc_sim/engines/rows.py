"""What the reference engine keeps of a job and of a pool."""

from collections import deque
from typing import Any

from smsc_sim.model.codes import NOBODY
from smsc_sim.model.network import Job
from smsc_sim.model.queues import UNIT_COST


class Row(Job):
    """A job, and what the engine knows of its wait."""

    def __init__(self) -> None:
        self.verb = self.place = self.target = self.station = NOBODY
        self.start_ns = self.done_ns = 0
        self.cost = UNIT_COST  # of serving it: service in ns where it is at a station with a line
        self.wait: Any = None  # the SimPy event that it yields

    def copy(self) -> "Row":
        """A row with the same values, which waits for nothing."""
        row = Row()
        row.__dict__.update(self.__dict__)
        row.wait = None
        row.station = NOBODY
        return row


class Pool:
    """Units that jobs hold, and the jobs that wait for one."""

    __slots__ = ("free", "queue")

    def __init__(self, units: int, queue: Any = None) -> None:
        self.free = units
        self.queue: Any = deque() if queue is None else queue  # a deque or a Line of rows


def by_id(row: Row) -> int:
    """Key by which jobs are sorted."""
    return row.id
