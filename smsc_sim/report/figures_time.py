"""Figures over the clock: traffic, utilisation, queues, store and dialogues, outages shaded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from smsc_sim.results.measures import RUN, measure_of

from .style import (
    WIDTH,
    Chart,
    clock_axis,
    clock_label,
    count_axis,
    hours,
    legend_label,
    line_style,
    new_chart,
    nothing_to_draw,
    outage_note,
    percent_axis,
    shade_outages,
    short,
)

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates

MOST_PANELS = 12
"""Small plots on one page; the other elements stand in the table."""

COLUMNS = 3


def series_of(estimates: Estimates, measure: str, *entity_types: str) -> dict[str, pd.DataFrame]:
    """Time series of one measure by entity, each sorted by time.

    Returns
    -------
    dict of DataFrame
        Columns time_s, estimate, half_width.
    """
    rows = estimates.timeline
    rows = rows[(rows["measure"] == measure) & rows["entity_type"].isin(entity_types)]
    return {
        str(entity): part.sort_values("time_s")[["time_s", "estimate", "half_width"]]
        for entity, part in rows.groupby("entity", sort=False)
    }


def total(series: dict[str, pd.DataFrame]) -> pd.DataFrame | None:
    """Sum over classes; its half-width is known only where all classes are given as one."""
    if not series:
        return None
    if RUN in series:
        return series[RUN]
    whole = pd.concat(series.values())
    total = whole[["time_s", "estimate"]].groupby("time_s", as_index=False).sum()
    total["half_width"] = math.nan if len(series) > 1 else whole["half_width"].to_numpy()
    return total


def draw_line(axes: Axes, estimates: Estimates, data: pd.DataFrame, index: int, label: str) -> None:
    """Draw one series of `series_of` with its interval, in the middle of its steps."""
    manifest = estimates.manifest
    middle = data["time_s"] + float(manifest.get("interval_s", 0.0)) / 2
    x = hours(middle)
    y = data["estimate"].to_numpy()
    half = np.nan_to_num(data["half_width"].to_numpy())
    style = line_style(index)
    axes.plot(x, y, label=legend_label(label), **style)
    if half.any():
        axes.fill_between(x, np.maximum(y - half, 0), y + half, color=style["color"], alpha=0.18)


def _panels(estimates: Estimates, panels: list[tuple[str, list[tuple[str, str]]]]) -> Chart:
    """Stack plots over one clock: (label of the axis, [(measure, label of the line)]).

    Plots in which nothing ever happens are left out.
    """
    drawn = []
    for label, lines in panels:
        found = [(total(series_of(estimates, m, "class", "run")), name) for m, name in lines]
        lines_found = [(data, name) for data, name in found if data is not None]
        if any(data["estimate"].max() > 0.0 for data, _ in lines_found):
            drawn.append((label, lines_found))
    if not drawn:
        return nothing_to_draw("The run kept no time series of its traffic.")
    chart = new_chart(0.75 + 1.05 * len(drawn))
    rows = list(chart.subplots(len(drawn), 1, sharex=True, squeeze=False)[:, 0])
    for axes, (label, lines_found) in zip(rows, drawn, strict=True):
        for index, (data, name) in enumerate(lines_found):
            draw_line(axes, estimates, data, index, name)
        axes.set_ylabel(label)
        axes.set_ylim(bottom=0.0)
        count_axis(axes.yaxis)
        if len(lines_found) > 1:
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2)
    finish_clock(chart, rows, estimates)
    return chart


def finish_clock(chart: Chart, rows: list[Axes], estimates: Estimates) -> None:
    """Put the clock under stacked plots and shade the outages."""
    clock_axis(rows[-1], estimates.manifest)
    shade_outages(rows, estimates.manifest)
    rows[-1].set_xlabel(clock_label(estimates.manifest))
    chart.align_ylabels(rows)


def traffic(estimates: Estimates) -> Chart:
    """Messages submitted and delivered, attempts and messages in flight over the clock.

    Parameters
    ----------
    estimates : Estimates

    Returns
    -------
    Chart
        All classes together.
    """
    return _panels(
        estimates,
        [
            ("messages/s", [("submitted_per_s", "submitted"), ("delivered_per_s", "delivered")]),
            (
                "attempts/s",
                [("first_attempts_per_s", "first"), ("retry_attempts_per_s", "retries")],
            ),
            ("segments/s\nsent again", [("resends_per_s", "sent again")]),
            ("messages\nin flight", [("in_flight", "in flight")]),
        ],
    )


def busiest(estimates: Estimates, measure: str) -> list[str]:
    """Elements with a time series, the one with the highest peak first.

    Parameters
    ----------
    measure : str
        `utilisation` or `queue`.
    """
    series = series_of(estimates, measure, "element", "smsc")
    peaks = {
        name: float(np.nan_to_num(data["estimate"].to_numpy()).max(initial=0.0))
        for name, data in series.items()
    }
    return sorted(peaks, key=lambda name: -peaks[name])


def _multiples(estimates: Estimates, measure: str, names: list[str], unit: str) -> Chart:
    series = series_of(estimates, measure, "element", "smsc")
    columns = min(COLUMNS, len(names))
    n_rows = math.ceil(len(names) / columns)
    note = outage_note(estimates.manifest)
    chart = new_chart(0.65 + 0.16 * note.count("\n") + 0.16 * bool(note) + 1.3 * n_rows)
    is_share = measure == "utilisation"
    grid = chart.subplots(n_rows, columns, sharex=True, sharey=is_share, squeeze=False)
    for index, axes in enumerate(grid.flat):
        if index >= len(names):
            axes.set_axis_off()
            # The plot above the gap is the last of its column and shows the clock.
            grid[index // columns - 1, index % columns].tick_params(labelbottom=True)
            continue
        draw_line(axes, estimates, series[names[index]], 0, names[index])
        axes.set_title(short(names[index], 20 if columns == COLUMNS else 40))
        axes.set_ylim(bottom=0.0)
        clock_axis(axes, estimates.manifest, ticks=4 if columns == COLUMNS else 9)
        if is_share:
            percent_axis(axes.yaxis)
        else:
            count_axis(axes.yaxis)
        shade_outages([axes], estimates.manifest, named=False)
    if is_share:
        top = max(float(series[name]["estimate"].max()) for name in names)
        grid[0, 0].set_ylim(0.0, 1.0 if top > 0.5 else max(top * 1.15, 0.02))
        percent_axis(grid[0, 0].yaxis)
    chart.supylabel(f"{measure_of(measure).title.lower()} [{unit}]", fontsize=9)
    label = clock_label(estimates.manifest)
    chart.supxlabel(f"{label}\n{note}" if note else label, fontsize=9)
    return chart


def utilisation(estimates: Estimates) -> Chart:
    """Utilisation of the twelve elements with the highest peaks over the clock.

    Returns
    -------
    Chart
        Small plots with one scale, so that they can be compared.
    """
    names = busiest(estimates, "utilisation")[:MOST_PANELS]
    if not names:
        return nothing_to_draw("The run kept no time series of its elements.")
    return _multiples(estimates, "utilisation", names, "% of servers")


def queues(estimates: Estimates) -> Chart:
    """Jobs waiting at the twelve elements with the longest queues over the clock.

    Returns
    -------
    Chart
        Small plots, each with its own scale; elements where nothing waited are left out.
    """
    series = series_of(estimates, "queue", "element", "smsc")
    waiting = [n for n in busiest(estimates, "queue") if series[n]["estimate"].max() > 0.0]
    if not waiting:
        return nothing_to_draw("No job waited at any element.")
    return _multiples(estimates, "queue", waiting[:MOST_PANELS], "jobs")


def smsc(estimates: Estimates) -> Chart:
    """Segments in the store and open dialogues of each SMSC over the clock.

    Returns
    -------
    Chart
        One plot for the stores and one for the dialogues, a line for each SMSC.
    """
    kinds = [("store", "store\n[segments]"), ("dialogues", "open dialogues\n[dialogues]")]
    found = [(series_of(estimates, kind, "smsc"), label) for kind, label in kinds]
    drawn = [(series, label) for series, label in found if series]
    if not drawn:
        return nothing_to_draw("The run kept no time series of an SMSC.")
    chart = new_chart(0.85 + 1.2 * len(drawn))
    rows = list(chart.subplots(len(drawn), 1, sharex=True, squeeze=False)[:, 0])
    for axes, (series, label) in zip(rows, drawn, strict=True):
        for index, (name, data) in enumerate(series.items()):
            draw_line(axes, estimates, data, index, name)
        axes.set_ylabel(label)
        axes.set_ylim(bottom=0.0)
        count_axis(axes.yaxis)
    handles, labels = rows[0].get_legend_handles_labels()
    widest = max(len(label) for label in labels)
    columns = max(1, min(len(labels), int(WIDTH * 9 / (widest + 6))))
    chart.legend(handles, labels, loc="outside lower center", ncols=columns)
    finish_clock(chart, rows, estimates)
    return chart
