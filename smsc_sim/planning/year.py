"""A year with a list of customers: each step reaches those whom the steps before have left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pandas as pd

from smsc_sim.content import cells
from smsc_sim.content.money import micros
from smsc_sim.content.price_table import PriceTable, price_table
from smsc_sim.content.rates import RateKind, load_rate_card
from smsc_sim.planning.year_draw import DatedList, DrawnYear
from smsc_sim.planning.year_events import SEND, calendar
from smsc_sim.planning.year_people import Mail, People, mail_of, read_people
from smsc_sim.planning.year_shares import Shares
from smsc_sim.scenario.years import LoadedYear, load_year

Progress = Callable[[int, int], None]
"""Called with replications done, and all."""


@dataclass(frozen=True, slots=True)
class YearPlan:
    """What a year will bring.

    Attributes
    ----------
    loaded : LoadedYear
    people : People
    table : PriceTable
    mails : dict of str to Mail
        By step.
    steps : DataFrame
        `replication`, `step`, `times` it goes out, `due` customers, and the columns of
        `year_draw.MEASURES`.
    months : DataFrame
        `replication`, `day`, `can_be_written` and `good`: customers of the audience who may be
        written to, and those of them whose number still works.
    lists : list of DatedList
        Of the first year drawn: after each gathering of answers, and at the end.
    """

    loaded: LoadedYear
    people: People
    table: PriceTable
    mails: dict[str, Mail]
    steps: pd.DataFrame
    months: pd.DataFrame
    lists: list[DatedList]


def plan_year(
    loaded: LoadedYear, *, rejects: Path | None = None, progress: Progress | None = None
) -> YearPlan:
    """Draw years with a list of customers; nothing is sent.

    Parameters
    ----------
    loaded : LoadedYear
    rejects : Path, optional
        CSV file for the rows that cannot be used.
    progress : callable, optional

    Returns
    -------
    YearPlan

    Raises
    ------
    ContentError, ScenarioError
        If the list cannot be read, a placeholder is unknown, or the card lacks a price.

    Notes
    -----
    Every draw is a function of (seed, replication, step, day, customer): a step more, or rows in
    another order, leave all others where they were. Shares that were measured are drawn anew for
    each replication, as in `expected`; so intervals contain what is not known of them.
    """
    year = loaded.plan
    people = read_people(loaded, rejects)
    fallback = None if year.rates.fallback is None else micros(year.rates.fallback)
    kind = RateKind(year.rates.kind)
    table = price_table(load_rate_card(loaded.card), kind, fallback_micros=fallback)
    mails = {name: mail_of(loaded, name, people) for name in year.steps}
    events = calendar(loaded, people)
    for event in events:  # a day that lacks a price is refused before anything is drawn
        if event.kind == SEND:
            mails[event.step].priced(people, table, cells.EPOCH + timedelta(days=event.day))
    shares = Shares(loaded, table, mails)
    rows: list[dict[str, object]] = []
    months: list[dict[str, object]] = []
    lists: list[DatedList] = []
    for replication in range(year.replications):
        one = DrawnYear(loaded, people, table, mails, shares, replication, lists)
        for event in events:
            one.happen(event)
        rows += [{"replication": replication, **row} for row in one.rows.values()]
        months += [{"replication": replication, **row} for row in one.months]
        if progress is not None:
            progress(replication + 1, year.replications)
    return YearPlan(loaded, people, table, mails, pd.DataFrame(rows), pd.DataFrame(months), lists)


def customer_year(path: str | Path) -> YearPlan:
    """Plan a year from its YAML file; nothing is sent.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    YearPlan

    Raises
    ------
    ContentError, ScenarioError
        As `years.load_year` and `plan_year`.
    """
    return plan_year(load_year(path))
