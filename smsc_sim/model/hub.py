"""Off-net by a route: a hub takes a segment over its session, delivers it unseen and reports.

The segment waits in the store for the hub's receipt; its dialogue and its phone's turn are free
meanwhile.  A receipt may be false: what the sender sees and what is on the handset then differ.
"""

from smsc_sim.model.codes import (
    AT_MSC,
    CONGESTION,
    COUNTRY_LEFT_AT_HUB,
    DONE,
    DOWN,
    ELEMENT_UP,
    FOR_HUB_DELAY,
    FOR_HUB_OUTCOME,
    HOLD,
    HUB_ACCEPTED,
    HUB_ANSWERED,
    HUB_BEGUN,
    HUB_CHOSEN,
    HUB_CLOSED,
    HUB_DONE,
    HUB_OVER,
    HUB_PACED,
    HUB_READ,
    HUB_RECEIPT,
    HUB_RECEIPT_IN,
    HUB_REFUSED,
    HUB_REPORTING,
    HUB_RESPONDED,
    HUB_SENT,
    HUB_TOLD,
    HUB_UNDER_WAY,
    HUB_UNLOCKED,
    HUB_WAITED,
    LOG_FAILED,
    LOG_FALSE_RECEIPT,
    LOG_HANDSET,
    LOG_ROUTED,
    NEVER,
    NEXT_ROUTE,
    NO_CHANGE,
    NOBODY,
    NOTHING,
    OK,
    ON_HANDSET,
    PARK,
    REJECTED,
    REPORTED,
    ROUTE_FAILED,
    ROUTE_KNOWN,
    START,
    SUBMISSION_OVER,
    TIMEOUT,
    TIMER,
    UNLOCKED,
    WAKE,
    WOKEN,
)
from smsc_sim.model.commands import answer, await_answer, command, end, hold, release, serve
from smsc_sim.model.deliver import validity_end_ns
from smsc_sim.model.draws import uniform
from smsc_sim.model.foreign import outcome_of
from smsc_sim.model.limits import country_limit, dialogue_pool
from smsc_sim.model.login import tell_person, tells_person
from smsc_sim.model.network import Command, Job, Network, State, dialogue_id
from smsc_sim.model.phones import global_phone
from smsc_sim.model.quantiles import drawn_ns


def is_at_hub(job: Job, signal: int) -> bool:
    """Whether a segment is with a hub; if its SMSC has crashed it is repeated like any other."""
    is_hubs = HUB_SENT <= job.stage <= COUNTRY_LEFT_AT_HUB
    return is_hubs and signal in (DONE, WOKEN, TIMER)


def step_hub_segment(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """Wait for the hub's answer, free what the attempt holds, wait for the receipt."""
    if job.stage == HUB_SENT:
        return await_answer(job, now + network.mt_timer_ns[job.smsc], HUB_ANSWERED)
    if job.stage == HUB_ANSWERED:
        cause = job.answer if signal == WOKEN else TIMEOUT
        if cause != OK:
            return command(HOLD, 0, 0, 0, REPORTED, cause, LOG_FAILED, cause)
        return release(job, dialogue_pool(network, job.smsc, job.source), NOBODY, HUB_CLOSED)
    if job.stage == HUB_CLOSED and country_limit(network, job) >= 0:
        return release(job, country_limit(network, job), NOBODY, COUNTRY_LEFT_AT_HUB)
    if job.stage in (HUB_CLOSED, COUNTRY_LEFT_AT_HUB):
        phones = network.smsc_phones[job.smsc]
        return release(job, phones, global_phone(network, job), HUB_UNLOCKED)
    if job.stage == HUB_UNLOCKED:
        until_ns = now + network.receipt_timer_ns[job.smsc]
        until_ns = max(now, min(until_ns, validity_end_ns(network, job)))
        key = dialogue_id(job.id, job.dialogues - 1)
        return command(PARK, HUB_RECEIPT, key, until_ns, HUB_WAITED, OK)
    # HUB_WAITED
    cause = job.answer if signal == WOKEN else TIMEOUT
    log = NOTHING if cause == OK else LOG_FAILED
    return command(HOLD, 0, 0, 0, UNLOCKED, cause, log, cause)


def route_of(network: Network, job: Job) -> int:
    """Route that a segment tries now: the first, or a fallback after refusals; or -1.

    A source may have a route of its own, and no other.
    """
    own = network.source_route[job.source]
    if own >= 0:
        return own if job.pending == 0 else NOBODY
    row = network.population_route_first[job.population] + job.pending
    if row >= network.population_route_first[job.population + 1]:
        return NOBODY
    return network.population_route[row]


def step_hub_submission(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """One segment to the first hub that takes it, and through that hub."""
    if job.stage == START:
        return hold(job, 0, HUB_CHOSEN, HUB_BEGUN)
    if job.stage == HUB_CHOSEN:
        route = route_of(network, job)
        if route == NOBODY:
            return answer(job, HUB_REFUSED)
        station = network.node_station[network.route_node[route]]
        return serve(job, station, network.station_service_ns[station], HUB_PACED, ROUTE_KNOWN)
    if job.stage == HUB_PACED:
        route = route_of(network, job)
        if signal != DONE:
            is_up = state.is_up[network.route_node[route]] == 1
            cause = CONGESTION if is_up else ROUTE_FAILED
            return command(HOLD, 0, 0, 0, HUB_CHOSEN, cause, NOTHING, 0, NEXT_ROUTE)
        latency_ns = network.route_latency_ns[route]
        return command(HOLD, 0, 0, latency_ns, HUB_ACCEPTED, OK, NOTHING, 0, NO_CHANGE)
    if job.stage == HUB_ACCEPTED:
        route = route_of(network, job)
        return command(HOLD, 0, 0, 0, HUB_RESPONDED, OK, LOG_ROUTED, route, AT_MSC)
    if job.stage in (HUB_REFUSED, HUB_OVER):
        return end(job, NOTHING, REJECTED, SUBMISSION_OVER)
    return _inside(network, state, job, now)


def _inside(network: Network, state: State, job: Job, now: int) -> Command:
    """What the hub does with a segment that it has accepted."""
    route = route_of(network, job)
    latency_ns = network.route_latency_ns[route]
    occasion = job.segment << 16 | job.attempt
    if job.stage == HUB_RESPONDED:
        return hold(job, latency_ns, HUB_UNDER_WAY)
    if job.stage == HUB_UNDER_WAY:
        return answer(job, HUB_DONE)
    if job.stage == HUB_DONE:
        u = uniform(job.key, occasion, FOR_HUB_OUTCOME)
        cause = outcome_of(network, network.route_outcomes[route], u)
        delay_ns = drawn_ns(network, network.route_delay[route], job.key, occasion, FOR_HUB_DELAY)
        # The answer is on its way for one latency already; the segment must be waiting by now.
        wait_ns = max(1, delay_ns - latency_ns)
        return command(HOLD, 0, 0, wait_ns, HUB_REPORTING, cause)
    if job.stage == HUB_REPORTING:
        if job.cause == OK:
            log, value, change = LOG_HANDSET, now - job.submit_ns, ON_HANDSET
        else:
            is_fake = network.route_is_fake[route] == 1
            log, value = (LOG_FALSE_RECEIPT if is_fake else NOTHING), job.cause
            change = NO_CHANGE
        told = OK if network.route_is_fake[route] == 1 else job.cause
        if job.cause == OK and tells_person(network, state, job):
            return command(HOLD, 0, 0, 0, HUB_READ, told, log, value, change)
        return command(HOLD, 0, 0, latency_ns, HUB_RECEIPT_IN, told, log, value, change)
    if job.stage == HUB_READ:
        return tell_person(network, job, HUB_TOLD)
    if job.stage == HUB_TOLD:
        return hold(job, latency_ns, HUB_RECEIPT_IN)
    # HUB_RECEIPT_IN
    smsc = network.smsc_node[job.smsc]
    if state.is_up[smsc] == DOWN:
        return command(PARK, ELEMENT_UP, smsc, NEVER, HUB_RECEIPT_IN, job.cause)
    return command(WAKE, HUB_RECEIPT, job.id, job.cause, HUB_OVER, job.cause)
