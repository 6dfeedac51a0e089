"""From a trace to a profile and its bursts: what a source must say to be as uneven as the trace."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from smsc_sim.scenario.traces import TraceRows

Array = npt.NDArray[np.float64]

HOUR_S = 3600
FINE_S = 900  # the second width at which unevenness is measured, to tell how long bursts last
UNKNOWN_PEOPLE = 1000
LEAST_HOURS = 24
LEAST_WEEKS = 2  # below that the days of the week are taken as alike
NEGLIGIBLE = 1e-3  # variance of the rate, relative to its square, below which arrivals are Poisson


class FitError(ValueError):
    """A trace that cannot be fitted; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What was found in a trace.

    Attributes
    ----------
    messages, people : int
    hours : int
        Whole hours of the clock that the trace covers.
    mean, busiest : float
        Messages per hour.
    dispersion : float
        Variance-to-mean ratio of the counts per hour.
    around_profile : float
        The same, around what the profile expects.
    hour_weights, day_weights : tuple of float
        Relative to their means.
    batch : float
        Mean number of messages at one instant.
    calm, busy : (float, float) or None
        Factor and mean spell in s of both states; None where arrivals are Poisson.
    """

    messages: int
    people: int
    hours: int
    mean: float
    busiest: int
    dispersion: float
    around_profile: float
    hour_weights: tuple[float, ...]
    day_weights: tuple[float, ...]
    batch: float
    calm: tuple[float, float] | None
    busy: tuple[float, float] | None


def fit(rows: TraceRows, start: datetime) -> Fit:
    """Fit a profile and bursts to a trace by the method of moments.

    Parameters
    ----------
    rows : TraceRows
    start : datetime
        Local time of the first message.

    Raises
    ------
    FitError
        If it covers less than a whole day.

    Notes
    -----
    The profile is a product of hours and days, each the mean count of its hours.  Around it counts
    in a width w vary by lambda w + (lambda w)^2 g(w), where for a rate that two states modulate,
    with relative variance s2 and correlation exp(-u / tau),
    g(w) = 2 s2 (tau / w)^2 (w / tau - 1 + exp(-w / tau)).
    g is estimated at an hour and at a quarter of one: their ratio gives tau, g(1 h) gives s2, so
    that the hourly variance is met.  What is left free, the share of time in the busy state, is
    half of the largest that leaves the calm one a rate above 0 (judgement).  Batches come from the
    share of messages in the same second as the one before.

    References
    ----------
    Fischer and Meier-Hellstern 1993, The Markov-modulated Poisson process (MMPP) cookbook: the
    covariance of the rate decays as exp(-(sum of the rates of change) u) (from memory).
    """
    past_s = (start.minute * 60 + start.second) + start.microsecond / 1e6
    first_s = 0 if past_s == 0 else HOUR_S - past_s  # from the first full hour of the clock
    hours = int((rows.s[-1] - first_s) // HOUR_S)
    if hours < LEAST_HOURS:
        raise FitError(
            f"covers {max(hours, 0)} whole hours; a profile needs at least {LEAST_HOURS}"
        )
    inside = rows.s[(rows.s >= first_s) & (rows.s < first_s + hours * HOUR_S)] - first_s
    begin = start + timedelta(seconds=first_s)
    clock = [begin + timedelta(hours=hour) for hour in range(hours)]
    counts = np.bincount((inside // HOUR_S).astype(np.int64), minlength=hours).astype(np.float64)
    hour_weights, day_weights = _weights(counts, clock)
    expected = np.array([hour_weights[at.hour] * day_weights[at.weekday()] for at in clock])
    expected *= counts.sum() / expected.sum()
    parameters = 24 + (6 if len(set(day_weights)) > 1 else 0)
    freedom = hours / max(hours - parameters, 1)
    around = float(((counts - expected) ** 2).sum() * freedom / counts.sum())
    batch = 1 / (1 - float(np.mean(np.diff(inside) == 0)))
    calm, busy = _states(inside, counts, expected, freedom, batch)
    return Fit(
        messages=len(rows.s),
        people=rows.people,
        hours=hours,
        mean=float(counts.mean()),
        busiest=int(counts.max()),
        dispersion=float(counts.var(ddof=1) / counts.mean()),
        around_profile=around,
        hour_weights=hour_weights,
        day_weights=day_weights,
        batch=batch,
        calm=calm,
        busy=busy,
    )


def _weights(counts: Array, clock: list[datetime]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Relative weights of the hours of the day and, from two weeks on, of the days."""
    hour = np.array([at.hour for at in clock])
    day = np.array([at.weekday() for at in clock])
    days = np.ones(7)
    if len(counts) >= LEAST_WEEKS * 7 * 24:
        days = np.array([counts[day == d].mean() for d in range(7)])
        days /= days.mean()
    exposure = np.bincount(hour, days[day], 24)
    hours = np.bincount(hour, counts, 24) / exposure
    return tuple((hours / hours.mean()).tolist()), tuple(days.tolist())


def _states(
    times_s: Array, counts: Array, expected: Array, freedom: float, batch: float
) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """Factor and mean spell of the calm and the busy state."""
    fine = np.bincount(
        (times_s // FINE_S).astype(np.int64), minlength=len(counts) * (HOUR_S // FINE_S)
    )
    each = np.repeat(expected * FINE_S / HOUR_S, HOUR_S // FINE_S)
    hourly = _relative_variance(counts, expected, freedom, batch)
    quarterly = _relative_variance(fine.astype(np.float64), each, freedom, batch)
    if hourly < NEGLIGIBLE:
        return None, None
    tau_s = _correlation_s(hourly / quarterly if quarterly > 0 else 1.0)
    s2 = hourly / _smoothing(HOUR_S / tau_s)
    share = 0.5 / (1 + s2)
    calm = 1 - math.sqrt(s2 * share / (1 - share))
    busy = 1 + math.sqrt(s2 * (1 - share) / share)
    return (calm, tau_s / share), (busy, tau_s / (1 - share))


def _relative_variance(counts: Array, expected: Array, freedom: float, batch: float) -> float:
    """Variance of the rate relative to its square: what counts vary by beyond Poisson batches."""
    excess = ((counts - expected) ** 2).sum() * freedom - (2 * batch - 1) * expected.sum()
    return float(excess / (expected**2).sum())


def _smoothing(x: float) -> float:
    """Variance of the mean of a rate over x correlation times, relative to its own."""
    return 2 * (x - 1 + math.exp(-x)) / x**2


def _correlation_s(ratio: float) -> float:
    """Correlation time whose variance at an hour is this part of that at a quarter of one.

    Bounded: bursts shorter than a minute or longer than a day cannot be told from these widths.
    """
    low, high = math.log(60.0), math.log(86400.0)
    for _ in range(60):
        middle = (low + high) / 2
        tau_s = math.exp(middle)
        found = _smoothing(HOUR_S / tau_s) / _smoothing(FINE_S / tau_s)
        low, high = (middle, high) if found < ratio else (low, middle)
    return math.exp(low)


def as_yaml(found: Fit, name: str) -> str:
    """YAML of a fit: a profile and traffic, to be put into a scenario.

    Parameters
    ----------
    found : Fit
    name : str
        Of profile and traffic.
    """
    hours = [f"{weight:.4g}" for weight in found.hour_weights]
    rows = ",\n            ".join(", ".join(hours[low : low + 8]) for low in (0, 8, 16))
    lines = [
        f"# Fitted to {found.messages:,} messages in {found.hours:,} hours: mean "
        f"{found.mean:.4g} an hour, busiest {found.busiest:,},",
        f"# variance/mean of the hours {found.dispersion:.4g}, around the profile "
        f"{found.around_profile:.4g}.",
        "profiles:",
        f"  {name}:",
        f"    hours: [{rows}]",
    ]
    if len(set(found.day_weights)) > 1:
        lines.append(f"    days: [{', '.join(f'{w:.4g}' for w in found.day_weights)}]")
    lines += ["traffic:", f"  {name}:", "    kind: person_to_person  # or another kind with a rate"]
    people = found.people or UNKNOWN_PEOPLE
    who = "or of a size of your own" if found.people else "as the trace names nobody"
    lines += [
        f"    from: city  # a population of {people:,}, {who}",
        "    to: city",
        f"    volume: {found.mean * 24 / people:.4g} msg/day",
    ]
    lines.append(f"    profile: {name}")
    if found.batch >= 1.005:
        lines.append(f"    batch: {found.batch:.4g}")
    if found.calm is not None and found.busy is not None:
        lines.append("    bursts:")
        for state, (factor, mean_s) in (("busy", found.busy), ("calm", found.calm)):
            lines.append(f"      {state}: {{factor: {factor:.4g}, mean: {mean_s:.4g} s}}")
    return "\n".join(lines) + "\n"
