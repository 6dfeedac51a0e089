"""Maps of elements from CSV and Parquet tables: one row per element, one column per key.

A `name` column names the elements.  Other columns are named like keys, dotted for nested ones
(`reachability.mean_on`).  A header may carry the unit of its column: `rate [msg/s]`.  An empty
cell leaves the default.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from smsc_sim.scenario.document import Fields, Node, Scalar, read_value
from smsc_sim.scenario.errors import Place, Problem, ScenarioError
from smsc_sim.scenario.files import decode

_HEADER = re.compile(r"\s*([^\[\]]*?)\s*(?:\[\s*([^\[\]]*?)\s*\])?\s*")
MOST_ROWS = 200_000


def read_table(data: bytes, path: Path, name: str, place: Place) -> Fields:
    """Map of elements from the octets of a table.

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

    Raises
    ------
    ScenarioError
        Every problem of the table as `file:row:column`; the header is row 1.
    """
    rows = table_rows(data, path, name, place)
    problems: list[Problem] = []
    header = next(rows, (1, []))[1]
    columns = _columns(header, name, problems)
    entries: dict[str, tuple[Place, Node]] = {}
    if not problems:
        for row, cells in rows:
            _add_row(entries, columns, row, cells, name, problems)
    if not problems and not entries:
        problems.append(Problem(Place(name), "", "has no rows", None, "add one row per element"))
    if problems:
        raise ScenarioError([str(problem) for problem in problems], name)
    return Fields(entries, place)


def table_rows(
    data: bytes, path: Path, name: str, place: Place, key: str = "from"
) -> Iterator[tuple[int, list[str]]]:
    """Rows of a CSV or Parquet table with their numbers from 1, the titles first, as text.

    Raises
    ------
    ScenarioError
        If it is neither, or cannot be read.
    """
    if path.suffix.lower() == ".parquet":
        return _parquet_rows(data, name)
    if path.suffix.lower() == ".csv":
        return _csv_rows(data, name)
    wrong = Problem(place, key, "needs a .csv or .parquet file", path.name)
    raise ScenarioError([str(wrong)], name)


def _csv_rows(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    text = decode(data, name)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row, cells in enumerate(reader, start=1):
            if row == 1 and len(cells) == 1 and ";" in cells[0]:
                wrong = Problem(Place(name, 1, 1), "", "separates columns with ';'", None)
                raise ScenarioError([f"{wrong}; use commas"], name)
            if any(cell.strip() for cell in cells):
                yield row, cells
    except csv.Error as error:
        wrong = Problem(Place(name, reader.line_num, 1), "", f"is no CSV: {error}")
        raise ScenarioError([f"{wrong}; check the quotes"], name) from None


def _parquet_rows(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        parquet = pq.ParquetFile(io.BytesIO(data))
        if parquet.metadata.num_rows > MOST_ROWS:
            wrong = Problem(Place(name), "", f"has more than {MOST_ROWS} rows")
            raise ScenarioError([str(wrong)], name)
        table = parquet.read()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        wrong = Problem(Place(name), "", f"is no Parquet file ({reason})")
        raise ScenarioError([f"{wrong}; write it again"], name) from None
    yield 1, list(table.column_names)
    columns = [column.to_pylist() for column in table.columns]
    for row in range(table.num_rows):
        yield row + 2, [_cell_text(column[row]) for column in columns]


def _cell_text(value: object) -> str:
    if value is None or value != value:  # NaN is pandas' empty cell
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_cell_text(item) for item in value) + "]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _columns(header: list[str], name: str, problems: list[Problem]) -> list[tuple[str, str]]:
    """(dotted key, unit) of each column."""
    columns: list[tuple[str, str]] = []
    for position, title in enumerate(header, start=1):
        match = _HEADER.fullmatch(title)
        key, unit = (match.group(1), match.group(2) or "") if match else ("", "")
        place = Place(name, 1, position)
        if not key:
            remedy = "write e.g. rate or rate [msg/s]"
            problems.append(Problem(place, "", "needs the name of a key", title, remedy))
        elif any(key == other for other, _ in columns):
            problems.append(Problem(place, key, "is the title of two columns", None, "remove one"))
        columns.append((key, unit))
    if not any(key == "name" for key, _ in columns):
        remedy = "give every row the name of its element"
        problems.append(Problem(Place(name, 1, 1), "", "has no column 'name'", None, remedy))
    return columns


def _add_row(
    entries: dict[str, tuple[Place, Node]],
    columns: list[tuple[str, str]],
    row: int,
    cells: list[str],
    name: str,
    problems: list[Problem],
) -> None:
    if len(cells) != len(columns):
        what = f"has {len(cells)} cells where the header has {len(columns)}"
        problems.append(Problem(Place(name, row, 1), "", what, None, "check commas and quotes"))
        return
    keyed = dict(zip((key for key, _ in columns), cells, strict=True))
    at = 1 + [key for key, _ in columns].index("name")
    element = keyed["name"].strip()
    place = Place(name, row, at)
    if not element:
        problems.append(Problem(place, "name", "needs the name of the element"))
        return
    if element in entries:
        first = entries[element][0]
        what = f"is the name of two rows, first at {first}"
        problems.append(Problem(place, "name", what, element, "choose another name"))
        return
    fields: dict[str, tuple[Place, Node]] = {}
    for position, ((key, unit), cell) in enumerate(zip(columns, cells, strict=True), start=1):
        text = cell.strip()
        if key == "name" or not text:
            continue
        where = Place(name, row, position)
        try:
            node = _cell_node(f"{text} {unit}".strip(), where, name)
        except ScenarioError as error:
            problems.append(Problem(where, key, "is no YAML list or map", text, "check it"))
            assert error.problems
            continue
        fields = put(fields, key.split("."), where, node)
    entries[element] = (place, Fields(fields, place))


def _cell_node(text: str, place: Place, name: str) -> Node:
    return read_value(text, place, name) if text[0] in "[{" else Scalar(text, place)


def put(
    entries: dict[str, tuple[Place, Node]], path: list[str], place: Place, node: Node
) -> dict[str, tuple[Place, Node]]:
    """Entries with a node at a path below them; maps on the way are made or copied."""
    key, *rest = path
    if not rest:
        return {**entries, key: (place, node)}
    old = entries.get(key, (place, Fields({}, place)))
    inner = old[1].entries if isinstance(old[1], Fields) else {}
    return {**entries, key: (old[0], Fields(put(inner, rest, place, node), old[1].place))}
