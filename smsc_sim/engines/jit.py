# mypy: disable-error-code="no-untyped-call,import-untyped"
"""The rule book as machine code: plain functions of `model`, compiled with one another by numba.

The rules carry no decorator, so the reference engine runs them as Python.  Here every function
of the given modules is copied with globals in which the rules it calls are the compiled ones.
"""

import inspect
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from llvmlite.binding import Linkage
from numba import njit
from numba import types as numba_types
from numba.core.compiler import Compiler
from numba.core.compiler_lock import global_compiler_lock
from numba.core.compiler_machinery import PassManager
from numba.core.typed_passes import (
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.untyped_passes import (
    FixupArgs,
    IRProcessing,
    ReconstructSSA,
    TranslateByteCode,
)
from numba.experimental import structref

from smsc_sim.engines.calling import NUMBA_CALLS, TRAP, with_plain_calls
from smsc_sim.engines.code_cache import ENTRY
from smsc_sim.engines.lowering import BUILT_IN
from smsc_sim.model.network import Floats, Network, State


class _ColumnsType(numba_types.StructRef):
    """Columns behind one pointer."""

    def preprocess_fields(self, fields: Any) -> Any:
        plain = numba_types.unliteral
        return tuple((name, plain(kind)) for name, kind in fields)


@structref.register
class _NetworkType(_ColumnsType):
    """What compiled rules see of a `Network`."""


@structref.register
class _StateType(_ColumnsType):
    """What compiled rules see of a `State`."""


class NetworkColumns(structref.StructRefProxy):
    """A `Network` of arrays by reference."""


class StateColumns(structref.StructRefProxy):
    """A `State` of arrays by reference."""


structref.define_proxy(NetworkColumns, _NetworkType, list(Network._fields))
structref.define_proxy(StateColumns, _StateType, list(State._fields))


def by_reference(columns: Network | State) -> Any:
    """Columns for compiled rules: arrays of int64 or float64 behind one pointer.

    NOTE: a tuple of 110 arrays is passed by value, and numba then spends 4 s on the smallest
    rule and more than 5 minutes on `step`; by reference 0.1 s and 30 s (measured on a busy core).
    """
    kinds = type(columns).__annotations__
    values = {
        name: value
        if isinstance(value, int)
        else np.array(value, np.float64 if kinds[name] == Floats else np.int64)
        for name, value in columns._asdict().items()
    }
    proxy = NetworkColumns if isinstance(columns, Network) else StateColumns
    return proxy(*values.values())


class Inside(Compiler):
    """Compiles a function that is only called by other compiled functions.

    numba optimises every function and makes machine code of it with all that it calls, although
    the outermost function is made from the code before that: three quarters of the time.  Here
    a function is typed and lowered and left at that.
    """

    def __init__(
        self,
        typingctx: Any,
        targetctx: Any,
        library: Any,
        args: Any,
        return_type: Any,
        flags: Any,
        locals: Any,  # the name that numba uses
    ) -> None:
        super().__init__(typingctx, targetctx, library, args, return_type, flags, locals)
        self.state.targetctx = with_plain_calls(self.state.targetctx)
        library = self.state.targetctx.codegen().create_library("inside")
        library.enable_object_caching()
        library._optimize_functions = lambda _: None
        library._optimize_final_module = lambda: None
        _leave_unlinked(self.state, library)
        # Else each function holds a copy of all that it calls, and of what that calls.
        library.finalize = library._finalize_final_module

    def define_pipelines(self) -> list[PassManager]:
        """Only the passes that rules need: no closures, no `with`, no arrays to fuse."""
        passes = PassManager("rules")
        for one in (
            TranslateByteCode,
            FixupArgs,
            IRProcessing,
            ReconstructSSA,
            NopythonTypeInference,
            PreLowerStripPhis,
            IRLegalization,
            NativeLowering,
            NoPythonBackend,
        ):
            passes.add_pass(one, one.__name__)
        passes.finalize()
        return [passes]


UNWRAPPED = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # numba calls neither
INSIDE: dict[str, Any] = {**UNWRAPPED, "pipeline_class": Inside}


# What most events go through and LLVM, which finds it too long, would call from several places.
INLINED = (
    *("wheel.schedule", "wheel._into_turn", "kernel_walk.enter", "kernel_walk.walk"),
    *("rules.step",),
)


def _is_inlined(mangled: str) -> bool:
    parts = (name.split(".") for name in INLINED)
    return any(
        f"{len(module)}{module}{len(name)}{name}B" in mangled.split("Block")[0]
        for module, name in parts
    )


class Outermost(Compiler):
    """Compiles the one function that Python calls, and with it all that it calls.

    What nobody else calls is made internal, so that it can be inlined where it is called once.
    The optimised code is left for `object_code`; numba's own linker never sees it.
    """

    def __init__(
        self,
        typingctx: Any,
        targetctx: Any,
        library: Any,
        args: Any,
        return_type: Any,
        flags: Any,
        locals: Any,  # the name that numba uses
    ) -> None:
        super().__init__(typingctx, targetctx, library, args, return_type, flags, locals)
        self.state.targetctx = with_plain_calls(self.state.targetctx)
        library = self.state.targetctx.codegen().create_library("outermost")
        library.enable_object_caching()
        optimize, finalize = library._optimize_final_module, library.finalize

        def optimize_together() -> None:
            for function in library._final_module.functions:
                if function.is_declaration:
                    continue
                if str(function.global_value_type).startswith(NUMBA_CALLS):
                    raise NotImplementedError(f"{function.name} is called as numba does")
                if function.linkage == Linkage.linkonce_odr:
                    function.linkage = Linkage.internal
                if _is_inlined(function.name):
                    function.add_function_attribute("alwaysinline")
                if "smsc_sim5model" in function.name:
                    # Commands go by memory: what was stored by word is not to be loaded by four.
                    function.add_function_attribute("noimplicitfloat")
            optimize()
            if any(function.name == TRAP for function in library._final_module.functions):
                raise NotImplementedError("a rule or kernel may raise an exception")

        def finalize_with_all() -> None:
            library._linking_libraries = _called_by(library)
            finalize()

        library.finalize = finalize_with_all
        library._optimize_final_module = optimize_together
        _leave_unlinked(self.state, library)


def _leave_unlinked(state: Any, library: Any) -> None:
    """Compile into a library that is not made ready to run."""

    def finalize() -> None:
        library._finalize_dynamic_globals()
        library._finalized = True

    library._finalize_final_module = finalize
    state.library = library
    # A built-in function stands for the machine code that there is none of: a key for numba.
    state.targetctx.get_executable = lambda *_: [].append


def _called_by(library: Any) -> list[Any]:
    """Libraries of all that is called from a library, of what that calls, and so on."""
    found = dict.fromkeys(library._linking_libraries)
    new = list(found)
    while new:
        more = [one for one in new.pop()._linking_libraries if one not in found]
        found |= dict.fromkeys(more)
        new += more
    return list(found)


def object_code(function: Callable[..., int], scope: Mapping[str, Any], words: int) -> bytes:
    """Compile the one function that Python calls with all that it calls, to an object file.

    Parameters
    ----------
    function : callable
        Takes so many whole numbers (`words`).
    scope : mapping of str to object
        Globals in place of its own.
    """
    plain = types.FunctionType(
        function.__code__, {"__name__": function.__module__, **scope}, function.__name__
    )
    options: Any = {**UNWRAPPED, "pipeline_class": Outermost}
    entry = njit(error_model="numpy", **options)(plain)
    entry.compile((numba_types.int64,) * words)
    (made,) = entry.overloads.values()
    with global_compiler_lock:
        made.library.finalize()
    module = made.library._final_module
    module.get_function(made.fndesc.llvm_func_name).name = ENTRY
    return bytes(made.library._codegen._tm.emit_object(module))


def compiled(modules: Iterable[types.ModuleType], **options: Any) -> dict[str, Any]:
    """Compile all functions defined in the modules, lazily and together.

    Parameters
    ----------
    modules : iterable of modules
        Every module whose functions the others call must be among them.
    **options
        Passed to `numba.njit`; `INSIDE` for what only `object_code` calls.

    Returns
    -------
    dict of str to dispatcher
        By `module.function`, with the last part of the module's name.
    """
    plain = {
        _as_python(function): f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in modules
        for name, function in vars(module).items()
        if inspect.isfunction(_as_python(function)) and function.__module__ == module.__name__
    }
    scopes: dict[str, dict[str, Any]] = {}
    machine: dict[types.FunctionType, Any] = {}
    for function in plain:
        scope = scopes.setdefault(function.__module__, function.__globals__ | BUILT_IN)
        copy = types.FunctionType(
            function.__code__, scope, function.__name__, function.__defaults__
        )
        machine[function] = _for_any_value(njit(error_model="numpy", **options)(copy))
    for scope in scopes.values():
        for name, value in scope.items():
            if inspect.isfunction(_as_python(value)) and _as_python(value) in machine:
                scope[name] = machine[_as_python(value)]
    return {plain[function]: dispatcher for function, dispatcher in machine.items()}


def _as_python(value: Any) -> Any:
    """The function that was compiled, if it was: draws are, for both engines."""
    return getattr(value, "py_func", value)


def _for_any_value(dispatcher: Any) -> Any:
    """Compile a function once for all whole numbers, not for each constant that it is given.

    Left to itself numba compiles `command` 125 times, and all rules take four times as long.
    """
    ask = dispatcher.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        plain = numba_types.unliteral
        return ask(tuple(map(plain, args)), {name: plain(kind) for name, kind in kws.items()})

    dispatcher.get_call_template = get_call_template
    return dispatcher
