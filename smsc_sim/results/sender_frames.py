"""Rows about what senders do again, retry storms, and what senders are told."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.engines.tally import MessageTally
from smsc_sim.model.network import Network

from .measures import RUN
from .measures_senders import BACK_TO_NORMAL

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def sender_rows(
    network: Network, tally: MessageTally, occupancy: Occupancy
) -> Iterator[tuple[str, str, str, float]]:
    """Measures of the run, and of every class that was told of anything."""
    flow, counts = tally.flow, tally.counts
    first = -(-network.warm_up_ns // tally.interval_ns)  # whole intervals of the window
    resends, segments = tally.counts["resends"].sum(), tally.counts["segments_submitted"].sum()
    yield "run", RUN, "resend_ratio", _ratio(resends, segments)
    retries = flow["retry_attempts"].sum(axis=0)[first:]
    fresh = flow["first_attempts"].sum(axis=0)[first:]
    submitted = flow["submitted"].sum(axis=0)[first:]
    yield "run", RUN, "worst_retry_ratio", _worst(retries, fresh)
    yield "run", RUN, "worst_resend_ratio", _worst(flow["resends"].sum(axis=0)[first:], submitted)
    yield "run", RUN, "time_to_drain", time_to_drain_s(network, occupancy, submitted, first)
    classes = (range(len(tally.classes)), *([i] for i in range(len(tally.classes))))
    for rows, name in zip(classes, (RUN, *tally.classes), strict=True):
        entity_type = "run" if name == RUN else "class"
        receipts = counts["receipts"][list(rows)].sum()
        if receipts:
            yield entity_type, name, "receipts", float(receipts)
        reports, arrived = (counts[key][list(rows)].sum() for key in ("reports", "reports_in"))
        if reports:
            yield entity_type, name, "status_reports", float(reports)
            yield entity_type, name, "status_reports_delivered", _ratio(arrived, reports)


def sender_timeline(
    network: Network, tally: MessageTally
) -> Iterator[tuple[str, str, str, Floats]]:
    """Resends of the run over time."""
    edges = np.minimum(np.arange(tally.intervals + 1) * tally.interval_ns, network.duration_ns)
    yield "run", RUN, "resends_per_s", tally.flow["resends"].sum(axis=0) / (np.diff(edges) / 1e9)


def time_to_drain_s(network: Network, occupancy: Occupancy, submitted: Array, first: int) -> float:
    """Time from the last failure, or the peak, until the stores are back to their level before.

    Parameters
    ----------
    submitted : (intervals,) int64 array
        Messages by interval of the window.
    first : int
        Number of the first of these intervals.

    Returns
    -------
    float
        Seconds in whole intervals; NaN if the window shows no level before, or no way back to it.
    """
    intervals = occupancy.busy_ns.shape[1]
    edges = np.minimum(np.arange(intervals + 1) * occupancy.interval_ns, network.duration_ns)
    lengths = np.diff(edges)[first:]
    edges = edges[first:]
    stores = list(network.smsc_store)
    stored = occupancy.taken_ns[stores].sum(axis=0)[first:] / lengths
    is_down = (occupancy.up_ns[:, first:] < lengths).any(axis=0)
    if is_down.any():
        begin, end = int(is_down.argmax()), int(np.flatnonzero(is_down)[-1])
    elif submitted.any():
        begin = end = int(submitted.argmax())
    else:
        return float("nan")
    if begin == 0:
        return float("nan")
    limit = BACK_TO_NORMAL * float(np.median(stored[:begin]))
    back = np.flatnonzero(stored[end + 1 :] <= limit)
    return float(edges[end + 1 + back[0]] - edges[end + 1]) / 1e9 if len(back) else float("nan")


def _worst(again: Array, fresh: Array) -> float:
    """Ratio in the interval with the most of `again`; 0 where nothing was done again."""
    if not again.any():
        return 0.0
    worst = int(again.argmax())
    return _ratio(again[worst], fresh[worst])


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
