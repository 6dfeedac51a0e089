"""Calls from the log to measures, to the table per MSC and to the figure over the clock."""

from __future__ import annotations

import math

import numpy as np
import pytest

from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.engines.tally import MessageTally
from smsc_sim.model import codes
from smsc_sim.report import calls
from smsc_sim.report.figures import FIGURES, draw, figures_of
from smsc_sim.report.tables import definitions
from smsc_sim.results.estimates import Estimates
from smsc_sim.results.frames import replication_frames
from smsc_sim.results.targets import judge, target_in_words
from tests.networks import ID, SECOND, TIME, VALUE, network, rows_of, simulate

CELLS = """
duration: 5 min
warm_up: 30 s
populations: {city: {mscs: {helsinki: 70 %, turku: 30 %}}}
mscs:
  helsinki: {cells: {areas: 1, per_area: 2, sdcchs: 2, tchs: 3}}
  turku: {cells: {areas: 1, per_area: 1, sdcchs: 1}}
background:
  calls: {kind: calls, from: city, rate: 1 /s, duration: 15 s,
          retrials: {probability: 50 %, delay: 5 s}}
  updates: {kind: location_updates, from: city, rate: 1 /s, holding: 2 s}
"""
MANIFEST = {
    "name": "calls",
    "start": "2026-12-31T00:00:00+00:00",
    "zone": "UTC",
    "duration_s": 300.0,
    "interval_s": 30.0,
    "currency": "USD",
}


@pytest.fixture(scope="module")
def log() -> np.ndarray:
    """The log of five minutes."""
    return simulate(network(CELLS))[0]


@pytest.fixture(scope="module")
def estimates(log: np.ndarray) -> Estimates:
    """What a run of one replication says."""
    net, names = network(CELLS)
    tally, occupancy = MessageTally(net, names, 30 * SECOND, []), Occupancy(net, 30 * SECOND)
    for piece in np.array_split(log, 7):
        tally.add(piece)
        occupancy.add(piece)
    occupancy.finish(int(log[-1, TIME]))
    return Estimates.from_replications([replication_frames(net, names, tally, occupancy)], MANIFEST)


def outcomes(log: np.ndarray, source: int) -> dict[int, tuple[int, str]]:
    """Time of the first try and last event of every call of a source, by id, from the log."""
    found: dict[int, tuple[int, str]] = {}
    for row in rows_of(log, codes.LOG_CALL):
        if row[ID] >> 48 == source:
            tried = found.get(int(row[ID]), (int(row[TIME]), ""))[0]
            found[int(row[ID])] = tried, codes.CALL_EVENTS[row[VALUE]]
    return found


def test_measures_are_those_of_the_log(log: np.ndarray, estimates: Estimates) -> None:
    """Calls and losses of the run are counted as a walk through the log counts them."""
    inside = [
        event for tried, event in outcomes(log, 1).values() if 30 * SECOND <= tried < 300 * SECOND
    ]
    ended = [event for event in inside if event not in ("tried", "again")]
    run = estimates.run
    assert run["calls_offered"] == len(inside) > 200
    for name in ("sdcch", "tch"):
        lost = ended.count(f"blocked_{name}")
        assert lost > 5
        assert run[f"call_blocking_{name}"] == pytest.approx(lost / len(ended))
    together = run["call_blocking_sdcch"] + run["call_blocking_tch"]
    assert run["call_blocking"] == pytest.approx(together)
    updates = [event for tried, event in outcomes(log, 2).values() if 30 * SECOND <= tried < 3e11]
    assert run["updates_offered"] == len(updates)


def test_mscs_add_up_to_the_run(estimates: Estimates) -> None:
    """Calls of the MSCs are those of the run; an MSC without TCHs loses none there."""
    rows = estimates.elements["calls_offered"].dropna()
    assert sorted(rows.index) == ["helsinki", "turku"]
    assert rows.sum() == estimates.run["calls_offered"]
    assert estimates.elements["call_blocking_tch"]["turku"] == 0.0
    assert estimates.elements["call_blocking_tch"]["helsinki"] > 0.0


def test_intervals_add_up(log: np.ndarray, estimates: Estimates) -> None:
    """Calls per second over the clock are all calls tried until the window ends."""
    series = estimates.timeline_of("*", "calls_per_s")
    tried = [at for at, _ in outcomes(log, 1).values() if at < 300 * SECOND]
    assert series["estimate"].sum() * 30 == pytest.approx(len(tried))


def test_pieces_do_not_matter(log: np.ndarray) -> None:
    """The tally is the same however the log was cut."""
    scenario = network(CELLS)
    whole, cut = (MessageTally(*scenario, 30 * SECOND, []) for _ in range(2))
    whole.add(log)
    for piece in np.array_split(log, 50):
        cut.add(piece)
    whole, cut = whole.calls, cut.calls
    assert np.array_equal(whole.counts, cut.counts) and np.array_equal(whole.flow, cut.flow)
    assert whole.counts.sum() > 0


def test_table_and_figure(estimates: Estimates) -> None:
    """The table has a row per MSC and one for all; the figure draws losses, channels and calls."""
    table = calls.call_table(estimates)
    heads = [title for title, _ in table.columns]
    assert heads == [
        *("MSC", "Calls", "Lost at SDCCH", "Lost at TCH", "Calls lost", "Retrials per call"),
        *("Updates", "Updates lost", "SDCCH utilisation", "TCH utilisation"),
    ]
    assert [row[0][0] for row in table.rows] == ["helsinki", "turku", "all"]
    by_head = dict(zip(heads, table.rows[0], strict=True))
    lost = estimates.elements["call_blocking"]["helsinki"]
    assert by_head["Calls lost"][0] == f"{lost * 100:.3g}"
    chart = draw(estimates, "calls")
    labels = [axes.get_ylabel() for axes in chart.axes]
    assert labels == ["calls lost\n[% of calls]", "channels taken\n[% of channels]", "calls/s"]
    lines = chart.axes[0].get_legend_handles_labels()[1]
    assert lines == ["together", "at the SDCCH", "at the TCH"]
    assert "Calls and channels" in dict(definitions(estimates))


def test_no_calls_no_page(usual: Estimates) -> None:
    """A run without calls has neither figure nor table of calls."""
    assert not calls.has_calls(usual)
    assert "calls" not in figures_of(usual) and "calls" not in FIGURES


def test_a_target_on_calls() -> None:
    """Calls lost can be judged; messages that are still open do not matter for them."""
    target = {"name": "calls", "kind": "calls", "element": None, "at_most": 0.01}
    assert target_in_words(target) == "calls lost of all MSCs at most 1 %"
    assert judge(target, 0.005, 0.001, 5, open_share=0.5).status == "met"
    assert judge(target, 0.02, 0.001, 5, open_share=0.5).status == "missed"
    assert judge(target, math.nan, math.nan, 0).status == "undecided"
