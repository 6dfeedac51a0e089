"""Other networks in a scenario: routes, foreign networks, what comes in; the YAML manual of each.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from smsc_sim.model.codes import CAUSE_NAMES
from smsc_sim.scenario.errors import Refusal, did_you_mean
from smsc_sim.scenario.quantities import (
    Count,
    Nanoseconds,
    PerSecond,
    PositiveNanoseconds,
    Price,
    Share,
    VolumePerSecond,
)
from smsc_sim.scenario.schema_arrivals import Arriving
from smsc_sim.scenario.schema_base import Flag, Name, Part, Shares, given, ratio_of_one
from smsc_sim.scenario.schema_distributions import Distribution

# What another network or a hub may answer; the other causes are those of our own store.
FOREIGN_CAUSES = tuple(
    name for name in CAUSE_NAMES if name not in ("none", "timeout", "throttled", "store_full")
)
MOST_ROUTES = 8  # of one population: primary and fallbacks


def _outcome(good: str, value: Any) -> str:
    known = (good, *FOREIGN_CAUSES)
    if value not in known:
        raise Refusal("is no outcome", did_you_mean(str(value), known))
    return str(value)


def _whole(shares: dict[str, float]) -> dict[str, float]:
    ratio_of_one(shares.values(), "outcomes")
    return shares


Delivered = Annotated[
    str,
    BeforeValidator(partial(_outcome, "delivered")),
    WithJsonSchema({"enum": ["delivered", *FOREIGN_CAUSES]}),
]
Found = Annotated[
    str,
    BeforeValidator(partial(_outcome, "found")),
    WithJsonSchema({"enum": ["found", *FOREIGN_CAUSES]}),
]
Deliveries = Annotated[dict[Delivered, Share], AfterValidator(_whole)]
"""Shares of what becomes of an attempt, {delivered: 93 %, absent_subscriber: 7 %}."""
Findings = Annotated[dict[Found, Share], AfterValidator(_whole)]
"""Shares of what an HLR answers, {found: 99 %, unknown_subscriber: 1 %}."""


def _routes(value: Any) -> tuple[Any, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= MOST_ROUTES:
        raise Refusal(
            f"needs the name of a route, or a list of at most {MOST_ROUTES}",
            "write e.g. [hub, spare]",
            show_value=False,
        )
    if len(set(map(str, value))) < len(value):
        raise Refusal("names a route twice", "name each once", show_value=False)
    return tuple(value)


Routes = Annotated[
    tuple[Name, ...],
    BeforeValidator(_routes),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""Routes in the order in which they are tried, or one name."""


class Route(Part):
    """A hub or aggregator that takes segments over SMPP and delivers them somewhere.

    What happens inside is not known: a delay and an outcome are drawn for each segment.
    """

    rate: PerSecond = given("50 msg/s")
    """Highest rate of submissions over its session. Default 50 msg/s: one server of SMSPortal
    (found: docs.smsportal.com/docs/smpp-connection)."""

    queue: Nanoseconds = given("1 s")
    """Longest queueing for the session; a segment that would wait longer tries the next route.
    Default 1 s: judgement."""

    latency: Nanoseconds = given("50 ms")
    """Time between SMSC and hub, one way. Default 50 ms: judgement."""

    delay: Distribution = given("3 s")
    """Time from the hub's acceptance until the segment is delivered or given up: a duration or a
    distribution such as {lognormal: {median: 3 s, sigma: 1}}. Default 3 s: judgement."""

    outcomes: Deliveries = given({"delivered": "95.5 %", "absent_subscriber": "4.5 %"})
    """What becomes of the segments, as shares of those accepted: delivered, and causes. Default
    95.5 % delivered, the mean of an updated list (found: messaging.yuboto.com); that all others
    find the phone absent is judgement."""

    receipts: Literal["honest", "fake"] = "honest"
    """Receipts that the hub returns: honest, or fake ones that claim every segment delivered.
    Default honest."""

    price: Price | None = None
    """What the operator pays the hub for an accepted segment, e.g. 0.02 EUR, in the currency of
    the rate card. Default: no cost is counted."""


class Network(Part):
    """A foreign network, joined by link sets: its HLR and MSC answer SRI-SM and mt-ForwardSM.

    It has no queue and sets no flags: outcomes are drawn for each query and each attempt anew.
    """

    answer_time: Distribution = given("150 ms")
    """Time in which its HLR answers. Default 150 ms: judgement."""

    delivery_time: Distribution = given("5 s")
    """Time in which its MSC answers mt-ForwardSM, paging and radio included. Default 5 s:
    judgement, as of a phone of one's own."""

    hlr: Findings = given({"found": "99.5 %", "unknown_subscriber": "0.5 %"})
    """What its HLR answers, as shares of queries: found, and causes. Default 0.5 % unknown:
    judgement, as for populations."""

    msc: Deliveries = given({"delivered": "92 %", "absent_subscriber": "8 %"})
    """What becomes of attempts, as shares: delivered, and causes. Default 8 % absent: judgement;
    5-15 % of phones absent is from memory, not found."""


class Incoming(Arriving):
    """Messages that a foreign SMSC delivers to our phones: past our SMSCs, over all else."""

    kind: Literal["incoming"]
    """Kind of traffic: incoming."""

    smsc: Name
    """SMSC that stands for the foreign one, with its own rate, retries and link sets. What our
    phones send does not go to it unless their population says so."""

    to: Shares
    """Populations that receive, with shares of the messages, or one name."""

    rate: PerSecond | None = None
    """Mean rate of messages over a day, e.g. 20 msg/s; or give `volume`. Default: none."""

    volume: VolumePerSecond | None = None
    """Messages that one recipient gets on a day, e.g. 1 msg/day. Default: none."""

    text: Name = given("nus-english")
    """Lengths of the texts, one of `texts` or a shipped one. Default nus-english."""

    bearer: Name | None = None
    """Bearer, one of `bearers`: octets in a segment. Default: 140 octets."""

    class_: Name = given("incoming", alias="class")
    """Class under which results and targets count it. Default incoming."""

    validity: PositiveNanoseconds | None = None
    """How long the message is kept. Default: what that SMSC says."""

    priority: Flag = given("false")
    """Whether SRI-SM asks with priority. Default false."""

    price: Literal["none"] = "none"
    """Kind of price that the sender pays us. Default none: what networks pay each other is not
    counted."""

    @model_validator(mode="after")
    def _has_a_rate(self) -> Self:
        if (self.rate is None) == (self.volume is None):
            raise Refusal(
                "needs a rate or a volume, and not both", "give one of them", show_value=False
            )
        return self


class Bearer(Part):
    """What carries texts: how many octets one segment has room for."""

    payload_octets: Annotated[Count, Field(ge=20, le=255)] = given(140)
    """Octets of user data of one segment, its header included: 20 to 255, as many as its length
    octet counts. Default 140 (found: 3GPP TS 23.040 9.2.3.24.1). Over 140 an MSU may be longer
    than one link frame; it is then cut by SCCP into several (XUDT)."""
