"""When messages go out: one account's rate, countries that sleep, operators that limit a sender."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from smsc_sim.content.errors import ContentError
from smsc_sim.content.sender_limits import SenderLimit
from smsc_sim.content.zones import QuietHours, is_awake, next_change

MOST_DAYS = 3650
LEAST = 1e-6  # of a segment: what is left below it is rounding


@dataclass(frozen=True, slots=True)
class Piece:
    """Segments of one country, and of one of its operators where these limit, in one stretch.

    Attributes
    ----------
    country, operator : str
        `operator` is empty where no operator limits.
    begin, end : datetime
        In UTC.
    segments, failed : float
        `failed` is a part of `segments`.
    """

    country: str
    operator: str
    begin: datetime
    end: datetime
    segments: float
    failed: float


@dataclass(frozen=True, slots=True)
class Span:
    """Time during which segments go out at one rate.

    Attributes
    ----------
    begin, end : datetime
        In UTC.
    segments : float
    pieces : tuple of Piece
        In the order of their begins.
    """

    begin: datetime
    end: datetime
    segments: float
    pieces: tuple[Piece, ...]


@dataclass(slots=True)
class _Lane:
    """Segments that go out under the same limits."""

    country: str
    limit: SenderLimit | None
    left: float
    day_end_s: float = math.inf
    today: float = 0.0

    @property
    def rate_per_s(self) -> float:
        """Segments in a second that are taken."""
        if self.limit is None or self.limit.per_minute is None:
            return math.inf
        return self.limit.per_minute / 60

    @property
    def room(self) -> float:
        """Segments that the day's limit still lets through."""
        if self.limit is None or self.limit.per_day is None:
            return math.inf
        return max(self.limit.per_day - self.today, 0.0)

    @property
    def next_change(self) -> float:
        """Segments until it is empty or its limit for the day is reached."""
        return min(self.left, self.room) if self.room >= LEAST else self.left

    @property
    def waits(self) -> bool:
        return self.limit is not None and self.limit.beyond_day == "queue" and self.room < LEAST


def sending(
    segments: Mapping[str, int],
    rate_per_s: float,
    start: datetime,
    quiet: QuietHours | None,
    limits: Sequence[tuple[SenderLimit, float]] = (),
) -> list[Span]:
    """When segments are submitted.

    Parameters
    ----------
    segments : mapping of str to int
        By country.
    rate_per_s : float
        Segments that the account may submit in a second.
    start : datetime
        Aware.
    quiet : QuietHours or None
        In which a country is not written to, in any of its time zones.
    limits : sequence of (SenderLimit, float)
        What operators take, and their shares of the segments to their countries; what is left of a
        country has no limit of its own. A part counts as a message: operators that count messages
        take no more parts than that.

    Returns
    -------
    list of Span
        In order, without those in which nothing may be sent; none for no segments.

    Raises
    ------
    ContentError
        If a country is never awake, or it takes more than ten years.

    Notes
    -----
    The account never rests while somebody may be written to; those countries go first that fall
    asleep first, and what their operators' limits leave of the rate goes to the next.

    Examples
    --------
    >>> (span,) = sending({"FI": 600}, 10.0, datetime(2026, 5, 4, 10, tzinfo=UTC), None)
    >>> (span.end - span.begin).total_seconds()
    60.0
    """
    lanes = _lanes(segments, limits)
    origin = start.astimezone(UTC)
    pieces: list[Piece] = []
    now_s = 0.0
    while lanes:
        moment = origin + timedelta(seconds=now_s)
        if (moment - origin).days > MOST_DAYS:
            raise ContentError(f"rate: sending takes more than {MOST_DAYS // 365} years; raise it")
        _begin_days(lanes, origin, now_s)
        countries = tuple(dict.fromkeys(lane.country for lane in lanes))
        until_s = min(lane.day_end_s for lane in lanes)
        if quiet is not None:
            ahead = next_change(quiet, countries, moment)
            until_s = min(until_s, (ahead - origin).total_seconds())
        asleep = {c: _asleep(quiet, c, moment) for c in countries if is_awake(quiet, c, moment)}
        open_ = sorted(
            (lane for lane in lanes if lane.country in asleep and not lane.waits),
            key=lambda lane: asleep[lane.country],
        )
        sent, now_s = _sent(open_, rate_per_s, origin, now_s, until_s)
        if not sent and not open_ and (not pieces or (moment - pieces[-1].end).days >= 2):
            _refuse_sleepers(quiet, countries, moment)
        pieces += sent
        lanes = [lane for lane in lanes if lane.left > LEAST]
    return _spans(pieces, rate_per_s)


def _lanes(segments: Mapping[str, int], limits: Sequence[tuple[SenderLimit, float]]) -> list[_Lane]:
    lanes = []
    for country, count in segments.items():
        rest = 1.0
        for limit, share in limits:
            if limit.country == country:
                lanes.append(_Lane(country, limit, count * share))
                rest -= share
        lanes.append(_Lane(country, None, count * rest))
    return [lane for lane in lanes if lane.left > LEAST]


def _begin_days(lanes: Sequence[_Lane], origin: datetime, now_s: float) -> None:
    """Set the day's count back where midnight has passed."""
    for lane in lanes:
        if lane.limit is None or not lane.limit.zone:
            continue
        if math.isinf(lane.day_end_s) or now_s >= lane.day_end_s - 1e-6:
            local = (origin + timedelta(seconds=now_s + 1e-5)).astimezone(ZoneInfo(lane.limit.zone))
            night = datetime.combine(local.date() + timedelta(days=1), time(0), local.tzinfo)
            lane.day_end_s = (night.astimezone(UTC) - origin).total_seconds()
            lane.today = 0.0


def _sent(
    lanes: Sequence[_Lane], rate_per_s: float, origin: datetime, now_s: float, until_s: float
) -> tuple[list[Piece], float]:
    """What goes out until a lane is empty, a day's limit is reached or the time is over."""
    free, rates = rate_per_s, []
    for lane in lanes:
        rates.append((lane, min(lane.rate_per_s, free)))
        free -= rates[-1][1]
    rates = [(lane, rate) for lane, rate in rates if rate > 0]
    if not rates:
        return [], until_s
    ends_s = [now_s + lane.next_change / rate for lane, rate in rates]
    end_s = min(until_s, *ends_s)
    if end_s > MOST_DAYS * 86_400:
        raise ContentError(f"rate: sending takes more than {MOST_DAYS // 365} years; raise it")
    begin, end = (origin + timedelta(seconds=at_s) for at_s in (now_s, end_s))
    pieces = []
    for lane, rate in rates:
        count = min(lane.left, rate * (end_s - now_s))
        failed = count if lane.room < LEAST else 0.0
        lane.left -= count
        lane.today += count
        operator = "" if lane.limit is None else lane.limit.operator
        pieces.append(Piece(lane.country, operator, begin, end, count, failed))
    return pieces, end_s


def _spans(pieces: Sequence[Piece], rate_per_s: float) -> list[Span]:
    """Pieces put together where one follows the other at the same rate."""
    together: list[list[Piece]] = []
    for piece in pieces:
        # The end too: what takes less than a microsecond begins when the next piece does.
        last_one = together[-1][0] if together else None
        if last_one and (last_one.begin, last_one.end) == (piece.begin, piece.end):
            together[-1].append(piece)
        else:
            together.append([piece])
    spans: list[Span] = []
    rates: list[float] = []
    for group in together:
        begin, end = group[0].begin, group[0].end
        count = math.fsum(piece.segments for piece in group)
        length_s = (end - begin).total_seconds()
        rate = count / length_s if length_s > 1e-3 else rate_per_s
        goes_on = bool(spans) and (begin - spans[-1].end).total_seconds() < 1e-3
        if goes_on and math.isclose(rate, rates[-1], rel_tol=1e-3):
            last = spans[-1]
            spans[-1] = Span(last.begin, end, last.segments + count, (*last.pieces, *group))
        else:
            spans.append(Span(begin, end, count, tuple(group)))
            rates.append(rate)
    return spans


def _asleep(quiet: QuietHours | None, country: str, now: datetime) -> datetime:
    """When a country that is awake falls asleep."""
    if quiet is None:
        return now
    while is_awake(quiet, country, now):
        now = next_change(quiet, (country,), now)
    return now


def _refuse_sleepers(quiet: QuietHours | None, countries: Sequence[str], now: datetime) -> None:
    """Raise ContentError when a country is not awake at any hour of the day."""
    if quiet is None:
        return
    never = [
        country
        for country in sorted(countries)
        if not any(is_awake(quiet, country, now + timedelta(minutes=15 * k)) for k in range(96))
    ]
    if never:
        raise ContentError(
            f"quiet_hours: leave no time for {', '.join(never)}, whose time zones lie far apart; "
            "shorten them"
        )
