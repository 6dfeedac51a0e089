"""Maps of every element: rows, colours, marks of outages, pages and the extremes."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from smsc_sim.report.figures import draw, figures_of
from smsc_sim.report.figures_map import MAPS, cells_of, names_on, queue_scale
from smsc_sim.report.style import Chart, short
from smsc_sim.results.estimates import Estimates

LIGHT_TO_DARK = colormaps["viridis_r"]


def many(count: int) -> tuple[str, ...]:
    """Names of so many elements, not in the order of the alphabet."""
    return tuple(f"element_{(7 * i) % count:03}" for i in range(count))


def words_of(chart: Chart) -> str:
    """What the figure says around its plots."""
    below = chart.get_supxlabel()
    return "|".join([below, *(axes.get_xlabel() for axes in chart.axes)])


def cell_colours(axes: Axes) -> np.ndarray:
    """Colours that the picture is made of."""
    return np.asarray(axes.images[0].get_array())


def with_timeline(estimates: Estimates, measure: str, change: Callable[..., object]) -> Estimates:
    """The same results with other values of one measure: `change(entity, time_s, value)`."""
    table = estimates.timeline.copy()
    rows = table["measure"] == measure
    part = table[rows]
    values = [change(*row) for row in zip(part["entity"], part["time_s"], part["estimate"],
                                          strict=True)]  # fmt: skip
    table.loc[rows, "estimate"] = values
    return replace(estimates, timeline=table)


@pytest.mark.parametrize("count", [1, 40, 100])
@pytest.mark.parametrize("name", MAPS)
def test_every_element_has_a_row(make: Callable[..., Estimates], name: str, count: int) -> None:
    """The labels of all pages are the elements in the order of the table, none twice."""
    estimates = make(elements=many(count), outages=(), replications=1, interval_s=600.0)
    # With one element the synthetic queue is nought, of which no map is drawn.
    estimates = with_timeline(estimates, "queue", lambda *_: 2.0)
    labels = []
    for page in (n for n in figures_of(estimates) if n.startswith(name)):
        axes = draw(estimates, page).axes[0]
        assert len(cell_colours(axes)) == len(axes.get_yticklabels()) <= 64
        labels += [label.get_text() for label in axes.get_yticklabels()]
    assert labels == list(many(count))


def test_pools_and_accounts_have_rows(make: Callable[..., Estimates]) -> None:
    """Stores, dialogues, windows and accounts are elements like others; long names are cut."""
    names = ("north", "north store", "north dialogues", "bank window", "bank account", "n" * 40)
    axes = draw(make(elements=names), "utilisation_map").axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == [short(name, 22) for name in names]


def test_cells_are_the_timeline(usual: Estimates) -> None:
    """Each row of colours is the colour scale applied to the series of that element."""
    for name, measure in MAPS.items():
        axes = draw(usual, name).axes[0]
        table = usual.timeline[usual.timeline["measure"] == measure]
        most = table["estimate"].max()
        for row, label in enumerate(axes.get_yticklabels()):
            values = table[table["entity"] == label.get_text()]["estimate"].to_numpy()
            if measure == "utilisation":
                wanted = LIGHT_TO_DARK(values)
            else:
                top = math.ceil(math.log10(most))
                place = (np.log10(np.maximum(values, 10.0 ** (top - 4))) - top + 4) / 4
                wanted = LIGHT_TO_DARK(place)
                wanted[values == 0.0] = 1.0
            # One step of 256 may round to either side.
            assert cell_colours(axes)[row] == pytest.approx(wanted, abs=0.02)
        assert axes.images[0].get_extent() == [0.0, 8.0, 15.5, -0.5]


def test_pixels_of_the_picture_are_the_cells(make: Callable[..., Estimates]) -> None:
    """In the finished picture the middle of a cell has the colour of its value."""
    half = {"b": 0.5, "a": 0.9}
    estimates = make(elements=("a", "b"), interval_s=3600.0, outages=(), replications=1)
    estimates = with_timeline(
        estimates, "utilisation", lambda name, time, _: half[name] if time == 7200.0 else 0.0
    )
    chart = draw(estimates, "utilisation_map")
    chart.settle()
    chart.canvas.draw()
    pixels = np.asarray(chart.canvas.buffer_rgba())[::-1]  # type: ignore[attr-defined]
    for row, name in enumerate(("a", "b")):
        for column in range(8):
            x, y = chart.axes[0].transData.transform((column + 0.5, row))
            value = half[name] if column == 2 else 0.0
            assert pixels[int(y), int(x)] / 255 == pytest.approx(LIGHT_TO_DARK(value), abs=0.01)


def test_no_data_is_hatched_grey_and_said(usual: Estimates) -> None:
    """A missing value lets the hatched ground through, and only then the legend speaks of it."""
    lost = ("main", 600.0)
    gap = with_timeline(
        usual, "utilisation", lambda name, time, v: math.nan if (name, time) == lost else v
    )
    chart = draw(gap, "utilisation_map")
    row = names_on(gap, "utilisation")[0].index("main")
    see_through = np.argwhere(cell_colours(chart.axes[0])[..., 3] == 0.0)
    assert see_through.tolist() == [[row, 10]]
    ground = chart.axes[0].patch
    assert ground.get_hatch() and ground.get_facecolor() == to_rgba("#c8c8c8")
    assert "hatched grey: no data" in words_of(chart)
    assert "no data" not in words_of(draw(usual, "utilisation_map"))


@pytest.mark.parametrize("name", MAPS)
def test_outages_are_marked(usual: Estimates, name: str) -> None:
    """Lines over all rows and the name on top; the span is hatched on the failed row alone."""
    chart = draw(usual, name)
    axes = chart.axes[0]
    lines, outlined = [], []
    for patch in (p for p in axes.patches if isinstance(p, Rectangle)):
        assert patch.get_x() == pytest.approx(3.0) and patch.get_width() == pytest.approx(1 / 6)
        assert patch.get_facecolor()[3] == 0.0
        (outlined if patch.get_hatch() else lines).append(patch)
    (mark,) = outlined
    row = [label.get_text() for label in axes.get_yticklabels()].index("a")
    assert (mark.get_y(), mark.get_height()) == (row - 0.5, 1.0)
    assert any(p.get_y() == 0.0 and p.get_height() == 1.0 for p in lines)
    assert "stp_down (a)" in [text.get_text() for text in axes.texts]
    assert "Outlined: stp_down (a) 21:00" in words_of(chart)


def test_an_smsc_fails_with_its_parts(make: Callable[..., Estimates]) -> None:
    """The stations and the dialogues of an SMSC are marked, its store and its links are not."""
    names = ("north", "north admission", "north-a", "north store", "north dialogues")
    estimates = make(elements=names, outages=(("x", "north", 0.0, 600.0),))
    axes = draw(estimates, "utilisation_map").axes[0]
    rows = {int(p.get_y() + 0.5) for p in axes.patches if p.get_hatch()}
    assert rows == {0, 1, 4}


def test_no_outage_leaves_no_mark(make: Callable[..., Estimates]) -> None:
    """Without outages there are neither lines nor names, and the note is silent."""
    chart = draw(make(outages=()), "utilisation_map")
    assert not chart.axes[0].patches and not chart.axes[0].texts
    assert chart.get_supxlabel() == "One column is 1 min."


def test_one_interval_fills_the_clock(make: Callable[..., Estimates]) -> None:
    """A run of one interval is one column over the whole axis."""
    estimates = make(duration_s=60.0, interval_s=60.0, outages=(), replications=1)
    axes = draw(estimates, "utilisation_map").axes[0]
    assert cell_colours(axes).shape == (16, 1, 4)
    assert axes.images[0].get_extent()[:2] == pytest.approx(list(axes.get_xlim()))


@pytest.mark.parametrize("value", [0.0, math.nan])
def test_empty_queues_are_said_in_words(make: Callable[..., Estimates], value: float) -> None:
    """Where no job waited there is no map but a sentence."""
    empty = with_timeline(make(replications=1), "queue", lambda *_: value)
    chart = draw(empty, "queue_map")
    assert not chart.axes
    assert chart.texts[0].get_text() == "No job waited at any element."


@pytest.mark.parametrize(
    ("most", "top"), [(1.0, 1.0), (1.01, 10.0), (0.002, 0.01), (1000.0, 1e3), (4e4, 1e5)]
)
def test_the_queue_scale_holds_the_longest_queue(most: float, top: float) -> None:
    """The scale ends at a power of ten that is not exceeded, four powers above its start."""
    scale = queue_scale(most)
    assert (scale.vmin, scale.vmax) == (pytest.approx(top / 1e4), pytest.approx(top))


def test_many_intervals_are_averaged(make: Callable[..., Estimates]) -> None:
    """1440 minutes become 480 columns of three minutes, each the mean of what is known."""
    estimates = make(duration_s=86400.0, elements=("a", "b"), outages=(), replications=1)
    lost = (60.0, 180.0, 240.0, 300.0)
    estimates = with_timeline(
        estimates, "queue", lambda _, time, v: math.nan if time in lost else time / 60.0
    )
    cells, width_s = cells_of(estimates, "queue", ["b", "a"])
    assert cells.shape == (2, 480) and width_s == 180.0
    assert cells[0, 0] == pytest.approx(1.0) and math.isnan(cells[0, 1])
    assert cells[1, 2:] == pytest.approx(np.arange(2, 480) * 3.0 + 1.0)
    assert "One column is 3 min." in draw(estimates, "queue_map").get_supxlabel()


def test_of_a_very_large_network_the_busiest_are_drawn(make: Callable[..., Estimates]) -> None:
    """Of 300 elements the 256 with the highest peaks have rows, and a sentence says so."""
    names = many(300)
    estimates = make(elements=names, duration_s=120.0, outages=(), replications=1)
    estimates = with_timeline(estimates, "utilisation", lambda n, *_: int(n[-3:]) / 300)
    drawn = names_on(estimates, "utilisation")
    assert [len(page) for page in drawn] == [64] * 4
    flat = [name for page in drawn for name in page]
    assert flat == [name for name in names if int(name[-3:]) >= 44]
    words = draw(estimates, "utilisation_map_3").get_supxlabel().replace("\n", " ")
    assert "Drawn are the 256 of 300 elements with the highest peaks. Page 3 of 4." in words


def test_a_full_page_fits_on_paper(make: Callable[..., Estimates]) -> None:
    """64 rows leave room for head and notes on A4, and no two labels touch."""
    outages = tuple((f"outage_{i}", f"element_{i:03}", 3000.0 * i, 3000.0 * i + 2000.0)
                    for i in range(6))  # fmt: skip
    chart = draw(make(elements=many(64), outages=outages, replications=1), "utilisation_map")
    assert chart.get_figheight() <= 9.9
    chart.settle()
    renderer = chart.canvas.get_renderer()  # type: ignore[attr-defined]
    boxes = [t.get_window_extent(renderer) for t in chart.axes[0].get_yticklabels()]
    middles = [(box.y0 + box.y1) / 2 / chart.dpi * 72 for box in boxes]
    assert min(-np.diff(middles)) >= 8.5


def test_bytes_are_the_same_twice(usual: Estimates) -> None:
    """PNG and SVG of a map depend on the results alone."""
    one, two = draw(usual, "queue_map"), draw(usual, "queue_map")
    assert (one.png(), one.svg()) == (two.png(), two.svg())
