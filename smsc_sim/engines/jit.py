"""The rule book as machine code: plain functions of `model`, compiled with one another by numba.

The rules carry no decorator, so the reference engine runs them as Python.  Here every function
of the given modules is copied with globals in which the rules it calls are the compiled ones.
"""

import inspect
import types
from collections.abc import Iterable
from typing import Any

from numba import njit


def compiled(modules: Iterable[types.ModuleType], **options: Any) -> dict[str, Any]:
    """Compile all functions defined in the modules, lazily and together.

    Parameters
    ----------
    modules : iterable of modules
        Every module whose functions the others call must be among them; what is compiled
        already (`model.draws`) is called as it is.
    **options
        Passed to `numba.njit`.

    Returns
    -------
    dict of str to dispatcher
        By `module.function`, with the last part of the module's name.
    """
    plain = {
        function: f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in modules
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__
    }
    scopes: dict[str, dict[str, Any]] = {}
    machine: dict[types.FunctionType, Any] = {}
    for function in plain:
        scope = scopes.setdefault(function.__module__, dict(function.__globals__))
        copy = types.FunctionType(
            function.__code__, scope, function.__name__, function.__defaults__
        )
        machine[function] = njit(error_model="numpy", **options)(copy)
    for scope in scopes.values():
        for name, value in scope.items():
            if inspect.isfunction(value) and value in machine:
                scope[name] = machine[value]
    return {plain[function]: dispatcher for function, dispatcher in machine.items()}
