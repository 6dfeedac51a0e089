"""Segments of many texts at once, exactly as `segmentation.segment` cuts each."""

from __future__ import annotations

from functools import cache
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from smsc_sim.content import kernels
from smsc_sim.content.alphabets import GSM7_CODES, Alphabet
from smsc_sim.content.capacity import PAYLOAD_OCTETS, header_octets_of, segment_capacity
from smsc_sim.content.errors import ContentError
from smsc_sim.content.segmentation import MAX_SEGMENTS, Segmentation
from smsc_sim.content.segmentation import segment as segment_one

Columns = dict[str, npt.NDArray[Any]]


@overload
def segment(texts: str, **options: Any) -> Segmentation: ...


@overload
def segment(texts: Any, **options: Any) -> pd.DataFrame: ...


def segment(texts: Any, **options: Any) -> Segmentation | pd.DataFrame:
    """Cut one text into segments, or count those of many.

    Parameters
    ----------
    texts : str, or any form of many texts that `segments_of` takes
    **options
        Of `segmentation.segment` for one text, of `segments_of` for many.

    Returns
    -------
    Segmentation or DataFrame

    Examples
    --------
    >>> segment("Hi").units, len(segment(["Hi", "Ho"]))
    (2, 2)
    """
    return (
        segment_one(texts, **options) if isinstance(texts, str) else segments_of(texts, **options)
    )


def segments_of(
    texts: Any, *, reference_octets: int = 1, payload_octets: int = PAYLOAD_OCTETS
) -> pd.DataFrame:
    """Count alphabet, units, segments and room of each text.

    Parameters
    ----------
    texts : sequence of str, NumPy array, pandas Series, Arrow array or any Arrow PyCapsule object
        Arrow strings are read where they lie; other forms are converted.
    reference_octets : int
        1 for an 8-bit concatenation reference, 2 for a 16-bit one.
    payload_octets : int
        Octets of user data per segment, header included.

    Returns
    -------
    DataFrame
        One row per text, in order: `segments` (int32), `alphabet` (category: GSM7 or UCS2), `units`
        (int32; septets or 16-bit code units) and `room` (int32; units that still fit behind the
        last part).  A pandas Series keeps its index.

    Raises
    ------
    ContentError
        At the first text that is missing, no UTF-8, holds half of a surrogate pair or needs more
        than 255 segments; the row is named.

    References
    ----------
    3GPP TS 23.040 9.2.3.24.1; see `segmentation.segment`, which is the oracle of the tests.

    Examples
    --------
    >>> segments_of(["Hi", "né 😀", "x" * 161])[["segments", "alphabet", "units", "room"]]
       segments alphabet  units  room
    0         1     GSM7      2   158
    1         1     UCS2      5    65
    2         2     GSM7    161   145
    """
    index = texts.index if isinstance(texts, pd.Series) else None
    capacities = _capacities(reference_octets, payload_octets)
    pieces = []
    row = 0
    for chunk in _chunks(texts):
        pieces.append(_measured(chunk, capacities, row))
        row += len(chunk)
    joined = {
        name: np.concatenate([piece[name] for piece in pieces]) if pieces else np.zeros(0, np.int32)
        for name in ("segments", "alphabet", "units", "room")
    }
    names = pd.Index([Alphabet.GSM7.name, Alphabet.UCS2.name])
    codes = joined.pop("alphabet").astype(np.int8)
    frame = pd.DataFrame(joined, index=index)
    frame["alphabet"] = pd.Categorical.from_codes(codes, names)
    return frame[["segments", "alphabet", "units", "room"]]


def _capacities(reference_octets: int, payload_octets: int) -> npt.NDArray[np.int64]:
    """Room of a single segment and of one of many, in septets, then in code units."""
    header = header_octets_of(reference_octets)
    return np.array(
        [
            segment_capacity(alphabet, octets, payload_octets)
            for alphabet in (Alphabet.GSM7, Alphabet.UCS2)
            for octets in (0, header)
        ],
        np.int64,
    )


@cache
def _tables() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Octets that are no character of one septet, and septets of every character of the BMP."""
    septets = np.zeros(1 << 16, np.uint8)
    for character, codes in GSM7_CODES.items():
        septets[ord(character)] = len(codes)
    plain = np.ones(256, np.uint8)
    plain[:128] = septets[:128] != 1
    return plain, septets


def _chunks(texts: Any) -> list[pa.Array]:
    """Arrow string arrays of a sequence of texts."""
    if isinstance(texts, str):
        raise ContentError("texts: needs several texts (got one); put it into a list")
    if isinstance(texts, (pa.Array, pa.ChunkedArray)):
        found = texts
    elif hasattr(texts, "__arrow_c_stream__"):
        found = pa.chunked_array(texts)
    else:
        found = _converted(texts)
    chunks = found.chunks if isinstance(found, pa.ChunkedArray) else [found]
    return [_as_strings(chunk) for chunk in chunks if len(chunk)]


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


def _measured(chunk: pa.Array, capacities: npt.NDArray[np.int64], row: int) -> Columns:
    """Columns of one chunk whose first text is number `row`."""
    if chunk.null_count:
        missing = row + int(np.argmax(chunk.is_null().to_numpy(zero_copy_only=False)))
        raise ContentError(f"row {missing}: texts: is missing; leave it out or give an empty text")
    _, offsets, data = chunk.buffers()
    width = np.int64 if pa.types.is_large_string(chunk.type) else np.int32
    first = chunk.offset
    starts = np.frombuffer(offsets, width)[first : first + len(chunk) + 1].astype(np.int64)
    octets = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    n = len(chunk)
    columns: Columns = {
        "segments": np.empty(n, np.int32),
        "alphabet": np.empty(n, np.int8),
        "units": np.empty(n, np.int32),
        "room": np.empty(n, np.int32),
    }
    kernels.measure(
        octets, starts, *_tables(), capacities,
        columns["segments"], columns["alphabet"], columns["units"], columns["room"],
    )  # fmt: skip
    _refuse(columns, row)
    return columns


def _refuse(columns: Columns, row: int) -> None:
    bad = columns["segments"] < 0
    if not bad.any():
        return
    first = int(np.argmax(bad))
    units = int(columns["units"][first])
    if columns["segments"][first] == kernels.INVALID:
        raise ContentError(
            f"row {row + first}: texts: is no UTF-8 from octet {units} on; decode it anew"
        )
    raise ContentError(
        f"row {row + first}: texts: needs more than {MAX_SEGMENTS} segments (got {units} units); "
        "shorten it or send several texts"
    )
