"""Figures of delivery, latency, causes and countries, and the accessor `Estimates.figures`."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from smsc_sim.results.measures import CAUSE, OUTCOMES, RUN, SPLIT, measure_of, unit_of
from smsc_sim.results.words import duration

from . import calls, figures_map, figures_time, logins
from .bars import rows as bar_rows
from .style import (
    COLOURS,
    OUTCOME_STYLE,
    STYLE_OF_SPLIT,
    Chart,
    count_axis,
    legend_label,
    line_style,
    new_chart,
    nothing_to_draw,
    percent_axis,
    styled,
)

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates

MOST_ROWS = 24
"""Rows of a bar chart; what is left stands in the table beside it."""

PAIR_GAP = 0.1
"""Inches beside two plots in a row, for the labels at the ends of their axes."""

TIMES = (0.1, 1.0, 10.0, 60.0, 600.0, 3600.0, 6 * 3600.0, 86400.0, 3 * 86400.0)


def table_of(estimates: Estimates, entity_type: str, value: str = "estimate") -> pd.DataFrame:
    """Wide table of one kind of entity: a row each, a column for each measure."""
    rows = estimates.measures[estimates.measures["entity_type"] == entity_type]
    wide = rows.pivot(index="entity", columns="measure", values=value)
    return wide.reindex(index=rows["entity"].unique())


def _stack(
    axes: Axes, table: pd.DataFrame, columns: list[str], styles: list[tuple[str, str]]
) -> None:
    places = bar_rows(axes, [str(name) for name in table.index])
    left = np.zeros(len(table))
    for column, (colour, hatch) in zip(columns, styles, strict=True):
        width = table[column].to_numpy(dtype=np.float64)
        axes.barh(
            places,
            width,
            left=left,
            height=0.66,
            color=colour,
            hatch=hatch,
            edgecolor="black",
            linewidth=0.5,
            label=measure_of(column).title.removesuffix(" time"),
        )
        left = left + width


def outcomes(estimates: Estimates) -> Chart:
    """What became of the messages of each class, and what was not delivered, enlarged.

    Parameters
    ----------
    estimates : Estimates

    Returns
    -------
    Chart
        Stacked bars, in shares of the messages first submitted.
    """
    wide = table_of(estimates, "class").reindex(columns=["submitted", *OUTCOMES]).fillna(0.0)
    wide = wide[wide["submitted"] > 0.0]
    if wide.empty:
        return nothing_to_draw("No message was submitted in the observation window.")
    shares = wide[list(OUTCOMES)].div(wide["submitted"], axis=0)
    used = [name for name in OUTCOMES if (shares[name] > 0.0).any()]
    failed = [name for name in used if name != "delivered"]
    chart = new_chart(1.25 + 0.24 * len(shares), gap=PAIR_GAP)
    ratios = [1.0, 1.0] if failed else [1.0, 0.001]
    left, right = chart.subplots(1, 2, sharey=True, width_ratios=ratios)
    _stack(left, shares, used, [OUTCOME_STYLE[name] for name in used])
    left.set_xlim(0.0, 1.0)
    percent_axis(left.xaxis)
    left.set_title("Outcome")
    left.set_xlabel("share of submitted messages [%]")
    if failed:
        _stack(right, shares, failed, [OUTCOME_STYLE[name] for name in failed])
        most = float(shares[failed].sum(axis=1).max())
        right.set_xlim(0.0, min(most * 1.08, 1.0))
        percent_axis(right.xaxis)
        right.set_title("Not delivered, enlarged")
        right.set_xlabel("share of submitted messages [%]")
        right.tick_params(axis="y", labelleft=False)
    else:
        right.set_axis_off()
    handles, labels = left.get_legend_handles_labels()
    chart.legend(
        handles, labels, loc="outside lower center", ncols=min(len(used), 7 if len(used) < 7 else 4)
    )
    return chart


def latency(estimates: Estimates) -> Chart:
    """Share of each class that is on the handset within a time, with the goals of the targets.

    Returns
    -------
    Chart
        Cumulative curves over a logarithmic time axis; bands are 95 % intervals.
    """
    curves = estimates.latency[estimates.latency["within_s"] > 0.0]
    classes = [name for name in curves["class"].unique() if name != RUN]
    classes = classes or list(curves["class"].unique())
    if not classes or not (curves["share"] > 0.0).any():
        return nothing_to_draw("No message was delivered, so there is no latency to draw.")
    columns = 2 if max(len(name) for name in classes) > 16 else 3
    chart = new_chart(2.5 + 0.19 * math.ceil(len(classes) / columns))
    axes = chart.subplots()
    for index, name in enumerate(classes):
        curve = curves[curves["class"] == name].sort_values("within_s")
        x, y = curve["within_s"].to_numpy(), curve["share"].to_numpy()
        half = np.nan_to_num(curve["half_width"].to_numpy())
        style = line_style(index)
        axes.plot(x, y, label=legend_label(name), **style)
        axes.fill_between(
            x, np.clip(y - half, 0, 1), np.clip(y + half, 0, 1), color=style["color"], alpha=0.15
        )
    _mark_goals(axes, estimates, classes)
    low, high = _time_limits(curves)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(0.0, 1.02)
    axes.xaxis.set_major_locator(FixedLocator([t for t in TIMES if low <= t <= high]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: duration(float(seconds))))
    percent_axis(axes.yaxis)
    axes.set_xlabel("time since first submission (logarithmic)")
    axes.set_ylabel("on the handset [%]")
    handles, labels = axes.get_legend_handles_labels()
    chart.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), columns))
    return chart


def _time_limits(curves: pd.DataFrame) -> tuple[float, float]:
    """First and last time at which something happens, widened to whole ticks."""
    grown = curves[curves["share"] > 0.002]
    grown = grown if len(grown) else curves
    final = curves.groupby("class")["share"].transform("max")
    settled = curves[curves["share"] < final - 5e-4]
    low = float(grown["within_s"].min())
    high = float(settled["within_s"].max()) if len(settled) else float(curves["within_s"].max())
    return (
        max((t for t in TIMES if t <= low), default=min(low, TIMES[0])),
        min((t for t in TIMES if t >= max(high, low * 20)), default=max(high, TIMES[-1])),
    )


def _mark_goals(axes: Axes, estimates: Estimates, classes: list[str]) -> None:
    goals = [t for t in estimates.manifest.get("targets") or [] if t.get("kind") == "within"]
    for target in goals:
        name, goal = target.get("class"), target.get("at_least")
        if name in classes and goal is not None and not target.get("country"):
            axes.plot(
                [float(target["within_s"])],
                [float(goal)],
                marker="D",
                markersize=7,
                markerfacecolor="white",
                markeredgewidth=1.6,
                color=line_style(classes.index(name))["color"],
                linestyle="none",
                label=legend_label(f"goal {target['name']}"),
                zorder=5,
            )


def _scale(longest: float) -> tuple[float, str]:
    """Unit of an axis: seconds in it and its name."""
    units = ((3600.0, "h"), (60.0, "min"), (1.0, "s"))
    return next(((s, u) for s, u in units if longest >= 2 * s), (1e-3, "ms"))


def latency_split(estimates: Estimates) -> Chart:
    """Where the mean latency of each class is spent.

    Returns
    -------
    Chart
        Stacked bars: time in each part, and the same without the wait in the store, enlarged.
    """
    wide = table_of(estimates, "class").reindex(columns=list(SPLIT)).dropna(how="all").fillna(0.0)
    wide = wide[wide.sum(axis=1) > 0.0]
    if wide.empty:
        return nothing_to_draw("No message was delivered, so there is no latency to split.")
    chart = new_chart(1.15 + 0.24 * len(wide), gap=PAIR_GAP)
    left, right = chart.subplots(1, 2, sharey=True)
    size, unit = _scale(float(wide.sum(axis=1).max()))
    _stack(left, wide / size, list(SPLIT), list(STYLE_OF_SPLIT.values()))
    left.set_title("Mean latency")
    left.set_xlabel(f"time over delivered messages [{unit}]")
    count_axis(left.xaxis)
    moving = [name for name in SPLIT if name != "split_store_wait"]
    size, unit = _scale(float(wide[moving].sum(axis=1).max()))
    _stack(right, wide[moving] / size, moving, [STYLE_OF_SPLIT[name] for name in moving])
    right.set_title("Without store wait, enlarged")
    right.set_xlabel(f"time over delivered messages [{unit}]")
    count_axis(right.xaxis)
    right.tick_params(axis="y", labelleft=False)
    handles, labels = left.get_legend_handles_labels()
    chart.legend(handles, labels, loc="outside lower center", ncols=5)
    return chart


def causes(estimates: Estimates) -> Chart:
    """Failed attempts by cause, over the whole run.

    Returns
    -------
    Chart
        Bars with 95 % intervals, in shares of all attempts.
    """
    rows = estimates.measures
    rows = rows[(rows["entity_type"] == "run") & rows["measure"].str.startswith(CAUSE)]
    rows = rows[rows["estimate"] > 0.0].sort_values("estimate", ascending=False, kind="stable")
    if rows.empty:
        return nothing_to_draw("No attempt failed.")
    rows = rows.head(MOST_ROWS)
    chart = new_chart(0.9 + 0.27 * len(rows))
    axes = chart.subplots()
    places = bar_rows(axes, [measure_of(name).title for name in rows["measure"]])
    values = rows["estimate"].to_numpy()
    axes.barh(places, values, height=0.62, color=COLOURS[0], edgecolor="black", linewidth=0.5)
    half = np.nan_to_num(rows["half_width"].to_numpy())
    if half.any():
        axes.errorbar(values, places, xerr=half, fmt="none", ecolor="black", capsize=3, lw=1.2)
    most = float((values + half).max())
    axes.set_xlim(0.0, most * 1.08)
    percent_axis(axes.xaxis)
    axes.set_xlabel("share of all attempts [%]")
    return chart


def countries(estimates: Estimates) -> Chart:
    """Delivery ratio and cost per delivered message of each country, most messages first.

    Returns
    -------
    Chart
        Dots with 95 % intervals for at most 24 countries.
    """
    wide, half = table_of(estimates, "country"), table_of(estimates, "country", "half_width")
    if wide.empty or "delivery_ratio" not in wide or not wide["delivery_ratio"].notna().any():
        return nothing_to_draw("No message was submitted to any country.")
    wide = wide.sort_values("submitted", ascending=False, kind="stable").head(MOST_ROWS)
    half = half.reindex(wide.index)
    prices = [n for n in wide if str(n).endswith(".cost_per_delivered") and wide[n].notna().any()]
    chart = new_chart(1.3 + 0.24 * len(wide), gap=PAIR_GAP)
    left, right = chart.subplots(1, 2, sharey=True)
    _dots(left, wide, half, ["delivery_ratio"])
    left.set_title("Reliability")
    left.set_xlabel("delivered [% of submitted]")
    low = float((wide["delivery_ratio"] - half["delivery_ratio"].fillna(0.0)).min())
    left.set_xlim(math.floor(max(low, 0.0) * 10) / 10 if low > 0.2 else 0.0, 1.005)
    percent_axis(left.xaxis)
    right.set_title("Cost")
    if prices:
        _dots(right, wide, half, [str(name) for name in prices])
        currency = unit_of(str(prices[0]), str(estimates.manifest["currency"]))
        right.set_xlabel(f"per delivered message [{currency}]")
        right.set_xlim(left=0.0)
        right.tick_params(axis="y", labelleft=False)
        handles, labels = right.get_legend_handles_labels()
        chart.legend(handles, labels, loc="outside lower center", ncols=2)
    else:
        right.text(
            0.5, 0.5, "no cost per delivered message", ha="center", transform=right.transAxes
        )
        right.set_xticks([])
        right.grid(visible=False)
    return chart


def _dots(axes: Axes, wide: pd.DataFrame, half: pd.DataFrame, names: list[str]) -> None:
    places = bar_rows(axes, [str(name) for name in wide.index])
    axes.grid(visible=True, axis="y", color="#eeeeee")
    for index, name in enumerate(names):
        width = np.nan_to_num(half[name].to_numpy(dtype=np.float64))
        axes.errorbar(
            wide[name].to_numpy(dtype=np.float64),
            places + (index - (len(names) - 1) / 2) * 0.3,
            xerr=width if width.any() else None,
            fmt="os^"[index % 3],
            color=COLOURS[index],
            markersize=5,
            capsize=2.5,
            label=measure_of(name).title,
        )


FIGURES: dict[str, Callable[..., Chart]] = {
    "traffic": figures_time.traffic,
    "outcomes": outcomes,
    "latency": latency,
    "latency_split": latency_split,
    "countries": countries,
    "utilisation": figures_time.utilisation,
    "utilisation_map": figures_map.utilisation_map,
    "queues": figures_time.queues,
    "smsc": figures_time.smsc,
    "queue_map": figures_map.queue_map,
    "causes": causes,
}
"""Every figure of the report by the name of its file."""


def figures_of(estimates: Estimates) -> dict[str, Callable[[Estimates], Chart]]:
    """Every figure of these results: `FIGURES`, further pages of the maps, calls and logins if any.

    Returns
    -------
    dict of callable
        By the name of the file; further pages are `utilisation_map_2`, `utilisation_map_3`.
    """
    found: dict[str, Callable[[Estimates], Chart]] = {}
    for name, figure in FIGURES.items():
        found[name] = figure
        if name in figures_map.MAPS:
            pages = len(figures_map.names_on(estimates, figures_map.MAPS[name]))
            for page in range(1, pages):
                found[f"{name}_{page + 1}"] = partial(figure, page=page)
    if calls.has_calls(estimates):
        found["calls"] = calls.calls
    if logins.has_logins(estimates):
        found["logins"] = logins.funnel
    return found


class Figures:
    """The figures of one set of estimates, e.g. `run.figures.latency()`."""

    def __init__(self, estimates: Estimates) -> None:
        self._estimates = estimates

    def __getattr__(self, name: str) -> Callable[[], Chart]:
        # Jupyter and copy ask for special names, which no figure has.
        known = {} if name.startswith("_") else figures_of(self._estimates)
        if name not in known:
            raise AttributeError(f"no figure '{name}'; there are {', '.join(known or FIGURES)}")
        return lambda: draw(self._estimates, name)

    def __dir__(self) -> list[str]:
        return list(figures_of(self._estimates))


def draw(estimates: Estimates, name: str) -> Any:
    """Draw one figure of `figures_of` in the style of the report.

    Raises
    ------
    KeyError
        If there is no such figure.
    """
    with styled():
        return figures_of(estimates)[name](estimates)
