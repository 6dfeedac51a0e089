"""Several runs in one picture: time series of the same measures, one line for each run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Annotation

from smsc_sim.report.figures_time import draw_line, finish_clock, series_of, total
from smsc_sim.report.style import (
    Chart,
    count_axis,
    new_chart,
    nothing_to_draw,
    percent_axis,
    styled,
)
from smsc_sim.results.estimates import Estimates
from smsc_sim.results.measures import RUN, measure_of, unit_of

Panel = tuple[str, str, str]


def compare_over_time(runs: Mapping[str, Estimates], panels: Sequence[Panel]) -> Chart:
    """Draw measures over the clock, a plot for each and a line for each run.

    Parameters
    ----------
    runs : mapping of str to Estimates
        By the label of the line; the clock and the outages are those of the first.
    panels : sequence of (entity type, entity, measure)
        Such as ("smsc", "north", "dialogues") or ("run", "*", "retry_attempts_per_s").

    Returns
    -------
    Chart
    """
    with styled():
        first = next(iter(runs.values()))
        found = [(panel, _lines(runs, panel)) for panel in panels]
        drawn = [(panel, lines) for panel, lines in found if lines]
        if not drawn:
            return nothing_to_draw("The runs kept none of these time series.")
        chart = new_chart(0.85 + 1.25 * len(drawn))
        rows = list(chart.subplots(len(drawn), 1, sharex=True, squeeze=False)[:, 0])
        for axes, (panel, lines) in zip(rows, drawn, strict=True):
            for index, (label, (run, data)) in enumerate(lines.items()):
                draw_line(axes, run, data, index, label)
            _dress(axes, panel, str(first.manifest["currency"]))
        if len(runs) > 1:
            handles, labels = rows[0].get_legend_handles_labels()
            chart.legend(handles, labels, loc="outside lower center", ncols=min(4, len(labels)))
        finish_clock(chart, rows, first)
        _lift_title(rows[0])
    return chart


def _lift_title(axes: Axes) -> None:
    """Put a title above the names of outages, which would stand in its place."""
    tops = [text.xyann[1] for text in axes.texts if isinstance(text, Annotation)]
    if tops:
        axes.set_title(axes.get_title(loc="left"), fontsize=9.0, pad=max(tops) + 14.0)


def _lines(
    runs: Mapping[str, Estimates], panel: Panel
) -> dict[str, tuple[Estimates, pd.DataFrame]]:
    entity_type, entity, measure = panel
    lines = {}
    for label, run in runs.items():
        if entity_type == "run":
            data = total(series_of(run, measure, "class", "run"))
        else:
            data = series_of(run, measure, entity_type).get(entity)
        if data is not None:
            lines[label] = (run, data)
    return lines


def _dress(axes: Axes, panel: Panel, currency: str) -> None:
    entity_type, entity, name = panel
    measure = measure_of(name)
    who = "" if entity == RUN else f"{entity_type} {entity}: "
    axes.set_title(f"{who}{measure.title.lower()}", fontsize=9.0)
    axes.set_ylim(bottom=0.0)
    if measure.shape == "percent":
        percent_axis(axes.yaxis)
        axes.set_ylabel("share [%]")
    else:
        count_axis(axes.yaxis)
        axes.set_ylabel(unit_of(name, currency))
