"""Logins against their closed form, from YAML: who completes one, with how many codes, how soon."""

from __future__ import annotations

import math

import numpy as np
import pytest

from smsc_sim.engines.compiled import CompiledEngine
from smsc_sim.model import codes
from smsc_sim.scenario.compile import Compiled
from smsc_sim.theory.logins import Delay, LoginOdds, exponential_login, login_odds
from tests.agreement import check
from tests.networks import OTHER, TIME, VALUE, network, rows_of

OFFSET_S = 4.0

# A code takes 4 s to its SMSC and then a drawn time through a hub; all queues are all but empty.
# Nobody takes any time to type, so that an older code costs nothing.  Logins begin in the last two
# minutes of an hour, after which the profile lets nobody begin.
SCENARIO = """
start: 2026-12-31T00:58 UTC
duration: 2 min
drain: 1 h
smscs: {north: {rate: 10000 msg/s}}
routes: {hub: {rate: 10000 msg/s, latency: 0 s, outcomes: {delivered: 100 %}}}
populations: {abroad: {size: 100000, country: SE, route: hub}}
accounts: {bank: {latency: 4 s, rate: 10000 msg/s, window: 10000, receipts: none}}
profiles:
  flash: {hours: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}
traffic:
  news: null
  codes:
    kind: otp
    account: bank
    to: abroad
    profile: flash
    rate: 0.7 msg/s
    text: one
    validity: 1 h
    person: {typing: 0 s, expires: 1 h, patience: {exponential: {mean: 60 s}}}
"""


def measured(scenario: Compiled, seeds: range) -> np.ndarray:
    """Share completed, codes per login and mean time to log in, s, of each run."""
    found = []
    for seed in seeds:
        net = scenario.network._replace(seed=seed)
        pieces: list[np.ndarray] = []
        CompiledEngine(net, lambda log: pieces.append(rows_of(log, codes.LOG_LOGIN))).run()  # noqa: B023
        rows = np.concatenate(pieces)
        rows = rows[rows[:, TIME] - rows[:, OTHER] < net.duration_ns]
        event = rows[:, VALUE]
        begun = (event == codes.LOGIN_STARTED).sum()
        done = event == codes.LOGIN_COMPLETED
        sent = begun + (event == codes.LOGIN_CODE_ASKED).sum()
        found.append((done.sum() / begun, sent / begun, rows[done, OTHER].mean() / 1e9))
    return np.array(found)


def cases() -> list[tuple[str, dict[str, object], LoginOdds]]:
    """Delays in the hub, what the person does, and the theory."""
    patience_s = -60.0 * np.log1p(-(np.arange(20_000) + 0.5) / 20_000)
    again = {"codes": 3, "resend_after": "15 s"}
    late = {"codes": 2, "resend_after": "5 s"}
    constant = login_odds(Delay(np.array([OFFSET_S + 12.0])), patience_s, 5.0, 2, math.inf)
    return [
        (
            "three exponential codes",
            {"delay": {"exponential": {"mean": "10 s"}}, **again},
            exponential_login(OFFSET_S, 10.0, 60.0, 15.0, 3),
        ),
        ("a constant delay longer than the resend time", {"delay": "12 s", **late}, constant),
    ]


@pytest.mark.parametrize(
    ("changes", "theory"), [case[1:] for case in cases()], ids=[case[0] for case in cases()]
)
def test_logins_are_those_of_theory(changes: dict[str, object], theory: LoginOdds) -> None:
    """Completed logins, codes per login and the time to log in are those of the closed form."""
    person = dict(changes)
    delay = person.pop("delay")
    tree = {"routes": {"hub": {"delay": delay}}, "traffic": {"codes": {"person": person}}}
    scenario = network(SCENARIO, tree)
    expected = np.array([theory.completed, theory.codes, theory.mean_s])
    varies = np.array([True, theory.codes > 1.0, delay != "12 s"])

    def sample(seeds: range) -> np.ndarray:
        found = measured(scenario, seeds)
        if not varies[2]:  # every completed login took the same time
            assert found[:, 2] == pytest.approx(expected[2], rel=1e-3)
        return found[:, varies]

    check(sample, expected[varies])
