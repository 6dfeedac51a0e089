"""Dated exchange rates between currencies, from the user's table."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from smsc_sim.content.editable import table_of
from smsc_sim.content.errors import ContentError
from smsc_sim.content.rate_cells import currency_code, day_of

COLUMNS = ("date", "base", "quote", "rate", "source")

Day = tuple[date, Fraction]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Rates that were read together.

    Attributes
    ----------
    name : str
        Path of the table as it was given.
    days : mapping of (str, str) to tuple of (date, Fraction)
        Base and quote currency to the days on which the rate is told, in order; one unit of the
        base is worth `rate` units of the quote.
    """

    name: str
    days: Mapping[tuple[str, str], tuple[Day, ...]]


def load_exchange(path: Path) -> Exchange:
    """Read a table of exchange rates.

    Parameters
    ----------
    path : Path
        CSV with the columns date, base, quote, rate, source: one base is worth `rate` quotes on
        that day and until the next one that is told.

    Returns
    -------
    Exchange

    Raises
    ------
    ContentError
        If it cannot be read or rows are wrong; all of them are named, one line each.

    References
    ----------
    Currencies: ISO 4217. Who takes reference rates of the European Central Bank writes EUR as base.
    """
    problems: list[str] = []
    found: dict[tuple[str, str], dict[date, Fraction]] = {}
    for number, cells in table_of(path, COLUMNS):
        try:
            day, pair, rate = _parsed(cells)
            if day in found.setdefault(pair, {}):
                raise ContentError(f"date: {'/'.join(pair)} stands twice (got {day}); keep one")
            found[pair][day] = rate
        except ContentError as error:
            problems.append(f"{path}:{number}:{error}")
    if problems:
        raise ContentError("\n".join(problems))
    return Exchange(str(path), {pair: tuple(sorted(days.items())) for pair, days in found.items()})


def _parsed(cells: list[str]) -> tuple[date, tuple[str, str], Fraction]:
    values = {}
    for name, parse in (("date", day_of), ("base", currency_code), ("quote", currency_code)):
        cell = cells[COLUMNS.index(name)]
        try:
            values[name] = parse(cell)
        except ContentError as error:
            raise ContentError(f"{name}: {str(error).removeprefix('currency: ')}") from None
    if not cells[4]:
        raise ContentError("source: must not be empty (got ''); say where the rate comes from")
    pair = str(values["base"]), str(values["quote"])
    if pair[0] == pair[1]:
        raise ContentError(f"quote: is the base itself (got '{pair[1]}'); name another currency")
    day = values["date"]
    assert isinstance(day, date)
    return day, pair, _rate(cells[3])


def _rate(cell: str) -> Fraction:
    whole, _, rest = cell.partition(".")
    if not (whole.isdecimal() and whole.isascii() and (not rest or rest.isdecimal())):
        raise ContentError(f"rate: is not a decimal number (got '{cell}'); write e.g. 1.0832")
    rate = Fraction(Decimal(cell))
    if not rate:
        raise ContentError("rate: must be positive (got 0); give what one base is worth")
    return rate


def rate_between(exchange: Exchange | None, base: str, quote: str, on: date) -> Fraction:
    """What one unit of a currency is worth in another, exactly.

    Parameters
    ----------
    exchange : Exchange or None
    base, quote : str
        ISO 4217.
    on : date
        The last rate told on or before this day is taken.

    Returns
    -------
    Fraction
        Told, its reciprocal, or the ratio of two that are told in one common base.

    Raises
    ------
    ContentError
        If the table does not tell.

    Examples
    --------
    >>> days = {("EUR", "USD"): ((date(2026, 5, 1), Fraction(5, 4)),)}
    >>> rate_between(Exchange("ecb.csv", days), "USD", "EUR", date(2026, 5, 31))
    Fraction(4, 5)
    """
    if base == quote:
        return Fraction(1)
    if exchange is None:
        raise ContentError(
            f"currency: prices are in {base} (got {quote}); give a table of exchange rates"
        )
    told = _told(exchange, base, quote, on)
    if told is not None:
        return told
    for common in sorted({pair[0] for pair in exchange.days}):
        first, second = (_told(exchange, common, currency, on) for currency in (base, quote))
        if first is not None and second is not None:
            return second / first
    raise ContentError(
        f"{exchange.name}: tells no rate of {base} in {quote} on {on} or before; add a row"
    )


def _told(exchange: Exchange, base: str, quote: str, on: date) -> Fraction | None:
    for pair, turned in (((base, quote), False), ((quote, base), True)):
        days = exchange.days.get(pair, ())
        at = bisect_right(days, on, key=lambda day: day[0])
        if at:
            rate = days[at - 1][1]
            return 1 / rate if turned else rate
    return None
