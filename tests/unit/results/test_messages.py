"""The table of messages: what the log says of each, written while it goes by."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from smsc_sim.engines.tally import MessageTally
from smsc_sim.model import codes
from smsc_sim.results import messages
from smsc_sim.results.messages import join_message_files, message_file
from smsc_sim.scenario.compile import Compiled
from tests.networks import CODE, ID, SECOND, network, rows_of, simulate

CHANGES = """
duration: 3 min
drain: 20 s
smscs: {north: {validity: 2 min, dialogues: 20}}
populations:
  city: {unknown: 5 %, errors: {subscriber_busy: 10 %}, radio: {paging: 1 s},
         reachability: {mean_on: 40 s, mean_off: 20 s}}
traffic:
  people: {kind: person_to_person, from: city, to: city, volume: 2500 msg/day, text: three}
failures: {crash: {element: north, at: +45 s, for: 5 s}}
"""


@pytest.fixture(scope="module")
def recorded() -> tuple[Compiled, np.ndarray]:
    """A scenario with a crash, duplicates and messages that are still open at the end."""
    scenario = network(CHANGES)
    log, _ = simulate(scenario)
    return scenario, log


def written(scenario: Compiled, parts: list[np.ndarray], path: Path) -> list[int]:
    """Write the table of a log in pieces; open messages after each."""
    still = []
    with message_file(scenario.network, scenario.names, path) as file:
        for part in parts:
            file.add(part)
            still.append(file._sums["opened"])
    return still


def recount(scenario: Compiled, log: np.ndarray) -> dict[int, dict[str, Any]]:
    """What the log says of each message, row by row."""
    net, names = scenario
    found: dict[int, dict[str, Any]] = defaultdict(
        lambda: {"attempts": 0, "duplicates": 0, "cost_micros": 0, "state": "open", "cause": "none"}
    )
    for time_ns, code, row_id, place, value, other, _ in log.tolist():
        message = row_id >> 18
        if code == codes.LOG_SUBMIT:
            found[message] |= {"submitted_s": time_ns / 1e9, "segments": value}
            found[message]["country"] = names.countries[place]
        elif code == codes.LOG_ATTEMPT:
            found[message]["attempts"] += 1
            found[message].setdefault("first_attempt_s", time_ns / 1e9)
        elif code == codes.LOG_DUPLICATE:
            found[message]["duplicates"] += 1
        elif code == codes.LOG_FAILED:
            found[message]["cause"] = codes.CAUSE_NAMES[value]
        elif code == codes.LOG_ACCEPTED:
            row = (row_id >> 48) * len(names.populations) + place
            found[message]["cost_micros"] += net.price_micros[row]
        elif code == codes.LOG_MESSAGE_END:
            found[message] |= {"ended_s": time_ns / 1e9, "state": codes.STATE_NAMES[other]}
            if value >= 0:
                found[message]["latency_s"] = value / 1e9
    return found


def test_every_message_is_as_the_log_says(recorded: Any, tmp_path: Path) -> None:
    """Each column of each message is what plain Python reads from the log."""
    scenario, log = recorded
    written(scenario, [log], tmp_path / "m.parquet")
    frame = pd.read_parquet(tmp_path / "m.parquet")
    found = recount(scenario, log)
    assert len(frame) == len(found) > 200
    for row in frame.to_dict("records"):
        message = scenario.names.sources.index(row["source"]) << 30 | row["number"]
        wanted = found[message]
        for name in ("first_attempt_s", "ended_s", "latency_s"):
            wanted.setdefault(name, None)
        seen = {name: None if pd.isna(row[name]) else row[name] for name in wanted}
        assert seen == wanted, message
    assert {"open", "delivered", "undeliverable"} <= set(frame["state"])
    assert frame["duplicates"].sum() > 0 and (frame["cost_micros"] > 0).any()


def test_rows_come_as_messages_are_over(recorded: Any, tmp_path: Path) -> None:
    """First those that were forgotten, in that order; then those under way, as submitted."""
    scenario, log = recorded
    written(scenario, [log], tmp_path / "m.parquet")
    frame = pd.read_parquet(tmp_path / "m.parquet")
    sources = map(scenario.names.sources.index, frame["source"])
    rows = [source << 30 | number for source, number in zip(sources, frame["number"], strict=True)]
    over = (rows_of(log, codes.LOG_FORGOTTEN)[:, ID] >> 18).tolist()
    assert rows[: len(over)] == over and 10 < len(rows) - len(over) < len(over)
    rest = frame["submitted_s"].iloc[len(over) :]
    assert rest.is_monotonic_increasing


def test_bytes_do_not_depend_on_pieces(
    recorded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the log is cut, row groups and bytes are the same; only open messages are kept."""
    monkeypatch.setattr(messages, "GROUP", 64)
    scenario, log = recorded
    written(scenario, [log], tmp_path / "whole.parquet")
    still = written(scenario, np.array_split(log, 97), tmp_path / "cut.parquet")
    whole, cut = (tmp_path / f"{name}.parquet" for name in ("whole", "cut"))
    assert whole.read_bytes() == cut.read_bytes()
    sizes = [pq.ParquetFile(cut).metadata.row_group(k).num_rows for k in range(3)]
    assert sizes == [64, 64, 64]
    submitted = np.cumsum(log[:, CODE] == codes.LOG_SUBMIT)
    forgotten = np.cumsum(log[:, CODE] == codes.LOG_FORGOTTEN)
    ends = np.cumsum([len(part) for part in np.array_split(log, 97)]) - 1
    assert still == (submitted - forgotten)[ends].tolist()


def test_an_interrupted_run_leaves_no_table(recorded: Any, tmp_path: Path) -> None:
    """What is not whole is not there."""
    scenario, log = recorded
    with (
        pytest.raises(KeyboardInterrupt),
        message_file(scenario.network, scenario.names, tmp_path / "m.parquet") as file,
    ):
        file.add(log)
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_replications_are_joined(recorded: Any, tmp_path: Path) -> None:
    """The joined table has the rows of each replication after its number, words and all."""
    scenario, log = recorded
    parts = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    written(scenario, [log], parts[0])
    written(scenario, [log[: len(log) // 2]], parts[1])
    join_message_files(parts, tmp_path / "both.parquet")
    both = pd.read_parquet(tmp_path / "both.parquet")
    for number, part in enumerate(parts):
        mine = both[both["replication"] == number].drop(columns="replication")
        alone = pd.read_parquet(part)
        pd.testing.assert_frame_equal(mine.reset_index(drop=True), alone)
    assert isinstance(both["state"].dtype, pd.CategoricalDtype)


def test_replications_without_messages_are_joined(tmp_path: Path) -> None:
    """A run in which nobody writes leaves a table without rows, not a file without octets."""
    scenario = network(CHANGES)
    parts = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for part in parts:
        written(scenario, [np.zeros((0, codes.LOG_WORDS), np.int64)], part)
    join_message_files(parts, tmp_path / "both.parquet")
    both = pd.read_parquet(tmp_path / "both.parquet")
    assert len(both) == 0 and list(both)[:3] == ["replication", "source", "number"]


def test_messages_cost_what_is_counted(tmp_path: Path) -> None:
    """Costs of all messages add up to the sum by class, what operators refuse included."""
    limit = "{accounts: {bank: {limits: {FI: {per_day: 3}}}}, rates: list-2026}"
    scenario = network(limit)
    log, _ = simulate(scenario)
    tally = MessageTally(scenario.network, scenario.names, SECOND, [])
    tally.add(log)
    written(scenario, [log], tmp_path / "m.parquet")
    frame = pd.read_parquet(tmp_path / "m.parquet")
    inside = frame["submitted_s"] * SECOND >= scenario.network.warm_up_ns
    inside &= frame["submitted_s"] * SECOND < scenario.network.duration_ns
    refused = frame[inside & (frame["state"] == "rejected")]
    assert refused["cost_micros"].sum() > 0
    assert frame.loc[inside, "cost_micros"].sum() == tally.counts["cost_micros"].sum()
