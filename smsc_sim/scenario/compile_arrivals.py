"""Arrivals to columns: rates over time, bursts, batches and tables."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from smsc_sim.model.arrivals import MASS
from smsc_sim.model.codes import BY_BATCH, BY_GAPS, BY_LOGIN, BY_RATE, BY_REPLY, BY_TABLE, NOBODY
from smsc_sim.model.network import EXTRA_NUMBERS
from smsc_sim.scenario.compile_gaps import PhoneGaps
from smsc_sim.scenario.moments import later
from smsc_sim.scenario.schema_arrivals import Burst, Profile, is_in_year

HOUR_NS = 3600 * 10**9

Column = Sequence[int] | npt.NDArray[np.integer[Any]]
Piece = tuple[int, int, float]  # from ns, messages before in millionths, rate in millionths per ns


@dataclass(frozen=True, slots=True)
class TableRows:
    """Messages of a table, in the order of their times.

    Attributes
    ----------
    ns : sequence of int
        When each is sent, from the start of the simulation; ascending, at least 0.
    population, phone, sender, text : sequence of int
        Row of the recipient's population, phone in it, phone of the sending population and row of
        the text mix; -1, or no sequence at all, where it is drawn as for other sources.
    """

    ns: Column
    population: Column | None = None
    phone: Column | None = None
    sender: Column | None = None
    text: Column | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """When one source sends: exactly one of pieces, batch and table is given, none for replies.

    Attributes
    ----------
    digest : int
        Of the source's name.
    pieces : list of Piece
        Rate over time.
    mean_batch : float
        Mean number of messages that come at one instant, at least 1.
    bursts : sequence of (float, int)
        Factor and mean spell in ns of each state, in their order; factors relative to the mean.
    batch : (int, int, float), optional
        First message in ns, number of messages, ns between them.
    table : TableRows, optional
    audience : int, optional
        Batches with the same one reach the same phones in the same order; by default the digest.
    by_login : bool
        People who log in ask for its messages.
    gaps : PhoneGaps, optional
        Each phone writes again and again.
    """

    digest: int
    pieces: Sequence[Piece] = ()
    mean_batch: float = 1.0
    bursts: Sequence[tuple[float, int]] = ()
    batch: tuple[int, int, float] | None = None
    table: TableRows | None = None
    audience: int | None = None
    by_login: bool = False
    gaps: PhoneGaps | None = None

    @property
    def code(self) -> int:
        """BY_RATE, BY_BATCH, BY_TABLE, BY_REPLY, BY_LOGIN or BY_GAPS."""
        if self.batch is not None:
            return BY_BATCH
        if self.table is not None:
            return BY_TABLE
        if self.by_login:
            return BY_LOGIN
        if self.gaps is not None:
            return BY_GAPS
        return BY_RATE if self.pieces else BY_REPLY

    @property
    def limit(self) -> int:
        """Messages at most that come by themselves; by gaps: phones, one for the first of each."""
        if self.gaps is not None:
            return self.gaps.phones
        if self.batch is not None:
            return self.batch[1]
        if self.code in (BY_REPLY, BY_LOGIN):
            return 0
        return EXTRA_NUMBERS if self.table is None else len(self.table.ns)


def rate_pieces(start: datetime, until_ns: int, rate_per_s: float, profile: Profile) -> list[Piece]:
    """Rate over time by the local clock: rows of (from ns, messages before, rate).

    Messages are counted in millionths, rates in millionths per ns.  The last row is the end.
    Hours follow the clock of the zone, also on the days on which it is changed.
    """
    events = event_spells(start, until_ns, profile)
    edges = sorted({edge for low_ns, high_ns, _ in events for edge in (low_ns, high_ns)})
    rows = []
    at_ns, mass, edge = 0, 0, 0
    while at_ns < until_ns:
        local = later(start, at_ns)
        past_ns = (local.minute * 60 + local.second) * 10**9 + local.microsecond * 1000
        span_ns = HOUR_NS - past_ns
        while edge < len(edges) and edges[edge] <= at_ns:
            edge += 1
        if edge < len(edges):
            span_ns = min(span_ns, edges[edge] - at_ns)
        factor = math.prod(by for low_ns, high_ns, by in events if low_ns <= at_ns < high_ns)
        # Rounded over the whole span, so that a longer run begins like a shorter one.
        weight = profile.relative(local) * factor
        rate = round(rate_per_s * weight * MASS / 1e9 * span_ns) / span_ns
        length_ns = min(span_ns, until_ns - at_ns)
        rows.append((at_ns, mass, rate))
        at_ns, mass = at_ns + length_ns, mass + round(rate * length_ns)
    rows.append((until_ns, mass, 0.0))
    return rows


def event_spells(start: datetime, until_ns: int, profile: Profile) -> list[tuple[int, int, float]]:
    """Events of a profile that fall into the run: from ns, until ns, factor."""
    spells = []
    for name in sorted(profile.events):
        event = profile.events[name]
        for year in range(start.year - 1, later(start, until_ns).year + 1):
            day = is_in_year(event.at, year)
            if day is None:
                continue
            local = datetime(
                day.year, day.month, day.day, event.at.hour, event.at.minute, tzinfo=start.tzinfo
            )
            passed = local.astimezone(UTC) - start.astimezone(UTC)
            low_ns = (passed.days * 86400 + passed.seconds) * 10**9 + passed.microseconds * 1000
            if low_ns < until_ns and low_ns + event.for_ > 0:
                spells.append((low_ns, low_ns + event.for_, event.factor))
    return spells


def relative_bursts(bursts: Mapping[str, Burst]) -> list[tuple[float, int]]:
    """Factors divided by their mean over time, and mean spells in ns, in the order of names."""
    states = [bursts[name] for name in sorted(bursts)]
    total_ns = math.fsum(state.mean for state in states)
    mean = math.fsum(state.factor * (state.mean / total_ns) for state in states)
    return [(state.factor / mean, state.mean) for state in states]


def arrival_columns(sources: Sequence[Arrivals]) -> dict[str, Any]:
    """Columns of `Network` about when sources send, messages before background."""
    batches = [source.batch or (0, 0, 0.0) for source in sources]
    gaps = [source.gaps for source in sources]
    return {
        "source_digest": [source.digest for source in sources],
        "source_audience": [
            source.digest if source.audience is None else source.audience for source in sources
        ],
        "source_arrivals": [source.code for source in sources],
        "source_limit": [source.limit for source in sources],
        "source_first_ns": [first_ns for first_ns, _, _ in batches],
        "source_gap_ns": [
            source.gaps.mean_ns / source.gaps.phones if source.gaps is not None else gap_ns
            for source, (_, _, gap_ns) in zip(sources, batches, strict=True)
        ],
        "source_gaps": [NOBODY if part is None else part.gaps for part in gaps],
        "source_rest": [NOBODY if part is None else part.rest for part in gaps],
        "source_p_batch": [1.0 / source.mean_batch for source in sources],
        "burst_first": _firsts(source.bursts for source in sources),
        "burst_factor": [factor for source in sources for factor, _ in source.bursts],
        "burst_ns": [spell_ns for source in sources for _, spell_ns in source.bursts],
        "piece_first": _firsts(source.pieces for source in sources),
        "piece_ns": [row[0] for source in sources for row in source.pieces],
        "piece_mass": [row[1] for source in sources for row in source.pieces],
        "piece_rate": [row[2] for source in sources for row in source.pieces],
        **_table_columns([source.table for source in sources]),
    }


def _firsts(parts: Iterable[Sized]) -> list[int]:
    return [0, *accumulate(len(part) for part in parts)]


def _table_columns(tables: Sequence[TableRows | None]) -> dict[str, Any]:
    """Columns of all tables; eight octets for each row and column, as a list may have millions."""
    given = [table for table in tables if table is not None]
    columns: dict[str, Any] = {
        "table_first": _firsts(() if table is None else table.ns for table in tables),
        "table_ns": array("q"),
    }
    for table in given:
        columns["table_ns"].extend(_whole(table.ns))
    for name in ("population", "phone", "sender", "text"):
        column = columns[f"table_{name}"] = array("q")
        for table in given:
            values = getattr(table, name)
            column.extend(repeat(NOBODY, len(table.ns)) if values is None else _whole(values))
    return columns


def _whole(values: Sequence[int] | npt.NDArray[np.integer[Any]]) -> array[int]:
    return array("q", np.asarray(values, np.int64).tobytes())
