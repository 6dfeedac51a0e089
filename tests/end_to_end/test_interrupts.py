"""Ctrl-C and SIGTERM, sent for real: a run stops within a second and leaves what is finished."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smsc_sim.results.estimates import Estimates
from tests.end_to_end.conftest import Outcome

SMSC_SIM = "from smsc_sim.cli import run_and_exit; run_and_exit()"
WITHIN_S = 1.0  # with a processor of its own

# The engine is compiled for minutes, in one call that heeds no signal; nothing is on disk.
COMPILING = """
import time
from smsc_sim.engines import compiled
def kernel(): time.sleep(600)
compiled.kernel, compiled.is_cached = kernel, lambda: False
"""
# The last file of a report takes minutes.
REPORTING = """
import sys, time
import typst
def compile(*_, **__):
    sys.stderr.write("setting pages\\n"); sys.stderr.flush(); sleep(600)
sleep = time.sleep
class Compiler:
    __init__ = lambda *_, **__: None
    compile = compile
typst.Compiler = Compiler
"""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts Python code in the temporary folder; what is left of it is ended."""
    processes: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
            env={**os.environ},
            # Whoever starts the tests in the background may have had Ctrl-C ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def wait_for(what: Callable[[], object], seconds: float = 120.0) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < limit, "it does not come"
        time.sleep(0.02)


def crowd() -> float:
    """Processes that share a processor at the moment: by so much everything takes longer."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def stopped(process: subprocess.Popen[str], how: signal.Signals) -> str:
    """What a process says on standard error when it is stopped, in time and with exit 130."""
    process.send_signal(how)
    began = time.monotonic()
    _, err = process.communicate(timeout=30)
    took = time.monotonic() - began
    assert process.returncode == 130, err
    assert took < WITHIN_S * crowd(), f"{took:.2f} s"
    assert "Traceback" not in err
    return err


def children_of(process: subprocess.Popen[str]) -> list[str]:
    """Command lines of the processes that a process has started."""
    tasks = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    found = []
    for pid in tasks.read_text().split():
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
        found.append(f"{pid} {line.decode()}")
    return found


def is_running(child: str) -> bool:
    """Whether a child is still there; one that has ended but was not asked for is not."""
    status = Path(f"/proc/{child.split()[0]}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize(("how", "workers"), [(signal.SIGINT, 1), (signal.SIGTERM, 2)])
def test_workers_stop_and_the_run_goes_on(
    tiny: Path, tmp_path: Path, started: Callable[..., subprocess.Popen[str]],
    finished: tuple[Path, Outcome], how: signal.Signals, workers: int,
) -> None:  # fmt: skip
    """With workers: exit 130 within a second, none of them is left, what is finished is kept.

    `--resume` takes up what is finished, and the results are those of a run without a stop.
    """
    arguments = ["run", str(tiny), "--out", "out", "--no-report", "--workers", str(workers)]
    process = started(SMSC_SIM, *arguments, "--replications", "60")
    folder = tmp_path / "out" / "replications"
    wait_for(lambda: list(folder.glob("*/done.json")) and children_of(process))
    children = children_of(process)
    err = stopped(process, how)
    assert not any(is_running(child) for child in children)
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("*/done.json")}
    assert 1 <= len(kept) < 60
    assert f"{len(kept)} of 60 replications are finished and kept in out; --resume" in err
    if how == signal.SIGTERM:
        again = started(SMSC_SIM, *arguments, "--replications", "2", "--resume")
        _, err = again.communicate(timeout=120)
        assert again.returncode == finished[1].code, err
        assert all(path.stat().st_mtime_ns == then for path, then in kept.items())
        for name in ("summary.json", "timeline.parquet"):
            whole = (finished[0] / "out" / name).read_bytes()
            assert (tmp_path / "out" / name).read_bytes() == whole


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_run_in_one_process_stops(
    tiny: Path, tmp_path: Path, started: Callable[..., subprocess.Popen[str]], how: signal.Signals
) -> None:
    """With Python code in the run there are no workers: it stops as quickly, and keeps as much."""
    code = f"""
import sys, smsc_sim as sms
try:
    sms.run({str(tiny)!r}, replications=60, out="out",
            extensions=sms.Extensions(wrap=lambda step: step))
except KeyboardInterrupt as stop:
    sys.stderr.write(str(stop)); sys.exit(130)
"""
    process = started(code)
    folder = tmp_path / "out" / "replications"
    wait_for(lambda: list(folder.glob("*/done.json")))
    err = stopped(process, how)
    kept = len(list(folder.glob("*/done.json")))
    assert f"interrupted: {kept} of 60 replications are finished and kept" in err


def test_a_compilation_stops(
    tiny: Path, tmp_path: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    """While the kernels are compiled, in a process of its own, a signal ends both at once."""
    slow = tmp_path / "sitecustomize.py"
    slow.write_text(COMPILING)
    code = f"import os; os.environ['PYTHONPATH'] = {str(tmp_path)!r}\n{COMPILING}\n{SMSC_SIM}"
    process = started(code, "run", str(tiny), "--out", "out", "--engine", "compiled")
    wait_for(lambda: children_of(process))
    children = children_of(process)
    err = stopped(process, signal.SIGTERM)
    assert not any(is_running(child) for child in children)
    assert "engine: compiled\ncompiling the engine, once for these rules: typically" in err
    assert "0 of 2 replications are finished and kept in out; --resume" in err


def test_a_report_stops(
    tiny: Path, tmp_path: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    """While pages are set, in one foreign call, a signal ends the run; its results are whole."""
    process = started(f"{REPORTING}\n{SMSC_SIM}", "run", str(tiny), "--out", "out")
    assert process.stderr is not None
    lines = []
    while "setting pages\n" not in lines:
        lines.append(process.stderr.readline())
        assert lines[-1], lines
    err = stopped(process, signal.SIGINT)
    assert "interrupted: the results are whole; smsc-sim report out writes the report" in err
    assert not (tmp_path / "out" / "report.pdf").exists()
    assert not list((tmp_path / "out").rglob("*.part"))
    assert Estimates.load(tmp_path / "out").manifest["replications"] == 2
    assert json.loads((tmp_path / "out" / "summary.json").read_text())
