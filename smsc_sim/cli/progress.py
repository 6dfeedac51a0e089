"""Progress of reading a long file, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def file_progress(file: Path, what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar with rows, rows per second and time left; nothing when it is not a terminal.

    Parameters
    ----------
    file : Path
    what : str
        Plural of what a row is.

    Yields
    ------
    callable or None
        To be called with rows and octets so far.
    """
    if not sys.stderr.isatty() or not file.is_file():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[done]}"), console=Console(stderr=True), transient=True,
    ) as bars:  # fmt: skip
        task = bars.add_task(file.name, total=file.stat().st_size, done="")

        def update(rows: int, octets: int) -> None:
            elapsed = bars.tasks[0].elapsed or 0.0
            rate = f", {rows / elapsed:,.0f}/s" if elapsed else ""
            bars.update(task, completed=octets, done=f"{rows:,} {what}{rate}")

        yield update
