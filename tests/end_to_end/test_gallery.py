"""Every scenario that ships runs in its short form, shows what it claims and draws its picture."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

from smsc_sim.report.figures_compare import compare_over_time

ROOT = Path(__file__).resolve().parents[2]


def _builder() -> ModuleType:
    """The script that makes the gallery page; it is no part of the package."""
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "docs" / "gallery" / "build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GALLERY = _builder()
ENTRIES: dict[str, dict[str, Any]] = GALLERY.entries()
SCENARIOS = sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))


def test_every_scenario_is_in_the_gallery_and_on_its_page() -> None:
    """Nothing ships that the gallery does not explain in the first lines of the file."""
    assert sorted(ENTRIES) == SCENARIOS
    page = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    for name in SCENARIOS:
        assert len(GALLERY.first_lines(name)) > 80
        assert f"## {name}\n\n{GALLERY.first_lines(name)}\n" in page
        assert (ROOT / "docs" / "gallery" / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def _hides_its_title(axes: Axes) -> bool:
    """Whether the name of an outage stands in the title of a drawn plot."""
    words = axes.get_title(loc="left")
    title = next(text for text in axes.findobj(Text) if text.get_text() == words)
    box = title.get_window_extent()
    return any(box.overlaps(text.get_window_extent()) for text in axes.texts)


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_scenario_shows_what_it_claims(name: str, tmp_path: Path) -> None:
    """The short form of a scenario and its variants runs; each claim of the gallery holds in it."""
    entry = ENTRIES[name]
    runs = GALLERY.short_runs(name, entry, 1, tmp_path)
    for entity_type, entity, measure, less, more in entry["claims"]:
        low, high = (
            float(
                GALLERY.value(runs[run or GALLERY.AS_WRITTEN], entity_type, entity, measure)[
                    "estimate"
                ]
            )
            for run in (less, more)
        )
        assert low < high, (
            f"{entity_type} {entity} {measure}: {low} in '{less}', {high} in '{more}'"
        )
    for panel in entry["measures"]:
        for run in runs.values():
            assert float(GALLERY.value(run, *panel)["estimate"]) >= 0.0
    picture = compare_over_time(runs, [tuple(panel) for panel in entry["panels"]])
    assert len(picture.axes) == len(entry["panels"])
    picture.draw_without_rendering()
    assert not _hides_its_title(picture.axes[0])
