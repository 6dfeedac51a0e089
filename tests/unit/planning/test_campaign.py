"""Plans of campaigns: read, merged, priced, and what to expect of them."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from smsc_sim.content.money import micros
from smsc_sim.content.rates import RateKind, load_rate_card, price_micros
from smsc_sim.content.segmentation import segment
from smsc_sim.planning.campaign import CampaignPlan, plan_campaign
from smsc_sim.planning.expected import DRAWS
from smsc_sim.report.campaign_words import limit_sentences
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.plans import load_plan

CARD = load_rate_card("list-2026")

PLAN = """\
audience: {file: list.csv, language: language}
texts:
  en: "Hi {first_name}, sale until {day}"
  fi: "Hei {first_name} – ale {day}"
values: {day: 31 May}
start: 2026-05-04T10:00 Europe/Helsinki
rate: 2 msg/s
"""
LIST = """\
number,language,first_name
+358401234567,fi,Aino
+447400123456,en,Ben
+447400123457,sv,Chloe
+447400123458,en,
12,en,Dan
"""


def write(folder: Path, plan: str = PLAN, customers: str = LIST) -> Path:
    """A plan and its list in a folder."""
    (folder / "list.csv").write_text(customers, encoding="utf-8")
    (folder / "sale.yaml").write_text(plan, encoding="utf-8")
    return folder / "sale.yaml"


def planned(folder: Path, plan: str = PLAN, customers: str = LIST) -> CampaignPlan:
    """The campaign of a plan."""
    return plan_campaign(load_plan(write(folder, plan, customers)), rejects=folder / "rejects.csv")


def test_each_customer_gets_the_text_of_the_language(tmp_path: Path) -> None:
    """Merged, cut and priced as one would by hand; who cannot be written to is listed."""
    found = planned(tmp_path)
    assert [(s.language, s.text, s.segments, s.messages) for s in found.samples] == [
        ("en", "Hi Ben, sale until 31 May", 1, 2),
        ("fi", "Hei Aino – ale 31 May", 1, 1),
    ]
    assert (found.counts.read, found.counts.reached, found.counts.rejected) == (5, 3, 2)
    assert (tmp_path / "rejects.csv").read_text().splitlines() == [
        "row,column,problem,value",
        '5,first_name,"is missing, and its text needs it",',
        "6,number,is too short,12",
    ]
    assert found.cost_micros == micros("0.0861") + 2 * micros("0.0554")
    assert (found.spans[-1].end - found.spans[0].begin).total_seconds() == 1.5


def test_the_sum_is_that_of_one_text_at_a_time(tmp_path: Path) -> None:
    """2,000 random customers: cost, segments and messages by country against plain loops."""
    rng = np.random.default_rng(9)
    heads = {"FI": "+35840", "GB": "+447400", "US": "+121255"}
    digits = {"FI": 7, "GB": 6, "US": 5}
    lines, cost, segments = [], Decimal(0), 0
    for k in range(2000):
        country = str(rng.choice(list(heads)))
        language = str(rng.choice(["en", "fi", "", "xx"]))
        name = "Ö" * int(rng.integers(1, 60)) if k % 3 else "ł" * int(rng.integers(1, 60))
        number = f"{heads[country]}{k:0{digits[country]}d}"
        if country == "US":
            number = f"+1212{2000000 + k}"
        lines.append(f"{number},{language},{name}\n")
        text = f"Hei {name} – ale 31 May" if language == "fi" else f"Hi {name}, sale until 31 May"
        parts = len(segment(text).parts)
        segments += parts
        price = price_micros(CARD, RateKind.A2P, country, load_plan_day())
        cost += Decimal(parts * price) / 10**6
    found = planned(tmp_path, customers="number,language,first_name\n" + "".join(lines))
    assert found.counts.reached == 2000
    assert found.volumes["segments"].sum() == segments
    assert Decimal(found.cost_micros) / 10**6 == cost


def load_plan_day():  # type: ignore[no-untyped-def]
    """The day of PLAN."""
    from datetime import date

    return date(2026, 5, 4)


def test_smart_plans_send_plain_characters(tmp_path: Path) -> None:
    """Where that brings a text into GSM 7-bit, and only there."""
    found = planned(tmp_path, PLAN + "smart: true\n")
    assert [sample.text for sample in found.samples][1] == "Hei Aino - ale 31 May"
    assert sum(driver.amount_micros for driver in found.drivers) == 0


def expectation(folder: Path, customers: int, more: str) -> CampaignPlan:
    """A campaign to so many Finns."""
    rows = "".join(f"+35840{k:07d},fi,A\n" for k in range(customers))
    return planned(folder, PLAN + more, "number,language,first_name\n" + rows)


def test_intervals_are_those_of_the_beta_binomial(tmp_path: Path) -> None:
    """Against the exact distribution of scipy; a share taken as certain gives a narrower one."""
    found = expectation(tmp_path, 400, "delivered: {share: 90 %, of: 200}\n")
    exact = stats.betabinom(400, 180.5, 20.5)
    forecast = found.expected.delivered
    assert forecast is not None
    assert forecast.mean == pytest.approx(360)
    for side, quantile in ((forecast.low, 0.025), (forecast.high, 0.975)):
        # Between the exact quantiles two standard errors of the draws away.
        error = 2 * np.sqrt(0.025 * 0.975 / DRAWS)
        assert exact.ppf(quantile - error) <= side <= exact.ppf(quantile + error)
    certain = stats.binom(400, 0.9)
    assert forecast.low < certain.ppf(0.025) - 4 < forecast.high - 8


def test_answers_and_no_interval_without_a_number(tmp_path: Path) -> None:
    """A share that was given alone says how many to expect, and no range."""
    found = expectation(tmp_path, 200, "delivered: 90 %\nanswers: 5 %\n").expected
    assert found.delivered is not None
    assert found.answers is not None
    assert found.answers.mean == pytest.approx(9.0)
    assert np.isnan(found.answers.low)
    assert found.rests_on == (
        "delivered 90 % as given, without a number; answers 5 % as given, without a number"
    )


def test_shares_by_country_must_tell_all(tmp_path: Path) -> None:
    """A country without a share is told with its place."""
    with pytest.raises(ScenarioError) as error:
        planned(tmp_path, PLAN + "delivered_in: {FI: 90 %}\n")
    assert str(error.value).splitlines()[0] == (
        "sale.yaml:8:1: delivered_in: tells no share of GB; add them, or delivered"
    )


def test_countries_may_differ(tmp_path: Path) -> None:
    """A share of a country of its own goes before that of all."""
    found = planned(tmp_path, PLAN + "delivered: 90 %\ndelivered_in: {FI: 50 %}\n").expected
    assert found.by_country["FI"].mean == pytest.approx(0.5)
    assert found.by_country["GB"].mean == pytest.approx(1.8)
    assert found.rests_on.endswith("; delivered in FI 50 % as given, without a number")


def sentences(folder: Path, plan: str) -> list[str]:
    """With which a plan is refused."""
    with pytest.raises(ScenarioError) as error:
        plan_campaign(load_plan(write(folder, plan)))
    return str(error.value).splitlines()[:-1]


def test_all_problems_of_a_plan_at_once(tmp_path: Path) -> None:
    """Each with its place in the file, and what to do."""
    plan = """\
audience: {file: lists.csv, where: 'age >', langage: language}
texts: {en: "Hi {first name}"}
start: 2026-05-04T10:00
rate: fast
quiet_hours: night
delivered: 94
"""
    assert sentences(tmp_path, plan) == [
        "sale.yaml:1:18: audience.file: there is nothing of this name (got 'lists.csv'); check it; "
        "it is relative to this file",
        "sale.yaml:1:36: audience.where: position 6: needs a value; "
        'write a number, "a text" or a date like 2026-06-01',
        "sale.yaml:1:45: audience.langage: there is no such key; did you mean 'language'?",
        "sale.yaml:2:13: texts.en: position 4: has no name in {first name}; write e.g. "
        "{first_name}",
        "sale.yaml:3:8: start: needs a time zone after the time (got '2026-05-04T10:00'); write "
        "e.g. 2026-12-31T18:00 Europe/Helsinki",
        "sale.yaml:4:7: rate: needs a rate in messages per second (got 'fast'); write e.g. "
        "400 msg/s",
        "sale.yaml:5:14: quiet_hours: needs two clock times (got 'night'); write e.g. 21:00-08:00",
        "sale.yaml:6:12: delivered.share: needs a share in per cent (got '94'); write e.g. 60 %",
    ]


@pytest.mark.parametrize(
    ("audience", "lines"),
    [
        ("where: firstname == 'A', number: msisdn", [
            "sale.yaml:1:35: audience.where: position 1: no attribute is called 'firstname'; did "
            "you mean 'first_name'?",
            "sale.yaml:1:61: audience.number: is no column of the list (got 'msisdn'); known: "
            "first_name, language, number"]),
        ("where: first_name == 'A' and first_name == 'B'", [
            "sale.yaml:1:35: audience.where: position 23: nothing can meet all that is asked of "
            "'first_name'; drop a part"]),
    ],
)  # fmt: skip
def test_what_a_plan_asks_of_its_list(tmp_path: Path, audience: str, lines: list[str]) -> None:
    """Columns and conditions are checked against the list before it is read, with their places."""
    plan = PLAN.replace("list.csv,", f"list.csv, {audience},")
    assert sentences(tmp_path, plan) == lines


def test_a_list_in_place_of_that_of_the_plan_is_named_itself(tmp_path: Path) -> None:
    """What is wrong with a list of the command line does not stand in the plan."""
    with pytest.raises(ScenarioError) as error:
        load_plan(write(tmp_path), audience=tmp_path / "gone.csv")
    assert error.value.problems == [
        f"{tmp_path}/gone.csv: cannot be read (got No such file or directory); check the file"
    ]


def test_what_a_plan_names_must_be_there(tmp_path: Path) -> None:
    """Files, conditions, texts and cards; nothing outside the folder."""
    plan = PLAN.replace("list.csv,", "../list.csv, where: 'age >',")
    found = sentences(
        tmp_path, plan.replace("{first_name},", "{first_name,") + "rates: list-2062\n"
    )
    assert found == [
        "sale.yaml:1:18: audience.file: leads out of the scenario's folder (got '../list.csv'); "
        "copy the file into the folder",
        "sale.yaml:1:38: audience.where: position 6: needs a value; "
        'write a number, "a text" or a date like 2026-06-01',
        "sale.yaml:3:7: texts.en: position 4: has a { alone; write {{ for a brace",
        "sale.yaml:8:8: rates: is no shipped rate card and no .csv file (got 'list-2062'); "
        "did you mean 'list-2026'?",
    ]


def test_placeholders_are_checked_against_the_list(tmp_path: Path) -> None:
    """A name that is neither a column nor a value is told before anything is merged."""
    assert sentences(tmp_path, PLAN.replace("{first_name} –", "{firstname} –")) == [
        "sale.yaml:4:7: texts.fi: nothing is called {firstname}; did you mean {first_name}?"
    ]


def test_reaching_nobody_is_an_error(tmp_path: Path) -> None:
    """With the counts that say why."""
    from smsc_sim.content.errors import ContentError

    plan = PLAN.replace("file: list.csv", "file: list.csv, where: 'first_name == \"Zoe\"'")
    with pytest.raises(ContentError) as error:
        planned(tmp_path, plan)
    assert str(error.value) == (
        "sale.yaml: reaches nobody: of 5 rows 1 were rejected, 4 not selected; "
        "check audience.where and the rejects"
    )


def test_ratios_of_a_run_by_country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Delivery ratios of a simulation stand in place of shares, with their intervals."""
    import pandas as pd

    from smsc_sim.content.errors import ContentError
    from smsc_sim.results.estimates import Estimates

    table = pd.DataFrame(
        [
            ("country", "FI", "delivery_ratio", 0.9, 0.05),
            ("country", "GB", "delivery_ratio", 0.8, 0.05),
            ("country", "GB", "attempts", 3.0, 0.05),
        ],
        columns=["entity_type", "entity", "measure", "estimate", "half_width"],
    )
    loaded = type("Loaded", (), {"measures": table})
    monkeypatch.setattr(Estimates, "load", lambda folder: loaded)
    (tmp_path / "results").mkdir()
    rows = "".join(f"+35840{k:07d},fi,A\n" for k in range(10_000))
    plan = PLAN + "run: results\n"
    found = planned(tmp_path, plan, "number,language,first_name\n" + rows).expected
    forecast = found.by_country["FI"]
    assert forecast.mean == pytest.approx(9000)
    assert forecast.low == pytest.approx(8500, abs=15)
    assert forecast.high == pytest.approx(9500, abs=15)
    assert found.rests_on == "delivery ratios by country of the simulation in results"
    table.loc[0, "estimate"] = float("nan")
    with pytest.raises(ContentError) as caught:
        planned(tmp_path, plan, "number,language,first_name\n" + rows)
    assert str(caught.value).endswith("results: has no delivery ratio of FI; run it too")


TIER = "limits: {tier: us-10dlc-low-volume, shares: {AT&T: 40 %, T-Mobile: 50 %}}\n"


def test_limits_of_us_operators_are_in_time_and_expectation(tmp_path: Path) -> None:
    """10,000 Americans on the lowest tier: the sums of a planner with pencil and paper.

    AT&T takes 75 a minute: 4,000 last 53 min 20 s.  T-Mobile takes 2,000 a day: from noon Pacific
    5,000 are out long before midnight, so 3,000 fail and are charged.  At 2 a second AT&T has 1.25,
    T-Mobile what is left; the whole takes longer than 10,000 / 2 s only while one of them is alone.
    """
    rows = "".join(f"+1212{2000000 + k},en,A\n" for k in range(10_000))
    plan = PLAN.replace("10:00 Europe/Helsinki", "12:00 America/Los_Angeles")
    found = planned(
        tmp_path, plan + TIER + "delivered: 90 %\n", "number,language,first_name\n" + rows
    )
    by_operator = {"AT&T": [0.0, 0.0], "T-Mobile": [0.0, 0.0], "": [0.0, 0.0]}
    for piece in (piece for span in found.spans for piece in span.pieces):
        by_operator[piece.operator][0] += piece.segments
        by_operator[piece.operator][1] += piece.failed
    assert by_operator["AT&T"] == [pytest.approx(4000), 0]
    assert by_operator["T-Mobile"] == [pytest.approx(5000), pytest.approx(3000)]
    assert by_operator[""] == [pytest.approx(1000), 0]
    # 3,200 s of AT&T at 1.25 and 0.75 of T-Mobile beside it (2,400); 3,600 are left at 2.
    assert found.sending_s == pytest.approx(3200 + 3600 / 2)
    assert found.expected.delivered is not None
    assert found.expected.delivered.mean == pytest.approx(0.9 * 7000)
    assert found.cost_micros == 10_000 * price_micros(CARD, RateKind.A2P, "US", load_plan_day())
    assert limit_sentences(found) == [
        "AT&T takes 75 parts a minute (us-10dlc-low-volume): its 4,000 segments are out at "
        "2026-05-04 12:53.",
        "T-Mobile takes 2,000 messages a day (us-10dlc-low-volume): its 5,000 segments are out at "
        "2026-05-04 13:15, and 3,000 of them fail, beyond the day's limit, and are charged.",
    ]


@pytest.mark.parametrize(
    ("limits", "lines"),
    [
        (
            TIER.replace("low-volume", "low-volumes"),
            [
                "sale.yaml:8:16: limits.tier: no tier is called 'us-10dlc-low-volumes'; did you "
                "mean 'us-10dlc-low-volume'?"
            ],
        ),
        (
            TIER.replace("AT&T: 40 %, T-Mobile: 50 %", "AT&T: 140 %"),
            [
                "sale.yaml:8:52: limits.shares.AT&T: must be at most 100 % (got '140 %')",
            ],
        ),
        (
            TIER.replace("AT&T: 40 %", "Verizon: 60 %"),
            [
                "sale.yaml:8:37: limits.shares: must name the operators of the tier, AT&T and "
                "T-Mobile; give each its share, 0 % if none",
                "sale.yaml:8:37: limits.shares: sum to 110 %; they must not exceed 100 %",
            ],
        ),
    ],
)
def test_limits_that_make_no_sense(tmp_path: Path, limits: str, lines: list[str]) -> None:
    """Each is told with its place and remedy."""
    assert sentences(tmp_path, PLAN + limits) == lines


def test_prediction_intervals_cover_what_they_say(tmp_path: Path) -> None:
    """Of 150 campaigns whose share is drawn from what was measured, 95 % fall into the interval.

    The same share is measured on 300 messages, then 2,000 are sent: both kinds of chance count.
    An interval without the first would cover far less.
    """
    rng = np.random.default_rng(5)
    true, of, sent, trials = 0.9, 300, 2000, 150
    measured = rng.binomial(of, true, trials)
    inside = narrow = 0
    for good, found in zip(measured, rng.binomial(sent, true, trials), strict=True):
        prediction = stats.betabinom(sent, good + 0.5, of - good + 0.5)
        low, high = _interval(sent, good / of, of)
        assert prediction.cdf(high) - prediction.cdf(low) == pytest.approx(0.95, abs=0.01)
        inside += low <= found <= high
        certain = stats.binom(sent, good / of)
        narrow += certain.ppf(0.025) <= found <= certain.ppf(0.975)
    spread = stats.binom(trials, 0.95)
    assert spread.ppf(0.001) <= inside <= spread.ppf(0.999)
    assert narrow < 0.7 * trials


def _interval(sent: int, share: float, of: int) -> tuple[float, float]:
    """The interval that `expect` gives."""
    from smsc_sim.planning.expected import _forecast, known_share
    from smsc_sim.scenario.schema_plan import Measured

    rng = np.random.default_rng(1)
    known = known_share(Measured.model_construct(share=share, of=of), rng)
    assert known.draws is not None
    forecast = _forecast(sent * share, rng.binomial(sent, known.draws).astype(float))
    return forecast.low, forecast.high
