"""Errors of single attempts, drawn as shares of attempts, by where they are found out."""

from smsc_sim.model.codes import (
    ABSENT_SUBSCRIBER,
    FOR_ALERT_AFTER,
    FOR_ERROR,
    FOR_HLR_ERROR,
    MEMORY_CAPACITY_EXCEEDED,
    OK,
    SUBSCRIBER_BUSY,
)
from smsc_sim.model.draws import uniform
from smsc_sim.model.network import Job, Network
from smsc_sim.model.phones import memory

# Where an error is found out: by the HLR, by the MSC before it pages, or at the phone.
BY_HLR, BY_MSC, BY_PHONE = range(3)
PLACES = 3


def occasion_of(job: Job) -> int:
    """Number of an attempt of a message: its segment and the attempt in it."""
    return job.segment << 16 | job.attempt


def error_at(network: Network, job: Job, where: int) -> int:
    """Cause of the error that this attempt meets somewhere, or OK.

    One draw serves the MSC and the phone: their shares are of all attempts, one beside the other.
    A phone that is out of reach is found out between the two.
    """
    row = job.population * PLACES + where
    first, last = network.error_first[row], network.error_first[row + 1]
    if first == last:
        return OK
    u = uniform(job.key, occasion_of(job), FOR_HLR_ERROR if where == BY_HLR else FOR_ERROR)
    for error in range(first, last):
        if u < network.error_end[error]:
            return network.error_cause[error]
    return OK


def refusal(network: Network, job: Job, read_ns: int) -> int:
    """Why a phone refuses the text that it has read at `read_ns`, or OK."""
    cause = error_at(network, job, BY_PHONE)
    if cause in (ABSENT_SUBSCRIBER, SUBSCRIBER_BUSY):  # found out before
        return OK
    if cause != OK:
        return cause
    has_room, _ = memory(network, job.population, job.phone, read_ns)
    return OK if has_room else MEMORY_CAPACITY_EXCEEDED


def alert_after_ns(network: Network, job: Job) -> int:
    """Time in ns until a phone is back that only an error of this attempt has made absent or full.

    Uniform between the two bounds of its population, rounded down.
    """
    low = network.alert_low_ns[job.population]
    high = network.alert_high_ns[job.population]
    return low + int(uniform(job.key, occasion_of(job), FOR_ALERT_AFTER) * (high - low))
