"""The bill of a file of messages, read in batches with flat memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from smsc_sim.content.bill import DERIVED, Driver, Volumes, drivers_of, labels_of, volumes_frame
from smsc_sim.content.cells import as_strings, texts_of
from smsc_sim.content.cost_frames import MONEY, decimals
from smsc_sim.content.costing import (
    ALPHABETS,
    PROBLEMS,
    Priced,
    charged_units,
    missing_rates,
    price_messages,
    refuse_missing,
    refuse_unpriceable,
    unit_micros,
)
from smsc_sim.content.cutting import Cutting
from smsc_sim.content.drivers import alternatives
from smsc_sim.content.errors import ContentError
from smsc_sim.content.message_parts import parts_in
from smsc_sim.content.operators import Operators
from smsc_sim.content.price_table import PriceTable
from smsc_sim.content.row_files import Batch, batches, open_rows, refuse_absent
from smsc_sim.planning.rejects import Rejects
from smsc_sim.results.storage import whole_file

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


def bill_of(
    path: Path,
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
    same_day: bool = False,
    progress: Progress | None = None,
) -> Bill:
    """Price every message of a file.

    Parameters
    ----------
    path : Path
        CSV, gzipped CSV or Parquet, see `row_files.open_rows`.
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
    file = open_rows(path)
    parts = parts_in(file.titles, columns or {}, path)
    if same_day:
        parts.pop("day", None)
    try:
        refuse_unpriceable(parts, table, country)
    except ContentError as error:
        raise ContentError(f"{path}: {error}") from None
    drivers = drivers and "text" in parts
    own = [title for title in by if title not in DERIVED]
    for title in own:
        refuse_absent(file.titles, title, path)
    with ExitStack() as stack:
        refused = Rejects(rejects, stack)
        into = None if rows is None else _Rows(rows, table, own, stack)
        volumes, lacking, read = Volumes(table, tuple(by)), Counter[str](), 0
        for batch in batches(file, list(dict.fromkeys([*parts.values(), *own]))):
            read += len(batch.rows) + len(batch.unreadable)
            priced, labels = _priced(
                batch, path, parts, table, own, on, country, operators, cutting
            )
            lost = priced.country[missing_rates(priced)]
            lacking.update(np.array(table.countries)[lost].tolist())
            refused.add(_problems(batch, parts, priced))
            volumes.add(priced, labels)
            if drivers:
                _add_drivers(volumes, batch.columns.column(parts["text"]), priced, cutting)
            if into is not None:
                into.add(batch, priced, labels)
            if progress is not None:
                progress(read, batch.octets)
        refused.keep()
        refuse_missing(lacking, table)
        if not read:
            raise ContentError(f"{path}: has no messages; add a row per message")
        return Bill(
            table, tuple(by), volumes_frame(volumes), drivers_of(volumes) if drivers else [],
            read, read - refused.n, refused.n, file.octets, "day" in parts,
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


def _add_drivers(
    volumes: Volumes, cells: pa.Array, priced: Priced, cutting: Cutting | None
) -> None:
    texts = as_strings(cells)
    texts = texts.fill_null("") if texts.null_count else texts
    sizes = priced.segments, priced.units, priced.alphabet
    volumes.add_drivers(priced, alternatives(texts, *sizes, cutting))


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


class _Rows:
    """A row per priced message, into a Parquet file."""

    def __init__(self, path: Path, table: PriceTable, own: list[str], stack: ExitStack) -> None:
        import pyarrow.parquet as pq

        self._table, self._prices = table, unit_micros(table)
        label = pa.dictionary(pa.int32(), pa.string())
        self._schema = pa.schema(
            [
                ("row", pa.int64()), *((title, label) for title in own), ("country", label),
                ("operator", label), ("alphabet", label), ("segments", pa.int32()),
                ("price", MONEY), ("amount", MONEY), ("currency", label),
            ]
        )  # fmt: skip
        texts = [field.name for field in self._schema if field.type == label]
        part = stack.enter_context(whole_file(path))
        self._writer = stack.enter_context(
            pq.ParquetWriter(
                part,
                self._schema,
                compression="zstd",
                compression_level=1,
                version="2.6",
                store_schema=False,
                use_dictionary=texts,
            )
        )

    def add(self, batch: Batch, priced: Priced, labels: Mapping[str, pa.Array]) -> None:
        table = self._table
        prices = self._prices[priced.rate]
        columns = [
            pa.array(batch.rows),
            *(labels[title].dictionary_encode() for title in labels),
            _labels(priced.country, table.countries),
            _labels(priced.operator, table.operators),
            _labels(priced.alphabet.astype(np.int32), ALPHABETS),
            pa.array(priced.segments),
            decimals(prices),
            decimals(prices * charged_units(priced)),
            _labels(np.zeros(len(prices), np.int32), (table.currency,)),
        ]
        found = pa.RecordBatch.from_arrays(columns, schema=self._schema)
        kept = priced.problem == 0
        self._writer.write_batch(found if kept.all() else found.filter(pa.array(kept)))


def _labels(codes: npt.NDArray[np.int32], names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names, pa.string()))
