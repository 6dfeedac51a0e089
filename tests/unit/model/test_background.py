"""Calls and location updates: what they do in every stage, and what becomes of them in a network.

One row of the table: kind, stage, signal, conditions; then verb, place, next stage, event, change.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smsc_sim.engines.reference import Engine, Row
from smsc_sim.model import codes, rules
from smsc_sim.model.begin import begin_background
from smsc_sim.model.cells import cell_of
from smsc_sim.model.network import SOURCE_SHIFT, Network
from smsc_sim.model.state import empty_state
from smsc_sim.scenario.compile import Compiled
from tests.networks import (
    ID,
    OTHER,
    PLACE,
    SECOND,
    TIME,
    VALUE,
    check_conservation,
    network,
    rows_of,
    simulate,
)

TABLE = """
call START done                        : hold - CALL_TRIED tried -
call START done in                     : hold - CALL_TRIED tried -
call START done in off                 : serve paging CALL_HUNG_UP - -
call START done off                    : hold - CALL_TRIED tried -
call START done in off detached        : end - - - -
call START done unlimited              : end - - - -
call CALL_TRIED done                   : seize sdcch CALL_GRANTED - -
call CALL_TRIED done in                : serve paging CALL_PAGED - -
call CALL_TRIED done down              : end - - no_service -
call CALL_TRIED done in down           : end - - no_service -
call CALL_PAGED done in                : hold - CALL_AGAIN - -
call CALL_PAGED refused in             : end - - page_lost -
call CALL_PAGED dropped in             : end - - page_lost -
call CALL_AGAIN done                   : seize sdcch CALL_GRANTED - -
call CALL_AGAIN done in                : seize sdcch CALL_GRANTED - -
call CALL_AGAIN done down              : end - - no_service -
call CALL_GRANTED done                 : hold - CALL_SET_UP - CHANNEL_TAKEN
call CALL_GRANTED refused              : end - - blocked_sdcch -
call CALL_GRANTED refused patient      : hold - CALL_AGAIN again NEXT_TRY
call CALL_GRANTED refused patient tired : end - - blocked_sdcch -
call CALL_SET_UP done holding          : release sdcch CALL_HANDED_OVER - CHANNEL_FREE
call CALL_HANDED_OVER done             : seize tch CALL_CONNECTED - -
call CALL_HANDED_OVER done no_tchs     : end - - carried -
call CALL_CONNECTED done               : hold - CALL_TALKED carried CHANNEL_TAKEN
call CALL_CONNECTED refused            : end - - blocked_tch -
call CALL_CONNECTED refused patient    : hold - CALL_AGAIN again NEXT_TRY
call CALL_TALKED done holding          : release tch CALL_HUNG_UP - CHANNEL_FREE
call CALL_HUNG_UP done                 : end - - - -
call CALL_HUNG_UP refused              : end - - - -
call CALL_HUNG_UP dropped              : end - - - -
location_update START done             : hold - CALL_TRIED tried -
location_update CALL_TRIED done        : seize sdcch CALL_GRANTED - -
location_update CALL_GRANTED done      : hold - CALL_SET_UP - CHANNEL_TAKEN
location_update CALL_GRANTED refused   : end - - blocked_sdcch -
location_update CALL_AGAIN done         : seize sdcch CALL_GRANTED - -
location_update CALL_GRANTED refused patient : hold - CALL_AGAIN again NEXT_TRY
location_update CALL_SET_UP done holding : release sdcch CALL_HANDED_OVER - CHANNEL_FREE
location_update CALL_HANDED_OVER done  : end - - carried -
"""
ROWS = [line for line in TABLE.splitlines() if line]
NOW = 100 * SECOND

CELLS = """
mscs: {helsinki: {cells: {areas: 2, per_area: 2, sdcchs: 2, tchs: 3, paging: 10 /s}}, turku: null}
link_sets: {turku-a: null, turku-b: null}
background:
  calls: {kind: calls, from: city, rate: 1 /s, terminated: 0 %, retrials: {probability: 0 %},
          duration: {exponential: {mean: 9 s}}}
  updates: {kind: location_updates, from: city, rate: 2 /s, holding: 2 s,
            retrials: {probability: 0 %}}
"""


@pytest.fixture(scope="module")
def scenario() -> Compiled:
    """Four cells with calls and location updates."""
    return network(CELLS)


def condition(net: Network, state: Any, job: Any, name: str) -> Network:
    """Network in which a condition of the table holds; state and job are changed in place."""
    if name == "down":
        state.is_up[job.msc] = 0
    elif name == "tired":
        job.attempt = 3
    elif name == "holding":
        job.cell, job.channel_ns = 2, NOW - SECOND
    return net._replace(
        **{
            "in": {"background_p_terminated": [1.0, 1.0]},
            "off": {"population_on_ns": [1], "population_off_ns": [10**18], "p_detached": [0.0]},
            "detached": {"p_detached": [1.0]},
            "unlimited": {"node_cells": [0] * net.nodes},
            "patient": {"background_p_retrial": [1.0, 1.0], "background_retrials": [3, 3]},
            "no_tchs": {"cell_tch": [codes.NOBODY] * len(net.cell_tch)},
        }.get(name, {})
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.partition(":")[0].split()))
def test_the_table(scenario: Compiled, row: str) -> None:
    """A rule asks for what the table says, and by itself changes neither job nor state."""
    given, _, wanted = row.partition(":")
    kind, stage, signal, *conditions = given.split()
    verb, place, next_stage, event, change = wanted.split()
    net = scenario.network
    state, job = empty_state(net), Row()
    begin_background(net, job, net.sources + int(kind == "location_update"), 7, NOW - SECOND)
    job.stage = getattr(codes, stage)
    for name in conditions:
        net = condition(net, state, job, name)
    before = dict(vars(job)), [list(column) for column in state]
    command = rules.step(net, state, job, codes.SIGNAL_NAMES.index(signal), NOW)
    assert (dict(vars(job)), [list(column) for column in state]) == before
    cell = cell_of(net, job.msc, job.population, job.phone) if place != "-" else 0
    places = {
        "-": 0,
        "paging": net.area_paging[cell // 2],
        "sdcch": net.cell_sdcch[2 if "holding" in conditions else cell],
        "tch": net.cell_tch[2 if "holding" in conditions else cell],
    }
    assert codes.VERB_NAMES[command.verb] == verb
    assert command.place == places[place]
    assert command.stage == getattr(codes, stage if next_stage == "-" else next_stage)
    assert command.log == (codes.LOG_CALL if event != "-" else codes.NOTHING)
    if event != "-":
        assert codes.CALL_EVENTS[command.value] == event
    assert command.change == (0 if change == "-" else getattr(codes, change))


def test_every_stage_is_in_the_table() -> None:
    """The table has a row for every stage of a call and for every event."""
    stages = {row.split()[1] for row in ROWS} - {"START"}
    names = vars(codes)
    known = {name for name in names if name.startswith("CALL_")} - {"CALL_EVENTS", "CALL_BARRED"}
    assert sorted(names[stage] for stage in stages) == list(range(1, 10))
    assert known - stages == {
        *("CALL_IS_TRIED", "CALL_IS_RETRIED", "CALL_CARRIED", "CALL_BLOCKED_SDCCH"),
        *("CALL_BLOCKED_TCH", "CALL_PAGE_LOST", "CALL_NO_SERVICE"),
    }
    events = {row.partition(":")[2].split()[3] for row in ROWS} - {"-"}
    assert events == set(codes.CALL_EVENTS)


def histories(log: np.ndarray) -> dict[int, list[str]]:
    """Events of each call or update, in order, by id; `held` and `blocked` are not among them."""
    found: dict[int, list[str]] = {}
    for row in rows_of(log, codes.LOG_CALL):
        found.setdefault(int(row[ID]), []).append(codes.CALL_EVENTS[row[VALUE]])
    return found


def kind_of(net: Network, row_id: int) -> int:
    """Kind of the job behind an id."""
    return net.background_kind[(row_id >> SOURCE_SHIFT) - net.sources]


def check_calls(log: np.ndarray, engine: Engine) -> dict[str, int]:
    """Assert that every call tried has one end or is live, and channels one holder each.

    Returns
    -------
    dict of str to int
        Calls and updates by end.
    """
    live = {row.id for row in engine.live}
    counts = dict.fromkeys(codes.CALL_EVENTS, 0)
    for row_id, events in histories(log).items():
        assert events[0] == "tried" and events.count("tried") == 1
        ends = [event for event in events if event not in ("tried", "again")]
        assert len(ends) == 1 if row_id not in live else len(ends) <= 1
        assert not ends or events[-1] == ends[0]
        for event in events:
            counts[event] += 1
    net = engine.network
    held = [0] * net.pools
    for row in engine.live:
        if row.cell >= 0:
            talks = row.kind == codes.CALL and row.stage == codes.CALL_TALKED
            held[(net.cell_tch if talks else net.cell_sdcch)[row.cell]] += 1
    for pool in (*net.cell_sdcch, *(pool for pool in net.cell_tch if pool >= 0)):
        assert net.pool_units[pool] - engine.pools[pool].free == held[pool]
    return counts


def test_each_call_ends_once() -> None:
    """Calls and updates end once, carried or lost, and give back what they hold."""
    log, engine = simulate(network(CELLS, "duration: 10 min"))
    counts = check_calls(log, engine)
    check_conservation(log, engine)
    assert counts["tried"] == pytest.approx(1800, abs=200)
    assert min(counts["carried"], counts["blocked_sdcch"], counts["blocked_tch"]) > 20
    assert counts["page_lost"] == counts["no_service"] == counts["again"] == 0


def test_all_channels_of_a_cell_are_used_and_no_more() -> None:
    """Never more jobs at once hold channels of a cell than it has, and at times as many."""
    scenario = network(CELLS)
    log, _ = simulate(network(CELLS, "duration: 5 min"))
    held = rows_of(log, codes.LOG_HELD)
    for pools, units in ((scenario.network.cell_sdcch, 2), (scenario.network.cell_tch, 3)):
        for pool in pools:
            mine = held[held[:, PLACE] == pool]
            ends = [(t, -1) for t in mine[:, TIME]]
            begins = [(t, 1) for t in mine[:, TIME] - mine[:, VALUE]]
            level = np.cumsum([step for _, step in sorted(begins + ends)])
            assert level.max() == units


def test_who_finds_no_channel_tries_again() -> None:
    """With retrials for sure, a lost call has tried `at_most` times more."""
    changes = "background: {calls: {retrials: {probability: 100 %, delay: 2 s, at_most: 2}}}"
    log, engine = simulate(network(CELLS, changes, "duration: 10 min"))
    check_calls(log, engine)
    lost = [events for events in histories(log).values() if events[-1].startswith("blocked")]
    again = {
        kind_of(engine.network, row_id): events.count("again")
        for row_id, events in histories(log).items()
        if events[-1].startswith("blocked")
    }
    assert len(lost) > 20
    assert again == {codes.CALL: 2, codes.LOCATION_UPDATE: 0}


def test_times_on_channels_are_those_of_the_scenario() -> None:
    """An SDCCH is held for `setup` or `holding`, a TCH for `duration`: constant or drawn."""
    log, engine = simulate(network(CELLS, "duration: 20 min", "drain: 10 min"))
    net = engine.network
    held = rows_of(log, codes.LOG_HELD)
    held = held[held[:, TIME] < held[-1, TIME]]  # not those cut by the end of the run
    on_tch = np.isin(held[:, PLACE], net.cell_tch)
    of_call = held[:, OTHER] == codes.CALL
    assert set(held[~on_tch & of_call][:, VALUE].tolist()) == {3 * SECOND // 2}
    of_update = held[:, OTHER] == codes.LOCATION_UPDATE
    assert set(held[~on_tch & of_update][:, VALUE].tolist()) == {2 * SECOND}
    talks = held[on_tch][:, VALUE] / SECOND
    assert of_call[on_tch].all()
    assert talks.mean() == pytest.approx(9, rel=0.15) and talks.std() == pytest.approx(9, rel=0.2)


def test_a_call_that_comes_in_costs_a_page() -> None:
    """Each terminated call pages once, in its location area; calls out and updates never do."""
    paged = {}
    for share in ("0 %", "100 %"):
        scenario = network(CELLS, {"background": {"calls": {"terminated": share}}})
        log, engine = simulate(scenario)
        check_calls(log, engine)
        visits = rows_of(log, codes.LOG_VISIT)
        pages = visits[np.isin(visits[:, PLACE], scenario.network.area_paging)]
        background = pages[pages[:, ID] >> SOURCE_SHIFT >= scenario.network.sources]
        paged[share] = len(background)
        assert len(set(background[:, ID].tolist())) == len(background)
    calls = sum(kind_of(engine.network, i) == codes.CALL for i in histories(log))
    assert paged["0 %"] == 0 and paged["100 %"] == calls > 30


def test_a_page_that_waits_too_long_is_a_lost_call() -> None:
    """Where a location area may not page as fast as calls come in, calls are lost at the page."""
    changes = """
    mscs: {helsinki: {cells: {paging: 0.1 /s, paging_queue: 0 s}}}
    background: {calls: {terminated: 100 %}}
    """
    log, engine = simulate(network(CELLS, changes))
    assert check_calls(log, engine)["page_lost"] > 10


def test_nobody_calls_through_an_msc_that_is_down() -> None:
    """Calls tried while the MSC is down are lost, and only those."""
    log, engine = simulate(
        network(CELLS, "failures: {down: {element: helsinki, at: +20 s, for: 10 s}}")
    )
    check_calls(log, engine)
    rows = rows_of(log, codes.LOG_CALL)
    lost = rows[rows[:, VALUE] == codes.CALL_NO_SERVICE]
    assert len(lost) > 10
    assert lost[:, TIME].min() >= 20 * SECOND and lost[:, TIME].max() < 30 * SECOND
    inside = (rows[:, TIME] >= 20 * SECOND) & (rows[:, TIME] < 30 * SECOND)
    tried = rows[inside & (rows[:, VALUE] == codes.CALL_IS_TRIED)]
    assert len(tried) == len(lost)


def test_absent_phones_are_paged_but_not_counted() -> None:
    """A call to a phone that is off costs a page at most and is no call of the channels."""
    changes = """
    populations: {city: {reachability: {mean_on: 1 s, mean_off: 10 h, detached: 0 %}}}
    background: {calls: {terminated: 100 %}, updates: null}
    """
    scenario = network(CELLS, changes)
    log, _ = simulate(scenario)
    visits = rows_of(log, codes.LOG_VISIT)
    pages = visits[np.isin(visits[:, PLACE], scenario.network.area_paging)]
    assert len(pages[pages[:, ID] >> SOURCE_SHIFT >= scenario.network.sources]) > 30
    assert len(histories(log)) < 5
    detached = "populations: {city: {reachability: {detached: 100 %}}}"
    log, _ = simulate(network(CELLS, changes, detached))
    visits = rows_of(log, codes.LOG_VISIT)
    pages = visits[np.isin(visits[:, PLACE], scenario.network.area_paging)]
    assert len(pages[pages[:, ID] >> SOURCE_SHIFT >= scenario.network.sources]) < 5


def test_background_leaves_other_traffic_alone() -> None:
    """Where channels are never short, messages fare as without background, row for row."""
    many = "mscs: {helsinki: {cells: {sdcchs: 100, tchs: 100, paging: 1000000 /s}}}"
    busy, _ = simulate(network(CELLS, many, "background: {calls: {terminated: 100 %}}"))
    quiet, _ = simulate(network(CELLS, many, {"background": None}))
    sources = network(CELLS, many).network.sources
    of_messages = busy[busy[:, ID] >> SOURCE_SHIFT < sources]
    assert np.array_equal(of_messages, quiet)


def test_one_source_of_background_leaves_another_alone() -> None:
    """The draws of a call do not depend on what else there is in the background."""
    many = "mscs: {helsinki: {cells: {sdcchs: 100, tchs: 100}}}"
    both, _ = simulate(network(CELLS, many))
    alone, _ = simulate(network(CELLS, many, "background: {updates: null}"))
    other, _ = simulate(
        network(CELLS, many, "background: {a: {kind: calls, from: city, rate: 1 /s}}")
    )

    def calls(log: np.ndarray, shift: int) -> list[tuple[int, ...]]:
        rows = rows_of(log, codes.LOG_CALL)
        mine = rows[(rows[:, ID] >> SOURCE_SHIFT) == shift]
        return [tuple(row) for row in mine[:, [TIME, VALUE, OTHER]].tolist()]

    assert calls(both, 1) == calls(alone, 1) == calls(other, 2) != []


def test_background_does_not_prolong_a_run() -> None:
    """A run ends with the last message of its cohort, however many calls go on."""
    changes = "mscs: {helsinki: {cells: {sdcchs: 50}}}"
    with_calls, engine = simulate(network(CELLS, changes))
    ends = rows_of(with_calls, codes.LOG_MESSAGE_END)
    assert engine.now == max(60 * SECOND, ends[-1, TIME])
    assert engine.live  # calls under way


def test_volume_is_per_phone() -> None:
    """A volume of a day and phone gives the same calls as the same rate of all phones together."""
    by_rate = "background: {calls: {rate: 0.5 /s}}"
    by_volume = "background: {calls: {rate: null, volume: 864 /day}}"  # 50 phones
    logs = [simulate(network(CELLS, change))[0] for change in (by_rate, by_volume)]
    assert np.array_equal(*logs)
