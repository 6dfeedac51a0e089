"""The reference engine: SimPy processes that do what the rules ask for; made to be read.

Longer than other modules because SimPy is at home in this one alone.
"""

from array import array
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import numpy as np
import simpy

from smsc_sim.engines.lines import Line
from smsc_sim.engines.rows import Pool, Row
from smsc_sim.model.arrivals import next_arrival_ns
from smsc_sim.model.begin import begin_background, begin_child, begin_record, begin_submission
from smsc_sim.model.cells import held_channel
from smsc_sim.model.codes import (
    ANSWER,
    BREAKDOWN,
    BUFFER_FULL,
    DISCARDED,
    DONE,
    DOWN,
    DRAINING,
    ELEMENT_UP,
    END,
    FLAG_ABSENT,
    FLAG_FULL,
    HOLD,
    HUB_RECEIPT,
    LOG_ALERT,
    LOG_BLOCKED,
    LOG_CUT,
    LOG_DOWN,
    LOG_FORGOTTEN,
    LOG_HANDSET,
    LOG_HELD,
    LOG_LATE,
    LOG_MESSAGE_END,
    LOG_MSU_LOST,
    LOG_SPLIT,
    LOG_STATION_REFUSED,
    LOG_TAKEN,
    LOG_UP,
    LOG_VISIT,
    LOG_WAITING,
    LOG_WORDS,
    LOST,
    NEVER,
    NO_CHANGE,
    NO_WAY,
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
    RELAY_FULL,
    RELEASE,
    REPAIR,
    SEIZE,
    SEND,
    SERVE,
    SPACE_NAMES,
    SPAWN,
    TELLING_KINDS,
    TIMER,
    UP,
    WAKE,
    WITHDRAWAL,
    WOKEN,
)
from smsc_sim.model.codes import FOR_SLS as _FOR_SLS
from smsc_sim.model.draws import below
from smsc_sim.model.failover import bring_up, fails_with, held_until_ns, take_down
from smsc_sim.model.legs import (
    choose_link_set,
    discard_ns,
    emission_ns,
    enter_queue,
    far_end,
    link_station,
    octets_on,
    update_routes,
    waypoint,
)
from smsc_sim.model.network import Command, Network, State, message_id
from smsc_sim.model.outages import outages, takes_work
from smsc_sim.model.queues import UNIT_COST, has_room, service_time_ns
from smsc_sim.model.rules import (
    apply,
    logged_other,
    logged_place,
    message_state,
    split_ns,
    step,
)
from smsc_sim.model.state import empty_state, grow_flags, new_record
from smsc_sim.model.victims import is_victim, victim_signal

ROWS_PER_CHUNK = 1 << 14  # some 400 messages: often enough for a progress bar
LAST = 1 << 62  # priority of what happens after everything else in an instant

Step = Callable[[Network, State, Any, int, int], Command]
Hop = tuple[int, int, int, int, int, int]  # link set, station, far end, three times: see `_hop`
Sink = Callable[[np.ndarray], None]


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
        self.pools = [self._empty_pool(number) for number in range(network.pools)]
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

    def _at(self, time_ns: int, order: int, event: simpy.Event) -> None:
        """Let an event happen; ties are broken by `order`, which is content."""
        self.env.schedule(event, order, time_ns - self.env._now)  # type: ignore[arg-type]

    def _call_at(self, time_ns: int, order: int, action: Callable[[], None]) -> None:
        event = _event(self.env, None)
        event.callbacks.append(lambda _: action())
        self._at(time_ns, order, event)

    def _wait(self, row: Row, time_ns: int, rank: int, signal: int) -> simpy.Event:
        """What a job yields: it goes on at `time_ns`, unless it is redirected before."""
        env = self.env
        wait = row.wait = simpy.Event(env)
        wait._ok, wait._value = True, signal
        if time_ns < NEVER:
            order = rank << RANK_SHIFT | row.id
            env.schedule(wait, order, time_ns - env._now)  # type: ignore[arg-type]
        return wait

    def _redirect(self, row: Row, signal: int) -> None:
        """Let a waiting job go on now; the event it waited for finds nobody any more."""
        wait = row.wait
        assert wait is not None and wait.callbacks is not None
        instead = row.wait = _event(self.env, signal)
        instead.callbacks, wait.callbacks = wait.callbacks, []
        self._at(self.now, RANK_NOW, instead)

    def _write(self, code: int, row: Row, place: int, value: int, other: int) -> None:
        """Add a row about a job to the log."""
        now: int = self.env._now  # type: ignore[assignment]
        self.log.extend((now, code, row.id, place, value, other, row.submit_ns))

    def _note(self, code: int, place: int, value: int, other: int) -> None:
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
        network, write = self.network, self._write
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
                signal = yield self._wait(row, now + command.amount, RANK_DONE, DONE)
            elif verb == SERVE:
                row.verb = SERVE
                if self._enter(row, command.place, command.amount):
                    signal = yield self._wait(row, row.done_ns, RANK_DONE, DONE)
                    row.station = NOBODY
                    if signal == DONE and network.station_line[command.place] >= 0:
                        self._vacate(command.place)
                else:
                    signal = REFUSED
            elif verb == SEND:
                row.verb = SEND
                signal = yield from self._walk(row, command.place, command.target, command.amount)
            elif verb == PARK:
                row.verb, row.place = PARK, command.place
                row.target = command.target
                self.parked[command.place].setdefault(command.target, {})[row] = None
                signal = yield self._wait(row, command.amount, RANK_TIMER, TIMER)
                if signal == TIMER:
                    self._unpark(row)
            elif verb == SEIZE:
                row.verb = SEIZE
                pool = self._pool(command.place, command.target)
                if pool.free > 0:
                    pool.free -= 1
                    signal = DONE
                    self._note_pool(command.place, command.target, pool)
                elif command.amount == 0:
                    signal = REFUSED
                    if network.pool_group[command.place] >= 0:
                        write(LOG_BLOCKED, row, command.place, row.kind, 0)
                else:
                    row.cost = UNIT_COST
                    pool.queue.append(row)
                    self._note_pool(command.place, command.target, pool)
                    signal = yield self._wait(row, command.amount, RANK_TIMER, TIMER)
                    if signal == TIMER:
                        pool.queue.remove(row)
                        self._note_pool(command.place, command.target, pool)
            elif verb == RELEASE:
                self._release(command.place, command.target)
                if network.pool_group[command.place] >= 0:
                    write(LOG_HELD, row, command.place, now - command.amount, row.kind)
                signal = DONE
            elif verb == SPAWN:
                self._spawn(row, command)
                signal = DONE
            elif verb == WAKE:
                woken = self._wake(command.place, command.target, command.amount)
                if command.place in (ANSWER, HUB_RECEIPT) and woken == 0:
                    write(LOG_LATE, row, row.kind, command.amount, 0)
                elif command.log == LOG_ALERT:
                    write(LOG_ALERT, row, row.population, woken, row.smsc)
                signal = WOKEN if woken > 0 else DONE
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
            self._write(log, row, place, command.value, other)
        outcome = apply(self.network, self.state, row, command, now)
        if log == LOG_HANDSET and outcome == NOTHING:
            for part in range(5):
                self._write(LOG_SPLIT, row, part, split_ns(row, part, now), row.population)
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
            self._write(outcome, row, row.population, value, other)
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

    # Stations and legs.

    def _enter(self, row: Row, station: int, service_ns: int) -> bool:
        """Queue at a station; `row.done_ns` is when the service will end."""
        network, state = self.network, self.state
        now: int = self.env._now  # type: ignore[assignment]
        if network.station_is_random[station] == 1:
            service_ns = service_time_ns(network, row, station, service_ns)
        if network.station_line[station] >= 0:
            return self._join(row, station, service_ns)
        start_ns = -1
        is_up = state.is_up[network.station_element[station]]
        if is_up == UP or (is_up == DRAINING and takes_work(network, state, station)):
            start_ns = enter_queue(
                state.free_ns,
                state.free_first[station],
                network.station_servers[station],
                now,
                service_ns,
                network.station_patience_ns[station],
            )
        if start_ns < 0:
            self._write(LOG_STATION_REFUSED, row, station, 0, service_ns)
            return False
        wait_ns = start_ns - now
        self.log.extend((now, LOG_VISIT, row.id, station, wait_ns, service_ns, row.submit_ns))
        self.visits += 1
        row.station, row.start_ns, row.done_ns = station, start_ns, start_ns + service_ns
        return True

    def _join(self, row: Row, station: int, service_ns: int) -> bool:
        """Begin at a station with a line, or wait in it; `row.done_ns` is NEVER meanwhile."""
        network, state, line = self.network, self.state, self.network.station_line[station]
        row.station, row.start_ns, row.done_ns = station, self.now, NEVER
        row.cost = service_ns
        is_up = takes_work(network, state, station)
        if is_up and state.serving[station] < network.station_servers[station]:
            state.serving[station] += 1
            self._begin_service(row)
        elif is_up and has_room(network, state, line):
            self.lines[line].append(row)
            self._write(LOG_WAITING, row, station, len(self.lines[line]), 0)
        else:
            row.station = NOBODY
            self._write(LOG_STATION_REFUSED, row, station, 0, service_ns)
            return False
        return True

    def _begin_service(self, row: Row) -> None:
        self._write(LOG_VISIT, row, row.station, self.now - row.start_ns, row.cost)
        self.visits += 1
        row.start_ns, row.done_ns = self.now, self.now + row.cost

    def _vacate(self, station: int) -> None:
        """Let whoever is next have the server that has fallen free."""
        state, line = self.state, self.lines[self.network.station_line[station]]
        if len(line) == 0:
            # 0 already: the element failed in the instant in which the service ended.
            state.serving[station] = max(0, state.serving[station] - 1)
            return
        row = line.popleft()
        self._write(LOG_WAITING, row, station, len(line), 0)
        self._begin_service(row)
        assert row.wait is not None
        self._at(row.done_ns, RANK_DONE << RANK_SHIFT | row.id, row.wait)

    def _walk(self, row: Row, node: int, target: int, msu: int) -> Generator[simpy.Event, int, int]:
        """Walk a leg: link, STP, link, and so on."""
        network, state = self.network, self.state
        occasion = row.id << 1 | (network.node_smsc[node] >= 0)
        sls = below(row.key, occasion, _FOR_SLS, network.sls_values)
        row.place = NOBODY
        reason = NO_WAY
        goal = waypoint(network, state, msu >> 8, sls) if network.waypoint_node else NOBODY
        if goal in (NOBODY, node):
            goal = target
        while state.is_up[node] != DOWN:
            hop = self._hop(node, goal, sls, msu)
            if hop is None:
                break
            link_set, station, far, service_ns, propagation_ns, most_ns = hop
            if self.env._now <= self.moving_ns:
                until_ns = held_until_ns(network, state, link_set, sls, self.now)
                if until_ns >= 0:  # the MSU waits in a changeover buffer
                    row.place = node
                    yield self._wait(row, until_ns, RANK_DONE, DONE)
                    row.place = NOBODY
                    continue
            if state.free_ns[state.free_first[station]] - self.env._now >= most_ns:
                self._write(LOG_STATION_REFUSED, row, station, 0, service_ns)
                reason = DISCARDED
                break
            if not self._enter(row, station, service_ns):
                reason = BUFFER_FULL
                break
            arrival_ns = row.done_ns + propagation_ns
            signal = yield self._wait(row, arrival_ns, RANK_DONE, DONE)
            row.station = NOBODY
            if signal != DONE:
                continue  # changeover: the MSU waits at the same node for another way
            node = far
            if node == goal:
                if state.is_up[node] == DOWN:
                    break
                if goal == target:
                    return DONE
                goal = target  # a node on the way works on the MSU as an STP does
            relay = network.node_station[node]
            if not self._enter(row, relay, network.station_service_ns[relay]):
                reason = RELAY_FULL
                break
            signal = yield self._wait(row, row.done_ns, RANK_DONE, DONE)
            row.station = NOBODY
            if signal != DONE:
                break
            if network.station_line[relay] >= 0:
                self._vacate(relay)
        if state.is_up[node] == DOWN:
            reason = NO_WAY
        self._write(LOG_MSU_LOST, row, node, msu >> 8, reason)
        return LOST

    def _hop(self, node: int, target: int, sls: int, msu: int) -> Hop | None:
        """Link set, station, far end, emission, propagation and wait at which it is discarded.

        None without a way.  Kept until the routes change: rules in a row give the same answer each
        time.
        """
        key = (node, target, sls, msu)
        if key in self.hops:
            return self.hops[key]
        network = self.network
        hop = None
        link_set = choose_link_set(network, self.state, node, target, sls)
        if link_set >= 0:
            hop = (
                link_set,
                link_station(network, self.state, link_set, node, sls),
                far_end(network, link_set, node),
                emission_ns(network, link_set, octets_on(network, link_set, msu)),
                network.set_propagation_ns[link_set],
                discard_ns(network, link_set, msu >> 8),
            )
        self.hops[key] = hop
        return hop

    # Pools and parked jobs.

    def _empty_pool(self, number: int) -> Pool:
        line = self.network.pool_line[number]
        if line < 0:
            return Pool(self.network.pool_units[number])
        self.lines[line].clear()
        return Pool(self.network.pool_units[number], self.lines[line])

    def _pool(self, number: int, key: int) -> Pool:
        if key == NOBODY:
            return self.pools[number]
        pools = self.keyed[number]
        pool = pools.get(key)
        if pool is None:
            pool = pools[key] = Pool(self.network.pool_units[number])
        return pool

    def _note_pool(self, number: int, key: int, pool: Pool) -> None:
        # The channels of thousands of cells are logged when blocked or given back only.
        if key == NOBODY and self.network.pool_group[number] < 0:
            taken = self.network.pool_units[number] - pool.free
            self._note(LOG_TAKEN, number, taken, len(pool.queue))

    def _release(self, number: int, key: int) -> None:
        pool = self._pool(number, key)
        if pool.queue:
            self._redirect(pool.queue.popleft(), DONE)
        else:
            pool.free += 1
            if key != NOBODY and pool.free == self.network.pool_units[number]:
                del self.keyed[number][key]
        self._note_pool(number, key, pool)

    def _unpark(self, row: Row) -> None:
        here = self.parked[row.place].get(row.target)
        if here is not None:
            here.pop(row, None)
            if not here:
                del self.parked[row.place][row.target]

    def _wake(self, space: int, key: int, answer: int) -> int:
        """Wake all that are parked under a key; returns how many."""
        sleepers = self.parked[space].pop(key, None)
        if sleepers is None:
            return 0
        for row in sorted(sleepers, key=_id):
            row.answer = answer
            self._redirect(row, WOKEN)
        return len(sleepers)

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
            self._write(LOG_FORGOTTEN, row, row.population, self.state.segments[record], 0)
            self.free_records.append(record)

    def _count_open(self, row: Row, more: int) -> None:
        """Count a message, receipt or status report of the cohort that begins or ends."""
        if self.network.warm_up_ns <= row.submit_ns < self.network.duration_ns:
            self.open_messages += more
            self._finish_if_over()

    def _finish_if_over(self) -> None:
        """Stop at the end of the instant in which the last of the cohort has ended and is told."""
        if self.now >= self.network.duration_ns and self.open_messages == 0:
            self._call_at(self.now, LAST, self.stop)

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

        self._call_at(time_ns, RANK_SUBMIT << RANK_SHIFT | message_id(source, number), arrive)

    # Failures.

    def withdraw(self, element: int) -> None:
        """Take an element out of service now: it finishes what it has, routes change."""
        if self.state.is_up[element] == UP:
            self._note(LOG_DOWN, element, 1, 0)
            self._find_ways(take_down(self.network, self.state, element, DRAINING, self.now))

    def fail(self, element: int, failure: int = BREAKDOWN) -> None:
        """Take an element down now: its victims are dropped, routes change."""
        if self.state.is_up[element] != DOWN:
            self._shut(element)
        elif failure == BREAKDOWN:
            return
        network, now = self.network, self.now
        victims = [
            row for row in self.live if row.wait is not None and self._is_hit(row, element, failure)
        ]
        for row in sorted(victims, key=_id):
            if row.station >= 0 and row.done_ns == NEVER:
                pass  # it waited in the line of the station
            elif (
                row.station >= 0 and row.done_ns > now and fails_with(network, element, row.station)
            ):
                uncut_ns = min(row.done_ns - now, row.done_ns - row.start_ns)
                wait_ns = max(0, row.start_ns - now)
                self._write(LOG_CUT, row, row.station, wait_ns, uncut_ns)
            elif row.verb == PARK:
                self._unpark(row)
            self._redirect(row, victim_signal(row.kind, failure))

    def _shut(self, element: int) -> None:
        """Mark an element as down; its stations and pools are empty again."""
        network, state, now = self.network, self.state, self.now
        self._note(LOG_DOWN, element, 0, 0)
        self._find_ways(take_down(network, state, element, DOWN, now))
        for station in range(network.stations):
            if fails_with(network, element, station):
                first = state.free_first[station]
                servers = network.station_servers[station]
                state.free_ns[first : first + servers] = [0] * servers
                if network.station_line[station] >= 0:
                    state.serving[station] = 0
                    self.lines[network.station_line[station]].clear()
                    self._note(LOG_WAITING, station, 0, 0)
        for number, owner in enumerate(network.pool_element):
            if owner == element:
                self.pools[number] = self._empty_pool(number)
                self.keyed[number].clear()
                self._note_pool(number, NOBODY, self.pools[number])

    def _find_ways(self, routes_ns: int) -> None:
        """Forget the hops, and let the routes follow at `routes_ns` unless that is -1."""
        self.hops.clear()
        self.moving_ns = max(self.moving_ns, *self.state.moved_ns)
        if routes_ns == self.now:
            update_routes(self.network, self.state)
        elif routes_ns >= 0:
            self._call_at(routes_ns, RANK_DOWN << RANK_SHIFT, self._settle)

    def _settle(self) -> None:
        update_routes(self.network, self.state)
        self.hops.clear()

    def _is_hit(self, row: Row, element: int, failure: int) -> bool:
        return is_victim(
            self.network,
            element,
            failure,
            self.now,
            row.kind,
            row.smsc,
            row.verb,
            row.place,
            row.station,
            row.done_ns,
        )

    def repair(self, element: int) -> None:
        """Bring an element up again now; operations that wait for it are repeated."""
        if self.state.is_up[element] == UP:
            return
        self._note(LOG_UP, element, 0, 0)
        self._find_ways(bring_up(self.network, self.state, element, self.now))
        self._wake(ELEMENT_UP, element, 0)

    def _alter(self, change: int, element: int) -> None:
        if change == REPAIR:
            self.repair(element)
        elif change == WITHDRAWAL:
            self.withdraw(element)
        else:
            self.fail(element, change)

    # The run.

    def run(self) -> None:
        """Simulate until the cohort has ended or the drain is over."""
        network = self.network
        for time_ns, change, element in outages(network):
            rank = RANK_UP if change == REPAIR else RANK_DOWN
            self._call_at(
                time_ns, rank << RANK_SHIFT | element, partial(self._alter, change, element)
            )
        for source in range(len(network.source_digest)):
            self._follow(source, 0)
        self._call_at(network.duration_ns, LAST, self._finish_if_over)
        self._call_at(network.duration_ns + network.drain_ns, LAST, self.stop)
        self.env.run(until=self.finished)
        self._note_held()
        self._flush()

    def _note_held(self) -> None:
        """Log the channels that are held when the run stops, for how busy they were."""
        for row in sorted(self.live, key=_id):
            pool = held_channel(self.network, row)
            if pool != NOBODY:
                self._write(LOG_HELD, row, pool, self.now - row.channel_ns, row.kind)


def _id(row: Row) -> int:
    return row.id


def _event(env: simpy.Environment, value: Any) -> simpy.Event:
    """An event that is decided already and only needs a time."""
    event = simpy.Event(env)
    event._ok, event._value = True, value
    return event
