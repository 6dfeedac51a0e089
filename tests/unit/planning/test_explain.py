"""The explanation of a network small enough to be worked out by hand, and what it says in words."""

import dataclasses
import math

import pytest

from smsc_sim.planning.explain import as_text, explain, tables
from smsc_sim.planning.timetable import duration_text

# 86,400 phones with 10 messages a day: 10 messages/s.  80 septets are 70 octets; octets of the
# MSUs as in the table of MAP messages that `model.octets` reproduces.
RATE = 10
MO, MO_RESULT, SRI, SRI_RESULT, MT, MT_RESULT = 208, 100, 114, 128, 204, 100
OCTETS_PER_S = 8000  # of a link of 64 kbit/s


def explained(build, *overrides, **text):
    """Explanation of the network by hand with changes."""
    return explain(*build(*overrides, **text))


def station(explanation, name):
    """Row of one station."""
    return next(row for row in explanation.stations if row.station == name)


def test_nodes_by_hand(build):
    """Visits/s and erlang of every node follow from 10 messages/s and six MSUs per message."""
    found = explained(build)
    expected = {
        "north admission": (RATE, RATE / 40),
        "north": (RATE, RATE / 20),
        "main": (RATE, RATE / 40),
        "a": (6 * RATE, 6 * RATE / 4000),
        "east": (2 * RATE, 2 * RATE / 100),
    }
    for name, (visits, erlang) in expected.items():
        row = station(found, name)
        assert (row.visits_per_s, row.offered_erlang) == pytest.approx((visits, erlang)), name
        assert (row.busy_visits_per_s, row.busy_erlang) == pytest.approx((visits, erlang)), name
        assert row.peak_utilisation == pytest.approx(erlang)


def test_links_by_hand(build):
    """Each direction carries its octets; of 16 SLS values three links carry 6, 5 and 5."""
    found = explained(build)
    to_stp, from_stp = MO_RESULT + SRI + MT, MO + SRI_RESULT + MT_RESULT
    for link, values in enumerate((6, 5, 5)):
        for name, octets in ((f"north>a {link}", to_stp), (f"a>north {link}", from_stp)):
            erlang = station(found, f"north-a {name}").offered_erlang
            assert erlang == pytest.approx(values / 16 * RATE * octets / OCTETS_PER_S)
    for name, octets in (
        ("main-a main>a 0", SRI_RESULT),
        ("main-a a>main 0", SRI),
        ("east-a east>a 0", MO + MT_RESULT),
        ("east-a a>east 0", MO_RESULT + MT),
    ):
        row = station(found, name)
        assert row.offered_erlang == pytest.approx(RATE * octets / OCTETS_PER_S), name


def test_link_sets_show_the_busier_direction_and_the_worst_link(build):
    """Of north-a the way to the SMSC is busier; its first link carries 6/16 of it."""
    row = next(row for row in explained(build).link_sets if row.link_set == "north-a")
    octets = RATE * (MO + SRI_RESULT + MT_RESULT)
    assert (row.direction, row.worst_link) == ("a>north", "north-a a>north 0")
    assert row.octets_per_s == pytest.approx(octets)
    assert row.utilisation == pytest.approx(octets / OCTETS_PER_S / 3)
    assert row.worst_utilisation == pytest.approx(6 / 16 * octets / OCTETS_PER_S)


def test_uneven_sets_name_their_links(build):
    """Of three links north-a.1 carries 6 of 16 values, the others 5; even sets are not listed."""
    rows = explained(build).uneven_links
    assert [row.link for row in rows] == [f"north-a.{link}" for link in (1, 2, 3)] * 2
    assert [row.direction for row in rows] == ["north>a"] * 3 + ["a>north"] * 3
    assert [row.share for row in rows] == pytest.approx([6 / 16, 5 / 16, 5 / 16] * 2)
    assert {row.even for row in rows} == {1 / 3}
    octets = RATE * (MO_RESULT + SRI + MT)
    assert rows[0].utilisation == pytest.approx(6 / 16 * octets / OCTETS_PER_S)
    assert explained(build, "link_sets.north-a.links=4").uneven_links == ()
    more_bits = explained(build, "signalling.sls_bits=8").uneven_links
    assert more_bits[0].share == pytest.approx(86 / 256)
    text = as_text(explained(build))
    assert "Links of sets that the SLS loads unevenly" in text
    (line,) = [row for row in text.splitlines() if "north-a.1  " in row and "a>north" in row]
    assert line.split()[2:4] == ["37.5", "33.3"]


def test_waits_by_hand(build):
    """M/D/1 at one server, Pollaczek-Khinchine over mixed MSUs, Erlang C at two servers."""
    found = explained(build, "hlrs.main.units=2", "hlrs.main.rate=10 /s")
    # M/D/1: a s / (2 (1 - a)) with a = 1/4 and s = 25 ms.
    assert station(found, "north admission").wait_s == pytest.approx(0.25 * 0.025 / 1.5)
    sizes = [octets * 8 / 64_000 for octets in (MO_RESULT, MT)]
    load = RATE * sum(sizes)
    wait_s = RATE * sum(size**2 for size in sizes) / (2 * (1 - load))
    assert station(found, "east-a a>east 0").wait_s == pytest.approx(wait_s)
    # M/M/2 with a = 1: C = 1/3, W = C s / (2 - a).
    assert station(found, "main").wait_s == pytest.approx(0.1 / 3)


def test_open_dialogues_by_hand(build):
    """Little's law: 10 dialogues/s, each open for the query, the delivery and the radio side."""
    hop = 0.005 + 0.005 + 1 / 4000  # propagation of two links, work of the STP

    def leg(octets):
        return 2 * octets / OCTETS_PER_S + hop

    query = leg(SRI) + 1 / 40 + 0.020 + leg(SRI_RESULT)  # the HLR works, then takes 20 ms
    delivery = leg(MT) + 1 / 100 + leg(MT_RESULT)
    radio = 2 + 6 * 0.2354  # 106 octets in blocks of 20
    row = explained(build).dialogues[0]
    assert row.open_mean == pytest.approx(RATE * (query + delivery + radio))
    assert row.open_busy == pytest.approx(row.open_mean)
    assert row.utilisation == pytest.approx(row.open_mean / 50)
    assert row.flag == ""


def test_dialogues_count_every_attempt(build):
    """Each of 1.5 attempts holds a dialogue for its query; half of all attempts are refused."""
    slow = "hlrs.main.answer_time=10 s"
    errors = (
        "populations.city.errors={subscriber_busy: 50 %, system_failure: 0 %}",
        "retry_policies.never.default={delays: [1 min], attempts: 2}",
    )
    once, twice = (
        explained(build, *errors, slow).dialogues[0].open_mean,
        explained(build, *errors, "hlrs.main.answer_time=0 s").dialogues[0].open_mean,
    )
    assert once - twice == pytest.approx(RATE * 1.5 * 10)


def test_what_runs_over_is_flagged(build):
    """An HLR of 10 operations/s offered 10/s runs over and its wait has no end."""
    row = station(explained(build, "hlrs.main.rate=10 /s"), "main")
    assert (row.busy_utilisation, row.flag) == (pytest.approx(1), "runs over")
    assert math.isinf(row.wait_s)


def test_links_are_flagged_above_forty_percent(build):
    """E.733: 40 % is the most without failures; 49 % is above it, 39 % is not."""
    found = explained(build, "link_sets.east-a.speed=50 kbit/s")
    assert station(found, "east-a east>a 0").flag == "above 40%"
    assert station(explained(build), "east-a east>a 0").flag == ""


def test_a_campaign_fills_its_hour_and_its_minute(build):
    """1,200 messages at 40/s are 1/3 per second in their hour and 20 per second in their minute."""
    campaign = (
        "traffic.news={kind: campaign, account: bank, to: city, messages: 1200 msg,"
        " at: +30 min, rate: 40 msg/s, text: eighty}"
    )
    found = explained(build, campaign)
    row = found.accounts[0]
    assert row.segments_per_s == pytest.approx(1200 / 7200)
    assert row.busy_segments_per_s == pytest.approx(1200 / 3600)
    assert row.peak_segments_per_s == pytest.approx(1200 / 60)
    gate = station(found, "north admission")
    assert gate.busy_erlang == pytest.approx((RATE + 1200 / 3600) / 40)
    assert gate.peak_utilisation == pytest.approx((RATE + 20) / 40)
    assert 0 <= gate.busy_from_ns <= 30 * 60 * 10**9  # an hour with the whole campaign in it
    # The licence of 20/s is offered 30/s in the busiest minute.
    assert station(found, "north").flag == "runs over at peak"


def test_account_windows_by_hand(build):
    """A window of 2 lets 2 / R through: R is two latencies, the admission and its mean wait."""
    row = explained(build, "accounts.bank.latency=100 ms").accounts[0]
    answer_s = 0.2 + 1 / 40 + 0.25 * 0.025 / 1.5
    assert row.answer_s == pytest.approx(answer_s)
    assert row.window_per_s == pytest.approx(2 / answer_s)
    assert row.flag == "the window is narrower than the rate"
    assert explained(build, "accounts.bank.rate=5 msg/s").accounts[0].flag == ""


def test_without_its_only_stp_everything_is_cut_off(build):
    """With one STP and single link sets every failure cuts pairs off, each named."""
    by_element = {row.element: row for row in explained(build).failures}
    every = ("east>north", "main>north", "north>east", "north>main")
    assert by_element["a"].cut_off == every
    assert by_element["main-a"].cut_off == ("main>north", "north>main")
    assert by_element[""].cut_off == ()
    assert by_element["main-a"].flag == "cut off"


def paired(build, *overrides):
    """Explanation of the network by hand with a second STP."""
    from tests.unit.planning.conftest import BY_HAND

    text = BY_HAND.replace("stps: {a: {}}", "stps: {a: {}, b: {}}").replace(
        "  main-a:",
        "  north-b: {between: [north, b], links: 3}\n"
        "  main-b: {between: [main, b]}\n"
        "  east-b: {between: [b, east]}\n"
        "  main-a:",
    )
    return explained(build, *overrides, text=text)


def test_a_pair_of_stps_shares_by_one_bit_of_the_sls(build):
    """One bit chooses the STP: half each; of its 8 values three links carry 3, 3 and 2."""
    found = paired(build)
    octets = RATE * (MO_RESULT + SRI + MT) / OCTETS_PER_S
    # Set a has SLS 0 to 7, set b 8 to 15: modulo 3 these are 3, 3, 2 and 3, 2, 3 values.
    for stp, counts in (("a", (3, 3, 2)), ("b", (3, 2, 3))):
        shares = [
            station(found, f"north-{stp} north>{stp} {link}").offered_erlang / octets
            for link in range(3)
        ]
        assert shares == pytest.approx([count / 16 for count in counts])


def test_one_of_two_stps_carries_all_when_the_other_fails(build):
    """Nothing is cut off; the busiest link and STP then carry what one STP alone would."""
    alone, both = explained(build), paired(build)
    assert both.failures[0].link_utilisation == pytest.approx(
        alone.failures[0].link_utilisation / 2
    )
    row = next(row for row in both.failures if row.element == "b")
    assert row.cut_off == ()
    assert (row.worst_link, row.worst_stp) == ("east-a east>a 0", "a")
    assert row.link_utilisation == pytest.approx(RATE * (MO + MT_RESULT) / OCTETS_PER_S)
    assert row.stp_utilisation == pytest.approx(6 * RATE / 4000)
    assert row.flag == ""
    slow = paired(build, "link_sets.east-a.speed=27 kbit/s")
    row = next(row for row in slow.failures if row.element == "b")
    assert row.flag == "above 80%"


def test_warm_up_is_left_out_of_the_mean(build):
    """A campaign over before the window begins is in no mean and in no busiest hour."""
    campaign = (
        "traffic.news={kind: campaign, account: bank, to: city, messages: 600 msg,"
        " at: +0 s, rate: 10 msg/s, text: eighty}"
    )
    found = explained(build, campaign, "warm_up=1 min")
    assert found.accounts[0].segments_per_s == pytest.approx(0)
    assert found.accounts[0].busy_segments_per_s == pytest.approx(0)


def test_profiles_have_a_busiest_hour(build):
    """Of 18 to 20 o'clock the evening profile is busier from 19: 8.0 against 6.8 of its weights."""
    found = explained(build, "traffic.people.profile=evening")
    row = next(row for row in found.sources if row.source == "people")
    mean_weight = (
        *(1.2, 0.6, 0.4, 0.3, 0.3, 0.5, 1.2, 2.5, 3.6, 4.2, 4.4, 4.6),
        *(5.0, 4.8, 4.6, 4.6, 5.0, 5.8, 6.8, 8.0, 8.6, 8.0, 6.0, 3.0),
    )
    unit = RATE / (sum(mean_weight) / 24)
    assert row.busy_messages_per_s == pytest.approx(8.0 * unit, rel=1e-6)
    assert row.messages_per_s == pytest.approx(7.4 * unit, rel=1e-6)
    assert station(found, "main").busy_from_ns == 3600 * 10**9


def test_elements_frame_has_a_row_per_station(build):
    """The frame repeats the rows, with their field names as columns."""
    found = explained(build)
    frame = found.elements
    assert list(frame.columns) == list(found.stations[0]._fields)
    assert frame.station.tolist() == [row.station for row in found.stations]
    kinds = dict(zip(frame.station, frame.kind, strict=True))
    assert kinds["north"] == "licence"
    assert kinds["north admission"] == "admission"
    assert kinds["bank account"] == "account"
    assert kinds["main-a a>main 0"] == "link"
    assert frame.visits_per_s.sum() == pytest.approx(11 * RATE + 12 * RATE)


def test_explanation_is_frozen_and_keeps_the_resolved_scenario(build):
    """No field can be changed; the YAML with every default is part of it."""
    found = explained(build)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.name = "other"  # type: ignore[misc]
    assert "paging_timeout" in found.resolved
    assert found.name == "by_hand"


EVENTS = (
    "traffic.news={kind: campaign, account: bank, to: city, messages: 2000 msg,"
    ' at: "19:00", rate: 20 msg/s, text: eighty}',
    'failures.stp={element: a, at: "19:10", for: 5 min}',
    'failures.smsc={element: north, at: "19:20", for: 90 s}',
    'failures.msc={element: east, at: "19:30", for: 1 min}',
    'failures.hlr={element: main, at: "19:40", for: 1 min}',
    "failures.link={element: main-a, at: +110 min, for: 10 min}",
    "warm_up=10 min",
    "drain=5 h",
)


def test_timetable_in_words(build):
    """Every moment has its local time, what happens and whom it touches."""
    found = explained(build, *EVENTS)
    assert [row[1:] for row in found.timetable] == [
        ("18:00", "traffic begins"),
        ("18:00", "'people' sends 10 msg/s at all hours"),
        ("18:10", "the warm-up ends: from here on messages are counted"),
        ("19:00", "campaign 'news' of 2,000 msg at 20 msg/s to city, until 19:01:40"),
        (
            "19:10",
            "STP 'a' fails for 5 min, until 19:15: the link sets east-a, main-a, north-a",
        ),
        (
            "19:20",
            "SMSC 'north' fails for 1 min 30 s, until 19:21:30: what people in city send; "
            "the traffic news",
        ),
        ("19:30", "MSC 'east' fails for 1 min, until 19:31: phones of city (100% of its phones)"),
        ("19:40", "HLR 'main' fails for 1 min, until 19:41: all deliveries to city"),
        (
            "19:50",
            "link set 'main-a' fails for 10 min, until 20:00: 1 link between main and a",
        ),
        ("20:00", "the window ends: traffic goes on uncounted"),
        ("2027-01-01 01:00", "the run ends here at the latest, with what is still open"),
    ]
    assert [row[0] for row in found.timetable] == sorted(row[0] for row in found.timetable)


def test_durations_in_words():
    """Whole units, the largest first; seconds may have a fraction."""
    texts = [duration_text(round(s * 1e9)) for s in (0, 0.25, 90, 3600, 90061)]
    assert texts == ["0 s", "0.25 s", "1 min 30 s", "1 h", "1 d 1 h 1 min 1 s"]


def test_text_shows_every_table_with_units(build):
    """The text has a heading per table, units under the heads, and wraps words at its width."""
    found = explained(build, *EVENTS)
    text = as_text(found, width=100)
    for table in tables(found):
        assert f"\n{table.title}\n" in text
    lines = text.splitlines()
    head = next(row for row, line in enumerate(lines) if line.startswith("  station"))
    assert lines[head + 1].split() == ["1", "visits/s", "erlang", "erlang", "%", "%", "ms"]
    row = next(line for line in lines if line.startswith("  main  "))
    assert row.split() == ["main", "hlr", "1", "10.3", "0.258", "0.264", "26.4", "75.0", "4.48"]
    words = [line for line in lines if " fails for " in line or "campaign" in line]
    assert len(words) >= 6
    assert max(map(len, words)) <= 100
    assert "    traffic news" in text  # the end of a line that was wrapped


def test_text_warns_of_cut_scenarios(build, tmp_path):
    """A scenario of which only a window is simulated is not for decisions."""
    from smsc_sim.scenario.compile import compile_scenario
    from smsc_sim.scenario.loader import load

    build()
    loaded = load(tmp_path / "by_hand.yaml", window="18:30-19:00")
    text = as_text(explain(loaded, compile_scenario(loaded)))
    assert "not for decisions" in text.splitlines()[1]
