"""Errors about texts, amounts and prices: all of them are the user's to mend."""

from collections.abc import Sequence
from datetime import date


class ContentError(ValueError):
    """A text, an amount or a rate card that cannot be used; the message says what to do."""


class MissingRate(ContentError):
    """A rate card has no price for some destinations on some day.

    Parameters
    ----------
    card : str
        Name of the rate card.
    kind : str
        RETAIL, A2P or TERMINATION.
    countries : sequence of str
        Every destination without a price, ISO 3166 alpha-2.
    on : date
        The day asked for.
    """

    def __init__(self, card: str, kind: str, countries: Sequence[str], on: date) -> None:
        # Workers send exceptions to each other by pickling these arguments.
        super().__init__(card, kind, tuple(countries), on)
        self.card = card
        self.kind = kind
        self.countries = tuple(countries)
        self.on = on

    def __str__(self) -> str:
        return (
            f"{self.card}: no {self.kind} price on {self.on} for {', '.join(self.countries)}; "
            "add rows to the card or name a fallback"
        )
