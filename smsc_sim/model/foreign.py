"""Interworking: a foreign network answers SRI-SM and mt-ForwardSM by chance, after a time.

Its queues, flags and phones are not known; all of them are in the times and the shares.
"""

from smsc_sim.model.codes import (
    FOR_FOREIGN_HLR,
    FOR_FOREIGN_HLR_TIME,
    FOR_FOREIGN_MSC,
    FOR_FOREIGN_MSC_TIME,
    HOLD,
    MT_FAILED,
    MT_ON_RADIO,
    OK,
    SRI_LOOKED_UP,
)
from smsc_sim.model.commands import command
from smsc_sim.model.draws import uniform
from smsc_sim.model.network import Command, Job, Network
from smsc_sim.model.quantiles import drawn_ns
from smsc_sim.model.traffic import pick


def is_foreign(network: Network, node: int) -> bool:
    """Whether a node stands for a foreign network, its HLR and its MSCs."""
    return network.foreign_hlr_time[node] >= 0


def outcome_of(network: Network, table: int, u: float) -> int:
    """Cause drawn from a table of outcomes; OK for found or delivered."""
    first, last = network.outcome_first[table], network.outcome_first[table + 1]
    return network.outcome_cause[pick(network.outcome_end, first, last, u)]


def foreign_hlr(network: Network, job: Job, node: int) -> Command:
    """Look a number up in a foreign HLR; it remembers nothing of the query."""
    occasion = job.segment << 16 | job.attempt
    u = uniform(job.key, occasion, FOR_FOREIGN_HLR)
    cause = outcome_of(network, network.foreign_hlr_outcomes[node], u)
    time = network.foreign_hlr_time[node]
    wait_ns = drawn_ns(network, time, job.key, occasion, FOR_FOREIGN_HLR_TIME)
    return command(HOLD, 0, 0, wait_ns, SRI_LOOKED_UP, cause)


def foreign_msc(network: Network, job: Job) -> Command:
    """Deliver to a phone of a foreign network, or find out that it does not work."""
    occasion = job.segment << 16 | job.attempt
    u = uniform(job.key, occasion, FOR_FOREIGN_MSC)
    cause = outcome_of(network, network.foreign_msc_outcomes[job.msc], u)
    time = network.foreign_msc_time[job.msc]
    wait_ns = drawn_ns(network, time, job.key, occasion, FOR_FOREIGN_MSC_TIME)
    stage = MT_ON_RADIO if cause == OK else MT_FAILED
    return command(HOLD, 0, 0, wait_ns, stage, cause)
