"""Planned work drops nothing, a lost store loses what it held, and restarts are measured."""

import numpy as np
import pytest

from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.engines.tally import MessageTally
from smsc_sim.model import codes
from smsc_sim.results.frames import replication_frames
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

BUSY = """
traffic:
  news: {messages: 600 msg, rate: 20 msg/s, text: three}
accounts: {bank: {rate: 100 msg/s}}
link_sets: {north-a: {speed: 19200 bit/s}, north-b: {speed: 19200 bit/s}}
"""


@pytest.mark.parametrize("element", ["a", "north-a"])
def test_planned_work_on_the_way_loses_nothing(element: str) -> None:
    """An STP or link set taken out for work finishes what it has; broken down it drops some."""
    logs = {}
    for planned in ("true", "false"):
        work = f"{{element: {element}, at: +10 s, for: 20 s, planned: {planned}}}"
        log, engine = simulate(network(BUSY, f"{{failures: {{work: {work}}}}}"))
        check_conservation(log, engine)
        logs[planned] = log
    scenario = network(BUSY)
    cut, gone = codes.LOG_CUT, codes.LOG_MSU_LOST
    assert len(rows_of(logs["true"], cut)) == len(rows_of(logs["true"], gone)) == 0
    assert len(rows_of(logs["false"], cut)) + len(rows_of(logs["false"], gone)) > 0
    assert len(rows_of(logs["true"], codes.LOG_DUPLICATE)) == 0
    (down,) = rows_of(logs["true"], codes.LOG_DOWN)
    assert (down[TIME], down[VALUE]) == (10 * SECOND, 1)
    (up,) = rows_of(logs["true"], codes.LOG_UP)
    assert up[TIME] == 30 * SECOND
    # What was queued before is finished; after that the element rests until it is back.
    visits = rows_of(logs["true"], codes.LOG_VISIT)
    number = scenario.names.elements.index(element)
    own = np.isin(visits[:, PLACE], np.flatnonzero(_elements_of(scenario) == number))
    inside = visits[own & (visits[:, TIME] > 12 * SECOND) & (visits[:, TIME] < 30 * SECOND)]
    assert len(inside) == 0
    assert (visits[own, TIME] >= 30 * SECOND).any()


def _elements_of(scenario: object) -> np.ndarray:
    return np.array(scenario.network.station_element)  # type: ignore[attr-defined]


def test_planned_work_on_an_smsc() -> None:
    """An SMSC taken out for work refuses submissions, ends its deliveries and rests until back."""
    text = "{failures: {work: {element: north, at: +10 s, for: 20 s, planned: true}}}"
    one = "{traffic: {news: {messages: 300 msg, text: one}}}"
    log, engine = simulate(network(BUSY, one, text))
    check_conservation(log, engine)
    assert len(rows_of(log, codes.LOG_REPEAT)) == len(rows_of(log, codes.LOG_CUT)) == 0
    assert len(rows_of(log, codes.LOG_DUPLICATE)) == 0
    refused, accepted = rows_of(log, codes.LOG_REFUSED), rows_of(log, codes.LOG_ACCEPTED)
    assert len(refused) > 10
    assert ((refused[:, TIME] >= 10 * SECOND) & (refused[:, TIME] <= 30 * SECOND)).all()
    assert not ((accepted[:, TIME] > 10 * SECOND) & (accepted[:, TIME] < 30 * SECOND)).any()
    attempts = rows_of(log, codes.LOG_ATTEMPT)
    begun = (attempts[:, TIME] > 10 * SECOND) & (attempts[:, TIME] < 30 * SECOND)
    before = attempts[:, TIME] <= 10 * SECOND
    # Only what waited for its licence before the work is still attempted.
    assert begun.sum() <= (accepted[:, TIME] <= 10 * SECOND).sum() - before.sum()


def test_new_requests_to_an_hlr_at_work_are_not_answered() -> None:
    """SRI-SM to an HLR taken out for work ends by the timer and is tried again."""
    text = """
smscs: {north: {timers: {sri_sm: 2 s}}}
failures: {work: {element: main, at: +500 ms, for: 20 s, planned: true}}
"""
    log, engine = simulate(network(text))
    check_conservation(log, engine)
    failed = rows_of(log, codes.LOG_FAILED)
    assert set(failed[:, VALUE].tolist()) == {codes.TIMEOUT} and len(failed) >= 20
    assert len(rows_of(log, codes.LOG_CUT)) == 0
    assert (rows_of(log, codes.LOG_MESSAGE_END)[:, OTHER] == codes.DELIVERED).all()


LOST = """
populations: {city: {errors: {subscriber_busy: 60 %}}}
traffic: {news: {messages: 60 msg, rate: 10 msg/s}, codes: {kind: otp, account: shop, to: city,
          rate: 1 msg/s, text: one}}
accounts: {shop: {smsc: south}}
failures: {crash: {element: north, at: +5 s, for: 5 s, store: lost}}
"""


def test_a_lost_store_loses_all_that_it_held() -> None:
    """Segments stored at the crash end LOST at that instant, without a receipt; others do not."""
    scenario = network(LOST)
    log, engine = simulate(scenario)
    counts = check_conservation(log, engine)
    ends = rows_of(log, codes.LOG_SEGMENT_END)
    lost = ends[ends[:, VALUE] == codes.LOST_BY_STORE]
    assert len(lost) > 5 and (lost[:, TIME] == 5 * SECOND).all()
    north = scenario.names.sources.index("news")
    stored = rows_of(log, codes.LOG_ACCEPTED)
    stored = stored[(stored[:, TIME] <= 5 * SECOND) & (stored[:, ID] >> 48 == north)]
    over = ends[(ends[:, TIME] < 5 * SECOND) & (ends[:, ID] >> 48 == north)]
    at_crash = ends[(ends[:, TIME] == 5 * SECOND) & (ends[:, ID] >> 48 == north)]
    assert len(at_crash) == len(stored) - len(over)
    assert (lost[:, ID] >> 48 == north).all()
    messages = rows_of(log, codes.LOG_MESSAGE_END)
    assert counts["lost"] == len(lost) == (messages[:, OTHER] == codes.LOST_BY_STORE).sum()
    assert len(rows_of(log, codes.LOG_REPEAT)) == 0  # nothing is left to be repeated
    reported = set((rows_of(log, codes.LOG_REPORTED)[:, ID] >> 18).tolist())
    assert not reported & set((lost[:, ID] >> 18).tolist())
    # The pool of the store is empty again: later segments find room and are delivered.
    assert (messages[messages[:, TIME] > 15 * SECOND, OTHER] == codes.DELIVERED).all()


def test_a_kept_store_loses_nothing() -> None:
    """The same crash with its store kept delivers everything."""
    log, engine = simulate(network(LOST, "{failures: {crash: {store: kept}}}"))
    assert check_conservation(log, engine)["lost"] == 0
    assert len(rows_of(log, codes.LOG_REPEAT)) > 0


def test_a_random_failure_of_the_store_of_a_downed_smsc() -> None:
    """A store lost while its SMSC is down already takes with it what waits for the restart."""
    text = """
populations: {city: {errors: {subscriber_busy: 60 %}}}
traffic: {news: {messages: 60 msg, rate: 10 msg/s}}
failures: {chance: {element: north, mtbf: 10 s, mttr: 1000 s, store: lost},
           crash: {element: north, at: +3 s, for: 30 s}}
"""
    scenario = network(text)
    net = scenario.network
    for seed in range(1, 20):
        log, engine = simulate(scenario._replace(network=net._replace(seed=seed)))
        counts = check_conservation(log, engine)
        downs = rows_of(log, codes.LOG_DOWN)
        if downs[0, TIME] == 3 * SECOND and counts["lost"] > 0:
            ends = rows_of(log, codes.LOG_SEGMENT_END)
            lost = ends[ends[:, VALUE] == codes.LOST_BY_STORE]
            assert (lost[:, TIME] > 3 * SECOND).all()
            assert len(rows_of(log, codes.LOG_REPEAT)) > 0
            return
    raise AssertionError("no seed loses the store after the crash")


def test_what_a_restart_duplicates_is_measured() -> None:
    """Repeats, the second copies that come of them and the availability are in the tables."""
    text = """
smscs: {north: {timers: {mt_forward_sm: 4 s}}}
traffic: {news: {messages: 100 msg, rate: 10 msg/s}}
failures: {crash: {element: north, at: +5 s, for: 6 s}, slow: {element: turku-a, at: +30 s,
           for: 12 s}}
"""
    scenario = network(text)
    log, engine = simulate(scenario)
    tally = MessageTally(*scenario, SECOND, [])
    occupancy = Occupancy(scenario.network, SECOND)
    for piece in np.array_split(log, 7):
        tally.add(piece)
        occupancy.add(piece)
    occupancy.finish(engine.now)
    table = replication_frames(*scenario, tally, occupancy).measures
    value = {(row.entity, row.measure): row.value for row in table.itertuples()}
    repeated = {int(row[ID]): int(row[TIME]) for row in rows_of(log, codes.LOG_REPEAT)}
    second = [
        row
        for row in rows_of(log, codes.LOG_DUPLICATE)
        if repeated.get(int(row[ID]) >> 6 << 6, 10**18) < row[TIME]
    ]
    assert value["*", "repeats"] == len(repeated) > 5
    assert len(second) > 0
    handset = rows_of(log, codes.LOG_HANDSET)
    fresh = len(handset) - len(rows_of(log, codes.LOG_DUPLICATE))
    assert value["*", "restart_duplicates_per_delivered"] == len(second) / fresh
    assert value["north", "availability"] == pytest.approx(54 / 60)
    assert value["turku-a", "availability"] == pytest.approx(48 / 60)
    assert ("south", "availability") not in value


def test_duplicates_without_a_restart_are_not_counted_as_such() -> None:
    """Second copies that come of a timer only are duplicates, but not of a restart."""
    text = "{smscs: {north: {timers: {mt_forward_sm: 1 s}}}, failures: {crash: {element: south, \
at: +5 s, for: 1 s}}}"
    scenario = network(text)
    log, _ = simulate(scenario)
    tally = MessageTally(*scenario, SECOND, [])
    tally.add(log)
    assert tally.counts["duplicates"].sum() > 0
    assert tally.counts["restart_duplicates"].sum() == 0


def test_random_outages_are_in_the_log() -> None:
    """Every change that the rule lists is made, at its time, in the order of the elements."""
    from smsc_sim.model.outages import outages

    scenario = network(
        "{duration: 30 min, failures: {x: {elements: [a, turku], mtbf: 3 min, mttr: 20 s}}}"
    )
    log, engine = simulate(scenario)
    check_conservation(log, engine)
    found = log[(log[:, CODE] == codes.LOG_DOWN) | (log[:, CODE] == codes.LOG_UP)]
    wanted = [row for row in outages(scenario.network) if row[0] <= engine.now]
    assert found[:, [TIME, PLACE]].tolist() == [[time, element] for time, _, element in wanted]
    assert len(wanted) > 10
