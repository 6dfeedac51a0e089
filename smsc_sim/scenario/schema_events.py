"""What goes wrong in a scenario and what is asked of it: failures, targets and the rate card.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.moments import MomentNs
from smsc_sim.scenario.quantities import PositiveNanoseconds, Price, Share
from smsc_sim.scenario.schema_base import Country, ElementName, Flag, Name, Part
from smsc_sim.scenario.units import NANOSECONDS


def _names(value: Any) -> Any:
    if not isinstance(value, (list, tuple)) or not value or not all(map(_is_text, value)):
        raise Refusal("needs names of elements", "write e.g. [a, b]", show_value=False)
    if len(set(value)) < len(value):
        raise Refusal("names an element twice", "leave one out", show_value=False)
    return tuple(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _long_enough(value: int) -> int:
    # Outages are listed when a run begins, so their number must stay bounded.
    if value < NANOSECONDS:
        raise Refusal("must be at least 1 s", "write e.g. 30 d")
    return value


class _Fails(Part):
    """What goes out of service, and what that does to a store."""

    element: ElementName | None = None
    """SMSC, HLR, STP, MSC or link set that fails, or one link: home-a.1 is link 1 of set home-a.
    Default: none, `elements` names several."""

    elements: Annotated[tuple[ElementName, ...], BeforeValidator(_names)] | None = None
    """Elements that fail together, of a common cause: [a, b]. Default: none, `element` names
    one."""

    store: Literal["kept", "lost"] = "kept"
    """What becomes of the store of an SMSC that fails: kept, or lost with all segments in it.
    Default kept."""

    @property
    def names(self) -> tuple[str, ...]:
        """Elements that fail."""
        return self.elements or ((self.element,) if self.element else ())


class Outage(_Fails):
    """Elements that are out of service for a time."""

    tag: ClassVar[str] = "outage"

    at: MomentNs
    """When they fail: 21:00, 2026-12-31T21:00 or +3 h; no default."""

    for_: PositiveNanoseconds = Field(alias="for")
    """How long they are out of service, e.g. 10 min; no default."""

    planned: Flag = False
    """Whether it is planned work: the elements are taken out gracefully. Nothing new is given to
    them, and what queues or is served there is finished. Default false."""


class RandomFailure(_Fails):
    """Elements that fail and are repaired again and again, at random.

    Times are exponential, drawn by replication, name of the failure and number of the outage.
    All is up at the start.
    """

    tag: ClassVar[str] = "random"

    mtbf: Annotated[PositiveNanoseconds, AfterValidator(_long_enough)]
    """Mean time from a repair to the next failure, e.g. 30 d, at least 1 s; no default."""

    mttr: PositiveNanoseconds
    """Mean time from a failure to its repair, e.g. 2 h; no default."""


def _kind_of_failure(value: Any) -> str:
    if isinstance(value, dict):
        return "random" if value.keys() & {"mtbf", "mttr"} else "outage"
    return str(getattr(value, "tag", "outage"))


Failure = Annotated[
    Annotated[Outage, Tag("outage")] | Annotated[RandomFailure, Tag("random")],
    Discriminator(_kind_of_failure),
]
"""A failure; with `mtbf` and `mttr` it is random, with `at` and `for` it happens once."""


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


class CallTarget(Part):
    """Not too many telephone calls lost."""

    measure: Literal["call_blocking"]
    """What is judged: call_blocking."""

    element: Name | None = None
    """MSC that is judged. Default: all together."""

    at_most: Share
    """Highest share of calls that in the end find no channel, e.g. 1 %."""


class LoginTarget(Part):
    """Enough logins of a class of one-time passwords completed in time."""

    measure: Literal["logins_within"] = "logins_within"
    """What is judged: logins_within, the share of logins completed. Default logins_within."""

    class_: Name = Field(alias="class")
    """Class of traffic that is judged; its codes need a `person`."""

    logins_within: PositiveNanoseconds
    """Longest time from the start of a login to its completion, e.g. 60 s."""

    at_least: Share
    """Share of the logins begun that must reach it, e.g. 90 %."""


def _measure(value: Any) -> str:
    if isinstance(value, dict) and "logins_within" in value:
        return "logins_within"
    if isinstance(value, dict):
        return str(value.get("measure", "within"))
    return str(getattr(value, "measure", "within"))


Target = Annotated[
    Annotated[WithinTarget, Tag("within")]
    | Annotated[DeliveryTarget, Tag("delivery_ratio")]
    | Annotated[UtilisationTarget, Tag("utilisation")]
    | Annotated[CallTarget, Tag("call_blocking")]
    | Annotated[LoginTarget, Tag("logins_within")],
    Discriminator(_measure),
]
"""A target; `measure` says which keys it has. Default within; logins_within where that is a key."""


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
