"""Processes that work for a run: one that compiles, and workers that share the replications."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from smsc_sim.engines.free_memory import NoMemory
from smsc_sim.experiment.interrupts import undisturbed
from smsc_sim.experiment.replication import Task
from smsc_sim.experiment.worker import NO_MEMORY

Progress = Callable[[int, float, int], None]
"""Told a replication's number, the share of it that is done and its messages so far."""

SECONDS_BETWEEN_LOOKS = 0.02
# What numba makes it keeps: looking for garbage again and again takes a twentieth of the time.
COMPILE = "import gc; gc.disable(); from smsc_sim.engines import {0}; {0}.kernel()"
COMPILED = ("compiled", "sums")  # modules: the engine, the tallies


class WorkerFailed(Exception):
    """A worker process ended badly: our bug, or the machine's limits."""


@dataclass(frozen=True)
class Job:
    """A replication to run and the folder that it leaves its tables in."""

    task: Task
    folder: Path


def compile_kernels() -> float:
    """Compile engine and tallies to disk, side by side, in processes of their own; returns seconds.

    Processes can be ended: the optimiser is one call of many seconds in which Python heeds no
    signal.
    """
    began = time.monotonic()
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for module in COMPILED:
            code = COMPILE.format(module)
            with undisturbed():
                processes.append(
                    subprocess.Popen(  # noqa: S603  # our own code
                        [sys.executable, "-c", code],
                        stderr=subprocess.PIPE,
                        start_new_session=True,
                    )
                )
        for process in processes:
            _, errors = process.communicate()
            if process.returncode != 0:
                words = errors.decode(errors="replace").strip()
                raise WorkerFailed(f"the compilation ended with {process.returncode}: {words}")
    finally:
        for process in processes:
            with process:  # closes its pipe, and waits
                process.kill()
    return time.monotonic() - began


def run_workers(jobs: list[Job], workers: int, progress: Progress | None) -> None:
    """Share jobs out to so many processes and wait until all are done.

    Replications take equally long, so each process has its share from the start: it is started,
    and reads the machine code, once.

    Raises
    ------
    WorkerFailed
        If one ends badly; the others are ended.
    NoMemory
        If one would need more memory than there is; the others are ended.
    """
    running: list[_Worker] = []
    failed: Exception | None = None
    try:
        for first in range(min(workers, len(jobs))):
            with undisturbed():
                running.append(_Worker(jobs[first::workers], progress))
        while running and failed is None:
            for worker in list(running):
                if worker.process.poll() is not None:
                    running.remove(worker)
                    failed = failed or worker.complaint()
            time.sleep(SECONDS_BETWEEN_LOOKS)
    finally:
        with undisturbed():
            for worker in running:
                worker.process.kill()
            for worker in running:
                worker.join()
    if failed is not None:
        raise failed


class _Worker:
    """A process at work on some replications, one after the other."""

    def __init__(self, jobs: list[Job], progress: Progress | None) -> None:
        self.number = jobs[0].task.number  # of the replication that it was last heard of
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
            threading.Thread(target=self._feed, args=(jobs,), daemon=True),
            threading.Thread(target=self._listen, args=(progress,), daemon=True),
            threading.Thread(target=self._collect, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _feed(self, jobs: list[Job]) -> None:
        assert self.process.stdin is not None
        try:
            with self.process.stdin as stream:
                tasks = [(job.task, str(job.folder.absolute())) for job in jobs]
                pickle.dump(tasks, stream)
        except OSError:
            pass  # the process has ended; its complaint says why

    def _listen(self, progress: Progress | None) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stream:
            for line in stream:
                number, share, messages = line.split()
                self.number = int(number)
                if progress is not None:
                    progress(self.number, float(share), int(messages))

    def _collect(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as stream:
            self._errors.append(stream.read())

    def join(self) -> None:
        """Wait until nothing of the process is left."""
        self.process.wait()
        for thread in self._threads:
            thread.join()

    def complaint(self) -> Exception | None:
        """Why the process failed; None if it did not."""
        self.join()
        code = self.process.returncode
        if code == 0:
            return None
        words = b"".join(self._errors).decode(errors="replace").strip()
        last = words.rpartition("\n")[2]
        if code == NO_MEMORY:
            return NoMemory(last)
        failure = WorkerFailed(last)
        failure.__cause__ = RuntimeError(f"replication {self.number} ended with {code}: {words}")
        return failure
