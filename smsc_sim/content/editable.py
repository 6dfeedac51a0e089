"""Small tables of text that ship with the package and that a user may replace by a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from smsc_sim.content.errors import ContentError


def read_text(path: Path, name: str | None = None) -> str:
    """Text of a file that a user names.

    Parameters
    ----------
    path : Path
    name : str, optional
        How errors call it. Default: the path.

    Returns
    -------
    str
        Without a byte order mark.

    Raises
    ------
    ContentError
        If it cannot be read or is no UTF-8.
    """
    name = str(path) if name is None else name
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ContentError(
            f"{name}: cannot be read (got {error.strerror}); check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise ContentError(
            f"{name}: is not UTF-8 text (got octet 0x{error.object[error.start]:02x} at "
            f"{error.start}); save it as UTF-8"
        ) from error


def table_of(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Rows of a user's CSV table with a fixed header; empty ones are left out.

    Parameters
    ----------
    path : Path
    columns : sequence of str
        The header; a file may have further columns behind them.

    Yields
    ------
    (int, list of str)
        Number of the row, the header being row 1, and its cells without blanks around them.

    Raises
    ------
    ContentError
        If it cannot be read, has another header, or a row has fewer cells.
    """
    rows = csv.reader(io.StringIO(read_text(path)))
    if [cell.strip() for cell in next(rows, [])][: len(columns)] != list(columns):
        raise ContentError(f"{path}:1: needs the header {','.join(columns)}; write it")
    for number, row in enumerate(rows, start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) < len(columns):
            raise ContentError(
                f"{path}:{number}: must have {len(columns)} cells (got {len(cells)}); add the rest"
            )
        yield number, cells


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
