"""Traffic replayed from a table: times, people, scaling, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from smsc_sim.model import codes
from smsc_sim.scenario.compile import compile_scenario
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import load
from tests.networks import SECOND

BASE = """\
start: 2026-03-01T12:00 Europe/Helsinki
duration: 1 h
smscs: {north: {rate: 400 msg/s}}
hlrs: {main: {rate: 2000 /s}}
mscs: {helsinki: {}}
link_sets: {a: {between: [north, helsinki]}, b: {between: [north, main]},
            c: {between: [main, helsinki]}}
populations: {city: {size: 100, country: US}}
traffic: {old: {kind: trace, file: old.csv, from: city, to: city}}
"""
ROWS = "timestamp,from,to\n30,b,a\n10,a,b\n10,c,a\n40,a,c\n"


def compiled(folder: Path, rows: str | bytes = ROWS, more: str = "", **options: object):
    """The network of BASE with a trace."""
    (folder / "base.yaml").write_text(BASE.replace("file: old.csv", f"file: old.csv{more}"))
    (folder / "old.csv").write_bytes(rows if isinstance(rows, bytes) else rows.encode())
    return compile_scenario(load(folder / "base.yaml", **options)).network


def test_rows_are_messages_between_the_same_people(tmp_path: Path) -> None:
    """Messages keep their distances and order; people are numbered as they appear."""
    net = compiled(tmp_path)
    assert net.source_arrivals == [codes.BY_TABLE] and net.source_limit == [4]
    assert [ns // SECOND for ns in net.table_ns] == [0, 0, 20, 30]
    assert list(net.table_sender) == [
        0,
        1,
        2,
        0,
    ]  # a, c at 10 s as in the file, then b
    assert list(net.table_phone) == [2, 0, 0, 1]
    assert list(net.table_population) == [0] * 4 and set(net.table_text) == {-1}


def test_time_and_volume_are_scaled(tmp_path: Path) -> None:
    """Speed divides the distances; scale makes more messages, evenly in the gaps, or fewer."""
    net = compiled(tmp_path, more=", at: +1 min, speed: 2, scale: 1.5")
    assert [ns / SECOND for ns in net.table_ns] == [60, 60, 65, 70, 75, 75]
    assert list(net.table_phone) == [2, 0, -1, 0, 1, -1]
    net = compiled(tmp_path, more=", scale: 0.5")
    assert [ns / SECOND for ns in net.table_ns] == [0, 30]


def test_what_the_run_does_not_reach_is_left_out(tmp_path: Path) -> None:
    """A window moves the trace; rows before it and after the drain are not sent."""
    net = compiled(tmp_path, "time\n0\n1200\n3000\n5000\n9999999\n", window="12:10-12:40")
    assert [ns // SECOND for ns in net.table_ns] == [600, 2400, 4400]
    assert len(compiled(tmp_path, ROWS, scale="0.5").table_ns) == 2


def test_moments_and_parquet(tmp_path: Path) -> None:
    """Moments follow the zone of the scenario or their own offset; Parquet is read like CSV."""
    rows = "time,to\n2026-03-01T12:00:00,x\n2026-03-01T10:00:05+00:00,y\n"
    net = compiled(tmp_path, rows)
    assert [ns // SECOND for ns in net.table_ns] == [0, 5] and list(net.table_sender) == [-1, -1]
    pd.DataFrame({"time": [3.5, 1.0], "from": ["p", "q"]}).to_parquet(tmp_path / "old.parquet")
    (tmp_path / "p.yaml").write_text(BASE.replace("old.csv", "old.parquet"))
    net = compile_scenario(load(tmp_path / "p.yaml")).network
    assert list(net.table_ns) == [0, 2_500_000_000] and list(net.table_sender) == [0, 1]


def test_the_file_is_part_of_what_names_a_run(tmp_path: Path) -> None:
    """Its digest is among those of the files read."""
    compiled(tmp_path)
    assert "old.csv" in dict(load(tmp_path / "base.yaml").files)


@pytest.mark.parametrize(
    ("rows", "more", "lines"),
    [
        (b"time\n1\n\xff\n", "", ["old.csv:3:1: octet 0xFF is not UTF-8; save the file as UTF-8"]),
        ("time,from\n1,a\nx,b\n3\n4, \n", "", [
            "old.csv:3:1: time: needs seconds or a moment (got 'x'); "
            "write e.g. 12.5 or 2026-03-01T12:00:00",
            "old.csv:4:1: has 1 cells where the header has 2; check commas and quotes",
            "old.csv:5:2: from: needs the name of a person; or leave the column out",
        ]),
        ("when\n1\n", "", ["old.csv:1:1: has no column 'time'; name the column of times; "
                           "it has when"]),
        ("time\n", "", ["old.csv: has no rows; add one row per message"]),
        ("time,from\n" + "".join(f"{k},p{k}\n" for k in range(101)), "", [
            "base.yaml:9:51: traffic.old.from: has 100 phones for the 101 people of the trace; "
            "make the population larger"]),
        (ROWS, ", account: x", [
            "base.yaml:9:11: traffic.old: needs either from or account; write e.g. from: city"]),
        (ROWS, ", scale: 0", ["base.yaml:9:11: traffic.old: has a scale or speed of 0; "
                              "leave the traffic out"]),
    ],
)  # fmt: skip
def test_refusals(tmp_path: Path, rows: str | bytes, more: str, lines: list[str]) -> None:
    """Every problem has file, row and column, and what to do."""
    with pytest.raises(ScenarioError) as caught:
        compiled(tmp_path, rows, more)
    assert [line for line in caught.value.problems if "no account is called" not in line] == lines


def test_a_file_outside_the_folder_is_refused(tmp_path: Path) -> None:
    """A trace cannot lead out of the scenario's folder, nor be missing."""
    (tmp_path / "base.yaml").write_text(BASE.replace("old.csv", "../old.csv"))
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "base.yaml")
    assert list(caught.value.problems) == [
        "base.yaml:9:36: traffic.old.file: leads out of the scenario's folder "
        "(got '../old.csv'); copy the file into the folder"
    ]
