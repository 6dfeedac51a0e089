"""Measures of retry storms, receipts and status reports, against counts of the log itself."""

import math
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.engines.tally import MessageTally
from smsc_sim.model import codes
from smsc_sim.results.frames import replication_frames
from smsc_sim.results.messages import message_file
from tests.networks import CODE, ID, OTHER, SECOND, TIME, VALUE, network, rows_of, simulate

INTERVAL = 10 * SECOND
STORM = """
duration: 10 min
drain: 1 h
smscs: {north: {rate: 20 msg/s, submit_queue: 200 ms}}
accounts: {bank: {smsc: north, policy: kannel, receipts: failures, response_timer: 5 s}}
populations: {city: {status_reports: 50 %, unknown: 5 %}}
traffic:
  news: {messages: 1500 msg, rate: 10 msg/s}
  people: {kind: person_to_person, from: city, volume: 3000 msg/day, to: city, text: one}
failures: {crash: {element: north, at: +60 s, for: 40 s}}
"""


def frames(*changes: str) -> tuple[np.ndarray, dict[str, float], pd.DataFrame]:
    """The log, the measures of the run, and the table of messages."""
    scenario = network(STORM, *changes)
    log, _ = simulate(scenario)
    tally = MessageTally(scenario.network, scenario.names, INTERVAL, [])
    occupancy = Occupancy(scenario.network, INTERVAL)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "messages.parquet"
        with message_file(scenario.network, scenario.names, path) as file:
            for piece in np.array_split(log, 3):
                tally.add(piece)
                occupancy.add(piece)
                file.add(piece)
        table = pd.read_parquet(path)
    occupancy.finish(int(log[-1, TIME]))
    found = replication_frames(scenario.network, scenario.names, tally, occupancy)
    rows = found.measures[found.measures["entity_type"] == "run"]
    return log, dict(zip(rows["measure"], rows["value"], strict=True)), table


def test_retry_storm_measures() -> None:
    """Resends, worst intervals, receipts and reports are those that the log shows."""
    log, run, _ = frames()
    resends = rows_of(log, codes.LOG_RESEND)
    inside = resends[resends[:, TIME] < 600 * SECOND]
    submits = rows_of(log, codes.LOG_SUBMIT)
    submits = submits[submits[:, TIME] < 600 * SECOND]
    cohort = set((submits[:, ID] >> 18).tolist())
    of_cohort = sum((row >> 18) in cohort for row in resends[:, ID].tolist())
    assert of_cohort > 100
    assert run["resend_ratio"] == pytest.approx(of_cohort / submits[:, VALUE].sum())
    per_interval = np.bincount(inside[:, TIME] // INTERVAL, minlength=60)
    fresh = np.bincount(submits[:, TIME] // INTERVAL, minlength=60)
    worst = int(per_interval.argmax())
    assert run["worst_resend_ratio"] == pytest.approx(per_interval[worst] / fresh[worst])
    reports = rows_of(log, codes.LOG_STATUS_REPORT)
    mine = np.array([row >> 18 in cohort for row in reports[:, ID].tolist()])
    assert run["status_reports"] == mine.sum() > 50
    arrived = (reports[mine, VALUE] == codes.OK).mean()
    assert run["status_reports_delivered"] == pytest.approx(arrived)
    receipts = rows_of(log, codes.LOG_RECEIPT)
    assert run["receipts"] == sum((row >> 18) in cohort for row in receipts[:, ID].tolist()) > 10


def test_receipts_of_segments_are_counted_by_their_ends() -> None:
    """Plain receipts have no rows of their own: each end of a segment of the account makes one."""
    log, run, _ = frames("accounts: {bank: {receipts: final}}")
    ends = rows_of(log, codes.LOG_SEGMENT_END)
    assert run["receipts"] == (ends[:, ID] >> 48 == 0).sum() > 1000


def test_time_to_drain() -> None:
    """From the repair until the store holds what it held before; never, without an end in sight."""
    log, run, _ = frames()
    stored = np.zeros(60)
    taken = log[(log[:, CODE] == codes.LOG_TAKEN)]
    scenario = network(STORM).network
    level, at = dict.fromkeys(scenario.smsc_store, 0), 0
    for time_ns, place, value in taken[:, [TIME, 3, VALUE]].tolist():
        if place not in level:
            continue
        for interval in range(at // INTERVAL, min(60, time_ns // INTERVAL + 1)):
            begin, end = interval * INTERVAL, (interval + 1) * INTERVAL
            stored[interval] += sum(level.values()) * (min(end, time_ns) - max(begin, at))
        level[place], at = value, time_ns
    stored /= INTERVAL
    back = np.flatnonzero(stored[10:] <= 1.1 * np.median(stored[:6]))[0]
    assert run["time_to_drain"] == back * 10.0 > 0
    _, still, _ = frames("failures: {crash: {for: 539 s}}")
    assert "time_to_drain" not in still


def test_a_calm_network_has_no_storm() -> None:
    """Without trouble nothing is sent again, and the worst ratios are 0."""
    _, run, _ = frames("failures: null", "smscs: {north: {rate: 1000 msg/s}}",
                       "populations: {city: {unknown: 0 %}}")  # fmt: skip
    assert run["resend_ratio"] == run["worst_resend_ratio"] == run["worst_retry_ratio"] == 0.0
    assert not math.isnan(run["time_to_drain"])
    assert "receipts" not in run  # nothing failed


def test_messages_know_kind_and_origin() -> None:
    """Each row of the table of messages names the kind of its traffic and who sent it."""
    log, _, frame = frames()
    pairs = set(zip(frame["source"], frame["kind"], frame["origin"], strict=True))
    assert pairs == {("news", "campaign", "bank"), ("people", "person_to_person", "city")}
    ended = rows_of(log, codes.LOG_MESSAGE_END)
    delivered = (ended[:, OTHER] == codes.DELIVERED).sum()
    assert (frame["state"] == "delivered").sum() == delivered
