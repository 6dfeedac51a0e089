"""Tables and words of the report: the same numbers as the estimates, in the right order."""

import math
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from smsc_sim.report import summary, tables
from smsc_sim.results.estimates import Estimates
from smsc_sim.results.measures import measure_of
from smsc_sim.results.words import quantity


def column(table: tables.Table, title: str) -> list[str]:
    """Values of one column."""
    index = [name for name, _ in table.columns].index(title)
    return [row[index][0] for row in table.rows]


def test_every_number_comes_from_the_measures(usual: Estimates) -> None:
    """The delivery ratio in the table is the estimate of each class, then of all."""
    rows = usual.measures[usual.measures["measure"] == "delivery_ratio"]
    rows = rows[rows["entity_type"].isin(["class", "run"])].set_index("entity")
    table = tables.delivery(usual)
    names = [row[0][0] for row in table.rows]
    assert names == [*(n for n in rows.index if n != "*"), "all"]
    for name, value in zip(names, column(table, "Delivery ratio"), strict=True):
        row = rows.loc["*" if name == "all" else name]
        text = quantity(row["estimate"], row["half_width"], "percent")
        assert text.split(" ")[0] == value


def test_latency_stands_beside_what_was_not_delivered(usual: Estimates) -> None:
    """Not delivered = 100 % minus the delivery ratio, with the same half-width."""
    latency, delivery = tables.latencies(usual), tables.delivery(usual)
    for lost, kept in zip(latency.rows, delivery.rows, strict=True):
        assert float(lost[-1][0]) + float(kept[2][0]) == pytest.approx(100.0, abs=0.051)
        assert lost[-1][1] == kept[2][1] != ""


def test_countries_are_sorted_by_messages_and_priced_per_delivered(usual: Estimates) -> None:
    """The largest country comes first; money has the currency in its head."""
    table = tables.countries(usual)
    counts = [float(value.replace(",", "")) for value in column(table, "Submitted")]
    assert counts == sorted(counts, reverse=True)
    assert ("Cost per delivered (a2p)", "EUR") in table.columns
    assert table.rows[0][0][0] == "FI Finland"


def test_all_elements_are_listed_busiest_first(make: Callable[..., Estimates]) -> None:
    """40 elements give 40 rows, in falling order of the busiest hour."""
    names = tuple(f"e{i}" for i in range(40))
    table = tables.elements(make(elements=names, replications=2, duration_s=3600.0))
    assert {row[0][0] for row in table.rows} == set(names)
    busiest = [float(value) for value in column(table, "Busiest hour")]
    assert busiest == sorted(busiest, reverse=True)


def test_one_replication_prints_no_half_width(make: Callable[..., Estimates]) -> None:
    """With one replication no cell of any table has a half-width."""
    single = make(replications=1)
    for build in (tables.delivery, tables.latencies, tables.countries, tables.elements,
                  tables.causes, tables.attempts):  # fmt: skip
        assert all(half == "" for row in build(single).rows for _, half in row)


def test_causes_are_sorted_and_named_in_words(usual: Estimates) -> None:
    """The most frequent cause comes first, without underscores."""
    names = [row[0][0] for row in tables.causes(usual).rows]
    assert names[:2] == ["Absent subscriber", "Subscriber busy"]


def test_glossary_defines_each_measure_that_occurs_once(usual: Estimates) -> None:
    """No measure of the run lacks a definition and none is defined twice."""
    used = set(usual.measures["measure"]) | set(usual.timeline["measure"])
    titles = [row[0] for _, rows in tables.definitions(usual) for row in rows]
    for name in used:
        wanted = "Share of a cause" if name.startswith("cause.") else measure_of(name).title
        assert wanted in titles
    by_group = [(group, row[0]) for group, rows in tables.definitions(usual) for row in rows]
    assert len(set(by_group)) == len(by_group)


def test_summary_names_the_worst_element_and_the_outage(usual: Estimates) -> None:
    """The sentences hold the busiest element, the outage with clock times, and both costs."""
    words = " ".join(summary.page(usual)["sentences"])
    rows = usual.measures[usual.measures["measure"] == "busiest_hour"]
    worst = rows.loc[rows["estimate"].idxmax()]
    assert f"The most loaded element is {worst['entity']}:" in words
    assert quantity(worst["estimate"], math.nan, "percent") in words
    assert "stp_down takes a out of service, 21:00–21:10." in words
    assert "EUR (what people pay)" in words and "EUR (what application senders pay)" in words


def test_summary_of_nothing_delivered_divides_by_nothing(make: Callable[..., Estimates]) -> None:
    """Without deliveries the page says so and shows dashes, never nan or inf."""
    page = summary.page(make(delivers=False, replications=2))
    text = repr(page)
    assert "none was delivered" in text
    assert "nan" not in text and "inf" not in text
    assert [tile["value"] for tile in page["tiles"]].count("–") == 3


def test_badges_carry_bounds_and_reason(usual: Estimates) -> None:
    """Each target on the page has the status, the bounds and the reason of its verdict."""
    shown = summary.page(usual)["targets"]
    assert [t["status"] for t in shown] == [v.status for v in usual.targets]
    assert shown[0]["bounds"].endswith(" %") and " to " in shown[0]["bounds"]
    assert shown[0]["reason"] == usual.targets[0].reason


def test_answers_have_a_table_where_messages_are_answered(usual: Estimates) -> None:
    """Only classes that are answered have a row; without any there is no table."""
    assert tables.answers(usual) is None
    rows = usual.measures
    some = rows[(rows["entity"] == "otp") & (rows["measure"] == "delivery_ratio")].copy()
    some["measure"] = "answers_per_message"
    answered = replace(usual, measures=pd.concat([rows, some]))
    table = tables.answers(answered)
    assert table is not None
    assert [row[0][0] for row in table.rows] == ["otp"]
    assert [head[0] for head in table.columns] == ["Class", "Answers per message"]
