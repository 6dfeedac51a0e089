"""Plan of a campaign: whom to write to, what, when, and at which prices; the YAML manual of it.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.moments import Start
from smsc_sim.scenario.quantities import Messages, PerSecond, Share
from smsc_sim.scenario.schema_audience import FileName, ListAudience, Quiet, Title
from smsc_sim.scenario.schema_base import Country, Flag, Name, Part, Text


class Measured(Part):
    """A share that somebody measured, and on how many."""

    share: Share
    """The share, e.g. 94 %; no default."""

    of: Messages | None = None
    """Messages that it was measured on, e.g. 12000. Default: none, and then no interval can be
    given."""


def _measured(value: Any) -> Any:
    return {"share": value} if isinstance(value, str) else value


Expected = Annotated[Measured, BeforeValidator(_measured)]


class PlanRates(Part):
    """Prices of the campaign."""

    card: FileName = "list-2026"
    """A shipped card by name, or a CSV file in the plan's folder. Default list-2026."""

    kind: Literal["A2P", "RETAIL", "TERMINATION"] = "A2P"
    """Which prices: A2P (the default), RETAIL or TERMINATION."""

    fallback: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$")] | None = None
    """Price per segment where the card has none, in its currency. Default: none, and a destination
    without a price is an error."""


class PlanLimits(Part):
    """What operators take from this sender, such as US 10DLC."""

    tier: FileName
    """A shipped tier by name, e.g. us-10dlc-standard-40; no default. What it limits, and what
    becomes of messages beyond, is in `data/sender_limits.csv` with its sources."""

    shares: Annotated[dict[Title, Share], Field(min_length=1)]
    """Share of the segments to the tier's country that go to each operator of the tier, as a number
    does not tell its operator: {AT&T: 38 %, T-Mobile: 31 %}; no default. The rest has no limit."""


def card_from(value: Any) -> Any:
    """A card by name as {card: name}."""
    return {"card": value} if isinstance(value, str) else value


class Plan(Part):
    """A campaign before anything is sent."""

    name: Name
    """Name of the campaign; default: that of the file."""

    audience: ListAudience
    """Whom to write to; no default."""

    texts: Annotated[dict[Name, Text], Field(min_length=1)]
    """Text by language; {first_name} stands for a column of the list or a key of `values`, {{ and
    }} for braces. Who has a language that is not here gets the first. No default."""

    values: dict[Name, Text] = Field(default_factory=dict)
    """What is the same for everybody, by name: {date: 31 May}. Default: none."""

    start: Start
    """Local date and time at which sending begins, with the zone; no default. The prices are those
    of this day."""

    rate: PerSecond
    """Segments that the account may submit, e.g. 50 /s; no default."""

    quiet_hours: Quiet | None = None
    """Hours in which nobody is written to, in the time zones of the recipient's country, e.g.
    21:00-08:00. Default: none."""

    limits: PlanLimits | None = None
    """Limits by operator: {tier: us-10dlc-standard-40, shares: {AT&T: 38 %, T-Mobile: 31 %}}.
    Default: none."""

    rates: Annotated[PlanRates, BeforeValidator(card_from)] = PlanRates()
    """Rate card: a shipped name or a CSV file in the plan's folder; or {card, kind, fallback}.
    Default list-2026."""

    delivered: Expected | None = None
    """Share of the messages that will arrive: 94 %, or {share: 94 %, of: 12000} where it was
    measured on so many. Default: none, and no delivered messages are told."""

    delivered_in: dict[Country, Expected] = Field(default_factory=dict)
    """The same for single countries: {US: 88 %}. Default: none, `delivered` holds for all."""

    run: FileName | None = None
    """Folder of results of a simulation whose delivery ratios by country are taken instead.
    Default: none."""

    answers: Expected | None = None
    """Share of those reached who will answer: 3 %, or {share: 3 %, of: 4000}. Default: none."""

    smart: Flag = False
    """Whether plain characters are sent in place of those that break GSM 7-bit, where that brings
    a text into it. Default false."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        is_told = self.delivered is not None or bool(self.delivered_in)
        if self.run is not None and is_told:
            raise Refusal(
                "needs either delivered or run, not both", "remove one of them", show_value=False
            )
        if self.answers is not None and self.run is None and not is_told:
            raise Refusal(
                "tells answers but not how many are delivered", "add delivered: 94 % or a run",
                show_value=False,
            )  # fmt: skip
        return self
