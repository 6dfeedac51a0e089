"""The verb `campaign` as a user sees it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.end_to_end.conftest import Outcome

Command = Callable[..., Outcome]
EXAMPLE = Path(__file__).parents[2] / "scenarios" / "campaign"


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped example in the folder where the user is."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLE, tmp_path / "plan")
    return Path("plan/spring_sale.yaml")


def test_the_example_is_planned_and_reported(command: Command, example: Path) -> None:
    """Sentences and tables on the screen, the same in the PDF, and files beside it."""
    outcome = command("campaign", str(example))
    assert outcome.code == 0
    said = " ".join(outcome.out.split())
    assert "53 of 400 customers are reached with 96 segments, which cost 8.29 USD" in said
    assert "3.2 h of them waiting for quiet hours. US is last: 1 segment after" in said
    assert "3.63 USD (43.8 %) would be saved (smart: true)" in said
    assert "50 messages should be delivered (46 to 53), and 1.5 answered (0 to 4)" in said
    assert "2 rows of the list are not used: see reports/spring_sale/rejects.csv" in outcome.err
    folder = Path("reports/spring_sale")
    names = {"campaign.pdf", "campaign.json", "countries.csv", "cost.png", "sending.png"}
    names |= {"rejects.csv"}
    assert {path.name for path in folder.iterdir()} == names
    text = " ".join(page.extract_text() for page in PdfReader(folder / "campaign.pdf").pages)
    assert "53 of 400 customers are reached with 96 segments" in " ".join(text.split())
    assert (folder / "countries.csv").read_text().splitlines()[:2] == [
        "country,messages,segments,amount,currency,delivered,low,high",
        "FI,24,48,4.132800,USD,22.6,20,24",
    ]


@pytest.mark.parametrize("name", ["countries.csv", "rejects.csv"])
def test_a_list_is_never_written_over(command: Command, example: Path, name: str) -> None:
    """A list that is called as a file of ours, in the folder that is written to, stays."""
    listed = example.with_name("customers.csv").rename(example.with_name(name))
    before = listed.read_bytes()
    example.write_text(example.read_text().replace("file: customers.csv", f"file: {name}"))
    outcome = command("campaign", str(example), "--out", "plan")
    said = "is there already" if name == "countries.csv" else "is the list itself"
    assert (outcome.code, outcome.err) == (
        2, f"plan/{name}: {said}; choose another folder: --out\n"
    )  # fmt: skip
    assert listed.read_bytes() == before


def test_a_plan_replaces_what_it_has_written(command: Command, example: Path) -> None:
    """A second run has the same files; one that the user has changed is refused."""
    assert command("campaign", str(example)).code == command("campaign", str(example)).code == 0
    table = Path("reports/spring_sale/countries.csv")
    table.write_text("mine")
    outcome = command("campaign", str(example))
    assert outcome.code == 2
    assert outcome.err == f"{table}: is there already; choose another folder: --out\n"
    assert table.read_text() == "mine"


def test_the_same_plan_gives_the_same_bytes(command: Command, example: Path) -> None:
    """Twice into two folders."""
    for folder in ("a", "b"):
        assert command("campaign", str(example), "--out", folder).code == 0
    for path in Path("a").iterdir():
        assert path.read_bytes() == (Path("b") / path.name).read_bytes(), path.name


def test_without_a_report_only_rejects_are_written(command: Command, example: Path) -> None:
    """The screen alone is enough for a look."""
    assert command("campaign", str(example), "--no-report", "--out", "x").code == 0
    assert [path.name for path in Path("x").iterdir()] == ["rejects.csv"]


def test_a_wrong_plan_is_told_and_nothing_written(command: Command, example: Path) -> None:
    """Exit 2, the place and the remedy."""
    example.write_text(example.read_text().replace("{first_name} ", "{firstname} "))
    example.write_text(example.read_text().replace("{first_name},", "{firstname},"))
    outcome = command("campaign", str(example))
    assert outcome.code == 2
    assert "nothing is called {firstname}; did you mean {first_name}?" in outcome.err
    assert not Path("reports").exists()


def test_the_list_of_the_example_is_made_by_its_script(tmp_path: Path) -> None:
    """The same seed gives the same bytes."""
    made = tmp_path / "made.csv"
    subprocess.run([sys.executable, EXAMPLE / "make_customers.py", made, "400", "1"], check=True)
    assert made.read_bytes() == (EXAMPLE / "customers.csv").read_bytes()


def test_a_year_is_planned_and_reported(command: Command, example: Path) -> None:
    """Sentences and tables on the screen, the same in the PDF; lists of the days beside it."""
    year = example.with_name("customer_year.yaml")
    year.write_text(year.read_text() + "replications: 4\n")
    outcome = command("campaign", str(year), "--list", "plan/customers.csv")
    assert outcome.code == 0
    said = " ".join(outcome.out.split())
    assert "398 of 400 rows of the list can be used. 6 steps send them" in said
    assert "The list shrinks from" in said
    folder = Path("reports/customer_year")
    names = {"year.pdf", "year.json", "steps.csv", "list.png", "cost.png", "rejects.csv"}
    lists = {"customers-2026-05-18.csv", "customers-2027-05-04.csv"}
    assert {path.name for path in folder.iterdir()} == names | lists
    text = " ".join(page.extract_text() for page in PdfReader(folder / "year.pdf").pages)
    assert "398 of 400 rows of the list can be used" in " ".join(text.split())
    steps = (folder / "steps.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in steps[1:]] == [
        *("survey", "summer_sale", "winter_sale", "monthly", "birthday", "reminder", "all steps"),
    ]
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert command("campaign", str(year)).code == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first


def test_a_list_that_is_not_there_is_told(command: Command, example: Path) -> None:
    """Exit 2, in one line."""
    outcome = command("campaign", str(example), "--list", "gone.csv")
    assert (outcome.code, outcome.err.splitlines()[-1]) == (
        2, "Invalid value for --list: gone.csv: there is no such file; see smsc-sim --help",
    )  # fmt: skip


def test_answers_make_a_new_list(command: Command, example: Path) -> None:
    """One sentence, the file, and rows that are not used; a wrong day is a mistake of the user."""
    Path("said.csv").write_text("number,text\n+358407541208,Yes\n+46700035333,STOP\n12,yes\n")
    words = ("answers", "plan/customers.csv", "said.csv", "--as", "wants", "--out", "new")
    outcome = command(*words, "--on", "2026-05-18")
    assert outcome.out == (
        "3 answers: 2 of 400 customers have answered: 1 yes; 1 opt out\n"
        "new/customers-2026-05-18.csv: the list of that day, with the column wants\n"
    )
    assert outcome.err == "1 rows are not used: see new/answers-rejects.csv\n"
    again = command(*words, "--on", "2026-05-18")
    assert (again.code, again.err) == (
        2, "new/customers-2026-05-18.csv: is there already; name another folder\n",
    )  # fmt: skip
    assert command(*words, "--on", "May").code == 2


def test_a_reader_that_has_enough_is_no_failure(tmp_path: Path) -> None:
    """With the screen closed after a line, the files are there and the exit code is 0."""
    program = "from smsc_sim.cli import run_and_exit; run_and_exit()"
    plan = EXAMPLE / "spring_sale.yaml"
    with subprocess.Popen(
        [sys.executable, "-c", program, "campaign", str(plan), "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors.count(b"Traceback")) == (0, 0)
    assert (tmp_path / "out" / "campaign.pdf").exists()
