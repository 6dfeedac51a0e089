"""Signalling in a scenario: link sets, and what holds for MSUs on all of them.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.quantities import (
    BitsPerSecond,
    Count,
    Messages,
    Nanoseconds,
    Octets,
    PerSecond,
    Share,
)
from smsc_sim.scenario.schema_base import Name, Part, given

SLS_BITS = (4, 5, 8)
LEVELS = 3
NAMED_SPEEDS = {
    "ds0a": "56 kbit/s",
    "ds0": "64 kbit/s",
    "t1": "1.536 Mbit/s",
    "e1": "1.984 Mbit/s",
}


def _two_ends(value: object) -> object:
    if isinstance(value, (list, tuple)) and len(value) == 2:
        if value[0] == value[1]:
            raise Refusal("must join two different elements", "name another element")
        return tuple(value)
    raise Refusal("needs the names of two elements", "write e.g. [north, a]", show_value=False)


def _named_speed(value: Any) -> Any:
    return NAMED_SPEEDS.get(value, value) if isinstance(value, str) else value


def _rising(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)) or len(value) not in (0, LEVELS):
        raise Refusal("needs three shares", "write e.g. [50 %, 70 %, 90 %]", show_value=False)
    return tuple(value)


def _in_order(value: tuple[float, ...]) -> tuple[float, ...]:
    if any(low >= high for low, high in pairwise(value)):
        raise Refusal("must rise from level to level", "write e.g. [50 %, 70 %, 90 %]")
    return value


def _sls_bits(value: int) -> int:
    if value not in SLS_BITS:
        raise Refusal("must be 4, 5 or 8", "write 4 for ITU-T, 5 or 8 for ANSI networks")
    return value


class LinkSet(Part):
    """Parallel signalling links between two elements.

    Its links are elements too: link 1 of set home-a is called home-a.1.
    """

    between: Annotated[tuple[Name, Name], BeforeValidator(_two_ends)]
    """The two elements that it joins: [north, a]."""

    links: Annotated[Count, Field(ge=1, le=16)] = given(1)
    """Number of links, 1 to 16. At most 16 links in a set (found: ccexpert.us, signaling links
    and link sets). Default 1."""

    speed: Annotated[
        BitsPerSecond,
        BeforeValidator(_named_speed),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string", "pattern": r"^[0-9.]+([eE][+-]?[0-9]+)? *[kMG]?bit/s$"},
                    {"enum": list(NAMED_SPEEDS)},
                ],
                "examples": ["64 kbit/s"],
            }
        ),
    ] = given("64 kbit/s")
    """Speed of one link and direction, or its kind: ds0a 56 kbit/s (North America), ds0 64 kbit/s
    (an E1 time slot), t1 1.536 Mbit/s (all found: ccexpert.us, signaling links and link sets), e1
    1.984 Mbit/s (31 time slots; from memory, not found). Default 64 kbit/s."""

    transport: Literal["mtp2", "m3ua"] = "mtp2"
    """What carries the MSUs and so how many octets each costs: mtp2 (TDM) or m3ua (SIGTRAN).
    Default mtp2."""

    msu_rate: PerSecond | None = None
    """MSUs per second that one link (a SIGTRAN card) carries in each direction, in place of its
    speed: each then takes 1/rate, whatever its octets. Only with m3ua. An IPLIM card takes 4000, an
    IPSG card 5000 to 12000 (found: docs.oracle.com/cd/E97326_01). Default: by octets and speed."""

    propagation: Nanoseconds = given("5 ms")
    """Time on the way, one direction. Default 5 ms: judgement (about 1000 km of fibre)."""

    buffer: Octets = given("20000 octets")
    """Octets that may wait for one link and direction; an MSU that finds no room is lost. Default
    20000: judgement (2.5 s of a 64 kbit/s link)."""

    msu_buffer: Messages = given("1000 msg")
    """MSUs that may wait for one link with an `msu_rate`, in place of `buffer`. Default 1000:
    judgement (0.25 s of a card with 4000 MSU/s)."""

    congestion: Annotated[
        tuple[Share, ...], BeforeValidator(_rising), AfterValidator(_in_order)
    ] = ()
    """Shares of the buffer from which congestion level 1, 2 and 3 hold: [50 %, 70 %, 90 %]. Level n
    discards MSUs with a priority below n: reports and alerts have 0, what opens a dialogue 1, what
    goes on with one 2, answers 3 (judgement: work already done is saved, and what costs least to
    repeat goes first; the mechanism as ANSI T1.111, from memory, not found). Default: no levels,
    only a full buffer loses MSUs, as in ITU-T networks without the national option (from memory,
    not found)."""


class Signalling(Part):
    """What holds for all MSUs and links of the network."""

    sls_bits: Annotated[Count, AfterValidator(_sls_bits)] = given(4)
    """Bits of the signalling link selection that every MSU carries from end to end: 4 in ITU-T
    networks (found: erlang.com/reply/65224), 5 or 8 in ANSI networks (from memory, not found). The
    more bits, the more evenly a number of links that is no power of two is loaded. Default 4."""

    changeover: Nanoseconds = given("500 ms")
    """Time after the failure of one link until its traffic goes on over the other links of its set;
    until then it waits in the changeover buffer. Default 500 ms: the shortest T1 of ITU-T Q.704,
    0.5-1.2 s (from memory, not found)."""

    reroute: Nanoseconds = given("1 s")
    """Time after the failure or repair of a link set or STP until MSUs take other ways; until then
    they wait where the way is broken. Default 1 s: T6 of ITU-T Q.704, 0.5-1.2 s (from memory, not
    found)."""

    link_cards: Literal["in_node", "apart"] = "in_node"
    """What becomes of MSUs in send buffers when a node fails. in_node: those of the failed node are
    lost, those of its neighbours towards a failed STP take other ways. apart: the cards of both go
    on and send what they hold, also to where nobody listens. Default in_node: judgement."""

    address_digits: Annotated[Count, Field(ge=1, le=20)] = given(12)
    """Digits of every number and global title in an MSU, 1 to 20; two more cost one octet in each
    address. Default 12: those with which the octets were checked."""

    routing_label: Annotated[Octets, Field(le=100)] = given("4 octets")
    """Octets of the routing label of an MSU on mtp2. Default 4: ITU-T point codes of 14 bits; ANSI
    has 7 (both from memory, not found)."""

    sigtran_header: Annotated[Octets, Field(le=1000)] = given("80 octets")
    """Octets around the SCCP message on m3ua. Default 80: IPv4 20, SCTP 12, DATA chunk 16, M3UA 8,
    routing context 8, protocol data 16, without the link layer (computed)."""

    largest_sif: Annotated[Octets, Field(ge=200, le=4096)] = given("272 octets")
    """Longest signalling information field of an MSU on mtp2, 200 to 4096 octets. A text that does
    not fit is sent in a dialogue that is opened empty first. Default 272 (found:
    docs.oracle.com/cd/F11875_01); Restcomm keeps 6 octets back: 266 (found:
    SmscPropertiesManagement.java, maxMessageLengthReducer)."""
