"""Delivery in a cell: pages through a location area, a channel, an open session.

A page costs its location area once: all cells of the area send it, so the area has room for as
many pages as one cell.  Whoever finds no channel tries again after T3122 (3GPP TS 44.018, names),
a constant, as the cell tells every phone the same time.
"""

from smsc_sim.model.cells import area_of, cell_of
from smsc_sim.model.codes import (
    ABSENT_SUBSCRIBER,
    CHANNEL_TAKEN,
    DONE,
    DOWN,
    DROPPED,
    FOR_PAGING,
    HOLD,
    MT_CHANNEL,
    MT_FAILED,
    MT_OFF_AIR,
    MT_ON_RADIO,
    MT_PAGED,
    MT_RESPONDED,
    MT_SESSION,
    MT_UNANSWERED,
    NO_CHANNEL,
    NOTHING,
    OK,
    OPEN_SESSION,
    PARK,
    REFUSED,
    SESSION,
    SESSION_CLOSED,
    SESSION_WAITS,
    SPAWN,
    START,
    SUBSCRIBER_BUSY,
    TRIED,
    WAKE,
    WOKEN,
)
from smsc_sim.model.commands import command, end, free_channel, serve, take_channel
from smsc_sim.model.draws import exponential_ns
from smsc_sim.model.errors import BY_PHONE, error_at, occasion_of, refusal
from smsc_sim.model.network import Command, Job, Network, State
from smsc_sim.model.phones import global_phone, is_detached, reachability
from smsc_sim.model.radio import channel_ns, text_ns


def ask_session(network: Network, job: Job) -> Command:
    """Find out whether the phone still has a channel; if so it is kept for this segment too."""
    needed_ns = text_ns(network, job.population, job.octets) + _kept_ns(network, job)
    key = global_phone(network, job)
    return command(WAKE, OPEN_SESSION, key, needed_ns, MT_SESSION, OK)


def _kept_ns(network: Network, job: Job) -> int:
    """Time for which the channel is kept after the text: for what is announced to follow."""
    return network.node_session_ns[job.msc] if job.more == 1 else 0


def step_cell(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """mt-ForwardSM at an MSC with cells, from the question for a session to the channel's end."""
    stage = job.stage
    if stage == MT_SESSION:
        if signal == WOKEN:
            return _send_in_session(network, job, now)
        return _page(network, job, now)
    if stage == MT_PAGED:
        return _await_response(network, state, job, signal, now)
    if stage == MT_UNANSWERED:
        if job.tries < network.node_pages[job.msc]:
            return _page(network, job, now)
        return command(HOLD, 0, 0, 0, MT_FAILED, ABSENT_SUBSCRIBER)
    if stage == MT_RESPONDED:
        if error_at(network, job, BY_PHONE) == SUBSCRIBER_BUSY:
            return command(HOLD, 0, 0, 0, MT_FAILED, SUBSCRIBER_BUSY)
        cell = cell_of(network, job.msc, job.population, job.phone)
        return take_channel(job, network.cell_sdcch[cell], MT_CHANNEL)
    if stage == MT_CHANNEL:
        return _use_channel(network, job, signal, now)
    # MT_OFF_AIR
    if job.cause == OK and _kept_ns(network, job) > 0:
        return command(SPAWN, SESSION, 0, _kept_ns(network, job), MT_FAILED, OK)
    return free_channel(job, network.cell_sdcch[job.cell], MT_FAILED)


def _page(network: Network, job: Job, now: int) -> Command:
    """Page the phone in all cells of its location area, unless it is known to be detached."""
    is_on, _, spell = reachability(network, job.population, job.phone, now)
    if not is_on and is_detached(network, job.population, job.phone, spell):
        return command(HOLD, 0, 0, 0, MT_FAILED, ABSENT_SUBSCRIBER)
    cell = cell_of(network, job.msc, job.population, job.phone)
    station = network.area_paging[area_of(network, job.msc, cell)]
    return serve(job, station, network.station_service_ns[station], MT_PAGED)


def _await_response(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """Wait for the phone; a page that found no room in the queue is as one not answered."""
    if signal == DROPPED or state.is_up[job.msc] == DOWN:
        return end(job)
    timeout_ns = network.paging_timeout_ns[job.population]
    if signal != REFUSED and error_at(network, job, BY_PHONE) != ABSENT_SUBSCRIBER:
        is_on, until_ns, _ = reachability(network, job.population, job.phone, now)
        occasion = job.tries << 40 | occasion_of(job)
        mean_ns = network.paging_ns[job.population]
        response_ns = exponential_ns(job.key, occasion, FOR_PAGING, mean_ns)
        if is_on and response_ns < timeout_ns and now + response_ns < until_ns:
            return command(HOLD, 0, 0, response_ns, MT_RESPONDED, OK, NOTHING, 0, TRIED, 0)
    tries = job.tries + 1
    return command(HOLD, 0, 0, timeout_ns, MT_UNANSWERED, OK, NOTHING, 0, TRIED, tries)


def _use_channel(network: Network, job: Job, signal: int, now: int) -> Command:
    """Send the text on the channel just taken, or try again later."""
    if signal != DONE:
        if job.tries >= network.node_retrials[job.msc]:
            return command(HOLD, 0, 0, 0, MT_FAILED, NO_CHANNEL)
        delay_ns, tries = network.node_retrial_ns[job.msc], job.tries + 1
        return command(HOLD, 0, 0, delay_ns, MT_RESPONDED, OK, NOTHING, 0, TRIED, tries)
    cell = cell_of(network, job.msc, job.population, job.phone)
    radio_ns = channel_ns(network, job.population, job.octets)
    cause = _outcome(network, job, now + radio_ns, now)
    stage = MT_ON_RADIO if cause == OK else MT_OFF_AIR
    return command(HOLD, 0, 0, radio_ns, stage, cause, NOTHING, 0, CHANNEL_TAKEN, cell)


def _outcome(network: Network, job: Job, end_ns: int, now: int) -> int:
    """How the transfer ends: the phone must stay within reach, and take the text."""
    is_on, until_ns, _ = reachability(network, job.population, job.phone, now)
    if not is_on or end_ns >= until_ns:
        return ABSENT_SUBSCRIBER
    return refusal(network, job, end_ns)


def _send_in_session(network: Network, job: Job, now: int) -> Command:
    """Send the text on the channel that the phone still has."""
    radio_ns = text_ns(network, job.population, job.octets)
    cause = _outcome(network, job, now + radio_ns, now)
    return command(HOLD, 0, 0, radio_ns, MT_ON_RADIO if cause == OK else MT_FAILED, cause)


def step_session(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """A channel kept for what is announced to follow; `job.answer` is how much longer, in ns."""
    if job.stage == START or signal == WOKEN:
        key = global_phone(network, job)
        return command(PARK, OPEN_SESSION, key, now + job.answer, SESSION_WAITS, OK)
    if job.stage == SESSION_WAITS:
        return free_channel(job, network.cell_sdcch[job.cell], SESSION_CLOSED)
    return end(job)  # SESSION_CLOSED
