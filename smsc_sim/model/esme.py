"""Applications: an ESME hands segments to its SMSC by SMPP, at the pace of its account."""

from smsc_sim.model.codes import (
    ANSWER,
    DONE,
    ESME_COUNTED,
    ESME_DIALOGUE,
    ESME_LIMITED,
    ESME_PACED,
    ESME_PAUSED,
    ESME_RELEASED,
    ESME_RESPONDED,
    ESME_SENT,
    ESME_WINDOW,
    HOLD,
    JOIN_ACCOUNT,
    LOG_REFUSED,
    LOG_SUBMIT,
    LOGIN,
    MO_BEGUN,
    NEVER,
    NOBODY,
    NOTHING,
    OK,
    PARK,
    PAUSE_ACCOUNT,
    REJECTED,
    RELEASE,
    SHARE_REFUSED,
    SHARE_TAKEN,
    SM_ACCEPTED,
    SM_ADMITTED,
    SM_ARRIVED,
    SM_RETURNED,
    SM_STORED,
    SM_WOKEN,
    SPAWN,
    START,
    STORE_FULL,
    SUBMISSION_OVER,
    THROTTLED,
    TIMEOUT,
    WOKEN,
    WRITTEN,
)
from smsc_sim.model.commands import (
    answer,
    command,
    end,
    hold,
    release,
    seize,
    serve,
    start_dialogue,
)
from smsc_sim.model.login import begins_login
from smsc_sim.model.network import Command, Job, Network, State, submit_sm_id
from smsc_sim.model.quota import has_quota, is_quota_of, keep_quota
from smsc_sim.model.retry import CAUSES, retry_delay_ns
from smsc_sim.model.submit import (
    dialogue_over,
    next_segment,
    store_segment,
    try_again,
    write_segment,
)


def step_esme(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """An application: paced by its account, as many submissions open as the window allows."""
    account = network.source_account[job.source]
    station = network.account_station[account]
    if job.stage == START:
        verb, kind = (SPAWN, LOGIN) if begins_login(network, job) else (HOLD, 0)
        segments = network.text_segments[job.text]
        return command(verb, kind, 0, 0, ESME_PAUSED, OK, LOG_SUBMIT, segments)
    if job.stage == ESME_PAUSED:
        return serve(job, station, network.station_service_ns[station], ESME_PACED, JOIN_ACCOUNT)
    if job.stage in (ESME_PACED, ESME_LIMITED):
        behind_ns = state.paused_ns[account] - job.paused_ns
        if behind_ns > 0:  # the account has paused since it queued there
            return hold(job, behind_ns, job.stage, JOIN_ACCOUNT)
        if job.stage == ESME_LIMITED or has_quota(network, job):
            return keep_quota(network, state, job, now)
    if job.stage in (ESME_PACED, ESME_COUNTED):
        return seize(job, network.account_window[account], NOBODY, NEVER, ESME_WINDOW)
    if job.stage == ESME_WINDOW:
        return start_dialogue(job, ESME_DIALOGUE, ESME_SENT, MO_BEGUN)
    if job.stage == ESME_SENT:
        until_ns = now + network.source_patience_ns[job.source]
        return command(PARK, ANSWER, submit_sm_id(job), until_ns, ESME_RESPONDED, OK)
    if job.stage == ESME_RESPONDED:
        return _note_response(network, job, job.answer if signal == WOKEN else TIMEOUT)

    # ESME_RELEASED
    if job.cause == OK:
        return next_segment(network, job)
    pause_ns = resend_delay_ns(network, job, now)
    if pause_ns < 0:
        return end(job, NOTHING, REJECTED, SUBMISSION_OVER)
    return try_again(network, job, pause_ns, ESME_PAUSED, job.cause)


def _note_response(network: Network, job: Job, cause: int) -> Command:
    """Give the place in the window back; after throttling the whole account may pause."""
    account = network.source_account[job.source]
    window = network.account_window[account]
    pause_ns = network.account_pause_ns[account]
    if cause != THROTTLED or pause_ns == 0:
        return command(RELEASE, window, NOBODY, 0, ESME_RELEASED, cause)
    return command(
        RELEASE, window, NOBODY, 0, ESME_RELEASED, cause, NOTHING, 0, PAUSE_ACCOUNT, pause_ns
    )


def resend_delay_ns(network: Network, job: Job, now: int) -> int:
    """Pause of an application before it sends a segment again; -1 gives the message up.

    The age is that of the message, from its first submission.
    """
    account = network.source_account[job.source]
    pause_ns = retry_delay_ns(network, network.account_policy[account], job.cause, job.attempt + 1)
    oldest_ns = network.account_age_ns[account * CAUSES + job.cause]
    if pause_ns < 0 or now + pause_ns - job.submit_ns > oldest_ns:
        return -1
    return pause_ns


def step_esme_dialogue(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """submit_sm from an application to the SMSC, and its response."""
    latency_ns = network.account_latency_ns[network.source_account[job.source]]
    if job.stage == START:
        return hold(job, latency_ns, SM_ARRIVED)
    if job.stage == SM_ARRIVED:
        gate = network.admission_station[job.smsc]
        return serve(job, gate, network.station_service_ns[gate], SM_ADMITTED)
    if job.stage == SM_ADMITTED:
        if signal != DONE:
            return _respond(network, state, job, THROTTLED)
        if network.smsc_from_memory[job.smsc] == 1:
            return store_segment(job, now, SM_ACCEPTED)
        return seize(job, network.smsc_store[job.smsc], NOBODY, 0, SM_STORED)
    if job.stage == SM_STORED:
        if signal != DONE:
            return _respond(network, state, job, STORE_FULL)
        share = network.account_store[network.source_account[job.source]]
        if share >= 0:
            return seize(job, share, NOBODY, 0, SHARE_TAKEN)
        return write_segment(network, job, now, SM_ACCEPTED)
    if job.stage == SHARE_TAKEN:
        if signal != DONE:
            return release(job, network.smsc_store[job.smsc], NOBODY, SHARE_REFUSED)
        return write_segment(network, job, now, SM_ACCEPTED)
    if job.stage == WRITTEN:
        return store_segment(job, now, SM_ACCEPTED)
    if job.stage == SHARE_REFUSED:
        return _respond(network, state, job, STORE_FULL)
    if job.stage == SM_ACCEPTED:
        return hold(job, latency_ns, SM_RETURNED)
    if job.stage == SM_RETURNED:
        return answer(job, SM_WOKEN)
    return dialogue_over(job)  # SM_WOKEN


def _respond(network: Network, state: State, job: Job, cause: int) -> Command:
    """Refuse a submission; a store that is down does not answer and the sender's timer runs out."""
    if state.is_up[network.smsc_node[job.smsc]] == 0:
        return dialogue_over(job)
    latency_ns = network.account_latency_ns[network.source_account[job.source]]
    return command(HOLD, 0, 0, latency_ns, SM_RETURNED, cause, LOG_REFUSED, cause)


def _push_back(state: State, station: int, old_ns: int, until_ns: int) -> None:
    """Let a station of one server begin nothing between two moments."""
    server = state.free_first[station]
    state.free_ns[server] = max(state.free_ns[server], old_ns) + until_ns - old_ns


def change_account(network: Network, state: State, job: Job, command: Command, now: int) -> None:
    """Changes of an account's queue: who comes to it, and pauses, which push all who wait back."""
    account = network.source_account[job.source]
    if command.change == PAUSE_ACCOUNT:
        old_ns = max(now, state.pause_until_ns[account])
        until_ns = max(old_ns, now + command.argument)
        _push_back(state, network.account_station[account], old_ns, until_ns)
        for quota in range(len(network.quota_station)):
            if network.quota_station[quota] >= 0 and is_quota_of(network, quota, account):
                _push_back(state, network.quota_station[quota], old_ns, until_ns)
        state.paused_ns[account] += until_ns - old_ns
        state.pause_until_ns[account] = until_ns
    job.paused_ns = state.paused_ns[account]
