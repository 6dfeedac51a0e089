"""Spells and attempts against equations solved in another way."""

import math

import numpy as np
import pytest

from smsc_sim.theory.renewal import (
    attempts_distribution,
    availability,
    mean_attempts,
    mean_residual_s,
    probability_up,
    success_probability,
)
from tests.agreement import check


def test_availability_of_ordinary_and_extreme_elements() -> None:
    """The availability is the share of the cycle that is up, from never to always."""
    assert availability(9.0, 1.0) == pytest.approx(0.9)
    assert availability(0.0, 5.0) == 0.0
    assert availability(5.0, 0.0) == 1.0


@pytest.mark.parametrize("is_up_at_start", [True, False])
@pytest.mark.parametrize(("mtbf_s", "mttr_s"), [(100.0, 10.0), (3.0, 40.0)])
def test_probability_up_solves_the_master_equation(
    mtbf_s: float, mttr_s: float, is_up_at_start: bool
) -> None:
    """The closed form is the solution of dP/dt = (1 - P) / MTTR - P / MTBF in steps of 1 ms."""
    step_s, now_s = 1e-3, 0.0
    p = 1.0 if is_up_at_start else 0.0
    for _ in range(20_000):
        half = p + step_s / 2 * ((1 - p) / mttr_s - p / mtbf_s)
        p += step_s * ((1 - half) / mttr_s - half / mtbf_s)
        now_s += step_s
    assert probability_up(now_s, mtbf_s, mttr_s, is_up_at_start) == pytest.approx(p, abs=1e-8)


def test_probability_up_starts_at_the_state_and_ends_at_availability() -> None:
    """At time 0 nothing is forgotten, after many cycles everything."""
    for is_up in (True, False):
        assert probability_up(0.0, 60.0, 20.0, is_up) == float(is_up)
        assert probability_up(1e6, 60.0, 20.0, is_up) == pytest.approx(availability(60.0, 20.0))


def test_a_stationary_mixture_of_starts_stays_stationary() -> None:
    """Up with the availability at time 0 means up with the availability at any time."""
    share = availability(70.0, 30.0)
    for at_s in (0.1, 5.0, 50.0):
        now_up = share * probability_up(at_s, 70.0, 30.0, True)
        now_up += (1 - share) * probability_up(at_s, 70.0, 30.0, False)
        assert now_up == pytest.approx(share)


def test_mean_residual_of_spells_met_at_random() -> None:
    """A random moment of many uniform spells is as far from the end as the formula says."""

    def residual_s(seed: int) -> float:
        rng = np.random.default_rng(seed)
        ends_s = np.cumsum(rng.uniform(0.0, 6.0, 10_000))
        moments_s = rng.uniform(0.0, ends_s[-1], 10_000)
        return float((ends_s[np.searchsorted(ends_s, moments_s)] - moments_s).mean())

    check(lambda seeds: [residual_s(seed) for seed in seeds], mean_residual_s(3.0, 12.0))


@pytest.mark.parametrize("failure_probability", [0.0, 0.051, 0.5, 0.99, 1.0])
@pytest.mark.parametrize("max_attempts", [1, 2, 11])
def test_attempts_add_up(failure_probability: float, max_attempts: int) -> None:
    """Distribution, mean and success are those of the first success in independent trials."""
    shares = attempts_distribution(failure_probability, max_attempts)
    assert sum(shares) == pytest.approx(1)
    mean = sum(attempts * share for attempts, share in enumerate(shares, start=1))
    assert mean_attempts(failure_probability, max_attempts) == pytest.approx(mean)
    # Every attempt is made if all before it failed, and each succeeds with the same probability.
    made = [failure_probability**before for before in range(max_attempts)]
    assert mean == pytest.approx(sum(made))
    assert success_probability(failure_probability, max_attempts) == pytest.approx(
        (1 - failure_probability) * sum(made)
    )


def test_attempts_without_limit() -> None:
    """Retries inflate the load by 1/(1 - p), which a large limit approaches."""
    assert mean_attempts(0.2) == pytest.approx(1.25)
    assert mean_attempts(0.2, 60) == pytest.approx(1.25)
    assert mean_attempts(1.0) == math.inf


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: availability(-1.0, 1.0), "mtbf_s: must be at least 0 and finite (got -1)"),
        (
            lambda: availability(1.0, math.inf),
            "mttr_s: must be at least 0 and finite (got inf)",
        ),
        (
            lambda: availability(0.0, 0.0),
            "mtbf_s, mttr_s: one of them must be above 0 (got 0, 0)",
        ),
        (
            lambda: probability_up(-1.0, 1.0, 1.0, True),
            "at_s: must be at least 0 and finite (got -1)",
        ),
        (
            lambda: probability_up(1.0, 0.0, 1.0, True),
            "mtbf_s, mttr_s: must be above 0 (got 0, 1)",
        ),
        (lambda: mean_residual_s(0.0, 0.0), "spell_s: must be above 0 and finite (got 0)"),
        (
            lambda: mean_residual_s(2.0, 3.0),
            "spell_second_moment_s2: must be at least the square of the mean, 4 (got 3)",
        ),
        (lambda: mean_attempts(1.5), "failure_probability: must be from 0 to 1 (got 1.5)"),
        (lambda: mean_attempts(0.5, 0), "max_attempts: must be at least 1 (got 0)"),
        (
            lambda: attempts_distribution(math.nan, 2),
            "failure_probability: must be from 0 to 1 (got nan)",
        ),
        (lambda: success_probability(0.5, -1), "max_attempts: must be at least 1 (got -1)"),
    ],
)
def test_arguments_out_of_range_are_refused(call, sentence: str) -> None:
    """Each refusal names the argument, its range and the value."""
    with pytest.raises(ValueError) as refusal:
        call()
    assert str(refusal.value) == sentence
