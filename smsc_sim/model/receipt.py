"""Delivery receipts: the SMSC tells the ESME how a segment, or a message, ended."""

from smsc_sim.model.codes import (
    DELIVERED,
    DONE,
    ELEMENT_UP,
    LOG_RECEIPT,
    MESSAGE_TOLD,
    NEVER,
    NOTHING,
    OK,
    PARK,
    RECEIPT_ARRIVED,
    RECEIPT_IN,
    RECEIPT_KEPT,
    RECEIPT_SENT,
    RECEIPT_TAKEN,
    REJECTED,
    START,
)
from smsc_sim.model.commands import command, end, hold, serve
from smsc_sim.model.network import Command, Job, Network, State

# Whom an account asks for receipts, as bits: of delivered ones, of others, one for the whole.
OF_DELIVERED = 1
OF_FAILED = 2
OF_MESSAGE = 4


def step_receipt(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """deliver_sm with the final state, `job.answer` of its segment, to the account.

    It queues at the SMSC and at the account where these have a rate for receipts.  One that was
    queueing at an SMSC that fails is sent when the SMSC is back.
    """
    account = network.source_account[job.source]
    if job.stage == START and not is_due(network, state, job):
        return end(job, NOTHING, OK)
    if job.stage in (START, RECEIPT_KEPT):
        station = network.receipt_station[job.smsc]
        if station >= 0:
            return serve(job, station, network.station_service_ns[station], RECEIPT_SENT)
        return hold(job, network.account_latency_ns[account], RECEIPT_ARRIVED)
    if job.stage == RECEIPT_SENT:
        if signal != DONE:
            smsc = network.smsc_node[job.smsc]
            return command(PARK, ELEMENT_UP, smsc, NEVER, RECEIPT_KEPT, job.cause)
        return hold(job, network.account_latency_ns[account], RECEIPT_ARRIVED)
    station = network.account_receipt_station[account]
    if job.stage == RECEIPT_ARRIVED and station >= 0:
        return serve(job, station, network.station_service_ns[station], RECEIPT_TAKEN)
    log = LOG_RECEIPT if is_counted(network, account) else NOTHING
    change = RECEIPT_IN if network.account_receipts[account] & OF_MESSAGE == 0 else MESSAGE_TOLD
    return end(job, log, told_state(network, state, job), change)


def is_counted(network: Network, account: int) -> bool:
    """Whether every receipt of an account has a row in the log.

    One for every segment needs none: each end of a segment makes one.
    """
    return network.account_receipts[account] != OF_DELIVERED | OF_FAILED


def told_state(network: Network, state: State, job: Job) -> int:
    """State that a receipt tells: of its segment, or of the message once all have ended."""
    asked = network.account_receipts[network.source_account[job.source]]
    if asked & OF_MESSAGE == 0 or job.answer != DELIVERED:
        return job.answer
    worst = state.worst[job.record]
    return DELIVERED if worst == REJECTED else worst


def is_due(network: Network, state: State, job: Job) -> bool:
    """Whether the account wants this receipt, now that its segment has left the store."""
    asked = network.account_receipts[network.source_account[job.source]]
    if asked & OF_MESSAGE != 0 and state.over[job.record] != (1 << state.segments[job.record]) - 1:
        return False
    wanted = OF_DELIVERED if told_state(network, state, job) == DELIVERED else OF_FAILED
    return asked & wanted != 0
