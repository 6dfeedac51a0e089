"""Status reports: the SMSC tells a person's phone how a segment ended, by SMS-STATUS-REPORT.

It is routed and delivered like a short message, but once: it is not stored, and one that fails is
not repeated.  It belongs to no message, so nothing that becomes of it changes how a message ends.
"""

from smsc_sim.model.codes import (
    DONE,
    FOR_STATUS_REPORT,
    LOG_STATUS_REPORT,
    MT_DIALOGUE,
    NOBODY,
    OK,
    SRI_DIALOGUE,
    START,
    STATUS_ANSWERED,
    STATUS_LICENSED,
    STATUS_ROUTED,
    STATUS_SENT,
    STATUS_SRI_SENT,
    SYSTEM_FAILURE,
    TIMEOUT,
    WOKEN,
)
from smsc_sim.model.commands import await_answer, end, serve, start_dialogue
from smsc_sim.model.draws import uniform
from smsc_sim.model.network import Command, Job, Network, State, status_report_id
from smsc_sim.model.traffic import writer_of

# SMS-STATUS-REPORT has 25 octets with an address of 12 digits (type, reference, address 8, two time
# stamps of 7, status; 3GPP TS 23.040 table of its fields, from memory, not found): as many as an
# SMS-DELIVER with 6 octets of text.
STATUS_REPORT_OCTETS = 6


def wants_status_report(network: Network, job: Job) -> bool:
    """Whether the person who wrote a message asked for status reports (TP-SRR)."""
    home = network.source_from[job.source]
    if home < 0 or network.p_status_report[home] <= 0.0:
        return False
    return uniform(job.key, 0, FOR_STATUS_REPORT) < network.p_status_report[home]


def begin_status_report(network: Network, parent: Job, child: Job) -> None:
    """Make a copy of a stored segment into the report to whoever wrote it."""
    child.id = status_report_id(parent.id)
    child.record = NOBODY
    child.population = network.source_from[parent.source]
    child.phone = writer_of(network, parent)
    child.msc = parent.sender
    child.octets = STATUS_REPORT_OCTETS
    child.attempt = 0  # attempts of the segment are numbered from 1: the draws are others
    child.more = 0


def step_status_report(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """A licence, SRI-SM and mt-ForwardSM to the phone that wrote the message."""
    if job.stage == START:
        licence = network.node_station[network.smsc_node[job.smsc]]
        return serve(job, licence, network.station_service_ns[licence], STATUS_LICENSED)
    if job.stage == STATUS_LICENSED:
        if signal != DONE:  # the SMSC is down: what it has not stored is gone
            return end(job, LOG_STATUS_REPORT, SYSTEM_FAILURE)
        return start_dialogue(job, SRI_DIALOGUE, STATUS_SRI_SENT)
    if job.stage == STATUS_SRI_SENT:
        return await_answer(job, now + network.sri_timer_ns[job.smsc], STATUS_ROUTED)
    if job.stage == STATUS_SENT:
        return await_answer(job, now + network.mt_timer_ns[job.smsc], STATUS_ANSWERED)
    cause = job.answer if signal == WOKEN else TIMEOUT
    if job.stage == STATUS_ROUTED and cause == OK:
        return start_dialogue(job, MT_DIALOGUE, STATUS_SENT)
    return end(job, LOG_STATUS_REPORT, cause)
