"""Expected arrivals against a sum over very small steps."""

import math

import numpy as np
import pytest

from smsc_sim.theory.traffic import interval_means


def test_means_are_the_integral_of_the_rate(rng: np.random.Generator) -> None:
    """Random profiles and random edges give what adding up the rate over 200,000 steps gives."""
    for _ in range(20):
        breaks_s = np.cumsum(rng.uniform(1.0, 50.0, 9))
        rates_per_s = rng.uniform(0.0, 30.0, 8)
        edges_s = np.sort(rng.uniform(0.0, breaks_s[-1] + 20.0, 6))
        steps_s = np.linspace(edges_s[0], edges_s[-1], 200_001)
        middles_s = (steps_s[1:] + steps_s[:-1]) / 2
        piece = np.searchsorted(breaks_s, middles_s, side="right") - 1
        inside = (piece >= 0) & (piece < 8)
        rate = np.where(inside, rates_per_s[np.clip(piece, 0, 7)], 0.0)
        added, _ = np.histogram(middles_s, edges_s, weights=rate * np.diff(steps_s))
        means = interval_means(breaks_s, rates_per_s, edges_s)
        assert means.shape == (5,)
        assert means == pytest.approx(added, abs=0.1)


def test_nothing_is_lost_between_intervals() -> None:
    """Intervals that cover the profile share out all of it, however they cut it."""
    whole = interval_means([0, 10, 25], [4, 2], [0, 25])
    assert whole.tolist() == [70.0]
    for n_cuts in (2, 7, 100):
        parts = interval_means([0, 10, 25], [4, 2], np.linspace(-5, 40, n_cuts))
        assert parts.sum() == pytest.approx(70.0)


def test_outside_the_profile_and_in_no_time_nothing_arrives() -> None:
    """Before, after and in an interval of no length the mean is 0."""
    assert interval_means([10, 20], [5], [0, 10, 15, 15, 30, 40]).tolist() == [0, 25, 0, 25, 0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ([0, 1, 2], [1], [0, 1]),
            "breaks_s, rates_per_s: must be one rate and one break more (got shapes (3,) and (1,))",
        ),
        (
            ([0], [], [0, 1]),
            "breaks_s, rates_per_s: must be one rate and one break more (got shapes (1,) and (0,))",
        ),
        (([0, 0], [1], [0, 1]), "breaks_s: must be finite and strictly increasing"),
        (([0, math.inf], [1], [0, 1]), "breaks_s: must be finite and strictly increasing"),
        (
            ([0, 1, 2], [1, -3], [0, 1]),
            "rates_per_s[1]: must be at least 0 and finite (got -3)",
        ),
        (
            ([0, 1], [math.nan], [0, 1]),
            "rates_per_s[0]: must be at least 0 and finite (got nan)",
        ),
        (([0, 1], [1], [1, 0]), "edges_s: must be at least two times that do not decrease"),
        (([0, 1], [1], [1]), "edges_s: must be at least two times that do not decrease"),
    ],
)
def test_profiles_that_make_no_sense_are_refused(
    arguments: tuple[list[float], list[float], list[float]], sentence: str
) -> None:
    """Each refusal names the argument and what is wrong with it."""
    with pytest.raises(ValueError) as refusal:
        interval_means(*arguments)
    assert str(refusal.value) == sentence
