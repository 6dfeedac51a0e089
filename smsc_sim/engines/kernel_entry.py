"""The one way into the kernels, so that there is one piece of machine code to make and to keep."""

from smsc_sim.engines.kernel_run import (
    alter,
    note_held_at_end,
    park_again,
    rehash,
    run,
    settle,
    start,
)
from smsc_sim.engines.machine import Machine
from smsc_sim.model.network import Network, State
from smsc_sim.model.phones import set_flags

START, RUN, ALTER, SETTLE, PARK_AGAIN, REHASH, NOTE_HELD, PUT_FLAGS = range(8)


def act(network: Network, state: State, m: Machine, action: int, a: int, b: int) -> int:
    """Do one of the actions above; `a` and `b` are what it needs to know."""
    if action == RUN:
        return run(network, state, m)
    if action == START:
        start(network, state, m)
    elif action == ALTER:
        alter(network, state, m, a, b)
    elif action == SETTLE:
        settle(network, state, m)
    elif action == REHASH:
        rehash(m)
    elif action == PARK_AGAIN:
        park_again(m)
    elif action == PUT_FLAGS:
        for row in range(len(m.old_phone)):
            if m.old_phone[row] != 0:
                set_flags(state, m.old_phone[row] - 1, m.old_bits[row], m.old_smscs[row])
    else:
        note_held_at_end(network, m)
    return 0
