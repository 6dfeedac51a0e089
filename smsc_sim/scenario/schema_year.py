"""A year with one list of customers: campaigns that follow from each other; the YAML manual of it.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.moments import Start
from smsc_sim.scenario.quantities import Count, PerSecond, PositiveNanoseconds, Share
from smsc_sim.scenario.schema_audience import Days, FileName, ListAudience, Quiet, Title
from smsc_sim.scenario.schema_base import Country, Flag, Name, Part, Text, given, ratio_of_one
from smsc_sim.scenario.schema_customers import MOST_DAY
from smsc_sim.scenario.schema_plan import Expected, PlanRates, card_from


def _day(value: Any) -> Any:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value), re.ASCII):
            return date.fromisoformat(str(value))
    except ValueError:
        pass
    raise Refusal("needs a day", "write e.g. 2026-02-02")


Day = Annotated[
    date,
    BeforeValidator(_day),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-02-02"]}),
]
"""A day, "2026-02-02"."""

Period = Literal["day", "week", "month", "quarter", "year"]


class YearStep(Part):
    """One campaign of the year: once, in every period, or after a date of each customer's own."""

    at: Day | None = None
    """Day on which it goes out, once: 2026-02-02. Exactly one of `at`, `every` and `date`. Default:
    none."""

    every: Period | None = None
    """Period in which everybody is written to once. Default: none."""

    day: Annotated[Count, Field(ge=1, le=28)] = given("1")
    """Day of the period `every`: of the week from 1, Monday, to 7; of the month, or of the first
    month of a quarter or year, from 1 to 28. Default 1."""

    date: Title | None = None
    """Title of the column with a date of the customer's own. Default: none."""

    after: Days = given("0 d")
    """Days after `date`: 14 d; -1 d is the day before. Default 0 d."""

    yearly: Flag = given("false")
    """Whether `date` comes back every year, as birthdays do. Default false."""

    where: Text | None = None
    """Condition on attributes of the list and on answers of earlier steps, e.g. wants_offers ==
    "yes". Default: everybody."""

    texts: Annotated[dict[Name, Text], Field(min_length=1)]
    """Text by language, as in a plan; no default."""

    values: dict[Name, Text] = Field(default_factory=dict)
    """What is the same for everybody, by name. Default: none."""

    answers: Expected | None = None
    """Share of those reached who answer: 12 %, or {share: 12 %, of: 4000} where it was measured on
    so many. Default: none."""

    asks: Name | None = None
    """Attribute that the answers give, e.g. wants_offers: a new column of the list. Default:
    none."""

    replies: dict[Name, Share] = Field(default_factory=dict)
    """What is answered, with shares: {yes: 60 %, no: 40 %}. Default: none; with `asks` no
    default."""

    within: Days = given("7 d")
    """Days until the answers are gathered and written into a new list. Default 7 d: judgement."""

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if sum(key is not None for key in (self.at, self.every, self.date)) != 1:
            raise Refusal(
                "needs exactly one of at, every and date", "say when it goes out", show_value=False
            )
        if self.every is not None and self.day > MOST_DAY[self.every]:
            raise Refusal(
                f"has a day {self.day}, but every {self.every}",
                f"choose a day from 1 to {MOST_DAY[self.every]}",
                show_value=False,
            )
        if (self.asks is None) != (not self.replies):
            raise Refusal(
                "needs both asks and replies, or neither",
                "write e.g. asks: wants_offers, replies: {yes: 60 %, no: 40 %}",
                show_value=False,
            )
        if self.within < 1:
            raise Refusal(
                f"gathers answers within {self.within} d", "give at least 1 d", show_value=False
            )
        if self.asks is not None and (self.answers is None or self.at is None):
            raise Refusal(
                "asks, but not once, or tells no share of answers",
                "give at and answers",
                show_value=False,
            )
        if self.replies:
            ratio_of_one(self.replies.values(), "shares of replies")
        return self


class Refresh(Part):
    """How a list is put right now and then."""

    every: Period
    """How often; no default."""

    renews: Share
    """Share of the entries that are stale, dead or given up that get a good number again; no
    default."""


class Year(Part):
    """Campaigns to one list of customers over a year, each from what the ones before have left."""

    name: Name
    """Name of the year; default: that of the file."""

    audience: ListAudience
    """The list, as in a plan; `where` and `stale_after` hold for all steps. No default."""

    start: Start
    """Local date and time at which it begins, with the zone; no default. Every message has the
    price of its day."""

    duration: PositiveNanoseconds = given("365 d")
    """How long it lasts. Default 365 d."""

    rate: PerSecond
    """Segments that the account may submit, e.g. 20 /s; no default."""

    quiet_hours: Quiet | None = None
    """Hours in which nobody is written to, in the time zones of the recipient's country. Default:
    none."""

    rates: Annotated[PlanRates, BeforeValidator(card_from)] = PlanRates()
    """Rate card, as in a plan. Default list-2026."""

    delivered: Expected | None = None
    """Share of the messages to good numbers that arrive: 96 %, or {share: 96 %, of: 12000}. No
    default, unless `run` tells it."""

    delivered_in: dict[Country, Expected] = Field(default_factory=dict)
    """The same for single countries. Default: none, `delivered` holds for all."""

    run: FileName | None = None
    """Folder of results of a simulation whose delivery ratios by country are taken instead, of a
    network in which all numbers work, as `decay` is told here. Default: none."""

    opt_outs: Expected | None = None
    """Share of the delivered messages that are answered by an opt-out. Default: none."""

    decay: Share = given("0 %")
    """Share of the numbers that go dead within a year: people change them. Default 0 %."""

    refresh: Refresh | None = None
    """How the list is put right: {every: quarter, renews: 40 %}. Default: never."""

    give_up_after: Annotated[Count, Field(ge=1)] = given("3")
    """Messages in a row that were not delivered, after which a customer is left out until a
    refresh. Default 3: judgement."""

    smart: Flag = given("false")
    """Whether plain characters are sent in place of those that break GSM 7-bit. Default false."""

    steps: Annotated[dict[Name, YearStep], Field(min_length=1)]
    """The campaigns, by name; no default."""

    replications: Annotated[Count, Field(ge=2)] = given("30")
    """Years that are drawn; intervals come from them. Default 30."""

    seed: Count = given("1")
    """What the draws follow from. Default 1."""

    @property
    def days(self) -> int:
        """Whole days that it lasts."""
        return round(self.duration / 86_400e9)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.days < 1:
            raise Refusal(
                "lasts less than a day", "give a longer duration, e.g. 365 d", show_value=False
            )
        is_told = self.delivered is not None or bool(self.delivered_in)
        if (self.run is not None) == is_told:
            raise Refusal("needs either delivered or run", "give one of them", show_value=False)
        asked = [step.asks for step in self.steps.values() if step.asks is not None]
        if len(set(asked)) < len(asked):
            raise Refusal("asks for one attribute twice", "give each its name", show_value=False)
        out = self.audience.opted_out or "opted_out"
        if out in asked:
            raise Refusal(
                f"asks for '{out}', which says who has opted out",
                "give the answers another name",
                show_value=False,
            )
        return self
