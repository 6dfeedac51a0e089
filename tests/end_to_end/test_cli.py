"""The command line from YAML to report, and what it says when something is wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import smsc_sim as sms
from smsc_sim.scenario.plans import load_plan
from smsc_sim.scenario.years import is_year, load_year
from tests.end_to_end.conftest import TINY, Outcome

Command = Callable[..., Outcome]
Finished = tuple[Path, Outcome]


def _bytes(folder: Path) -> dict[str, bytes]:
    """Every file of a run but the manifest, which holds times."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("manifest.json", "done.json")
    }


def test_run_writes_results_and_report(finished: Finished) -> None:
    """One command takes a scenario to tables, figures, a PDF and a short table on the screen."""
    folder, outcome = finished
    assert outcome.code == 0, outcome.err
    assert "met: 50 % of class otp within 30 s" in outcome.out
    assert "person_to_person" in outcome.out
    names = {path.name for path in (folder / "out").iterdir()}
    assert names >= {
        "manifest.json", "summary.json", "classes.parquet", "countries.parquet",
        "elements.parquet", "timeline.parquet", "scenario.resolved.yaml", "report.pdf", "figures",
    }  # fmt: skip
    assert (folder / "out" / "report.pdf").read_bytes().startswith(b"%PDF")
    assert len(list((folder / "out" / "figures").glob("*.png"))) >= 6


def test_same_input_same_bytes_other_seed_other_bytes(
    command: Command, tiny: Path, tmp_path: Path, finished: Finished
) -> None:
    """Two runs leave the same bytes in every file but the manifest; another seed does not."""
    command("run", tiny, "--out", "again", "--workers", 1)
    command("run", tiny, "--out", "other", "--seed", 2, "--no-report")
    one, two = _bytes(finished[0] / "out"), _bytes(tmp_path / "again")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
    other = (tmp_path / "other" / "summary.json").read_bytes()
    assert other != one["summary.json"]


def test_resume_runs_only_what_is_missing(
    command: Command, tiny: Path, tmp_path: Path, finished: Finished
) -> None:
    """--resume keeps finished replications of the same run and makes the missing ones anew."""
    shutil.copytree(finished[0] / "out", tmp_path / "out")
    whole = _bytes(tmp_path / "out")
    folders = sorted((tmp_path / "out" / "replications").iterdir())
    stamps = {folder: (folder / "done.json").stat().st_mtime_ns for folder in folders}
    (folders[1] / "done.json").unlink()
    command("run", tiny, "--out", "out", "--no-report", "--resume")
    assert (folders[0] / "done.json").stat().st_mtime_ns == stamps[folders[0]]
    assert (folders[1] / "done.json").stat().st_mtime_ns != stamps[folders[1]]
    assert _bytes(tmp_path / "out") == whole


def test_results_of_other_rules_never_mix(command: Command, tiny: Path, tmp_path: Path) -> None:
    """--resume takes nothing from a run that differs in one value."""
    command("run", tiny, "--out", "out", "--no-report", "--replications", 1)
    before = {path.name for path in (tmp_path / "out" / "replications").iterdir()}
    changed = ["--set", "smscs.north.rate=49 msg/s", "--resume", "--replications", 1]
    command("run", tiny, "--out", "out", "--no-report", *changed)
    after = {path.name for path in (tmp_path / "out" / "replications").iterdir()}
    assert before < after
    assert len(after) == 2


def test_tables_and_summary_agree(finished: Finished) -> None:
    """Numbers in summary.json and in the Parquet files are the same."""
    out = finished[0] / "out"
    summary = json.loads((out / "summary.json").read_text())
    table = pd.read_parquet(out / "classes.parquet")
    rows = table[(table["entity"] == "otp") & (table["measure"] == "delivery_ratio")]
    found = summary["measures"]["class"]["otp"]["delivery_ratio"]
    assert len(rows) == 1
    assert found["estimate"] == rows["estimate"].iloc[0]
    assert found["half_width"] == rows["half_width"].iloc[0]


def test_record_messages_leaves_a_row_per_message(
    command: Command, tiny: Path, tmp_path: Path
) -> None:
    """record: messages keeps every message in one table; its counts are those of the tally."""
    command("run", tiny, "--out", "out", "--no-report", "--set", "record=messages")
    messages = sms.Estimates.load(tmp_path / "out").messages
    assert messages is not None
    assert messages["replication"].unique().tolist() == [0, 1]
    (first, _) = sorted((tmp_path / "out" / "replications").iterdir())
    measures = pd.read_parquet(first / "measures.parquet")
    inside = (messages["submitted_s"] >= 10) & (messages["submitted_s"] < 180)
    cohort = messages[inside & (messages["replication"] == 0)]
    for state in ("delivered", "undeliverable", "open"):
        tallied = measures.query(
            "entity_type == 'class' and entity == 'otp' and measure == @state"
        )["value"].iloc[0]
        assert ((cohort["class"] == "otp") & (cohort["state"] == state)).sum() == tallied
    command("run", tiny, "--out", "out", "--no-report", "--replications", 1)
    assert not (tmp_path / "out" / "messages.parquet").exists()  # of the other run


def test_a_missed_target_ends_with_exit_1(command: Command, tiny: Path) -> None:
    """Exit 1 when a target is missed, and the screen says which."""
    target = "targets.x={class: otp, within: 1 s, at_least: 99 %}"
    outcome = command("run", tiny, "--out", "o", "--no-report", "--set", target)
    assert outcome.code == 1, outcome.err
    assert "missed: 99 % of class otp within 1 s" in outcome.out


def test_one_replication_leaves_targets_undecided(command: Command, tiny: Path) -> None:
    """With one replication there is no interval: exit 4, and the reason is said."""
    outcome = command("run", tiny, "--out", "out", "--no-report", "--replications", 1)
    assert outcome.code == 4
    assert "undecided" in outcome.out
    assert "±" not in outcome.out


def test_report_draws_saved_results_again(
    command: Command, tmp_path: Path, finished: Finished
) -> None:
    """`report` makes the same PDF from the saved tables; nothing is simulated."""
    shutil.copytree(finished[0] / "out", tmp_path / "out")
    pdf = (tmp_path / "out" / "report.pdf").read_bytes()
    (tmp_path / "out" / "report.pdf").unlink()
    outcome = command("report", "out", "--format", "pdf")
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "out" / "report.pdf").read_bytes() == pdf


def test_new_copies_an_example_that_runs(command: Command, tmp_path: Path) -> None:
    """`new` leaves a scenario under its own name that passes `check`; it overwrites nothing."""
    assert command("new", "mine").code == 0
    assert "name: mine\n" in (tmp_path / "mine.yaml").read_text()
    assert command("check", "mine.yaml").code == 0
    again = command("new", "mine")
    assert (again.code, "exists already" in again.err) == (2, True)


def test_new_copies_what_an_example_names(command: Command, tmp_path: Path) -> None:
    """A list of customers comes with its scenario, and a file of that name stays as it is."""
    outcome = command("new", "mine", "--from", "customer_year")
    assert outcome.out == (
        "campaign/customers.csv: which it names\n"
        "mine.yaml: a copy of customer_year; next: smsc-sim run mine.yaml\n"
    )
    outcome = command("check", "mine.yaml", "--rejects", "rows")
    assert outcome.code == 0
    assert "rows/sale.csv: 2 rows of 'sale' that cannot be used" in outcome.out
    assert (tmp_path / "rows" / "sale.csv").read_text().splitlines() == [
        "row,column,problem,value",
        "185,number,is too short,+491519",
        "231,number,stands there before,+447400277435",
    ]
    (tmp_path / "campaign" / "customers.csv").write_text("mine")
    assert command("new", "other", "--from", "customer_year").out.startswith("other.yaml")
    assert (tmp_path / "campaign" / "customers.csv").read_text() == "mine"


@pytest.mark.parametrize("example", ["spring_sale", "customer_year"])
def test_new_copies_plans_of_campaigns_and_years(
    command: Command, tmp_path: Path, example: str
) -> None:
    """A plan comes with its list, and says which verb is next."""
    outcome = command("new", "mine", "--from", f"campaign/{example}")
    assert outcome.out == (
        "customers.csv: which it names\n"
        f"mine.yaml: a copy of campaign/{example}; next: smsc-sim campaign mine.yaml\n"
    )
    loaded = load_year(Path("mine.yaml")) if is_year("mine.yaml") else load_plan("mine.yaml")
    assert (loaded.plan.name, is_year("mine.yaml")) == ("mine", example == "customer_year")


def test_a_file_of_another_kind_is_one_line(command: Command, tiny: Path) -> None:
    """A plan is no scenario and a scenario no plan; the verb for it is named."""
    command("new", "sale", "--from", "campaign/spring_sale")
    for verb in ("run", "check", "explain"):
        outcome = command(verb, "sale.yaml")
        assert (outcome.code, outcome.err) == (2, (
            "sale.yaml:6:1: audience: is a key of plans of campaigns, not of scenarios; use "
            "smsc-sim campaign\nsale.yaml: 1 problem found, nothing was run\n"
        ))  # fmt: skip
    outcome = command("campaign", tiny)
    line = 1 + next(k for k, of in enumerate(TINY.splitlines()) if of.startswith("traffic:"))
    assert (outcome.code, outcome.err) == (2, (
        f"tiny.yaml:{line}:1: traffic: is a key of scenarios, not of plans; use smsc-sim check or "
        "run\ntiny.yaml: 1 problem found, nothing was run\n"
    ))  # fmt: skip


def test_examples_are_completed_and_listed(command: Command) -> None:
    """The shell completes the names of all examples, and the help of the verb lists them."""
    folder = Path(__file__).parents[2] / "scenarios"
    names = {str(file.relative_to(folder))[:-5] for file in folder.rglob("*.yaml")}
    asked = {"COMP_WORDS": "smsc-sim new mine --from campaign", "COMP_CWORD": "4"}
    asked["_SMSC_SIM_COMPLETE"] = "complete_bash"
    program = Path(sys.executable).with_name("smsc-sim")
    found = subprocess.run([program], env=os.environ | asked, capture_output=True, text=True)
    assert set(found.stdout.split()) == {name for name in names if name.startswith("campaign")}
    told = command("new", "--help").out
    assert names <= set(re.findall(r"[\w/]+", told))


def test_check_counts_and_simulates_nothing(command: Command, tiny: Path, tmp_path: Path) -> None:
    """`check` says what was found in one line and leaves no file."""
    outcome = command("check", tiny)
    assert outcome.out == (
        "tiny.yaml: fine; 11 elements, 20,000 phones, kinds of traffic: 3, failures: 1, "
        "replications: 2\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.yaml"]


def test_explain_tells_loads_and_the_timetable(command: Command, tiny: Path) -> None:
    """`explain` names every element and says when the failure is; --resolved is YAML."""
    outcome = command("explain", tiny)
    assert outcome.code == 0
    for word in ("north-a", "helsinki", "18:01", "link_down"):
        assert word in outcome.out or word == "link_down"
    resolved = command("explain", tiny, "--resolved")
    assert "mean_off: 50 min" in resolved.out


def test_schema_is_json_with_descriptions(command: Command) -> None:
    """`schema` prints a JSON Schema that knows and explains every key."""
    schema = json.loads(command("schema").out)
    assert "smscs" in schema["properties"]
    assert "msg/s" in schema["$defs"]["Smsc"]["properties"]["rate"]["description"]


def _broken() -> dict[str, tuple[bytes | None, str]]:
    """Files that no editor should make: content, and what the line about each must say."""
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}, *{p}, *{p}, *{p}, *{p}, *{p}, *{p}, *{p}]\n"
        for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return {
        "empty": (b"", "is empty"),
        "tabs": (b"smscs:\n\tnorth: {}\n", "2:1"),
        "utf16": ("name: x\n".encode("utf-16"), "UTF-8"),
        "latin1": ("name: t\xe4st\n".encode("latin-1"), "UTF-8"),
        "twice": (b"name: a\nname: b\n", "2:1"),
        "list": (b"- a\n- b\n", "1:1"),
        "bomb": (bomb.encode(), "alias"),
        "deep": (b"[" * 5000 + b"]" * 5000, ""),
        "two": (b"name: a\n---\nname: b\n", "document"),
        "tag": (b"name: !!python/object:os.system x\n", "tag"),
        "huge": (b"name: x\n" + b"# filler filler filler\n" * 2_300_000, "MB"),
        "binary": (bytes(range(256)), ""),
        "outside": (b"extends: ../other.yaml\n", "folder"),
        "absolute": (b"extends: /etc/passwd\n", "relative path"),
        "nothing": (None, "does not exist"),
    }


@pytest.mark.parametrize("name", sorted(_broken()))
def test_broken_files_get_one_clear_line(command: Command, tmp_path: Path, name: str) -> None:
    """Whatever is in the file: exit 2, the file is named, no traceback, no result."""
    content, expected = _broken()[name]
    path = tmp_path / f"{name}.yaml"
    if content is not None:
        path.write_bytes(content)
    outcome = command("check", path)
    assert outcome.code == 2, outcome.err
    assert outcome.out == ""
    assert f"{name}.yaml" in outcome.err
    assert expected in outcome.err
    assert "Traceback" not in outcome.err
    assert "bug" not in outcome.err
    assert "nothing was run" in outcome.err.splitlines()[-1]


def test_a_directory_is_no_scenario(command: Command, tmp_path: Path) -> None:
    """A directory in place of the file is refused in words."""
    outcome = command("run", tmp_path)
    assert outcome.code == 2
    assert "directory" in outcome.err
    assert "Traceback" not in outcome.err


def test_element_without_a_way_is_refused_at_its_line(command: Command, tmp_path: Path) -> None:
    """An MSC that no link set reaches is named where its population is."""
    path = tmp_path / "island.yaml"
    path.write_text(TINY.replace("mscs: {helsinki: {}}", "mscs: {helsinki: {}, island: {}}"))
    outcome = command("check", path)
    line = 1 + TINY.splitlines().index("populations: {city: {size: 20000, country: US}}")
    assert outcome.code == 2
    assert outcome.err.startswith(f"island.yaml:{line}:")
    assert "no way leads from 'north' to 'island'" in outcome.err


def test_missing_price_lists_the_destinations(command: Command, tmp_path: Path) -> None:
    """A country without a rate is an error that names it, unless there is a fallback."""
    path = tmp_path / "dear.yaml"
    path.write_text(TINY.replace("country: US", "country: FI"))
    outcome = command("check", path)
    assert outcome.code == 2
    assert "FI" in outcome.err
    assert "rates" in outcome.err
    path.write_text(path.read_text() + "rates: {card: list-2026, fallback: {retail: 0.10 EUR}}\n")
    assert command("check", path).code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run"], "Missing argument"),
        (["walk"], "No such command 'walk'"),
        (["run", "tiny.yaml", "--workers", "0"], "--workers"),
        (["run", "tiny.yaml", "--set", "smscs.nort.rate=3 msg/s"], "did you mean 'north'?"),
        (["run", "tiny.yaml", "--variant", "fats"], "did you mean 'fast'?"),
        (["run", "tiny.yaml", "--scale", "2"], "scale"),
        (["run", "tiny.yaml", "--window", "1-2"], "window"),
        (["report", "nowhere"], "nowhere"),
        (["new", "mine", "--from", "quikstart"], "did you mean 'quickstart'?"),
        (["new", "../mine"], "no name for a file"),
    ],
)
def test_mistakes_on_the_command_line(
    command: Command, tiny: Path, arguments: list[str], words: str
) -> None:
    """The user's mistakes end with exit 2 and a sentence that names them."""
    outcome = command(*arguments)
    assert outcome.code == 2
    assert words in outcome.err
    assert "Traceback" not in outcome.err


def test_output_that_cannot_be_written(command: Command, tiny: Path, tmp_path: Path) -> None:
    """A file in the place of the output folder is the user's to move: exit 2, named."""
    (tmp_path / "taken").write_text("mine")
    outcome = command("run", tiny, "--out", "taken", "--no-report")
    assert outcome.code == 2, outcome.err
    assert "taken" in outcome.err
    assert (tmp_path / "taken").read_text() == "mine"


def test_scaled_runs_say_so(command: Command, tiny: Path, tmp_path: Path) -> None:
    """--scale prints what it changed and marks the results as not for decisions."""
    outcome = command("run", tiny, "--out", "out", "--scale", "0.5", "--no-report")
    assert "populations.city.size: 20000 -> 10000" in outcome.err
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["not_for_decisions"]
