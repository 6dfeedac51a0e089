"""The whole scenario: every key of the YAML, its meaning, unit and default.

Attributes hold plain numbers: durations integer ns, rates float per second, speeds integer bit/s,
shares float in [0, 1].  `from`, `class` and `for` are `from_`, `class_` and `for_` here.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.moments import Start
from smsc_sim.scenario.quantities import Count, Nanoseconds, PositiveNanoseconds
from smsc_sim.scenario.schema_accounts import Account, SenderPolicy
from smsc_sim.scenario.schema_arrivals import Profile
from smsc_sim.scenario.schema_background import Background
from smsc_sim.scenario.schema_base import Name, Part, Text, given
from smsc_sim.scenario.schema_charging import Charging
from smsc_sim.scenario.schema_elements import (
    AddressChecker,
    Firewall,
    Hlr,
    Msc,
    Population,
    Smsc,
    Stp,
)
from smsc_sim.scenario.schema_events import Failure, Rates, Target
from smsc_sim.scenario.schema_links import LinkSet, Signalling
from smsc_sim.scenario.schema_offnet import Bearer, Incoming, Network, Route
from smsc_sim.scenario.schema_traffic import RetryPolicy, TextLengths, Traffic
from smsc_sim.scenario.units import NANOSECONDS

LONGEST_DRAIN_NS = 24 * 3600 * NANOSECONDS


def _file_name(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}", value):
        raise Refusal(
            "must be fit for a file name", "use at most 80 letters, digits, '_', '-' and '.'"
        )
    return value


def _card(value: Any) -> Any:
    return {"card": value} if isinstance(value, str) else value


def _seed(value: Any) -> int:
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or not re.fullmatch(r"\d{1,19}", text, re.ASCII):
        raise Refusal("needs a whole number from 0 to 9223372036854775807", "write e.g. 1")
    return int(text)


class Scenario(Part):
    """A network, its traffic, what fails and what is asked, with every default filled in."""

    name: Annotated[str, BeforeValidator(_file_name)]
    """Name of the scenario and of its results. Default: the name of the file."""

    description: Text = ""
    """What the scenario is for, in a sentence or two. Default: empty."""

    start: Start
    """Local date and time at which it begins, with the zone: 2026-12-31T18:00 Europe/Helsinki;
    no default. Profiles and clock times follow it."""

    duration: PositiveNanoseconds
    """Time during which traffic is offered and counted, e.g. 8 h; no default. What is under way
    at its end is followed for `drain`."""

    warm_up: Nanoseconds = given("0 s")
    """Time from start whose traffic is not counted. Default 0 s."""

    drain: Nanoseconds | None = None
    """Longest time after the end during which open messages are followed. Default: the longest
    validity, at most 24 h."""

    interval: PositiveNanoseconds = given("1 min")
    """Step of the time series. Default 1 min."""

    replications: Annotated[Count, Field(ge=1, le=10_000)] = given(5)
    """Independent runs, 1 to 10000; with one there is no confidence interval. Default 5."""

    seed: Annotated[int, Field(ge=0, le=2**63 - 1), BeforeValidator(_seed)] = given(1)
    """Number from which all random numbers follow, 0 to 2^63 - 1. Default 1."""

    record: Literal["summary", "messages"] = "summary"
    """What is kept of each run: summary, or messages for one row per message as well, in the order
    in which they were over (messages.parquet). Default summary."""

    bearers: dict[Name, Bearer] = Field(default_factory=dict)
    """Bearers by name: octets in a segment. Default: none."""

    routes: dict[Name, Route] = Field(default_factory=dict)
    """Routes by name: hubs that deliver to other networks. Default: none."""

    networks: dict[Name, Network] = Field(default_factory=dict)
    """Foreign networks by name, joined by link sets. Default: none."""

    smscs: dict[Name, Smsc] = Field(min_length=1)
    """Short message service centres by name; at least one."""

    hlrs: dict[Name, Hlr] = Field(min_length=1)
    """Home location registers by name; at least one."""

    stps: dict[Name, Stp] = Field(default_factory=dict)
    """Signal transfer points by name. Default: none."""

    firewalls: dict[Name, Firewall] = Field(default_factory=dict)
    """SMS firewalls by name, which share all mo- and mt-ForwardSM by SLS. Default: none."""

    address_checkers: dict[Name, AddressChecker] = Field(default_factory=dict)
    """Nodes that check every SRI-SM, by name; they share them by SLS. Default: none."""

    mscs: dict[Name, Msc] = Field(min_length=1)
    """Mobile switching centres by name; at least one."""

    charging: dict[Name, Charging] = Field(default_factory=dict)
    """Charging nodes by name, which are asked before a prepaid phone's messages are sent on.
    Default: none."""

    link_sets: dict[Name, LinkSet] = Field(min_length=1)
    """Link sets by name; at least one."""

    signalling: Signalling = Signalling()
    """How MSUs share links, how long traffic takes to move, and what their headers cost."""

    populations: dict[Name, Population] = Field(min_length=1)
    """Populations of phones by name; at least one."""

    texts: dict[Name, TextLengths] = Field(default_factory=dict)
    """Lengths of texts by name. Default: the shipped ones that are used."""

    profiles: dict[Name, Profile] = Field(default_factory=dict)
    """Daily profiles by name. Default: the shipped ones that are used."""

    accounts: dict[Name, Account] = Field(default_factory=dict)
    """Accounts of applications by name. Default: none."""

    traffic: dict[Name, Traffic] = Field(min_length=1)
    """Traffic by name; at least one."""

    background: dict[Name, Background] = Field(default_factory=dict)
    """Calls and location updates that share the radio channels, by name; they are no messages.
    Default: none."""

    retry_policies: dict[Name, RetryPolicy] = Field(default_factory=dict)
    """Retry policies by name. Default: the shipped ones that are used."""

    sender_policies: dict[Name, SenderPolicy] = Field(default_factory=dict)
    """What applications do after errors, by name. Default: the shipped ones that are used."""

    failures: dict[Name, Failure] = Field(default_factory=dict)
    """Failures by name. Default: none."""

    targets: dict[Name, Target] = Field(default_factory=dict)
    """Targets by name. Default: none."""

    rates: Annotated[Rates, BeforeValidator(_card)] = Rates()
    """Rate card: a shipped name or a CSV file in the scenario's folder; or {card, fallback}.
    Default list-2026."""

    @property
    def home_smscs(self) -> list[str]:
        """SMSCs that take what our phones send by default: all that stand for no foreign one."""
        foreign = {part.smsc for part in self.traffic.values() if isinstance(part, Incoming)}
        return [name for name in self.smscs if name not in foreign] or list(self.smscs)

    @property
    def drain_ns(self) -> int:
        """Longest time after the end during which open messages are followed, ns."""
        if self.drain is not None:
            return self.drain
        own = [part.validity for part in self.traffic.values() if part.validity is not None]
        return min(LONGEST_DRAIN_NS, max([*own, *(smsc.validity for smsc in self.smscs.values())]))
