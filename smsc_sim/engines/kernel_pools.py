"""Waiting lines, pools and parked jobs of the compiled engine."""

from smsc_sim.engines.kernel_lists import (
    FIRST_PARKED,
    append,
    begin_list,
    empty,
    first_of,
    first_parked,
    length_of,
    note,
    put_first,
    redirect,
    remove,
    sorted_by_id,
    wait,
    write,
)
from smsc_sim.engines.machine import KEYED, WAITING, Machine, Row
from smsc_sim.model.codes import (
    ANSWER,
    DONE,
    LOG_BLOCKED,
    LOG_HELD,
    LOG_TAKEN,
    NOBODY,
    PARK,
    RANK_TIMER,
    REFUSED,
    TIMER,
    WOKEN,
)
from smsc_sim.model.network import Network, State
from smsc_sim.model.queues import (
    UNIT_COST,
    band_of,
    clear_line,
    give_up,
    join_line,
    leave_line,
    next_band,
    waiting_at,
)

ENTRY_POOL, ENTRY_KEY, ENTRY_FREE, ENTRY_NEXT = range(4)
WAITS_HERE = -100  # in place of a signal: the job waits

# Lines.


def join(network: Network, state: State, m: Machine, line: int, slot: int) -> None:
    """Let a job wait in a line."""
    band = band_of(network, line, m.rows[slot].source)
    join_line(network, state, line, band)
    append(m, m.band_list + band, slot)


def leave(network: Network, state: State, m: Machine, line: int) -> int:
    """Take out who is next in a line."""
    band = next_band(network, state, line)
    slot = first_of(m, m.band_list + band)
    remove(m, slot)
    leave_line(network, state, line, band, m.rows[slot].cost)
    return slot


def clear(network: Network, state: State, m: Machine, line: int) -> None:
    """Forget all that wait in a line."""
    clear_line(network, state, line)
    for band in range(network.line_first[line], network.line_first[line + 1]):
        empty(m, m.band_list + band)


# Pools, also those with units for each key.


def bucket_of(m: Machine, number: int, key: int) -> int:
    """Bucket of a pair of numbers."""
    mixed = (key * 64 + number) * 0x1E3779B97F4A7C15
    return (mixed >> 20 ^ mixed >> 41) & m.entry_mask


def entry_of(network: Network, m: Machine, number: int, key: int) -> int:
    """Entry of the units for a key, made where there is none."""
    bucket = bucket_of(m, number, key)
    entry = m.entry_head[bucket] - 1
    while entry != NOBODY:
        at = KEYED * entry
        if m.entry[at + ENTRY_POOL] == number and m.entry[at + ENTRY_KEY] == key:
            return entry
        entry = m.entry[at + ENTRY_NEXT]
    entry = m.free_entry
    if entry == NOBODY:
        entry = m.entries_used
        m.entries_used += 1
    else:
        m.free_entry = m.entry[KEYED * entry + ENTRY_NEXT]
    at = KEYED * entry
    m.entry[at + ENTRY_POOL], m.entry[at + ENTRY_KEY] = number, key
    m.entry[at + ENTRY_FREE] = network.pool_units[number]
    m.entry[at + ENTRY_NEXT] = m.entry_head[bucket] - 1
    m.entry_head[bucket] = entry + 1
    begin_list(m, m.key_list + entry)
    return entry


def drop_entry(m: Machine, entry: int) -> None:
    """Forget the units for a key."""
    at = KEYED * entry
    bucket = bucket_of(m, m.entry[at + ENTRY_POOL], m.entry[at + ENTRY_KEY])
    following = m.entry[at + ENTRY_NEXT]
    before = m.entry_head[bucket] - 1
    if before == entry:
        m.entry_head[bucket] = following + 1
    else:
        while m.entry[KEYED * before + ENTRY_NEXT] != entry:
            before = m.entry[KEYED * before + ENTRY_NEXT]
        m.entry[KEYED * before + ENTRY_NEXT] = following
    empty(m, m.key_list + entry)
    m.entry[at + ENTRY_POOL] = NOBODY
    m.entry[at + ENTRY_NEXT] = m.free_entry
    m.free_entry = entry


def seize(
    network: Network, state: State, m: Machine, slot: int, number: int, key: int, until_ns: int
) -> int:
    """Ask for a unit of a pool; returns a signal, or WAITS_HERE."""
    row = m.rows[slot]
    entry = entry_of(network, m, number, key) if key != NOBODY else NOBODY
    free = m.pool_free[number] if key == NOBODY else m.entry[KEYED * entry + ENTRY_FREE]
    if free > 0:
        _add_free(m, number, entry, -1)
        _note_pool(network, state, m, number, key)
        return DONE
    if until_ns == 0:
        if network.pool_group[number] >= 0:
            write(m, LOG_BLOCKED, row, number, row.kind, 0)
        return REFUSED
    row.cost = UNIT_COST
    line = network.pool_line[number]
    if key != NOBODY:
        append(m, m.key_list + entry, slot)
    elif line >= 0:
        join(network, state, m, line, slot)
    else:
        append(m, number, slot)
    row.place, row.target = number, key
    _note_pool(network, state, m, number, key)
    wait(m, slot, until_ns, RANK_TIMER, TIMER)
    return WAITS_HERE


def stop_asking(network: Network, state: State, m: Machine, slot: int) -> None:
    """Take a job whose patience has run out away from its pool."""
    row = m.rows[slot]
    number, key = row.place, row.target
    if row.queue == NOBODY:
        return
    remove(m, slot)
    line = network.pool_line[number]
    if key == NOBODY and line >= 0:
        give_up(network, state, line, band_of(network, line, row.source))
    _note_pool(network, state, m, number, key)


def release(network: Network, state: State, m: Machine, slot: int, number: int, key: int) -> None:
    """Give a unit back; who is next has it now."""
    entry = entry_of(network, m, number, key) if key != NOBODY else NOBODY
    line = network.pool_line[number]
    own = number if key == NOBODY else m.key_list + entry
    following = NOBODY
    if key == NOBODY and line >= 0:
        if waiting_at(network, state, line) > 0:
            following = leave(network, state, m, line)
    elif length_of(m, own) > 0:
        following = first_of(m, own)
        remove(m, following)
    if following != NOBODY:
        redirect(m, following, DONE)
    else:
        _add_free(m, number, entry, 1)
        if key != NOBODY and m.entry[KEYED * entry + ENTRY_FREE] == network.pool_units[number]:
            drop_entry(m, entry)
    _note_pool(network, state, m, number, key)


def note_held(network: Network, m: Machine, slot: int, number: int, since_ns: int) -> None:
    """Log for how long a channel was held."""
    if network.pool_group[number] >= 0:
        row = m.rows[slot]
        write(m, LOG_HELD, row, number, m.now - since_ns, row.kind)


def empty_pool(network: Network, state: State, m: Machine, number: int) -> None:
    """Let all units of a pool be free and nobody wait for one."""
    line = network.pool_line[number]
    if line >= 0:
        clear(network, state, m, line)
    empty(m, number)
    m.pool_free[number] = network.pool_units[number]
    for entry in range(m.entries_used):
        if m.entry[KEYED * entry + ENTRY_POOL] == number:
            drop_entry(m, entry)
    _note_pool(network, state, m, number, NOBODY)


def _add_free(m: Machine, number: int, entry: int, more: int) -> None:
    if entry == NOBODY:
        m.pool_free[number] += more
    else:
        m.entry[KEYED * entry + ENTRY_FREE] += more


def _note_pool(network: Network, state: State, m: Machine, number: int, key: int) -> None:
    # The channels of thousands of cells are logged when blocked or given back only.
    if key == NOBODY and network.pool_group[number] < 0:
        line = network.pool_line[number]
        waiting = waiting_at(network, state, line) if line >= 0 else length_of(m, number)
        taken = network.pool_units[number] - m.pool_free[number]
        note(m, LOG_TAKEN, number, taken, waiting)


# Parked jobs.


def parked_at(m: Machine, space: int, key: int) -> int:
    """List of the jobs that are parked under a key; others may be in it too."""
    mixed = (key * 8 + space) * 0x1E3779B97F4A7C15
    return FIRST_PARKED - ((mixed >> 20 ^ mixed >> 41) & m.parked_mask)


def mark_of(space: int, key: int) -> int:
    """What the list of a key is marked with, so that most of those in vain need no look at jobs."""
    mixed = (key * 8 + space) * 0x1E3779B97F4A7C15
    return 1 << (32 + (mixed >> 35 & 31))


def park(m: Machine, slot: int, space: int, key: int, until_ns: int) -> None:
    """Let a job wait until it is woken, or until a time."""
    row = m.rows[slot]
    row.place, row.target = space, key
    if space != ANSWER:
        put_first(m, parked_at(m, space, key), slot, mark_of(space, key))
    wait(m, slot, until_ns, RANK_TIMER, TIMER)


def is_parked(row: Row, space: int, key: int) -> bool:
    """Whether a job is parked under a key."""
    return row.state == WAITING and row.verb == PARK and row.place == space and row.target == key


def reply(m: Machine, parent: int, key: int, answer: int) -> int:
    """Wake the job that began the one that answers, if it still waits; returns how many are woken.

    Nobody else waits for that answer, so that nobody has to be looked for.  (Ids of dialogues
    repeat after 63 of one job, so two of them so far apart would have to be under way at once.)
    """
    row = m.rows[parent]
    if not is_parked(row, ANSWER, key):
        return 0
    row.answer = answer
    redirect(m, parent, WOKEN)
    return 1


def wake(m: Machine, space: int, key: int, answer: int) -> int:
    """Wake all that are parked under a key, in the order of their ids; returns how many."""
    number = parked_at(m, space, key)
    if m.parked[FIRST_PARKED - number] & mark_of(space, key) == 0:
        return 0
    slot = first_parked(m, number)
    first, woken = NOBODY, 0
    while slot != NOBODY:
        row = m.rows[slot]
        following = row.after
        if row.place == space and row.target == key:
            remove(m, slot)
            row.after = first
            first = slot
            woken += 1
        slot = following
    if woken > 1:
        first = sorted_by_id(m, first)
    while first != NOBODY:
        row = m.rows[first]
        following = row.after
        row.answer = answer
        redirect(m, first, WOKEN)
        first = following
    return woken
