"""Logins by one-time password in closed form: who completes one, and how many codes that takes."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Delay(NamedTuple):
    """Time from asking for a code until it is on the handset, as equally likely values.

    Attributes
    ----------
    values_s : (n,) float64 array
        Ascending; inf for codes that never come.
    """

    values_s: Floats

    def later_than(self, at_s: float) -> float:
        """Share of the codes that take longer."""
        return 1.0 - float(np.searchsorted(self.values_s, at_s, "right")) / len(self.values_s)


class LoginOdds(NamedTuple):
    """What becomes of a login.

    Attributes
    ----------
    completed : float
        Probability that it is completed.
    codes : float
        Codes that are sent for it, on average.
    asked : tuple of float
        Probability that each code is sent, the first one's being 1.
    mean_s : float
        Mean time from its start until the code is on the handset, over completed ones; NaN if
        there are none.
    """

    completed: float
    codes: float
    asked: tuple[float, ...]
    mean_s: float


def exponential_delay(offset_s: float, mean_s: float, n: int = 4000) -> Delay:
    """Delay of a constant time and an exponential one after it.

    Parameters
    ----------
    offset_s, mean_s : float
        At least 0.
    n : int
        Values that stand for it: the middle of each of n equal shares.
    """
    return Delay(offset_s - mean_s * np.log1p(-(np.arange(n) + 0.5) / n))


def login_odds(
    delay: Delay, patience_s: Floats, resend_s: float, codes: int, expires_s: float
) -> LoginOdds:
    """Fate of a login in which each new code takes the worth from the one before.

    Parameters
    ----------
    delay : Delay
        Of each code, independent.
    patience_s : (n,) float64 array
        Times after which people leave, as equally likely values, ascending, from the start.
    resend_s : float
        Time from one code to the next, constant, above 0; inf for one code alone.
    codes : int
        Most codes, at least 1.
    expires_s : float
        Longest life of a code.

    Returns
    -------
    LoginOdds

    Notes
    -----
    Code j is sent at (j - 1) r if no code before it has come within the r in which it counted and
    the person has not left: S(r)^(j-1) G((j-1) r), S and G being the shares of delays and patience
    that are longer.  It completes the login if it comes after u < w, where w = r (the last one: its
    life), and before the person leaves: S(r)^(j-1) times the mean of G((j-1) r + u) over u < w.
    The time to type is left out: it begins when the code has come, and people do not leave
    meanwhile.  So are older codes, which cost those who type them some time.  Derived here.

    Examples
    --------
    A code that always takes 20 s, patience exponential of mean 28 s: asking for another after 10 s
    makes every code but the last worthless.

    >>> late = Delay(np.array([20.0]))
    >>> patience = -28 * np.log1p(-(np.arange(4000) + 0.5) / 4000)
    >>> [round(login_odds(late, patience, r, 2, 300.0).completed, 2) for r in (math.inf, 10.0)]
    [0.49, 0.34]
    """
    stay = len(patience_s)

    def still_there(at_s: Floats) -> Floats:
        return np.asarray(1.0 - np.searchsorted(patience_s, at_s, "right") / stay)

    missed = delay.later_than(min(resend_s, expires_s)) if codes > 1 else 1.0
    completed, time_s, asked = 0.0, 0.0, []
    for code in range(codes):
        begun_s = code * resend_s if code else 0.0
        if not math.isfinite(begun_s):
            break
        reached = missed**code
        asked.append(reached * float(still_there(np.array([begun_s]))[0]) if code else 1.0)
        width_s = expires_s if code == codes - 1 else min(resend_s, expires_s)
        values = delay.values_s[delay.values_s <= width_s]
        there = still_there(begun_s + values) / len(delay.values_s)
        completed += reached * float(there.sum())
        time_s += reached * float(((begun_s + values) * there).sum())
    mean_s = time_s / completed if completed else math.nan
    return LoginOdds(completed, math.fsum(asked), tuple(asked), mean_s)


def still_open(
    delay: Delay,
    patience_s: Floats,
    resend_s: float,
    codes: int,
    expires_s: float,
    typing_s: Floats,
    at_s: float,
) -> float:
    """Probability that a login is neither completed nor given up after some time.

    Parameters
    ----------
    delay, patience_s, resend_s, codes, expires_s
        As of `login_odds`.
    typing_s : (n,) float64 array
        Times to type a code in, as equally likely values, ascending.
    at_s : float
        From the start of the login.

    Returns
    -------
    float

    Notes
    -----
    Who waits for the code asked for last, j codes after the first: S(r)^j S(t - j r) G(t).  Who has
    one and types: of the codes that came at j r + u before t, S(r)^j times the mean of G(j r + u)
    P(T > t - j r - u), T being the time to type.

    Examples
    --------
    >>> half = Delay(np.array([10.0, math.inf]))
    >>> patience, typing = np.array([15.0, 60.0]), np.array([5.0])
    >>> [still_open(half, patience, 30.0, 2, 300.0, typing, t) for t in (12.0, 20.0)]
    [1.0, 0.25]
    """

    def longer(values: Floats, than_s: Floats) -> Floats:
        return np.asarray(1.0 - np.searchsorted(values, than_s, "right") / len(values))

    missed = delay.later_than(min(resend_s, expires_s)) if codes > 1 else 1.0
    is_open = 0.0
    for code in range(codes):
        begun_s = code * resend_s if code else 0.0
        if begun_s > at_s:
            break
        is_last = code == codes - 1 or begun_s + resend_s > at_s
        width_s = expires_s if code == codes - 1 else min(resend_s, expires_s)
        values = delay.values_s[delay.values_s <= min(width_s, at_s - begun_s)]
        typed = longer(patience_s, begun_s + values) * longer(typing_s, at_s - begun_s - values)
        is_open += missed**code * float(typed.sum()) / len(delay.values_s)
        if is_last:
            waits = delay.later_than(min(at_s - begun_s, width_s))
            is_open += missed**code * waits * float(longer(patience_s, np.array(at_s)))
    return is_open


def exponential_login(
    offset_s: float, mean_s: float, patience_s: float, resend_s: float, codes: int
) -> LoginOdds:
    """Fate of a login whose codes take a constant and an exponential time, in closed form.

    Parameters
    ----------
    offset_s, mean_s : float
        Constant part of the delay, and mean of the exponential part, above 0.
    patience_s : float
        Mean patience, exponential.
    resend_s : float
        Time from one code to the next, constant, at least `offset_s`.
    codes : int
        Most codes, at least 1; they do not expire.

    Returns
    -------
    LoginOdds

    Raises
    ------
    ValueError
        If `resend_s` is shorter than `offset_s`.

    Notes
    -----
    With delay c + X, X exponential of rate a, patience exponential of rate m, resend r and
    s = a + m: a code that counts for r completes with p = exp(-m c) a / s (1 - exp(-s (r - c)));
    neither it nor the person has ended by then with t = exp(-a (r - c) - m r).  The last code
    counts for ever: q = exp(-m c) a / s.  So k codes complete with
    p (1 - t^(k-1)) / (1 - t) + t^(k-1) q, and (1 - t^k) / (1 - t) are sent.  The mean time follows
    from the same integrals with the time under them.  Derived here: exponential times race without
    memory.

    Examples
    --------
    >>> odds = exponential_login(0.0, 10.0, 28.0, 30.0, 1)
    >>> round(odds.completed, 4) == round(28 / 38, 4), odds.codes
    (True, 1.0)
    """
    if resend_s < offset_s:
        raise ValueError(f"resend_s: must be at least offset_s (got {resend_s:g} < {offset_s:g})")
    a, m = 1.0 / mean_s, 1.0 / patience_s
    s, wait_s = a + m, resend_s - offset_s
    last = math.exp(-m * offset_s) * a / s
    fades = math.exp(-s * wait_s)
    part = last * (1.0 - fades)
    again = math.exp(-a * wait_s - m * resend_s)
    # The code comes after c + x with density exp(-m (c + x)) a exp(-a x): mean of c + x under it.
    last_s = last * (offset_s + 1.0 / s)
    part_s = part * offset_s + last * (1.0 / s - fades * (wait_s + 1.0 / s))
    asked = tuple(again**code for code in range(codes))
    completed = part * math.fsum(asked[:-1]) + last * asked[-1]
    time_s = last_s * asked[-1] + last * asked[-1] * (codes - 1) * resend_s
    time_s += math.fsum(
        share * (part_s + part * j * resend_s) for j, share in enumerate(asked[:-1])
    )
    return LoginOdds(completed, math.fsum(asked), asked, time_s / completed)
