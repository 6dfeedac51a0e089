"""Characters that are replaced so that a text stays in GSM 7-bit."""

from pathlib import Path

import pytest

from smsc_sim.content.alphabets import GSM7_CODES, gsm7_offenders
from smsc_sim.content.errors import ContentError
from smsc_sim.content.smart import DEFAULT_KINDS, KINDS, replacements, smart_encoded


def test_every_replacement_leads_into_the_alphabet() -> None:
    """What is replaced was outside GSM 7-bit, what stands for it is inside."""
    table = replacements(KINDS)
    assert len(table) > 700
    for point, to in table.items():
        assert chr(point) not in GSM7_CODES
        assert gsm7_offenders(to) == ()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\u201cHello\u201d \u2014 it\u2019s 5\u00a0pm\u2026", '"Hello" - it\'s 5 pm...'),
        ("cafe\u0301", "café"),  # composed
        ("zero\u200bwidth \uff21\uff22", "zerowidth AB"),
        ("\u0141\u00f3d\u017a", "\u0141\u00f3d\u017a"),  # the default kinds keep the spelling
        ("\u201cHello\u201d \U0001f600", "\u201cHello\u201d \U0001f600"),  # all or nothing
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_smart_encoded(text: str, plain: str) -> None:
    """Quotes, dashes, spaces and wide letters become plain ones, unless something stays outside."""
    assert smart_encoded(text) == plain


def test_kinds_that_change_the_spelling_are_asked_for() -> None:
    """Accents go, and letters of other scripts become Latin, only when their kinds are named."""
    text = "\u0141\u00f3d\u017a \u041e\u041a"
    assert smart_encoded(text, replacements(DEFAULT_KINDS)) == text
    assert smart_encoded(text, replacements(KINDS)) == "Lodz OK"


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    """A file takes the place of the shipped table."""
    file = tmp_path / "mine.csv"
    file.write_text("# mine\ncode_point,replacement,kind,name\n20BD,RUB,symbol,ROUBLE\n")
    assert smart_encoded("100 \u20bd", replacements(file=file)) == "100 RUB"
    assert smart_encoded("\u2019", replacements(file=file)) == "\u2019"


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("2019,'", "needs code_point,replacement,kind and a name or none (got 2 cells); "
         "write e.g. 2019,',quote"),
        ("xyz,',quote", "code_point: must be hexadecimal (got 'xyz'); write e.g. 2019"),
        ("41,a,quote", "code_point: GSM 7-bit carries 'A' already; leave the row out"),
        ("2019,\u2018,quote", "replacement: is outside GSM 7-bit itself (got '\u2018'); "
         "use characters of the alphabet"),
        ("2019,',quotes", "kind: is unknown (got 'quotes'); use one of quote, dash, space, symbol, "
         "width, look-alike, accent"),
        ("2019,',quote\n2019,x,quote", None),
    ],
)  # fmt: skip
def test_rows_that_are_refused(tmp_path: Path, row: str, line: str | None) -> None:
    """A row that cannot be used is named, with what to write."""
    file = tmp_path / "mine.csv"
    file.write_text(row + "\n", encoding="utf-8")
    wanted = (
        f"{file}:1: {line}" if line else f"{file}:2: U+2019 stands twice; leave one of them out"
    )
    with pytest.raises(ContentError) as caught:
        replacements(file=file)
    assert str(caught.value) == wanted


def test_other_refusals(tmp_path: Path) -> None:
    """Unknown kinds and files in another encoding are refused in one line."""
    with pytest.raises(ContentError) as caught:
        replacements(["quotes"])
    assert str(caught.value) == (
        "kinds: no replacements are called 'quotes'; use some of quote, dash, space, symbol, "
        "width, look-alike, accent"
    )
    file = tmp_path / "latin.csv"
    file.write_bytes(b"2019,',quote,caf\xe9\n")
    with pytest.raises(ContentError) as caught:
        replacements(file=file)
    assert str(caught.value) == f"{file}: is no UTF-8 from octet 16 on; save it anew"
