"""National language tables: their shape, how they agree, and the coding they make cheapest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsc_sim.content.alphabets import GSM7_CODES, Alphabet
from smsc_sim.content.errors import ContentError
from smsc_sim.content.national import codings, languages
from smsc_sim.content.segmentation import segment

NAMES = list(languages())


def test_thirteen_languages_with_the_tables_of_the_standard() -> None:
    """Identifiers run from 1 to 13; Spanish alone has no locking table; no escape."""
    assert [language.identifier for language in languages().values()] == list(range(1, 14))
    assert [name for name in NAMES if not languages()[name].locking] == ["spanish"]
    for language in languages().values():
        for table in (language.locking, language.single_shift):
            assert all(0 <= code < 128 and code != 0x1B for code in table.values())
            assert len(set(table.values())) == len(table)


def test_single_shift_tables_keep_what_the_extension_has() -> None:
    """Every single shift table holds the brackets and the form feed of the extension table."""
    extension = {c: codes[1] for c, codes in GSM7_CODES.items() if len(codes) == 2}
    for name, language in languages().items():
        kept = {c: code for c, code in language.single_shift.items() if c in extension}
        assert kept == extension, name


def test_signs_belong_to_the_script_of_the_table() -> None:
    """The codes in which the two sources differ follow the logic of their tables."""
    assert [c for c, code in languages()["hindi"].locking.items() if code < 3] == list("ँंः")
    assert languages()["kannada"].locking["\u0ca1"] == 0x24
    assert languages()["urdu"].locking["\u0654"] == 0x60
    assert languages()["malayalam"].single_shift["|"] == 0x40
    assert languages()["telugu"].single_shift["€"] == 0x65
    assert all(0x0D not in languages()[n].single_shift.values() for n in ("turkish", "spanish"))


def test_tables_are_what_both_sources_agree_on(shared_data: Path) -> None:
    """Each code that both transcriptions give alike is in our tables, and no code beside theirs."""
    found = json.loads((shared_data / "gsm0338_national_tables_two_sources.json").read_text())
    checked = 0
    for name, language in languages().items():
        for kind in ("locking", "single_shift"):
            theirs = found["languages"][name].get(kind, {"table": {}})["table"]
            first: dict[str, int] = {}  # a few characters have two codes
            for code, point in theirs.items():
                if isinstance(point, str):
                    first.setdefault(chr(int(point, 16)), int(code, 16))
            ours = getattr(language, kind)
            assert first.items() <= ours.items(), (name, kind)
            extra = {f"{ours[c]:02X}" for c in ours.keys() - first.keys()}
            assert extra <= {code for code, point in theirs.items() if not isinstance(point, str)}
            checked += len(first)
    assert checked > 2000


@pytest.mark.parametrize(
    ("text", "supported", "locking", "single_shift", "segments", "room"),
    [
        ("Şişli'de görüşürüz" * 5, ("turkish",), "turkish", None, 1, 65),
        ("bir ş", ("turkish",), "turkish", None, 1, 150),
        ("èì ş" * 5, ("turkish",), None, "turkish", 1, 130),
        ("bir ş", (), None, None, 1, 65),
        ("áéíóú" * 25, ("spanish",), None, "spanish", 2, 73),
        ("plain", ("turkish", "hindi"), None, None, 1, 155),
        ("नमस्ते" * 20, ("hindi",), "hindi", None, 1, 35),
        ("नमस्ते" * 20, (), None, None, 2, 14),
        ("Łódź", ("turkish", "urdu"), None, None, 1, 66),
    ],
)  # fmt: skip
def test_cheapest_coding(
    text: str,
    supported: tuple[str, ...],
    locking: str | None,
    single_shift: str | None,
    segments: int,
    room: int,
) -> None:
    """Tables are used where they save segments or octets, and only those the destination knows."""
    cut = segment(text, languages=supported)
    assert (cut.locking, cut.single_shift) == (locking, single_shift)
    assert (len(cut.parts), cut.room) == (segments, room)
    assert "".join(cut.parts) == text


TEXTS = st.text(
    st.sampled_from("abc{}€şğıçİáñÇनमस्तेاآبঅআ1 \n"), max_size=400
)  # fmt: skip


@given(TEXTS, st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
def test_more_languages_never_cost_more(text: str, supported: list[str]) -> None:
    """A destination that knows more tables needs no more segments, and no character is split."""
    plain, cut = segment(text), segment(text, languages=supported)
    assert len(cut.parts) <= len(plain.parts)
    assert "".join(cut.parts) == text
    if cut.alphabet == Alphabet.GSM7:
        coding = next(
            c
            for c in codings(tuple(supported))
            if (c.locking, c.single_shift) == (cut.locking, cut.single_shift)
        )
        lengths = tuple(sum(coding.septets[c] for c in part) for part in cut.parts)
        assert lengths == cut.units_per_part


def test_unknown_language_is_refused() -> None:
    """A language without tables is named, with those that there are."""
    with pytest.raises(ContentError, match="no national language is called 'finnish'; use turkish"):
        segment("a", languages=["finnish"])
