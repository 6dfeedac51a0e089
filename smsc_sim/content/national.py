"""National language tables: locking shift and single shift, and the codings they make possible.

A locking shift table replaces the default alphabet; a single shift table replaces the extension
table behind the escape.  Each costs three octets of the user data header.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from smsc_sim.content.alphabets import GSM7_CODES, GSM7_DEFAULT
from smsc_sim.content.errors import ContentError

Table = Mapping[str, int]

ELEMENT_OCTETS = 3
"""Octets of a language element in the header: identifier (0x24 single shift, 0x25 locking), length,
language (found: PyPI gsmcodecs 1.0.0)."""


@dataclass(frozen=True, slots=True)
class Language:
    """One national language.

    Attributes
    ----------
    name : str
    identifier : int
        Of the header elements.
    locking, single_shift : mapping of str to int
        Character -> code; `locking` is empty where the language has none.
    """

    name: str
    identifier: int
    locking: Table
    single_shift: Table


@dataclass(frozen=True, slots=True)
class Coding:
    """GSM 7-bit with the tables in force.

    Attributes
    ----------
    locking, single_shift : str or None
        Languages of the tables; None for the default alphabet and its extension.
    septets : mapping of str to int
        Character -> septets, 1 or 2.
    """

    locking: str | None
    single_shift: str | None
    septets: Mapping[str, int]

    @property
    def header_octets(self) -> int:
        """Octets of the language elements, without the length octet of the header."""
        return ELEMENT_OCTETS * ((self.locking is not None) + (self.single_shift is not None))


@cache
def languages() -> Mapping[str, Language]:
    """All national languages by name, in the order of their identifiers.

    Examples
    --------
    >>> len(languages()), languages()["turkish"].identifier
    (13, 1)
    """
    text = files("smsc_sim").joinpath("data", "national_tables.csv").read_text(encoding="utf-8")
    tables: dict[str, dict[str, Table]] = {}
    numbers: dict[str, int] = {}
    for line in text.splitlines():
        if line.startswith(("#", "language,")):
            continue
        name, identifier, kind, runs = line.split(",")
        numbers[name] = int(identifier)
        tables.setdefault(name, {})[kind] = MappingProxyType(_table(runs))
    return MappingProxyType(
        {
            name: Language(
                name,
                numbers[name],
                found.get("locking", MappingProxyType({})),
                found["single_shift"],
            )
            for name, found in tables.items()
        }
    )


def _table(runs: str) -> dict[str, int]:
    """Character -> code; the first code of the few characters that have two."""
    table: dict[str, int] = {}
    for run in runs.split(";"):
        first, _, points = run.partition(":")
        for code, point in enumerate(points.split(), start=int(first, 16)):
            table.setdefault(chr(int(point, 16)), code)
    return table


@cache
def codings(supported: tuple[str, ...]) -> tuple[Coding, ...]:
    """Every way to write GSM 7-bit with the tables of some languages, the plainest first.

    Parameters
    ----------
    supported : tuple of str
        Names of languages that the destination knows.

    Raises
    ------
    ContentError
        If a language is unknown.

    Examples
    --------
    >>> [(c.locking, c.single_shift) for c in codings(("spanish",))]
    [(None, None), (None, 'spanish')]
    """
    known = languages()
    for name in supported:
        if name not in known:
            raise ContentError(
                f"languages: no national language is called {name!r}; use {', '.join(known)}"
            )
    names = sorted(set(supported), key=lambda name: known[name].identifier)
    locking = [None, *(name for name in names if known[name].locking)]
    found = [
        Coding(lock, shift, _septets(lock, shift))
        for lock, shift in itertools.product(locking, [None, *names])
    ]
    return tuple(sorted(found, key=lambda coding: coding.header_octets))


def _septets(locking: str | None, single_shift: str | None) -> Mapping[str, int]:
    """Septets of each character under two tables; what both have costs one."""
    if locking is None:
        first = {c: 1 for c in GSM7_DEFAULT if len(GSM7_CODES.get(c, ())) == 1}
    else:
        first = dict.fromkeys(languages()[locking].locking, 1)
    if single_shift is None:
        second = {c: 2 for c, codes in GSM7_CODES.items() if len(codes) == 2}
    else:
        second = dict.fromkeys(languages()[single_shift].single_shift, 2)
    return MappingProxyType({**second, **first})
