"""Traces to table rows: times stretched and scaled, people numbered as phones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from smsc_sim.model.codes import NOBODY
from smsc_sim.scenario.compile_arrivals import TableRows
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import Loaded
from smsc_sim.scenario.schema_trace import TraceTraffic


def trace_table(loaded: Loaded, name: str, populations: list[str]) -> TableRows:
    """Messages of a trace that are sent before the run ends.

    Parameters
    ----------
    loaded : Loaded
    name : str
        Of the traffic.
    populations : list of str
        In the order of their rows.

    Raises
    ------
    ScenarioError
        If the trace has more people than a population has phones.
    """
    scenario, rows = loaded.scenario, loaded.traces[name]
    part = scenario.traffic[name]
    assert isinstance(part, TraceTraffic)
    at_s, row, is_first = _copies(rows.s, part.scale)
    at_ns = np.round((at_s - part.skip / 1e9) / part.speed * 1e9).astype(np.int64) + part.at
    kept = (at_s >= part.skip / 1e9) & (at_ns < scenario.duration + scenario.drain_ns)
    at_ns, row, is_first = at_ns[kept], row[kept], is_first[kept]
    to = next(iter(part.to)) if len(part.to) == 1 else None
    for key, population in (("from", part.from_), ("to", to)):
        size = None if population is None else scenario.populations[population].size
        if size is not None and rows.people > size:
            what = f"has {size:,} phones for the {rows.people:,} people of the trace"
            problem = loaded.problem(f"traffic.{name}.{key}", what, "make the population larger")
            raise ScenarioError([problem], loaded.file)
    return TableRows(
        ns=at_ns,
        population=None if to is None else [populations.index(to)] * len(at_ns),
        phone=None if to is None else _phones(rows.recipients, row, is_first),
        sender=None if part.from_ is None else _phones(rows.senders, row, is_first),
    )


def _copies(
    s: npt.NDArray[np.float64], scale: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Times, row and whether it is the row's own message, in the order of times.

    Of n rows floor(n * scale) messages are made, evenly over the rows; the further ones of a row
    divide the gap to the next row.
    """
    n = len(s)
    made = np.diff(np.floor(np.arange(n + 1) * scale + 1e-9)).astype(np.int64)
    row = np.repeat(np.arange(n), made)
    copy = np.arange(len(row)) - np.repeat(np.cumsum(made) - made, made)
    gap = np.diff(s, append=s[-1])
    return s[row] + gap[row] * copy / np.maximum(made[row], 1), row, copy == 0


def _phones(
    persons: npt.NDArray[np.int64] | None,
    row: npt.NDArray[np.int64],
    is_first: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int64] | None:
    """Phones of people; those of further messages are drawn."""
    return None if persons is None else np.where(is_first, persons[row], NOBODY)
