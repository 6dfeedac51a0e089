"""When elements go out of service: drawn by name and number, merged where failures overlap."""

from typing import Any

import numpy as np
import pytest

from smsc_sim.model import codes
from smsc_sim.model.codes import BREAKDOWN, REPAIR, STORE_LOSS, WITHDRAWAL
from smsc_sim.model.outages import outages, takes_work
from smsc_sim.model.state import empty_state
from tests.networks import SECOND, network

HOURS = "{duration: 10 h, drain: 1 h}"


def changes(*failures: str) -> list[tuple[float, int, str]]:
    """Changes of elements by name, in s."""
    scenario = network(HOURS, *(f"{{failures: {{{text}}}}}" for text in failures))
    return [
        (time_ns / SECOND, change, scenario.names.elements[element])
        for time_ns, change, element in outages(scenario.network)
    ]


MERGED = [
    (
        "x: {element: a, at: +10 s, for: 5 s}",
        [(10, BREAKDOWN, "a"), (15, REPAIR, "a")],
    ),
    (
        "x: {element: a, at: +10 s, for: 5 s, planned: true}",
        [(10, WITHDRAWAL, "a"), (15, REPAIR, "a")],
    ),
    (
        "x: {element: north, at: +10 s, for: 5 s, store: lost}",
        [(10, STORE_LOSS, "north"), (15, REPAIR, "north")],
    ),
    (
        "x: {elements: [b, a], at: +10 s, for: 5 s}",
        [(10, BREAKDOWN, "a"), (10, BREAKDOWN, "b"), (15, REPAIR, "a"), (15, REPAIR, "b")],
    ),
    (
        "x: {element: a, at: +10 s, for: 5 s}, y: {element: a, at: +15 s, for: 5 s}",
        [(10, BREAKDOWN, "a"), (20, REPAIR, "a")],
    ),
]


@pytest.mark.parametrize(("text", "wanted"), MERGED)
def test_outages_that_happen_once(text: str, wanted: list[Any]) -> None:
    """Each outage has its beginning and its end; outages that touch are one."""
    assert changes(text) == wanted


def test_random_failures_overlap_with_everything() -> None:
    """While one failure holds an element the end of another does not bring it back."""
    chance = "chance: {element: a, mtbf: 10 min, mttr: 5 min}"
    alone = changes(chance)
    first, second = alone[0][0], alone[1][0]
    begin, end = (first + second) / 2, (second + alone[2][0]) / 2
    length = round((end - begin) * 1e9)
    during = f"fixed: {{element: a, at: +{round(begin * 1e9)} ns, for: {length} ns}}"
    both = changes(chance, during)
    assert both[0] == (first, BREAKDOWN, "a")
    assert both[1][1:] == (REPAIR, "a") and both[1][0] == pytest.approx(end, abs=1e-6)
    assert both[2:] == alone[2:]


def test_a_breakdown_ends_the_grace_of_planned_work() -> None:
    """What breaks down while it drains is down; it is back when nothing holds it any more."""
    chance = "chance: {element: a, mtbf: 10 min, mttr: 5 min}"
    alone = changes(chance)
    end = (alone[1][0] + alone[2][0]) / 2
    work = f"work: {{element: a, at: +1 s, for: {round((end - 1) * 1e3)} ms, planned: true}}"
    both = changes(chance, work)
    assert both[:2] == [(1, WITHDRAWAL, "a"), (alone[0][0], BREAKDOWN, "a")]
    assert both[2][1:] == (REPAIR, "a") and both[2][0] == pytest.approx(end, abs=1e-3)


def test_a_store_is_lost_also_in_an_outage() -> None:
    """A failure that loses the store does so whatever holds the SMSC down already."""
    chance = "chance: {element: north, mtbf: 1 min, mttr: 5 h}"
    first = changes(chance)[0][0]
    lost = f"lost: {{element: north, at: +{int(first) + 1} s, for: 1 s, store: lost}}"
    found = changes(chance, lost)
    assert [change for _, change, _ in found[:2]] == [BREAKDOWN, STORE_LOSS]


def test_draws_belong_to_the_failure() -> None:
    """Another failure changes no draw of this one; another name or seed changes them all."""
    alone = changes("x: {element: a, mtbf: 1 h, mttr: 1 min}")
    assert len(alone) > 10
    beside = changes(
        "x: {element: a, mtbf: 1 h, mttr: 1 min}", "w: {element: b, mtbf: 1 h, mttr: 1 min}"
    )
    assert [row for row in beside if row[2] == "a"] == alone
    times = {time for time, *_ in alone}
    assert not times & {time for time, _, name in beside if name == "b"}
    renamed = changes("y: {element: a, mtbf: 1 h, mttr: 1 min}")
    assert not times & {time for time, *_ in renamed}
    scenario = network(HOURS, "{failures: {x: {element: a, mtbf: 1 h, mttr: 1 min}}}")
    other = outages(scenario.network._replace(seed=2))
    assert not times & {time_ns / SECOND for time_ns, *_ in other}


def test_a_group_fails_together() -> None:
    """Elements of a common cause go down and come back at the same instants."""
    rows = changes("x: {elements: [north-a, b], mtbf: 30 min, mttr: 2 min}")
    of = {name: [row[:2] for row in rows if row[2] == name] for name in ("b", "north-a")}
    assert of["b"] == of["north-a"] and len(of["b"]) > 10


def test_times_are_exponential() -> None:
    """Mean and spread of the times up and down are those of exponential ones; all is up at 0."""
    scenario = network(
        "{duration: 3000 h, failures: {x: {element: a, mtbf: 1 h, mttr: 15 min}}}",
    )
    times = np.array([time_ns for time_ns, *_ in outages(scenario.network)]) / 3600e9
    spells = np.diff(np.concatenate([[0.0], times]))
    up, down = spells[::2], spells[1::2]
    for spell, mean in ((up, 1.0), (down, 0.25)):
        assert abs(spell.mean() / mean - 1) < 4 / len(spell) ** 0.5
        assert abs(spell.std() / mean - 1) < 8 / len(spell) ** 0.5
        assert abs((spell > mean).mean() - np.exp(-1)) < 2 / len(spell) ** 0.5
    assert 2200 < len(up) < 2600


def test_nothing_begins_after_the_end() -> None:
    """Outages begin within duration and drain; each has an end, be it later."""
    rows = changes("x: {element: a, mtbf: 1 min, mttr: 1 s}")
    assert max(time for time, change, _ in rows if change == BREAKDOWN) <= 11 * 3600
    assert len(rows) % 2 == 0 and rows[-1][1] == REPAIR


def test_what_drains_takes_no_new_work() -> None:
    """Links, STPs and deliveries go on while their element drains; ways in are shut."""
    scenario = network()
    net, names = scenario
    state = empty_state(net)
    state.is_up[:-1] = [codes.DRAINING] * (len(state.is_up) - 1)
    taken = {names.stations[s] for s in range(net.stations) if takes_work(net, state, s)}
    refused = set(names.stations) - taken
    assert refused == {"main", "helsinki", "turku", "north admission", "south admission"}
    assert {"a", "b", "north", "south", "bank account"} <= taken
    state.is_up[:-1] = [codes.DOWN] * (len(state.is_up) - 1)
    taken = {names.stations[s] for s in range(net.stations) if takes_work(net, state, s)}
    assert taken == {"bank account"}
