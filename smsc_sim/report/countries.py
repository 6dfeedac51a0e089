"""The report by country, on cost or on reliability: a PDF, a figure of all and one for each."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from smsc_sim.results.storage import write_bytes

from . import country_pages, figures_cost, figures_reliability
from .country_numbers import country_codes
from .document import head_data, made, set_pages, table_data
from .style import Chart, styled
from .tables import Table

if TYPE_CHECKING:
    import pandas as pd

    from smsc_sim.results.estimates import Estimates

Topic = Literal["cost", "reliability"]

OVERVIEWS: dict[str, Callable[[Estimates], Chart]] = {
    "cost": figures_cost.cost_overview,
    "reliability": figures_reliability.reliability_overview,
}
FIGURES: dict[str, Callable[[Estimates, str], Chart]] = {
    "cost": figures_cost.cost_of_country,
    "reliability": figures_reliability.reliability_of_country,
}


def write_country_report(estimates: Estimates, directory: str | Path, topic: Topic) -> list[Path]:
    """Write `<topic>.pdf`, `<topic>_overview.png` and `<topic>_<country>.png` for each country.

    Parameters
    ----------
    estimates : Estimates
    directory : path
        Made when absent.
    topic : str
        `cost` or `reliability`.

    Returns
    -------
    list of Path
        The files written, the PDF first.

    Raises
    ------
    ValueError
        If the topic is not known.
    """
    where = Path(directory)
    codes = country_codes(estimates)
    charts = {"overview": country_figure(estimates, topic)}
    charts |= {code: country_figure(estimates, topic, code) for code in codes}
    pdf = set_pages("countries.typ", page_data(estimates, topic), charts, estimates.manifest)
    content = {f"{topic}.pdf": pdf}
    content |= {f"{topic}_{name}.png": chart.png() for name, chart in charts.items()}
    for name, data in content.items():
        write_bytes(where / name, data)
    return [where / name for name in content]


def country_figure(estimates: Estimates, topic: Topic, country: str | None = None) -> Chart:
    """Draw the figure of all countries, or of one.

    Parameters
    ----------
    estimates : Estimates
    topic : str
        `cost` or `reliability`.
    country : str, optional
        A country of the run; all of them by default.

    Returns
    -------
    Chart
        A matplotlib figure that shows itself in Jupyter.

    Raises
    ------
    ValueError
        If the topic is not known, or no message goes to the country.
    """
    _check(topic)
    codes = country_codes(estimates)
    if country is not None and country not in codes:
        raise ValueError(f"no message goes to '{country}'; there are {', '.join(codes)}")
    with styled():
        if country is None:
            return OVERVIEWS[topic](estimates)
        return FIGURES[topic](estimates, country)


def country_table(estimates: Estimates, topic: Topic) -> pd.DataFrame:
    """Table of all countries as a reader sees it; numbers for further work are in `measures`.

    Parameters
    ----------
    estimates : Estimates
    topic : str
        `cost` or `reliability`.

    Returns
    -------
    DataFrame
        Text: each number with its half-width; columns are named with their units.

    Raises
    ------
    ValueError
        If the topic is not known.
    """
    import pandas as pd

    _check(topic)
    table = country_pages.OVERVIEW_TABLES[topic](estimates)
    heads = [f"{title} [{unit}]" if unit else title for title, unit in table.columns]
    body = [_unbroken([f"{value} {half}".rstrip() for value, half in row]) for row in table.rows]
    frame = pd.DataFrame(body, columns=heads).set_index(heads[0])
    # Named so, the heads stand in one row when Jupyter shows the table.
    return frame.rename_axis(index=None, columns=heads[0])


def page_data(estimates: Estimates, topic: Topic) -> dict[str, Any]:
    """Everything the template sets, as plain data.

    Returns
    -------
    dict
        Text, tables and names of figures; no number is left to be formatted.

    Raises
    ------
    ValueError
        If the topic is not known.
    """
    _check(topic)
    sections = []
    for code in country_codes(estimates):
        page = country_pages.SECTIONS[topic](estimates, code)
        page |= {"table": table_data(page["table"]), "picture": code}
        sections.append({**page, "sentences": _unbroken(page["sentences"])})
    table: Table = country_pages.OVERVIEW_TABLES[topic](estimates)
    return {
        **head_data(estimates),
        "topic": topic,
        "sentences": _unbroken(country_pages.opening(estimates, topic)),
        "table": table_data(table),
        "countries": sections,
        "made": made(estimates),
    }


def _unbroken(sentences: list[str]) -> list[str]:
    """Keep every number on one line with its half-width and per cent sign."""
    return [re.sub(r" (?=[±%])|(?<=±) ", "\N{NO-BREAK SPACE}", sentence) for sentence in sentences]


def _check(topic: str) -> None:
    if topic not in get_args(Topic):
        raise ValueError(f"no country report on '{topic}'; use {' or '.join(get_args(Topic))}")
