"""Charging nodes in a scenario; the docstring under a field is its manual."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from smsc_sim.scenario.quantities import (
    Count,
    Nanoseconds,
    PerSecond,
    PositiveNanoseconds,
    Share,
    WaitingRoom,
)
from smsc_sim.scenario.schema_base import Part, given


class Charging(Part):
    """A charging node: MSCs ask it, by CAP, before they send on what prepaid phones write.

    One query and one answer for each segment; what is charged is not given back when the SMSC
    then refuses the segment.
    """

    rate: PerSecond
    """Queries per second of one unit, e.g. 500 /s; no default."""

    units: Annotated[Count, Field(ge=1, le=1000)] = given(1)
    """Parallel units that share the work, a whole number. Default 1."""

    answer_time: Nanoseconds = given("20 ms")
    """Time from the end of the work until the answer leaves. Default 20 ms: judgement, as an
    HLR's."""

    queue: WaitingRoom = given("5 s")
    """Longest queueing, or how many may queue, e.g. 200 msg; what finds no room is lost. Default
    5 s: judgement."""

    service: Literal["constant", "exponential"] = "constant"
    """Work on one query: always 1 / rate (constant), or an exponential time with that mean
    (exponential). Default constant: judgement."""

    timer: PositiveNanoseconds = given("10 s")
    """Longest wait of an MSC for the answer. Default 10 s: the SMS timer of CAP, of 1 to 20 s
    (found: RestComm/jss7, CAPStackConfigurationManagement.java)."""

    on_timeout: Literal["allow", "refuse"] = "refuse"
    """What an MSC does without an answer: allow sends the segment on uncharged, refuse refuses it.
    Default refuse: judgement."""

    no_credit: Share = given("1 %")
    """Share of the prepaid phones that have no credit for the whole run: all that they send is
    refused. Default 1 %: judgement."""
