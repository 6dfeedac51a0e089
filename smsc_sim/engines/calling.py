# mypy: disable-error-code="no-untyped-call,import-untyped"
"""How compiled rules call each other: arguments in, value out, and no exceptions.

numba's own functions return a status and write their value where they are told to; the caller
fills that place with zeros before and looks at the status after every call.  Rules raise nothing,
so a value is all that they return.  Measured in docs/performance.md.
"""

import copy
from typing import Any

from llvmlite import ir
from numba.core import cgutils
from numba.core.callconv import RETCODE_OK, CPUCallConv, Status, excinfo_ptr_t
from numba.core.cpu import CPUContext

TRAP = "llvm.trap"
NUMBA_CALLS = "i32 (ptr, ptr"  # how the types of functions begin that numba calls its own way


class PlainCalls(CPUCallConv):
    """Calling convention of functions that raise nothing."""

    def get_function_type(self, restype: Any, argtypes: Any) -> Any:
        """Type of a function in LLVM."""
        packer = self._get_arg_packer(argtypes)
        returned = self.get_return_type(restype).pointee
        return ir.FunctionType(returned, list(packer.argument_types))

    def decorate_function(
        self, fn: Any, args: Any, fe_argtypes: Any, noalias: bool = False
    ) -> None:
        """Name the arguments."""
        packer = self._get_arg_packer(fe_argtypes)
        packer.assign_names(self.get_arguments(fn), [f"arg.{name}" for name in args])

    def get_arguments(self, func: Any) -> Any:
        """All arguments of a function are those of the rule."""
        return func.args

    def return_value(self, builder: Any, retval: Any) -> None:
        """Return a value."""
        builder.ret(retval)

    def return_status_propagate(self, builder: Any, status: Any) -> None:
        """Go on: no call has failed."""

    def return_user_exc(
        self, builder: Any, exc: Any, exc_args: Any = None, loc: Any = None, func_name: Any = None
    ) -> None:
        """Stop the program; `jit.Outermost` refuses code in which that is left over."""
        stop = ir.FunctionType(ir.VoidType(), [])
        builder.call(cgutils.get_or_insert_function(builder.module, stop, TRAP), [])
        builder.unreachable()

    def call_function(
        self, builder: Any, callee: Any, resty: Any, argtys: Any, args: Any, attrs: Any = None
    ) -> tuple[Status, Any]:
        """Call a function; its status is that all went well."""
        packed = self._get_arg_packer(argtys).as_arguments(builder, args)
        value = builder.call(callee, list(packed), attrs=attrs or ())
        status = self._get_return_status(
            builder, RETCODE_OK, ir.Constant(excinfo_ptr_t, ir.Undefined)
        )
        return status, self.context.get_returned_value(builder, resty, value)


class PlainContext(CPUContext):
    """Where functions are compiled that call each other so."""

    @property
    def call_conv(self) -> PlainCalls:
        """The calling convention."""
        return PlainCalls(self)


_own_helpers: dict[Any, Any] = {}  # small functions of numba's, compiled in this convention


def with_plain_calls(context: CPUContext) -> CPUContext:
    """The same context, with the other calling convention."""
    plain: Any = copy.copy(context)
    plain.__class__ = PlainContext
    plain.cached_internal_func = _own_helpers
    return plain  # type: ignore[no-any-return]
