"""Figures: not empty, labelled with units, nothing cut, the same bytes each time."""

import functools
import io
import itertools
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from PIL import Image

from smsc_sim.report.figures import FIGURES, draw
from smsc_sim.report.style import Chart, clock_ticks, short, span_words
from smsc_sim.results.estimates import Estimates

NAMES = ("_under_$cost_a$", "a_very_long_class_name_of_forty_characters", "ünïcödé Ωмир", "#x*y*")
EXTREMES = {
    "usual": {},
    "large": {
        "classes": tuple(f"{NAMES[i % 4]}{i}" for i in range(12)),
        "countries": tuple(f"{a}{b}" for a in "ABCDEF" for b in "ABCDEFGHIJ"),
        "elements": tuple(f"link_set_between_site_{i:02}_and_north_{i:02}" for i in range(40)),
        "smscs": ("north", "south_with_a_rather_long_name", "$e$"),
        "outages": (
            ("stp_down_with_a_very_long_name", "element_with_a_name", 3000.0, 4200.0),
            ("b", "south", 3600.0, 4800.0),
            ("third", "$x$", 9000.0, 12000.0),
            ("late", "north", 28000.0, 28800.0),
        ),
        "replications": 2,
    },
    "small": {
        "classes": ("otp",),
        "countries": ("FI",),
        "elements": ("north",),
        "outages": (),
        "replications": 1,
    },
    "five days": {"duration_s": 432000.0, "interval_s": 3600.0, "replications": 2},
    "nothing delivered": {"delivers": False, "has_queues": False, "replications": 2},
}


@pytest.fixture(scope="module")
def drawn(make: Callable[..., Estimates]) -> Callable[[str, str], Chart]:
    """Maker of the figures of each extreme; what was drawn once is kept, since drawing is slow."""
    estimates = functools.cache(lambda case: make(**EXTREMES[case]))
    return functools.cache(lambda case, name: draw(estimates(case), name))


def texts_of(chart: Chart) -> list[tuple[Text, object]]:
    """Visible texts that are drawn, with their extents in pixels."""
    chart.settle()
    renderer = chart.canvas.get_renderer()
    chart.draw(renderer)
    hidden = set()
    for axes in chart.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            slack = (high - low) * 1e-6
            for tick in axis.get_major_ticks():
                if not low - slack <= tick.get_loc() <= high + slack:
                    hidden |= {tick.label1, tick.label2}
    found = (t for t in chart.findobj(Text) if t.get_visible() and t.get_text())
    return [(text, text.get_window_extent(renderer)) for text in found if text not in hidden]


@pytest.mark.parametrize("case", EXTREMES)
@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_cut(drawn: Callable[[str, str], Chart], case: str, name: str) -> None:
    """Every text of every figure lies inside it, for every extreme."""
    chart = drawn(case, name)
    for text, box in texts_of(chart):
        inside = box.x0 > -1 and box.y0 > -1  # type: ignore[attr-defined]
        inside &= box.x1 < chart.bbox.width + 1  # type: ignore[attr-defined]
        inside &= box.y1 < chart.bbox.height + 1  # type: ignore[attr-defined]
        assert inside, text.get_text()


@pytest.mark.parametrize("name", FIGURES)
def test_text_is_readable_at_half_size(drawn: Callable[[str, str], Chart], name: str) -> None:
    """No text is below 8.5 points, so that half size still gives more than 4 points."""
    assert min(text.get_fontsize() for text, _ in texts_of(drawn("usual", name))) >= 8.5


UNITS = {
    "traffic": ["messages/s", "attempts/s", "messages\nin flight", "local time, Europe/Helsinki"],
    "outcomes": ["share of submitted messages [%]"],
    "latency": ["on the handset [%]", "time since first submission (logarithmic)"],
    "latency_split": ["[min]", "[s]"],
    "countries": ["delivered [% of submitted]", "per delivered message [EUR]"],
    "utilisation": ["utilisation [% of servers]", "local time, Europe/Helsinki"],
    "utilisation_map": ["utilisation [% of servers]", "local time, Europe/Helsinki", "is 1 min."],
    "queues": ["queue [jobs]", "local time, Europe/Helsinki"],
    "queue_map": ["mean queue [jobs]", "white: 0", "local time, Europe/Helsinki", "is 1 min."],
    "smsc": ["[segments]", "[dialogues]", "local time, Europe/Helsinki"],
    "causes": ["share of all attempts [%]"],
}


@pytest.mark.parametrize("name", FIGURES)
def test_figures_have_data_and_units(drawn: Callable[[str, str], Chart], name: str) -> None:
    """Each plot holds data and its axes say what they show, with units."""
    chart = drawn("usual", name)
    words = "|".join(text.get_text() for text, _ in texts_of(chart))
    for unit in UNITS[name]:
        assert unit in words
    for axes in chart.axes:
        shown = axes.lines or axes.patches or axes.containers or axes.collections
        assert not axes.axison or shown or axes.images


@pytest.mark.parametrize("name", ["traffic", "utilisation", "queues", "smsc"])
def test_outages_are_shaded_and_named(drawn: Callable[[str, str], Chart], name: str) -> None:
    """Every plot over time has the shaded span at its place, and the figure names the outage."""
    chart = drawn("usual", name)
    for axes in (a for a in chart.axes if a.axison):
        spans = [p for p in axes.patches if abs(p.get_x() - 3.0) < 1e-9]
        assert len(spans) == 1 and spans[0].get_width() == pytest.approx(1 / 6)
    assert "stp_down (a)" in "|".join(text.get_text() for text, _ in texts_of(chart))


def test_names_of_outages_do_not_overlap(drawn: Callable[[str, str], Chart]) -> None:
    """Four outages, two of them at nearly the same time: no two names share pixels."""
    chart = drawn("large", "traffic")
    boxes = [box for text, box in texts_of(chart) if text.get_text().endswith(")")]
    assert len(boxes) == 4
    for index, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[index + 1 :])  # type: ignore[attr-defined]


def test_the_busiest_twelve_are_drawn(
    make: Callable[..., Estimates], drawn: Callable[[str, str], Chart]
) -> None:
    """Of 40 elements the twelve with the highest peaks get a plot."""
    large = make(**EXTREMES["large"])
    chart = drawn("large", "utilisation")
    rows = large.timeline[large.timeline["measure"] == "utilisation"]
    peaks = rows.groupby("entity")["estimate"].max().sort_values(ascending=False)
    wanted = {short(name, 20) for name in peaks.index[:12]}
    assert {axes.get_title(loc="left") for axes in chart.axes} == wanted


def test_bars_are_the_estimates(usual: Estimates) -> None:
    """The stacked outcomes of each class add up to all messages and match the measures."""
    chart = draw(usual, "outcomes")
    first = next(c for c in chart.axes[0].containers if c.get_label() == "Delivered")
    wide = usual.by_class
    widths = [bar.get_width() for bar in first]
    assert widths == pytest.approx(list(wide["delivered"] / wide["submitted"]))
    totals = np.sum([[b.get_width() for b in c] for c in chart.axes[0].containers], axis=0)
    assert totals == pytest.approx(1.0)


def test_traffic_is_the_sum_of_the_classes(usual: Estimates) -> None:
    """Submitted and delivered are sums over classes; attempts are those of the run."""
    rates, attempts, flight = draw(usual, "traffic").axes
    for axes, wanted in (
        (rates, {"submitted": "submitted_per_s", "delivered": "delivered_per_s"}),
        (attempts, {"first": "first_attempts_per_s", "retries": "retry_attempts_per_s"}),
        (flight, {"in flight": "in_flight"}),
    ):
        lines = {line.get_label(): line.get_ydata() for line in axes.lines}
        assert set(lines) == set(wanted)
        for label, measure in wanted.items():
            rows = usual.timeline[usual.timeline["measure"] == measure]
            total = rows.groupby("time_s")["estimate"].sum()
            assert lines[label] == pytest.approx(total.to_numpy())


@pytest.mark.parametrize(("rate", "plots"), [(0.0, 3), (0.2, 4)])
def test_what_never_happens_has_no_empty_plot(usual: Estimates, rate: float, plots: int) -> None:
    """Segments that senders send again have a plot where there are any."""
    again = usual.timeline[usual.timeline["measure"] == "in_flight"].assign(
        entity_type="run", entity="*", measure="resends_per_s", estimate=rate
    )
    timeline = pd.concat([usual.timeline, again.drop_duplicates("time_s")])
    labels = [a.get_ylabel() for a in draw(replace(usual, timeline=timeline), "traffic").axes]
    assert len(labels) == plots
    assert ("segments/s\nsent again" in labels) == (rate > 0)


def test_names_are_never_formulas(drawn: Callable[[str, str], Chart]) -> None:
    """A name with dollar signs and underscores stands in the picture as it is."""
    assert b"_under_$cost_a$0</text>" in drawn("large", "outcomes").svg()
    assert b"_under_$cost_a$0</text>" in drawn("large", "latency").svg()


def test_curves_and_bands_are_the_estimates(usual: Estimates) -> None:
    """A line of the latency figure is the curve of its class; the goal stands at its limit."""
    axes = draw(usual, "latency").axes[0]
    lines = {line.get_label(): line for line in axes.lines}
    curve = usual.latency[usual.latency["class"] == "otp"]
    assert lines["otp"].get_ydata() == pytest.approx(curve["share"].to_numpy())
    assert tuple(lines["goal codes_in_30s"].get_xydata()[0]) == (30.0, 0.9)
    assert len(axes.collections) == 4


def test_one_replication_draws_no_band(make: Callable[..., Estimates]) -> None:
    """Without intervals there is no band of any height and no whisker."""
    single = make(**EXTREMES["small"])
    for band in draw(single, "latency").axes[0].collections:
        heights = band.get_paths()[0].vertices
        assert np.unique(heights[:, 1].round(12)).size <= single.latency["share"].nunique() + 1
    assert not draw(single, "causes").axes[0].collections


@pytest.mark.parametrize("name", ["outcomes", "latency_split"])
def test_stacks_differ_in_greyscale(drawn: Callable[[str, str], Chart], name: str) -> None:
    """Any two parts of a stack differ in lightness or in hatch."""
    handles = drawn("usual", name).axes[0].containers
    looks = [(np.dot(bars[0].get_facecolor()[:3], (0.2126, 0.7152, 0.0722)), bars[0].get_hatch())
             for bars in handles]  # fmt: skip
    for (light, hatch), (other, other_hatch) in itertools.combinations(looks, 2):
        assert abs(light - other) > 0.1 or hatch != other_hatch


def test_lines_of_twelve_classes_differ(drawn: Callable[[str, str], Chart]) -> None:
    """Twelve classes have twelve pairs of colour and dashes."""
    axes = drawn("large", "latency").axes[0]
    looks = {(line.get_color(), str(line._unscaled_dash_pattern)) for line in axes.lines[:12]}
    assert len(looks) == 12


def test_bytes_do_not_depend_on_the_style_around(usual: Estimates) -> None:
    """PNG and SVG are the same twice, and the same inside another style."""
    one, two = draw(usual, "causes"), draw(usual, "causes")
    with matplotlib.rc_context({"font.size": 20, "lines.linewidth": 5, "axes.facecolor": "red"}):
        three = draw(usual, "causes")
        styled = (three.png(), three.svg())
    assert (one.png(), one.svg()) == (two.png(), two.svg()) == styled
    assert b"<dc:date>" not in one.svg()


def test_jupyter_shows_a_png_and_the_accessor_lists_the_figures(usual: Estimates) -> None:
    """`run.figures.causes()` draws; unknown figures are refused with the list."""
    picture = Image.open(io.BytesIO(usual.figures.causes()._repr_png_()))
    assert picture.size == (1380, 504) and picture.convert("L").getextrema()[0] < 50
    assert dir(usual.figures) == sorted(FIGURES)
    with pytest.raises(AttributeError, match="no figure 'zzz'; there are traffic, outcomes"):
        _ = usual.figures.zzz


@pytest.mark.parametrize(
    ("start", "duration_s", "most", "labels"),
    [
        ("2026-12-31T18:00", 8 * 3600.0, 10,
         ["18:00", "19:00", "20:00", "21:00", "22:00", "23:00", "00:00\n1 Jan", "01:00", "02:00"]),
        ("2026-06-01T09:10", 300.0, 6, ["09:10", "09:11", "09:12", "09:13", "09:14", "09:15"]),
        ("2026-12-30T18:00", 4 * 86400.0, 6, ["31 Dec", "1 Jan", "2 Jan", "3 Jan"]),
        ("2026-03-29T02:00", 4 * 3600.0, 6, ["02:00", "04:00", "05:00", "06:00", "07:00"]),
        ("2026-06-01T00:00", 20.0, 6, ["00:00:00", "00:00:05", "00:00:10", "00:00:15", "00:00:20"]),
    ],
)  # fmt: skip
def test_ticks_are_round_local_times(
    start: str, duration_s: float, most: int, labels: list[str]
) -> None:
    """Ticks follow the local clock, over midnight and over a change of clocks."""
    manifest = {"start": start, "zone": "Europe/Helsinki", "duration_s": duration_s}
    seconds, found = clock_ticks(manifest, most)
    assert found == labels
    assert seconds == sorted(set(seconds)) and seconds[0] >= 0 and seconds[-1] <= duration_s


def test_spans_name_days_only_where_they_differ() -> None:
    """Within a day HH:MM is enough; over midnight both ends have their date."""
    manifest = {"start": "2026-12-31T18:00", "zone": "Europe/Helsinki", "duration_s": 36000.0}
    assert span_words(manifest, 0.0, 600.0) == "18:00–18:10"
    assert span_words(manifest, 0.0, 28800.0) == "31 Dec 18:00–1 Jan 02:00"


def test_importing_the_report_loads_no_plotting() -> None:
    """Matplotlib and typst wait until something is drawn."""
    check = "print([m for m in ('matplotlib', 'typst') if m in sys.modules])"
    command = [sys.executable, "-c", f"import sys, smsc_sim.report; {check}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
