"""Campaigns, recurring and triggered messages to customers of a list: who, when, how much."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsc_sim.content.scatter import scattered
from smsc_sim.experiment.replication import digest_of
from smsc_sim.model import codes
from smsc_sim.model.network import SOURCE_SHIFT, Network
from smsc_sim.planning.explain import as_text, explain
from smsc_sim.scenario.compile import compile_scenario
from smsc_sim.scenario.compile_customers import audience_lines, phones_of
from smsc_sim.scenario.customer_rows import rejects_of
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import Loaded, load, resolved_yaml
from tests.networks import ID, TIME, rows_of, simulate

START = datetime(2026, 5, 4, 14, tzinfo=UTC)  # a Monday, 17:00 in Helsinki, 16:00 in Berlin
BASE = """\
start: 2026-05-04T17:00 Europe/Helsinki
duration: DAYS d
drain: 1 h
smscs: {north: {rate: 40 msg/s}}
hlrs: {home: {rate: 400 /s}}
mscs: {helsinki: {}}
link_sets: {a: {between: [north, helsinki]}, b: {between: [north, home]},
            c: {between: [home, helsinki]}}
populations:
  finland: {size: 50, country: FI}
  germany: {size: 50, country: DE}
accounts: {shop: {rate: 1 msg/s}}
traffic: {TRAFFIC}
"""
HEAD = "number,first_name,language,is_parent,out,seen,day,points\n"
ROWS = [
    "+358401234567,Aino,fi,yes,,2026-05-01,2026-05-02,990\n",
    "+358401234568,Eero,en,yes,,2026-05-01,1990-05-06,1000\n",
    "+4915146399124,Otto,de,yes,,2026-05-01,2000-02-29,400\n",
    "+4915146399125,Käthe,de,yes,,2026-05-01,,\n",
    "+4915146399126,Emil,de,no,,2026-05-01,2026-05-20,0\n",
    "+4915146399127,Anna,de,yes,true,2026-05-01,2026-05-02,0\n",
    "+4915146399128,Sören,de,yes,,2020-05-01,2026-05-02,0\n",
    "+447400123456,Ben,en,yes,,2026-05-01,2026-05-02,0\n",
    "+358401234567,Again,fi,yes,,2026-05-01,2026-05-02,0\n",
    "0401234567,Local,fi,yes,,2026-05-01,2026-05-02,0\n",
]
AUDIENCE = (
    "audience: {file: list.csv, where: is_parent, opted_out: out, seen: seen, language: language}"
)
EVERYBODY = "audience: {file: list.csv}"
COMMON = "account: shop, to: [finland, germany]"


def loaded(
    folder: Path, traffic: str, days: int = 2, rows: list[str] | None = None, **options: str
) -> Loaded:
    """BASE with one traffic and the list."""
    (folder / "list.csv").write_text(HEAD + "".join(ROWS if rows is None else rows))
    text = BASE.replace("DAYS", str(days)).replace("TRAFFIC", f"x: {{{traffic}}}")
    (folder / "base.yaml").write_text(text)
    return load(folder / "base.yaml", **options)


def sent(net: Network) -> list[tuple[str, int, int]]:
    """UTC minute, population and phone of each message."""
    moments = [START + timedelta(microseconds=ns // 1000) for ns in net.table_ns]
    clock = [f"{moment:%m-%d %H:%M}" for moment in moments]
    return list(zip(clock, net.table_population, net.table_phone, strict=True))


def times(folder: Path, traffic: str, days: int = 2, rows: list[str] | None = None) -> list[str]:
    """UTC minutes of the messages."""
    net = compile_scenario(loaded(folder, traffic, days, rows)).network
    return [clock for clock, _, _ in sent(net)]


def test_a_campaign_writes_to_those_it_may_and_says_whom_it_leaves_out(tmp_path: Path) -> None:
    """Four of ten rows remain, at the rate; all others are named by reason and add up."""
    of = loaded(tmp_path, f"kind: campaign, {COMMON}, {AUDIENCE}, at: +1 h, rate: 1 /min")
    compiled = compile_scenario(of)
    found = sent(compiled.network)
    assert [clock for clock, _, _ in found] == [f"05-04 15:0{k}" for k in range(4)]
    assert sorted(population for _, population, _ in found) == [0, 0, 1, 1]
    assert audience_lines(compiled.names.audiences) == [
        "'x' writes 4 messages to 4 of 10 customers; left out: 1 cannot be used, 1 duplicates, "
        "1 not selected, 1 opted out, 1 stale, 1 in no country of its populations"
    ]
    shown = " ".join(as_text(explain(of, compiled)).split())
    assert audience_lines(compiled.names.audiences)[0] in shown
    ((_, counts),) = compiled.names.audiences
    assert dict(counts)["rows"] == dict(counts)["customers"] + sum(n for _, n in counts[3:])


def test_quiet_hours_are_those_of_the_recipients(tmp_path: Path) -> None:
    """Finland sleeps first and is written to first; Germany has an hour more."""
    traffic = (
        f"kind: campaign, {COMMON}, {AUDIENCE}, at: +0 s, rate: 1 /h, quiet_hours: 18:00-08:00"
    )
    found = sent(compile_scenario(loaded(tmp_path, traffic)).network)
    # 14:00 UTC is 17:00 in Finland; it is quiet there from 15:00 UTC to 05:00, in Germany from
    # 16:00 to 06:00.
    assert [(clock, p) for clock, p, _ in found] == [
        ("05-04 14:00", 0),
        ("05-04 15:00", 1),
        ("05-05 05:00", 0),
        ("05-05 06:00", 1),
    ]


def test_texts_are_merged_and_cut_for_each_customer(tmp_path: Path) -> None:
    """Segments and octets are those of each customer's own text, in the customer's language."""
    traffic = (
        f"kind: campaign, {COMMON}, {AUDIENCE}, at: +0 s, rate: 1 /s, "
        "texts: {fi: 'Hei {first_name}', de: '„{first_name}“'}"
    )
    net = compile_scenario(loaded(tmp_path, traffic)).network
    # Hei Aino, Hei Eero: 8 septets, 7 octets; Otto and Käthe in quotes: 6 and 7 code units.
    assert net.text_last_octets == [7, 12, 14] and net.text_segments == [1, 1, 1]
    octets = {p: [] for p in (0, 1)}
    for row, population in zip(net.table_text, net.table_population, strict=True):
        octets[population].append(net.text_last_octets[row])
    assert octets[0] == [7, 7] and sorted(octets[1]) == [12, 14]
    long = traffic.replace("Hei {first_name}", "x" * 300 + "{first_name}")
    net = compile_scenario(loaded(tmp_path, long)).network
    # 304 septets are 153 + 151: 140 octets, and 7 of header with 151 septets, 139 octets.
    assert (net.text_segments[-1], net.text_full_octets[-1], net.text_last_octets[-1]) == (
        2, 140, 139,
    )  # fmt: skip


def test_recurring_at_once_begins_on_the_day_of_every_period(tmp_path: Path) -> None:
    """Weekly on Tuesday at nine, one a minute; monthly on the fifth."""
    at_once = f"kind: recurring, {COMMON}, {EVERYBODY}, rate: 1 /min, at: 09:00"
    rows = [ROWS[0], ROWS[2]]
    assert times(tmp_path, f"{at_once}, every: week, day: 2", 9, rows) == [
        "05-05 06:00", "05-05 06:01", "05-12 06:00", "05-12 06:01",
    ]  # fmt: skip
    assert times(tmp_path, f"{at_once}, every: month, day: 5", 40, rows)[2] == "06-05 06:00"
    assert times(tmp_path, f"{at_once}, every: day", 2, rows)[::2] == ["05-05 06:00", "05-06 06:00"]
    assert times(tmp_path, f"{at_once}, every: quarter", 70, rows)[::2] == ["07-01 06:00"]


def test_a_spread_is_even_over_the_hours_that_are_not_quiet(tmp_path: Path) -> None:
    """Nobody is written to at night, each hour gets its share, each customer keeps the place."""
    rows = [f"+35840{k:07d},A,fi,yes,,2026-05-01,,0\n" for k in range(4000)]
    traffic = (
        f"kind: recurring, {COMMON}, {EVERYBODY}, every: month, day: 5, at: 00:00, spread: 2 d, "
        "quiet_hours: 20:00-10:00"
    )
    text = "finland: {size: 50,"
    (tmp_path / "list.csv").write_text(HEAD + "".join(rows))
    base = BASE.replace("DAYS", "40").replace("TRAFFIC", f"x: {{{traffic}}}")
    (tmp_path / "base.yaml").write_text(base.replace(text, "finland: {size: 5000,"))
    net = compile_scenario(load(tmp_path / "base.yaml")).network
    hours = np.array(net.table_ns) // (3600 * 10**9) + 17  # hours of the clock since 4 May
    days, clock = hours // 24, hours % 24
    assert set(days.tolist()) == {1, 2, 32, 33} and set(clock.tolist()) == set(range(10, 20))
    count = np.bincount(clock, minlength=24)[10:20]
    # 800 in each hour of the clock, four times 200: a binomial of 4,000 twice.
    assert np.abs(count - 800).max() < 4 * np.sqrt(2 * 2 * 400 * 0.9)
    phone = np.array(net.table_phone)
    assert (phone[:4000] == phone[4000:]).all() and len(set(phone.tolist())) == 4000


@pytest.mark.parametrize(
    ("keys", "days", "expected"),
    [
        # Purchases on 2 and 20 May, 10 UTC+3 for Finland, +2 for Germany; 0 s of spread.
        ("date: day, after: 3 d", 2, ["05-05 07:00", "05-05 08:00", "05-05 08:00"]),
        ("date: day, after: -1 d", 20, ["05-19 08:00"]),
        # Born on 6 May: a year later too; on 29 February: on the 28th in 2027.
        ("date: day, yearly: true", 3, ["05-06 07:00"]),
        ("date: day, yearly: true, at: 07:00, quiet_hours: 21:00-09:00", 3, ["05-06 06:00"]),
        # 990 and 10 to go at 4 a day: in three days; 1,000 has them already; 400 never here.
        ("points: {column: points, reach: 1000, gain: 4 /day}", 5, ["05-07 07:00"]),
    ],
)
def test_a_trigger_is_days_after_a_date(
    tmp_path: Path, keys: str, days: int, expected: list[str]
) -> None:
    """Purchases, appointments, birthdays and points, at the recipients' time of day."""
    traffic = f"kind: triggered, {COMMON}, {EVERYBODY}, spread: 0 s, {keys}"
    found = times(tmp_path, traffic, days)
    assert found == expected


def test_a_trigger_keeps_quiet_hours_while_it_spreads(tmp_path: Path) -> None:
    """An hour from 20:30 on, with quiet hours from 21: half then, half the next morning."""
    rows = [f"+35840{k:07d},A,fi,no,,,2026-05-04,\n" for k in range(1000)]
    (tmp_path / "list.csv").write_text(HEAD + "".join(rows))
    keys = "date: day, after: 1 d, at: 20:30, quiet_hours: 21:00-08:00, spread: 1 h"
    traffic = f"kind: triggered, {COMMON}, {EVERYBODY}, {keys}"
    text = BASE.replace("DAYS", "4").replace("TRAFFIC", f"x: {{{traffic}}}")
    (tmp_path / "base.yaml").write_text(text.replace("{size: 50, c", "{size: 5000, c"))
    net = compile_scenario(load(tmp_path / "base.yaml")).network
    # The scenario begins at 17 h of 4 May by the clock of Finland.
    minutes = np.array(net.table_ns) / (60 * 10**9) + 17 * 60 - 24 * 60
    evening = (minutes >= 20.5 * 60) & (minutes < 21 * 60)
    morning = (minutes >= 32 * 60) & (minutes < 32.5 * 60)
    assert len(minutes) == 1000 and (evening | morning).all()
    assert abs(evening.sum() - 500) < 4 * np.sqrt(250)


def test_a_leap_day_is_the_28th_in_other_years(tmp_path: Path) -> None:
    """A year on, the one born on 29 February is written to on 28 February."""
    traffic = f"kind: triggered, {COMMON}, {EVERYBODY}, spread: 0 s, date: day, yearly: true"
    assert times(tmp_path, traffic, 350, [ROWS[2]]) == ["02-28 09:00"]


@settings(max_examples=4, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, draw: random.Random
) -> None:
    """Shuffled rows give the same network, number for number."""
    folder = tmp_path_factory.mktemp("order")
    traffic = (
        f"kind: recurring, {COMMON}, {EVERYBODY}, every: day, spread: 5 h, "
        "texts: {en: 'Hi {first_name}, „{points}“'}"
    )
    rows = ROWS[:8]
    first = compile_scenario(loaded(folder, traffic, 3, rows)).network
    draw.shuffle(rows)
    assert compile_scenario(loaded(folder, traffic, 3, rows)).network == first


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(10**9, 10**9 + 500), min_size=1), st.integers(0, 40))
def test_every_customer_has_a_phone_of_its_own(numbers: set[int], more: int) -> None:
    """Also when there are as many customers as phones, and whatever the order."""
    e164 = np.array(sorted(numbers), np.int64)
    phones = phones_of(e164, len(e164) + more)
    assert len(set(phones.tolist())) == len(e164)
    assert phones.min() >= 0 and phones.max() < len(e164) + more
    assert (phones_of(e164[::-1], len(e164) + more)[::-1] == phones).all()


def test_scattered_numbers_are_uniform_and_independent_of_purpose() -> None:
    """Moments of a uniform number, also of neighbouring telephone numbers, and no correlation."""
    e164 = np.arange(358_400_000_000, 358_400_100_000)
    one, two = scattered(e164, "one"), scattered(e164, "two")
    assert abs(one.mean() - 0.5) < 4 / np.sqrt(12 * 1e5)
    assert abs(one.var() - 1 / 12) < 4 / np.sqrt(180 * 1e5)
    for a, b in [(one, two), (one[1:], one[:-1])]:
        assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(1e5)


def test_windows_and_scales(tmp_path: Path) -> None:
    """A window moves a campaign or leaves it out; a scale keeps a share of the customers."""
    traffic = (
        f"kind: recurring, {COMMON}, {EVERYBODY}, every: day, at: 09:00}}, "
        f"y: {{kind: campaign, {COMMON}, {EVERYBODY}, at: +3 h, rate: 1 /s"
    )
    moved = compile_scenario(loaded(tmp_path, traffic, window="19:00-21:00")).network
    # Nobody is due in the evening, which is no mistake.
    assert moved.source_limit == [0, 7] and moved.table_ns[moved.table_first[1]] == 3600 * 10**9
    of = loaded(tmp_path, traffic, 2, scale="0.5")
    assert "traffic.y.audience.share: 100 % -> 50 %" in of.notes
    ((_, counts), _) = compile_scenario(of).names.audiences
    assert dict(counts)["not in the share"] == 5
    late = loaded(tmp_path, traffic, window="21:00-22:00")
    assert "traffic.y: left out, it does not begin in the window" in late.notes


def test_what_is_written_out_loads_to_the_same(tmp_path: Path) -> None:
    """The resolved YAML of all three kinds gives an equal scenario."""
    traffic = (
        f"kind: recurring, {COMMON}, {AUDIENCE}, every: day, quiet_hours: 21:00-08:00}}, "
        f"y: {{kind: triggered, {COMMON}, {EVERYBODY}, date: day, after: -1 d}}, "
        f"z: {{kind: campaign, {COMMON}, {AUDIENCE}, at: +3 h, rate: 1 /s"
    )
    of = loaded(tmp_path, traffic, 20)
    (tmp_path / "again.yaml").write_text(resolved_yaml(of))
    assert load(tmp_path / "again.yaml").scenario == of.scenario
    assert "list.csv" in dict(of.files)
    compiled = compile_scenario(of)
    as_lists = compiled.network._replace(
        **{k: list(v) for k, v in compiled.network._asdict().items() if k.startswith("table_")}
    )
    assert digest_of(as_lists, compiled.names, 1, ()) == digest_of(*compiled, 1, ())
    json.dumps(compiled.names)


def test_titles_alone_are_nobody(tmp_path: Path) -> None:
    """A list without rows is refused, as one of which nobody is selected."""
    of = loaded(tmp_path, f"kind: campaign, {COMMON}, {EVERYBODY}, at: +0 s, rate: 1 /s", 1)
    titles = (tmp_path / "list.csv").read_text().splitlines()[0]
    (tmp_path / "list.csv").write_text(titles + "\n")
    with pytest.raises(ScenarioError) as caught:
        compile_scenario(of)
    assert caught.value.problems == [
        "base.yaml:13:70: traffic.x.audience: has nobody to write to: of 0 rows 0 may be written "
        "to, and none of them is in a country of a population; check where, to and the list"
    ]


KIND = f"kind: campaign, {COMMON}, AUDIENCE, at: +0 s, rate: 1 /s"


@pytest.mark.parametrize(
    ("traffic", "line"),
    [
        (
            KIND.replace("AUDIENCE", "audience: {file: gone.csv}"),
            "base.yaml:13:87: traffic.x.audience.file: there is nothing of this name (got "
            "'gone.csv'); check it; it is relative to this file",
        ),
        (
            KIND.replace("AUDIENCE", "audience: {file: list.csv, where: age > 3}"),
            "base.yaml:13:104: traffic.x.audience.where: position 1: no attribute is called "
            "'age'; it has day, first_name, is_parent, language, number, out, points, seen",
        ),
        (
            KIND.replace("AUDIENCE", "audience: {file: list.csv, where: is_parent and}"),
            "base.yaml:13:104: traffic.x.audience.where: position 14: needs the name of an "
            'attribute; write e.g. country == "FI"',
        ),
        (
            KIND.replace("AUDIENCE", f"{EVERYBODY}, texts: {{en: 'Hi {{name}}'}}"),
            "base.yaml:13:110: traffic.x.texts.en: nothing is called {name}; did you mean "
            "{number}?",
        ),
        (
            KIND.replace("AUDIENCE", "audience: {file: list.csv, where: points > 5000}"),
            "base.yaml:13:70: traffic.x.audience: has nobody to write to: of 10 rows 0 may be "
            "written to, and none of them is in a country of a population; check where, to and "
            "the list",
        ),
        (
            KIND.replace("AUDIENCE", EVERYBODY) + ", messages: 5 msg",
            "base.yaml:13:11: traffic.x: needs messages or an audience, and not both; give one of "
            "them",
        ),
        (
            KIND.replace("AUDIENCE", "messages: 5 msg, quiet_hours: 21:00-08:00"),
            "base.yaml:13:11: traffic.x: has texts or quiet hours, but no audience to write them "
            "to; add an audience, or leave them out",
        ),
        (
            f"kind: recurring, {COMMON}, {EVERYBODY}, every: week, day: 8",
            "base.yaml:13:11: traffic.x: has a day 8, but every week; choose a day from 1 to 7",
        ),
        (
            f"kind: recurring, {COMMON}, {EVERYBODY}, every: day, spread: 1 h, rate: 1 /s",
            "base.yaml:13:11: traffic.x: has a spread and a rate; a spread needs no rate: drop one",
        ),
        (
            f"kind: triggered, {COMMON}, {EVERYBODY}",
            "base.yaml:13:11: traffic.x: needs either date or points; give one of them",
        ),
        (
            f"kind: triggered, {COMMON}, {EVERYBODY}, yearly: true, "
            "points: {column: points, reach: 5, gain: 1 /day}",
            "base.yaml:13:11: traffic.x: has points that come back yearly, or never grow; points "
            "need a gain above 0 and no yearly",
        ),
        (
            f"kind: triggered, {COMMON}, {EVERYBODY}, date: day, after: 1.5 d",
            "base.yaml:13:117: traffic.x.after: needs a whole number of days (got '1.5 d'); write "
            "e.g. 14 d, or -1 d for the day before",
        ),
        (
            f"kind: triggered, {COMMON}, {EVERYBODY}, date: day, at: 25:00",
            "base.yaml:13:114: traffic.x.at: needs a time of day (got '25:00'); write e.g. 10:00",
        ),
        (
            f"kind: triggered, {COMMON}, {EVERYBODY}, date: birthday",
            "base.yaml:13:105: traffic.x.date: is no column of the list (got 'birthday'); known: "
            "day, first_name, is_parent, language, number, out, points, seen",
        ),
    ],
)
def test_refusals(tmp_path: Path, traffic: str, line: str) -> None:
    """Each mistake is one line: where, which key, what, which value, what to do."""
    with pytest.raises(ScenarioError) as caught:
        compile_scenario(loaded(tmp_path, traffic))
    assert caught.value.problems == [line]


def test_more_customers_than_phones_are_refused(tmp_path: Path) -> None:
    """A phone has one owner."""
    rows = [f"+35840{k:07d},A,fi,yes,,2026-05-01,,0\n" for k in range(51)]
    with pytest.raises(ScenarioError) as caught:
        compile_scenario(loaded(tmp_path, KIND.replace("AUDIENCE", EVERYBODY), 2, rows))
    assert caught.value.problems == [
        "base.yaml:13:50: traffic.x.to: has 51 customers for the 50 phones of 'finland'; make the "
        "population larger"
    ]


def test_what_is_sent_arrives_at_the_customers_phones(tmp_path: Path) -> None:
    """In a run every message of the table is submitted at its time and delivered to its phone."""
    traffic = f"kind: campaign, {COMMON}, {AUDIENCE}, at: +1 h, rate: 1 /min"
    of = loaded(tmp_path, traffic)
    text = (tmp_path / "base.yaml").read_text()
    for country in ("FI", "DE"):
        always = f"country: {country}, unknown: 0 %, reachability: {{mean_off: 0 s}}}}"
        text = text.replace(f"country: {country}}}", always)
    (tmp_path / "base.yaml").write_text(text)
    of = load(tmp_path / "base.yaml")
    net = compile_scenario(of).network
    log, _ = simulate(compile_scenario(of))
    submitted = rows_of(log, codes.LOG_SUBMIT)
    assert submitted[:, TIME].tolist() == list(net.table_ns)
    assert len(rows_of(log, codes.LOG_MESSAGE_END)) == len(net.table_ns)


def test_rows_that_cannot_be_used_are_listed(tmp_path: Path) -> None:
    """As many as are counted, each with its number; a text that lacks a column too."""
    traffic = f"kind: campaign, {COMMON}, {EVERYBODY}, at: +0 s, rate: 1 /s"
    of = loaded(tmp_path, f"{traffic}, texts: {{en: 'On {{day}}'}}")
    rejects = [line for lines in rejects_of(of, "x") for line in lines]
    assert sorted(rejects) == [
        (5, "day", "is missing, and its text needs it", ""),
        (10, "number", "stands there before", "+358401234567"),
        (11, "number", "has no country code", "0401234567"),
    ]
    ((_, counts),) = compile_scenario(of).names.audiences
    assert dict(counts)["cannot be used"] + dict(counts)["duplicates"] == len(rejects)


def test_customers_of_a_list_answer_a_survey(tmp_path: Path) -> None:
    """A question to whom a condition selects is answered from the phones that it reached."""
    traffic = (
        f"kind: survey, {COMMON}, {AUDIENCE}, at: +1 h, rate: 1 /min, "
        "answers: {choices: {yes: 100 %}, opt_out: 0 %, delay: 10 s}"
    )
    loaded(tmp_path, traffic)
    text = (tmp_path / "base.yaml").read_text()
    for country in ("FI", "DE"):
        always = f"country: {country}, unknown: 0 %, reachability: {{mean_off: 0 s}}}}"
        text = text.replace(f"country: {country}}}", always)
    (tmp_path / "base.yaml").write_text(text)
    compiled = compile_scenario(load(tmp_path / "base.yaml"))
    log, _ = simulate(compiled)
    ends = rows_of(log, codes.LOG_MESSAGE_END)
    source = ends[:, ID] >> SOURCE_SHIFT
    found = np.bincount(source, minlength=len(compiled.names.sources))
    by_name = dict(zip(compiled.names.sources, found.tolist(), strict=True))
    assert by_name["x"] == 4
    assert sum(n for name, n in by_name.items() if " yes " in name) == 4
