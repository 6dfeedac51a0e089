"""News alerts, sports tickers and desktop widgets: when, whom, how fast, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from smsc_sim.model import codes
from smsc_sim.model.network import NUMBER_SHIFT, SOURCE_SHIFT, Network
from smsc_sim.model.traffic import recipient
from smsc_sim.planning.timetable import timetable
from smsc_sim.scenario.compile import compile_scenario
from smsc_sim.scenario.loader import Loaded, load
from tests.networks import ID, SECOND, TIME, network, refusals, rows_of, simulate, tree_of

MINUTE = 60 * SECOND
HOUR_NS = 60 * MINUTE
ALERT = """
duration: 20 min
traffic:
  news: null
  alert: {kind: news_alert, account: bank, to: city, share: 40 %, at: [+10 min, +1 min], text: one}
"""
MATCH = """
duration: 2 h
traffic:
  news: null
  match: {kind: sports_ticker, account: bank, to: city, subscribers: 10 msg, kick_off: +2 min,
          goals: [67 min, 45 min, 23 min], text: one}
"""
TWO = """
populations: {town: {size: 30, country: FI, unknown: 0 %, reachability: {mean_off: 0 s}}}
traffic: {alert: {to: {city: 75 %, town: 25 %}}}
"""
WIDGET = """
start: 2026-11-27T00:00 UTC
duration: 4 d
traffic:
  news: null
  desk: {kind: desktop_widget, account: bank, to: city, rate: 0.05 msg/s, text: one}
"""


def reached(net: Network, source: int) -> list[int]:
    """Phones of a batch, in their order."""
    population = net.to_population[net.to_first[source]]
    return [recipient(net, source, population, k, 0) for k in range(net.source_limit[source])]


def adapted(folder: Path, text: str, **options: str) -> Loaded:
    """A scenario of which a window or a share is simulated."""
    (folder / "base.yaml").write_text(yaml.safe_dump(tree_of(text)))
    return load(folder / "base.yaml", **options)


def test_an_alert_reaches_the_same_subscribers_at_every_event() -> None:
    """Each event is a batch to 40 % of the phones, every one once, and to the same ones."""
    build = network(ALERT)
    assert build.names.sources == ("alert 1", "alert 2")
    assert list(build.network.source_first_ns) == [MINUTE, 10 * MINUTE]
    first, second = (reached(build.network, source) for source in range(2))
    assert len(set(first)) == len(first) == 20
    assert first == second
    other = network(ALERT.replace("alert:", "gossip:")).network
    assert set(reached(other, 0)) != set(first)
    assert set(reached(build.network._replace(seed=2), 0)) != set(first)


def test_every_message_is_sent_at_the_pace_of_the_account() -> None:
    """Without a rate of its own a broadcast is as fast as its account; all of it arrives."""
    log, _ = simulate(network(ALERT, "accounts: {bank: {rate: 4 msg/s}}"))
    rows = rows_of(log, codes.LOG_SUBMIT)
    for source, start_ns in enumerate((MINUTE, 10 * MINUTE)):
        times = rows[rows[:, ID] >> SOURCE_SHIFT == source][:, TIME]
        assert np.array_equal(times, start_ns + np.arange(20) * SECOND // 4)
    assert len({*rows_of(log, codes.LOG_HANDSET)[:, ID] >> NUMBER_SHIFT}) == 40


def test_a_match_has_an_update_for_each_goal_and_each_whistle() -> None:
    """A goal of the second half is later by the break; 45 min played is the second half."""
    build = network(MATCH)
    found = dict(zip(build.names.sources, build.network.source_first_ns, strict=True))
    assert {name: at_ns // MINUTE for name, at_ns in found.items()} == {
        "match kick-off": 2,
        "match goal 1": 25,
        "match half-time": 47,
        "match restart": 62,
        "match goal 2": 62,
        "match goal 3": 84,
        "match final": 107,
    }
    assert set(build.network.source_limit) == {10}


def test_subscribers_spread_over_populations() -> None:
    """Shares of `to` divide the subscribers, and together they come at the rate given."""
    build = network(ALERT, TWO, "traffic: {alert: {rate: 8 msg/s, at: +1 min}}")
    assert build.names.sources == ("alert city", "alert town")
    assert list(build.network.source_limit) == [24, 8]  # 40 % of 80 phones
    assert sum(1e9 / gap_ns for gap_ns in build.network.source_gap_ns) == pytest.approx(8)


def test_the_timetable_says_what_each_batch_is(tmp_path: Path) -> None:
    """`explain` lists every broadcast with its kind, size, rate and end."""
    loaded = adapted(tmp_path, ALERT)
    build = compile_scenario(loaded)
    events = [row[2] for row in timetable(loaded.scenario.start, *build)]
    assert (
        "news alert 'alert 1' of 20 msg at 50 msg/s to city, until 00:01:00.400000" in events
        or ("news alert 'alert 1' of 20 msg at 50 msg/s to city, until 00:01:00" in events)
    )


def test_widgets_write_in_office_hours_to_small_groups(tmp_path: Path) -> None:
    """Nothing at night and at weekends; a text goes to 1.5 phones on average."""
    loaded = adapted(tmp_path, WIDGET)
    net = compile_scenario(loaded).network
    assert net.source_p_batch[0] == pytest.approx(1 / 1.5)
    rows = slice(net.piece_first[0], net.piece_first[1] - 1)
    busy = {at // HOUR_NS for at, rate in zip(net.piece_ns[rows], net.piece_rate[rows], strict=True)
            if rate > 0}  # fmt: skip
    # Friday and Monday; the drain is short.
    assert busy == {*range(8, 18), *range(72 + 8, 72 + 18)}
    assert net.source_account[0] == 0 and net.source_from[0] == codes.NOBODY


def test_a_window_keeps_what_begins_in_it(tmp_path: Path) -> None:
    """Broadcasts of another time are left out with a note; a match is kept whole or not at all."""
    early = adapted(tmp_path, ALERT, window="00:05-00:15")
    assert list(compile_scenario(early).network.source_first_ns) == [5 * MINUTE]
    assert "traffic.alert.at: +10 min, +1 min -> +5 min" in early.notes
    both = MATCH + "  other: {kind: otp, account: bank, to: city, rate: 1 msg/s}\n"
    match = adapted(tmp_path, both, window="00:01-01:00")
    assert compile_scenario(match).network.source_limit[0] == 10
    assert "traffic.match.kick_off: +2 min -> +1 min" in match.notes
    late = adapted(tmp_path, both, window="00:03-01:00")
    assert list(late.scenario.traffic) == ["other"]
    assert "traffic.match: left out, it does not begin in the window" in late.notes


def test_a_part_of_the_scenario_has_a_part_of_the_subscribers(tmp_path: Path) -> None:
    """A number of subscribers shrinks like the phones; a share does so by itself."""
    assert set(compile_scenario(adapted(tmp_path, MATCH, scale="0.5")).network.source_limit) == {5}
    assert set(compile_scenario(adapted(tmp_path, ALERT, scale="0.5")).network.source_limit) == {10}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            "traffic: {alert: {subscribers: 5 msg}}",
            "traffic.alert: needs subscribers or a share, and not both; give one of them",
        ),
        (
            "traffic: {alert: {at: []}}",
            "traffic.alert.at: needs one or several; write e.g. [07:30, 18:45]",
        ),
        (
            "traffic: {alert: {at: [+1 s, +1 s]}}",
            "traffic.alert.at: names a time twice; name each once",
        ),
        (
            "traffic: {alert: {share: null, subscribers: 51 msg}}",
            "traffic.alert.subscribers: makes 51 subscribers of the 50 phones of 'city'; lower it, "
            "or change the shares",
        ),
        (
            "traffic: {alert: {account: bnk}}",
            "traffic.alert.account: no account is called 'bnk'; did you mean 'bank'?",
        ),
    ],
)
def test_alerts_refuse(changes: str, line: str) -> None:
    """Each mistake gives one line with its remedy."""
    assert refusals(ALERT, changes)[:-1] == [line]


def test_a_goal_after_the_end_is_refused() -> None:
    """Goals count the time played, so two halves are the longest."""
    assert refusals(MATCH, "traffic: {match: {goals: [90 min]}}")[:-1] == [
        "traffic.match: has a goal that does not fall between kick-off and the end; goals count "
        "the time played, without the break: from 0 to two halves"
    ]
