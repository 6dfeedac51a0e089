"""Incoming traffic: a foreign SMSC has a message of its own phones for one of ours.

It stores the segments and delivers them like any other SMSC: SRI-SM to our HLR, mt-ForwardSM to our
MSCs.  Nobody of ours admits or bills them.
"""

from smsc_sim.model.codes import (
    DONE,
    DOWN,
    ELEMENT_UP,
    HOLD,
    INCOMING_ACCEPTED,
    INCOMING_NEXT,
    INCOMING_STORED,
    LOG_SUBMIT,
    NEVER,
    NEXT_SEGMENT,
    NOBODY,
    NOTHING,
    OK,
    PARK,
    REJECTED,
    START,
    SUBMISSION_OVER,
)
from smsc_sim.model.commands import command, end, hold, seize
from smsc_sim.model.network import Command, Job, Network, State
from smsc_sim.model.submit import store_segment


def step_incoming(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """A message that comes into the store of a foreign SMSC, segment after segment."""
    smsc = network.smsc_node[job.smsc]
    if job.stage == START:
        segments = network.text_segments[job.text]
        return command(HOLD, 0, 0, 0, INCOMING_NEXT, OK, LOG_SUBMIT, segments)
    if job.stage == INCOMING_NEXT:
        if state.is_up[smsc] == DOWN:
            return command(PARK, ELEMENT_UP, smsc, NEVER, INCOMING_NEXT, OK)
        if network.smsc_from_memory[job.smsc] == 1:  # its first attempt comes before the store
            return store_segment(job, now, INCOMING_ACCEPTED)
        return seize(job, network.smsc_store[job.smsc], NOBODY, NEVER, INCOMING_STORED)
    if job.stage == INCOMING_STORED:
        if signal != DONE:
            return hold(job, 0, INCOMING_NEXT)
        return store_segment(job, now, INCOMING_ACCEPTED)
    # INCOMING_ACCEPTED
    if job.segment + 1 == network.text_segments[job.text]:
        return end(job, NOTHING, REJECTED, SUBMISSION_OVER)
    return command(HOLD, 0, 0, 0, INCOMING_NEXT, OK, NOTHING, 0, NEXT_SEGMENT)
