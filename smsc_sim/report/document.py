"""The PDF: what each page says, set by typst from the template `report.typ`.

Text goes to typst as JSON strings, never as markup, so no name can be taken for a command.  The
bytes depend on the results alone: fonts are those that typst and matplotlib ship, and the date of
the document is the start of the scenario.
"""

from __future__ import annotations

import json
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from smsc_sim.results.storage import write_bytes
from smsc_sim.results.words import clock

from . import calls, logins, summary, tables
from .figures import draw, figures_of
from .figures_map import MAPS

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates

    from .style import Chart

FORMATS = ("pdf", "png")

HOUSE = "house.typ"
"""Look and blocks that the templates share."""

NUMBER = re.compile(r"(\d+) (?=s|min|h|%)")
"""A number before its unit, which no line may part."""

# The engine is not among them: results do not depend on it, and `auto` takes what the machine has.
FACTS = (
    ("Seed", "seed"),
    ("Replications", "replications"),
    ("Rules (semantics version)", "semantics_version"),
    ("Digest of the run", "digest"),
    ("Rate card", "rates"),
)


def write_report(
    estimates: Estimates, directory: str | Path, formats: Iterable[str] = FORMATS
) -> list[Path]:
    """Write `report.pdf` and `figures/*.png`.

    Parameters
    ----------
    estimates : Estimates
    directory : path
        Made when absent.
    formats : iterable of str
        `pdf`, `png` or both.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        If a format is not known.
    """
    wanted = list(formats)
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown:
        raise ValueError(f"no report format '{unknown[0]}'; use {' or '.join(FORMATS)}")
    where = Path(directory)
    charts = {name: draw(estimates, name) for name in figures_of(estimates)}
    written = []
    if "pdf" in wanted:
        write_bytes(where / "report.pdf", typeset(estimates, charts))
        written.append(where / "report.pdf")
    if "png" in wanted:
        for name, chart in charts.items():
            write_bytes(where / "figures" / f"{name}.png", chart.png())
            written.append(where / "figures" / f"{name}.png")
    return written


def write_pdf(estimates: Estimates, path: Path) -> Path:
    """Write the PDF alone to a path of your choice.

    Returns
    -------
    Path
        The same path.
    """
    charts = {name: draw(estimates, name) for name in figures_of(estimates)}
    write_bytes(path, typeset(estimates, charts))
    return path


def typeset(
    estimates: Estimates, charts: Mapping[str, Chart], form: Literal["pdf", "png"] = "pdf"
) -> Any:
    """Set the report.

    Parameters
    ----------
    estimates : Estimates
    charts : mapping
        Figure by name, all of `figures_of`.
    form : str
        `pdf`, or `png` for one picture a page.

    Returns
    -------
    bytes or list of bytes
        A PDF; or PNGs, in a list when there is more than one page.
    """
    return set_pages("report.typ", page_data(estimates), charts, estimates.manifest, form)


def set_pages(
    template: str,
    content: Mapping[str, Any],
    charts: Mapping[str, Chart],
    manifest: Mapping[str, Any],
    form: Literal["pdf", "png"] = "pdf",
) -> Any:
    """Set the pages of one template of this package.

    Parameters
    ----------
    template : str
        Name of a file beside this one, which imports `house.typ`.
    content : mapping
        What the template reads as `data`: plain data with the keys of `head_data` and its own.
    charts : mapping
        Figure by name; the template finds each as `<name>.svg`.
    manifest : mapping
        `start` and `zone` give the date of the document.
    form : str
        As `typeset` takes it.

    Returns
    -------
    bytes or list of bytes
        As `typeset` gives them.
    """
    import matplotlib
    import typst

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    with tempfile.TemporaryDirectory(prefix="smsc_sim_report_") as folder:
        root = Path(folder)
        for name, chart in charts.items():
            (root / f"{name}.svg").write_bytes(chart.svg())
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        (root / "data.json").write_text(text, encoding="utf-8")
        for name in (HOUSE, template):
            file = resources.files(__package__).joinpath(name)
            (root / name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
        compiler = typst.Compiler(
            str(root / template),
            root=str(root),
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
        )
        start = int(clock(manifest, 0.0).timestamp())
        # In a thread of its own: a signal ends the wait for it, not only its end.
        return in_thread(lambda: compiler.compile(format=form, ppi=110.0, timestamp=start))


def in_thread(work: Callable[[], Any]) -> Any:
    """Result of a long call into foreign code, during which Ctrl-C is heeded at once."""
    outcome: Future[Any] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result()


def page_data(estimates: Estimates) -> dict[str, Any]:
    """Everything the template sets, as plain data.

    Returns
    -------
    dict
        Text, tables and names of figures; no number is left to be formatted.
    """
    return {
        **head_data(estimates),
        "summary": summary.page(estimates),
        "tables": {
            "delivery": table_data(tables.delivery(estimates)),
            "latencies": table_data(tables.latencies(estimates)),
            "countries": table_data(tables.countries(estimates)),
            "elements": table_data(tables.elements(estimates)),
            "causes": table_data(tables.causes(estimates)),
            "attempts": table_data(tables.attempts(estimates)),
        },
        "answers": [table_data(table) for table in (tables.answers(estimates),) if table],
        "logins": (
            [[table_data(table) for table in logins.login_tables(estimates)]]
            if logins.has_logins(estimates)
            else []
        ),
        "calls": ([table_data(calls.call_table(estimates))] if calls.has_calls(estimates) else []),
        "maps": {
            first: [name for name in figures_of(estimates) if name.startswith(first)]
            for first in MAPS
        },
        "made": made(estimates),
    }


def head_data(estimates: Estimates) -> dict[str, Any]:
    """What heads and foots every page, which each template needs."""
    manifest = estimates.manifest
    start = clock(manifest, 0.0)
    versions = manifest.get("versions") or {}
    return {
        "title": str(manifest.get("name", "run")),
        "date": [start.year, start.month, start.day],
        "program": f"smsc_sim {versions.get('smsc_sim', '')}".strip(),
        "digest": str(manifest.get("digest", ""))[:12],
        "banner": [str(reason) for reason in manifest.get("not_for_decisions") or []],
        "has_intervals": int(manifest.get("replications", 1)) > 1,
    }


def table_data(table: tables.Table) -> dict[str, Any]:
    """Write a table as `setting` of `house.typ` takes it."""
    return {
        "columns": [
            {"title": NUMBER.sub("\\1\N{NO-BREAK SPACE}", title), "unit": unit, "weight": weight}
            for (title, unit), weight in zip(table.columns, _weights(table), strict=True)
        ],
        "rows": [[{"value": breakable(v), "half": h} for v, h in row] for row in table.rows],
    }


def _weights(table: tables.Table) -> list[float]:
    """Widths of the columns in characters, so that numbers stay on one line."""
    weights = []
    for index, (title, unit) in enumerate(table.columns):
        words = [*NUMBER.sub(r"\1_", title).split(), f"[{unit}]"]
        cells = [len(row[index][0]) + 0.86 * len(row[index][1]) + 1.0 for row in table.rows]
        weights.append(max([1.15 * max(map(len, words)), *cells]) + 1.5)
    # A very long name is broken over lines instead of taking the room of the numbers.
    return [min(weights[0], 26.0), *weights[1:]]


def breakable(name: str) -> str:
    """Let a long name be broken after its joints; short ones stay whole.

    Examples
    --------
    >>> breakable("otp"), len(breakable("a_name_that_is_too_long")) - len("a_name_that_is_too_long")
    ('otp', 5)
    """
    if len(name) <= 22 or " " in name[:22]:
        return name
    for joint in "_-./":
        name = name.replace(joint, f"{joint}\N{ZERO WIDTH SPACE}")
    # A long run without any joint would still leave its column.
    pieces = name.split("\N{ZERO WIDTH SPACE}")
    return "\N{ZERO WIDTH SPACE}".join(
        "\N{ZERO WIDTH SPACE}".join(p[i : i + 20] for i in range(0, len(p), 20)) for p in pieces
    )


def made(estimates: Estimates) -> dict[str, Any]:
    """How the results were made, as `provenance` of `house.typ` takes it."""
    manifest = estimates.manifest
    facts = [(title, str(manifest[key])) for title, key in FACTS if manifest.get(key) is not None]
    versions = manifest.get("versions") or {}
    if versions:
        facts.append(("Versions", ", ".join(f"{n} {v}" for n, v in sorted(versions.items()))))
    return {
        "facts": [list(fact) for fact in facts],
        "notes": [str(note) for note in manifest.get("notes") or []],
        "files": [[str(f["path"]), str(f["sha256"])] for f in manifest.get("files") or []],
        "resolved": str(manifest.get("resolved") or ""),
        "definitions": [
            {"group": group, "rows": [list(row) for row in rows]}
            for group, rows in tables.definitions(estimates)
        ],
    }
