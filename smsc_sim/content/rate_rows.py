"""Rows of a rate card: what one says, how a CSV file is read and checked."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from itertools import pairwise
from typing import Any

from smsc_sim.content.errors import ContentError
from smsc_sim.content.money import micros, minor_digits

UNIT = "segment"
"""The only unit of a price: a segment is what is billed."""

MARKS = ("found", "computed", "remembered", "set by project")
"""How sure a figure is: read in a source, computed from one, from memory, or a decision."""

_KOSOVO = "XK"  # User-assigned in ISO 3166, and in general use.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class RateKind(StrEnum):
    """Who pays the price; prices of different kinds are never added up."""

    RETAIL = "RETAIL"
    """What a person pays."""
    A2P = "A2P"
    """What the sender of application messages pays."""
    TERMINATION = "TERMINATION"
    """What one operator pays another."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Price of one segment of one kind to one country, and the days on which it holds.

    Parameters
    ----------
    kind : RateKind
    country : str
        Destination, ISO 3166 alpha-2 (XK for Kosovo).
    price_micros : int
        Millionths of a unit of `currency` per segment, at least 0.
    currency : str
        ISO 4217.
    valid_from, valid_to : date
        First and last day, both included; `date.min` and `date.max` when open.
    source_date : date
        Day on which the source said so.
    source : str
    mark : str
        How sure the figure is: found, computed, remembered or set by project.
    row : int
        Row of the card's file; the header is row 1.
    """

    kind: RateKind
    country: str
    price_micros: int
    currency: str
    valid_from: date
    valid_to: date
    source_date: date
    source: str
    mark: str
    row: int


def parse_rates(text: str, name: str) -> tuple[Rate, ...]:
    """Rates of a CSV text.

    Parameters
    ----------
    text : str
        With a header row of `COLUMNS`.
    name : str
        Name of the file for messages.

    Returns
    -------
    tuple of Rate
        Ordered by kind, country and first day.

    Raises
    ------
    ContentError
        If anything is wrong; all problems are named, one line each, as
        `file:row:column: problem (got value); remedy`.
    """
    problems: list[str] = []
    rates: list[Rate] = []
    for row, cells in _rows(text, name):
        rate, found = _parse_row(row, cells)
        problems += found
        if rate is not None:
            rates.append(rate)
    rates.sort(key=lambda rate: (rate.kind, rate.country, rate.valid_from, rate.row))
    problems += _mixed_currencies(rates)
    problems += _overlaps(rates)
    if problems:
        lines = [f"{name}:{problem}" for problem in problems]
        if len(lines) > 1:
            lines.append(f"{name}: {len(lines)} problems found, no price was read")
        raise ContentError("\n".join(lines))
    return tuple(rates)


def _rows(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and cells by column of every row that is not blank; the header is row 1."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ContentError(f"{name}: is not CSV (got {error}); check its quotes") from error
    if not rows:
        raise ContentError(f"{name}: is empty (got no header); start with {','.join(COLUMNS)}")
    header = [cell.strip() for cell in rows[0]]
    _check_header(header, name)
    for row, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise ContentError(
                f"{name}:{row}: must have {len(header)} cells (got {len(cells)}); "
                "quote a cell that holds a comma"
            )
        yield row, dict(zip(header, (cell.strip() for cell in cells), strict=True))


def _check_header(header: list[str], name: str) -> None:
    """Raise ContentError unless the header has each column once and nothing else."""
    for column in header:
        if column not in COLUMNS:
            close = get_close_matches(column, COLUMNS, n=1)
            remedy = f"did you mean '{close[0]}'?" if close else "remove the column"
            raise ContentError(
                f"{name}:1: is not a column of a rate card (got '{column}'); {remedy}"
            )
        if header.count(column) > 1:
            raise ContentError(f"{name}:1:{column}: stands there twice (got '{column}'); keep one")
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise ContentError(f"{name}:1: lacks columns (got no {', no '.join(missing)}); add them")


def _parse_row(row: int, cells: Mapping[str, str]) -> tuple[Rate | None, list[str]]:
    """One rate, or None and its problems without the name of the file."""
    values: dict[str, Any] = {}
    problems = []
    for column, parse in _PARSERS.items():
        try:
            values[column] = parse(cells[column])
        except ContentError as error:
            # The column says already what money calls an amount or a currency.
            said = str(error).removeprefix("amount: ").removeprefix("currency: ")
            problems.append(f"{row}:{column}: {said}")
    if not problems and values["valid_to"] < values["valid_from"]:
        problems.append(
            f"{row}:valid_to: is before valid_from {values['valid_from']} "
            f"(got {values['valid_to']}); give the last day on which the price holds"
        )
    if problems:
        return None, problems
    del values["unit"]
    return Rate(price_micros=values.pop("price"), row=row, **values), []


def _country(cell: str) -> str:
    """Country code of ISO 3166 alpha-2."""
    import pycountry  # Takes 0.1 s: only who reads a card waits for it.

    # get() ignores case, ISO 3166 does not.
    known = pycountry.countries.get(alpha_2=cell)
    if cell != _KOSOVO and (known is None or known.alpha_2 != cell):
        raise ContentError(
            f"is not a country code of ISO 3166 (got '{cell}'); use two capital letters such as FI"
        )
    return cell


def _kind(cell: str) -> RateKind:
    """Kind of price."""
    if cell not in list(RateKind):
        raise ContentError(f"is not a kind of price (got '{cell}'); use {', '.join(RateKind)}")
    return RateKind(cell)


def _price(cell: str) -> int:
    """Price in micros, at least 0."""
    price = micros(cell)
    if price < 0:
        raise ContentError(f"must not be negative (got {cell}); give what one segment costs")
    return price


def _currency(cell: str) -> str:
    """Currency in which one can pay."""
    minor_digits(cell)
    return cell


def _unit(cell: str) -> str:
    """Unit of the price."""
    if cell != UNIT:
        raise ContentError(f"must be '{UNIT}' (got '{cell}'); give the price of one segment")
    return cell


def _day(cell: str) -> date:
    """Day as year-month-day."""
    try:
        if _DAY.fullmatch(cell):
            return date.fromisoformat(cell)
    except ValueError:
        pass  # Shaped like a day but not in the calendar: the same sentence serves.
    raise ContentError(f"is not a day (got '{cell}'); write it as 2026-05-25")


def _source(cell: str) -> str:
    """Where the price comes from."""
    if not cell:
        raise ContentError("must not be empty (got ''); say where the price comes from")
    return cell


def _mark(cell: str) -> str:
    """How sure the price is."""
    if cell not in MARKS:
        raise ContentError(f"is not a mark (got '{cell}'); use one of: {', '.join(MARKS)}")
    return cell


_PARSERS: Mapping[str, Callable[[str], object]] = {
    "country": _country,
    "kind": _kind,
    "price": _price,
    "currency": _currency,
    "unit": _unit,
    "valid_from": lambda cell: _day(cell) if cell else date.min,
    "valid_to": lambda cell: _day(cell) if cell else date.max,
    "source_date": _day,
    "source": _source,
    "mark": _mark,
}
"""Column -> what its cells mean; all columns are needed, in any order."""

COLUMNS = tuple(_PARSERS)


def _mixed_currencies(rates: list[Rate]) -> list[str]:
    """Problems of kinds with more than one currency, at every row that differs from the first."""
    problems = []
    first_of: dict[RateKind, Rate] = {}
    for rate in sorted(rates, key=lambda rate: rate.row):
        first = first_of.setdefault(rate.kind, rate)
        if rate.currency != first.currency:
            problems.append(
                f"{rate.row}:currency: {rate.kind} prices are in {first.currency} since row "
                f"{first.row} (got {rate.currency}); keep one currency per kind in a card"
            )
    return problems


def _overlaps(rates: list[Rate]) -> list[str]:
    """Problems of prices of one kind and country that hold on the same day.

    Neighbours suffice: `rates` is ordered by first day, so if any two overlap, two neighbours do.
    """
    return [
        f"{later.row}:valid_from: the price of row {earlier.row} still holds "
        f"(got {_first_day(later)}); end it before, or remove one of them"
        for earlier, later in pairwise(rates)
        if (earlier.kind, earlier.country) == (later.kind, later.country)
        and later.valid_from <= earlier.valid_to
    ]


def _first_day(rate: Rate) -> str:
    """First day as it stands in the file."""
    return "an open start" if rate.valid_from == date.min else str(rate.valid_from)
