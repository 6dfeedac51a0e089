"""Rows of a rate card: what one says, how a CSV file is read and checked."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from smsc_sim.content.errors import ContentError
from smsc_sim.content.money import to_decimal
from smsc_sim.content.rate_cells import COLUMNS, OPTIONAL, PARSERS, RateKind
from smsc_sim.content.spreadsheet import write_rows

MOST_TOLD = 20
"""Problems of a file that are named; more are counted."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Price of one unit of one kind to one destination, and the days on which it holds.

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
    operator : str
        MCC and MNC as `244-91`, or a name; empty for every operator without a price of its own.
    unit, charged : str
        Of UNITS and CHARGED.
    from_units : int
        Units of an invoice line before this one that are priced otherwise: tiers are graduated.
    surcharge_micros : int
        On top of the price, per unit.
    minimum_fee_micros : int
        What an invoice line costs at least.
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
    operator: str = ""
    unit: str = "segment"
    charged: str = "submitted"
    from_units: int = 0
    surcharge_micros: int = 0
    minimum_fee_micros: int = 0

    @property
    def place(self) -> tuple[str, str, str, int, date]:
        """What tells it from other rows, in the order of a card."""
        return self.kind.value, self.country, self.operator, self.from_units, self.valid_from


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
        If anything is wrong; the first 20 problems are named, one line each, as
        `file:row:column: problem (got value); remedy`.
    """
    problems: list[str] = []
    rates: list[Rate] = []
    header, rows = rows_of(text, name)
    _check_header(header, name)
    for row, cells in rows:
        rate, found = _parse_row(row, cells)
        problems += found
        if rate is not None:
            rates.append(rate)
    return checked_rates(rates, problems, name)


def checked_rates(rates: list[Rate], problems: list[str], name: str) -> tuple[Rate, ...]:
    """Rates in order, once they agree with each other.

    Parameters
    ----------
    rates : list of Rate
        In any order; sorted in place.
    problems : list of str
        What was found before, each without the name of the file.
    name : str
        Name of the file for messages.

    Returns
    -------
    tuple of Rate

    Raises
    ------
    ContentError
        If there are problems, prices of one kind are in two currencies or hold on the same day, or
        tiers have no first one.
    """
    rates.sort(key=lambda rate: (rate.place, rate.row))
    problems = [*problems, *_mixed_currencies(rates), *_overlaps(rates), *_lone_tiers(rates)]
    if problems:
        lines = [f"{name}:{problem}" for problem in problems[:MOST_TOLD]]
        if len(problems) > 1:
            lines.append(f"{name}: {len(problems)} problems found, no price was read")
        raise ContentError("\n".join(lines))
    return tuple(rates)


def rows_of(text: str, name: str) -> tuple[list[str], Iterator[tuple[int, dict[str, str]]]]:
    """Header of a CSV text, and number and cells by column of every row that is not blank.

    Parameters
    ----------
    text : str
    name : str
        Name of the file for messages.

    Returns
    -------
    header : list of str
    rows : iterator of (int, dict of str to str)
        The header is row 1.

    Raises
    ------
    ContentError
        If it is empty or no CSV, or, later, a row has other cells than the header.
    """
    try:
        stream = io.StringIO(text, newline="")
        rows = list(csv.reader(stream, delimiter=delimiter_of(text), strict=True))
    except csv.Error as error:
        raise ContentError(f"{name}: is not CSV (got {error}); check its quotes") from error
    if not rows:
        raise ContentError(f"{name}: is empty (got no header); start with {','.join(COLUMNS)}")
    header = [cell.strip() for cell in rows[0]]
    return header, _cells_of(rows, header, name)


def delimiter_of(text: str) -> str:
    """What stands between the cells of a CSV text: the one that its first line has most of."""
    header = text.partition("\n")[0]
    return max(",;\t|", key=header.count)


def card_text(rates: Iterable[Rate]) -> str:
    """A rate card in our own layout, as `parse_rates` reads it.

    Parameters
    ----------
    rates : iterable of Rate
        Of `checked_rates`.
    """
    stream = io.StringIO()
    write_rows(stream, [*COLUMNS, *OPTIONAL], (_cells(rate) for rate in rates))
    return stream.getvalue()


def _cells(rate: Rate) -> list[str]:
    """Cells of a row: prices exact, and nothing where a default holds."""
    open_days = {date.min: "", date.max: ""}
    money = {"price": rate.price_micros, "surcharge": rate.surcharge_micros,
             "minimum_fee": rate.minimum_fee_micros}  # fmt: skip
    values: dict[str, object] = {
        name: f"{to_decimal(amount).normalize():f}" if amount or name == "price" else ""
        for name, amount in money.items()
    }
    for day in ("valid_from", "valid_to"):
        values[day] = open_days.get(getattr(rate, day), getattr(rate, day))
    values["from_units"] = rate.from_units or ""
    return [str(values.get(name, getattr(rate, name, ""))) for name in (*COLUMNS, *OPTIONAL)]


def _cells_of(
    rows: list[list[str]], header: list[str], name: str
) -> Iterator[tuple[int, dict[str, str]]]:
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
        if column not in PARSERS:
            close = get_close_matches(column, PARSERS, n=1)
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
    for column, parse in PARSERS.items():
        if column not in cells:
            continue
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
    for column in ("price", "surcharge", "minimum_fee"):
        if column in values:
            values[f"{column}_micros"] = values.pop(column)
    return Rate(row=row, **values), []


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
        if earlier.place[:-1] == later.place[:-1] and later.valid_from <= earlier.valid_to
    ]


def _lone_tiers(rates: list[Rate]) -> list[str]:
    """Problems of tiers whose units before have no price."""
    first = {rate.place[:3] for rate in rates if rate.from_units == 0}
    return [
        f"{rate.row}:from_units: is a tier without a first one (got {rate.from_units}); "
        "add a row from 0"
        for rate in rates
        if rate.place[:3] not in first
    ]


def _first_day(rate: Rate) -> str:
    """First day as it stands in the file."""
    return "an open start" if rate.valid_from == date.min else str(rate.valid_from)
