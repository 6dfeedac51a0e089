"""Termination: mt-ForwardSM to the serving MSC, paging, radio channel, handset."""

from smsc_sim.model.cells import cell_of
from smsc_sim.model.codes import (
    ABSENT_SUBSCRIBER,
    AT_MSC,
    DONE,
    FOR_PAGING,
    GSM,
    HOLD,
    LOG_HANDSET,
    MT_AT_MSC,
    MT_CONTINUED,
    MT_FAILED,
    MT_OFF_AIR,
    MT_ON_RADIO,
    MT_OPENED,
    MT_READ,
    MT_RETURNED,
    MT_SERVED,
    MT_SESSION,
    MT_TOLD,
    MT_WOKEN,
    NOBODY,
    OK,
    ON_HANDSET,
    START,
    SUBSCRIBER_BUSY,
    WOKEN,
)
from smsc_sim.model.commands import answer, command, end, send, serve
from smsc_sim.model.draws import exponential_ns
from smsc_sim.model.errors import BY_MSC, BY_PHONE, error_at, occasion_of, refusal
from smsc_sim.model.foreign import foreign_msc, is_foreign
from smsc_sim.model.login import tell_person, tells_person
from smsc_sim.model.network import Command, Job, Network, State
from smsc_sim.model.opening import closing_msu, opens_empty
from smsc_sim.model.operations import (
    EMPTY_BEGIN,
    EMPTY_CONTINUE,
    MT_FORWARD_SM,
    MT_FORWARD_SM_CONTINUE,
)
from smsc_sim.model.paging import ask_session, step_cell
from smsc_sim.model.phones import is_detached, reachability
from smsc_sim.model.radio import access_of, answer_ns, channel_ns
from smsc_sim.model.reply import begin_replies, has_replies, may_answer


def step_mt_dialogue(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """mt-ForwardSM from an SMSC to the serving MSC and the phone, and its answer back."""
    smsc = network.smsc_node[job.smsc]
    if job.stage == START:
        if opens_empty(network, smsc, job.msc, MT_FORWARD_SM, job.octets):
            return send(job, smsc, job.msc, EMPTY_BEGIN << 8, MT_OPENED, OK)
        return send(job, smsc, job.msc, MT_FORWARD_SM << 8 | job.octets, MT_AT_MSC, OK)
    if job.stage in (MT_OPENED, MT_CONTINUED):
        return _go_on(job, smsc, signal)
    if job.stage in (MT_TOLD, MT_READ):
        stage = MT_OFF_AIR if job.cell >= 0 else MT_FAILED
        if job.stage == MT_TOLD:
            return tell_person(network, job, MT_READ if has_replies(network, job) else stage)
        return begin_replies(network, job, now, MT_READ, stage)
    if job.stage >= MT_SESSION:
        return step_cell(network, state, job, signal, now)
    if job.stage == MT_WOKEN:
        return end(job)
    if signal not in (DONE, WOKEN):  # lost on the way, or refused by an MSC that is down or full
        return end(job)
    if job.stage == MT_AT_MSC:
        station = network.node_station[job.msc]
        return serve(job, station, network.station_service_ns[station], MT_SERVED, AT_MSC)
    if job.stage == MT_SERVED and is_foreign(network, job.msc):
        return foreign_msc(network, job)
    if job.stage == MT_SERVED:
        return _page(network, job, now)
    if job.stage == MT_ON_RADIO:
        # The text is on the handset: logged here, whatever becomes of the answer.
        stage = MT_OFF_AIR if job.cell >= 0 else MT_FAILED
        if job.record == NOBODY:  # a status report
            return command(HOLD, 0, 0, 0, stage, OK)
        if tells_person(network, state, job):
            stage = MT_TOLD
        elif may_answer(network, state, job):
            stage = MT_READ
        return command(HOLD, 0, 0, 0, stage, OK, LOG_HANDSET, now - job.submit_ns, ON_HANDSET)
    if job.stage == MT_FAILED:
        msu = closing_msu(network, smsc, job.msc, MT_FORWARD_SM, job.octets, job.cause)
        return send(job, job.msc, smsc, msu, MT_RETURNED, job.cause)
    return answer(job, MT_WOKEN)  # MT_RETURNED


def _go_on(job: Job, smsc: int, signal: int) -> Command:
    """The MSC takes an empty BEGIN up; then the text follows."""
    if signal != DONE:
        return end(job)
    if job.stage == MT_OPENED:
        return send(job, job.msc, smsc, EMPTY_CONTINUE << 8, MT_CONTINUED, OK)
    return send(job, smsc, job.msc, MT_FORWARD_SM_CONTINUE << 8 | job.octets, MT_AT_MSC, OK)


def _page(network: Network, job: Job, now: int) -> Command:
    """Page the phone and send the text, or find out why that does not work.

    A phone known to be detached is refused at once.  One that does not answer, or that goes
    out of reach before the text is through, is refused when the paging timer runs out.
    """
    population = job.population
    cause = error_at(network, job, BY_MSC)
    if cause != OK:
        return command(HOLD, 0, 0, 0, MT_FAILED, cause)
    if cell_of(network, job.msc, population, job.phone) >= 0:
        return ask_session(network, job)
    is_on, until_ns, spell = reachability(network, population, job.phone, now)
    if not is_on and is_detached(network, population, job.phone, spell):
        return command(HOLD, 0, 0, 0, MT_FAILED, ABSENT_SUBSCRIBER)
    occasion = occasion_of(job)
    timeout_ns = network.paging_timeout_ns[population]
    access = access_of(network, population, job.phone)
    if access == GSM:
        paging_ns = exponential_ns(job.key, occasion, FOR_PAGING, network.paging_ns[population])
        radio_ns = min(paging_ns, timeout_ns) + channel_ns(network, population, job.octets)
    else:
        paging_ns = answer_ns(network, population, access, job.key, occasion)
        radio_ns = min(paging_ns, timeout_ns)
    if not is_on or now + radio_ns >= until_ns:
        return command(HOLD, 0, 0, timeout_ns, MT_FAILED, ABSENT_SUBSCRIBER)
    cause = error_at(network, job, BY_PHONE)
    if cause == ABSENT_SUBSCRIBER:
        return command(HOLD, 0, 0, timeout_ns, MT_FAILED, cause)
    if cause == SUBSCRIBER_BUSY:
        return command(HOLD, 0, 0, min(paging_ns, timeout_ns), MT_FAILED, cause)
    cause = refusal(network, job, now + radio_ns)
    if cause != OK:
        return command(HOLD, 0, 0, radio_ns, MT_FAILED, cause)
    return command(HOLD, 0, 0, radio_ns, MT_ON_RADIO, OK)
