"""Background in a scenario: what it means in numbers, and the full line for each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import load, resolved_yaml
from smsc_sim.scenario.schema_background import Calls, LocationUpdates
from tests.unit.scenario.test_loader_errors import BASE

CELLS = BASE.replace("helsinki: {}", "helsinki: {cells: {}}") + "background:\n  b: "

BROKEN = [
    (
        "{kind: calls, from: city}",
        ["26:3: background.b: needs either volume or rate; write e.g. volume: 2 /day"],
    ),
    (
        "{kind: calls, from: city, volume: 2 /day, rate: 3 /s}",
        ["26:3: background.b: needs either volume or rate; write e.g. volume: 2 /day"],
    ),
    (
        "{kind: calls, from: cit, volume: 2 msg/day}",
        [
            "26:26: background.b.from: no population is called 'cit'; did you mean 'city'?",
            "26:39: background.b.volume: needs a rate of each phone, so many in a time (got "
            "'2 msg/day'); write e.g. 2 /day",
        ],
    ),
    (
        "{kind: faxes, from: city, volume: 2 /day}",
        ["26:13: background.b.kind: must be one of calls, location_updates (got 'faxes')"],
    ),
    (
        "{kind: calls, from: city, volume: 2 /day, profile: eveing}",
        ["26:57: background.b.profile: no profile is called 'eveing'; did you mean 'evening'?"],
    ),
    (
        "{kind: location_updates, from: city, rate: 0 /s}",
        ["26:49: background.b.rate: must be more than 0 (got '0 /s')"],
    ),
    (
        "{kind: location_updates, from: city, volume: 24 /day, duration: 3 s}",
        [
            "26:60: background.b.duration: there is no such key; known: from, holding, kind, "
            "profile, rate, retrials, volume"
        ],
    ),
    (
        "{kind: calls, from: city, volume: 2 /day, retrials: {at_most: 101}}",
        ["26:68: background.b.retrials.at_most: must be at most 100 (got '101')"],
    ),
]


def _written(folder: Path, text: str) -> Path:
    path = folder / "peak.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(("part", "lines"), BROKEN)
def test_broken_background(tmp_path: Path, part: str, lines: list[str]) -> None:
    """One wrong value or key gives exactly these lines and no others."""
    with pytest.raises(ScenarioError) as caught:
        load(_written(tmp_path, CELLS + part))
    assert caught.value.problems == [f"peak.yaml:{line}" for line in lines]


def test_background_without_cells(tmp_path: Path) -> None:
    """Background that could use no channel is refused, with the MSCs that lack cells."""
    text = CELLS.replace("cells: {}", "rate: 9 /s") + "{kind: calls, from: city, volume: 2 /day}"
    with pytest.raises(ScenarioError) as caught:
        load(_written(tmp_path, text))
    assert caught.value.problems == [
        "peak.yaml:26:26: background.b.from: is without effect: no MSC of 'city' has cells; give "
        "cells to helsinki"
    ]


def test_defaults_and_back(tmp_path: Path) -> None:
    """Defaults are filled in, written out and read again as the same."""
    parts = "{kind: calls, from: city, volume: 2 /day, profile: evening}\n"
    parts += "  u: {kind: location_updates, from: city, rate: 3 /min, holding: 4 s}\n"
    loaded = load(_written(tmp_path, CELLS + parts))
    calls, updates = loaded.scenario.background["b"], loaded.scenario.background["u"]
    assert isinstance(calls, Calls) and isinstance(updates, LocationUpdates)
    assert calls.volume == 2 / 86400 and calls.rate is None and updates.rate == 0.05
    assert calls.setup.constant == 1_500_000_000
    assert calls.duration.exponential is not None
    assert calls.duration.exponential.mean == 120_000_000_000
    assert updates.retrials.probability == 1.0 and calls.retrials.probability == 0.7
    assert set(loaded.scenario.profiles) == {"evening", "flat"}
    text = resolved_yaml(loaded)
    assert "volume: 2 /day" in text and "rate: 0.05 /s" in text
    again = load(_written(tmp_path, text)).scenario
    assert again == loaded.scenario
