"""Figures of cost by country: one over all countries, one for each of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from smsc_sim.results.measures import measure_of, unit_of
from smsc_sim.results.words import quantity

from .bars import GAP, MOST_ROWS, bars, legend, note, rows, say, whiskers
from .country_numbers import ENDS, PriceParts, country_codes, price_parts, share_of_end
from .style import OUTCOME_STYLE, Chart, count_axis, new_chart, nothing_to_draw, percent_axis
from .summary import Numbers

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates

PART_STYLE = {
    "one segment": ("#a6cee3", ""),
    "further segments": ("#f2c45a", "//"),
    "not delivered": ("#d55e00", ""),
}
"""Colour and hatch of the parts of `PriceParts`, in their order."""


def cost_overview(estimates: Estimates) -> Chart:
    """Cost per delivered message of every country, and how far it is above one segment.

    Returns
    -------
    Chart
        Stacked bars with 95 % intervals: amounts, and the same in per cent of one segment.
    """
    numbers = Numbers(estimates)
    pairs = [(c, part) for c in country_codes(estimates) for part in price_parts(numbers, c)]
    pairs = [pair for pair in pairs if math.isfinite(pair[1].total)][:MOST_ROWS]
    if not pairs:
        return nothing_to_draw("No message that has a price was delivered.")
    names, parts = [f"{code} {part.kind}" for code, part in pairs], [part for _, part in pairs]
    chart = new_chart(1.35 + 0.26 * len(pairs), gap=GAP)
    left, right = chart.subplots(1, 2, sharey=True)
    _price_bars(left, names, parts, str(estimates.manifest["currency"]))
    left.set_title("Cost per delivered message")
    places = rows(right, names)
    start = np.zeros(len(parts))
    for label in ("further segments", "not delivered"):
        width = np.array([_share_of(part, label) for part in parts])
        bars(right, places, width, start, *PART_STYLE[label], label)
        start = start + width
    half = [part.surcharge_half_width for part in parts]
    most = whiskers(right, places, start, half)
    for place, end in zip(places, most, strict=True):
        share = start[int(place)]
        note(right, end, place, "+" + quantity(share, math.nan, "percent"))
    right.set_xlim(0.0, max(float(most.max()), 0.01) * 1.3)
    percent_axis(right.xaxis)
    right.set_title("Above the price of one segment")
    right.set_xlabel("of the price of one segment [%]")
    right.tick_params(axis="y", labelleft=False)
    legend(chart, left, 3)
    return chart


def cost_of_country(estimates: Estimates, country: str) -> Chart:
    """What a delivered message of one country costs, and what became of those not delivered.

    Returns
    -------
    Chart
        Stacked bars of the parts of the cost; bars of the ends with 95 % intervals.
    """
    numbers = Numbers(estimates)
    parts = [part for part in price_parts(numbers, country) if math.isfinite(part.total)]
    if not parts:
        return nothing_to_draw(f"No message to {country} that has a price was delivered.")
    ends = [end for end in ENDS if numbers.value("country", country, end) > 0.0]
    chart = new_chart(1.35 + 0.22 * max(len(parts), len(ends)), gap=GAP)
    left, right = chart.subplots(1, 2)
    _price_bars(left, [part.kind for part in parts], parts, str(estimates.manifest["currency"]))
    left.set_title(f"{country}: cost per delivered message")
    legend(chart, left, 3)
    _end_bars(right, numbers, country, ends)
    return chart


def _end_bars(axes: Axes, numbers: Numbers, country: str, ends: Sequence[str]) -> None:
    axes.set_title("Not delivered")
    axes.set_xlabel("messages per replication")
    places = rows(axes, [measure_of(end).title for end in ends])
    if not ends:
        say(axes, "every message was delivered")
        return
    count = np.array([numbers.value("country", country, end) for end in ends])
    for place, end, width in zip(places, ends, count, strict=True):
        one = np.array([place])
        bars(axes, one, np.array([width]), np.zeros(1), *OUTCOME_STYLE[end], "")
    half = [numbers.half_width("country", country, end) for end in ends]
    most = whiskers(axes, places, count, half)
    for place, end, reached in zip(places, ends, most, strict=True):
        share = quantity(share_of_end(numbers, country, end), math.nan, "percent")
        note(axes, float(reached), place, share)
    axes.set_xlim(0.0, float(most.max()) * 1.3)
    count_axis(axes.xaxis)


def _price_bars(
    axes: Axes, names: Sequence[str], parts: Sequence[PriceParts], currency: str
) -> None:
    places = rows(axes, names)
    start = np.zeros(len(parts))
    for label, (colour, hatch) in PART_STYLE.items():
        width = np.array([_amount(part, label) for part in parts])
        bars(axes, places, width, start, colour, hatch, label)
        start = start + width
    most = whiskers(axes, places, start, [part.half_width for part in parts])
    for place, end, part in zip(places, most, parts, strict=True):
        note(axes, float(end), place, quantity(part.total, math.nan, "money"))
    axes.set_xlim(0.0, max(float(most.max()), 1e-6) * 1.25)
    axes.set_xlabel(f"per delivered message [{unit_of('a2p.cost', currency)}]")


def _amount(part: PriceParts, label: str) -> float:
    parts = dict(zip(PART_STYLE, (part.segment, part.longer, part.undelivered), strict=True))
    return parts[label]


def _share_of(part: PriceParts, label: str) -> float:
    return _amount(part, label) / part.segment if part.segment > 0.0 else 0.0
