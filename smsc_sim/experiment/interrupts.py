"""Ctrl-C and SIGTERM are one thing: the run stops within a second, what is finished stays."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


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


@contextmanager
def sigterm_like_ctrl_c() -> Iterator[None]:
    """Let SIGTERM raise KeyboardInterrupt meanwhile; in the main thread, as others get no signals.

    Python acts on a signal between two of its own instructions.  What takes longer than a second
    in one call (a compilation, the setting of a report) belongs in a process or thread of its own.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    was = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, was)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until steps that belong together are done.

    Without it a process that has just been started could be forgotten before it has a name.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    were = {
        number: signal.signal(number, lambda number, _: came.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
        if signal.getsignal(number) not in (signal.SIG_IGN, None)  # ignored here as elsewhere
    }
    try:
        yield
    finally:
        for number, was in were.items():
            signal.signal(number, was)
    if came:
        raise KeyboardInterrupt
