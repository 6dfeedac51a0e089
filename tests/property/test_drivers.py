"""What other characters would have saved, against the one-text functions."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from smsc_sim.content.alphabets import GSM7_CODES
from smsc_sim.content.drivers import alternatives
from smsc_sim.content.segmentation import segment
from smsc_sim.content.sizes import measured
from smsc_sim.content.smart import smart_encoded

# Escapes, quotes with one and with three characters in their place, what has no place in GSM
# 7-bit, pairs, and characters that compose with the one before them.
POOL = 'ab€[]~"“”’–—…é😀中«»™½\u0301\u0308\u00a0'
texts = st.builds(
    lambda head, body, times: head + body * times,
    st.text(POOL, max_size=20),
    st.text(POOL, max_size=12),
    st.integers(0, 40),
)


@settings(max_examples=300)
@given(st.lists(texts, max_size=4))
def test_alternatives_are_what_one_text_would_take(found: list[str]) -> None:
    """Segments without headers, with one septet each and with plain characters are exact."""
    array = pa.array(found, pa.large_string())
    size = measured(array)
    other = alternatives(array, size["segments"], size["units"], size["alphabet"])
    for row, text in enumerate(found):
        cut = segment(text)
        now = len(cut.parts)
        outside = {character for character in text if character not in GSM7_CODES}
        single = 160 if not outside else 70
        one_septet = "".join(c if c in GSM7_CODES else "x" for c in text)
        assert other.headless[row] == max(-(-cut.units // single), 1)
        assert other.one_each[row] == min(now, len(segment(one_septet).parts))
        assert other.replaced[row] == min(now, len(segment(smart_encoded(text)).parts))
        assert other.sole[row] == (ord(next(iter(outside))) if len(outside) == 1 else 0)


def test_what_cannot_be_sent_is_left_alone() -> None:
    """Octets that are no UTF-8 have no alternatives, and do not disturb their neighbours."""
    octets = pa.array([b"\xff", "it’s".encode()])
    array = pa.Array.from_buffers(pa.string(), 2, octets.buffers())
    size = measured(array)
    other = alternatives(array, size["segments"], size["units"], size["alphabet"])
    assert other.replaced.tolist() == [size["segments"][0], 1]
    assert other.sole.tolist() == [0, ord("’")]
