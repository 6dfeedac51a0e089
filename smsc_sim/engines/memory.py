# mypy: disable-error-code="no-untyped-call,untyped-decorator,override,import-untyped"
"""How compiled code sees columns and jobs: bare pointers, no reference counts, no copies.

A block is a table of two words per field: the value of a whole number, or the address and the
length of a column.  So a column that grows is told to the kernels by writing two words, and a
kernel takes three addresses in place of two hundred arrays.  Measured in docs/performance.md.
"""

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    infer_global,
    signature,
)
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_getattr_generic,
    lower_setattr_generic,
    register_model,
    type_callable,
)

from smsc_sim.model.network import Floats, Job

WORD = 8
HEADER = 2 * WORD  # of a field
_I64 = ir.IntType(64)


class RowType(types.Type):
    """A job: the address of a row of whole numbers."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        self.fields = fields
        super().__init__(name=f"Row({len(fields)})")


class ColumnType(types.Type):
    """A column: the address of its header.

    The label is the name of its memory, which no other column shares; that of a constant column
    is not written to while a kernel runs.
    """

    def __init__(self, element: types.Type, label: str, is_constant: bool) -> None:
        self.element, self.label, self.is_constant = element, label, is_constant
        super().__init__(name=f"Column({element}, {label}, {is_constant})")


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


class Row(Job):
    """A job and what the engine knows of its wait."""

    verb: int
    place: int
    target: int
    station: int
    start_ns: int
    done_ns: int
    cost: int
    place_held: int  # pool that it waits for a unit of, and the key
    key_held: int
    signal: int  # what it will be told
    state: int  # FREE, RUNNING or WAITING
    phase: int  # of its walk
    node: int  # where it is on its walk
    far: int  # where the walk ends
    next_node: int
    goal: int
    msu: int
    sls: int
    queue: int  # list that it waits in, or NOBODY
    after: int  # its neighbours there
    before: int
    victim: int  # the next one of an outage
    kept: int


Rows = list[Row]  # marks a column of jobs in the annotations of a block
ROW_FIELDS = (*Job.__annotations__, *Row.__annotations__)
ROW = RowType(ROW_FIELDS)


def block_type(layout: type, *, is_constant: bool = False) -> BlockType:
    """The numba type of a block, from the annotations of a class."""
    kinds = {Floats: types.float64, Rows: ROW}
    fields = tuple(
        (
            name,
            types.int64
            if kind is int
            else ColumnType(
                kinds.get(kind, types.int64), f"{layout.__name__}.{name}", is_constant
            ),
        )
        for name, kind in layout.__annotations__.items()
    )
    return BlockType(layout.__name__, fields, is_constant)


class Block:
    """Memory of a block: its header and the arrays that it points to.

    Parameters
    ----------
    layout : class
        With annotations: int, Ints, Floats or Rows.
    values : mapping of str to int or array_like
    """

    def __init__(self, layout: type, values: Mapping[str, Any]) -> None:
        self._place = {name: n for n, name in enumerate(layout.__annotations__)}
        self._kind = layout.__annotations__
        self._header = np.zeros(2 * len(self._place), np.int64)
        self._arrays: dict[str, np.ndarray] = {}
        self.address: int = self._header.ctypes.data
        for name in self._place:
            self[name] = values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        place = 2 * self._place[name]
        if self._kind[name] is int:
            self._header[place] = value
            return
        dtype = np.float64 if self._kind[name] == Floats else np.int64
        array = np.ascontiguousarray(value, dtype)
        self._arrays[name] = array
        self._header[place] = array.ctypes.data
        self._header[place + 1] = len(array)

    def __getitem__(self, name: str) -> Any:
        if self._kind[name] is int:
            return int(self._header[2 * self._place[name]])
        return self._arrays[name]


def copy_row(source: Any, target: Any) -> None:
    """Copy all fields of a row into another row."""
    target.__dict__.update(source.__dict__)


def lowest_bit(word: int) -> int:
    """Index of the lowest bit of a word that is set; the word is not zero."""
    return (word & -word).bit_length() - 1


# What numba has to know: types of attributes and items, and the code that loads and stores them.


def _known(builder: Any, instruction: Any, what: str, is_constant: bool = False) -> Any:
    """Tell LLVM that a load or store touches nothing but `what`.

    Otherwise it has to assume that every store may change everything, and loads it all again.
    """
    module = builder.module
    zero, constant = ir.Constant(_I64, 0), ir.Constant(_I64, int(is_constant))
    kind = module.add_metadata([what, module.add_metadata(["smsc_sim"]), zero])
    instruction.set_metadata("tbaa", module.add_metadata([kind, kind, zero, constant]))
    if is_constant:
        instruction.set_metadata("invariant.load", module.add_metadata([]))
    return instruction


def _pointer(builder: Any, address: Any, offset: Any, kind: Any = _I64) -> Any:
    if isinstance(offset, int):
        offset = ir.Constant(_I64, offset)
    return builder.bitcast(builder.gep(address, [offset]), kind.as_pointer())


@infer_getattr
class _BlockAttribute(AttributeTemplate):
    key = BlockType

    def generic_resolve(self, block: BlockType, name: str) -> types.Type | None:
        return block.fields[block.place[name]][1] if name in block.place else None


@infer_getattr
class _RowAttribute(AttributeTemplate):
    key = RowType

    def generic_resolve(self, row: RowType, name: str) -> types.Type | None:
        return types.int64 if name in row.fields else None


@lower_getattr_generic(BlockType)
def _get_field(context: Any, builder: Any, block: BlockType, value: Any, name: str) -> Any:
    place = block.place[name]
    if isinstance(block.fields[place][1], ColumnType):
        return builder.gep(value, [ir.Constant(_I64, HEADER * place)])
    loaded = builder.load(_pointer(builder, value, HEADER * place))
    return _known(builder, loaded, f"{block.label}.{name}", block.is_constant)


@lower_setattr_generic(BlockType)
def _set_field(context: Any, builder: Any, sig: Any, args: Any, name: str) -> None:
    block, value = args
    whole = context.cast(builder, value, sig.args[1], types.int64)
    stored = builder.store(whole, _pointer(builder, block, HEADER * sig.args[0].place[name]))
    _known(builder, stored, f"{sig.args[0].label}.{name}")


@lower_getattr_generic(RowType)
def _get_cell(context: Any, builder: Any, row: RowType, value: Any, name: str) -> Any:
    loaded = builder.load(_pointer(builder, value, WORD * row.fields.index(name)))
    return _known(builder, loaded, f"Row.{name}")


@lower_setattr_generic(RowType)
def _set_cell(context: Any, builder: Any, sig: Any, args: Any, name: str) -> None:
    row, value = args
    whole = context.cast(builder, value, sig.args[1], types.int64)
    stored = builder.store(whole, _pointer(builder, row, WORD * sig.args[0].fields.index(name)))
    _known(builder, stored, f"Row.{name}")


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        column, index = args
        if isinstance(column, ColumnType) and isinstance(index, types.Integer):
            return signature(column.element, column, types.int64)
        return None


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        column, index, _ = args
        if isinstance(column, ColumnType) and isinstance(index, types.Integer):
            return signature(types.none, column, types.int64, column.element)
        return None


@infer_global(len)
class _Length(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], ColumnType):
            return signature(types.int64, *args)
        return None


def _item(context: Any, builder: Any, column: ColumnType, value: Any, index: Any) -> Any:
    data = builder.load(_pointer(builder, value, 0, cgutils.voidptr_t))
    _known(builder, data, "header", True)
    size = WORD * len(column.element.fields) if isinstance(column.element, RowType) else WORD
    return builder.gep(data, [builder.mul(index, ir.Constant(_I64, size))])


@lower_builtin(operator.getitem, ColumnType, types.Integer)
def _get_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    column = sig.args[0]
    item = _item(context, builder, column, *args)
    if isinstance(column.element, RowType):
        return item
    kind = context.get_value_type(column.element)
    loaded = builder.load(builder.bitcast(item, kind.as_pointer()))
    return _known(builder, loaded, column.label, column.is_constant)


@lower_builtin(operator.setitem, ColumnType, types.Integer, types.Number)
def _set_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    column, index, value = args
    item = _item(context, builder, sig.args[0], column, index)
    stored = builder.store(value, builder.bitcast(item, value.type.as_pointer()))
    _known(builder, stored, sig.args[0].label)
    return context.get_dummy_value()


@lower_builtin(len, ColumnType)
def _length(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return _known(builder, builder.load(_pointer(builder, args[0], WORD)), "header", True)


@type_callable(copy_row)
def _type_copy_row(context: Any) -> Any:
    return lambda source, target: types.none


@lower_builtin(copy_row, RowType, RowType)
def _copy_row(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    size = ir.Constant(_I64, WORD * len(sig.args[0].fields))
    cgutils.raw_memcpy(builder, args[1], args[0], size, ir.Constant(_I64, 1))
    return context.get_dummy_value()


@type_callable(lowest_bit)
def _type_lowest_bit(context: Any) -> Any:
    return lambda word: types.int64


@lower_builtin(lowest_bit, types.int64)
def _lowest_bit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))


def caster(kind: types.Type) -> Any:
    """Intrinsic that takes an address for what it points to."""

    @intrinsic
    def cast(typing: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return builder.inttoptr(args[0], cgutils.voidptr_t)

        return kind(types.int64), generate

    return cast
