"""Waiting and blocking at one station in closed form.

A result marked "standard result" is in every text on queues and was not looked up; those that
matter are checked in the tests against a second way of finding them.

An overloaded station has no equilibrium: its mean wait is `inf`, its probability of waiting 1.
"""

import math
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Load = TypeVar("Load", float, npt.NDArray[np.float64])


def mmck_blocking(servers: int, places: int, offered_erlang: Load) -> Load:
    """Probability that M/M/c/K is full: of the arrivals, the share that is refused.

    Parameters
    ----------
    servers : int
        At least 0; at least 1 if there are places.
    places : int
        Customers in the system at most, those in service included; at least `servers`.
    offered_erlang : float or float64 array
        Arrival rate times mean holding time, at least 0.

    Returns
    -------
    float or float64 array
        As `offered_erlang`.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    B(0) = 1, B(k) = a B(k-1) / (min(k, c) + a B(k-1)): the state k of a birth and death process
    among the states 0..k.  Every term is positive, so nothing cancels and nothing overflows.
    Standard result.

    Examples
    --------
    >>> round(mmck_blocking(servers=1, places=3, offered_erlang=1.0), 12)
    0.25
    """
    _check_at_least("servers", servers, 1 if places > 0 else 0)
    _check_at_least("places", places, servers)
    # The largest load finds what is infinite, the smallest what is negative or no number.
    _check_at_least("offered_erlang", float(np.max(offered_erlang)), 0)
    _check_at_least("offered_erlang", float(np.min(offered_erlang)), 0)
    blocking = 1.0 + 0.0 * offered_erlang
    for customers in range(1, places + 1):
        up = offered_erlang * blocking
        blocking = up / (min(customers, servers) + up)
    return blocking


def erlang_b(servers: int, offered_erlang: Load) -> Load:
    """Share of calls that find all servers busy, where nobody waits.

    Parameters
    ----------
    servers : int
        At least 0.
    offered_erlang : float or float64 array
        At least 0.

    Returns
    -------
    float or float64 array
        As `offered_erlang`.  Depends on the holding time by its mean only.

    Raises
    ------
    ValueError
        If an argument is negative.

    Notes
    -----
    B(k) = a B(k-1) / (k + a B(k-1)), B(0) = 1.  Standard result.

    Examples
    --------
    >>> round(erlang_b(12, 39.18), 3)
    0.704
    """
    return mmck_blocking(servers, servers, offered_erlang)


def erlang_b_servers(offered_erlang: float, blocking: float) -> int:
    """Fewest servers that keep Erlang B at or below a blocking.

    Raises
    ------
    ValueError
        If the load is negative or not finite, or the blocking not above 0 and at most 1.

    Examples
    --------
    >>> erlang_b_servers(offered_erlang=15.0, blocking=0.01)
    24
    """
    _check_share("blocking", blocking)
    _check_at_least("offered_erlang", offered_erlang, 0)
    servers, reached = 0, 1.0
    while reached > blocking:
        servers += 1
        reached = offered_erlang * reached / (servers + offered_erlang * reached)
    return servers


def erlang_b_offered(servers: int, blocking: float) -> float:
    """Load in erlang at which Erlang B is exactly a blocking, by bisection to rounding error.

    Raises
    ------
    ValueError
        If there is no server, or the blocking is not above 0 and below 1.

    Examples
    --------
    >>> round(erlang_b_offered(8, 0.01), 2)
    3.13
    """
    _check_at_least("servers", servers, 1)
    _check_share("blocking", blocking)
    if blocking == 1:
        raise ValueError("blocking: must be below 1, which no load reaches (got 1)")
    # The servers carry less than one erlang each, and refuse the rest: a (1 - B) < c.
    low, high = 0.0, servers / (1 - blocking)
    while low < (middle := (low + high) / 2) < high:
        if erlang_b(servers, middle) < blocking:
            low = middle
        else:
            high = middle
    return high


def erlang_c(servers: int, offered_erlang: float) -> float:
    """Probability that an arrival has to wait at M/M/c.

    Raises
    ------
    ValueError
        If there is no server, or the load is negative.

    Notes
    -----
    C = B / (1 - rho (1 - B)) with B of Erlang B and rho = a / c.  Standard result.

    Examples
    --------
    >>> round(erlang_c(1, 0.3), 12)
    0.3
    """
    _check_at_least("servers", servers, 1)
    if offered_erlang >= servers:
        return 1.0
    blocking = erlang_b(servers, float(offered_erlang))
    return blocking / (1 - offered_erlang / servers * (1 - blocking))


def mmc_mean_wait_s(servers: int, arrival_rate_per_s: float, service_s: float) -> float:
    """Mean wait before service at M/M/c, over all arrivals: those who do not wait count as 0.

    Raises
    ------
    ValueError
        If there is no server, or a rate or a time is negative.

    Notes
    -----
    W = C s / (c - a).  Standard result.

    Examples
    --------
    >>> round(mmc_mean_wait_s(1, arrival_rate_per_s=0.5, service_s=1.0), 12)
    1.0
    """
    offered_erlang = _offered_erlang(arrival_rate_per_s, service_s)
    waits = erlang_c(servers, offered_erlang)
    if offered_erlang >= servers:
        return math.inf
    return waits * service_s / (servers - offered_erlang)


def mm1_mean_sojourn_s(arrival_rate_per_s: float, service_s: float) -> float:
    """Mean time at M/M/1, service included: s / (1 - a).  Standard result.

    Raises
    ------
    ValueError
        If a rate or a time is negative.

    Examples
    --------
    >>> mm1_mean_sojourn_s(arrival_rate_per_s=0.5, service_s=1.0)
    2.0
    """
    offered_erlang = _offered_erlang(arrival_rate_per_s, service_s)
    return math.inf if offered_erlang >= 1 else service_s / (1 - offered_erlang)


def mm1_sojourn_quantile_s(
    probability: float, arrival_rate_per_s: float, service_s: float
) -> float:
    """Time that a share of the customers of M/M/1 stays at most, first come first served.

    Parameters
    ----------
    probability : float
        From 0 to below 1.

    Raises
    ------
    ValueError
        If the probability is not from 0 to below 1, or a rate or a time is negative.

    Notes
    -----
    The sojourn is exponential with the mean s / (1 - a).  Standard result.

    Examples
    --------
    >>> round(mm1_sojourn_quantile_s(0.99, arrival_rate_per_s=0.5, service_s=1.0), 3)
    9.21
    """
    if not 0 <= probability < 1:
        raise ValueError(f"probability: must be from 0 to below 1 (got {probability})")
    mean_s = mm1_mean_sojourn_s(arrival_rate_per_s, service_s)
    return -math.log1p(-probability) * mean_s if probability else 0.0


def mg1_mean_wait_s(
    arrival_rate_per_s: float, service_s: float, service_second_moment_s2: float
) -> float:
    """Mean wait before service at M/G/1: Pollaczek and Khinchine.

    Parameters
    ----------
    arrival_rate_per_s, service_s : float
        Poisson arrivals, mean service time; at least 0.
    service_second_moment_s2 : float
        Mean of the square of the service time, at least the square of its mean.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    W = rate E[S^2] / (2 (1 - a)).  Standard result.

    Examples
    --------
    >>> mg1_mean_wait_s(arrival_rate_per_s=0.5, service_s=1.0, service_second_moment_s2=2.0)
    1.0
    """
    offered_erlang = _offered_erlang(arrival_rate_per_s, service_s)
    # One part in 10^9 of slack: a second moment that was itself computed is rounded.
    least = service_s**2
    if not service_second_moment_s2 >= least * (1 - 1e-9):
        raise ValueError(
            "service_second_moment_s2: must be at least the square of the mean, "
            f"{least:g} (got {service_second_moment_s2:g})"
        )
    if offered_erlang >= 1:
        return math.inf
    return arrival_rate_per_s * service_second_moment_s2 / (2 * (1 - offered_erlang))


def md1_mean_wait_s(arrival_rate_per_s: float, service_s: float) -> float:
    """Mean wait before service at M/D/1, where every service takes equally long.

    Raises
    ------
    ValueError
        If a rate or a time is negative.

    Examples
    --------
    >>> md1_mean_wait_s(arrival_rate_per_s=0.5, service_s=1.0)
    0.5
    """
    return mg1_mean_wait_s(arrival_rate_per_s, service_s, service_s**2)


def saturation_rate_per_s(servers: int, holding_s: float) -> float:
    """Customers per second that keep all servers busy all the time.

    Raises
    ------
    ValueError
        If there is a negative number of servers, or the holding time is not above 0.

    Examples
    --------
    120 sectors of 8 signalling channels, each held for 4 s by a short message:

    >>> saturation_rate_per_s(servers=120 * 8, holding_s=4.0)
    240.0
    """
    _check_at_least("servers", servers, 0)
    if not holding_s > 0:
        raise ValueError(f"holding_s: must be above 0 (got {holding_s})")
    return servers / holding_s


def _offered_erlang(arrival_rate_per_s: float, service_s: float) -> float:
    """Arrival rate times mean service time, both checked."""
    _check_at_least("arrival_rate_per_s", arrival_rate_per_s, 0)
    _check_at_least("service_s", service_s, 0)
    return arrival_rate_per_s * service_s


def _check_at_least(name: str, value: float, least: float) -> None:
    """Refuse a value below its least, and what is not a finite number."""
    if not least <= value < math.inf:
        raise ValueError(f"{name}: must be at least {least:g} and finite (got {value:g})")


def _check_share(name: str, value: float) -> None:
    """Refuse what is not above 0 and at most 1."""
    if not 0 < value <= 1:
        raise ValueError(f"{name}: must be above 0 and at most 1 (got {value:g})")
