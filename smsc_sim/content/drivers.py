"""What drives a bill: segments that other characters, or no concatenation, would have saved."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from smsc_sim.content import kernels
from smsc_sim.content.alphabets import GSM7_CODES, Alphabet
from smsc_sim.content.capacity import header_octets_of, segment_capacity
from smsc_sim.content.cutting import Cutting
from smsc_sim.content.errors import ContentError
from smsc_sim.content.sizes import measured, septet_table
from smsc_sim.content.smart import Table, replacements, smart_encoded
from smsc_sim.content.strings import string_buffers

_SIZE = 1 << 17


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Segments of n messages as they are, and as they might be.

    Attributes
    ----------
    headless : (n,) int32 array
        If segments of a series needed no header.
    one_each : (n,) int32 array
        If each character outside GSM 7-bit took one septet.
    replaced : (n,) int32 array
        After smart encoding; as they are where that cannot help.
    sole : (n,) int32 array
        Code point of the character outside GSM 7-bit if a text has only one kind of them; else 0.
    short : (n,) int32 array, optional
        After smart encoding and txt speak, where that was asked for.
    """

    headless: npt.NDArray[np.int32]
    one_each: npt.NDArray[np.int32]
    replaced: npt.NDArray[np.int32]
    sole: npt.NDArray[np.int32]
    short: npt.NDArray[np.int32] | None = None


def alternatives(
    texts: pa.Array,
    segments: npt.NDArray[np.int32],
    units: npt.NDArray[np.int32],
    alphabet: npt.NDArray[np.int8],
    cutting: Cutting | None = None,
    table: Table | None = None,
) -> Alternatives:
    """What texts would take if they were written, or sent, otherwise.

    Parameters
    ----------
    texts : (n,) pyarrow.Array
        Of string or large_string.
    segments, units, alphabet : (n,) arrays
        Of `sizes.measured`. Where `segments` is negative nothing is looked at.
    cutting : Cutting, optional
        How they were cut. The alternatives are in GSM 7-bit without national tables, and are cut
        between any two characters. Smart encoding saves nothing where UCS2 is forced.
    table : mapping of int to str, optional
        Of `smart.replacements`. Default: the shipped one.

    Returns
    -------
    Alternatives

    Examples
    --------
    >>> texts = pa.array(["it’s " + "x" * 70])
    >>> found = measured(texts)
    >>> other = alternatives(texts, found["segments"], found["units"], found["alphabet"])
    >>> int(found["segments"][0]), int(other.replaced[0]), chr(other.sole[0])
    (2, 1, '’')
    """
    n = len(segments)
    cutting = cutting or Cutting()
    payload = cutting.options["payload_octets"]
    headers = 0, header_octets_of(cutting.options["reference_octets"])
    kinds = Alphabet.GSM7, Alphabet.UCS2
    single = np.array([segment_capacity(kind, 0, payload) for kind in kinds])
    headless = np.maximum(-(-units // single[alphabet]), 1).astype(np.int32)
    headless = np.where(segments > 0, np.minimum(headless, segments), segments)
    one_each, replaced, sole = segments.copy(), segments.copy(), np.zeros(n, np.int32)
    rows = np.flatnonzero((alphabet == 1) & (segments > 0))
    if len(rows):
        found = np.empty((3, len(rows)), np.int32)
        starts, octets = string_buffers(texts)
        table = replacements() if table is None else table
        first, costs = _replacement_costs(tuple(table.items()))
        room = np.array(
            [segment_capacity(Alphabet.GSM7, header, payload) for header in headers], np.int64
        )
        kernels.measure_replaced(octets, starts, rows, septet_table(), first, costs, room, *found)
        sole[rows] = found[0]
        one_each[rows] = np.minimum(found[1], segments[rows])
        _decide_one_by_one(texts, rows, found[2], cutting, table)
        can = (found[2] > 0) & (cutting.alphabet is None)
        replaced[rows[can]] = np.minimum(found[2][can], segments[rows[can]])
    return Alternatives(headless, one_each, replaced, sole)


def _decide_one_by_one(
    texts: pa.Array,
    rows: npt.NDArray[np.int64],
    replaced: npt.NDArray[np.int32],
    cutting: Cutting,
    table: Table,
) -> None:
    """Let the one-text function encode texts whose characters compose with each other."""
    open_ = np.flatnonzero(replaced == -1)
    if len(open_):
        plain = [
            smart_encoded(text, table) for text in texts.take(pa.array(rows[open_])).to_pylist()
        ]
        options = {**cutting.options, "alphabet": None, "boundary": "surrogate"}
        found = measured(pa.array(plain, pa.large_string()), options)
        replaced[open_] = np.maximum(found["segments"], 0)


@cache
def _replacement_costs(
    table: tuple[tuple[int, str], ...],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
    """As `kernels.measure_replaced` wants them."""
    first = np.full(_SIZE, -2, np.int32)
    costs: list[int] = []
    for point, text in table:
        if point >= _SIZE:
            raise ContentError(
                f"replacements: U+{point:04X} is beyond what a bill looks at (got {chr(point)!r}); "
                "leave it out"
            )
        first[point] = len(costs)
        costs += [*(len(GSM7_CODES[character]) for character in text), 0]
    first[_composing()] = -1
    return first, np.array([*costs, 0], np.int8)


@cache
def _composing() -> npt.NDArray[np.int64]:
    """Characters that may compose, as code points."""
    return np.array([point for point in range(0x80, _SIZE) if _may_compose(chr(point))])


def _may_compose(character: str) -> bool:
    """Whether normalisation (NFC) changes a character, alone or behind another one."""
    return (
        unicodedata.combining(character) > 0
        or 0x1161 <= ord(character) <= 0x11C2  # vowels and finals of Hangul
        or not unicodedata.is_normalized("NFC", character)
    )
