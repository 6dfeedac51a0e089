"""Failures that cannot be: each refused at its line."""

from pathlib import Path

import pytest

from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import load
from tests.unit.scenario.test_loader_errors import BASE, written

GOOD = "down: {element: a, at: 21:00, for: 10 min}"

# (the failure, lines after "peak.yaml:").
BROKEN = [
    (
        "down: {element: a, mtbf: 30 d}",
        ["22:3: failures.down.mttr: is missing; add e.g. mttr: 30 s"],
    ),
    (
        "down: {element: a, mtbf: 30 d, mttr: 0 s}",
        ["22:40: failures.down.mttr: must be more than 0 (got '0 s')"],
    ),
    (
        "down: {element: a, mtbf: 100 ms, mttr: 1 s}",
        ["22:28: failures.down.mtbf: must be at least 1 s (got '100 ms'); write e.g. 30 d"],
    ),
    (
        "down: {element: a, mtbf: -3 d, mttr: 1 s}",
        ["22:28: failures.down.mtbf: must not be negative (got '-3 d')"],
    ),
    (
        "down: {element: a, mtbf: 30 d, mttr: 1 h, at: 21:00}",
        ["22:45: failures.down.at: there is no such key; known: element, elements, mtbf, mttr, st"
         "ore"],
    ),
    (
        "down: {element: a, at: 21:00}",
        ["22:3: failures.down.for: is missing; add e.g. for: 30 s"],
    ),
    (
        "down: {at: 21:00, for: 1 h}",
        ["22:3: failures.down: names nothing that fails; add element or elements"],
    ),
    (
        "down: {element: a, elements: [north], at: 21:00, for: 1 h}",
        ["22:32: failures.down.elements: names elements in two ways; keep element or elements"],
    ),
    (
        "down: {elements: [], at: 21:00, for: 1 h}",
        ["22:20: failures.down.elements: needs names of elements; write e.g. [a, b]"],
    ),
    (
        "down: {elements: [a, a], at: 21:00, for: 1 h}",
        ["22:20: failures.down.elements: names an element twice; leave one out"],
    ),
    (
        "down: {elements: [a, nort], at: 21:00, for: 1 h}",
        ["22:24: failures.down.elements.2: no element is called 'nort'; did you mean 'north'?"],
    ),
    (
        "down: {element: a, at: 21:00, for: 1 h, store: lost}",
        ["22:50: failures.down.store: is for SMSCs: 'a' has no store; leave it out"],
    ),
    (
        "down: {element: north, at: 21:00, for: 1 h, store: gone}",
        ["22:54: failures.down.store: must be kept or lost (got 'gone')"],
    ),
    (
        "down: {element: north, at: 21:00, for: 1 h, store: lost, planned: true}",
        ["22:54: failures.down.store: does not go with planned work, which loses nothing; leave o"
         "ne of the two out"],
    ),
    (
        "down: {element: a, at: 21:00, for: 1 h, planned: maybe}",
        ["22:52: failures.down.planned: must be true or false (got 'maybe')"],
    ),
    (
        "down: {elements: [north, a], at: 21:00, for: 1 h}\n  more: {element: a, at: 21:30, "
        "for: 1 h, planned: true}",
        ["23:26: failures.more.at: begins while 'a' is still out of service by 'down'; join the t"
         "wo, or move one"],
    ),
    ("down: 5", ["22:9: failures.down: needs keys below it (got '5')"]),
]  # fmt: skip


@pytest.mark.parametrize(("failure", "lines"), BROKEN)
def test_broken_failures(tmp_path: Path, failure: str, lines: list[str]) -> None:
    """A failure that cannot be gives exactly this line."""
    path = written(tmp_path, BASE.replace(GOOD, failure, 1))
    with pytest.raises(ScenarioError) as caught:
        load(path)
    found = [line for line in str(caught.value).splitlines() if " found, nothing" not in line]
    assert found == [f"peak.yaml:{line}" for line in lines]


def test_random_failures_may_overlap(tmp_path: Path) -> None:
    """A random failure goes with an outage of the same element, and with another random one."""
    more = GOOD + (
        "\n  chance: {element: a, mtbf: 30 d, mttr: 2 h}"
        "\n  group: {elements: [a, north], mtbf: 90 d, mttr: 1 h, store: kept}"
    )
    scenario = load(written(tmp_path, BASE.replace(GOOD, more, 1))).scenario
    assert scenario.failures["group"].names == ("a", "north")
    assert scenario.failures["down"].names == ("a",)


def test_a_smaller_network_keeps_what_can_fail(tmp_path: Path) -> None:
    """With fewer links a group fails without the links that are gone; random failures stay."""
    groups = """
  chance: {elements: [a, north-a.4, north-a.1], mtbf: 30 d, mttr: 2 h}
  gone: {elements: [north-a.3, north-a.4], at: 21:00, for: 1 h}"""
    text = BASE.replace(GOOD, GOOD + groups, 1).replace("[north, a]}", "[north, a], links: 4}", 1)
    small = load(written(tmp_path, text), scale="0.5")
    assert small.scenario.failures.keys() == {"down", "chance"}
    assert small.scenario.failures["chance"].names == ("a", "north-a.1")
    assert "failures.chance: without north-a.4 now" in small.notes
    assert "failures.gone: left out, there is no link north-a.3, north-a.4 now" in small.notes
    late = load(written(tmp_path, text), window="22:00-23:00")
    assert late.scenario.failures.keys() == {"chance"}
