"""Columns of a table of messages as numbers: each distinct cell is understood once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from smsc_sim.content.errors import ContentError
from smsc_sim.content.rate_cells import day_of

BAD = -1
"""Stands for a cell that cannot be understood."""

BAD_DAY = -(10**9)
"""Stands for a cell that is no day: -1 is the last day of 1969."""

EPOCH = date(1970, 1, 1)
IS_DELIVERED = frozenset({"1", "true", "yes", "delivered", "delivrd"})
IS_NOT_DELIVERED = frozenset(
    {"0", "false", "no", "rejected", "rejectd", "partial", "expired", "undeliverable", "undeliv"}
    | {"undelivered", "failed", "lost", "open", "deleted", "unknown", "enroute", "accepted"}
    | {"acceptd", "in flight"}
)
"""Words of receipts (SMPP v3.4 and of this program) and of tables, in small letters."""


def is_text(kind: pa.DataType) -> bool:
    """Whether cells of a type are texts, or octets that may be some."""
    kinds = pa.types.is_string, pa.types.is_large_string, pa.types.is_binary
    return any(is_kind(kind) for is_kind in kinds)


def as_strings(cells: pa.Array) -> pa.Array:
    """Binary cells taken for texts without a look at them, other forms of text as plain ones.

    What holds no texts, such as numbers, stays as it is.
    """
    kind = cells.type
    if pa.types.is_dictionary(kind):
        return as_strings(cells.dictionary_decode())
    if pa.types.is_string_view(kind) or pa.types.is_null(kind):
        return cells.cast(pa.large_string())
    if not pa.types.is_binary(kind) and not pa.types.is_large_binary(kind):
        return cells
    text = pa.string() if pa.types.is_binary(kind) else pa.large_string()
    return pa.Array.from_buffers(text, len(cells), cells.buffers(), cells.null_count, cells.offset)


def coded(cells: pa.Array, code_of: Callable[[str], int], bad: int = BAD) -> npt.NDArray[np.int64]:
    """Code of each cell, asked once for each distinct one.

    Parameters
    ----------
    cells : pyarrow.Array
        Texts, octets, booleans or numbers; a missing one is an empty text.
    code_of : callable
        Text to code, `bad` for what it does not understand.
    bad : int

    Returns
    -------
    (n,) int64 array
        `bad` also where a cell is no UTF-8.
    """
    encoded = cells if pa.types.is_dictionary(cells.type) else cells.dictionary_encode()
    codes = [code_of(text) if text is not None else bad for text in texts_of(encoded.dictionary)]
    codes.append(code_of(""))  # for the missing
    indices = encoded.indices.fill_null(len(codes) - 1).to_numpy(zero_copy_only=False)
    found: npt.NDArray[np.int64] = np.array(codes, np.int64)[indices]
    return found


def texts_of(cells: pa.Array) -> list[str | None]:
    """Each cell as a text without blanks around it; None where it is no UTF-8."""
    return [_text(value) for value in values_of(cells)]


def values_of(cells: pa.Array) -> list[Any]:
    """Each cell as Python has it; moments beyond the years of Python as Arrow writes them."""
    try:
        values: list[Any] = cells.to_pylist()
    except OverflowError:
        values = cells.cast(pa.large_string()).to_pylist()
    return values


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8").strip()
        except UnicodeDecodeError:
            return None
    return "" if value is None else str(value).strip()


def days_of(cells: pa.Array) -> npt.NDArray[np.int64]:
    """Days since 1970-01-01 of dates, moments, or texts that begin with year-month-day.

    Moments with a time zone are days in that zone. BAD_DAY where a cell is no day.

    Raises
    ------
    ContentError
        If the column holds numbers.
    """
    if pa.types.is_timestamp(cells.type):
        local = pc.local_timestamp(cells) if cells.type.tz else cells
        cells = local.cast(pa.date32(), safe=False)
    if pa.types.is_date(cells.type):
        days = cells.cast(pa.date32()).cast(pa.int32()).fill_null(BAD_DAY)
        found: npt.NDArray[np.int64] = days.to_numpy(zero_copy_only=False).astype(np.int64)
        return found
    if pa.types.is_binary(cells.type):
        cells = pc.binary_slice(cells, 0, 10)
    elif pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        cells = pc.utf8_slice_codeunits(cells, 0, 10)
    elif not pa.types.is_dictionary(cells.type):
        raise ContentError(f"must hold days (got Arrow {cells.type}); write them as 2026-05-25")
    return coded(cells, _day, BAD_DAY)


def as_days(days: npt.NDArray[np.int64]) -> pa.Array:
    """Days of `days_of` as Arrow dates, missing where a cell is none."""
    return pa.array(days.astype("datetime64[D]"), mask=days == BAD_DAY)


@lru_cache(maxsize=4096)
def _day(text: str) -> int:
    try:
        return (day_of(text[:10]) - EPOCH).days
    except ContentError:
        return BAD_DAY


def delivered_of(cells: pa.Array) -> npt.NDArray[np.int64]:
    """1 for delivered, 0 for not, BAD for what is neither."""
    return coded(cells, lambda text: _delivered(text.lower()))


def _delivered(word: str) -> int:
    return 1 if word in IS_DELIVERED else 0 if word in IS_NOT_DELIVERED else BAD


def whole_numbers_of(cells: pa.Array, most: int) -> npt.NDArray[np.int64]:
    """Whole numbers from 1 to `most`; BAD for anything else."""
    return coded(cells, lambda text: _whole(text, most))


def _whole(text: str, most: int) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else BAD
    return number if 1 <= number <= most else BAD
