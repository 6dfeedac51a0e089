"""A process that runs replications: tasks on standard input, progress on standard output.

It ends with 0, or with NO_MEMORY and what that is about as the last line of standard error.

A process of our own rather than a pool: the caller's script is not imported again, and a worker
can be ended at once.
"""

from __future__ import annotations

import os
import pickle
import sys
import time
from pathlib import Path

from smsc_sim.engines.free_memory import NoMemory
from smsc_sim.experiment.replication import Task, replicate

NO_MEMORY = 71  # exit code
SECONDS_BETWEEN_REPORTS = 0.2


def main() -> int:
    """Run the replications that standard input holds, pickled as a list of (task, folder)."""
    try:
        for task, folder in pickle.load(sys.stdin.buffer):  # noqa: S301  # our own parent wrote it
            run_task(task, Path(folder))
    except NoMemory as error:
        sys.stderr.write(f"{error}\n")
        return NO_MEMORY
    return 0


def run_task(task: Task, folder: Path) -> None:
    """Run one replication; its number, share done and messages go to standard output."""
    last = 0.0

    def report(share: float, messages: int) -> None:
        nonlocal last
        if share == 1.0 or time.monotonic() - last > SECONDS_BETWEEN_REPORTS:
            last = time.monotonic()
            sys.stdout.write(f"{task.number} {share:.6f} {messages}\n")
            sys.stdout.flush()

    report(0.0, 0)
    replicate(task, folder, on_progress=report)
    report(1.0, 0)


if __name__ == "__main__":
    # All is written; taking Python and its packages down would take some tenths of a second.
    os._exit(main())
