"""Links that fail one by one, sets and STPs that fail as a whole: who waits, moves and is lost."""

from typing import Any

import numpy as np
import pytest

from smsc_sim.model import codes
from smsc_sim.model.legs import link_station
from smsc_sim.model.network import Network
from smsc_sim.model.state import empty_state
from smsc_sim.scenario.compile import Compiled
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

FOUR = "{link_sets: {north-a: {links: 4}, north-b: {links: 4}}}"
BUSY = """
populations: {city: {size: 5000}}
accounts: {bank: {window: 1000, rate: 200 msg/s}}
traffic: {news: {messages: 360 msg, rate: 40 msg/s}}
"""


def visits_of(scenario: Compiled, log: np.ndarray, station: str) -> np.ndarray:
    """Visits of the stations whose names begin with some words."""
    rows = rows_of(log, codes.LOG_VISIT)
    mine = [k for k, name in enumerate(scenario.names.stations) if name.startswith(station)]
    return rows[np.isin(rows[:, PLACE], mine)]


def test_links_are_elements() -> None:
    """Link 2 of set north-a is the element north-a.2, after all nodes and link sets."""
    scenario = network(FOUR, "{failures: {x: {element: north-a.2, at: +2 s, for: 1 s}}}")
    names, net = scenario.names, scenario.network
    log, _ = simulate(scenario)
    down = names.elements.index("north-a.2")
    assert down >= net.nodes + net.link_sets
    assert rows_of(log, codes.LOG_DOWN)[:, PLACE].tolist() == [down]
    assert rows_of(log, codes.LOG_UP)[:, PLACE].tolist() == [down]
    assert names.kinds[down] == "link"
    assert len(names.elements) == net.elements == net.nodes + net.link_sets + 3 + 3 + 11
    stations = [k for k in range(net.stations) if net.station_link[k] == down]
    assert [names.stations[k] for k in stations] == ["north-a north>a 1", "north-a a>north 1"]
    assert [names.elements[net.station_sender[k]] for k in stations] == ["north", "a"]


def test_changeover_takes_its_time_within_the_set() -> None:
    """MSUs of a failed link go on over the others after the changeover; the rest never wait."""
    failure = "{failures: {x: {element: north-a.2, at: +3 s, for: 4 s}}}"
    slow = "{link_sets: {north-a: {links: 4, speed: 12 kbit/s}, north-b: {links: 2}}}"
    scenario = network(slow, BUSY, failure, "{signalling: {changeover: 700 ms}}")
    log, engine = simulate(scenario)
    cuts = rows_of(log, codes.LOG_CUT)
    assert len(cuts) > 0 and (cuts[:, TIME] == 3 * SECOND).all()
    assert {scenario.names.stations[k] for k in cuts[:, PLACE]} <= {
        "north-a north>a 1",
        "north-a a>north 1",
    }
    for cut in cuts:
        again = rows_of(log, codes.LOG_VISIT)
        again = again[(again[:, ID] == cut[ID]) & (again[:, TIME] >= 3 * SECOND)]
        name = scenario.names.stations[again[0, PLACE]]
        assert again[0, TIME] == 3 * SECOND + 700_000_000
        assert name.startswith("north-a ") and not name.endswith(" 1")
    failed = visits_of(scenario, log, "north-a north>a 1")
    assert not ((failed[:, TIME] >= 3 * SECOND) & (failed[:, TIME] < 7 * SECOND)).any()
    assert (failed[:, TIME] >= 7 * SECOND).any(), "the link takes its SLS back when it is repaired"
    others = visits_of(scenario, log, "north-a north>a 0")
    inside = (others[:, TIME] > 3 * SECOND) & (others[:, TIME] < 3 * SECOND + 700_000_000)
    assert inside.any(), "traffic of the other links does not wait"
    assert len(rows_of(log, codes.LOG_MSU_LOST)) == 0
    check_conservation(log, engine)


def test_a_set_whose_links_are_all_down_is_down() -> None:
    """When both links of the set are down its traffic takes the other set after the reroute."""
    failures = """
    failures:
      one: {element: north-a.1, at: +2 s, for: 9 s}
      two: {element: north-a.2, at: +4 s, for: 3 s}
    signalling: {changeover: 300 ms, reroute: 1 s}
    """
    scenario = network("{link_sets: {north-a: {links: 2}, north-b: {links: 2}}}", BUSY, failures)
    log, engine = simulate(scenario)
    used = visits_of(scenario, log, "north-a ")
    assert not ((used[:, TIME] >= 4 * SECOND) & (used[:, TIME] < 7 * SECOND)).any()
    other = visits_of(scenario, log, "north-b north>b")
    count = [int(((other[:, TIME] >= t) & (other[:, TIME] < t + SECOND)).sum()) for t in SECONDS]
    assert count[5] > 1.6 * count[3], "after the reroute north-b carries all"
    assert count[4] < 1.3 * count[3], "until then MSUs wait in north"
    assert count[7] > 1.6 * count[3] > count[8], "the way back opens one reroute after the repair"
    assert len(rows_of(log, codes.LOG_MSU_LOST)) == 0
    check_conservation(log, engine)


SECONDS = [SECOND * k for k in range(10)]


@pytest.mark.parametrize("reroute_ms", [0, 800])
def test_msus_wait_for_the_reroute_and_are_lost_without_a_way(reroute_ms: int) -> None:
    """Where no way is left MSUs are lost when the routes have settled, and the log says why."""
    scenario = network(
        "{link_sets: {main-b: null}}",
        "{failures: {cut: {element: main-a.1, at: +2 s, for: 10 s}}}",
        {"signalling": {"reroute": f"{reroute_ms} ms"}},
    )
    log, engine = simulate(scenario)
    lost = rows_of(log, codes.LOG_MSU_LOST)
    assert len(lost) > 5 and set(lost[:, OTHER].tolist()) == {codes.NO_WAY}
    settled = 2 * SECOND + reroute_ms * 1_000_000
    assert lost[:, TIME].min() >= settled
    failed = rows_of(log, codes.LOG_FAILED)
    assert set(failed[:, VALUE].tolist()) == {codes.TIMEOUT}, "the MAP timer runs out"
    if reroute_ms:
        assert (lost[:, TIME] == settled).sum() > 1, "what had waited is lost at once"
        places = {scenario.names.elements[k] for k in lost[lost[:, TIME] == settled, PLACE]}
        assert places <= {"a", "main"}, "where the way was broken"
    check_conservation(log, engine)


@pytest.mark.parametrize(("cards", "is_lost"), [("in_node", True), ("apart", False)])
def test_send_buffers_of_a_failing_stp(cards: str, is_lost: bool) -> None:
    """A failing STP loses what it holds for its links; link cards apart from it send it."""
    scenario = network(
        "{link_sets: {main-a: {speed: 4800 bit/s}, main-b: {speed: 4800 bit/s}}}",
        "{failures: {x: {element: a, at: +2500 ms, for: 20 s}}}",
        {"signalling": {"link_cards": cards}},
    )
    log, engine = simulate(scenario)
    names = scenario.names.stations
    cuts = rows_of(log, codes.LOG_CUT)
    lost = rows_of(log, codes.LOG_MSU_LOST)
    held = [k for k in cuts if names[k[PLACE]] == "main-a a>main 0"]
    moved = [k for k in cuts if names[k[PLACE]] == "main-a main>a 0"]
    assert bool(held) == bool(moved) == is_lost
    for cut in held:
        assert cut[ID] in lost[lost[:, TIME] == cut[TIME], ID]
    for cut in moved:  # an answer of the HLR goes back over the other STP
        rows = log[(log[:, ID] == cut[ID]) & (log[:, TIME] == cut[TIME])]
        assert "main-b main>b 0" in [names[k[PLACE]] for k in rows if k[CODE] == codes.LOG_VISIT]
    check_conservation(log, engine)


def test_msus_wait_until_the_routes_leave_a_failed_stp() -> None:
    """Behind an STP that fails nothing is lost: its neighbours hold their MSUs until the reroute.

    What was in the STP or on a link to it is lost, all within milliseconds.
    """
    scenario = network(
        BUSY,
        "{failures: {x: {element: a, at: +2500 ms, for: 20 s}}}",
        {"signalling": {"reroute": "800 ms"}},
    )
    log, engine = simulate(scenario)
    fails, settled = 2_500_000_000, 3_300_000_000
    lost = rows_of(log, codes.LOG_MSU_LOST)
    assert (lost[:, TIME] - fails < 10_000_000).all()
    to_a = visits_of(scenario, log, "north-a north>a")[:, TIME]
    to_b = visits_of(scenario, log, "north-b north>b")[:, TIME]
    assert not ((to_a > fails) & (to_a < 20 * SECOND)).any()
    assert (to_b == settled).sum() > 5, "what had waited goes the other way"
    check_conservation(log, engine)


def test_the_sls_of_a_failed_link_are_spread_over_all_others() -> None:
    """With link 1 of four down its 4 of 16 values go to the other three, whose own stay."""
    scenario = network(FOUR)
    net, state = scenario.network, empty_state(scenario.network)
    link_set = scenario.names.elements.index("north-a") - net.nodes
    node = scenario.names.elements.index("north")

    def carriers() -> list[int]:
        first = net.set_first_station[link_set]
        return [link_station(net, state, link_set, node, sls) - first for sls in range(16)]

    before = carriers()
    state.is_up[net.set_first_link[link_set] + 1] = codes.DOWN
    after = carriers()
    assert [sls for sls in range(16) if before[sls] != after[sls]] == [1, 5, 9, 13]
    assert sorted(after[sls] for sls in (1, 5, 9, 13)) == [0, 0, 2, 3]


def shares_of(scenario: Compiled, log: np.ndarray, direction: str) -> list[int]:
    """MSUs on each link of a direction."""
    found = []
    for link in range(16):
        name = f"{direction} {link}"
        if name in scenario.names.stations:
            found.append(len(visits_of(scenario, log, name)))
    return found


@pytest.mark.parametrize(("bits", "shares"), [(4, (6, 5, 5)), (5, (11, 11, 10)), (8, (86, 85, 85))])
def test_three_links_share_by_sls(bits: int, shares: tuple[int, ...]) -> None:
    """Of 16, 32 and 256 SLS values three links carry what the division leaves."""
    one_stp = dict.fromkeys(("north-b", "south-b", "main-b", "helsinki-b", "turku-b", "a-b"))
    scenario = network(
        {"link_sets": {**one_stp, "north-a": {"links": 3}}, "signalling": {"sls_bits": bits}},
        "{traffic: {news: {messages: 1500 msg, rate: 45 msg/s}}, accounts: {bank: {window: 900}}}",
    )
    counts = shares_of(scenario, simulate(scenario)[0], "north-a north>a")
    expected = np.array(shares) / sum(shares) * sum(counts)
    chi2 = float(((np.array(counts) - expected) ** 2 / expected).sum())
    assert len(counts) == 3 and chi2 < 18.4, "1e-4 of chi-square with 2 degrees of freedom"


def test_a_card_takes_as_long_for_every_msu() -> None:
    """With msu_rate each MSU takes 1/rate whatever its octets, and the buffer counts MSUs."""
    card = "{transport: m3ua, msu_rate: 50 /s, msu_buffer: 3 msg}"
    scenario = network(f"{{link_sets: {{north-a: {card}, north-b: {card}}}}}", BUSY)
    log, engine = simulate(scenario)
    used = visits_of(scenario, log, "north-a ")
    assert set(used[:, OTHER].tolist()) == {SECOND // 50}
    assert 2 * SECOND // 50 < used[:, VALUE].max() <= 3 * SECOND // 50
    lost = rows_of(log, codes.LOG_MSU_LOST)
    assert len(lost) > 10 and set(lost[:, OTHER].tolist()) == {codes.BUFFER_FULL}
    check_conservation(log, engine)


def test_congestion_discards_the_least_important_first() -> None:
    """Level 2 refuses new dialogues while answers still pass; each discard is logged with why."""
    levels = "{speed: 19.2 kbit/s, congestion: [20 %, 40 %, 90 %], buffer: 3000 octets}"
    scenario = network(
        f"{{link_sets: {{north-a: {levels}, north-b: {levels}}}}}",
        BUSY,
        "{traffic: {news: {rate: 60 msg/s}}, smscs: {north: {dialogues: 1000}}}",
    )
    log, engine = simulate(scenario)
    net: Network = scenario.network
    lost = rows_of(log, codes.LOG_MSU_LOST)
    discarded = lost[lost[:, OTHER] == codes.DISCARDED]
    assert len(discarded) > 20
    priorities = {net.operation_priority[k] for k in discarded[:, VALUE].tolist()}
    assert priorities == {1}, "only requests are offered to that direction, at level 2"
    refused = rows_of(log, codes.LOG_STATION_REFUSED)
    assert set(discarded[:, ID].tolist()) <= set(refused[:, ID].tolist())
    used = visits_of(scenario, log, "north-a north>a")
    assert used[:, VALUE].max() < 0.4 * 3000 * 8 / 19200 * SECOND, "no request waits at level 2"
    check_conservation(log, engine)


def test_priorities_of_operations() -> None:
    """Reports and alerts go first, then what opens a dialogue, what goes on with it, answers."""
    from smsc_sim.model.operations import OPERATION_NAMES

    found: dict[int, set[str]] = {0: set(), 1: set(), 2: set(), 3: set()}
    values: Any = network().network.operation_priority
    for name, value in zip(OPERATION_NAMES, values, strict=True):
        found[value].add(name)
    assert found[0] == {"report_sm_delivery_status", "alert_sc", "ready_for_sm"}
    opening = {"mo_forward_sm", "mt_forward_sm", "sri_sm", "empty_begin", "initial_dp_sms"}
    assert found[1] == opening
    assert found[2] == {"empty_continue", "mo_forward_sm_continue", "mt_forward_sm_continue"}
    answers = found[3] - {"continue_sms", "release_sms"}
    assert all("result" in name or "error" in name for name in answers)
