"""After a failure: report-SM-DeliveryStatus, the flags of the HLR, the phone's return, alerts."""

from smsc_sim.model.codes import (
    ABSENT_SUBSCRIBER,
    ALERT_AT_SMSC,
    ALERT_DIALOGUE,
    ALERT_RETURNED,
    ALERT_WOKEN,
    CLEAR_ABSENT,
    CLEAR_FLAGS,
    DONE,
    DOWN,
    FLAG_ABSENT,
    FLAG_FULL,
    HOLD,
    LOG_ALERT,
    LOG_FLAGGED,
    MEMORY_CAPACITY_EXCEEDED,
    NOTHING,
    OK,
    PARK,
    PHONE_RETURN,
    READY_AT_HLR,
    READY_RETURNED,
    READY_SERVED,
    READY_SPREAD,
    REPORT_AT_HLR,
    REPORT_RETURNED,
    REPORT_SERVED,
    REPORT_SPREAD,
    RETRY_WAIT,
    RETURN_DONE,
    RETURN_NOTICED,
    SPAWN,
    SPREAD_ONE,
    START,
    WAKE,
    WATCHED,
    WOKEN,
)
from smsc_sim.model.commands import command, end, send, serve
from smsc_sim.model.errors import PLACES, alert_after_ns, error_at
from smsc_sim.model.network import Command, Job, Network, State
from smsc_sim.model.operations import (
    ALERT_SC,
    ALERT_SC_RESULT,
    READY_FOR_SM,
    READY_FOR_SM_RESULT,
    REPORT_SM_DELIVERY_STATUS,
    REPORT_SM_DELIVERY_STATUS_RESULT,
)
from smsc_sim.model.phones import (
    AWAITED,
    MCEF,
    MNRF,
    flags_of,
    global_phone,
    memory,
    noticed_ns,
    reachability,
    room_ns,
)

LOOK_AGAIN, SEEN = range(2)  # what a watcher of a phone is woken with


def step_report_dialogue(
    network: Network, state: State, job: Job, signal: int, now: int
) -> Command:
    """Report-SM-DeliveryStatus: the HLR sets or clears its flags; `job.cause` says which."""
    smsc = network.smsc_node[job.smsc]
    hlr = network.population_hlr[job.population]
    if job.stage == START:
        msu = REPORT_SM_DELIVERY_STATUS << 8
        return send(job, smsc, hlr, msu, REPORT_AT_HLR, job.cause)
    if signal not in (DONE, WOKEN):  # the latter: who watches the phone was told
        return end(job)
    if job.stage == REPORT_AT_HLR:
        station = network.node_station[hlr]
        return serve(job, station, network.station_service_ns[station], REPORT_SERVED)
    if job.stage == REPORT_SERVED:
        if job.cause != OK:
            return flag_phone(network, state, job, job.cause, REPORT_SPREAD)
        return command(HOLD, 0, 0, 0, REPORT_SPREAD, OK, LOG_FLAGGED, 0, CLEAR_FLAGS)
    if job.stage == REPORT_SPREAD:
        if job.pending != 0:
            return _alert_next(job, REPORT_SPREAD)
        msu = REPORT_SM_DELIVERY_STATUS_RESULT << 8
        return send(job, hlr, smsc, msu, REPORT_RETURNED, job.cause)
    return end(job)  # REPORT_RETURNED


def flag_phone(network: Network, state: State, job: Job, cause: int, stage: int) -> Command:
    """Set MNRF or MCEF, put the SMSC on the waiting list and see that somebody watches the phone.

    Whoever waits for memory looks again when the phone goes out of reach as well.
    """
    phone = global_phone(network, job)
    flags = flags_of(state, phone)
    change, flag = FLAG_ABSENT, MNRF
    if cause == MEMORY_CAPACITY_EXCEEDED:
        change, flag = FLAG_FULL, MCEF
    if flags & AWAITED == 0:
        return command(SPAWN, PHONE_RETURN, 0, 0, stage, cause, LOG_FLAGGED, flag, change)
    if flag == MNRF and flags & MCEF != 0:
        return command(WAKE, WATCHED, phone, LOOK_AGAIN, stage, cause, LOG_FLAGGED, flag, change)
    return command(HOLD, 0, 0, 0, stage, cause, LOG_FLAGGED, flag, change)


def _alert_next(job: Job, stage: int) -> Command:
    """Alert the first of the SMSCs still to be alerted."""
    smsc = 0
    while job.pending >> smsc & 1 == 0:
        smsc += 1
    return command(
        SPAWN, ALERT_DIALOGUE, smsc, smsc, stage, job.cause, NOTHING, 0, SPREAD_ONE, smsc
    )


def step_phone_return(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """A flagged phone until the network notices that it is back, or has memory: ready-for-SM.

    `job.cause` says what is waited for: OK stands for the phone within reach.
    """
    if job.stage == START:
        if not _is_drawn(network, job, now):
            return _watch(network, state, job, now)
        is_absent = flags_of(state, global_phone(network, job)) & MNRF != 0
        awaited = OK if is_absent else MEMORY_CAPACITY_EXCEEDED
        return _park(network, job, awaited, now + alert_after_ns(network, job))
    hlr = network.population_hlr[job.population]
    if job.stage == RETURN_NOTICED:
        return _notice(network, state, job, signal, now)
    if job.stage == READY_AT_HLR and signal == DONE:
        station = network.node_station[hlr]
        return serve(job, station, network.station_service_ns[station], READY_SERVED)
    if job.stage == READY_SERVED and signal == DONE:
        # A phone that is back but has no memory yet is not worth an alert.
        is_full = job.cause == OK and flags_of(state, global_phone(network, job)) & MCEF != 0
        change = CLEAR_ABSENT if is_full else CLEAR_FLAGS
        return command(HOLD, 0, 0, 0, READY_SPREAD, job.cause, LOG_FLAGGED, 0, change)
    if job.stage == READY_SPREAD:
        if job.pending != 0:
            return _alert_next(job, READY_SPREAD)
        return send(job, hlr, job.msc, READY_FOR_SM_RESULT << 8, READY_RETURNED, OK)
    if job.stage == READY_RETURNED:
        if flags_of(state, global_phone(network, job)) & (MNRF | MCEF) != 0:
            return _watch(network, state, job, now)  # nobody else watches
        return end(job, NOTHING, 0, RETURN_DONE)
    # The HLR did not hear of it: the next periodic update says it again.
    return _park(network, job, job.cause, now + network.periodic_ns[job.population])


def _is_drawn(network: Network, job: Job, now: int) -> bool:
    """Whether an error of the attempt alone has set the flag: the phone itself is well."""
    is_on, _, _ = reachability(network, job.population, job.phone, now)
    has_room, _ = memory(network, job.population, job.phone, now)
    if not is_on or not has_room:
        return False
    for where in range(PLACES):
        cause = error_at(network, job, where)
        if cause in (ABSENT_SUBSCRIBER, MEMORY_CAPACITY_EXCEEDED):
            return True
    return False


def _watch(network: Network, state: State, job: Job, now: int) -> Command:
    """Wait until the network notices that the phone is there, or has memory."""
    if flags_of(state, global_phone(network, job)) & MNRF != 0:
        return _park(network, job, OK, noticed_ns(network, job.population, job.phone, now))
    until_ns = room_ns(network, job.population, job.phone, now)
    return _park(network, job, MEMORY_CAPACITY_EXCEEDED, until_ns)


def _park(network: Network, job: Job, cause: int, until_ns: int) -> Command:
    """Wait for what `cause` says, unless somebody knows better before."""
    phone = global_phone(network, job)
    return command(PARK, WATCHED, phone, until_ns, RETURN_NOTICED, cause)


def _notice(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """Tell the HLR, if the phone is there and that still matters."""
    flags = flags_of(state, global_phone(network, job))
    if flags & (MNRF | MCEF) == 0:
        return end(job, NOTHING, 0, RETURN_DONE)
    awaits_memory = job.cause == MEMORY_CAPACITY_EXCEEDED
    is_seen = signal == WOKEN and job.answer == SEEN
    if (signal == WOKEN and not is_seen) or (not awaits_memory and flags & MNRF == 0):
        return _watch(network, state, job, now)
    is_on, _, _ = reachability(network, job.population, job.phone, now)
    has_room, _ = memory(network, job.population, job.phone, now)
    if not is_on or (awaits_memory and not has_room):  # gone or full again before it was noticed
        return _watch(network, state, job, now)
    hlr = network.population_hlr[job.population]
    return send(job, job.msc, hlr, READY_FOR_SM << 8, READY_AT_HLR, job.cause)


def step_alert_dialogue(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """Alert-SC from the HLR to one SMSC, which tries at once."""
    smsc = network.smsc_node[job.smsc]
    hlr = network.population_hlr[job.population]
    if job.stage == START:
        return send(job, hlr, smsc, ALERT_SC << 8, ALERT_AT_SMSC, OK)
    if job.stage == ALERT_WOKEN:  # whether or not anybody was
        return send(job, smsc, hlr, ALERT_SC_RESULT << 8, ALERT_RETURNED, OK)
    if signal != DONE or (job.stage == ALERT_AT_SMSC and state.is_up[smsc] == DOWN):
        return end(job)
    if job.stage == ALERT_AT_SMSC:
        key = global_phone(network, job) * network.smscs + job.smsc
        return command(WAKE, RETRY_WAIT, key, OK, ALERT_WOKEN, OK, LOG_ALERT, 0)
    return end(job)  # ALERT_RETURNED
