"""What operators take from one sender; the YAML manual.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

import zoneinfo
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from smsc_sim.content.sender_limits import sender_limits, shipped_tiers
from smsc_sim.scenario.errors import Refusal, did_you_mean
from smsc_sim.scenario.quantities import Count
from smsc_sim.scenario.schema_base import Part

Operator = Annotated[str, Field(min_length=1, max_length=100)]
"""Name of an operator, as people write it: AT&T."""


def _zone(value: Any) -> str:
    try:
        return str(zoneinfo.ZoneInfo(str(value)))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise Refusal("is no time zone", "write e.g. America/Los_Angeles") from None


Zone = Annotated[str, BeforeValidator(_zone), WithJsonSchema({"type": "string"})]
"""A time zone of the tz database."""


class SenderLimit(Part):
    """What one operator takes from an account."""

    per_minute: Annotated[Count, Field(ge=1)] | None = None
    """Segments in a minute, a whole number; the account keeps to it, evenly. Default: no limit."""

    per_day: Annotated[Count, Field(ge=1)] | None = None
    """Messages from one midnight to the next, a whole number; resends are not counted. Default: no
    limit."""

    zone: Zone = "UTC"
    """Whose midnight. Default UTC."""

    beyond_day: Literal["fail", "queue"] = "fail"
    """What becomes of messages beyond `per_day`: they fail, and are charged (found: docs.bird.com,
    sms-10dlc/troughput-and-daily-caps), or wait until 8 h of the next day in that zone (found:
    infobip.com/docs/10dlc/throughput, by the local time of the number). Default fail."""

    @model_validator(mode="after")
    def _limits(self) -> Self:
        if self.per_minute is None and self.per_day is None:
            raise Refusal("limits nothing", "give per_minute or per_day", show_value=False)
        return self


def _tier(value: Any) -> Any:
    """Limits that the name of a shipped tier stands for."""
    if not isinstance(value, str):
        return value
    if value not in shipped_tiers():
        raise Refusal("is no shipped tier", did_you_mean(value, shipped_tiers()))
    return {
        limit.operator: {
            "beyond_day": limit.beyond_day,
            **({"per_minute": limit.per_minute} if limit.per_minute else {}),
            **({"per_day": limit.per_day, "zone": limit.zone} if limit.per_day else {}),
        }
        for limit in sender_limits(value)
    }


SenderLimits = Annotated[
    dict[Operator, SenderLimit],
    BeforeValidator(_tier),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "enum": list(shipped_tiers())},
                {"type": "object", "additionalProperties": {"type": "object"}},
            ]
        }
    ),
]
"""Limits by operator or country, or the name of a shipped tier."""
