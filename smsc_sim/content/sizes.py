"""Segments, alphabet, units and room of columns of texts; what cannot be sent is marked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from smsc_sim.content import kernels
from smsc_sim.content.alphabets import GSM7_CODES, Alphabet
from smsc_sim.content.capacity import (
    PAYLOAD_OCTETS,
    header_bits,
    header_octets_of,
    segment_capacity,
)
from smsc_sim.content.clusters import cluster_classes
from smsc_sim.content.errors import ContentError
from smsc_sim.content.national import codings
from smsc_sim.content.segmentation import segment
from smsc_sim.content.strings import string_buffers

Columns = dict[str, npt.NDArray[Any]]

DEFAULTS: Mapping[str, Any] = {
    "alphabet": None,
    "languages": (),
    "reference_octets": 1,
    "payload_octets": PAYLOAD_OCTETS,
    "boundary": "surrogate",
}
"""Options of `segmentation.segment` that decide how a text is cut."""

KINDS = {
    "segments": np.int32, "alphabet": np.int8, "units": np.int32, "room": np.int32,
    "coding": np.int32,
}  # fmt: skip
"""Columns of `measured` and their types."""


def measured(chunk: pa.Array, options: Mapping[str, Any] = DEFAULTS) -> Columns:
    """Segments, alphabet, units and room of texts, of which none is refused.

    Parameters
    ----------
    chunk : (n,) pyarrow.Array
        Of string or large_string; its octets need not be UTF-8.
    options : mapping
        All of `DEFAULTS`.

    Returns
    -------
    dict of str to (n,) array
        `segments` (`kernels.INVALID` or `kernels.TOO_LONG` where a text cannot be sent),
        `alphabet`, `units`, `room`, and `coding`: index in `tables_of` of these languages.
    """
    n = len(chunk)
    columns: Columns = {name: np.empty(n, kind) for name, kind in KINDS.items()}
    starts, octets = string_buffers(chunk)
    capacities = _capacities(options["reference_octets"], options["payload_octets"])
    kernels.measure(
        octets, starts, *_tables(options["alphabet"]), capacities,
        columns["segments"], columns["alphabet"], columns["units"], columns["room"],
    )  # fmt: skip
    if options["alphabet"] == Alphabet.UCS2:
        is_empty = columns["units"] == 0
        columns["alphabet"][is_empty] = 1
        columns["room"][is_empty & (columns["segments"] > 0)] = capacities[2]
    columns["coding"][:] = 0
    refine(chunk, columns, options)
    return columns


def refine(
    chunk: pa.Array,
    columns: Columns,
    options: Mapping[str, Any],
    among: npt.NDArray[np.bool_] | None = None,
) -> None:
    """Let national tables and grapheme clusters count, where they can make a difference.

    Parameters
    ----------
    chunk : (n,) pyarrow.Array
    columns : dict
        Of `measured` with the same options but for languages and boundary; changed in place.
    options : mapping
    among : (n,) bool array, optional
        Texts to look at. Default: all.
    """
    if not options["languages"] and options["boundary"] == "surrogate":
        return
    starts, octets = string_buffers(chunk)
    may_differ = np.zeros(len(chunk), np.bool_)
    if options["boundary"] == "grapheme":
        may_differ |= columns["segments"] != 1
    if options["languages"] and options["alphabet"] != Alphabet.UCS2:
        hard = np.empty(len(chunk), np.bool_)
        kernels.hard_texts(octets, starts, _tables(None)[0], hard)
        may_differ |= hard
    may_differ &= columns["segments"] != kernels.INVALID
    if among is not None:
        may_differ &= among
    rows = np.flatnonzero(may_differ)
    tables = _coding_tables(
        options["languages"], options["alphabet"], options["reference_octets"],
        options["payload_octets"],
    )  # fmt: skip
    begins = np.empty(0, np.uint8)
    if options["boundary"] == "grapheme" and len(rows):
        begins = np.empty(starts[-1] - starts[0], np.uint8)
        kernels.cluster_starts(octets, starts, rows, cluster_classes(), begins)
    found = {
        name: np.empty(len(rows), np.int32) for name in ("segments", "coding", "units", "room")
    }
    kernels.choose_coding(octets, starts, rows, *tables, begins, *found.values())
    kept = found["coding"] >= 0  # none where an alphabet is forced that does not carry the text
    for name, values in found.items():
        columns[name][rows[kept]] = values[kept]
    is_ucs2 = tables.bits[found["coding"][kept]] == 16
    columns["alphabet"][rows[kept]] = is_ucs2
    for row in np.flatnonzero(columns["segments"] == kernels.OPEN).tolist():
        _decide(chunk[row].as_py(), row, columns, options)


def _decide(text: str, row: int, columns: Columns, options: Mapping[str, Any]) -> None:
    """Let the one-text function cut where a cluster is longer than a segment."""
    try:
        cut = segment(text, **options)
    except ContentError:
        columns["segments"][row] = kernels.TOO_LONG
        return
    columns["segments"][row] = len(cut.parts)
    columns["alphabet"][row] = cut.alphabet
    columns["units"][row] = cut.units
    columns["room"][row] = cut.room
    shifts = [(coding.locking, coding.single_shift) for coding in codings(options["languages"])]
    columns["coding"][row] = shifts.index((cut.locking, cut.single_shift))


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


class _Codings(NamedTuple):
    """As `kernels.choose_coding` wants them: national codings, the plainest first, then UCS2."""

    costs: npt.NDArray[np.uint8]
    beyond: npt.NDArray[np.uint8]
    capacities: npt.NDArray[np.int64]
    heads: npt.NDArray[np.int64]
    bits: npt.NDArray[np.int64]


@cache
def _coding_tables(
    languages: tuple[str, ...],
    alphabet: Alphabet | None,
    reference_octets: int,
    payload_octets: int,
) -> _Codings:
    """Tables of all codings that texts may take."""
    columns, capacities, heads, bits = [], [], [], []

    def add(of: Alphabet, costs: npt.NDArray[np.uint8], tables: int) -> None:
        headers = (tables + 1 if tables else 0, header_octets_of(reference_octets) + tables)
        columns.append(costs)
        capacities.append([segment_capacity(of, header, payload_octets) for header in headers])
        heads.append([header_bits(of, header) for header in headers])
        bits.append(7 if of == Alphabet.GSM7 else 16)

    if alphabet != Alphabet.UCS2:
        for coding in codings(languages):
            costs = np.zeros(1 << 16, np.uint8)
            for character, septets in coding.septets.items():
                costs[ord(character)] = septets
            add(Alphabet.GSM7, costs, coding.header_octets)
    if alphabet != Alphabet.GSM7:
        add(Alphabet.UCS2, np.ones(1 << 16, np.uint8), 0)
    return _Codings(
        np.ascontiguousarray(np.stack(columns, axis=1)),
        np.where(np.array(bits) == 16, 2, 0).astype(np.uint8),
        np.array(capacities, np.int64),
        np.array(heads, np.int64),
        np.array(bits, np.int64),
    )
