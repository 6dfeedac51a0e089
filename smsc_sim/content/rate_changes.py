"""What changed from one rate card to another, by destination."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from smsc_sim.content.errors import ContentError
from smsc_sim.content.exchange import Exchange, rate_between
from smsc_sim.content.money import to_decimal
from smsc_sim.content.rate_cells import RateKind
from smsc_sim.content.rates import Rate, RateCard, currency_of


@dataclass(frozen=True, slots=True)
class RateChange:
    """Prices of one destination on two cards; None where a card has none.

    Parameters
    ----------
    country : str
    operator : str
        Empty for every operator without a price of its own.
    from_units : int
        Where the tier begins.
    old_micros, new_micros : int or None
        With surcharge, in the currency of the new card; an old price that was converted is rounded
        half-even to a micro.
    """

    country: str
    operator: str
    from_units: int
    old_micros: int | None
    new_micros: int | None

    @property
    def percent(self) -> Decimal | None:
        """Change in percent, to a tenth; None where a price is missing or was nothing."""
        if not self.old_micros or self.new_micros is None:
            return None
        change = 100 * (to_decimal(self.new_micros) / to_decimal(self.old_micros) - 1)
        return change.quantize(Decimal("0.1"))


def rate_changes(
    old: RateCard,
    new: RateCard,
    kind: RateKind,
    old_day: date,
    new_day: date,
    exchange: Exchange | None = None,
) -> list[RateChange]:
    """Every destination whose price differs, the largest rise first.

    Parameters
    ----------
    old, new : RateCard
    kind : RateKind
    old_day, new_day : date
        Days on which the prices hold.
    exchange : Exchange, optional
        Needed for cards in two currencies: old prices are converted at the rate of `new_day`.

    Returns
    -------
    list of RateChange
        Destinations that only one card has come last.

    Raises
    ------
    ContentError
        If the cards have different currencies and there is no exchange rate, or one pays otherwise
        for what the other pays.
    """
    worth = worth_of_old(old, new, kind, new_day, exchange)
    before, after = _on(old, kind, old_day), _on(new, kind, new_day)
    for place in before.keys() & after.keys():
        was, now = before[place], after[place]
        is_other_currency = was.currency != now.currency and exchange is None
        if is_other_currency or (was.unit, was.charged) != (now.unit, now.charged):
            raise ContentError(
                f"{new.name}:{now.row}: is priced in {now.currency} per {now.charged} {now.unit} "
                f"(got {was.currency} per {was.charged} {was.unit} in {old.name}:{was.row}); "
                "compare cards of one currency and unit, or give exchange rates"
            )
    changes = []
    for place in sorted(before.keys() | after.keys()):
        old_price, new_price = (
            found[place].price_micros + found[place].surcharge_micros if place in found else None
            for found in (before, after)
        )
        if old_price is not None:
            old_price = round(old_price * worth)
        if old_price != new_price:
            changes.append(RateChange(*place, old_price, new_price))
    return sorted(changes, key=_rise)


def worth_of_old(
    old: RateCard, new: RateCard, kind: RateKind, on: date, exchange: Exchange | None
) -> Fraction:
    """What a unit of the old card's currency is worth in that of the new one; 1 without a table."""
    currencies = currency_of(old, kind), currency_of(new, kind)
    if exchange is None or None in currencies:
        return Fraction(1)
    return rate_between(exchange, str(currencies[0]), str(currencies[1]), on)


def _on(card: RateCard, kind: RateKind, day: date) -> dict[tuple[str, str, int], Rate]:
    return {
        (rate.country, rate.operator, rate.from_units): rate
        for rate in card.rates
        if rate.kind == kind and rate.valid_from <= day <= rate.valid_to
    }


def _rise(change: RateChange) -> tuple[bool, Decimal]:
    if change.old_micros is None or change.new_micros is None:
        return True, Decimal(0)
    # A price that was nothing rises without bound.
    percent = (
        Decimal("Infinity")
        if change.old_micros == 0
        else (to_decimal(change.new_micros) / to_decimal(change.old_micros))
    )
    return False, -percent
