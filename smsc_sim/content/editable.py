"""Small tables of text that ship with the package and that a user may replace by a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from smsc_sim.content.errors import ContentError


def rows_of(
    shipped: str, head: Sequence[str], file: Path | str | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Rows of a CSV table; comments, empty lines and the head are left out.

    Parameters
    ----------
    shipped : str
        Name of the table in `smsc_sim/data`.
    head : sequence of str
        Names of the columns, as the first row may give them.
    file : path, optional
        The user's own table in place of it.

    Yields
    ------
    (str, list of str)
        Where the row stands, for errors, and its cells.

    Raises
    ------
    ContentError
        If the file is no UTF-8.
    """
    name = shipped if file is None else str(file)
    if file is None:
        text = files("smsc_sim").joinpath("data", shipped).read_text(encoding="utf-8")
    else:
        try:
            text = Path(file).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise ContentError(
                f"{name}: is no UTF-8 from octet {error.start} on; save it anew"
            ) from None
    lines = csv.reader(io.StringIO(text))
    for cells in lines:
        if cells and not cells[0].startswith("#") and cells != list(head):
            yield f"{name}:{lines.line_num}", cells
