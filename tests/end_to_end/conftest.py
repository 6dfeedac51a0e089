"""A scenario small enough to be run whole many times, and the command line as a function."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from smsc_sim.cli import main

TINY = """\
name: tiny
start: 2026-12-31T18:00 Europe/Helsinki
duration: 3 min
warm_up: 10 s
drain: 1 min
interval: 30 s
replications: 2
smscs: {north: {rate: 50 msg/s}}
hlrs: {main: {rate: 500 /s}}
stps: {a: {}, b: {}}
mscs: {helsinki: {}}
link_sets:
  north-a: {between: [north, a]}
  north-b: {between: [north, b]}
  main-a: {between: [main, a]}
  main-b: {between: [main, b]}
  helsinki-a: {between: [helsinki, a]}
  helsinki-b: {between: [helsinki, b]}
populations: {city: {size: 20000, country: US}}
accounts: {bank: {}}
traffic:
  people: {kind: person_to_person, from: city, volume: 6 msg/day, to: city}
  codes: {kind: otp, account: bank, to: city, rate: 1 msg/s}
  news: {kind: campaign, account: bank, to: city, messages: 100 msg, at: +30 s, rate: 20 msg/s}
failures: {link_down: {element: north-a, at: +1 min, for: 30 s}}
targets: {codes_in_30s: {class: otp, within: 30 s, at_least: 50 %}}
variants: {fast: {smscs.north.rate: 100 msg/s}}
"""


class Outcome(NamedTuple):
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """The tiny scenario run once, report included: the folder `out` beside it, and the outcome.

    Tests that change something work on a copy.
    """
    folder = tmp_path_factory.mktemp("finished")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = main(["run", "tiny.yaml", "--out", "out", "--workers", "2"])
    return folder, Outcome(code, out.getvalue(), err.getvalue())


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A small scenario in a folder of its own."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """The command line, run in the temporary folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Outcome:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run
