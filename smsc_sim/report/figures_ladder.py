"""The ladder of one message: parties side by side, time from top to bottom, one row per event."""

from __future__ import annotations

import textwrap

import pandas as pd
from matplotlib.axes import Axes

from smsc_sim.experiment.trace import Trace
from smsc_sim.report.style import COLOURS, Chart, new_chart, short, styled
from smsc_sim.results.words import clock_ms, quantity

ROW_INCHES = 0.27
MOST_ROWS = 90
SMALL = 7.0


def ladder_figure(trace: Trace) -> Chart:
    """Draw who told whom what, when, in how many octets.

    Rows are evenly spaced: the clock at the left says when, for a retry may follow hours later.
    Beyond 90 rows the middle is left out, which the picture says.

    Parameters
    ----------
    trace : Trace

    Returns
    -------
    Chart
    """
    rows = _shortened(trace.ways)
    parties = _parties(trace.ways)
    chart = new_chart(1.35 + ROW_INCHES * (len(rows) + 1))
    with styled():
        axes = chart.add_subplot()
        chart.suptitle(
            textwrap.fill(f"{trace.message}: {trace.summary}", 95),
            x=0.02, ha="left", fontsize=8.5, fontweight="bold",
        )  # fmt: skip
        axes.set_xlim(-0.5, len(parties) - 0.5)
        axes.set_ylim(len(rows) - 0.2, -0.8)
        axes.grid(visible=False)
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.xaxis.tick_top()
        axes.set_xticks(range(len(parties)), [short(party, 16) for party in parties])
        axes.tick_params(length=0)
        axes.set_yticks(range(len(rows)), [clock_ms(trace.manifest, at_s) for at_s in rows["at_s"]])
        axes.tick_params(axis="y", labelsize=SMALL)
        axes.set_ylabel(f"clock ({trace.manifest['zone']})")
        for column in range(len(parties)):
            axes.axvline(column, color="#b0b0b0", linewidth=1.0, zorder=0)
        for y, (_, row) in enumerate(rows.iterrows()):
            _draw(axes, y, row, parties)
    return chart


def _parties(ways: pd.DataFrame) -> list[str]:
    """Lifelines in the order in which they take part; the sender first, the recipient last."""
    named = [*dict.fromkeys(ways[["from", "to"]].to_numpy().ravel())]
    last = [name for name in ("recipient",) if name in named]
    return [name for name in named if name and name not in last] + last


def _shortened(ways: pd.DataFrame) -> pd.DataFrame:
    if len(ways) <= MOST_ROWS:
        return ways
    half = MOST_ROWS // 2
    gap = ways.iloc[[half]].assign(
        what=f"... {len(ways) - 2 * half} rows left out ...",
        octets=0,
        way="",
        outcome="",
        took_s=0,
        part=0,
    )
    gap["to"] = gap["from"]
    return pd.concat([ways.iloc[:half], gap, ways.iloc[-half:]])


def _draw(axes: Axes, y: int, row: pd.Series, parties: list[str]) -> None:
    start, end = parties.index(row["from"]), parties.index(row["to"])
    took = quantity(row["took_s"], float("nan"), "seconds") if row["took_s"] > 0 else ""
    what = f"({row['part']}) {row['what']}" if row["part"] else row["what"]
    if start == end:
        words = ", ".join(part for part in (what, took, row["outcome"]) if part)
        axes.plot([start], [y], "o", color="#555555", markersize=3)
        right = start < len(parties) - 1
        axes.annotate(
            words, (start, y), (5 if right else -5, 0), textcoords="offset points",
            ha="left" if right else "right", va="center", fontsize=SMALL, color="#333333",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
        return
    is_lost = row["outcome"] != ""
    colour = COLOURS[1] if is_lost else COLOURS[0]
    axes.annotate(
        "", (end, y + 0.22), (start, y + 0.22),
        arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.1,
                    "linestyle": "--" if is_lost else "-", "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
    octets = f"{row['octets']:.0f} octets" if row["octets"] else ""
    words = ", ".join(part for part in (what, octets, took, row["outcome"]) if part)
    axes.text(
        (start + end) / 2, y + 0.05, words, ha="center", va="bottom", fontsize=SMALL, color=colour,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3}, zorder=3,
    )  # fmt: skip
