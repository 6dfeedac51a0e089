"""Phones: reachability as a function of time, and the flags the HLR keeps for a few of them.

A phone costs nothing until a delivery fails: only then it has a row in the hash table of
`State`.  MNRF and message waiting data: 3GPP TS 23.040 (names; see docs/glossary.md).
"""

from smsc_sim.model.codes import (
    FOR_ACTIVITY,
    FOR_BARRED,
    FOR_DETACHED,
    FOR_MEMORY,
    FOR_NOTICED,
    FOR_PERIODIC,
    FOR_PORTED,
    FOR_UNKNOWN,
)
from smsc_sim.model.draws import bits, exponential_ns, key_of, reachable, uniform
from smsc_sim.model.network import Job, Network, State

MNRF = 1  # mobile not reachable flag
AWAITED = 2  # somebody watches for the phone's return
MCEF = 4  # memory capacity exceeded flag
MOST_SMSCS = 62  # bits of the message waiting data of a phone


def phone_key(network: Network, population: int, phone: int) -> int:
    """Key of the draws of a phone, counted in its population."""
    return key_of(network.seed, network.population_digest[population], phone)


def global_phone(network: Network, job: Job) -> int:
    """Number of a job's phone among the phones of all populations."""
    return network.population_first[job.population] + job.phone


def reachability(
    network: Network, population: int, phone: int, now_ns: int
) -> tuple[bool, int, int]:
    """Whether a phone is reachable now, until when, and the number of that spell."""
    return reachable(
        phone_key(network, population, phone),
        network.population_on_ns[population],
        network.population_off_ns[population],
        now_ns,
    )


def is_unknown(network: Network, population: int, phone: int) -> bool:
    """Whether a number is dead: no subscriber has it."""
    if network.p_unknown[population] <= 0.0:
        return False
    key = phone_key(network, population, phone)
    return uniform(key, 0, FOR_UNKNOWN) < network.p_unknown[population]


def is_ported(network: Network, population: int, phone: int) -> bool:
    """Whether a number has come from another network, whose HLR is asked first."""
    if network.p_ported[population] <= 0.0:
        return False
    key = phone_key(network, population, phone)
    return uniform(key, 0, FOR_PORTED) < network.p_ported[population]


def is_barred(network: Network, population: int, phone: int) -> bool:
    """Whether a subscriber is barred from receiving short messages."""
    if network.p_barred[population] <= 0.0:
        return False
    key = phone_key(network, population, phone)
    return uniform(key, 0, FOR_BARRED) < network.p_barred[population]


def memory(network: Network, population: int, phone: int, now_ns: int) -> tuple[bool, int]:
    """Whether a phone has memory for a text now, and until when that stays so.

    Spells like those of reachability, with a key of their own.
    """
    key = bits(phone_key(network, population, phone), 0, FOR_MEMORY)
    has_room, until_ns, _ = reachable(
        key, network.memory_free_ns[population], network.memory_full_ns[population], now_ns
    )
    return has_room, until_ns


def room_ns(network: Network, population: int, phone: int, now_ns: int) -> int:
    """When a phone tells the network that it has memory again: once it is also within reach."""
    has_room, until_ns = memory(network, population, phone, now_ns)
    free_ns = now_ns if has_room else until_ns
    is_on, until_ns, _ = reachability(network, population, phone, free_ns)
    return free_ns if is_on else until_ns


def is_detached(network: Network, population: int, phone: int, spell: int) -> bool:
    """Whether the network knows that the phone is off in this spell (IMSI detach)."""
    key = phone_key(network, population, phone)
    return uniform(key, spell, FOR_DETACHED) < network.p_detached[population]


def noticed_ns(network: Network, population: int, phone: int, now_ns: int) -> int:
    """When the network notices a phone that is, or comes back, within reach after `now_ns`.

    At once on its return with some probability, else at its next activity or periodic
    location update.  A phone that is within reach already has returned unnoticed.
    """
    is_on, until_ns, spell = reachability(network, population, phone, now_ns)
    key = phone_key(network, population, phone)
    back_ns = now_ns if is_on else until_ns
    if not is_on and uniform(key, spell, FOR_NOTICED) < network.p_noticed[population]:
        return back_ns
    activity_ns = exponential_ns(key, spell, FOR_ACTIVITY, network.activity_ns[population])
    periodic_ns = int(uniform(key, spell, FOR_PERIODIC) * network.periodic_ns[population]) + 1
    return back_ns + min(activity_ns, periodic_ns)


def flag_row(state: State, phone: int) -> int:
    """Row of a phone in the flag table: its own, or the free one where it would stand."""
    mask = len(state.flag_phone) - 1
    row = (phone * 0x2545F491) & mask
    while state.flag_phone[row] != 0 and state.flag_phone[row] != phone + 1:
        row = (row + 1) & mask
    return row


def flags_of(state: State, phone: int) -> int:
    """Flags of a phone, counted among all; 0 if it has none."""
    row = flag_row(state, phone)
    return state.flag_bits[row] if state.flag_phone[row] != 0 else 0


def waiting_smscs(state: State, phone: int) -> int:
    """Message waiting data of a phone: a bit for each SMSC to be alerted."""
    row = flag_row(state, phone)
    return state.flag_smscs[row] if state.flag_phone[row] != 0 else 0


def set_flags(state: State, phone: int, flags: int, smscs: int) -> None:
    """Give a phone its flags and waiting list; a phone without either leaves the table."""
    row = flag_row(state, phone)
    if flags != 0 or smscs != 0:
        state.flag_phone[row] = phone + 1
        state.flag_bits[row] = flags
        state.flag_smscs[row] = smscs
    elif state.flag_phone[row] != 0:
        _forget(state, row)


def _forget(state: State, row: int) -> None:
    """Take a row out of the table and move up those that it had pushed on."""
    mask = len(state.flag_phone) - 1
    gap = row
    while True:
        row = (row + 1) & mask
        if state.flag_phone[row] == 0:
            break
        home = ((state.flag_phone[row] - 1) * 0x2545F491) & mask
        if ((row - home) & mask) >= ((row - gap) & mask):
            state.flag_phone[gap] = state.flag_phone[row]
            state.flag_bits[gap] = state.flag_bits[row]
            state.flag_smscs[gap] = state.flag_smscs[row]
            gap = row
    state.flag_phone[gap] = 0
    state.flag_bits[gap] = 0
    state.flag_smscs[gap] = 0
