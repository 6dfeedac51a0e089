"""What phones in cells live through, from YAML: pages, channels, retrials, sessions, failures."""

import numpy as np
import pytest

from smsc_sim.model import codes
from smsc_sim.model.cells import area_of, cell_of
from smsc_sim.model.radio import access_of
from smsc_sim.scenario.compile import Compiled
from tests.networks import (
    CODE,
    ID,
    OTHER,
    PLACE,
    SECOND,
    TIME,
    VALUE,
    check_channels,
    check_conservation,
    network,
    rows_of,
    simulate,
)

ONE_CELL = """
mscs: {turku: null, helsinki: {cells: {areas: 1, per_area: 1, sdcchs: 1, retrials: 0}}}
link_sets: {turku-a: null, turku-b: null}
"""
# Holding times: 2 s of access, then 18 or 134 octets of text and 36 of headers, 20 in a block.
SHORT_NS, LONG_NS = 2_706_200_000, 4_118_600_000
SHORT_TEXT_NS = SHORT_NS - 2 * SECOND
LONG_TEXT_NS = LONG_NS - 2 * SECOND


def run(*changes: str) -> tuple[np.ndarray, Compiled]:
    """Log of a scenario in which nothing is lost and no channel leaks."""
    scenario = network(*changes)
    log, engine = simulate(scenario)
    check_conservation(log, engine)
    check_channels(engine)
    return log, scenario


def visits(log: np.ndarray, scenario: Compiled, station: str) -> np.ndarray:
    """Visits of one station."""
    rows = rows_of(log, codes.LOG_VISIT)
    return rows[rows[:, PLACE] == scenario.names.stations.index(station)]


def test_a_delivery_pages_once_and_holds_one_channel() -> None:
    """One message costs one page of its area and one SDCCH, for access and the blocks of text."""
    log, scenario = run(ONE_CELL, "{traffic: {news: {messages: 1 msg}}}")
    (page,) = visits(log, scenario, "helsinki area 0 paging")
    (held,) = rows_of(log, codes.LOG_HELD)
    assert page[OTHER] == SECOND // 80
    assert (held[VALUE], held[OTHER]) == (SHORT_NS, codes.MT_DIALOGUE)
    assert scenario.names.pools[held[PLACE]] == "helsinki cell 0 SDCCH"
    # The phone answers a nanosecond after the page, as `paging: 0 s` is rounded up.
    assert held[TIME] - held[VALUE] == page[TIME] + page[VALUE] + page[OTHER] + 1
    assert rows_of(log, codes.LOG_HANDSET)[0, TIME] == held[TIME]


def test_without_a_free_channel_the_delivery_fails() -> None:
    """Of two deliveries at once one finds the only SDCCH taken and fails, to be repeated later."""
    log, _ = run(ONE_CELL, "{traffic: {news: {messages: 2 msg, rate: 10 msg/s}}}")
    (blocked,) = rows_of(log, codes.LOG_BLOCKED)
    (failed,) = rows_of(log, codes.LOG_FAILED)
    assert blocked[VALUE] == codes.MT_DIALOGUE
    assert failed[VALUE] == codes.NO_CHANNEL and failed[TIME] > blocked[TIME]
    assert rows_of(log, codes.LOG_ATTEMPT)[:, VALUE].tolist() == [1, 1, 2]
    assert rows_of(log, codes.LOG_MESSAGE_END)[:, OTHER].tolist() == [codes.DELIVERED] * 2


def test_a_blocked_delivery_tries_again_after_t3122() -> None:
    """With retrials the second phone takes the channel once it is free; no attempt fails."""
    log, scenario = run(
        ONE_CELL,
        "{mscs: {helsinki: {cells: {retrials: 3, retrial_delay: 1 s}}}}",
        "{traffic: {news: {messages: 2 msg, rate: 10 msg/s}}}",
    )
    blocked, held = rows_of(log, codes.LOG_BLOCKED), rows_of(log, codes.LOG_HELD)
    assert np.diff(blocked[:, TIME]).tolist() == [SECOND] * 2
    assert held[1, TIME] - held[1, VALUE] == blocked[-1, TIME] + SECOND
    assert len(rows_of(log, codes.LOG_FAILED)) == 0
    assert len(visits(log, scenario, "helsinki area 0 paging")) == 2, "a retrial is no page"


def test_a_phone_that_is_off_is_paged_in_vain() -> None:
    """A phone out of reach is paged as often as `pages` says, then absent; a detached one never."""
    off = """
    populations: {city: {size: 1, reachability: {mean_on: 1 s, mean_off: 10000 h, detached: %s}}}
    traffic: {news: {messages: 1 msg, validity: 40 s, at: +30 s}}
    """
    log, scenario = run(ONE_CELL, "{mscs: {helsinki: {cells: {pages: 3}}}}", off % "0 %")
    pages = visits(log, scenario, "helsinki area 0 paging")
    failed = rows_of(log, codes.LOG_FAILED)
    # One page each 10 s after the end of the one before: `paging_timeout`.
    assert np.diff(pages[:, TIME]).tolist() == [10 * SECOND + SECOND // 80] * 2
    assert failed[0, VALUE] == codes.ABSENT_SUBSCRIBER
    assert failed[0, TIME] > pages[2, TIME] + 10 * SECOND
    assert len(rows_of(log, codes.LOG_HELD)) == 0
    log, scenario = run(ONE_CELL, off % "100 %")
    assert rows_of(log, codes.LOG_FAILED)[0, VALUE] == codes.ABSENT_SUBSCRIBER
    assert len(visits(log, scenario, "helsinki area 0 paging")) == 0


def test_a_repeated_page_may_be_answered() -> None:
    """A phone that was too slow to answer one page may answer the next: each draws anew."""
    log, scenario = run(
        ONE_CELL,
        """
        mscs: {helsinki: {cells: {pages: 4, sdcchs: 50}}}
        populations: {city: {radio: {paging: 5 s, paging_timeout: 5 s}}}
        """,
    )
    first = rows_of(log, codes.LOG_FAILED)[:, ID].tolist()
    pages = visits(log, scenario, "helsinki area 0 paging")[:, ID].tolist()
    handset = [row for row in rows_of(log, codes.LOG_HANDSET)[:, ID].tolist() if row not in first]
    again = [row for row in handset if 1 < pages.count(row) <= 4]
    assert len(again) > 2


def test_an_overloaded_area_loses_pages() -> None:
    """Pages beyond what the area sends are lost and repeated; another area goes on undisturbed."""
    log, scenario = run(
        ONE_CELL,
        """
        mscs: {helsinki: {cells: {areas: 2, paging: 1 /s, paging_queue: 1 s, sdcchs: 20}}}
        populations: {city: {radio: {paging_timeout: 3 s}}}
        """,
    )
    names = scenario.names.stations
    lost = rows_of(log, codes.LOG_STATION_REFUSED)
    areas = [names.index(f"helsinki area {number} paging") for number in (0, 1)]
    assert len(lost) > 3 and set(lost[:, PLACE].tolist()) <= set(areas)
    for area in areas:
        pages = visits(log, scenario, names[area])
        assert np.diff(pages[:, TIME] + pages[:, VALUE]).min() >= SECOND
        assert pages[:, VALUE].max() <= SECOND
    paged = {int(row[ID]): int(row[PLACE]) for row in rows_of(log, codes.LOG_VISIT)}
    for row in lost:
        if row[ID] in paged and paged[int(row[ID])] in areas:
            assert paged[int(row[ID])] == row[PLACE], "a phone does not change its area"


def test_every_phone_has_one_cell_and_cells_are_even() -> None:
    """Cells of all areas get their share of the phones; the area follows from the cell."""
    scenario = network(
        "{mscs: {helsinki: {cells: {areas: 3, per_area: 4}}, turku: {cells: {}}}}",
        "{populations: {city: {size: 12000, access: {gsm: 50 %, sgs: 30 %, ims: 20 %}}}}",
    )
    net = scenario.network
    helsinki = scenario.names.elements.index("helsinki")
    access = np.array([access_of(net, 0, phone) for phone in range(12000)])
    shares = np.bincount(access, minlength=3) / 12000
    assert shares == pytest.approx([0.5, 0.3, 0.2], abs=0.02)
    cells = np.array([cell_of(net, helsinki, 0, phone) for phone in range(12000)])
    assert ((cells >= 0) == (access == codes.GSM)).all()
    counts = np.bincount(cells[cells >= 0], minlength=12)
    assert len(counts) == 12 and abs(counts - 500).max() < 110
    assert [area_of(net, helsinki, cell) for cell in range(12)] == [0] * 4 + [1] * 4 + [2] * 4


def test_other_access_needs_no_channel() -> None:
    """Phones on SGs or IMS send and receive without a page and without an SDCCH."""
    people = """
    traffic: {people: {kind: person_to_person, from: city, to: city, text: one,
                       volume: 1000 msg/day}}
    populations: {city: {access: {sgs: 50 %, ims: 50 %},
                         radio: {ims_answer: 1 ms, sgs_answer: 9 s}}}
    """
    log, scenario = run(ONE_CELL, people)
    assert len(visits(log, scenario, "helsinki area 0 paging")) == 0
    held = (log[:, CODE] == codes.LOG_HELD) | (log[:, CODE] == codes.LOG_BLOCKED)
    assert not held.any()
    radio = rows_of(log, codes.LOG_SPLIT)
    radio = radio[radio[:, PLACE] == codes.SPLIT_RADIO, VALUE]
    assert (radio < SECOND // 10).any() and (radio > 3 * SECOND).any()


THREE_PARTS = "{traffic: {news: {messages: 1 msg, text: three}}}"


def test_segments_of_a_message_share_a_session() -> None:
    """Three segments cost one SRI-SM, one page and one access; the channel is held throughout."""
    log, scenario = run(ONE_CELL, THREE_PARTS)
    assert len(visits(log, scenario, "main")) == 1
    assert len(visits(log, scenario, "helsinki area 0 paging")) == 1
    (held,) = rows_of(log, codes.LOG_HELD)
    handset = rows_of(log, codes.LOG_HANDSET)
    assert held[TIME] == handset[-1, TIME] and held[OTHER] == codes.SESSION
    others = log[log[:, CODE] != codes.LOG_HELD, ID]
    assert held[ID] not in others.tolist(), "the session is a job of its own"
    assert handset[0, TIME] == held[TIME] - held[VALUE] + LONG_NS
    gaps = np.diff(handset[:, TIME])
    assert LONG_TEXT_NS < gaps[0] < LONG_TEXT_NS + SECOND
    assert rows_of(log, codes.LOG_ATTEMPT)[:, VALUE].tolist() == [1, 1, 1]


def test_a_session_ends_by_its_timer() -> None:
    """When the next segment comes too late the channel is given back and the phone paged again."""
    log, scenario = run(ONE_CELL, THREE_PARTS, "{mscs: {helsinki: {cells: {session: 10 ms}}}}")
    held = rows_of(log, codes.LOG_HELD)
    assert held[:, OTHER].tolist() == [codes.SESSION, codes.SESSION, codes.MT_DIALOGUE]
    assert held[0, VALUE] == LONG_NS + SECOND // 100
    assert len(visits(log, scenario, "helsinki area 0 paging")) == 3


def test_without_sessions_every_segment_is_paged_for() -> None:
    """`session: 0 s` gives each segment its own SRI-SM, page and channel."""
    log, scenario = run(ONE_CELL, THREE_PARTS, "{mscs: {helsinki: {cells: {session: 0 s}}}}")
    assert len(visits(log, scenario, "main")) == 3
    assert len(visits(log, scenario, "helsinki area 0 paging")) == 3
    assert rows_of(log, codes.LOG_HELD)[:, OTHER].tolist() == [codes.MT_DIALOGUE] * 3


PEOPLE = """
traffic:
  news: null
  people: {kind: person_to_person, from: city, to: city, volume: 150 msg/day, text: one,
           resend: {probability: 0 %}}
populations: {city: {access: {gsm: 100 %}}}
"""


def test_a_sender_holds_its_channel_until_the_answer() -> None:
    """A phone that sends holds the SDCCH for access, text and the way to the SMSC and back."""
    log, scenario = run(
        PEOPLE,
        """
        mscs: {turku: null, helsinki: {cells: {areas: 1, per_area: 1, sdcchs: 50}}}
        link_sets: {turku-a: null, turku-b: null, helsinki-a: {propagation: 1 s},
                    helsinki-b: {propagation: 1 s}}
        """,
    )
    held = rows_of(log, codes.LOG_HELD)
    sent = held[held[:, OTHER] == codes.SUBMISSION]
    assert len(sent) >= len(rows_of(log, codes.LOG_MESSAGE_END)) > 3
    assert (sent[:, VALUE] > SHORT_NS + 2 * SECOND).all()
    assert (sent[:, VALUE] < SHORT_NS + 3 * SECOND).all()
    received = held[held[:, OTHER] == codes.MT_DIALOGUE]
    assert set(received[:, VALUE].tolist()) == {SHORT_NS}
    assert len(visits(log, scenario, "helsinki area 0 paging")) == len(received)


def test_a_sender_without_a_channel_is_refused() -> None:
    """Who finds no channel after all retrials is refused, and resends if it is so inclined."""
    flood = "{populations: {city: {radio: {access: 30 s}}}}"
    log, _ = run(PEOPLE, ONE_CELL, flood)
    refused, ends = rows_of(log, codes.LOG_REFUSED), rows_of(log, codes.LOG_MESSAGE_END)
    assert set(refused[:, VALUE].tolist()) == {codes.NO_CHANNEL}
    assert (ends[:, OTHER] == codes.REJECTED).sum() == len(refused) > 0
    resends = "{traffic: {people: {resend: {probability: 100 %, at_most: 2}}}}"
    log, _ = run(PEOPLE, ONE_CELL, flood, resends)
    assert len(rows_of(log, codes.LOG_RESEND)) > 0
    assert len(rows_of(log, codes.LOG_REFUSED)) > len(refused)


def test_a_link_fails_under_a_sender_that_holds_an_sdcch() -> None:
    """A link set fails with an MSU of a phone that holds an SDCCH; the channel comes back.

    The mo-ForwardSM has no other way and is lost: the phone holds its channel until its patience
    ends, no longer, and no channel leaks.
    """
    log, _ = run(
        PEOPLE,
        """
        mscs: {turku: null, helsinki: {cells: {areas: 1, per_area: 1, sdcchs: 50}}}
        link_sets: {turku-a: null, turku-b: null, helsinki-b: null, helsinki-a: {speed: 300 bit/s}}
        smscs: {north: {timers: {mt_forward_sm: 3 min}}, south: {timers: {mt_forward_sm: 3 min}}}
        traffic: {people: {patience: 20 s}}
        failures: {cut: {element: helsinki-a, at: +40 s, for: 5 s}}
        """,
    )
    held = rows_of(log, codes.LOG_HELD)
    sent = held[held[:, OTHER] == codes.SUBMISSION]
    lost = rows_of(log, codes.LOG_MSU_LOST)
    took = sent[:, TIME] - sent[:, VALUE]
    at_risk = sent[(took < 40 * SECOND) & (sent[:, TIME] > 40 * SECOND)]
    assert len(lost) > 0 and len(at_risk) > 0
    assert (at_risk[:, VALUE] == SHORT_NS + 20 * SECOND).any()
    assert sent[:, VALUE].max() <= SHORT_NS + 20 * SECOND


@pytest.mark.parametrize("element", ["helsinki", "north", "main"])
def test_a_failing_element_leaks_no_channel(element: str) -> None:
    """MSC, SMSC or HLR fail in the middle of sessions and submissions; all channels come back."""
    log, scenario = run(
        """
        mscs: {turku: null, helsinki: {cells: {areas: 1, per_area: 2, sdcchs: 2}}}
        link_sets: {turku-a: null, turku-b: null}
        traffic:
          news: {text: three, messages: 10 msg, rate: 1 msg/s}
          people: {kind: person_to_person, from: city, to: city, volume: 200 msg/day, text: three}
        """,
        f"{{failures: {{x: {{element: {element}, at: +8 s, for: 5 s}}}}}}",
        "{drain: 1 h}",
    )
    held = rows_of(log, codes.LOG_HELD)
    assert set(held[:, PLACE].tolist()) == set(scenario.network.cell_sdcch)
    assert len(held) > 20, "the four channels were used again and again"
