"""Lists of customers: who may be written to, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from smsc_sim.content import cells
from smsc_sim.content.condition_checks import check_condition, kinds_needed, known_kinds
from smsc_sim.content.conditions import Condition, selected
from smsc_sim.content.numbering import REASONS, read_numbers
from smsc_sim.content.rate_cells import known_countries
from smsc_sim.content.row_files import Batch, RowFile, batches, open_rows, refuse_absent
from smsc_sim.content.scatter import scattered
from smsc_sim.content.typed_columns import KINDS, typed_column, valid_texts

Reject = tuple[int, str, str, str]
"""Number of the row, title of the column, problem, value."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom to write to.

    Attributes
    ----------
    file : Path
        CSV, gzipped CSV or Parquet.
    number, country : str
        Titles of the columns with the international number and, where `country` is not empty, the
        destination that counts instead of the number's own.
    where : Condition or None
        On attributes; None for everybody.
    opted_out : str
        Title of the column that says who does not want to be written to; empty without one.
    seen : str
        Title of the column with the day on which an entry was last known to be good; empty without.
    stale_before : date or None
        Entries last seen before this day, or never, are stale.
    share : float
        Of all customers who may be written to, chosen by their numbers.
    """

    file: Path
    number: str = "number"
    country: str = ""
    where: Condition | None = None
    opted_out: str = ""
    seen: str = ""
    stale_before: date | None = None
    share: float = 1.0


@dataclass(slots=True)
class Counts:
    """What became of the rows of a list; `read` is the sum of all others.

    Attributes
    ----------
    read, rejected, duplicates, not_selected, opted_out, stale, not_in_share, reached : int
        Duplicates are listed with the rejects, but counted by themselves.
    """

    read: int = 0
    rejected: int = 0
    duplicates: int = 0
    not_selected: int = 0
    opted_out: int = 0
    stale: int = 0
    not_in_share: int = 0
    reached: int = 0


@dataclass(frozen=True, slots=True)
class Customers:
    """Those of a batch who may be written to.

    Attributes
    ----------
    rows : (n,) int64 array
        Their rows in the file.
    numbers : (n,) pyarrow.Array
        As they stand in the file.
    attributes : mapping of str to (n,) pyarrow.Array of large_string
        Those asked for; an empty cell is missing.
    country : (n,) pyarrow.Array of string, or None
        Where the audience has a column of them.
    e164 : (n,) int64 array
        The numbers' digits.
    region : (n,) int16 array
        Country of each number, index in `numbering.regions`.
    values : mapping of str to (n,) pyarrow.Array
        Columns asked for as days or numbers; an empty cell is missing.
    """

    rows: npt.NDArray[np.int64]
    numbers: pa.Array
    attributes: Mapping[str, pa.Array]
    country: pa.Array | None
    e164: npt.NDArray[np.int64]
    region: npt.NDArray[np.int16]
    values: Mapping[str, pa.Array]


@dataclass(slots=True)
class Reading:
    """A list while it is read.

    Attributes
    ----------
    audience : Audience
    file : RowFile
    attributes : tuple of str
        To hand on with each customer.
    counts : Counts
        Of what was read so far.
    rejects : list of Reject
        Of the last batch.
    octets : int
        Of the file that are read so far.
    """

    audience: Audience
    file: RowFile
    attributes: tuple[str, ...]
    counts: Counts = field(default_factory=Counts)
    rejects: list[Reject] = field(default_factory=list)
    octets: int = 0
    kinds: dict[str, type] = field(default_factory=dict)
    typed: dict[str, type] = field(default_factory=dict)
    _seen: _Seen = field(default_factory=lambda: _Seen())

    def batches(self) -> Iterator[Customers]:
        """Customers who may be written to, some thousands at a time."""
        for batch in batches(self.file, self._titles()):
            self.rejects = [(row, "", why, "") for row, why in batch.unreadable]
            self.counts.read += len(batch.rows) + len(batch.unreadable)
            self.counts.rejected += len(batch.unreadable)
            self.octets = batch.octets
            yield self._kept(batch)

    def _titles(self) -> list[str]:
        audience = self.audience
        own = (audience.number, audience.country, audience.opted_out, audience.seen)
        asked = (*self.kinds, *self.typed, *self.attributes)  # a column may have an empty title
        return list(dict.fromkeys([*filter(None, own), *asked]))

    def _kept(self, batch: Batch) -> Customers:
        audience = self.audience
        rest = _Rest(batch, self.rejects)
        numbers = cells.as_strings(batch.columns.column(audience.number))
        found = read_numbers(numbers)
        rest.reject(audience.number, found.reason > 0, np.array(REASONS)[found.reason])
        if audience.country:
            known = cells.coded(
                batch.columns.column(audience.country), lambda text: int(text in known_countries())
            )
            rest.reject(audience.country, known != 1, "is no country code of ISO 3166")
        typed = {name: rest.typed(name, kind) for name, kind in self.kinds.items()}
        values = {name: rest.typed(name, kind) for name, kind in self.typed.items()}
        texts = {name: rest.text(name) for name in self.attributes}
        self.counts.rejected += rest.n_rejected
        again = rest.open & self._seen.again(found.e164, rest.open)
        self.counts.duplicates += rest.reject(audience.number, again, "stands there before")
        if audience.where is not None:
            chosen = selected(audience.where, pa.table(typed)).to_numpy(zero_copy_only=False)
            self.counts.not_selected += rest.drop(~chosen)
        if audience.opted_out:
            said, unclear = typed_column(batch.columns.column(audience.opted_out), bool)
            # Who gave an answer that nobody understands is left in peace.
            out = pc.fill_null(said, False).to_numpy(zero_copy_only=False) | unclear
            self.counts.opted_out += rest.drop(out)
        if audience.seen and audience.stale_before is not None:
            days = cells.days_of(batch.columns.column(audience.seen))
            self.counts.stale += rest.drop(days < (audience.stale_before - cells.EPOCH).days)
        if audience.share < 1.0:
            beyond = scattered(found.e164, "share of an audience") >= audience.share
            self.counts.not_in_share += rest.drop(beyond)
        kept = pa.array(np.flatnonzero(rest.open))
        self.counts.reached += len(kept)
        return Customers(
            batch.rows[rest.open],
            numbers.take(kept),
            {name: text.take(kept) for name, text in texts.items()},
            rest.text(audience.country).take(kept) if audience.country else None,
            found.e164[rest.open],
            found.country[rest.open],
            {name: column.take(kept) for name, column in values.items()},
        )


def read_customers(
    audience: Audience, attributes: Sequence[str] = (), typed: Mapping[str, type] | None = None
) -> Reading:
    """Open a list of customers and check what is asked of it.

    Parameters
    ----------
    audience : Audience
    attributes : sequence of str
        Titles of columns to hand on as texts.
    typed : mapping of str to type, optional
        Titles of columns to hand on as values: date or float.

    Returns
    -------
    Reading
        Its `batches` read the file.

    Raises
    ------
    ContentError
        If the file or a column is not there, or the condition cannot be asked of it.

    Notes
    -----
    In a CSV file an attribute is read as what the condition compares it with; a cell that is no
    such thing makes its row a reject. The first row of a number counts, later ones are duplicates.
    """
    file = open_rows(audience.file)
    typed = {} if typed is None else dict(typed)
    own = (audience.number, audience.country, audience.opted_out, audience.seen)
    for title in (*own, *attributes, *typed):
        if title:
            refuse_absent(file.titles, title, audience.file)
    reading = Reading(audience, file, tuple(attributes), typed=typed)
    if audience.where is not None:
        known = known_kinds(file, [audience.where])
        check_condition(audience.where, known)
        reading.kinds = {name: known[name] for name in kinds_needed(audience.where)}
    return reading


def _shown(value: Any) -> str:
    """A cell for a reader; octets that are no UTF-8 as a question mark in a diamond."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    return "" if value is None else str(value).strip()


class _Rest:
    """Rows of a batch that nothing speaks against so far."""

    def __init__(self, batch: Batch, rejects: list[Reject]) -> None:
        self._batch, self._rejects = batch, rejects
        self.open = np.ones(len(batch.rows), np.bool_)
        self.n_rejected = 0

    def drop(self, where: npt.NDArray[np.bool_]) -> int:
        """Leave rows out; gives how many that were still in."""
        dropped = int((self.open & where).sum())
        self.open &= ~where
        return dropped

    def reject(
        self, title: str, where: npt.NDArray[np.bool_], why: str | npt.NDArray[np.str_]
    ) -> int:
        """List rows that were still in, and leave them out; gives how many."""
        rows = np.flatnonzero(where & self.open)
        if len(rows):
            column = self._batch.columns.column(title)
            found = cells.values_of(column.take(pa.array(rows)))
            for row, value in zip(rows, found, strict=True):
                words = why if isinstance(why, str) else str(why[row])
                self._rejects.append((int(self._batch.rows[row]), title, words, _shown(value)))
        self.n_rejected += len(rows)
        return self.drop(where)

    def text(self, title: str) -> pa.Array:
        """A column as texts; cells that are no UTF-8 make rejects."""
        column = self._batch.columns.column(title)
        texts = valid_texts(column)
        if texts.null_count and pa.types.is_binary(column.type):
            unclear = pc.and_(pc.is_null(texts), pc.greater(pc.binary_length(column), 0))
            rows = np.flatnonzero(unclear.to_numpy(zero_copy_only=False))
            wrong = np.zeros(len(column), np.bool_)
            wrong[rows] = [text is None for text in cells.texts_of(column.take(pa.array(rows)))]
            if wrong.any():
                self.reject(title, wrong, "is no UTF-8")
        return texts

    def typed(self, title: str, kind: type) -> pa.Array:
        """A column as one kind of value; cells that are none make rejects."""
        if kind is str:
            return self.text(title)
        values, bad = typed_column(self._batch.columns.column(title), kind)
        if bad.any():
            self.reject(title, bad, f"is not {KINDS[kind]}")
        return values


class _Seen:
    """Numbers that came before, as sorted arrays of growing size."""

    def __init__(self) -> None:
        self._sorted: list[npt.NDArray[np.int64]] = []

    def again(
        self, e164: npt.NDArray[np.int64], among: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        """Which of some numbers came before, in earlier batches or further up in this one."""
        rows = np.flatnonzero(among)
        fresh, first = np.unique(e164[rows], return_index=True)
        found = among.copy()
        found[rows[first]] = False
        for known in self._sorted:
            at = np.minimum(np.searchsorted(known, e164), len(known) - 1)
            found |= among & (known[at] == e164)
        self._sorted.append(fresh)
        # Merging neighbours of like size keeps the arrays few and each number is moved seldom.
        while len(self._sorted) > 1 and len(self._sorted[-2]) < 2 * len(self._sorted[-1]):
            self._sorted.append(np.union1d(self._sorted.pop(), self._sorted.pop()))
        return found
