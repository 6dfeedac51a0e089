"""How long a campaign takes to send: one rate, and countries that sleep at their own hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from smsc_sim.content.errors import ContentError
from smsc_sim.content.zones import QuietHours, is_awake, next_change

MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Span:
    """Time during which segments go out at one rate.

    Attributes
    ----------
    begin, end : datetime
        Aware.
    segments : float
    """

    begin: datetime
    end: datetime
    segments: float


def sending(
    segments: Mapping[str, int], rate_per_s: float, start: datetime, quiet: QuietHours | None
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

    Returns
    -------
    list of Span
        In order, without those in which nobody may be written to; none for no segments.

    Raises
    ------
    ContentError
        If a country is never awake, or it takes more than ten years.

    Notes
    -----
    The account never rests while somebody may be written to; those countries go first that fall
    asleep first.

    Examples
    --------
    >>> from datetime import UTC
    >>> (span,) = sending({"FI": 600}, 10.0, datetime(2026, 5, 4, 10, tzinfo=UTC), None)
    >>> (span.end - span.begin).total_seconds()
    60.0
    """
    left = {country: float(count) for country, count in segments.items() if count}
    spans: list[Span] = []
    now = start
    while left:
        if (now - start).days > MOST_DAYS:
            raise ContentError(f"rate: sending takes more than {MOST_DAYS // 365} years; raise it")
        ahead = (
            next_change(quiet, tuple(left), now)
            if quiet
            else datetime.max.replace(tzinfo=now.tzinfo)
        )
        awake = [country for country in left if is_awake(quiet, country, now)]
        room_s = (ahead - now).total_seconds()
        sent = 0.0
        for country in sorted(awake, key=lambda country: _asleep(quiet, country, now)):
            part = min(left[country], rate_per_s * room_s - sent)
            sent += part
            left[country] -= part
            if left[country] < 1e-6:
                del left[country]
        if sent:
            spans.append(Span(now, now + timedelta(seconds=sent / rate_per_s), sent))
        elif not spans or (now - spans[-1].end).days >= 2:
            _refuse_sleepers(quiet, left, now)
        if left:
            now = ahead
    return spans


def _asleep(quiet: QuietHours | None, country: str, now: datetime) -> datetime:
    """When a country that is awake falls asleep."""
    if quiet is None:
        return now
    while is_awake(quiet, country, now):
        now = next_change(quiet, (country,), now)
    return now


def _refuse_sleepers(quiet: QuietHours | None, left: Mapping[str, float], now: datetime) -> None:
    """Raise ContentError when a country is not awake at any hour of the day."""
    if quiet is None:
        return
    never = [
        country
        for country in sorted(left)
        if not any(is_awake(quiet, country, now + timedelta(minutes=15 * k)) for k in range(96))
    ]
    if never:
        raise ContentError(
            f"quiet_hours: leave no time for {', '.join(never)}, whose time zones lie far apart; "
            "shorten them"
        )
