"""Estimates by hand, from frames to files and back."""

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from smsc_sim.results import estimates as module
from smsc_sim.results.estimates import Estimates, ReplicationFrames
from smsc_sim.results.storage import ResultsError, json_bytes, write_bytes

T3 = 4.302653
"""Student's t for three values."""


def row_of(estimates: Estimates, entity: str, measure: str) -> pd.Series:
    """The one row of a measure."""
    rows = estimates.measures
    return rows[(rows["entity"] == entity) & (rows["measure"] == measure)].squeeze()


def test_mean_half_width_unit_and_n(tiny: Estimates) -> None:
    """Ratios 0.8, 0.9, 1.0: mean 0.9, half-width t x 0.1 / sqrt(3)."""
    row = row_of(tiny, "otp", "delivery_ratio")
    assert row["estimate"] == pytest.approx(0.9)
    assert row["half_width"] == pytest.approx(T3 * 0.1 / math.sqrt(3), rel=1e-6)
    assert (row["unit"], row["n"]) == ("1", 3)


def test_a_replication_without_a_value_is_left_out(tiny: Estimates) -> None:
    """Cost per delivered of 0.04 and 0.05 and none: mean 0.045 over two, in the run's currency."""
    row = row_of(tiny, "otp", "a2p.cost_per_delivered")
    assert (row["estimate"], row["n"], row["unit"]) == (pytest.approx(0.045), 2, "EUR")
    nothing = row_of(tiny, "people", "a2p.cost_per_delivered")
    assert nothing["n"] == 0
    assert math.isnan(nothing["estimate"])


def test_one_replication_has_no_half_width(
    build: Callable[..., Estimates], frames: list[ReplicationFrames]
) -> None:
    """With one replication no table holds an interval."""
    single = build(frames[:1])
    for table in (single.measures, single.timeline, single.latency):
        assert table["half_width"].isna().all()


def test_order_of_replications_changes_no_estimate(
    build: Callable[..., Estimates], frames: list[ReplicationFrames]
) -> None:
    """Reversing the replications leaves every mean and half-width."""
    forward, backward = build(frames), build(frames[::-1])
    pd.testing.assert_frame_equal(forward.measures, backward.measures)
    pd.testing.assert_frame_equal(forward.latency, backward.latency)


def test_rows_stand_by_type_then_as_in_the_scenario(tiny: Estimates) -> None:
    """The run comes first, then classes, countries and elements; the run's entity is '*'."""
    assert list(tiny.measures["entity_type"].unique()) == [
        "run", "class", "country", "element", "smsc",
    ]  # fmt: skip
    assert list(tiny.by_class.index) == ["people", "otp"]
    assert tiny.run["submitted"] == 100.0
    assert set(tiny.measures.loc[tiny.measures["entity_type"] == "run", "entity"]) == {"*"}


def test_wide_tables_hold_the_estimates(tiny: Estimates) -> None:
    """`by_class`, `by_country` and `elements` are the measures, turned."""
    assert tiny.by_class.loc["otp", "delivered"] == 90.0
    assert tiny.by_country.loc["FI", "submitted"] == 60.0
    assert tiny.elements.loc["north-a", "utilisation"] == pytest.approx(0.41)
    assert tiny.elements.loc["north", "busiest_hour"] == 0.5


def test_verdicts_use_measures_elements_and_curves(tiny: Estimates) -> None:
    """Each kind of target finds its numbers; a limit that was not measured proves nothing missed.

    The share within 20 s is read at 10 s, which is enough for 85 % and proves nothing about 99 %.
    """
    found = {verdict.name: verdict for verdict in tiny.targets}
    assert {name: verdict.status for name, verdict in found.items()} == {
        "ratio": "met", "load": "missed", "store": "met", "fast": "met", "faster": "undecided",
    }  # fmt: skip
    assert found["fast"].estimate == pytest.approx(0.901)
    assert found["faster"].reason == "the limit itself was not measured (measured within 10 s)"


def test_open_messages_reach_the_verdict(frames: list[ReplicationFrames]) -> None:
    """Half of the messages open: a missed ratio is undecided, unless the drain settled it."""
    for frame in frames:
        rows = frame.measures
        rows.loc[rows["measure"] == "open", "value"] = 50.0
        rows.loc[rows["measure"] == "delivery_ratio", "value"] = 0.4
    ratio = {"name": "r", "kind": "ratio", "class": "otp", "at_least": 0.8}
    within = {"name": "w", "kind": "within", "class": "otp", "within_s": 10.0, "at_least": 0.95}
    manifest = {"currency": "EUR"}
    statuses = [
        [v.status for v in Estimates.from_replications(frames, extra, [ratio, within]).targets]
        for extra in (manifest, {**manifest, "drain_s": 60.0})
    ]
    assert statuses == [["undecided", "undecided"], ["undecided", "missed"]]


def change(table: int, column: str, value: Any) -> Callable[[list[Any]], None]:
    """Edit the first row of one table of the second replication."""

    def edit(frames: list[Any]) -> None:
        frames[1][table].loc[0, column] = value

    return edit


def repeat(frames: list[Any]) -> None:
    """Repeat a row."""
    frames[0] = frames[0]._replace(measures=pd.concat([frames[0].measures] * 2))


def drop(frames: list[Any]) -> None:
    """Drop a column."""
    frames[2] = frames[2]._replace(timeline=frames[2].timeline.drop(columns="entity"))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (change(0, "entity_type", "link"),
         "measures of replication 1 has the entity type 'link'; use one of run, class, "
         "class_country, country, element, smsc"),
        (change(0, "measure", "delivry_ratio"),
         "no measure is called 'delivry_ratio'; did you mean 'delivery_ratio'?"),
        (change(0, "value", np.inf),
         "a replication has an infinite value (smsc, north, busiest_hour); leave it out as NaN"),
        (repeat, "measures of replication 0 has two rows for smsc, north, busiest_hour"),
        (drop, "timeline of replication 2 lacks the column 'entity'"),
        (list.clear, "estimates need at least one replication (got 0)"),
    ],
)  # fmt: skip
def test_bad_frames_are_refused_in_one_sentence(
    edit: Callable[[list[Any]], None],
    message: str,
    frames: list[Any],
    build: Callable[..., Estimates],
) -> None:
    """Whatever is wrong with a frame, the message names replication, place and remedy."""
    edit(frames)
    with pytest.raises(ValueError) as caught:
        build(frames)
    assert str(caught.value) == message


def test_what_is_saved_is_what_is_loaded(tiny: Estimates, tmp_path: Path) -> None:
    """Tables, verdicts and manifest come back equal, NaN included."""
    tiny.save(tmp_path / "run")
    again = Estimates.load(tmp_path / "run")
    for name in ("measures", "timeline", "latency", "replications"):
        pd.testing.assert_frame_equal(getattr(tiny, name), getattr(again, name))
    assert repr(again.targets) == repr(tiny.targets)
    assert again.manifest == tiny.manifest


def test_files_have_the_same_bytes_and_hold_no_time(
    tiny: Estimates,
    frames: list[ReplicationFrames],
    build: Callable[..., Estimates],
    tmp_path: Path,
) -> None:
    """Saving twice gives the same bytes; another wall time changes the manifest alone."""
    slower = build(frames, wall_seconds=99.0)
    tiny.save(tmp_path / "a")
    slower.save(tmp_path / "b")
    names = {path.name for path in (tmp_path / "a").iterdir()}
    assert names == {
        "manifest.json", "summary.json", "classes.parquet", "countries.parquet",
        "elements.parquet", "timeline.parquet", "latency.parquet", "replications.parquet",
    }  # fmt: skip
    pairs = {n: [(tmp_path / d / n).read_bytes() for d in "ab"] for n in names}
    differ = {name for name, (one, other) in pairs.items() if one != other}
    assert differ == {"manifest.json"}


def test_summary_and_tables_agree(tiny: Estimates, tmp_path: Path) -> None:
    """`summary.json` holds each row of the tables, with null for what is not known."""
    tiny.save(tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text())
    for row in tiny.measures.to_dict("records"):
        entry = summary["measures"][row["entity_type"]][row["entity"]][row["measure"]]
        for key in ("estimate", "half_width"):
            value = math.nan if entry[key] is None else entry[key]
            assert value == row[key] or (math.isnan(value) and math.isnan(row[key]))
        assert (entry["n"], entry["unit"]) == (row["n"], row["unit"])
    assert [target["name"] for target in summary["targets"]] == [v.name for v in tiny.targets]


def test_incomplete_results_are_named(tiny: Estimates, tmp_path: Path) -> None:
    """A file that is missing or broken is named in the message."""
    tiny.save(tmp_path)
    (tmp_path / "elements.parquet").write_bytes(b"no parquet")
    with pytest.raises(ResultsError, match=r"elements\.parquet: not a readable Parquet file"):
        Estimates.load(tmp_path)
    (tmp_path / "elements.parquet").unlink()
    with pytest.raises(ResultsError, match=r"elements\.parquet: no such file"):
        Estimates.load(tmp_path)


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk fails, the old content stays and no part of the new one is left."""
    path = tmp_path / "summary.json"
    write_bytes(path, b"old")

    def fail(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["summary.json"]


def test_json_is_sorted_and_exact() -> None:
    """Keys are sorted, floats written so that they read back the same, NaN as null."""
    value = {"b": np.float64(0.1) + 0.2, "a": [math.nan, np.int64(3), "ä"]}
    text = json_bytes(value).decode()
    assert text == '{\n "a": [\n  null,\n  3,\n  "ä"\n ],\n "b": 0.30000000000000004\n}\n'
    with pytest.raises(TypeError, match="cannot write a set to JSON"):
        json_bytes({"a": {1}})


def test_time_series_carry_the_local_clock(tiny: Estimates) -> None:
    """The second interval begins at 18:01 in Helsinki; unknown series are named."""
    series = tiny.timeline_of("north-a", "utilisation")
    assert len(series) == 10
    assert series.loc[1, "clock"].isoformat() == "2026-12-31T18:01:00+02:00"
    with pytest.raises(KeyError, match="no time series 'queue' of 'north-a'"):
        tiny.timeline_of("north-a", "queue")


def test_the_page_in_jupyter_escapes_and_shows_intervals(tiny: Estimates) -> None:
    """Names cannot inject HTML, numbers carry their half-widths, nothing is fetched."""
    page = tiny._repr_html_()
    assert "&lt;b&gt;two&lt;/b&gt; classes" in page
    assert "<b>two</b>" not in page
    assert "90 ± 25 %" in page
    assert "✗ missed" in page
    assert "http" not in page and "<script" not in page


def test_a_console_shows_one_line(tiny: Estimates) -> None:
    """The text form names the run and says how much there is, without whole tables."""
    assert repr(tiny) == "<Estimates of tiny: 3 replications, 12 measures, 5 targets>"


def test_figures_need_the_report_layer(tiny: Estimates, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the report layer the message says what to import."""
    monkeypatch.setattr(module, "_PRESENTERS", {})
    with pytest.raises(RuntimeError) as caught:
        _ = tiny.figures
    assert str(caught.value) == (
        "figures needs the report layer; write `import smsc_sim.report` first"
    )
