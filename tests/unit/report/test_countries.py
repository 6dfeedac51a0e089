"""The report by country: sums, words, tables and files of ordinary and difficult results."""

import io
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pypdf
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

import smsc_sim as sms
from smsc_sim.report import countries, country_pages
from smsc_sim.report.bars import interval_sides
from smsc_sim.report.country_numbers import (
    PriceParts,
    classes_in,
    country_codes,
    limits_of,
    price_parts,
    share_of_end,
)
from smsc_sim.report.document import set_pages
from smsc_sim.report.style import nothing_to_draw
from smsc_sim.report.summary import Numbers
from smsc_sim.results.estimates import Estimates, ReplicationFrames

Row = tuple[str, str, str, float]

TOPICS: tuple[countries.Topic, ...] = ("cost", "reliability")


def made_of(*replications: list[Row], **changes: Any) -> Estimates:
    """Estimates of replications that are written out by hand."""
    columns = ["entity_type", "entity", "measure", "value"]
    series = pd.DataFrame(columns=["time_s", *columns])
    curve = pd.DataFrame(columns=["class", "within_s", "share"])
    frames = [ReplicationFrames(pd.DataFrame(r, columns=columns), series, curve)
              for r in replications]  # fmt: skip
    manifest = {"name": "by hand", "start": "2026-11-27T17:30:00-07:00", "zone": "America/Denver",
                "duration_s": 3600.0, "interval_s": 60.0, "currency": "USD",
                "replications": len(replications), **changes}  # fmt: skip
    return Estimates.from_replications(frames, manifest)


def country_rows(
    code: str, *, submitted: float, delivered: float, open_: float = 0.0, segments: float = 1.0,
    price: float = 0.1, kind: str = "a2p", name: str = "campaign",
) -> list[Row]:  # fmt: skip
    """Rows of a country in which nothing is refused; what is neither delivered nor open is dead."""
    cost = submitted * segments * price
    values = {
        "submitted": submitted, "delivered": delivered, "open": open_,
        "undeliverable": submitted - delivered - open_,
        "delivery_ratio": delivered / submitted, "within_10s": 0.5 * delivered / submitted,
        "within_30s": 0.8 * delivered / submitted, "within_5min": 0.9 * delivered / submitted,
        "within_45s": 0.85 * delivered / submitted,
        "cause.absent_subscriber": 0.07, "cause.unknown_subscriber": 0.02,
    }  # fmt: skip
    rows = [("class_country", f"{name}/{code}", key, value) for key, value in values.items()]
    values |= {f"{kind}.cost": cost, f"{kind}.cost_per_segment": price,
               f"{kind}.cost_per_message": cost / submitted,
               "segments_per_message": segments}  # fmt: skip
    if delivered:
        values |= {f"{kind}.cost_per_delivered": cost / delivered, "latency_p50": 6.0,
                   "latency_p95": 19.0}  # fmt: skip
    return rows + [("country", code, key, value) for key, value in values.items()]


@pytest.fixture(scope="module")
def by_hand() -> Estimates:
    """Two replications: 800 and 900 of 1000 messages of 1.5 segments arrive, 50 stay open."""
    return made_of(
        *(
            [
                *country_rows("CA", submitted=1000.0, delivered=got, open_=50.0, segments=1.5),
                *country_rows("MX", submitted=2000.0, delivered=1999.0, price=0.2),
            ]
            for got in (800.0, 900.0)
        )
    )


def ends_of(axes: Axes) -> list[float]:
    """Right ends of all parts of the bars of a plot."""
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    return [bar.get_x() + bar.get_width() for bar in bars]


def words_of(estimates: Estimates, topic: countries.Topic) -> str:
    """Text of the PDF, every run of white space one blank; its figures are small."""
    charts = dict.fromkeys(["overview", *country_codes(estimates)], nothing_to_draw("figure"))
    data = countries.page_data(estimates, topic)
    pdf = set_pages("countries.typ", data, charts, estimates.manifest)
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"[\s\u200b\u00a0]+", " ", " ".join(page.extract_text() for page in pages))


def test_parts_add_up_to_the_cost_per_delivered(by_hand: Estimates) -> None:
    """Price, further segments and undelivered messages are the hand-worked parts of the cost."""
    (canada,) = price_parts(Numbers(by_hand), "CA")
    total = (150.0 / 800.0 + 150.0 / 900.0) / 2  # each replication pays 1000 x 1.5 x 0.1
    half = 12.706204736432095 * abs(150.0 / 800.0 - 150.0 / 900.0) / 2  # t quantile, one degree
    assert canada == pytest.approx(("a2p", 0.1, 0.05, total - 0.15, total, half))
    assert canada.surcharge == pytest.approx(total / 0.1 - 1.0)
    assert canada.surcharge_half_width == pytest.approx(half / 0.1)
    (mexico,) = price_parts(Numbers(by_hand), "MX")
    assert mexico.longer == 0.0
    assert mexico.undelivered == pytest.approx(0.2 * 2000 / 1999 - 0.2)


def test_parts_of_every_country_add_up(usual: Estimates) -> None:
    """In an ordinary run no part is negative and the three of them give the total."""
    for code in country_codes(usual):
        parts = price_parts(Numbers(usual), code)
        assert [part.kind for part in parts] == ["a2p"]
        for part in parts:
            assert min(part.segment, part.longer, part.undelivered) >= 0.0
            whole = part.segment + part.longer + part.undelivered
            assert math.isclose(whole, part.total, rel_tol=1e-12)


def test_refused_messages_do_not_make_a_part_negative() -> None:
    """Where half is refused and not billed, a delivered message still costs at least a segment."""
    rows: list[Row] = [("country", "CA", name, value) for name, value in
            {"submitted": 100.0, "delivered": 40.0, "delivery_ratio": 0.4, "rejected": 50.0,
             "a2p.cost_per_segment": 0.1, "a2p.cost_per_message": 0.05,
             "a2p.cost_per_delivered": 0.125}.items()]  # fmt: skip
    (part,) = price_parts(Numbers(made_of(rows)), "CA")
    assert part[1:5] == pytest.approx((0.1, 0.0, 0.025, 0.125))


def test_free_segments_have_no_surcharge() -> None:
    """A price of nought has no per cent, and says so by NaN."""
    part = PriceParts("a2p", 0.0, 0.0, 0.0, 0.0, 0.0)
    assert math.isnan(part.surcharge) and math.isnan(part.surcharge_half_width)


def test_countries_classes_and_limits_are_found(by_hand: Estimates) -> None:
    """Countries go by messages, classes by country, limits by length, those of targets included."""
    assert country_codes(by_hand) == ["MX", "CA"]
    assert classes_in(by_hand, "CA") == ["campaign"]
    assert limits_of(by_hand) == [(10.0, "within_10s"), (30.0, "within_30s"), (45.0, "within_45s"),
                                  (300.0, "within_5min")]  # fmt: skip
    assert share_of_end(Numbers(by_hand), "CA", "open") == pytest.approx(0.05)
    assert share_of_end(Numbers(by_hand), "CA", "lost") == 0.0


def test_sections_say_the_numbers_of_the_measures(by_hand: Estimates) -> None:
    """The words of Canada hold price, parts, ends, the share with open ones, and causes."""
    sentences = country_pages.cost_section(by_hand, "CA")["sentences"]
    assert sentences[0] == (
        "Applications pay 0.1 USD for a segment (a2p). Further segments of long texts add "
        "0.0500 USD to a delivered message, messages that were not delivered add 0.0271 USD: "
        "together 0.18 ± 0.13 USD, 77 ± 132 % above the price of one segment."
    )
    assert sentences[1] == (
        "Of 1,000 messages 85 ± 64 % were delivered; 10.0 % ended undeliverable, 5.00 % are still "
        "open. If every open message still arrived, 90.0 % would be delivered."
    )
    assert sentences[2] == (
        "Most frequent causes, in shares of all attempts: absent subscriber (7.00 %), unknown "
        "subscriber (2.00 %)."
    )
    latency = country_pages.reliability_section(by_hand, "CA")["sentences"][1]
    assert latency == (
        "Half of the delivered messages took less than 6.00 s, 95 % less than 19.0 s; this leaves "
        "out the 15.0 % that were not delivered."
    )


def test_opening_names_the_extremes(by_hand: Estimates) -> None:
    """The first page names the dearest country, the furthest above its price, best and worst."""
    assert country_pages.opening(by_hand, "cost")[1] == (
        "The dearest delivered message goes to MX Mexico: 0.200 USD (a2p). Furthest above the "
        "price of its segment is CA Canada (a2p): by 77 ± 132 %."
    )
    assert country_pages.opening(by_hand, "reliability")[1] == (
        "The most reliable country is MX Mexico with 99.95 % delivered, the least reliable "
        "CA Canada with 85 ± 64 % delivered."
    )


def test_opening_without_extremes() -> None:
    """One country, or several that are alike, are not called most and least reliable."""
    one = country_rows("CA", submitted=1000.0, delivered=800.0)
    words = country_pages.opening(made_of(one), "reliability")[1]
    assert words == "There is one country: CA Canada with 80.0 % delivered."
    alike = [*one, *country_rows("MX", submitted=500.0, delivered=400.0)]
    words = country_pages.opening(made_of(alike), "reliability")[1]
    assert words == "All countries have the same share delivered: 80.0 %."


def test_what_rounding_leaves_is_no_interval() -> None:
    """A half-width of rounding errors is not written, one that was measured is."""
    rows: list[Row] = [("country", "CA", "a2p.cost_per_segment", 0.1)]
    numbers = Numbers(made_of(rows, rows))
    numbers.rows["country", "CA", "a2p.cost_per_segment"]["half_width"] = 3e-17
    assert numbers.text("country", "CA", "a2p.cost_per_segment", half=True) == "0.100 USD"
    numbers.rows["country", "CA", "a2p.cost_per_segment"]["half_width"] = 3e-4
    assert numbers.half_width("country", "CA", "a2p.cost_per_segment") == 3e-4


def test_tables_hold_the_estimates(by_hand: Estimates) -> None:
    """Rows of the tables are the measures with half-widths; the share not delivered is one less."""
    cost = countries.country_table(by_hand, "cost").replace("\N{NO-BREAK SPACE}", " ", regex=True)
    assert list(cost.index) == ["MX Mexico", "CA Canada"]
    assert dict(cost.loc["CA Canada"]) == {
        "Paid by": "applications (a2p)", "Cost [USD]": "150.00", "Price of a segment [USD]": "0.1",
        "Cost per message [USD]": "0.150", "Cost per delivered [USD]": "0.18 ± 0.13",
        "Above the price of a segment [%]": "77 ± 132",
    }  # fmt: skip
    reliability = countries.country_table(by_hand, "reliability").loc["CA Canada"]
    # No line is broken between a number and its half-width.
    assert reliability["Delivered [%]"] == "85\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}64"
    assert reliability["Not delivered [%]"] == "15\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}64"
    assert reliability["Median latency"] == "6.00 s"


@pytest.mark.parametrize("topic", TOPICS)
def test_pdf_names_every_country(usual: Estimates, topic: countries.Topic) -> None:
    """Each country has a heading with its name, and the last pages say how all was made."""
    words = words_of(usual, topic)
    for name in ("FI Finland", "SE Sweden", "EE Estonia", "DE Germany", "PL Poland", "IN India"):
        assert words.count(name) >= 2
    assert f"{topic.capitalize()} by country" in words
    assert usual.manifest["digest"] in words and "list-2026" in words


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize(
    "changes",
    [
        {"replications": 1, "countries": ("FI",)},
        {"delivers": False, "has_queues": False, "replications": 2},
        {"countries": (), "replications": 2},
    ],
    ids=["one replication", "nothing delivered", "no country"],
)
def test_difficult_results_are_set_whole(
    make: Callable[..., Estimates], topic: countries.Topic, changes: dict[str, Any]
) -> None:
    """One replication, no delivery and no country print neither nan nor inf nor None."""
    estimates = make(**changes)
    words = words_of(estimates, topic)
    assert not re.search(r"\b(nan|inf|None)\b", words)
    assert ("One replication: no intervals." in words) == (changes["replications"] == 1)
    for code in [None, *country_codes(estimates)]:
        assert countries.country_figure(estimates, topic, code).png().startswith(b"\x89PNG")


@pytest.mark.parametrize("topic", TOPICS)
def test_files_are_those_promised_and_the_same_each_time(
    make: Callable[..., Estimates], tmp_path: Path, topic: countries.Topic
) -> None:
    """A PDF, a figure of all countries and one of each; a second time gives the same bytes."""
    estimates = make(countries=("FI", "SE"), replications=2)
    written = sms.write_country_report(estimates, tmp_path / "a", topic)
    names = [f"{topic}.pdf", *(f"{topic}_{n}.png" for n in ("overview", "FI", "SE"))]
    assert [path.name for path in written] == names
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == sorted(names)
    again = sms.write_country_report(estimates, tmp_path / "b", topic)
    assert [p.read_bytes() for p in written] == [p.read_bytes() for p in again]


def test_banner_of_the_run_is_on_the_pages(make: Callable[..., Estimates]) -> None:
    """What is not for decisions says so in the report by country too."""
    estimates = make(replications=2, manifest={"not_for_decisions": ["scaled to 10 %"]})
    assert "Not for decisions: scaled to 10 %" in words_of(estimates, "cost")


def test_figures_draw_what_the_measures_say(by_hand: Estimates) -> None:
    """The bars of the overview end at the cost per delivered and at the share delivered."""
    ends = ends_of(countries.country_figure(by_hand, "cost").axes[0])
    totals = [price_parts(Numbers(by_hand), code)[0].total for code in ("CA", "MX")]
    assert all(min(abs(end - total) for end in ends) < 1e-12 for total in totals)
    left, right = countries.country_figure(by_hand, "reliability").axes
    assert max(ends_of(left)) == pytest.approx(1999 / 2000)
    assert max(ends_of(right)) == pytest.approx(0.15)
    curve = countries.country_figure(by_hand, "reliability", "CA").axes[0].lines[0]
    assert np.allclose(curve.get_ydata(), 0.85 * np.array([0.5, 0.8, 0.85, 0.9, 1.0]))


def test_intervals_stay_within_what_a_value_can_be() -> None:
    """Whiskers of shares are cut off at 0 and 1, and NaN draws none."""
    sides = interval_sides(np.array([0.9, 0.1, 0.5, 0.5]), [0.2, 0.2, math.nan, 0.2])
    assert np.allclose(sides, [[0.2, 0.1, 0.0, 0.2], [0.1, 0.2, 0.0, 0.2]])


def test_mistakes_are_named(by_hand: Estimates, tmp_path: Path) -> None:
    """An unknown topic or country is refused in words, before a file is written."""
    wrong: Any = "speed"
    sentence = "no country report on 'speed'; use cost or reliability"
    with pytest.raises(ValueError) as caught:
        sms.write_country_report(by_hand, tmp_path / "x", wrong)
    assert str(caught.value) == sentence and not (tmp_path / "x").exists()
    with pytest.raises(ValueError) as caught:
        sms.country_table(by_hand, wrong)
    assert str(caught.value) == sentence
    with pytest.raises(ValueError) as caught:
        sms.country_figure(by_hand, "cost", "FI")
    assert str(caught.value) == "no message goes to 'FI'; there are MX, CA"
