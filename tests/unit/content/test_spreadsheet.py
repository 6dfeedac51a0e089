"""Cells of CSV files: what a spreadsheet would run is made a text, numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest

from smsc_sim.content.spreadsheet import safe_cell, write_rows

PACKAGE = Path(__file__).resolve().parents[3] / "smsc_sim"


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "+", "-", "=",
     "+1-1", "-1e5", "\uff1d1+1", "+358 40 1234567"],
)  # fmt: skip
def test_what_would_run_is_a_text(cell: str) -> None:
    """A cell that begins like a formula gets an apostrophe, in a title and in a row."""
    stream = io.StringIO(newline="")
    write_rows(stream, [cell], [[cell, 1]])
    stream.seek(0)
    assert list(csv.reader(stream)) == [[f"'{cell}"], [f"'{cell}", "1"]]


@pytest.mark.parametrize(
    "cell", ["Hi", "1=1", "", -1.5, Decimal("-0.005"), "+358401234567", "-0.5"]
)
def test_all_else_stays(cell: object) -> None:
    """Texts, amounts below nothing and international numbers are no formulas."""
    assert safe_cell(cell) == str(cell)


def test_every_cell_comes_back() -> None:
    """Commas, quotes, line ends and blanks are read again as they were, a lone return too."""
    rows = [['a,"b"', "x\r=1+1", "y\n@z", " b ", "", "\u2019"], ["", "1", "2", "3", "4", "5"]]
    stream = io.StringIO(newline="")
    write_rows(stream, (), rows)
    stream.seek(0)
    assert list(csv.reader(stream)) == rows


GIVE_BACK = {"planning/answers.py", "report/year.py"}
"""Give a list of the user's back cell by cell, to be read again as it was."""


def test_nobody_else_writes_csv_by_hand() -> None:
    """All CSV of our own goes through `write_rows`, so that no cell gets past it."""
    by_hand = re.compile(r"csv\.writer|DictWriter|\.to_csv\(|write_csv\(")
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if by_hand.search(path.read_text("utf-8"))
    }
    assert found <= GIVE_BACK
