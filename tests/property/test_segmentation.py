"""Segmentation against packing septet by septet, against brute force and on real texts."""

from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smsc_sim.content.alphabets import GSM7_CODES, GSM7_DEFAULT, GSM7_EXTENSION, Alphabet
from smsc_sim.content.capacity import segment_capacity, user_data_octets
from smsc_sim.content.lengths import count_segments, segment_octets
from smsc_sim.content.segmentation import Segmentation, segment

GSM7, UCS2, OCTETS = Alphabet

single = GSM7_DEFAULT.replace("\x1b", "")
double = "".join(GSM7_EXTENSION.values())
gsm7_texts = st.text(st.sampled_from(single) | st.sampled_from(double), max_size=600)
any_texts = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("ab€{😀🇫🇮"), max_size=300
)
texts = gsm7_texts | any_texts
references = st.sampled_from([1, 2])


def packed_octets(septets: list[int], header: bytes) -> bytes:
    """User data of one segment, bit by bit: header, fill bits, septets from the lowest bit up."""
    bits = [octet >> k & 1 for octet in header for k in range(8)]
    while len(bits) % 7:
        bits.append(0)
    bits += [septet >> k & 1 for septet in septets for k in range(7)]
    bits += [0] * (-len(bits) % 8)
    return bytes(sum(bits[i + k] << k for k in range(8)) for i in range(0, len(bits), 8))


def header_of(reference_octets: int, n_segments: int, number: int) -> bytes:
    """User data header of one segment, octet by octet."""
    element = bytes([0] * reference_octets + [n_segments, number])
    identifier = {1: 0x00, 2: 0x08}[reference_octets]
    return bytes([2 + len(element), identifier, len(element)]) + element


def true_octets(cut: Segmentation, reference_octets: int) -> list[int]:
    """Octets of every segment when it is really packed."""
    n_segments = len(cut.parts)
    octets = []
    for number, part in enumerate(cut.parts, start=1):
        header = header_of(reference_octets, n_segments, number) if n_segments > 1 else b""
        if cut.alphabet == GSM7:
            septets = [code for character in part for code in GSM7_CODES[character]]
            octets.append(len(packed_octets(septets, header)))
        else:
            octets.append(len(header + part.encode("utf-16-be")))
    return octets


@given(texts, references, st.sampled_from([160, 140, 30, 13]))
def test_parts_make_the_text_and_fit(text: str, reference_octets: int, payload_octets: int) -> None:
    """Joined parts are the text, every segment fits when really packed, only the last has room."""
    text = text[:255]
    cut = segment(text, reference_octets=reference_octets, payload_octets=payload_octets)
    assert "".join(cut.parts) == text
    assert sum(cut.units_per_part) == cut.units
    octets = true_octets(cut, reference_octets)
    assert max(octets) <= payload_octets
    assert octets == [
        user_data_octets(cut.alphabet, units, cut.header_octets) for units in cut.units_per_part
    ]
    capacity = segment_capacity(cut.alphabet, cut.header_octets, payload_octets)
    assert all(units >= capacity - 1 for units in cut.units_per_part[:-1])
    assert cut.room == capacity - cut.units_per_part[-1]


@given(texts)
def test_no_pair_is_split(text: str) -> None:
    """Every part can be encoded alone: it ends in a whole character, never in an escape."""
    cut = segment(text)
    for part, units in zip(cut.parts, cut.units_per_part, strict=True):
        if cut.alphabet == GSM7:
            codes = [code for character in part for code in GSM7_CODES[character]]
            assert len(codes) == units
            assert codes[-1:] != [0x1B]
        else:
            assert len(part.encode("utf-16-be")) == 2 * units


@given(texts)
def test_alphabet_is_the_smallest_that_carries_the_text(text: str) -> None:
    """UCS2 is used exactly when a character is outside GSM 7-bit, and offenders say which."""
    cut = segment(text)
    outside = [(i, c) for i, c in enumerate(text) if c not in single + double]
    assert cut.offenders == tuple(outside)
    assert cut.alphabet == (UCS2 if outside else GSM7)


@given(
    st.text(st.sampled_from("a€"), max_size=24) | st.text(st.sampled_from("ю😀"), max_size=16),
    st.sampled_from(range(10, 15)),
)
def test_no_other_cut_needs_fewer_segments(text: str, payload_octets: int) -> None:
    """Trying every cut between characters finds none with fewer segments."""
    cut = segment(text, payload_octets=payload_octets)
    costs = [
        len(GSM7_CODES[c]) if cut.alphabet == GSM7 else len(c.encode("utf-16-be")) // 2
        for c in text
    ]
    bits, header_bits = (7, 7 * 7) if cut.alphabet == GSM7 else (16, 6 * 8)

    @cache
    def fewest(start: int) -> int:
        if start == len(costs):
            return 0
        ends = range(start + 1, len(costs) + 1)
        fits = [e for e in ends if header_bits + bits * sum(costs[start:e]) <= 8 * payload_octets]
        return 1 + min(fewest(end) for end in fits)

    fits_alone = bits * sum(costs) <= 8 * payload_octets
    assert len(cut.parts) == (1 if fits_alone else fewest(0))


@given(st.sampled_from(list(Alphabet)), st.integers(0, 2_000), references)
def test_segment_octets_equals_packing(
    alphabet: Alphabet, units: int, reference_octets: int
) -> None:
    """Octets of segments of plain characters are those of packing them."""
    octets = segment_octets(alphabet, units, reference_octets=reference_octets)
    if alphabet == OCTETS:
        capacity = 140 - 5 - reference_octets
        n_segments = 1 if units <= 140 else -(-units // capacity)
        rest = units - (n_segments - 1) * capacity
        header = 5 + reference_octets
        assert octets == ([units] if units <= 140 else [140] * (n_segments - 1) + [header + rest])
    else:
        cut = segment("ax" * (units // 2) + "a" * (units % 2), alphabet=alphabet,
                      reference_octets=reference_octets)  # fmt: skip
        assert octets == true_octets(cut, reference_octets)


@given(st.lists(texts, max_size=6), references)
def test_count_is_exact_or_too_low_only_with_pairs(batch: list[str], reference_octets: int) -> None:
    """The vectorised count is the exact one without pairs and never above it with them."""
    cuts = [segment(text, reference_octets=reference_octets) for text in batch]
    counts = count_segments(
        [cut.units for cut in cuts],
        [cut.alphabet for cut in cuts],
        reference_octets=reference_octets,
    )
    assert counts.dtype == np.int64
    assert counts.shape == (len(batch),)
    for cut, text, count in zip(cuts, batch, counts, strict=True):
        assert count <= len(cut.parts)
        if cut.units == len(text):
            assert count == len(cut.parts)


def test_real_texts(shared_data: Path) -> None:
    """5,574 real messages: parts join and fit, and nearly all of them are GSM 7-bit."""
    lines = (shared_data / "uci_sms_spam_collection.tsv").read_text("utf-8").split("\n")[1:]
    messages = [line.split("\t", 1)[1] for line in lines if line]
    assert len(messages) == 5_574
    cuts = [segment(message) for message in messages]
    for message, cut in zip(messages, cuts, strict=True):
        assert "".join(cut.parts) == message
        assert max(true_octets(cut, 1)) <= 140
    table = (shared_data / "GSM0338.TXT").read_text("utf-8").splitlines()
    theirs = {chr(int(line.split("\t")[1], 16)) for line in table if line.startswith("0x")}
    carried = [set(message) <= theirs - {"ç", "\xa0"} | {"Ç"} for message in messages]
    assert [cut.alphabet == GSM7 for cut in cuts] == carried
    assert sum(carried) == 5_485
