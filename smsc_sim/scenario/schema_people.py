"""Messages that people send each other, and what they do after a refusal; the YAML manual.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from smsc_sim.scenario.errors import Refusal, did_you_mean
from smsc_sim.scenario.quantities import (
    Count,
    Nanoseconds,
    PositiveNanoseconds,
    Share,
    VolumePerSecond,
)
from smsc_sim.scenario.schema_arrivals import Arriving
from smsc_sim.scenario.schema_base import Name, Part, Shares, given

# Why a phone's submission fails.
SUBMIT_CAUSES = ("congestion", "timeout", "throttled", "store_full", "not_paid", "no_channel")


def _submit_cause(value: Any) -> str:
    if value not in SUBMIT_CAUSES:
        raise Refusal("is no cause of a refusal", did_you_mean(str(value), SUBMIT_CAUSES))
    return str(value)


SubmitCause = Annotated[
    str, BeforeValidator(_submit_cause), WithJsonSchema({"enum": list(SUBMIT_CAUSES)})
]


class Resend(Part):
    """What a person does whose phone says that the message was not sent."""

    probability: Share = given("50 %")
    """Share of refused or unanswered submissions that are tried again. Default 50 %: judgement."""

    causes: dict[SubmitCause, Share] = Field(default_factory=dict)
    """That share for single causes, e.g. {timeout: 80 %, store_full: 30 %}. Default: none."""

    delay: Nanoseconds = given("1 min")
    """Mean pause before that, exponential. Default 1 min: judgement."""

    at_most: Annotated[Count, Field(ge=0, le=15)] = given(3)
    """Most resends of one segment, a whole number up to 15. Default 3: judgement."""


class PersonToPerson(Arriving):
    """Messages that people send each other."""

    kind: Literal["person_to_person"]
    """Kind of traffic: person_to_person."""

    from_: Name = Field(alias="from")
    """Population that sends."""

    volume: VolumePerSecond
    """Messages that one person sends on a day, e.g. 3 msg/day; no default. 1 to 5 are typical
    (found: telcocalc.com/tools/capacity/sms-tps)."""

    to: Shares
    """Populations that receive, with shares of the messages, or one name."""

    text: Name = given("nus-english")
    """Lengths of the texts, one of `texts` or a shipped one. Default nus-english."""

    bearer: Name | None = None
    """Bearer, one of `bearers`: octets in a segment. Default: 140 octets."""

    class_: Name = given("person_to_person", alias="class")
    """Class under which results and targets count it. Default person_to_person."""

    validity: PositiveNanoseconds | None = None
    """How long the message is kept. Default: what the SMSC says."""

    patience: PositiveNanoseconds = given("40 s")
    """How long the phone waits for the SMSC's answer. Default 40 s: TR1M of libosmocore (found:
    osmocom/libosmocore@0cbfb384, gsm_04_11.h)."""

    resend: Resend = Resend()
    """What the sender does after a refusal."""

    price: Literal["retail", "a2p"] = "retail"
    """Kind of price that the sender pays. Default retail."""
