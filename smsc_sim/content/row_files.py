"""Tables of a row per message or customer, read in batches: CSV, gzipped CSV and Parquet.

Memory holds a batch at a time.  Rows that cannot be read are told with their number, never dropped
in silence; texts stay octets, so that one that is no UTF-8 spoils its own row alone.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from smsc_sim.content.errors import ContentError
from smsc_sim.content.plain_columns import plain_columns

BLOCK_OCTETS = 4 << 20
"""Octets of a CSV file that are looked at together; no row may be longer."""

BATCH_ROWS = 1 << 16
DELIMITERS = ",;\t|"
ENDINGS = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True, slots=True)
class RowFile:
    """A file whose header has been read.

    Attributes
    ----------
    path : Path
    titles : tuple of str
        Of its columns, in order.
    octets : int
        Of the file on disk.
    delimiter : str
        Between the cells of a CSV file; empty for Parquet.
    table : pyarrow.Table, optional
        Rows that are in memory already; `path` is then what errors call them.
    """

    path: Path
    titles: tuple[str, ...]
    octets: int
    delimiter: str
    table: pa.Table | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file.

    Attributes
    ----------
    columns : pyarrow.RecordBatch
        The columns asked for; those of a CSV file are binary.
    rows : (n,) int64 array
        Number of each in the file; in a CSV file the header is row 1, and empty lines do not count;
        in memory the first one is row 0.
    unreadable : list of (int, str)
        Number of rows that were skipped, and why.
    octets : int
        Of the file that are read so far, on disk.
    """

    columns: pa.RecordBatch
    rows: npt.NDArray[np.int64]
    unreadable: list[tuple[int, str]]
    octets: int


def open_rows(path: Path) -> RowFile:
    """Read the header of a file.

    Parameters
    ----------
    path : Path
        Ending in .csv, .csv.gz or .parquet. The delimiter of a CSV file is the one of `DELIMITERS`
        that its header has most of.

    Returns
    -------
    RowFile

    Raises
    ------
    ContentError
        If it cannot be read, or a title stands twice.
    """
    if not path.name.lower().endswith(ENDINGS):
        raise ContentError(f"{path}: is no table that can be read; give {', '.join(ENDINGS)}")
    try:
        octets = path.stat().st_size
        delimiter = "" if path.suffix.lower() == ".parquet" else _delimiter(path)
        titles = _csv_titles(path, delimiter) if delimiter else _parquet_titles(path)
    except (OSError, pa.ArrowException, EOFError) as error:
        raise _unreadable(path, error) from None
    for title in titles:
        if titles.count(title) > 1:
            raise ContentError(f"{path}:1:{title}: stands there twice; rename one of them")
    return RowFile(path, titles, octets, delimiter)


def open_table(table: pa.Table) -> RowFile:
    """Rows in memory in place of a file."""
    return RowFile(Path("messages"), tuple(table.column_names), table.nbytes, "", table)


def _unreadable(path: Path, error: Exception) -> ContentError:
    said = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return ContentError(f"{path}: cannot be read (got {said}); check the file")


def _first_line(path: Path) -> str:
    packed = "gzip" if path.suffix.lower() == ".gz" else None
    with pa.input_stream(str(path), compression=packed) as stream:
        head: bytes = stream.read(1 << 16)
    line = head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[0].removesuffix(b"\r")
    if not line.strip():
        raise ContentError(f"{path}:1: has no header; start with the titles of the columns")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise ContentError(f"{path}:1: is no UTF-8; save the file as UTF-8") from None


def _delimiter(path: Path) -> str:
    line = _first_line(path)
    return max(DELIMITERS, key=line.count)


def _csv_titles(path: Path, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader([_first_line(path)], delimiter=delimiter)))
    except csv.Error:
        raise ContentError(
            f"{path}:1: has lone carriage returns (got no line ends); save it with line ends \\n"
        ) from None


def _parquet_titles(path: Path) -> tuple[str, ...]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return tuple(file.schema_arrow.names)


def refuse_absent(titles: tuple[str, ...], title: str, where: object) -> None:
    """Raise ContentError, with what there is, unless a table has a column."""
    if title not in titles:
        close = get_close_matches(title, titles, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"it has {', '.join(titles)}"
        raise ContentError(f"{where}: has no column '{title}'; {hint}")


def batches(file: RowFile, titles: list[str]) -> Iterator[Batch]:
    """Rows of a file, some thousands at a time.

    Parameters
    ----------
    file : RowFile
    titles : list of str
        Columns to read, at least one.

    Yields
    ------
    Batch

    Raises
    ------
    ContentError
        If the file breaks off, is not what its name says, has a quote that is never closed (what
        follows it would be one text), or a column asked for holds several values in a cell.
    """
    if file.table is not None:
        yield from _table_batches(file, file.table, titles)
        return
    read = _csv_batches if file.delimiter else _parquet_batches
    try:
        yield from read(file, titles)
    except (pa.ArrowException, OSError, EOFError) as error:
        if "straddling" in str(error):
            raise ContentError(
                f"{file.path}: has a row of more than {BLOCK_OCTETS:,} octets; look for a quote "
                "that is not closed"
            ) from None
        raise _unreadable(file.path, error) from None


class _Counted:
    """A stream that counts the quotes of a file while it is read."""

    def __init__(self, path: Path) -> None:
        # The place in a compressed file is known to the file below alone.
        is_packed = path.suffix.lower() == ".gz"
        self._disk = path.open("rb") if is_packed else pa.OSFile(str(path))
        self._stream = pa.CompressedInputStream(self._disk, "gzip") if is_packed else self._disk
        self.quotes = 0
        self.closed = False

    def read(self, octets: int = -1) -> bytes:
        found: bytes = self._stream.read(None if octets < 0 else octets)
        self.quotes += found.count(b'"')
        return found

    def tell(self) -> int:
        place: int = self._disk.tell()
        return place

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._disk.close()
        self.closed = True


def _csv_batches(file: RowFile, titles: list[str]) -> Iterator[Batch]:
    """Batches of a CSV file, whatever its encoding.

    A row with too many or too few cells that is no UTF-8 either ends Arrow's reading, because it
    cannot tell us the row. Then the rest is read as Latin-1, in which every octet is a character,
    and turned back into its octets: slower, and the same.
    """
    following = 2
    try:
        for batch in _arrow_batches(file, titles, "utf8"):
            following = (
                max([following - 1, *batch.rows[-1:], *(n for n, _ in batch.unreadable)]) + 1
            )
            yield batch
    except pa.ArrowInvalid as error:
        if not re.search(r"Expected \d+ columns, got \d+", str(error)):
            raise
        for batch in _arrow_batches(file, titles, "latin1"):
            fresh = batch.rows >= following
            unreadable = [row for row in batch.unreadable if row[0] >= following]
            if fresh.any() or unreadable:
                columns = batch.columns.filter(pa.array(fresh))
                yield Batch(columns, batch.rows[fresh], unreadable, batch.octets)


def _arrow_batches(file: RowFile, titles: list[str], encoding: str) -> Iterator[Batch]:
    from pyarrow import csv as arrow_csv

    skipped: list[tuple[int, str]] = []

    def skip(row: Any) -> str:
        cells = f"has {row.actual_columns} cells where the header has {row.expected_columns}"
        skipped.append((row.number, cells))
        return "skip"

    named = [title.encode().decode(encoding) for title in titles]
    stream = _Counted(file.path)
    with _unprinted():
        reader = arrow_csv.open_csv(
            pa.PythonFile(stream, mode="r"),
            # Threads would lose the numbers of the rows.
            arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK_OCTETS, encoding=encoding),
            arrow_csv.ParseOptions(
                delimiter=file.delimiter, newlines_in_values=True, invalid_row_handler=skip
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(named, pa.binary()), include_columns=named
            ),
        )
    following, told = 2, 0
    while (columns := _next(reader)) is not None:
        rows, following = _numbers(len(columns), following, [row for row, _ in skipped[told:]])
        unreadable = [row for row in skipped[told:] if row[0] < following]
        told += len(unreadable)
        if encoding != "utf8":
            octets = [_octets(column, encoding) for column in columns.columns]
            columns = pa.RecordBatch.from_arrays(octets, titles)
        yield Batch(columns, rows, unreadable, stream.tell())
    if stream.quotes % 2:
        raise ContentError(
            f"{file.path}: has a quote that is never closed, so rows were lost in a text; close it"
        )
    if told < len(skipped):
        nothing = pa.RecordBatch.from_arrays([pa.array([], pa.binary())] * len(titles), titles)
        yield Batch(nothing, np.zeros(0, np.int64), skipped[told:], stream.tell())


@contextmanager
def _unprinted() -> Iterator[None]:
    """Keep the interpreter from printing an error that Arrow cannot hand on.

    NOTE: Arrow calls our handler of bad rows from C and prints when the row is no UTF-8; it then
    raises an error all the same, which `_csv_batches` takes up.
    """
    before = sys.unraisablehook
    sys.unraisablehook = lambda _: None
    try:
        yield
    finally:
        sys.unraisablehook = before


def _next(reader: Any) -> pa.RecordBatch | None:
    with _unprinted():
        try:
            return reader.read_next_batch()
        except StopIteration:
            return None


def _octets(column: pa.Array, encoding: str) -> pa.Array:
    """Cells as they stand in the file."""
    cells = column.to_pylist()
    return pa.array([c if c is None else c.decode().encode(encoding) for c in cells], pa.binary())


def _numbers(n: int, first: int, skipped: list[int]) -> tuple[npt.NDArray[np.int64], int]:
    """Numbers of n rows from `first` on when some were skipped, and the one that follows."""
    numbers = np.arange(first, first + n + len(skipped), dtype=np.int64)
    rows = np.setdiff1d(numbers, skipped, assume_unique=True)[:n] if skipped else numbers
    return rows, int(rows[-1]) + 1 if n else first


def _parquet_batches(file: RowFile, titles: list[str]) -> Iterator[Batch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(file.path) as source:
        total, done = source.metadata.num_rows, 0
        for columns in source.iter_batches(BATCH_ROWS, columns=titles, use_threads=False):
            rows = np.arange(done + 1, done + 1 + len(columns), dtype=np.int64)
            done += len(columns)
            plain = plain_columns(columns, file.path)
            yield Batch(plain, rows, [], file.octets * done // max(total, 1))


def _table_batches(file: RowFile, table: pa.Table, titles: list[str]) -> Iterator[Batch]:
    done = 0
    for columns in table.select(titles).to_batches(BATCH_ROWS):
        rows = np.arange(done, done + len(columns), dtype=np.int64)
        done += len(columns)
        plain = plain_columns(columns, file.path)
        yield Batch(plain, rows, [], table.nbytes * done // len(table))
