"""Poisson traffic in closed form: how many arrivals to expect in each interval."""

import numpy as np
import numpy.typing as npt


def interval_means(
    breaks_s: npt.ArrayLike, rates_per_s: npt.ArrayLike, edges_s: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Expected arrivals in each interval, for a rate that is constant between breaks.

    Parameters
    ----------
    breaks_s : (k + 1,) array
        Times at which the rate changes, strictly increasing.
    rates_per_s : (k,) array
        Rate from one break to the next, at least 0; outside the breaks it is 0.
    edges_s : (n + 1,) array
        Edges of the intervals, not decreasing; they need not meet the breaks.

    Returns
    -------
    (n,) float64 array
        The mean of the number of arrivals in each interval.  The arrivals being Poisson it is
        the variance as well, and the numbers in different intervals are independent.

    Raises
    ------
    ValueError
        If a shape does not fit, times are out of order, or a rate is negative or not finite.

    Notes
    -----
    The integral of the rate over the interval.  Standard result.

    Examples
    --------
    10 arrivals per second for a minute, then 20 per second for another:

    >>> interval_means([0, 60, 120], [10, 20], edges_s=[0, 30, 90, 150])
    array([300., 900., 600.])
    """
    breaks = np.asarray(breaks_s, dtype=np.float64)
    rates = np.asarray(rates_per_s, dtype=np.float64)
    edges = np.asarray(edges_s, dtype=np.float64)
    if breaks.ndim != 1 or rates.shape != (len(breaks) - 1,) or not len(rates):
        raise ValueError(
            "breaks_s, rates_per_s: must be one rate and one break more "
            f"(got shapes {breaks.shape} and {rates.shape})"
        )
    if not (np.all(np.diff(breaks) > 0) and np.all(np.isfinite(breaks))):
        raise ValueError("breaks_s: must be finite and strictly increasing")
    if not np.all((rates >= 0) & np.isfinite(rates)):
        wrong = int(np.flatnonzero(~((rates >= 0) & np.isfinite(rates)))[0])
        raise ValueError(
            f"rates_per_s[{wrong}]: must be at least 0 and finite (got {rates[wrong]:g})"
        )
    if edges.ndim != 1 or len(edges) < 2 or not np.all(np.diff(edges) >= 0):
        raise ValueError("edges_s: must be at least two times that do not decrease")
    expected = np.concatenate(([0.0], np.cumsum(rates * np.diff(breaks))))
    # Between two breaks the expected number grows linearly; outside it is flat.
    return np.diff(np.interp(edges, breaks, expected))
