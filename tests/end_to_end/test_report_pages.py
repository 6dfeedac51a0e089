"""From saved results to the report: the pages, their order, and the same bytes everywhere."""

import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest

from smsc_sim.report.figures import FIGURES

PAGES = (
    "Targets",
    "Delivery and latency by class",
    "Cost and reliability by country",
    "Utilisation of the elements",
    "Queues, store and dialogues",
    "Causes of failure",
    "How this report was made",
    "Measures",
)

PROGRAM = """
import sys
from smsc_sim.report.document import write_report
from smsc_sim.results.estimates import Estimates
write_report(Estimates.load(sys.argv[1]), sys.argv[2])
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Saved results of a made-up run with an outage and a mark 'not for decisions'."""
    maker = Path(__file__).parents[1] / "unit" / "report" / "conftest.py"
    spec = importlib.util.spec_from_file_location("synthetic_results", maker)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("results")
    module.make_estimates(manifest={"not_for_decisions": ["only 18:00 to 02:00"]}).save(folder)
    return folder


@pytest.fixture(scope="module")
def report(results: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Writer of the report in a fresh process with another hash seed, time zone and folder."""

    def write(seed: str) -> Path:
        folder = tmp_path_factory.mktemp(f"report{seed}")
        if not any(folder.iterdir()):
            zone = {"1": "Asia/Tokyo", "2": "America/Lima"}[seed]
            environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C.UTF-8",
                           "MPLBACKEND": {"1": "agg", "2": "svg"}[seed]}  # fmt: skip
            command = [sys.executable, "-c", PROGRAM, str(results), str(folder)]
            subprocess.run(command, env=environment, cwd=folder, check=True)
        return folder

    return write


@pytest.fixture(scope="module")
def written(report: Callable[[str], Path]) -> Path:
    """The report of the first process."""
    return report("1")


@pytest.fixture(scope="module")
def pages(written: Path) -> list[str]:
    """Text of each page."""
    found = pypdf.PdfReader(written / "report.pdf").pages
    return [re.sub(r"[\s\u200b\u00a0]+", " ", page.extract_text()) for page in found]


def digests(folder: Path) -> dict[str, str]:
    """Digest of each file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_two_processes_write_the_same_bytes(written: Path, report: Callable[[str], Path]) -> None:
    """Hash seed, time zone, working folder and plotting backend leave no trace in any file."""
    first, second = digests(written), digests(report("2"))
    assert first == second
    assert set(first) == {"report.pdf", *(f"figures/{name}.png" for name in FIGURES)}


def test_pages_come_in_the_order_of_the_design(pages: list[str]) -> None:
    """Summary, classes, countries, elements, queues, causes, provenance."""
    places = [next(n for n, page in enumerate(pages) if title in page) for title in PAGES]
    assert places == sorted(places)
    assert places[0] == 0
    assert len(pages) <= 10


def test_summary_shows_the_numbers_of_summary_json(pages: list[str], results: Path) -> None:
    """The key numbers on page 1 are those of the file beside it."""
    run = json.loads((results / "summary.json").read_text())["measures"]["run"]["*"]
    assert f"{run['submitted']['estimate']:,.0f}" in pages[0]
    assert f"{run['delivery_ratio']['estimate'] * 100:.1f}" in pages[0]
    assert f"{run['a2p.cost_per_delivered']['estimate']:.4f}" in pages[0]


def test_every_class_country_and_element_is_in_the_report(pages: list[str], results: Path) -> None:
    """No entity of the summary is missing from the pages."""
    summary = json.loads((results / "summary.json").read_text())["measures"]
    whole = " ".join(pages)
    for kind in ("class", "country", "element"):
        assert all(entity in whole for entity in summary[kind])


def test_every_page_has_banner_number_and_run(pages: list[str]) -> None:
    """Each page says that it is not for decisions, which page it is and of which run."""
    for number, page in enumerate(pages, start=1):
        assert "Not for decisions: only 18:00 to 02:00" in page
        assert f"{number} of {len(pages)}" in page
        assert "run 8c1f5b0e6a9d" in page


def test_text_of_the_figures_can_be_searched(pages: list[str]) -> None:
    """Labels of axes, names of outages and the goal are text in the PDF, not outlines."""
    assert "messages/s" in pages[0] and "stp_down (a)" in pages[0]
    assert "goal codes_in_30s" in " ".join(pages)
