"""Tables of a replication against sums made by hand from its log."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.engines.tally import MessageTally
from smsc_sim.model import codes
from smsc_sim.results.element_frames import _busiest
from smsc_sim.results.estimates import ReplicationFrames
from smsc_sim.results.frames import replication_frames
from smsc_sim.results.measures import measure_of
from tests.networks import ID, OTHER, PLACE, SECOND, TIME, VALUE, network, rows_of, simulate

CHANGES = """
duration: 5 min
warm_up: 1 min
populations:
  city:
    unknown: 5 %
    reachability: {mean_on: 10 min, mean_off: 1 min}
    errors: {subscriber_busy: 5 %}
traffic:
  codes: {kind: otp, account: bank, to: city, rate: 2 msg/s, text: one}
  people: {kind: person_to_person, from: city, volume: 1000 msg/day, to: city, text: three}
failures: {down: {element: main-a, at: +2 min, for: 1 min}}
"""


@pytest.fixture(scope="module")
def run() -> tuple[ReplicationFrames, np.ndarray, object]:
    """Frames, log and compiled network of a small run with failures and retries."""
    compiled = network(CHANGES)
    log, engine = simulate(compiled)
    tally = MessageTally(compiled.network, compiled.names, 60 * SECOND, [7 * SECOND])
    occupancy = Occupancy(compiled.network, 60 * SECOND)
    for piece in np.array_split(log, 7):
        tally.add(piece)
        occupancy.add(piece)
    occupancy.finish(engine.now)
    return replication_frames(compiled.network, compiled.names, tally, occupancy), log, compiled


def _value(frames: ReplicationFrames, entity_type: str, entity: str, measure: str) -> float:
    table = frames.measures
    rows = table[
        (table["entity_type"] == entity_type)
        & (table["entity"] == entity)
        & (table["measure"] == measure)
    ]
    assert len(rows) == 1, (entity_type, entity, measure)
    return float(rows["value"].iloc[0])


def _cohort(log: np.ndarray, compiled: object, name: str) -> tuple[set[int], np.ndarray]:
    """Messages of a class first submitted in the window, and their end rows."""
    source = compiled.names.sources.index(name)  # type: ignore[attr-defined]
    submits = rows_of(log, codes.LOG_SUBMIT)
    inside = (submits[:, TIME] >= 60 * SECOND) & (submits[:, TIME] < 300 * SECOND)
    mine = submits[inside & (submits[:, ID] >> 48 == source)]
    messages = set((mine[:, ID] >> 18).tolist())
    ends = rows_of(log, codes.LOG_MESSAGE_END)
    return messages, ends[[row[ID] >> 18 in messages for row in ends]]


@pytest.mark.parametrize("name", ["codes", "people"])
def test_outcomes_and_latency_are_those_of_the_log(run: tuple, name: str) -> None:
    """Submitted, outcomes, limits and mean latency of a class are sums over its messages."""
    frames, log, compiled = run
    class_ = {"codes": "otp", "people": "person_to_person"}[name]
    messages, ends = _cohort(log, compiled, name)
    assert len(messages) > 50
    assert _value(frames, "class", class_, "submitted") == len(messages)
    for state, word in enumerate(codes.STATE_NAMES):
        expected = (
            len(messages) - len(ends) if word == "open" else int((ends[:, OTHER] == state).sum())
        )
        assert _value(frames, "class", class_, word) == expected
    whole = ends[ends[:, OTHER] == codes.DELIVERED][:, VALUE]
    assert _value(frames, "class", class_, "latency_mean") == pytest.approx(whole.mean() / 1e9)
    for limit in (7, 10, 60):
        text = {60: "1min"}.get(limit, f"{limit}s")
        within = (whole <= limit * SECOND).sum() / len(messages)
        assert _value(frames, "class", class_, f"within_{text}") == pytest.approx(within)
    for share in (50, 90, 99):
        exact = np.sort(whole)[-(-len(whole) * share // 100) - 1] / 1e9
        assert _value(frames, "class", class_, f"latency_p{share}") == pytest.approx(
            exact, rel=0.01
        )


def test_money_is_billed_per_accepted_segment(run: tuple) -> None:
    """Cost is accepted segments times the price, per delivered a ratio of sums."""
    frames, log, compiled = run
    messages, ends = _cohort(log, compiled, "codes")
    accepted = rows_of(log, codes.LOG_ACCEPTED)
    billed = sum(row[ID] >> 18 in messages for row in accepted)
    price = compiled.network.price_micros[compiled.names.sources.index("codes")] / 1e6
    assert price > 0
    assert _value(frames, "class", "otp", "a2p.cost") == pytest.approx(billed * price)
    delivered = int((ends[:, OTHER] == codes.DELIVERED).sum())
    expected = billed * price / delivered
    assert _value(frames, "class", "otp", "a2p.cost_per_delivered") == pytest.approx(expected)


def test_success_of_attempts_is_that_of_the_log(run: tuple) -> None:
    """First arrivals on the handset over attempts, of the messages of a class."""
    frames, log, compiled = run
    messages, _ = _cohort(log, compiled, "people")
    tries = sum(row[ID] >> 18 in messages for row in rows_of(log, codes.LOG_ATTEMPT))
    arrived = sum(row[ID] >> 18 in messages for row in rows_of(log, codes.LOG_HANDSET))
    again = sum(row[ID] >> 18 in messages for row in rows_of(log, codes.LOG_DUPLICATE))
    value = _value(frames, "class", "person_to_person", "delivered_per_attempt")
    assert value == pytest.approx((arrived - again) / tries) and 0.1 < value < 1.0


def test_split_adds_up_to_the_time_of_segments(run: tuple) -> None:
    """The five parts of the latency add up to the mean time until a segment is on the handset."""
    frames, log, compiled = run
    messages, _ = _cohort(log, compiled, "people")
    handset = rows_of(log, codes.LOG_HANDSET)
    once = [row[VALUE] for row in handset if row[ID] >> 18 in messages]
    parts = [_value(frames, "class", "person_to_person", f"split_{p}") for p in codes.SPLIT_NAMES]
    assert sum(parts) == pytest.approx(np.mean(once) / 1e9)


def test_utilisation_is_service_given_in_the_window(run: tuple) -> None:
    """Utilisation of a station is its service time in the window, failures taken off."""
    frames, log, compiled = run
    names, net = compiled.names, compiled.network
    for name in ("north", "main", "helsinki"):
        station = names.stations.index(name)
        visits = rows_of(log, codes.LOG_VISIT)
        mine = visits[visits[:, PLACE] == station]
        start = mine[:, TIME] + mine[:, VALUE]
        low, high = 60 * SECOND, 300 * SECOND
        busy = (np.clip(start + mine[:, OTHER], low, high) - np.clip(start, low, high)).sum()
        expected = busy / (240 * SECOND * net.station_servers[station])
        assert _value(frames, "element", name, "utilisation") == pytest.approx(expected)


def test_a_link_set_shows_its_busier_direction_and_the_outage(run: tuple) -> None:
    """The time series of the failed link set is 0 while it is down, and its partner takes over."""
    frames, _, _ = run
    series = frames.timeline[frames.timeline["measure"] == "utilisation"]
    failed = series[series["entity"] == "main-a"].set_index("time_s")["value"]
    other = series[series["entity"] == "main-b"].set_index("time_s")["value"]
    assert failed[120.0] < 0.02 * failed[60.0]  # what was on the way when it failed
    assert other[120.0] > 1.5 * other[60.0]


def test_every_measure_is_in_the_registry(run: tuple) -> None:
    """Each measure of the frames has a title, a unit and a definition."""
    frames, _, _ = run
    names = {*frames.measures["measure"], *frames.timeline["measure"]}
    assert all(measure_of(name).definition for name in names)
    assert isinstance(frames.latency, pd.DataFrame)


def test_latency_curves_rise_to_the_delivery_ratio(run: tuple) -> None:
    """The share within a limit grows with the limit and ends at the share delivered."""
    frames, _, _ = run
    curves = frames.latency.dropna()  # a class without messages in the window has no curve
    assert curves["class"].nunique() == 3
    for name, curve in curves.groupby("class"):
        assert (np.diff(curve["share"]) >= 0).all()
        kind, entity = ("run", "*") if name == "*" else ("class", str(name))
        assert curve["share"].iloc[-1] == pytest.approx(
            _value(frames, kind, entity, "delivery_ratio")
        )


def test_busiest_window() -> None:
    """The busiest five minutes are the best mean of neighbours; impossible windows are NaN."""
    busy = np.array([0.1, 0.5, 0.7, 0.2, 0.9, 0.0])
    minutes = np.full(6, 60 * SECOND)
    assert _busiest(busy, minutes, 2) == pytest.approx(0.6)
    assert _busiest(busy, minutes, 1) == pytest.approx(0.9)
    assert np.isnan(_busiest(busy, minutes, 60))
    assert np.isnan(_busiest(busy, 7 * minutes, 5))
    # A second at the end in which the element was always busy is no minute.
    busy[-1], minutes[-1] = 1.0, SECOND
    assert _busiest(busy, minutes, 1) == pytest.approx(0.9)
    assert _busiest(busy, minutes, 2) == pytest.approx(0.6)
