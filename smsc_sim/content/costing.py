"""What messages cost: segments, destination and price of each, many at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from smsc_sim.content import cells, kernels
from smsc_sim.content.alphabets import Alphabet
from smsc_sim.content.cutting import Cutting, cut_texts
from smsc_sim.content.errors import ContentError
from smsc_sim.content.numbering import REASONS, Numbers, read_numbers, regions
from smsc_sim.content.operators import Operators, operators_of
from smsc_sim.content.price_table import NO_RATE, PriceTable
from smsc_sim.content.rate_cells import operator_of
from smsc_sim.content.segmentation import MAX_SEGMENTS

PROBLEMS = (
    "",
    "is no UTF-8",
    f"needs more than {MAX_SEGMENTS} segments",
    f"is no whole number of segments from 1 to {MAX_SEGMENTS}",
    "is no country code of ISO 3166",
    "is no day; write it as 2026-05-25",
    "says neither delivered nor not",
    "needs more segments than it may have",
    "holds characters that GSM 7-bit lacks",
    "is missing",
    "has no MCC of three digits and MNC of two or three",
    *REASONS[1:],
)
"""Why a message is not priced, by code; nothing for one that is."""

NO_UTF8, TOO_LONG, NO_SEGMENTS, NO_COUNTRY, NO_DAY, NO_STATE = range(1, 7)
OVER_CAP, NO_GSM7, MISSING, NO_OPERATOR, NO_NUMBER = range(7, 12)
_LOST_ZERO = -2
ALPHABETS = ("GSM7", "UCS2", "")


@dataclass(frozen=True, slots=True)
class Priced:
    """What was found about n messages.

    Attributes
    ----------
    problem : (n,) int8 array
        Index in PROBLEMS; the other columns mean nothing where it is not 0.
    about : (n,) int8 array
        Index in `parts` of the column with the problem.
    parts : tuple of str
        Parts of a message, see `message_parts.TITLES`.
    segments, units : (n,) int32 array
        `units` in septets or code units; 0 where the file tells segments.
    alphabet : (n,) int8 array
        Index in ALPHABETS.
    country, operator, rate : (n,) int32 array
        Indices in the price table, `rate` in its tariffs: NO_RATE where the card has no price.
    month : (n,) int32 array
        Months since January of year 0.
    is_delivered : (n,) bool array
        True for all where nothing is said.
    table : PriceTable
    """

    problem: npt.NDArray[np.int8]
    about: npt.NDArray[np.int8]
    parts: tuple[str, ...]
    segments: npt.NDArray[np.int32]
    units: npt.NDArray[np.int32]
    alphabet: npt.NDArray[np.int8]
    country: npt.NDArray[np.int32]
    operator: npt.NDArray[np.int32]
    rate: npt.NDArray[np.int32]
    month: npt.NDArray[np.int32]
    is_delivered: npt.NDArray[np.bool_]
    table: PriceTable

    def refusing(self, part: str, where: npt.NDArray[np.bool_]) -> Priced:
        """With no UTF-8 in a further column, where nothing else was wrong before."""
        if not where.any():
            return self
        problems = _Problems(self.problem.copy(), self.about.copy(), list(self.parts))
        problems.note(part, where, NO_UTF8)
        return replace(
            self, problem=problems.code, about=problems.about, parts=tuple(problems.parts)
        )


@dataclass(slots=True)
class _Problems:
    """First problem of each message, and the part that has it."""

    code: npt.NDArray[np.int8]
    about: npt.NDArray[np.int8]
    parts: list[str]

    def note(
        self, part: str, where: npt.NDArray[np.bool_], code: int | npt.NDArray[np.int8]
    ) -> None:
        if not where.any():
            return
        if part not in self.parts:
            self.parts.append(part)
        fresh = where & (self.code == 0)
        self.code[fresh] = code if isinstance(code, int) else code[fresh]
        self.about[fresh] = self.parts.index(part)


def price_messages(
    columns: Mapping[str, pa.Array],
    table: PriceTable,
    on: date,
    country: str | None = None,
    operators: Operators | None = None,
    cutting: Cutting | None = None,
) -> Priced:
    """Find segments, destination and price of messages.

    Parameters
    ----------
    columns : mapping of str to pyarrow.Array
        Part of a message (`message_parts.TITLES`) to its column, all of n rows: `text` or
        `segments`, `country` or `number` and whatever else is known. A text counts before
        `segments`, a country before a number.
    table : PriceTable
    on : date
        Day of all messages, where there is no column of days.
    country : str, optional
        Destination of all messages, ISO 3166 alpha-2, where no column says it.
    operators : Operators, optional
        Tells the operator of a number where no column does.
    cutting : Cutting, optional
        How texts are cut. Default: each on its own terms, without national tables.

    Returns
    -------
    Priced

    Raises
    ------
    ContentError
        If there is no column that says what is sent or whereto, a column cannot hold what it is
        said to, or a price is per delivered unit and nothing says what was delivered.
    """
    n = len(next(iter(columns.values())))
    if not n:  # the type of nothing means nothing
        columns = dict.fromkeys(columns, pa.array([], pa.string()))
    problems = _Problems(np.zeros(n, np.int8), np.zeros(n, np.int8), [])
    numbers = _numbers(columns, operators is not None, problems)
    place = _countries(columns, country, numbers, table, problems)
    segments, units, alphabet = _sizes(columns, cutting or Cutting(), place, table, problems)
    operator = _operators(columns, operators, numbers, table, problems)
    day = _days(columns, on, n, problems)
    period = np.searchsorted(table.days, day, "right") - 1
    rate = table.tariff_of[place, operator, period]
    is_delivered = _delivered(columns, table, rate, problems)
    month = _months(day)
    return Priced(
        problems.code, problems.about, tuple(problems.parts), segments, units, alphabet,
        place.astype(np.int32), operator.astype(np.int32), rate, month, is_delivered, table,
    )  # fmt: skip


def refuse_unpriceable(parts: Mapping[str, object], table: PriceTable, country: str | None) -> None:
    """Raise ContentError unless the parts of a message say what is sent and whereto.

    Parameters
    ----------
    parts : mapping
        Parts of a message that there are columns for.
    table : PriceTable
    country : str or None
        Destination of all messages.
    """
    if "text" not in parts and "segments" not in parts:
        raise ContentError("has no column of texts or segments; name one, e.g. text=body")
    if country is not None and country not in table.countries:
        raise ContentError(
            f"country: is not a country code of ISO 3166 (got '{country}'); "
            "use two capital letters such as FI"
        )
    if country is None and "country" not in parts and "number" not in parts:
        raise ContentError(
            "has no column of numbers or countries; name one, e.g. number=recipient, or give one "
            "country for all"
        )


def _sizes(
    columns: Mapping[str, pa.Array],
    cutting: Cutting,
    place: npt.NDArray[np.int64],
    table: PriceTable,
    problems: _Problems,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int8]]:
    if "text" not in columns:
        found = cells.whole_numbers_of(columns["segments"], MAX_SEGMENTS)
        problems.note("segments", found == cells.BAD, NO_SEGMENTS)
        n = len(found)
        return found.astype(np.int32), np.zeros(n, np.int32), np.full(n, 2, np.int8)
    texts = cells.as_strings(columns["text"])
    if not pa.types.is_string(texts.type) and not pa.types.is_large_string(texts.type):
        raise ContentError(f"the column of texts must hold texts (got Arrow {texts.type}); cast it")
    if texts.null_count:
        problems.note("text", texts.is_null().to_numpy(zero_copy_only=False), MISSING)
        texts = texts.fill_null("")
    size = cut_texts(texts, cutting, place, table.countries)
    segments = size["segments"]
    problems.note("text", segments == kernels.INVALID, NO_UTF8)
    if cutting.alphabet == Alphabet.GSM7:
        problems.note("text", size["alphabet"] != Alphabet.GSM7, NO_GSM7)
    problems.note("text", segments == kernels.TOO_LONG, TOO_LONG)
    problems.note("text", segments > cutting.most_segments, OVER_CAP)
    return segments, size["units"], size["alphabet"]


def _numbers(columns: Mapping[str, pa.Array], always: bool, problems: _Problems) -> Numbers | None:
    """What the numbers say, where they are needed."""
    if "number" not in columns or ("country" in columns and not always):
        return None
    found = read_numbers(cells.as_strings(columns["number"]))
    problems.note("number", found.reason > 0, (found.reason + NO_NUMBER - 1).astype(np.int8))
    return found


def _countries(
    columns: Mapping[str, pa.Array],
    country: str | None,
    numbers: Numbers | None,
    table: PriceTable,
    problems: _Problems,
) -> npt.NDArray[np.int64]:
    """Index of each destination in the table; 0 where there is a problem."""
    at = {code: index for index, code in enumerate(table.countries)}
    if "country" in columns:
        place = cells.coded(columns["country"], lambda text: at.get(text, cells.BAD))
        problems.note("country", place == cells.BAD, NO_COUNTRY)
        return np.maximum(place, 0)
    if country is not None or numbers is None:
        return np.full(len(problems.code), at[country or ""], np.int64)
    known = np.array([at[region] for region in regions()] + [0], np.int64)
    return known[numbers.country]


def _operators(
    columns: Mapping[str, pa.Array],
    operators: Operators | None,
    numbers: Numbers | None,
    table: PriceTable,
    problems: _Problems,
) -> npt.NDArray[np.int64]:
    """Index of each operator in the table; 0 for one without a price of its own."""
    at = {operator: index for index, operator in enumerate(table.operators)}
    if "operator" in columns:
        found = cells.coded(columns["operator"], lambda text: _operator(text, at))
        problems.note("operator", found == cells.BAD, NO_UTF8)
        problems.note("operator", found == _LOST_ZERO, NO_OPERATOR)
        return np.maximum(found, 0)
    if operators is None or numbers is None:
        return np.zeros(len(problems.code), np.int64)
    known = np.array([at.get(name, 0) for name in operators.names] + [0], np.int64)
    return known[operators_of(operators, numbers.e164)]


def _operator(text: str, at: Mapping[str, int]) -> int:
    try:
        return at.get(operator_of(text), 0)
    except ContentError:
        return _LOST_ZERO


def _days(
    columns: Mapping[str, pa.Array], on: date, n: int, problems: _Problems
) -> npt.NDArray[np.int64]:
    if "day" not in columns:
        return np.full(n, (on - cells.EPOCH).days, np.int64)
    try:
        found = cells.days_of(columns["day"])
    except ContentError as error:
        raise ContentError(f"the column of days {error}") from None
    problems.note("day", found == cells.BAD_DAY, NO_DAY)
    return found


def _months(day: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    return (
        day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    ).astype(np.int32)


def _delivered(
    columns: Mapping[str, pa.Array],
    table: PriceTable,
    rate: npt.NDArray[np.int32],
    problems: _Problems,
) -> npt.NDArray[np.bool_]:
    if "delivered" in columns:
        found = cells.delivered_of(columns["delivered"])
        problems.note("delivered", found == cells.BAD, NO_STATE)
        is_delivered: npt.NDArray[np.bool_] = found == 1
        return is_delivered
    needed = np.array([rate.charged == "delivered" for rate in table.rates] + [False])
    lacking = np.flatnonzero(needed[rate] & (problems.code == 0))
    if len(lacking):
        row = table.rates[rate[lacking[0]]].row
        raise ContentError(
            f"has no column that says what was delivered, but {table.card.name}:{row} is "
            "a price per delivered unit; name one, e.g. delivered=state"
        )
    return np.ones(len(rate), np.bool_)


def charged_units(priced: Priced) -> npt.NDArray[np.int64]:
    """Units that each message pays for; 0 for one that is not priced.

    Parameters
    ----------
    priced : Priced

    Returns
    -------
    (n,) int64 array
        Segments or messages, as the price says.
    """
    rates = priced.table.rates
    units = priced.segments.astype(np.int64)
    if any(rate.unit == "message" for rate in rates):
        per_message = np.array([rate.unit == "message" for rate in rates] + [False])
        units[per_message[priced.rate]] = 1
    if any(rate.charged == "delivered" for rate in rates):
        if_delivered = np.array([rate.charged == "delivered" for rate in rates] + [False])
        units[if_delivered[priced.rate] & ~priced.is_delivered] = 0
    units[(priced.problem != 0) | (priced.rate == NO_RATE)] = 0
    return units


def unit_micros(table: PriceTable) -> npt.NDArray[np.int64]:
    """Price of a unit with its surcharge, by rate; 0 for NO_RATE.

    Parameters
    ----------
    table : PriceTable

    Returns
    -------
    (rates + 1,) int64 array
        Millionths of the currency unit; the last is that of NO_RATE.
    """
    return np.array(
        [rate.price_micros + rate.surcharge_micros for rate in table.rates] + [0], np.int64
    )


def missing_rates(priced: Priced) -> npt.NDArray[np.bool_]:
    """Messages that could be priced if the card had a price, (n,)."""
    found: npt.NDArray[np.bool_] = (priced.problem == 0) & (priced.rate == NO_RATE)
    return found


def refuse_missing(countries: Mapping[str, int], table: PriceTable) -> None:
    """Raise ContentError when the card lacks prices.

    Parameters
    ----------
    countries : mapping of str to int
        Destinations without a price to their messages.
    table : PriceTable
    """
    if not countries:
        return
    most = sorted(countries.items(), key=lambda item: (-item[1], item[0]))
    told = ", ".join(
        f"{country} ({messages:,} message{'s' * (messages > 1)})" for country, messages in most
    )
    raise ContentError(
        f"{table.card.name}: no {table.kind} price for {told}; add rows to the card, or give a "
        "fallback price"
    )
