"""Cells, access and the radio side in YAML: defaults, and the full line for each mistake."""

from pathlib import Path

import pytest

from smsc_sim.scenario.loader import load
from tests.networks import network
from tests.unit.scenario.test_loader_errors import BASE, problems_of, written

BROKEN = [
    (
        "helsinki: {}",
        "helsinki: {cells: {sdcchs: 0}}",
        "10:30: mscs.helsinki.cells.sdcchs: must be at least 1 (got '0')",
    ),
    (
        "helsinki: {}",
        "helsinki: {cells: {paging: 40}}",
        "10:30: mscs.helsinki.cells.paging: needs a rate in messages per second (got '40'); write "
        "e.g. 400 msg/s",
    ),
    (
        "helsinki: {}",
        "helsinki: {cells: {retrials: -1}}",
        "10:32: mscs.helsinki.cells.retrials: must not be negative (got '-1')",
    ),
    (
        "helsinki: {}",
        "helsinki: {cells: {retrial_delay: 0 s}}",
        "10:37: mscs.helsinki.cells.retrial_delay: must be more than 0 (got '0 s')",
    ),
    (
        "helsinki: {}",
        "helsinki: {cells: {sdcch: 8}}",
        "10:22: mscs.helsinki.cells.sdcch: there is no such key; did you mean 'sdcchs'?",
    ),
    (
        "country: FI}",
        "country: FI, access: {gsm: 70 %, sgs: 25 %}}",
        "15:35: populations.city.access: shares of gsm, sgs and ims must sum to 100 %, they sum to "
        "95 %; change one of them",
    ),
    (
        "country: FI}",
        "country: FI, access: {umts: 100 %}}",
        "15:44: populations.city.access.umts: there is no such key; known: gsm, ims, sgs",
    ),
    (
        "country: FI}",
        "country: FI, radio: {sgs_answer: 0 s}}",
        "15:55: populations.city.radio.sgs_answer: must be more than 0 (got '0 s')",
    ),
]


@pytest.mark.parametrize(("old", "new", "line"), BROKEN)
def test_broken_radio(tmp_path: Path, old: str, new: str, line: str) -> None:
    """One wrong value or key gives exactly its line."""
    assert BASE.count(old) == 1
    path = written(tmp_path, BASE.replace(old, new))
    assert problems_of(path) == [f"peak.yaml:{line}"]


def test_defaults(tmp_path: Path) -> None:
    """Without `cells` channels have no limit; all phones are on GSM; `cells: {}` is complete."""
    scenario = load(written(tmp_path, BASE)).scenario
    assert scenario.mscs["helsinki"].cells is None
    access = scenario.populations["city"].access
    assert (access.gsm, access.sgs, access.ims) == (1.0, 0.0, 0.0)
    celled = BASE.replace("helsinki: {}", "helsinki: {cells: {}}")
    scenario = load(written(tmp_path, celled)).scenario
    cells = scenario.mscs["helsinki"].cells
    assert cells is not None and cells.tchs is None
    assert (cells.areas, cells.per_area, cells.sdcchs, cells.paging) == (4, 30, 8, 80.0)


def test_cells_become_pools_and_stations() -> None:
    """Each cell has a pool of SDCCHs, and of TCHs if they are limited; each area pages alone."""
    net, names = network("{mscs: {turku: {cells: {areas: 2, per_area: 3, sdcchs: 4, tchs: 15}}}}")
    assert [names.stations[row] for row in net.area_paging] == [
        "turku area 0 paging",
        "turku area 1 paging",
    ]
    assert [names.pools[row] for row in net.cell_sdcch[:2]] == [
        "turku cell 0 SDCCH",
        "turku cell 1 SDCCH",
    ]
    assert [net.pool_units[row] for row in (net.cell_sdcch[5], net.cell_tch[5])] == [4, 15]
    assert names.channel_groups == ("turku SDCCH", "turku TCH")
    assert min(net.cell_sdcch) > max(net.account_window), "channels come last"


def test_a_smaller_network_has_fewer_cells(tmp_path: Path) -> None:
    """`--scale` keeps phones per cell and pages per area as far as whole numbers allow."""
    text = BASE.replace("helsinki: {}", "helsinki: {cells: {areas: 4, per_area: 30}}")
    loaded = load(written(tmp_path, text), scale="50 %")
    cells = loaded.scenario.mscs["helsinki"].cells
    assert cells is not None and (cells.areas, cells.per_area) == (2, 30)
    loaded = load(written(tmp_path, text), scale="5 %")
    cells = loaded.scenario.mscs["helsinki"].cells
    assert cells is not None and (cells.areas, cells.per_area) == (1, 6)
    assert "mscs.helsinki.cells.areas: 4 -> 1 (cannot shrink further)" in loaded.notes
    assert "mscs.helsinki.cells.per_area: 30 -> 6" in loaded.notes
