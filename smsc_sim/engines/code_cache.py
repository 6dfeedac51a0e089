# mypy: disable-error-code="no-untyped-call,import-untyped"
"""Machine code on disk, below the digest of what it was made from: it is never stale.

Reading it takes LLVM's linker alone, some thousandths of a second; numba, which makes it, takes
half a second to start and is imported only for that.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from llvmlite import binding as llvm

ENTRY = "smsc_sim_entry"  # name of the one function that Python calls
CODE = "code.o"
MADE_BY = tuple(
    f"smsc_sim.engines.{name}"
    for name in ("code_cache", "jit", "calling", "lowering", "memory", "memory_types")
)
SETTINGS = ("NUMBA_OPT", "NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES")  # that change the code
Word = ctypes.c_int64


def digest_of(modules: Iterable[str]) -> str:
    """Digest of the sources of all that is compiled, of what compiles it and what it is for.

    The modules, given by their full names, are not imported.
    """
    processor = f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"
    made_with = f"{version('numba')} {version('llvmlite')} {sys.version}"
    settings = [os.environ.get(name, "") for name in SETTINGS]
    text = hashlib.sha256(f"{made_with} {processor} {settings}".encode())
    for module in (*modules, *MADE_BY):
        text.update(source_of(module))
    return text.hexdigest()[:16]


def source_of(module: str) -> bytes:
    """The text of a module."""
    found = find_spec(module)
    assert found is not None, f"{module} is part of the package"
    assert found.origin is not None, f"{module} is a file"
    return Path(found.origin).read_bytes()


def folder_of(label: str, digest: str) -> Path:
    """Folder below the user's cache, where machine code is kept from run to run."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "smsc_sim" / f"{label}-{digest}"


def is_kept(folder: Path) -> bool:
    """Whether there is machine code in a folder, so that starting takes no compilation."""
    return os.access(folder / CODE, os.R_OK)


def is_writable(folder: Path) -> bool:
    """Whether the folder can be made and used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def machine_code(folder: Path, words: int, make: Callable[[], bytes]) -> Callable[..., int]:
    """The one function that Python calls, read from the folder; made and kept there if need be.

    Parameters
    ----------
    folder : path
    words : int
        So many whole numbers it takes.
    make : callable
        Compiles it, see `jit.object_code`.
    """
    if is_kept(folder):
        return callable_of((folder / CODE).read_bytes(), words)
    code = make()
    if is_writable(folder):
        _keep(code, folder)
    return callable_of(code, words)


def _keep(code: bytes, folder: Path) -> None:
    """Write machine code whole or not at all, whoever else compiles."""
    own = folder / f"{CODE}.{os.getpid()}"
    try:
        own.write_bytes(code)
        own.replace(folder / CODE)
    except OSError:  # no room: it is made anew next time
        own.unlink(missing_ok=True)


def callable_of(code: bytes, words: int) -> Callable[..., int]:
    """Link machine code so that Python can call it, with the lock of Python released."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine()
    linker = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)
    linker.add_object_file(llvm.ObjectFileRef.from_data(code))
    linker.finalize_object()
    call: Any = ctypes.CFUNCTYPE(Word, *[Word] * words)(linker.get_function_address(ENTRY))
    call.linker = linker  # which owns the memory of the code
    return call  # type: ignore[no-any-return]
