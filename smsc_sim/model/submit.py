"""Submission: a phone hands segments to its SMSC by mo-ForwardSM; applications: `esme`."""

from smsc_sim.model.charge import ask_charging, is_charged, step_charging
from smsc_sim.model.codes import (
    ACCEPTED,
    CONGESTION,
    DONE,
    DOWN,
    ELSEWHERE,
    ESME_PAUSED,
    FOR_RESEND,
    FOR_RESEND_DELAY,
    HOLD,
    LOG_ACCEPTED,
    LOG_REFUSED,
    LOG_RESEND,
    LOG_SUBMIT,
    MAYBE_STORED,
    MO_ACCEPTED,
    MO_ADMITTED,
    MO_AT_MSC,
    MO_AT_SMSC,
    MO_BEGUN,
    MO_CHARGING,
    MO_CONTINUED,
    MO_DIALOGUE,
    MO_OPENED,
    MO_PAID,
    MO_RETURNED,
    MO_STORED,
    MO_WOKEN,
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
    SUBMIT_BEGUN,
    SUBMIT_CHANNEL,
    SUBMIT_PAUSED,
    SUBMIT_RADIO,
    SUBMIT_SEEN,
    SUBMIT_SENT,
    THROTTLED,
    TIMEOUT,
    WAKE,
    WATCHED,
    WOKEN,
    WRITTEN,
)
from smsc_sim.model.commands import (
    answer,
    await_answer,
    command,
    end,
    hold,
    seize,
    send,
    serve,
    start_dialogue,
)
from smsc_sim.model.draws import exponential_ns, uniform
from smsc_sim.model.network import Command, Job, Network, State, most_copies
from smsc_sim.model.opening import closing_msu, opens_empty
from smsc_sim.model.operations import (
    EMPTY_BEGIN,
    EMPTY_CONTINUE,
    MO_FORWARD_SM,
    MO_FORWARD_SM_CONTINUE,
)
from smsc_sim.model.originate import hang_up, send_text, use_channel
from smsc_sim.model.phones import AWAITED, flags_of
from smsc_sim.model.reply import begin_next
from smsc_sim.model.report import SEEN
from smsc_sim.model.retry import CAUSES
from smsc_sim.model.traffic import writer_of


def step_submission(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """A message at the phone that writes it, segment after segment."""
    if job.stage == START and network.source_gaps[job.source] >= 0:
        return begin_next(network, job, now, SUBMIT_BEGUN)
    if job.stage in (START, SUBMIT_BEGUN):
        return send_text(network, job, LOG_SUBMIT, network.text_segments[job.text])
    if job.stage == SUBMIT_PAUSED:
        return send_text(network, job, NOTHING, 0)
    if job.stage == SUBMIT_CHANNEL:
        return use_channel(network, job, signal)
    if job.stage == SUBMIT_RADIO:
        own = network.population_first[network.source_from[job.source]]
        own += writer_of(network, job)
        if flags_of(state, own) & AWAITED != 0:  # the network notices that it is there
            return command(WAKE, WATCHED, own, SEEN, SUBMIT_SEEN, OK)
    if job.stage in (SUBMIT_RADIO, SUBMIT_SEEN):
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
        return next_segment(network, job)
    source = job.source
    occasion = job.segment << 8 | job.attempt
    if (
        job.attempt < network.source_resends[source]
        and uniform(job.key, occasion, FOR_RESEND)
        < network.source_p_resend[source * CAUSES + cause]
    ):
        pause_ns = exponential_ns(
            job.key, occasion, FOR_RESEND_DELAY, network.source_resend_ns[source]
        )
        return try_again(network, job, pause_ns, SUBMIT_PAUSED, cause)
    return end(job, NOTHING, REJECTED, SUBMISSION_OVER)


def next_segment(network: Network, job: Job) -> Command:
    """Go on with the segment that follows, or be done with the message."""
    if _is_last(network, job):
        return end(job, NOTHING, REJECTED, SUBMISSION_OVER)
    stage = SUBMIT_PAUSED if job.sender != NOBODY else ESME_PAUSED
    return command(HOLD, 0, 0, 0, stage, OK, NOTHING, 0, NEXT_SEGMENT)


def _is_last(network: Network, job: Job) -> bool:
    return job.segment + 1 == network.text_segments[job.text]


def try_again(network: Network, job: Job, pause_ns: int, stage: int, cause: int) -> Command:
    """Resend a segment, to the alternate SMSC if this one gave no answer or is congested.

    What nobody has answered so often that further copies could not be told apart is given up.
    """
    how = 0
    if cause == TIMEOUT:
        if job.stored + 1 == most_copies(network.text_segments[job.text]):
            return end(job, NOTHING, REJECTED, SUBMISSION_OVER)
        how |= MAYBE_STORED
    if cause in (TIMEOUT, THROTTLED, STORE_FULL) and network.smsc_alternate[job.smsc] >= 0:
        how |= ELSEWHERE
    return command(HOLD, 0, 0, pause_ns, stage, OK, LOG_RESEND, job.attempt + 1, NEXT_TRY, how)


def write_segment(network: Network, job: Job, now: int, stage: int) -> Command:
    """Write a segment to the store, which takes its time; a write that has begun is finished."""
    write_ns = network.smsc_store_ns[job.smsc]
    if write_ns > 0:
        return hold(job, write_ns, WRITTEN)
    return store_segment(job, now, stage)


def store_segment(job: Job, now: int, stage: int) -> Command:
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
        if is_charged(network, job):
            return ask_charging(job)
        return _forward(network, job)
    if MO_CHARGING <= job.stage < MO_PAID:
        return step_charging(network, job, signal, now)
    if job.stage == MO_PAID:
        return _forward(network, job)
    if job.stage in (MO_OPENED, MO_CONTINUED):
        return _go_on(job, smsc, signal)
    if job.stage == MO_AT_SMSC:
        if signal != DONE:
            return dialogue_over(job)
        gate = network.admission_station[job.smsc]
        return serve(job, gate, network.station_service_ns[gate], MO_ADMITTED)
    if job.stage == MO_ADMITTED:
        if signal != DONE:
            return _refuse(state, smsc, job, THROTTLED)
        if network.smsc_from_memory[job.smsc] == 1:
            return store_segment(job, now, MO_ACCEPTED)
        return seize(job, network.smsc_store[job.smsc], NOBODY, 0, MO_STORED)
    if job.stage == MO_STORED:
        if signal != DONE:
            return _refuse(state, smsc, job, STORE_FULL)
        return write_segment(network, job, now, MO_ACCEPTED)
    if job.stage == WRITTEN:
        return store_segment(job, now, MO_ACCEPTED)
    if job.stage == MO_ACCEPTED:
        msu = closing_msu(network, job.sender, smsc, MO_FORWARD_SM, job.octets, job.cause)
        return send(job, smsc, job.sender, msu, MO_RETURNED, job.cause)
    if job.stage == MO_RETURNED:
        if signal != DONE:
            return dialogue_over(job)
        return answer(job, MO_WOKEN)
    return dialogue_over(job)  # MO_WOKEN


def _forward(network: Network, job: Job) -> Command:
    """Send the segment on from its MSC, or open the dialogue for it."""
    smsc = network.smsc_node[job.smsc]
    if opens_empty(network, job.sender, smsc, MO_FORWARD_SM, job.octets):
        return send(job, job.sender, smsc, EMPTY_BEGIN << 8, MO_OPENED, OK)
    return send(job, job.sender, smsc, MO_FORWARD_SM << 8 | job.octets, MO_AT_SMSC, OK)


def _go_on(job: Job, smsc: int, signal: int) -> Command:
    """The SMSC takes an empty BEGIN up; then the text follows."""
    if signal != DONE:
        return dialogue_over(job)
    if job.stage == MO_OPENED:
        return send(job, smsc, job.sender, EMPTY_CONTINUE << 8, MO_CONTINUED, OK)
    return send(job, job.sender, smsc, MO_FORWARD_SM_CONTINUE << 8 | job.octets, MO_AT_SMSC, OK)


def _refuse(state: State, smsc: int, job: Job, cause: int) -> Command:
    """Answer with RP cause congestion; a store that is down does not answer."""
    if state.is_up[smsc] == DOWN:
        return dialogue_over(job)
    return command(HOLD, 0, 0, 0, MO_ACCEPTED, cause, LOG_REFUSED, cause)


def dialogue_over(job: Job) -> Command:
    """Nothing more can be stored by this request, however late it was."""
    return end(job, NOTHING, REJECTED, SUBMISSION_OVER)
