"""Many texts at once are cut as one text is, which follows the standard literally."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from smsc_sim.content import kernels
from smsc_sim.content.alphabets import GSM7_CODES, Alphabet
from smsc_sim.content.clusters import CLASSES, cluster_classes
from smsc_sim.content.errors import ContentError
from smsc_sim.content.national import languages as known_languages
from smsc_sim.content.octet_data import segment_data
from smsc_sim.content.segmentation import segment
from smsc_sim.content.vector import segments_of

GSM7 = st.text(st.sampled_from(sorted(GSM7_CODES)), max_size=500)
ASCII = st.text(st.characters(max_codepoint=127), max_size=500)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=250)
TURKISH = st.text(st.sampled_from("aşğıİç{"), max_size=400)
CHEAPER = st.text(st.sampled_from("€áÁ|^x"), max_size=200)
MARKS = st.text(st.sampled_from("ae\u0301\u0308\r\n한ᄀ각नमस्ते👨\u200d🇫🇮"), max_size=250)
EMOJI = st.text(st.sampled_from("a😀é中\N{ZERO WIDTH JOINER}🇫🇮"), max_size=250)


class Foreign:
    """An array of another library: nothing but its Arrow PyCapsule is known."""

    def __init__(self, data: pa.Array) -> None:
        self.data = data

    def __arrow_c_array__(self, schema: object = None) -> tuple[object, object]:
        return self.data.__arrow_c_array__(schema)


class Stream:
    """A column of another library, in pieces."""

    def __init__(self, data: pa.ChunkedArray) -> None:
        self.data = data

    def __arrow_c_stream__(self, schema: object = None) -> object:
        return self.data.__arrow_c_stream__(schema)


def _rows(texts: list[str], **options: Any) -> list[tuple[int, str, int, int]]:
    cuts = [segment(text, **options) for text in texts]
    return [(len(cut.parts), cut.alphabet.name, cut.units, cut.room) for cut in cuts]


def _columns(frame: pd.DataFrame) -> list[tuple[int, str, int, int]]:
    return list(frame[["segments", "alphabet", "units", "room"]].itertuples(index=False, name=None))


@settings(max_examples=150)
@given(
    st.lists(st.one_of(GSM7, ASCII, ANY, EMOJI), max_size=12),
    st.sampled_from([1, 2]),
    st.sampled_from([140, 100, 200]),
)
def test_many_texts_are_cut_as_each_alone(texts: list[str], octets: int, payload: int) -> None:
    """Alphabet, units, segments and room of every text are those of the one-text function."""
    options = {"reference_octets": octets, "payload_octets": payload}
    assert _columns(segments_of(texts, **options)) == _rows(texts, **options)


@settings(max_examples=150)
@given(
    st.lists(st.one_of(GSM7, ANY, EMOJI, TURKISH, CHEAPER, MARKS), max_size=6),
    st.lists(st.sampled_from(list(known_languages())), max_size=3, unique=True),
    st.sampled_from(["surrogate", "grapheme"]),
    st.sampled_from([None, Alphabet.UCS2, "GSM7"]),
    st.sampled_from([1, 2]),
    st.sampled_from([140, 60]),
)
def test_options_change_many_texts_as_each_alone(
    texts: list[str], languages: list[str], boundary: str, alphabet: Any, octets: int, payload: int
) -> None:
    """Tables, clusters, a forced alphabet, references and payloads give what they give one text."""
    options = {"languages": languages, "boundary": boundary, "alphabet": alphabet,
               "reference_octets": octets, "payload_octets": payload}  # fmt: skip
    try:
        cuts = [segment(text, **options) for text in texts]
    except ContentError:
        with pytest.raises(ContentError, match=r"^row \d+: texts: GSM7 cannot carry"):
            segments_of(texts, **options)
        return
    found = segments_of(texts, **options, parts=True)
    assert _columns(found) == [(len(c.parts), c.alphabet.name, c.units, c.room) for c in cuts]
    assert found["parts"].tolist() == [cut.parts for cut in cuts]
    if languages:
        shifts = found[["locking", "single_shift"]].astype(object)
        shifts = shifts.where(shifts.notna(), None).itertuples(index=False, name=None)
        assert list(shifts) == [(cut.locking, cut.single_shift) for cut in cuts]


def _character_of(name: str) -> st.SearchStrategy[str]:
    """Any character of a class."""
    points = np.flatnonzero(cluster_classes() == CLASSES.index(name))
    return st.sampled_from([chr(point) for point in points if not 0xD800 <= point <= 0xDFFF])


@settings(max_examples=300)
@given(st.lists(st.one_of([_character_of(name) for name in CLASSES]), max_size=60))
def test_clusters_are_those_of_the_one_text_function(characters: list[str]) -> None:
    """Characters of all classes in any order: clusters begin where the package regex has them."""
    text = "".join(characters)
    octets = np.frombuffer(text.encode(), np.uint8)
    starts = np.array([0, len(octets)])
    begins = np.zeros(len(octets), np.uint8)
    kernels.cluster_starts(octets, starts, np.array([0]), cluster_classes(), begins)
    sizes = [len(cluster.encode()) for cluster in regex.findall(r"\X", text)]
    assert np.flatnonzero(begins).tolist() == np.cumsum([0, *sizes])[:-1].tolist()


@given(st.lists(st.one_of(GSM7, EMOJI), max_size=6), st.integers(1, 4))
def test_a_cap_refuses_the_first_text_that_one_text_refuses(texts: list[str], most: int) -> None:
    """With a cap on parts, many texts pass together exactly when each passes alone."""
    longer = [row for row, text in enumerate(texts) if len(segment(text).parts) > most]
    if not longer:
        assert len(segments_of(texts, most_segments=most)) == len(texts)
        return
    with pytest.raises(ContentError, match=f"^row {longer[0]}: texts: needs more than {most} seg"):
        segments_of(texts, most_segments=most)


@given(st.lists(st.binary(max_size=600), max_size=6), st.sampled_from([1, 2]))
def test_data_of_8_bits_is_cut_as_each_alone(data: list[bytes], octets: int) -> None:
    """Many pieces of data have the segments, octets and room of one."""
    cuts = [segment_data(piece, reference_octets=octets) for piece in data]
    found = segments_of(data, alphabet="OCTETS", reference_octets=octets)
    assert _columns(found) == [(len(c.parts), "OCTETS", c.units, c.room) for c in cuts]
    assert [b"".join(cut.parts) for cut in cuts] == data


@pytest.mark.parametrize(
    "text",
    ["", "x" * 160, "x" * 161, "x" * 306, "x" * 307, "x" * 152 + "€" + "y", "x" * 152 + "€" * 9,
     "\N{EURO SIGN}" * 80, "\N{EURO SIGN}" * 81, "\0", "\r\n", "\x1b", "e\u0301",
     "😀" * 35, "😀" * 36, "中" * 70, "中" * 66 + "😀" + "中", "x" * (255 * 153)],
)  # fmt: skip
def test_edges_are_cut_as_each_alone(text: str) -> None:
    """Boundaries, escapes and pairs at the end of a segment, NUL, the longest text."""
    assert _columns(segments_of([text])) == _rows([text])


def test_every_form_of_many_texts_is_read() -> None:
    """Lists, NumPy, pandas and Arrow of any layout give the same rows; a Series keeps its index."""
    texts = ["Hi", "né 😀", "x" * 161, "", "{[]}"]
    wanted = _rows(texts)
    forms = [
        texts,
        tuple(texts),
        np.array(texts),
        np.array(texts, object),
        pa.array(texts),
        pa.array(["skipped", *texts])[1:],
        pa.array(texts, pa.large_string()),
        pa.array(texts, pa.string_view()),
        pa.array(texts).dictionary_encode(),
        pa.chunked_array([texts[:2], [], texts[2:]]),
        pd.Series(texts, dtype="string[pyarrow]"),
        Foreign(pa.array(texts)),
        Stream(pa.chunked_array([texts[:2], texts[2:]])),
        Stream(pa.chunked_array([pa.array(texts, pa.string_view())])),
    ]
    for form in forms:
        assert _columns(segments_of(form)) == wanted, type(form)
    series = pd.Series(texts, index=list("abcde"))
    assert segments_of(series).index.tolist() == list("abcde")
    assert len(segments_of([])) == 0


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (["a", None], "row 1: texts: is missing; leave it out or give an empty text"),
        (["a", "\ud800"], "row 1: texts: half of a surrogate pair cannot be sent; "
         "mend or remove it"),
        (["a", 7], "row 1: texts: must be a text (got 7); leave it out or mend it"),
        (["x" * 40_000], "row 0: texts: needs more than 255 segments (got 40000 units); "
         "shorten it or send several texts"),
        ({"a": "b"}, "texts: must be in an order (got a dict); give a list or a column"),
        ("Hi", "texts: needs several texts (got one); put it into a list"),
        (pa.array([1]), "texts: must be texts (got Arrow int64); cast them to string"),
        (pa.Array.from_buffers(pa.string(), 2, [None, pa.py_buffer(np.array([0, 1, 3], np.int32)),
                                                pa.py_buffer(b"a\xc3\x28")]),
         "row 1: texts: is no UTF-8 from octet 0 on; decode it anew"),
    ],
)  # fmt: skip
def test_texts_that_cannot_be_sent_are_refused_by_row(texts: object, line: str) -> None:
    """What is missing, no text, no UTF-8 or too long is named with its row."""
    with pytest.raises(ContentError) as error:
        segments_of(texts)
    assert str(error.value) == line
