"""Cells of CSV files that a spreadsheet does not run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_OPEN = re.compile(r'[",\r\n]|^\s|\s$')
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
"""What a cell begins with that a spreadsheet takes for a formula, the wide forms of Asia too.

References
----------
OWASP, CSV Injection.
"""


def safe_cell(cell: object) -> str:
    """A cell as text, with an apostrophe before what a spreadsheet would run.

    Numbers stay as they are, also as texts.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("-1.5"), safe_cell("Hi")
    ("'=1+1", '-1.5', 'Hi')
    """
    text = str(cell)
    return f"'{text}" if text.startswith(RUNS) and not _NUMBER.fullmatch(text) else text


def write_rows(stream: TextIO, titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of safe cells as CSV; titles come first if there are any."""
    if titles:
        stream.write(line(map(safe_cell, titles)))
    stream.writelines(line(map(safe_cell, row)) for row in rows)


def line(cells: Iterable[str]) -> str:
    """Write a line of CSV of cells as they are.

    NOTE: the writer of csv leaves a lone carriage return without quotes where lines end with a line
    feed; what follows it would be a row of its own, whose first cell nobody has looked at.
    """
    return ",".join(map(_quoted, cells)) + "\n"


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if _OPEN.search(text) else text
