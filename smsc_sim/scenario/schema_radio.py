"""The radio side in a scenario: location areas, cells and their channels; the YAML manual of each.

The docstring under a field is its manual: meaning, unit, default and where the default comes from.
"Judgement" is a choice of this project; "from memory, not found" is believed but has no source.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from smsc_sim.scenario.quantities import (
    Count,
    Nanoseconds,
    Octets,
    PerSecond,
    PositiveNanoseconds,
    Share,
)
from smsc_sim.scenario.schema_base import Part, given, ratio_of_one


class Cells(Part):
    """Location areas of an MSC and their GSM cells, all alike.

    Each phone is in one cell of its MSC. Cells with as many channels everywhere are what a
    planner works with; an MSC whose cells differ is written as two.
    """

    areas: Annotated[Count, Field(ge=1, le=1000)] = given(4)
    """Location areas of the MSC, a whole number. Default 4: judgement."""

    per_area: Annotated[Count, Field(ge=1, le=1000)] = given(30)
    """Cells (sectors) of each area, a whole number. Default 30: judgement."""

    sdcchs: Annotated[Count, Field(ge=1, le=1000)] = given(8)
    """Signalling channels (SDCCH) of each cell, a whole number; who finds none free is refused.
    Default 8: one SDCCH/8 time slot (found: easymanua.ls/ericsson/cme-20-r6-1, channel
    combination VII)."""

    tchs: Annotated[Count, Field(ge=1, le=1000)] | None = None
    """Traffic channels (TCH) of each cell, a whole number; a call that finds none free is refused.
    Default: without limit."""

    paging: PerSecond = given("80 /s")
    """Pages per second that the cells of one area send; each page goes out in all of them.
    Default 80 /s: 288,000 per hour from 5 paging blocks (found: scribd.com/document/382859417)."""

    paging_queue: Nanoseconds = given("2 s")
    """Longest queueing of a page; one that would wait longer is lost. Default 2 s: judgement."""

    pages: Annotated[Count, Field(ge=1, le=10)] = given(2)
    """Pages for one delivery at most, a whole number, each a `paging_timeout` after the one
    before. Default 2: judgement."""

    retrials: Annotated[Count, Field(ge=0, le=10)] = given(2)
    """Further tries of a phone that finds no SDCCH free, a whole number. Default 2: judgement."""

    retrial_delay: PositiveNanoseconds = given("10 s")
    """Time between those tries, the same for all phones. Default 10 s: T3122 of osmo-bsc (found:
    osmocom/osmo-bsc@1245bb6f, net_init.c)."""

    session: Nanoseconds = given("5 s")
    """How long an SDCCH is kept for the next segment of a message, once it was announced
    (TP-MMS); 0 s: each segment is paged for. Default 5 s: judgement (a few round trips)."""


class Access(Part):
    """How phones reach their MSC, as shares of the phones that sum to 100 %."""

    gsm: Share = given("0 %")
    """GSM: pages and an SDCCH. Default 0 %."""

    sgs: Share = given("0 %")
    """LTE with SMS over SGs: an answer time, no GSM page and no SDCCH. Default 0 %."""

    ims: Share = given("0 %")
    """SMS over IMS: an answer time, no GSM page and no SDCCH. Default 0 %."""

    @model_validator(mode="after")
    def _sum(self) -> Self:
        ratio_of_one((self.gsm, self.sgs, self.ims), "shares of gsm, sgs and ims")
        return self


class Radio(Part):
    """The radio side of one delivery or submission."""

    paging: Nanoseconds = given("1500 ms")
    """Mean time until a reachable phone answers a page, exponential. Default 1.5 s: judgement."""

    paging_timeout: PositiveNanoseconds = given("10 s")
    """Wait until a phone that does not answer counts as absent. Default 10 s: paging response
    timeout of osmo-msc (found: osmocom/osmo-msc@e73f361f, ran_infra.c)."""

    access: Nanoseconds = given("2 s")
    """Time of signalling before the text is sent: channel, authentication, ciphering. Default 2 s
    (from memory, not found)."""

    block: Nanoseconds = given("235.4 ms")
    """Time of one block on the signalling channel: one 51-multiframe. Default 235.4 ms (from
    memory, not found)."""

    block_octets: Annotated[Octets, Field(le=1000)] = given("20 octets")
    """Octets of a message that one block carries. Default 20: N201 of LAPDm on the SDCCH (from
    memory, not found)."""

    sgs_answer: PositiveNanoseconds = given("2 s")
    """Mean time of one delivery or submission over SGs, paging included, exponential. Default 2 s:
    idle phones take 1-3 s (from memory, not found)."""

    ims_answer: PositiveNanoseconds = given("500 ms")
    """Mean time of one delivery or submission over IMS, exponential. Default 500 ms: under 1 s
    (from memory, not found)."""
