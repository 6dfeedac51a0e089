"""When a sample of runs agrees with theory, and when it could have told that it does not."""

from __future__ import annotations

import numpy as np
from scipy import stats

LEAST_RUNS = 30
RESOLUTION = 0.012  # largest half-width of the 95 % interval, of the value
AGREEMENT = 1e-4  # smallest p-value at which theory and measurement agree
OFF = 0.05  # what must be rejected


def check_agreement(
    values: np.ndarray, theory: float, resolution: float = RESOLUTION, off: float = OFF
) -> None:
    """Assert resolution, agreement, and that a theory that is 5 % off would be rejected.

    Parameters
    ----------
    values : (runs,) float64 array
        One value of each independent run, at least 30.
    theory : float
    resolution, off : float
        Of what is rarer than 1 % the interval may be wider and the wrong theory further off.
    """
    runs, mean = len(values), float(np.mean(values))
    assert runs >= LEAST_RUNS
    error = float(np.std(values, ddof=1)) / np.sqrt(runs)
    half = stats.t.ppf(0.975, runs - 1) * error
    assert half <= resolution * theory, f"too weak: half-width {half / theory:.2%} of {theory:.6g}"
    for value, agrees in ((theory, True), (theory * (1 + off), False), (theory * (1 - off), False)):
        p = 2 * stats.t.sf(abs(mean - value) / error, runs - 1)
        assert (p > AGREEMENT) == agrees, f"measured {mean:.6g}, theory {theory:.6g}, p {p:.2g}"
