"""Run every scenario of the gallery in its short form; write docs/gallery.md and its pictures.

Called by `make gallery`; names of scenarios as arguments redo only those.
"""

from __future__ import annotations

import sys
import tomllib
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

import smsc_sim as sms
from smsc_sim.report.figures_compare import compare_over_time
from smsc_sim.results.measures import measure_of, unit_of
from smsc_sim.results.words import quantity

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
REPLICATIONS = 3
AS_WRITTEN = "as written"
HEAD = f"""# Gallery

What each scenario in `scenarios/` teaches, in the first lines of its file, with a picture of a
short form of it ({REPLICATIONS} replications, 95 % intervals). `make gallery` makes pictures and
numbers from the files as they are, and a test runs every one. `smsc-sim new mine --from NAME`
copies one.
"""


def entries() -> dict[str, dict[str, Any]]:
    """What the gallery shows, by the name of the scenario."""
    return tomllib.loads((HERE / "gallery.toml").read_text(encoding="utf-8"))


def short_runs(
    name: str, entry: dict[str, Any], replications: int, folder: Path
) -> dict[str, sms.Estimates]:
    """Run a scenario and the variants that its entry names, in the short form.

    Returns
    -------
    dict of Estimates
        By the name of the variant; the scenario as it is written is called `AS_WRITTEN`.
    """
    runs = {}
    for variant in entry["runs"]:
        loaded = sms.load(
            ROOT / "scenarios" / f"{name}.yaml",
            variant=variant or None,
            window=entry.get("window"),
            scale=entry.get("scale"),
            overrides=[*entry.get("changes", []), f"replications={replications}"],
        )
        label = variant or AS_WRITTEN
        runs[label] = sms.run(loaded, out=folder / name / (variant or "base"))
    return runs


def first_lines(name: str) -> str:
    """Comment at the head of a scenario: what it teaches."""
    lines = (ROOT / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    words = []
    for line in lines:
        if not line.startswith("#"):
            break
        words.append(line.lstrip("# ").strip())
    return " ".join(word for word in words if word)


def value(run: sms.Estimates, entity_type: str, entity: str, measure: str) -> Any:
    """Row of one measure; fails if the run has no such row."""
    rows = run.measures
    found = rows[
        (rows["entity_type"] == entity_type)
        & (rows["entity"] == entity)
        & (rows["measure"] == measure)
    ]
    if len(found) != 1:
        raise LookupError(f"no row for {entity_type} {entity} {measure}")
    return found.iloc[0]


def small(png: bytes) -> bytes:
    """Picture with a palette of 128 colours, a third of the size: each stays in the history."""
    out = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue()


def _section(name: str, entry: dict[str, Any], runs: dict[str, sms.Estimates]) -> list[str]:
    lines = [f"## {name}", "", first_lines(name), ""]
    if entry["measures"]:
        lines += [
            "| | " + " | ".join(runs) + " |",
            "|---|" + "---|" * len(runs),
        ]
    for entity_type, entity, measure in entry["measures"]:
        who = "all" if entity == "*" else f"{entity_type} {entity}"
        cells = []
        for run in runs.values():
            row = value(run, entity_type, entity, measure)
            shape = measure_of(measure).shape
            unit = unit_of(measure, run.manifest["currency"])
            cells.append(quantity(row["estimate"], row["half_width"], shape, unit))
        lines.append(f"| {who}: {measure_of(measure).title.lower()} | " + " | ".join(cells) + " |")
    command = f"smsc-sim run scenarios/{name}.yaml"
    lines += ["", f"![{name} over time](gallery/{name}.png)", "", f"`{command}`", ""]
    return lines


def _kept(page: Path) -> dict[str, list[str]]:
    """Sections of the page as it is, by the name of the scenario."""
    if not page.exists():
        return {}
    parts = page.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.split("\n", 1)[0]: [*f"## {part}".rstrip("\n").split("\n"), ""] for part in parts}


def main(names: list[str]) -> None:
    """Redo pictures and sections of the named scenarios, or of all; the page keeps the others."""
    page = HERE.parent / "gallery.md"
    kept = _kept(page)
    lines = HEAD.split("\n")
    for name, entry in entries().items():
        if names and name not in names:
            lines += kept.get(name, [])
            continue
        sys.stderr.write(f"{name}\n")
        runs = short_runs(name, entry, REPLICATIONS, ROOT / "reports" / "gallery")
        panels = [tuple(panel) for panel in entry["panels"]]
        (HERE / f"{name}.png").write_bytes(small(compare_over_time(runs, panels).png()))
        lines += _section(name, entry, runs)
    page.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
