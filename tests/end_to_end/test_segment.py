"""The verb `segment` as a user sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Outcome

Command = Callable[..., Outcome]


def test_a_short_text_is_one_line(command: Command) -> None:
    """Alphabet, septets, segments and room."""
    outcome = command("segment", "Your code is 481 920")
    assert outcome.code == 0
    assert outcome.out == "1 segment: GSM7, 20 septets, room for 140 more\n"


def test_a_long_text_shows_where_its_parts_break_and_what_would_save(command: Command) -> None:
    """Parts with their lengths, each offender with its place, and both ways to save."""
    text = "\u201cHello\u201d " + "please wait for your order " * 5 + "\x1b"
    outcome = command("segment", text, "--shorten")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0] == "3 segments: UCS2, 144 code units, room for 57 more"
    assert "\u2502    1 \u2502         67 \u2502" in outcome.out
    assert "U+201C     \u2502 left double quotation mark" in outcome.out
    assert "GSM 7-bit lacks 3 characters of this text:" in lines
    assert "plain characters: changes nothing" in lines  # U+001B has no plain form
    assert "txt speak: 2 segments (saves 1 of 3), 99 code units" in lines


def test_tables_of_ones_own_and_national_ones(command: Command, tmp_path: Path) -> None:
    """A language of the phone, plain characters and txt speak from files are used."""
    outcome = command("segment", "\u015eu \u011f", "--language", "turkish")
    assert outcome.out.startswith("1 segment: GSM7 with the locking shift of turkish, 4 septets")
    (tmp_path / "plain.csv").write_text("4E2D,China,symbol\n", encoding="utf-8")
    (tmp_path / "short.csv").write_text("order,ord\n", encoding="utf-8")
    outcome = command(
        "segment", "order \u4e2d", "--shorten",
        "--replacements", "plain.csv", "--lexicon", "short.csv",
    )  # fmt: skip
    assert "plain characters: 1 segment (saves none), 11 septets\norder China\n" in outcome.out
    assert outcome.out.endswith("txt speak: 1 segment (saves none), 9 septets\nord China\n")


def test_how_a_long_text_is_handed_over(command: Command) -> None:
    """With sar_ parameters or message_payload the text has no header; the air has."""
    said = [command("segment", "x" * 200, "--concatenation", way).out.splitlines()[1]
            for way in ("sar", "payload", "udh")]  # fmt: skip
    air = "with no header in the text; on the air each segment has 6 octets of header"
    assert said[:2] == [f"2 submit_sm {air}", f"1 submit_sm {air}"]
    assert "submit_sm" not in said[2]


def test_data_of_8_bits(command: Command) -> None:
    """Octets in hexadecimal digits are cut at 140, or 134 in a series."""
    assert command("segment", "--hex", "0605040B").out == (
        "1 segment: 8-bit data, 4 octets, room for 136 more\n"
    )
    outcome = command("segment", "--hex", "AB" * 141)
    assert outcome.out.startswith("2 segments: 8-bit data, 141 octets, room for 127 more\n")
    assert "│    2 │      7 │ ababababababab" in outcome.out


def test_a_provider_that_does_it_now_and_then(command: Command) -> None:
    """The saving of plain characters is also told as a mean."""
    text = "\u201c" + "x" * 100
    assert "(saves 1 of 2; 0.8 on average)" in command(
        "segment", text, "--shorten", "--probability", "0.8"
    ).out  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["x" * 200, "--most-segments", 1], "text: needs more than 1 segments (got 200 units, "
         "2 segments); shorten it or send several texts"),
        (["x", "--boundary", "word"], "boundary: is unknown (got 'word'); "
         "use surrogate or grapheme"),
        (["x", "--reference", 12], "Invalid value: a reference has 8 or 16 bits (got 12); "
         "see smsc-sim --help"),
        (["x", "--alphabet", "ascii"], "Invalid value: 'ascii' is no alphabet of texts; use "
         "GSM7 or UCS2; see smsc-sim --help"),
        (["\u20bd", "--alphabet", "gsm7"], "text: GSM7 cannot carry 1 of its 1 characters "
         "(got '\u20bd' at index 0 first); replace them or use UCS2"),
        (["x", "--language", "klingon"], "languages: no national language is called 'klingon'; use "
         "turkish, spanish, portuguese, bengali, gujarati, hindi, kannada, malayalam, oriya, "
         "punjabi, tamil, telugu, urdu"),
        (["x", "--country", "fi"], "Invalid value: --country: is not a country code of ISO 3166 "
         "(got 'fi'); use two capital letters such as FI; see smsc-sim --help"),
        (["xyz", "--hex"], "Invalid value: --hex: is no data in hexadecimal digits (got 'xyz'); "
         "write e.g. 0605040B; see smsc-sim --help"),
        (["00" * 35_000, "--hex"], "data: needs more than 255 segments (got 35000 octets, 262 "
         "segments); shorten it or send it in several messages"),
        (["x", "--concatenation", "tlv"], "concatenation: is unknown (got 'tlv'); use udh or sar "
         "or payload"),
        (["x", "--shorten", "--lexicon", "none.csv"], "none.csv: No such file or directory"),
    ],
)  # fmt: skip
def test_refusals(command: Command, arguments: list[object], line: str) -> None:
    """What cannot be done is one line and exit code 2."""
    outcome = command("segment", *arguments)
    assert (outcome.code, outcome.err) == (2, line + "\n")
