"""When a message is whole: what whoever reads it waits for."""

from smsc_sim.model.network import Job, State


def makes_whole(state: State, job: Job) -> bool:
    """Whether the segment of a job, once it is there, makes its message whole.

    Asked before the segment is marked: a duplicate makes nothing whole a second time.
    """
    there = state.on_handset[job.record]
    whole = (1 << state.segments[job.record]) - 1
    return there != whole and there | 1 << job.segment == whole
