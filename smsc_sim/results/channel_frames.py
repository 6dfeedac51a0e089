"""Rows about pages and channels of the whole run of one replication."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.model.network import Network

from .measures import RUN


def channel_rows(network: Network, occupancy: Occupancy) -> Iterator[tuple[str, str, str, float]]:
    """Measures of all cells and location areas together; those of each MSC are of its elements."""
    if not network.cell_sdcch:
        return
    first = -(-network.warm_up_ns // occupancy.interval_ns)  # whole intervals of the window
    window_ns = network.duration_ns - first * occupancy.interval_ns
    groups = sorted({network.pool_group[pool] for pool in network.cell_sdcch})
    tally = occupancy.channels
    taken, blocked = tally.taken[groups].sum(), tally.blocked[groups].sum()
    # Neither the time of all channels nor what they are held fits 63 bits for certain.
    held_ns = tally.held_ns[groups, first:].sum(dtype=float)
    channels = int(tally.channels[groups].sum())
    yield "run", RUN, "sdcch_utilisation", _ratio(held_ns, channels * window_ns)
    yield "run", RUN, "sdcch_blocking", _ratio(blocked, taken + blocked)
    areas = np.unique(network.area_paging)
    sent, lost = occupancy.visits[areas].sum(), occupancy.refused[areas].sum()
    busy_ns = occupancy.busy_ns[areas, first:].sum()
    yield "run", RUN, "paging_utilisation", _ratio(busy_ns, len(areas) * window_ns)
    yield "run", RUN, "pages_lost", _ratio(lost, sent + lost)


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")
