"""Columns of a list as values of one kind: texts, numbers, days, true and false."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from smsc_sim.content import cells

KINDS = {bool: "true or false", float: "a number", date: "a day such as 2026-05-25", str: "a text"}
"""Kind of value -> what a cell must be."""

_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"


def typed_column(column: pa.Array, kind: type) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """A column as values of one kind, and where its cells are none.

    Parameters
    ----------
    column : (n,) pyarrow.Array
        Texts or octets are read; other types are taken as they are.
    kind : type
        bool, float, date or str.

    Returns
    -------
    values : (n,) pyarrow.Array
        Missing where a cell is empty or none of that kind.
    is_bad : (n,) bool array
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    column = cells.as_strings(column) if pa.types.is_null(column.type) else column
    is_text = cells.is_text(column.type)
    if kind is date and pa.types.is_timestamp(column.type):
        days = cells.days_of(column)
        return cells.as_days(days), np.zeros(len(column), np.bool_)
    if kind is float and (pa.types.is_integer(column.type) or pa.types.is_decimal(column.type)):
        # Whole numbers beyond 2^53 are rounded: what they are compared with is as well.
        return column.cast(pa.float64(), safe=False), np.zeros(len(column), np.bool_)
    if not is_text and (kind is not bool or pa.types.is_boolean(column.type)):
        return column, np.zeros(len(column), np.bool_)
    if kind is bool:  # also 0 and 1, which other programs write where some are missing
        words = {"true": 1, "yes": 1, "1": 1, "1.0": 1, "": 2}
        words |= {"false": 0, "no": 0, "0": 0, "0.0": 0}
        found = cells.coded(column, lambda text: words.get(text.lower(), cells.BAD))
        return pa.array(found == 1, mask=(found == cells.BAD) | (found == 2)), found == cells.BAD
    texts = valid_texts(column)
    empty = pc.is_null(texts).to_numpy(zero_copy_only=False)
    if kind is date:
        days = cells.days_of(texts.fill_null(""))
        bad = (days == cells.BAD_DAY) & ~empty
        return cells.as_days(days), bad
    if kind is float:
        fits = pc.fill_null(pc.match_substring_regex(texts, _NUMBER), False)
        bad = ~fits.to_numpy(zero_copy_only=False) & ~empty
        return pc.if_else(fits, texts, None).cast(pa.float64()), bad
    return texts, np.zeros(len(column), np.bool_)


def valid_texts(column: pa.Array) -> pa.Array:
    """A column as texts without blanks around them; missing where empty or no UTF-8."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not cells.is_text(column.type):
        return column.cast(pa.large_string())
    try:
        texts = column.cast(pa.large_string())
    except pa.ArrowInvalid:  # some cell is no UTF-8: look at each
        texts = pa.array(cells.texts_of(column), pa.large_string())
    texts = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(texts, ""), None, texts)
