# mypy: disable-error-code="no-untyped-call,import-untyped"
"""What numba has to know of memory: the types of rows, columns and blocks.

Beside `engines.memory`, as numba takes its time to start and only compiling needs it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from numba.core import types
from numba.core.datamodel import models
from numba.extending import register_model

from smsc_sim.engines.memory import ROW, WORD, Rows, laid_out, octets_of_field, stride_of
from smsc_sim.model.network import Floats


class RowType(types.Type):
    """A job: the address of a row of whole numbers.

    The layout tells where in a row each number begins and how many octets it takes.
    """

    def __init__(self, layout: dict[str, tuple[int, int]]) -> None:
        self.layout = layout
        self.octets = stride_of(layout)
        super().__init__(name=f"Row({len(layout)}, {self.octets})")


class ColumnType(types.Type):
    """A column: the address of its word in the header of a block.

    Its length stands `length_at` octets behind that word.  The label is the name of its memory,
    which no other column shares; that of a constant column is not written to while a kernel runs.
    An element takes so many octets, and one begins every `stride` octets.
    """

    def __init__(
        self,
        element: types.Type,
        octets: int,
        stride: int,
        length_at: int,
        label: str,
        is_constant: bool,
    ) -> None:
        self.element, self.octets, self.stride = element, octets, stride
        self.length_at, self.label, self.is_constant = length_at, label, is_constant
        super().__init__(name=f"Column({element}, {octets}, {stride}, {label}, {is_constant})")


class BlockType(types.Type):
    """Columns and whole numbers behind one address."""

    def __init__(
        self, label: str, fields: tuple[tuple[str, types.Type], ...], is_constant: bool
    ) -> None:
        self.label, self.fields, self.is_constant = label, fields, is_constant
        self.place = {name: number for number, (name, _) in enumerate(fields)}
        super().__init__(name=f"Block({label}, {len(fields)})")


for _kind in (RowType, ColumnType, BlockType):
    register_model(_kind)(models.OpaqueModel)

ROW_TYPE = RowType(ROW)


def block_type(
    layout: type, packed: Iterable[Mapping[str, Any]] = (), *, is_constant: bool = False
) -> BlockType:
    """The numba type of a block, from the annotations of a class.

    Parameters
    ----------
    layout : class
        With annotations: int, Ints, Floats or Rows; with fewer octets where they say so.
    packed : iterable of mapping of str to annotation, optional
        Sets of columns whose elements stand together, row by row.
    is_constant : bool
        Nothing writes to it while a kernel runs.
    """
    layouts = {name: laid_out(columns) for columns in packed for name in columns}
    length_at = WORD * len(layout.__annotations__)

    def kind_of(name: str, kind: Any) -> types.Type:
        label = f"{layout.__name__}.{name}"
        if kind is int:
            return types.int64
        if kind == Rows:
            return ColumnType(
                ROW_TYPE, ROW_TYPE.octets, ROW_TYPE.octets, length_at, label, is_constant
            )
        element = types.float64 if kind == Floats else types.int64
        octets = stride = octets_of_field(kind)
        if name in layouts:
            octets, stride = layouts[name][name][1], stride_of(layouts[name])
        return ColumnType(element, octets, stride, length_at, label, is_constant)

    fields = tuple((name, kind_of(name, kind)) for name, kind in layout.__annotations__.items())
    return BlockType(layout.__name__, fields, is_constant)
