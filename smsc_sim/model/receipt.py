"""Delivery receipts: the SMSC tells the ESME how a segment ended."""

from smsc_sim.model.codes import NOTHING, RECEIPT_ARRIVED, RECEIPT_IN, START
from smsc_sim.model.commands import end, hold
from smsc_sim.model.network import Command, Job, Network, State


def step_receipt(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """deliver_sm with the final state, `job.answer`, to the account that asked for it."""
    if job.stage == START:
        account = network.source_account[job.source]
        return hold(job, network.account_latency_ns[account], RECEIPT_ARRIVED)
    return end(job, NOTHING, job.answer, RECEIPT_IN)
