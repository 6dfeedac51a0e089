"""Cells of a rate card: what each column may hold."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache

from smsc_sim.content.errors import ContentError
from smsc_sim.content.money import micros, minor_digits
from smsc_sim.content.numbering_plan import load_plan

UNITS = ("segment", "message")
"""What a price is for: as a rule the segment."""

CHARGED = ("submitted", "delivered")
"""Which of them are paid for: all, or those that arrived."""

MARKS = ("found", "computed", "remembered", "set by project")
"""How sure a figure is: read in a source, computed from one, from memory, or a decision."""

MOST_MICROS = 10**12
"""Largest price of a unit: a million; what is more is a slip of the pen."""

_MCC_MNC = re.compile(r"([0-9]{3})[- /]?([0-9]{2,3})", re.ASCII)
_TWO_CODES = re.compile(r"[0-9]+[- /][0-9]*", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class RateKind(StrEnum):
    """Who pays the price; prices of different kinds are never added up."""

    RETAIL = "RETAIL"
    """What a person pays."""
    A2P = "A2P"
    """What the sender of application messages pays."""
    TERMINATION = "TERMINATION"
    """What one operator pays another."""


@cache
def known_countries() -> frozenset[str]:
    """Codes of ISO 3166 alpha-2, and those of countries with numbers but without a code there."""
    import pycountry  # Takes 0.1 s: only who reads a card waits for it.

    return frozenset({*(country.alpha_2 for country in pycountry.countries), *load_plan().regions})


def country_code(cell: str) -> str:
    """Country code of ISO 3166 alpha-2, or of `numbering.regions`."""
    if cell not in known_countries():
        raise ContentError(
            f"is not a country code of ISO 3166 (got '{cell}'); use two capital letters such as FI"
        )
    return cell


def _kind(cell: str) -> RateKind:
    """Kind of price."""
    if cell not in list(RateKind):
        raise ContentError(f"is not a kind of price (got '{cell}'); use {', '.join(RateKind)}")
    return RateKind(cell)


def price_of(cell: str) -> int:
    """Price in micros, at least 0."""
    price = micros(cell)
    if price < 0:
        raise ContentError(f"must not be negative (got {cell}); give what one unit costs")
    if price > MOST_MICROS:
        raise ContentError(f"is too much for one unit (got {cell}); check the decimal point")
    return price


def currency_code(cell: str) -> str:
    """Currency in which one can pay."""
    minor_digits(cell)
    return cell


def _unit(cell: str) -> str:
    """Unit of the price."""
    if cell not in UNITS:
        raise ContentError(f"must be 'segment' or 'message' (got '{cell}'); say what is priced")
    return cell


def _charged(cell: str) -> str:
    """Which units are paid for."""
    if cell and cell not in CHARGED:
        raise ContentError(f"must be 'submitted' or 'delivered' (got '{cell}'); say what is paid")
    return cell or "submitted"


def _units(cell: str) -> int:
    """Where a tier begins."""
    if cell and not (cell.isascii() and cell.isdecimal() and len(cell) < 16):
        raise ContentError(
            f"must be a whole number of units (got '{cell}'); give those before the tier begins"
        )
    return int(cell or 0)


def operator_of(cell: str) -> str:
    """Operator as `244-91` where the cell says MCC and MNC, else its name.

    An MNC that has lost its zero would meet no number: it is refused.
    """
    found = _MCC_MNC.fullmatch(cell)
    if found is None and _TWO_CODES.fullmatch(cell):
        raise ContentError(
            f"MCC has three digits and MNC two or three (got '{cell}'); write zeros in front: "
            "244-05"
        )
    return cell if found is None else f"{found[1]}-{found[2]}"


def day_of(cell: str) -> date:
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


PARSERS: Mapping[str, Callable[[str], object]] = {
    "country": country_code,
    "kind": _kind,
    "price": price_of,
    "currency": currency_code,
    "unit": _unit,
    "valid_from": lambda cell: day_of(cell) if cell else date.min,
    "valid_to": lambda cell: day_of(cell) if cell else date.max,
    "source_date": day_of,
    "source": _source,
    "mark": _mark,
    "operator": operator_of,
    "charged": _charged,
    "from_units": _units,
    "surcharge": lambda cell: price_of(cell or "0"),
    "minimum_fee": lambda cell: price_of(cell or "0"),
}
"""Column -> what its cells mean, in any order."""

OPTIONAL = ("operator", "charged", "from_units", "surcharge", "minimum_fee")
COLUMNS = tuple(column for column in PARSERS if column not in OPTIONAL)
