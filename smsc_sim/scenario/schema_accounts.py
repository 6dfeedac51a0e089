"""Applications in a scenario: SMPP accounts, and what they do after an error; the YAML manual.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from smsc_sim.scenario.errors import Refusal, did_you_mean
from smsc_sim.scenario.quantities import (
    Count,
    Messages,
    Nanoseconds,
    PerSecond,
    PositiveNanoseconds,
)
from smsc_sim.scenario.schema_base import Name, Part, given
from smsc_sim.scenario.schema_limits import SenderLimits
from smsc_sim.scenario.schema_traffic import Schedule

SMPP_ERRORS = {
    "throttled": "throttled",
    "queue_full": "store_full",
    "system_error": "system_failure",
    "no_answer": "timeout",
}
"""Errors that an ESME tells apart, and the cause that each is in the rules."""

DEFAULT_RATE_PER_S = 50.0
DEFAULT_RESENDS = 20
DEFAULT_BACK_OFF = "1 s"


class SenderSchedule(Schedule):
    """When an application sends a segment again; `attempts` counts submissions.

    After 64 submissions of a message that nobody answered it is given up in any case, after fewer
    if it has more than 15 segments.
    """

    age: PositiveNanoseconds | None = None
    """Age of the message, from its first submission, beyond which it is not sent again. Default:
    no limit but `then` and `attempts`."""


def _error(value: Any) -> str:
    if value not in SMPP_ERRORS:
        raise Refusal("is no error of SMPP told apart here", did_you_mean(str(value), SMPP_ERRORS))
    return str(value)


SmppError = Annotated[str, BeforeValidator(_error), WithJsonSchema({"enum": list(SMPP_ERRORS)})]


class SenderPolicy(Part):
    """What an application does after an SMPP error, by error.

    Errors that say that the message itself is wrong end it at once, whatever the policy.
    """

    default: SenderSchedule | None = None
    """Schedule of every error without its own. Default: such a message is not sent again."""

    errors: dict[SmppError, SenderSchedule] = Field(default_factory=dict)
    """Schedules of single errors: throttled (ESME_RTHROTTLED), queue_full (ESME_RMSGQFUL),
    system_error (ESME_RSYSERR), no_answer (the response timer ran out). Default: none."""

    pause: Nanoseconds = given("0 s")
    """Time for which the whole account sends nothing after a throttling error. Default 0 s."""


class Account(Part):
    """An account of an application (ESME) at an SMSC, over SMPP."""

    smsc: Name | None = None
    """SMSC that it is bound to. Default: the only SMSC of the scenario."""

    rate: PerSecond | None = None
    """Highest rate of submissions of all binds together; what comes faster waits at the account.
    Default: binds x `bind_rate` where that is given, else 50 msg/s: one server of SMSPortal (found:
    docs.smsportal.com/docs/smpp-connection)."""

    binds: Annotated[Count, Field(ge=1, le=1000)] = given(1)
    """SMPP sessions side by side, a whole number; each has a window of its own. Default 1.
    Providers allow 3 or 4 (found: docs.smsfire.com.br, docs.smsportal.com)."""

    bind_rate: PerSecond | None = None
    """Highest rate of submissions of one bind, in place of `rate`. Default: none; 10 to 30 msg/s
    are usual (found: messente.com/blog/most-recent/sms-throughput-and-priority)."""

    window: Annotated[Count, Field(ge=1, le=10000)] = given(10)
    """Submissions of one bind without an answer, a whole number. Default 10: the guideline in
    Kannel's manual (found: pruiz/kannel@cdbcfc12, userguide.xml)."""

    store: Messages | None = None
    """Segments of this account that are stored at one time, e.g. 10000 msg; what comes on top is
    refused with a full queue. Default: as many as the store of the SMSC holds."""

    latency: Nanoseconds = given("10 ms")
    """Time between account and SMSC, one way. Default 10 ms: judgement."""

    response_timer: PositiveNanoseconds = given("60 s")
    """Wait for the answer to a submission. One that comes later counts as none: the resend may
    then be a duplicate. Default 60 s: wait-ack of Kannel and response timeout of Jasmin (found:
    pruiz/kannel@cdbcfc12, userguide.xml; jookies/jasmin@0aac58e4, jasmin.cfg)."""

    policy: Name | None = None
    """Sender policy, one of `sender_policies` or a shipped one: jasmin, kannel, nowsms, doubling.
    Default: `back_off` and `resends` after every error."""

    back_off: PositiveNanoseconds | None = None
    """Pause after an error, for accounts without `policy`. Default 1 s: Kannel's sleep on a
    throttling error (found: pruiz/kannel@cdbcfc12, smsc_smpp.c)."""

    resends: Annotated[Count, Field(ge=0, le=10000)] | None = None
    """Times that a refused submission is sent again, a whole number, for accounts without
    `policy`. Default 20: Jasmin's retries after THROTTLED (found: jookies/jasmin@0aac58e4,
    jasmin.cfg)."""

    limits: SenderLimits = Field(default_factory=dict)
    """What operators take from this account, by the `operator` or country of the populations,
    {AT&T: {per_minute: 75}, T-Mobile: {per_day: 2000, zone: America/Los_Angeles}}; or a shipped
    tier of US long codes such as us-10dlc-standard-75 (`smsc_sim/data/sender_limits.csv`, with
    sources). Default: none."""

    receipts: Literal["none", "final", "failures"] = "final"
    """Delivery receipts asked for: none; final, for whatever ends; or failures, for what ends
    undelivered. Default final."""

    receipts_per: Literal["part", "message"] = "part"
    """Whether each part (segment) has a receipt, or the message one when its last part ends; a
    message of which a part was refused has none then, its sender knows. Default part."""

    receipt_rate: PerSecond | None = None
    """Highest rate at which the account takes receipts; others queue. Default: no limit."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.rate is not None and self.bind_rate is not None:
            raise Refusal(
                "has both rate and bind_rate",
                "leave one out: the rate of all binds is binds x bind_rate",
                show_value=False,
            )
        for key in ("back_off", "resends"):
            if self.policy is not None and getattr(self, key) is not None:
                raise Refusal(
                    f"has both policy and {key}",
                    "leave one out: a policy says when to send again",
                    show_value=False,
                )
        return self

    @property
    def rate_per_s(self) -> float:
        """Highest rate of submissions of all binds together."""
        if self.rate is not None:
            return self.rate
        if self.bind_rate is not None:
            return self.binds * self.bind_rate
        return DEFAULT_RATE_PER_S

    def own_policy(self) -> SenderPolicy:
        """The policy that `back_off` and `resends` stand for."""
        resends = DEFAULT_RESENDS if self.resends is None else self.resends
        back_off = DEFAULT_BACK_OFF if self.back_off is None else f"{self.back_off} ns"
        default = {"delays": [back_off], "then": "repeat", "attempts": str(resends + 1)}
        return SenderPolicy.model_validate({"default": default})
