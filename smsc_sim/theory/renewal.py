"""Failures, absences and repeated attempts in closed form.

Elements that fail and phones that come and go are the same thing: spells of up and down in turn.
All formulas here are standard results that were not looked up.
"""

import math


def availability(mtbf_s: float, mttr_s: float) -> float:
    """Share of time in which an element is up, in equilibrium.

    Parameters
    ----------
    mtbf_s, mttr_s : float
        Mean spell up, from a repair to the next failure, and mean spell down.  Only the means
        count, not the distributions; at least 0 and not both 0.

    Raises
    ------
    ValueError
        If a mean is negative or not finite, or both are 0.

    Notes
    -----
    MTBF / (MTBF + MTTR).

    Examples
    --------
    >>> availability(mtbf_s=999.0, mttr_s=1.0)
    0.999
    """
    _check_times(mtbf_s=mtbf_s, mttr_s=mttr_s)
    if mtbf_s + mttr_s == 0:
        raise ValueError("mtbf_s, mttr_s: one of them must be above 0 (got 0, 0)")
    return mtbf_s / (mtbf_s + mttr_s)


def probability_up(at_s: float, mtbf_s: float, mttr_s: float, is_up_at_start: bool) -> float:
    """Probability of being up at a time, for exponential spells up and down.

    Parameters
    ----------
    at_s : float
        Time since the state was known, at least 0.
    mtbf_s, mttr_s : float
        Mean spells up and down, above 0.
    is_up_at_start : bool
        The state at time 0.

    Raises
    ------
    ValueError
        If the time is negative, or a mean is not above 0.

    Notes
    -----
    P = A + (1 - A) exp(-r t) from up, A - A exp(-r t) from down, with the availability A and
    r = 1 / MTBF + 1 / MTTR.

    Examples
    --------
    >>> probability_up(0.0, 90.0, 10.0, is_up_at_start=False)
    0.0
    >>> round(probability_up(1000.0, 90.0, 10.0, is_up_at_start=False), 12)
    0.9
    """
    _check_times(at_s=at_s, mtbf_s=mtbf_s, mttr_s=mttr_s)
    if mtbf_s == 0 or mttr_s == 0:
        raise ValueError(f"mtbf_s, mttr_s: must be above 0 (got {mtbf_s:g}, {mttr_s:g})")
    share = availability(mtbf_s, mttr_s)
    forgotten = -math.expm1(-at_s * (1 / mtbf_s + 1 / mttr_s))
    return 1 - (1 - share) * forgotten if is_up_at_start else share * forgotten


def expected_failures(until_s: float, mtbf_s: float, mttr_s: float) -> float:
    """Expected number of failures up to a time, for exponential spells and an element up at 0.

    Parameters
    ----------
    until_s : float
        At least 0.
    mtbf_s, mttr_s : float
        Mean spells up and down, above 0.

    Raises
    ------
    ValueError
        If the time is negative, or a mean is not above 0.

    Notes
    -----
    The integral of P(up) / MTBF: (A t + (1 - A) (1 - exp(-r t)) / r) / MTBF, with A and r as in
    `probability_up`.

    Examples
    --------
    >>> round(expected_failures(1e6, 90.0, 10.0) * 100 / 1e6, 3)
    1.0
    """
    return mean_availability(0.0, until_s, mtbf_s, mttr_s) * until_s / mtbf_s


def mean_availability(from_s: float, until_s: float, mtbf_s: float, mttr_s: float) -> float:
    """Expected share of a window in which an element is up that was up at time 0.

    Parameters
    ----------
    from_s, until_s : float
        Ends of the window, 0 <= from_s <= until_s; of an empty one, the probability at its time.
    mtbf_s, mttr_s : float
        Mean spells up and down, exponential, above 0.

    Raises
    ------
    ValueError
        If a time is negative, the window ends before it begins, or a mean is not above 0.

    Notes
    -----
    The mean of `probability_up` over the window.

    Examples
    --------
    >>> round(mean_availability(0.0, 100.0, 90.0, 10.0), 6)
    0.909
    """
    start = probability_up(from_s, mtbf_s, mttr_s, is_up_at_start=True)
    _check_times(window_s=until_s - from_s)
    if until_s == from_s:
        return start
    share, rate = availability(mtbf_s, mttr_s), 1 / mtbf_s + 1 / mttr_s
    area = math.exp(-rate * from_s) * -math.expm1(-rate * (until_s - from_s)) / rate
    return share + (1 - share) * area / (until_s - from_s)


def mean_residual_s(spell_s: float, spell_second_moment_s2: float) -> float:
    """Mean time to the end of a spell that is under way at a random moment of it.

    Parameters
    ----------
    spell_s : float
        Mean length of a spell, above 0.
    spell_second_moment_s2 : float
        Mean of the square of its length.

    Raises
    ------
    ValueError
        If the mean is not above 0, or the second moment below its square.

    Notes
    -----
    E[X^2] / (2 E[X]): long spells are met more often than short ones.

    Examples
    --------
    Spells of 10 s exactly, and exponential ones with the same mean:

    >>> mean_residual_s(10.0, 100.0), mean_residual_s(10.0, 200.0)
    (5.0, 10.0)
    """
    if not 0 < spell_s < math.inf:
        raise ValueError(f"spell_s: must be above 0 and finite (got {spell_s:g})")
    # One part in 10^9 of slack: a second moment that was itself computed is rounded.
    if not spell_second_moment_s2 >= spell_s**2 * (1 - 1e-9):
        raise ValueError(
            "spell_second_moment_s2: must be at least the square of the mean, "
            f"{spell_s**2:g} (got {spell_second_moment_s2:g})"
        )
    return spell_second_moment_s2 / (2 * spell_s)


def mean_attempts(failure_probability: float, max_attempts: int | None = None) -> float:
    """Mean number of attempts until one succeeds or no more are allowed.

    Parameters
    ----------
    failure_probability : float
        Of each attempt, whatever happened before; from 0 to 1.
    max_attempts : int, optional
        At least 1; without it attempts go on until one succeeds.

    Returns
    -------
    float
        Also the factor by which retries inflate the offered load; `inf` if nothing ever succeeds
        and nothing stops it.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    (1 - p^n) / (1 - p), which is 1 + p + ... + p^(n-1); 1 / (1 - p) without a limit.

    Examples
    --------
    >>> mean_attempts(0.5, max_attempts=3), mean_attempts(0.5)
    (1.75, 2.0)
    """
    p = failure_probability
    _check_attempts(p, max_attempts)
    if max_attempts is None:
        return math.inf if p == 1 else 1 / (1 - p)
    return float(max_attempts) if p == 1 else (1 - p**max_attempts) / (1 - p)


def attempts_distribution(failure_probability: float, max_attempts: int) -> list[float]:
    """Probability of 1, 2, ... `max_attempts` attempts, the last including those that gave up.

    Parameters and errors as of `mean_attempts`.

    Examples
    --------
    >>> attempts_distribution(0.5, 3)
    [0.5, 0.25, 0.25]
    """
    p = failure_probability
    _check_attempts(p, max_attempts)
    shares = [p**failures * (1 - p) for failures in range(max_attempts)]
    shares[-1] = p ** (max_attempts - 1)
    return shares


def success_probability(failure_probability: float, max_attempts: int) -> float:
    """Probability that one of the attempts succeeds: 1 - p^n.

    Parameters and errors as of `mean_attempts`.

    Examples
    --------
    >>> success_probability(0.5, 3)
    0.875
    """
    _check_attempts(failure_probability, max_attempts)
    return 1 - failure_probability**max_attempts


def _check_times(**times: float) -> None:
    """Refuse negative and infinite times."""
    for name, value in times.items():
        if not 0 <= value < math.inf:
            raise ValueError(f"{name}: must be at least 0 and finite (got {value:g})")


def _check_attempts(failure_probability: float, max_attempts: int | None) -> None:
    """Refuse what is no probability, and a limit that forbids the first attempt."""
    if not 0 <= failure_probability <= 1:
        raise ValueError(f"failure_probability: must be from 0 to 1 (got {failure_probability:g})")
    if max_attempts is not None and max_attempts < 1:
        raise ValueError(f"max_attempts: must be at least 1 (got {max_attempts})")
