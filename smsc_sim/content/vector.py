"""Segments of many texts at once, exactly as `segmentation.segment` cuts each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from smsc_sim.content import details, kernels
from smsc_sim.content.alphabets import GSM7_CODES, Alphabet, gsm7_offenders
from smsc_sim.content.capacity import PAYLOAD_OCTETS, header_octets_of, segment_capacity
from smsc_sim.content.errors import ContentError
from smsc_sim.content.savings import Savings, changed_texts
from smsc_sim.content.segmentation import MAX_SEGMENTS, Boundary, Segmentation
from smsc_sim.content.segmentation import segment as segment_one
from smsc_sim.content.strings import string_buffers, string_chunks

Columns = dict[str, npt.NDArray[Any]]

DEFAULTS: dict[str, Any] = {
    "alphabet": None,
    "languages": (),
    "reference_octets": 1,
    "payload_octets": PAYLOAD_OCTETS,
    "boundary": "surrogate",
}


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
    texts: Any,
    *,
    alphabet: Alphabet | None = None,
    languages: Sequence[str] = (),
    reference_octets: int = 1,
    payload_octets: int = PAYLOAD_OCTETS,
    boundary: Boundary = "surrogate",
    most_segments: int = MAX_SEGMENTS,
    parts: bool = False,
    offenders: bool = False,
    savings: bool | Savings = False,
) -> pd.DataFrame:
    """Count alphabet, units, segments and room of each text.

    Parameters
    ----------
    texts : sequence of str, NumPy array, pandas Series, Arrow array or any Arrow PyCapsule object
        Arrow strings are read where they lie; other forms are converted.
    alphabet, languages, reference_octets, payload_octets, boundary, most_segments
        As for one text: see `segmentation.segment`. National tables and grapheme clusters are
        looked at text by text, where they can make a difference at all.
    parts : bool
        Add `parts`: the text of each segment, a list of str.
    offenders : bool
        Add `offenders`: what GSM 7-bit could not carry, a list of (index, character).
    savings : bool or Savings
        Add `smart_segments` (float64: the mean, where a provider replaces now and then) after plain
        characters and `short_segments` (int32) after txt speak on top of them; a change that would
        cost segments is not made.

    Returns
    -------
    DataFrame
        One row per text, in order: `segments` (int32), `alphabet` (category: GSM7 or UCS2), `units`
        (int32; septets or 16-bit code units) and `room` (int32; units that still fit behind the
        last part).  A pandas Series keeps its index.

    Raises
    ------
    ContentError
        At the first text that is missing, no UTF-8, holds half of a surrogate pair, needs more
        segments than it may have or does not fit the alphabet; the row is named.

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
    options: dict[str, Any] = {
        "alphabet": alphabet,
        "languages": tuple(languages),
        "reference_octets": reference_octets,
        "payload_octets": payload_octets,
        "boundary": boundary,
    }
    segment_one("", most_segments=most_segments, **options)  # refuses what makes no sense
    index = texts.index if isinstance(texts, pd.Series) else None
    chunks = string_chunks(texts)
    joined = _joined([measured(chunk, options) for chunk in chunks])
    _refuse(joined, chunks, options, most_segments)
    frame = pd.DataFrame(
        {name: joined[name] for name in ("segments", "units", "room")}, index=index
    )
    names = pd.Index([Alphabet.GSM7.name, Alphabet.UCS2.name])
    coded = pd.Categorical.from_codes(joined["alphabet"], names)
    frame.insert(1, "alphabet", pd.Series(coded, index=frame.index))
    if parts:
        found = details.parts_of(chunks, joined["segments"], options)
        frame["parts"] = pd.Series(found, index=frame.index, dtype=object)
    if offenders:
        outside = details.offenders_of(chunks)
        frame["offenders"] = pd.Series(outside, index=frame.index, dtype=object)
    if savings:
        chosen = savings if isinstance(savings, Savings) else Savings()
        saved = _saved(chunks, joined["segments"], options, chosen)
        frame["smart_segments"], frame["short_segments"] = saved
    return frame


def _saved(
    chunks: list[pa.Array],
    before: npt.NDArray[np.int32],
    options: dict[str, Any],
    savings: Savings,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Mean segments after smart encoding, and segments after txt speak on top of it.

    A change that would cost segments is not made; a text in one segment can save none.
    """
    rows = np.flatnonzero(before > 1)
    smart, short = before.astype(np.float64), before.copy()
    if len(rows):
        texts = pa.chunked_array(chunks).take(pa.array(rows)).to_pylist()
        counts = []
        for changed in changed_texts(texts, savings):
            found = measured(pa.array(changed, pa.large_string()), options)["segments"]
            counts.append(np.where(found < 0, before[rows], np.minimum(found, before[rows])))
        smart[rows] += savings.probability * (counts[0] - before[rows])
        short[rows] = np.minimum(*counts)
    return smart, short


def _joined(pieces: list[Columns]) -> Columns:
    kinds = {"segments": np.int32, "alphabet": np.int8, "units": np.int32, "room": np.int32}
    return {
        name: np.concatenate([np.zeros(0, kind), *(piece[name] for piece in pieces)])
        for name, kind in kinds.items()
    }


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
def _tables(alphabet: Alphabet | None) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Octets that are no character of one septet, and septets of every character of the BMP.

    Where UCS2 is forced no character has any.
    """
    septets = np.zeros(1 << 16, np.uint8)
    if alphabet == Alphabet.UCS2:
        return np.ones(256, np.uint8), septets
    for character, codes in GSM7_CODES.items():
        septets[ord(character)] = len(codes)
    plain = np.ones(256, np.uint8)
    plain[:128] = septets[:128] != 1
    return plain, septets


def septet_table() -> npt.NDArray[np.uint8]:
    """Septets of each character of the BMP in GSM 7-bit, (65536,); 0 where it has none."""
    return _tables(None)[1]


def measured(chunk: pa.Array, options: dict[str, Any] | None = None) -> Columns:
    """Segments, alphabet, units and room of texts, of which none is refused.

    Parameters
    ----------
    chunk : (n,) pyarrow.Array
        Of string or large_string; its octets need not be UTF-8.
    options : dict, optional
        As of `segments_of`, all of them. Default: its defaults.

    Returns
    -------
    dict of str to (n,) array
        As the columns of `segments_of`, `alphabet` as int8; segments are `kernels.INVALID` or
        `kernels.TOO_LONG` where a text cannot be sent.
    """
    options = DEFAULTS if options is None else options
    starts, octets = string_buffers(chunk)
    n = len(chunk)
    columns: Columns = {
        "segments": np.empty(n, np.int32),
        "alphabet": np.empty(n, np.int8),
        "units": np.empty(n, np.int32),
        "room": np.empty(n, np.int32),
    }
    capacities = _capacities(options["reference_octets"], options["payload_octets"])
    kernels.measure(
        octets, starts, *_tables(options["alphabet"]), capacities,
        columns["segments"], columns["alphabet"], columns["units"], columns["room"],
    )  # fmt: skip
    if options["alphabet"] == Alphabet.UCS2:
        is_empty = columns["units"] == 0
        columns["alphabet"][is_empty] = 1
        columns["room"][is_empty & (columns["segments"] > 0)] = capacities[2]
    _cut_one_by_one(chunk, columns, options)
    return columns


def _cut_one_by_one(chunk: pa.Array, columns: Columns, options: dict[str, Any]) -> None:
    """Let the one-text function decide where tables or clusters may make a difference."""
    segments = columns["segments"]
    may_differ = np.zeros(len(chunk), np.bool_)
    if options["languages"]:
        may_differ |= (segments != 1) | (columns["alphabet"] == 1)
    if options["boundary"] == "grapheme":
        may_differ |= segments != 1
    may_differ &= segments != kernels.INVALID
    for row in np.flatnonzero(may_differ):
        try:
            cut = segment_one(chunk[row].as_py(), **options)
        except ContentError:
            continue  # too long still, and told with its row later
        segments[row] = len(cut.parts)
        columns["alphabet"][row] = cut.alphabet
        columns["units"][row] = cut.units
        columns["room"][row] = cut.room


def _refuse(
    columns: Columns, chunks: list[pa.Array], options: dict[str, Any], most_segments: int
) -> None:
    """Raise ContentError for the first text that cannot be sent."""
    segments = columns["segments"]
    bad = (segments < 0) | (segments > most_segments)
    if options["alphabet"] == Alphabet.GSM7:
        bad |= columns["alphabet"] != Alphabet.GSM7
    if not bad.any():
        return
    first = int(np.argmax(bad))
    units = int(columns["units"][first])
    if segments[first] == kernels.INVALID:
        raise ContentError(f"row {first}: texts: is no UTF-8 from octet {units} on; decode it anew")
    if options["alphabet"] == Alphabet.GSM7 and columns["alphabet"][first] != Alphabet.GSM7:
        text = pa.chunked_array(chunks)[first].as_py()
        offenders = gsm7_offenders(text)
        raise ContentError(
            f"row {first}: texts: GSM7 cannot carry {len(offenders)} of its {len(text)} characters "
            f"(got {offenders[0][1]!r} at index {offenders[0][0]} first); replace them or use UCS2"
        )
    raise ContentError(
        f"row {first}: texts: needs more than {most_segments} segments (got {units} units); "
        "shorten it or send several texts"
    )
