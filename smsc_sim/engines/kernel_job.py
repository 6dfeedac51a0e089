"""The life of a job in the compiled engine: what `step` asks for is done, verb by verb."""

from smsc_sim.engines.kernel_lists import clear_row, free_row, go_on, new_row, remove, wait, write
from smsc_sim.engines.kernel_pools import (
    WAITS_HERE,
    note_held,
    park,
    release,
    reply,
    seize,
    stop_asking,
    wake,
)
from smsc_sim.engines.kernel_walk import enter, set_out, vacate, walk
from smsc_sim.engines.machine import (
    FLAG_ROOM,
    GO_ON,
    JOB_ROOM,
    LOG_FULL,
    LOG_ROOM,
    MORE_FLAGS,
    MORE_KEYS,
    MORE_RECORDS,
    MORE_ROWS,
    PAUSE,
    Machine,
)
from smsc_sim.engines.memory import copy_row
from smsc_sim.model.begin import begin_child, begin_record, begin_submission
from smsc_sim.model.codes import (
    ANSWER,
    DONE,
    FLAG_ABSENT,
    FLAG_FULL,
    HOLD,
    HUB_RECEIPT,
    LOG_ALERT,
    LOG_FORGOTTEN,
    LOG_HANDSET,
    LOG_LATE,
    LOG_MESSAGE_END,
    LOG_SPLIT,
    NO_CHANGE,
    NOBODY,
    NOTHING,
    PARK,
    RANK_DONE,
    REFUSED,
    RELEASE,
    SEIZE,
    SEND,
    SERVE,
    SPAWN,
    SUBMIT,
    TELLING_KINDS,
    TIMER,
    WAKE,
    WOKEN,
)
from smsc_sim.model.network import Command, Job, Network, State
from smsc_sim.model.rules import (
    apply,
    logged_other,
    logged_place,
    message_state,
    split_ns,
    step,
)


def short_of(state: State, m: Machine) -> int:
    """What there is too little of for one more step of a job, or GO_ON."""
    if m.steps > 0:
        m.steps -= 1
        return GO_ON
    return look_for_room(state, m)


def look_for_room(state: State, m: Machine) -> int:
    """Count for how many steps there is room, so that not every step has to look."""
    log = (m.log_room - m.log_rows) // LOG_ROOM
    rows = (m.room - m.rows_used) // JOB_ROOM
    keys = (m.entry_room - m.entries_used) // JOB_ROOM
    records = m.record_room - m.records_used
    flags = (len(state.flag_phone) // 2 - m.flagged) // FLAG_ROOM
    if log <= 0:
        return LOG_FULL
    if rows <= 0:
        return MORE_ROWS
    if keys <= 0:
        return MORE_KEYS
    if records <= 0:
        return MORE_RECORDS
    if flags <= 0:
        return MORE_FLAGS
    if m.budget <= 0:
        return PAUSE
    steps = min(min(min(log, rows), keys), min(min(records, flags), m.budget))
    m.budget -= steps
    m.steps = steps - 1
    return GO_ON


def count_open(network: Network, m: Machine, submit_ns: int, more: int) -> None:
    """Count a message, receipt or status report of the cohort that begins or ends."""
    if network.warm_up_ns <= submit_ns < network.duration_ns:
        m.open_messages += more
        if m.now >= network.duration_ns and m.open_messages == 0:
            m.finished = 1
            m.end_ns = m.now


def resume(network: Network, state: State, m: Machine, slot: int, signal: int) -> int:
    """Finish what a job waited for: a signal for the rules, or WAITS_HERE."""
    row = m.rows[slot]
    verb = row.verb
    if verb == SERVE:
        station = row.station
        row.station = NOBODY
        if signal == DONE and network.station_line[station] >= 0:
            vacate(network, state, m, station)
    elif verb == SEND:
        return walk(network, state, m, slot, signal)
    elif verb == PARK and signal == TIMER:
        if row.queue != NOBODY:
            remove(m, slot)
    elif verb == SEIZE and signal == TIMER:
        stop_asking(network, state, m, slot)
    return signal


def advance(network: Network, state: State, m: Machine) -> int:
    """Let the current job go on until it waits or ends; GO_ON, or what there is too little of."""
    slot, signal = m.current, m.signal
    while True:
        shortage = short_of(state, m)
        if shortage != GO_ON:
            m.signal = signal
            return shortage
        command = step(network, state, m.rows[slot], signal, m.now)
        row = m.rows[slot]
        if command.log != NOTHING or command.change != NO_CHANGE:
            change(network, state, m, row, command)
        else:
            row.stage, row.cause = command.stage, command.cause
        signal = obey(network, state, m, slot, command)
        if signal == WAITS_HERE:
            m.current = NOBODY
            return GO_ON


def change(network: Network, state: State, m: Machine, row: Job, command: Command) -> None:
    """Log what the command says, make its changes and log what they bring about."""
    log, now = command.log, m.now
    if log not in (NOTHING, LOG_ALERT):
        place, other = logged_place(row, log), logged_other(row, log, now)
        write(m, log, row, place, command.value, other)
    outcome = apply(network, state, row, command, now)
    if log == LOG_HANDSET and outcome == NOTHING:
        for part in range(5):
            write(m, LOG_SPLIT, row, part, split_ns(row, part, now), row.population)
    if command.change in (FLAG_ABSENT, FLAG_FULL):
        m.flagged += 1
    if outcome != NOTHING:
        value, other = now - row.submit_ns, row.smsc
        if outcome == LOG_MESSAGE_END:
            whole_ns = state.whole_ns[row.record]
            value = whole_ns - row.submit_ns if whole_ns >= 0 else -1
            other = message_state(state, row.record)
            count_open(network, m, row.submit_ns, -1)
        write(m, outcome, row, row.population, value, other)


def obey(network: Network, state: State, m: Machine, slot: int, command: Command) -> int:
    """Do what a command asks for: the next signal, or WAITS_HERE."""
    verb, place, target, amount = command.verb, command.place, command.target, command.amount
    row = m.rows[slot]
    if verb == HOLD:
        if amount == 0:
            return DONE
        row.verb = HOLD
        wait(m, slot, m.now + amount, RANK_DONE, DONE)
        return WAITS_HERE
    if verb == SERVE:
        row.verb = SERVE
        if not enter(network, state, m, slot, place, amount):
            return REFUSED
        wait(m, slot, row.done_ns, RANK_DONE, DONE)
        return WAITS_HERE
    if verb == SEND:
        row.verb = SEND
        return set_out(network, state, m, slot, place, target, amount)
    if verb == PARK:
        row.verb = PARK
        park(m, slot, place, target, amount)
        return WAITS_HERE
    if verb == SEIZE:
        row.verb = SEIZE
        return seize(network, state, m, slot, place, target, amount)
    if verb == RELEASE:
        release(network, state, m, slot, place, target)
        note_held(network, m, slot, place, amount)
        return DONE
    if verb == SPAWN:
        spawn(network, m, slot, command)
        return DONE
    if verb == WAKE:
        return call_up(m, slot, command)
    if verb == SUBMIT:
        submit(network, state, m, place, target)
        return DONE
    end(network, state, m, slot)
    return WAITS_HERE


def call_up(m: Machine, slot: int, command: Command) -> int:
    """Wake who is parked, and log who came too late or whom an alert has reached."""
    place, amount = command.place, command.amount
    row = m.rows[slot]
    if place == ANSWER:
        woken = reply(m, row.parent, command.target, amount)
    else:
        woken = wake(m, place, command.target, amount)
    if place in (ANSWER, HUB_RECEIPT) and woken == 0:
        write(m, LOG_LATE, row, row.kind, amount, 0)
    elif command.log == LOG_ALERT:
        write(m, LOG_ALERT, row, row.population, woken, row.smsc)
    return WOKEN if woken > 0 else DONE


def spawn(network: Network, m: Machine, slot: int, command: Command) -> None:
    """Begin the job that a job asks for."""
    fresh = new_row(m)
    row, child = m.rows[slot], m.rows[fresh]
    copy_row(row, child)
    child.station = child.queue = NOBODY
    child.parent = slot
    begin_child(network, row, child, command, m.now)
    child.verb = NOBODY
    if child.record >= 0:
        m.users[child.record] += 1
    if child.kind in TELLING_KINDS:
        count_open(network, m, child.submit_ns, 1)
    go_on(m, fresh, DONE)


def submit(network: Network, state: State, m: Machine, source: int, number: int) -> None:
    """Let message `number` of a source begin now; the caller knows that there is room for it."""
    slot, record = new_row(m), new_record(m)
    clear_row(m, slot)
    row = m.rows[slot]
    begin_submission(network, row, source, number, record, m.now)
    begin_record(network, state, record, row.text)
    m.messages += 1
    if network.warm_up_ns <= row.submit_ns < network.duration_ns:
        m.open_messages += 1
    go_on(m, slot, DONE)


def new_record(m: Machine) -> int:
    """Row of one more message; the caller knows that there is one."""
    if m.records_free > 0:
        m.records_free -= 1
        record = m.free_records[m.records_free]
    else:
        record = m.records_used
        m.records_used += 1
    m.users[record] = 1
    return record


def end(network: Network, state: State, m: Machine, slot: int) -> None:
    """Let go of a job and, if it was the last of a message, of its record."""
    row = m.rows[slot]
    record = row.record
    if record >= 0:
        m.users[record] -= 1
        if m.users[record] == 0:
            write(m, LOG_FORGOTTEN, row, row.population, state.segments[record], 0)
            m.free_records[m.records_free] = record
            m.records_free += 1
    if row.kind in TELLING_KINDS:
        count_open(network, m, row.submit_ns, -1)
    free_row(m, slot)
