"""Texts that do not fit one MSU: the dialogue is opened empty, and each message has its octets."""

import numpy as np
import pytest

from smsc_sim.model import codes
from smsc_sim.model.operations import OPERATION_NAMES
from tests.networks import ID, OTHER, PLACE, check_conservation, network, rows_of, simulate

FULL = """
texts: {full: {gsm7: {"160": 100 %}}}
signalling: {largest_sif: 272 octets}
traffic: {news: null, people: {kind: person_to_person, from: city, to: city, volume: 400 msg/day,
                               text: full}}
"""
OCTET_NS = 125_000  # at 64 kbit/s


def octets_of_first(scenario, log: np.ndarray, kind: str, node: str) -> list[int]:
    """Octets of the MSUs of the first dialogue over the links of a node, in order of time."""
    names = scenario.names.stations
    rows = rows_of(log, codes.LOG_VISIT)
    rows = rows[[names[k].startswith(f"{node}-") for k in rows[:, PLACE]]]
    # The dialogues of a submission have the numbers from 1 beside all bits of the segment.
    of_mo = (rows[:, ID] >> 10 & 255) == 255
    rows = rows[of_mo if kind == "mo" else ~of_mo]
    mine = rows[rows[:, ID] == rows[0, ID]]
    return [int(k) for k in mine[:, OTHER] // OCTET_NS]


def test_a_full_text_from_a_phone_opens_its_dialogue_empty() -> None:
    """160 septets from the MSC cost 81, 99, 256 and 56 octets in place of 282 and 100."""
    scenario = network(FULL)
    log, engine = simulate(scenario)
    assert octets_of_first(scenario, log, "mo", "north") == [81, 99, 256, 56]
    check_conservation(log, engine)


def test_a_text_that_fits_is_sent_at_once() -> None:
    """156 septets (137 octets) fit: two MSUs."""
    scenario = network(FULL, '{texts: {full: {gsm7: {"160": null, "156": 100 %}}}}')
    log, _ = simulate(scenario)
    assert octets_of_first(scenario, log, "mo", "north") == [279, 100]


def test_texts_to_phones_need_it_from_thirteen_digits() -> None:
    """To the MSC 160 septets fit with 12 digits, not with 14, which also lengthen every MSU."""
    short = network(FULL).network
    # Beyond 140 octets, which larger payloads may have, no way is without limit: an SCCP UDT.
    assert [min(octets, 141) for octets in short.opens_from] == [141, 141, 138, 141]
    long = network(FULL, "{signalling: {address_digits: 14}}").network
    assert min(long.opens_from[:2]) > 140 and long.opens_from[2] < long.opens_from[3] < 140
    log, _ = simulate(network(FULL, "{signalling: {address_digits: 14}}"))
    kinds = rows_of(log, codes.LOG_VISIT)
    assert 81 + 2 in set((kinds[:, OTHER] // OCTET_NS).tolist())


@pytest.mark.parametrize("sif", ["266 octets", "272 octets"])
def test_restcomm_changes_six_octets_earlier(sif: str) -> None:
    """With a SIF of at most 266 octets the change comes 6 octets of text earlier."""
    net = network(FULL, {"signalling": {"largest_sif": sif}}).network
    assert net.opens_from[2] == 138 - (272 - int(sif.split()[0]))


def test_sigtran_has_no_such_limit() -> None:
    """Over m3ua alone a text needs one message; one mtp2 set on the way is enough to limit it."""
    one_way = {"north-b": None, "helsinki-b": None, "turku-b": None, "south-b": None}
    sets = {name: {"transport": "m3ua"} for name in ("north-a", "helsinki-a", "south-a")}
    scenario = network(FULL, {"link_sets": {**one_way, **sets}})
    net, names = scenario.network, scenario.names.elements
    north, helsinki, turku = (names.index(name) for name in ("north", "helsinki", "turku"))
    assert net.leg_is_short[helsinki * net.nodes + north] == 0
    assert net.leg_is_short[turku * net.nodes + north] == 1
    assert net.leg_is_short[north * net.nodes + turku] == 1


def test_without_a_way_the_text_is_lost_at_its_first_step() -> None:
    """An empty BEGIN that is lost ends the dialogue; the sender's patience runs out."""
    cut = "{failures: {x: {element: north, at: +5 s, for: 20 s}}}"
    log, engine = simulate(network(FULL, cut, "{traffic: {people: {volume: 4000 msg/day}}}"))
    lost = rows_of(log, codes.LOG_MSU_LOST)
    operations = {OPERATION_NAMES[k] for k in lost[:, 4]}
    assert "empty_begin" in operations
    check_conservation(log, engine)


def test_headers_can_be_changed() -> None:
    """A longer routing label is paid on mtp2, another header on m3ua."""
    plain = network().network
    other = network("{signalling: {routing_label: 7 octets, sigtran_header: 100 octets}}").network
    half = plain.msu_codes
    grown = np.array(other.msu_octets) - np.array(plain.msu_octets)
    assert set(grown[:half].tolist()) == {3} and set(grown[half:].tolist()) == {20}
