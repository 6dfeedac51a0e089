"""Customers of a year: read once, with all their columns, their texts and what these cost."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from smsc_sim.content import cells
from smsc_sim.content.condition_checks import kinds_needed
from smsc_sim.content.conditions import Condition, Several, selected
from smsc_sim.content.costing import (
    charged_units,
    missing_rates,
    price_messages,
    refuse_missing,
    unit_micros,
)
from smsc_sim.content.customers import (
    Audience,
    Counts,
    Customers,
    read_customers,
)
from smsc_sim.content.errors import ContentError
from smsc_sim.content.letters import Letters, letters_of
from smsc_sim.content.price_table import PriceTable
from smsc_sim.content.row_files import open_rows
from smsc_sim.content.typed_columns import typed_column
from smsc_sim.planning.rejects import Rejects
from smsc_sim.scenario.years import LoadedYear

NEVER = -(10**6)
"""Day of an entry that was never seen."""


@dataclass(frozen=True, slots=True)
class People:
    """All customers whose rows can be used.

    Attributes
    ----------
    titles : tuple of str
        Of the list, in its order.
    customers : Customers
        With every column as text.
    facts : pyarrow.Table
        Columns that conditions ask for, as what these compare them with.
    dates : dict of str to (n,) float64 array
        Columns that steps follow, days since 1970; NaN where missing.
    is_out : (n,) bool array
        Opted out at the start.
    seen : (n,) int64 array
        Day since 1970 on which each was last seen.
    counts : Counts
        Of rows; `reached` are those that can be used.
    """

    titles: tuple[str, ...]
    customers: Customers
    facts: pa.Table
    dates: dict[str, npt.NDArray[np.float64]]
    is_out: npt.NDArray[np.bool_]
    seen: npt.NDArray[np.int64]
    counts: Counts

    @property
    def n(self) -> int:
        """Number of customers."""
        return len(self.customers.rows)


def read_people(loaded: LoadedYear, rejects: Path | None) -> People:
    """Read the list of a year.

    Parameters
    ----------
    loaded : LoadedYear
    rejects : Path or None
        CSV file for the rows that cannot be used.

    Raises
    ------
    ContentError, ScenarioError
        If the list cannot be read to its end, or reaches nobody.
    """
    of = loaded.plan.audience
    file = open_rows(loaded.audience)
    followed = {s.date for s in loaded.plan.steps.values() if s.date is not None}
    typed = {**loaded.kinds, **dict.fromkeys(sorted(followed), date)}
    audience = Audience(loaded.audience, number=of.number, country=of.country or "", share=of.share)
    reading = read_customers(audience, file.titles, typed)
    pieces: list[Customers] = []
    with ExitStack() as stack:
        refused = Rejects(rejects, stack)
        for customers in reading.batches():
            refused.add(reading.rejects)
            pieces.append(customers)
        refused.keep()
    if not any(len(piece.rows) for piece in pieces):
        raise ContentError(
            f"{loaded.file}: reaches nobody: none of {reading.counts.read:,} rows can be used; "
            "check the rejects"
        )
    customers = _joined(pieces)
    out = np.zeros(len(customers.rows), np.bool_)
    if of.opted_out is not None:
        said, unclear = typed_column(customers.attributes[of.opted_out], bool)
        out = pc.fill_null(said, False).to_numpy(zero_copy_only=False) | unclear
    seen = np.full(len(out), 10**6, np.int64)
    if of.seen is not None:
        seen = cells.days_of(customers.attributes[of.seen].fill_null(""))
        seen[seen == cells.BAD_DAY] = NEVER
    return People(
        file.titles,
        customers,
        pa.table({name: customers.values[name] for name in loaded.kinds}),
        {name: _days(customers.values[name]) for name in followed},
        out,
        seen,
        reading.counts,
    )


def _joined(pieces: list[Customers]) -> Customers:
    """Batches as one; a list that cannot be empty."""
    first = pieces[0]

    def together(arrays: list[pa.Array]) -> pa.Array:
        return pa.concat_arrays(arrays)

    return Customers(
        np.concatenate([p.rows for p in pieces]),
        together([p.numbers for p in pieces]),
        {name: together([p.attributes[name] for p in pieces]) for name in first.attributes},
        None if first.country is None else together([p.country for p in pieces]),
        np.concatenate([p.e164 for p in pieces]),
        np.concatenate([p.region for p in pieces]),
        {name: together([p.values[name] for p in pieces]) for name in first.values},
    )


def _days(column: pa.Array) -> npt.NDArray[np.float64]:
    days = cells.days_of(column)
    return np.where(days == cells.BAD_DAY, np.nan, days.astype(np.float64))


def chosen(
    people: People, conditions: list[Condition | None], answers: dict[str, pa.Array]
) -> npt.NDArray[np.bool_]:
    """Customers of whom all conditions are true, given the answers gathered so far."""
    facts = people.facts
    table = pa.table({name: facts[name] for name in facts.column_names} | answers)
    found = np.ones(people.n, np.bool_)
    for condition in conditions:
        if condition is not None:
            found &= selected(condition, table).to_numpy(zero_copy_only=False)
    return found


def _meant(loaded: LoadedYear, step: str, people: People) -> npt.NDArray[np.bool_]:
    """Customers whom a step may be for, whatever they will answer."""
    condition = loaded.conditions[step]
    parts: tuple[Condition | None, ...] = (condition,)
    if isinstance(condition, Several) and condition.word == "and":
        parts = condition.parts
    asked = {s.asks for s in loaded.plan.steps.values()}
    known = [p for p in parts if p is not None and not asked & kinds_needed(p).keys()]
    return chosen(people, [loaded.where, *known], {})


@dataclass(slots=True)
class Mail:
    """What one step writes to everybody, and what it costs on a day.

    Attributes
    ----------
    letters : Letters
    languages : (n,) int64 array
        Index in the letters' languages.
    written : (n,) pyarrow.Array
        Text of each customer, missing where it cannot be merged.
    meant : (n,) bool array
        Whom the step may be for, whatever they answer; nobody else needs a price.
    country, good : (n,) int32 and bool arrays
        Index in the price table; who is meant and can be written to. Empty before a day is priced.
    """

    letters: Letters
    languages: npt.NDArray[np.int64]
    written: pa.Array
    meant: npt.NDArray[np.bool_]
    _known: dict[int, tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]] = field(
        default_factory=dict
    )
    country: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    good: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    def priced(
        self, people: People, table: PriceTable, on: date
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Cost in micros and segments of each text on a day; 0 where it cannot be sent."""
        period = int(np.searchsorted(table.days, (on - cells.EPOCH).days, "right"))
        if period not in self._known:
            columns = {"text": self.written.fill_null(""), "number": people.customers.numbers}
            if people.customers.country is not None:
                columns["country"] = people.customers.country
            priced = price_messages(columns, table, on)
            is_written = self.written.is_valid().to_numpy(zero_copy_only=False)
            lost = priced.country[missing_rates(priced) & is_written & self.meant]
            refuse_missing(Counter(np.array(table.countries)[lost].tolist()), table)
            self.good = (priced.problem == 0) & is_written & self.meant
            self.country = priced.country
            amount = charged_units(priced) * unit_micros(table)[priced.rate]
            self._known[period] = (
                np.where(self.good, amount, 0),
                np.where(self.good, priced.segments, 0).astype(np.int32),
            )
        return self._known[period]


def mail_of(loaded: LoadedYear, name: str, people: People) -> Mail:
    """Texts of one step, merged for everybody."""
    year, step = loaded.plan, loaded.plan.steps[name]
    column = year.audience.language or ""
    letters = letters_of(loaded.templates[name], step.values, column, year.smart)
    return Mail(letters, *letters.write(people.customers), _meant(loaded, name, people))
