"""Follow one message: what its jobs asked for and what came of it, seen around the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from smsc_sim.engines.reference import Engine
from smsc_sim.model.codes import END, ID, SPAWN
from smsc_sim.model.network import (
    NUMBER_SHIFT,
    PHONES,
    SOURCE_SHIFT,
    Command,
    Job,
    Network,
    State,
    message_id,
    phone_id,
)
from smsc_sim.model.phones import global_phone
from smsc_sim.model.rules import step as rules_step

NO_SIGNAL = -1  # of a command that asks for no wait


class Wait(NamedTuple):
    """One command of a job and how the wait for it ended.

    `from_stage` is what the job was doing when it gave the command; the other columns are those
    of the job.
    """

    start_ns: int
    end_ns: int
    job: int
    kind: int
    from_stage: int
    command: Command
    signal: int
    answer: int
    segment: int
    smsc: int
    msc: int
    sender: int


@dataclass(frozen=True)
class Path:
    """What happened to one message.

    Attributes
    ----------
    submission : Job or None
        Who writes to whom; None if the message was never submitted.
    waits : list of Wait
        In the order in which they began.
    log : ndarray of int64, shape (rows, 7)
        Rows of the event log that the message's jobs wrote.
    """

    submission: Job | None
    waits: list[Wait]
    log: np.ndarray


def follow(
    network: Network, source: int, number: int, on_chunk: Callable[[int], None] | None = None
) -> Path:
    """Simulate until message `number` of a source is over, and say what happened to it.

    Parameters
    ----------
    network : Network
        With the seed of the replication.
    source, number : int
        The message.
    on_chunk : callable, optional
        Told the time in ns after each piece of the log.
    """
    recorder = _Recorder(message_id(source, number) >> NUMBER_SHIFT)
    engine = Engine(network, recorder.take_rows, recorder.step, on_chunk)
    recorder.stop = engine.stop
    engine.run()
    waits = sorted(recorder.waits, key=lambda wait: wait.start_ns)
    return Path(recorder.submission, waits, np.concatenate(recorder.rows))


class _Recorder:
    """A function around `step` that writes down what concerns one message."""

    def __init__(self, message: int) -> None:
        self.message = message
        self.stop: Callable[[], None] | None = None
        self.submission: Job | None = None
        self.waits: list[Wait] = []
        self.rows: list[np.ndarray] = []
        self._phone = -1
        self._begun: dict[Job, Wait] = {}
        self._live = 0

    def take_rows(self, rows: np.ndarray) -> None:
        own = rows[:, ID] >> NUMBER_SHIFT == self.message
        of_phone = rows[:, ID] >> 6 == phone_id(self._phone) >> 6
        self.rows.append(rows[own | of_phone])

    def step(self, network: Network, state: State, job: Job, signal: int, now: int) -> Command:
        """The rules, watched."""
        is_own = job.id >> NUMBER_SHIFT == self.message
        if not is_own and not self._is_of_phone(network, job):
            return rules_step(network, state, job, signal, now)
        if self.submission is None:
            self.submission, self._live = job, 1
            self._phone = global_phone(network, job)
        begun = self._begun.pop(job, None)
        if begun is not None:
            self.waits.append(begun._replace(end_ns=now, signal=signal, answer=job.answer))
        from_stage = job.stage
        command = rules_step(network, state, job, signal, now)
        wait = Wait(
            *(now, now, job.id, job.kind, from_stage, command, NO_SIGNAL),
            *(job.answer, job.segment, job.smsc, job.msc, job.sender),
        )
        if command.verb in (SPAWN, END):
            self.waits.append(wait)
            self._live += is_own * (1 if command.verb == SPAWN else -1)
            if self._live == 0 and self.stop is not None:
                self.stop()
        else:
            self._begun[job] = wait
        return command

    def _is_of_phone(self, network: Network, job: Job) -> bool:
        """Whether a job watches for the return of the message's phone, or alerts for it."""
        return job.id >> SOURCE_SHIFT == PHONES and global_phone(network, job) == self._phone
