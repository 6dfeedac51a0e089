"""The reference engine: SimPy processes that do what the rules ask for; made to be read.

SimPy is at home in this module alone.  The verbs of the rules are done here and, as functions
of the engine, in those beside it: `reference_walk` (stations and legs), `reference_pools`,
`reference_outages`.  The compiled engine has its kernels along the same lines.
"""

from array import array
from collections.abc import Callable, Generator
from functools import partial
from heapq import heappush
from typing import Any

import numpy as np
import simpy

from smsc_sim.engines.lines import Line
from smsc_sim.engines.reference_outages import alter
from smsc_sim.engines.reference_pools import call_up, empty_pool, release, seize, unpark
from smsc_sim.engines.reference_walk import (
    Hop,
    enter,
    vacate,
    walk,
)
from smsc_sim.engines.rows import Pool, Row, by_id
from smsc_sim.model.arrivals import next_arrival_ns
from smsc_sim.model.begin import (
    begin_background,
    begin_child,
    begin_record,
    begin_submission,
)
from smsc_sim.model.cells import held_channel
from smsc_sim.model.codes import (
    DONE,
    END,
    FLAG_ABSENT,
    FLAG_FULL,
    HOLD,
    LOG_ALERT,
    LOG_FORGOTTEN,
    LOG_HANDSET,
    LOG_HELD,
    LOG_MESSAGE_END,
    LOG_SPLIT,
    LOG_WORDS,
    NEVER,
    NO_CHANGE,
    NOBODY,
    NOTHING,
    PARK,
    RANK_DONE,
    RANK_DOWN,
    RANK_NOW,
    RANK_SHIFT,
    RANK_SUBMIT,
    RANK_TIMER,
    RANK_UP,
    REFUSED,
    RELEASE,
    REPAIR,
    SEIZE,
    SEND,
    SERVE,
    SPACE_NAMES,
    SPAWN,
    SUBMIT,
    TELLING_KINDS,
    TIMER,
    WAKE,
)
from smsc_sim.model.network import (
    Command,
    Network,
    State,
    message_id,
)
from smsc_sim.model.outages import outages
from smsc_sim.model.rules import (
    apply,
    logged_other,
    logged_place,
    message_state,
    split_ns,
    step,
)
from smsc_sim.model.state import empty_state, grow_flags, new_record

ROWS_PER_CHUNK = 1 << 14  # some 400 messages: often enough for a progress bar
LAST = 1 << 62  # priority of what happens after everything else in an instant

Step = Callable[[Network, State, Any, int, int], Command]
Sink = Callable[[np.ndarray], None]


class Decided(simpy.Event):
    """An event whose outcome is known: it only needs a time."""

    def __init__(self, env: simpy.Environment, value: Any) -> None:
        self.env, self._ok, self._value = env, True, value
        self.callbacks: list[Any] = []


class Engine:
    """One simulation: clock, queues, pools and parked jobs around the rules.

    Parameters
    ----------
    network : Network
        With lists as columns.
    sink : callable
        Takes the event log in pieces: int64 arrays of shape (rows, 7), see `codes.LOG_NAMES`.
    step : callable
        The rules; a wrapper around `rules.step` extends the model.
    on_chunk : callable, optional
        Told the time in ns after each piece of the log.
    """

    def __init__(
        self,
        network: Network,
        sink: Sink,
        step: Step = step,
        on_chunk: Callable[[int], None] | None = None,
    ) -> None:
        self.network = network
        self.state = empty_state(network)
        self.env = simpy.Environment(initial_time=0)
        self.sink, self.step, self.on_chunk = sink, step, on_chunk
        self.log = array("q")
        self.live: dict[Row, None] = {}
        self.lines = [Line(network, self.state, line) for line in range(network.lines)]
        self.pools = [empty_pool(self, number) for number in range(network.pools)]
        self.keyed: list[dict[int, Pool]] = [{} for _ in network.pool_units]
        self.parked: tuple[dict[int, dict[Row, None]], ...] = tuple({} for _ in SPACE_NAMES)
        self.users: list[int] = []  # jobs that hold each record
        self.free_records: list[int] = []
        self.flagged = 0  # at most so many phones are in the flag table
        self.open_messages = 0  # of the cohort, and what tells senders of them
        self.messages = self.visits = 0
        self.hops: dict[tuple[int, int, int, int], Hop | None] = {}
        self.moving_ns = -1  # until then traffic of failed links may be on the move
        self.finished = self.env.event()

    # The clock.

    @property
    def now(self) -> int:
        """Time in ns since the start.

        NOTE: on the paths of every event `env._now` stands for it: two properties cost a tenth
        of the run.
        """
        return self.env.now  # type: ignore[return-value]  # only integers are scheduled

    def at(self, time_ns: int, order: int, event: simpy.Event) -> None:
        """Let an event happen; ties are broken by `order`, which is content."""
        self.env.schedule(event, order, time_ns - self.env._now)  # type: ignore[arg-type]

    def call_at(self, time_ns: int, order: int, action: Callable[[], None]) -> None:
        """Do something at a time; ties are broken by `order`."""
        event = Decided(self.env, None)
        event.callbacks.append(lambda _: action())
        self.at(time_ns, order, event)

    def wait(self, row: Row, time_ns: int, rank: int, signal: int) -> simpy.Event:
        """What a job yields: it goes on at `time_ns`, unless it is redirected before."""
        env = self.env
        wait = row.wait = Decided(env, signal)
        if time_ns < NEVER:
            order = rank << RANK_SHIFT | row.id
            # NOTE: what `env.schedule` does, without a call and without a delay to add again.
            heappush(env._queue, (time_ns, order, next(env._eid), wait))  # type: ignore[misc]
        return wait

    def redirect(self, row: Row, signal: int) -> None:
        """Let a waiting job go on now; the event it waited for finds nobody any more."""
        wait = row.wait
        assert wait is not None and wait.callbacks is not None
        instead = row.wait = Decided(self.env, signal)
        instead.callbacks, wait.callbacks = wait.callbacks, []
        self.at(self.now, RANK_NOW, instead)

    def write(self, code: int, row: Row, place: int, value: int, other: int) -> None:
        """Add a row about a job to the log."""
        now: int = self.env._now  # type: ignore[assignment]
        self.log.extend((now, code, row.id, place, value, other, row.submit_ns))

    def note(self, code: int, place: int, value: int, other: int) -> None:
        """Add a row to the log that is about no job."""
        self.log.extend((self.now, code, NOBODY, place, value, other, -1))

    def _flush(self) -> None:
        if self.log:
            self.sink(np.frombuffer(self.log, np.int64).reshape(-1, LOG_WORDS))
            self.log = array("q")
        if self.on_chunk is not None:
            self.on_chunk(self.now)

    # The life of a job.

    def _life(self, row: Row) -> Generator[simpy.Event, int, None]:
        network, write = self.network, self.write
        signal = DONE
        while True:
            now: int = self.env._now  # type: ignore[assignment]
            command = self.step(network, self.state, row, signal, now)
            verb = command.verb
            if command.log != NOTHING or command.change != NO_CHANGE:
                self._change(row, command, now)
            else:  # NOTE: all that `apply` does then; most commands, a tenth of the run
                row.stage, row.cause = command.stage, command.cause
            if verb == HOLD:
                if command.amount == 0:
                    signal = DONE
                    continue
                row.verb = HOLD
                signal = yield self.wait(row, now + command.amount, RANK_DONE, DONE)
            elif verb == SERVE:
                row.verb = SERVE
                if enter(self, row, command.place, command.amount):
                    signal = yield self.wait(row, row.done_ns, RANK_DONE, DONE)
                    row.station = NOBODY
                    if signal == DONE and network.station_line[command.place] >= 0:
                        vacate(self, command.place)
                else:
                    signal = REFUSED
            elif verb == SEND:
                row.verb = SEND
                signal = yield from walk(self, row, command.place, command.target, command.amount)
            elif verb == PARK:
                row.verb, row.place = PARK, command.place
                row.target = command.target
                self.parked[command.place].setdefault(command.target, {})[row] = None
                signal = yield self.wait(row, command.amount, RANK_TIMER, TIMER)
                if signal == TIMER:
                    unpark(self, row)
            elif verb == SEIZE:
                row.verb = SEIZE
                signal = yield from seize(self, row, command)
            elif verb == RELEASE:
                release(self, command.place, command.target)
                if network.pool_group[command.place] >= 0:
                    write(LOG_HELD, row, command.place, now - command.amount, row.kind)
                signal = DONE
            elif verb == SPAWN:
                self._spawn(row, command)
                signal = DONE
            elif verb == SUBMIT:
                self.submit(command.place, command.target)
                signal = DONE
            elif verb == WAKE:
                signal = call_up(self, row, command)
            else:
                assert verb == END
                del self.live[row]
                if row.record >= 0:
                    self._let_go(row)
                if row.kind in TELLING_KINDS:
                    self._count_open(row, -1)
                return
            row.wait = None

    def _change(self, row: Row, command: Command, now: int) -> None:
        """Log what the command says, make its changes and log what they bring about."""
        log = command.log
        if log != NOTHING and log != LOG_ALERT:
            place, other = logged_place(row, log), logged_other(row, log, now)
            self.write(log, row, place, command.value, other)
        outcome = apply(self.network, self.state, row, command, now)
        if log == LOG_HANDSET and outcome == NOTHING:
            for part in range(5):
                self.write(LOG_SPLIT, row, part, split_ns(row, part, now), row.population)
        if command.change in (FLAG_ABSENT, FLAG_FULL):
            self.flagged += 1
            if 2 * self.flagged > len(self.state.flag_phone):
                self._make_room_for_flags()
        if outcome != NOTHING:
            value, other = now - row.submit_ns, row.smsc
            if outcome == LOG_MESSAGE_END:
                whole_ns = self.state.whole_ns[row.record]
                value = whole_ns - row.submit_ns if whole_ns >= 0 else -1
                other = message_state(self.state, row.record)
                self._count_open(row, -1)
            self.write(outcome, row, row.population, value, other)
        if len(self.log) >= LOG_WORDS * ROWS_PER_CHUNK:
            self._flush()

    def _make_room_for_flags(self) -> None:
        self.flagged = sum(phone != 0 for phone in self.state.flag_phone)
        if 2 * self.flagged > len(self.state.flag_phone):
            self.state = grow_flags(self.state)

    def _spawn(self, row: Row, command: Command) -> None:
        child = row.copy()
        begin_child(self.network, row, child, command, self.now)
        if child.record >= 0:
            self.users[child.record] += 1
        if child.kind in TELLING_KINDS:
            self._count_open(child, 1)
        self._start(child)

    def _start(self, row: Row) -> None:
        self.live[row] = None
        self.env.process(self._life(row))

    # Messages.

    def submit(self, source: int, number: int) -> None:
        """Let message `number` of a source begin now."""
        record = self._new_record()
        row = Row()
        begin_submission(self.network, row, source, number, record, self.now)
        begin_record(self.network, self.state, record, row.text)
        self.messages += 1
        if self.network.warm_up_ns <= row.submit_ns < self.network.duration_ns:
            self.open_messages += 1
        self._start(row)

    def _begin(self, source: int, number: int) -> None:
        """Let what a source brings begin now: a message, a call or a location update."""
        if source < self.network.sources:
            self.submit(source, number)
            return
        row = Row()
        begin_background(self.network, row, source, number, self.now)
        self._start(row)

    def _new_record(self) -> int:
        if self.free_records:
            record = self.free_records.pop()
            self.users[record] = 1
            return record
        self.users.append(1)
        return new_record(self.state)

    def _let_go(self, row: Row) -> None:
        """Forget the message of a job that ends if it was the last one of it."""
        record = row.record
        self.users[record] -= 1
        if self.users[record] == 0:
            self.write(LOG_FORGOTTEN, row, row.population, self.state.segments[record], 0)
            self.free_records.append(record)

    def _count_open(self, row: Row, more: int) -> None:
        """Count a message, receipt or status report of the cohort that begins or ends."""
        if self.network.warm_up_ns <= row.submit_ns < self.network.duration_ns:
            self.open_messages += more
            self._finish_if_over()

    def _finish_if_over(self) -> None:
        """Stop at the end of the instant in which the last of the cohort has ended and is told."""
        if self.now >= self.network.duration_ns and self.open_messages == 0:
            self.call_at(self.now, LAST, self.stop)

    def stop(self) -> None:
        """End the run after the present event."""
        if not self.finished.triggered:
            self.finished.succeed()

    def _follow(self, source: int, number: int) -> None:
        """Schedule the next arrival of a source; each schedules the one after it."""
        time_ns = next_arrival_ns(self.network, self.state, source, number)
        if time_ns >= NEVER:
            return

        def arrive() -> None:
            self._follow(source, number + 1)
            self._begin(source, number)

        self.call_at(time_ns, RANK_SUBMIT << RANK_SHIFT | message_id(source, number), arrive)

    # The run.

    def run(self) -> None:
        """Simulate until the cohort has ended or the drain is over."""
        network = self.network
        for time_ns, change, element in outages(network):
            rank = RANK_UP if change == REPAIR else RANK_DOWN
            self.call_at(
                time_ns, rank << RANK_SHIFT | element, partial(alter, self, change, element)
            )
        for source in range(len(network.source_digest)):
            self._follow(source, 0)
        self.call_at(network.duration_ns, LAST, self._finish_if_over)
        self.call_at(network.duration_ns + network.drain_ns, LAST, self.stop)
        self.env.run(until=self.finished)
        self._note_held()
        self._flush()

    def _note_held(self) -> None:
        """Log the channels that are held when the run stops, for how busy they were."""
        for row in sorted(self.live, key=by_id):
            pool = held_channel(self.network, row)
            if pool != NOBODY:
                self.write(LOG_HELD, row, pool, self.now - row.channel_ns, row.kind)
