"""Texts in any of the usual forms as Arrow strings."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from smsc_sim.content.errors import ContentError


def string_chunks(texts: Any) -> list[pa.Array]:
    """Arrow string arrays of a sequence of texts.

    Parameters
    ----------
    texts : sequence of str, NumPy array, pandas Series, Arrow array or any Arrow PyCapsule object

    Returns
    -------
    list of pyarrow.Array
        Of string or large_string, none of them empty; Arrow strings are not copied.

    Raises
    ------
    ContentError
        If an entry is no text or missing; the row is named.
    """
    if isinstance(texts, str):
        raise ContentError("texts: needs several texts (got one); put it into a list")
    if isinstance(texts, Mapping | Set):
        raise ContentError(
            f"texts: must be in an order (got a {type(texts).__name__}); give a list or a column"
        )
    if isinstance(texts, (pa.Array, pa.ChunkedArray)):
        found = texts
    elif hasattr(texts, "__arrow_c_stream__"):
        found = pa.chunked_array(texts)
    elif hasattr(texts, "__arrow_c_array__"):
        found = pa.array(texts)
    else:
        found = _converted(texts)
    chunks = found.chunks if isinstance(found, pa.ChunkedArray) else [found]
    strings = [_as_strings(chunk) for chunk in chunks if len(chunk)]
    row = 0
    for chunk in strings:
        if chunk.null_count:
            missing = row + int(np.argmax(chunk.is_null().to_numpy(zero_copy_only=False)))
            raise ContentError(
                f"row {missing}: texts: is missing; leave it out or give an empty text"
            )
        row += len(chunk)
    return strings


def string_buffers(chunk: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Where each text of an Arrow string array lies, without a copy of the texts.

    Parameters
    ----------
    chunk : pyarrow.Array
        Of string or large_string.

    Returns
    -------
    starts : (n + 1,) int64 array
        First octet of each text, and the end of the last.
    octets : uint8 array
        UTF-8 of all texts; may begin before the first and end behind the last.
    """
    _, offsets, data = chunk.buffers()
    width = np.int64 if pa.types.is_large_string(chunk.type) else np.int32
    first, n = chunk.offset, len(chunk)
    starts = np.frombuffer(offsets, width)[first : first + n + 1].astype(np.int64)
    return starts, np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)


def _converted(texts: Any) -> pa.Array | pa.ChunkedArray:
    try:
        return pa.array(texts, pa.large_string(), from_pandas=True)
    except (pa.ArrowException, UnicodeEncodeError, TypeError) as error:
        for row, text in enumerate(texts):
            if not isinstance(text, str):
                raise ContentError(
                    f"row {row}: texts: must be a text (got {text!r}); leave it out or mend it"
                ) from error
            if not text.isprintable() and any("\ud800" <= c <= "\udfff" for c in text):
                raise ContentError(
                    f"row {row}: texts: half of a surrogate pair cannot be sent; mend or remove it"
                ) from error
        raise


def _as_strings(chunk: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(chunk.type):
        chunk = chunk.dictionary_decode()
    if pa.types.is_large_string(chunk.type) or pa.types.is_string(chunk.type):
        return chunk
    if pa.types.is_string_view(chunk.type) or pa.types.is_null(chunk.type):
        return chunk.cast(pa.large_string())
    raise ContentError(f"texts: must be texts (got Arrow {chunk.type}); cast them to string")
