"""Txt speak: what it shortens and what it never touches."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsc_sim.content.errors import ContentError
from smsc_sim.content.shortening import lexicon, shortened


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("See you later!", "Cul8r!"),
        ("see you\n later", "cul8r"),  # any white space between the words of a phrase
        ("Please wait for your code", "Pls w8 4 ur code"),
        ("youth and forest", "youth & forest"),  # whole words only
        ("Your code is YOU-FOR-2", "Ur code is YOU-FOR-2"),
        ("Go to https://for.you/to?and=you or www.to.com/for", "Go 2 https://for.you/to?and=you or "
         "www.to.com/for"),
        ("mail to for.you@to.com", "mail 2 for.you@to.com"),
        ("pay 20 to 4you", "pay 20 2 4you"),
        ("Ask Love and Mr Wait", "Ask Love & Mr Wait"),
        ("Love, please. Wait?", "Luv, pls. W8?"),
        ("{you} and @you and #for", "{you} & @you & #for"),
        ("ARE YOU there", "ARE YOU there"),
        ("don't you're you\u2019re", "don't ur you\u2019re"),
        ("", ""),
    ],
)  # fmt: skip
def test_shortened(text: str, short: str) -> None:
    """Common words become short; links, addresses, codes, numbers, names and capitals stay."""
    assert shortened(text) == short


KEPT = {"a1b2", "https://to.be/or?not", "x@to.com", "NATO", "{to}", "12.50", "2026-11-30"}


@given(st.lists(st.sampled_from(sorted(KEPT | {"you", "for", "say Love", "see you later"}))))
def test_what_carries_meaning_survives(words: list[str]) -> None:
    """In any order, everything protected is found again, and the text never grows."""
    text = " ; ".join(words)
    short = shortened(text)
    assert len(short) <= len(text)
    kept = {"a1b2", "https://to.be/or?not", "x@to.com", "{to}", "12.50", "2026-11-30"}
    assert [w for w in short.split(" ; ") if w in kept] == [w for w in words if w in kept]
    assert short.count("Love") == words.count("say Love")


def test_a_lexicon_of_ones_own(tmp_path: Path) -> None:
    """A file takes the place of the shipped lexicon."""
    file = tmp_path / "mine.csv"
    file.write_text('phrase,short\nGood  bye,bb\n"yes, sir",ys\n')
    assert shortened("good bye, you. Yes, sir", lexicon(file)) == "bb, you. Ys"


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("you", ":1: needs phrase,short (got 1 cells); write e.g. you,u"),
        ("you,u\nYou,y", ":2: phrase: 'you' stands twice; leave one of them out"),
        ("u,you", ":1: short: must be shorter than 'u' (got 'you'); leave the row out"),
        ("# none", ": holds no phrases; write rows like you,u"),
    ],
)
def test_rows_that_are_refused(tmp_path: Path, rows: str, line: str) -> None:
    """A row that cannot be used is named, with what to write."""
    file = tmp_path / "mine.csv"
    file.write_text(rows + "\n")
    with pytest.raises(ContentError) as caught:
        lexicon(file)
    assert str(caught.value) == f"{file}{line}"
