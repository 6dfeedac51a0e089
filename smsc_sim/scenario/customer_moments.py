"""When each customer of a list is written to: all at once, in every period, or after a date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from smsc_sim.content.numbering import regions
from smsc_sim.content.scatter import scattered
from smsc_sim.content.sending import MOST_DAYS, sending
from smsc_sim.content.zones import QuietHours, is_awake, next_change, zones_of
from smsc_sim.scenario.customer_lists import Listed
from smsc_sim.scenario.moments import later
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_batches import Campaign
from smsc_sim.scenario.schema_customers import Recurring, Triggered

DAY_S = 86_400
EPOCH = date(1970, 1, 1)


class Moments(NamedTuple):
    """Messages: row of the customer, and ns from the start, which may lie outside the run."""

    customer: npt.NDArray[np.int64]
    ns: npt.NDArray[np.int64]


def moments_of(
    scenario: Scenario,
    name: str,
    part: Listed,
    e164: npt.NDArray[np.int64],
    country: npt.NDArray[np.int16],
    value: npt.NDArray[np.float64],
) -> Moments:
    """Moments at which customers are written to.

    Parameters
    ----------
    scenario : Scenario
    name : str
        Of the traffic: places in a spread differ by it.
    part : Campaign, Recurring or Triggered
    e164 : (n,) int64 array
        Numbers of the customers.
    country : (n,) int16 array
        Index in `numbering.regions`.
    value : (n,) float64 array
        Of a trigger: days since 1970 or points, NaN where missing.

    Raises
    ------
    ContentError
        If quiet hours leave a country no time.
    """
    if isinstance(part, Triggered):
        return _triggered(scenario, name, part, e164, country, value)
    if isinstance(part, Recurring):
        found = [
            _spread(scenario, name, part, begin, e164, country)
            if part.spread
            else _at_once(scenario, part, begin, e164, country)
            for begin in _periods(scenario, part)
        ]
    else:
        found = [_at_once(scenario, part, later(scenario.start, part.at), e164, country)]
    rows = np.tile(np.arange(len(e164)), len(found))
    return Moments(rows, np.concatenate(found) if found else np.zeros(0, np.int64))


def _ns(scenario: Scenario, moment: datetime) -> int:
    passed = moment.astimezone(UTC) - scenario.start.astimezone(UTC)
    return (passed // timedelta(microseconds=1)) * 1000


def _at_once(
    scenario: Scenario,
    part: Campaign | Recurring,
    begin: datetime,
    e164: npt.NDArray[np.int64],
    country: npt.NDArray[np.int16],
) -> npt.NDArray[np.int64]:
    """One after the other at the rate, each country by its own clock."""
    rate = scenario.accounts[part.account].rate_per_s if part.rate is None else part.rate
    codes, number = np.unique(country, return_counts=True)
    wanted = {regions()[c]: int(n) for c, n in zip(codes, number, strict=True)}
    spans = sending(wanted, rate, begin, part.quiet_hours)
    ns = np.zeros(len(e164), np.int64)
    for code in codes:
        pieces = [p for s in spans for p in s.pieces if p.country == regions()[code]]
        done = np.cumsum([0.0] + [p.segments for p in pieces])
        begins = np.array([_ns(scenario, p.begin) for p in pieces], np.int64)
        lengths = np.array([_ns(scenario, p.end) for p in pieces], np.int64) - begins
        rows = np.flatnonzero(country == code)
        order = rows[np.lexsort((e164[rows], scattered(e164[rows], "order of sending")))]
        k = np.arange(len(rows))
        at = np.clip(np.searchsorted(done, k + 1e-9, side="right") - 1, 0, len(pieces) - 1)
        share = (k - done[at]) / (done[at + 1] - done[at])
        ns[order] = begins[at] + np.floor(np.clip(share, 0, 1) * lengths[at]).astype(np.int64)
    return ns


def _periods(scenario: Scenario, part: Recurring) -> Iterator[datetime]:
    """Begin of each period that reaches into the run."""
    zone = scenario.start.tzinfo
    spread = timedelta(microseconds=part.spread // 1000)
    # Quiet hours, or a rate, may delay what began in the period before.
    first = (scenario.start - spread - timedelta(days=2)).date()
    last = later(scenario.start, scenario.duration + scenario.drain_ns).date()
    day = first
    while day <= last:
        if begins(day, part.every, part.day):
            begin = datetime.combine(day, time(part.at // 3600, part.at // 60 % 60), zone)
            # What began before the run began is not sent again; a spread reaches into it.
            if begin >= scenario.start or begin + spread > scenario.start:
                yield begin
        day += timedelta(days=1)


def begins(day: date, every: str, on: int) -> bool:
    """Whether a day is the one of its period: the `on`-th of the week, month, quarter or year."""
    if every == "day":
        return True
    if every == "week":
        return day.isoweekday() == on
    months = {"month": 1, "quarter": 3, "year": 12}[every]
    return day.day == on and (day.month - 1) % months == 0


def _spread(
    scenario: Scenario,
    name: str,
    part: Recurring,
    begin: datetime,
    e164: npt.NDArray[np.int64],
    country: npt.NDArray[np.int16],
) -> npt.NDArray[np.int64]:
    """Evenly over the hours that are not quiet, each customer at the same place every time."""
    begin = begin.astimezone(UTC)
    end = begin + timedelta(microseconds=part.spread // 1000)
    place = scattered(e164, f"place in {name}")
    ns = np.zeros(len(e164), np.int64)
    for code in np.unique(country):
        spells = list(_awake(part.quiet_hours, regions()[code], begin, end))
        edges = np.array([[_ns(scenario, at) for at in spell] for spell in spells], np.int64)
        rows = np.flatnonzero(country == code)
        if not len(edges):  # all of it is quiet: the first moment after it
            ns[rows] = _ns(scenario, _waking(part.quiet_hours, regions()[code], end))
            continue
        ns[rows] = _within(edges, place[rows] * np.sum(edges[:, 1] - edges[:, 0]))
    return ns


def _within(edges: npt.NDArray[np.int64], wanted: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Moments at which so much of the time in some spells has gone by, all in ns."""
    done = np.concatenate([[0.0], np.cumsum(edges[:, 1] - edges[:, 0])])
    at = np.minimum(np.searchsorted(done, wanted, side="right") - 1, len(edges) - 1)
    return np.asarray(edges[at, 0] + (wanted - done[at]).astype(np.int64))


def _awake(
    quiet: QuietHours | None, country: str, begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Spells between two moments in which a country may be written to."""
    now = begin
    while now < end:
        ahead = end if quiet is None else min(end, next_change(quiet, (country,), now))
        if is_awake(quiet, country, now):
            yield now, ahead
        now = ahead


def _waking(quiet: QuietHours | None, country: str, moment: datetime) -> datetime:
    """The moment itself, or the first after it at which a country may be written to."""
    for _ in range(1000):
        if quiet is None or is_awake(quiet, country, moment):
            return moment
        moment = next_change(quiet, (country,), moment)
    # As in `sending`, a country whose zones leave no time is refused.
    sending({country: 1}, 1.0, moment, quiet)
    return moment


def _triggered(
    scenario: Scenario,
    name: str,
    part: Triggered,
    e164: npt.NDArray[np.int64],
    country: npt.NDArray[np.int16],
    value: npt.NDArray[np.float64],
) -> Moments:
    first = (scenario.start.date() - EPOCH).days - 2
    last = (later(scenario.start, scenario.duration + scenario.drain_ns).date() - EPOCH).days + 2
    known = np.flatnonzero(~np.isnan(value))
    if part.points is not None:
        missing = part.points.reach - value[known]
        known, missing = known[missing > 0], missing[missing > 0]
        days = (scenario.start.date() - EPOCH).days + np.ceil(
            missing / (part.points.gain * DAY_S)
        ).astype(np.int64)
        rows = known
    elif part.yearly:
        days_of_birth = value[known].astype(np.int64).astype("datetime64[D]")
        rows, days = anniversaries(known, days_of_birth, first - part.after, last - part.after)
    else:
        rows, days = known, value[known].astype(np.int64)
    days = days + part.after
    near = (days >= first) & (days <= last)
    rows, days = rows[near], days[near]
    ns = np.zeros(len(rows), np.int64)
    keys = country[rows].astype(np.int64) * 10**6 + days
    each, index = np.unique(keys, return_inverse=True)
    wanted = np.floor(scattered(e164[rows], f"place in {name}") * part.spread)
    for k, key in enumerate(each.tolist()):
        mine = np.flatnonzero(index == k)
        ns[mine] = _within(_spells(scenario, part, *divmod(key, 10**6)), wanted[mine])
    return Moments(rows, ns)


def _spells(scenario: Scenario, part: Triggered, code: int, day: int) -> npt.NDArray[np.int64]:
    """Spells in which the messages of a country and day go out: quiet hours do not count."""
    begin = _begin(part, code, day)
    far = begin + timedelta(days=MOST_DAYS)
    found: list[tuple[int, int]] = []
    left = part.spread
    for spell in _awake(part.quiet_hours, regions()[code], begin, far):
        found.append((_ns(scenario, spell[0]), _ns(scenario, spell[1])))
        left -= found[-1][1] - found[-1][0]
        if left <= 0:
            break
    return np.array(found, np.int64)


def _begin(part: Triggered, code: int, day: int) -> datetime:
    """When the messages of a country and day begin."""
    country = regions()[code]
    zone = ZoneInfo(zones_of(country)[0])
    clock = time(part.at // 3600, part.at // 60 % 60)
    moment = datetime.combine(EPOCH + timedelta(days=day), clock, zone).astimezone(UTC)
    return _waking(part.quiet_hours, country, moment)


def anniversaries(
    rows: npt.NDArray[np.int64], born: npt.NDArray[np.datetime64], first: int, last: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Customers and days (since 1970) of the years that touch [first, last]; not before birth."""
    month = born.astype("datetime64[M]")
    of_month = (born - month.astype("datetime64[D]")).astype(np.int64)
    of_year = month.astype(np.int64) % 12
    years = range((EPOCH + timedelta(first)).year, (EPOCH + timedelta(last)).year + 1)
    all_rows, all_days = [], []
    for year in years:
        begin = np.datetime64(f"{year}-01", "M") + of_year
        length = ((begin + 1).astype("datetime64[D]") - begin.astype("datetime64[D]")).astype(int)
        day = begin.astype("datetime64[D]") + np.minimum(of_month, length - 1)
        fits = day > born
        all_rows.append(rows[fits])
        all_days.append(day[fits].astype(np.int64))
    return np.concatenate(all_rows), np.concatenate(all_days)
