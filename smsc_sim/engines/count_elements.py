"""Counting what befalls elements: stations, pools, channels of cells, links, outages."""

from smsc_sim.engines.count_clock import add_span, is_inside, tell_time
from smsc_sim.engines.count_stations import (
    Stations,
    add_attempt,
    add_cut,
    add_line,
    add_refusal,
    add_visit,
    add_waiting,
    forget_asking,
)
from smsc_sim.model.codes import (
    CODE,
    LOG_ATTEMPT,
    LOG_BLOCKED,
    LOG_CUT,
    LOG_DOWN,
    LOG_HELD,
    LOG_MSU_LOST,
    LOG_SEGMENT_END,
    LOG_STATION_REFUSED,
    LOG_STATUS_REPORT,
    LOG_TAKEN,
    LOG_UP,
    LOG_VISIT,
    LOG_WAITING,
    LOG_WORDS,
    LOSS_NAMES,
    NEVER,
    OTHER,
    PLACE,
    TIME,
    VALUE,
)

POOL = 4  # words of a pool: when it changed last, units taken and jobs waiting since then, most
POOL_SINCE, POOL_TAKEN, POOL_WAITING, POOL_MOST = range(POOL)
REASONS = len(LOSS_NAMES)


class ElementSums:
    """Sums over elements, after the fields of a `Clock` and of `StationSums`."""

    pools: int
    pool: list[int]  # (pools * POOL,)
    taken: list[int]  # (intervals * pools,) unit time, ns
    queued: list[int]  # (intervals * pools,) time waited, ns
    # Channels of cells: all of one kind at one MSC together.
    groups: int
    group_of: list[int]  # (pools of all kinds,)
    held: list[int]  # (intervals * groups,) channel time, ns
    granted: list[int]  # (groups,) requests of the window that got a channel
    blocked: list[int]  # (groups,) and that found none free
    elements: int
    up: list[int]  # (intervals * elements,) ns
    up_since: list[int]  # (elements,) NEVER while down
    lost: list[int]  # (nodes * REASONS,) MSUs of the window


class Sums(Stations, ElementSums):
    """For type checkers: what the functions below are given."""


def count_elements(t: Sums) -> None:
    """Count all rows of a piece of the log."""
    for row in range(t.rows):
        at = LOG_WORDS * row
        time_ns, code = t.log[at + TIME], t.log[at + CODE]
        if time_ns >= t.until_ns:
            tell_time(t, time_ns)
        if code == LOG_VISIT:
            add_visit(t, at)
        else:
            add_change(t, at, code)


def add_change(t: Sums, at: int, code: int) -> None:
    """Count a row that is no visit."""
    time_ns = t.log[at + TIME]
    if code == LOG_TAKEN:
        _add_taken(t, at)
    elif code == LOG_ATTEMPT:
        add_attempt(t, at)
    elif code in (LOG_SEGMENT_END, LOG_STATUS_REPORT):
        forget_asking(t, at)
    elif code == LOG_WAITING:
        add_waiting(t, at)
    elif code == LOG_HELD:
        _add_held(t, at)
    elif code == LOG_BLOCKED:
        if is_inside(t, time_ns):
            t.blocked[t.group_of[t.log[at + PLACE]]] += 1
    elif code == LOG_STATION_REFUSED:
        add_refusal(t, at)
    elif code == LOG_MSU_LOST:
        if is_inside(t, time_ns):
            t.lost[REASONS * t.log[at + PLACE] + t.log[at + OTHER]] += 1
    elif code == LOG_CUT:
        add_cut(t, at)
    elif code == LOG_DOWN:
        _go_down(t, t.log[at + PLACE], time_ns)
    elif code == LOG_UP:
        t.up_since[t.log[at + PLACE]] = time_ns


def _add_taken(t: Sums, at: int) -> None:
    pool = t.log[at + PLACE]
    mine = POOL * pool
    _add_pool(t, pool, t.log[at + TIME])
    t.pool[mine + POOL_TAKEN] = t.log[at + VALUE]
    t.pool[mine + POOL_WAITING] = t.log[at + OTHER]
    t.pool[mine + POOL_MOST] = max(t.pool[mine + POOL_MOST], t.log[at + OTHER])


def _add_pool(t: Sums, pool: int, until_ns: int) -> None:
    """Count what has been taken of a pool, and who has waited, since its last change."""
    mine = POOL * pool
    since_ns = t.pool[mine + POOL_SINCE]
    if t.pool[mine + POOL_TAKEN] > 0:
        add_span(t, t.taken, t.pools, pool, t.pool[mine + POOL_TAKEN], since_ns, until_ns)
    if t.pool[mine + POOL_WAITING] > 0:
        add_span(t, t.queued, t.pools, pool, t.pool[mine + POOL_WAITING], since_ns, until_ns)
    t.pool[mine + POOL_SINCE] = until_ns


def _add_held(t: Sums, at: int) -> None:
    group, since_ns = t.group_of[t.log[at + PLACE]], t.log[at + TIME] - t.log[at + VALUE]
    add_span(t, t.held, t.groups, group, 1, since_ns, t.log[at + TIME])
    if is_inside(t, since_ns):
        t.granted[group] += 1


def _go_down(t: Sums, element: int, time_ns: int) -> None:
    if t.up_since[element] < NEVER:
        add_span(t, t.up, t.elements, element, 1, t.up_since[element], time_ns)
        t.up_since[element] = NEVER


def finish_elements(t: Sums, end_ns: int) -> None:
    """Count what is taken, waits or is up until the end of the run."""
    if end_ns >= t.until_ns:
        tell_time(t, end_ns)
    for pool in range(t.pools):
        _add_pool(t, pool, end_ns)
    for station in range(t.stations):
        add_line(t, station, end_ns)
    for element in range(t.elements):
        _go_down(t, element, end_ns)
