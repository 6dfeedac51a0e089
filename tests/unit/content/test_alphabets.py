"""Characters of the GSM 7-bit default alphabet and what they cost."""

import json
from pathlib import Path

import pytest

from smsc_sim.content.alphabets import (
    ESCAPE,
    GSM7_CODES,
    GSM7_DEFAULT,
    GSM7_EXTENSION,
    Alphabet,
    character_units,
    code_units_of,
    gsm7_offenders,
    septets_of,
)
from smsc_sim.content.errors import ContentError


def test_default_alphabet_has_128_different_codes() -> None:
    """Each of the 128 positions has a character of its own; the escape stands at 0x1B."""
    assert len(GSM7_DEFAULT) == 128
    assert len(set(GSM7_DEFAULT)) == 128
    assert GSM7_DEFAULT[ESCAPE] == "\x1b"
    assert len(GSM7_CODES) == 127 + len(GSM7_EXTENSION)


@pytest.mark.parametrize(
    ("code", "character"),
    [(0x00, "@"), (0x09, "Ç"), (0x0A, "\n"), (0x10, "Δ"), (0x1F, "É"), (0x20, " "), (0x24, "¤"),
     (0x40, "¡"), (0x5F, "§"), (0x60, "¿"), (0x7F, "à")],
)  # fmt: skip
def test_codes_at_the_seams_of_the_table(code: int, character: str) -> None:
    """The first and last codes of the rows and the characters that differ from ASCII are right."""
    assert GSM7_CODES[character] == (code,)


def test_ascii_that_is_itself() -> None:
    """Letters, digits and most signs have their ASCII code."""
    for code in [*range(0x20, 0x24), *range(0x25, 0x40), *range(0x41, 0x5B), *range(0x61, 0x7B)]:
        assert GSM7_CODES[chr(code)] == (code,)


def test_tables_agree_with_unicode(shared_data: Path) -> None:
    """Unicode's GSM0338.TXT has the same 138 characters, but for the size of one cedilla."""
    theirs = {}
    for line in (shared_data / "GSM0338.TXT").read_text("utf-8").splitlines():
        if line.startswith("0x"):
            code, character = line.split("\t")[:2]
            theirs[chr(int(character, 16))] = tuple(bytes.fromhex(code[2:]))
    assert theirs.pop("ç") == (0x09,)
    assert theirs.pop("\xa0") == (ESCAPE,)
    assert theirs | {"Ç": (0x09,)} == dict(GSM7_CODES)


def test_tables_agree_with_two_programs(shared_data: Path) -> None:
    """Two programs that copied the specification have our tables where they agree."""
    path = shared_data / "gsm0338_national_tables_two_sources.json"
    default = json.loads(path.read_text("utf-8"))["languages"]["default"]
    agreed = {
        name: {int(code, 16): chr(int(point, 16)) for code, point in table["table"].items()
               if isinstance(point, str)}
        for name, table in default.items() if name in ("locking", "single_shift")
    }  # fmt: skip
    ours = {code: character for code, character in enumerate(GSM7_DEFAULT) if code != ESCAPE}
    assert agreed == {"locking": ours, "single_shift": dict(GSM7_EXTENSION)}


@pytest.mark.parametrize(
    ("text", "septets"),
    [("", 0), ("@", 1), ("Ç", 1), ("ç", None), ("\f^{}\\[~]|€", 20), ("a€b", 4), ("\x1b", None),
     ("`", None), ("\t", None), ("ё", None), ("😀", None), ("ΑΒ", None), ("ΔΦ", 2)],
)  # fmt: skip
def test_septets_of(text: str, septets: int | None) -> None:
    """An extension character counts two septets; one character outside makes it None."""
    assert septets_of(text) == septets


@pytest.mark.parametrize(
    ("text", "code_units"), [("", 0), ("né", 2), ("\uffff", 1), ("\U00010000", 2), ("a😀b", 4)]
)
def test_code_units_of(text: str, code_units: int) -> None:
    """Characters beyond U+FFFF count two code units, as UTF-16 writes them."""
    assert code_units_of(text) == code_units == len(text.encode("utf-16-be")) // 2


def test_offenders_are_all_named_in_order() -> None:
    """Every character outside the alphabet is named with its index."""
    assert gsm7_offenders("ok ç€`") == ((3, "ç"), (5, "`"))
    assert gsm7_offenders("{ok}") == ()


def test_alphabet_codes() -> None:
    """The codes that arrays hold are fixed."""
    assert [(a.name, int(a)) for a in Alphabet] == [("GSM7", 0), ("UCS2", 1), ("OCTETS", 2)]


@pytest.mark.parametrize(
    ("text", "alphabet", "sentence"),
    [
        (
            "aç`",
            Alphabet.GSM7,
            "text: GSM7 cannot carry 2 of its 3 characters (got 'ç' at index 1 first); "
            "replace them or use UCS2",
        ),
        (
            "a\ud83d",
            Alphabet.UCS2,
            "text: half of a surrogate pair cannot be sent (got U+D83D at index 1); "
            "mend or remove it",
        ),
        (
            "\udfff",
            Alphabet.GSM7,
            "text: half of a surrogate pair cannot be sent (got U+DFFF at index 0); "
            "mend or remove it",
        ),
        (
            "a",
            Alphabet.OCTETS,
            "alphabet: OCTETS carries data, not text (got a text); use GSM7 or UCS2",
        ),
    ],
)
def test_character_units_refuses(text: str, alphabet: Alphabet, sentence: str) -> None:
    """What cannot be sent is named with its place."""
    with pytest.raises(ContentError) as error:
        character_units(text, alphabet)
    assert str(error.value) == sentence
