"""What else uses the radio channels: calls and location updates; the YAML manual of each.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.quantities import (
    Count,
    Frequency,
    FrequencyEach,
    PositiveNanoseconds,
    Share,
)
from smsc_sim.scenario.schema_base import Name, Part, given
from smsc_sim.scenario.schema_distributions import Distribution, Shape


class Retrials(Part):
    """What follows when no channel is free.

    All of it happens by chance of each phone; phones that give up are lost calls.
    """

    probability: Share = given("70 %")
    """Share of those that found no channel who try again, each time. Default 70 %: judgement."""

    delay: PositiveNanoseconds = given("10 s")
    """Mean pause before that, exponential. Default 10 s: T3122 of osmo-bsc, for which a refused
    phone keeps silent (found: osmocom/osmo-bsc@1245bb6f, net_init.c)."""

    at_most: Annotated[Count, Field(ge=0, le=100)] = given(3)
    """Most retrials of one call or update, a whole number up to 100. Default 3: judgement."""


def _exponential(mean: str) -> Shape:
    return Shape.model_validate({"exponential": {"mean": mean}})


class _Background(Part):
    """What calls and location updates have in common."""

    from_: Name = Field(alias="from")
    """Population whose phones use the channels; those without GSM access do not."""

    volume: FrequencyEach | None = None
    """How often on a day for each phone of the population, e.g. 2 /day. Either this or
    `rate`. Default: none."""

    rate: Frequency | None = None
    """How often for all phones together, on average over a day, e.g. 14 /s. Either this or
    `volume`. Default: none."""

    profile: Name = given("flat")
    """Hours of the day, one of `profiles` or a shipped one. Default flat."""

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        if (self.volume is None) == (self.rate is None):
            raise Refusal(
                "needs either volume or rate", "write e.g. volume: 2 /day", show_value=False
            )
        return self


class Calls(_Background):
    """Telephone calls: set up on an SDCCH, then held on a TCH."""

    kind: Literal["calls"]
    """Kind of background: calls."""

    terminated: Share = given("50 %")
    """Share of the calls that come in; their phones are paged first. Default 50 %: judgement."""

    setup: Distribution = given("1500 ms")
    """Time on the SDCCH until a TCH is given: a duration or a distribution. Default 1.5 s: Traynor
    et al. 2006, Mitigating attacks on open functionality (from memory, not found); 2.5 to 3 s
    elsewhere."""

    duration: Distribution = Field(default_factory=lambda: _exponential("120 s"))
    """Time on the TCH: a duration or a distribution. Default exponential with a mean of 120 s: the
    mean of the same paper (from memory, not found), the distribution of Erlang's formulas."""

    retrials: Retrials = Retrials()
    """What follows when no SDCCH or no TCH is free."""


class LocationUpdates(_Background):
    """Location updates, attaches and detaches: an SDCCH each, and nothing else."""

    kind: Literal["location_updates"]
    """Kind of background: location_updates."""

    holding: Distribution = given("3500 ms")
    """Time on the SDCCH: a duration or a distribution. Default 3.5 s (from memory, not found); the
    mean of all uses is 3.5 to 7.5 s (found: erlang.com/topic/1-7769)."""

    retrials: Retrials = Retrials.model_validate(
        {"probability": "100 %", "delay": "15 s", "at_most": "4"}
    )
    """What follows when no SDCCH is free. Default: all try again after 15 s (T3211, found:
    itecspec.com, 3GPP 24.008), at most 4 times (judgement)."""


Background = Annotated[Calls | LocationUpdates, Field(discriminator="kind")]
"""Background of one kind; `kind` says which keys it has."""
