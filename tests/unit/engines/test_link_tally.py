"""Losses by reason, and time at each congestion level by hand and against the log."""

import numpy as np
import pytest

from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.model import codes
from smsc_sim.results.measures_links import link_rows
from tests.networks import PLACE, SECOND, TIME, network, rows_of, simulate

LEVELS = "{link_sets: {north-a: {buffer: 8000 octets, congestion: [25 %, 50 %, 75 %]}}}"
# 8000 octets are 1 s at 64 kbit/s: the levels begin at waits of 250, 500 and 750 ms.


def visit(scenario, at_ms: int, wait_ms: int, service_ms: int) -> list[int]:
    """Row of an MSU on the link from north to a."""
    station = scenario.names.stations.index("north-a north>a 0")
    wait_ns, service_ns = wait_ms * 10**6, service_ms * 10**6
    return [at_ms * 10**6, codes.LOG_VISIT, 7, station, wait_ns, service_ns, 0]


@pytest.mark.parametrize("cuts", [1, 2, 3])
def test_time_above_each_level_by_hand(cuts: int) -> None:
    """MSUs of 300 ms at 0, 0 and 100 ms: work of 900 ms at most, above 250 ms until 650 ms."""
    scenario = network(LEVELS)
    rows = [
        visit(scenario, 0, 0, 300),
        visit(scenario, 0, 300, 300),
        visit(scenario, 100, 500, 300),
    ]
    tally = Occupancy(scenario.network, SECOND)
    for piece in np.array_split(np.array(rows), cuts):
        tally.add(piece)
    # From 0 the work is 600 ms, from 100 ms on 900 - t: above 250 until 650, 500 until 400, and
    # above 750 from 100 to 150 ms.
    station = rows[0][PLACE]
    assert (tally.links.above_ns[station] / 10**6).tolist() == [650, 400, 50]


def test_a_failure_empties_the_buffer() -> None:
    """What is cut at 200 ms was above the levels until then only."""
    scenario = network(LEVELS)
    rows = [visit(scenario, 0, 0, 300), visit(scenario, 0, 300, 500)]
    cut = [200 * 10**6, codes.LOG_CUT, 7, rows[0][PLACE], 0, 100 * 10**6, 0]
    later = visit(scenario, 1000, 0, 300)
    tally = Occupancy(scenario.network, SECOND)
    tally.add(np.array([*rows, cut, cut, later]))
    assert (tally.links.above_ns[rows[0][PLACE]] / 10**6).tolist() == [200 + 50, 200, 50]


def test_levels_agree_with_a_clock_that_looks_every_millisecond() -> None:
    """The shares of a congested run are those of the work in the buffer at 60,000 moments."""
    scenario = network(
        "{link_sets: {north-a: {speed: 16 kbit/s, buffer: 1500 octets,"
        " congestion: [20 %, 40 %, 43 %]}}}",
        "{link_sets: {north-b: null}, populations: {city: {size: 5000}}}",
        "{traffic: {news: {messages: 300 msg, rate: 8 msg/s}}}",
    )
    log, _ = simulate(scenario)
    net, tally = scenario.network, Occupancy(scenario.network, SECOND)
    for piece in np.array_split(log, 7):
        tally.add(piece)
    station = scenario.names.stations.index("north-a north>a 0")
    rows = rows_of(log, codes.LOG_VISIT)
    rows = rows[rows[:, PLACE] == station]
    ends = rows[:, TIME] + rows[:, 4] + rows[:, 5]
    moments = np.arange(0, 60 * SECOND, 10**6) + 500_000
    latest = np.searchsorted(rows[:, TIME], moments, "right") - 1
    work = np.where(latest >= 0, np.maximum(ends[np.maximum(latest, 0)] - moments, 0), 0)
    row = 4 * scenario.names.elements.index("north-a") - 4 * net.nodes
    above = tally.links.above_ns[station] / net.duration_ns
    for level in range(3):
        share = float((work > net.set_discard_ns[row + level]).mean())
        assert above[level] == pytest.approx(share, abs=0.002)
        assert share > 0.01
    found = {
        (name, measure): value
        for kind, name, measure, value in link_rows(net, scenario.names, tally.links)
        if kind == "element"
    }
    levels = [found["north-a", f"congestion_{level}"] for level in (1, 2, 3)]
    assert sum(levels) == pytest.approx(above[0], rel=0.05)
    assert not any(name == "main-a" for name, _ in found)


def test_losses_by_reason_and_place() -> None:
    """Every lost MSU of the window is counted once, where and why it was lost."""
    scenario = network(
        "{failures: {cut: {element: main, at: +2 s, for: 5 s}}}",
        "{link_sets: {north-b: {buffer: 150 octets}}, warm_up: 1 s}",
        "{stps: {a: {rate: 5 /s, queue: 100 ms}}}",
    )
    log, engine = simulate(scenario)
    occupancy = Occupancy(scenario.network, SECOND)
    occupancy.add(log)
    occupancy.finish(engine.now)
    found = {
        (name, measure): value
        for _, name, measure, value in link_rows(scenario.network, scenario.names, occupancy.links)
    }
    lost = rows_of(log, codes.LOG_MSU_LOST)
    lost = lost[(lost[:, TIME] >= SECOND) & (lost[:, TIME] < 60 * SECOND)]
    assert found["*", "msus_lost"] == len(lost)
    for reason, name in enumerate(codes.LOSS_NAMES):
        assert found["*", f"msus_lost_{name}"] == (lost[:, 5] == reason).sum()
    for name in ("no_way", "relay_full"):
        assert found["*", f"msus_lost_{name}"] > 0
    for node in range(scenario.network.nodes):
        name = scenario.names.elements[node]
        assert found[name, "msus_lost"] == (lost[:, PLACE] == node).sum()
