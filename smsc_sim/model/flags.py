"""What the HLR notes of a phone: flags and the SMSCs that wait for an alert."""

from smsc_sim.model.codes import (
    CLEAR_ABSENT,
    CLEAR_FLAGS,
    FLAG_ABSENT,
    FLAG_FULL,
    LIST_SMSC,
    RETURN_DONE,
)
from smsc_sim.model.network import Job, Network, State
from smsc_sim.model.phones import (
    AWAITED,
    MCEF,
    MNRF,
    flags_of,
    global_phone,
    set_flags,
    waiting_smscs,
)


def change_flags(network: Network, state: State, job: Job, change: int) -> None:
    """Changes of what the HLR knows of a phone."""
    phone = global_phone(network, job)
    flags = flags_of(state, phone)
    smscs = waiting_smscs(state, phone)
    if change == FLAG_ABSENT:
        set_flags(state, phone, flags | MNRF | AWAITED, smscs | 1 << job.smsc)
    elif change == FLAG_FULL:
        set_flags(state, phone, flags | MCEF | AWAITED, smscs | 1 << job.smsc)
    elif change == CLEAR_ABSENT:
        set_flags(state, phone, flags & ~MNRF, smscs)
    elif change == LIST_SMSC:
        set_flags(state, phone, flags, smscs | 1 << job.smsc)
    elif change == CLEAR_FLAGS:
        # Who reports a success need not be alerted.
        own = 1 << job.smsc if job.smsc >= 0 else 0
        job.pending = smscs & ~own
        set_flags(state, phone, flags & AWAITED, 0)
    elif change == RETURN_DONE:
        set_flags(state, phone, flags & ~AWAITED, smscs)
