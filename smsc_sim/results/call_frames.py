"""Rows about calls and location updates of one replication: of the run and of each MSC."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from smsc_sim.engines.tally import Calls
from smsc_sim.model.codes import (
    CALL_BLOCKED_SDCCH,
    CALL_BLOCKED_TCH,
    CALL_CARRIED,
    CALL_IS_RETRIED,
    CALL_IS_TRIED,
    CALL_NO_SERVICE,
    CALL_PAGE_LOST,
)
from smsc_sim.model.names import Names
from smsc_sim.model.network import Network

from .measures import RUN

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def call_rows(names: Names, calls: Calls) -> Iterator[tuple[str, str, str, float]]:
    """Measures of the run and of every MSC that had calls or updates."""
    for kind, entity, counts in _entities(names, calls.counts):
        for measure, value in _measures(counts):
            yield kind, entity, measure, value


def call_timeline(
    network: Network, names: Names, calls: Calls
) -> Iterator[tuple[str, str, str, Floats]]:
    """Series of the run and of every MSC; NaN in intervals without a call."""
    edges = np.minimum(np.arange(calls.flow.shape[-1] + 1) * calls.interval_ns, network.duration_ns)
    for kind, entity, flow in _entities(names, calls.flow):
        events = flow[0]
        if not events[CALL_IS_TRIED].any():
            continue
        ended = events[CALL_CARRIED:].sum(axis=0)
        yield kind, entity, "calls_per_s", events[CALL_IS_TRIED] / (np.diff(edges) / 1e9)
        for measure, lost in _losses(events).items():
            yield kind, entity, measure, _shares(lost, ended)


def _entities(names: Names, counts: Array) -> Iterator[tuple[str, str, Array]]:
    """(entity type, entity, counts by kind and event) of what had calls or updates."""
    used = np.flatnonzero(counts.sum(axis=(0, 1, *range(3, counts.ndim))))
    if len(used):
        yield "run", RUN, counts.sum(axis=2)
    for node in used.tolist():
        yield "element", names.elements[node], counts[:, :, node]


def _losses(events: Array) -> dict[str, Array]:
    """Lost calls by measure, of counts by event."""
    at_sdcch, at_tch = events[CALL_BLOCKED_SDCCH], events[CALL_BLOCKED_TCH]
    return {
        "call_blocking": at_sdcch + at_tch,
        "call_blocking_sdcch": at_sdcch,
        "call_blocking_tch": at_tch,
    }


def _measures(counts: Array) -> Iterator[tuple[str, float]]:
    """Measures of one entity, of counts by kind and event; NaN where there is nothing to divide."""
    calls, updates = counts
    if tried := int(calls[CALL_IS_TRIED]):
        ended = calls[CALL_CARRIED:].sum()
        yield "calls_offered", tried
        for measure, lost in _losses(calls).items():
            yield measure, float(_shares(lost, ended))
        failed = calls[CALL_PAGE_LOST] + calls[CALL_NO_SERVICE]
        yield "call_failures", float(_shares(failed, ended))
        yield "retrials_per_call", calls[CALL_IS_RETRIED] / tried
    if tried := int(updates[CALL_IS_TRIED]):
        lost = updates[CALL_BLOCKED_SDCCH]
        yield "updates_offered", tried
        yield "update_blocking", float(_shares(lost, updates[CALL_CARRIED:].sum()))


def _shares(part: Array, whole: Array) -> Floats:
    """Quotients; NaN where there is nothing to divide by."""
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
