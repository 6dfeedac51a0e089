"""Maps of every element over the clock: a row each, its colour the utilisation or the queue."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LogNorm, Normalize
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from smsc_sim.results.measures import measure_of
from smsc_sim.results.words import duration

from .figures_time import busiest, series_of
from .style import (
    Chart,
    clock_axis,
    clock_label,
    hours,
    new_chart,
    nothing_to_draw,
    outage_note,
    percent_axis,
    shade_outages,
    short,
)

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates

MAPS = {"utilisation_map": "utilisation", "queue_map": "queue"}
"""Measure in the timeline that each map shows."""

MOST_ROWS = 64
"""Rows on one page, so that their labels do not touch."""

MOST_PAGES = 4
"""Pages of one map; of a larger network the elements with the highest peaks are drawn."""

MOST_COLUMNS = 480
"""Columns of a map, each at least two dots wide; more intervals are averaged."""

ROW_HEIGHT = 0.13
"""Inches of a row; less where the rows of a full page need it."""

ROWS_HEIGHT = 8.0
"""Most inches of all rows of one page."""

BAR_HEIGHT = 0.11
"""Inches of the colour bar."""

COLOURS_OF_MAP = "viridis_r"
"""Light to dark, so that it can be read in greyscale (perceptually uniform, from memory)."""

DECADES = 4
"""Powers of ten on the scale of the queues; what is less has the lightest colour."""

PARTS = ("", " admission", " dialogues")
"""Ends of the names of what fails together with an element."""


def names_on(estimates: Estimates, measure: str) -> list[list[str]]:
    """Elements of each page of a map, in the order of the element table.

    Parameters
    ----------
    measure : str
        `utilisation` or `queue`.

    Returns
    -------
    list of list of str
        Pages of nearly equal length; empty if the run kept no time series of its elements.
    """
    rows = estimates.measures
    table = rows.loc[rows["entity_type"].isin(["element", "smsc"]), "entity"].unique()
    peaks = busiest(estimates, measure)
    drawn = set(peaks[: MOST_ROWS * MOST_PAGES])
    # What stands in no table is appended; it has a series, so it is shown.
    names = [str(name) for name in dict.fromkeys([*table, *peaks]) if name in drawn]
    pages = math.ceil(len(names) / MOST_ROWS)
    if not pages:
        return []
    return [list(part) for part in np.array_split(np.array(names, dtype=object), pages)]


def cells_of(estimates: Estimates, measure: str, names: list[str]) -> tuple[np.ndarray, float]:
    """Values of a map.

    Parameters
    ----------
    measure : str
        `utilisation` or `queue`.
    names : list of str
        Elements, from top to bottom.

    Returns
    -------
    cells : (names, columns) float64 array
        Mean over each column in the unit of the measure; NaN where there is no data.
    width_s : float
        Seconds of a column: an interval, or as many as keep the columns within `MOST_COLUMNS`.
    """
    series = series_of(estimates, measure, "element", "smsc")
    interval_s = float(estimates.manifest["interval_s"])
    places = {name: np.rint(series[name]["time_s"] / interval_s).astype(int) for name in names}
    intervals = 1 + max(int(place.max()) for place in places.values())
    each = math.ceil(intervals / MOST_COLUMNS)
    cells = np.full((len(names), math.ceil(intervals / each) * each), math.nan)
    for row, name in enumerate(names):
        cells[row, places[name]] = series[name]["estimate"].to_numpy()
    blocks = cells.reshape(len(names), -1, each)
    known = np.isfinite(blocks).sum(axis=2)
    total = np.nansum(blocks, axis=2)
    means = np.divide(total, known, out=np.full(total.shape, math.nan), where=known > 0)
    return means, each * interval_s


def queue_scale(most: float) -> LogNorm:
    """Logarithmic scale that ends at the first power of ten not below the longest queue.

    Parameters
    ----------
    most : float
        Jobs, above 0.
    """
    top = 10.0 ** math.ceil(math.log10(most) - 1e-9)
    return LogNorm(top / 10.0**DECADES, top, clip=True)


def utilisation_map(estimates: Estimates, page: int = 0) -> Chart:
    """Utilisation of every element over the clock, with the outages marked.

    Parameters
    ----------
    estimates : Estimates
    page : int
        Which of the pages of `names_on`, from 0.

    Returns
    -------
    Chart
        A row for each element, pools included; the colour goes from 0 % to 100 %.
    """
    pages = names_on(estimates, "utilisation")
    if not pages:
        return nothing_to_draw("The run kept no time series of its elements.")
    return _map(estimates, "utilisation", pages, page, Normalize(0.0, 1.0, clip=True))


def queue_map(estimates: Estimates, page: int = 0) -> Chart:
    """Jobs that wait at every element over the clock, with the outages marked.

    Parameters
    ----------
    estimates : Estimates
    page : int
        Which of the pages of `names_on`, from 0.

    Returns
    -------
    Chart
        A row for each element, on a logarithmic scale; white where nothing waited.
    """
    pages = names_on(estimates, "queue")
    if not pages:
        return nothing_to_draw("The run kept no time series of its elements.")
    series = series_of(estimates, "queue", "element", "smsc")
    most = max(
        float(np.nan_to_num(data["estimate"].to_numpy()).max(initial=0.0))
        for data in series.values()
    )
    if not most > 0.0:
        return nothing_to_draw("No job waited at any element.")
    return _map(estimates, "queue", pages, page, queue_scale(most))


def _map(
    estimates: Estimates, measure: str, pages: list[list[str]], page: int, scale: Normalize
) -> Chart:
    names = pages[page]
    cells, width_s = cells_of(estimates, measure, names)
    note = _note(estimates, measure, pages, page, width_s)
    height = min(ROW_HEIGHT * len(names), ROWS_HEIGHT)
    chart = new_chart(height + BAR_HEIGHT + 1.3 + 0.16 * note.count("\n"))
    axes, bar = chart.subplots(2, 1, height_ratios=[height, BAR_HEIGHT])
    # An empty cell lets the hatched ground through, a look that no value has.
    colours = colormaps[COLOURS_OF_MAP].with_extremes(bad=(0.0, 0.0, 0.0, 0.0))
    axes.patch.set(facecolor="#c8c8c8", edgecolor="#7d7d7d", hatch="xxxx", linewidth=0.0)
    axes.imshow(
        _painted(cells, scale, colours),
        aspect="auto",
        interpolation="nearest",
        origin="upper",
        extent=(0.0, cells.shape[1] * width_s / 3600.0, len(names) - 0.5, -0.5),
    )
    _rows(axes, names)
    clock_axis(axes, estimates.manifest, ticks=8)
    axes.set_xlabel(clock_label(estimates.manifest))
    _mark_outages(axes, estimates, names)
    _colour_bar(chart, bar, scale, colours, measure, bool(np.isnan(cells).any()))
    chart.supxlabel(note, fontsize=9)
    return chart


def _painted(cells: np.ndarray, scale: Normalize, colours: Colormap) -> np.ndarray:
    """Colour of each cell, (rows, columns, 4) float64; white where a logarithm has no value."""
    is_none = (cells == 0.0) & isinstance(scale, LogNorm)
    # The scale itself would mask what is nought, as if there were no data.
    values = np.where(is_none, scale.vmin or 0.0, cells)
    shown = np.asarray(colours(scale(np.ma.masked_invalid(values))))
    shown[is_none] = 1.0
    return shown


def _rows(axes: Axes, names: list[str]) -> None:
    # On the baseline, so that names with and without ascenders stand at equal distances.
    axes.set_yticks(range(len(names)), [short(n, 22) for n in names], va="center_baseline")
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
    for edge in range(1, len(names)):
        axes.axhline(edge - 0.5, color="#d9d9d9", linewidth=0.4, zorder=2)
    for spine in axes.spines.values():
        spine.set(visible=True, linewidth=0.6)


def _mark_outages(axes: Axes, estimates: Estimates, names: list[str]) -> None:
    """Lines at the ends of each outage over all rows, and its span hatched where it happened."""
    shade_outages([axes], estimates.manifest)
    for span in axes.patches:
        # A tint would change the colours that are to be read.
        span.set(facecolor="none", alpha=1.0, edgecolor="black", linewidth=0.7, zorder=3)
    for outage in estimates.manifest.get("outages") or []:
        begin, end = hours([float(outage["from_s"]), float(outage["to_s"])])
        failed = {f"{outage['element']}{part}" for part in PARTS}
        for row in (row for row, name in enumerate(names) if name in failed):
            place: dict[str, Any] = {"xy": (begin, row - 0.5), "width": end - begin, "height": 1.0}
            # White below black, so that the outline is seen on light and on dark cells.
            axes.add_patch(Rectangle(**place, fill=False, ec="white", lw=2.6, zorder=4))
            axes.add_patch(Rectangle(**place, fill=False, hatch="/////", lw=1.2, zorder=5))


def _colour_bar(
    chart: Chart, axes: Axes, scale: Normalize, colours: Colormap, measure: str, has_gaps: bool
) -> None:
    bar = chart.colorbar(ScalarMappable(scale, colours), cax=axes, orientation="horizontal")
    if bar.solids is not None:
        # Without edges of their own colour, viewers of the PDF show seams between the steps.
        bar.solids.set_edgecolor("face")
    gaps = "; hatched grey: no data" if has_gaps else ""
    if isinstance(scale, LogNorm):
        low = round(math.log10(float(scale.vmin or 1.0)))
        ticks = [10.0**power for power in range(low, low + DECADES + 1)]
        labels = [f"{'≤ ' if tick == ticks[0] else ''}{tick:,.10g}" for tick in ticks]
        axes.xaxis.set_major_locator(FixedLocator(ticks))
        axes.xaxis.set_major_formatter(FixedFormatter(labels))
        axes.set_xlabel(f"mean queue [jobs], logarithmic; white: 0{gaps}")
    else:
        percent_axis(axes.xaxis)
        axes.set_xlabel(f"{measure_of(measure).title.lower()} [% of servers]{gaps}")
    axes.xaxis.set_minor_locator(NullLocator())


def _note(
    estimates: Estimates, measure: str, pages: list[list[str]], page: int, width_s: float
) -> str:
    """Sentences below a map: what a column is, which elements are drawn, which spans are marked."""
    shown = sum(map(len, pages))
    found = len(series_of(estimates, measure, "element", "smsc"))
    words = f"One column is {duration(width_s)}."
    if shown < found:
        words += f" Drawn are the {shown} of {found} elements with the highest peaks."
    if len(pages) > 1:
        words += f" Page {page + 1} of {len(pages)}."
    outages = outage_note(estimates.manifest).replace("\n", " ").replace("Shaded", "Outlined", 1)
    return "\n".join(textwrap.wrap(f"{words} {outages}", 92))
