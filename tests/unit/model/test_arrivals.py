"""Arrival processes against closed forms: bursts, batches, weeks, seasons and events."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy import stats

from smsc_sim.model import codes
from smsc_sim.model.arrivals import next_arrival_ns
from smsc_sim.model.network import Network
from smsc_sim.model.state import empty_state
from smsc_sim.scenario.compile_arrivals import rate_pieces
from smsc_sim.scenario.schema_arrivals import Profile
from smsc_sim.theory.traffic import mmpp_dispersion
from tests.networks import SECOND, network

HOUR_NS = 3600 * SECOND
CODES = """
duration: {hours} h
drain: 0 s
accounts: {{bank: {{}}}}
traffic:
  news: null
  codes: {{kind: otp, account: bank, to: city, rate: 1 msg/s, {more}}}
"""
BURSTS = "bursts: {calm: {factor: 1, mean: 20 s}, busy: {factor: 7, mean: 5 s}}"
RING = "bursts: {a: {factor: 0, mean: 8 s}, b: {factor: 1, mean: 4 s}, c: {factor: 5, mean: 3 s}}"


def flow(more: str, hours: int = 20) -> Network:
    """One source of a message per second."""
    return network(CODES.format(more=more, hours=hours)).network


def times_s(net: Network, seed: int) -> np.ndarray:
    """Times of all messages, s."""
    net = net._replace(seed=seed)
    state, times = empty_state(net), []
    while (at_ns := next_arrival_ns(net, state, 0, len(times))) != codes.NEVER:
        times.append(at_ns)
    assert all(a <= b for a, b in pairwise(times))
    return np.array(times) / SECOND


@pytest.mark.parametrize(
    ("more", "factors", "means_s"),
    [(BURSTS, (7, 1), (5, 20)), (RING, (0, 1, 5), (8, 4, 3))],
    ids=["two states", "ring of three"],
)
def test_bursts_have_the_mean_and_the_dispersion_of_theory(
    more: str, factors: tuple[float, ...], means_s: tuple[float, ...]
) -> None:
    """Counts of 10 s vary as the closed form says, and their mean is the declared rate."""
    net = flow(more, 4)
    runs, width_s = 40, 10.0
    edges = np.arange(0, 4 * 3600 + 1, width_s)
    counts = np.array([np.histogram(times_s(net, seed), edges)[0] for seed in range(runs)])
    t = stats.t.ppf(1 - 0.5e-4, runs - 1)
    mean = counts.mean(axis=1)
    assert abs(mean.mean() - width_s) < t * mean.std(ddof=1) / np.sqrt(runs)
    ratio = ((counts - width_s) ** 2).mean(axis=1) / width_s
    half = stats.t.ppf(0.975, runs - 1) * ratio.std(ddof=1) / np.sqrt(runs)
    theory = mmpp_dispersion(factors, means_s, 1.0, width_s)
    assert half < 0.03 * theory, "too weak a test"
    error = abs(ratio.mean() - theory) / (ratio.std(ddof=1) / np.sqrt(runs))
    assert error < t
    assert abs(ratio.mean() - 1.12 * theory) > t * ratio.std(ddof=1) / np.sqrt(runs)
    # Two states: the cookbook's formula, written out.
    if len(factors) == 2:
        share = np.array(means_s) / sum(means_s)
        low, high = np.array(factors) / (share @ factors)
        leave = [1 / s for s in means_s]
        both = sum(leave)
        long_run = 2 * leave[0] * leave[1] * (low - high) ** 2 / both**3
        book = 1 + long_run - long_run / (both * width_s) * (1 - np.exp(-both * width_s))
        assert theory == pytest.approx(book, rel=1e-9)


def test_bursts_begin_in_the_long_run() -> None:
    """The first seconds of many runs have the declared rate: no state is favoured at the start."""
    net = flow(BURSTS, 1)
    firsts = []
    for seed in range(400):
        of_seed = net._replace(seed=seed)
        state, number = empty_state(of_seed), 0
        while next_arrival_ns(of_seed, state, 0, number) < 5 * SECOND:
            number += 1
        firsts.append(number)
    half = stats.t.ppf(1 - 0.5e-4, 399) * np.std(firsts, ddof=1) / np.sqrt(400)
    assert half < 1.5 < abs(np.mean(firsts) - 3 * 5)  # a busy start would have three times as many
    assert abs(np.mean(firsts) - 5) < half


def test_batches_are_geometric_and_keep_the_volume() -> None:
    """Messages at one instant are geometric in number; their mean rate is that of the source."""
    net = flow("batch: 2.5")
    runs = [times_s(net, seed) for seed in range(10)]
    total = sum(len(run) for run in runs)
    expected, spread = 10 * 20 * 3600, np.sqrt(10 * 20 * 3600 * (2 * 2.5 - 1))
    assert abs(total - expected) < 4 * spread < 0.01 * expected
    sizes = np.concatenate([np.unique(run, return_counts=True)[1] for run in runs])
    seen = np.bincount(np.minimum(sizes, 12), minlength=13)[1:]
    shares = stats.geom.pmf(np.arange(1, 12), 1 / 2.5)
    shares = np.append(shares, 1 - shares.sum())
    assert stats.chisquare(seen, len(sizes) * shares).pvalue > 1e-4
    other = stats.geom.pmf(np.arange(1, 12), 1 / 2.6)
    other = np.append(other, 1 - other.sum())
    assert stats.chisquare(seen, len(sizes) * other).pvalue < 1e-4


def test_bursts_do_not_depend_on_the_run_or_on_others() -> None:
    """A longer run and another source leave every arrival where it was."""
    one, two = times_s(flow(BURSTS, 2), 3), times_s(flow(BURSTS, 5), 3)
    assert len(one) > 1000 and (two[: len(one)] == one).all()
    more = CODES.format(more=BURSTS, hours=2) + (
        "  also: {kind: otp, account: bank, to: city, rate: 5 msg/s}\n"
    )
    net = network(more).network
    state, times, row = empty_state(net._replace(seed=3)), [], 1
    for number in range(len(one)):
        next_arrival_ns(net._replace(seed=3), state, 0, number)
        times.append(next_arrival_ns(net._replace(seed=3), state, row, number))
    assert (np.array(times) / SECOND == one).all()


def pieces_of(profile: dict[str, object], start: str, hours: int) -> list[tuple[int, int, float]]:
    """Pieces of a rate of 1000 messages per hour."""
    when = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo("Europe/Helsinki"))
    part = Profile.model_validate({"hours": ["1"] * 24, **profile})
    return rate_pieces(when, hours * HOUR_NS, 1000 / 3600, part)


def test_weeks_and_months_keep_the_volume() -> None:
    """Weights of days and months divide the same volume; a month ends at local midnight."""
    rows = pieces_of({"days": ["1", "1", "1", "1", "1", "4", "5"]}, "2026-03-02T00:00", 7 * 24)
    assert rows[-1][1] == pytest.approx(7 * 24 * 1000 * 1e6, rel=1e-9)
    by_day = np.diff([row[1] for row in rows[::24]]) / 1e6
    assert by_day == pytest.approx(24000 * 7 * np.array([1, 1, 1, 1, 1, 4, 5]) / 14)
    rows = pieces_of({"months": ["2", *["1"] * 10, "0"]}, "2026-12-31T20:00", 8)
    assert [round(b[1] - a[1]) for a, b in pairwise(rows)] == [
        *[0] * 4, *[2_000_000_000] * 4
    ]  # fmt: skip


def test_events_multiply_the_rate_while_they_last() -> None:
    """An event cuts the hours where it begins and ends, every year or once; overlaps multiply."""
    midnight = {"at": "12-31 23:50", "for": "30 min", "factor": "6"}
    rows = pieces_of({"events": {"midnight": midnight}}, "2026-12-31T23:00", 3)
    assert [row[0] // (60 * SECOND) for row in rows] == [0, 50, 60, 80, 120, 180]
    rates = [row[2] * HOUR_NS / 1e9 for row in rows]
    assert rates == pytest.approx([1, 6, 6, 1, 1, 0])
    both = {"midnight": midnight, "late": {**midnight, "at": "2027-01-01 00:10", "factor": "2"}}
    rows = pieces_of({"events": both}, "2026-12-31T23:00", 3)
    assert [row[2] * HOUR_NS / 1e9 for row in rows] == pytest.approx([1, 6, 6, 12, 2, 1, 1, 0])
    leap = {"leap": {**midnight, "at": "02-29 12:00"}}
    assert len(pieces_of({"events": leap}, "2026-02-28T00:00", 48)) == 49
    assert len(pieces_of({"events": leap}, "2028-02-29T00:00", 24)) == 26
