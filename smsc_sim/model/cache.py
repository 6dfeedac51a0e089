"""Routes that an SMSC remembers, so that it need not ask the HLR before each attempt.

A table of fixed size, direct-mapped: a route is forgotten when its time is over, when another phone
needs its row, or when a delivery over it fails.
"""

from smsc_sim.model.network import Job, Network, State
from smsc_sim.model.phones import global_phone

CACHE_ROWS = 1 << 16  # of each SMSC that remembers routes


def cache_row(network: Network, smsc: int, phone: int) -> int:
    """Row of a phone, counted among all, in the table of an SMSC; -1 if it has none."""
    first = network.cache_first[smsc]
    if first < 0:
        return -1
    return first + (phone * 0x2545F491 >> 8) % CACHE_ROWS


def is_cached(network: Network, state: State, job: Job, now: int) -> bool:
    """Whether the SMSC still knows the way to a segment's phone."""
    phone = global_phone(network, job)
    row = cache_row(network, job.smsc, phone)
    return row >= 0 and state.cache_phone[row] == phone + 1 and now < state.cache_until_ns[row]


def remember_route(network: Network, state: State, job: Job, now: int) -> None:
    """Keep what the HLR has just answered; an answer that is remembered grows no younger."""
    phone = global_phone(network, job)
    row = cache_row(network, job.smsc, phone)
    if row >= 0 and not is_cached(network, state, job, now):
        state.cache_phone[row] = phone + 1
        state.cache_until_ns[row] = now + network.cache_ns[job.smsc]


def forget_route(network: Network, state: State, job: Job) -> None:
    """Drop the way to a phone: a delivery over it has failed."""
    phone = global_phone(network, job)
    row = cache_row(network, job.smsc, phone)
    if row >= 0 and state.cache_phone[row] == phone + 1:
        state.cache_phone[row] = 0
