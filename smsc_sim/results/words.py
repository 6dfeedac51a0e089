"""Numbers, durations and clock times as a reader sees them, in tables, figures and verdicts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .measure import Shape

NOTHING = "\N{EN DASH}"
"""Written where there is nothing to measure."""

_SCALES = (
    (86400.0, "d"),
    (3600.0, "h"),
    (60.0, "min"),
    (1.0, "s"),
    (1e-3, "ms"),
    (1e-6, "\N{MICRO SIGN}s"),
)


def duration(seconds: float) -> str:
    """Write a duration in the largest unit that keeps it exact to the second.

    Examples
    --------
    >>> duration(30), duration(90), duration(600), duration(7200), duration(0.25)
    ('30 s', '90 s', '10 min', '2 h', '250 ms')
    """
    if 0.0 < seconds < 1.0:
        size, unit = next((pair for pair in _SCALES if seconds >= pair[0]), _SCALES[-1])
        return f"{seconds / size:.3g} {unit}"
    for size, unit in _SCALES:
        if seconds >= size and math.isclose(seconds % size, 0.0, abs_tol=1e-9):
            return f"{seconds / size:,.0f} {unit}"
        if unit == "s":
            break
    return f"{seconds:,.10g} s"


def decimals(value: float, half_width: float = math.nan, digits: int = 3) -> int:
    """Decimals that a number deserves.

    Parameters
    ----------
    value, half_width : float
        With a positive half-width its first digit is kept, and the second after a 1 or a 2, where
        one digit alone would be rounded by up to half; else `digits` digits of the value.
    digits : int
        Significant digits when there is no half-width.

    Returns
    -------
    int
        0 to 6.
    """
    if math.isfinite(half_width) and half_width > 0.0:
        power = math.floor(math.log10(half_width))
        return min(max((1 if half_width < 2.95 * 10.0**power else 0) - power, 0), 6)
    if not math.isfinite(value) or value == 0.0:
        return 0
    return min(max(digits - 1 - math.floor(math.log10(abs(value))), 0), 6)


def _pair(value: float, half_width: float, places: int) -> str:
    text = f"{value:,.{places}f}"
    # -0.0 and small negative values that round to nought would read "-0".
    text = text.removeprefix("-") if not any(c in "123456789" for c in text) else text
    # Nought means that all replications agree, so there is nothing to add.
    return f"{text} ± {half_width:,.{places}f}" if half_width > 0.0 else text


def quantity(value: float, half_width: float, shape: Shape, unit: str = "") -> str:
    """Write an estimate with its half-width and unit.

    Parameters
    ----------
    value, half_width : float
        In base units; a half-width that is NaN or nought is left out, a NaN value is written as
        `NOTHING`.
    shape : str
        As in `Measure.shape`.
    unit : str
        Written after plain numbers, counts and money; left out when empty or `"1"`.

    Returns
    -------
    str

    Examples
    --------
    >>> quantity(0.98423, 0.00131, "percent")
    '98.42 ± 0.13 %'
    >>> quantity(1820.0, float("nan"), "seconds")
    '30.3 min'
    >>> quantity(4.2e-7, 3e-8, "seconds"), quantity(0.0, float("nan"), "seconds")
    ('0.42 ± 0.03 µs', '0 s')
    >>> quantity(12345.0, 56.0, "count", "messages")
    '12,345 ± 56 messages'
    >>> quantity(float("nan"), float("nan"), "money", "EUR")
    '–'
    """
    if not math.isfinite(value):
        return NOTHING
    tail = "" if unit in ("", "1") else f" {unit}"
    if shape == "percent":
        value, half_width, tail = value * 100.0, half_width * 100.0, " %"
        places = decimals(value, half_width)
        # A share just short of all must not be rounded up to all, nor a small one down to none.
        while places < 4 and value not in (0.0, 100.0) and round(value, places) in (0.0, 100.0):
            places += 1
        return _pair(value, half_width, min(places, 4)) + tail
    if shape == "seconds":
        smallest = _SCALES[-1] if value else (1.0, "s")
        size, unit = next(((s, u) for s, u in _SCALES if abs(value) >= s), smallest)
        value, half_width, tail = value / size, half_width / size, f" {unit}"
        return _pair(value, half_width, min(decimals(value, half_width), 3)) + tail
    if shape == "count":
        is_whole = value == round(value) or abs(value) >= 100.0 or half_width >= 2.95
        return _pair(value, half_width, 0 if is_whole and not 0 < half_width < 2.95 else 1) + tail
    if shape == "money" and abs(value) >= 100.0:
        return _pair(value, half_width, min(decimals(value, half_width, 5), 2)) + tail
    return _pair(value, half_width, decimals(value, half_width)) + tail


def clock(manifest: Mapping[str, Any], seconds: float) -> datetime:
    """Local time of the scenario at `seconds` after its start.

    Parameters
    ----------
    manifest : mapping
        `start` (ISO 8601; without an offset it is read as local time) and `zone`.
    seconds : float
        Elapsed seconds; a change of clocks during the run is respected.

    Returns
    -------
    datetime
        Aware, in `zone`.
    """
    zone = ZoneInfo(manifest["zone"])
    start = datetime.fromisoformat(str(manifest["start"]).split(" ")[0])
    start = start.replace(tzinfo=zone) if start.tzinfo is None else start
    return (start.astimezone(UTC) + timedelta(seconds=float(seconds))).astimezone(zone)


def clock_ms(manifest: Mapping[str, Any], seconds: float) -> str:
    """Write the local time of the scenario to the millisecond.

    Examples
    --------
    >>> clock_ms({"start": "2026-12-31T18:00:00", "zone": "UTC"}, 59.9996)
    '18:01:00.000'
    """
    moment = clock(manifest, round(seconds, 3))
    return f"{moment:%H:%M:%S}.{round(moment.microsecond / 1000):03d}"
