"""Machine code on disk: made once, found again only by what it was made from and for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from smsc_sim.engines import code_cache, jit
from smsc_sim.model.draws import numba_is_off

pytestmark = pytest.mark.skipif(numba_is_off(), reason="nothing is compiled")


def doubled(n: int) -> int:
    """Twice a number."""
    return 2 * n


@pytest.fixture(scope="module")
def code() -> bytes:
    """An object file."""
    return jit.object_code(doubled, {}, 1)


class Maker:
    """Hands out machine code and counts how often."""

    def __init__(self, code: bytes) -> None:
        self.code, self.times = code, 0

    def __call__(self) -> bytes:
        """Give the code away once more."""
        self.times += 1
        return self.code


def test_code_is_made_once(code: bytes, tmp_path: Path) -> None:
    """The second time machine code is read from its folder, where nothing else is left."""
    make, folder = Maker(code), tmp_path / "kernels-0123"
    assert not code_cache.is_kept(folder)
    assert code_cache.machine_code(folder, 1, make)(-21) == -42
    assert code_cache.is_kept(folder)
    assert code_cache.machine_code(folder, 1, make)(1 << 40) == 1 << 41
    assert make.times == 1
    assert [file.name for file in folder.iterdir()] == ["code.o"]


def test_code_is_made_again_where_it_cannot_be_kept(code: bytes, tmp_path: Path) -> None:
    """Without a folder to write to, machine code is made each time."""
    make, folder = Maker(code), tmp_path / "a file" / "kernels-0123"
    folder.parent.write_text("in the way")
    assert [code_cache.machine_code(folder, 1, make)(n) for n in (3, 4)] == [6, 8]
    assert make.times == 2


@pytest.mark.parametrize(
    ("name", "other"),
    [("llvm.get_host_cpu_name", lambda: "z80"), ("version", lambda _: "0.1")],
)
def test_code_for_another_machine_is_another(
    name: str, other: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest tells processors and versions of numba apart, and nothing else changes it."""
    before = code_cache.digest_of(["smsc_sim.model.codes"])
    assert code_cache.digest_of(["smsc_sim.model.codes"]) == before
    monkeypatch.setattr(f"{code_cache.__name__}.{name}", other)
    assert code_cache.digest_of(["smsc_sim.model.codes"]) != before
