"""The bill of a file of messages, read in batches with flat memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from smsc_sim.content.bill import (
    DERIVED,
    Driver,
    Volumes,
    by_columns,
    drivers_of,
    labels_of,
    volumes_frame,
)
from smsc_sim.content.cells import as_strings, texts_of
from smsc_sim.content.costing import (
    PROBLEMS,
    Priced,
    missing_rates,
    price_messages,
    refuse_missing,
    refuse_unpriceable,
)
from smsc_sim.content.cutting import Cutting, cut_texts
from smsc_sim.content.drivers import alternatives
from smsc_sim.content.errors import ContentError
from smsc_sim.content.message_parts import parts_in
from smsc_sim.content.money import to_decimal
from smsc_sim.content.operators import Operators
from smsc_sim.content.price_table import PriceTable
from smsc_sim.content.row_files import Batch, batches, open_rows, open_table, refuse_absent
from smsc_sim.content.savings import Savings, saved_segments
from smsc_sim.planning.cost_rows import PricedRows
from smsc_sim.planning.rejects import Rejects

Progress = Callable[[int, int], None]
"""Called with messages and octets of the file so far."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What a file of messages costs.

    Attributes
    ----------
    table : PriceTable
    by : tuple of str
    volumes : DataFrame
        As `bill.volumes_frame`.
    drivers : list of Driver
        Empty where the file has no texts.
    read, priced, rejected : int
        Messages; `read` is the sum of the other two.
    octets : int
        Of the file.
    has_days : bool
        Whether the file tells the day of each message.
    first_rejects : tuple of (int, str, str, str)
        Row, column, problem and value of some.
    """

    table: PriceTable
    by: tuple[str, ...]
    volumes: pd.DataFrame
    drivers: list[Driver]
    read: int
    priced: int
    rejected: int
    octets: int
    has_days: bool
    first_rejects: tuple[tuple[int, str, str, str], ...]

    @property
    def amount(self) -> Decimal:
        """Exact sum in the currency of the prices."""
        return to_decimal(sum(self.volumes["amount_micros"]))

    @property
    def by_columns(self) -> pd.DataFrame:
        """Messages, segments, exact amount and share by the columns of `by`, the dearest first."""
        found = by_columns(self.volumes, self.by)
        return _with_shares(found, found.pop("amount_micros"), self.amount)

    @property
    def what_drives(self) -> pd.DataFrame:
        """Segments, exact amount and share of what drives the bill; these overlap."""
        found = pd.DataFrame(
            {"driver": [driver.name for driver in self.drivers],
             "segments": [driver.units for driver in self.drivers]}
        )  # fmt: skip
        return _with_shares(found, [driver.amount_micros for driver in self.drivers], self.amount)


def _with_shares(found: pd.DataFrame, micros: Iterable[int], total: Decimal) -> pd.DataFrame:
    amounts = [to_decimal(amount) for amount in micros]
    shares = [float(amount / total) if total else 0.0 for amount in amounts]
    return found.assign(amount=pd.Series(amounts, dtype=object), share=shares)


def bill_of(
    path: Path | pa.Table,
    table: PriceTable,
    *,
    by: Sequence[str] = (),
    on: date,
    country: str | None = None,
    columns: Mapping[str, str] | None = None,
    operators: Operators | None = None,
    cutting: Cutting | None = None,
    rows: Path | None = None,
    rejects: Path | None = None,
    drivers: bool = True,
    savings: Savings | None = None,
    shorten: bool = False,
    same_day: bool = False,
    progress: Progress | None = None,
) -> Bill:
    """Price every message of a file.

    Parameters
    ----------
    path : Path or pyarrow.Table
        CSV, gzipped CSV or Parquet, see `row_files.open_rows`; or rows in memory.
    table : PriceTable
    by : sequence of str
        Columns of the file, or of `bill.DERIVED`.
    on : date
        Day of all messages, where no column tells it.
    country : str, optional
        Destination of all messages, where no column says it.
    columns : mapping of str to str, optional
        Part of a message to the title of its column.
    operators : Operators, optional
        Tells the operator of a number where no column does.
    cutting : Cutting, optional
        How texts are cut, national tables by country included.
    rows : Path, optional
        Parquet file with a row per priced message.
    rejects : Path, optional
        CSV file with a row per message that is not priced; written only if there is one.
    drivers : bool
        Find out what drives the bill, where the file has texts; takes a fifth of the time.
    savings : Savings, optional
        How texts might be changed: other tables, and how often the provider does it.
    shorten : bool
        Count what txt speak would save too: some 50,000 different texts a second.
    same_day : bool
        Price all messages on the day of `on`, whatever the file says.
    progress : callable, optional

    Returns
    -------
    Bill

    Raises
    ------
    ContentError
        If the file cannot be read, lacks a column, or the card lacks a price. No file is written
        then, but for the rejects.
    """
    file = open_rows(path) if isinstance(path, Path) else open_table(path)
    path = file.path
    ways = None if not drivers else _Ways(savings or Savings(), shorten, cutting or Cutting())
    parts = parts_in(file.titles, columns or {}, path)
    if same_day:
        parts.pop("day", None)
    try:
        refuse_unpriceable(parts, table, country)
    except ContentError as error:
        raise ContentError(f"{path}: {error}") from None
    ways = ways if "text" in parts else None
    by = tuple(dict.fromkeys(by))
    own = [title for title in by if title not in DERIVED]
    for title in own:
        refuse_absent(file.titles, title, path)
    with ExitStack() as stack:
        refused = Rejects(rejects, stack)
        try:
            into = None if rows is None else PricedRows(rows, table, own, stack)
            volumes, lacking, read = Volumes(table, by), Counter[str](), 0
        except ContentError as error:
            raise ContentError(f"{path}: {error}") from None
        for batch in batches(file, list(dict.fromkeys([*parts.values(), *own]))):
            read += len(batch.rows) + len(batch.unreadable)
            priced, labels = _priced(
                batch, path, parts, table, own, on, country, operators, cutting
            )
            lost = priced.country[missing_rates(priced)]
            lacking.update(np.array(table.countries)[lost].tolist())
            refused.add(_problems(batch, parts, priced))
            volumes.add(priced, labels)
            if ways is not None:
                _add_drivers(volumes, batch.columns.column(parts["text"]), priced, ways)
            if into is not None:
                into.add(batch, priced, labels)
            if progress is not None:
                progress(read, batch.octets)
        refused.keep()
        refuse_missing(lacking, table)
        if not read:
            raise ContentError(f"{path}: has no messages; add a row per message")
        return Bill(
            table, by, volumes_frame(volumes), _drivers(volumes, ways),
            read, read - refused.n, refused.n, file.octets, "day" in parts,
            tuple(refused.first),
        )  # fmt: skip


def _priced(
    batch: Batch,
    path: Path,
    parts: Mapping[str, str],
    table: PriceTable,
    own: list[str],
    on: date,
    country: str | None,
    operators: Operators | None,
    cutting: Cutting | None,
) -> tuple[Priced, dict[str, pa.Array]]:
    columns = {part: batch.columns.column(title) for part, title in parts.items()}
    try:
        priced = price_messages(columns, table, on, country, operators, cutting)
        labels = {}
        for title in own:
            labels[title], bad = labels_of(batch.columns.column(title), title)
            priced = priced.refusing(title, bad)
    except ContentError as error:
        raise ContentError(f"{path}: {error}") from None
    return priced, labels


class _Ways(NamedTuple):
    """How texts might have been written, and how they are cut."""

    savings: Savings
    shorten: bool
    cutting: Cutting


def _add_drivers(volumes: Volumes, cells: pa.Array, priced: Priced, ways: _Ways) -> None:
    texts = as_strings(cells)
    texts = texts.fill_null("") if texts.null_count else texts
    sizes = priced.segments, priced.units, priced.alphabet
    other = alternatives(texts, *sizes, ways.cutting, ways.savings.replacements)
    if ways.shorten:
        place, countries = priced.country, priced.table.countries

        def count(changed: pa.Array, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
            found: npt.NDArray[np.int32] = cut_texts(changed, ways.cutting, place[rows], countries)[
                "segments"
            ]
            return found

        before = np.where(priced.problem == 0, priced.segments, 0)
        _, short = saved_segments(texts, before, ways.savings, count)
        other = replace(other, short=short)
    volumes.add_drivers(priced, other)


def _drivers(volumes: Volumes, ways: _Ways | None) -> list[Driver]:
    if ways is None:
        return []
    return drivers_of(volumes, probability=ways.savings.probability)


def _problems(
    batch: Batch, parts: Mapping[str, str], priced: Priced
) -> Iterator[tuple[int, str, str, str]]:
    """Rejects of a batch."""
    for row, why in batch.unreadable:
        yield row, "", why, ""
    bad = np.flatnonzero(priced.problem)
    for index, about in enumerate(priced.parts):
        rows = bad[priced.about[bad] == index]
        if len(rows):
            title = parts.get(about, about)
            values = texts_of(batch.columns.column(title).take(pa.array(rows)))
            for row, value in zip(rows, values, strict=True):
                yield int(batch.rows[row]), title, PROBLEMS[priced.problem[row]], value or ""
