"""Submission: a phone by mo-ForwardSM or an ESME by SMPP hands segments to its SMSC."""

from smsc_sim.model.codes import (
    ACCEPTED,
    CONGESTION,
    DONE,
    ESME_ACCEPTED,
    ESME_ADMITTED,
    ESME_ARRIVED,
    ESME_PACED,
    ESME_PAUSED,
    ESME_RELEASED,
    ESME_RESPONDED,
    ESME_STORED,
    ESME_WINDOW,
    FOR_RESEND,
    FOR_RESEND_DELAY,
    HOLD,
    LOG_ACCEPTED,
    LOG_REFUSED,
    LOG_RESEND,
    LOG_SUBMIT,
    MO_ACCEPTED,
    MO_ADMITTED,
    MO_AT_MSC,
    MO_AT_SMSC,
    MO_BEGUN,
    MO_DIALOGUE,
    MO_RETURNED,
    MO_STORED,
    MO_WOKEN,
    NEVER,
    NEXT_SEGMENT,
    NEXT_TRY,
    NOBODY,
    NOTHING,
    OK,
    REJECTED,
    SEGMENT,
    SPAWN,
    START,
    STORE_FULL,
    SUBMISSION_OVER,
    SUBMIT_ANSWERED,
    SUBMIT_CHANNEL,
    SUBMIT_PAUSED,
    SUBMIT_RADIO,
    SUBMIT_SENT,
    THROTTLED,
    TIMEOUT,
    WOKEN,
)
from smsc_sim.model.commands import (
    answer,
    await_answer,
    command,
    end,
    hold,
    release,
    seize,
    send,
    serve,
    start_dialogue,
)
from smsc_sim.model.draws import exponential_ns, uniform
from smsc_sim.model.network import Command, Job, Network, State
from smsc_sim.model.octets import MAP_ERROR, MO_FORWARD_SM, MO_FORWARD_SM_RESULT
from smsc_sim.model.originate import hang_up, send_text, use_channel


def step_submission(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """A message at its sender, segment after segment."""
    if job.sender != NOBODY:
        return _step_phone(network, state, job, signal, now)
    return _step_esme(network, state, job, signal, now)


def _step_phone(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    if job.stage == START:
        return send_text(network, job, LOG_SUBMIT, network.text_segments[job.text])
    if job.stage == SUBMIT_PAUSED:
        return send_text(network, job, NOTHING, 0)
    if job.stage == SUBMIT_CHANNEL:
        return use_channel(network, job, signal)
    if job.stage == SUBMIT_RADIO:
        return start_dialogue(job, MO_DIALOGUE, SUBMIT_SENT, MO_BEGUN)
    if job.stage == SUBMIT_SENT:
        return await_answer(job, now + network.source_patience_ns[job.source], SUBMIT_ANSWERED)
    if job.stage == SUBMIT_ANSWERED:
        cause = job.answer if signal == WOKEN else TIMEOUT
        # The channel is kept for the segments that follow at once.
        if job.cell >= 0 and (cause != OK or _is_last(network, job)):
            return hang_up(network, job, cause)
        return _react(network, job, cause)
    return _react(network, job, job.cause)  # SUBMIT_FREED


def _react(network: Network, job: Job, cause: int) -> Command:
    """What a person does after an answer, a refusal or silence."""
    if cause == OK:
        return _next_segment(network, job)
    source = job.source
    occasion = job.segment << 8 | job.attempt
    if (
        job.attempt < network.source_resends[source]
        and uniform(job.key, occasion, FOR_RESEND) < network.source_p_resend[source]
    ):
        pause_ns = exponential_ns(
            job.key, occasion, FOR_RESEND_DELAY, network.source_resend_ns[source]
        )
        return _try_again(job, pause_ns, SUBMIT_PAUSED, cause)
    return end(job, NOTHING, REJECTED, SUBMISSION_OVER)


def _next_segment(network: Network, job: Job) -> Command:
    """Go on with the segment that follows, or be done with the message."""
    if _is_last(network, job):
        return end(job, NOTHING, REJECTED, SUBMISSION_OVER)
    stage = SUBMIT_PAUSED if job.sender != NOBODY else ESME_PAUSED
    return command(HOLD, 0, 0, 0, stage, OK, NOTHING, 0, NEXT_SEGMENT)


def _is_last(network: Network, job: Job) -> bool:
    return job.segment + 1 == network.text_segments[job.text]


def _try_again(job: Job, pause_ns: int, stage: int, cause: int) -> Command:
    """Resend a segment; without an answer it may be stored already."""
    may_be_stored = 1 if cause == TIMEOUT else 0
    return command(
        HOLD, 0, 0, pause_ns, stage, OK, LOG_RESEND, job.attempt + 1, NEXT_TRY, may_be_stored
    )


def _step_esme(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    account = network.source_account[job.source]
    smsc = network.account_smsc[account]
    number = network.node_smsc[smsc]
    window = network.account_window[account]
    station = network.account_station[account]
    if job.stage == START:
        return command(HOLD, 0, 0, 0, ESME_PAUSED, OK, LOG_SUBMIT, network.text_segments[job.text])
    if job.stage == ESME_PAUSED:
        return serve(job, station, network.station_service_ns[station], ESME_PACED)
    if job.stage == ESME_PACED:
        return seize(job, window, NOBODY, NEVER, ESME_WINDOW)
    if job.stage == ESME_WINDOW:
        return hold(job, network.account_latency_ns[account], ESME_ARRIVED)
    if job.stage == ESME_ARRIVED:
        gate = network.admission_station[number]
        return serve(job, gate, network.station_service_ns[gate], ESME_ADMITTED)
    if job.stage == ESME_ADMITTED:
        if signal != DONE:
            return _respond(network, state, job, THROTTLED, now)
        return seize(job, network.smsc_store[number], NOBODY, 0, ESME_STORED)
    if job.stage == ESME_STORED:
        if signal != DONE:
            return _respond(network, state, job, STORE_FULL, now)
        return _store(job, now, ESME_ACCEPTED)
    if job.stage == ESME_ACCEPTED:
        return hold(job, network.account_latency_ns[account], ESME_RESPONDED)
    if job.stage == ESME_RESPONDED:
        return release(job, window, NOBODY, ESME_RELEASED)

    # ESME_RELEASED
    if job.cause == OK:
        return _next_segment(network, job)
    if job.attempt < network.account_resends[account]:
        return _try_again(job, network.account_back_off_ns[account], ESME_PAUSED, job.cause)
    return end(job, NOTHING, REJECTED, SUBMISSION_OVER)


def _respond(network: Network, state: State, job: Job, cause: int, now: int) -> Command:
    """Refuse a submission; a store that is down does not answer and the session times out."""
    account = network.source_account[job.source]
    if state.is_up[network.account_smsc[account]] == 0:
        wait_ns = network.source_patience_ns[job.source]
        return command(HOLD, 0, 0, wait_ns, ESME_RESPONDED, CONGESTION)
    wait_ns = network.account_latency_ns[account]
    return command(HOLD, 0, 0, wait_ns, ESME_RESPONDED, cause, LOG_REFUSED, cause)


def _store(job: Job, now: int, stage: int) -> Command:
    """Put a segment into the store; its life there is a job of its own."""
    return command(SPAWN, SEGMENT, 0, 0, stage, OK, LOG_ACCEPTED, now - job.submit_ns, ACCEPTED)


def step_mo_dialogue(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """mo-ForwardSM from the sender's MSC to the SMSC, and its result back."""
    smsc = network.smsc_node[job.smsc]
    if job.stage == START:
        station = network.node_station[job.sender]
        return serve(job, station, network.station_service_ns[station], MO_AT_MSC)
    if job.stage == MO_AT_MSC:
        if signal != DONE:
            return command(HOLD, 0, 0, 0, MO_RETURNED, CONGESTION, LOG_REFUSED, CONGESTION)
        return send(job, job.sender, smsc, MO_FORWARD_SM << 8 | job.octets, MO_AT_SMSC, OK)
    if job.stage == MO_AT_SMSC:
        if signal != DONE:
            return _mo_over(job)
        gate = network.admission_station[job.smsc]
        return serve(job, gate, network.station_service_ns[gate], MO_ADMITTED)
    if job.stage == MO_ADMITTED:
        if signal != DONE:
            return _refuse(state, smsc, job, THROTTLED)
        return seize(job, network.smsc_store[job.smsc], NOBODY, 0, MO_STORED)
    if job.stage == MO_STORED:
        if signal != DONE:
            return _refuse(state, smsc, job, STORE_FULL)
        return _store(job, now, MO_ACCEPTED)
    if job.stage == MO_ACCEPTED:
        return send(job, smsc, job.sender, _result(job.cause), MO_RETURNED, job.cause)
    if job.stage == MO_RETURNED:
        if signal != DONE:
            return _mo_over(job)
        return answer(job, MO_WOKEN)
    return _mo_over(job)  # MO_WOKEN


def _refuse(state: State, smsc: int, job: Job, cause: int) -> Command:
    """Answer with RP cause congestion; a store that is down does not answer."""
    if state.is_up[smsc] == 0:
        return _mo_over(job)
    return command(HOLD, 0, 0, 0, MO_ACCEPTED, cause, LOG_REFUSED, cause)


def _mo_over(job: Job) -> Command:
    """Nothing more can be stored by this mo-ForwardSM, however late it was."""
    return end(job, NOTHING, REJECTED, SUBMISSION_OVER)


def _result(cause: int) -> int:
    """MSU code of the result or error of mo-ForwardSM."""
    return MO_FORWARD_SM_RESULT << 8 if cause == OK else MAP_ERROR << 8
