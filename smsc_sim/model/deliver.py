"""A stored segment: attempts until it is delivered, expires or is given up."""

from smsc_sim.model.cache import is_cached
from smsc_sim.model.codes import (
    ABSENT_SUBSCRIBER,
    CLOSED,
    COUNTRY_DROPPED,
    COUNTRY_FREE,
    COUNTRY_LEFT,
    DELIVERED,
    DIALOGUE_OPEN,
    DROP_ROUTE,
    DROPPED,
    ELEMENT_UP,
    EXPIRED,
    FORGOTTEN,
    HLR_DROPPED,
    HLR_LEFT,
    HOLD,
    HUB_SENT,
    HUB_SUBMISSION,
    IN_STORE,
    LICENSED,
    LOCKED,
    LOG_ATTEMPT,
    LOG_FAILED,
    LOG_REPEAT,
    LOG_SEGMENT_END,
    LOST_BY_STORE,
    MEMORY_CAPACITY_EXCEEDED,
    MEMORY_STORING,
    MSC_LEFT,
    MSC_TRIED,
    MT_ANSWERED,
    MT_SENT,
    NEVER,
    NEXT_ATTEMPT,
    NO_CHANGE,
    NOBODY,
    NOTHING,
    OK,
    OTHERS_WOKEN,
    OVER,
    PARK,
    RECEIPT,
    REFUSED,
    RELEASE,
    REPORT_DIALOGUE,
    REPORTED,
    RESTARTED,
    RETRY_DUE,
    RETRY_WAIT,
    SEGMENT_OVER,
    SESSION_KEPT,
    SESSION_ROUTED,
    SHARE_LEFT,
    SPAWN,
    SRI_ANSWERED,
    SRI_DIALOGUE,
    SRI_SENT,
    START,
    STATUS_REPORT,
    TIMEOUT,
    TIMER,
    UNDELIVERABLE,
    UNLOCKED,
    UP,
    WAKE,
    WIPED,
    WOKEN,
)
from smsc_sim.model.commands import (
    await_answer,
    command,
    end,
    hold,
    release,
    seize,
    serve,
)
from smsc_sim.model.foreign import is_foreign
from smsc_sim.model.limits import (
    back_out,
    country_limit,
    dialogue_pool,
    hlr_limit,
    leave,
    licence_of,
    msc_limit,
    take_next,
    to_msc,
    wait_for_msc,
)
from smsc_sim.model.network import Command, Job, Network, State
from smsc_sim.model.phones import MCEF, MNRF, flags_of, global_phone
from smsc_sim.model.retry import policy_of, retry_delay_ns
from smsc_sim.model.status_report import wants_status_report


def validity_end_ns(network: Network, job: Job) -> int:
    """When the validity period (TP-VP) of a stored segment ends; it begins when it is stored."""
    own_ns = network.source_validity_ns[job.source]
    if own_ns < 0:
        own_ns = network.smsc_validity_ns[job.smsc]
    return job.accepted_ns + own_ns


def has_route(network: Network, population: int) -> bool:
    """Whether a population is reached through a hub, not over our links."""
    first = network.population_route_first[population]
    return network.population_route_first[population + 1] > first


def step_segment(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """One segment in the store of an SMSC."""
    stage = job.stage
    if signal == WIPED:  # nobody is left to send a receipt
        return hold(job, 0, OVER + LOST_BY_STORE)
    if signal == DROPPED and job.in_memory == 1:
        return hold(job, 0, OVER + LOST_BY_STORE)
    if signal == DROPPED or (signal == REFUSED and stage not in (MSC_TRIED, MEMORY_STORING)):
        until_up = network.smsc_node[job.smsc]
        return command(PARK, ELEMENT_UP, until_up, NEVER, RESTARTED, OK, LOG_REPEAT)
    if stage < SRI_SENT or stage in (RESTARTED, RETRY_DUE) or COUNTRY_FREE <= stage < HLR_LEFT:
        return _begin(network, state, job, signal, now)
    if stage < CLOSED or stage == SESSION_ROUTED or HLR_LEFT <= stage < COUNTRY_LEFT:
        return _converse(network, state, job, signal, now)
    if stage == MEMORY_STORING:
        if signal == REFUSED:
            return segment_over(network, job, UNDELIVERABLE)
        wait_ns = network.smsc_store_ns[job.smsc]
        return command(HOLD, 0, 0, wait_ns, UNLOCKED, job.cause, NOTHING, 0, IN_STORE)
    return _conclude(network, state, job, now)


def _begin(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """Wait for the phone's turn, a licence and a dialogue."""
    stage = job.stage
    smsc = network.smsc_node[job.smsc]
    end_ns = validity_end_ns(network, job)
    if stage == START:
        first_ns = network.first_attempt_ns[policy_of(network, job.smsc, job.source)]
        if first_ns > 0:
            return wait_or_give_up(network, job, first_ns, now)
    if stage in (START, RETRY_DUE, RESTARTED):
        if state.is_up[smsc] != UP:
            return command(PARK, ELEMENT_UP, smsc, NEVER, RESTARTED, OK)
        if now >= end_ns:
            return segment_over(network, job, EXPIRED)
        phone = global_phone(network, job)
        return seize(job, network.smsc_phones[job.smsc], phone, end_ns, LOCKED)
    if stage == LOCKED:
        if signal == TIMER:
            return segment_over(network, job, EXPIRED)
        licence = licence_of(network, job)
        return serve(job, licence, network.station_service_ns[licence], LICENSED)
    is_over = signal == TIMER or (stage == LICENSED and now >= end_ns)
    if is_over or stage in (HLR_DROPPED, COUNTRY_DROPPED):
        return back_out(network, job)
    if stage != DIALOGUE_OPEN:
        return take_next(network, job, end_ns)
    if has_route(network, job.population):
        kind, stage = HUB_SUBMISSION, HUB_SENT
        return command(SPAWN, kind, 0, 0, stage, OK, LOG_ATTEMPT, job.attempt + 1, NEXT_ATTEMPT)
    if now < state.session_ns[job.record] or is_cached(network, state, job, now):
        return command(
            HOLD, 0, 0, 0, SESSION_ROUTED, OK, LOG_ATTEMPT, job.attempt + 1, NEXT_ATTEMPT
        )
    return command(
        SPAWN, SRI_DIALOGUE, 0, 0, SRI_SENT, OK, LOG_ATTEMPT, job.attempt + 1, NEXT_ATTEMPT
    )


def _converse(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """Ask the HLR for the way, then hand the segment to the serving MSC."""
    stage = job.stage
    if stage == SRI_SENT:
        return await_answer(job, now + network.sri_timer_ns[job.smsc], SRI_ANSWERED)
    if stage in (SRI_ANSWERED, SESSION_ROUTED, HLR_LEFT):
        cause = _answer(job, signal) if stage == SRI_ANSWERED else job.cause
        limit = hlr_limit(network, job)
        if stage != HLR_LEFT and limit >= 0:
            return leave(limit, HLR_LEFT, cause)
        if cause != OK:
            return _fail(network, job, cause)
        return to_msc(network, state, job)
    if MSC_TRIED <= stage < MSC_LEFT:
        return wait_for_msc(network, state, job, signal, now, validity_end_ns(network, job))
    if stage == MT_SENT:
        return await_answer(job, now + network.mt_timer_ns[job.smsc], MT_ANSWERED)
    if stage in (MT_ANSWERED, MSC_LEFT):
        cause = _answer(job, signal) if stage == MT_ANSWERED else job.cause
        limit = msc_limit(network, job)
        if stage == MT_ANSWERED and limit >= 0:
            return leave(limit, MSC_LEFT, cause)
        is_flagged = flags_of(state, global_phone(network, job)) & (MNRF | MCEF) != 0
        is_told = cause in (ABSENT_SUBSCRIBER, MEMORY_CAPACITY_EXCEEDED)
        is_told = is_told and not is_foreign(network, job.msc)
        if is_told or (cause == OK and is_flagged):
            log = LOG_FAILED if cause != OK else NOTHING
            change = NO_CHANGE if cause == OK else DROP_ROUTE
            return command(SPAWN, REPORT_DIALOGUE, 0, 0, REPORTED, cause, log, cause, change)
        if cause != OK:
            return command(HOLD, 0, 0, 0, REPORTED, cause, LOG_FAILED, cause, DROP_ROUTE)
        if job.more == 1:
            pool = dialogue_pool(network, job.smsc, job.source)
            kept_ns = network.node_session_ns[job.msc]
            return command(RELEASE, pool, NOBODY, 0, CLOSED, OK, NOTHING, 0, SESSION_KEPT, kept_ns)

    # Else REPORTED: the report goes its own way.
    return release(job, dialogue_pool(network, job.smsc, job.source), NOBODY, CLOSED)


def _answer(job: Job, signal: int) -> int:
    """What the answer to an operation says, or that none came."""
    return job.answer if signal == WOKEN else TIMEOUT


def _fail(network: Network, job: Job, cause: int) -> Command:
    """Note why the attempt failed and free its dialogue."""
    return command(HOLD, 0, 0, 0, REPORTED, cause, LOG_FAILED, cause)


def _conclude(network: Network, state: State, job: Job, now: int) -> Command:
    """Free what the attempt held; then the end, or the wait for the next one."""
    stage = job.stage
    smsc = job.smsc
    if stage == CLOSED and country_limit(network, job) >= 0:
        return release(job, country_limit(network, job), NOBODY, COUNTRY_LEFT)
    if stage in (CLOSED, COUNTRY_LEFT):
        return release(job, network.smsc_phones[smsc], global_phone(network, job), UNLOCKED)
    if stage == UNLOCKED:
        if job.cause == OK:
            # The phone is there: whoever else waits for it need not wait any longer.
            return command(WAKE, RETRY_WAIT, _at_smsc(network, job), OK, OTHERS_WOKEN, OK)
        policy = policy_of(network, smsc, job.source)
        delay_ns = retry_delay_ns(network, policy, job.cause, job.attempt)
        if delay_ns >= 0 and job.in_memory == 1:
            return seize(job, network.smsc_store[smsc], NOBODY, 0, MEMORY_STORING)
        return wait_or_give_up(network, job, delay_ns, now)
    if stage == OTHERS_WOKEN:
        return segment_over(network, job, DELIVERED)
    if stage < FORGOTTEN and job.in_memory == 1:
        return hold(job, 0, FORGOTTEN + stage - OVER)
    if stage < FORGOTTEN:
        return release(job, network.smsc_store[smsc], NOBODY, FORGOTTEN + stage - OVER)
    account = network.source_account[job.source]
    if stage < SHARE_LEFT and account >= 0 and network.account_store[account] >= 0:
        pool = network.account_store[account]
        return release(job, pool, NOBODY, SHARE_LEFT + stage - FORGOTTEN)
    outcome = stage - (FORGOTTEN if stage < SHARE_LEFT else SHARE_LEFT)
    if state.on_handset[job.record] >> job.segment & 1 == 1:
        outcome = DELIVERED  # even if the store never learned of it
    elif outcome == DELIVERED:
        outcome = UNDELIVERABLE  # a false receipt: the sender believes it, the log does not
    return end(job, LOG_SEGMENT_END, outcome, SEGMENT_OVER)


def wait_or_give_up(network: Network, job: Job, delay_ns: int, now: int) -> Command:
    """Wait for the next attempt, at most until the validity ends; -1 gives the segment up."""
    if delay_ns < 0:
        return segment_over(network, job, UNDELIVERABLE)
    end_ns = validity_end_ns(network, job)
    if now >= end_ns:  # the attempt outlived it
        return segment_over(network, job, EXPIRED)
    until_ns = min(now + delay_ns, end_ns)
    return command(PARK, RETRY_WAIT, _at_smsc(network, job), until_ns, RETRY_DUE, job.cause)


def segment_over(network: Network, job: Job, outcome: int) -> Command:
    """Send a receipt or status report if one was asked for, then leave the store."""
    account = network.source_account[job.source]
    if account >= 0 and network.account_receipts[account] != 0:
        return command(SPAWN, RECEIPT, 0, outcome, OVER + outcome, job.cause)
    if wants_status_report(network, job):
        return command(SPAWN, STATUS_REPORT, 0, outcome, OVER + outcome, job.cause)
    return hold(job, 0, OVER + outcome)


def _at_smsc(network: Network, job: Job) -> int:
    """Key of a phone or account at an SMSC: where its segments wait for the next attempt."""
    account = network.source_to_account[job.source]
    phone = global_phone(network, job)
    if account >= 0:  # numbered behind all phones
        phone = network.population_first[len(network.population_size)] + account
    return phone * network.smscs + job.smsc
