"""Puts faults in on purpose, one at a time, and shows which test notices each.

    python -m tests.mutants [--only WORDS] [--out FILE]

Works on a copy of the tree in a temporary folder.  Every mutant of `mutants.toml` is a small piece
of text for another; the tests that ought to notice it run until the first failure.  Those of the
rules must be noticed by another test than that of the engines' agreement, which names no rule.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[1]
TABLE = REPOSITORY / "tests" / "mutants.toml"
AGREEMENT = "tests/cross_engine/test_engines_agree.py"
LIMIT_S = 100  # of processor time: a mutant that hangs is noticed too
COPIED = ("smsc_sim", "tests", "scenarios", "pyproject.toml")


class Mutant(NamedTuple):
    """One fault: a piece of text in place of another that occurs once in a file."""

    name: str
    half: str  # engine or rules
    file: str
    old: str
    new: str
    tests: Sequence[str] = (AGREEMENT,)


class Outcome(NamedTuple):
    """What became of a mutant."""

    mutant: Mutant
    caught_by: str  # empty: it survived
    seconds: float


def mutants(table: Path = TABLE) -> list[Mutant]:
    """All mutants of a table."""
    return [Mutant(**row) for row in tomllib.loads(table.read_text(encoding="utf-8"))["mutant"]]


def mutated(mutant: Mutant, root: Path) -> str:
    """Text of the file with the fault; it has to fit in one place and to leave Python."""
    text = (root / mutant.file).read_text(encoding="utf-8")
    places = text.count(mutant.old)
    if places != 1:
        raise ValueError(f"{mutant.file}: '{mutant.old.strip()}' occurs {places} times, not once")
    changed = text.replace(mutant.old, mutant.new)
    compile(changed, mutant.file, "exec")
    return changed


def first_failure(root: Path, tests: Sequence[str], limit_s: int = LIMIT_S) -> str:
    """Name of the first test that fails in a tree, or words for a run that did not end."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=no", "-p", "no:cacheprovider"]
    # Kernels of faulty rules are kept nowhere; Python code that was not written is not needed.
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [*command, *tests], cwd=root, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 1)),
    )  # fmt: skip
    if run.returncode == 0:
        return ""
    if run.returncode < 0:
        number = signal.Signals(-run.returncode)
        is_endless = number in (signal.SIGXCPU, signal.SIGKILL)
        return "the tests do not end" if is_endless else f"the process ends with {number.name}"
    found = re.search(r"^(?:FAILED|ERROR) ([^\s\[]+)", run.stdout, re.MULTILINE)
    return found[1] if found else f"pytest ends with {run.returncode}: {run.stdout[-300:]}"


def judge(mutant: Mutant, root: Path) -> Outcome:
    """Put one fault into a tree, run its tests, take it out again."""
    file = root / mutant.file
    sound = file.read_text(encoding="utf-8")
    began = time.monotonic()
    file.write_text(mutated(mutant, root), encoding="utf-8")
    try:
        caught_by = first_failure(root, mutant.tests)
    finally:
        file.write_text(sound, encoding="utf-8")
    return Outcome(mutant, caught_by, time.monotonic() - began)


def table_of(outcomes: Sequence[Outcome]) -> str:
    """A table in Markdown."""
    lines = ["| half | fault | noticed by | s |", "|---|---|---|---|"]
    for mutant, caught_by, seconds in outcomes:
        is_test = caught_by.startswith("tests/") or "::" in caught_by
        test = f"`{caught_by.removeprefix('tests/')}`" if is_test else caught_by or "**nothing**"
        lines.append(f"| {mutant.half} | {mutant.name} | {test} | {seconds:.0f} |")
    caught = sum(bool(outcome.caught_by) for outcome in outcomes)
    return "\n".join([*lines, "", f"{caught} of {len(outcomes)} faults are noticed."])


HEAD = """# Faults put in on purpose

`make mutants` puts each of these faults, which stand in `tests/mutants.toml`, into a copy of the
tree, one at a time, and runs the tests that ought to notice it until the first fails.  Half are in
the engines: the test of the engines' agreement notices them, row for row.  Half are in the rules
and their tables, which both engines obey alike: another test must notice each.  *The tests do not
end* is what is left of a clock that stands still.  Seconds are of wall time, on a busy machine.

"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the mutants and print the table; 1 if one survives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="those whose half, name or file has these words")
    parser.add_argument("--out", type=Path, help="write a page with the table too")
    given = parser.parse_args(arguments)
    chosen = [m for m in mutants() if given.only in f"{m.half} {m.name} {m.file}"]
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        root = Path(folder)
        for name in COPIED:
            copy = shutil.copytree if (REPOSITORY / name).is_dir() else shutil.copy
            copy(REPOSITORY / name, root / name)
        os.environ["XDG_CACHE_HOME"] = str(root / "cache")
        every = sorted({test for m in chosen for test in m.tests})
        sound = first_failure(root, every, LIMIT_S * len(every))
        if sound:
            sys.stderr.write(f"without any fault a test fails already: {sound}\n")
            return 1
        for mutant in chosen:
            outcomes.append(judge(mutant, root))
            _, caught_by, seconds = outcomes[-1]
            sys.stderr.write(f"{seconds:4.0f} s {mutant.name}: {caught_by or 'SURVIVES'}\n")
    text = table_of(outcomes)
    sys.stdout.write(text + "\n")
    if given.out is not None:
        given.out.write_text(HEAD + text + "\n", encoding="utf-8")
    return 0 if all(outcome.caught_by for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
