"""The notebooks: clean in git, short cells, and executed on a short version of their scenario."""

import ast
import copy
import re
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pypdf
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
NAMES = ("country_cost", "country_reliability")
MOST_LINES = 8

SHORT = [
    "start=2026-11-27T17:43 America/Denver",
    "duration=8 min",
    "warm_up=1 min",
    "drain=2 min",
    "failures.hlr_link_down=null",
    "traffic.sale.messages=900 msg",
    "traffic.people.volume=2 msg/day",
]
"""Eight minutes around the campaign of the quickstart, so that every country gets messages."""

SHOWN_AS_TABLES = {"run", "table", "open", "interval"}

COUNTRIES = ("US United States", "CA Canada", "MX Mexico", "GB United Kingdom")


def read(name: str) -> Any:
    """One notebook, in the form of its file."""
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]


def code_cells(notebook: Any) -> list[Any]:
    """Its code cells, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def problems(notebook: Any) -> list[str]:
    """What should not be in git, or is missing there: one line per finding."""
    found = []
    if set(notebook.metadata) != {"kernelspec", "language_info"}:
        found.append("more metadata than kernel and language")
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        found.append("kernel is not python3")
    if set(notebook.metadata.get("language_info", {})) != {"name"}:
        found.append("language says more than its name")
    for cell in notebook.cells:
        if cell.get("outputs"):
            found.append(f"{cell.id}: outputs")
        if cell.get("execution_count") is not None:
            found.append(f"{cell.id}: execution count")
        if set(cell.metadata) - {"tags"}:
            found.append(f"{cell.id}: metadata")
        if not re.fullmatch(r"[a-z]+(-[a-z]+)*", cell.id):
            found.append(f"{cell.id}: no name that a person gave")
        if cell.cell_type == "code" and len(cell.source.splitlines()) > MOST_LINES:
            found.append(f"{cell.id}: more than {MOST_LINES} lines")
        if cell.cell_type == "code" and has_helper(cell.source):
            found.append(f"{cell.id}: a helper that belongs in the package")
    tagged = [cell.id for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if tagged != ["parameters"]:
        found.append(f"tagged as parameters: {tagged}")
    return found


def has_helper(source: str) -> bool:
    """Whether a cell defines a function or a class."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    return any(isinstance(node, kinds) for node in ast.walk(ast.parse(source)))


def test_every_notebook_is_tested() -> None:
    """No notebook of the folder is left out of these tests."""
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_are_clean_in_git(name: str) -> None:
    """No outputs, counts or stray metadata; short cells; one tagged cell; the file is valid."""
    notebook = read(name)
    nbformat.validate(notebook)
    assert problems(notebook) == []


def test_each_kind_of_dirt_is_noticed() -> None:
    """A notebook with one thing wrong is complained about for just that."""
    clean = read(NAMES[0])

    def after(change: str, value: Any, *, cell: str | None = None) -> list[str]:
        dirty = copy.deepcopy(clean)
        place = next(c for c in dirty.cells if c.id == cell) if cell else dirty.metadata
        place[change] = value
        return problems(dirty)

    output = nbformat.v4.new_output("stream", text="1\n")  # type: ignore[no-untyped-call]
    assert after("outputs", [output], cell="run") == ["run: outputs"]
    assert after("execution_count", 0, cell="run") == ["run: execution count"]
    assert after("metadata", {"scrolled": True}, cell="title") == ["title: metadata"]
    assert after("id", "8f3a2c91", cell="title") == ["8f3a2c91: no name that a person gave"]
    assert after("source", "x = 1\n" * 9, cell="run") == ["run: more than 8 lines"]
    helper = ["run: a helper that belongs in the package"]
    assert after("source", "def f():\n    pass", cell="run") == helper
    assert after("source", "f = lambda: 1", cell="run") == helper
    assert after("metadata", {}, cell="parameters") == ["tagged as parameters: []"]
    assert after("widgets", {}) == ["more metadata than kernel and language"]
    kernel = {"name": "smsc-venv", "display_name": "x"}
    assert after("kernelspec", kernel) == ["kernel is not python3"]
    language = {"name": "python", "version": "3.11.2"}
    assert after("language_info", language) == ["language says more than its name"]


@pytest.mark.parametrize("name", NAMES)
def test_parameters_are_those_that_the_readme_names(name: str) -> None:
    """The tagged cell sets scenario, overrides, replications, seed and out, and nothing else."""
    cell = next(cell for cell in read(name).cells if cell.id == "parameters")
    names = {node.id for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)}
    assert names == {"scenario", "overrides", "replications", "seed", "out"}
    scenario = re.search(r'scenario = "(.*?)"', cell.source)
    assert scenario and (NOTEBOOKS / scenario.group(1)).is_file()
    readme = (NOTEBOOKS / "README.md").read_text(encoding="utf-8")
    assert all(f"`{parameter}`" in readme for parameter in names) and f"`{name}" in readme


@pytest.mark.parametrize(
    ("name", "folder"),
    [("country_cost", "."), ("country_reliability", "notebooks")],
    ids=["cost, from the root", "reliability, from notebooks"],
)
def test_notebooks_run_and_leave_their_report(
    name: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From either folder a notebook runs to its end, shows itself, and writes PDF and PNGs."""
    # The kernel is a process of its own; it finds the package however the tests were started.
    monkeypatch.setenv("PYTHONPATH", str(NOTEBOOKS.parent))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    out, topic = tmp_path / "out", name.removeprefix("country_")
    executed = papermill.execute_notebook(
        str(NOTEBOOKS / f"{name}.ipynb"),
        str(tmp_path / "executed.ipynb"),
        {"replications": 2, "overrides": SHORT, "out": str(out)},
        kernel_name="python3",
        cwd=str(NOTEBOOKS.parent / folder),
        progress_bar=False,
    )
    for cell in code_cells(executed):
        kinds = [kind for output in cell.outputs for kind in output.get("data", {})]
        assert [output.output_type for output in cell.outputs if "data" not in output] == []
        assert ("image/png" in kinds) == ("figure" in cell.source)
        assert ("text/html" in kinds) == (cell.id in SHOWN_AS_TABLES)
    pngs = {f"{topic}_{word}.png" for word in ("overview", *(name[:2] for name in COUNTRIES))}
    assert {path.name for path in out.glob("*.png")} == pngs
    assert (out / "manifest.json").is_file()
    pages = pypdf.PdfReader(out / f"{topic}.pdf").pages
    words = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    assert f"{topic.capitalize()} by country" in words
    for country in COUNTRIES:
        assert words.count(country) >= 2, country
