"""Routing: SRI-SM to the HLR, which knows the serving MSC or why there is none."""

from smsc_sim.model.codes import (
    ABSENT_SUBSCRIBER,
    CALL_BARRED,
    DONE,
    HOLD,
    LIST_SMSC,
    NOTHING,
    OK,
    SRI_AT_HLR,
    SRI_AT_OLD,
    SRI_FLAGGED,
    SRI_LOOKED_UP,
    SRI_OLD_SERVED,
    SRI_REDIRECTED,
    SRI_REFERRED,
    SRI_RETURNED,
    SRI_SERVED,
    SRI_WOKEN,
    START,
    UNKNOWN_SUBSCRIBER,
    WOKEN,
)
from smsc_sim.model.commands import answer, command, end, hold, send, serve
from smsc_sim.model.errors import BY_HLR, error_at
from smsc_sim.model.foreign import foreign_hlr, is_foreign
from smsc_sim.model.network import Command, Job, Network, State
from smsc_sim.model.operations import MAP_ERROR, SRI_SM, SRI_SM_RESULT
from smsc_sim.model.phones import MNRF, flags_of, global_phone, is_barred, is_ported, is_unknown
from smsc_sim.model.report import flag_phone


def step_sri_dialogue(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """SRI-SM from an SMSC to the recipient's HLR, and its answer back."""
    smsc = network.smsc_node[job.smsc]
    hlr = network.population_hlr[job.population]
    if job.stage == START and is_ported(network, job.population, job.phone):
        return send(job, smsc, network.ported_hlr[job.population], SRI_SM << 8, SRI_AT_OLD, OK)
    if job.stage == START:
        return send(job, smsc, hlr, SRI_SM << 8, SRI_AT_HLR, OK)
    if signal not in (DONE, WOKEN):  # lost on the way, or an HLR that is down or overloaded
        return end(job)
    if job.stage >= SRI_AT_OLD:
        return _refer(network, job, smsc)
    if job.stage == SRI_AT_HLR:
        station = network.node_station[hlr]
        return serve(job, station, network.station_service_ns[station], SRI_SERVED)
    if job.stage == SRI_SERVED and is_foreign(network, hlr):
        return foreign_hlr(network, job, hlr)
    if job.stage == SRI_SERVED:
        return _look_up(network, state, job, network.hlr_answer_ns[hlr])
    if job.stage == SRI_FLAGGED:
        return hold(job, network.hlr_answer_ns[hlr], SRI_LOOKED_UP)
    if job.stage == SRI_LOOKED_UP:
        msu = SRI_SM_RESULT << 8 if job.cause == OK else MAP_ERROR << 8
        return send(job, hlr, smsc, msu, SRI_RETURNED, job.cause)
    if job.stage == SRI_RETURNED:
        return answer(job, SRI_WOKEN)
    return end(job)  # SRI_WOKEN


def _refer(network: Network, job: Job, smsc: int) -> Command:
    """A ported number: its old HLR, or the relay in its place, says which one to ask."""
    old = network.ported_hlr[job.population]
    if job.stage == SRI_AT_OLD:
        station = network.node_station[old]
        return serve(job, station, network.station_service_ns[station], SRI_OLD_SERVED)
    if job.stage == SRI_OLD_SERVED:
        return hold(job, network.hlr_answer_ns[old], SRI_REFERRED)
    if job.stage == SRI_REFERRED:
        return send(job, old, smsc, SRI_SM_RESULT << 8, SRI_REDIRECTED, OK)
    hlr = network.population_hlr[job.population]  # SRI_REDIRECTED
    return send(job, smsc, hlr, SRI_SM << 8, SRI_AT_HLR, OK)


def _look_up(network: Network, state: State, job: Job, wait_ns: int) -> Command:
    """Find the answer; an absent phone is flagged and the SMSC put on its waiting list."""
    cause = sri_sm_cause(network, state, job)
    if cause != ABSENT_SUBSCRIBER:
        return command(HOLD, 0, 0, wait_ns, SRI_LOOKED_UP, cause)
    if flags_of(state, global_phone(network, job)) & MNRF != 0:
        return command(HOLD, 0, 0, wait_ns, SRI_LOOKED_UP, cause, NOTHING, 0, LIST_SMSC)
    return flag_phone(network, state, job, cause, SRI_FLAGGED)


def sri_sm_cause(network: Network, state: State, job: Job) -> int:
    """What the HLR answers: OK, or why not.

    With MNRF set a query without priority (sm-RP-PRI) is answered absent.
    """
    if is_unknown(network, job.population, job.phone):
        return UNKNOWN_SUBSCRIBER
    if is_barred(network, job.population, job.phone):
        return CALL_BARRED
    error = error_at(network, job, BY_HLR)
    flags = flags_of(state, global_phone(network, job))
    if error == OK and flags & MNRF != 0 and network.source_priority[job.source] == 0:
        return ABSENT_SUBSCRIBER
    return error
