"""What the kernels became: the machine code that is linked, as it is kept on disk."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llvmlite import binding as llvm
from numba import config, int64, njit

from smsc_sim.engines import code_cache, compiled, jit, sums

pytestmark = pytest.mark.skipif(
    bool(config.DISABLE_JIT),  # type: ignore[attr-defined]
    reason="numba is switched off",
)

# Octets are moved and set by the C library, logarithms and powers are its own; nothing else is.
OUTSIDE = {"exp", "log", "memcpy", "memmove", "memset"}
STOPS = re.compile(r"\t(lock|mfence|ud2)\b")
SYMBOL = struct.Struct("<IBBHQQ")  # name, two bytes, section, value, size: ELF of 64 bits
UNDEFINED = 0  # section of what is somewhere else


def symbols(code: bytes, *, wanted: bool) -> set[str]:
    """Names that an object file expects others to have, or that it has itself."""
    if not code.startswith(b"\x7fELF\x02"):
        pytest.skip("not an ELF object of 64 bits: its symbols are not read here")
    sections = {part.name(): part.data() for part in llvm.ObjectFileRef.from_data(code).sections()}
    names = sections[b".strtab"]
    found = {
        names[name : names.index(b"\0", name)].decode()
        for name, _, _, section, _, _ in SYMBOL.iter_unpack(sections[b".symtab"])
        if (section == UNDEFINED) == wanted
    }
    return found - {""}


def symbols_wanted(code: bytes) -> set[str]:
    """Names that an object file expects others to have."""
    return symbols(code, wanted=True)


def stops(code: bytes, folder: Path) -> set[str]:
    """Instructions that lock memory, wait for it, or end the program."""
    objdump = shutil.which("objdump")
    if objdump is None:
        pytest.skip("no objdump: instructions are not read")
    file = folder / code_cache.CODE
    file.write_bytes(code)
    listing = subprocess.run(
        [objdump, "-d", "--no-show-raw-insn", file], capture_output=True, text=True, check=True
    ).stdout
    assert listing.count("\n") > 50
    return set(STOPS.findall(listing))


@pytest.fixture(params=[compiled, sums], ids=["events", "tallies"])
def kept(request: pytest.FixtureRequest) -> bytes:
    """Object file of kernels, made if need be."""
    part = request.param
    part.kernel()
    folder = part.cache_folder() if part is compiled else part._folder()
    return bytes((folder / code_cache.CODE).read_bytes())


@pytest.fixture(scope="module")
def counting() -> bytes:
    """Object file of a function whose arrays numba allocates and counts."""

    def held(n: int) -> int:
        arrays = [np.zeros(n, np.int64)]
        for i in range(n):
            arrays.append(arrays[i // 2])
        return len(arrays)

    entry: Any = njit(held)
    entry.compile((int64,))
    (made,) = entry.overloads.values()
    library = made.library
    return bytes(library._codegen._tm.emit_object(library._final_module))


def test_kernels_need_nothing_of_python(kept: bytes) -> None:
    """No kernel calls Python or numba's run time: nothing is allocated, counted or raised."""
    assert symbols_wanted(kept) <= OUTSIDE


def test_kernels_never_lock_nor_stop(kept: bytes, tmp_path: Path) -> None:
    """No instruction has a `lock` prefix, waits for other cores, or ends the program."""
    assert stops(kept, tmp_path) == set()


def test_reference_counts_would_be_noticed(counting: bytes, tmp_path: Path) -> None:
    """Arrays of numba's own need its run time, and are counted under a lock."""
    assert any(name.startswith("NRT_") for name in symbols_wanted(counting) - OUTSIDE)
    assert "lock" in stops(counting, tmp_path)


def test_what_most_events_go_through_is_called_by_nobody() -> None:
    """The rules' entry, walking, queueing and scheduling stand where they are asked for."""
    compiled.kernel()
    names = symbols((compiled.cache_folder() / code_cache.CODE).read_bytes(), wanted=False)
    assert any("6submitB" in name for name in names), "what is called keeps its name"
    functions = [name for name in names if "NumbaEnv" not in name]  # which is data
    assert not [name for name in functions if jit._is_inlined(name)]
    assert jit._is_inlined("_ZN8smsc_sim5model5rules4stepB4v107x27Block_28Network")


@pytest.mark.parametrize("name", jit.INLINED)
def test_what_is_to_be_inlined_is_there(name: str) -> None:
    """No function that has been renamed stays in the list."""
    module, function = name.split(".")
    package = "engines" if module.startswith(("kernel_", "wheel")) else "model"
    assert callable(getattr(import_module(f"smsc_sim.{package}.{module}"), function))


def test_without_room_on_the_disk_the_code_is_used_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Machine code that cannot be kept is called, and nothing half written stays behind."""

    def full(*_: Any) -> None:
        raise OSError("no space left on device")

    code = (compiled.cache_folder() / code_cache.CODE).read_bytes() if compiled.kernel() else b""
    monkeypatch.setattr(Path, "replace", full)
    assert callable(code_cache.machine_code(tmp_path / "code", 6, lambda: code))
    assert not list((tmp_path / "code").iterdir())
    monkeypatch.undo()
    code_cache.machine_code(tmp_path / "code", 6, lambda: code)
    beside = tmp_path / "beside"
    beside.touch()
    assert (tmp_path / "code" / code_cache.CODE).stat().st_mode == beside.stat().st_mode
