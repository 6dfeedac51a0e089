"""Expected attempts against limits that can be worked out and against drawn absences."""

import math

import numpy as np
import pytest

from smsc_sim.planning.attempts import (
    Return,
    absence,
    course,
    due_times,
    returned_unnoticed,
    still_flagged,
)

HOUR_NS = 3600 * 10**9


def network_of(build, *overrides):
    """Network by hand with changes."""
    return build(*overrides)[1].network


def absent(minutes: float, *more: str) -> tuple[str, ...]:
    """Changes that make phones absent for a mean spell, half of the time, always noticed."""
    part = "populations.city.reachability"
    return (
        f"{part}.mean_on={minutes:g} min",
        f"{part}.mean_off={minutes:g} min",
        f"{part}.noticed=100 %",
        f"{part}.detached=100 %",
        *more,
    )


def test_a_reachable_phone_costs_one_attempt(build):
    """Without failures a segment is attempted once, delivered, and nothing is reported."""
    row = course(network_of(build), 0, 0, 0, 3.4)
    assert row == pytest.approx((1, 0, 1, 1, 0, 0, 3.4))


def test_dead_numbers_are_queried_once_and_never_forwarded(build):
    """A quarter of dead numbers gives a quarter of SRI-SM errors and three quarters of MT."""
    row = course(network_of(build, "populations.city.unknown=25 %"), 0, 0, 0, 3.4)
    assert (row.attempts, row.sri_errors, row.mt, row.delivered) == pytest.approx(
        (1, 0.25, 0.75, 0.75)
    )


def test_errors_repeat_geometrically_until_the_policy_ends(build):
    """With probability 0.5 of an error and 3 attempts: 1 + 1/2 + 1/4 attempts, 7/8 delivered."""
    changes = (
        "populations.city.errors={subscriber_busy: 30 %, system_failure: 20 %}",
        "retry_policies.never.default={delays: [1 min], then: repeat, attempts: 3}",
    )
    row = course(network_of(build, *changes), 0, 0, 0, 3.4)
    assert (row.attempts, row.mt, row.delivered) == pytest.approx((1.75, 1.75, 0.875))


def test_errors_stop_when_the_validity_is_over(build):
    """Retries every minute fit twice into a validity of 2.5 minutes."""
    changes = (
        "populations.city.errors={subscriber_busy: 50 %, system_failure: 0 %}",
        "retry_policies.never.default={delays: [1 min], then: repeat, attempts: null}",
        "traffic.people.validity=150 s",
    )
    assert course(network_of(build, *changes), 0, 0, 0, 3.4).attempts == pytest.approx(1.75)


def test_an_absent_phone_without_retries_is_reported_and_returns_once(build):
    """Half absent, no retry: one attempt, half reported; the return and its alert still come."""
    network = network_of(build, *absent(10_000))
    row = course(network, 0, 0, 0, 3.4)
    assert (row.attempts, row.mt, row.delivered, row.reports, row.returns) == pytest.approx(
        (1, 1, 0.5, 0.5, 0.5), abs=1e-4
    )


def test_flagged_retries_are_answered_by_the_hlr(build):
    """Each retry meets the flag with exp(-delay / mean off): the HLR answers, no MT is sent."""
    schedule = "retry_policies.never.default={delays: [10 min, 20 min], attempts: 3}"
    network = network_of(build, *absent(20, schedule))
    found = absence(network, 0, 0, 48 * HOUR_NS, False)
    assert found.flagged == pytest.approx(math.exp(-0.5) + math.exp(-1.5))
    assert (found.absent, found.found) == (0, 0)
    assert found.alerted == pytest.approx(1 - math.exp(-1.5))  # the policy ends after 30 min


def test_retries_with_priority_are_attempted_at_the_msc(build):
    """With sm-RP-PRI each retry before the return fails at the MSC; all phones are noticed."""
    schedule = "retry_policies.never.default={delays: [10 min, 20 min], attempts: 3}"
    network = network_of(build, *absent(20, schedule))
    found = absence(network, 0, 0, 48 * HOUR_NS, True)
    assert found.absent == pytest.approx(math.exp(-0.5) + math.exp(-1.5))
    assert (found.flagged, found.found) == pytest.approx((0, 0))
    assert found.alerted == pytest.approx(1 - math.exp(-1.5))


def test_a_retry_with_priority_finds_phones_that_nobody_noticed(build):
    """Retry or alert, whichever comes first; together they are all returns before the end."""
    schedule = "retry_policies.never.default={delays: [10 min], then: repeat, attempts: 7}"
    part = "populations.city.reachability"
    changes = absent(20, schedule, f"{part}.noticed=0 %", f"{part}.activity=87600 h")
    found = absence(
        network_of(build, *changes, f"{part}.periodic_update=87600 h"), 0, 0, 48 * HOUR_NS, True
    )
    assert found.alerted == pytest.approx(0, abs=1e-3)
    assert found.found == pytest.approx(1 - math.exp(-3), abs=1e-3)


def test_a_flag_set_before_leaves_the_msc_alone(build):
    """A segment that finds the flag set costs an SRI-SM error in place of MT, report and return."""
    network = network_of(build, *absent(10_000))
    first, later = (course(network, 0, 0, 0, 3.4, flagged) for flagged in (0.0, 1.0))
    assert later.attempts == first.attempts
    assert later.sri_errors - first.sri_errors == pytest.approx(0.5, abs=1e-4)
    assert later.mt - first.mt == pytest.approx(-0.5, abs=1e-4)
    assert later.reports == pytest.approx(0)
    assert later.returns == pytest.approx(0)


def test_due_times_stop_at_the_validity(build):
    """Delays add up; what is due at the end of the validity or later is not attempted."""
    schedule = (
        "retry_policies.never.default="
        "{delays: [1 min], then: double, ceiling: 4 min, attempts: null}"
    )
    network = network_of(build, schedule)
    due, end_s = due_times(network, 0, 4, 11 * 60 * 10**9, HOUR_NS)
    assert due.tolist() == [60, 180, 420]
    assert end_s == 660


def test_a_page_in_vain_delays_the_retries(build):
    """Phones that are paged for 10 s before they count as absent are tried 10 s later."""
    schedule = "retry_policies.never.default={delays: [10 min], attempts: 2}"
    part = "populations.city"
    changes = absent(20, schedule, f"{part}.reachability.detached=0 %")
    found = absence(network_of(build, *changes), 0, 0, 48 * HOUR_NS, False)
    assert found.flagged == pytest.approx(math.exp(-610 / 1200))
    assert found.alerted == pytest.approx(1 - math.exp(-610 / 1200))


def test_periodic_updates_end_what_is_hidden():
    """Without activity the integral of exp(-x / b) (1 - u / p) over one period is elementary."""
    off_s, periodic_s, at_s = 2000.0, 3600.0, 9000.0
    found = returned_unnoticed(
        Return(off_s, 0.25, 1e18, periodic_s), np.array([0.0]), np.array([at_s])
    )[0]
    inside = off_s / periodic_s * math.expm1(periodic_s / off_s) - 1
    assert found == pytest.approx(0.75 * math.exp(-at_s / off_s) * inside, rel=1e-9)


@pytest.mark.parametrize("off_s", [30.0, 3000.0, 30_000.0])
def test_unnoticed_returns_agree_with_drawn_absences(off_s, rng):
    """Drawing absences and how they are noticed gives the same probabilities within 5 sigma."""
    home = Return(off_s, 0.4, 2500.0, 3600.0)
    draws = 200_000
    back = rng.exponential(off_s, draws)
    seen = np.minimum(rng.exponential(2500.0, draws), 3600.0 * rng.random(draws))
    noticed = back + np.where(rng.random(draws) < 0.4, 0.0, seen)
    for at_s in (40.0, 2000.0, 9000.0):
        low, high = np.array([at_s / 3]), np.array([at_s])
        hidden = np.mean((back > at_s / 3) & (back <= at_s) & (noticed > at_s))
        sigma = 0.5 / math.sqrt(draws)
        assert returned_unnoticed(home, low, high)[0] == pytest.approx(hidden, abs=5 * sigma)
        assert still_flagged(home, high)[0] == pytest.approx(np.mean(noticed > at_s), abs=5 * sigma)
