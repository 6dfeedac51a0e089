"""Lengths of texts measured from a corpus: what a run of them has in common with it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from smsc_sim.content.errors import ContentError
from smsc_sim.content.segmentation import segment
from smsc_sim.planning.fit_texts import fit_texts, texts_yaml
from smsc_sim.scenario.compile_texts import text_rows
from smsc_sim.scenario.schema_traffic import TextLengths

WORDS = st.text(st.sampled_from("abc €ł😀"), min_size=1, max_size=400)


@given(st.lists(WORDS, min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_shares_of_segments_and_alphabets_are_those_of_the_corpus(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    """Whatever the texts, also at the ends of segments; every length is in its range."""
    path = tmp_path_factory.mktemp("corpus") / "texts.txt"
    path.write_text("\n".join(texts), encoding="utf-8", newline="\n")
    found = fit_texts(path, "")
    lengths = TextLengths.model_validate(
        yaml.safe_load(texts_yaml(found, "mine", "texts.txt"))["texts"]["mine"]
    )
    cut = [segment(text) for text in texts]
    n = len(texts)
    assert found.texts == n and found.segments == sum(len(c.parts) for c in cut) / n
    shares = Counter[int]()
    for segments, _, _, share in text_rows(lengths):
        shares[segments] += share  # type: ignore[assignment]
    # A pair on a boundary makes a text longer than its units say.
    exact = Counter(len(c.parts) for c in cut if not _has_pair_at_boundary(c))
    if exact.total() == n:
        for segments, count in exact.items():
            assert shares[segments] == pytest.approx(count / n, abs=1e-5)
    names = Counter({"gsm7": 0, "ucs2": 0})
    names.update(c.alphabet.name.lower() for c in cut)
    for alphabet in ("gsm7", "ucs2"):
        share = sum(getattr(lengths, alphabet).values())
        assert share == pytest.approx(names[alphabet] / n, abs=1e-5)
    for alphabet, low, high in found.bins:
        inside = [c.units for c in cut if c.alphabet.name.lower() == alphabet]
        assert any(low <= units <= high for units in inside)


def _has_pair_at_boundary(cut: object) -> bool:
    """Whether a text has more segments than its length alone makes."""
    from smsc_sim.content.lengths import count_segments

    (by_length,) = count_segments([cut.units], [cut.alphabet])  # type: ignore[attr-defined]
    return bool(by_length != len(cut.parts))  # type: ignore[attr-defined]


def test_a_corpus_by_hand(tmp_path: Path) -> None:
    """Ten texts: the ranges, the shares to the last digit, and what could not be read."""
    path = tmp_path / "corpus.csv"
    rows = [b"a" * 5] * 3 + [b"b" * 160] * 2
    rows += [b"c" * 161, b"d" * 307, "ł".encode() * 71, b"\xff", b""]
    path.write_bytes(b"id,text\n" + b"".join(b"1," + row + b"\n" for row in rows))
    assert texts_yaml(fit_texts(path, "text"), "mine", "corpus.csv") == (
        "# Measured on 8 texts of corpus.csv: 87.50 % GSM 7-bit, 1.500 segments\n"
        "# a text. 2 were left out: empty or not to be read.\n"
        "texts:\n"
        "  mine:\n"
        "    gsm7:\n"
        '      "1-10": 37.5000 %\n'
        '      "151-160": 25.0000 %\n'
        '      "161-170": 12.5000 %\n'
        '      "307-310": 12.5000 %\n'
        "    ucs2:\n"
        '      "71-80": 12.5000 %\n'
    )


def test_what_cannot_be_measured_is_told(tmp_path: Path) -> None:
    """A column that is not there, and a file without a text."""
    path = tmp_path / "corpus.csv"
    path.write_text("id,text\n1,\n")
    with pytest.raises(ContentError) as caught:
        fit_texts(path, "texts")
    assert str(caught.value) == f"{path}: has no column 'texts'; did you mean 'text'?"
    with pytest.raises(ContentError) as caught:
        fit_texts(path, "text")
    assert str(caught.value) == f"{path}: has no text that can be measured; check the file"


def test_shares_sum_to_one_whatever_the_counts() -> None:
    """The shares that are written sum to 100 % for any counts."""
    from smsc_sim.planning.fit_texts import PARTS, _whole_shares

    rng = np.random.default_rng(1)
    for _ in range(200):
        assert sum(_whole_shares(rng.integers(1, 1000, rng.integers(1, 60)).tolist())) == PARTS


def test_numbers_are_no_texts(tmp_path: Path) -> None:
    """A column of numbers is refused by name."""
    pq.write_table(pa.table({"text": [1, 2]}), tmp_path / "n.parquet")
    with pytest.raises(ContentError) as caught:
        fit_texts(tmp_path / "n.parquet", "text")
    what = "the column 'text' holds no texts (got Arrow int64); name another"
    assert str(caught.value) == f"{tmp_path / 'n.parquet'}: {what}"
