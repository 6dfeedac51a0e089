"""How compiled code sees columns and jobs: bare pointers, no reference counts, no copies.

A block is a table of words: for each field the value of a whole number or the address of a
column, then the lengths of the columns.  So a column that grows is told to the kernels by writing
two words, and a kernel takes three addresses in place of two hundred arrays.  Measured in
docs/performance.md.
"""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

import numpy as np

from smsc_sim.model.network import Floats, Int8, Int16, Int32, Job

WORD = 8
CACHE_LINE = 64


class Row(Job):
    """A job and what the engine knows of its wait."""

    due_ns: int  # its node of the wheel: see `engines.wheel`
    rank: Int8
    later: Int32
    earlier: Int32
    verb: Int8
    place: Int32
    target: int
    station: Int32
    start_ns: int
    done_ns: int
    cost: int
    signal: Int8  # what it will be told
    state: Int8  # FREE, RUNNING or WAITING
    phase: Int8  # of its walk
    node: Int16  # where it is on its walk
    far: Int16  # where the walk ends
    next_node: Int16
    goal: Int16
    msu: Int32
    sls: Int16
    parent: Int32  # slot of the job that began it
    queue: Int32  # list that it waits in, or NOBODY
    after: Int32  # its neighbours there
    before: Int32


# What most events touch stands in the first two cache lines of a row.
TOUCHED = (
    *("due_ns", "id", "done_ns", "start_ns", "later", "earlier", "station", "msu"),
    *("node", "goal", "far", "next_node", "sls"),
    *("verb", "signal", "state", "phase", "rank", "kind"),
    *("key", "target", "place", "queue", "after", "before", "record", "phone", "submit_ns"),
    *("stage", "population", "msc", "source", "cause", "smsc", "segment", "more", "parent"),
)

Rows = list[Row]  # marks a column of jobs in the annotations of a block


def octets_of_field(annotation: Any) -> int:
    """Octets that are kept of a whole number, from the annotation of its field or column."""
    return int(get_args(annotation)[1]) if hasattr(annotation, "__metadata__") else WORD


def laid_out(annotations: Mapping[str, Any], first: Iterable[str] = ()) -> Any:
    """Offset and octets of each number of a row: those touched most, then the rest, wide first."""
    octets = {name: octets_of_field(kind) for name, kind in annotations.items()}
    rest = sorted(octets.keys() - set(first), key=lambda name: (-octets[name], name))
    layout, end = {}, 0
    for name in (*first, *rest):
        offset = -(-end // octets[name]) * octets[name]
        layout[name] = (offset, octets[name])
        end = offset + octets[name]
    return layout


def stride_of(layout: Mapping[str, tuple[int, int]]) -> int:
    """Octets from one row to the next; a row that fits a cache line does not lie across two."""
    used = max(offset + octets for offset, octets in layout.values())
    return min(1 << (used - 1).bit_length(), -(-used // CACHE_LINE) * CACHE_LINE)


ROW = laid_out(Job.__annotations__ | Row.__annotations__, TOUCHED)
ROW_OCTETS = stride_of(ROW)


class Block:
    """Memory of a block: its header and the arrays that it points to.

    Parameters
    ----------
    layout : class
        With annotations as for `memory_types.block_type`.
    values : mapping of str to int or array_like
        Rows as octets.
    packed : iterable of mapping of str to annotation, optional
        As for `memory_types.block_type`; of columns of the same length.
    """

    def __init__(
        self, layout: type, values: Mapping[str, Any], packed: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        self._place = {name: n for n, name in enumerate(layout.__annotations__)}
        self._kind = layout.__annotations__
        self._header = np.zeros(2 * len(self._place), np.int64)
        self._arrays: dict[str, np.ndarray] = {}
        self.address: int = self._header.ctypes.data
        for columns in packed:
            rows = len(values[next(iter(columns))])
            self.pack(columns, octets_at_line(stride_of(laid_out(columns)) * rows))
            for name in columns:
                self[name][:] = self._fitting(name, values[name])
        for name in values.keys() & self._place.keys() - self._arrays.keys():
            self[name] = values[name]

    def _fitting(self, name: str, values: Any) -> Any:
        """The values of a column, none of which is too wide for its octets."""
        dtype = self[name].dtype
        given = np.asarray(values, np.float64 if dtype.kind == "f" else np.int64)
        if dtype.kind == "i" and len(given) and abs(given).max() > np.iinfo(dtype).max:
            raise OverflowError(f"{name}: {abs(given).max()} is too large for machine code")
        return given

    def __setitem__(self, name: str, value: Any) -> None:
        kind = self._kind[name]
        if kind is int:
            self._header[self._place[name]] = value
            return
        array = np.ascontiguousarray(value, _dtype(kind))
        self._arrays[name] = array
        self._point(name, array.ctypes.data, len(array))

    def __getitem__(self, name: str) -> Any:
        if self._kind[name] is int:
            return int(self._header[self._place[name]])
        return self._arrays[name]

    def pack(self, packed: Mapping[str, Any], memory: np.ndarray) -> None:
        """Let columns that stand together be in a memory of octets, see `memory_types`."""
        layout = laid_out(packed)
        stride = stride_of(layout)
        rows = len(memory) // stride
        for name, (offset, octets) in layout.items():
            if name not in self._place:  # it belongs to another block
                continue
            dtype = np.float64 if self._kind[name] == Floats else f"i{octets}"
            self._arrays[name] = np.ndarray((rows,), dtype, memory, offset, (stride,))
            self._point(name, memory.ctypes.data + offset, rows)

    def _point(self, name: str, address: int, length: int) -> None:
        place = self._place[name]
        self._header[place], self._header[place + len(self._place)] = address, length


def _dtype(kind: Any) -> Any:
    if kind == Rows:
        return np.uint8
    return np.float64 if kind == Floats else f"i{octets_of_field(kind)}"


def octets_at_line(size: int, old: np.ndarray | None = None) -> np.ndarray:
    """So many octets, all 0 but for those of the old ones, that begin at a cache line."""
    memory = np.zeros(size + CACHE_LINE, np.uint8)
    skip = -memory.ctypes.data % CACHE_LINE
    aligned = memory[skip : skip + size]
    if old is not None:
        aligned[: len(old)] = old
    return aligned


def copy_row(source: Any, target: Any) -> None:
    """Copy all fields of a row into another row."""
    target.__dict__.update(source.__dict__)


def lowest_bit(word: int) -> int:
    """Index of the lowest bit of a word that is set; the word is not zero."""
    return (word & -word).bit_length() - 1
