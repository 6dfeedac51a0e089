"""Tallies are recounts of the log: held against plain Python, however the log is cut."""

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
from numba.core import config

from smsc_sim.engines.count_messages import bin_of
from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.engines.tally import MessageTally
from smsc_sim.model import codes
from smsc_sim.model.receipt import is_counted
from smsc_sim.scenario.compile import Compiled
from tests.networks import (
    CODE,
    ID,
    OTHER,
    PLACE,
    SECOND,
    TIME,
    VALUE,
    message_of,
    network,
    rows_of,
    simulate,
)
from tests.random_networks import random_changes

BUSY = """
start: 2026-12-31T23:59:20 UTC
duration: 70 s
drain: 45 s
warm_up: 10 s
smscs: {north: {validity: 40 s, rate: 16 msg/s, dialogues: 20, submit_queue: 300 ms,
                 timers: {sri_sm: 1 s, mt_forward_sm: 10 s}},
        south: {validity: 40 s}}
link_sets: {north-a: {speed: 19200 bit/s}, north-b: {speed: 19200 bit/s}}
hlrs: {main: {rate: 4 /s, units: 3}}
stps: {a: {rate: 60 msg/s}}
populations:
  city: {unknown: 5 %, errors: {subscriber_busy: 10 %, system_failure: 10 %},
         reachability: {mean_on: 40 s, mean_off: 10 s}, radio: {paging: 1 s}}
  town: {size: 20, country: SE, reachability: {mean_off: 0 s}}
accounts: {bank: {window: 20, resends: 2}}
traffic:
  news: {messages: 100 msg, rate: 8 msg/s, text: three, at: +11 s, to: {city: 50 %, town: 50 %}}
  people: {kind: person_to_person, from: city, to: {city: 50 %, town: 50 %}, volume: 1500 msg/day,
           text: one, resend: {delay: 3 s}}
  more: {kind: otp, account: bank, to: town, rate: 1 msg/s, text: one, class: person_to_person,
         price: retail}
failures:
  cut: {element: north-a, at: +15 s, for: 10 s}
  relay: {element: b, at: +30 s, for: 5 s}
  crash: {element: north, at: +45 s, for: 5 s}
  query: {element: main, at: +30 s, for: 1 s}
"""
INTERVAL = 7 * SECOND
NEEDS_MACHINE = pytest.mark.skipif(config.DISABLE_JIT, reason="numba is switched off")
PARTS = ("channels", "lag", "links")


@pytest.fixture(scope="module")
def busy() -> tuple[Compiled, np.ndarray, int]:
    """A busy minute with failures: the scenario, its log and the time at its end."""
    scenario = network(BUSY)
    log, engine = simulate(scenario)
    return scenario, log, engine.now


def pieces(log: np.ndarray, seed: int) -> list[np.ndarray]:
    """The log, cut at random places."""
    cuts = np.sort(np.random.default_rng(seed).integers(0, len(log), 40))
    return np.split(log, cuts)


def tally_of(
    scenario: Compiled, parts: list[np.ndarray], by_machine: bool | None = None
) -> MessageTally:
    """Tally of a log in pieces."""
    tally = MessageTally(*scenario, INTERVAL, [123_456_789], by_machine=by_machine)
    for part in parts:
        tally.add(part)
    return tally


def recount(scenario: Compiled, log: np.ndarray) -> dict[str, Counter[tuple[str, str]]]:
    """Every sum of the tally by class and country, row by row."""
    net, names = scenario
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    submit_ns: dict[int, int] = {}
    repeated: dict[int, int] = {}
    simple = {
        codes.LOG_REFUSED: "refusals",
        codes.LOG_RESEND: "resends",
        codes.LOG_HANDSET: "handset",
        codes.LOG_DUPLICATE: "duplicates",
        codes.LOG_RECEIPT: "receipts",
        codes.LOG_STATUS_REPORT: "reports",
    }
    told = [
        account >= 0 and net.account_receipts[account] > 0 and not is_counted(net, account)
        for account in net.source_account
    ]
    octet_ns = {}
    for link_set in range(net.link_sets):
        for link in range(2 * net.set_links[link_set]):
            octet_ns[net.set_first_station[link_set] + link] = net.set_octet_ns[link_set]
    for time_ns, code, row_id, place, value, other, _ in log.tolist():
        if row_id < 0 or row_id >> 48 == 1023:
            continue
        source = row_id >> 48
        if code == codes.LOG_SUBMIT:
            submit_ns[row_id >> 18] = time_ns
        if not net.warm_up_ns <= submit_ns[row_id >> 18] < net.duration_ns:
            continue
        population = other if code == codes.LOG_SPLIT else place
        country = (
            names.countries[0]
            if code == codes.LOG_VISIT
            else names.countries[population]
            if population < len(names.countries)
            else ""
        )
        who = names.classes[source], country
        if code == codes.LOG_SUBMIT:
            found["submitted"][who] += 1
            found["segments_submitted"][who] += value
            account = net.source_account[source]
            found["receipts_asked"][who] += account >= 0 and net.account_receipts[account] & 1
        elif code == codes.LOG_ACCEPTED:
            day = sum(start <= time_ns for start in net.price_starts_ns) - 1
            row = (day * len(names.sources) + source) * len(names.populations) + place
            found["accepted"][who] += 1
            found["cost_micros"][who] += net.price_micros[row]
        elif code == codes.LOG_REPEAT:
            found["repeats"][who] += 1
            repeated.setdefault(row_id, time_ns)
        elif code in simple:
            if code == codes.LOG_DUPLICATE and repeated.get(row_id >> 6 << 6, time_ns) < time_ns:
                found["restart_duplicates"][who] += 1
            found[simple[code]][who] += 1
            if code == codes.LOG_STATUS_REPORT:
                found["reports_in"][who] += value == codes.OK
        elif code == codes.LOG_SEGMENT_END:
            found["receipts"][who] += told[source]
        elif code == codes.LOG_ATTEMPT:
            found["attempts"][who] += 1
            found["first_attempts"][who] += value == 1
        elif code == codes.LOG_FAILED:
            found[f"cause.{codes.CAUSE_NAMES[value]}"][who] += 1
        elif code == codes.LOG_REPORTED:
            found["reported"][who] += 1
            found["reported_us"][who] += value // 1000
        elif code == codes.LOG_MESSAGE_END:
            found[codes.STATE_NAMES[other]][who] += 1
            if other == codes.DELIVERED:
                found["latency_us"][who] += value // 1000
        elif code == codes.LOG_SPLIT:
            found[f"split_{codes.SPLIT_NAMES[place]}_us"][who] += value // 1000
            found["split_segments"][who] += place == 0
        elif code == codes.LOG_VISIT and place in octet_ns:
            found["msus"][who] += 1
            found["octets"][who] += round(other / octet_ns[place])
    return found


def test_messages_are_recounted(busy: Any) -> None:
    """Every sum by class and country is what plain Python counts from the rows."""
    scenario, log, _ = busy
    tally = tally_of(scenario, [log])
    found = recount(scenario, log)
    filled = set()
    for name, sums in tally.counts.items():
        for row, of_class in enumerate(tally.classes):
            for column, country in enumerate(tally.countries):
                assert sums[row, column] == found[name][of_class, country], (name, of_class)
        if sums.any():
            filled.add(name)
    assert {name for name, sums in found.items() if any(sums.values())} == filled
    assert filled >= {"repeats", "restart_duplicates"}
    assert filled >= {"refusals", "resends", "duplicates", "reported", "expired"}
    assert filled >= {"cause.timeout", "cause.unknown_subscriber", "split_radio_us", "rejected"}


def test_latencies_are_recounted(busy: Any) -> None:
    """The histogram and the shares within a limit hold every delivered message once."""
    scenario, log, _ = busy
    tally = tally_of(scenario, [log])
    submitted = {message_of(int(row[ID])): int(row[TIME]) for row in rows_of(log, codes.LOG_SUBMIT)}
    window = scenario.network.warm_up_ns, scenario.network.duration_ns
    latencies: dict[str, list[int]] = defaultdict(list)
    for row in rows_of(log, codes.LOG_MESSAGE_END):
        inside = window[0] <= submitted[message_of(int(row[ID]))] < window[1]
        if inside and row[OTHER] == codes.DELIVERED:
            latencies[scenario.names.classes[row[ID] >> 48]].append(int(row[VALUE]))
    limits = tally.within_limits().sum(axis=1)
    assert 123_456_789 in tally.limits_ns
    for k, name in enumerate(tally.classes):
        mine = np.array(latencies[name])
        assert len(mine) > 20
        assert limits[k].tolist() == [(mine <= limit).sum() for limit in tally.limits_ns]
        assert tally.histogram[k].sum() == len(mine)
        assert (np.repeat(np.arange(len(tally.histogram[k])), tally.histogram[k])).tolist() == (
            sorted(map(bin_of, mine.tolist()))
        )
    by_country = tally.histogram[len(tally.classes) :]
    assert by_country.sum() == sum(len(mine) for mine in latencies.values())


def test_flow_is_recounted(busy: Any) -> None:
    """Events of all messages by interval are what plain Python counts, up to the window's end."""
    scenario, log, _ = busy
    tally = tally_of(scenario, [log])
    found: dict[str, Counter[tuple[str, int]]] = defaultdict(Counter)
    for time_ns, code, row_id, _, value, other, _ in log.tolist():
        name = ""
        if code == codes.LOG_SUBMIT:
            name = "submitted"
        elif code == codes.LOG_ATTEMPT:
            name = "first_attempts" if value == 1 else "retry_attempts"
        elif code == codes.LOG_RESEND:
            name = "resends"
        if time_ns >= scenario.network.duration_ns or code == codes.LOG_MESSAGE_END:
            names = ["ended"] + ["delivered"] * (other == codes.DELIVERED)
            names = names if code == codes.LOG_MESSAGE_END else []
        else:
            names = [name] if name else []
        for one in names:
            found[one][scenario.names.classes[row_id >> 48], time_ns // INTERVAL] += 1
    for name, sums in tally.flow.items():
        assert sums.sum() > 50
        for row, of_class in enumerate(tally.classes):
            wanted = [found[name][of_class, k] for k in range(tally.intervals)]
            assert sums[row].tolist() == wanted, name


def occupancy_of(
    scenario: Compiled, parts: list[np.ndarray], end_ns: int, by_machine: bool | None = None
) -> Occupancy:
    """Occupancy of a log in pieces."""
    occupancy = Occupancy(scenario.network, INTERVAL, by_machine=by_machine)
    for part in parts:
        occupancy.add(part)
    occupancy.finish(end_ns)
    return occupancy


def sums_of(
    scenario: Compiled,
    parts: list[np.ndarray],
    end_ns: int,
    by_machine: bool,
    *,
    in_one_go: bool = False,
) -> dict[str, Any]:
    """All sums over a log in pieces by name."""
    if in_one_go:
        tally = tally_of(scenario, [], by_machine)
        occupancy = Occupancy(scenario.network, INTERVAL, by_machine=by_machine)
        for part in parts:
            occupancy.add_both(tally, part)
        occupancy.finish(end_ns)
    else:
        tally = tally_of(scenario, parts, by_machine)
        occupancy = occupancy_of(scenario, parts, end_ns, by_machine)
    found: dict[str, Any] = {}
    for owner in (tally, occupancy, tally.calls, *(getattr(occupancy, part) for part in PARTS)):
        for name in dir(owner):
            value = getattr(owner, name)
            if isinstance(value, np.ndarray | int) and not name.startswith("_"):
                found[f"{type(owner).__name__}.{name}"] = value
    found |= {f"counts.{name}": sums for name, sums in tally.counts.items()}
    found |= {f"flow.{name}": sums for name, sums in tally.flow.items()}
    return found | {"within": tally.within_limits()}


def assert_same(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Assert that two sets of sums are the same."""
    assert len(ours) > 100 and ours.keys() == theirs.keys()
    for name, value in ours.items():
        assert np.array_equal(value, theirs[name]), name


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cuts_do_not_matter(busy: Any, seed: int) -> None:
    """However the log is cut, all sums are the same."""
    scenario, log, end_ns = busy
    whole = sums_of(scenario, [log], end_ns, by_machine=False)
    assert_same(whole, sums_of(scenario, pieces(log, seed), end_ns, by_machine=False))


def test_in_one_go_counts_alike(busy: Any) -> None:
    """Messages and elements are counted alike apart and in one go."""
    scenario, log, end_ns = busy
    apart = sums_of(scenario, pieces(log, 7), end_ns, by_machine=False)
    together = sums_of(scenario, pieces(log, 8), end_ns, by_machine=False, in_one_go=True)
    assert_same(apart, together)


@NEEDS_MACHINE
@pytest.mark.parametrize("seed", [None, 4, 10, 16, 20, 27])
def test_machine_code_counts_alike(busy: Any, seed: int | None) -> None:
    """Machine code and plain Python count the same, on the busy minute and on random networks."""
    scenario, log, end_ns = busy
    if seed is not None:
        scenario = network(random_changes(seed))
        log, engine = simulate(scenario)
        end_ns = engine.now
    plain = sums_of(scenario, pieces(log, 5), end_ns, by_machine=False)
    assert_same(plain, sums_of(scenario, pieces(log, 6), end_ns, by_machine=True))
    in_one_go = sums_of(scenario, pieces(log, 9), end_ns, by_machine=True, in_one_go=True)
    assert_same(plain, in_one_go)


def test_nothing_is_kept_of_what_has_ended(busy: Any) -> None:
    """Remembered are only segments that wait for their attempt and repeated ones of open messages.

    And of those that wait at stations, no more than ever did at one time.
    """
    scenario, log, end_ns = busy
    tally, occupancy = tally_of(scenario, [log]), occupancy_of(scenario, [log], end_ns)
    gone = {row >> 18 for row in rows_of(log, codes.LOG_FORGOTTEN)[:, ID].tolist()}
    repeated = set(rows_of(log, codes.LOG_REPEAT)[:, ID].tolist())
    still = {row for row in repeated if row >> 18 not in gone}
    assert len(repeated) > len(still)
    assert tally.sums["repeated"] == len(still)
    licences = [scenario.names.stations.index(name) for name in ("north", "south")]
    asked = set()
    for code, row_id, place in log[:, [CODE, ID, PLACE]].tolist():
        if code == codes.LOG_VISIT and place in licences:
            asked.add(row_id)
        elif code in (codes.LOG_ATTEMPT, codes.LOG_SEGMENT_END, codes.LOG_STATUS_REPORT):
            asked.discard(row_id)
    dropped = {row for row in asked if row >> 18 in gone}
    assert not dropped and occupancy.sums["asking"] == len(asked)
    assert occupancy.sums["used"] <= occupancy.longest_queue.sum()


Visit = tuple[int, int, int, int, int]  # station, arrival, start, end, id


def visits_of(log: np.ndarray) -> list[Visit]:
    """Visits as they were: what a failure cut off is taken back."""
    found: dict[tuple[int, int], list[int]] = {}
    done: list[Visit] = []
    for time_ns, code, row_id, place, value, other, _ in log.tolist():
        if code == codes.LOG_VISIT:
            if (row_id, place) in found:
                arrival, start, end = found.pop((row_id, place))
                done.append((place, arrival, start, end, row_id))
            found[row_id, place] = [time_ns, time_ns + value, time_ns + value + other]
        elif code == codes.LOG_CUT:
            arrival, start, end = found.pop((row_id, place))
            assert start - time_ns == value or (value == 0 and start <= time_ns)
            assert end - max(start, time_ns) == other
            done.append((place, arrival, min(start, time_ns), time_ns, row_id))
    done += [(place, *times, row_id) for (row_id, place), times in found.items()]  # type: ignore[misc]
    return done


def overlap(low: int, high: int, interval: int, horizon: int) -> int:
    """Time that [low, high) spends in an interval before the horizon."""
    begin, end = interval * INTERVAL, min((interval + 1) * INTERVAL, horizon)
    return max(0, min(high, end) - max(low, begin))


def test_stations_are_recounted(busy: Any) -> None:
    """Busy time is the sum of services and waiting time that of waits, cuts taken back."""
    scenario, log, end_ns = busy
    net = scenario.network
    occupancy = occupancy_of(scenario, [log], end_ns)
    busy_ns, waiting_ns = np.zeros_like(occupancy.busy_ns), np.zeros_like(occupancy.waiting_ns)
    for station, arrival, start, end, _ in visits_of(log):
        for k in range(arrival // INTERVAL, min(end // INTERVAL + 1, busy_ns.shape[1])):
            busy_ns[station, k] += overlap(start, end, k, net.duration_ns)
            waiting_ns[station, k] += overlap(arrival, start, k, net.duration_ns)
    assert len(rows_of(log, codes.LOG_CUT)) >= 2
    assert np.array_equal(busy_ns, occupancy.busy_ns)
    assert np.array_equal(waiting_ns, occupancy.waiting_ns)


def test_queues_obey_their_laws(busy: Any) -> None:
    """First in, first out; no more services at once than servers; nobody waits beside a free one.

    And Little's law, exact on the sample path: the area under the queue is the sum of the waits.
    """
    scenario, log, _ = busy
    net = scenario.network
    by_station = defaultdict(list)
    for station, arrival, start, end, _ in visits_of(log):
        by_station[station].append((arrival, start, end))
    waited = 0
    for station, visits in by_station.items():
        servers = net.station_servers[station]
        cut = log[(log[:, CODE] == codes.LOG_CUT) & (log[:, PLACE] == station)]
        if len(cut) == 0:
            order = sorted(visits)
            assert [start for _, start, _ in order] == sorted(start for _, start, _ in order)
        changes = sorted(
            [(start, 1, 0) for _, start, end in visits if end > start]
            + [(end, -1, 0) for _, start, end in visits if end > start]
            + [(arrival, 0, 1) for arrival, start, _ in visits if start > arrival]
            + [(start, 0, -1) for arrival, start, _ in visits if start > arrival]
        )
        working = queueing = area = last = 0
        for time_ns, service, queue in changes:
            if time_ns > last:
                assert 0 <= working <= servers
                assert queueing == 0 or working == servers
            area += queueing * (time_ns - last)
            working, queueing, last = working + service, queueing + queue, time_ns
        assert area == sum(start - arrival for arrival, start, _ in visits)
        waited += area > 0
    assert waited > 5


def test_pools_obey_littles_law(busy: Any) -> None:
    """The area under the store's occupancy is the sum of the times for which segments are kept."""
    scenario, log, end_ns = busy
    net, names = scenario
    occupancy = occupancy_of(scenario, [log], end_ns)
    horizon = net.duration_ns
    for number, name in enumerate(names.smscs):
        pool = names.pools.index(f"{name} store")
        kept = 0
        for code, sign in ((codes.LOG_ACCEPTED, 1), (codes.LOG_SEGMENT_END, -1)):
            rows = rows_of(log, code)
            if code == codes.LOG_SEGMENT_END:
                # `other` is the cause here; the SMSC is that of the segment's acceptance.
                smsc_of = {
                    int(row[ID]) >> 18: int(row[OTHER]) for row in rows_of(log, codes.LOG_ACCEPTED)
                }
                mine = np.array([smsc_of[int(row[ID]) >> 18] == number for row in rows])
            else:
                mine = rows[:, OTHER] == number
            kept += sign * int((horizon - np.minimum(rows[mine, TIME], horizon)).sum())
        assert occupancy.taken_ns[pool].sum() == kept > 0
    waiting = rows_of(log, codes.LOG_TAKEN)
    for pool in range(net.pools):
        longest = waiting[waiting[:, PLACE] == pool, OTHER].max(initial=0)
        assert occupancy.most_queued[pool] == longest
    assert occupancy.most_queued.max() > 10


def test_elements_are_up_outside_their_failures(busy: Any) -> None:
    """An element is up for the window less its outages."""
    scenario, log, end_ns = busy
    occupancy = occupancy_of(scenario, [log], end_ns)
    up = dict(zip(scenario.names.elements, occupancy.up_ns.sum(axis=1).tolist(), strict=True))
    for name, down_s in (("north-a", 10), ("b", 5), ("north", 5), ("a", 0)):
        assert up[name] == (70 - down_s) * SECOND


@pytest.mark.parametrize("by_machine", [False, pytest.param(True, marks=NEEDS_MACHINE)])
def test_sums_of_long_times_fit(busy: Any, by_machine: bool) -> None:
    """Times that together exceed 63 bits in ns, as those of a nation do, add up in microseconds."""
    scenario, log, _ = busy
    ends = rows_of(log, codes.LOG_MESSAGE_END)
    rows = np.repeat(ends[ends[:, 6] > 20 * SECOND][:1], 4, axis=0)
    rows[:, VALUE] = 4 * 10**18 + 999
    rows[:, OTHER] = codes.DELIVERED
    tally = tally_of(scenario, [rows], by_machine)
    assert tally.counts["latency_us"].sum() == 4 * 4 * 10**15
