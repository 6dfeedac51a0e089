"""Figures of reliability by country: one over all countries, one for each of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from smsc_sim.results.measures import measure_of
from smsc_sim.results.words import duration

from .bars import GAP, MOST_ROWS, bars, interval_sides, legend, rows, say, whiskers
from .country_numbers import ENDS, causes_in, classes_in, country_codes, limits_of, share_of_end
from .style import (
    COLOURS,
    OUTCOME_STYLE,
    Chart,
    legend_label,
    line_style,
    new_chart,
    nothing_to_draw,
    percent_axis,
)
from .summary import Numbers

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates

BANDS = ((10.0, "#08306b"), (30.0, "#2171b5"), (300.0, "#6baed6"), (math.inf, "#c6dbef"))
"""Times to the handset in seconds, and their colours; the last band is all that came later."""


def reliability_overview(estimates: Estimates) -> Chart:
    """How soon the messages of every country arrived, and what became of the others.

    Returns
    -------
    Chart
        Stacked bars in shares of submitted messages; the right plot enlarges the end of the left.
    """
    numbers = Numbers(estimates)
    codes = [c for c in country_codes(estimates) if numbers.value("country", c, "submitted") > 0.0]
    codes = codes[:MOST_ROWS]
    if not codes:
        return nothing_to_draw("No message was submitted to any country.")
    chart = new_chart(1.6 + 0.26 * len(codes), gap=GAP)
    left, right = chart.subplots(1, 2, sharey=True)
    places = rows(left, codes)
    start = np.zeros(len(codes))
    for limit, colour in BANDS:
        name = {10.0: "within_10s", 30.0: "within_30s", 300.0: "within_5min"}.get(limit)
        reached = [numbers.value("country", c, name or "delivery_ratio") for c in codes]
        label = f"within {duration(limit)}" if name else "later"
        width = np.maximum(np.nan_to_num(np.array(reached)) - start, 0.0)
        bars(left, places, width, start, colour, "", label)
        start = start + width
    half = [numbers.half_width("country", c, "delivery_ratio") for c in codes]
    whiskers(left, places, start, half, 1.0)
    left.set_xlim(0.0, 1.0)
    percent_axis(left.xaxis)
    left.set_title("On the handset")
    left.set_xlabel("of submitted messages [%]")
    rows(right, codes)
    lost = np.zeros(len(codes))
    for end in ENDS:
        width = np.array([share_of_end(numbers, code, end) for code in codes])
        if (width > 0.0).any():
            bars(right, places, width, lost, *OUTCOME_STYLE[end], measure_of(end).title.lower())
            lost = lost + width
    most = max(float(lost.max()), 1e-3)
    right.set_xlim(0.0, min(most * 1.08, 1.0))
    percent_axis(right.xaxis)
    right.set_title("Not delivered, enlarged")
    right.set_xlabel("of submitted messages [%]")
    right.tick_params(axis="y", labelleft=False)
    legend(chart, left, 4, right)
    return chart


def reliability_of_country(estimates: Estimates, country: str) -> Chart:
    """How soon each class reached one country, and why attempts failed there.

    Returns
    -------
    Chart
        Shares within each limit and by the end of the run, and shares of causes; 95 % intervals.
    """
    numbers = Numbers(estimates)
    if not numbers.value("country", country, "submitted") > 0.0:
        return nothing_to_draw(f"No message was submitted to {country}.")
    causes = causes_in(estimates, country)[:8]
    chart = new_chart(2.6, gap=GAP)
    left, right = chart.subplots(1, 2)
    limits = limits_of(estimates)
    columns = [*(name for _, name in limits), "delivery_ratio"]
    lines = [
        ("class_country", f"{name}/{country}", name) for name in classes_in(estimates, country)
    ]
    low = 1.0
    for index, (kind, entity, label) in enumerate(lines or [("country", country, "all")]):
        share = np.array([numbers.value(kind, entity, name) for name in columns])
        half = [numbers.half_width(kind, entity, name) for name in columns]
        sides = interval_sides(share, half)
        x = np.arange(len(columns)) + (index - (len(lines) - 1) / 2) * 0.08
        left.errorbar(x, share, yerr=sides, marker="os^Dv"[index % 5], markersize=4, capsize=2.5,
                      label=legend_label(label), **line_style(index))  # fmt: skip
        low = min(low, float(np.nanmin(share - sides[0])))
    left.set_ylim(max(math.floor(low * 10.0) / 10.0, 0.0), 1.01)
    percent_axis(left.yaxis)
    left.set_xticks(np.arange(len(columns)), [*(duration(s) for s, _ in limits), "end"])
    left.set_title(f"{country}: on the handset within")
    left.set_xlabel("time since first submission")
    left.set_ylabel("of submitted messages [%]")
    legend(chart, left, 3)
    places = rows(right, [measure_of(cause).title for cause in causes])
    right.set_title("Failed attempts by cause")
    right.set_xlabel("of all attempts [%]")
    if causes:
        share = np.array([numbers.value("country", country, cause) for cause in causes])
        bars(right, places, share, np.zeros(len(causes)), COLOURS[0], "", "")
        widths = [numbers.half_width("country", country, cause) for cause in causes]
        most = float(whiskers(right, places, share, widths, 1.0).max())
        right.set_xlim(0.0, most * 1.08)
        percent_axis(right.xaxis)
    else:
        say(right, "no attempt failed")
    return chart
