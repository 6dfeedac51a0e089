"""Results on disk: atomic writes whose bytes depend on the numbers alone.

Times of measurement stand in `manifest.json` only; every other file has the same bytes for the
same input.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

TABLES: dict[str, dict[str, str]] = {
    "measures": {
        "entity_type": "string",
        "entity": "string",
        "measure": "string",
        "unit": "string",
        "estimate": "float64",
        "half_width": "float64",
        "n": "int64",
    },
    "timeline": {
        "time_s": "float64",
        "entity_type": "string",
        "entity": "string",
        "measure": "string",
        "unit": "string",
        "estimate": "float64",
        "half_width": "float64",
        "n": "int64",
    },
    "latency": {
        "class": "string",
        "within_s": "float64",
        "share": "float64",
        "half_width": "float64",
        "n": "int64",
    },
    "replications": {
        "replication": "int64",
        "entity_type": "string",
        "entity": "string",
        "measure": "string",
        "value": "float64",
    },
}
"""Columns and types of the tidy tables; `measures` is the form of three files."""

FILES = {
    "classes": ("run", "class", "class_country"),
    "countries": ("country",),
    "elements": ("element", "smsc"),
}
"""Entity types that stand in each of the files with measures."""

MANIFEST, SUMMARY, MESSAGES = "manifest.json", "summary.json", "messages.parquet"


class ResultsError(Exception):
    """A directory does not hold complete results; the message says what is missing."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside a file, which becomes the file when all went well.

    Readers see the old content or the new, never a part; after an error or an interruption nothing
    is left behind.

    Parameters
    ----------
    path : Path
        Its directory is made when absent.

    Yields
    ------
    Path
        Of an empty file to write to.

    Raises
    ------
    OSError
        If the directory cannot be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The temporary file is in the same directory because a rename is atomic within one disk only.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        # mkstemp makes private files; results are meant to be read by others.
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old content or the new, never a part.

    Parameters
    ----------
    path : Path
        Its directory is made when absent.
    content : bytes

    Raises
    ------
    OSError
        If the directory cannot be written to; no file is left behind.
    """
    with whole_file(path) as part:
        part.write_bytes(content)


def _plain(value: Any) -> Any:
    """Turn numpy scalars, tuples and NaN into what JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise TypeError(f"cannot write a {type(value).__name__} to JSON (got {value!r})")


def json_bytes(value: Any) -> bytes:
    """Encode plain data: sorted keys, floats by `repr`, NaN and infinities as null.

    Raises
    ------
    TypeError
        If a value is neither text, number, boolean, None, list nor mapping.
    """
    text = json.dumps(_plain(value), sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8")


def parquet_bytes(frame: pd.DataFrame, columns: Mapping[str, str]) -> bytes:
    """Encode a tidy table with fixed types and writer options.

    Parameters
    ----------
    frame : DataFrame
        Any index; it is not written.
    columns : mapping
        Name -> type, the order of the columns in the file.

    Returns
    -------
    bytes
        Without the metadata of pandas, which would change with its version.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"string": pa.string(), "float64": pa.float64(), "int64": pa.int64()}
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
    arrays = [
        pa.array(frame[name].to_numpy(dtype=object if kind == "string" else kind), types[kind])
        for name, kind in columns.items()
    ]
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=schema),
        sink,
        compression="zstd",
        compression_level=3,
        version="2.6",
        data_page_version="1.0",
        row_group_size=1 << 20,
        store_schema=False,
    )
    return bytes(sink.getvalue())


def read_parquet(path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
    """Read a table that `parquet_bytes` made.

    Raises
    ------
    ResultsError
        If the file is absent, is no Parquet file or has other columns.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # ParquetFile, because read_table would take a path such as `seed=1/` for a partition.
        with pq.ParquetFile(path) as file:
            frame = file.read().to_pandas()
    except FileNotFoundError:
        raise ResultsError(f"{path}: no such file; the results are not complete") from None
    except pa.ArrowInvalid as error:
        raise ResultsError(f"{path}: not a readable Parquet file ({error})") from error
    if list(frame.columns) != list(columns):
        raise ResultsError(
            f"{path}: needs the columns {', '.join(columns)} (got {', '.join(frame.columns)})"
        )
    return as_tidy(frame, columns)


def as_tidy(frame: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Give a table exactly these columns and types, with a plain index.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise ValueError(
            f"a table lacks the column '{missing[0]}' (got {', '.join(map(str, frame.columns))})"
        )
    kinds = {name: "str" if kind == "string" else kind for name, kind in columns.items()}
    return frame[list(columns)].astype(kinds).reset_index(drop=True)


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises
    ------
    ResultsError
        If the file is absent or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultsError(f"{path}: no such file; the results are not complete") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise ResultsError(f"{path}: not a readable JSON file ({error})") from error


def summary(measures: pd.DataFrame, targets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Nest every measure for `summary.json`.

    Parameters
    ----------
    measures : DataFrame
        As `TABLES["measures"]`.
    targets : sequence of mappings
        The verdicts.

    Returns
    -------
    dict
        `measures` -> entity type -> entity -> measure -> estimate, half_width, unit, n; `targets`.
    """
    nested: dict[str, Any] = {}
    for row in measures.to_dict("records"):
        of_type = nested.setdefault(row["entity_type"], {})
        of_type.setdefault(row["entity"], {})[row["measure"]] = {
            key: row[key] for key in ("estimate", "half_width", "unit", "n")
        }
    return {"measures": nested, "targets": list(targets)}
