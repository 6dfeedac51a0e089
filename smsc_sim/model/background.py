"""Background: calls and location updates, which share the radio channels with short messages."""

from smsc_sim.model.cells import area_of, cell_of
from smsc_sim.model.codes import (
    CALL,
    CALL_AGAIN,
    CALL_BLOCKED_SDCCH,
    CALL_BLOCKED_TCH,
    CALL_CARRIED,
    CALL_CONNECTED,
    CALL_GRANTED,
    CALL_HANDED_OVER,
    CALL_HUNG_UP,
    CALL_IS_RETRIED,
    CALL_IS_TRIED,
    CALL_NO_SERVICE,
    CALL_PAGE_LOST,
    CALL_PAGED,
    CALL_SET_UP,
    CALL_TALKED,
    CALL_TRIED,
    CHANNEL_TAKEN,
    DONE,
    DOWN,
    FOR_CONVERSATION,
    FOR_PAGING,
    FOR_RETRIAL,
    FOR_RETRIAL_DELAY,
    FOR_SET_UP,
    FOR_TERMINATED,
    HOLD,
    LOG_CALL,
    NEXT_TRY,
    NOTHING,
    OK,
    START,
)
from smsc_sim.model.commands import command, end, free_channel, hold, serve, take_channel
from smsc_sim.model.draws import exponential_ns, uniform
from smsc_sim.model.network import Command, Job, Network, State
from smsc_sim.model.phones import is_detached, reachability
from smsc_sim.model.quantiles import drawn_ns


def step_background(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
    """A call or a location update: perhaps a page, an SDCCH, perhaps a TCH."""
    stage, row = job.stage, job.source - network.sources
    if stage == START:
        return _begin(network, job, now)
    if stage in (CALL_TRIED, CALL_PAGED):
        return _reach(network, state, job, signal)
    if stage == CALL_AGAIN:
        return _ask(network, state, job)
    if stage == CALL_GRANTED:
        if signal != DONE:
            return _blocked(network, job, CALL_BLOCKED_SDCCH)
        law, cell = network.background_set_up[row], _cell(network, job)
        held_ns = drawn_ns(network, law, job.key, job.attempt, FOR_SET_UP)
        return command(HOLD, 0, 0, held_ns, CALL_SET_UP, OK, NOTHING, 0, CHANNEL_TAKEN, cell)
    if stage == CALL_SET_UP:
        return free_channel(job, network.cell_sdcch[job.cell], CALL_HANDED_OVER)
    if stage == CALL_HANDED_OVER:
        pool = network.cell_tch[_cell(network, job)]
        if job.kind != CALL or pool < 0:
            return end(job, LOG_CALL, CALL_CARRIED)
        return take_channel(job, pool, CALL_CONNECTED)
    if stage == CALL_CONNECTED:
        if signal != DONE:
            return _blocked(network, job, CALL_BLOCKED_TCH)
        law, cell = network.background_talk[row], _cell(network, job)
        talk_ns = drawn_ns(network, law, job.key, 0, FOR_CONVERSATION)
        return command(
            HOLD, 0, 0, talk_ns, CALL_TALKED, OK, LOG_CALL, CALL_CARRIED, CHANNEL_TAKEN, cell
        )
    if stage == CALL_TALKED:
        return free_channel(job, network.cell_tch[job.cell], CALL_HUNG_UP)
    return end(job)  # CALL_HUNG_UP


def _begin(network: Network, job: Job, now: int) -> Command:
    """Note that a channel will be asked for, unless nobody is there to answer the page.

    Where cells have no limits, or the phone has no GSM access, nothing needs to be followed.
    """
    if _cell(network, job) < 0:
        return end(job)
    if _is_terminated(network, job):
        is_on, _, spell = reachability(network, job.population, job.phone, now)
        if not is_on:
            if is_detached(network, job.population, job.phone, spell):
                return end(job)
            station = _paging_station(network, job)
            return serve(job, station, network.station_service_ns[station], CALL_HUNG_UP)
    return command(HOLD, 0, 0, 0, CALL_TRIED, OK, LOG_CALL, CALL_IS_TRIED)


def _reach(network: Network, state: State, job: Job, signal: int) -> Command:
    """Page the phone of a call that comes in; who calls needs no page."""
    if not _is_terminated(network, job):
        return _ask(network, state, job)
    if job.stage == CALL_TRIED:
        if state.is_up[job.msc] == DOWN:
            return end(job, LOG_CALL, CALL_NO_SERVICE)
        station = _paging_station(network, job)
        return serve(job, station, network.station_service_ns[station], CALL_PAGED)
    if signal != DONE:
        return end(job, LOG_CALL, CALL_PAGE_LOST)
    mean_ns = network.paging_ns[job.population]
    answer_ns = exponential_ns(job.key, 0, FOR_PAGING, mean_ns)
    return hold(job, min(answer_ns, network.paging_timeout_ns[job.population]), CALL_AGAIN)


def _ask(network: Network, state: State, job: Job) -> Command:
    """Ask for an SDCCH; nobody waits for one."""
    if state.is_up[job.msc] == DOWN:
        return end(job, LOG_CALL, CALL_NO_SERVICE)
    return take_channel(job, network.cell_sdcch[_cell(network, job)], CALL_GRANTED)


def _blocked(network: Network, job: Job, event: int) -> Command:
    """No channel was free: try again after a while, from the SDCCH on, or give up."""
    row = job.source - network.sources
    if (
        job.attempt < network.background_retrials[row]
        and uniform(job.key, job.attempt, FOR_RETRIAL) < network.background_p_retrial[row]
    ):
        pause_ns = exponential_ns(
            job.key, job.attempt, FOR_RETRIAL_DELAY, network.background_retrial_ns[row]
        )
        return command(HOLD, 0, 0, pause_ns, CALL_AGAIN, OK, LOG_CALL, CALL_IS_RETRIED, NEXT_TRY, 0)
    return end(job, LOG_CALL, event)


def _cell(network: Network, job: Job) -> int:
    """Cell that the phone is in, or -1 if it shares no channels."""
    return cell_of(network, job.msc, job.population, job.phone)


def _paging_station(network: Network, job: Job) -> int:
    """Station through which the pages of the phone's location area go out."""
    return network.area_paging[area_of(network, job.msc, _cell(network, job))]


def _is_terminated(network: Network, job: Job) -> bool:
    """Whether a call comes in."""
    share = network.background_p_terminated[job.source - network.sources]
    return uniform(job.key, 0, FOR_TERMINATED) < share
