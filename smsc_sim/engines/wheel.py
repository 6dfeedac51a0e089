"""A three-level timing wheel over rows, in exact order of (time, rank, id, slot).

A row waits for one thing at a time, so it is the node: every bucket is a doubly linked list.
Near buckets are `2**shift` ns wide, about the mean time between events, so that one holds a slot or
two, which are sorted when its turn comes.  Later slots stand in coarser buckets and move down once
per level; what is beyond the last level waits in its last bucket and is looked at again from there.
"""

from smsc_sim.engines.machine import FAR, LAST, NEAR, Machine
from smsc_sim.engines.memory import lowest_bit
from smsc_sim.model.codes import NOBODY, RANK_SHIFT

NEAR_STEP, FAR_STEP = NEAR - 3, FAR - 3  # log2 of a coarser bucket's width in finer ones
NEAR_MASK, FAR_MASK, LAST_MASK = (1 << NEAR) - 1, (1 << FAR) - 1, (1 << LAST) - 1
WORD_MASK = (1 << 32) - 1

# Where a node stands, in place of the node before it: heads of buckets are -2 - bucket.
IDLE = -1
FAR_HEAD, LAST_HEAD = 1 << NEAR, (1 << NEAR) + (1 << FAR)
IN_TURN = -2 - (1 << 20)


def schedule(m: Machine, slot: int, due: int, rank: int) -> None:
    """Let a row have its turn at a time, after all of lower rank, or of the same and lower id."""
    m.waiting += 1
    row = m.rows[slot]
    row.due_ns, row.rank = due, rank
    _place(m, slot, due)


def is_scheduled(m: Machine, slot: int) -> bool:
    """Whether a slot waits in the wheel."""
    return m.rows[slot].earlier != IDLE


def next_due(m: Machine) -> int:
    """Time of the slot whose turn is next; the wheel is not empty."""
    if m.turn == m.turn_size:
        _take_bucket(m)
    return m.turn_due[m.turn]


def take(m: Machine) -> int:
    """Take out the slot whose time `next_due` has told."""
    slot = m.turn_slot[m.turn]
    m.turn += 1
    m.waiting -= 1
    m.rows[slot].earlier = IDLE
    _skip_gone(m)
    return slot


def unschedule(m: Machine, slot: int) -> None:
    """Take out a slot whose time has not come."""
    row = m.rows[slot]
    before, after = row.earlier, row.later
    row.earlier = IDLE
    m.waiting -= 1
    if before == IN_TURN:
        i = m.turn
        while m.turn_slot[i] != slot:
            i += 1
        m.turn_slot[i] = NOBODY
        _skip_gone(m)
        return
    if after != NOBODY:
        m.rows[after].earlier = before
    if before >= 0:
        m.rows[before].later = after
        return
    bucket = -2 - before
    if bucket < FAR_HEAD:
        m.near[bucket] = after
        if after == NOBODY:
            m.marks[bucket >> 5] &= ~(1 << (bucket & 31))
    elif bucket < LAST_HEAD:
        m.far[bucket - FAR_HEAD] = after
    else:
        m.last[bucket - LAST_HEAD] = after


def _skip_gone(m: Machine) -> None:
    while m.turn < m.turn_size and m.turn_slot[m.turn] == NOBODY:
        m.turn += 1


def _place(m: Machine, slot: int, due: int) -> None:
    tick = due >> m.shift
    if tick >= m.near_end:
        _place_late(m, slot, tick)
    elif tick <= m.tick:
        _into_turn(m, slot)
    else:
        bucket = tick & NEAR_MASK
        _push(m, slot, m.near[bucket], -2 - bucket)
        m.near[bucket] = slot
        m.marks[bucket >> 5] |= 1 << (bucket & 31)


def _push(m: Machine, slot: int, first: int, head: int) -> None:
    row = m.rows[slot]
    row.later, row.earlier = first, head
    if first != NOBODY:
        m.rows[first].earlier = slot


def _place_late(m: Machine, slot: int, tick: int) -> None:
    """Beyond the near buckets."""
    bucket = tick >> NEAR_STEP
    if bucket < m.far_end:
        bucket &= FAR_MASK
        _push(m, slot, m.far[bucket], -2 - FAR_HEAD - bucket)
        m.far[bucket] = slot
        return
    bucket = min(bucket >> FAR_STEP, (m.far_end >> FAR_STEP) + LAST_MASK) & LAST_MASK
    _push(m, slot, m.last[bucket], -2 - LAST_HEAD - bucket)
    m.last[bucket] = slot


def _into_turn(m: Machine, slot: int) -> None:
    """Insert into the bucket being emptied, from its end: newcomers are rarely early."""
    row = m.rows[slot]
    due, order = row.due_ns, row.rank << RANK_SHIFT | row.id
    i, first = m.turn_size, m.turn
    if i == len(m.turn_slot):
        i = _close_ranks(m)
        first = 0
    m.turn_size = i + 1
    while i > first:
        j = i - 1
        at, rank = m.turn_due[j], m.turn_order[j]
        if at < due or (at == due and (rank < order or (rank == order and m.turn_slot[j] < slot))):
            break
        m.turn_due[i], m.turn_order[i], m.turn_slot[i] = at, rank, m.turn_slot[j]
        i = j
    m.turn_due[i], m.turn_order[i], m.turn_slot[i] = due, order, slot
    row.earlier = IN_TURN


def _close_ranks(m: Machine) -> int:
    """Move what is left of the turn to its beginning; returns how many that are."""
    size = 0
    for i in range(m.turn, m.turn_size):
        if m.turn_slot[i] != NOBODY:
            m.turn_due[size], m.turn_order[size] = m.turn_due[i], m.turn_order[i]
            m.turn_slot[size] = m.turn_slot[i]
            size += 1
    m.turn, m.turn_size = 0, size
    return size


def _move_down(m: Machine, first: int) -> None:
    slot = first
    while slot != NOBODY:
        row = m.rows[slot]
        following = row.later
        _place(m, slot, row.due_ns)
        slot = following


def _refill(m: Machine) -> None:
    """Let the near buckets reach as far ahead as they can."""
    while m.near_end + (1 << NEAR_STEP) <= m.tick + (1 << NEAR):
        bucket = m.near_end >> NEAR_STEP
        m.near_end += 1 << NEAR_STEP
        first = m.far[bucket & FAR_MASK]
        m.far[bucket & FAR_MASK] = NOBODY
        _move_down(m, first)
        if m.far_end + (1 << FAR_STEP) <= bucket + (1 << FAR):
            coarse = m.far_end >> FAR_STEP
            m.far_end += 1 << FAR_STEP
            first = m.last[coarse & LAST_MASK]
            m.last[coarse & LAST_MASK] = NOBODY
            _move_down(m, first)


def _next_mark(m: Machine) -> int:
    """First tick after the present one whose near bucket is not empty, or `near_end`."""
    end = m.near_end
    tick = m.tick + 1
    while tick < end:
        bucket = tick & NEAR_MASK
        word = m.marks[bucket >> 5] >> (bucket & 31)
        if word != 0:
            return min(end, tick + lowest_bit(word))
        tick += 32 - (bucket & 31)
    return end


def _take_bucket(m: Machine) -> None:
    """Sort the next bucket that is not empty into the turn."""
    while True:
        tick = _next_mark(m)
        if tick < m.near_end:
            break
        m.tick = m.near_end - 1
        _refill(m)
        if m.turn < m.turn_size:  # a late slot has come down into the present bucket
            return
    m.tick = tick
    bucket = tick & NEAR_MASK
    slot = m.near[bucket]
    m.near[bucket] = NOBODY
    m.marks[bucket >> 5] &= ~(1 << (bucket & 31))
    m.turn, m.turn_size = 0, 0
    while slot != NOBODY:
        following = m.rows[slot].later
        _into_turn(m, slot)
        slot = following
    if m.near_end + (1 << NEAR_STEP) <= tick + (1 << NEAR):
        _refill(m)
