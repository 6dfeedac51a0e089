"""Horizontal bars with intervals and notes, which the figures by country share."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from .style import Chart, short

GAP = 0.1
"""Inches beside two plots in a row, for the labels at the ends of their axes."""

MOST_ROWS = 24
"""Bars of a figure; the table of the report names every country."""


def rows(axes: Axes, names: Sequence[str]) -> np.ndarray:
    """Name the rows of a bar chart, the first on top; gives their places."""
    places = np.arange(len(names))
    axes.set_yticks(places, [short(name) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    return places


def bars(
    axes: Axes, places: np.ndarray, width: np.ndarray, left: np.ndarray, colour: str, hatch: str,
    label: str,
) -> None:  # fmt: skip
    """Draw one part of every bar."""
    axes.barh(places, width, left=left, height=0.62, color=colour, hatch=hatch, edgecolor="black",
              linewidth=0.5, label=label)  # fmt: skip


def whiskers(
    axes: Axes,
    places: np.ndarray,
    ends: np.ndarray,
    half_widths: Sequence[float],
    most: float = math.inf,
) -> np.ndarray:
    """Draw intervals, cut off at nought and at `most`; gives how far each row reaches."""
    sides = interval_sides(ends, half_widths, most)
    if sides.any():
        axes.errorbar(ends, places, xerr=sides, fmt="none", ecolor="black", capsize=2.5, lw=1.1)
    reach: np.ndarray = ends + sides[1]
    return reach


def interval_sides(
    values: np.ndarray, half_widths: Sequence[float], most: float = 1.0
) -> np.ndarray:
    """Lengths of intervals below and above their values, within what a value can be.

    Parameters
    ----------
    values : (n,) float64 array
    half_widths : (n,) float
        NaN gives no interval.
    most : float
        No value can be larger; none is smaller than nought.

    Returns
    -------
    (2, n) float64 array
    """
    half = np.nan_to_num(np.array(half_widths, dtype=np.float64))
    below, above = np.minimum(half, values), np.minimum(half, most - values)
    sides: np.ndarray = np.maximum(np.array([below, above]), 0.0)
    return sides


def note(axes: Axes, x: float, y: float, words: str) -> None:
    """Write words to the right of a bar."""
    axes.annotate(words, (x, y), xytext=(4, 0), textcoords="offset points", va="center",
                  fontsize=8)  # fmt: skip


def say(axes: Axes, words: str) -> None:
    """Write words in place of a plot."""
    axes.text(0.5, 0.5, words, ha="center", va="center", transform=axes.transAxes, style="italic")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)


def legend(chart: Chart, axes: Axes, columns: int, *more: Axes) -> None:
    """Put one legend below the plots."""
    pairs = [one.get_legend_handles_labels() for one in (axes, *more)]
    handles = [handle for found, _ in pairs for handle in found]
    labels = [label for _, found in pairs for label in found]
    chart.legend(handles, labels, loc="outside lower center", ncols=columns)
