"""The ladder of a message: operations, waits and decisions in the order in which they happened."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from smsc_sim.engines.trace import follow
from smsc_sim.model.codes import LOG_VISIT
from smsc_sim.results.ladder import ladder
from tests.networks import CODE, ID, PLACE, TIME, VALUE, network, simulate


def _ladder(number: int, *changes: Any) -> pd.DataFrame:
    scenario = network(*changes)
    path = follow(scenario.network, scenario.names.sources.index("news"), number)
    return ladder(scenario.network, scenario.names, path)


def test_operations_of_a_delivered_message_stand_in_the_order_of_the_standard() -> None:
    """A campaign message is submitted, routed by SRI-SM, forwarded and reported, with octets."""
    ways = _ladder(3)
    moved = ways[ways["from"] != ways["to"]]
    assert moved[["from", "to", "what", "octets"]].to_numpy().tolist()[:2] == [
        ["sender", "north", "submit_sm", 0],
        ["north", "sender", "submit_sm_resp", 0],
    ]
    msc = moved["to"].iloc[4]
    assert msc in ("helsinki", "turku")
    assert moved[["from", "to", "what", "octets"]].to_numpy().tolist()[2:] == [
        ["north", "main", "SRI-SM", 114],
        ["main", "north", "SRI-SM result", 128],
        ["north", msc, "mt-ForwardSM", 151],
        [msc, "recipient", "radio: SMS-DELIVER", 0],
        [msc, "north", "mt-ForwardSM result", 100],
        ["north", "sender", "deliver_sm: receipt", 0],
    ]
    assert ways["at_s"].is_monotonic_increasing


def test_time_of_an_msu_is_that_of_its_visits_in_the_log() -> None:
    """What the ladder says of SRI-SM is what an ordinary run logs: start, relays and duration."""
    scenario = network()
    ways = _ladder(3)
    log, _ = simulate(scenario)
    sri = ways[ways["what"] == "SRI-SM"].iloc[0]
    start_ns = round(sri["at_s"] * 1e9)
    source = scenario.names.sources.index("news")
    own = log[(log[:, ID] >> 18 == source << 30 | 3) & (log[:, CODE] == LOG_VISIT)]
    leg = own[(own[:, TIME] >= start_ns) & (own[:, TIME] < start_ns + sri["took_s"] * 1e9)]
    stations = [scenario.names.stations[int(row[PLACE])] for row in leg]
    names = [station.split(" ")[0] for station in stations]
    assert sri["way"] == " > ".join(names)
    service_ns = sum(int(row[VALUE] + row[5]) for row in leg)
    propagation_ns = 2 * 5_000_000
    assert sri["took_s"] * 1e9 == pytest.approx(service_ns + propagation_ns, abs=1)


def test_absent_phone_is_flagged_awaited_and_alerted() -> None:
    """The ladder of an absent phone shows the failure, the report, the return and the alert."""
    changes = """
populations:
  city: {reachability: {mean_on: 1 min, mean_off: 2 min, noticed: 100 %, detached: 100 %}}
smscs: {north: {retry: slow, validity: 30 min}}
retry_policies: {slow: {default: {delays: [20 min], then: repeat}}}
drain: 40 min
"""
    for number in range(20):
        ways = _ladder(number, changes)
        what = ways["what"].tolist()
        if "AlertSC" in what:
            break
    order = ["failed: absent subscriber", "ReportSM-DeliveryStatus", "sets a flag, lists the SMSC",
             "ReadyForSM", "AlertSC", "attempt 2"]  # fmt: skip
    assert [what.index(words) for words in order] == sorted(what.index(words) for words in order)
    waits = ways[ways["what"] == "waits for the next attempt"]
    assert waits["outcome"].tolist()[0] == "woken"


def test_lost_msu_and_the_timer_that_runs_out_are_told() -> None:
    """An MSU without a way is marked lost, and the wait for its answer ends by the timer."""
    changes = """
smscs: {north: {timers: {sri_sm: 3 s}}}
failures:
  one: {element: main-a, at: +1100 ms, for: 20 s}
  two: {element: main-b, at: +1100 ms, for: 20 s}
"""
    ways = _ladder(4, changes)
    lost = ways[ways["outcome"] == "lost"]
    assert lost["what"].tolist()[0] == "SRI-SM"
    timer = ways[ways["outcome"] == "timer ran out"].iloc[0]
    assert timer["what"] == "waits for the answer"
    assert timer["took_s"] == pytest.approx(3.0)


def test_watching_changes_nothing() -> None:
    """The rows of the log that a traced message writes are those of an ordinary run."""
    scenario = network()
    source = scenario.names.sources.index("news")
    path = follow(scenario.network, source, 7)
    log, _ = simulate(scenario)
    own = log[log[:, ID] >> 18 == source << 30 | 7]
    assert path.log.tolist() == own[: len(path.log)].tolist()
    assert len(path.log) >= len(own) - 1


def test_message_that_is_never_submitted_has_no_ladder() -> None:
    """A number beyond the last message gives an empty table."""
    assert len(_ladder(999)) == 0
