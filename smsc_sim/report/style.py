"""How figures look: sizes, fonts, colours that survive greyscale, and the clock on time axes."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from matplotlib import style as mpl_style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter

from smsc_sim.results.words import clock

WIDTH = 6.9
"""Width of every figure in inches: the text width of an A4 page with margins of 17 mm."""

DOTS_PER_INCH = 200

CHARACTER_WIDTH = 0.019
"""Mean width of a character at 8.5 points, as a share of a time axis beside a legend (measured)."""

RC: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#d9d9d9",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.5,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.handlelength": 2.6,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 110,
    "text.usetex": False,
    # Names of the scenario may hold a dollar sign; they are not formulas.
    "text.parse_math": False,
    "svg.hashsalt": "smsc_sim",
    # Text stays text in the PDF: it can be searched, and is drawn by the fonts typst is given.
    "svg.fonttype": "none",
    "path.simplify": True,
}

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#e69f00")
"""Okabe and Ito's palette (from memory, not found), which colour-blind readers tell apart."""

DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1.2, 1.4)), (0, (7, 2, 1.5, 2)))

OUTCOME_STYLE: dict[str, tuple[str, str]] = {
    "delivered": ("#a6cee3", ""),
    "partial": ("#f0e442", "//"),
    "expired": ("#d55e00", ""),
    "undeliverable": ("#3b3b3b", ""),
    "rejected": ("#e6b3cc", "\\\\"),
    "lost": ("#7a1f5c", "xx"),
    "open": ("#ffffff", "...."),
}
"""Colour and hatch of each end of a message; in greyscale the hatches carry the difference."""

STYLE_OF_SPLIT: dict[str, tuple[str, str]] = {
    "split_submission": ("#003f5c", ""),
    "split_store_wait": ("#f2c45a", ""),
    "split_routing": ("#009e73", "//"),
    "split_links": ("#e8e8e8", "...."),
    "split_radio": ("#b0699b", "\\\\"),
}
"""Colour and hatch of each part of the latency."""

TICK_STEPS = (
    *(1, 5, 10, 30, 60, 120, 300, 600, 900, 1800),
    *(3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400, 28 * 86400),
)
"""Steps of a time axis in seconds; they divide a day or are whole days."""

SHADE = "#9a9a9a"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def styled() -> AbstractContextManager[None]:
    """Style of the report, whatever style the notebook around it has."""
    # The style "default" leaves alone what is not style, such as the backend of a notebook.
    return mpl_style.context(["default", RC])


class Chart(Figure):
    """A figure that shows itself in Jupyter, whether pyplot is in use or not."""

    def png(self) -> bytes:
        """Bytes of a PNG, the same for the same figure."""
        # Level 3 takes half the time of the default and adds a tenth to the size (measured).
        return self._saved("png", {"Software": None}, pil_kwargs={"compress_level": 3})

    def svg(self) -> bytes:
        """Bytes of an SVG, the same for the same figure."""
        return self._saved("svg", {"Date": None, "Creator": None})

    def settle(self) -> None:
        """Fix the layout, so that every format and every later file has the same one."""
        engine = self.get_layout_engine()
        if isinstance(engine, ConstrainedLayoutEngine) and self.axes:
            with styled():
                engine.execute(self)
                # None, not "none": with any engine at all every file is drawn twice (measured).
                self.set_layout_engine(None)

    def _saved(self, form: str, metadata: Mapping[str, None], **options: Any) -> bytes:
        sink = io.BytesIO()
        self.settle()
        with styled():
            self.savefig(sink, format=form, dpi=DOTS_PER_INCH, metadata=dict(metadata), **options)
        return sink.getvalue()

    def _repr_png_(self) -> bytes:
        return self.png()


def new_chart(height: float, *, gap: float = 0.04) -> Chart:
    """Empty chart of the report's width, laid out so that no label is cut.

    Parameters
    ----------
    height : float
        Inches.
    gap : float
        Inches left free beside every plot.
    """
    layout = ConstrainedLayoutEngine(w_pad=gap)
    chart = Chart(figsize=(WIDTH, height), layout=layout)
    FigureCanvasAgg(chart)
    return chart


def nothing_to_draw(sentence: str) -> Chart:
    """Chart that says in words why there is no plot."""
    chart = new_chart(0.6)
    chart.text(0.01, 0.5, sentence, va="center", ha="left", style="italic")
    return chart


def short(name: str, most: int = 26) -> str:
    """Shorten a name in the middle, where long names differ least.

    Examples
    --------
    >>> short("a_very_long_name_of_a_population_in_the_north", 20)
    'a_very_lon…the_north'
    """
    if len(name) <= most:
        return name
    head = most // 2
    return f"{name[:head]}…{name[len(name) - (most - head - 1) :]}"


def legend_label(name: str, most: int = 26) -> str:
    """Label of a legend; matplotlib drops labels that begin with an underscore."""
    return ("\N{THIN SPACE}" if name.startswith("_") else "") + short(name, most)


def line_style(index: int) -> dict[str, Any]:
    """Colour and dashes of the line with this number; 12 of them differ."""
    return {
        "color": COLOURS[index % len(COLOURS)],
        "linestyle": DASHES[(index + index // len(COLOURS)) % len(DASHES)],
    }


def percent_axis(axis: Any) -> None:
    """Write shares as per cent, with the decimals that the ticks need."""
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{share * 100:.4g} %"))


def count_axis(axis: Any) -> None:
    """Write large counts with separators."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))


def date_words(moment: datetime) -> str:
    """Write a date without the help of the locale, which would change the bytes."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def span_words(manifest: Mapping[str, Any], from_s: float, to_s: float) -> str:
    """Write a span of clock times; with dates where the days differ."""
    begin, end = clock(manifest, from_s), clock(manifest, to_s)
    first = clock(manifest, 0.0)
    days = len({first.date(), begin.date(), end.date()}) > 1
    pattern = "%H:%M" if begin.second == end.second == 0 else "%H:%M:%S"

    def one(moment: datetime) -> str:
        day = f"{moment.day} {MONTHS[moment.month - 1]} " if days else ""
        return day + moment.strftime(pattern)

    return f"{one(begin)}–{one(end)}"  # noqa: RUF001 an en dash is right for a span


def hours(seconds: Iterable[float]) -> np.ndarray:
    """Positions on a time axis.

    Parameters
    ----------
    seconds : iterable of float
        From the start of the scenario.

    Returns
    -------
    (n,) float64 array
        Hours from the start; elapsed time has no gap where clocks change.
    """
    return np.asarray(list(seconds), dtype=np.float64) / 3600.0


def clock_ticks(manifest: Mapping[str, Any], most: int) -> tuple[list[float], list[str]]:
    """Ticks at round local times.

    Parameters
    ----------
    manifest : mapping
        start, zone, duration_s.
    most : int
        At most so many ticks.

    Returns
    -------
    seconds : list of float
        From the start of the scenario, rising.
    labels : list of str
        HH:MM, with the date where a day begins; dates alone when the step is a day or more.
    """
    start, zone = clock(manifest, 0.0), ZoneInfo(manifest["zone"])
    duration_s = float(manifest["duration_s"])
    step = next((s for s in TICK_STEPS if duration_s / s < most), TICK_STEPS[-1])
    step *= max(1, math.ceil(duration_s / step / most))
    wall = start.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    seconds: list[float] = []
    labels: list[str] = []
    # One step more than the run is long, for the hour that a change of clocks may add.
    for _ in range(int((duration_s + 3 * 86400.0) / step) + 2):
        moment = wall.replace(tzinfo=zone).astimezone(UTC)
        elapsed = (moment - start.astimezone(UTC)).total_seconds()
        if 0.0 <= elapsed <= duration_s and elapsed > (seconds[-1] if seconds else -1.0):
            # An hour that a change of clocks leaves out is named as the clock shows it.
            local = moment.astimezone(zone)
            date = f"{local.day} {MONTHS[local.month - 1]}"
            time = local.strftime("%H:%M:%S" if step < 60 else "%H:%M")
            is_new_day = local.hour == local.minute == local.second == 0 and elapsed > 0.0
            seconds.append(elapsed)
            labels.append(date if step >= 86400.0 else f"{time}\n{date}" if is_new_day else time)
        wall += timedelta(seconds=step)
    return seconds, labels


def clock_axis(axes: Axes, manifest: Mapping[str, Any], *, ticks: int = 10) -> None:
    """Put the scenario's local clock on the time axis."""
    seconds, labels = clock_ticks(manifest, ticks)
    axes.set_xlim(0.0, float(manifest["duration_s"]) / 3600.0)
    axes.xaxis.set_major_locator(FixedLocator(list(hours(seconds))))
    axes.xaxis.set_major_formatter(FixedFormatter(labels))


def clock_label(manifest: Mapping[str, Any]) -> str:
    """Label of a time axis: zone and first day."""
    return f"local time, {manifest['zone']}, from {date_words(clock(manifest, 0.0))}"


def shade_outages(axes: Sequence[Axes], manifest: Mapping[str, Any], *, named: bool = True) -> None:
    """Shade every outage on time axes and write its name above the first of them.

    Parameters
    ----------
    axes : sequence of Axes
        From top to bottom.
    manifest : mapping
        `outages`, each with name, element, from_s, to_s.
    named : bool
        False where a note below the figure names them.
    """
    outages = sorted(manifest.get("outages") or [], key=lambda outage: float(outage["from_s"]))
    for outage in outages:
        begin, end = hours([float(outage["from_s"]), float(outage["to_s"])])
        for one in axes:
            one.axvspan(begin, end, facecolor=SHADE, alpha=0.35, edgecolor="#555555", lw=0.6)
    if named and 0 < len(outages) <= 4:
        _name_outages(axes[0], manifest, outages)


def _name_outages(axes: Axes, manifest: Mapping[str, Any], outages: Sequence[Any]) -> None:
    length = float(manifest["duration_s"])
    # Where each row of names ends so far, as a share of the axis; a name takes the first row
    # that has room for it.
    ends: list[float] = []
    for outage in outages:
        words = f"{short(str(outage['name']), 20)} ({short(str(outage['element']), 14)})"
        width = CHARACTER_WIDTH * (len(words) + 2)
        middle = (float(outage["from_s"]) + float(outage["to_s"])) / 2 / length
        left = min(max(middle - width / 2, 0.0), 1.0 - width)
        row = next((r for r, end in enumerate(ends) if end <= left), len(ends))
        ends[row:] = [left + width, *ends[row + 1 :]]
        axes.annotate(
            words,
            xy=(left + width / 2, 1.0),
            xycoords="axes fraction",
            xytext=(0, 3 + 11 * row),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=8.5,
        )


def outage_note(manifest: Mapping[str, Any]) -> str:
    """Sentence that names the shaded spans, or nothing when there are none."""
    outages = manifest.get("outages") or []
    parts = [
        f"{short(str(o['name']))} ({short(str(o['element']), 16)}) "
        f"{span_words(manifest, float(o['from_s']), float(o['to_s']))}"
        for o in outages
    ]
    more = f"; and {len(parts) - 4} more" if len(parts) > 4 else ""
    words = f"Shaded: {'; '.join(parts[:4])}{more}" if parts else ""
    return "\n".join(textwrap.wrap(words, 92))
