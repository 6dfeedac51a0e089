"""What applications send one by one: codes, and people at a computer; the YAML manual of each.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Literal

from smsc_sim.scenario.quantities import PerSecond, PositiveNanoseconds, Weight
from smsc_sim.scenario.schema_arrivals import Arriving
from smsc_sim.scenario.schema_base import Flag, Name, Part, Shares, given
from smsc_sim.scenario.schema_logins import Person
from smsc_sim.scenario.schema_replies import Answers


class Submitted(Part):
    """What all traffic has in common that an application submits."""

    account: Name
    """Account that submits."""

    to: Shares
    """Populations that receive, with shares of the messages, or one name."""

    bearer: Name | None = None
    """Bearer, one of `bearers`: octets in a segment. Default: 140 octets."""

    priority: Flag = given("false")
    """Whether SRI-SM asks with priority, so that a flagged phone is attempted. Default false."""

    replies: Answers | None = None
    """What phones answer to the account, and what it answers to that. Default: none."""

    price: Literal["retail", "a2p"] = "a2p"
    """Kind of price that the sender pays. Default a2p."""


class OneTimePassword(Arriving, Submitted):
    """One-time passwords that an application sends; with `person`, logins that begin with one."""

    kind: Literal["otp"]
    """Kind of traffic: otp."""

    rate: PerSecond
    """Mean rate of messages over a day, e.g. 40 msg/s; with a person, of logins begun. No
    default."""

    text: Name = given("one-time-password")
    """Lengths of the texts. Default one-time-password."""

    class_: Name = given("otp", alias="class")
    """Class under which results and targets count it. Default otp."""

    validity: PositiveNanoseconds | None = given("5 min")
    """How long the message is kept. Default 5 min: judgement."""

    priority: Flag = given("true")
    """Whether SRI-SM asks with priority. Default true: a person waits."""

    person: Person | None = None
    """Who logs in with these codes, and when the application falls back on another way; {} takes
    every default. Default: nobody, and the messages alone are counted."""


class DesktopWidget(Arriving, Submitted):
    """Messages of people at computers, to one phone or to a few at once, in office hours."""

    kind: Literal["desktop_widget"]
    """Kind of traffic: desktop_widget."""

    rate: PerSecond
    """Mean rate of messages over a day, e.g. 2 msg/s; no default."""

    profile: Name = given("office")
    """Hours and days, one of `profiles` or a shipped one. Default office: working days from 8 to
    18 h."""

    batch: Weight = given("1.5")
    """Mean number of phones that a text goes to, geometric, at least 1. Default 1.5, so that one
    text in three goes to several: judgement."""

    text: Name = given("nus-english")
    """Lengths of the texts. Default nus-english: people write them."""

    class_: Name = given("desktop_widget", alias="class")
    """Class under which results and targets count it. Default desktop_widget."""

    validity: PositiveNanoseconds | None = None
    """How long the message is kept. Default: what the SMSC says."""
