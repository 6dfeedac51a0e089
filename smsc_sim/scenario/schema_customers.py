"""What an application sends to the customers of a list, again and again; the YAML manual of it.

The docstring under a field is its manual, as in `schema_elements`.  When each customer is written
to is worked out in `customer_moments`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.quantities import Count, Nanoseconds, PerSecond, PositiveNanoseconds, Weight
from smsc_sim.scenario.schema_applications import Submitted
from smsc_sim.scenario.schema_audience import Days, ListAudience, Quiet, TimeOfDay, Title
from smsc_sim.scenario.schema_base import Flag, Name, Part, Text, given

MOST_DAY = {"day": 1, "week": 7, "month": 28, "quarter": 28, "year": 28}


class Addressed(Submitted):
    """What all traffic has in common that may go to customers of a list."""

    texts: dict[Name, Text] = Field(default_factory=dict)
    """Text by language, merged for each customer, so that segments are exact; {first_name} stands
    for a column of the list or a key of `values`. Who has a language that is not here gets the
    first. Default: none, and lengths are drawn from `text`."""

    values: dict[Name, Text] = Field(default_factory=dict)
    """What is the same for everybody, by name: {date: 31 May}. Default: none."""

    smart: Flag = given("false")
    """Whether plain characters are sent in place of those that break GSM 7-bit, where that brings
    a text into it. Default false."""

    quiet_hours: Quiet | None = None
    """Hours in which nobody is written to, in the time zones of the recipient's country, e.g.
    21:00-08:00. Default: none."""

    text: Name = given("campaign")
    """Lengths of the texts where no `texts` are given. Default campaign."""

    validity: PositiveNanoseconds | None = given("24 h")
    """How long the message is kept. Default 24 h: judgement."""


class ToCustomers(Addressed):
    """What all traffic has in common that only customers of a list get."""

    audience: ListAudience
    """Whom to write to: {file: customers.csv, where: has_children and country == "FI"}; no default.
    A customer is a phone of one of the populations in `to` that are in the customer's country: the
    same phone wherever the row stands in the list. Who is in none of these countries is left out
    and counted."""


class Recurring(ToCustomers):
    """One message for each customer in every period: a monthly statement, a weekly offer."""

    kind: Literal["recurring"]
    """Kind of traffic: recurring."""

    every: Literal["day", "week", "month", "quarter", "year"]
    """Period in which everybody is written to once; no default."""

    day: Annotated[Count, Field(ge=1, le=28)] = given("1")
    """Day of the period: of the week from 1, Monday, to 7; of the month, or of the first month of a
    quarter or year, from 1 to 28. Default 1."""

    at: TimeOfDay = given("10:00")
    """When it begins on that day, by the clock of the scenario. Default 10:00."""

    spread: Nanoseconds = given("0 s")
    """Time over which the customers are spread evenly, each at the same place in every period;
    quiet hours do not count. Default 0 s: all at once, as fast as `rate` lets them."""

    rate: PerSecond | None = None
    """Rate at which the messages come when all are sent at once. Default: the rate of the
    account."""

    class_: Name = given("recurring", alias="class")
    """Class under which results and targets count it. Default recurring."""

    @model_validator(mode="after")
    def _has_day(self) -> Self:
        if self.day > MOST_DAY[self.every]:
            raise Refusal(
                f"has a day {self.day}, but every {self.every}",
                f"choose a day from 1 to {MOST_DAY[self.every]}",
                show_value=False,
            )
        if self.spread and self.rate is not None:
            raise Refusal(
                "has a spread and a rate", "a spread needs no rate: drop one", show_value=False
            )
        return self


class Points(Part):
    """Points that a customer gathers, and how many it takes."""

    column: Title
    """Title of the column with the points at the start; no default."""

    reach: Weight
    """Points at which the message is sent, e.g. 1000; no default. Who has them at the start was
    told before."""

    gain: PerSecond
    """Points that a customer gains, e.g. 3 /day; no default."""


class Triggered(ToCustomers):
    """A message for each customer some days after (or before) a date of the customer's own."""

    kind: Literal["triggered"]
    """Kind of traffic: triggered."""

    date: Title | None = None
    """Title of the column with the date: a purchase, a birthday, an appointment. Either this or
    `points`. Default: none."""

    points: Points | None = None
    """Points over a threshold instead of a date: {column: points, reach: 1000, gain: 3 /day}.
    Default: none."""

    after: Days = given("0 d")
    """Days after the date: 14 d; -1 d is the day before. Default 0 d."""

    yearly: Flag = given("false")
    """Whether the date comes back every year, as birthdays do; 29 February is the 28th in other
    years. Default false."""

    at: TimeOfDay = given("10:00")
    """Time of day, in the first time zone of the recipient's country; in quiet hours it waits for
    their end. Default 10:00."""

    spread: Nanoseconds = given("1 h")
    """Time over which the messages of a day are spread. Default 1 h: judgement."""

    class_: Name = given("triggered", alias="class")
    """Class under which results and targets count it. Default triggered."""

    @model_validator(mode="after")
    def _one_trigger(self) -> Self:
        if (self.date is None) == (self.points is None):
            raise Refusal("needs either date or points", "give one of them", show_value=False)
        if self.points is not None and (self.yearly or self.points.gain == 0):
            raise Refusal(
                "has points that come back yearly, or never grow",
                "points need a gain above 0 and no yearly",
                show_value=False,
            )
        return self
