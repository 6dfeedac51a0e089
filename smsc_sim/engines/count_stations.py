"""Counting visits of stations: how busy they are, who waits, how full the buffers of links are."""

from smsc_sim.engines.count_clock import US, Clock, add_span, is_inside
from smsc_sim.engines.hash_table import EMPTY, drop, place_of
from smsc_sim.model.codes import (
    ID,
    NOBODY,
    OTHER,
    PLACE,
    TIME,
    VALUE,
)

# Words of a station, first those that every visit asks for.
STATION_NAMES = (
    "visits",  # in the window, as the next three
    "wait_us",
    "asked_ns",
    "refused",
    "has_line",
    "smsc",  # whose licence it is, or -1
    "sent_ns",  # of a link: when all that is in its buffer will be sent
    "least_ns",  # wait at the lowest congestion level; NEVER without levels
    "longest",  # queue
    "queued",  # now, in the list that follows
    "first",
    "last",
    "since_ns",  # of a line: when the number of those who wait changed last
    "waiting",  # and what it is since then
)
STATION = 16  # words: two lines of the cache
(
    VISITS,
    WAIT_US,
    ASKED_NS,
    REFUSED,
    HAS_LINE,
    SMSC,
    SENT_NS,
    LEAST_NS,
    LONGEST,
    QUEUED,
    FIRST,
    LAST,
    SINCE_NS,
    WAITING,
) = range(len(STATION_NAMES))
LEVELS = 3  # of congestion, above 0
QUEUE = 3  # words of one who waits: start, the next one, the one before
ASK = 3  # words of an entry of `asked`: segment, when it asked, SMSC
LAG = 2  # words of an SMSC in an interval: sum of lags, attempts


class StationSums:
    """Sums over stations, after the fields of a `Clock`."""

    stations: int
    station: list[int]  # (stations * STATION,)
    busy: list[int]  # (intervals * stations,) server time given, ns
    waits: list[int]  # (intervals * stations,) time waited, ns
    # Who waits at stations without a line: lists in the order of their starts.
    queue: list[int]  # (most at one time * QUEUE,)
    free: int  # list of free entries, through the next one
    used: int  # entries that are taken or were
    # Links with congestion levels.
    thresholds: list[int]  # (stations * LEVELS,) ns of work in the buffer
    above: list[int]  # (stations * LEVELS,) ns in the window
    # Licences.
    smscs: int
    asked: list[int]  # table: segments that have asked for a licence and not begun
    asking: int  # its entries
    lag: list[int]  # (intervals * smscs * LAG,)
    longest_lag: list[int]  # (smscs,) in the window


class Stations(Clock, StationSums):
    """For type checkers: what the functions below are given."""


def add_visit(t: Stations, at: int) -> None:
    """Count a visit: its wait, its service, who waits with it."""
    time_ns, station = t.log[at + TIME], t.log[at + PLACE]
    wait_ns, service_ns = t.log[at + VALUE], t.log[at + OTHER]
    mine = STATION * station
    if t.station[mine + HAS_LINE] == 1:  # the row is written when the wait is over
        arrival_ns, start_ns = time_ns - wait_ns, time_ns
    else:
        arrival_ns, start_ns = time_ns, time_ns + wait_ns
        if wait_ns > 0:
            add_span(t, t.waits, t.stations, station, 1, arrival_ns, start_ns)
            _join(t, mine, arrival_ns, start_ns)
    end_ns = start_ns + service_ns
    add_span(t, t.busy, t.stations, station, 1, start_ns, end_ns)
    if is_inside(t, arrival_ns):
        t.station[mine + VISITS] += 1
        t.station[mine + WAIT_US] += start_ns // US - arrival_ns // US
        t.station[mine + ASKED_NS] += service_ns
    if end_ns - time_ns > t.station[mine + LEAST_NS]:
        _fill(t, station, time_ns, end_ns)
    t.station[mine + SENT_NS] = end_ns
    if t.station[mine + SMSC] >= 0:
        _ask(t, t.log[at + ID], arrival_ns, t.station[mine + SMSC])


def add_cut(t: Stations, at: int) -> None:
    """Take back the wait and the service that lie after a failure."""
    time_ns, station = t.log[at + TIME], t.log[at + PLACE]
    wait_ns, service_ns = t.log[at + VALUE], t.log[at + OTHER]
    start_ns = time_ns + wait_ns
    add_span(t, t.waits, t.stations, station, -1, time_ns, start_ns)
    add_span(t, t.busy, t.stations, station, -1, start_ns, start_ns + service_ns)
    mine = STATION * station
    if is_inside(t, time_ns):
        t.station[mine + WAIT_US] -= start_ns // US - time_ns // US
    if wait_ns > 0:
        _leave(t, mine, start_ns)
    _empty(t, station, time_ns)


def add_refusal(t: Stations, at: int) -> None:
    """Count an arrival that found no room."""
    if is_inside(t, t.log[at + TIME]):
        mine = STATION * t.log[at + PLACE]
        t.station[mine + REFUSED] += 1
        t.station[mine + ASKED_NS] += t.log[at + OTHER]


def add_waiting(t: Stations, at: int) -> None:
    """Note how many wait at a station with a line from now on."""
    time_ns, station, waiting = t.log[at + TIME], t.log[at + PLACE], t.log[at + VALUE]
    mine = STATION * station
    add_line(t, station, time_ns)
    t.station[mine + WAITING] = waiting
    t.station[mine + LONGEST] = max(t.station[mine + LONGEST], waiting)


def add_line(t: Stations, station: int, until_ns: int) -> None:
    """Count those who have waited in a line since its last change."""
    mine = STATION * station
    if t.station[mine + WAITING] > 0:
        since_ns = t.station[mine + SINCE_NS]
        add_span(t, t.waits, t.stations, station, t.station[mine + WAITING], since_ns, until_ns)
    t.station[mine + SINCE_NS] = until_ns


# Queues of stations without a line: starts are known on arrival.


def _join(t: Stations, mine: int, arrival_ns: int, start_ns: int) -> None:
    """Let one more wait, after all those who start no later, and note the longest queue."""
    first = t.station[mine + FIRST]
    while first != NOBODY and t.queue[QUEUE * first] <= arrival_ns:
        first = _take_out(t, mine, first)
    entry = t.free
    if entry == NOBODY:
        entry = t.used
        t.used += 1
    else:
        t.free = t.queue[QUEUE * entry + 1]
    before, after = t.station[mine + LAST], NOBODY
    # Only a failure that forgot the queue makes somebody start before those who came earlier.
    while before != NOBODY and t.queue[QUEUE * before] > start_ns:
        before, after = t.queue[QUEUE * before + 2], before
    t.queue[QUEUE * entry] = start_ns
    t.queue[QUEUE * entry + 1], t.queue[QUEUE * entry + 2] = after, before
    if before == NOBODY:
        t.station[mine + FIRST] = entry
    else:
        t.queue[QUEUE * before + 1] = entry
    if after == NOBODY:
        t.station[mine + LAST] = entry
    else:
        t.queue[QUEUE * after + 2] = entry
    t.station[mine + QUEUED] += 1
    t.station[mine + LONGEST] = max(t.station[mine + LONGEST], t.station[mine + QUEUED])


def _leave(t: Stations, mine: int, start_ns: int) -> None:
    """Let one who would have started at `start_ns` wait no longer."""
    entry = t.station[mine + FIRST]
    while entry != NOBODY and t.queue[QUEUE * entry] < start_ns:
        entry = t.queue[QUEUE * entry + 1]
    if entry != NOBODY and t.queue[QUEUE * entry] == start_ns:
        _take_out(t, mine, entry)


def _take_out(t: Stations, mine: int, entry: int) -> int:
    """Take an entry out of the queue of a station; the entry after it."""
    after, before = t.queue[QUEUE * entry + 1], t.queue[QUEUE * entry + 2]
    if before == NOBODY:
        t.station[mine + FIRST] = after
    else:
        t.queue[QUEUE * before + 1] = after
    if after == NOBODY:
        t.station[mine + LAST] = before
    else:
        t.queue[QUEUE * after + 2] = before
    t.station[mine + QUEUED] -= 1
    t.queue[QUEUE * entry + 1] = t.free
    t.free = entry
    return after


# Congestion of links.  A link serves first in, first out, so after an MSU that waits w and is sent
# for s at time t the work in the buffer is t + w + s - now until the next one comes.  It is above
# a threshold c until t + w + s - c; no further rows are needed to know when.


def _clipped(t: Stations, time_ns: int) -> int:
    return min(max(time_ns, t.first_ns), t.horizon_ns)


def _fill(t: Stations, station: int, time_ns: int, end_ns: int) -> None:
    before_ns = t.station[STATION * station + SENT_NS]
    for row in range(LEVELS * station, LEVELS * (station + 1)):
        start = _clipped(t, max(time_ns, before_ns - t.thresholds[row]))
        t.above[row] += max(0, _clipped(t, end_ns - t.thresholds[row]) - start)


def _empty(t: Stations, station: int, now_ns: int) -> None:
    """Take back the time that was counted beyond a failure."""
    before_ns = t.station[STATION * station + SENT_NS]
    if before_ns - now_ns > t.station[STATION * station + LEAST_NS]:
        for row in range(LEVELS * station, LEVELS * (station + 1)):
            end = _clipped(t, before_ns - t.thresholds[row])
            t.above[row] -= max(0, end - _clipped(t, now_ns))
    t.station[STATION * station + SENT_NS] = 0


# How far schedulers run behind.


def _ask(t: Stations, segment: int, time_ns: int, smsc: int) -> None:
    """Note that a segment has asked for its licence."""
    at = place_of(t.asked, ASK, segment)
    if t.asked[at] == EMPTY:
        t.asking += 1
    t.asked[at], t.asked[at + 1], t.asked[at + 2] = segment, time_ns, smsc


def add_attempt(t: Stations, at: int) -> None:
    """Count the lag of an attempt that begins."""
    time_ns = t.log[at + TIME]
    entry = place_of(t.asked, ASK, t.log[at + ID])
    if t.asked[entry] == EMPTY:
        return
    lag_ns, smsc = time_ns - t.asked[entry + 1], t.asked[entry + 2]
    drop(t.asked, ASK, entry)
    t.asking -= 1
    if time_ns < t.horizon_ns:
        row = LAG * (t.interval * t.smscs + smsc)
        t.lag[row] += lag_ns
        t.lag[row + 1] += 1
        if time_ns >= t.first_ns:
            t.longest_lag[smsc] = max(t.longest_lag[smsc], lag_ns)


def forget_asking(t: Stations, at: int) -> None:
    """Forget what ends without an attempt."""
    entry = place_of(t.asked, ASK, t.log[at + ID])
    if t.asked[entry] != EMPTY:
        drop(t.asked, ASK, entry)
        t.asking -= 1
