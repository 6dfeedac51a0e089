"""When traffic comes: profiles of days, weeks and seasons, bursts; the YAML manual of each.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.quantities import PositiveNanoseconds, Weight
from smsc_sim.scenario.schema_base import Name, Part, given

_YEARLY = re.compile(r"(?:(\d{4})-)?(\d\d)-(\d\d)[T ](\d\d):(\d\d)", re.ASCII)
LEAP_YEAR = 2000  # any: 02-29 is a day of the year


def _weights(number: int, what: str) -> Callable[[Any], tuple[Any, ...]]:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)) or len(value) != number:
            count = f"{len(value)} were given" if isinstance(value, (list, tuple)) else ""
            raise Refusal(f"needs {number} weights, one for each {what}", count, show_value=False)
        if all(re.fullmatch(r"0*\.?0*(e\d+)?", str(weight)) for weight in value):
            raise Refusal("needs at least one weight above 0", show_value=False)
        return tuple(value)

    return read


class Yearly(NamedTuple):
    """A local time of day on a day of every year, or of one."""

    year: int | None
    month: int
    day: int
    hour: int
    minute: int


def _yearly(value: Any) -> Yearly:
    if isinstance(value, Yearly):
        return value
    match = _YEARLY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Refusal(
            "needs a day of the year and a time", "write e.g. 12-31 23:50 or 2026-12-31 23:50"
        )
    year, month, day, hour, minute = (int(part) if part else None for part in match.groups())
    try:
        datetime(year or LEAP_YEAR, month or 0, day or 0, hour or 0, minute or 0)
    except ValueError:
        raise Refusal("there is no such day or time", "write e.g. 12-31 23:50") from None
    return Yearly(year, month or 0, day or 0, hour or 0, minute or 0)


def _yearly_text(value: Yearly) -> str:
    year = f"{value.year:04d}-" if value.year is not None else ""
    return f"{year}{value.month:02d}-{value.day:02d} {value.hour:02d}:{value.minute:02d}"


YearlyMoment = Annotated[
    Yearly,
    BeforeValidator(_yearly),
    PlainSerializer(_yearly_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _YEARLY.pattern, "examples": ["12-31 23:50"]}),
]


class Peak(Part):
    """A spell in which traffic is a multiple of what the clock says."""

    at: YearlyMoment
    """When it begins, by the clock of the scenario: 12-31 23:50 in every year, or
    2026-12-31 23:50 in one; no default."""

    for_: PositiveNanoseconds = Field(alias="for")
    """How long it lasts, e.g. 30 min; no default."""

    factor: Weight
    """What the rate is multiplied by, e.g. 6; where two overlap, by both; no default."""


class Profile(Part):
    """How traffic spreads over day, week and year, by the clock of the scenario.

    Hours, days and months keep the volume of a mean day; events add to it.
    """

    hours: Annotated[tuple[Weight, ...], BeforeValidator(_weights(24, "hour"))]
    """24 weights, hour 0 to hour 23; only their ratios count."""

    days: Annotated[tuple[Weight, ...], BeforeValidator(_weights(7, "day of the week"))] = given(
        ["1"] * 7  # type: ignore[arg-type]
    )
    """7 weights, Monday to Sunday; only their ratios count. Default: every day alike."""

    months: Annotated[tuple[Weight, ...], BeforeValidator(_weights(12, "month"))] = given(
        ["1"] * 12  # type: ignore[arg-type]
    )
    """12 weights, January to December; only their ratios count. Default: every month alike."""

    events: dict[Name, Peak] = Field(default_factory=dict)
    """Spells of more traffic or less, by name: {midnight: {at: 12-31 23:50, for: 30 min,
    factor: 6}}. Default: none."""

    def relative(self, local: datetime) -> float:
        """Rate at a local time, divided by that of a mean day without events."""
        found = self.hours[local.hour] / (math.fsum(self.hours) / 24)
        for weights, at in ((self.days, local.weekday()), (self.months, local.month - 1)):
            if len(set(weights)) > 1:
                found *= weights[at] / (math.fsum(weights) / len(weights))
        return found


class Burst(Part):
    """A state of traffic that comes and goes by chance."""

    factor: Weight
    """Rate in this state; only the ratios of the states count, the volume is kept."""

    mean: PositiveNanoseconds
    """Mean time in it, exponential, e.g. 5 min; no default."""


def check_bursts(states: dict[str, Burst]) -> dict[str, Burst]:
    """States of bursts, if they are several and some of them send."""
    if states and len(states) < 2:
        raise Refusal(
            "needs at least two states",
            "write e.g. {calm: {factor: 1, mean: 1 h}, busy: {factor: 9, mean: 5 min}}",
            show_value=False,
        )
    if states and all(state.factor == 0 for state in states.values()):
        raise Refusal("needs at least one factor above 0", show_value=False)
    return states


class Arriving(Part):
    """What all traffic has in common that comes at a mean rate."""

    profile: Name = given("flat")
    """Hours of the day, days of the week, months and events: one of `profiles` or a shipped one.
    Default flat."""

    bursts: Annotated[dict[Name, Burst], AfterValidator(check_bursts)] = Field(default_factory=dict)
    """States that follow each other in a ring, in the order of their names, and multiply the rate
    (a Markov-modulated Poisson process): {calm: {factor: 1, mean: 1 h}, busy: {factor: 9, mean:
    5 min}}. Default: none, Poisson arrivals."""

    batch: Weight = given("1")
    """Mean number of messages that come at one instant, geometric, at least 1: somebody who writes
    to several people at once. Default 1."""

    @model_validator(mode="after")
    def _whole_batch(self) -> Self:
        if self.batch < 1:
            raise Refusal("has a batch below 1", "write batch: 1 or more", show_value=False)
        return self


def is_in_year(moment: Yearly, year: int) -> date | None:
    """Day of a moment in a year, or None: another year's, or 29 February of a common year."""
    if moment.year not in (None, year):
        return None
    try:
        return date(year, moment.month, moment.day)
    except ValueError:
        return None
