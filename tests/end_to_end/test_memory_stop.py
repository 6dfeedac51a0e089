"""A run that would not fit into memory: one line, exit 2, and what is finished is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from smsc_sim.engines import free_memory
from smsc_sim.engines.free_memory import MEBI
from smsc_sim.engines.memory import ROW_OCTETS
from smsc_sim.experiment import run as run_module
from tests.end_to_end.conftest import TINY, Outcome

# More messages wait at once than the tables hold at first, so that each replication asks for room.
CROWD = TINY.replace(
    "messages: 100 msg, at: +30 s, rate: 20", "messages: 6000 msg, at: +30 s, rate: 6000"
)
LINE = (
    "memory: 8,192 jobs at once, 31 s after the start, "
    f"need {8192 * ROW_OCTETS / MEBI:,.0f} MiB (got 1 MiB free); "
    "take a smaller --scale, a shorter --window or fewer --workers\n"
)
# From the second replication on the system has 800 KiB left.
FULL_AT_1 = """
from pathlib import Path
from smsc_sim.engines import free_memory
from smsc_sim.experiment import replication
def replicate(task, *arguments, was=replication.replicate, **more):
    if task.number >= 1:
        free_memory.MEMORY_OF_THE_MACHINE = Path("meminfo")
    return was(task, *arguments, **more)
replication.replicate = replicate
"""


@pytest.mark.parametrize("in_workers", [True, False])
def test_no_memory_stops_a_run_that_resume_takes_up(
    tiny: Path,
    tmp_path: Path,
    command: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
    in_workers: bool,
) -> None:
    """Before the tables grow beyond what is free: the sum, exit 2; --resume runs what is missing.

    So in workers, and in the process itself; the results are those of a run without a stop.
    """
    tiny.write_text("".join(line for line in CROWD.splitlines(True) if "targets" not in line))
    arguments = ["run", tiny, "--engine", "compiled", "--no-report", "--workers", 1]
    whole = command(*arguments, "--out", "whole")
    assert whole.code == 0, whole.err

    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:  8000000 kB\nMemAvailable:  800 kB\n")
    folder = tmp_path / "stopped" / "replications"
    with monkeypatch.context() as stop:
        stop.setattr(run_module, "_is_short", lambda *_: not in_workers)
        if in_workers:
            (tmp_path / "sitecustomize.py").write_text(FULL_AT_1)
            stop.setenv("PYTHONPATH", str(tmp_path))
        else:
            assert command(*arguments, "--replications", 1, "--out", "stopped").code == 0
            stop.setattr(free_memory, "MEMORY_OF_THE_MACHINE", meminfo)
        again = [] if in_workers else ["--resume"]
        stopped = command(*arguments, "--out", "stopped", *again)
    assert (stopped.code, stopped.out) == (2, "")
    assert stopped.err == f"engine: compiled\n{LINE}"
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("*/done.json")}
    assert [path.parent.name[-4:] for path in kept] == ["0000"]

    resumed = command(*arguments, "--out", "stopped", "--resume")
    assert (resumed.code, resumed.err) == (whole.code, whole.err)
    assert all(path.stat().st_mtime_ns == then for path, then in kept.items())
    assert len(list(folder.glob("*/done.json"))) == 2
    for name in ("summary.json", "timeline.parquet"):
        written = (tmp_path / "stopped" / name).read_bytes()
        assert written == (tmp_path / "whole" / name).read_bytes()
