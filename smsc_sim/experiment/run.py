"""Run a scenario: replications in worker processes, kept one by one, put together at the end."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from smsc_sim.engines.extend import Extensions
from smsc_sim.experiment.engines import EngineName, choose_engine
from smsc_sim.experiment.manifest import manifest_of, targets_of
from smsc_sim.experiment.replication import (
    Task,
    digest_of,
    is_done,
    read,
    save,
    simulate,
)
from smsc_sim.results.estimates import Estimates, ReplicationFrames
from smsc_sim.results.storage import write_bytes
from smsc_sim.scenario.compile import Compiled, compile_scenario
from smsc_sim.scenario.loader import Loaded, load, resolved_yaml
from smsc_sim.scenario.schema_events import (
    WithinTarget,
)

REPLICATIONS = "replications"

Progress = Callable[[int, float, int], None]
"""Told a replication's number, the share of it that is done and its messages so far."""


class Interrupted(KeyboardInterrupt):
    """The run was stopped; what was finished is kept.

    Attributes
    ----------
    finished, wanted : int
        Replications.
    """

    def __init__(self, finished: int, wanted: int) -> None:
        super().__init__(f"interrupted: {finished} of {wanted} replications are finished and kept")
        self.finished, self.wanted = finished, wanted


class WorkerFailed(Exception):
    """A worker process ended badly: our bug, or the machine's limits."""


def run(
    scenario: str | Path | Loaded,
    *,
    variant: str | None = None,
    overrides: Iterable[str] = (),
    window: str | None = None,
    scale: str | float | None = None,
    seed: int | None = None,
    replications: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    engine: str = "auto",
    extensions: Extensions | None = None,
    progress: Progress | None = None,
    notify: Callable[[str], None] | None = None,
) -> Estimates:
    """Simulate a scenario and estimate its measures.

    Parameters
    ----------
    scenario : path or Loaded
        The YAML file, or what `load` made of it (then without the next six).
    variant, overrides, window, scale
        As `load` takes them.
    seed, replications : int, optional
        In place of those of the scenario.
    workers : int, optional
        Processes side by side; as many as processors by default.
    out : path, optional
        Folder for the results; without it nothing stays on disk.
    resume : bool
        Keep finished replications of the very same run that `out` holds.
    engine : str
        `compiled`, `reference` or `auto`; all give the same results.
    extensions : Extensions, optional
        Python code that extends the model; runs in this process, one replication at a time, on
        the reference engine.
    progress : callable, optional
        `progress(replication, share, messages)`.
    notify : callable, optional
        Told in words what takes its time before the first message.

    Returns
    -------
    Estimates

    Raises
    ------
    ScenarioError
        If the scenario is wrong.
    ValueError
        If a loaded scenario is to be changed, or the engine that is asked for cannot run this.
    Interrupted
        If it was stopped from the keyboard; what was finished is kept in `out`.
    """
    began = time.perf_counter()
    changes = list(overrides)
    if isinstance(scenario, Loaded):
        if changes or not all(x is None for x in (variant, window, scale, seed, replications)):
            raise ValueError("a loaded scenario runs as it is; give the changes to load()")
        loaded = scenario
    else:
        changes += [] if seed is None else [f"seed={seed}"]
        changes += [] if replications is None else [f"replications={replications}"]
        loaded = load(scenario, variant=variant, overrides=changes, window=window, scale=scale)
    compiled = compile_scenario(loaded)
    with tempfile.TemporaryDirectory(prefix="smsc_sim-") as temporary:
        folder = Path(temporary) if out is None else Path(out)
        choice = choose_engine(
            EngineName(engine), compiled.network, loaded.scenario.replications, extensions
        )
        plan = _plan(loaded, compiled, folder, extensions, choice.engine)
        # First of all, so that a folder that cannot be written to costs no simulation.
        write_bytes(folder / "scenario.resolved.yaml", resolved_yaml(loaded).encode())
        if not resume:
            shutil.rmtree(folder / REPLICATIONS, ignore_errors=True)
        missing = [
            job for job in plan if not is_done(job.folder, with_messages=job.task.record_messages)
        ]
        if missing and choice.engine == EngineName.COMPILED:
            _prepare_kernels(notify)
        if extensions:
            _run_here(missing, extensions, len(plan), progress)
        else:
            _run_workers(missing, workers or os.cpu_count() or 1, len(plan), progress)
        parts = [read(job.folder) for job in plan]
        estimates = Estimates.from_replications(
            [frames for frames, _ in parts],
            manifest_of(
                loaded,
                compiled,
                plan[0].task.limits_ns,
                [effort for _, effort in parts],
                began,
                extensions,
                choice,
            ),
            targets_of(loaded),
        )
        estimates = replace(estimates, messages=_messages(plan))
        if out is not None:
            estimates.save(folder)
    return estimates


def _prepare_kernels(notify: Callable[[str], None] | None) -> None:
    """Compile the kernels once, before workers that would each do so; say so first."""
    from smsc_sim.engines.compiled import is_cached, kernel

    if not is_cached():
        if notify is not None:
            notify("compiling the engine (once for these rules, about half a minute) ...")
        kernel()


def _messages(plan: list[_Job]) -> pd.DataFrame | None:
    """One table of the messages of all replications, where they were asked for."""
    if not plan[0].task.record_messages:
        return None
    tables = [pd.read_parquet(job.folder / "messages.parquet") for job in plan]
    for number, table in enumerate(tables):
        table.insert(0, "replication", number)
    return pd.concat(tables, ignore_index=True)


@dataclass(frozen=True)
class _Job:
    """A replication to run and the folder that it leaves its tables in."""

    task: Task
    folder: Path


def _plan(
    loaded: Loaded,
    compiled: Compiled,
    folder: Path,
    extensions: Extensions | None,
    engine: EngineName,
) -> list[_Job]:
    scenario = loaded.scenario
    limits = tuple(
        target.within for target in scenario.targets.values() if isinstance(target, WithinTarget)
    )
    digest = digest_of(compiled.network, compiled.names, scenario.interval, limits)
    if extensions:  # code has no digest: such results are never taken up again
        digest = f"extended-{time.time_ns()}"
    return [
        _Job(
            Task(
                network=compiled.network,
                names=compiled.names,
                interval_ns=scenario.interval,
                limits_ns=limits,
                record_messages=scenario.record == "messages",
                number=number,
                engine=engine,
            ),
            folder / REPLICATIONS / f"{digest[:16]}-{number:04d}",
        )
        for number in range(scenario.replications)
    ]


def _run_here(
    jobs: list[_Job], extensions: Extensions, wanted: int, progress: Progress | None
) -> None:
    for job in jobs:
        number = job.task.number

        def report(share: float, messages: int, number: int = number) -> None:
            if progress is not None:
                progress(number, share, messages)

        try:
            save(job.folder, *simulate(job.task, extensions, report))
        except KeyboardInterrupt:
            raise Interrupted(number, wanted) from None
        report(1.0, 0)


def _run_workers(jobs: list[_Job], workers: int, wanted: int, progress: Progress | None) -> None:
    """Keep so many processes busy until all jobs are done."""
    waiting = list(reversed(jobs))
    running: list[_Worker] = []
    failed = ""
    was = _interrupt_on_sigterm()
    try:
        while (waiting or running) and not failed:
            while waiting and len(running) < workers:
                running.append(_Worker(waiting.pop(), progress))
            for worker in list(running):
                if worker.process.poll() is not None:
                    running.remove(worker)
                    failed = failed or worker.complaint()
            time.sleep(0.02)
    except KeyboardInterrupt:
        finished = sum(is_done(job.folder, with_messages=False) for job in jobs)
        raise Interrupted(wanted - len(jobs) + finished, wanted) from None
    finally:
        for worker in running:
            worker.end()
        if was is not None:
            signal.signal(signal.SIGTERM, was)
    if failed:
        raise WorkerFailed(failed.splitlines()[-1]) from RuntimeError(failed)


def _interrupt_on_sigterm() -> Any:
    """Treat SIGTERM like Ctrl-C; returns what it did before, or None outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        return None

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    return signal.signal(signal.SIGTERM, stop)


class _Worker:
    """A process at work on one replication."""

    def __init__(self, job: _Job, progress: Progress | None) -> None:
        self.number = job.task.number
        self.process = subprocess.Popen(  # our own module
            [sys.executable, "-m", "smsc_sim.experiment.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=False,
            start_new_session=True,  # Ctrl-C reaches the parent alone, which then ends the workers
        )
        self._errors: list[bytes] = []
        self._threads = [
            threading.Thread(target=self._feed, args=(job,), daemon=True),
            threading.Thread(target=self._listen, args=(progress,), daemon=True),
            threading.Thread(target=self._collect, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _feed(self, job: _Job) -> None:
        assert self.process.stdin is not None
        try:
            with self.process.stdin as stream:
                pickle.dump((job.task, str(job.folder.absolute())), stream)
        except OSError:
            pass  # the process has ended; its complaint says why

    def _listen(self, progress: Progress | None) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stream:
            for line in stream:
                share, messages = line.split()
                if progress is not None:
                    progress(self.number, float(share), int(messages))

    def _collect(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as stream:
            self._errors.append(stream.read())

    def end(self) -> None:
        """Kill the process and wait until nothing of it is left."""
        self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join()

    def complaint(self) -> str:
        """Say why the process failed; empty if it did not."""
        for thread in self._threads:
            thread.join()
        if self.process.returncode == 0:
            return ""
        words = b"".join(self._errors).decode(errors="replace").strip()
        return f"replication {self.number} ended with {self.process.returncode}: {words}"


__all__ = ["Interrupted", "Progress", "ReplicationFrames", "WorkerFailed", "run"]
