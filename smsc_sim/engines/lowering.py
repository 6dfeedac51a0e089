# mypy: disable-error-code="no-untyped-call,untyped-decorator,override,import-untyped"
"""What numba has to know of blocks, columns and rows: types of attributes and items, and the code.

Whole numbers are 64 bits wide in the kernels; columns and rows keep as many octets as are needed.
"""

import operator
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
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
    type_callable,
)

from smsc_sim.engines.memory import WORD, copy_row, lowest_bit
from smsc_sim.engines.memory_types import BlockType, ColumnType, RowType

_I64 = ir.IntType(64)


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


def _load(builder: Any, address: Any, octets: int, what: str, is_constant: bool = False) -> Any:
    """Load a whole number of so many octets."""
    kind = ir.IntType(8 * octets)
    loaded = builder.load(builder.bitcast(address, kind.as_pointer()))
    _known(builder, loaded, what, is_constant)
    return loaded if octets == WORD else builder.sext(loaded, _I64)


def _store(builder: Any, whole: Any, address: Any, octets: int, what: str) -> None:
    """Store a whole number in so many octets; it fits."""
    kind = ir.IntType(8 * octets)
    if octets < WORD:
        whole = builder.trunc(whole, kind)
    _known(builder, builder.store(whole, builder.bitcast(address, kind.as_pointer())), what)


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
        return types.int64 if name in row.layout else None


@lower_getattr_generic(BlockType)
def _get_field(context: Any, builder: Any, block: BlockType, value: Any, name: str) -> Any:
    place = block.place[name]
    if isinstance(block.fields[place][1], ColumnType):
        return builder.gep(value, [ir.Constant(_I64, WORD * place)])
    loaded = builder.load(_pointer(builder, value, WORD * place))
    return _known(builder, loaded, f"{block.label}.{name}", block.is_constant)


@lower_setattr_generic(BlockType)
def _set_field(context: Any, builder: Any, sig: Any, args: Any, name: str) -> None:
    block, value = args
    whole = context.cast(builder, value, sig.args[1], types.int64)
    stored = builder.store(whole, _pointer(builder, block, WORD * sig.args[0].place[name]))
    _known(builder, stored, f"{sig.args[0].label}.{name}")


@lower_getattr_generic(RowType)
def _get_cell(context: Any, builder: Any, row: RowType, value: Any, name: str) -> Any:
    offset, octets = row.layout[name]
    return _load(builder, builder.gep(value, [ir.Constant(_I64, offset)]), octets, f"Row.{name}")


@lower_setattr_generic(RowType)
def _set_cell(context: Any, builder: Any, sig: Any, args: Any, name: str) -> None:
    row, value = args
    whole = context.cast(builder, value, sig.args[1], types.int64)
    offset, octets = sig.args[0].layout[name]
    _store(builder, whole, builder.gep(row, [ir.Constant(_I64, offset)]), octets, f"Row.{name}")


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
    return builder.gep(data, [builder.mul(index, ir.Constant(_I64, column.stride))])


@lower_builtin(operator.getitem, ColumnType, types.Integer)
def _get_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    column = sig.args[0]
    item = _item(context, builder, column, *args)
    if isinstance(column.element, RowType):
        return item
    if column.element == types.int64:
        return _load(builder, item, column.octets, column.label, column.is_constant)
    loaded = builder.load(builder.bitcast(item, ir.DoubleType().as_pointer()))
    return _known(builder, loaded, column.label, column.is_constant)


@lower_builtin(operator.setitem, ColumnType, types.Integer, types.Number)
def _set_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind = sig.args[0]
    column, index, value = args
    item = _item(context, builder, kind, column, index)
    _store(builder, value, item, kind.octets, kind.label)
    return context.get_dummy_value()


@lower_builtin(len, ColumnType)
def _length(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    loaded = builder.load(_pointer(builder, args[0], sig.args[0].length_at))
    return _known(builder, loaded, "header", True)


@type_callable(copy_row)
def _type_copy_row(context: Any) -> Any:
    return lambda source, target: types.none


@lower_builtin(copy_row, RowType, RowType)
def _copy_row(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    size = ir.Constant(_I64, sig.args[0].octets)
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


@lower_builtin(operator.contains, types.UniTuple, types.Integer)
def _is_one_of(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """Compare with each number of a tuple; numba's own loop could raise an IndexError."""
    numbers, number = args
    kind = sig.args[0].dtype
    sought = context.cast(builder, number, sig.args[1], types.int64)
    found = ir.Constant(ir.IntType(1), 0)
    for place in range(sig.args[0].count):
        one = context.cast(builder, builder.extract_value(numbers, place), kind, types.int64)
        found = builder.or_(found, builder.icmp_signed("==", one, sought))
    return found


# Built-in functions that numba would compile in its own calling convention.


def _choice(sign: str) -> Any:
    """Intrinsic that returns one of two numbers, as `min` and `max` do."""

    @intrinsic
    def choose(typing: Any, a: Any, b: Any) -> Any:
        is_whole = all(isinstance(kind, types.Integer | types.Boolean) for kind in (a, b))
        kind = types.int64 if is_whole else types.float64

        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            a, b = args
            compare = builder.icmp_signed if is_whole else builder.fcmp_ordered
            return builder.select(compare(sign, b, a), b, a)

        return kind(kind, kind), generate

    return choose


@intrinsic
def _whole(typing: Any, number: Any) -> Any:
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return context.cast(builder, args[0], sig.args[0], types.int64)

    return types.int64(number), generate


BUILT_IN = {"min": _choice("<"), "max": _choice(">"), "int": _whole, "uint64": types.uint64}
