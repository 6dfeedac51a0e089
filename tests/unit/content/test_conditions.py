"""Conditions: what they mean, against a plain reading row by row; what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsc_sim.content.condition_checks import check_condition, kinds_of
from smsc_sim.content.conditions import parse_condition, selected
from smsc_sim.content.errors import ContentError

ROWS: list[dict[str, Any]] = [
    {"age": age, "country": country, "kids": kids, "bought": bought}
    for age in (None, 17, 18, 40)
    for country in (None, "FI", "SE")
    for kids in (None, True, False)
    for bought in (None, date(2026, 5, 31), date(2026, 6, 1))
]
SCHEMA = pa.schema(
    {"age": pa.int32(), "country": pa.string(), "kids": pa.bool_(), "bought": pa.date32()}
)
TABLE = pa.Table.from_pylist(ROWS, SCHEMA)
KINDS = kinds_of(SCHEMA)


def rows_of(text: str) -> list[dict[str, Any]]:
    """Rows that a condition selects."""
    condition = parse_condition(text)
    check_condition(condition, KINDS)
    return [row for row, is_in in zip(ROWS, selected(condition, TABLE).to_pylist(), strict=True)
            if is_in]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("kids", lambda r: r["kids"] is True),
        ("not kids", lambda r: r["kids"] is False),
        ("kids == false", lambda r: r["kids"] is False),
        ("age >= 18", lambda r: r["age"] is not None and r["age"] >= 18),
        ("age != 17.5", lambda r: r["age"] is not None),
        ("bought < 2026-06-01", lambda r: r["bought"] == date(2026, 5, 31)),
        ("country in ['FI', \"NO\"]", lambda r: r["country"] == "FI"),
        ("country not in ['FI']", lambda r: r["country"] == "SE"),
        ("age is missing", lambda r: r["age"] is None),
        ("age is not missing and kids is missing",
         lambda r: r["age"] is not None and r["kids"] is None),
        ("kids or country == 'SE' and age < 18",
         lambda r: r["kids"] is True or (r["country"] == "SE" and r["age"] == 17)),
        ("(kids or country == 'SE') and age < 18",
         lambda r: (r["kids"] is True or r["country"] == "SE") and r["age"] == 17),
        ("not (kids and age > 17)",
         lambda r: r["kids"] is False or (r["age"] is not None and r["age"] <= 17)),
    ],
)  # fmt: skip
def test_conditions_mean_what_they_say(text: str, wanted: Any) -> None:
    """Comparisons, lists, missing values and their combinations select the rows they should."""
    assert rows_of(text) == [row for row in ROWS if wanted(row)]


def test_quotes_may_stand_in_texts() -> None:
    """A backslash keeps a quote; the other kind of quote needs none."""
    table = pa.table({"name": ['say "hi"', "O'Neil", "x"]})
    for text, row in ((r'name == "say \"hi\""', 0), ('name == "O\'Neil"', 1)):
        assert selected(parse_condition(text), table).to_pylist() == [k == row for k in range(3)]


def trees(depth: int) -> st.SearchStrategy[tuple[str, Any]]:
    """Conditions as text, with a function that tells True, False or None of a row."""

    def compared(name: str, sign: str, value: Any) -> tuple[str, Any]:
        shown = f'"{value}"' if isinstance(value, str) else str(value)
        tests = {"==": lambda a: a == value, "!=": lambda a: a != value, "<": lambda a: a < value,
                 ">=": lambda a: a >= value}  # fmt: skip
        return f"{name} {sign} {shown}", (
            lambda row: None if row[name] is None else tests[sign](row[name])
        )

    signs = st.sampled_from(["==", "!=", "<", ">="])
    leaves = st.one_of(
        st.builds(compared, st.just("age"), signs, st.sampled_from([17, 18, 30])),
        st.builds(compared, st.just("country"), signs, st.sampled_from(["FI", "SE"])),
        st.builds(compared, st.just("bought"), signs, st.just(date(2026, 6, 1))),
        st.just(("kids", lambda row: row["kids"])),
        st.just(("age is missing", lambda row: row["age"] is None)),
    )

    def denied(part: tuple[str, Any]) -> tuple[str, Any]:
        def told(row: Any) -> Any:
            found = part[1](row)
            return None if found is None else not found

        return f"not ({part[0]})", told

    def joined(word: str, one: tuple[str, Any], two: tuple[str, Any]) -> tuple[str, Any]:
        decides = word == "or"

        def told(row: Any) -> Any:
            both = (one[1](row), two[1](row))
            return decides if decides in both else None if None in both else not decides

        return f"({one[0]}) {word} ({two[0]})", told

    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(denied, inner),
            st.builds(joined, st.sampled_from(["and", "or"]), inner, inner),
        ),
        max_leaves=depth,
    )


@given(trees(6))
def test_any_condition_is_read_as_row_by_row(tree: tuple[str, Any]) -> None:
    """Whatever is nested, the rows are those of which a plain reading says True, and no others."""
    text, told = tree
    found = selected(parse_condition(text), TABLE).to_pylist()
    assert found == [told(row) is True for row in ROWS]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "position 1: needs the name of an attribute; write e.g. country == \"FI\""),
        ("kids and", "position 9: needs the name of an attribute; write e.g. country == \"FI\""),
        ("kids age", "position 6: needs and, or, or the end (got 'age'); "
         "join conditions with and"),
        ("age > ", "position 7: needs a value; write a number, \"a text\" or a date "
         "like 2026-06-01"),
        ("age > kids", "position 7: needs a value (got 'kids'); write a number, \"a text\" or "
         "a date like 2026-06-01"),
        ("country == 'FI", "position 12: cannot be read (got \"'FI\"); check the quotes"),
        ("__import__('os')", "position 11: needs and, or, or the end (got '('); "
         "join conditions with and"),
        ("age > 1; kids", "position 8: cannot be read (got '; kids'); check the quotes"),
        ("(kids", "position 6: needs a closing ); add it"),
        ("country in 'FI'", "position 12: needs a list after in; write e.g. in [\"FI\", \"SE\"]"),
        ("country in ['FI', 3]", "position 12: has values of several kinds; "
         "use one kind in a list"),
        ("bought > 2026-02-30", "position 10: there is no such day (got 2026-02-30); "
         "write e.g. 2026-06-01"),
        ("kid", "position 1: no attribute is called 'kid'; did you mean 'kids'?"),
        ("zzz", "position 1: no attribute is called 'zzz'; it has age, bought, country, kids"),
        ("age", "position 1: 'age' is a number, not true or false; compare it with a value"),
        ("age == '18'", "position 1: 'age' is a number, compared with a text; "
         "compare like with like"),
        ("kids > true", "position 1: 'kids' is true or false and has no order; use == or !="),
        ("age < 1 and age > 2", "position 13: nothing can meet all that is asked of 'age'; "
         "drop a part"),
        ("age > 5 and not (kids or age > 3)", "position 26: nothing can meet all that is asked of "
         "'age'; drop a part"),
        ("kids and not kids", "position 14: nothing can meet all that is asked of 'kids'; drop a "
         "part"),
        ("not (age > 3 or age <= 3)", "position 17: nothing can meet all that is asked of 'age'; "
         "drop a part"),
        ("age is missing and (country == 'FI' and age > 1)", "position 41: nothing can meet all "
         "that is asked of 'age'; drop a part"),
        ("age > 1 and kids and age <= 1", "position 22: nothing can meet all that is asked of "
         "'age'; drop a part"),
        ("country == 'FI' and country in ['SE', 'NO']", "position 21: nothing can meet all that is "
         "asked of 'country'; drop a part"),
        ("not " * 60 + "kids", "position 201: is nested more than 50 deep; write it more simply"),
    ],
)  # fmt: skip
def test_refusals(text: str, line: str) -> None:
    """Where a condition cannot be read or met is said with its position and what to do."""
    with pytest.raises(ContentError) as caught:
        check_condition(parse_condition(text), KINDS)
    assert str(caught.value) == f"condition: {line}"


@pytest.mark.parametrize(
    "text",
    ["age > 1 and age < 2", "age <= 1 and age < 1", "age >= 1 and age > 1", "age >= 2 and age <= 2",
     "age != 1 and age != 2", "country != 'FI' and country != 'SE'",
     "age > 1 and (age < 1 or kids)"],
)  # fmt: skip
def test_what_can_be_met_is_not_refused(text: str) -> None:
    """Narrow is not impossible."""
    check_condition(parse_condition(text), KINDS)


ATOMS = st.sampled_from(
    ["kids", "kids == false", "kids is missing", "age > 17", "age <= 17", "age == 18", "age != 40",
     "age is missing", "age in [17, 40]", "country == 'FI'", "country in ['SE', 'NO']",
     "country is missing"]
)  # fmt: skip
TEXTS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        ),
    ),
    max_leaves=5,
)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_what_is_refused_selects_nobody(text: str) -> None:
    """Of all ages, countries and flags that tell the atoms apart, none meets it or a part of it."""
    condition = parse_condition(text)
    ages = (None, 16, 17, 17.5, 18, 30, 40, 41)
    rows = [
        {"age": age, "country": country, "kids": kids, "bought": None}
        for age in ages
        for country in (None, "FI", "NO", "SE", "DE")
        for kids in (None, True, False)
    ]  # fmt: skip
    kinds = {"age": float, "country": str, "kids": bool}
    table = pa.Table.from_pylist(rows, SCHEMA.set(0, pa.field("age", pa.float64())))
    try:
        check_condition(condition, kinds)
    except ContentError as error:
        assert "nothing can meet" in str(error)
        assert any(not any(selected(part, table).to_pylist()) for part in _parts(condition))


def _parts(condition: Any) -> list[Any]:
    """A condition and all that it is made of."""
    inner = getattr(condition, "parts", None) or [
        p for p in [getattr(condition, "part", None)] if p
    ]
    return [condition, *(part for of in inner for part in _parts(of))]
