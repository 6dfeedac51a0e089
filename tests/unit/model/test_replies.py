"""Messages that answer messages: who answers whom, when, how often, and what becomes of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smsc_sim.model import codes, rules
from smsc_sim.model.network import Command, Network, State
from smsc_sim.model.traffic import writer_of
from smsc_sim.scenario.compile import Compiled
from tests.networks import (
    ID,
    OTHER,
    SECOND,
    TIME,
    VALUE,
    check_conservation,
    check_waits,
    network,
    rows_of,
    simulate,
)

TALK = """
populations: {town: {size: 30, country: FI}}
traffic:
  news: {replies: {probability: 100 %, at_most: 3, delay: 3 s, text: one}}
  people: {kind: person_to_person, from: city, to: {city: 50 %, town: 50 %}, volume: 2000 msg/day,
           text: three, replies: {probability: 100 %, at_most: 3, delay: 2 s, text: one}}
"""

Sides = dict[tuple[str, int], tuple[str, str, int]]


def sides(scenario: Compiled) -> tuple[Sides, np.ndarray, Any]:
    """(Who writes, who reads, when) by name and number of each message; the log; the engine."""
    found: Sides = {}
    net, names = scenario

    def spy(network: Network, state: State, job: Any, signal: int, now: int) -> Command:
        if job.kind == codes.SUBMISSION and job.stage == codes.START:
            source, number = job.source, job.id >> 18 & (1 << 30) - 1
            account, home = net.source_account[source], net.source_from[source]
            writer = f"account {account}"
            if account < 0:
                writer = f"{names.populations[home]} {writer_of(net, job)}"
            to = net.source_to_account[source]
            reader = (
                f"account {to}" if to >= 0 else f"{names.populations[job.population]} {job.phone}"
            )
            found[names.sources[source], number] = writer, reader, now
        return rules.step(network, state, job, signal, now)

    log, engine = simulate(scenario, step=spy)
    return found, log, engine


def test_two_sides_take_turns() -> None:
    """Every answer goes from who has read a message to who wrote it, account or phone."""
    found, log, engine = sides(network(TALK))
    net, names = engine.network, network(TALK).names
    threads = 0
    for (name, number), (writer, reader, _) in found.items():
        asked = net.source_answers[names.sources.index(name)]
        if asked >= 0:
            other = found[names.sources[asked], number]
            assert (writer, reader) == (other[1], other[0]), (name, number)
            threads += 1
    assert threads > 200
    started = {name for name, _ in found}
    assert {"news reply 3", "people reply 3 city", "people reply 3 town"} <= started
    check_conservation(log, engine)
    check_waits(engine)


def test_an_answer_comes_its_delay_after_the_message_is_whole() -> None:
    """The answer begins one delay after the last of three segments is on the handset, not before.

    The row in the log counts from the first submission of the message that is answered.
    """
    scenario = network(TALK)
    found, log, _ = sides(scenario)
    names = scenario.names
    ends = {int(row[ID]) >> 18: row for row in rows_of(log, codes.LOG_MESSAGE_END)}
    answers = rows_of(log, codes.LOG_REPLY)
    for row in answers.tolist():
        source, number = row[ID] >> 48, row[ID] >> 18 & (1 << 30) - 1
        asked = scenario.network.source_answers[source]
        end = ends[asked << 30 | number]
        begun_ns = found[names.sources[asked], number][2]
        delay_ns = 3 * SECOND if names.sources[source].startswith("news") else 2 * SECOND
        assert row[TIME] == begun_ns + int(end[VALUE]) + delay_ns
        assert row[VALUE] == row[TIME] - begun_ns
    assert len(answers) > 200


def test_duplicates_are_answered_once() -> None:
    """A message that comes twice, by a late result, has one answer."""
    scenario = network(
        TALK,
        """
        duration: 20 s
        smscs: {north: {timers: {mt_forward_sm: 1 s}, validity: 25 s},
                south: {timers: {mt_forward_sm: 1 s}, validity: 25 s}}
        populations: {city: {radio: {paging: 2 s}}, town: {radio: {paging: 2 s}}}
        """,
    )
    log, engine = simulate(scenario)
    assert len(rows_of(log, codes.LOG_DUPLICATE)) > 50
    answers = rows_of(log, codes.LOG_REPLY)[:, ID]
    submitted = rows_of(log, codes.LOG_SUBMIT)[:, ID] >> 18
    assert len(answers) > 50 and len(set(answers.tolist())) == len(answers)
    assert len(set(submitted.tolist())) == len(submitted)
    check_conservation(log, engine)


def test_what_is_not_delivered_has_no_answer() -> None:
    """Dead numbers answer nothing, and what would come after the run is not waited for."""
    dead = "{populations: {city: {unknown: 100 %}, town: {unknown: 100 %}}}"
    log, _ = simulate(network(TALK, dead))
    assert len(rows_of(log, codes.LOG_REPLY)) == 0
    late = "{traffic: {news: {replies: {delay: 1 h}}, people: {replies: {delay: 1 h}}}}"
    log, engine = simulate(network(TALK, late))
    assert len(rows_of(log, codes.LOG_REPLY)) == 0
    assert not any(row.kind == codes.REPLY for row in engine.live)


def test_answers_in_the_window_are_part_of_the_cohort() -> None:
    """A run waits for answers that begin in its window, and for no others."""
    slow = "{traffic: {news: {replies: {delay: 55 s, at_most: 1}}, people: null}}"
    log, engine = simulate(network(TALK, slow))
    begun = rows_of(log, codes.LOG_REPLY)[:, TIME]
    inside = int((begun < 60 * SECOND).sum())
    ended = {int(row) >> 48 for row in rows_of(log, codes.LOG_MESSAGE_END)[:, ID]}
    assert 0 < inside < 20 and 1 in ended
    open_in_window = [
        row for row in engine.live if row.kind == codes.SUBMISSION and row.submit_ns < 60 * SECOND
    ]
    assert open_in_window == []


def test_an_account_that_is_slow_gets_its_messages_by_the_retry_policy() -> None:
    """deliver_sm that is not answered in time is repeated; the account has it all the same, once.

    With one place in the window the attempts come one after the other.
    """
    scenario = network(
        TALK,
        """
        smscs: {north: {timers: {mt_forward_sm: 1 s}}}
        accounts: {bank: {receipt_rate: 0.5 msg/s, window: 1, receipts: none}}
        traffic: {news: {replies: {at_most: 1}, messages: 5 msg, validity: 60 s}, people: null}
        """,
    )
    log, engine = simulate(scenario)
    mine = rows_of(log, codes.LOG_FAILED)
    mine = mine[mine[:, ID] >> 48 == 1]
    assert len(mine) >= 5 and set(mine[:, VALUE].tolist()) == {codes.TIMEOUT}
    counts = check_conservation(log, engine)
    assert counts["delivered"] == 10 and counts["open"] == 0
    assert len(rows_of(log, codes.LOG_DUPLICATE)) > 0
    check_waits(engine)


def test_a_crash_keeps_what_is_for_accounts() -> None:
    """Segments for an account survive a crash of their SMSC and go on when it is back."""
    scenario = network(
        TALK,
        """
        accounts: {bank: {receipt_rate: 1 msg/s, receipts: none}}
        smscs: {north: {receipt_rate: 2 msg/s}}
        traffic: {people: null, news: {replies: {at_most: 1}, messages: 50 msg}}
        failures: {crash: {element: north, at: +14 s, for: 10 s}}
        """,
    )
    log, engine = simulate(scenario)
    repeats = rows_of(log, codes.LOG_REPEAT)[:, ID] >> 48
    assert (repeats == 1).any()
    ends = rows_of(log, codes.LOG_MESSAGE_END)
    ends = ends[ends[:, ID] >> 48 == 1][:, OTHER]
    # Some were never accepted, for nobody answered.
    assert set(ends.tolist()) == {codes.DELIVERED, codes.REJECTED}
    assert (ends == codes.DELIVERED).sum() > 30
    check_conservation(log, engine)
    check_waits(engine)


@pytest.mark.parametrize(("share", "low", "high"), [("100 %", 1.0, 1.0), ("40 %", 0.3, 0.5)])
def test_share_of_messages_answered(share: str, low: float, high: float) -> None:
    """As many delivered messages are answered as the scenario says, by turn."""
    news = {"messages": "400 msg", "rate": "50 msg/s", "replies": {"probability": share}}
    log, _ = simulate(network(TALK, {"traffic": {"people": None, "news": news}}))
    turns = np.bincount(rows_of(log, codes.LOG_REPLY)[:, ID] >> 48, minlength=4)
    for turn in (1, 2, 3):
        before = 400 if turn == 1 else turns[turn - 1]
        assert low <= turns[turn] / before <= high
