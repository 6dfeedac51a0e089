"""Subscribers as a scenario describes them: errors by cause, barring, full memories, alerts."""

import numpy as np
import pytest

from smsc_sim.model import codes
from smsc_sim.model.cache import CACHE_ROWS, cache_row
from smsc_sim.model.causes import CAUSES
from smsc_sim.model.phones import memory
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

MANY = """
populations: {city: {size: 4000}}
traffic: {news: {messages: 2000 msg, rate: 40 msg/s}}
retry_policies: {quick: {default: {delays: [10 s], attempts: 1}}}
"""


def city_errors(errors: str) -> str:
    """Changes that give the city's attempts errors."""
    return f"populations: {{city: {{errors: {errors}}}}}"


def city(changes: str) -> str:
    """Changes of the only population."""
    return f"populations: {{city: {{{changes}}}}}"


def shares_of(log: np.ndarray) -> dict[str, float]:
    """Share of the attempts that failed for each cause."""
    failed = rows_of(log, codes.LOG_FAILED)[:, VALUE]
    attempts = len(rows_of(log, codes.LOG_ATTEMPT))
    return {
        CAUSES[c].name: float(np.mean(failed == c)) * len(failed) / attempts for c in set(failed)
    }


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ("{at_hlr: {call_barred: 20 %}}", {"call_barred": 0.2}),
        (
            "{at_hlr: {facility_not_supported: 10 %, data_missing: 20 %}}",
            {"facility_not_supported": 0.1, "data_missing": 0.2},
        ),
        (
            "{at_msc: {illegal_subscriber: 10 %, equipment_protocol_error: 10 %},"
            " subscriber_busy: 10 %, system_failure: 10 %}",
            {
                "illegal_subscriber": 0.1,
                "equipment_protocol_error": 0.1,
                "subscriber_busy": 0.1,
                "system_failure": 0.1,
            },
        ),
        (
            "{at_hlr: {call_barred: 50 %}, at_msc: {illegal_equipment: 50 %}}",
            {"call_barred": 0.5, "illegal_equipment": 0.25},
        ),
    ],
)
def test_errors_are_shares_of_attempts(errors: str, expected: dict[str, float]) -> None:
    """So many attempts meet an error as its share says, at the HLR before those at the MSC."""
    log, engine = simulate(network(MANY, city_errors(errors)))
    found = shares_of(log)
    assert set(found) == set(expected)
    for cause, share in expected.items():
        assert found[cause] == pytest.approx(share, abs=4.5 * (share * (1 - share) / 2000) ** 0.5)
    check_conservation(log, engine)


def test_permanent_errors_end_a_message_at_once() -> None:
    """After a permanent error there is no second attempt; after a temporary one there is."""
    for cause, attempts in (("illegal_subscriber", 1), ("equipment_protocol_error", 4)):
        log, _ = simulate(
            network(
                city_errors(f"{{at_msc: {{{cause}: 100 %}}}}"),
                "retry_policies: {quick: {default: {delays: [10 s], then: repeat, attempts: 4}}}",
            )
        )
        ends = rows_of(log, codes.LOG_SEGMENT_END)
        assert set(ends[:, VALUE]) == {codes.UNDELIVERABLE}
        assert len(rows_of(log, codes.LOG_ATTEMPT)) == attempts * len(ends) == attempts * 20


def test_barring_is_a_property_of_the_phone() -> None:
    """A barred phone is barred at every attempt, and so many phones are as the share says."""
    log, _ = simulate(
        network(
            MANY,
            "{populations: {city: {barred: 10 %}}, retry_policies: {quick: "
            "{default: {delays: [10 s], then: repeat, attempts: 3}}}}",
        )
    )
    ends = rows_of(log, codes.LOG_SEGMENT_END)
    barred = ends[ends[:, VALUE] != codes.DELIVERED]
    assert set(barred[:, OTHER]) == {codes.CALL_BARRED}
    assert len(barred) / len(ends) == pytest.approx(0.1, abs=0.03)
    assert len(rows_of(log, codes.LOG_FAILED)) == 3 * len(barred)


def flag_times(log: np.ndarray) -> list[tuple[float, int]]:
    """(time in s, flags) of every row in which the HLR sets or clears flags."""
    return [(row[TIME] / SECOND, int(row[VALUE])) for row in rows_of(log, codes.LOG_FLAGGED)]


ONE = """
traffic: {news: {messages: 1 msg}}
retry_policies: {quick: {default: {delays: [1 h], then: repeat}}}
smscs: {north: {validity: 10 h}}
drain: 10 h
"""


@pytest.mark.parametrize(
    ("errors", "flag"),
    [
        ("{at_hlr: {absent_subscriber: 100 %}}", 1),
        ("{at_msc: {absent_subscriber: 100 %}}", 1),
        ("{at_msc: {memory_capacity_exceeded: 100 %}}", 4),
    ],
)
def test_drawn_absence_ends_with_an_alert(errors: str, flag: int) -> None:
    """An absence or full memory that is only an error sets its flag and is over in 3 to 10 min."""
    scenario = network(ONE, city_errors(errors))
    log, _ = simulate(scenario)
    flags = flag_times(log)
    alerts = rows_of(log, codes.LOG_ALERT)
    assert len(alerts) > 20
    waits = []
    for (set_at, bits), (cleared_at, none) in zip(flags[::2], flags[1::2], strict=False):
        assert (bits, none) == (flag, 0)
        waits.append(cleared_at - set_at)
    assert 180 <= min(waits) < 300 and 480 < max(waits) < 601
    # Each alert brings the next attempt at once, long before the retry delay of an hour.
    attempts = rows_of(log, codes.LOG_ATTEMPT)[1:, TIME]
    assert np.abs(attempts[: len(alerts)] - alerts[: len(attempts), TIME]).max() < SECOND


def test_memory_spells_have_their_share() -> None:
    """So many phones are full at a random moment as the share says."""
    net = network("populations: {city: {size: 4000, memory: {full: 20 %, mean_full: 1 h}}}").network
    full = [not memory(net, 0, phone, 5 * 3600 * SECOND)[0] for phone in range(4000)]
    assert np.mean(full) == pytest.approx(0.2, abs=0.03)


def test_full_memory_is_tried_again_and_alerted() -> None:
    """MCEF stops no attempt; when the phone has memory the HLR alerts and the text arrives."""
    scenario = network(
        "{traffic: {news: {messages: 40 msg}}, smscs: {north: {validity: 40 h}}, drain: 40 h,"
        " populations: {city: {memory: {full: 50 %, mean_full: 1 h}}},"
        " retry_policies: {quick: {default: {delays: [20 min], then: repeat}}}}"
    )
    log, engine = simulate(scenario)
    failed = rows_of(log, codes.LOG_FAILED)
    assert set(failed[:, VALUE]) == {codes.MEMORY_CAPACITY_EXCEEDED}
    assert set(rows_of(log, codes.LOG_SEGMENT_END)[:, VALUE]) == {codes.DELIVERED}
    # More than one attempt to a flagged phone reached it: the HLR did not answer for it.
    assert np.unique(failed[:, ID], return_counts=True)[1].max() > 1
    alerts = rows_of(log, codes.LOG_ALERT)
    arrivals = rows_of(log, codes.LOG_HANDSET)[:, TIME]
    assert len(alerts) > 10
    for alert in alerts:
        if alert[VALUE]:
            assert (np.abs(arrivals - alert[TIME]) < 10 * SECOND).any()
    assert engine.flagged == 0 or all(bits in (0, 2) for bits in engine.state.flag_bits)
    check_conservation(log, engine)


def test_a_full_phone_that_returns_is_not_alerted() -> None:
    """With MNRF and MCEF set, ready-for-SM clears MNRF alone; memory clears both and alerts."""
    log, _ = simulate(
        network(
            "{traffic: {news: {messages: 300 msg, rate: 100 msg/s}}, duration: 30 min, "
            "smscs: {north: {validity: 20 h}}, drain: 20 h,"
            " populations: {city: {size: 300, memory: {full: 60 %, mean_full: 2 h},"
            " reachability: {mean_on: 10 min, mean_off: 5 min, noticed: 100 %}}},"
            " retry_policies: {quick: {default: {delays: [3 min], then: repeat}}}}"
        )
    )
    flags = rows_of(log, codes.LOG_FLAGGED)
    phone = flags[:, ID] >> 6
    returns = flags[flags[:, ID] >> 48 == 1023]
    alerts = rows_of(log, codes.LOG_ALERT)
    assert set(flags[:, VALUE]) == {0, 1, 4} and len(np.unique(phone)) > 100
    # Some returns were followed by no alert of their own.
    alerted = {int(row[ID]) >> 6 for row in alerts}
    assert len(alerts) < len(returns) and alerted
    assert set(rows_of(log, codes.LOG_SEGMENT_END)[:, VALUE]) == {codes.DELIVERED}


def visits(log: np.ndarray, scenario: Compiled, node: str) -> int:
    """Operations that a node has worked on."""
    station = scenario.names.stations.index(node)
    return int(np.sum(rows_of(log, codes.LOG_VISIT)[:, PLACE] == station))


OTHER_NETWORK = """
hlrs: {old: {rate: 1000 /s}}
mscs: {visited: {}}
link_sets:
  old-a: {between: [old, a]}
  old-b: {between: [old, b]}
  visited-a: {between: [visited, a]}
  visited-b: {between: [visited, b]}
populations: {city: {hlr: main, mscs: {helsinki: 60 %, turku: 40 %}}}
"""


@pytest.mark.parametrize(("share", "asked"), [("100 %", 2000), ("20 %", 400), ("0 %", 0)])
def test_ported_numbers_cost_one_more_query(share: str, asked: int) -> None:
    """Each attempt at a ported number asks the old HLR first, then the right one."""
    scenario = network(MANY, OTHER_NETWORK, city(f"ported: {{share: {share}, hlr: old}}"))
    log, engine = simulate(scenario)
    assert visits(log, scenario, "old") == pytest.approx(asked, abs=0.2 * asked)
    assert visits(log, scenario, "main") == 2000
    assert set(rows_of(log, codes.LOG_SEGMENT_END)[:, VALUE]) == {codes.DELIVERED}
    check_conservation(log, engine)


def test_a_relay_beside_the_hlr_answers_both_queries() -> None:
    """Without an HLR of its own the relay function works at the population's HLR."""
    scenario = network(MANY, city("ported: {share: 100 %}"))
    log, _ = simulate(scenario)
    assert visits(log, scenario, "main") == 4000


def test_roamers_are_served_abroad() -> None:
    """So many phones as the share says are served by the visited MSC, the others at home."""
    scenario = network(MANY, OTHER_NETWORK, city("roaming: {share: 10 %, mscs: visited}"))
    log, _ = simulate(scenario)
    assert visits(log, scenario, "visited") == pytest.approx(200, abs=60)
    assert visits(log, scenario, "turku") == pytest.approx(720, abs=90)
    assert set(rows_of(log, codes.LOG_SEGMENT_END)[:, VALUE]) == {codes.DELIVERED}


FEW = """
populations: {city: {size: 3}}
traffic:
  news: {messages: 1 msg}
  codes: {kind: otp, account: bank, to: city, rate: 1 msg/s, text: one, priority: false}
duration: 10 min
"""


def test_remembered_routes_spare_queries() -> None:
    """For the time of the cache a phone is asked for once; then again."""
    asked = {}
    for cache in ("0 s", "20 s", "10 h"):
        scenario = network(FEW, f"smscs: {{north: {{sri_cache: {cache}}}}}")
        log, _ = simulate(scenario)
        asked[cache] = visits(log, scenario, "main")
        assert set(rows_of(log, codes.LOG_SEGMENT_END)[:, VALUE]) == {codes.DELIVERED}
    attempts = len(rows_of(log, codes.LOG_ATTEMPT))
    assert abs(asked["0 s"] - attempts) < 0.05 * attempts and asked["10 h"] == 3
    # Three phones, each asked for once in 20 s and the time to the next message after it.
    assert asked["20 s"] == pytest.approx(3 * 600 / 23, rel=0.15)


def test_a_stale_route_costs_an_attempt_and_is_dropped() -> None:
    """A remembered phone that has gone is tried in vain once; then the HLR is asked, and knows."""
    scenario = network(
        FEW,
        "smscs: {north: {sri_cache: 10 h, validity: 1 h}}",
        city("reachability: {mean_on: 2 min, mean_off: 2 min, detached: 0 %, noticed: 100 %}"),
    )
    log, engine = simulate(scenario)
    failed = rows_of(log, codes.LOG_FAILED)
    assert len(failed) > 20
    assert set(failed[:, VALUE]) == {codes.ABSENT_SUBSCRIBER}
    # After a failure no route is known, so the HLR answers for the phone from then on.
    assert visits(log, scenario, "main") > 3
    helsinki, turku = (visits(log, scenario, msc) for msc in ("helsinki", "turku"))
    assert helsinki + turku < len(rows_of(log, codes.LOG_ATTEMPT))
    check_conservation(log, engine)


def test_phones_share_rows_of_the_cache() -> None:
    """Neighbouring phones have rows of their own, in the table of their SMSC; no cache, no row."""
    net = network("smscs: {south: {sri_cache: 1 h}}").network
    rows = [cache_row(net, 1, phone) for phone in range(1000)]
    assert len(set(rows)) > 980 and min(rows) >= 0 and max(rows) < CACHE_ROWS
    assert cache_row(net, 0, 5) == -1
