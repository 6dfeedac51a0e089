"""The radio rows of an explanation: erlangs of each cell, and how many find no SDCCH."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from smsc_sim.model.names import Names
from smsc_sim.model.network import Network
from smsc_sim.theory.queues import erlang_b

Array = npt.NDArray[np.float64]

ALLOWED_BLOCKING = 0.01  # that a planner allows on SDCCHs: judgement; tables give 0.1 % to 2 %


class CellRow(NamedTuple):
    """The cells of one MSC, all alike."""

    msc: str
    cells: int
    sdcchs: int  # of each cell
    offered_erlang: float  # to each cell
    busy_erlang: float  # in the busiest hour
    peak_erlang: float  # in the busiest minute
    blocking: float  # in the busiest hour
    peak_blocking: float
    flag: str


def cell_rows(
    network: Network, names: Names, mean: Array, hour: Array, minute: Array
) -> tuple[CellRow, ...]:
    """Load of the SDCCHs of every MSC that has cells, blocking by Erlang B.

    Parameters
    ----------
    network : Network
    names : Names
    mean : (nodes,) float64 array
        Erlang offered to all SDCCHs of each node.
    hour, minute : (spells, nodes) float64 array
        The same over candidates for the busiest hour and minute.

    Notes
    -----
    Erlang B holds for any holding time, but for first tries that come at random: retrials and
    bursts block more.
    """
    found = []
    for node, cells in enumerate(network.node_cells):
        if cells == 0:
            continue
        units = network.pool_units[network.cell_sdcch[network.node_first_cell[node]]]
        busy = float(hour[:, node].max()) / cells
        peak = float(minute[:, node].max()) / cells
        blocking, peak_blocking = float(erlang_b(units, busy)), float(erlang_b(units, peak))
        flag = ""
        if blocking > ALLOWED_BLOCKING:
            flag = f"blocks more than {ALLOWED_BLOCKING:.0%}"
        elif peak_blocking > ALLOWED_BLOCKING:
            flag = f"blocks more than {ALLOWED_BLOCKING:.0%} at peak"
        found.append(
            CellRow(
                *(names.elements[node], cells, units, float(mean[node]) / cells, busy, peak),
                *(blocking, peak_blocking, flag),
            )
        )
    return tuple(found)
