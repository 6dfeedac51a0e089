"""Event logs of three scenarios, by digest: no behaviour changes unseen.

When a digest changes on purpose, raise `SEMANTICS_VERSION`, write a *Behaviour* line in the
changelog and put the new digests here, all in one commit.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from smsc_sim.model import codes
from tests.networks import network, simulate

SCENARIOS = {
    "plain": "duration: 60 s",
    "absent": """
duration: 10 min
populations:
  city:
    size: 300
    unknown: 3 %
    reachability: {mean_on: 10 min, mean_off: 4 min}
    errors: {subscriber_busy: 5 %, system_failure: 2 %}
traffic:
  people: {kind: person_to_person, from: city, volume: 400 msg/day, to: city, text: three}
  codes: {kind: otp, account: bank, to: city, rate: 1 msg/s, text: one}
""",
    "failing": """
duration: 5 min
smscs: {north: {rate: 20 msg/s, dialogues: 20, store: 200 msg}}
traffic:
  people: {kind: person_to_person, from: city, volume: 4000 msg/day, to: city, text: one}
failures:
  crash: {element: north, at: +1 min, for: 30 s}
  link: {element: main-a, at: +2 min, for: 1 min}
  stp: {element: b, at: +150 s, for: 20 s}
  msc: {element: turku, at: +220 s, for: 20 s}
""",
}
GOLDEN = {
    5: {
        "plain": "3058395dddbd6860",
        "absent": "a3c1cab296cbf200",
        "failing": "166b462903405c74",
    },
}


def _digest(log: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(log, "<i8").tobytes()).hexdigest()[:16]


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_event_log_is_the_one_on_record(name: str) -> None:
    """The log of an unchanged scenario has the digest recorded for these semantics."""
    log, _ = simulate(network(SCENARIOS[name]))
    assert len(log) > 500
    assert _digest(log) == GOLDEN[codes.SEMANTICS_VERSION][name]


def test_a_digest_notices_one_number() -> None:
    """A log that differs in one number has another digest."""
    log, _ = simulate(network(SCENARIOS["plain"]))
    other = log.copy()
    other[len(other) // 2, 4] += 1
    assert _digest(other) != _digest(log)
