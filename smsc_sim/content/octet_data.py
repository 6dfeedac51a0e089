"""8-bit data, such as ring tones, settings and binary protocols, cut into segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from smsc_sim.content.alphabets import Alphabet
from smsc_sim.content.capacity import PAYLOAD_OCTETS, header_octets_of, segment_capacity
from smsc_sim.content.errors import ContentError
from smsc_sim.content.lengths import count_segments
from smsc_sim.content.segmentation import MAX_SEGMENTS, Concatenation


@dataclass(frozen=True, slots=True)
class DataSegmentation:
    """How 8-bit data is cut into segments.

    Parameters
    ----------
    units : int
        Octets of the whole.
    parts : tuple of bytes
        Data of each segment; at least one, which may be empty.
    room : int
        Octets that still fit behind the last part without another segment.
    header_octets : int
        User data header of each segment: 0 when there is only one.
    submissions, submitted_header_octets : int
        As of `segmentation.Segmentation`.
    """

    units: int
    parts: tuple[bytes, ...]
    room: int
    header_octets: int
    submissions: int
    submitted_header_octets: int

    @property
    def alphabet(self) -> Alphabet:
        """OCTETS."""
        return Alphabet.OCTETS

    @property
    def units_per_part(self) -> tuple[int, ...]:
        """Octets of each part."""
        return tuple(map(len, self.parts))


def segment_data(
    data: bytes,
    *,
    reference_octets: int = 1,
    payload_octets: int = PAYLOAD_OCTETS,
    concatenation: Concatenation = "udh",
    most_segments: int = MAX_SEGMENTS,
) -> DataSegmentation:
    """Cut 8-bit data into segments.

    Parameters
    ----------
    data : bytes
        Without the header of a concatenation; a header of its own (ports) is not looked for.
    reference_octets, payload_octets, concatenation, most_segments
        As of `segmentation.segment`.

    Returns
    -------
    DataSegmentation

    Raises
    ------
    ContentError
        If it needs more segments than it may have, or a parameter makes no sense.

    References
    ----------
    3GPP TS 23.040 9.2.3.24.1: 140 octets, 134 behind a header of 6.

    Examples
    --------
    >>> cut = segment_data(bytes(141))
    >>> cut.units_per_part, cut.room
    ((134, 7), 127)
    """
    alone = segment_capacity(Alphabet.OCTETS, 0, payload_octets)
    if len(data) <= alone:
        return DataSegmentation(len(data), (data,), alone - len(data), 0, 1, 0)
    header = header_octets_of(reference_octets)
    most = segment_capacity(Alphabet.OCTETS, header, payload_octets)
    parts = tuple(data[at : at + most] for at in range(0, len(data), most))
    if len(parts) > most_segments:
        raise ContentError(
            f"data: needs more than {most_segments} segments (got {len(data)} octets, "
            f"{len(parts)} segments); shorten it or send it in several messages"
        )
    submissions = 1 if concatenation == "payload" else len(parts)
    submitted = header if concatenation == "udh" else 0
    return DataSegmentation(len(data), parts, most - len(parts[-1]), header, submissions, submitted)


def data_segments_of(
    data: Any,
    *,
    reference_octets: int = 1,
    payload_octets: int = PAYLOAD_OCTETS,
    most_segments: int = MAX_SEGMENTS,
) -> pd.DataFrame:
    """Segments, octets and room of many pieces of 8-bit data.

    Parameters
    ----------
    data : sequence of bytes, or an Arrow column of binary in any form
    reference_octets, payload_octets, most_segments
        As of `segment_data`.

    Returns
    -------
    DataFrame
        As of `vector.segments_of`; the alphabet is OCTETS.

    Raises
    ------
    ContentError
        At the first entry that is no data or needs too many segments; the row is named.

    Examples
    --------
    >>> data_segments_of([b"", bytes(141)])["segments"].tolist()
    [1, 2]
    """
    units = _lengths(data)
    alphabet = np.full(len(units), Alphabet.OCTETS)
    options = {"reference_octets": reference_octets, "payload_octets": payload_octets}
    segments = count_segments(units, alphabet, **options)
    if (segments > most_segments).any():
        row = int(np.argmax(segments > most_segments))
        raise ContentError(
            f"row {row}: data: needs more than {most_segments} segments (got {units[row]} octets); "
            "shorten it or send it in several messages"
        )
    alone = segment_capacity(Alphabet.OCTETS, 0, payload_octets)
    most = segment_capacity(Alphabet.OCTETS, header_octets_of(reference_octets), payload_octets)
    room = np.where(segments == 1, alone - units, segments * most - units)
    names = pd.Index([kind.name for kind in Alphabet])
    return pd.DataFrame(
        {
            "segments": segments.astype(np.int32),
            "alphabet": pd.Categorical.from_codes(alphabet, names),
            "units": units.astype(np.int32),
            "room": room.astype(np.int32),
        },
        index=data.index if isinstance(data, pd.Series) else None,
    )


def _lengths(data: Any) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Octets of each entry."""
    import pyarrow.compute as pc

    try:
        found = pa.chunked_array(data) if hasattr(data, "__arrow_c_stream__") else pa.array(data)
    except (pa.ArrowException, TypeError) as error:
        raise ContentError(f"data: must all be octets (got {error}); convert them") from None
    kind = found.type
    if not len(found):
        return np.zeros(0, np.int64)
    if not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
            or pa.types.is_fixed_size_binary(kind)):  # fmt: skip
        raise ContentError(f"data: must be octets (got Arrow {kind}); give bytes")
    if found.null_count:
        row = found.is_null().to_pylist().index(True)
        raise ContentError(f"row {row}: data: is missing; leave it out or give empty data")
    lengths: np.ndarray[Any, np.dtype[np.int64]] = np.asarray(pc.binary_length(found)).astype(
        np.int64
    )
    return lengths
