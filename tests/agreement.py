"""When samples of runs agree with theory, and when they could have told that they do not.

One form for every statistical check: a 95 % half-width of at most 1.2 % of the value over at least
30 runs, agreement at 1e-4, and a theory that is 5 % off rejected, by these runs and by those of 20
further seeds each.  Of what is rarer than 1 % the half-width may be 10 %, and the control 50 % off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from scipy import stats

LEAST_RUNS = 30
RESOLUTION = 0.012  # largest half-width of the 95 % interval, of the value
AGREEMENT = 1e-4  # probability that what is right is said to disagree
OFF = 0.05  # what must be rejected
FURTHER = 20  # seeds on which it must be rejected as well
SEEDS_APART = 1000  # of the runs of one seed and the next; runs are fewer

Sample = Callable[[range], npt.ArrayLike]


def check(
    sample: Sample,
    theory: npt.ArrayLike,
    runs: int = LEAST_RUNS,
    *,
    further: int = FURTHER,
    resolution: float = RESOLUTION,
    off: float = OFF,
    tolerance: float = 0.0,
) -> None:
    """Assert resolution and agreement of a first seed, and the control on it and further seeds.

    Parameters
    ----------
    sample : callable
        Takes the seeds of the runs; returns (runs,) values, or (runs, n) of n measures.
    theory : float or (n,) array
    runs : int
        Of each seed, at least 30.
    further : int
        Further seeds: none where they take too long for a test that is not slow.
    resolution, off : float
        Of what is rarer than 1 % the interval may be wider and the wrong theory further off.
    tolerance : float
        Of a theory that is an approximation: so far off, of its value, the mean may be.
    """
    assert LEAST_RUNS <= runs <= SEEDS_APART
    for seed in range(1 + further):
        first = 1 + SEEDS_APART * seed
        for values, expected in _columns(sample(range(first, first + runs)), theory):
            told = f"measured {values.mean():.6g} +- {_half_width(values):.2g}"
            if seed == 0:
                assert _half_width(values) <= resolution * expected, f"too weak: {told}"
                assert _agrees(values, expected, tolerance), f"{told}, theory {expected:.6g}"
            for wrong in (expected * (1 + off), expected * (1 - off)):
                assert not _agrees(values, wrong, tolerance), f"{told}, and {wrong:.6g} agrees"


def _columns(
    sample: npt.ArrayLike, theory: npt.ArrayLike
) -> Iterator[tuple[npt.NDArray[np.float64], float]]:
    """Values and theory of each measure."""
    expected = np.atleast_1d(np.asarray(theory, np.float64))
    values = np.asarray(sample, np.float64).reshape(-1, len(expected))
    return zip(values.T, expected.tolist(), strict=True)


def _half_width(values: npt.NDArray[np.float64], level: float = 0.95) -> float:
    """Half of the confidence interval of the mean."""
    quantile = stats.t.isf((1 - level) / 2, len(values) - 1)
    return float(quantile * np.std(values, ddof=1) / np.sqrt(len(values)))


def _agrees(values: npt.NDArray[np.float64], theory: float, tolerance: float) -> bool:
    """Whether the mean may be that of theory at 1e-4, or is within the tolerance of it."""
    reach = tolerance * theory if tolerance > 0 else _half_width(values, 1 - AGREEMENT)
    return bool(abs(values.mean() - theory) <= reach)
