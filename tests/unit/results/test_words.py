"""Numbers and clock times as readers see them."""

import math

import pytest

from smsc_sim.results.words import clock, decimals, duration, quantity

NAN = math.nan


@pytest.mark.parametrize(
    ("value", "half", "shape", "unit", "text"),
    [
        (0.98423, 0.00131, "percent", "1", "98.42 ± 0.13 %"),
        (0.98423, 0.0042, "percent", "1", "98.4 ± 0.4 %"),
        (0.98423, 0.0, "percent", "1", "98.4 %"),
        (0.99996, NAN, "percent", "1", "99.996 %"),
        (0.0000004, NAN, "percent", "1", "0.0000 %"),
        (1.0, NAN, "percent", "1", "100 %"),
        (0.0, NAN, "percent", "1", "0 %"),
        (1820.0, 61.0, "seconds", "s", "30.3 ± 1.0 min"),
        (0.0042, NAN, "seconds", "s", "4.20 ms"),
        (0.0000042, NAN, "seconds", "s", "4.20 µs"),
        (0.0, NAN, "seconds", "s", "0 s"),
        (59.99, NAN, "seconds", "s", "60.0 s"),
        (90000.0, NAN, "seconds", "s", "1.04 d"),
        (12345.0, 56.0, "count", "messages", "12,345 ± 56 messages"),
        (479830.4, NAN, "count", "", "479,830"),
        (2.2, 1.4, "count", "jobs", "2.2 ± 1.4 jobs"),
        (0.031234, 0.000212, "money", "EUR", "0.03123 ± 0.00021 EUR"),
        (15200.123, NAN, "money", "EUR", "15,200 EUR"),
        (152.123, NAN, "money", "EUR", "152.12 EUR"),
        (-0.0001, 0.3, "plain", "1", "0.0 ± 0.3"),
        (NAN, 1.0, "money", "EUR", "–"),
    ],
)
def test_quantities(value: float, half: float, shape: str, unit: str, text: str) -> None:
    """Digits follow the half-width, units the size, and nothing is rounded up to all."""
    assert quantity(value, half, shape, unit) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("half", "places"), [(0.0131, 3), (0.031, 2), (0.0296, 2), (0.029, 3), (4.0, 0), (1e-9, 6)]
)
def test_decimals_keep_two_digits_only_after_one_or_two(half: float, places: int) -> None:
    """A half-width keeps a second digit where the first alone would be too coarse."""
    assert decimals(5.0, half) == places


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0 s"), (86400, "1 d"), (5400, "90 min"), (61, "61 s"), (1.5, "1.5 s"), (1e-3, "1 ms")],
)
def test_durations_stay_exact(seconds: float, text: str) -> None:
    """The largest unit without a remainder is taken."""
    assert duration(seconds) == text


def test_clock_respects_a_change_of_clocks() -> None:
    """In Helsinki on 29 March 2026, an hour after 02:30 it is 04:30."""
    manifest = {"start": "2026-03-29T02:30", "zone": "Europe/Helsinki"}
    assert clock(manifest, 3600.0).strftime("%H:%M %z") == "04:30 +0300"


def test_clock_reads_an_offset_and_the_form_of_the_scenario() -> None:
    """A start with offset, and one followed by its zone, both give local time."""
    utc = {"start": "2026-12-31T16:00:00+00:00", "zone": "Europe/Helsinki"}
    worded = {"start": "2026-12-31T18:00 Europe/Helsinki", "zone": "Europe/Helsinki"}
    assert clock(utc, 0.0) == clock(worded, 0.0)
    assert clock(utc, 60.0).strftime("%H:%M") == "18:01"
