"""Subscribers in a scenario: when phones are reachable and have memory, and errors of attempts.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from smsc_sim.model.causes import HLR_ERRORS, MSC_ERRORS, PHONE_ERRORS
from smsc_sim.scenario.errors import Refusal, did_you_mean
from smsc_sim.scenario.quantities import Nanoseconds, PositiveNanoseconds, Share
from smsc_sim.scenario.schema_base import SHARE_TOLERANCE, Name, Part, Shares, given
from smsc_sim.scenario.units import DURATION, NANOSECONDS, written


def _a_second_or_more(value: int) -> int:
    # Spells are walked one by one from start, so their number must stay bounded.
    if value < NANOSECONDS:
        raise Refusal("must be at least 1 s", "write e.g. 10 h")
    return value


class Reachability(Part):
    """When phones are reachable: spells on and off, drawn for each phone.

    The defaults give 7.7 % of phones absent at a random moment; 5-15 % is from memory, not found.
    """

    mean_on: Annotated[Nanoseconds, AfterValidator(_a_second_or_more)] = given("10 h")
    """Mean spell during which a phone is reachable, at least 1 s. Default 10 h: judgement."""

    mean_off: Nanoseconds = given("50 min")
    """Mean spell during which it is not; 0 s means always reachable. Default 50 min: judgement."""

    detached: Share = given("50 %")
    """Share of the off spells that the network knows of (IMSI detach), so that no page is sent.
    Default 50 %: judgement."""

    noticed: Share = given("70 %")
    """Share of the returns that the network notices at once. A phone that returns to its old cell
    without activity is not noticed (found: smsitaly.com/eng/smsdelays.asp); the share is
    judgement. Default 70 %."""

    activity: PositiveNanoseconds = given("2 h")
    """Mean time to the next activity, at which an unnoticed return is noticed. Default 2 h:
    judgement."""

    periodic_update: PositiveNanoseconds = given("60 min")
    """Period of location updates, at which an unnoticed return is noticed at the latest. Default
    60 min: T3212 of the VLR (found: osmocom/osmo-msc@e73f361f, vlr.c)."""


def _hlr_error(value: object) -> str:
    if value not in HLR_ERRORS:
        raise Refusal("is no error that an HLR answers", did_you_mean(str(value), HLR_ERRORS))
    return str(value)


def _msc_error(value: object) -> str:
    if value in ("subscriber_busy", "system_failure"):
        raise Refusal("has a key of its own", f"write errors.{value}")
    known = (*MSC_ERRORS, *PHONE_ERRORS)
    if value not in known:
        raise Refusal("is no error that an MSC answers", did_you_mean(str(value), known))
    return str(value)


def _at_most_one(shares: dict[str, float]) -> dict[str, float]:
    total = math.fsum(shares.values())
    if total > 1.0 + SHARE_TOLERANCE:
        raise Refusal(
            f"shares must not exceed 100 %, they sum to {total * 100:.10g} %",
            "lower one of them",
            show_value=False,
        )
    return shares


HlrError = Annotated[str, BeforeValidator(_hlr_error), WithJsonSchema({"enum": list(HLR_ERRORS)})]
MscError = Annotated[
    str,
    BeforeValidator(_msc_error),
    WithJsonSchema({"enum": [*MSC_ERRORS, *PHONE_ERRORS]}),
]


def _range(value: object) -> object:
    if isinstance(value, str):
        low, dash, high = value.partition("-")
        if dash:
            unit = high.strip().lstrip("0123456789.eE")
            return (low + unit if low.strip()[-1:].isdigit() else low, high)
        return (value, value)
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise Refusal("needs a time or a range of times", "write e.g. 3-10 min", show_value=False)
    return tuple(value)


def _ascending(value: tuple[int, int]) -> tuple[int, int]:
    if value[0] > value[1]:
        raise Refusal("must be from short to long", "write e.g. 3-10 min", show_value=False)
    return value


TimeRange = Annotated[
    tuple[Nanoseconds, Nanoseconds],
    BeforeValidator(_range),
    AfterValidator(_ascending),
    PlainSerializer(lambda value: "-".join(written(DURATION, end) for end in value), str),
    WithJsonSchema({"type": "string", "examples": ["3-10 min"]}),
]
"""A time between two bounds, each as likely as any other: "3-10 min"."""


class AttemptErrors(Part):
    """Errors that an attempt meets at a phone that is otherwise there, as shares of attempts."""

    at_hlr: Annotated[dict[HlrError, Share], AfterValidator(_at_most_one)] = Field(
        default_factory=dict
    )
    """Queries that the HLR answers with an error, by cause: {call_barred: 5 %,
    absent_subscriber: 10 %}. Default: none but barred and dead numbers."""

    at_msc: Annotated[dict[MscError, Share], AfterValidator(_at_most_one)] = Field(
        default_factory=dict
    )
    """Deliveries that MSC or phone answer with an error, by cause: {illegal_subscriber: 5 %,
    memory_capacity_exceeded: 1 %}; subscriber_busy and system_failure have keys of their own.
    Default: none."""

    alert_after: TimeRange = given("3-10 min")
    """Time after which a phone is back, or has memory, that only such an error has made absent or
    full; uniform: 3-10 min. Default 3-10 min: judgement."""

    subscriber_busy: Share = given("1 %")
    """Attempts that find the phone busy with another short message. Default 1 %: judgement."""

    system_failure: Share = given("0.2 %")
    """Attempts that fail in the network for no other reason. Default 0.2 %: judgement."""


class Ported(Part):
    """Numbers that came from another network: the query meets the wrong HLR first."""

    share: Share
    """Share of the numbers that are ported, e.g. 5 %; no default."""

    hlr: Name | None = None
    """HLR, or relay in its place, that is asked first. Default: the population's own, as a relay
    function beside it."""


class Roaming(Part):
    """Phones that are served by the MSCs of another network; their HLR stays the same."""

    share: Share
    """Share of the phones that roam, e.g. 3 %; no default."""

    mscs: Shares
    """MSCs that serve them, with shares, or one name: visited. They are joined to the network by
    link sets like any other; no default."""


def _below_one(value: float) -> float:
    if value >= 1.0:
        raise Refusal("must be below 100 %", "write e.g. 2 %")
    return value


class Memory(Part):
    """When phones have no memory for another text: spells, drawn for each phone."""

    full: Annotated[Share, AfterValidator(_below_one)] = given("0 %")
    """Share of the phones whose memory is full at a random moment, below 100 %. Default 0 %."""

    mean_full: Annotated[Nanoseconds, AfterValidator(_a_second_or_more)] = given("6 h")
    """Mean time until its owner makes room, exponential, at least 1 s. Default 6 h: judgement."""
