"""Random numbers belong to what they are for: whatever else changes, they stay where they were."""

from typing import Any

import numpy as np
import pytest

from smsc_sim.engines import reference
from smsc_sim.model import codes, rules
from smsc_sim.model.network import Command, Network, State
from smsc_sim.scenario.compile import Compiled
from tests.networks import (
    BASE,
    CODE,
    ID,
    SECOND,
    TIME,
    compiled,
    first_difference,
    network,
    simulate,
    tree_of,
)

BUSY = """
smscs: {north: {validity: 30 s}, south: {validity: 30 s}}
populations:
  city: {mscs: {helsinki: 60 %, turku: 40 %}, smscs: {north: 50 %, south: 50 %},
         reachability: {mean_on: 60 s, mean_off: 5 s}, errors: {subscriber_busy: 10 %},
         radio: {paging: 1 s}}
texts: {mixed: {gsm7: {"1-160": 70 %, "161-400": 30 %}}}
traffic:
  news: {text: mixed}
  people: {kind: person_to_person, from: city, to: city, volume: 2000 msg/day, text: mixed}
"""

MORE_TRAFFIC = """
traffic:
  alarms: {kind: otp, account: bank, to: city, rate: 1 msg/s, text: one}
  zeal: {kind: person_to_person, from: city, to: city, volume: 500 msg/day, text: one}
"""
MORE_PEOPLE = """
populations:
  attic: {size: 13, country: SE}
  zoo: {size: 17, country: SE}
"""
REPLIES = """
traffic:
  news: {replies: {probability: 60 %, delay: 2 s, text: one}}
  people: {replies: {probability: 60 %, delay: {exponential: {mean: 5 s}}, text: one}}
"""
OTHER_POLICY = "{retry_policies: {quick: {default: {delays: [3 s, 7 s], then: double}}}}"

Contents = dict[tuple[str, int], tuple[Any, ...]]


def contents(scenario: Compiled) -> tuple[Contents, dict[Any, int], np.ndarray]:
    """What each message is, what its first attempts cost on the radio, and the log.

    Returns
    -------
    messages : dict
        (source, number) to (time, population, phone, MSC, SMSC, sender's MSC, segments, octets).
    radio_ns : dict
        (source, number, segment) to the time on the radio channel of the first attempt.
    log : (rows, 7) int64 array
    """
    messages: Contents = {}
    radio_ns: dict[Any, int] = {}
    net, names = scenario

    def spy(network: Network, state: State, job: Any, signal: int, now: int) -> Command:
        command = rules.step(network, state, job, signal, now)
        key = (names.sources[job.source], job.id >> 18 & (1 << 30) - 1)
        if job.kind == codes.SUBMISSION and job.stage == codes.START:
            messages[key] = (
                now,
                names.populations[job.population],
                job.phone,
                names.elements[job.msc],
                names.smscs[job.smsc],
                names.elements[job.sender] if job.sender >= 0 else "",
                net.text_segments[job.text],
                job.octets,
            )
        is_sent = job.kind == codes.MT_DIALOGUE and command.stage == codes.MT_ON_RADIO
        if is_sent and job.attempt == 1:
            radio_ns[*key, job.segment] = command.amount
        return command

    log, _ = simulate(scenario, step=spy)
    return messages, radio_ns, log


def own(found: dict[Any, Any], sources: set[str]) -> dict[Any, Any]:
    """Entries of some sources, submitted before the traffic is cut."""
    return {key: value for key, value in found.items() if key[0] in sources}


@pytest.fixture(scope="module")
def before() -> tuple[Contents, dict[Any, int], np.ndarray]:
    """The scenario that the others change."""
    return contents(network(BUSY))


def shuffled(tree: Any) -> Any:
    """The same tree with every map in the opposite order."""
    if isinstance(tree, dict):
        return {key: shuffled(value) for key, value in reversed(tree.items())}
    return tree


@pytest.mark.parametrize(
    "changes",
    [(MORE_TRAFFIC,), (MORE_PEOPLE,), (OTHER_POLICY,), (REPLIES,), (MORE_TRAFFIC, MORE_PEOPLE)],
)
def test_other_draws_stay(before: Any, changes: tuple[str, ...]) -> None:
    """More sources, populations, replies or another policy leave other messages what they were."""
    messages, radio_ns, log = before
    more, more_radio_ns, more_log = contents(network(BUSY, *changes))
    assert len(log) != len(more_log) or first_difference(log, more_log), "nothing was changed"
    kept = own(more, {"news", "people"})
    both = messages.keys() & kept.keys()
    # The runs end when the cohort has ended: only the last messages are not in both.
    assert {key for key, value in messages.items() if value[0] < 60 * SECOND} <= both
    assert {key: messages[key] for key in both} == {key: kept[key] for key in both}
    shared = radio_ns.keys() & more_radio_ns.keys()
    different = [key for key in shared if radio_ns[key] != more_radio_ns[key]]
    # A phone may be paged in vain when the attempt comes at another time; the draws are the same.
    assert len(shared) > 60 and different == []


def test_replies_that_never_come_change_no_row(before: Any) -> None:
    """Sources of replies with names before those of others change no row of the others."""
    never = "{traffic: {news: {replies: {probability: 0 %}}}}"
    scenario = network(BUSY, never)
    _, _, log = contents(scenario)
    moved = scenario.names.sources.index("people")
    assert moved > 1
    is_moved = (log[:, ID] >> 48 == moved) & (log[:, ID] >= 0)
    log[is_moved, ID] += 1 - moved << 48
    both = min(len(log), len(before[2]))
    assert first_difference(before[2][:both], log[:both]) == ""
    assert len(log) == len(before[2]) and is_moved.sum() > 1000


def test_order_in_the_file_does_not_matter(before: Any) -> None:
    """Every map of the YAML in the opposite order gives the same log."""
    tree = shuffled(tree_of(BUSY))
    assert [*tree] == [*tree_of(BUSY)][::-1]
    _, _, log = contents(compiled(tree))
    assert first_difference(before[2], log) == ""


def test_another_seed_changes_everything(before: Any) -> None:
    """With another seed no message comes at the same time, and few go to the same phone."""
    other, _, _ = contents(network(BUSY, "{seed: 2}"))
    people = [key for key in before[0].keys() & other.keys() if key[0] == "people"]
    assert len(people) > 40
    assert all(before[0][key][0] != other[key][0] for key in people)
    assert sum(before[0][key][2] == other[key][2] for key in people) < len(people) / 5


def test_two_runs_have_the_same_bytes(before: Any) -> None:
    """The same scenario gives the same bytes again."""
    _, _, log = contents(network(BUSY))
    assert log.tobytes() == before[2].tobytes()


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_pieces_of_the_log_do_not_matter(
    before: Any, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log in pieces of another size is the same log."""
    monkeypatch.setattr(reference, "ROWS_PER_CHUNK", rows)
    log, _ = simulate(network(BUSY))
    assert first_difference(before[2], log) == ""


def test_a_longer_run_begins_like_a_shorter_one(before: Any) -> None:
    """Running to T1 gives a prefix of running to T2, also where rates end within an hour."""
    for drain in ("0 s", "17 s"):
        short, _ = simulate(network(BUSY, {"duration": "41 s", "drain": drain}))
        last_ns = int(short[-1, TIME])
        part = short[short[:, TIME] < last_ns]
        same = before[2][before[2][:, TIME] < last_ns]
        assert len(part) > 1000
        assert first_difference(same, part) == ""


IDLE = """
smscs: {aaa: {rate: 1 msg/s, retry: quick}}
hlrs: {bbb: {rate: 1 /s}}
stps: {ccc: {}}
mscs: {ddd: {}}
link_sets:
  aaa-a: {between: [aaa, a]}
  aaa-b: {between: [aaa, b]}
  bbb-a: {between: [bbb, a]}
  bbb-b: {between: [bbb, b]}
  ccc-ddd: {between: [ccc, ddd]}
  a-ddd: {between: [ddd, a], links: 3}
  helsinki-ccc: {between: [helsinki, ccc]}
populations: {city: {hlr: main}, zoo: {size: 5, country: SE, hlr: bbb, mscs: ddd}}
accounts: {aaa: {smsc: north}}
texts: {aaa: {gsm7: {"5": 100 %}}}
"""

OF_STATION = (codes.LOG_VISIT, codes.LOG_CUT, codes.LOG_STATION_REFUSED)
OF_SMSC = (
    *(codes.LOG_SUBMIT, codes.LOG_ACCEPTED, codes.LOG_REFUSED, codes.LOG_RESEND),
    *(codes.LOG_ATTEMPT, codes.LOG_FAILED, codes.LOG_HANDSET, codes.LOG_COPY),
    *(codes.LOG_DUPLICATE, codes.LOG_REPORTED, codes.LOG_ALERT, codes.LOG_REPEAT),
    codes.LOG_FLAGGED,
)


def by_name(log: np.ndarray, scenario: Compiled) -> list[tuple[Any, ...]]:
    """Rows of the log with names in place of row numbers; ids of phones keep what is theirs."""
    names, net = scenario.names, scenario.network
    rows = []
    for time_ns, code, row_id, place, value, other, _ in log.tolist():
        who: Any = row_id
        where: Any = names.populations[place] if place < len(names.populations) else place
        if row_id >> 48 == 1023:
            phone = row_id >> 6 & (1 << 42) - 1
            who = phone - net.population_first[names.populations.index("city")]
        if code in OF_STATION:
            where = names.stations[place]
        elif code == codes.LOG_TAKEN:
            where = names.pools[place]
        elif code in (codes.LOG_DOWN, codes.LOG_UP, codes.LOG_MSU_LOST):
            where = names.elements[place]
        elif code in (codes.LOG_SPLIT, codes.LOG_LATE):
            where = place
            other = names.populations[other] if code == codes.LOG_SPLIT else other
        if code in OF_SMSC:
            other = names.smscs[other] if other >= 0 else "none"
        rows.append((time_ns, code, who, where, value, other))
    return rows


def test_idle_elements_change_nothing(before: Any) -> None:
    """Elements and people that nothing uses change no row but its indices."""
    plain, more = network(BUSY), network(BUSY, IDLE)
    for name in ("b", "helsinki", "north", "north-a"):
        assert more.names.elements.index(name) != plain.names.elements.index(name)
    log, _ = simulate(more)
    assert by_name(log, more) == by_name(before[2], plain)
    assert set(OF_SMSC) & set(log[:, CODE].tolist()) >= {codes.LOG_FLAGGED}


def test_base_is_left_alone() -> None:
    """Changes are made to a copy: the default scenario has one source."""
    network(MORE_TRAFFIC)
    assert list(BASE["traffic"]) == ["news"]
