"""Messages that people send each other; the YAML manual.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.quantities import PositiveNanoseconds, VolumePerSecond, Weight
from smsc_sim.scenario.schema_arrivals import Arriving
from smsc_sim.scenario.schema_base import Name, Part, Shares, given
from smsc_sim.scenario.schema_replies import Replies
from smsc_sim.scenario.schema_written import Written
from smsc_sim.scenario.units import NANOSECONDS


class Gaps(Part):
    """Heavy-tailed times between the messages of one person: a power law, not a Poisson process."""

    exponent: Annotated[Weight, Field(ge=1.05, le=4)] = given("1.8")
    """Exponent of the density, from 1.05 to 4. Default 1.8, the average of persons whose exponents
    are about 1.5 to 2.2 (Hong, Han, Zhou and Wang, arXiv 0802.2577; the figures are from a summary
    by others, not from the paper)."""

    longest: PositiveNanoseconds = given("7 d")
    """Longest time between two messages; the shortest follows from the volume. Default 7 d:
    judgement."""


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

    gaps: Gaps | None = None
    """Heavy-tailed times between the messages that one person begins; all hours are then alike.
    Default: none, all people together are a Poisson process."""

    replies: Replies | None = None
    """Answers to these messages, and to the answers. Default: none; `volume` is then all that
    people send, else it is what they begin."""

    price: Literal["retail", "a2p"] = "retail"
    """Kind of price that the sender pays. Default retail."""

    @model_validator(mode="after")
    def _has_one_clock(self) -> Self:
        if self.gaps is None:
            return self
        if self.profile != "flat" or self.bursts or self.batch != 1:
            raise Refusal(
                "has gaps beside a profile, bursts or a batch",
                "leave one out: gaps say when each person writes",
                show_value=False,
            )
        if self.volume * self.gaps.longest / NANOSECONDS <= 2:
            raise Refusal(
                "has gaps whose longest is not above twice the mean time between messages",
                "give a longer longest, or a larger volume",
                show_value=False,
            )
        return self
