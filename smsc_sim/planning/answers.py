"""Answers that came in, written back as an attribute: into a new dated list, never in place."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from smsc_sim.content.cells import values_of
from smsc_sim.content.errors import ContentError
from smsc_sim.content.numbering import REASONS, read_numbers
from smsc_sim.content.row_files import batches, open_rows, refuse_absent
from smsc_sim.content.spreadsheet import line, safe_cell
from smsc_sim.planning.rejects import Rejects
from smsc_sim.results.storage import whole_file

STOP_WORDS = ("stop", "end", "quit", "cancel", "unsubscribe")


@dataclass(slots=True)
class WrittenBack:
    """What became of answers.

    Attributes
    ----------
    file : Path
        The new list.
    customers, answers : int
        Rows of the list, and of the answers.
    answered, opted_out : int
        Customers who have answered, or opted out by their answer.
    rejected : int
        Answers of nobody in the list, or that could not be read; rows of the list that could not be
        read.
    said : Counter of str
        Customers by answer.
    """

    file: Path
    customers: int = 0
    answers: int = 0
    answered: int = 0
    opted_out: int = 0
    rejected: int = 0
    said: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Columns:
    """Titles: of the number in both files, of the answer, of the new attribute, of opt-outs."""

    attribute: str
    number: str = "number"
    text: str = "text"
    opted_out: str = "opted_out"


def write_back(
    customers: Path,
    answers: Path,
    columns: Columns,
    on: date,
    folder: Path,
    stop_words: tuple[str, ...] = STOP_WORDS,
) -> WrittenBack:
    """Write the list of customers anew, with the answers as a column.

    Parameters
    ----------
    customers, answers : Path
        CSV, gzipped CSV or Parquet; of several answers of a customer the last one counts.
    columns : Columns
    on : date
        Day of the new list, which its name ends in.
    folder : Path
        For it, and for `answers-rejects.csv`.
    stop_words : tuple of str
        Answers that are opt-outs, in small letters.

    Returns
    -------
    WrittenBack

    Raises
    ------
    ContentError
        If a file or a column is not there, the list has the attribute already, or a list of that
        day is there already.

    Notes
    -----
    Answers are compared and written in small letters without blanks around them. All other cells
    are as they were, also where they are no UTF-8.
    """
    listed = open_rows(customers)
    refuse_absent(listed.titles, columns.number, customers)
    if columns.attribute in listed.titles:
        raise ContentError(
            f"{customers}: has a column '{columns.attribute}' already; choose another name"
        )
    if columns.attribute == columns.opted_out:
        raise ContentError(
            f"'{columns.attribute}' says who has opted out; choose another name for the answers"
        )
    found = WrittenBack(folder / f"{customers.name.split('.')[0]}-{on}.csv")
    if found.file.exists():
        raise ContentError(f"{found.file}: is there already; name another folder")
    with ExitStack() as stack:
        rejects = Rejects(folder / "answers-rejects.csv", stack)
        said = _answers(answers, columns, found, rejects)
        part = stack.enter_context(whole_file(found.file))
        stream = stack.enter_context(
            part.open("w", encoding="utf-8", errors="surrogateescape", newline="")
        )
        titles = list(dict.fromkeys([*listed.titles, columns.opted_out, columns.attribute]))
        stream.write(line(titles))
        for batch in batches(listed, list(listed.titles)):
            rejects.add((row, "", f"of the list: {why}", "") for row, why in batch.unreadable)
            cells = {t: _texts(batch.columns.column(t)) for t in listed.titles}
            _answered(cells, columns, said, stop_words, found)
            stream.writelines(map(line, zip(*(cells[title] for title in titles), strict=True)))
        found.answered = found.opted_out + found.said.total()
        rejects.add(
            (row, columns.number, "is nobody's in the list", str(number))
            for number, (_, row) in said.items()
        )
        rejects.keep()
        found.rejected = rejects.n
    return found


def _answered(
    cells: dict[str, list[str]],
    columns: Columns,
    said: dict[int, tuple[str, int]],
    stop_words: tuple[str, ...],
    found: WrittenBack,
) -> None:
    """Add answers and opt-outs to some rows of the list; what was used is no longer in `said`."""
    e164 = read_numbers([_clean(cell) for cell in cells[columns.number]]).e164.tolist()
    new = [said.pop(number, None) if number > 0 else None for number in e164]
    out = cells.get(columns.opted_out, [""] * len(new))
    leaves = [answer is not None and answer[0] in stop_words for answer in new]
    cells[columns.opted_out] = [
        "true" if is_out else cell for is_out, cell in zip(leaves, out, strict=True)
    ]
    cells[columns.attribute] = [
        "" if answer is None or is_out else safe_cell(answer[0])
        for answer, is_out in zip(new, leaves, strict=True)
    ]
    found.customers += len(e164)
    found.opted_out += sum(leaves)
    found.said.update(cell for cell in cells[columns.attribute] if cell)


def _answers(
    path: Path, columns: Columns, found: WrittenBack, rejects: Rejects
) -> dict[int, tuple[str, int]]:
    """Last answer and its row, by number."""
    file = open_rows(path)
    for title in (columns.number, columns.text):
        refuse_absent(file.titles, title, path)
    said: dict[int, tuple[str, int]] = {}
    for batch in batches(file, [columns.number, columns.text]):
        found.answers += len(batch.rows) + len(batch.unreadable)
        rejects.add((row, "", why, "") for row, why in batch.unreadable)
        texts = [_clean(cell) for cell in _texts(batch.columns.column(columns.text))]
        shown = [_clean(cell) for cell in _texts(batch.columns.column(columns.number))]
        numbers = read_numbers(shown)
        bad = []
        for k, row in enumerate(batch.rows.tolist()):
            text = texts[k].casefold()
            if numbers.reason[k]:
                bad.append((row, columns.number, str(REASONS[numbers.reason[k]]), shown[k]))
            elif not text:
                bad.append((row, columns.text, "is empty", ""))
            else:
                said[int(numbers.e164[k])] = (text, row)
        rejects.add(bad)
    return said


def _texts(column: Any) -> list[str]:
    """Cells, from which the octets can be had back that are no UTF-8."""
    return [
        cell.decode("utf-8", "surrogateescape")
        if isinstance(cell, bytes)
        else ("" if cell is None else str(cell))
        for cell in values_of(column)
    ]


def _clean(cell: str) -> str:
    """A cell to compare: without blanks around it, a question mark for what is no UTF-8."""
    return cell.encode("utf-8", "replace").decode().strip()
