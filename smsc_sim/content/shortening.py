"""Shortening in "txt speak": common words in fewer characters, what carries meaning untouched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from smsc_sim.content.editable import rows_of
from smsc_sim.content.errors import ContentError

_HEAD = ["phrase", "short"]
_END = r"(?![\w'\u2019])"

# What is never touched, besides names: see `_is_name`.
_PROTECTED = r"""
    (?<!\w)[A-Za-z][A-Za-z0-9+.-]*://\S+           # links
  | (?<!\S)\S*\d\S*                               # numbers, dates, prices, codes
  | (?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+      # mail addresses
  | (?<![\w.-])(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?\b  # hosts, with what follows
  | [@\#][\w-]+                                   # handles and tags
  | \{[^{}]*\}                                    # placeholders of a template
  | \b[A-Z]{2}[A-Z-]*\b                           # codes and initials in capitals
"""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases in lower case and their short forms, ready to be looked for.

    Attributes
    ----------
    short : mapping of str to str
    pattern : re.Pattern
        Finds a protected piece of text or a phrase, whichever comes first.
    """

    short: Mapping[str, str]
    pattern: re.Pattern[str]


def lexicon(file: Path | str | None = None) -> Lexicon:
    """Read a lexicon.

    Parameters
    ----------
    file : path, optional
        CSV with the columns phrase and short, as the shipped `data/txt_speak.csv`. Default: that.

    Raises
    ------
    ContentError
        If a row cannot be used; it is named.
    """
    return _shipped() if file is None else _compiled(_read(file), str(file))


@cache
def _shipped() -> Lexicon:
    return _compiled(_read(None), "txt_speak.csv")


def _read(file: Path | str | None) -> dict[str, str]:
    short: dict[str, str] = {}
    for where, cells in rows_of("txt_speak.csv", _HEAD, file):
        if len(cells) != 2 or not cells[0].strip():
            raise ContentError(
                f"{where}: needs phrase,short (got {len(cells)} cells); write e.g. you,u"
            )
        phrase, to = " ".join(cells[0].lower().split()), cells[1].strip()
        if phrase in short:
            raise ContentError(f"{where}: phrase: {phrase!r} stands twice; leave one of them out")
        if len(to) >= len(phrase):
            raise ContentError(
                f"{where}: short: must be shorter than {phrase!r} (got {to!r}); leave the row out"
            )
        short[phrase] = to
    return short


def _compiled(short: dict[str, str], name: str) -> Lexicon:
    if not short:
        raise ContentError(f"{name}: holds no phrases; write rows like you,u")
    several = sorted((phrase for phrase in short if " " in phrase), key=len, reverse=True)
    words = "".join(rf"(?i:{re.escape(phrase)}){_END}|" for phrase in several)
    words = words.replace(r"\ ", r"\s+")
    # One word is looked up rather than searched for: ten times as fast with a hundred of them.
    pattern = re.compile(
        rf"(?P<kept>{_PROTECTED}) | (?<![\w'\u2019])(?P<phrase>{words}[^\W\d_][\w'\u2019]*)",
        re.VERBOSE,
    )
    return Lexicon(short, pattern)


def shortened(text: str, words: Lexicon | None = None) -> str:
    """Write a text in txt speak.

    Parameters
    ----------
    text : str
    words : Lexicon, optional
        Of `lexicon`. Default: the shipped one.

    Returns
    -------
    str
        Links, mail addresses, everything with a digit, words in capitals, placeholders and names
        are as they were. A word with a capital that does not begin a sentence counts as a name.

    Examples
    --------
    >>> shortened("Thank you for your message. See you tomorrow at 5 before the meeting!")
    'Thx 4 ur msg. Cu 2moro at 5 b4 the mtg!'
    >>> shortened("Visit www.you.com and tell Love to come")
    'Visit www.you.com & tell Love 2 come'
    """
    words = lexicon() if words is None else words

    def replaced(match: re.Match[str]) -> str:
        phrase = match["phrase"]
        if phrase is None or _is_name(text, match.start(), phrase):
            return match[0]
        short = words.short.get(" ".join(phrase.lower().split()))
        if short is None:
            return phrase
        return short[:1].upper() + short[1:] if phrase[0].isupper() else short

    return words.pattern.sub(replaced, text)


def _is_name(text: str, start: int, phrase: str) -> bool:
    """Whether a phrase has a capital that no beginning of a sentence explains."""
    capitals = [word for word in phrase.split() if word[0].isupper()]
    if not capitals:
        return False
    before = text[:start].rstrip(" \t\"'(\u201c\u2018¡¿")
    begins = not before or before[-1] in ".!?:\n…"
    return not begins or len(capitals) > 1
