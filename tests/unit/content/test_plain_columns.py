"""Parquet files of other programs: forms of texts, days and numbers, and cells of many values."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import smsc_sim as sms
from smsc_sim.content.conditions import parse_condition
from smsc_sim.content.customers import Audience, read_customers
from smsc_sim.content.errors import ContentError
from smsc_sim.content.plain_columns import plain_column
from smsc_sim.content.row_files import batches, open_rows

NUMBERS = ["+358401234567", "+358401234568", "+447400123456"]
DAYS = ["2026-05-25", None, "2026-06-01"]


def parquet(path: Path, **columns: pa.Array) -> Path:
    """A Parquet file of three rows with numbers and other columns."""
    pq.write_table(pa.table({"number": NUMBERS, **columns}), path)
    return path


TEXTS = pa.string(), pa.large_string(), pa.string_view()
OCTETS = pa.binary(), pa.large_binary(), pa.binary_view()


@pytest.mark.parametrize("form", [*TEXTS, *OCTETS, pa.dictionary(pa.int8(), pa.string_view())])
def test_texts_in_any_form_are_the_same_texts(form: pa.DataType) -> None:
    """Whatever Arrow calls them, texts come as strings or octets with the same content."""
    if pa.types.is_dictionary(form):
        words = pa.array(["a", "é"], form.value_type)
        column = pa.DictionaryArray.from_arrays(pa.array([0, None, 1], pa.int8()), words)
    else:
        column = pa.array(["a", None, "é"], pa.string()).cast(form)
    found = plain_column(column, "list:name")
    assert found.cast(pa.string()).to_pylist() == ["a", None, "é"]
    kind = found.type.value_type if pa.types.is_dictionary(form) else found.type
    assert kind in (pa.string(), pa.large_string(), pa.binary())


def test_rare_forms_are_the_values_they_stand_for() -> None:
    """Octets of one length, floats of 16 bits, runs and extensions are what they hold."""
    forms = {
        "octets": (pa.array([b"ab", b"cd"], pa.binary(2)), [b"ab", b"cd"]),
        "floats": (pa.array(np.array([1.5, 2.0], np.float16)), [1.5, 2.0]),
        "runs": (pc.run_end_encode(pa.array(["a", "a", "b"])), ["a", "a", "b"]),
        "extension": (
            pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"0" * 16], pa.binary(16))),
            [b"0" * 16],
        ),
    }
    for name, (column, wanted) in forms.items():
        assert plain_column(column, name).to_pylist() == wanted, name


def test_columns_that_nobody_asks_for_may_hold_anything(tmp_path: Path) -> None:
    """Lists and structures beside what is asked for are not looked at."""
    people = pa.array([{"a": 1}, {"a": 2}, None])
    file = open_rows(parquet(tmp_path / "sent.parquet", tags=pa.array([[1], [], [2]]), who=people))
    (batch,) = batches(file, ["number"])
    assert batch.columns.column("number").to_pylist() == NUMBERS


def test_cells_of_several_values_are_refused_with_column_and_type(tmp_path: Path) -> None:
    """A list or a structure that is asked for is one sentence, in a file and in memory."""
    tags = pa.array([["a"], [], ["b"]])
    path = parquet(tmp_path / "sent.parquet", text=pa.array(["Hi"] * 3), tags=tags)
    with pytest.raises(ContentError) as caught:
        sms.bill(path, by=["tags"])
    assert str(caught.value) == (
        f"{path}:tags: holds several values in a cell (got Arrow list<element: string>); "
        "leave it out, or write each into a column of its own"
    )
    with pytest.raises(ContentError) as caught:
        sms.cost(pa.table({"text": ["Hi"], "country": pa.array([["FI"]])}))
    assert str(caught.value) == (
        "messages:country: holds several values in a cell (got Arrow list<item: string>); "
        "leave it out, or write each into a column of its own"
    )


@pytest.mark.parametrize(
    "days",
    [
        pa.array(DAYS, pa.string_view()),
        pa.array(DAYS, pa.string()).cast(pa.large_binary()),
        pa.array([d and datetime.fromisoformat(d) for d in DAYS], pa.timestamp("us")),
        pa.array([d and date.fromisoformat(d) for d in DAYS]),
    ],
    ids=["string_view", "large_binary", "timestamp", "date32"],
)
def test_days_of_customers_in_any_form(tmp_path: Path, days: pa.Array) -> None:
    """Entries last seen before a day, or never, are stale however the days are written."""
    path = parquet(tmp_path / "list.parquet", seen=days)
    reading = read_customers(Audience(path, seen="seen", stale_before=date(2026, 6, 1)))
    assert [customers.rows.tolist() for customers in reading.batches()] == [[3]]
    assert reading.counts.stale == 2


@pytest.mark.parametrize(
    ("column", "where"),
    [
        (pa.array(np.array([1, 2, 3.5], np.float16)), "value >= 3"),
        (pa.array([datetime(2026, 5, 2, 9), None, datetime(2026, 5, 3, 9)]), "value == 2026-05-03"),
        (pa.array(["a", None, "b"], pa.string_view()), 'value == "b"'),
        (pa.array([0, None, 2**63 + 1], pa.uint64()), "value > 5"),
        (pa.array(["a", "  ", " b "], pa.large_string()), 'value == "b" and value is not missing'),
    ],
    ids=["float16", "timestamp", "string_view", "uint64", "large_string"],
)
def test_conditions_on_any_form(tmp_path: Path, column: pa.Array, where: str) -> None:
    """Small floats are numbers, moments are days, and texts are texts in a condition."""
    path = parquet(tmp_path / "list.parquet", value=column)
    reading = read_customers(Audience(path, where=parse_condition(where)))
    assert [customers.rows.tolist() for customers in reading.batches()] == [[3]]


def test_moments_that_python_has_no_name_for(tmp_path: Path) -> None:
    """A moment after the year 9999 is a text like another, and no country."""
    far = pa.array([9 * 10**17] * 3, pa.timestamp("us"))
    path = parquet(tmp_path / "sent.parquet", text=pa.array(["Hi"] * 3), group=far)
    assert sms.bill(path, by=["group"]).by_columns["group"].tolist() == [
        "30489-11-11 16:00:00.000000"
    ]
    path = parquet(tmp_path / "list.parquet", country=far)
    reading = read_customers(Audience(path, country="country"))
    assert [len(customers.rows) for customers in reading.batches()] == [0]
    assert {why for _, _, why, _ in reading.rejects} == {"is no country code of ISO 3166"}
