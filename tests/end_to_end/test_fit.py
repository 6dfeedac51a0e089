"""The verb `fit` as a user sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml

from tests.end_to_end.conftest import Outcome

Command = Callable[..., Outcome]


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Ten days of messages between five people."""
    rng = np.random.default_rng(1)
    times = np.sort(rng.random(5000)) * 10 * 86400
    rows = [f"{at:.1f},{rng.integers(5)},{rng.integers(5)}" for at in times]
    file = tmp_path / "trace.csv"
    file.write_text("\n".join(["when,from,to", *rows]) + "\n")
    return file


def test_fit_writes_yaml_and_says_what_it_found(command: Command, trace: Path) -> None:
    """The YAML goes to a file, a short summary to the screen; or the YAML to the screen."""
    arguments = ("fit", trace, "--column", "when", "--start", "2026-01-05T00:00 Europe/Helsinki")
    outcome = command(*arguments, "--out", "out/fitted.yaml", "--name", "friends")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[0] == "messages       5,000 in 238 whole hours, 5 people"
    text = (trace.parent / "out" / "fitted.yaml").read_text()
    assert set(yaml.safe_load(text)["traffic"]["friends"]) >= {"kind", "from", "volume", "profile"}
    assert command(*arguments, "--name", "friends").out == text
    assert "second 0 is taken as a Monday" in command(*arguments[:4]).err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["trace.csv"], "trace.csv:1:1: has no column 'time'; name the column of times; it has "
         "when, from, to\ntrace.csv: 1 problem found, nothing was run"),
        (["none.csv"], "none.csv: does not exist; check the name and the folder\n"
         "none.csv: 1 problem found, nothing was run"),
        (["trace.csv", "--column", "when", "--start", "monday"], "Invalid value: --start: needs a "
         "date, a time and a time zone; write e.g. 2026-12-31T18:00 Europe/Helsinki; "
         "see smsc-sim --help"),
        (["short.csv"], "short.csv: covers 0 whole hours; a profile needs at least 24; "
         "give a longer trace\nshort.csv: 1 problem found, nothing was run"),
    ],
)  # fmt: skip
def test_refusals(command: Command, trace: Path, arguments: list[str], line: str) -> None:
    """What cannot be fitted is said in one line."""
    (trace.parent / "short.csv").write_text("time\n1\n2\n")
    outcome = command("fit", *arguments)
    assert (outcome.code, outcome.err) == (2, line + "\n")
