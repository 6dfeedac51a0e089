"""Traffic in closed form: arrivals to expect in an interval, and how much their number varies."""

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


def mmpp_dispersion(
    factors: npt.ArrayLike, means_s: npt.ArrayLike, rate: float, t_s: float
) -> float:
    """Variance-to-mean ratio of the arrivals of a ring of Poisson states in an interval.

    Parameters
    ----------
    factors : (k,) array
        Rate in each state; only the ratios count.
    means_s : (k,) array
        Mean time in each state, s, exponential; the states follow each other in a ring.
    rate : float
        Mean arrivals per second, at least 0.
    t_s : float
        Length of the interval, s, above 0.

    Returns
    -------
    float
        1 for equal factors.

    Notes
    -----
    Var N(t) = rate t + 2 * integral over 0 < u < t of (t - u) C(u), where C(u) is the covariance of
    the rate at two moments u apart, found from the eigenvalues of the generator.  With two states
    this is the closed form of the cookbook.

    References
    ----------
    Fischer and Meier-Hellstern 1993, The Markov-modulated Poisson process (MMPP) cookbook (index of
    dispersion for counts; from memory, checked against simulation in the tests).

    Examples
    --------
    >>> mmpp_dispersion([1, 1], [60, 60], rate=3, t_s=3600)
    1.0
    >>> round(mmpp_dispersion([0, 2], [50, 50], rate=1, t_s=1e9), 3)
    51.0
    """
    means = np.asarray(means_s, np.float64)
    k = len(means)
    share = means / means.sum()
    rates = np.asarray(factors, np.float64) / (np.asarray(factors) @ share) * rate
    generator = np.zeros((k, k))
    for state in range(k):
        generator[state, state] -= 1 / means[state]
        generator[state, (state + 1) % k] += 1 / means[state]
    values, vectors = np.linalg.eig(generator.astype(complex))
    weights = ((share * rates) @ vectors) * (np.linalg.inv(vectors) @ rates)
    variance = rate * t_s
    for value, weight in zip(values, weights, strict=True):
        if abs(value) * means.min() < 1e-9:  # the stationary part has no covariance
            continue
        decay = (np.exp(value * t_s) - 1 - value * t_s) / value**2
        variance += float((2 * weight * decay).real)
    return variance / (rate * t_s)
