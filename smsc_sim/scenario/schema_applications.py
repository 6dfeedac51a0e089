"""What applications send one by one: codes, and people at a computer; the YAML manual of each.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from smsc_sim.scenario.quantities import PerSecond, PositiveNanoseconds, Weight
from smsc_sim.scenario.schema_arrivals import Arriving, Burst, check_bursts
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


class ImGateway(Arriving, Submitted):
    """An instant messenger relayed to phones and back: its users write, phones answer to it."""

    kind: Literal["im_gateway"]
    """Kind of traffic: im_gateway."""

    rate: PerSecond
    """Mean rate over a day of messages that begin a conversation, e.g. 5 msg/s; no default."""

    profile: Name = given("evening")
    """Hours and days, one of `profiles` or a shipped one. Default evening."""

    batch: Weight = given("1.3")
    """Mean number of messages that come at one instant, geometric, at least 1: to several contacts
    at once. Default 1.3: judgement."""

    bursts: Annotated[dict[Name, Burst], AfterValidator(check_bursts)] = given(
        {"away": {"factor": "1", "mean": "30 min"}, "present": {"factor": "4", "mean": "10 min"}}
    )
    """How presence comes and goes: states that multiply the rate, as for other traffic. Default:
    many users away for 30 min on average, four times the rate when present for 10 min:
    judgement. {} for none."""

    replies: Answers = given(
        {
            "probability": "70 %",
            "at_most": "12",
            "delay": {"power_law": {"exponent": "1.8", "low": "5 s", "high": "2 h"}},
        }
    )
    """What phones answer to the gateway, and its users to that. Default: 70 % of messages are
    answered (judgement), 12 answers at most, after 5 s to 2 h with the exponent 1.8 of the times
    between a person's messages (Hong, Han, Zhou and Wang, arXiv 0802.2577, by a summary of
    others)."""

    text: Name = given("nus-english")
    """Lengths of the texts. Default nus-english: people write them."""

    class_: Name = given("im_gateway", alias="class")
    """Class under which results and targets count it. Default im_gateway."""

    validity: PositiveNanoseconds | None = given("1 h")
    """How long the message is kept. Default 1 h: judgement."""
