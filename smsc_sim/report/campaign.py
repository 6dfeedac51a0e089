"""The report of a planned campaign: a PDF, its figures and its tables."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from smsc_sim import __version__
from smsc_sim.content.money import MICROS_PER_UNIT, to_decimal
from smsc_sim.content.spreadsheet import write_rows
from smsc_sim.planning.campaign import CampaignPlan

from . import campaign_words as words
from .bars import MOST_ROWS, bars, note, rows
from .document import set_pages, table_data
from .own_files import write_own
from .style import Chart, new_chart, styled


def write_campaign(plan: CampaignPlan, directory: str | Path) -> list[Path]:
    """Write `campaign.pdf`, `countries.csv`, `cost.png` and `sending.png`.

    `campaign.json` keeps what was written, so that a further run replaces it and no more.

    Parameters
    ----------
    plan : CampaignPlan
    directory : path
        Made when absent.

    Returns
    -------
    list of Path
        The files written, the PDF first.

    Raises
    ------
    ContentError
        If a file would be written over the list, or over one that is not as a plan has left it.
    """
    charts = {"cost": cost_figure(plan), "sending": sending_figure(plan)}
    content = {"campaign.pdf": set_pages("campaign.typ", page_data(plan), charts, _clock(plan))}
    content["countries.csv"] = _countries_csv(plan)
    content |= {f"{name}.png": chart.png() for name, chart in charts.items()}
    return write_own(Path(directory), content, "campaign.json", plan.loaded.audience)


def cost_figure(plan: CampaignPlan) -> Chart:
    """Draw the cost of each country, the dearest on top."""
    frame = plan.by_country.head(MOST_ROWS)
    amounts = np.array([int(a) / MICROS_PER_UNIT for a in frame["amount_micros"]])
    currency = plan.table.currency
    with styled():
        chart = new_chart(0.9 + 0.26 * len(frame))
        axes = chart.subplots()
        places = rows(axes, list(frame["country"]))
        bars(axes, places, amounts, np.zeros(len(frame)), "#0072b2", "", "cost")
        for place, amount, micros in zip(places, amounts, frame["amount_micros"], strict=True):
            note(axes, amount, place, words.money(int(micros), currency))
        axes.set_xlim(0.0, max(float(amounts.max()), 1e-6) * 1.18)
        axes.set_xlabel(f"cost, {currency}")
    return chart


def sending_figure(plan: CampaignPlan) -> Chart:
    """Draw the segments that are out over time; it is level while all countries sleep."""
    start = plan.loaded.plan.start
    hours, total, done = [0.0], [0.0], 0.0
    for span in plan.spans:
        for moment, more in ((span.begin, 0.0), (span.end, span.segments)):
            done += more
            hours.append((moment - start).total_seconds() / 3600)
            total.append(done)
    in_minutes = hours[-1] < 2
    with styled():
        chart = new_chart(2.2)
        axes = chart.subplots()
        axes.plot([60 * h if in_minutes else h for h in hours], total, color="#0072b2")
        axes.fill_between([60 * h if in_minutes else h for h in hours], total, alpha=0.15)
        axes.set_ylabel("segments sent")
        unit = "minutes" if in_minutes else "hours"
        axes.set_xlabel(f"{unit} since {start:%Y-%m-%d %H:%M} ({getattr(start.tzinfo, 'key', '')})")
        axes.set_xlim(left=0.0)
        axes.set_ylim(bottom=0.0)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    return chart


def page_data(plan: CampaignPlan) -> dict[str, Any]:
    """Everything the template sets, as plain data."""
    loaded = plan.loaded
    start = loaded.plan.start
    facts = [
        ("Plan", f"{loaded.file}, SHA-256 {loaded.digest[:16]}"),
        ("List", loaded.audience.name),
        ("Condition", loaded.plan.audience.where or "everybody"),
        ("Rate card", f"{plan.table.card.name}, {plan.table.kind} prices of {start:%Y-%m-%d}"),
        ("Program", f"smsc_sim {__version__}"),
    ]
    return {
        "title": loaded.plan.name,
        "date": [start.year, start.month, start.day],
        "program": f"smsc_sim {__version__}",
        "digest": loaded.digest[:12],
        "banner": [],
        "has_intervals": False,
        "sentences": words.sentences(plan),
        "funnel": table_data(words.funnel(plan)),
        "countries": table_data(words.countries(plan)),
        "drivers": table_data(words.drivers(plan)),
        "texts": [
            {"head": f"{s.language}: {s.messages:,} messages, the first in {s.segments} "
                     f"segment{'s' if s.segments != 1 else ''}", "text": s.text}
            for s in plan.samples
        ],
        "facts": [list(fact) for fact in facts],
        "made": {"facts": [], "notes": [], "files": [], "resolved": "", "definitions": []},
    }  # fmt: skip


def _clock(plan: CampaignPlan) -> Mapping[str, Any]:
    start = plan.loaded.plan.start
    return {"start": start.isoformat(), "zone": getattr(start.tzinfo, "key", "UTC")}


def _countries_csv(plan: CampaignPlan) -> bytes:
    text = io.StringIO()
    titles = ("country", "messages", "segments", "amount", "currency", "delivered", "low", "high")
    lines = []
    for row in plan.by_country.to_dict("records"):
        expected = plan.expected.by_country.get(row["country"])
        numbers = ("", "", "") if expected is None else (
            f"{expected.mean:.1f}", _plain(expected.low), _plain(expected.high)
        )  # fmt: skip
        lines.append(
            (row["country"], row["messages"], row["segments"], to_decimal(row["amount_micros"]),
             plan.table.currency, *numbers)
        )  # fmt: skip
    write_rows(text, titles, lines)
    return text.getvalue().encode()


def _plain(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.0f}"
