"""Prepaid charging: before a segment leaves its MSC a charging node is asked whether it is paid."""

from smsc_sim.model.codes import (
    ANSWER,
    AT_MSC,
    CHARGE_AT_NODE,
    CHARGE_DECIDED,
    CHARGE_DIALOGUE,
    CHARGE_RETURNED,
    CHARGE_SERVED,
    CHARGE_WOKEN,
    DONE,
    FOR_CREDIT,
    FOR_PREPAID,
    HOLD,
    LOG_CHARGE,
    LOG_CHARGED,
    LOG_REFUSED,
    LOG_UNCHARGED,
    MO_CHARGED,
    MO_CHARGING,
    MO_PAID,
    MO_RETURNED,
    MO_UNPAID,
    NOT_PAID,
    OK,
    PARK,
    SPAWN,
    START,
    WOKEN,
)
from smsc_sim.model.commands import answer, command, end, send, serve
from smsc_sim.model.draws import uniform
from smsc_sim.model.network import CHARGES, Command, Job, Network, State
from smsc_sim.model.operations import CONTINUE_SMS, INITIAL_DP_SMS, RELEASE_SMS
from smsc_sim.model.phones import phone_key
from smsc_sim.model.traffic import writer_of


def is_charged(network: Network, job: Job) -> bool:
    """Whether the sender of a message is a prepaid phone, for the whole run."""
    population = network.source_from[job.source]
    if network.p_prepaid[population] <= 0.0:
        return False
    key = phone_key(network, population, writer_of(network, job))
    return uniform(key, 0, FOR_PREPAID) < network.p_prepaid[population]


def has_credit(network: Network, job: Job) -> bool:
    """Whether a prepaid sender can pay, for the whole run: nobody tops up."""
    population = network.source_from[job.source]
    key = phone_key(network, population, writer_of(network, job))
    return uniform(key, 0, FOR_CREDIT) >= network.p_no_credit[population]


def ask_charging(job: Job) -> Command:
    """Start the charging query of a segment that has reached its MSC."""
    return command(SPAWN, CHARGE_DIALOGUE, 0, 0, MO_CHARGING, OK, LOG_CHARGE, 0, AT_MSC)


def step_charging(network: Network, job: Job, signal: int, now: int) -> Command:
    """A segment at its MSC until charging has answered, or the timer has run out."""
    population = network.source_from[job.source]
    if job.stage == MO_CHARGING:
        until_ns = now + network.charge_timer_ns[population]
        return command(PARK, ANSWER, job.id | CHARGES, until_ns, MO_CHARGED, OK)
    if job.stage == MO_CHARGED:
        if signal == WOKEN:
            stage = MO_PAID if job.answer == OK else MO_UNPAID
            return command(HOLD, 0, 0, 0, stage, OK, LOG_CHARGED, now - job.arrived_ns)
        is_lenient = network.charge_is_lenient[population]
        stage = MO_PAID if is_lenient == 1 else MO_UNPAID
        return command(HOLD, 0, 0, 0, stage, OK, LOG_UNCHARGED, is_lenient)
    # MO_UNPAID
    return command(HOLD, 0, 0, 0, MO_RETURNED, NOT_PAID, LOG_REFUSED, NOT_PAID)


def step_charge_dialogue(
    network: Network, state: State, job: Job, signal: int, now: int
) -> Command:
    """InitialDPSMS from the sender's MSC to its charging node, and the answer back."""
    node = network.population_charging[network.source_from[job.source]]
    if job.stage == START:
        return send(job, job.sender, node, INITIAL_DP_SMS << 8, CHARGE_AT_NODE, OK)
    if signal != DONE:  # lost on the way, or refused by a node that is down or overloaded
        return end(job)
    if job.stage == CHARGE_AT_NODE:
        station = network.node_station[node]
        return serve(job, station, network.station_service_ns[station], CHARGE_SERVED)
    if job.stage == CHARGE_SERVED:
        cause = OK if has_credit(network, job) else NOT_PAID
        return command(HOLD, 0, 0, network.hlr_answer_ns[node], CHARGE_DECIDED, cause)
    if job.stage == CHARGE_DECIDED:
        msu = CONTINUE_SMS << 8 if job.cause == OK else RELEASE_SMS << 8
        return send(job, node, job.sender, msu, CHARGE_RETURNED, job.cause)
    if job.stage == CHARGE_RETURNED:
        return answer(job, CHARGE_WOKEN)
    return end(job)  # CHARGE_WOKEN
