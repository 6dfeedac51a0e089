"""What the kernels became: LLVM's code as it is kept on disk, and the machine code made of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from llvmlite import binding
from numba import int64, njit

from smsc_sim.engines import compiled, sums

BODY = re.compile(r'^define [^@]*@"?([^\s("]+)"?\(.*?^}', re.DOTALL | re.MULTILINE)
CALLED = re.compile(r'\bcall [^@\n]*@"?([^\s("]+)"?\(')
WRAPPER = "_ZN7cpython"  # how the names of what Python calls begin: there the Python API is right
INTRINSIC = re.compile(r"llvm\.(?!trap)")
ATOMIC = re.compile(r"\b(?:atomicrmw|cmpxchg|fence|(?:load|store) atomic)\b")
WAITS = re.compile(r"^\s*(?:lock|mfence|ud2)\b", re.MULTILINE)


def module_of(entry: Any) -> binding.ModuleRef:
    """LLVM's module of a compiled function, optimised; made just now, or read from disk."""
    (result,) = entry.overloads.values()
    # NOTE: numba shows no code of what it has read from disk, although it is there: not public.
    module: binding.ModuleRef = result.library._get_module_for_linking()
    return module


def assembly_of(entry: Any) -> str:
    """Machine code in words."""
    (result,) = entry.overloads.values()
    text: str = result.library._codegen._tm.emit_assembly(module_of(entry))
    return text


def faults_of(entry: Any) -> set[str]:
    """What is not arithmetic, memory that is there already, or a call of one's own function."""
    code = str(module_of(entry))
    bodies = {match[1]: match[0] for match in BODY.finditer(code) if WRAPPER not in match[1]}
    assert bodies
    called = {name for body in bodies.values() for name in CALLED.findall(body)}
    faults = {f"calls {name}" for name in called - set(bodies) if not INTRINSIC.match(name)}
    faults |= {found for body in bodies.values() for found in ATOMIC.findall(body)}
    return faults | {found.strip() for found in WAITS.findall(assembly_of(entry))}


@pytest.mark.parametrize("entry", [compiled.kernel, sums.kernel], ids=["events", "tallies"])
def test_kernels_are_arithmetic_on_memory_that_is_there(entry: Callable[[], Any]) -> None:
    """Nothing is counted, allocated, locked, trapped or asked of Python, in the loop or around."""
    assert faults_of(entry()) == set()


def test_step_is_called_from_one_place() -> None:
    """The loop has one call of the rules; no verb and no procedure has a copy of its own."""
    calls = CALLED.findall(str(module_of(compiled.kernel())))
    assert sum("5rules4step" in name for name in calls) <= 1


def test_what_counts_references_is_found() -> None:
    """Numba's own arrays are noticed: they are allocated, and counted under a lock."""

    def held(n: int) -> int:
        kept = [np.zeros(n, np.int64)]
        for i in range(n):
            kept.append(kept[i // 2])
        return len(kept)

    entry = njit(held)
    entry.compile((int64,))
    found = faults_of(entry)
    assert any("NRT_" in fault for fault in found)
    assert {"atomicrmw", "lock"} <= found
