"""Segments of many texts at once, exactly as `segmentation.segment` cuts each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from smsc_sim.content import details, kernels
from smsc_sim.content.alphabets import Alphabet, alphabet_of, gsm7_offenders
from smsc_sim.content.capacity import PAYLOAD_OCTETS
from smsc_sim.content.errors import ContentError
from smsc_sim.content.national import codings
from smsc_sim.content.national import languages as known_languages
from smsc_sim.content.octet_data import DataSegmentation, data_segments_of, segment_data
from smsc_sim.content.savings import Savings, saved_segments
from smsc_sim.content.segmentation import (
    MAX_SEGMENTS,
    Boundary,
    Concatenation,
    Segmentation,
    language_names,
)
from smsc_sim.content.segmentation import segment as segment_one
from smsc_sim.content.sizes import KINDS, Columns, measured
from smsc_sim.content.strings import string_chunks


@overload
def segment(texts: str, **options: Any) -> Segmentation: ...


@overload
def segment(texts: bytes, **options: Any) -> DataSegmentation: ...


@overload
def segment(texts: Any, **options: Any) -> pd.DataFrame: ...


def segment(texts: Any, **options: Any) -> Segmentation | DataSegmentation | pd.DataFrame:
    """Cut one text, or one piece of 8-bit data, into segments, or count those of many.

    Parameters
    ----------
    texts : str, bytes, or any form of many texts that `segments_of` takes
    **options
        Of `segmentation.segment` for one text, of `octet_data.segment_data` for bytes, of
        `segments_of` for many.

    Returns
    -------
    Segmentation, DataSegmentation or DataFrame

    Examples
    --------
    >>> segment("Hi").units, len(segment(["Hi", "Ho"]))
    (2, 2)
    """
    if isinstance(texts, str):
        return segment_one(texts, **options)
    if isinstance(texts, bytes):
        return segment_data(texts, **options)
    return segments_of(texts, **options)


def segments_of(
    texts: Any,
    *,
    alphabet: Alphabet | str | None = None,
    languages: Sequence[str] = (),
    reference_octets: int = 1,
    payload_octets: int = PAYLOAD_OCTETS,
    boundary: Boundary = "surrogate",
    concatenation: Concatenation | None = None,
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
        As for one text: see `segmentation.segment`. With the alphabet OCTETS the entries are 8-bit
        data: see `octet_data.data_segments_of`.
    concatenation : "udh", "sar" or "payload", optional
        Add `submissions` (int32): how many submit_sm hand each text over.
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
        last part). With languages also `locking` and `single_shift` (category): whose tables are
        in force.  A pandas Series keeps its index.

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
    alphabet = alphabet_of(alphabet)
    if alphabet == Alphabet.OCTETS:
        if languages or parts or offenders or savings:
            raise ContentError(
                "alphabet: OCTETS is data without characters; ask for its sizes alone"
            )
        return data_segments_of(
            texts, reference_octets=reference_octets, payload_octets=payload_octets,
            most_segments=most_segments,
        )  # fmt: skip
    options: dict[str, Any] = {
        "alphabet": alphabet,
        "languages": language_names(languages),
        "reference_octets": reference_octets,
        "payload_octets": payload_octets,
        "boundary": boundary,
    }
    # Refuses what makes no sense.
    segment_one("", most_segments=most_segments, concatenation=concatenation or "udh", **options)
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
    if languages:
        _add_shifts(frame, joined["coding"], options["languages"])
    if concatenation is not None:
        frame["submissions"] = 1 if concatenation == "payload" else frame["segments"]
    if parts:
        found = details.parts_of(chunks, joined["segments"], options)
        frame["parts"] = pd.Series(found, index=frame.index, dtype=object)
    if offenders:
        outside = details.offenders_of(chunks)
        frame["offenders"] = pd.Series(outside, index=frame.index, dtype=object)
    if savings:
        chosen = savings if isinstance(savings, Savings) else Savings()
        frame["smart_segments"], frame["short_segments"] = saved_segments(
            pa.chunked_array(chunks, chunks[0].type if chunks else pa.string()),
            joined["segments"], chosen, lambda changed, _: measured(changed, options)["segments"],
        )  # fmt: skip
    return frame


def _add_shifts(
    frame: pd.DataFrame, coding: npt.NDArray[np.int32], languages: tuple[str, ...]
) -> None:
    """Whose tables each text takes; nothing for UCS2 and for the default alphabet."""
    ways = codings(languages)
    coding = np.where(frame["alphabet"] == Alphabet.GSM7.name, coding, 0)
    names = pd.Index(list(known_languages()))
    for shift in ("locking", "single_shift"):
        chosen = [getattr(way, shift) for way in ways]
        codes = np.array([-1 if name is None else names.get_loc(name) for name in chosen])
        found = pd.Categorical.from_codes(codes[coding], names)
        frame[shift] = pd.Series(found, index=frame.index)


def _joined(pieces: list[Columns]) -> Columns:
    return {
        name: np.concatenate([np.zeros(0, kind), *(piece[name] for piece in pieces)])
        for name, kind in KINDS.items()
    }


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
