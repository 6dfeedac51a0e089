"""What tallies are made of: bins of latencies, tables by id, spans of time over intervals."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smsc_sim.engines.count_clock import add_span, clock_values, tell_time
from smsc_sim.engines.count_messages import HISTOGRAM_BINS, bin_of
from smsc_sim.engines.hash_table import drop, empty_table, move, place_of
from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.engines.tally import middle_ns
from smsc_sim.model import codes
from smsc_sim.model.network import Network
from tests.networks import SECOND, network


@pytest.fixture(scope="module")
def queue_of() -> Network:
    """A network whose first station has no line."""
    plain = network().network
    assert plain.station_line[0] < 0
    return plain


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


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 12)), max_size=60))
def test_tables_are_dicts(steps: list[tuple[int, int]]) -> None:
    """A table finds what was put in, forgets what was dropped, and survives being moved."""
    table, known = memoryview(empty_table(2, 8)), dict[int, int]()
    ids = [key << 18 | (key % 5) << 48 for key in range(13)]
    for number, (step, key) in enumerate(steps):
        at = place_of(table, 2, ids[key])
        assert (table[at] == ids[key]) == (ids[key] in known)
        if step < 3 and (ids[key] in known or len(known) < 7):  # one place stays empty
            table[at], table[at + 1] = ids[key], number
            known[ids[key]] = number
        elif step in (3, 4) and ids[key] in known:
            drop(table, 2, at)
            del known[ids[key]]
        elif step == 5:
            fresh = memoryview(empty_table(2, 8))
            move(SimpleNamespace(old=table, new=fresh, width=2))
            table = fresh
        for one in ids:
            at = place_of(table, 2, one)
            assert (table[at + 1] if table[at] == one else None) == known.get(one)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.booleans()), max_size=40))
def test_longest_queue_is_recounted(queue_of: Network, steps: list[tuple[int, int, bool]]) -> None:
    """The longest queue is that of a walk through visits in any order of starts, and cuts."""
    starts, longest, now, rows = list[int](), 0, 0, list[list[int]]()
    for number, (pause, wait, is_cut) in enumerate(steps):
        now += pause
        starts = [start for start in starts if start > now]
        if not is_cut:
            rows.append([now, codes.LOG_VISIT, number, 0, wait, 1, 0])
            starts += [now + wait] * (wait > 0)
        elif starts:
            start = starts.pop(wait % len(starts))
            rows.append([now, codes.LOG_CUT, number, 0, start - now, 1, 0])
        longest = max(longest, len(starts))
    occupancy = Occupancy(queue_of, SECOND, by_machine=False)
    for row in rows:
        occupancy.add(np.array([row]))
    assert occupancy.longest_queue[0] == longest


@example(now=95, since=95, length=20, interval=30)  # beyond the end, within the last interval
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
