"""What applications send to many at once: campaigns, alerts, tickers; the YAML manual of each.

The docstring under a field is its manual, as in `schema_elements`.  A kind is a list of
`Batch`; how batches become sources of traffic is the same for all (`compile_batches`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BeforeValidator, model_validator

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.moments import MomentNs
from smsc_sim.scenario.quantities import (
    Messages,
    Nanoseconds,
    PerSecond,
    PositiveNanoseconds,
    Share,
)
from smsc_sim.scenario.schema_applications import Submitted
from smsc_sim.scenario.schema_audience import ListAudience
from smsc_sim.scenario.schema_base import Name, given
from smsc_sim.scenario.schema_customers import Addressed
from smsc_sim.scenario.schema_requests import Requests


class Batch(NamedTuple):
    """Messages to distinct phones, one after the other."""

    label: str  # what tells it from the others of its traffic; empty if there is one
    at_ns: int


class Campaign(Addressed):
    """One batch of messages that an application sends as fast as it may."""

    kind: Literal["campaign"]
    """Kind of traffic: campaign."""

    audience: ListAudience | None = None
    """Customers of a list to write to: {file: customers.csv, where: has_children and country ==
    "FI"}. A customer is a phone of one of the populations in `to` that are in the customer's
    country: the same phone wherever the row stands in the list. Who is in none of these countries
    is left out and counted. Either this or `messages`. Default: none."""

    messages: Messages | None = None
    """Number of messages, e.g. 50000 msg, to distinct phones of `to`. Default: none."""

    at: MomentNs
    """When it begins: 21:00, 2026-12-31T21:00 or +3 h; no default."""

    rate: PerSecond
    """Rate at which the messages come, e.g. 200 msg/s; no default."""

    text: Name = given("campaign")
    """Lengths of the texts, where no `texts` are given. Default campaign."""

    class_: Name = given("campaign", alias="class")
    """Class under which results and targets count it. Default campaign."""

    validity: PositiveNanoseconds | None = given("24 h")
    """How long the message is kept. Default 24 h: judgement; a default of 24 h is found at
    help.ness-solutions.com."""

    @model_validator(mode="after")
    def _has_recipients(self) -> Self:
        if (self.messages is None) == (self.audience is None):
            raise Refusal(
                "needs messages or an audience, and not both", "give one of them", show_value=False
            )
        if self.audience is None and (self.texts or self.quiet_hours or self.values):
            raise Refusal(
                "has texts or quiet hours, but no audience to write them to",
                "add an audience, or leave them out",
                show_value=False,
            )
        return self

    @property
    def batches(self) -> list[Batch]:
        """The one batch."""
        return [Batch("", self.at)]


class Broadcast(Submitted):
    """What all traffic has in common that goes to the same subscribers again and again."""

    subscribers: Messages | None = None
    """Number of phones that have subscribed, e.g. 20000; they are the same ones every time and
    spread over `to`. Either this or `share`. Default: none."""

    share: Share | None = None
    """Share of the phones of all populations in `to` that have subscribed, e.g. 5 %. Default:
    none."""

    rate: PerSecond | None = None
    """Rate at which the messages of one broadcast come, e.g. 200 msg/s. Default: the rate of the
    account."""

    text: Name = given("news")
    """Lengths of the texts, one of `texts` or a shipped one. Default news."""

    @model_validator(mode="after")
    def _has_subscribers(self) -> Self:
        if (self.subscribers is None) == (self.share is None):
            raise Refusal(
                "needs subscribers or a share, and not both", "give one of them", show_value=False
            )
        return self


def _several(value: Any) -> tuple[Any, ...]:
    values = (value,) if isinstance(value, str) else value
    if not isinstance(values, (list, tuple)) or not values:
        raise Refusal("needs one or several", "write e.g. [07:30, 18:45]", show_value=False)
    if len(set(map(str, values))) < len(values):
        raise Refusal("names a time twice", "name each once", show_value=False)
    return tuple(values)


def _minutes(value: Any) -> tuple[Any, ...]:
    return () if value in ([], ()) else _several(value)


class NewsAlert(Broadcast):
    """News that an application broadcasts to its subscribers whenever something happens."""

    kind: Literal["news_alert"]
    """Kind of traffic: news_alert."""

    at: Annotated[tuple[MomentNs, ...], BeforeValidator(_several)]
    """When something happens: a moment or several, [07:30, +3 h]; no default. Each is a broadcast
    to all subscribers. One that is not over when the next begins goes on beside it."""

    class_: Name = given("news_alert", alias="class")
    """Class under which results and targets count it. Default news_alert."""

    validity: PositiveNanoseconds | None = given("1 h")
    """How long the message is kept. Default 1 h, after which news is old: judgement."""

    @property
    def batches(self) -> list[Batch]:
        """One broadcast for each event."""
        times = sorted(self.at)
        labels = [""] if len(times) == 1 else [str(k) for k in range(1, len(times) + 1)]
        return [Batch(label, at_ns) for label, at_ns in zip(labels, times, strict=True)]


class SportsTicker(Broadcast):
    """Updates through a match: at kick-off, goals, half-time, the restart and the end."""

    kind: Literal["sports_ticker"]
    """Kind of traffic: sports_ticker."""

    kick_off: MomentNs
    """When the match begins: 18:30, 2026-06-11T18:30 or +30 min; no default."""

    half: PositiveNanoseconds = given("45 min")
    """Length of each half. Default 45 min: association football."""

    break_: Nanoseconds = given("15 min", alias="break")
    """Time between the halves. Default 15 min: association football."""

    goals: Annotated[tuple[Nanoseconds, ...], BeforeValidator(_minutes)] = ()
    """Time played until each goal, the break left out: [23 min, 67 min]; each is an update.
    Default: none."""

    class_: Name = given("sports_ticker", alias="class")
    """Class under which results and targets count it. Default sports_ticker."""

    validity: PositiveNanoseconds | None = given("15 min")
    """How long the message is kept. Default 15 min: the next update makes it worthless
    (judgement)."""

    requests: Requests | None = None
    """Scores that people ask for by SMS. Default: none."""

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if any(not 0 < goal < 2 * self.half for goal in self.goals):
            raise Refusal(
                "has a goal that does not fall between kick-off and the end",
                "goals count the time played, without the break: from 0 to two halves",
                show_value=False,
            )
        return self

    @property
    def batches(self) -> list[Batch]:
        """One broadcast for each update, in the order of time."""
        second_ns = self.half + self.break_
        updates = [
            Batch("kick-off", 0),
            Batch("half-time", self.half),
            Batch("restart", second_ns),
            Batch("final", second_ns + self.half),
        ]
        for number, goal in enumerate(sorted(self.goals), start=1):
            at_ns = goal if goal < self.half else goal + self.break_
            updates.append(Batch(f"goal {number}", at_ns))
        return [
            Batch(label, self.kick_off + at_ns)
            for label, at_ns in sorted(updates, key=lambda update: update.at_ns)
        ]

    def interest(self, requests: Requests) -> list[tuple[int, int, float]]:
        """How much people ask through the match: (from ns, until ns, weight), in order."""
        end_ns = 2 * self.half + self.break_
        goals = [goal if goal < self.half else goal + self.break_ for goal in self.goals]
        edges = {0, end_ns, *goals, *(goal + requests.goal_for for goal in goals)}
        times = sorted(edge for edge in edges if edge <= end_ns)
        spells = []
        for low, high in pairwise(times):
            is_hot = any(goal <= low < goal + requests.goal_for for goal in goals)
            weight = requests.goal_factor if is_hot else 1.0
            spells.append((self.kick_off + low, self.kick_off + high, weight))
        return spells
