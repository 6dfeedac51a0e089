"""What tallies are made of: bins of latencies, tables by id, spans of time over intervals."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsc_sim.engines.count_clock import add_span, clock_values, tell_time
from smsc_sim.engines.count_messages import HISTOGRAM_BINS, bin_of
from smsc_sim.engines.hash_table import drop, empty_table, move, place_of
from smsc_sim.engines.tally import middle_ns


@pytest.mark.parametrize("ns", [0, 1, 255, 256, 257, 1023, 10**6 + 7, 5 * 10**9, 2**62, 2**63 - 1])
def test_middles_are_near(ns: int) -> None:
    """The middle of a row of the histogram is within 0.4 % of every duration in it."""
    row = bin_of(ns)
    assert row < HISTOGRAM_BINS
    assert abs(float(middle_ns(row)) - ns) <= 0.004 * ns
    assert bin_of(int(middle_ns(row))) == row


def test_rows_of_the_histogram_are_in_order() -> None:
    """A longer duration is never in an earlier row, and no row is left out."""
    rows = [bin_of(ns) for ns in range(5000)]
    assert rows == sorted(rows) and set(rows) == set(range(rows[-1] + 1))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40)), max_size=150))
def test_tables_are_dicts(steps: list[tuple[int, int]]) -> None:
    """A table finds what was put in, forgets what was dropped, and survives being moved."""
    table, known = memoryview(empty_table(2, 64)), dict[int, int]()
    for number, (step, key) in enumerate(steps):
        message = key << 18 | (key % 5) << 48
        at = place_of(table, 2, message)
        assert (table[at] == message) == (message in known)
        if step == 0 and len(known) < 32:
            table[at], table[at + 1] = message, number
            known[message] = number
        elif step == 1 and message in known:
            drop(table, 2, at)
            del known[message]
        elif step == 2:
            fresh = memoryview(empty_table(2, 64))
            move(SimpleNamespace(old=table, new=fresh, width=2))
            table = fresh
    for key in range(41):
        message = key << 18 | (key % 5) << 48
        at = place_of(table, 2, message)
        assert (table[at + 1] if table[at] == message else None) == known.get(message)


@given(st.integers(0, 120), st.integers(0, 120), st.integers(0, 120), st.integers(1, 30))
def test_spans_are_spread(now: int, since: int, length: int, interval: int) -> None:
    """A span adds to every interval the time that it spends there before the horizon."""
    horizon = 100
    clock = SimpleNamespace(**clock_values(10, horizon, interval))
    if now >= clock.until_ns:
        tell_time(clock, now)
    series = [0] * clock.intervals
    add_span(clock, series, 1, 0, 3, since, since + length)
    for k in range(clock.intervals):
        inside = range(k * interval, min((k + 1) * interval, horizon))
        assert series[k] == 3 * sum(since <= moment < since + length for moment in inside)
