"""Operators by number: longest prefix of a table, for many numbers at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from smsc_sim.content.editable import table_of
from smsc_sim.content.errors import ContentError
from smsc_sim.content.rate_cells import operator_of

COLUMNS = ("prefix", "operator")
UNKNOWN = -1
_POWERS = np.array([10**k for k in range(19)], np.int64)


@dataclass(frozen=True, slots=True)
class Operators:
    """Prefixes of numbers, by their length.

    Attributes
    ----------
    name : str
        Path of the table.
    names : tuple of str
        Operators, each once, as a rate card writes them: `244-91` or a name.
    prefixes : mapping of int to (prefixes, operators)
        Digits of a prefix to the sorted prefixes of that length ((m,) int64) and their index in
        `names` ((m,) int32).
    """

    name: str
    names: tuple[str, ...]
    prefixes: Mapping[int, tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]]


def load_operators(path: Path) -> Operators:
    """Read a table of prefixes.

    Parameters
    ----------
    path : Path
        CSV with the columns prefix (digits of the international number, country code first, a `+`
        before them or none) and operator (MCC and MNC such as 244-91, or a name).

    Returns
    -------
    Operators

    Raises
    ------
    ContentError
        If it cannot be read or rows are wrong; all of them are named, one line each.
    """
    found: dict[str, str] = {}
    problems = []
    for number, cells in table_of(path, COLUMNS):
        problem = _read_row(cells, found)
        problems += [f"{path}:{number}:{problem}"] if problem else []
    if problems:
        raise ContentError("\n".join(problems))
    return _by_length(str(path), found)


def _read_row(cells: list[str], found: dict[str, str]) -> str:
    """Add a row; or say what is wrong with it."""
    prefix = cells[0].removeprefix("+")
    if not (prefix.isascii() and prefix.isdecimal() and len(prefix) <= 15 and prefix[0] != "0"):
        return f"prefix: is no beginning of an E.164 number (got '{cells[0]}'); write e.g. 35850"
    if not cells[1]:
        return "operator: must not be empty (got ''); write e.g. 244-91"
    if prefix in found:
        return f"prefix: stands twice (got '{cells[0]}'); keep one"
    try:
        found[prefix] = operator_of(cells[1])
    except ContentError as error:
        return f"operator: {error}"
    return ""


def _by_length(name: str, found: Mapping[str, str]) -> Operators:
    names = tuple(sorted(set(found.values())))
    at = {operator: index for index, operator in enumerate(names)}
    prefixes = {}
    for digits in sorted({len(prefix) for prefix in found}, reverse=True):
        same = sorted(int(prefix) for prefix in found if len(prefix) == digits)
        owners = np.array([at[found[str(prefix)]] for prefix in same], np.int32)
        prefixes[digits] = np.array(same, np.int64), owners
    return Operators(name, names, prefixes)


def operators_of(operators: Operators, e164: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Operator to whom each number was given.

    Parameters
    ----------
    operators : Operators
    e164 : (n,) int64 array
        Digits with country code, see `numbering.Numbers`; 0 for no number.

    Returns
    -------
    (n,) int32 array
        Index in `operators.names`; UNKNOWN where no prefix fits.

    Notes
    -----
    A ported number keeps its prefix: this is who got it first, not who serves it today. Where
    numbers are ported freely, use an answer of the number portability database as a column.

    Examples
    --------
    >>> table = _by_length("p.csv", {"358": "244-05", "35850": "244-91"})
    >>> [table.names[k] for k in operators_of(table, np.array([358501234567, 358401234567]))]
    ['244-91', '244-05']
    """
    found = np.full(len(e164), UNKNOWN, np.int32)
    digits = np.searchsorted(_POWERS, e164, "right")
    for length, (prefixes, owners) in operators.prefixes.items():  # the longest first
        head = e164 // _POWERS[np.maximum(digits - length, 0)]
        at = np.minimum(np.searchsorted(prefixes, head), len(prefixes) - 1)
        fits = (prefixes[at] == head) & (digits >= length) & (found == UNKNOWN)
        found[fits] = owners[at[fits]]
    return found
