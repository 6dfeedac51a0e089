"""The hash table of flags is a map from phones to flags, whatever collides."""

import numpy as np

from smsc_sim.model.phones import flags_of, set_flags, waiting_smscs
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
