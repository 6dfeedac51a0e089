"""Logins in the report: tables by class, and a funnel with its course over the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsc_sim.results.measures import RUN, measure_of
from smsc_sim.results.measures_costs import PRICE_KINDS
from smsc_sim.results.words import NOTHING

from . import figures_time
from .bars import note, rows, whiskers
from .style import COLOURS, Chart, legend_label, new_chart, percent_axis
from .summary import Numbers
from .tables import Table, cell, head

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates

ENDS = ("logins", "logins_completed", "logins_by_fallback", "logins_given_up", "logins_open")
TIMES = (
    "logins_within_30s",
    "logins_within_1min",
    "login_time_p50",
    "login_time_p95",
    "codes_per_login",
    "codes_wasted",
    "fallbacks_per_login",
    *(f"{kind}.cost_per_login" for kind in PRICE_KINDS),
)
STEPS = {
    "begun": None,
    "completed in 10 s": "logins_within_10s",
    "completed in 30 s": "logins_within_30s",
    "completed in 1 min": "logins_within_1min",
    "completed at all": "logins_completed",
    "by the fallback": "logins_by_fallback",
    "given up": "logins_given_up",
    "open": "logins_open",
}
MOST_CLASSES = 3


def has_logins(estimates: Estimates) -> bool:
    """Whether anybody logged in."""
    return bool((estimates.measures["measure"] == "logins").any())


def classes_of(estimates: Estimates) -> list[str]:
    """Classes with logins, in the order of the results."""
    found = estimates.measures
    found = found[(found["measure"] == "logins") & (found["entity_type"] == "class")]
    return list(dict.fromkeys(found["entity"]))


def login_tables(estimates: Estimates) -> list[Table]:
    """What became of logins, and how soon and at what cost, by class."""
    return [_table(estimates, names) for names in (ENDS, TIMES)]


def _table(estimates: Estimates, names: tuple[str, ...]) -> Table:
    numbers = Numbers(estimates)
    classes = classes_of(estimates)
    entities = [("class", name, name) for name in classes]
    if len(classes) > 1:
        entities.append(("run", RUN, "all"))
    names = tuple(n for n in names if any((k, e, n) in numbers.rows for k, e, _ in entities))

    def line(kind: str, entity: str, label: str) -> tuple[tuple[str, str], ...]:
        cells = []
        for name in names:
            known = (kind, entity, name) in numbers.rows
            value, half = (
                numbers.value(kind, entity, name),
                numbers.half_width(kind, entity, name),
            )
            cells.append(cell(value, half, measure_of(name)) if known else (NOTHING, ""))
        return ((label, ""), *cells)

    heads = [head(name, numbers.currency) for name in names]
    return Table((("Class", ""), *heads), tuple(line(*entity) for entity in entities))


def funnel(estimates: Estimates) -> Chart:
    """Draw what became of the logins of each class, and their completion over the clock.

    Returns
    -------
    Chart
        Shares of the logins begun; the first three classes.
    """
    numbers = Numbers(estimates)
    classes = classes_of(estimates)[:MOST_CLASSES]
    series = figures_time.series_of(estimates, "logins_completed", "class")
    chart = new_chart(1.1 + 0.2 * len(STEPS) * max(1, len(classes)) + 1.3, gap=0.12)
    top, bottom = chart.subplots(2, 1, gridspec_kw={"height_ratios": [1.6, 1.0]})
    places = rows(top, list(STEPS))
    for index, name in enumerate(classes):
        values = np.array([_share(numbers, name, measure) for measure in STEPS.values()])
        halves = [
            0.0 if measure is None else numbers.half_width("class", name, measure)
            for measure in STEPS.values()
        ]
        height = 0.7 / len(classes)
        at = places + (index - (len(classes) - 1) / 2) * height
        top.barh(at, values, height=0.9 * height, color=COLOURS[index], label=legend_label(name))
        reach = whiskers(top, at, values, halves, 1.0)
        for y, x, value in zip(at, reach, values, strict=True):
            note(top, x, y, f"{value:.1%}".replace("%", " %"))
        if name in series:
            figures_time.draw_line(bottom, estimates, series[name], index, legend_label(name))
    top.set_xlim(0.0, 1.12)
    percent_axis(top.xaxis)
    top.set_xlabel("share of the logins begun [%]")
    bottom.set_ylabel("completed\n[% of logins]")
    bottom.set_ylim(bottom=0.0)
    percent_axis(bottom.yaxis)
    if len(classes) > 1:
        top.legend(loc="lower right")
    figures_time.finish_clock(chart, [bottom], estimates)
    return chart


def _share(numbers: Numbers, name: str, measure: str | None) -> float:
    return 1.0 if measure is None else float(np.nan_to_num(numbers.value("class", name, measure)))
