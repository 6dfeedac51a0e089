"""Intervals over independent replications, and how many replications a question needs.

No function here takes the messages of one run: they are not independent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95
"""Confidence of every interval in the program."""

MOST_REPLICATIONS = 10_000
"""Above this many, `replications_needed` answers None: the scenario accepts no more."""


@dataclass(frozen=True)
class Interval:
    """Mean over replications with the half-width of its 95 % interval.

    Attributes
    ----------
    estimate : float
        NaN if there was no value.
    half_width : float
        NaN with fewer than two values.
    n : int
        Number of values that were not NaN.
    """

    estimate: float
    half_width: float
    n: int


def t_quantile(n: ArrayLike) -> NDArray[np.float64]:
    """Student's t for a two-sided 95 % interval from `n` values.

    Parameters
    ----------
    n : array of int, any shape

    Returns
    -------
    array of float64, the same shape
        NaN where n < 2.

    Examples
    --------
    >>> t_quantile([2, 5, 30]).round(3)
    array([12.706,  2.776,  2.045])
    """
    from scipy.special import stdtrit  # scipy.stats would cost every command half a second

    freedom = np.asarray(n, dtype=np.float64) - 1.0
    with np.errstate(invalid="ignore"):
        quantile = stdtrit(np.where(freedom >= 1.0, freedom, np.nan), 0.5 + CONFIDENCE / 2)
    return np.asarray(quantile, dtype=np.float64)


def t_interval(values: ArrayLike) -> Interval:
    """Mean and 95 % t-interval of the values of independent replications.

    Parameters
    ----------
    values : (R,) float array
        One value per replication; NaN (nothing to measure) is left out.

    Returns
    -------
    Interval
        `half_width` is NaN with fewer than two values: one replication says nothing about spread.

    Raises
    ------
    ValueError
        If `values` is not one-dimensional or holds an infinite value.

    References
    ----------
    Student's t-interval; checked in the tests against tabulated quantiles.

    Examples
    --------
    >>> t_interval([1.0, 2.0, 3.0, float("nan")])  # doctest: +ELLIPSIS
    Interval(estimate=2.0, half_width=2.484..., n=3)
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(
            f"values must have one dimension, a value per replication (got {array.ndim})"
        )
    array = array[~np.isnan(array)]
    if np.isinf(array).any():
        raise ValueError("a replication has an infinite value; leave it out as NaN")
    n = int(array.size)
    if n == 0:
        return Interval(math.nan, math.nan, 0)
    if n == 1:
        return Interval(float(array[0]), math.nan, 1)
    half = float(t_quantile(n)) * float(array.std(ddof=1)) / math.sqrt(n)
    return Interval(float(array.mean()), half, n)


def paired_difference(first: ArrayLike, second: ArrayLike) -> Interval:
    """Interval of `second - first` where both were run with the same random numbers.

    Parameters
    ----------
    first, second : (R,) float array
        Replication k of both used seed and replication k; a pair with a NaN is left out.

    Returns
    -------
    Interval
        Narrower than the interval of two separate means when the pairs rise and fall together.

    Raises
    ------
    ValueError
        If the lengths differ.
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.shape != two.shape:
        raise ValueError(
            f"pairs need as many replications on both sides (got {one.size} and {two.size})"
        )
    return t_interval(two - one)


def replications_needed(estimate: float, half_width: float, n: int, goal: float) -> int | None:
    """Replications after which the interval would no longer contain `goal`.

    Parameters
    ----------
    estimate, half_width : float
        Result of `n` replications, in one unit.
    n : int
        Replications so far.
    goal : float
        Value that the interval should leave out.  For a half-width of h pass `estimate + h`.

    Returns
    -------
    int or None
        At least 2.  None if no interval is known yet, if the estimate is the goal itself, or if
        more than `MOST_REPLICATIONS` would be needed.

    Notes
    -----
    Supposes that mean and standard deviation stay as they are, so it is a rough figure.

    Examples
    --------
    >>> replications_needed(0.985, 0.010, 5, goal=0.990)
    13
    """
    distance = abs(estimate - goal)
    if n < 2 or not math.isfinite(half_width) or not distance > 0.0:
        return None
    deviation = half_width * math.sqrt(n) / float(t_quantile(n))
    counts = np.arange(2, MOST_REPLICATIONS + 1)
    enough = t_quantile(counts) * deviation / np.sqrt(counts) < distance
    return int(counts[enough.argmax()]) if enough.any() else None


def half_widths(spread: ArrayLike, count: ArrayLike) -> NDArray[np.float64]:
    """Half-widths of the 95 % t-intervals of many groups at once.

    Parameters
    ----------
    spread : (G,) float array
        Standard deviation of each group with divisor n - 1.
    count : (G,) int array
        Values in each group.

    Returns
    -------
    (G,) float64 array
        NaN where a group has fewer than two values.
    """
    n = np.asarray(count, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(t_quantile(n) * np.asarray(spread) / np.sqrt(n), dtype=np.float64)
