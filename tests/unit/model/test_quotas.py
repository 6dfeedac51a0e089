"""Limits of a sender by operator: rates kept, days that end at a midnight, and what is beyond."""

from __future__ import annotations

import numpy as np
import pytest

from smsc_sim.engines.tally import MessageTally
from smsc_sim.model import codes
from smsc_sim.results.frames import _costs
from tests.networks import (
    PLACE,
    SECOND,
    TIME,
    VALUE,
    check_conservation,
    network,
    refusals,
    rows_of,
    simulate,
)

# 600 messages, half to each operator, from 12 s before midnight in Los Angeles on.
US = """
start: 2026-12-31T23:59:48 America/Los_Angeles
duration: 2 min
drain: 10 h
populations:
  city: {size: 1000, country: US, operator: AT&T, mscs: helsinki}
  town: {size: 1000, country: US, operator: T-Mobile, mscs: turku,
         reachability: {mean_off: 0 s}, unknown: 0 %, radio: {paging: 0 s},
         errors: {subscriber_busy: 0 %, system_failure: 0 %}}
smscs: {north: {validity: 20 h}}
accounts: {bank: {rate: 100 msg/s, window: 1000, latency: 0 s}}
traffic: {news: {to: {city: 50 %, town: 50 %}, messages: 600 msg, at: +0 s, rate: 20 msg/s}}
"""


def limits(text: str) -> str:
    """Changes that limit the account."""
    return f"{{accounts: {{bank: {{limits: {text}}}}}}}"


def accepted(log: np.ndarray, place: int) -> np.ndarray:
    """Times in s at which segments to a population were accepted."""
    rows = rows_of(log, codes.LOG_ACCEPTED)
    return rows[rows[:, PLACE] == place, TIME] / SECOND


def test_a_rate_is_kept_to_one_operator_alone() -> None:
    """60 parts a minute to AT&T: one a second, evenly; nobody else waits."""
    log, engine = simulate(network(US, limits("{AT&T: {per_minute: 60}}")))
    check_conservation(log, engine)
    gaps = np.diff(accepted(log, 0))
    assert len(gaps) == 299
    assert gaps == pytest.approx(np.full(299, 1.0), abs=0.02)
    assert accepted(log, 1).max() < 31


def test_what_is_beyond_the_day_fails_and_is_charged() -> None:
    """Of 300 messages to T-Mobile 50 a day are taken, on two days; the others are charged too."""
    scenario = network(US, limits("{T-Mobile: {per_day: 50, zone: America/Los_Angeles}}"))
    log, engine = simulate(scenario)
    counts = check_conservation(log, engine)
    times = accepted(log, 1)
    assert [(times < 12).sum(), (times >= 12).sum()] == [50, 50]
    assert counts["rejected"] == 200 and counts["delivered"] == 400
    capped = rows_of(log, codes.LOG_CAPPED)
    assert len(capped) == 200 and set(capped[:, VALUE].tolist()) == {1}
    tally = MessageTally(*scenario, 10 * SECOND, [])
    tally.add(log)
    part = {name: int(array.sum()) for name, array in tally.counts.items()}
    price = scenario.network.price_micros[0]
    assert part["cost_micros"] == 600 * price and part["capped"] == 200
    money = dict(_costs(part, "a2p"))
    assert money["a2p.cost_per_segment"] == pytest.approx(price / 1e6)
    assert money["a2p.cost_per_delivered"] == pytest.approx(600 * price / 1e6 / 400)


def test_or_it_waits_for_the_next_morning() -> None:
    """Messages that wait go on at 8 h of the next day of the zone, as many as that day takes."""
    text = "{T-Mobile: {per_day: 100, zone: America/Los_Angeles, beyond_day: queue}}"
    log, engine = simulate(network(US, limits(text)))
    check_conservation(log, engine)
    times = accepted(log, 1)
    morning = 12 + 8 * 3600
    assert [(times < 12).sum(), ((times >= 12) & (times < morning)).sum()] == [100, 100]
    # The first day's rest waits until 8 h, when the second day has taken all it takes.
    assert (times >= morning).sum() == 0
    assert len(rows_of(log, codes.LOG_CAPPED)) == 0


def test_a_message_counts_once_whatever_its_segments_and_resends() -> None:
    """Three segments and refusals take one place in the day."""
    scenario = network(
        US,
        limits("{T-Mobile: {per_day: 100000}}"),
        "{smscs: {north: {submit_rate: 30 msg/s, submit_queue: 0 s}}, "
        "traffic: {news: {text: three, messages: 60 msg}}}",
    )
    log, engine = simulate(scenario)
    assert len(rows_of(log, codes.LOG_RESEND)) > 20
    submitted = rows_of(log, codes.LOG_SUBMIT)
    assert sum(engine.state.quota_used) == (submitted[:, PLACE] == 1).sum() == 30
    assert len(rows_of(log, codes.LOG_ACCEPTED)) > 100


def test_a_shipped_tier_stands_for_its_limits() -> None:
    """A tier's name is the map of its operators; a country may stand in place of an operator."""
    tier = network(US, limits("us-10dlc-low-volume")).network
    own = network(
        US,
        limits("{AT&T: {per_minute: 75}, T-Mobile: {per_day: 2000, zone: America/Los_Angeles}}"),
    ).network
    assert tier == own
    assert tier.quota_per_day == [-1, 2000]
    country = network(US, limits("{US: {per_day: 9}}")).network
    assert country.account_quota == [0, 0]


def test_without_limits_nothing_changes() -> None:
    """An operator alone is a name."""
    with_names, _ = simulate(network(US))
    plain, _ = simulate(network(US, "{populations: {city: {operator: X}, town: {operator: Y}}}"))
    assert np.array_equal(with_names, plain)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "us-10dlc-standard-57",
            "accounts.bank.limits: is no shipped tier (got 'us-10dlc-standard-57'); did you mean "
            "'us-10dlc-standard-75'?",
        ),
        (
            "{AT&T: {zone: UTC}}",
            "accounts.bank.limits.AT&T: limits nothing; give per_minute or per_day",
        ),
        (
            "{AT&T: {per_day: 5, zone: Europe/Atlantis}}",
            "accounts.bank.limits.AT&T.zone: is no time zone (got 'Europe/Atlantis'); write e.g. "
            "America/Los_Angeles",
        ),
        (
            "{AT&T: {per_minute: 0}}",
            "accounts.bank.limits.AT&T.per_minute: must be at least 1 (got '0')",
        ),
        (
            "{Verizon: {per_minute: 5}}",
            "accounts.bank.limits: hold for none of the populations that 'bank' sends to; write "
            "operator: Verizon in one of them",
        ),
    ],
)
def test_refusals(text: str, problem: str) -> None:
    """Limits that say nothing, or hold for nobody, are refused in full."""
    assert refusals(US, limits(text))[0] == problem
