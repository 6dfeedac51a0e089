"""Exact segmentation of one text, and segment counts and octets of many lengths."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smsc_sim.content.alphabets import Alphabet, character_units, gsm7_offenders
from smsc_sim.content.capacity import (
    PAYLOAD_OCTETS,
    header_octets_of,
    segment_capacity,
    user_data_octets,
)
from smsc_sim.content.errors import ContentError
from smsc_sim.content.national import Coding, codings

MAX_SEGMENTS = 255
"""Segments of one text: the header counts them in one octet (from memory, not found)."""


@dataclass(frozen=True, slots=True)
class Segmentation:
    """How one text is cut into segments.

    Parameters
    ----------
    alphabet : Alphabet
    units : int
        Length of the whole text: septets or 16-bit code units.
    parts : tuple of str
        Text of each segment, in order; joined they are the text. At least one, which may be empty.
    units_per_part : tuple of int
        Length of each part.
    offenders : tuple of (int, str)
        Index and character of everything that GSM 7-bit could not carry.
    room : int
        Units that still fit behind the last part without another segment. A text that ends in one
        segment has the room of a segment without header.
    header_octets : int
        User data header of each segment: 0 when there is only one and no national table.
    locking, single_shift : str or None
        Languages of the national tables in force.
    """

    alphabet: Alphabet
    units: int
    parts: tuple[str, ...]
    units_per_part: tuple[int, ...]
    offenders: tuple[tuple[int, str], ...]
    room: int
    header_octets: int
    locking: str | None = None
    single_shift: str | None = None


def segment(
    text: str,
    *,
    reference_octets: int = 1,
    alphabet: Alphabet | None = None,
    languages: Sequence[str] = (),
    payload_octets: int = PAYLOAD_OCTETS,
) -> Segmentation:
    """Cut one text into segments exactly as the standard says.

    Each segment is filled as far as it goes; an escape pair and a surrogate pair stay whole. No
    other cut needs fewer segments.

    Parameters
    ----------
    text : str
        An empty text is still one segment.
    reference_octets : int
        1 for an 8-bit concatenation reference, 2 for a 16-bit one.
    alphabet : Alphabet, optional
        GSM7 or UCS2. By default GSM7 when it can carry the text, else UCS2.
    languages : sequence of str
        National languages whose tables the destination supports, see `national.languages`. Of all
        codings that carry the text the one with the fewest segments is taken, then the one with
        the fewest octets, then the plainest.
    payload_octets : int
        Octets of user data per segment, header included.

    Returns
    -------
    Segmentation

    Raises
    ------
    ContentError
        If the alphabet cannot carry the text, the text holds half of a surrogate pair, it needs
        more than 255 segments, or a parameter makes no sense.

    References
    ----------
    3GPP TS 23.040 9.2.3.24.1: capacities; neither a character represented by an escape sequence
    nor a UCS2 character is split. That two halves of a surrogate pair stay together is the same
    rule for UTF-16 (judgement).

    Examples
    --------
    >>> cut = segment("x" * 152 + "€" + "y")
    >>> cut.units, cut.units_per_part, cut.room
    (155, (155,), 5)
    >>> cut = segment("x" * 152 + "€" + "y" * 10)
    >>> cut.units, cut.units_per_part, cut.parts[1]
    (164, (152, 12), '€yyyyyyyyyy')
    """
    offenders = gsm7_offenders(text)
    options = (reference_octets, payload_octets)
    if alphabet == Alphabet.UCS2 or (alphabet is None and offenders and not languages):
        costs = character_units(text, Alphabet.UCS2)
        return _segmented(text, Alphabet.UCS2, costs, offenders, None, *options)
    if not languages:
        costs = character_units(text, Alphabet.GSM7 if alphabet is None else alphabet)
        return _segmented(text, Alphabet.GSM7, costs, offenders, None, *options)
    found = [
        _segmented(
            text, Alphabet.GSM7, [coding.septets[c] for c in text], offenders, coding, *options
        )
        for coding in codings(tuple(languages))
        if all(character in coding.septets for character in text)
    ]
    if alphabet is None:
        costs = character_units(text, Alphabet.UCS2)
        found.append(_segmented(text, Alphabet.UCS2, costs, offenders, None, *options))
    if not found:
        raise ContentError(
            f"text: GSM7 cannot carry it with the tables of {', '.join(languages)}; "
            "name another language or use UCS2"
        )
    cut = min(found, key=_price)
    if len(cut.parts) > MAX_SEGMENTS:
        raise _too_long(cut.units, len(cut.parts))
    return cut


def _price(cut: Segmentation) -> tuple[int, int]:
    """Segments, then octets of TP-UD, of a way to cut a text."""
    octets = sum(
        user_data_octets(cut.alphabet, units, cut.header_octets) for units in cut.units_per_part
    )
    return len(cut.parts), octets


def _too_long(units: int, n_segments: int) -> ContentError:
    return ContentError(
        f"text: needs more than {MAX_SEGMENTS} segments "
        f"(got {units} units, {n_segments} segments); shorten it or send several texts"
    )


def _segmented(
    text: str,
    alphabet: Alphabet,
    costs: list[int],
    offenders: tuple[tuple[int, str], ...],
    coding: Coding | None,
    reference_octets: int,
    payload_octets: int,
) -> Segmentation:
    """Cut a text whose characters cost so many units each."""
    units = sum(costs)
    tables = coding.header_octets if coding is not None else 0
    shifts = (coding.locking, coding.single_shift) if coding is not None else (None, None)
    alone = tables + 1 if tables else 0
    capacity = segment_capacity(alphabet, alone, payload_octets)
    if units <= capacity:
        room = capacity - units
        return Segmentation(alphabet, units, (text,), (units,), offenders, room, alone, *shifts)
    header_octets = header_octets_of(reference_octets) + tables
    capacity = segment_capacity(alphabet, header_octets, payload_octets)
    starts, lengths = _cut(costs, capacity)
    if coding is None and len(starts) > MAX_SEGMENTS:
        raise _too_long(units, len(starts))
    ends = [*starts[1:], len(text)]
    parts = tuple(text[start:end] for start, end in zip(starts, ends, strict=True))
    room = capacity - lengths[-1]
    return Segmentation(
        alphabet, units, parts, tuple(lengths), offenders, room, header_octets, *shifts
    )


def _cut(costs: Sequence[int], capacity: int) -> tuple[list[int], list[int]]:
    """First character of each segment, and the units in it; no character is split."""
    starts = [0]
    lengths = [0]
    for index, cost in enumerate(costs):
        if lengths[-1] + cost > capacity:
            starts.append(index)
            lengths.append(0)
        lengths[-1] += cost
    return starts, lengths


def count_segments(
    units: npt.ArrayLike,
    alphabet: npt.ArrayLike,
    *,
    reference_octets: int = 1,
    payload_octets: int = PAYLOAD_OCTETS,
) -> npt.NDArray[np.int64]:
    """Number of segments that carry each text.

    Parameters
    ----------
    units : (n,) integer array
        Length of each text: septets for GSM7 (a character of the extension table counts two),
        16-bit code units for UCS2, octets for OCTETS.
    alphabet : (n,) integer array of Alphabet
    reference_octets : int
        1 for an 8-bit concatenation reference, 2 for a 16-bit one.
    payload_octets : int
        Octets of user data per segment, header included.

    Returns
    -------
    (n,) int64 array
        At least 1: an empty text is still a message.

    Raises
    ------
    ContentError
        If a length is negative or needs more than 255 segments, or an alphabet is unknown; the
        first offending row and its value are named.

    Notes
    -----
    Exact only if no pair falls on a boundary, else possibly too low; `segment` is exact always.

    References
    ----------
    3GPP TS 23.040 9.2.3.24.1.

    Examples
    --------
    >>> GSM7, UCS2 = Alphabet.GSM7, Alphabet.UCS2
    >>> count_segments([160, 161, 70, 71], [GSM7, GSM7, UCS2, UCS2])
    array([1, 2, 1, 2])
    """
    lengths = _whole_numbers(units, "units")
    codes = _whole_numbers(alphabet, "alphabet")
    if lengths.shape != codes.shape:
        raise ContentError(
            f"alphabet: must have one entry per text "
            f"(got {codes.shape} for {lengths.shape} lengths); give arrays of one shape"
        )
    is_known = np.isin(codes, list(Alphabet))
    _refuse_rows(codes, ~is_known, "alphabet", "must be a code of Alphabet", "use 0, 1 or 2")
    _refuse_rows(lengths, lengths < 0, "units", "must not be negative", "use the text's length")
    header_octets = header_octets_of(reference_octets)
    alone = np.array([segment_capacity(a, 0, payload_octets) for a in Alphabet])
    joined = np.array([segment_capacity(a, header_octets, payload_octets) for a in Alphabet])
    segments = np.where(lengths <= alone[codes], 1, -(-lengths // joined[codes]))
    is_too_long = segments > MAX_SEGMENTS
    problem = f"needs more than {MAX_SEGMENTS} segments"
    _refuse_rows(lengths, is_too_long, "units", problem, "shorten it or send several texts")
    return segments.astype(np.int64)


def segment_octets(
    alphabet: Alphabet,
    units: int,
    *,
    reference_octets: int = 1,
    payload_octets: int = PAYLOAD_OCTETS,
) -> list[int]:
    """Octets of TP-UD of every segment of a text, header included.

    Parameters
    ----------
    alphabet : Alphabet
    units : int
        Length of the text: septets, 16-bit code units or octets.
    reference_octets : int
        1 for an 8-bit concatenation reference, 2 for a 16-bit one.
    payload_octets : int
        Octets of user data per segment, header included.

    Returns
    -------
    list of int
        One number per segment; every segment but the last is full, as when no pair falls on a
        boundary. For a given text use `user_data_octets` on its parts.

    Raises
    ------
    ContentError
        If `units` is negative or needs more than 255 segments.

    Examples
    --------
    >>> segment_octets(Alphabet.GSM7, 160), segment_octets(Alphabet.GSM7, 161)
    ([140], [140, 14])
    """
    options = {"reference_octets": reference_octets, "payload_octets": payload_octets}
    (n_segments,) = count_segments([units], [alphabet], **options).tolist()
    if n_segments == 1:
        return [user_data_octets(alphabet, units)]
    header_octets = header_octets_of(reference_octets)
    capacity = segment_capacity(alphabet, header_octets, payload_octets)
    rest = units - (n_segments - 1) * capacity
    full = user_data_octets(alphabet, capacity, header_octets)
    return [full] * (n_segments - 1) + [user_data_octets(alphabet, rest, header_octets)]


def _whole_numbers(values: npt.ArrayLike, name: str) -> npt.NDArray[np.int64]:
    """Values as int64; anything but integers is refused, an empty list is not."""
    array = np.asarray(values)
    if array.size and array.dtype.kind not in "iu":
        raise ContentError(f"{name}: must be whole numbers (got {array.dtype}); round them first")
    return array.astype(np.int64)


def _refuse_rows(
    values: npt.NDArray[np.int64],
    is_bad: npt.NDArray[np.bool_],
    name: str,
    problem: str,
    remedy: str,
) -> None:
    """Raise ContentError for the first bad row, if there is one."""
    if is_bad.any():
        row = int(np.argmax(is_bad))
        raise ContentError(f"row {row}: {name}: {problem} (got {values.flat[row]}); {remedy}")
