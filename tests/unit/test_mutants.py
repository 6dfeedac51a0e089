"""The script that puts faults in on purpose: its faults fit, and it tells caught from survived."""

from collections import Counter
from pathlib import Path

import pytest

from tests.mutants import (
    AGREEMENT,
    REPOSITORY,
    Mutant,
    first_failure,
    judge,
    mutants,
    mutated,
    table_of,
)

SOUND = "def double(number):\n    return 2 * number\n"
TEST = """
from toy import double

def test_zero():
    assert double(0) == 0

def test_double():
    assert double(3) == 6
"""


def test_every_fault_fits_in_one_place() -> None:
    """Whoever changes the code that a fault is put into changes `mutants.toml` too."""
    for mutant in mutants():
        mutated(mutant, REPOSITORY)


def test_the_faults_are_of_both_halves() -> None:
    """At least 24 faults, half in the engines; those of rules have tests of their own."""
    every = mutants()
    halves = Counter(mutant.half for mutant in every)
    assert set(halves) == {"engine", "rules"} and min(halves.values()) >= 12
    assert len({mutant.name for mutant in every}) == len(every)
    for mutant in every:
        assert all((REPOSITORY / test.partition("::")[0]).is_file() for test in mutant.tests)
        named = [test for test in mutant.tests if test.startswith("tests/cross_engine")]
        assert named == ([] if mutant.half == "rules" else [AGREEMENT])


def test_caught_and_survived_are_told_apart(tmp_path: Path) -> None:
    """The test that fails is named, a survivor is shown as such, and the file is whole again."""
    (tmp_path / "toy.py").write_text(SOUND)
    (tmp_path / "test_toy.py").write_text(TEST)
    faults = [
        Mutant("triples", "rules", "toy.py", "2 * number", "3 * number", ("test_toy.py",)),
        Mutant("adds", "rules", "toy.py", "2 * number", "number + number", ("test_toy.py",)),
    ]
    outcomes = [judge(fault, tmp_path) for fault in faults]
    assert [one.caught_by for one in outcomes] == ["test_toy.py::test_double", ""]
    endless = "while True: pass"
    (tmp_path / "test_endless.py").write_text(f"def test_endless():\n    {endless}\n")
    assert first_failure(tmp_path, ["test_endless.py"], 1) == "the tests do not end"
    assert (tmp_path / "toy.py").read_text() == SOUND
    shown = table_of(outcomes)
    assert "| rules | triples | `test_toy.py::test_double` |" in shown
    assert "| rules | adds | **nothing** |" in shown
    assert shown.endswith("1 of 2 faults are noticed.")


def test_a_fault_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """A piece of text that occurs twice, or not at all, is no fault."""
    (tmp_path / "toy.py").write_text(SOUND)
    for old, times in (("number", 2), ("half", 0)):
        with pytest.raises(ValueError, match=f"toy.py: '{old}' occurs {times} times, not once"):
            mutated(Mutant("x", "rules", "toy.py", old, "y"), tmp_path)
