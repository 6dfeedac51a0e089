"""What people ask an application for by SMS; the YAML manual.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Literal

from smsc_sim.scenario.quantities import Nanoseconds, PositiveNanoseconds, Weight
from smsc_sim.scenario.schema_base import Name, given
from smsc_sim.scenario.schema_distributions import Distribution
from smsc_sim.scenario.schema_written import Written


class Requests(Written):
    """Scores that people ask for through a match; the application answers every request."""

    per_phone: Weight
    """Mean number of requests of one phone of `to` through the match, a plain number: 0.2; no
    default. They come at random from kick-off to the end, the break included."""

    goal_factor: Weight = given("4")
    """How many times as often people ask after a goal; the number of requests stays. Default 4:
    judgement."""

    goal_for: Nanoseconds = given("5 min")
    """How long after a goal that lasts. Default 5 min: judgement."""

    delay: Distribution = given("500 ms")
    """Time in which the application looks up the score. Default 500 ms: judgement."""

    text: Name = given("short-word")
    """Lengths of the requests, one of `texts` or a shipped one. Default short-word."""

    bearer: Name | None = None
    """Bearer of the requests, one of `bearers`. Default: 140 octets."""

    class_: Name = given("score_request", alias="class")
    """Class under which results and targets count the requests. Default score_request. Scores are
    of the class, text, price and validity of the updates."""

    validity: PositiveNanoseconds | None = given("15 min")
    """How long a request is kept. Default 15 min: judgement."""

    price: Literal["retail", "a2p", "none"] = "none"
    """Kind of price that a phone pays for a request. Default none, a free number: judgement."""
