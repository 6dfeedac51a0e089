"""What happens in a year, day by day: steps go out, answers are gathered, the list is put right."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from smsc_sim.content import cells
from smsc_sim.planning.year_people import People
from smsc_sim.scenario.customer_moments import anniversaries, begins
from smsc_sim.scenario.schema_year import YearStep
from smsc_sim.scenario.years import LoadedYear


class Event(NamedTuple):
    """What happens on a day; events of a day come in the order of their kinds."""

    day: int
    kind: int
    step: str
    rows: npt.NDArray[np.int64] | None  # who is due; None for everybody


REFRESH, GATHER, LOOK, SEND = range(4)


def calendar(loaded: LoadedYear, people: People) -> list[Event]:
    """All that happens, in order."""
    year = loaded.plan
    first = (year.start.date() - cells.EPOCH).days
    last = first + year.days
    days = [(day, cells.EPOCH + timedelta(days=day)) for day in range(first, last)]
    events = [Event(last, LOOK, "", None)]
    events += [Event(k, LOOK, "", None) for k, day in days if day.day == 1 or k == first]
    if year.refresh is not None:
        every = year.refresh.every
        events += [Event(k, REFRESH, "", None) for k, day in days[1:] if begins(day, every, 1)]
    for name, step in year.steps.items():
        events += _sendings(name, step, days, people)
        if step.asks is not None and step.at is not None:
            gathered = (step.at - cells.EPOCH).days + step.within
            events += [Event(gathered, GATHER, name, None)] if first <= gathered < last else []
    names = list(year.steps)
    return sorted(events, key=lambda e: (e.day, e.kind, names.index(e.step) if e.step else -1))


def _sendings(
    name: str, step: YearStep, days: list[tuple[int, date]], people: People
) -> list[Event]:
    if step.at is not None:
        return [Event(k, SEND, name, None) for k, day in days if day == step.at]
    if step.every is not None:
        every = step.every
        return [Event(k, SEND, name, None) for k, day in days if begins(day, every, step.day)]
    assert step.date is not None, "the schema asks for one"
    value = people.dates[step.date]
    rows = np.flatnonzero(~np.isnan(value))
    due = value[rows].astype(np.int64)
    if step.yearly:
        ends = days[0][0] - step.after, days[-1][0] - step.after
        rows, due = anniversaries(rows, due.astype("datetime64[D]"), *ends)
    due = due + step.after
    order = np.lexsort((rows, due))
    rows, due = rows[order], due[order]
    edges = np.searchsorted(due, [*(k for k, _ in days), days[-1][0] + 1])
    parts = zip(days, edges[:-1], edges[1:], strict=True)
    return [Event(k, SEND, name, rows[low:high]) for (k, _), low, high in parts if high > low]
