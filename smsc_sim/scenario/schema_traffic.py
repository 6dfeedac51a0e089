"""What is sent in a scenario, and sent again: texts, daily profiles, retry policies, traffic.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from smsc_sim.model.causes import CAUSES
from smsc_sim.model.network import MOST_SEGMENTS
from smsc_sim.scenario.errors import Refusal, did_you_mean
from smsc_sim.scenario.quantities import (
    Count,
    Nanoseconds,
    PositiveNanoseconds,
    Share,
    Weight,
)
from smsc_sim.scenario.schema_applications import DesktopWidget, ImGateway, OneTimePassword
from smsc_sim.scenario.schema_base import Part, given, ratio_of_one
from smsc_sim.scenario.schema_batches import Campaign, NewsAlert, SportsTicker
from smsc_sim.scenario.schema_customers import Recurring, Triggered
from smsc_sim.scenario.schema_offnet import Incoming
from smsc_sim.scenario.schema_people import PersonToPerson
from smsc_sim.scenario.schema_survey import Survey
from smsc_sim.scenario.schema_trace import TraceTraffic
from smsc_sim.scenario.units import NANOSECONDS

LONGEST_GSM7 = MOST_SEGMENTS * 153  # septets
LONGEST_UCS2 = MOST_SEGMENTS * 67  # code units
RETRY_CAUSES = tuple(cause.name for cause in CAUSES if cause.is_retried)
PERMANENT_CAUSES = tuple(cause.name for cause in CAUSES if cause.is_retried and cause.is_permanent)

_BIN = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)


def _bin(longest: int, value: Any) -> str:
    match = _BIN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Refusal("needs a length or a range of lengths", 'write e.g. "25" or "1-10"')
    low, high = int(match.group(1)), int(match.group(2) or match.group(1))
    if not low <= high <= longest:
        raise Refusal(f"must be from low to high, at most {longest}", 'write e.g. "1-10"')
    return str(value)


Gsm7Bin = Annotated[str, BeforeValidator(partial(_bin, LONGEST_GSM7))]
Ucs2Bin = Annotated[str, BeforeValidator(partial(_bin, LONGEST_UCS2))]


class TextLengths(Part):
    """How long texts are: shares of lengths in each alphabet; all shares together are 100 %."""

    gsm7: dict[Gsm7Bin, Share] = Field(default_factory=dict)
    """Texts in the GSM 7-bit alphabet: length in septets, or a range in which every length is
    equally likely, with its share: {"25": 45 %, "1-10": 10 %}. Default: none."""

    ucs2: dict[Ucs2Bin, Share] = Field(default_factory=dict)
    """Texts in UCS2: length in 16-bit code units, or a range, with its share. Default: none."""

    @model_validator(mode="after")
    def _sum(self) -> Self:
        both = [*self.gsm7.values(), *self.ucs2.values()]
        ratio_of_one(both, "shares of gsm7 and ucs2 together")
        return self

    def bins(self) -> list[tuple[str, int, int, float]]:
        """Rows of (alphabet, lowest length, highest length, share), in the order of lengths."""
        rows = []
        for alphabet, shares in (("gsm7", self.gsm7), ("ucs2", self.ucs2)):
            for text, share in shares.items():
                low, _, high = text.partition("-")
                rows.append((alphabet, int(low), int(high or low), share))
        return sorted(rows)


def _delays(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)) or not value:
        raise Refusal("needs a list of durations", "write e.g. [5 min, 15 min]", show_value=False)
    return tuple(value)


class Schedule(Part):
    """When a failed attempt is repeated.

    Only validity ends a schedule that names no `attempts`.
    """

    delays: Annotated[tuple[Nanoseconds, ...], BeforeValidator(_delays)]
    """Delay before the second attempt, the third and so on: [1 min, 5 min]."""

    then: Literal["repeat", "double", "multiply", "stop"] = "stop"
    """After the last delay: repeat it, double it each time, multiply it by `factor` each time, or
    stop. Default stop."""

    factor: Weight | None = None
    """What `then: multiply` multiplies by, from 1.1 to 10: 1.5. Default: none."""

    ceiling: PositiveNanoseconds | None = None
    """Longest delay that growing may reach. Default: none."""

    attempts: Annotated[Count, Field(ge=1)] | None = None
    """Most attempts, the first one included, a whole number. Default: no limit but `then` and
    the validity of the message."""

    @model_validator(mode="after")
    def _ends(self) -> Self:
        shortest = {"repeat": NANOSECONDS, "double": 1, "multiply": NANOSECONDS, "stop": 0}[
            self.then
        ]
        if self.attempts is None and self.delays[-1] < shortest:
            raise Refusal(
                "would repeat without end, faster than once a second",
                "give attempts, or a longer last delay",
                show_value=False,
            )
        if (self.factor is not None) != (self.then == "multiply"):
            raise Refusal(
                "needs both then: multiply and a factor, or neither",
                "write e.g. then: multiply, factor: 1.5",
                show_value=False,
            )
        if self.factor is not None and not 1.1 <= self.factor <= 10:
            raise Refusal("has a factor that is not from 1.1 to 10", "write e.g. factor: 1.5")
        if self.ceiling is not None and self.then not in ("double", "multiply"):
            raise Refusal(
                "has a ceiling but does not double",
                "write then: double, or leave ceiling out",
                show_value=False,
            )
        if self.ceiling is not None and self.ceiling < self.delays[-1]:
            raise Refusal(
                "has a ceiling below its last delay", "raise the ceiling", show_value=False
            )
        return self


def _cause(value: Any) -> str:
    if value not in RETRY_CAUSES:
        raise Refusal("is no cause of a failed attempt", did_you_mean(str(value), RETRY_CAUSES))
    return str(value)


RetryCause = Annotated[
    str,
    BeforeValidator(_cause),
    WithJsonSchema({"enum": list(RETRY_CAUSES)}),
]


def _causes(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise Refusal("needs a list of causes", "write e.g. [unknown_subscriber]", show_value=False)
    return tuple(value)


class RetryPolicy(Part):
    """What an SMSC does after a failed attempt, by cause."""

    first_attempt: Nanoseconds = given("0 s")
    """Delay between storing a message and its first attempt. Default 0 s."""

    default: Schedule
    """Schedule of every cause without its own; no default."""

    causes: dict[RetryCause, Schedule] = Field(default_factory=dict)
    """Schedules of single causes, e.g. subscriber_busy. Default: none."""

    permanent: Annotated[tuple[RetryCause, ...], BeforeValidator(_causes)] = PERMANENT_CAUSES
    """Causes after which a message is given up at once. Default: unknown_subscriber,
    teleservice_not_provisioned, illegal_subscriber, illegal_equipment and
    unidentified_subscriber, as in table 1 of 3GPP TS 23.040 (from memory, not found)."""

    @model_validator(mode="after")
    def _one_fate(self) -> Self:
        for cause in self.causes:
            if cause in self.permanent:
                raise Refusal(
                    f"gives a schedule to {cause}, which is permanent",
                    "write permanent without it",
                    show_value=False,
                )
        return self


Traffic = Annotated[
    PersonToPerson
    | OneTimePassword
    | DesktopWidget
    | Campaign
    | Survey
    | ImGateway
    | NewsAlert
    | SportsTicker
    | Recurring
    | Triggered
    | Incoming
    | TraceTraffic,
    Field(discriminator="kind"),
]
"""Traffic of one kind; `kind` says which keys it has."""
