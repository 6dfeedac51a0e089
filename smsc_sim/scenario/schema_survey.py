"""A question to many phones, and what they answer; the YAML manual.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import Field, model_validator

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.moments import MomentNs
from smsc_sim.scenario.quantities import PositiveNanoseconds, Share
from smsc_sim.scenario.schema_base import SHARE_TOLERANCE, Name, given
from smsc_sim.scenario.schema_batches import Campaign
from smsc_sim.scenario.schema_distributions import Distribution
from smsc_sim.scenario.schema_written import Written


class SurveyAnswers(Written):
    """What phones answer to the question, by a message to the account; each answers once at most.

    Answers of each choice have a class of their own: that of the survey, `_` and the choice.
    """

    choices: dict[Name, Share] = Field(min_length=1)
    """Answers by name, as shares of the delivered questions: {yes: 12 %, no: 5 %}; no default. The
    rest does not answer."""

    opt_out: Share = given("1 %")
    """Share of the delivered questions that are answered by the opt-out word. Default 1 %:
    judgement."""

    word: Name = given("stop")
    """The opt-out word, which is no choice. Default stop."""

    delay: Distribution = given({"lognormal": {"median": "5 min", "sigma": "1.5"}})
    """Time from a question that is whole on the handset to the answer. Default: a median of 5 min,
    one in six later than 22 min: judgement."""

    deadline: MomentNs | None = None
    """When the contest closes: 21:00, 2026-12-31T21:00 or +3 h. What the account has later is
    counted as late; people go on answering. Default: never."""

    text: Name = given("short-word")
    """Lengths of the answers, one of `texts` or a shipped one. Default short-word."""

    bearer: Name | None = None
    """Bearer of the answers, one of `bearers`. Default: 140 octets."""

    validity: PositiveNanoseconds | None = None
    """How long an answer is kept. Default: what the SMSC says."""

    price: Literal["retail", "a2p", "none"] = "none"
    """Kind of price that a phone pays for an answer. Default none, a free number: judgement."""

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if self.word in self.choices:
            raise Refusal(
                f"has the opt-out word '{self.word}' among its choices",
                "give opt_out its share, or choose another word",
                show_value=False,
            )
        if math.fsum(self.shares.values()) > 1 + SHARE_TOLERANCE:
            raise Refusal(
                "has choices and opt_out that are more than 100 % together",
                "lower them; the rest does not answer",
                show_value=False,
            )
        return self

    @property
    def shares(self) -> dict[str, float]:
        """Shares of all answers by name, the opt-out word last."""
        choices = {name: self.choices[name] for name in sorted(self.choices)}
        return {**choices, self.word: self.opt_out}


class Survey(Campaign):
    """A question that an application sends to many phones, and their answers."""

    kind: Literal["survey"]  # type: ignore[assignment]
    """Kind of traffic: survey."""

    answers: SurveyAnswers
    """What phones answer; no default."""

    class_: Name = given("survey", alias="class")
    """Class under which results and targets count the questions. Default survey."""

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Self:
        if self.replies is not None:
            raise Refusal("has replies", "say it in answers", show_value=False)
        if self.answers.deadline is not None and self.answers.deadline <= self.at:
            raise Refusal(
                "has a deadline that is not after its beginning", "move one", show_value=False
            )
        return self
