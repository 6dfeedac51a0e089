"""Answers written back: every answer finds its customer or is told, and no list is changed."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from smsc_sim.content.errors import ContentError
from smsc_sim.planning.answers import Columns, write_back

LIST = (
    "number,name,opted_out\n+358 40 1234567,Väinö,\n+358401234568,=Ana,no\n"
    "+447400123456,Ben,\n0401,Local,\n+358401234569,Eve,true\n"
)
ANSWERS = (
    "number,text\n358401234567, Yes \n+358401234568,NO\n+358401234568,yes\n+447400123456,Stop\n"
    "+358409999999,yes\n12,yes\n+358401234569,\n+358401234569,=1+1\n"
)
DAY = date(2026, 5, 18)


def files(folder: Path) -> tuple[Path, Path]:
    """A list and answers."""
    listed, said = folder / "list.csv", folder / "said.csv"
    listed.write_bytes(LIST.encode().replace("ä".encode(), "ä".encode("latin-1")))
    said.write_text(ANSWERS)
    return listed, said


def test_answers_become_a_column_of_a_new_list(tmp_path: Path) -> None:
    """The last answer counts, a stop word opts out, all other cells stay octet for octet."""
    listed, said = files(tmp_path)
    before = listed.read_bytes()
    found = write_back(listed, said, Columns("wants"), DAY, tmp_path / "out")
    assert listed.read_bytes() == before
    assert found.file == tmp_path / "out" / "list-2026-05-18.csv"
    octets = found.file.read_bytes()
    assert b"V\xe4in\xc3\xb6" in octets
    with found.file.open(encoding="utf-8", errors="replace") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["number"], row["opted_out"], row["wants"]) for row in rows] == [
        ("+358 40 1234567", "", "yes"),
        ("+358401234568", "no", "yes"),
        ("+447400123456", "true", ""),
        ("0401", "", ""),
        ("+358401234569", "true", "'=1+1"),
    ]
    assert rows[1]["name"] == "=Ana"
    assert (found.customers, found.answers, found.answered, found.opted_out) == (5, 8, 4, 1)
    assert dict(found.said) == {"yes": 2, "'=1+1": 1}
    assert (tmp_path / "out" / "answers-rejects.csv").read_text().splitlines() == [
        "row,column,problem,value",
        "7,number,is too short,12",
        "8,text,is empty,",
        "6,number,is nobody's in the list,358409999999",
    ]
    assert found.rejected == 3


def test_what_cannot_be_written_back_is_told(tmp_path: Path) -> None:
    """Nothing is written over, and no column is lost."""
    listed, said = files(tmp_path)
    for columns, problem in (
        (Columns("name"), f"{listed}: has a column 'name' already; choose another name"),
        (Columns("w", number="phone"), f"{listed}: has no column 'phone'; it has number, name, "
                                       "opted_out"),
        (Columns("opted_out"), f"{listed}: has a column 'opted_out' already; choose another name"),
        (Columns("stop", opted_out="stop"), "'stop' says who has opted out; choose another name "
                                            "for the answers"),
        (Columns("w", text="body"), f"{said}: has no column 'body'; it has number, text"),
    ):  # fmt: skip
        with pytest.raises(ContentError) as caught:
            write_back(listed, said, columns, DAY, tmp_path / "out")
        assert str(caught.value) == problem
    found = write_back(listed, said, Columns("wants"), DAY, tmp_path)
    with pytest.raises(ContentError) as caught:
        write_back(listed, said, Columns("wants"), DAY, tmp_path)
    assert str(caught.value) == f"{found.file}: is there already; name another folder"


def test_a_lone_carriage_return_stays_in_its_cell(tmp_path: Path) -> None:
    """What follows it is no row of its own, neither in the list nor in an answer."""
    listed, said = tmp_path / "list.csv", tmp_path / "said.csv"
    listed.write_bytes(b'number,name\n+358401234567,"a\r=cmd()"\n')
    said.write_bytes(b'number,text\n+358401234567,"b\rc"\n')
    found = write_back(listed, said, Columns("wants"), DAY, tmp_path)
    data = found.file.read_bytes()
    assert b'"a\r=cmd()"' in data and b'"b\rc"' in data
    with found.file.open(newline="") as stream:
        assert len(list(csv.reader(stream))) == 2
