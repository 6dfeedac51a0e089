"""Columns of Parquet files and of frames in the few forms that are read here."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from smsc_sim.content.errors import ContentError


def plain_columns(batch: pa.RecordBatch, where: object) -> pa.RecordBatch:
    """The same cells as strings, binaries, booleans, numbers, days or moments.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
    where : object
        Name of the table for errors.

    Raises
    ------
    ContentError
        If a column holds several values in a cell.
    """
    columns = [
        plain_column(column, f"{where}:{title}")
        for title, column in zip(batch.schema.names, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def plain_column(column: pa.Array, where: str) -> pa.Array:
    """One of `plain_columns`; `where` names table and column."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return plain_column(column.storage, where)
    if pa.types.is_run_end_encoded(kind):
        return plain_column(pc.run_end_decode(column), where)
    if pa.types.is_dictionary(kind):
        values = plain_column(column.dictionary, where)
        return pa.DictionaryArray.from_arrays(column.indices, values, ordered=kind.ordered)
    if pa.types.is_nested(kind):
        raise ContentError(
            f"{where}: holds several values in a cell (got Arrow {kind}); "
            "leave it out, or write each into a column of its own"
        )
    if pa.types.is_string_view(kind):
        return column.cast(pa.string())
    is_odd_binary = pa.types.is_binary_view(kind) or pa.types.is_large_binary(kind)
    if is_odd_binary or pa.types.is_fixed_size_binary(kind):
        return column.cast(pa.binary())
    # Few of Arrow's functions know floats of 16 bits.
    return column.cast(pa.float32()) if pa.types.is_float16(kind) else column
