"""A stored segment for an application: the SMSC hands it to the account by deliver_sm.

It needs a licence and a place in the window of the account, and is answered like a submission.
Nobody is paged and no HLR is asked; what is not answered in time, or refused, is repeated by the
retry policy.  Receipts for the account share its rates.
"""

from smsc_sim.model.codes import (
    AT_ACCOUNT,
    CONGESTION,
    DELIVER_ANSWERED,
    DELIVER_ARRIVED,
    DELIVER_DIALOGUE,
    DELIVER_PACED,
    DELIVER_READ,
    DELIVER_RETURNED,
    DELIVER_TAKEN,
    DELIVER_WOKEN,
    DONE,
    ELEMENT_UP,
    EXPIRED,
    HOLD,
    LOG_ATTEMPT,
    LOG_FAILED,
    LOG_HANDSET,
    NEVER,
    NEXT_ATTEMPT,
    NOBODY,
    NOTHING,
    OK,
    ON_HANDSET,
    PARK,
    RELEASE,
    RESTARTED,
    RETRY_DUE,
    SPAWN,
    START,
    TIMEOUT,
    TIMER,
    TO_ANSWERED,
    TO_LICENSED,
    TO_SENT,
    TO_WINDOW,
    UNLOCKED,
    UP,
    WOKEN,
)
from smsc_sim.model.commands import answer, await_answer, command, end, hold, seize, serve
from smsc_sim.model.deliver import segment_over, step_segment, validity_end_ns, wait_or_give_up
from smsc_sim.model.limits import licence_of
from smsc_sim.model.network import Command, Job, Network, State
from smsc_sim.model.reply import begin_replies, may_answer
from smsc_sim.model.retry import policy_of


def step_segment_to_account(
    network: Network, state: State, job: Job, signal: int, now: int
) -> Command:
    """One segment in the store of an SMSC that an account is to have."""
    stage = job.stage
    goes_on = signal in (DONE, WOKEN, TIMER)  # else the SMSC has failed: as for other segments
    if goes_on and stage == START:
        first_ns = network.first_attempt_ns[policy_of(network, job.smsc, job.source)]
        if first_ns > 0:
            return wait_or_give_up(network, job, first_ns, now)
    if goes_on and stage in (START, RETRY_DUE, RESTARTED):
        smsc = network.smsc_node[job.smsc]
        if state.is_up[smsc] != UP:
            return command(PARK, ELEMENT_UP, smsc, NEVER, RESTARTED, OK)
        if now >= validity_end_ns(network, job):
            return segment_over(network, job, EXPIRED)
        licence = licence_of(network, job)
        return serve(job, licence, network.station_service_ns[licence], TO_LICENSED)
    if goes_on and TO_LICENSED <= stage <= TO_ANSWERED:
        return _hand_over(network, job, signal, now)
    return step_segment(network, state, job, signal, now)


def _hand_over(network: Network, job: Job, signal: int, now: int) -> Command:
    """One attempt, from the wait for the window to the answer."""
    account = network.source_to_account[job.source]
    window = network.account_deliveries[job.smsc * len(network.account_smsc) + account]
    if job.stage == TO_LICENSED:
        return seize(job, window, NOBODY, validity_end_ns(network, job), TO_WINDOW)
    if job.stage == TO_WINDOW:
        if signal == TIMER:
            return segment_over(network, job, EXPIRED)
        number, kind = job.attempt + 1, DELIVER_DIALOGUE
        return command(SPAWN, kind, 0, 0, TO_SENT, OK, LOG_ATTEMPT, number, NEXT_ATTEMPT)
    if job.stage == TO_SENT:
        return await_answer(job, now + network.mt_timer_ns[job.smsc], TO_ANSWERED)
    cause = job.answer if signal == WOKEN else TIMEOUT  # TO_ANSWERED
    log = NOTHING if cause == OK else LOG_FAILED
    return command(RELEASE, window, NOBODY, 0, UNLOCKED, cause, log, cause)


def step_deliver_dialogue(
    network: Network, state: State, job: Job, signal: int, now: int
) -> Command:
    """deliver_sm with a segment from the SMSC to an account, and the response."""
    account = network.source_to_account[job.source]
    latency_ns = network.account_latency_ns[account]
    if job.stage == START and network.receipt_station[job.smsc] >= 0:
        station = network.receipt_station[job.smsc]
        return serve(job, station, network.station_service_ns[station], DELIVER_PACED)
    if job.stage in (START, DELIVER_PACED):
        if signal != DONE:  # the SMSC has failed
            return end(job)
        return hold(job, latency_ns, DELIVER_ARRIVED)
    if job.stage == DELIVER_ARRIVED:
        station = network.account_receipt_station[account]
        if station < 0:
            return hold(job, 0, DELIVER_TAKEN, AT_ACCOUNT)
        return serve(job, station, network.station_service_ns[station], DELIVER_TAKEN, AT_ACCOUNT)
    if job.stage == DELIVER_TAKEN:
        if signal != DONE:
            return command(HOLD, 0, 0, latency_ns, DELIVER_RETURNED, CONGESTION)
        stage = DELIVER_READ if may_answer(network, state, job) else DELIVER_ANSWERED
        return command(HOLD, 0, 0, 0, stage, OK, LOG_HANDSET, now - job.submit_ns, ON_HANDSET)
    if job.stage == DELIVER_READ:
        return begin_replies(network, job, now, DELIVER_READ, DELIVER_ANSWERED)
    if job.stage == DELIVER_ANSWERED:
        return hold(job, latency_ns, DELIVER_RETURNED)
    if job.stage == DELIVER_RETURNED:
        return answer(job, DELIVER_WOKEN)
    return end(job)  # DELIVER_WOKEN
