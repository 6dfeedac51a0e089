"""Lists of customers: every row is reached or counted once, whatever the batches."""

import gzip
import random
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsc_sim.content import row_files
from smsc_sim.content.conditions import parse_condition
from smsc_sim.content.customers import Audience, Counts, Reject, _Seen, read_customers
from smsc_sim.content.errors import ContentError
from smsc_sim.content.typed_columns import typed_column

HEAD = "number,country,language,first_name,age,is_parent,seen,out\n"
ROWS = [
    "+358401234567,FI,fi,Aino,40,yes,2026-01-05,\n",
    "+358401234567,FI,fi,Again,41,yes,2026-01-05,\n",
    "0401234567,FI,fi,Local,41,yes,2026-01-05,\n",
    "+447400123456,GB,en,Ben,forty,yes,2026-01-05,\n",
    "+447400123457,UK,en,Chloe,40,yes,2026-01-05,\n",
    "+447400123458,GB,en,Dan,17,yes,2026-01-05,\n",
    "+447400123459,GB,en,Eve,,yes,2026-01-05,\n",
    "+447400123460,GB,en,Fay,40,yes,2026-01-05,true\n",
    "+447400123461,GB,en,Gil,40,yes,2026-01-05,perhaps\n",
    "+447400123462,GB,en,Hal,40,yes,2024-01-05,\n",
    "+447400123463,GB,en,Ida,40,yes,,\n",
    "+447400123464,GB,en,Jim,40,yes,2026-01-05,no\n",
    "+447400123465,GB,en,Kit,40\n",
    "+447400123466,GB,en,Lea,40,maybe,2026-01-05,\n",
]


def audience(path: Path, **options: object) -> Audience:
    """Adults who are parents."""
    wanted = {
        "country": "country", "where": parse_condition("age >= 18 and is_parent"),
        "opted_out": "out", "seen": "seen", "stale_before": date(2025, 1, 1),
    }  # fmt: skip
    return Audience(file=path, **(wanted | options))  # type: ignore[arg-type]


def read(of: Audience, *attributes: str) -> tuple[Counts, list[Reject], list[tuple[int, str]]]:
    """Counts, rejects, and row with first attribute of whoever is reached."""
    reading = read_customers(of, attributes)
    rejects: list[Reject] = []
    reached: list[tuple[int, str]] = []
    for customers in reading.batches():
        rejects += reading.rejects
        names = customers.attributes[attributes[0]].to_pylist() if attributes else []
        reached += zip(customers.rows.tolist(), names, strict=bool(attributes))
    return reading.counts, rejects, reached


@pytest.mark.parametrize("name", ["list.csv", "list.csv.gz"])
@pytest.mark.parametrize("block", [4 << 20, 120])
def test_every_row_is_counted_once(
    name: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each row is reached, or the first thing against it is what it counts as."""
    monkeypatch.setattr(row_files, "BLOCK_OCTETS", block)
    octets = (HEAD + "".join(ROWS)).encode()
    (tmp_path / name).write_bytes(gzip.compress(octets) if name.endswith("gz") else octets)
    counts, rejects, reached = read(audience(tmp_path / name), "first_name")
    assert reached == [(2, "Aino"), (13, "Jim")]
    assert counts == Counts(
        read=14, rejected=5, duplicates=1, not_selected=2, opted_out=2, stale=2, reached=2
    )
    assert sorted(rejects) == [
        (3, "number", "stands there before", "+358401234567"),
        (4, "number", "has no country code", "0401234567"),
        (5, "age", "is not a number", "forty"),
        (6, "country", "is no country code of ISO 3166", "UK"),
        (14, "", "has 5 cells where the header has 8", ""),
        (15, "is_parent", "is not true or false", "maybe"),
    ]


def test_octets_that_are_no_utf8_spoil_their_own_row(tmp_path: Path) -> None:
    """Mixed encodings are told row by row."""
    path = tmp_path / "list.csv"
    path.write_bytes(b"number,first_name\n+358401234567,V\xe4in\xf6\n+358401234568,\xc3\x84l\n")
    counts, rejects, reached = read(Audience(path), "first_name")
    assert (counts.read, counts.rejected, counts.reached) == (2, 1, 1)
    assert rejects == [(2, "first_name", "is no UTF-8", "V\ufffdin\ufffd")]
    assert reached == [(3, "Äl")]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    """Columns of a Parquet file are compared as what they are."""
    pd.DataFrame(
        {
            "number": ["+358401234567", "+358401234568"], "age": [17, 40], "is_parent": True,
            "born": [date(2009, 1, 1), date(1986, 1, 1)],
        }
    ).to_parquet(tmp_path / "list.parquet")  # fmt: skip
    where = parse_condition("age > 17 and is_parent and born < 2000-01-01")
    counts, _, reached = read(Audience(tmp_path / "list.parquet", where=where), "age")
    assert (counts.reached, counts.not_selected) == (1, 1)
    assert reached == [(2, "40")]


def sentence(path: Path, where: str) -> str:
    """With which a condition is refused."""
    with pytest.raises(ContentError) as error:
        read_customers(Audience(path, where=parse_condition(where)))
    return str(error.value)


def test_impossible_conditions_are_refused_before_reading(tmp_path: Path) -> None:
    """Unknown attributes, two kinds for one, and what nothing can meet."""
    path = tmp_path / "list.csv"
    path.write_text(HEAD)
    assert sentence(path, "agee > 1") == (
        "condition: position 1: no attribute is called 'agee'; did you mean 'age'?"
    )
    assert sentence(path, 'age > 1 or age == "x"') == (
        "condition: position 12: 'age' is a number, compared with a text; compare like with like"
    )
    assert sentence(path, "age > 5 and age < 3") == (
        "condition: position 13: nothing can meet all that is asked of 'age'; drop a part"
    )
    with pytest.raises(ContentError, match="has no column 'phone'; it has number"):
        read_customers(Audience(path, number="phone"))


@given(st.lists(st.lists(st.integers(1, 40), max_size=12), max_size=12))
def test_duplicates_as_a_set_finds_them(batches: list[list[int]]) -> None:
    """Over any batches: a number is a duplicate when it was there before."""
    seen, known = _Seen(), set[int]()
    for batch in batches:
        numbers = np.array(batch, np.int64)
        found = seen.again(numbers, np.ones(len(batch), np.bool_)) if batch else []
        for number, again in zip(batch, found, strict=True):
            assert again == (number in known)
            known.add(number)


def test_rows_left_out_before_are_no_duplicates_later(tmp_path: Path) -> None:
    """A row that is rejected for something else does not make the next one a duplicate."""
    path = tmp_path / "list.csv"
    path.write_text("number,age\n+358401234567,x\n+358401234567,40\n")
    counts, _, _ = read(Audience(path, where=parse_condition("age > 1")))
    assert (counts.rejected, counts.duplicates, counts.reached) == (1, 0, 1)


def test_counts_add_up_for_random_lists(tmp_path: Path) -> None:
    """The sum of all counts is the number of rows, for lists in which much is wrong."""
    draw = random.Random(3)
    rows = [draw.choice(ROWS) for _ in range(3000)]
    path = tmp_path / "list.csv"
    path.write_text(HEAD + "".join(rows))
    counts, rejects, reached = read(audience(path), "first_name")
    assert counts.read == 3000
    others = (counts.not_selected, counts.opted_out, counts.stale, counts.reached)
    assert counts.read == counts.rejected + counts.duplicates + sum(others)
    assert len(rejects) == counts.rejected + counts.duplicates
    assert len(reached) == counts.reached == 2


ODD = [
    *(b"+358401234567", b"+358401234568", b"0401", b"", b" ", b"yes", b"no", b"18", b"17.5", b"FI"),
    *(b"UK", b"2026-01-05", b"2024-01-05", "Väinö".encode(), "Väinö".encode("latin-1"), b"\xff"),
    *(b'"a,b"', b'"a\nb"', b"'", b"=1+1", b"\x00", "😀".encode("utf-16-le"), b"1e5", b"NaN"),
]
CELLS = st.one_of(
    st.sampled_from(ODD),
    st.binary(max_size=6).filter(lambda octets: not set(octets) & set(b'\r\n",')),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=7, max_size=9), max_size=12),
    st.sampled_from([b"\n", b"\r\n"]),
    st.floats(0.2, 1.0),
)
def test_whatever_the_file_every_row_is_counted_once(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[bytes]],
    end: bytes,
    share: float,
) -> None:
    """Reached, left out and rejected add up to the rows; each reject has its own row number."""
    path = tmp_path_factory.mktemp("any") / "list.csv"
    lines = [HEAD.strip().encode(), *(b",".join(cells) for cells in rows)]
    path.write_bytes(end.join(lines) + end)
    counts, rejects, reached = read(audience(path, share=share), "first_name", "language")
    assert counts.read == len(rows)
    assert counts.read == (
        counts.rejected + counts.duplicates + counts.not_selected + counts.opted_out
        + counts.stale + counts.not_in_share + counts.reached
    )  # fmt: skip
    told = [row for row, _, _, _ in rejects]
    assert len(set(told)) == len(told) == counts.rejected + counts.duplicates
    assert len(reached) == counts.reached
    assert not set(told) & {row for row, _ in reached}
    assert all(why for _, _, why, _ in rejects)


@pytest.mark.parametrize("name", ["list.csv", "list.csv.gz"])
def test_a_broken_row_in_another_encoding_does_not_end_the_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Latin-1, and a cell too many: the row is told, and those before and after are as ever."""
    monkeypatch.setattr(row_files, "BLOCK_OCTETS", 300)
    lines = [f"+35840{k:07d},Väinö {k}".encode() for k in range(60)]
    lines[40] = "+358400000040,Väinö,more".encode("latin-1")
    octets = b"\n".join(["number,nämä".encode(), *lines, b""])
    (tmp_path / name).write_bytes(gzip.compress(octets) if name.endswith("gz") else octets)
    counts, rejects, reached = read(Audience(tmp_path / name), "nämä")
    assert rejects == [(42, "", "has 3 cells where the header has 2", "")]
    assert reached == [(k + 2, f"Väinö {k}") for k in range(60) if k != 40]
    assert counts == Counts(read=60, rejected=1, reached=59)


def test_the_last_day_of_1969_is_a_day() -> None:
    """It is day -1 since 1970, and no sign of a bad cell, in texts and in dates alike."""
    for column in (
        pa.array(["1969-12-31", "1970-01-01", "", "31.12.1969"]),
        pa.array([date(1969, 12, 31), date(1970, 1, 1), None, None]),
    ):
        values, bad = typed_column(column, date)
        assert values.to_pylist() == [date(1969, 12, 31), date(1970, 1, 1), None, None]
        assert bad.tolist() == [False, False, False, pa.types.is_string(column.type)]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1, 0, None, 2]),
        pa.array([1.0, 0.0, None, 0.5]),
        pa.array(["yes", "No", "", "perhaps"]),
        pa.array([b"1", b"0", None, b"\xff"]),
    ],
)
def test_yes_and_no_as_other_programs_write_them(column: pa.Array) -> None:
    """Whole and other numbers stand for yes and no where some are missing."""
    values, bad = typed_column(column, bool)
    assert values.to_pylist() == [True, False, None, None]
    assert bad.tolist() == [False, False, False, True]
    nothing, none_bad = typed_column(pa.nulls(2), bool)
    assert nothing.to_pylist() == [None, None] and not none_bad.any()
