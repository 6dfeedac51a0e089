"""The person behind a one-time password, and the fallback; the YAML manual of each.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from smsc_sim.model.login import MOST_CODES
from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.quantities import Count, PositiveNanoseconds, Price, Share
from smsc_sim.scenario.schema_base import Name, Part, given
from smsc_sim.scenario.schema_distributions import Distribution


class Voice(Part):
    """A call that reads the code out."""

    price: Price
    """What an answered call costs, e.g. 0.03 USD, in the currency of the rate card; a call that
    is not answered costs nothing (found: tyntec.com, FAQs on text-to-speech calls). No default."""

    answered: Share = given("70 %")
    """Share of the calls that are answered. Default 70 %: judgement."""

    duration: Distribution = given("25 s")
    """Time from the beginning of a call until the code is heard, ringing included. Default 25 s:
    judgement."""


class Fallback(Part):
    """What the application does when a login takes too long: a second route, or a call."""

    after: PositiveNanoseconds
    """Time from the start of the login, e.g. 20 s; no default."""

    account: Name | None = None
    """Account that sends another code, and with it another SMSC. Default: that of the traffic."""

    route: Name | None = None
    """Route that this code takes, in place of those of its population. Default: no other."""

    voice: Voice | None = None
    """A call in place of a message. Default: none."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.account is None and self.route is None) == (self.voice is None):
            raise Refusal(
                "needs either voice, or an account or route",
                "write e.g. {after: 20 s, account: spare} or {after: 20 s, voice: "
                "{price: 0.03 USD}}",
                show_value=False,
            )
        return self


class Person(Part):
    """Who logs in: waits for the code, asks for another one, types it in, or leaves.

    Only the code asked for last counts, and what the fallback brings. An older one that comes late
    is typed in too, as it cannot be told from the right one, and is refused.
    """

    patience: Distribution = given({"exponential": {"mean": "28 s"}})
    """Time from the start of the login after which the person leaves, unless a code is being typed
    in or heard. Default exponential with mean 28 s, so that 30 % leave when nothing came within
    10 s (found: clxcommunications.com, glossary of terms, latency); exponential is judgement."""

    typing: Distribution = given({"lognormal": {"median": "8 s", "sigma": "0.5"}})
    """Time from a code on the handset until it is entered. Default lognormal with median 8 s and
    sigma 0.5: judgement."""

    codes: Annotated[Count, Field(ge=1, le=MOST_CODES)] = given(3)
    """Most codes that a person asks for, the first one included, a whole number up to 9; the
    fallback comes on top. Default 3 (found: docs.didit.me, phone-verifications-retry; Twilio allows
    5, docs/api/errors/60203)."""

    resend_after: Distribution = given("30 s")
    """Time after which a person who waits asks for another code. Default 30 s: the shortest that
    is allowed (found: docs.didit.me, phone-verifications-retry)."""

    expires: PositiveNanoseconds = given("5 min")
    """Life of a code, from being asked for to being entered. Default 5 min (found:
    developer.vonage.com, changing-default-timings; Twilio gives 10 min, rate limits and
    timeouts)."""

    fallback: Fallback | None = None
    """What the application does when a login takes too long. Default: nothing."""
