"""Calls and channels in the report: a table per MSC and a figure over time, if there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from smsc_sim.results.measures import RUN, measure_of
from smsc_sim.results.words import NOTHING

from . import figures_time
from .style import Chart, count_axis, legend_label, new_chart, nothing_to_draw, percent_axis
from .summary import Numbers
from .tables import Table, cell, head

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates

COLUMNS = (
    "calls_offered",
    "call_blocking_sdcch",
    "call_blocking_tch",
    "call_blocking",
    "retrials_per_call",
    "updates_offered",
    "update_blocking",
)
CHANNELS = ("SDCCH", "TCH")
LOSSES = {
    "call_blocking": "together",
    "call_blocking_sdcch": "at the SDCCH",
    "call_blocking_tch": "at the TCH",
}
MOST_GROUPS = 6
"""Lines of channels in the figure; the others stand in the table."""


def has_calls(estimates: Estimates) -> bool:
    """Whether there were calls or location updates."""
    used = estimates.measures["measure"]
    return bool(used.isin(["calls_offered", "updates_offered"]).any())


def call_table(estimates: Estimates) -> Table:
    """Calls, location updates and busy channels of each MSC, and calls of all together."""
    numbers = Numbers(estimates)
    rows = estimates.measures
    offered = rows[rows["measure"].isin(["calls_offered", "updates_offered"])]
    mscs = list(dict.fromkeys(offered.loc[offered["entity_type"] == "element", "entity"]))
    names = [name for name in COLUMNS if ("run", RUN, name) in numbers.rows]
    groups = [
        kind for kind in CHANNELS
        if any(("element", f"{msc} {kind}", "utilisation") in numbers.rows for msc in mscs)
    ]  # fmt: skip
    heads = [head(name, numbers.currency) for name in names]
    heads += [(f"{kind} utilisation", "%") for kind in groups]

    def line(kind: str, entity: str, label: str) -> tuple[tuple[str, str], ...]:
        wanted = [(kind, entity, name) for name in names]
        wanted += [("element", f"{entity} {group}", "utilisation") for group in groups]
        cells = []
        for key in wanted:
            known = key in numbers.rows
            value, half = numbers.value(*key), numbers.half_width(*key)
            cells.append(cell(value, half, measure_of(key[2])) if known else (NOTHING, ""))
        return ((label, ""), *cells)

    body = [line("element", msc, msc) for msc in mscs]
    if len(mscs) > 1:
        body.append(line("run", RUN, "all"))
    return Table((("MSC", ""), *heads), tuple(body))


def calls(estimates: Estimates) -> Chart:
    """Calls lost, channels taken and calls offered over the clock.

    Returns
    -------
    Chart
        Losses and calls of all MSCs together, the channels of the busiest ones.
    """
    lost = {
        name: series[RUN]
        for name in LOSSES
        if RUN in (series := figures_time.series_of(estimates, name, "run"))
    }
    tried = figures_time.series_of(estimates, "calls_per_s", "run")
    taken = _channels(estimates)
    drawn = sum(bool(part) for part in (lost, taken, tried))
    if not drawn:
        return nothing_to_draw("The run kept no time series of calls.")
    chart = new_chart(0.75 + 1.2 * drawn)
    panels = iter(chart.subplots(drawn, 1, sharex=True, squeeze=False)[:, 0])
    used: list[Axes] = []
    lines = {LOSSES[name]: data for name, data in lost.items()}
    for label, series, is_share in (
        ("calls lost\n[% of calls]", lines, True),
        ("channels taken\n[% of channels]", taken, True),
        ("calls/s", tried, False),
    ):
        if not series:
            continue
        axes = next(panels)
        for index, (name, data) in enumerate(series.items()):
            figures_time.draw_line(axes, estimates, data, index, legend_label(name))
        axes.set_ylabel(label)
        axes.set_ylim(bottom=0.0)
        if is_share:
            percent_axis(axes.yaxis)
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2)
        else:
            count_axis(axes.yaxis)
        used.append(axes)
    figures_time.finish_clock(chart, used, estimates)
    return chart


def _channels(estimates: Estimates) -> dict[str, pd.DataFrame]:
    """Share of the channels that are taken, of the busiest groups, SDCCHs and TCHs."""
    series = figures_time.series_of(estimates, "utilisation", "element")
    names = [
        name
        for name in figures_time.busiest(estimates, "utilisation")
        if name.endswith(tuple(f" {kind}" for kind in CHANNELS))
    ]
    return {name: series[name] for name in names[:MOST_GROUPS]}
