"""What changed from one rate card to another, by destination."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from smsc_sim.content.errors import ContentError
from smsc_sim.content.money import to_decimal
from smsc_sim.content.rate_cells import RateKind
from smsc_sim.content.rates import Rate, RateCard


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
        With surcharge.
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
    old: RateCard, new: RateCard, kind: RateKind, old_day: date, new_day: date
) -> list[RateChange]:
    """Every destination whose price differs, the largest rise first.

    Parameters
    ----------
    old, new : RateCard
    kind : RateKind
    old_day, new_day : date
        Days on which the prices hold.

    Returns
    -------
    list of RateChange
        Destinations that only one card has come last.

    Raises
    ------
    ContentError
        If the cards have different currencies, or one pays otherwise for what the other pays.
    """
    before, after = _on(old, kind, old_day), _on(new, kind, new_day)
    for place in before.keys() & after.keys():
        was, now = before[place], after[place]
        if (was.currency, was.unit, was.charged) != (now.currency, now.unit, now.charged):
            raise ContentError(
                f"{new.name}:{now.row}: is priced in {now.currency} per {now.charged} {now.unit} "
                f"(got {was.currency} per {was.charged} {was.unit} in {old.name}:{was.row}); "
                "compare cards of one currency and unit"
            )
    changes = []
    for place in sorted(before.keys() | after.keys()):
        prices = tuple(
            found[place].price_micros + found[place].surcharge_micros if place in found else None
            for found in (before, after)
        )
        if prices[0] != prices[1]:
            changes.append(RateChange(*place, *prices))
    return sorted(changes, key=_rise)


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
