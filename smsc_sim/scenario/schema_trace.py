"""Traffic replayed from a table; the YAML manual of the kind `trace`."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.moments import MomentNs
from smsc_sim.scenario.quantities import Nanoseconds, PositiveNanoseconds, Weight
from smsc_sim.scenario.schema_base import Flag, Name, Shares, Text, given
from smsc_sim.scenario.schema_written import Written


class TraceTraffic(Written):
    """Messages that were really sent, at their times and between the same people."""

    kind: Literal["trace"]
    """Kind of traffic: trace."""

    file: Text
    """CSV or Parquet table in the scenario's folder, one row per message: a column `time` (or
    `timestamp`) in seconds or as moments (2026-03-01T12:00:00, by the clock of the scenario unless
    an offset is written), and, where known, `from` and `to`: any names of people. No default."""

    from_: Name | None = Field(default=None, alias="from")
    """Population that sends; the people of the column `from` are phones of it, in the order in
    which they first appear. Either this or `account`. Default: none."""

    account: Name | None = None
    """Account that submits. Either this or `from`. Default: none."""

    to: Shares
    """Populations that receive, with shares of the messages, or one name. With one name the people
    of the column `to` are phones of it, the same as in `from` if it is the same population."""

    at: MomentNs = given("+0 s")
    """When the table begins to be replayed: 21:00, 2026-12-31T21:00 or +3 h. Default: the
    start."""

    skip: Nanoseconds = given("0 s")
    """How much of the table's own time, from its first message on, is left out. Default 0 s."""

    scale: Weight = given("1")
    """Messages for each row, also below 1: 0.5 leaves out every second one; of 2.5 the further ones
    come between two rows, between people drawn at random. Default 1."""

    speed: Weight = given("1")
    """How many times as fast as it was the table is replayed. Default 1."""

    text: Name = given("nus-english")
    """Lengths of the texts, one of `texts` or a shipped one. Default nus-english."""

    bearer: Name | None = None
    """Bearer, one of `bearers`: octets in a segment. Default: 140 octets."""

    class_: Name = given("trace", alias="class")
    """Class under which results and targets count it. Default trace."""

    validity: PositiveNanoseconds | None = None
    """How long the message is kept. Default: what the SMSC says."""

    priority: Flag = given("false")
    """Whether SRI-SM asks with priority. Default false."""

    price: Literal["retail", "a2p"] = "retail"
    """Kind of price that the sender pays. Default retail."""

    @model_validator(mode="after")
    def _one_sender(self) -> Self:
        if (self.from_ is None) == (self.account is None):
            raise Refusal("needs either from or account", "write e.g. from: city", show_value=False)
        if self.scale == 0 or self.speed == 0:
            raise Refusal("has a scale or speed of 0", "leave the traffic out", show_value=False)
        return self
