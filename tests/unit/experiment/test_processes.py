"""Processes that share the replications of a run."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from smsc_sim.cli.app import _explain
from smsc_sim.engines.free_memory import NoMemory
from smsc_sim.experiment import processes, run
from smsc_sim.experiment.engines import SECONDS_TO_SHARE, EngineName, foretold_seconds
from smsc_sim.experiment.interrupts import undisturbed
from smsc_sim.experiment.processes import Job, WorkerFailed, run_workers
from smsc_sim.experiment.replication import Task, replicate
from tests.networks import SECOND, network

# The second replication finds the memory full.
FULL_AT_7 = """
from smsc_sim.engines.free_memory import NoMemory
from smsc_sim.experiment import replication
def replicate(task, *arguments, was=replication.replicate, **more):
    if task.number == 7:
        raise NoMemory("memory: 9 jobs at once")
    return was(task, *arguments, **more)
replication.replicate = replicate
"""


def jobs(folder: Path, *numbers: int) -> list[Job]:
    """Replications of the default network on the reference engine."""
    scenario = network()
    return [
        Job(
            Task(
                network=scenario.network,
                names=scenario.names,
                interval_ns=SECOND,
                limits_ns=(),
                record_messages=True,
                number=number,
                engine=EngineName.REFERENCE,
            ),
            folder / str(number),
        )
        for number in numbers
    ]


def tables(folder: Path) -> dict[str, bytes]:
    """All tables that replications have left, by their path."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.parquet")}


def test_any_number_of_workers_leaves_the_same_bytes(tmp_path: Path) -> None:
    """Three replications here, in one process, in two and in five; each says when it is done."""
    for job in jobs(tmp_path / "here", 0, 1, 2):
        replicate(job.task, job.folder)
    expected = tables(tmp_path / "here")
    assert len(expected) == 3 * 4
    for workers in (1, 2, 5):
        told: list[tuple[int, float]] = []
        folder = tmp_path / str(workers)
        run_workers(jobs(folder, 0, 1, 2), workers, lambda n, share, _: told.append((n, share)))  # noqa: B023
        assert tables(folder) == expected
        assert sorted(number for number, share in told if share == 1.0) == [0, 1, 2]


def test_a_worker_that_fails_names_its_replication(tmp_path: Path) -> None:
    """The complaint names the replication that was at work; those before it are kept."""
    first, broken = jobs(tmp_path, 3, 7)
    broken = Job(broken.task, tmp_path / "file" / "below")
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkerFailed) as failure:
        run_workers([first, broken], 1, None)
    assert str(failure.value.__cause__).startswith("replication 7 ended with 1: ")
    assert (first.folder / "done.json").exists()


def test_a_worker_without_memory_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that would not fit is the user's to change: one line, exit 2, what was done is kept."""
    (tmp_path / "sitecustomize.py").write_text(FULL_AT_7)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    first, full = jobs(tmp_path, 3, 7)
    with pytest.raises(NoMemory) as failure:
        run_workers([first, full], 1, None)
    assert str(failure.value) == "memory: 9 jobs at once"
    assert (first.folder / "done.json").exists()
    assert _explain(failure.value) == 2
    assert capsys.readouterr().err == "memory: 9 jobs at once\n"


def test_no_worker_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one worker fails the others are ended, and waited for."""
    started: list[processes._Worker] = []
    begin = processes._Worker.__init__

    def watched(worker: processes._Worker, *arguments: object) -> None:
        begin(worker, *arguments)  # type: ignore[arg-type]
        started.append(worker)

    monkeypatch.setattr(processes._Worker, "__init__", watched)
    (tmp_path / "0").write_text("")
    with pytest.raises(WorkerFailed):
        run_workers(jobs(tmp_path, 0, 1, 2, 3), 2, None)
    assert len(started) == 2
    assert all(worker.process.returncode is not None for worker in started)


def test_short_runs_start_no_workers() -> None:
    """What is over before a worker would have started runs in the process itself."""
    net = network().network
    for engine in (EngineName.COMPILED, EngineName.REFERENCE):
        assert run._is_short(engine, net, 1)
        assert not run._is_short(engine, net, 1000)
    one, three = (foretold_seconds(EngineName.COMPILED, net, n) for n in (1, 3))
    assert three == pytest.approx(3 * one)
    assert one < SECONDS_TO_SHARE


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """Who has Ctrl-C ignored, as a script in the background has, is not stopped by it anywhere."""
    was = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with pytest.raises(KeyboardInterrupt), undisturbed():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, was)


def test_a_failed_compilation_ends_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine does not compile, its complaint comes at once; the tallies' is ended."""
    code = "import sys, time; sys.exit('{0}: no') if '{0}' == 'compiled' else time.sleep(100)"
    monkeypatch.setattr(processes, "COMPILE", code)
    began = time.monotonic()
    with pytest.raises(WorkerFailed, match=r"^the compilation ended with 1: compiled: no$"):
        processes.compile_kernels()
    assert time.monotonic() - began < 50
