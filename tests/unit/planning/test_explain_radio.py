"""Pages and erlangs of cells by theory, against what the engine carries."""

from pathlib import Path

import numpy as np
import pytest

from smsc_sim.engines.compiled import CompiledEngine
from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.model.codes import LOG_SUBMIT
from smsc_sim.planning.explain import Explanation, as_text, explain
from smsc_sim.scenario.compile import Compiled, compile_scenario
from smsc_sim.scenario.loader import load
from smsc_sim.theory.queues import erlang_b
from tests.agreement import check

TOWN = """
name: town
start: 2026-12-31T18:00 UTC
duration: 600 s
warm_up: 100 s
smscs: {north: {rate: 500 msg/s, retry: never}}
hlrs: {main: {rate: 2000 /s}}
mscs: {east: {cells: {areas: 2, per_area: 4, sdcchs: 50, pages: 3}}}
link_sets:
  to-main: {between: [north, main], speed: 1984 kbit/s}
  to-east: {between: [north, east], speed: 1984 kbit/s, propagation: 400 ms}
  aside: {between: [main, east]}
populations:
  city:
    size: 200000
    country: FI
    unknown: 0 %
    access: {gsm: 60 %, sgs: 30 %, ims: 10 %}
    errors: {subscriber_busy: 0 %, system_failure: 0 %}
    reachability: {mean_on: 4 h, mean_off: 1 h, detached: 0 %}
texts: {one: {gsm7: {"20": 100 %}}, three: {gsm7: {"400": 100 %}}}
accounts: {bank: {rate: 100 msg/s, window: 100}}
traffic:
  people: {kind: person_to_person, from: city, volume: 1.3 msg/day, to: city, text: one}
  codes: {kind: otp, account: bank, to: city, rate: 1 msg/s, text: three}
retry_policies: {never: {default: {delays: [1 min], attempts: 1}}}
rates: {card: list-2026, fallback: {retail: 0.10 USD}}
"""


def explained(text: str, folder: Path) -> tuple[Explanation, Compiled]:
    """Explanation and network of a scenario."""
    path = folder / "town.yaml"
    path.write_text(text)
    loaded = load(path)
    compiled = compile_scenario(loaded)
    return explain(loaded, compiled), compiled


def carried(compiled: Compiled, explanation: Explanation, seed: int) -> tuple[float, float]:
    """Erlang of one cell and pages/s of one area, for as many messages as were expected."""
    network = compiled.network._replace(seed=seed)
    occupancy = Occupancy(network, 10 * 10**9)
    submitted = np.zeros(len(compiled.names.sources))

    def sink(log: np.ndarray) -> None:
        occupancy.add(log)
        rows = log[(log[:, 1] == LOG_SUBMIT) & (log[:, 0] >= network.warm_up_ns)]
        submitted[:] += np.bincount(rows[rows[:, 0] < network.duration_ns, 2] >> 48, minlength=2)

    engine = CompiledEngine(network, sink)
    engine.run()
    occupancy.finish(int(engine.now))
    window_s = (network.duration_ns - network.warm_up_ns) / 1e9
    expected = sum(row.messages_per_s for row in explanation.sources) * window_s
    scale = expected / submitted.sum() / window_s
    erlang = occupancy.channels.held_ns[0, 10:].sum() / 1e9 / network.node_cells[0] * scale
    pages = occupancy.visits[list(network.area_paging)].mean() * scale
    return float(erlang), float(pages)


def test_cells_carry_what_theory_offers(tmp_path: Path, further: int) -> None:
    """Channels and pages agree within 2.5 %: phones that send, sessions, a fifth of phones off.

    Pages are known to first order: 1.7 % more were seen.
    """
    explanation, compiled = explained(TOWN, tmp_path)
    (row,) = explanation.cells
    assert (row.msc, row.cells, row.sdcchs) == ("east", 8, 50)
    areas = [row for row in explanation.stations if row.kind == "paging"]
    assert [row.station for row in areas] == ["east area 0 paging", "east area 1 paging"]
    check(
        lambda seeds: [carried(compiled, explanation, seed) for seed in seeds],
        [row.offered_erlang, areas[0].visits_per_s],
        120,
        further=further,
        tolerance=0.025,
    )
    assert areas[0].utilisation == pytest.approx(areas[0].visits_per_s / 80)


def test_the_table_of_cells(tmp_path: Path) -> None:
    """Blocking is that of Erlang B at the busiest hour, flagged above 1 %; no cells, no table."""
    explanation, _ = explained(TOWN.replace("sdcchs: 50", "sdcchs: 2"), tmp_path)
    (row,) = explanation.cells
    assert row.blocking == erlang_b(2, row.busy_erlang) > 0.01
    text = as_text(explanation)
    assert "Cells: erlang offered to the SDCCHs of one cell, and Erlang B" in text
    assert row.flag == "blocks more than 1%" and row.flag in text
    cells = "{cells: {areas: 2, per_area: 4, sdcchs: 50, pages: 3}}"
    explanation, _ = explained(TOWN.replace(cells, "{}"), tmp_path)
    assert explanation.cells == () and "Cells" not in as_text(explanation)


def test_calls_and_updates_are_offered_to_cells(tmp_path: Path) -> None:
    """Background adds its rate times its mean holding time, of the phones with GSM access."""
    background = """
background:
  calls: {kind: calls, from: city, rate: 4 /s, setup: 2 s}
  updates: {kind: location_updates, from: city, volume: 0.864 /day,
            holding: {exponential: {mean: 3 s}}}
"""
    (without,) = explained(TOWN, tmp_path)[0].cells
    (row,) = explained(TOWN + background, tmp_path)[0].cells
    added = 0.6 * (4 * 2 + 200_000 * 0.864 / 86_400 * 3) / 8
    for field in ("offered_erlang", "busy_erlang", "peak_erlang"):
        assert getattr(row, field) == pytest.approx(getattr(without, field) + added, rel=1e-6)
