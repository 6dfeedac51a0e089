"""Messages that people send each other; the YAML manual.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from smsc_sim.scenario.quantities import PositiveNanoseconds, VolumePerSecond
from smsc_sim.scenario.schema_arrivals import Arriving
from smsc_sim.scenario.schema_base import Name, Shares, given
from smsc_sim.scenario.schema_replies import Replies
from smsc_sim.scenario.schema_written import Written


class PersonToPerson(Arriving, Written):
    """Messages that people send each other, and what is answered to them."""

    kind: Literal["person_to_person"]
    """Kind of traffic: person_to_person."""

    from_: Name = Field(alias="from")
    """Population that sends."""

    volume: VolumePerSecond
    """Messages that one person sends on a day, e.g. 3 msg/day; no default. 1 to 5 are typical
    (found: telcocalc.com/tools/capacity/sms-tps)."""

    to: Shares
    """Populations that receive, with shares of the messages, or one name."""

    text: Name = given("nus-english")
    """Lengths of the texts, one of `texts` or a shipped one. Default nus-english."""

    bearer: Name | None = None
    """Bearer, one of `bearers`: octets in a segment. Default: 140 octets."""

    class_: Name = given("person_to_person", alias="class")
    """Class under which results and targets count it. Default person_to_person."""

    validity: PositiveNanoseconds | None = None
    """How long the message is kept. Default: what the SMSC says."""

    replies: Replies | None = None
    """Answers to these messages, and to the answers. Default: none; `volume` is then all that
    people send, else it is what they begin."""

    price: Literal["retail", "a2p"] = "retail"
    """Kind of price that the sender pays. Default retail."""
