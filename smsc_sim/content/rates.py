"""Rate cards: what one segment costs, by kind of price, country and day."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from smsc_sim.content.country_names import country_named
from smsc_sim.content.editable import read_text
from smsc_sim.content.errors import ContentError, MissingRate
from smsc_sim.content.rate_cells import RateKind
from smsc_sim.content.rate_import import import_rates, is_price_list
from smsc_sim.content.rate_rows import Rate, delimiter_of, parse_rates

__all__ = [
    "Rate",
    "RateCard",
    "RateKind",
    "currency_of",
    "load_rate_card",
    "price_micros",
    "prices_micros",
    "rate_on",
    "rates_on",
    "shipped_cards",
]


@dataclass(frozen=True, slots=True)
class RateCard:
    """Prices that were checked together.

    Parameters
    ----------
    name : str
        Name of a shipped card, or the path as it was given.
    rates : tuple of Rate
        Ordered by kind, country and first day. Days of one kind and country do not overlap, and a
        kind has one currency. A card need not know every country.
    """

    name: str
    rates: tuple[Rate, ...]


def shipped_cards() -> tuple[str, ...]:
    """Names of the rate cards that the package ships, in alphabetical order.

    Examples
    --------
    >>> shipped_cards()
    ('list-2026',)
    """
    folder = files("smsc_sim").joinpath("data", "rates")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".csv") for name in names if name.endswith(".csv")))


def load_rate_card(
    card: str | Path,
    *,
    kind: RateKind = RateKind.A2P,
    currency: str | None = None,
    provider: str | None = None,
) -> RateCard:
    """Read and check a rate card.

    Parameters
    ----------
    card : str or Path
        Path of a CSV file, or the name of a shipped card: a `str` without `/` and `.csv`. Price
        lists in other layouts are recognised, see `rate_import`.
    kind, currency, provider
        What a list in another layout does not say itself, see `rate_import.import_rates`.

    Returns
    -------
    RateCard

    Raises
    ------
    ContentError
        If there is no such card, the file is not UTF-8 text, or rows are wrong: all of them are
        named, one line each, as `file:row:column: problem (got value); remedy`.
    """
    name = str(card)
    if isinstance(card, str) and "/" not in card and not card.endswith(".csv"):
        return RateCard(name, parse_rates(_shipped_text(card), name))
    text = read_text(Path(card), name)
    header = [cell.strip() for cell in text.partition("\n")[0].split(delimiter_of(text))]
    if text.strip() and is_price_list(header):
        listed = import_rates(text, name, kind=kind, currency=currency, provider=provider)
        return RateCard(name, listed.rates)
    return RateCard(name, parse_rates(text, name))


def currency_of(card: RateCard, kind: RateKind) -> str | None:
    """Currency of all prices of a kind; None when the card has no price of that kind.

    Parameters
    ----------
    card : RateCard
    kind : RateKind

    Returns
    -------
    str or None
        ISO 4217.
    """
    return next((rate.currency for rate in card.rates if rate.kind == kind), None)


def rates_on(card: RateCard, kind: RateKind, on: date, countries: Sequence[str] = ()) -> list[Rate]:
    """Rows of a rate card that hold on a day, to every country or to some.

    Parameters
    ----------
    card : RateCard
    kind : RateKind
    on : date
    countries : sequence of str
        ISO 3166 alpha-2; none for every country.

    Returns
    -------
    list of Rate
        In the order of the card; at least one to each country asked for.

    Raises
    ------
    ContentError
        If there is none, or none to one of the countries.
    """
    found = [r for r in card.rates if r.kind == kind and r.valid_from <= on <= r.valid_to]
    priced = {rate.country for rate in found}
    for country in countries:
        if country not in priced:
            meant = country_named(country)
            close = [meant] if meant in priced else get_close_matches(country, priced, n=1)
            hint = f"did you mean {close[0]}?" if close else "leave out --country to see all"
            raise ContentError(
                f"{card.name}: has no {kind} price on {on} to that country (got '{country}'); "
                f"{hint}"
            )
    if not found:
        kinds = ", ".join(sorted({rate.kind for rate in card.rates}))
        raise ContentError(
            f"{card.name}: has no {kind} prices on {on}; choose another day, or a kind that it "
            f"has: {kinds}"
        )
    return [rate for rate in found if not countries or rate.country in countries]


def rate_on(card: RateCard, kind: RateKind, country: str, on: date) -> Rate | None:
    """Row of a rate card for any operator and the first tier that holds on a day, or None.

    Parameters
    ----------
    card : RateCard
    kind : RateKind
    country : str
        ISO 3166 alpha-2.
    on : date
        Day of submission, in the clock of the scenario.

    Returns
    -------
    Rate or None
    """
    place = (kind.value, country, "", 0, on)
    after = bisect_right(card.rates, place, key=lambda rate: rate.place)
    if after == 0:
        return None
    rate = card.rates[after - 1]
    return rate if rate.place[:-1] == place[:-1] and on <= rate.valid_to else None


def price_micros(card: RateCard, kind: RateKind, country: str, on: date) -> int:
    """Price of one segment to one country on a day.

    Parameters
    ----------
    card : RateCard
    kind : RateKind
    country : str
        ISO 3166 alpha-2.
    on : date
        Day of submission, in the clock of the scenario.

    Returns
    -------
    int
        Millionths of the currency unit per segment.

    Raises
    ------
    MissingRate
        If the card has no such price.
    """
    return int(prices_micros(card, kind, [country], on)[0])


def prices_micros(
    card: RateCard,
    kind: RateKind,
    countries: Sequence[str],
    on: date,
    *,
    fallback_micros: int | None = None,
) -> npt.NDArray[np.int64]:
    """Price of one segment to each of many countries on a day, surcharge included.

    This is what the simulator uses: operators, tiers and minimum fees stand on invoices alone.

    Parameters
    ----------
    card : RateCard
    kind : RateKind
    countries : sequence of n str
        ISO 3166 alpha-2; may repeat.
    on : date
        Day of submission, in the clock of the scenario.
    fallback_micros : int, optional
        Price for every country that the card lacks, in the currency of this kind.

    Returns
    -------
    (n,) int64 array
        Millionths of the currency unit per segment.

    Raises
    ------
    MissingRate
        If the card lacks prices and there is no fallback; every such country is listed once, in
        alphabetical order.
    """
    found = {country: rate_on(card, kind, country, on) for country in countries}
    for rate in found.values():
        if rate is not None and (rate.unit, rate.charged) != ("segment", "submitted"):
            raise ContentError(
                f"{card.name}:{rate.row}: the simulator prices submitted segments (got a price per "
                f"{rate.charged} {rate.unit}); give a price per submitted segment"
            )
    missing = sorted(country for country, rate in found.items() if rate is None)
    if missing and fallback_micros is None:
        raise MissingRate(card.name, kind.value, missing, on)
    prices = (found[country] for country in countries)
    return np.array(
        [
            fallback_micros if rate is None else rate.price_micros + rate.surcharge_micros
            for rate in prices
        ],
        dtype=np.int64,
    )


def _shipped_text(name: str) -> str:
    """Text of a shipped card."""
    names = shipped_cards()
    if name not in names:
        close = get_close_matches(name, names, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"shipped are {', '.join(names)};"
        raise ContentError(
            f"rates: no shipped card has this name (got '{name}'); {hint} a file ends in .csv"
        )
    return files("smsc_sim").joinpath("data", "rates", f"{name}.csv").read_text("utf-8")
