"""Prices of a card as a table: which row of the card holds for each of many messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from smsc_sim.content.errors import ContentError
from smsc_sim.content.money import to_decimal
from smsc_sim.content.rate_cells import known_countries
from smsc_sim.content.rates import Rate, RateCard, RateKind, shipped_cards

NO_RATE = -1


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices of one kind, looked up by place and day.

    Attributes
    ----------
    card : RateCard
    kind : RateKind
    currency : str
        ISO 4217.
    tariffs : tuple of tuples of Rate
        What a lookup may give: the first tier and those behind it, by `from_units`. The fallback
        comes last where there is one.
    countries, operators : tuple of str
        What indices mean; operator 0 is any operator without a price of its own.
    days : (periods,) int64 array
        First day of each period within which no price changes, days since 1970-01-01.
    tariff_of : (countries, operators, periods) int32 array
        Index in `tariffs`; NO_RATE where the card has no price.
    """

    card: RateCard
    kind: RateKind
    currency: str
    tariffs: tuple[tuple[Rate, ...], ...]
    countries: tuple[str, ...]
    operators: tuple[str, ...]
    days: npt.NDArray[np.int64]
    tariff_of: npt.NDArray[np.int32]

    @property
    def rates(self) -> tuple[Rate, ...]:
        """First tier of each tariff."""
        return tuple(tariff[0] for tariff in self.tariffs)


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
        If the card has no price of this kind, or a tier is for another unit than the first one.
    """
    # Those of any operator come first: the others then overwrite their own place.
    rates = sorted(
        (rate for rate in card.rates if rate.kind == kind),
        key=lambda rate: (bool(rate.operator), rate.from_units, rate.row),
    )
    if not rates:
        has = ", ".join(sorted({rate.kind for rate in card.rates})) or "none"
        raise ContentError(f"{card.name}: has no {kind} prices; it has {has}")
    countries = tuple(sorted(known_countries()))
    operators = ("", *sorted({rate.operator for rate in rates if rate.operator}))
    periods = sorted({date.min} | {day for rate in rates for day in _changes(rate)})
    tariffs: dict[tuple[Rate, ...], int] = {}
    tariff_of = np.full((len(countries), len(operators), len(periods)), NO_RATE, np.int32)
    country_at = {country: index for index, country in enumerate(countries)}
    for (operator, country), place in _by_place(rates).items():
        which = operators.index(operator) if operator else slice(None)
        for period, day in enumerate(periods):
            tariff = tuple(rate for rate in place if rate.valid_from <= day <= rate.valid_to)
            if tariff and tariff[0].from_units == 0:
                _check_tiers(card, tariff)
                found = tariffs.setdefault(tariff, len(tariffs))
                tariff_of[country_at[country], which, period] = found
    if fallback_micros is not None:
        tariffs[(_fallback(rates[0], fallback_micros),)] = len(tariffs)
        tariff_of[tariff_of == NO_RATE] = len(tariffs) - 1
    days = np.array([(day - date(1970, 1, 1)).days for day in periods], np.int64)
    return PriceTable(
        card, kind, rates[0].currency, tuple(tariffs), countries, operators, days, tariff_of
    )


def _changes(rate: Rate) -> set[date]:
    """Days on which something begins or has ended."""
    ended = set() if rate.valid_to == date.max else {rate.valid_to + timedelta(days=1)}
    return ended | {rate.valid_from}


def _by_place(rates: list[Rate]) -> dict[tuple[str, str], list[Rate]]:
    found: dict[tuple[str, str], list[Rate]] = {}
    for rate in rates:
        found.setdefault((rate.operator, rate.country), []).append(rate)
    return found


def _check_tiers(card: RateCard, tariff: tuple[Rate, ...]) -> None:
    """Raise ContentError when a tier does not go on where the first one ends."""
    first = tariff[0]
    for tier in tariff[1:]:
        for name in ("unit", "charged"):
            if getattr(tier, name) != getattr(first, name):
                raise ContentError(
                    f"{card.name}:{tier.row}:{name}: differs from the first tier in row "
                    f"{first.row} (got '{getattr(tier, name)}'); price the same unit in all tiers"
                )
        if tier.minimum_fee_micros:
            raise ContentError(
                f"{card.name}:{tier.row}:minimum_fee: belongs to the first tier, row {first.row} "
                f"(got {to_decimal(tier.minimum_fee_micros)}); write it there"
            )


def _fallback(like: Rate, micros: int) -> Rate:
    return Rate(
        like.kind, "", micros, like.currency, date.min, date.max, date.min, "fallback",
        "set by project", 0,
    )  # fmt: skip


def default_card() -> str:
    """Name of the newest shipped card."""
    return shipped_cards()[-1]
