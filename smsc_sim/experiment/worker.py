"""A process that runs one replication: task on standard input, progress on standard output.

A process of our own rather than a pool: the caller's script is not imported again, and a worker
can be ended at once.
"""

from __future__ import annotations

import pickle
import sys
import time
from pathlib import Path

from smsc_sim.experiment.replication import replicate

SECONDS_BETWEEN_REPORTS = 0.2


def main() -> int:
    """Run the replication that standard input holds, pickled as (task, folder)."""
    task, folder = pickle.load(sys.stdin.buffer)  # noqa: S301  # written by our own parent
    last = 0.0

    def report(share: float, messages: int) -> None:
        nonlocal last
        if time.monotonic() - last > SECONDS_BETWEEN_REPORTS:
            last = time.monotonic()
            sys.stdout.write(f"{share:.6f} {messages}\n")
            sys.stdout.flush()

    replicate(task, Path(folder), on_progress=report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
