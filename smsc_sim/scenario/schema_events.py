"""What goes wrong in a scenario and what is asked of it: failures, targets and the rate card.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from smsc_sim.scenario.moments import MomentNs
from smsc_sim.scenario.quantities import PositiveNanoseconds, Price, Share
from smsc_sim.scenario.schema_base import Country, ElementName, Name, Part


class Failure(Part):
    """An element that is out of service for a time."""

    element: ElementName
    """SMSC, HLR, STP, MSC or link set that fails, or one link: home-a.1 is link 1 of set home-a."""

    at: MomentNs
    """When it fails: 21:00, 2026-12-31T21:00 or +3 h."""

    for_: PositiveNanoseconds = Field(alias="for")
    """How long it is out of service."""


class WithinTarget(Part):
    """Enough messages of a class on the handset in time."""

    measure: Literal["within"] = "within"
    """What is judged: within, the share of messages in time. Default within."""

    class_: Name = Field(alias="class")
    """Class of traffic that is judged, as `class` of the traffic names it."""

    within: PositiveNanoseconds
    """Longest time from first submission to the whole message on the handset, e.g. 30 s."""

    at_least: Share
    """Share of first submissions that must reach it, e.g. 99 %."""

    country: Country | None = None
    """Only messages to this country. Default: all."""


class DeliveryTarget(Part):
    """Enough messages of a class delivered at all."""

    measure: Literal["delivery_ratio"]
    """What is judged: delivery_ratio."""

    class_: Name = Field(alias="class")
    """Class of traffic that is judged, as `class` of the traffic names it."""

    at_least: Share
    """Share of first submissions that must be delivered, e.g. 95 %."""

    country: Country | None = None
    """Only messages to this country. Default: all."""


class UtilisationTarget(Part):
    """An element that must not be too busy."""

    measure: Literal["utilisation"]
    """What is judged: utilisation."""

    element: Name
    """SMSC, HLR, STP, MSC or link set that is judged."""

    at_most: Share
    """Highest utilisation, e.g. 40 %: the rule for a link without failures (found:
    erlang.com/reply/65224)."""


def _measure(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("measure", "within"))
    return str(getattr(value, "measure", "within"))


Target = Annotated[
    Annotated[WithinTarget, Tag("within")]
    | Annotated[DeliveryTarget, Tag("delivery_ratio")]
    | Annotated[UtilisationTarget, Tag("utilisation")],
    Discriminator(_measure),
]
"""A target; `measure` says which keys it has, default within."""


class FallbackPrices(Part):
    """Prices per segment for destinations that the rate card lacks."""

    retail: Price | None = None
    """What a person pays. Default: a missing rate is an error."""

    a2p: Price | None = None
    """What an application pays. Default: a missing rate is an error."""


class Rates(Part):
    """The rate card that prices the traffic."""

    card: Annotated[str, Field(min_length=1, max_length=200)] = "list-2026"
    """A shipped card by name, or a CSV file in the scenario's folder. Default list-2026."""

    fallback: FallbackPrices = FallbackPrices()
    """Prices for destinations that the card lacks."""
