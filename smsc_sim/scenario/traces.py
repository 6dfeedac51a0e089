"""Tables of messages that were really sent: read for replay and for fitting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import numpy as np
import numpy.typing as npt

from smsc_sim.scenario.errors import Place, Problem, ScenarioError
from smsc_sim.scenario.tables import table_rows

TIME_TITLES = ("time", "timestamp")
MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class TraceRows:
    """Messages in the order of their times.

    Attributes
    ----------
    s : (n,) float64 array
        Time in s since the first message; at least 0.
    first_s : float
        Time of the first message as the table tells it, s.
    start : datetime or None
        Moment of the first message, where the table tells moments.
    senders, recipients : (n,) int64 array or None
        Number of each person in the order of their first appearance, as sender before as recipient.
    people : int
        Number of persons.
    """

    s: npt.NDArray[np.float64]
    first_s: float
    start: datetime | None
    senders: npt.NDArray[np.int64] | None
    recipients: npt.NDArray[np.int64] | None
    people: int


def read_trace(
    data: bytes, path: Path, name: str, place: Place, zone: tzinfo, column: str | None = None
) -> TraceRows:
    """Rows of a table of messages.

    Parameters
    ----------
    data : bytes
        Content of the file.
    path : Path
        Its path; the ending says whether it is .csv or .parquet.
    name : str
        How it is called in errors.
    place : Place
        Where the table was named.
    zone : tzinfo
        Of moments that are written without an offset.
    column : str, optional
        Title of the column of times. Default: time or timestamp.

    Raises
    ------
    ScenarioError
        Every problem of the table (the first 20) as `file:row:column`; the header is row 1.
    """
    rows = table_rows(data, path, name, place, "file")
    titles = [title.strip() for title in next(rows, (1, []))[1]]
    at = _time_column(titles, name, column)
    found: dict[str, int] = {key: titles.index(key) for key in ("from", "to") if key in titles}
    times: list[float] = []
    persons: dict[str, list[str]] = {key: [] for key in found}
    problems: list[Problem] = []
    is_moment = False
    for row, cells in rows:
        wrong = _row_problem(cells, titles, found, name, row)
        if wrong is None:
            try:
                seconds, is_moment = _seconds(cells[at].strip(), zone)
            except ValueError:
                wrong = Problem(
                    Place(name, row, at + 1), titles[at], "needs seconds or a moment", cells[at],
                    "write e.g. 12.5 or 2026-03-01T12:00:00",
                )  # fmt: skip
        if wrong is not None:
            problems.append(wrong)
            if len(problems) == MOST_PROBLEMS:
                break
            continue
        times.append(seconds)
        for key, index in found.items():
            persons[key].append(cells[index].strip())
    if not problems and not times:
        problems.append(Problem(Place(name), "", "has no rows", None, "add one row per message"))
    if problems:
        raise ScenarioError([str(problem) for problem in problems], name)
    return _in_order(times, persons, datetime.fromtimestamp(min(times), UTC) if is_moment else None)


def _time_column(titles: list[str], name: str, column: str | None) -> int:
    wanted = TIME_TITLES if column is None else (column,)
    for title in wanted:
        if title in titles:
            return titles.index(title)
    what = f"has no column '{wanted[0]}'"
    has = ", ".join(titles) or "none"
    wrong = Problem(Place(name, 1, 1), "", what, None, f"name the column of times; it has {has}")
    raise ScenarioError([str(wrong)], name)


def _row_problem(
    cells: list[str], titles: list[str], found: dict[str, int], name: str, row: int
) -> Problem | None:
    if len(cells) != len(titles):
        what = f"has {len(cells)} cells where the header has {len(titles)}"
        return Problem(Place(name, row, 1), "", what, None, "check commas and quotes")
    for key, index in found.items():
        if not cells[index].strip():
            what = "needs the name of a person"
            return Problem(Place(name, row, index + 1), key, what, None, "or leave the column out")
    return None


def _seconds(cell: str, zone: tzinfo) -> tuple[float, bool]:
    """A time in s, and whether it was told as a moment."""
    try:
        seconds = float(cell)
    except ValueError:
        moment = datetime.fromisoformat(cell)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment.timestamp(), True
    if not np.isfinite(seconds):
        raise ValueError
    return seconds, False


def _in_order(
    times: list[float], persons: dict[str, list[str]], start: datetime | None
) -> TraceRows:
    order = np.argsort(times, kind="stable")
    numbers: dict[str, int] = {}
    columns: dict[str, npt.NDArray[np.int64]] = {}
    for key, names in persons.items():
        columns[key] = np.array(
            [numbers.setdefault(names[row], len(numbers)) for row in order], np.int64
        )
    at = np.array(times)[order]
    return TraceRows(
        at - at[0], float(at[0]), start, columns.get("from"), columns.get("to"), len(numbers)
    )
