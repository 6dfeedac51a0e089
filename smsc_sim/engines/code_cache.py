"""Machine code on disk, in a folder named by what it was made from: it is never stale."""

from __future__ import annotations

import hashlib
import inspect
import os
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numba
from numba import int64, njit
from numba.core import config

from smsc_sim.engines import jit


def digest_of(modules: Iterable[types.ModuleType]) -> str:
    """Digest of the sources of all that is compiled, and of the versions that compile it."""
    text = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    for module in modules:
        text.update(inspect.getsource(module).encode())
    return text.hexdigest()[:16]


def folder_of(label: str, digest: str) -> Path:
    """Folder below the user's cache, where machine code is kept from run to run."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "smsc_sim" / f"{label}-{digest}"


def is_kept(folder: Path) -> bool:
    """Whether there is machine code in a folder, so that starting takes no compilation."""
    return any(folder.rglob("*.nbc"))


def is_writable(folder: Path) -> bool:
    """Whether the folder can be made and used; numba would look for another, without a digest."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def outermost(
    function: Callable[..., int], scope: Mapping[str, Any], words: int, folder: Path
) -> Callable[..., int]:
    """Compile the one function that Python calls, or read it from the folder.

    Parameters
    ----------
    function : callable
        Takes so many whole numbers (`words`).
    scope : mapping of str to object
        Globals in place of its own.
    """
    was: str = config.CACHE_DIR  # type: ignore[attr-defined]
    config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    try:
        plain = types.FunctionType(
            function.__code__, {"__name__": function.__module__, **scope}, function.__name__
        )
        entry = njit(error_model="numpy", cache=is_writable(folder), pipeline_class=jit.Outermost)(
            plain
        )
    finally:
        config.CACHE_DIR = was  # type: ignore[attr-defined]
    entry.compile((int64,) * words)
    compiled: Callable[..., int] = entry
    return compiled
