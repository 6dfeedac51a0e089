"""The radio side in a scenario: location areas, cells and their channels; the YAML manual of each.

The docstring under a field is its manual: meaning, unit, default and where the default comes from.
"Judgement" is a choice of this project; "from memory, not found" is believed but has no source.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from smsc_sim.scenario.quantities import Count, Nanoseconds, PerSecond
from smsc_sim.scenario.schema_base import Part, given


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
