"""What all messages have in common that phones send: the wait, and resends; the YAML manual.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from smsc_sim.scenario.errors import Refusal, did_you_mean
from smsc_sim.scenario.quantities import Count, Nanoseconds, PositiveNanoseconds, Share
from smsc_sim.scenario.schema_base import Part, given

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


class Written(Part):
    """What all messages have in common that phones send."""

    patience: PositiveNanoseconds = given("40 s")
    """How long the phone waits for the SMSC's answer. Default 40 s: TR1M of libosmocore (found:
    osmocom/libosmocore@0cbfb384, gsm_04_11.h)."""

    resend: Resend = Resend()
    """What the sender does after a refusal."""
