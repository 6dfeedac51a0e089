"""Measures of pages and channels in the tables of a run, against the log."""

import numpy as np
import pytest

from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.engines.tally import MessageTally
from smsc_sim.model import codes
from smsc_sim.results.channel_frames import channel_rows
from smsc_sim.results.frames import replication_frames
from smsc_sim.results.measures import measure_of
from tests.networks import OTHER, PLACE, SECOND, TIME, VALUE, network, rows_of, simulate

BUSY = """
warm_up: 10 s
mscs:
  helsinki: {cells: {areas: 1, per_area: 2, sdcchs: 1, paging: 3 /s, paging_queue: 500 ms}}
  turku: {cells: {areas: 2, per_area: 1, sdcchs: 2}}
traffic: {news: {messages: 300 msg, rate: 5 msg/s}}
"""


def test_measures_of_cells_are_those_of_the_log() -> None:
    """Utilisation and blocking of each MSC and of the run are counted again from the log."""
    scenario = network(BUSY)
    net, names = scenario
    log, engine = simulate(scenario)
    tally = MessageTally(net, names, SECOND, [])
    occupancy = Occupancy(net, SECOND)
    for piece in np.array_split(log, 7):
        tally.add(piece)
        occupancy.add(piece)
    occupancy.finish(engine.now)
    frame = replication_frames(net, names, tally, occupancy).measures
    keys = zip(frame.entity_type, frame.entity, frame.measure, strict=True)
    value = dict(zip(keys, frame.value, strict=True))

    held, blocked = rows_of(log, codes.LOG_HELD), rows_of(log, codes.LOG_BLOCKED)
    low, high = net.warm_up_ns, net.duration_ns
    since = held[:, TIME] - held[:, VALUE]
    inside_ns = np.clip(np.minimum(held[:, TIME], high) - np.maximum(since, low), 0, None)
    group = np.array(net.pool_group)
    taken_now = (since >= low) & (since < high)
    blocked = blocked[(blocked[:, TIME] >= low) & (blocked[:, TIME] < high)]
    assert len(blocked) > 20
    for number, (name, channels) in enumerate((("helsinki SDCCH", 2), ("turku SDCCH", 4))):
        mine = group[held[:, PLACE]] == number
        lost = int((group[blocked[:, PLACE]] == number).sum())
        taken = int((mine & taken_now).sum())
        carried = inside_ns[mine].sum() / (high - low) / channels
        assert value["element", name, "utilisation"] == pytest.approx(carried)
        assert value["element", name, "blocking"] == pytest.approx(lost / (lost + taken))
        assert value["element", name, "servers"] == channels
        assert value["element", name, "refused"] == lost
    run = {measure: value for (kind, _, measure), value in value.items() if kind == "run"}
    assert run["sdcch_utilisation"] == pytest.approx(inside_ns.sum() / (high - low) / 6)
    everything = len(blocked) + taken_now.sum()
    assert run["sdcch_blocking"] == pytest.approx(len(blocked) / everything)

    pages = rows_of(log, codes.LOG_VISIT)
    pages = pages[np.isin(pages[:, PLACE], net.area_paging)]
    start = pages[:, TIME] + pages[:, VALUE]
    busy_ns = np.clip(np.minimum(start + pages[:, OTHER], high) - np.maximum(start, low), 0, None)
    assert run["paging_utilisation"] == pytest.approx(busy_ns.sum() / (high - low) / 3)
    lost_pages = rows_of(log, codes.LOG_STATION_REFUSED)
    lost_pages = lost_pages[np.isin(lost_pages[:, PLACE], net.area_paging)]
    lost = ((lost_pages[:, TIME] >= low) & (lost_pages[:, TIME] < high)).sum()
    sent = ((pages[:, TIME] >= low) & (pages[:, TIME] < high)).sum()
    assert run["pages_lost"] == pytest.approx(lost / (lost + sent)) and lost > 0
    for name in ("blocking", "sdcch_utilisation", "sdcch_blocking", "pages_lost"):
        assert measure_of(name).unit == "1"


def test_without_cells_no_such_measures() -> None:
    """A network without cells has no rows about channels."""
    scenario = network()
    tally = MessageTally(*scenario, SECOND, [])
    occupancy = Occupancy(scenario.network, SECOND)
    frame = replication_frames(*scenario, tally, occupancy).measures
    assert not frame.measure.str.contains("sdcch|paging|pages|blocking").any()


def test_a_nation_of_channels_for_days() -> None:
    """The time of many channels over days, which no whole number of 64 bits holds, is no less."""
    net, _ = network(BUSY)
    plenty = [units * 10**9 for units in net.pool_units]
    day_ns = 86_400 * SECOND
    longer = net._replace(pool_units=plenty, warm_up_ns=0, duration_ns=30 * day_ns)
    occupancy = Occupancy(longer, day_ns)
    occupancy.sums["held"][:] = day_ns
    occupancy.finish(30 * day_ns)
    found = {measure: value for *_, measure, value in channel_rows(longer, occupancy)}
    assert found["sdcch_utilisation"] == pytest.approx(2 / 6e9)  # two groups, six channels
