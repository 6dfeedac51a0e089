"""Waiting lines: who is next, who has room, and what a failure leaves of them."""

import numpy as np
import pytest

from smsc_sim.engines.rows import Row
from smsc_sim.model import codes
from smsc_sim.model.begin import begin_submission
from smsc_sim.model.queues import (
    UNIT_COST,
    give_up,
    has_room,
    join_line,
    leave_line,
    next_band,
    service_time_ns,
)
from smsc_sim.model.state import empty_state
from tests.networks import (
    CODE,
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

COUNTED = """
hlrs: {main: {rate: 20 /s, queue: 3 msg}}
traffic:
  news: {messages: 200 msg, rate: 50 msg/s}
accounts: {bank: {rate: 1000 msg/s, window: 100}}
"""


def lined(weights: tuple[float, ...], is_weighted: int, places: int = codes.NEVER):
    """A network of one line with as many bands as weights, and its empty state."""
    net = network().network._replace(
        lines=1,
        line_first=[0, len(weights)],
        line_places=[places],
        line_is_weighted=[is_weighted],
        line_band=[0],
        band_weight=list(weights),
    )
    return net, empty_state(net)


def served(weights: tuple[float, ...], is_weighted: int, joined: list[int], n: int) -> list[int]:
    """Bands served next, when so many wait in each and nobody joins."""
    net, state = lined(weights, is_weighted)
    for band, jobs in enumerate(joined):
        for _ in range(jobs):
            join_line(net, state, 0, band)
    order = []
    for _ in range(n):
        order.append(next_band(net, state, 0))
        leave_line(net, state, 0, order[-1], UNIT_COST)
    return order


@pytest.mark.parametrize(
    ("weights", "is_weighted", "joined", "order"),
    [
        ((1.0,), 0, [3], [0, 0, 0]),
        ((1.0, 1.0), 0, [0, 2], [1, 1]),
        ((1.0, 1.0, 1.0), 0, [1, 2, 1], [0, 1, 1, 2]),
        ((1.0, 1.0), 1, [3, 3], [0, 1, 0, 1, 0, 1]),
        ((2.0, 1.0), 1, [4, 2], [0, 1, 0, 0, 1, 0]),
        ((1.0, 4.0), 1, [2, 8], [0, 1, 1, 1, 1, 0, 1, 1, 1, 1]),
    ],
)
def test_who_is_next(
    weights: tuple[float, ...], is_weighted: int, joined: list[int], order: list[int]
) -> None:
    """Strict bands go in their order, weighted ones in turn by their weights."""
    assert served(weights, is_weighted, joined, len(order)) == order


def test_weights_share_what_is_served() -> None:
    """Over a long backlog every band gets its weight's share, whatever one job costs."""
    net, state = lined((1.0, 2.0, 5.0), 1)
    rng = np.random.default_rng(3)
    for band in range(3):
        for _ in range(20_000):
            join_line(net, state, 0, band)
    cost = np.zeros(3)
    for _ in range(20_000):
        band = next_band(net, state, 0)
        one = int(rng.integers(1, 2000)) * (band + 1)
        leave_line(net, state, 0, band, one)
        cost[band] += one
    assert cost / cost.sum() == pytest.approx([1 / 8, 2 / 8, 5 / 8], rel=0.001)


def test_an_idle_band_saves_up_no_share() -> None:
    """A band that comes late is served in turn, not for all the turns it has missed."""
    net, state = lined((1.0, 1.0), 1)
    for _ in range(100):
        join_line(net, state, 0, 0)
    for _ in range(50):
        leave_line(net, state, 0, next_band(net, state, 0), UNIT_COST)
    for _ in range(10):
        join_line(net, state, 0, 1)
    order = []
    for _ in range(8):
        order.append(next_band(net, state, 0))
        leave_line(net, state, 0, order[-1], UNIT_COST)
    assert sum(order) == 4


def test_room_is_counted_over_all_bands() -> None:
    """A line is full when its places are taken, and has room when one gives up."""
    net, state = lined((1.0, 1.0), 0, places=2)
    assert next_band(net, state, 0) == codes.NOBODY
    for band in (1, 0):
        assert has_room(net, state, 0)
        join_line(net, state, 0, band)
    assert not has_room(net, state, 0)
    give_up(net, state, 0, 1)
    assert has_room(net, state, 0)
    assert next_band(net, state, 0) == 0


def test_no_more_wait_than_places() -> None:
    """A queue of 3 messages never holds more; what finds no room is refused; waits are told."""
    compiled = network(COUNTED)
    log, engine = simulate(compiled)
    check_conservation(log, engine)
    station = compiled.names.stations.index("main")
    waiting = rows_of(log, codes.LOG_WAITING)
    assert set(waiting[:, PLACE]) == {station}
    assert set(waiting[:, VALUE]) == {0, 1, 2, 3}
    assert set(np.abs(np.diff(waiting[:, VALUE]))) <= {1}
    assert (rows_of(log, codes.LOG_STATION_REFUSED)[:, PLACE] == station).sum() > 20
    visits = rows_of(log, codes.LOG_VISIT)
    visits = visits[visits[:, PLACE] == station]
    # One server: each begins when the one before is done, or when it comes.
    starts, ends = visits[:, TIME], visits[:, TIME] + visits[:, OTHER]
    assert (starts[1:] >= ends[:-1]).all()
    waited = visits[1:, VALUE] > 0
    assert (starts[1:][waited] == ends[:-1][waited]).all()
    assert waited.sum() > 50
    assert visits[:, VALUE].max() <= 3 * SECOND // 20


def test_a_failure_empties_the_line() -> None:
    """Who waits or is served at a failing HLR is dropped; afterwards its line works as before."""
    compiled = network(COUNTED, "failures: {down: {element: main, at: +2 s, for: 1 s}}")
    log, engine = simulate(compiled)
    check_conservation(log, engine)
    station = compiled.names.stations.index("main")
    at_2 = log[(log[:, TIME] == 2 * SECOND) & (log[:, PLACE] == station)]
    assert [row[VALUE] for row in at_2 if row[CODE] == codes.LOG_WAITING][-1:] == [0]
    assert (at_2[:, CODE] == codes.LOG_CUT).sum() == 1
    visits = rows_of(log, codes.LOG_VISIT)
    after = visits[(visits[:, PLACE] == station) & (visits[:, TIME] > 2 * SECOND)]
    assert after[0, TIME] >= 3 * SECOND
    assert (after[1:, TIME] >= after[:-1, TIME] + after[:-1, OTHER]).all()
    assert engine.state.serving[station] == 0
    assert len(engine.lines[0]) == 0


def test_an_stp_with_places_loses_what_finds_no_room() -> None:
    """MSUs that find the line of an STP full are lost."""
    compiled = network(
        "stps: {a: {rate: 30 msg/s, queue: 1 msg}, b: {rate: 30 msg/s, queue: 1 msg}}",
        COUNTED,
        "hlrs: {main: {rate: 1000 /s}}",
    )
    log, engine = simulate(compiled)
    check_conservation(log, engine)
    stps = [compiled.names.stations.index(name) for name in "ab"]
    refused = rows_of(log, codes.LOG_STATION_REFUSED)
    assert set(refused[:, PLACE]) == set(stps)
    lost = rows_of(log, codes.LOG_MSU_LOST)
    assert sorted(zip(refused[:, TIME], refused[:, ID], strict=True)) == sorted(
        zip(lost[:, TIME], lost[:, ID], strict=True)
    )


def test_exponential_service_is_drawn_by_name() -> None:
    """Exponential times have their mean, differ visit by visit, and do not hang on other rows."""
    random = "hlrs: {main: {rate: 100 /s, service: exponential}}"
    more = "mscs: {aachen: {service: exponential}}\nlink_sets: {x: {between: [aachen, a]}}"
    times = []
    for changes in ((random,), (random, more)):
        compiled = network(COUNTED, *changes)
        station = compiled.names.stations.index("main")
        log, _ = simulate(compiled)
        visits = rows_of(log, codes.LOG_VISIT)
        visits = visits[visits[:, PLACE] == station]
        found = dict(zip(visits[:, ID].tolist(), visits[:, OTHER].tolist(), strict=True))
        times.append({key: value for key, value in found.items() if key & 63})
    assert len(set(times[0].values())) == len(times[0]) > 150
    both = times[0].keys() & times[1].keys()
    assert len(both) > 150
    assert all(times[0][key] == times[1][key] for key in both)
    net = network(random).network
    drawn = []
    for number in range(20_000):
        job = Row()
        begin_submission(net, job, 0, number, 0, 0)
        drawn.append(service_time_ns(net, job, net.node_station[net.population_hlr[0]], 10_000_000))
    assert np.mean(drawn) == pytest.approx(1e7, rel=0.02)
    assert np.mean(np.square(drawn)) == pytest.approx(2e14, rel=0.05)


def test_constant_service_stays_as_it_is() -> None:
    """A station without exponential service gives each visit what the rules ask for."""
    net = network().network
    assert service_time_ns(net, None, 0, 1234) == 1234  # type: ignore[arg-type]
