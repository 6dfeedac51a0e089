"""Smart encoding: plain characters in place of those that would force a text into UCS2."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from smsc_sim.content.alphabets import GSM7_CODES
from smsc_sim.content.editable import rows_of
from smsc_sim.content.errors import ContentError

KINDS = ("quote", "dash", "space", "symbol", "width", "look-alike", "accent")
"""Kinds of replacements; the last two change the spelling."""

DEFAULT_KINDS = KINDS[:5]

_OUTSIDE = re.compile(f"[^{re.escape(''.join(GSM7_CODES))}]")
_HEAD = ["code_point", "replacement", "kind", "name"]

Table = Mapping[int, str]
"""Code point -> what stands in its place, as `str.translate` takes it."""


def replacements(kinds: Iterable[str] = DEFAULT_KINDS, file: Path | str | None = None) -> Table:
    """Characters that are replaced, and by what.

    Parameters
    ----------
    kinds : iterable of str
        Some of `KINDS`.
    file : path, optional
        A table of your own, laid out as the shipped `data/smart_encoding.csv`: code point in
        hexadecimal, replacement, kind, name. Default: the shipped one.

    Returns
    -------
    mapping of int to str

    Raises
    ------
    ContentError
        If a kind is unknown, or a row of the file cannot be used; the row is named.

    Examples
    --------
    >>> replacements()[ord("…")], len(replacements(["dash"])) < len(replacements())
    ('...', True)
    """
    return _table(tuple(kinds)) if file is None else _chosen(tuple(kinds), _read(file))


@cache
def _table(kinds: tuple[str, ...]) -> Table:
    return _chosen(kinds, _read(None))


def _chosen(kinds: tuple[str, ...], rows: Iterable[tuple[int, str, str]]) -> Table:
    for kind in kinds:
        if kind not in KINDS:
            raise ContentError(
                f"kinds: no replacements are called {kind!r}; use some of {', '.join(KINDS)}"
            )
    return MappingProxyType({point: to for point, to, kind in rows if kind in kinds})


def _read(file: Path | str | None) -> tuple[tuple[int, str, str], ...]:
    """Rows of code point, replacement and kind."""
    rows: dict[int, tuple[int, str, str]] = {}
    for where, cells in rows_of("smart_encoding.csv", _HEAD, file):
        row = _row(cells, where)
        if row[0] in rows:
            raise ContentError(f"{where}: U+{row[0]:04X} stands twice; leave one of them out")
        rows[row[0]] = row
    return tuple(rows.values())


def _row(cells: list[str], where: str) -> tuple[int, str, str]:
    if len(cells) not in (3, 4):
        raise ContentError(
            f"{where}: needs code_point,replacement,kind and a name or none (got {len(cells)} "
            "cells); write e.g. 2019,',quote"
        )
    point, to, kind = _code_point(cells[0], where), cells[1].replace("\\n", "\n"), cells[2]
    if kind not in KINDS:
        raise ContentError(
            f"{where}: kind: is unknown (got {kind!r}); use one of {', '.join(KINDS)}"
        )
    outside = [character for character in to if character not in GSM7_CODES]
    if outside:
        raise ContentError(
            f"{where}: replacement: is outside GSM 7-bit itself (got {outside[0]!r}); "
            "use characters of the alphabet"
        )
    return point, to, kind


def _code_point(text: str, where: str) -> int:
    try:
        point = int(text, 16)
        is_carried = chr(point) in GSM7_CODES
    except (ValueError, OverflowError):
        raise ContentError(
            f"{where}: code_point: must be hexadecimal (got {text!r}); write e.g. 2019"
        ) from None
    if is_carried:
        raise ContentError(
            f"{where}: code_point: GSM 7-bit carries {chr(point)!r} already; leave the row out"
        )
    return point


def smart_encoded(text: str, table: Table | None = None) -> str:
    """The text in characters of GSM 7-bit, if replacements can bring it there.

    Parameters
    ----------
    text : str
    table : mapping of int to str, optional
        Of `replacements`, by default the shipped one with `DEFAULT_KINDS`.

    Returns
    -------
    str
        The text itself when a character has no replacement: part of the way saves nothing.

    Notes
    -----
    Letters with combining marks are composed first (NFC): some systems write é as two characters.

    All or nothing, as Bird and Webex Interact describe theirs (found: docs.bird.com smart-encoding,
    docs.webexinteract.com message-encoding); others replace what they can (found: twilio.com
    smart-encoding-char-list), which costs the same or more.

    Examples
    --------
    >>> smart_encoded("“Hello” — open…")
    '"Hello" - open...'
    >>> smart_encoded("we’re open 😀")
    'we’re open 😀'
    """
    composed = unicodedata.normalize("NFC", text)
    found = composed.translate(replacements() if table is None else table)
    return text if _OUTSIDE.search(found) else found
