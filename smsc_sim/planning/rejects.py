"""Rows of a file that cannot be used, listed in a file of their own."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from smsc_sim.content.spreadsheet import write_rows
from smsc_sim.results.storage import whole_file

COLUMNS = ("row", "column", "problem", "value")
MOST_SHOWN = 80
MOST_KEPT = 10


class Rejects:
    """A CSV file with a row per reject; written only if there is one.

    Parameters
    ----------
    path : Path or None
        Without one they are only counted.
    stack : ExitStack
        That closes it; after an error nothing is left unless `keep` was called.
    """

    def __init__(self, path: Path | None, stack: ExitStack) -> None:
        self.n = 0
        self.first: list[tuple[int, str, str, str]] = []
        self._path = path
        self._kept = ExitStack()
        self._stream: Any = None
        stack.push(self._kept.__exit__)

    def add(self, lines: Iterable[tuple[int, str, str, str]]) -> None:
        """Take rejects: number of the row, title of the column, problem and value."""
        found = sorted(lines)
        self.n += len(found)
        self.first += found[: MOST_KEPT - len(self.first)]
        if not found or self._path is None:
            return
        if self._stream is None:
            part = self._kept.enter_context(whole_file(self._path))
            self._stream = self._kept.enter_context(part.open("w", encoding="utf-8", newline=""))
            write_rows(self._stream, COLUMNS, ())
        short = ((row, title, why, value[:MOST_SHOWN]) for row, title, why, value in found)
        write_rows(self._stream, (), short)

    def keep(self) -> None:
        """Let the file stand, whatever comes after."""
        self._kept.close()
