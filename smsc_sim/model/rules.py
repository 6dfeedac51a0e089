"""The rule book: `step` decides what a job does next, `apply` makes the changes it asked for.

`step` reads and changes nothing.  `apply` and the functions of `begin` are the only ones
that change jobs and state; every engine calls the same.
"""

from smsc_sim.model.background import step_background
from smsc_sim.model.cache import forget_route, remember_route
from smsc_sim.model.charge import step_charge_dialogue
from smsc_sim.model.codes import (
    ACCEPTED,
    ASKED,
    AT_ACCOUNT,
    AT_MSC,
    CALL,
    CHANNEL_FREE,
    CHANNEL_TAKEN,
    CHARGE_DIALOGUE,
    CODE_SEEN,
    COUNTED_TODAY,
    DELIVER_DIALOGUE,
    DELIVERED,
    DROP_ROUTE,
    ELSEWHERE,
    ESME_DIALOGUE,
    HUB_BEGUN,
    HUB_SUBMISSION,
    IN_STORE,
    JOIN_ACCOUNT,
    LOCATION_UPDATE,
    LOG_CALL,
    LOG_COPY,
    LOG_DUPLICATE,
    LOG_LOGIN,
    LOG_MESSAGE_END,
    LOG_REPORTED,
    LOG_SEGMENT_END,
    LOGIN,
    MAYBE_STORED,
    MESSAGE_TOLD,
    MO_BEGUN,
    MO_DIALOGUE,
    MT_DIALOGUE,
    NEXT_ATTEMPT,
    NEXT_ROUTE,
    NEXT_SEGMENT,
    NEXT_TRY,
    NO_CHANGE,
    NOBODY,
    NOTHING,
    ON_HANDSET,
    PARTIAL,
    PAUSE_ACCOUNT,
    PHONE_RETURN,
    RECEIPT,
    RECEIPT_IN,
    REJECTED,
    REPLIES_SEEN,
    REPLY,
    REPORT_DIALOGUE,
    ROUTE_KNOWN,
    SEGMENT,
    SEGMENT_OVER,
    SESSION,
    SESSION_KEPT,
    SPREAD_ONE,
    SRI_DIALOGUE,
    STATUS_REPORT,
    SUBMISSION,
    TRIED,
)
from smsc_sim.model.deliver import step_segment
from smsc_sim.model.esme import change_account, step_esme, step_esme_dialogue
from smsc_sim.model.flags import change_flags
from smsc_sim.model.hub import is_at_hub, step_hub_segment, step_hub_submission
from smsc_sim.model.incoming import step_incoming
from smsc_sim.model.login import change_login, step_login
from smsc_sim.model.network import (
    Command,
    Job,
    Network,
    State,
)
from smsc_sim.model.paging import step_session
from smsc_sim.model.quota import change_quota
from smsc_sim.model.receipt import step_receipt
from smsc_sim.model.reply import step_reply
from smsc_sim.model.report import step_alert_dialogue, step_phone_return, step_report_dialogue
from smsc_sim.model.route import step_sri_dialogue
from smsc_sim.model.status_report import step_status_report
from smsc_sim.model.submit import step_mo_dialogue, step_submission
from smsc_sim.model.terminate import step_mt_dialogue
from smsc_sim.model.to_account import step_deliver_dialogue, step_segment_to_account
from smsc_sim.model.traffic import (
    octets_of,
)


def step(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """Decide what a job does next, given what its last wait ended with.

    Parameters
    ----------
    network : Network
    state : State
    job : Job
    signal : int
        DONE for a job that starts.
    now : int
        Time in ns since the start of the simulation.
    """
    kind = job.kind
    if kind == SEGMENT:
        if network.source_to_account[job.source] >= 0:
            return step_segment_to_account(network, state, job, signal, now)
        if is_at_hub(job, signal):
            return step_hub_segment(network, state, job, signal, now)
        return step_segment(network, state, job, signal, now)
    if kind == MT_DIALOGUE:
        return step_mt_dialogue(network, state, job, signal, now)
    if kind == SRI_DIALOGUE:
        return step_sri_dialogue(network, state, job, signal, now)
    if kind == MO_DIALOGUE:
        return step_mo_dialogue(network, state, job, signal, now)
    if kind == SUBMISSION and network.source_smsc[job.source] >= 0:
        return step_incoming(network, state, job, signal, now)
    if kind == SUBMISSION and job.sender == NOBODY:
        return step_esme(network, state, job, signal, now)
    if kind == SUBMISSION:
        return step_submission(network, state, job, signal, now)
    if kind == CHARGE_DIALOGUE:
        return step_charge_dialogue(network, state, job, signal, now)
    if kind == ESME_DIALOGUE:
        return step_esme_dialogue(network, state, job, signal, now)
    if kind == STATUS_REPORT:
        return step_status_report(network, state, job, signal, now)
    if kind == RECEIPT:
        return step_receipt(network, state, job, signal, now)
    if kind == REPORT_DIALOGUE:
        return step_report_dialogue(network, state, job, signal, now)
    if kind == SESSION:
        return step_session(network, state, job, signal, now)
    if kind == PHONE_RETURN:
        return step_phone_return(network, state, job, signal, now)
    if kind in (CALL, LOCATION_UPDATE):
        return step_background(network, state, job, signal, now)
    if kind == HUB_SUBMISSION:
        return step_hub_submission(network, state, job, signal, now)
    if kind == REPLY:
        return step_reply(network, job, now)
    if kind == DELIVER_DIALOGUE:
        return step_deliver_dialogue(network, state, job, signal, now)
    if kind == LOGIN:
        return step_login(network, job, signal, now)
    return step_alert_dialogue(network, state, job, signal, now)


def logged_place(job: Job, log: int) -> int:
    """Place in a row of the log about a job: see `codes.LOG_NAMES`."""
    return job.msc if log == LOG_CALL else job.population


def logged_other(job: Job, log: int, now: int) -> int:
    """Last number of a row of the log about a job: see `codes.LOG_NAMES`."""
    if log in (LOG_CALL, LOG_LOGIN):
        return now - job.submit_ns
    return job.cause if log == LOG_SEGMENT_END else job.smsc


def apply(network: Network, state: State, job: Job, command: Command, now: int) -> int:
    """Make the changes of a command.

    Returns
    -------
    int
        Code of one more row for the log, or NOTHING: what the change has brought about.
    """
    job.stage = command.stage
    job.cause = command.cause
    change = command.change
    if change == NO_CHANGE:
        return NOTHING
    if change == NEXT_ATTEMPT:
        job.attempt += 1
        job.attempt_ns = now
    elif change == ROUTE_KNOWN:
        job.routed_ns = now
        job.more = command.argument
        remember_route(network, state, job, now)
    elif change == DROP_ROUTE:
        forget_route(network, state, job)
    elif change == AT_MSC:
        job.arrived_ns = now
    elif change == AT_ACCOUNT:
        job.routed_ns = job.attempt_ns
        job.arrived_ns = now
    elif change == REPLIES_SEEN:
        job.pending = command.argument
    elif change == NEXT_SEGMENT:
        job.segment += 1
        job.attempt = 0
        job.tries = 0
        job.octets = octets_of(network, job.text, job.segment)
    elif change == NEXT_TRY:
        job.attempt += 1
        job.tries = 0
        job.stored += command.argument & MAYBE_STORED
        if command.argument & ELSEWHERE != 0:
            job.smsc = network.smsc_alternate[job.smsc]
    elif change == NEXT_ROUTE:
        job.pending += 1
    elif change == IN_STORE:
        job.in_memory = 0
    elif change == SPREAD_ONE:
        job.pending &= ~(1 << command.argument)
    elif change == TRIED:
        job.tries = command.argument
    elif change == SESSION_KEPT:
        state.session_ns[job.record] = now + command.argument
    elif change == CHANNEL_TAKEN:
        job.cell = command.argument
        job.channel_ns = now
    elif change == CHANNEL_FREE:
        job.cell = NOBODY
        job.channel_ns = -1
    elif CODE_SEEN <= change <= ASKED:
        change_login(job, change, command.argument)
    elif change == COUNTED_TODAY:
        change_quota(network, state, job, command.argument)
    elif change in (JOIN_ACCOUNT, PAUSE_ACCOUNT):
        change_account(network, state, job, command, now)
    elif SEGMENT_OVER <= change <= MO_BEGUN or change in (
        ACCEPTED,
        ON_HANDSET,
        HUB_BEGUN,
        MESSAGE_TOLD,
    ):
        return _change_record(state, job, change, command.argument, now)
    else:
        change_flags(network, state, job, change)
    return NOTHING


def _change_record(state: State, job: Job, change: int, argument: int, now: int) -> int:
    """Changes of the record that the segments of a message share."""
    record = job.record
    bit = 1 << job.segment
    whole = (1 << state.segments[record]) - 1
    if change == ACCEPTED:
        state.left[record] += 1
        is_copy = state.accepted[record] & bit != 0
        state.accepted[record] |= bit
        return LOG_COPY if is_copy else NOTHING
    if change in (MO_BEGUN, HUB_BEGUN):
        state.left[record] += 1
        return NOTHING
    if change == ON_HANDSET:
        if state.on_handset[record] & bit != 0:
            return LOG_DUPLICATE
        state.on_handset[record] |= bit
        if state.on_handset[record] == whole:
            state.whole_ns[record] = now
        return NOTHING
    if change == RECEIPT_IN:
        before = state.reported[record]
        if argument == DELIVERED:
            state.reported[record] |= bit
        return LOG_REPORTED if before != whole and state.reported[record] == whole else NOTHING
    if change == MESSAGE_TOLD:
        if argument != DELIVERED or state.reported[record] == whole:
            return NOTHING
        state.reported[record] = whole
        return LOG_REPORTED
    # SEGMENT_OVER and SUBMISSION_OVER: one life less.
    if change == SEGMENT_OVER:
        state.over[record] |= bit
    if change == SEGMENT_OVER and (argument != DELIVERED):
        state.worst[record] = _worse(state.worst[record], argument)
    state.left[record] -= 1
    return LOG_MESSAGE_END if state.left[record] == 0 else NOTHING


def _worse(state_a: int, state_b: int) -> int:
    """Which state names a message of which nothing was delivered: REJECTED gives way."""
    return state_b if state_a == REJECTED else max(state_a, state_b)


def split_ns(job: Job, part: int, now: int) -> int:
    """One part of the latency of a segment that has just reached the handset, in ns.

    Parts in the order of `codes.SPLIT_NAMES`; they add up to the latency.
    """
    if part == 0:
        return job.accepted_ns - job.submit_ns
    if part == 1:
        return job.attempt_ns - job.accepted_ns
    if part == 2:
        return job.routed_ns - job.attempt_ns
    if part == 3:
        return job.arrived_ns - job.routed_ns
    return now - job.arrived_ns


def message_state(state: State, record: int) -> int:
    """State in which a message has ended."""
    whole = (1 << state.segments[record]) - 1
    if state.on_handset[record] == whole:
        return DELIVERED
    if state.on_handset[record] != 0:
        return PARTIAL
    return state.worst[record]
