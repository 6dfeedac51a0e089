"""What all sums over the log share: the piece that is counted, the window, time by interval."""

from smsc_sim.model.codes import NEVER

US = 1000  # ns: sums of times in ns would not fit 63 bits where 10^8 messages wait for minutes


class Clock:
    """Fields that every block of sums begins with.

    `log` holds a piece of the log, `rows` of it; the window is [first_ns, horizon_ns), in
    `intervals` of `interval_ns`.  [since_ns, until_ns) is the part of the window in the interval
    that the last row fell into: most spans of time lie within it and need no division.
    """

    log: list[int]
    rows: int
    first_ns: int
    horizon_ns: int
    interval_ns: int
    intervals: int
    interval: int
    since_ns: int
    until_ns: int


def clock_values(first_ns: int, horizon_ns: int, interval_ns: int) -> dict[str, int]:
    """Fields of a clock before the first row."""
    return {
        "rows": 0,
        "first_ns": first_ns,
        "horizon_ns": horizon_ns,
        "interval_ns": interval_ns,
        "intervals": -(-horizon_ns // interval_ns),
        "interval": 0,
        "since_ns": 0,
        "until_ns": min(interval_ns, horizon_ns),
    }


def tell_time(t: Clock, time_ns: int) -> None:
    """Go on to the interval of a row that is not in the present one."""
    t.interval = min(time_ns // t.interval_ns, t.intervals)
    t.since_ns = t.interval * t.interval_ns
    t.until_ns = t.since_ns + t.interval_ns
    if t.interval == t.intervals:
        t.until_ns = NEVER
    if time_ns >= t.horizon_ns:
        t.since_ns = NEVER
    elif t.until_ns > t.horizon_ns:
        t.until_ns = t.horizon_ns


def is_inside(t: Clock, time_ns: int) -> bool:
    """Whether a time is in the window."""
    return t.first_ns <= time_ns < t.horizon_ns


def add_span(
    t: Clock, series: list[int], width: int, entry: int, level: int, since_ns: int, until_ns: int
) -> None:
    """Add `level` times the time that [since, until) spends in each interval to a time series.

    Parameters
    ----------
    series : (intervals * width,) column
        An interval after the other; what lies beyond the horizon is cut off.
    entry : int
        Column of the series, below `width`.
    """
    if since_ns >= t.since_ns and until_ns <= t.until_ns:
        series[t.interval * width + entry] += level * (until_ns - since_ns)
        return
    end_ns = min(until_ns, t.horizon_ns)
    interval = since_ns // t.interval_ns
    while since_ns < end_ns:
        edge_ns = min(end_ns, (interval + 1) * t.interval_ns)
        series[interval * width + entry] += level * (edge_ns - since_ns)
        since_ns = edge_ns
        interval += 1
