"""The command line: one module per group of verbs, one line per error, exit codes for scripts.

Exit codes: 0 fine, 1 a target is missed, 2 the user's mistake, 3 our bug, 4 a target is
undecided, 130 interrupted, by Ctrl-C or SIGTERM alike.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

FINE, MISSED, MISTAKE, BUG, UNDECIDED, INTERRUPTED = 0, 1, 2, 3, 4, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    from smsc_sim.experiment.interrupts import sigterm_like_ctrl_c

    try:
        with sigterm_like_ctrl_c():
            from .app import run_app

            return run_app(sys.argv[1:] if argv is None else list(argv))
    except KeyboardInterrupt:  # before or after the command itself
        sys.stderr.write("interrupted\n")
        return INTERRUPTED


def run_and_exit() -> None:
    """Entry point of `smsc-sim`."""
    # At every 700 new objects Python looks for garbage among all of them; imports make none.
    gc.set_threshold(10_000)
    sys.exit(main())
