"""Cells to columns: location areas become paging stations, cells pools of channels."""

from typing import Any

from smsc_sim.model.codes import NOBODY
from smsc_sim.scenario.compile_topology import Rows, service_ns
from smsc_sim.scenario.schema import Scenario


def compile_cells(scenario: Scenario, rows: Rows) -> dict[str, Any]:
    """Columns of `Network` about location areas and cells, and their stations and pools."""
    node_areas, node_first_area, node_cells, node_first_cell = [], [], [], []
    paging: list[int] = []
    sdcch: list[int] = []
    tch: list[int] = []
    for name, node in rows.nodes.items():
        cells = scenario.mscs[name].cells if name in scenario.mscs else None
        node_first_area.append(len(paging))
        node_first_cell.append(len(sdcch))
        if cells is None:
            node_areas.append(0)
            node_cells.append(0)
            continue
        node_areas.append(cells.areas)
        node_cells.append(cells.areas * cells.per_area)
        page_ns = service_ns(cells.paging)
        for area in range(cells.areas):
            station = f"{name} area {area} paging"
            paging.append(rows.station(station, node, 1, page_ns, cells.paging_queue))
        sdcchs = rows.channel_group(f"{name} SDCCH")
        tchs = rows.channel_group(f"{name} TCH") if cells.tchs is not None else NOBODY
        for cell in range(node_cells[-1]):
            sdcch.append(rows.channels(f"{name} cell {cell} SDCCH", cells.sdcchs, sdcchs))
            if cells.tchs is None:
                tch.append(NOBODY)
            else:
                tch.append(rows.channels(f"{name} cell {cell} TCH", cells.tchs, tchs))
    parts = [scenario.mscs[name].cells if name in scenario.mscs else None for name in rows.nodes]
    return {
        "node_pages": [part.pages if part else 1 for part in parts],
        "node_retrials": [part.retrials if part else 0 for part in parts],
        "node_retrial_ns": [part.retrial_delay if part else 1 for part in parts],
        "node_session_ns": [part.session if part else 0 for part in parts],
        "node_areas": node_areas,
        "node_first_area": node_first_area,
        "node_cells": node_cells,
        "node_first_cell": node_first_cell,
        "area_paging": paging,
        "cell_sdcch": sdcch,
        "cell_tch": tch,
    }
