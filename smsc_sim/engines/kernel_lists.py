"""Lists of jobs, who goes on in this instant, and the log: what all other kernels stand on."""

from smsc_sim.engines.machine import (
    FREE,
    LIST,
    RUNNING,
    WAITING,
    Machine,
)
from smsc_sim.engines.wheel import IDLE, is_scheduled, schedule, unschedule
from smsc_sim.model.codes import LOG_WORDS, NEVER, NOBODY
from smsc_sim.model.network import Job

FIRST_PARKED = NOBODY - 1  # number of the first list of parked jobs; the others are below
MARKS = -1 << 32  # beside the first job of such a list: a bit for each of its keys


def write(m: Machine, code: int, row: Job, place: int, value: int, other: int) -> None:
    """Add a row about a job to the log."""
    _write(m, code, row.id, place, value, other, row.submit_ns)


def note(m: Machine, code: int, place: int, value: int, other: int) -> None:
    """Add a row to the log that is about no job."""
    _write(m, code, NOBODY, place, value, other, -1)


def _write(
    m: Machine, code: int, row_id: int, place: int, value: int, other: int, begun_ns: int
) -> None:
    at = LOG_WORDS * m.log_rows
    m.log[at] = m.now
    m.log[at + 1] = code
    m.log[at + 2] = row_id
    m.log[at + 3] = place
    m.log[at + 4] = value
    m.log[at + 5] = other
    m.log[at + 6] = begun_ns
    m.log_rows += 1


def append(m: Machine, number: int, slot: int) -> None:
    """Put a job at the end of a list."""
    row = m.rows[slot]
    last = m.lists[LIST * number + 1]
    row.queue, row.before, row.after = number, last, NOBODY
    if last == NOBODY:
        m.lists[LIST * number] = slot
    else:
        m.rows[last].after = slot
    m.lists[LIST * number + 1] = slot
    m.lists[LIST * number + 2] += 1


def remove(m: Machine, slot: int) -> None:
    """Take a job out of the list that it is in."""
    row = m.rows[slot]
    number, before, after = row.queue, row.before, row.after
    row.queue = NOBODY
    if number < NOBODY:
        if before == NOBODY:
            marks = m.parked[FIRST_PARKED - number] & MARKS
            m.parked[FIRST_PARKED - number] = 0 if after == NOBODY else marks | (after + 1)
        else:
            m.rows[before].after = after
        if after != NOBODY:
            m.rows[after].before = before
        return
    if before == NOBODY:
        m.lists[LIST * number] = after
    else:
        m.rows[before].after = after
    if after == NOBODY:
        m.lists[LIST * number + 1] = before
    else:
        m.rows[after].before = before
    m.lists[LIST * number + 2] -= 1


def put_first(m: Machine, number: int, slot: int, mark: int) -> None:
    """Put a job at the beginning of a list of parked jobs, whose order does not matter."""
    row = m.rows[slot]
    first = first_parked(m, number)
    row.queue, row.before, row.after = number, NOBODY, first
    if first != NOBODY:
        m.rows[first].before = slot
    marks = m.parked[FIRST_PARKED - number] & MARKS
    m.parked[FIRST_PARKED - number] = marks | mark | (slot + 1)


def first_parked(m: Machine, number: int) -> int:
    """First job of a list of parked jobs, or NOBODY."""
    return (m.parked[FIRST_PARKED - number] & ~MARKS) - 1


def begin_list(m: Machine, number: int) -> None:
    """Let nobody be in a list that was not in use."""
    m.lists[LIST * number] = m.lists[LIST * number + 1] = NOBODY
    m.lists[LIST * number + 2] = 0


def first_of(m: Machine, number: int) -> int:
    """First job of a list, or NOBODY."""
    return m.lists[LIST * number]


def length_of(m: Machine, number: int) -> int:
    """Jobs in a list."""
    return m.lists[LIST * number + 2]


def empty(m: Machine, number: int) -> None:
    """Let nobody be in a list any more."""
    while first_of(m, number) != NOBODY:
        remove(m, first_of(m, number))


def new_row(m: Machine) -> int:
    """A slot for a job, whose row the caller fills; the caller knows that there is one."""
    slot = m.free_row
    if slot == NOBODY:
        slot = m.rows_used
        m.rows_used += 1
    else:
        m.free_row = m.rows[slot].after
    return slot


def clear_row(m: Machine, slot: int) -> None:
    """Let a row be that of a job that goes on and waits nowhere yet."""
    row = m.rows[slot]
    row.state, row.earlier = RUNNING, IDLE
    row.verb = row.place = row.target = row.station = row.queue = NOBODY
    row.start_ns = row.done_ns = row.cost = row.phase = 0


def free_row(m: Machine, slot: int) -> None:
    """Give a slot back."""
    row = m.rows[slot]
    row.state = FREE
    row.after = m.free_row
    m.free_row = slot


def go_on(m: Machine, slot: int, signal: int) -> None:
    """Let a job go on in this instant, after all those that do so already."""
    row = m.rows[slot]
    row.signal = signal
    row.after = NOBODY
    if m.ring_last == NOBODY:
        m.ring_first = slot
    else:
        m.rows[m.ring_last].after = slot
    m.ring_last = slot


def next_now(m: Machine) -> int:
    """Take out the first of those that go on in this instant."""
    slot = m.ring_first
    m.ring_first = m.rows[slot].after
    if m.ring_first == NOBODY:
        m.ring_last = NOBODY
    return slot


def wait(m: Machine, slot: int, time_ns: int, rank: int, signal: int) -> None:
    """Let a job wait until a time, unless it is redirected before."""
    row = m.rows[slot]
    row.state, row.signal = WAITING, signal
    if time_ns < NEVER:
        schedule(m, slot, time_ns, rank)


def redirect(m: Machine, slot: int, signal: int) -> None:
    """Let a waiting job go on now, whatever it waited for."""
    row = m.rows[slot]
    if row.queue != NOBODY:
        remove(m, slot)
    if is_scheduled(m, slot):
        unschedule(m, slot)
    row.state = RUNNING
    go_on(m, slot, signal)


def sorted_by_id(m: Machine, first: int) -> int:
    """First slot of a chain through `after`, sorted by id: merged in growing runs."""
    size = 1
    while True:
        rest, first, last, merges = first, NOBODY, NOBODY, 0
        while rest != NOBODY:
            merges += 1
            a, b, a_size, b_size = rest, rest, 0, size
            while a_size < size and b != NOBODY:
                a_size += 1
                b = m.rows[b].after
            while a_size > 0 or (b_size > 0 and b != NOBODY):
                is_first = b_size == 0 or b == NOBODY or m.rows[a].id <= m.rows[b].id
                if a_size > 0 and is_first:
                    chosen = a
                    a, a_size = m.rows[a].after, a_size - 1
                else:
                    chosen = b
                    b, b_size = m.rows[b].after, b_size - 1
                if last == NOBODY:
                    first = chosen
                else:
                    m.rows[last].after = chosen
                last = chosen
            rest = b
        if last != NOBODY:
            m.rows[last].after = NOBODY
        if merges <= 1:
            return first
        size *= 2
