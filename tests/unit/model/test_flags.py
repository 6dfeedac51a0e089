"""The hash table of flags is a map from phones to flags, whatever collides."""

import numpy as np

from smsc_sim.engines.rows import Row
from smsc_sim.model import codes
from smsc_sim.model.flags import change_flags
from smsc_sim.model.phones import AWAITED, MNRF, flags_of, global_phone, set_flags, waiting_smscs
from smsc_sim.model.state import empty_state, grow_flags
from tests.networks import network

ROWS = 64


def test_flags_are_a_map(rng: np.random.Generator) -> None:
    """After every of 20,000 changes all phones have the flags of a plain dictionary."""
    state = empty_state(network().network)
    state = state._replace(flag_phone=[0] * ROWS, flag_bits=[0] * ROWS, flag_smscs=[0] * ROWS)
    phones = rng.choice(10_000, 40, replace=False).tolist()
    known: dict[int, tuple[int, int]] = {}
    most = 0
    for _ in range(20_000):
        phone = phones[rng.integers(40)]
        flags, smscs = (
            (int(rng.integers(4)), int(rng.integers(4))) if rng.random() < 0.5 else (0, 0)
        )
        set_flags(state, phone, flags, smscs)
        known[phone] = flags, smscs
        for other in phones:
            found = flags_of(state, other), waiting_smscs(state, other)
            assert found == known.get(other, (0, 0))
        used = sum(pair != (0, 0) for pair in known.values())
        assert sum(entry != 0 for entry in state.flag_phone) == used
        most = max(most, used)
    assert most > 20
    grown = grow_flags(state)
    assert len(grown.flag_phone) == 2 * ROWS
    for phone, pair in known.items():
        assert (flags_of(grown, phone), waiting_smscs(grown, phone)) == pair


def test_the_waiting_list_keeps_every_smsc() -> None:
    """Whoever asks for a flagged phone is listed beside those before; one success clears it all.

    Who reports the success need not be alerted, the others are.
    """
    net = network().network
    state = empty_state(net)
    job = Row()
    job.population, job.phone = 0, 3
    phone = global_phone(net, job)
    for smsc, change in ((0, codes.FLAG_ABSENT), (1, codes.LIST_SMSC)):
        job.smsc = smsc
        change_flags(net, state, job, change)
    assert waiting_smscs(state, phone) == 0b11
    assert flags_of(state, phone) == MNRF | AWAITED
    change_flags(net, state, job, codes.CLEAR_FLAGS)
    assert job.pending == 0b01
    assert (flags_of(state, phone), waiting_smscs(state, phone)) == (AWAITED, 0)
