"""Intervals over replications against tables, by hand and by coverage."""

import math

import numpy as np
import pytest

from smsc_sim.results.statistics import (
    MOST_REPLICATIONS,
    half_widths,
    paired_difference,
    replications_needed,
    t_interval,
    t_quantile,
)


@pytest.mark.parametrize(
    ("n", "quantile"), [(2, 12.7062), (3, 4.3027), (5, 2.7764), (10, 2.2622), (31, 2.0423)]
)
def test_quantiles_are_those_of_the_printed_tables(n: int, quantile: float) -> None:
    """Student's t for two-sided 95 % agrees with printed tables to four decimals."""
    assert t_quantile(n) == pytest.approx(quantile, abs=5e-5)


def test_interval_by_hand() -> None:
    """Mean 2, deviation 1, three values: half-width 4.3027 / sqrt(3)."""
    interval = t_interval([1.0, 2.0, 3.0])
    assert (interval.estimate, interval.n) == (2.0, 3)
    assert interval.half_width == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)


def test_one_replication_gives_no_interval() -> None:
    """One value has an estimate and no half-width; no value has neither."""
    assert math.isnan(t_interval([4.0]).half_width)
    assert t_interval([4.0]).estimate == 4.0
    nothing = t_interval([math.nan, math.nan])
    assert nothing.n == 0
    assert math.isnan(nothing.estimate)


def test_nan_is_left_out_and_counted_out() -> None:
    """A replication without a value changes n and nothing else."""
    assert t_interval([1.0, math.nan, 2.0, 3.0]) == t_interval([1.0, 2.0, 3.0])


def test_interval_covers_the_truth_as_often_as_it_says(rng: np.random.Generator) -> None:
    """Of 20,000 intervals from 5 normal values, 95 % hold the mean, within 0.6 points."""
    values = rng.normal(3.0, 2.0, (20_000, 5))
    half = half_widths(values.std(axis=1, ddof=1), np.full(20_000, 5))
    covered = (np.abs(values.mean(axis=1) - 3.0) <= half).mean()
    assert covered == pytest.approx(0.95, abs=0.006)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1.0, 2.0]], "values must have one dimension, a value per replication (got 2)"),
        ([1.0, math.inf], "a replication has an infinite value; leave it out as NaN"),
    ],
)
def test_what_is_no_sample_is_refused(values: object, message: str) -> None:
    """Tables and infinities are refused in one sentence."""
    with pytest.raises(ValueError) as caught:
        t_interval(values)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_pairs_cancel_what_both_share(rng: np.random.Generator) -> None:
    """A common part of deviation 10 leaves no trace in the interval of the difference."""
    common, own = rng.normal(0.0, 10.0, 8), rng.normal(0.0, 0.1, 8)
    paired = paired_difference(common, common + 1.0 + own)
    assert paired.estimate == pytest.approx(1.0 + own.mean())
    assert paired.half_width == pytest.approx(t_interval(own).half_width)
    assert paired.half_width < 0.2 < t_interval(common).half_width


def test_pairs_drop_together_and_must_match() -> None:
    """A pair with one NaN is left out as a whole; unequal lengths are refused."""
    assert paired_difference([1.0, math.nan, 3.0], [2.0, 9.0, 5.0]).estimate == 1.5
    with pytest.raises(ValueError, match=r"\(got 2 and 3\)"):
        paired_difference([1.0, 2.0], [1.0, 2.0, 3.0])


def test_replications_needed_is_the_smallest_number_that_is_enough() -> None:
    """At the answer the half-width falls below the distance, one before it does not."""
    estimate, half, n, goal = 0.985, 0.01, 5, 0.99
    needed = replications_needed(estimate, half, n, goal)
    assert needed is not None
    deviation = half * math.sqrt(n) / t_quantile(n)

    def width(count: int) -> float:
        return float(half_widths([deviation], [count])[0])

    assert width(needed) < 0.005 <= width(needed - 1)


@pytest.mark.parametrize(
    ("estimate", "half", "n"), [(0.99, 0.01, 5), (0.9, math.nan, 1), (0.99 - 1e-9, 0.01, 5)]
)
def test_no_number_is_promised_where_none_is_known(estimate: float, half: float, n: int) -> None:
    """On the goal, without an interval, or beyond the most replications there is no answer."""
    assert replications_needed(estimate, half, n, 0.99) is None
    assert MOST_REPLICATIONS == 10_000
