"""Cells: where a phone is, and which channels and pages it then shares with others."""

from smsc_sim.model.codes import CALL, CALL_TALKED, FOR_CELL, GSM, NOBODY
from smsc_sim.model.draws import below
from smsc_sim.model.network import Job, Network
from smsc_sim.model.phones import phone_key
from smsc_sim.model.radio import access_of


def cell_of(network: Network, msc: int, population: int, phone: int) -> int:
    """Cell (row) of an MSC that a phone is in; -1 without GSM access or without limited channels.

    The same at all times: phones are spread evenly, and who moves is replaced by others.
    """
    cells = network.node_cells[msc]
    if cells == 0 or access_of(network, population, phone) != GSM:
        return NOBODY
    key = phone_key(network, population, phone)
    return network.node_first_cell[msc] + below(key, 0, FOR_CELL, cells)


def area_of(network: Network, msc: int, cell: int) -> int:
    """Location area (row) of a cell of an MSC."""
    number = cell - network.node_first_cell[msc]
    per_area = network.node_cells[msc] // network.node_areas[msc]
    return network.node_first_area[msc] + number // per_area


def held_channel(network: Network, job: Job) -> int:
    """Pool of the channel that a job holds, or -1: a TCH in conversation, else an SDCCH."""
    if job.cell == NOBODY:
        return NOBODY
    if job.kind == CALL and job.stage == CALL_TALKED:
        return network.cell_tch[job.cell]
    return network.cell_sdcch[job.cell]
