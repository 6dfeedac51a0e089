"""Exact segmentation of one text: the plain function that follows the standard literally."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import regex

from smsc_sim.content.alphabets import Alphabet, alphabet_of, character_units, gsm7_offenders
from smsc_sim.content.capacity import (
    PAYLOAD_OCTETS,
    header_octets_of,
    segment_capacity,
    user_data_octets,
)
from smsc_sim.content.errors import ContentError
from smsc_sim.content.national import Coding, codings

Boundary = Literal["surrogate", "grapheme"]
Concatenation = Literal["udh", "sar", "payload"]

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
    submissions : int
        submit_sm that hand the text to an SMSC: one per part, or one in all for message_payload.
    submitted_header_octets : int
        User data header in the text of each submit_sm: that of the segments, but with sar_
        parameters or message_payload without the concatenation, which the SMSC adds.
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
    submissions: int = 1
    submitted_header_octets: int = 0
    locking: str | None = None
    single_shift: str | None = None


def segment(
    text: str,
    *,
    reference_octets: int = 1,
    alphabet: Alphabet | str | None = None,
    languages: Sequence[str] = (),
    payload_octets: int = PAYLOAD_OCTETS,
    boundary: Boundary = "surrogate",
    concatenation: Concatenation = "udh",
    most_segments: int = MAX_SEGMENTS,
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
    alphabet : Alphabet or its name, optional
        GSM7 or UCS2. By default GSM7 when it can carry the text, else UCS2.
    languages : sequence of str
        National languages whose tables the destination supports, see `national.languages`. Of all
        codings that carry the text the one with the fewest segments is taken, then the one with
        the fewest octets, then the plainest.
    payload_octets : int
        Octets of user data per segment, header included.
    boundary : "surrogate" or "grapheme"
        What stays whole besides escape pairs: surrogate pairs, or all that a reader sees as one
        character (flags, emoji with modifiers, letters with marks, CR LF), unless it is longer
        than a segment.
    concatenation : "udh", "sar" or "payload"
        How an application hands a long text over by SMPP: with the header in each short message,
        with the sar_ parameters, or whole as message_payload. The SMSC writes the same headers on
        the air, so that the parts are the same.
    most_segments : int
        A longer text is refused; at most 255.

    Returns
    -------
    Segmentation

    Raises
    ------
    ContentError
        If the alphabet cannot carry the text, the text holds half of a surrogate pair, it needs
        more segments than it may have, or a parameter makes no sense.

    References
    ----------
    3GPP TS 23.040 9.2.3.24.1: capacities; neither a character represented by an escape sequence
    nor a UCS2 character is split. That two halves of a surrogate pair stay together is the same
    rule for UTF-16 (judgement). Grapheme clusters: Unicode Standard Annex 29, as the package regex
    finds them. Parts of the same length with sar_ parameters: jasmin, protocols/smpp/operations.py
    (found).

    Examples
    --------
    >>> cut = segment("x" * 152 + "€" + "y")
    >>> cut.units, cut.units_per_part, cut.room
    (155, (155,), 5)
    >>> cut = segment("x" * 152 + "€" + "y" * 10)
    >>> cut.units, cut.units_per_part, cut.parts[1]
    (164, (152, 12), '€yyyyyyyyyy')
    """
    options = _Options(reference_octets, payload_octets, boundary, concatenation, most_segments)
    _check_options(options)
    alphabet, languages = alphabet_of(alphabet), language_names(languages)
    offenders = gsm7_offenders(text)
    found = []
    if alphabet != Alphabet.UCS2 and languages:
        found = [
            _segmented(text, Alphabet.GSM7, costs, offenders, options, coding)
            for coding, costs in _codings_of(text, languages)
        ]
        if not found and alphabet is not None:
            raise ContentError(
                f"text: GSM7 cannot carry it with the tables of {', '.join(languages)}; "
                "name another language or use UCS2"
            )
    elif alphabet != Alphabet.UCS2 and (alphabet is not None or not offenders):
        costs = character_units(text, Alphabet.GSM7 if alphabet is None else alphabet)
        found = [_segmented(text, Alphabet.GSM7, costs, offenders, options)]
    if alphabet == Alphabet.UCS2 or (alphabet is None and (languages or offenders)):
        costs = character_units(text, Alphabet.UCS2)
        found.append(_segmented(text, Alphabet.UCS2, costs, offenders, options))
    cut = min(found, key=_price)
    if len(cut.parts) > most_segments:
        raise ContentError(
            f"text: needs more than {most_segments} segments "
            f"(got {cut.units} units, {len(cut.parts)} segments); shorten it or send several texts"
        )
    return cut


class _Options(NamedTuple):
    reference_octets: int
    payload_octets: int
    boundary: Boundary
    concatenation: Concatenation
    most_segments: int


def language_names(languages: Sequence[str]) -> tuple[str, ...]:
    """Names of national languages; a single name may stand for itself."""
    return (languages,) if isinstance(languages, str) else tuple(languages)


def _check_options(options: _Options) -> None:
    for name, choices in (("boundary", Boundary), ("concatenation", Concatenation)):
        value = getattr(options, name)
        if value not in get_args(choices):
            raise ContentError(
                f"{name}: is unknown (got {value!r}); use {' or '.join(get_args(choices))}"
            )
    if not 1 <= options.most_segments <= MAX_SEGMENTS:
        raise ContentError(
            f"most_segments: must be from 1 to {MAX_SEGMENTS} (got {options.most_segments!r}); "
            "leave it out unless a provider allows fewer"
        )


def _codings_of(text: str, languages: Sequence[str]) -> Iterator[tuple[Coding, list[int]]]:
    """Ways to write a text with national tables, and what its characters cost in each."""
    for coding in codings(tuple(languages)):
        if all(character in coding.septets for character in text):
            yield coding, [coding.septets[character] for character in text]


def _price(cut: Segmentation) -> tuple[int, int]:
    """Segments, then octets of TP-UD, of a way to cut a text."""
    octets = sum(
        user_data_octets(cut.alphabet, units, cut.header_octets) for units in cut.units_per_part
    )
    return len(cut.parts), octets


def _segmented(
    text: str,
    alphabet: Alphabet,
    costs: list[int],
    offenders: tuple[tuple[int, str], ...],
    options: _Options,
    coding: Coding | None = None,
) -> Segmentation:
    """Cut a text whose characters cost so many units each."""
    units = sum(costs)
    tables = coding.header_octets if coding is not None else 0
    shifts = (coding.locking, coding.single_shift) if coding is not None else (None, None)
    alone = tables + 1 if tables else 0
    capacity = segment_capacity(alphabet, alone, options.payload_octets)
    if units <= capacity:
        room = capacity - units
        return Segmentation(
            alphabet, units, (text,), (units,), offenders, room, alone, 1, alone, *shifts
        )
    header_octets = header_octets_of(options.reference_octets) + tables
    capacity = segment_capacity(alphabet, header_octets, options.payload_octets)
    starts, lengths = _cut(costs, _wholes(text, costs, options.boundary, capacity), capacity)
    ends = [*starts[1:], len(text)]
    parts = tuple(text[start:end] for start, end in zip(starts, ends, strict=True))
    submissions = 1 if options.concatenation == "payload" else len(parts)
    submitted = header_octets if options.concatenation == "udh" else alone
    room = capacity - lengths[-1]
    return Segmentation(
        alphabet, units, parts, tuple(lengths), offenders, room, header_octets, submissions,
        submitted, *shifts,
    )  # fmt: skip


def _wholes(text: str, costs: Sequence[int], boundary: Boundary, capacity: int) -> list[int]:
    """Characters of each piece that is not cut: one, or those of a grapheme cluster that fits."""
    if boundary == "surrogate":
        return [1] * len(text)
    wholes = []
    start = 0
    for cluster in regex.findall(r"\X", text):
        end = start + len(cluster)
        fits = sum(costs[start:end]) <= capacity
        wholes += [len(cluster)] if fits else [1] * len(cluster)
        start = end
    return wholes


def _cut(costs: Sequence[int], wholes: Sequence[int], capacity: int) -> tuple[list[int], list[int]]:
    """First character of each segment, and the units in it; no whole piece is split."""
    starts = [0]
    lengths = [0]
    index = 0
    for whole in wholes:
        cost = sum(costs[index : index + whole])
        if lengths[-1] + cost > capacity:
            starts.append(index)
            lengths.append(0)
        lengths[-1] += cost
        index += whole
    return starts, lengths
