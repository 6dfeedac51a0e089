"""What senders are told: receipts to accounts by policy, status reports to phones."""

import numpy as np
import pytest

from smsc_sim.model import codes
from tests.networks import (
    CODE,
    ID,
    PLACE,
    SECOND,
    TIME,
    VALUE,
    check_conservation,
    message_of,
    network,
    rows_of,
    simulate,
)

# Half of the numbers are dead, so half of the messages fail; three segments each.
HALF = """
duration: 60 s
accounts: {bank: {smsc: north, latency: 0 s}}
populations: {city: {unknown: 50 %}}
traffic: {news: {messages: 40 msg, rate: 10 msg/s, text: three}}
"""


def told(*changes: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of receipts, of ends of messages, and of messages reported as a whole."""
    log, engine = simulate(network(HALF, *changes))
    check_conservation(log, engine)
    codes_of = (codes.LOG_RECEIPT, codes.LOG_MESSAGE_END, codes.LOG_REPORTED)
    return tuple(rows_of(log, code) for code in codes_of)  # type: ignore[return-value]


def test_failures_alone() -> None:
    """An account that asks for failures is told of each failed segment, and of nothing else."""
    receipts, ends, reported = told("accounts: {bank: {receipts: failures}}")
    failed = ends[ends[:, 5] == codes.UNDELIVERABLE]
    assert 5 < len(failed) < 35
    assert (receipts[:, VALUE] == codes.UNDELIVERABLE).all()
    assert len(receipts) == 3 * len(failed)
    assert len(reported) == 0


@pytest.mark.parametrize("asked", ["final", "failures"])
def test_one_receipt_for_a_message(asked: str) -> None:
    """Asked for once per message, a receipt comes when the last segment ends, with its state."""
    receipts, ends, reported = told(
        f"accounts: {{bank: {{receipts: {asked}, receipts_per: message}}}}"
    )
    delivered = ends[ends[:, 5] == codes.DELIVERED]
    wanted = ends if asked == "final" else ends[ends[:, 5] != codes.DELIVERED]
    assert len(receipts) == len(wanted)
    assert (np.sort(receipts[:, TIME]) == np.sort(wanted[:, TIME])).all()
    states = dict(zip(message_of(ends[:, ID]).tolist(), ends[:, 5].tolist(), strict=True))
    assert [states[m] for m in message_of(receipts[:, ID]).tolist()] == receipts[:, VALUE].tolist()
    assert len(reported) == (len(delivered) if asked == "final" else 0)


def test_receipts_of_parts_are_the_default() -> None:
    """Without another wish every segment has a receipt, which needs no row in the log."""
    receipts, ends, reported = told()
    assert len(receipts) == 0
    assert len(reported) == (ends[:, 5] == codes.DELIVERED).sum() > 5
    nothing = told("accounts: {bank: {receipts: none}}")
    assert len(nothing[0]) == len(nothing[2]) == 0


def test_receipts_queue_at_the_smsc_and_at_the_account() -> None:
    """Rates for receipts make them wait at the SMSC and at the account, one behind the other."""
    scenario = network(
        HALF,
        "smscs: {north: {receipt_rate: 2 /s}}",
        "accounts: {bank: {receipt_rate: 1 msg/s, receipts_per: message}}",
    )
    log, engine = simulate(scenario)
    check_conservation(log, engine)
    receipts = rows_of(log, codes.LOG_RECEIPT)
    assert len(receipts) == 40
    assert np.diff(receipts[:, TIME]).min() >= SECOND
    visits = rows_of(log, codes.LOG_VISIT)
    for name in ("north receipts", "bank receipts"):
        station = scenario.names.stations.index(name)
        assert (visits[:, PLACE] == station).sum() == 40
        assert visits[visits[:, PLACE] == station][:, VALUE].max() > SECOND


def test_a_run_waits_for_the_receipts_of_its_cohort() -> None:
    """The run goes on until the last receipt of the cohort is in, and not to the drain's end."""
    slow = "accounts: {bank: {receipt_rate: 0.5 msg/s, receipts_per: message}}"
    log, _ = simulate(network(HALF, slow, "duration: 6 s"))
    ends, receipts = rows_of(log, codes.LOG_MESSAGE_END), rows_of(log, codes.LOG_RECEIPT)
    assert len(receipts) == len(ends) == 40
    assert log[-1, TIME] == receipts[-1, TIME] > ends[-1, TIME] + 30 * SECOND
    cut, _ = simulate(network(HALF, slow, "duration: 6 s", "drain: 20 s"))
    assert len(rows_of(cut, codes.LOG_RECEIPT)) < 40
    assert cut[-1, TIME] <= 26 * SECOND


def test_a_crash_keeps_receipts() -> None:
    """Receipts that queue at an SMSC when it crashes are sent after its restart."""
    log, engine = simulate(
        network(
            HALF,
            "smscs: {north: {receipt_rate: 2 /s}}",
            "accounts: {bank: {receipts_per: message}}",
            "failures: {crash: {element: north, at: +12 s, for: 30 s}}",
        )
    )
    check_conservation(log, engine)
    receipts = rows_of(log, codes.LOG_RECEIPT)
    assert len(receipts) == 40
    down = (receipts[:, TIME] > 12 * SECOND) & (receipts[:, TIME] < 42 * SECOND)
    assert not down.any() and (receipts[:, TIME] > 42 * SECOND).any()


REPORTS = """
duration: 60 s
populations: {city: {status_reports: 40 %, unknown: 0 %}}
traffic:
  news: null
  people: {kind: person_to_person, from: city, volume: 9000 msg/day, to: city, text: one}
"""


def test_status_reports_go_to_whoever_asked() -> None:
    """The share of messages that ask has one report per segment, and conservation holds."""
    log, engine = simulate(network(REPORTS))
    check_conservation(log, engine)
    reports, ends = rows_of(log, codes.LOG_STATUS_REPORT), rows_of(log, codes.LOG_SEGMENT_END)
    assert len(reports) / len(ends) == pytest.approx(0.40, abs=0.08)
    assert (reports[:, VALUE] == codes.OK).mean() > 0.95
    assert len(set(message_of(reports[:, ID]).tolist())) == len(reports)
    handset = rows_of(log, codes.LOG_HANDSET)
    assert len(handset) == (rows_of(log, codes.LOG_MESSAGE_END)[:, 5] == codes.DELIVERED).sum()


def test_status_reports_load_links_hlr_and_radio() -> None:
    """Each report costs a licence, a query, its MSUs and a channel of the sender's phone."""
    per = {}
    for share in ("0 %", "100 %"):
        scenario = network(REPORTS, f"populations: {{city: {{status_reports: {share}}}}}")
        log, _ = simulate(scenario)
        visits = rows_of(log, codes.LOG_VISIT)
        ends = len(rows_of(log, codes.LOG_SEGMENT_END))
        stations = scenario.names.stations
        per[share] = {
            name: sum(
                (visits[:, PLACE] == row).sum()
                for row, station in enumerate(stations)
                if station.split()[0] in name.split("|") and "admission" not in station
            )
            / ends
            for name in ("main", "north|south", "helsinki|turku")
        }
    for name in ("main", "north|south"):
        assert per["100 %"][name] == pytest.approx(2 * per["0 %"][name], rel=0.05)
    # The MSC serves mo-ForwardSM, mt-ForwardSM and the report.
    assert per["100 %"]["helsinki|turku"] == pytest.approx(
        1.5 * per["0 %"]["helsinki|turku"], rel=0.05
    )


def test_a_status_report_is_tried_once() -> None:
    """A report to a phone that is off is lost; the message's own end does not change."""
    off = "populations: {city: {reachability: {mean_on: 2 min, mean_off: 2 min, detached: 100 %}}}"
    with_reports, engine = simulate(network(REPORTS, off))
    check_conservation(with_reports, engine)
    reports = rows_of(with_reports, codes.LOG_STATUS_REPORT)
    assert (reports[:, VALUE] == codes.ABSENT_SUBSCRIBER).any()
    assert len(np.unique(reports[:, ID])) == len(reports)
    without, _ = simulate(
        network(REPORTS, off, "populations: {city: {status_reports: 0 %}}", "duration: 20 s")
    )
    assert len(rows_of(without, codes.LOG_STATUS_REPORT)) == 0
    assert (without[:, CODE] == codes.LOG_SUBMIT).any()
