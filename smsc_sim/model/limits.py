"""What an attempt takes besides its phone's turn: a licence, dialogues, limits of destinations.

In this order: licence, limit of the country, limit of the HLR, dialogue; who waits for a limit
holds no dialogue.  The limit of the HLR is given back with its answer.  The MSC is known only
then: who meets its limit gives the dialogue back, waits, and takes a dialogue again.
"""

from smsc_sim.model.cells import cell_of
from smsc_sim.model.codes import (
    CLOSED,
    CONGESTION,
    COUNTRY_DROPPED,
    COUNTRY_FREE,
    DIALOGUE_OPEN,
    HLR_DROPPED,
    HLR_FREE,
    HOLD,
    LICENSED,
    LOG_FAILED,
    MSC_DIALOGUE,
    MSC_FREE,
    MSC_QUEUED,
    MSC_TRIED,
    MT_DIALOGUE,
    MT_SENT,
    NOBODY,
    NOTHING,
    OK,
    REFUSED,
    RELEASE,
    RETRY_DUE,
    ROUTE_KNOWN,
    SPAWN,
    TIMER,
)
from smsc_sim.model.commands import command, release, seize
from smsc_sim.model.network import Command, Job, Network, State
from smsc_sim.model.phones import global_phone


def licence_of(network: Network, job: Job) -> int:
    """Station that licenses the next attempt: repeats have their own where sold so."""
    retries = network.smsc_retry_station[job.smsc]
    if job.attempt > 0 and retries >= 0:
        return retries
    return network.node_station[network.smsc_node[job.smsc]]


def dialogue_pool(network: Network, smsc: int, source: int) -> int:
    """Pool of the dialogues that messages of a source may open at an SMSC."""
    return network.source_dialogues[smsc * network.sources + source]


def is_dialogue_pool(network: Network, smsc: int, pool: int) -> bool:
    """Whether a pool holds dialogues of an SMSC, for all classes or for one."""
    if pool == network.smsc_dialogues[smsc]:
        return True
    found = False
    for source in range(network.sources):
        found = found or dialogue_pool(network, smsc, source) == pool
    return found


def country_limit(network: Network, job: Job) -> int:
    """Pool that limits dialogues towards the recipient's country, or -1."""
    return network.limit_population[job.smsc * len(network.population_size) + job.population]


def hlr_limit(network: Network, job: Job) -> int:
    """Pool that limits dialogues towards the recipient's HLR, or -1."""
    hlr = network.population_hlr[job.population]
    if hlr < 0:  # reached through a hub
        return NOBODY
    return network.limit_node[job.smsc * network.nodes + hlr]


def msc_limit(network: Network, job: Job) -> int:
    """Pool that limits dialogues towards the serving MSC, or -1."""
    return network.limit_node[job.smsc * network.nodes + job.msc]


def take_next(network: Network, job: Job, end_ns: int) -> Command:
    """Take what comes next after the licence: limit of the country, of the HLR, dialogue."""
    country, hlr = country_limit(network, job), hlr_limit(network, job)
    if job.stage == LICENSED and country >= 0:
        return seize(job, country, NOBODY, end_ns, COUNTRY_FREE)
    if job.stage != HLR_FREE and hlr >= 0:
        return seize(job, hlr, NOBODY, end_ns, HLR_FREE)
    pool = dialogue_pool(network, job.smsc, job.source)
    return seize(job, pool, NOBODY, end_ns, DIALOGUE_OPEN)


def back_out(network: Network, job: Job) -> Command:
    """Give back what was taken, last the phone's turn: the validity has ended in a wait."""
    stage = job.stage
    country, hlr = country_limit(network, job), hlr_limit(network, job)
    if stage == DIALOGUE_OPEN and hlr >= 0:
        return release(job, hlr, NOBODY, HLR_DROPPED)
    if country >= 0 and stage in (DIALOGUE_OPEN, HLR_FREE, HLR_DROPPED):
        return release(job, country, NOBODY, COUNTRY_DROPPED)
    return release(job, network.smsc_phones[job.smsc], global_phone(network, job), RETRY_DUE)


def leave(pool: int, stage: int, cause: int) -> Command:
    """Give a limit back once the answer is there; `cause` is what it says."""
    return command(RELEASE, pool, NOBODY, 0, stage, cause)


def forward(network: Network, state: State, job: Job) -> Command:
    """Hand the segment to the MSC; TP-MMS tells it whether the next one of the message follows."""
    following = job.segment + 1
    waits = state.accepted[job.record] & ~state.on_handset[job.record]
    more = 0
    if network.node_session_ns[job.msc] > 0 and waits >> following & 1 == 1:
        more = int(cell_of(network, job.msc, job.population, job.phone) >= 0)
    return command(SPAWN, MT_DIALOGUE, 0, 0, MT_SENT, OK, NOTHING, 0, ROUTE_KNOWN, more)


def to_msc(network: Network, state: State, job: Job) -> Command:
    """Start mt-ForwardSM, if the limit of the MSC allows it."""
    pool = msc_limit(network, job)
    if pool >= 0:
        return seize(job, pool, NOBODY, 0, MSC_TRIED)
    return forward(network, state, job)


def wait_for_msc(
    network: Network, state: State, job: Job, signal: int, now: int, end_ns: int
) -> Command:
    """Wait for the limit of the MSC without a dialogue, then take one again."""
    stage = job.stage
    dialogues = dialogue_pool(network, job.smsc, job.source)
    if stage == MSC_TRIED and signal == REFUSED:
        return release(job, dialogues, NOBODY, MSC_QUEUED)
    if stage == MSC_QUEUED and now < end_ns:
        return seize(job, msc_limit(network, job), NOBODY, end_ns, MSC_FREE)
    if stage == MSC_QUEUED or (stage == MSC_FREE and signal == TIMER):
        return command(HOLD, 0, 0, 0, CLOSED, CONGESTION, LOG_FAILED, CONGESTION)
    if stage == MSC_FREE:
        return seize(job, dialogues, NOBODY, end_ns, MSC_DIALOGUE)
    if stage == MSC_DIALOGUE and signal == TIMER:
        pool = msc_limit(network, job)
        return command(RELEASE, pool, NOBODY, 0, CLOSED, CONGESTION, LOG_FAILED, CONGESTION)
    return forward(network, state, job)
