"""Prices of a card as a table: which row of the card holds for each of many messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from smsc_sim.content.errors import ContentError
from smsc_sim.content.rate_cells import known_countries
from smsc_sim.content.rates import Rate, RateCard, RateKind, shipped_cards

NO_RATE = -1


@dataclass(frozen=True, slots=True)
class PriceTable:
    """First tiers of the prices of one kind, looked up by place and day.

    Attributes
    ----------
    card : RateCard
    kind : RateKind
    currency : str
        ISO 4217.
    rates : tuple of Rate
        Those that a lookup may give, with the fallback last where there is one.
    countries, operators : tuple of str
        What indices mean; operator 0 is any operator without a price of its own.
    days : (periods,) int64 array
        First day of each period within which no price changes, days since 1970-01-01.
    rate_of : (countries, operators, periods) int32 array
        Index in `rates`; NO_RATE where the card has no price.
    """

    card: RateCard
    kind: RateKind
    currency: str
    rates: tuple[Rate, ...]
    countries: tuple[str, ...]
    operators: tuple[str, ...]
    days: npt.NDArray[np.int64]
    rate_of: npt.NDArray[np.int32]


def price_table(
    card: RateCard, kind: RateKind, *, fallback_micros: int | None = None
) -> PriceTable:
    """Table of the prices of one kind.

    Parameters
    ----------
    card : RateCard
    kind : RateKind
    fallback_micros : int, optional
        Price per segment wherever the card has none, in its currency.

    Returns
    -------
    PriceTable

    Raises
    ------
    ContentError
        If the card has no price of this kind.
    """
    rates = [rate for rate in card.rates if rate.kind == kind and rate.from_units == 0]
    if not rates:
        has = ", ".join(sorted({rate.kind for rate in card.rates})) or "none"
        raise ContentError(f"{card.name}: has no {kind} prices; it has {has}")
    countries = tuple(sorted(known_countries()))
    operators = ("", *sorted({rate.operator for rate in rates if rate.operator}))
    firsts = {rate.valid_from for rate in rates} | {
        rate.valid_to + timedelta(days=1) for rate in rates if rate.valid_to != date.max
    }
    periods = sorted(firsts | {date.min})
    rate_of = np.full((len(countries), len(operators), len(periods)), NO_RATE, np.int32)
    # Those of any operator come first: the others then overwrite their own place.
    rates.sort(key=lambda rate: (bool(rate.operator), rate.row))
    country_at = {country: index for index, country in enumerate(countries)}
    for index, rate in enumerate(rates):
        first, last = (
            sum(day <= held for day in periods) for held in (rate.valid_from, rate.valid_to)
        )
        which = operators.index(rate.operator) if rate.operator else slice(None)
        rate_of[country_at[rate.country], which, first - 1 : last] = index
    if fallback_micros is not None:
        rates.append(_fallback(rates[0], fallback_micros))
        rate_of[rate_of == NO_RATE] = len(rates) - 1
    days = np.array([(day - date(1970, 1, 1)).days for day in periods], np.int64)
    return PriceTable(
        card, kind, rates[0].currency, tuple(rates), countries, operators, days, rate_of
    )


def _fallback(like: Rate, micros: int) -> Rate:
    return Rate(
        like.kind, "", micros, like.currency, date.min, date.max, date.min, "fallback",
        "set by project", 0,
    )  # fmt: skip


def default_card() -> str:
    """Name of the newest shipped card."""
    return shipped_cards()[-1]
