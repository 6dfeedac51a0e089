"""The report of a planned year: a PDF, its figures and tables, and the list as it then stands."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from smsc_sim import __version__
from smsc_sim.content.money import MICROS_PER_UNIT
from smsc_sim.content.spreadsheet import line, write_rows
from smsc_sim.planning.year import YearPlan
from smsc_sim.planning.year_draw import DatedList

from . import year_words as words
from .bars import bars, interval_sides, note, rows
from .campaign_words import money
from .document import set_pages, table_data
from .own_files import write_own
from .style import Chart, new_chart, styled


def write_year(plan: YearPlan, directory: str | Path) -> list[Path]:
    """Write `year.pdf`, `steps.csv`, `list.png`, `cost.png` and a dated list for each gathering.

    `year.json` keeps what was written, so that a further run of the year replaces it and no more.

    Parameters
    ----------
    plan : YearPlan
    directory : path
        Made when absent.

    Returns
    -------
    list of Path
        The files written, the PDF first.

    Raises
    ------
    ContentError
        If a file would be written over the list, or over one that is not as a year has left it.
    """
    charts = {"list": list_figure(plan), "cost": cost_figure(plan)}
    start = plan.loaded.plan.start
    clock = {"start": start.isoformat(), "zone": getattr(start.tzinfo, "key", "UTC")}
    content = {"year.pdf": set_pages("year.typ", page_data(plan), charts, clock)}
    content["steps.csv"] = _steps_csv(plan)
    content |= {f"{name}.png": chart.png() for name, chart in charts.items()}
    content |= {name: _list_csv(of) for name, of in dated_names(plan).items()}
    return write_own(Path(directory), content, "year.json", plan.loaded.audience)


def dated_names(plan: YearPlan) -> dict[str, DatedList]:
    """Lists by the names of their files: that of the list, with the day."""
    stem = plan.loaded.audience.name.split(".")[0]
    return {f"{stem}-{of.day}.csv": of for of in plan.lists}


def list_figure(plan: YearPlan) -> Chart:
    """Draw how many may be written to, and how many of them have a number that works."""
    found = words.list_forecasts(plan)
    days = np.array([day for day, _, _ in found], "datetime64[D]")
    with styled():
        chart = new_chart(2.9)
        axes = chart.subplots()
        lines = (("#0072b2", "-", "may be written to"), ("#d55e00", "--", "number works"))
        for index, (colour, style, label) in enumerate(lines, start=1):
            mean, low, high = (
                np.array([getattr(row[index], key) for row in found])
                for key in ("mean", "low", "high")
            )
            axes.fill_between(days, low, high, color=colour, alpha=0.15, linewidth=0)
            axes.plot(days, mean, color=colour, linestyle=style, label=label)
        axes.set_ylim(bottom=0.0)
        for name, step in plan.loaded.plan.steps.items():
            if step.at is not None:
                at: Any = np.datetime64(step.at)
                axes.axvline(at, color="#5a5a5a", linewidth=0.7, linestyle=":")
                axes.annotate(
                    name, (at, 0), xytext=(2, 4), textcoords="offset points",
                    rotation=90, fontsize=7, color="#5a5a5a", va="bottom",
                )  # fmt: skip
        axes.set_ylabel("customers")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.legend(loc="lower right")
    return chart


def cost_figure(plan: YearPlan) -> Chart:
    """Draw what each step costs in the year, with its interval."""
    found = words.step_forecasts(plan)[:-1]
    amounts = np.array([row.cost_micros.mean / MICROS_PER_UNIT for row in found])
    half = [(row.cost_micros.high - row.cost_micros.mean) / MICROS_PER_UNIT for row in found]
    currency = plan.table.currency
    with styled():
        chart = new_chart(0.9 + 0.26 * len(found))
        axes = chart.subplots()
        places = rows(axes, [row.step for row in found])
        bars(axes, places, amounts, np.zeros(len(found)), "#0072b2", "", "cost")
        sides = interval_sides(amounts, half, np.inf)
        axes.errorbar(amounts, places, xerr=sides, fmt="none", ecolor="black", capsize=2.5, lw=1.1)
        for place, amount, side, row in zip(places, amounts, sides[1], found, strict=True):
            note(axes, amount + side, place, money(round(row.cost_micros.mean), currency))
        axes.set_xlim(0.0, max(float((amounts + sides[1]).max()), 1e-6) * 1.2)
        axes.set_xlabel(f"cost in the year, {currency}")
    return chart


def page_data(plan: YearPlan) -> dict[str, Any]:
    """Everything the template sets, as plain data."""
    loaded, year = plan.loaded, plan.loaded.plan
    facts = [
        ("Plan", f"{loaded.file}, SHA-256 {loaded.digest[:16]}"),
        ("List", loaded.audience.name),
        ("Years drawn", f"{year.replications}, seed {year.seed}"),
        ("Rate card", f"{plan.table.card.name}, {plan.table.kind} prices of each day"),
        ("Program", f"smsc_sim {__version__}"),
    ]
    return {
        "title": year.name,
        "date": [year.start.year, year.start.month, year.start.day],
        "program": f"smsc_sim {__version__}",
        "digest": loaded.digest[:12],
        "banner": [],
        "has_intervals": False,
        "sentences": words.sentences(plan),
        "steps": table_data(words.steps(plan)),
        "left_out": table_data(words.left_out(plan)),
        "months": table_data(words.months(plan)),
        "lists": [f"{name}: the list on {of.day}" for name, of in dated_names(plan).items()],
        "texts": [
            {
                "head": f"{name}, {mail.letters.languages[language]}",
                "text": mail.written[row].as_py(),
            }
            for name, mail in plan.mails.items()
            for language, row in _first_rows(mail.languages, mail.good)
        ],
        "facts": [list(fact) for fact in facts],
        "made": {"facts": [], "notes": [], "files": [], "resolved": "", "definitions": []},
    }


def _first_rows(languages: np.ndarray, good: np.ndarray) -> list[tuple[int, int]]:
    """Language, and the first customer of it whose text can be sent."""
    rows_ = np.flatnonzero(good)
    each, first = np.unique(languages[rows_], return_index=True)
    return [(int(code), int(rows_[at])) for code, at in zip(each, first, strict=True)]


def _steps_csv(plan: YearPlan) -> bytes:
    text = io.StringIO()
    measures = words.StepForecast._fields[1:]
    titles = ["step", "currency"]
    for name in measures:
        titles += [f"{name.removesuffix('_micros')}{end}" for end in ("", "_low", "_high")]
    lines = []
    for row in words.step_forecasts(plan):
        line: list[object] = [row.step, plan.table.currency]
        for name in measures:
            found = getattr(row, name)
            is_money = name in ("cost_micros", "per_answer")
            unit = MICROS_PER_UNIT if is_money else 1
            ends = () if found is None else (found.mean, found.low, found.high)
            line += [f"{end / unit:.{2 if is_money else 1}f}" for end in ends] or ["", "", ""]
        lines.append(line)
    write_rows(text, titles, lines)
    return text.getvalue().encode()


def _list_csv(of: DatedList) -> bytes:
    """Cells as they were, so that the list can be read again: no apostrophe before a + or -."""
    text = io.StringIO()
    table = pa.table(of.columns)
    text.write(line(table.column_names))
    for batch in table.to_batches():
        rows = zip(*(column.fill_null("").to_pylist() for column in batch.columns), strict=True)
        text.writelines(map(line, rows))
    return text.getvalue().encode()
