"""What replacements and txt speak would leave of many texts."""

import pandas as pd
import pytest

from smsc_sim.content.alphabets import Alphabet
from smsc_sim.content.errors import ContentError
from smsc_sim.content.savings import Savings
from smsc_sim.content.segmentation import segment
from smsc_sim.content.shortening import shortened
from smsc_sim.content.smart import smart_encoded
from smsc_sim.content.vector import segments_of

TEXTS = [
    "Hi",
    "it\u2019s " + "x" * 100,  # two segments in UCS2, one in GSM 7-bit
    "see you later " * 12,  # 168 septets, fewer in txt speak
    "\u4e2d" * 80,  # nothing helps
    "\u2026" * 55,  # 55 units of UCS2: one segment; 165 septets otherwise
    "\u2026" * 130,  # two segments of UCS2: three otherwise
]


def test_savings_are_those_of_the_changed_texts() -> None:
    """Segments after a change are those of the changed text, never more than before."""
    frame = segments_of(TEXTS, savings=True)
    for text, row in zip(TEXTS, frame.itertuples(), strict=True):
        plain = smart_encoded(text)
        before, after = len(segment(text).parts), len(segment(plain).parts)
        assert row.segments == before
        assert row.smart_segments == min(before, after)
        assert row.short_segments == min(before, after, len(segment(shortened(plain)).parts))
    assert frame["segments"].tolist() == [1, 2, 2, 2, 1, 2]
    assert frame["smart_segments"].tolist() == [1, 1, 2, 2, 1, 2]
    assert frame["short_segments"].tolist() == [1, 1, 1, 2, 1, 2]


def test_a_provider_may_replace_only_now_and_then() -> None:
    """With a probability the saving is that share of it, on average."""
    frame = segments_of(TEXTS, savings=Savings(probability=0.25))
    assert frame["smart_segments"].tolist() == [1, 1.75, 2, 2, 1, 2]
    with pytest.raises(ContentError) as caught:
        Savings(probability=1.5)
    assert str(caught.value) == "probability: must be from 0 to 1 (got 1.5); 1 means always"


def test_parts_and_offenders_of_many_texts() -> None:
    """On request each row has the text of its parts and what broke GSM 7-bit."""
    series = pd.Series(["x" * 161, "né", "5 \u20bd or 6 \u20bd"], index=list("abc"))
    frame = segments_of(series, parts=True, offenders=True)
    assert frame.loc["a", "parts"] == ("x" * 153, "x" * 8)
    assert frame.loc["b", "parts"] == ("né",)
    assert frame["offenders"].tolist() == [(), (), ((2, "\u20bd"), (9, "\u20bd"))]


def test_a_forced_alphabet_holds_for_all() -> None:
    """UCS2 can be forced on every text, an empty one too; GSM7 refuses what it cannot carry."""
    texts = ["", "x" * 71, "né 😀"]
    frame = segments_of(texts, alphabet=Alphabet.UCS2)
    cuts = [segment(text, alphabet=Alphabet.UCS2) for text in texts]
    assert frame["segments"].tolist() == [len(cut.parts) for cut in cuts]
    assert frame["units"].tolist() == [cut.units for cut in cuts]
    assert frame["room"].tolist() == [cut.room for cut in cuts]
    assert set(frame["alphabet"]) == {"UCS2"}
    with pytest.raises(ContentError) as caught:
        segments_of(["fine", "not \u20bd"], alphabet=Alphabet.GSM7)
    assert str(caught.value) == (
        "row 1: texts: GSM7 cannot carry 1 of its 5 characters (got '\u20bd' at index 4 first); "
        "replace them or use UCS2"
    )


def test_a_cap_holds_for_all() -> None:
    """The first text with too many segments is named."""
    with pytest.raises(ContentError) as caught:
        segments_of(["x", "x" * 307], most_segments=2)
    assert str(caught.value) == (
        "row 1: texts: needs more than 2 segments (got 307 units); shorten it or send several texts"
    )
