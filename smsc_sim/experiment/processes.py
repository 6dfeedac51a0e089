"""Processes that work for a run: one that compiles, and one for each replication at work."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from smsc_sim.experiment.interrupts import undisturbed
from smsc_sim.experiment.replication import Task

Progress = Callable[[int, float, int], None]
"""Told a replication's number, the share of it that is done and its messages so far."""

SECONDS_BETWEEN_LOOKS = 0.02
COMPILE = "from smsc_sim.engines import compiled, sums; compiled.kernel(); sums.kernel()"


class WorkerFailed(Exception):
    """A worker process ended badly: our bug, or the machine's limits."""


@dataclass(frozen=True)
class Job:
    """A replication to run and the folder that it leaves its tables in."""

    task: Task
    folder: Path


def compile_kernels() -> float:
    """Compile the kernels to disk in a process of its own, which can be ended; returns seconds.

    The optimiser is one call of many seconds in which Python heeds no signal.
    """
    began = time.monotonic()
    process = None
    try:
        with undisturbed():
            process = subprocess.Popen(  # noqa: S603  # our own code
                [sys.executable, "-c", COMPILE], stderr=subprocess.PIPE, start_new_session=True
            )
        _, errors = process.communicate()
    except BaseException:
        if process is not None:
            process.kill()
            process.wait()
        raise
    if process.returncode != 0:
        words = errors.decode(errors="replace").strip()
        raise WorkerFailed(f"the compilation ended with {process.returncode}: {words}")
    return time.monotonic() - began


def run_workers(jobs: list[Job], workers: int, progress: Progress | None) -> None:
    """Keep so many processes busy until all jobs are done.

    Raises
    ------
    WorkerFailed
        If one ends badly; the others are ended.
    """
    waiting = list(reversed(jobs))
    running: list[_Worker] = []
    failed = ""
    try:
        while (waiting or running) and not failed:
            while waiting and len(running) < workers:
                with undisturbed():
                    running.append(_Worker(waiting.pop(), progress))
            for worker in list(running):
                if worker.process.poll() is not None:
                    running.remove(worker)
                    failed = failed or worker.complaint()
                    if progress is not None and not failed:
                        progress(worker.number, 1.0, 0)
            time.sleep(SECONDS_BETWEEN_LOOKS)
    finally:
        with undisturbed():
            for worker in running:
                worker.process.kill()
            for worker in running:
                worker.join()
    if failed:
        raise WorkerFailed(failed.splitlines()[-1]) from RuntimeError(failed)


class _Worker:
    """A process at work on one replication."""

    def __init__(self, job: Job, progress: Progress | None) -> None:
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

    def _feed(self, job: Job) -> None:
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

    def join(self) -> None:
        """Wait until nothing of the process is left."""
        self.process.wait()
        for thread in self._threads:
            thread.join()

    def complaint(self) -> str:
        """Say why the process failed; empty if it did not."""
        self.join()
        if self.process.returncode == 0:
            return ""
        words = b"".join(self._errors).decode(errors="replace").strip()
        return f"replication {self.number} ended with {self.process.returncode}: {words}"
