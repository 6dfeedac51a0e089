"""Time zones of countries, and when their people do not want to be woken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

DAY_S = 86_400


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


def zones_of(country: str) -> tuple[str, ...]:
    """Time zones of a country, the one with most people first.

    Parameters
    ----------
    country : str
        ISO 3166 alpha-2; XK (Kosovo) has that of Serbia.

    Returns
    -------
    tuple of str
        Names of the tz database; UTC alone where it knows none.

    References
    ----------
    IANA time zone database, zone.tab.

    Examples
    --------
    >>> zones_of("FI"), len(zones_of("US")) > 5
    (('Europe/Helsinki',), True)
    """
    return _zones().get({"XK": "RS"}.get(country, country), ("UTC",))


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of the day in which nothing is sent.

    Attributes
    ----------
    begin_s, end_s : int
        Seconds since local midnight; they go over midnight when the end is before the begin.
    """

    begin_s: int
    end_s: int

    def is_quiet(self, local: datetime) -> bool:
        """Whether a local time falls into them; the end does not."""
        second = local.hour * 3600 + local.minute * 60 + local.second
        if self.begin_s <= self.end_s:
            return self.begin_s <= second < self.end_s
        return second >= self.begin_s or second < self.end_s


def is_awake(quiet: QuietHours | None, country: str, moment: datetime) -> bool:
    """Whether a country may be sent to: it is quiet in none of its time zones.

    Parameters
    ----------
    quiet : QuietHours or None
    country : str
    moment : datetime
        Aware.

    Returns
    -------
    bool
    """
    if quiet is None:
        return True
    return not any(quiet.is_quiet(moment.astimezone(ZoneInfo(zone))) for zone in zones_of(country))


def next_change(quiet: QuietHours, countries: tuple[str, ...], moment: datetime) -> datetime:
    """First moment after this one, in whole minutes, at which a country may fall asleep or wake.

    Parameters
    ----------
    quiet : QuietHours
    countries : tuple of str
    moment : datetime
        Aware.

    Returns
    -------
    datetime
        Aware, at most a day later, and at least a minute.
    """
    elapsed = moment.astimezone(UTC)
    best = elapsed + timedelta(seconds=DAY_S)
    for zone in {zone for country in countries for zone in zones_of(country)}:
        local = elapsed.astimezone(ZoneInfo(zone))
        second = local.hour * 3600 + local.minute * 60 + local.second
        for edge in (quiet.begin_s, quiet.end_s):
            # By the clock on the wall, which is put forward and back in some nights.
            ahead = local + timedelta(seconds=(edge - second) % DAY_S or DAY_S)
            best = min(best, max(ahead.astimezone(UTC), elapsed + timedelta(minutes=1)))
    return best.astimezone(moment.tzinfo)
