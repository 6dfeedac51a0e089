"""After a failure: report-SM-DeliveryStatus, the flags of the HLR, the phone's return, alerts."""

from smsc_sim.model.codes import (
    ABSENT_SUBSCRIBER,
    ALERT_AT_SMSC,
    ALERT_DIALOGUE,
    ALERT_RETURNED,
    ALERT_WOKEN,
    CLEAR_FLAGS,
    DONE,
    FLAG_ABSENT,
    HOLD,
    LOG_ALERT,
    LOG_FLAGGED,
    NOTHING,
    OK,
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
)
from smsc_sim.model.commands import command, end, hold, send, serve
from smsc_sim.model.network import Command, Job, Network, State
from smsc_sim.model.octets import (
    ALERT_SC,
    ALERT_SC_RESULT,
    READY_FOR_SM,
    READY_FOR_SM_RESULT,
    REPORT_SM_DELIVERY_STATUS,
    REPORT_SM_DELIVERY_STATUS_RESULT,
)
from smsc_sim.model.phones import AWAITED, MNRF, flags_of, global_phone, noticed_ns, reachability


def step_report_dialogue(
    network: Network, state: State, job: Job, signal: int, now: int
) -> Command:
    """Report-SM-DeliveryStatus: the HLR sets or clears its flags; `job.cause` says which."""
    smsc = network.smsc_node[job.smsc]
    hlr = network.population_hlr[job.population]
    if job.stage == START:
        msu = REPORT_SM_DELIVERY_STATUS << 8
        return send(job, smsc, hlr, msu, REPORT_AT_HLR, job.cause)
    if signal != DONE:
        return end(job)
    if job.stage == REPORT_AT_HLR:
        station = network.node_station[hlr]
        return serve(job, station, network.station_service_ns[station], REPORT_SERVED)
    if job.stage == REPORT_SERVED:
        if job.cause == ABSENT_SUBSCRIBER:
            flags = flags_of(state, global_phone(network, job))
            if flags & AWAITED != 0:
                return command(
                    HOLD, 0, 0, 0, REPORT_SPREAD, job.cause, LOG_FLAGGED, MNRF, FLAG_ABSENT
                )
            return command(
                SPAWN, PHONE_RETURN, 0, 0, REPORT_SPREAD, job.cause, LOG_FLAGGED, MNRF, FLAG_ABSENT
            )
        return command(HOLD, 0, 0, 0, REPORT_SPREAD, OK, LOG_FLAGGED, 0, CLEAR_FLAGS)
    if job.stage == REPORT_SPREAD:
        if job.pending != 0:
            return _alert_next(job, REPORT_SPREAD)
        msu = REPORT_SM_DELIVERY_STATUS_RESULT << 8
        return send(job, hlr, smsc, msu, REPORT_RETURNED, job.cause)
    return end(job)  # REPORT_RETURNED


def _alert_next(job: Job, stage: int) -> Command:
    """Alert the first of the SMSCs still to be alerted."""
    smsc = 0
    while job.pending >> smsc & 1 == 0:
        smsc += 1
    return command(
        SPAWN, ALERT_DIALOGUE, smsc, smsc, stage, job.cause, NOTHING, 0, SPREAD_ONE, smsc
    )


def step_phone_return(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """A flagged phone until the network notices that it is back: ready-for-SM to its HLR."""
    if job.stage == START:
        return _watch(network, job, now)
    hlr = network.population_hlr[job.population]
    if job.stage == RETURN_NOTICED:
        if flags_of(state, global_phone(network, job)) & MNRF == 0:
            return end(job, NOTHING, 0, RETURN_DONE)
        is_on, _, _ = reachability(network, job.population, job.phone, now)
        if not is_on:  # gone again before it was noticed
            return _watch(network, job, now)
        return send(job, job.msc, hlr, READY_FOR_SM << 8, READY_AT_HLR, OK)
    if job.stage == READY_AT_HLR and signal == DONE:
        station = network.node_station[hlr]
        return serve(job, station, network.station_service_ns[station], READY_SERVED)
    if job.stage == READY_SERVED and signal == DONE:
        return command(HOLD, 0, 0, 0, READY_SPREAD, OK, LOG_FLAGGED, 0, CLEAR_FLAGS)
    if job.stage == READY_SPREAD:
        if job.pending != 0:
            return _alert_next(job, READY_SPREAD)
        return send(job, hlr, job.msc, READY_FOR_SM_RESULT << 8, READY_RETURNED, OK)
    if job.stage == READY_RETURNED:
        if flags_of(state, global_phone(network, job)) & MNRF != 0:
            return _watch(network, job, now)  # flagged again meanwhile; nobody else watches
        return end(job, NOTHING, 0, RETURN_DONE)
    # The HLR did not hear of it: the next periodic update says it again.
    return hold(job, network.periodic_ns[job.population], RETURN_NOTICED)


def _watch(network: Network, job: Job, now: int) -> Command:
    """Wait until the network notices that the phone is there."""
    until_ns = noticed_ns(network, job.population, job.phone, now)
    return hold(job, until_ns - now, RETURN_NOTICED)


def step_alert_dialogue(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """Alert-SC from the HLR to one SMSC, which tries at once."""
    smsc = network.smsc_node[job.smsc]
    hlr = network.population_hlr[job.population]
    if job.stage == START:
        return send(job, hlr, smsc, ALERT_SC << 8, ALERT_AT_SMSC, OK)
    if job.stage == ALERT_WOKEN:  # whether or not anybody was
        return send(job, smsc, hlr, ALERT_SC_RESULT << 8, ALERT_RETURNED, OK)
    if signal != DONE or (job.stage == ALERT_AT_SMSC and state.is_up[smsc] == 0):
        return end(job)
    if job.stage == ALERT_AT_SMSC:
        key = global_phone(network, job) * network.smscs + job.smsc
        return command(WAKE, RETRY_WAIT, key, OK, ALERT_WOKEN, OK, LOG_ALERT, 0)
    return end(job)  # ALERT_RETURNED
