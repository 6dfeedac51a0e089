"""A year with one list of customers: who is left after each step, and what is foretold of it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsc_sim.content.errors import ContentError
from smsc_sim.content.rates import RateKind, load_rate_card, price_micros
from smsc_sim.planning.campaign import plan_campaign
from smsc_sim.planning.expected import of_draws
from smsc_sim.planning.year import YearPlan, plan_year
from smsc_sim.planning.year_draw import MEASURES
from smsc_sim.report import own_files
from smsc_sim.report.year import dated_names, write_year
from smsc_sim.report.year_words import sentences, step_forecasts, when
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.plans import load_plan
from smsc_sim.scenario.years import is_year, load_year
from tests.agreement import check

YEAR = """\
audience: {file: list.csv, opted_out: out, seen: seen}
start: 2026-05-04T10:00 Europe/Helsinki
duration: 300 d
rate: 20 msg/s
delivered: 90 %
opt_outs: 2 %
decay: 20 %
replications: 6
steps:
  ask: {at: 2026-05-11, where: is_parent, texts: {en: "Hi {name}, offers?"}, answers: 30 %,
        asks: wants, replies: {yes: 60 %, no: 40 %}, within: 7 d}
  sale: {at: 2026-06-01, where: wants == "yes", texts: {en: "{name}, sale"}, answers: 10 %}
  news: {every: month, day: 10, texts: {en: "News"}}
  wish: {date: born, yearly: true, texts: {en: "Happy birthday"}}
  visit: {date: visit, after: -1 d, texts: {en: "See you on {visit}"}}
"""
HEAD = "number,name,is_parent,out,seen,born,visit\n"


def rows(n: int) -> list[str]:
    """Customers: half parents; one in ten opted out, one stale, one nameless."""
    return [
        f"+35840{k:07d},{'A' if k % 10 != 7 else ''},{'yes' if k % 2 else 'no'},"
        f"{'yes' if k % 10 == 3 else ''},{'2024' if k % 10 == 5 else '2026'}-05-01,"
        f"1980-{1 + k % 12:02d}-{1 + k % 28:02d},{f'2026-07-{1 + k % 31:02d}' if k % 3 else ''}\n"
        for k in range(n)
    ]  # fmt: skip


def planned(folder: Path, text: str = YEAR, of: list[str] | None = None) -> YearPlan:
    """The year of a text and a list."""
    (folder / "list.csv").write_text(HEAD + "".join(rows(600) if of is None else of))
    (folder / "life.yaml").write_text(text)
    return plan_year(load_year(folder / "life.yaml"), rejects=folder / "rejects.csv")


def test_customers_who_are_due_are_counted_once(tmp_path: Path) -> None:
    """Reached and every reason to be left out add up, in each replication and step."""
    frame = planned(tmp_path).steps
    reasons = [*MEASURES[: MEASURES.index("reached") + 1]]
    assert (frame[reasons].sum(axis=1) == frame["due"]).all()
    due = frame[frame["replication"] == 0].set_index("step")[["times", "due"]]
    assert due.loc["ask"].tolist() == [1, 600] and due.loc["news"].tolist() == [10, 6000]
    # 4 May to 27 February: everybody has a birthday but those between; appointments are in July.
    born = [(1 + k % 12, 1 + k % 28) for k in range(600)]
    assert due.loc["wish", "due"] == sum(day >= (5, 4) or day <= (2, 27) for day in born)
    assert due.loc["visit"].tolist() == [31, 400]


def test_a_step_by_hand(tmp_path: Path) -> None:
    """The first step has no chance but in what arrives: 240 of 300 parents, at the card's price."""
    found = planned(tmp_path, YEAR.replace("opt_outs: 2 %\n", ""))
    ask = found.steps[found.steps["step"] == "ask"]
    # Parents are odd: 3 and 5 and 7 of ten are out, stale, nameless; so are three in five of them.
    assert set(ask["not_selected"]) == {300} and set(ask["opted_out"]) == {60}
    assert set(ask["stale"]) == {60} and set(ask["cannot_be_written"]) == {60}
    assert set(ask["reached"]) == {120} == set(ask["segments"])
    card = load_rate_card("list-2026")
    price = price_micros(card, RateKind.A2P, "FI", found.loaded.plan.start.date())
    assert set(ask["cost_micros"]) == {120 * price}


def test_means_are_those_of_the_formulas(tmp_path: Path, further: int) -> None:
    """Delivered messages and good entries against the sums of exponential lives, over 60 years."""
    text = YEAR.split("steps:")[0].replace("opt_outs: 2 %", "give_up_after: 99")
    text += 'steps:\n  news: {every: month, day: 10, texts: {en: "News"}}\n'
    customers = [r for r in rows(1000) if ",yes,2026" not in r]

    def drawn(seeds: range) -> YearPlan:
        of_seed = f"replications: {len(seeds)}\nseed: {seeds.start}"
        return planned(tmp_path, text.replace("replications: 6", of_seed), customers)

    first = drawn(range(2)).steps.iloc[0]
    n = int(first["due"] // 10 - first["stale"] // 10)
    days = np.array([6, 37, 67, 98, 129, 159, 190, 220, 251, 282])
    alive = 0.8 ** (days / 365.25)

    def sample(seeds: range) -> np.ndarray:
        found = drawn(seeds)
        good = found.months.groupby("replication")["good"].last()
        return np.column_stack([found.steps["delivered"], good])

    check(sample, [n * 0.9 * alive.sum(), n * 0.8 ** (300 / 365.25)], 60, further=further)


def test_answers_select_the_next_audience_in_a_new_list(tmp_path: Path) -> None:
    """The list stays as it is; the dated one has the answers, and a plan may start there."""
    found = planned(tmp_path)
    before = (tmp_path / "list.csv").read_bytes()
    out = tmp_path / "out"
    assert list(dated_names(found)) == ["list-2026-05-18.csv", "list-2027-02-28.csv"]
    write_year(found, out)
    assert (tmp_path / "list.csv").read_bytes() == before
    with (out / "list-2026-05-18.csv").open() as stream:
        written = list(csv.DictReader(stream))
    assert [row["number"] for row in written] == [r.split(",")[0] for r in rows(600)]
    one = found.steps[found.steps["replication"] == 0].set_index("step")
    said = [row["wants"] for row in written if row["wants"]]
    assert len(said) == one.loc["ask", "answers"] and set(said) == {"yes", "no"}
    assert said.count("yes") == 600 - one.loc["sale", "not_selected"]
    opted = [row for row, old in zip(written, rows(600), strict=True)
             if row["out"] == "true" and ",yes,202" not in old]  # fmt: skip
    assert len(opted) <= one["opt_outs"].sum()
    (tmp_path / "sale.yaml").write_text(
        "audience: {file: list.csv, where: 'wants == \"yes\"', opted_out: out, seen: seen}\n"
        'texts: {en: "{name}, sale"}\nstart: 2026-06-01T10:00 Europe/Helsinki\nrate: 2 msg/s\n'
    )
    sale = plan_campaign(load_plan(tmp_path / "sale.yaml", audience=out / "list-2026-05-18.csv"))
    assert sale.counts.reached == said.count("yes") - sale.counts.opted_out


def test_cells_of_a_dated_list_are_as_they_were(tmp_path: Path) -> None:
    """Numbers with spaces, and names that a spreadsheet would run, can be read again."""
    of = [*rows(20), "+358 40 765-4321,-Ana,yes,,2026-05-01,1980-01-01,\n"]
    found = planned(tmp_path, YEAR, of)
    write_year(found, tmp_path / "out")
    with (tmp_path / "out" / "list-2027-02-28.csv").open() as stream:
        last = list(csv.DictReader(stream))[-1]
    assert (last["number"], last["name"], last["visit"]) == ("+358 40 765-4321", "-Ana", "")


def test_a_lone_carriage_return_in_a_dated_list_stays_in_its_cell(tmp_path: Path) -> None:
    """What follows it is no row of its own."""
    found = planned(tmp_path, SURE + NEWS, ['+358401234567,"A\r=B",yes,,2026-05-01,1980-01-01,\n'])
    write_year(found, tmp_path / "out")
    data = (tmp_path / "out" / list(dated_names(found))[-1]).read_bytes()
    assert b'"A\r=B"' in data and data.count(b"\n") == 2


def test_no_file_of_the_user_is_written_over(tmp_path: Path) -> None:
    """A folder is a year's for the files that lie there as a year has left them, not by its PDF."""
    found, folder = planned(tmp_path), tmp_path / "out"
    real = folder / "list-2026-05-18.csv"
    folder.mkdir()
    (folder / "year.pdf").write_text("of somebody else")

    def refused(file: Path, why: str = "") -> bool:
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        with pytest.raises(ContentError) as caught:
            write_year(found, folder)
        assert before == {path.name: path.read_bytes() for path in folder.iterdir()}
        return str(caught.value) == f"{file}: is there already{why}; choose another folder: --out"

    assert refused(folder / "year.pdf")
    (folder / "year.pdf").rename(real)
    assert refused(real)
    real.unlink()
    (folder / "year.json").write_text('{"mine": 1}')
    assert refused(folder / "year.json", " and lists no files")
    (folder / "year.json").unlink()
    written = write_year(found, folder)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert write_year(found, folder) == written
    assert first == {path.name: path.read_bytes() for path in folder.iterdir()}
    with real.open("a") as stream:
        stream.write("+358401234567\n")
    assert refused(real)


def test_a_list_is_never_written_over_by_its_own_year(tmp_path: Path) -> None:
    """Not even one that lies where the year before has put its files."""
    found, folder = planned(tmp_path), tmp_path / "out"
    write_year(found, folder)
    (tmp_path / "list.csv").unlink()
    (tmp_path / "list.csv").symlink_to(folder / "steps.csv")
    with pytest.raises(ContentError) as caught:
        write_year(found, folder)
    assert str(caught.value) == (
        f"{folder}/steps.csv: is there already; choose another folder: --out"
    )


def test_a_year_that_broke_off_while_it_was_written_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between an old year and a new one every file is known as ours."""
    folder = tmp_path / "out"
    write_year(planned(tmp_path), folder)
    after = planned(tmp_path, YEAR.replace("decay: 20 %", "decay: 30 %"))
    write, written = own_files.write_bytes, []

    def breaks_off(path: Path, data: bytes) -> None:
        if len(written) == 3:
            raise OSError("no space left")
        written.append(path.name)
        write(path, data)

    monkeypatch.setattr(own_files, "write_bytes", breaks_off)
    with pytest.raises(OSError, match="no space"):
        write_year(after, folder)
    assert written == ["year.json", "year.pdf", "steps.csv"]
    monkeypatch.undo()
    write_year(after, folder)
    write_year(after, folder)


def test_opt_outs_are_not_forgotten(tmp_path: Path) -> None:
    """A list that says who has opted out is refused where the plan leaves that column aside."""
    (tmp_path / "list.csv").write_text("number,opted_out\n+358401234567,true\n")
    plan = YEAR.split("audience:")[0] + "audience: {file: list.csv}\n" + SURE.split("\n", 1)[1]
    (tmp_path / "life.yaml").write_text(plan + NEWS)
    with pytest.raises(ScenarioError) as caught:
        plan_year(load_year(tmp_path / "life.yaml"))
    assert caught.value.problems == [
        "life.yaml:1:1: audience: leaves the column 'opted_out' of the list aside; add opted_out: "
        "opted_out"
    ]


def test_a_list_without_rows_reaches_nobody(tmp_path: Path) -> None:
    """Titles alone are no audience."""
    with pytest.raises(ContentError) as caught:
        planned(tmp_path, of=[])
    assert str(caught.value) == (
        "life.yaml: reaches nobody: none of 0 rows can be used; check the rejects"
    )


def test_a_step_alone_in_a_country_delivers_there(tmp_path: Path) -> None:
    """A country that the first step cannot write to has its deliveries."""
    of = [f"+35840{k:07d},A,yes,,2026-05-01,1980-01-01,\n" for k in range(50)]
    of += [f"+4670123{k:04d},,yes,,2026-05-01,1980-01-01,\n" for k in range(50)]
    found = planned(
        tmp_path, SURE.replace("opt_outs: 2 %\n", "") + NAMED + NEWS.partition("\n")[2], of
    ).steps
    means = found.groupby("step")["delivered"].mean()
    assert means["first"] == 50 and means["news"] == 100 * 10


CARD = (
    "country,kind,price,currency,unit,valid_from,valid_to,source_date,source,mark\n"
    "FI,A2P,0.05,EUR,segment,2026-05-11,,2026-01-01,list,found\n"
)


@pytest.mark.parametrize(
    ("audience", "where"),
    [
        (", where: is_parent", ""),
        ("", "where: is_parent, "),
        ("", 'where: is_parent and wants == "yes", '),
    ],
)
def test_only_what_is_sent_needs_a_price(tmp_path: Path, audience: str, where: str) -> None:
    """No price is asked for before the day of a step, nor for whom no step is for."""
    (tmp_path / "card.csv").write_text(CARD)
    of = [f"+35840{k:07d},A,yes,,2026-05-01,1980-01-01,\n" for k in range(50)]
    of += [f"+4670123{k:04d},A,no,,2026-05-01,1980-01-01,\n" for k in range(50)]
    text = YEAR.split("  news:")[0].replace('where: wants == "yes", ', where)
    text = text.replace("seen: seen}", f"seen: seen{audience}}}")
    text = text.replace("steps:", "rates: {card: card.csv}\nsteps:")
    steps = planned(tmp_path, text, of).steps
    assert (steps.loc[steps["step"] == "ask", "cost_micros"] > 0).all()
    (tmp_path / "card.csv").write_text(CARD.replace("2026-05-11", "2026-05-12"))
    with pytest.raises(ContentError) as caught:
        planned(tmp_path, text, of)
    assert str(caught.value) == (
        f"{tmp_path / 'card.csv'}: no A2P price for FI (50 messages); add rows to the card, or "
        "give a fallback price"
    )


def test_a_column_without_a_title_is_kept(tmp_path: Path) -> None:
    """Other programs write the number of a row under no title."""
    listed = tmp_path / "list.csv"
    planned(tmp_path, SURE + NEWS, rows(20))
    lines = listed.read_text().splitlines()
    listed.write_text("".join(f"{k or ''},{line}\n" for k, line in enumerate(lines)))
    last = plan_year(load_year(tmp_path / "life.yaml")).lists[-1]
    assert last.columns[""].to_pylist() == [str(k) for k in range(1, 21)]


def test_shares_follow_the_seed_and_their_purpose(tmp_path: Path) -> None:
    """Another seed draws other shares; a step more, which reaches nobody, moves none."""
    known = SURE.replace("delivered: 100 %", "delivered: {share: 50 %, of: 50}")
    answering = NEWS.replace("day: 10", "day: 10, answers: {share: 30 %, of: 50}")

    def drawn(text: str) -> pd.DataFrame:
        of = [f"+35840{k:07d},A,yes,,2026-05-01,1980-01-01,\n" for k in range(300)]
        steps = planned(tmp_path, text, of).steps
        return steps[steps["step"] == "news"].reset_index(drop=True)

    first = drawn(known + answering)
    other = drawn(known + "seed: 2\n" + answering)
    assert abs(np.corrcoef(first["delivered"], other["delivered"])[0, 1]) < 0.9
    nobody = '  none: {at: 2026-05-05, where: name == "X", texts: {en: "No"}, '
    nobody += "answers: {share: 1 %, of: 9}}\n"
    more = drawn(known + answering.replace("steps:\n", "steps:\n" + nobody))
    columns = ["delivered", "answers", "opt_outs"]
    assert more[columns].equals(first[columns])


def test_draws_belong_to_customers_and_steps(tmp_path: Path) -> None:
    """Rows in another order, or one more step, leave what the others bring as it was."""
    first = planned(tmp_path).steps
    again = planned(tmp_path, YEAR, rows(600)[::-1]).steps
    assert again.equals(first)
    quiet = YEAR.replace("opt_outs: 2 %\n", "give_up_after: 99\n")
    one = planned(tmp_path, quiet).steps
    more = planned(tmp_path, quiet + '  last: {at: 2026-12-01, texts: {en: "Bye"}}\n').steps
    kept = more[more["step"] != "last"].reset_index(drop=True)
    assert kept[["delivered", "answers"]].equals(one[["delivered", "answers"]])


def test_what_a_refresh_and_giving_up_do(tmp_path: Path) -> None:
    """All are renewed each month and none is stale; who fails once, may only once, is out."""
    fresh = planned(tmp_path, YEAR + "refresh: {every: month, renews: 100 %}\n").steps
    news = fresh[fresh["step"] == "news"]
    # Stale on 10 May alone, before the first of the ten refreshes.
    assert set(news["stale"]) == {60}
    once = planned(tmp_path, YEAR + "give_up_after: 1\n").steps
    assert once[once["step"] == "news"]["given_up"].min() > 1000
    none = planned(tmp_path, YEAR.replace("decay: 20 %", "decay: 0 %")).months
    assert (none["good"] == none["can_be_written"]).all()


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10**6))
def test_prediction_intervals_of_years_cover(seed: int) -> None:
    """Of 400 next draws 95 % fall into the interval of the 30 before; half as wide, far fewer."""
    rng = np.random.default_rng(seed)
    inside = narrow = 0
    for _ in range(400):
        *before, following = rng.binomial(2000, 0.3, 31)
        found = of_draws(np.array(before, np.float64))
        inside += found.low <= following <= found.high
        narrow += abs(following - found.mean) <= (found.high - found.mean) / 2
    assert 362 <= inside <= 396  # 95 % of 400, at 1e-4 on both sides
    assert narrow < 320


def test_words(tmp_path: Path) -> None:
    """Each way of going out in words, and sentences that agree with the table."""
    found = planned(tmp_path)
    assert [when(step) for step in found.loaded.plan.steps.values()] == [
        "2026-05-11", "2026-06-01", "every month, day 10", "on born, yearly", "1 d before visit",
    ]  # fmt: skip
    whole = step_forecasts(found)[-1]
    said = " ".join(sentences(found))
    assert f"send them {whole.reached.mean:,.0f} messages" in said
    assert "600 of 600 rows of the list can be used" in said
    assert is_year(tmp_path / "life.yaml")


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("at: 2026-06-01, where", "at: 2026-05-12, where", [
            "life.yaml:12:14: steps.sale.at: is before 2026-05-18, when the answers 'wants' of "
            "'ask' are gathered; choose a later day"]),
        ("asks: wants", "asks: name", [
            "life.yaml:11:15: steps.ask.asks: 'name' is a column of the list already; choose "
            "another name",
            "life.yaml:12:33: steps.sale.where: position 1: no attribute is called 'wants'; it has "
            "born, is_parent, name, number, out, seen, visit"]),
        ("where: is_parent", "where: is_parents", [
            "life.yaml:10:32: steps.ask.where: position 1: no attribute is called 'is_parents'; "
            "did you mean 'is_parent'?"]),
        ("{name}, sale", "{nam}, sale", [
            "life.yaml:12:61: steps.sale.texts.en: nothing is called {nam}; did you mean {name}?"]),
        ("at: 2026-06-01", "at: 2026-06-01, every: month", [
            "life.yaml:12:3: steps.sale: needs exactly one of at, every and date; say when it goes "
            "out"]),
        ("at: 2026-06-01", "at: 2025-06-01", [
            "life.yaml:12:14: steps.sale.at: is not in the year, which is from 2026-05-04 to "
            "before 2027-02-28 (got '2025-06-01'); choose another day"]),
        ("duration: 300 d", "duration: 1 h", [
            "life.yaml:1:1: lasts less than a day; give a longer duration, e.g. 365 d"]),
        ("at: 2026-06-01", "at: 2026-06-31", [
            "life.yaml:12:14: steps.sale.at: needs a day (got '2026-06-31'); write e.g. "
            "2026-02-02"]),
        ("replies: {yes: 60 %, no: 40 %}", "replies: {yes: 60 %}", [
            "life.yaml:10:3: steps.ask: shares of replies must sum to 100 %, they sum to 60 %; "
            "change one of them"]),
        ("replies: {yes: 60 %, no: 40 %},", "", [
            "life.yaml:10:3: steps.ask: needs both asks and replies, or neither; write e.g. asks: "
            "wants_offers, replies: {yes: 60 %, no: 40 %}"]),
        ("answers: 30 %,", "", [
            "life.yaml:10:3: steps.ask: asks, but not once, or tells no share of answers; give at "
            "and answers"]),
        ("delivered: 90 %\n", "", [
            "life.yaml:1:1: needs either delivered or run; give one of them"]),
        ("within: 7 d", "within: 0 d", [
            "life.yaml:10:3: steps.ask: gathers answers within 0 d; give at least 1 d"]),
        ("asks: wants", "asks: out", [
            "life.yaml:1:1: asks for 'out', which says who has opted out; give the answers "
            "another name",
            "life.yaml:12:33: steps.sale.where: position 1: no attribute is called 'wants'; it has "
            "born, is_parent, name, number, out, seen, visit"]),
        ("yearly: true", 'yearly: true, where: born == "1980-01-01"', [
            "life.yaml:14:43: steps.wish.where: position 1: 'born' is a date, compared with a "
            "text; compare like with like"]),
        ("yearly: true", "yearly: true, where: born == 5", [
            "life.yaml:14:43: steps.wish.where: position 1: 'born' is a date, compared with a "
            "number; compare like with like"]),
        ("day: 10", "day: 29", [
            "life.yaml:13:29: steps.news.day: must be at most 28 (got '29')"]),
    ],
)  # fmt: skip
def test_refusals(tmp_path: Path, old: str, new: str, lines: list[str]) -> None:
    """Each mistake is one line: where, which key, what, which value, what to do."""
    assert old in YEAR
    with pytest.raises(ScenarioError) as caught:
        planned(tmp_path, YEAR.replace(old, new, 1))
    assert caught.value.problems == lines


def test_all_problems_of_a_year_at_once(tmp_path: Path) -> None:
    """What schema, list, conditions, texts and days say, each with its place."""
    text = YEAR.replace("opted_out: out", "opted_out: gone")
    text = text.replace("opt_outs: 2 %", "opt_outs: many")
    text = text.replace("where: is_parent,", "where: is_parent and not is_parent,")
    text = text.replace('wants == "yes"', "wants == yes").replace("{visit}", "{visits}")
    text = text.replace("date: born", "date: birthday")
    with pytest.raises(ScenarioError) as caught:
        planned(tmp_path, text)
    assert caught.value.problems == [
        "life.yaml:1:39: audience.opted_out: is no column of the list (got 'gone'); known: born, "
        "is_parent, name, number, out, seen, visit",
        "life.yaml:6:11: opt_outs.share: needs a share in per cent (got 'many'); write e.g. 60 %",
        "life.yaml:10:32: steps.ask.where: position 19: nothing can meet all that is asked of "
        "'is_parent'; drop a part",
        "life.yaml:12:33: steps.sale.where: position 10: needs a value (got 'yes'); write a "
        'number, "a text" or a date like 2026-06-01',
        "life.yaml:14:16: steps.wish.date: is no column of the list (got 'birthday'); known: born, "
        "is_parent, name, number, out, seen, visit",
        "life.yaml:15:49: steps.visit.texts.en: nothing is called {visits}; did you mean {visit}?",
    ]


NEWS = 'steps:\n  news: {every: month, day: 10, texts: {en: "News"}}\n'
NAMED = 'steps:\n  first: {at: 2026-05-05, texts: {en: "Hi {name}"}}\n'
SURE = (
    YEAR.split("steps:")[0]
    .replace("decay: 20 %\n", "")
    .replace("delivered: 90 %", "delivered: 100 %")
)


def one_step(folder: Path, head: str, steps: str = NEWS) -> pd.Series:
    """Means of the first step over the years drawn, of 600 who may all be written to at first."""
    of = [f"+35840{k:07d},A,yes,,2026-05-01,1980-01-01,\n" for k in range(600)]
    found = planned(folder, head + steps, of).steps
    return found[found["step"] == found["step"].iloc[0]].mean(numeric_only=True)


def test_who_opts_out_is_written_to_once(tmp_path: Path) -> None:
    """When every message is answered by an opt-out, one message in ten months is all."""
    row = one_step(tmp_path, SURE.replace("opt_outs: 2 %", "opt_outs: 100 %"))
    assert (row["reached"], row["opt_outs"], row["opted_out"]) == (600, 600, 9 * 600)


def test_who_gets_messages_does_not_grow_stale(tmp_path: Path) -> None:
    """Seen on 1 May and stale after 100 days: fresh with every message, unless none arrives."""
    head = SURE.replace("opt_outs: 2 %\n", "").replace(
        "seen: seen", "seen: seen, stale_after: 100 d"
    )
    assert one_step(tmp_path, head)["stale"] == 0
    none = one_step(tmp_path, head.replace("delivered: 100 %", "delivered: 0 %\ngive_up_after: 99"))
    assert none["stale"] == 7 * 600  # 10 August is day 101, and six months follow


def test_only_failures_in_a_row_count(tmp_path: Path) -> None:
    """Two in a row at one half each: against the chain of states, five years in a hundred off."""
    head = SURE.replace("opt_outs: 2 %\n", "give_up_after: 2\n").replace("100 %", "50 %")
    row = one_step(tmp_path, head.replace("replications: 6", "replications: 40"))
    chain = np.array([[0.5, 0.5, 0.0], [0.5, 0.0, 0.5], [0.0, 0.0, 1.0]])
    state, expected = np.array([1.0, 0.0, 0.0]), 0.0
    for _ in range(10):
        expected += 600 * (1 - state[2])
        state = state @ chain
    assert row["reached"] == pytest.approx(expected, rel=0.01)


def test_answers_count_from_the_day_they_are_gathered(tmp_path: Path) -> None:
    """A monthly step by their answers reaches nobody before, and those who said yes ever after."""
    steps = (
        'steps:\n  news: {every: month, day: 10, where: wants == "yes", texts: {en: "News"}}\n'
        '  ask: {at: 2026-06-15, texts: {en: "?"}, answers: 100 %, asks: wants,\n'
        "        replies: {yes: 100 %}, within: 20 d}\n"
    )
    row = one_step(tmp_path, SURE.replace("opt_outs: 2 %\n", ""), steps)
    # May, June: not asked; July: gathered on the fifth; July to February are eight.
    assert (row["not_selected"], row["reached"]) == (2 * 600, 8 * 600)


def test_the_audience_of_a_year_is_meant_in_all_of_it(tmp_path: Path) -> None:
    """Who is not of it is in no step and not in the list over the year."""
    text = YEAR.replace("file: list.csv", "file: list.csv, where: is_parent")
    found = planned(tmp_path, text)
    # Of 300 parents 60 have opted out and 60 are stale from the beginning.
    assert found.months["can_be_written"].iloc[0] == 180
    news = found.steps[found.steps["step"] == "news"]
    assert (news["not_selected"] == 3000).all()


def test_a_prediction_interval_by_hand() -> None:
    """1, 2, 3: mean 2, deviation 1, t(2) = 4.3027, root of 4/3; no count is below 0."""
    found = of_draws(np.array([1.0, 2.0, 3.0]))
    assert (found.mean, found.low) == (2, 0)
    assert found.high == pytest.approx(2 + 4.30265 * np.sqrt(4 / 3), rel=1e-5)
