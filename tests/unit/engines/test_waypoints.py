"""Nodes on the way of an operation: every MSU of it passes one, whatever the rules say."""

from __future__ import annotations

import numpy as np
import pytest

from smsc_sim.model import codes
from smsc_sim.planning.demand import demands, flows
from smsc_sim.planning.offered import loads, state_without
from smsc_sim.scenario.errors import ScenarioError
from tests.networks import CODE, ID, PLACE, TIME, network, rows_of, simulate

WALLS = """
firewalls: {wall: {rate: 100 /s}}
link_sets: {wall-a: {between: [wall, a]}, wall-b: {between: [wall, b]}}
traffic:
  people: {kind: person_to_person, from: city, volume: 1000 msg/day, to: city, text: one}
"""
TWO = """
firewalls: {wall: {rate: 100 /s}, wall2: {rate: 100 /s}}
link_sets: {wall2-a: {between: [wall2, a]}, wall2-b: {between: [wall2, b]}}
"""


def _visits(log: np.ndarray, station: int) -> np.ndarray:
    visits = rows_of(log, codes.LOG_VISIT)
    return visits[visits[:, PLACE] == station]


def test_every_forward_passes_the_firewall_once_and_nothing_else_does() -> None:
    """Visits at the firewall are the mo- and mt-ForwardSM that reached an SMSC or an MSC."""
    scenario = network(WALLS)
    log, _ = simulate(scenario)
    wall = scenario.names.stations.index("wall")
    visits = _visits(log, wall)
    attempts = len(rows_of(log, codes.LOG_ATTEMPT))
    people = scenario.names.sources.index("people")
    submitted = rows_of(log, codes.LOG_SUBMIT)
    mobile = int((submitted[:, ID] >> 48 == people).sum())
    assert mobile > 5
    assert len(visits) == attempts + mobile
    assert len(rows_of(log, codes.LOG_MSU_LOST)) == 0


def test_every_sri_sm_passes_the_address_checker_once() -> None:
    """Visits at the checker are the SRI-SM of the attempts; the answers do not pass it."""
    checker = """
address_checkers: {checker: {rate: 100 /s}}
link_sets: {checker-a: {between: [checker, a]}, checker-b: {between: [checker, b]}}
"""
    scenario = network(checker)
    log, _ = simulate(scenario)
    visits = _visits(log, scenario.names.stations.index("checker"))
    assert len(visits) == len(rows_of(log, codes.LOG_ATTEMPT)) == 20


def test_several_firewalls_share_by_sls_and_stand_in_for_each_other() -> None:
    """Both get traffic; while one is down the other takes all; with none the MSUs are lost."""
    fails = """
failures:
  one: {element: wall, at: +2 s, for: 500 ms}
  both: {elements: [wall, wall2], at: +3 s, for: 100 ms}
"""
    scenario = network(WALLS, TWO, "traffic: {news: {messages: 200 msg, rate: 50 msg/s}}", fails)
    log, _ = simulate(scenario)
    first, second = (_visits(log, scenario.names.stations.index(n)) for n in ("wall", "wall2"))
    assert len(first) > 50 and len(second) > 50

    def during(rows: np.ndarray, from_s: float, to_s: float) -> int:
        return int(((rows[:, TIME] > from_s * 1e9) & (rows[:, TIME] < to_s * 1e9)).sum())

    assert during(first, 2.0, 2.5) == 0 and during(second, 2.05, 2.45) > 5
    assert during(second, 3.0, 3.1) == 0
    assert len(rows_of(log, codes.LOG_MSU_LOST)) > 0
    ends = rows_of(log, codes.LOG_MESSAGE_END)
    assert (ends[:, 5] == codes.DELIVERED).all()


def test_network_without_firewalls_is_as_before() -> None:
    """A firewall on nobody's way changes no row: none is asked for, none is visited."""
    plain, _ = simulate(network())
    assert (rows_of(plain, codes.LOG_VISIT)[:, CODE] == codes.LOG_VISIT).all()
    assert network().network.waypoint_node == []


def test_firewall_out_of_reach_is_refused() -> None:
    """A firewall without links is an error of the populations whose messages must pass it."""
    with pytest.raises(ScenarioError, match="no way leads from 'helsinki' to 'wall'"):
        network("firewalls: {wall: {}}")


def test_theory_counts_the_firewall() -> None:
    """The offered load of explain has the visits that the simulation makes."""
    scenario = network(WALLS, "traffic: {news: {messages: 50 msg}}")
    offered = flows(scenario.network, demands(scenario.network))
    wall = scenario.names.stations.index("wall")
    load = loads(scenario.network, state_without(scenario.network), offered)
    news = scenario.names.sources.index("news")
    people = scenario.names.sources.index("people")
    assert load.visits[news, wall] == pytest.approx(1.0)
    assert load.visits[people, wall] == pytest.approx(2.0)
