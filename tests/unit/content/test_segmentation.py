"""Segments of one text and octets and counts of many lengths, from tables."""

from typing import Any

import numpy as np
import pytest

from smsc_sim.content.alphabets import Alphabet
from smsc_sim.content.capacity import header_octets_of, segment_capacity
from smsc_sim.content.errors import ContentError
from smsc_sim.content.lengths import count_segments, segment_octets
from smsc_sim.content.octet_data import segment_data
from smsc_sim.content.segmentation import Concatenation, segment

GSM7, UCS2, OCTETS = Alphabet


@pytest.mark.parametrize(
    ("alphabet", "header_octets", "capacity"),
    [(GSM7, 0, 160), (GSM7, 4, 155), (GSM7, 6, 153), (GSM7, 7, 152), (GSM7, 9, 149),
     (GSM7, 10, 148), (GSM7, 12, 146), (GSM7, 13, 145), (UCS2, 0, 70), (UCS2, 4, 68),
     (UCS2, 6, 67), (UCS2, 7, 66), (UCS2, 9, 65), (UCS2, 13, 63), (OCTETS, 0, 140),
     (OCTETS, 6, 134), (OCTETS, 7, 133)],
)  # fmt: skip
def test_capacity(alphabet: Alphabet, header_octets: int, capacity: int) -> None:
    """Segments hold the published numbers of units behind headers of every usual length."""
    assert segment_capacity(alphabet, header_octets) == capacity


@pytest.mark.parametrize(
    ("text", "reference_octets", "units_per_part", "room"),
    [
        ("", 1, (0,), 160),
        ("a" * 160, 1, (160,), 0),
        ("a" * 161, 1, (153, 8), 145),
        ("a" * 161, 2, (152, 9), 143),
        ("a" * 306, 1, (153, 153), 0),
        ("a" * 307, 1, (153, 153, 1), 152),
        ("€" * 80, 1, (160,), 0),
        ("€" * 81, 1, (152, 10), 143),
        ("€" * 81, 2, (152, 10), 142),
        ("a" * 152 + "€" * 5, 1, (152, 10), 143),
        ("a" * 151 + "€" * 5, 1, (153, 8), 145),
        ("ю" * 70, 1, (70,), 0),
        ("ю" * 71, 1, (67, 4), 63),
        ("ю" * 71, 2, (66, 5), 61),
        ("😀" * 35, 1, (70,), 0),
        ("😀" * 36, 1, (66, 6), 61),
        ("ю" + "😀" * 35, 1, (67, 4), 63),
    ],
)
def test_segment(
    text: str, reference_octets: int, units_per_part: tuple[int, ...], room: int
) -> None:
    """Lengths at every boundary; a pair on it moves to the next segment whole."""
    cut = segment(text, reference_octets=reference_octets)
    assert cut.units_per_part == units_per_part
    assert cut.room == room
    assert "".join(cut.parts) == text


def test_alphabet_can_be_forced() -> None:
    """A GSM 7-bit text may be sent as UCS2; its offenders stay empty."""
    cut = segment("a" * 71, alphabet=UCS2)
    assert (cut.alphabet, cut.units_per_part, cut.offenders) == (UCS2, (67, 4), ())
    assert (cut.header_octets, segment("a").header_octets) == (6, 0)


def test_larger_payload() -> None:
    """The payload of a segment is a parameter everywhere."""
    assert segment("a" * 182, payload_octets=160).units_per_part == (182,)
    assert segment("a" * 183, payload_octets=160).units_per_part == (175, 8)
    assert count_segments([182, 183], [GSM7, GSM7], payload_octets=160).tolist() == [1, 2]
    assert segment_octets(GSM7, 183, payload_octets=160) == [160, 14]


@pytest.mark.parametrize(
    ("alphabet", "units", "reference_octets", "octets"),
    [
        (GSM7, 0, 1, [0]),
        (GSM7, 1, 1, [1]),
        (GSM7, 8, 1, [7]),
        (GSM7, 160, 1, [140]),
        (GSM7, 161, 1, [140, 14]),  # 48 bits of header, 1 of fill, 8 x 7: 105 bits
        (GSM7, 161, 2, [140, 15]),  # 56 bits of header, none of fill, 9 x 7: 119 bits
        (GSM7, 306, 1, [140, 140]),
        (UCS2, 70, 1, [140]),
        (UCS2, 71, 1, [140, 14]),
        (UCS2, 71, 2, [139, 17]),
        (OCTETS, 140, 1, [140]),
        (OCTETS, 141, 1, [140, 13]),
        (OCTETS, 141, 2, [140, 15]),
    ],
)
def test_segment_octets(
    alphabet: Alphabet, units: int, reference_octets: int, octets: list[int]
) -> None:
    """Octets of user data at every boundary, counted by hand."""
    assert segment_octets(alphabet, units, reference_octets=reference_octets) == octets


def test_count_segments_at_the_boundaries() -> None:
    """Counts of all three alphabets change exactly behind the published capacities."""
    units = np.array([0, 160, 161, 306, 307, 70, 71, 134, 135, 140, 141, 268, 269])
    alphabet = np.array([0] * 5 + [1] * 4 + [2] * 4, dtype=np.int8)
    counts = count_segments(units, alphabet)
    assert counts.tolist() == [1, 1, 2, 2, 3, 1, 2, 2, 3, 1, 2, 2, 3]
    assert (counts.shape, counts.dtype) == ((13,), np.int64)
    assert count_segments([152, 161, 304, 305], [GSM7] * 4, reference_octets=2).tolist() == [
        1, 2, 2, 3,
    ]  # fmt: skip
    assert count_segments([], []).shape == (0,)


def test_255_segments_are_the_most() -> None:
    """255 full segments are accepted by all three functions, one unit more by none."""
    most = 255 * 153
    assert len(segment("a" * most).parts) == 255
    assert count_segments([most], [GSM7]).tolist() == [255]
    assert len(segment_octets(GSM7, most)) == 255
    with pytest.raises(ContentError) as error:
        segment("a" * (most + 1))
    assert str(error.value) == (
        "text: needs more than 255 segments (got 39016 units, 256 segments); "
        "shorten it or send several texts"
    )
    with pytest.raises(ContentError) as error:
        count_segments([1, most + 1], [GSM7, GSM7])
    assert str(error.value) == (
        "row 1: units: needs more than 255 segments (got 39016); shorten it or send several texts"
    )
    with pytest.raises(ContentError):
        segment_octets(GSM7, most + 1)


@pytest.mark.parametrize(
    ("units", "alphabet", "sentence"),
    [
        (
            [1, -2],
            [0, 0],
            "row 1: units: must not be negative (got -2); use the text's length",
        ),
        (
            [1, 2],
            [0, 3],
            "row 1: alphabet: must be a code of Alphabet (got 3); use 0, 1 or 2",
        ),
        ([1.5], [0], "units: must be whole numbers (got float64); round them first"),
        ([True], [0], "units: must be whole numbers (got bool); round them first"),
        (
            [1, 2],
            [0],
            "alphabet: must have one entry per text (got (1,) for (2,) lengths); "
            "give arrays of one shape",
        ),
    ],
)
def test_count_segments_refuses(units: list[int], alphabet: list[int], sentence: str) -> None:
    """Bad input is refused; the first bad row and its value are named."""
    with pytest.raises(ContentError) as error:
        count_segments(units, alphabet)
    assert str(error.value) == sentence


def test_parameters_that_make_no_sense() -> None:
    """A reference of three octets and a payload without room are refused."""
    with pytest.raises(ContentError) as error:
        header_octets_of(3)
    assert str(error.value) == (
        "reference_octets: a concatenation reference has 1 or 2 octets (got 3); "
        "use 1 unless the sender needs 2"
    )
    with pytest.raises(ContentError) as error:
        segment("ю" * 9, payload_octets=9)
    assert str(error.value) == (
        "payload_octets: a header of 6 octets leaves no room for a character of UCS2 (got 9); "
        "use at least 10"
    )


@pytest.mark.parametrize(
    ("text", "surrogate", "grapheme"),
    [
        ("ю" * 65 + "🇫🇮" + "ю" * 9, (67, 11), (65, 13)),
        ("ю" * 66 + "e\u0301" + "ю" * 9, (67, 10), (66, 11)),
        ("x" * 152 + "\r\n" + "x" * 9, (153, 10), (152, 11)),
        ("a" * 5 + "e" + "\u0301" * 80, (67, 19), (67, 19)),  # longer than a segment
        ("ю" * 62 + "👨\u200d👩\u200d👧" + "ю" * 9, (67, 12), (62, 17)),
    ],
)
def test_boundary(text: str, surrogate: tuple[int, ...], grapheme: tuple[int, ...]) -> None:
    """Flags, marks, families and CR LF stay whole on request, unless longer than a segment."""
    assert segment(text).units_per_part == surrogate
    cut = segment(text, boundary="grapheme")
    assert cut.units_per_part == grapheme
    assert "".join(cut.parts) == text


def test_concatenation_changes_what_is_submitted_not_the_parts() -> None:
    """The parts on the air are the same; message_payload hands them over as one."""
    text = "x" * 400
    cuts = [segment(text, concatenation=how) for how in ("udh", "sar", "payload")]
    assert {cut.parts for cut in cuts} == {cuts[0].parts}
    assert [cut.submissions for cut in cuts] == [3, 3, 1]
    assert segment("x", concatenation="sar").submissions == 1


def test_the_number_of_segments_can_be_capped() -> None:
    """A text that needs more segments than a provider allows is refused."""
    assert len(segment("x" * 306, most_segments=2).parts) == 2
    with pytest.raises(ContentError) as caught:
        segment("x" * 307, most_segments=2)
    assert str(caught.value) == (
        "text: needs more than 2 segments (got 307 units, 3 segments); "
        "shorten it or send several texts"
    )


def test_a_text_too_long_for_ucs2_may_fit_with_a_national_table() -> None:
    """The tables are tried before the text is called too long."""
    text = "ç" * (120 * 149)
    assert segment(text, languages=["portuguese"]).alphabet == GSM7
    with pytest.raises(ContentError, match="needs more than 255 segments"):
        segment(text)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"boundary": "word"}, "boundary: is unknown (got 'word'); use surrogate or grapheme"),
        ({"concatenation": "tlv"}, "concatenation: is unknown (got 'tlv'); "
         "use udh or sar or payload"),
        ({"most_segments": 256}, "most_segments: must be from 1 to 255 (got 256); "
         "leave it out unless a provider allows fewer"),
    ],
)  # fmt: skip
def test_options_that_are_refused(options: dict[str, Any], sentence: str) -> None:
    """An option that makes no sense is named with its value and what to use."""
    with pytest.raises(ContentError) as caught:
        segment("x", **options)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("concatenation", "octets", "submissions", "submitted"),
    [("udh", 1, 2, 6), ("udh", 2, 2, 7), ("sar", 1, 2, 0), ("payload", 2, 1, 0)],
)
def test_what_is_submitted(
    concatenation: Concatenation, octets: int, submissions: int, submitted: int
) -> None:
    """Only with udh a long text, or long data, is submitted with the header; the air has it."""
    options = {"concatenation": concatenation, "reference_octets": octets}
    for cut in (segment("x" * 161, **options), segment_data(bytes(141), **options)):
        assert (cut.submissions, cut.submitted_header_octets) == (submissions, submitted)
        assert cut.header_octets == 5 + octets
    tables = segment("ş" * 160, languages=["turkish"], **options)
    assert tables.submitted_header_octets == (submitted + 3 if submitted else 4)
