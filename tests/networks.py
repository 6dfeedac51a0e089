"""Small networks for tests, built from YAML like any other scenario, and ways to look at logs."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import yaml

from smsc_sim.engines import reference
from smsc_sim.engines.compiled import CompiledEngine
from smsc_sim.model import codes, rules
from smsc_sim.model.cells import held_channel
from smsc_sim.model.names import Names
from smsc_sim.model.network import PHONES, Network
from smsc_sim.model.outages import takes_work
from smsc_sim.scenario.compile import Compiled, compile_scenario
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import load

TIME, CODE, ID, PLACE, VALUE, OTHER = range(6)
SECOND = 1_000_000_000

# Two SMSCs, one HLR, two STPs and two MSCs; every delay that can be constant is.  Phones are always
# within reach and nothing fails, unless a test changes that.
BASE = yaml.safe_load("""
start: 2026-12-31T00:00 UTC
duration: 60 s
drain: 10 min
seed: 1
smscs:
  north: {rate: 100 msg/s, retry: quick, validity: 5 min}
  south: {rate: 100 msg/s, retry: quick, validity: 5 min}
hlrs: {main: {rate: 1000 /s}}
stps: {a: {}, b: {}}
mscs: {helsinki: {}, turku: {}}
link_sets:
  north-a: {between: [north, a]}
  north-b: {between: [north, b]}
  south-a: {between: [south, a]}
  south-b: {between: [south, b]}
  main-a: {between: [main, a]}
  main-b: {between: [main, b]}
  helsinki-a: {between: [helsinki, a]}
  helsinki-b: {between: [helsinki, b]}
  turku-a: {between: [turku, a]}
  turku-b: {between: [turku, b]}
  a-b: {between: [a, b]}
populations:
  city:
    size: 50
    country: FI
    unknown: 0 %
    reachability: {mean_off: 0 s}
    errors: {subscriber_busy: 0 %, system_failure: 0 %}
    radio: {paging: 0 s}
texts: {one: {gsm7: {"20": 100 %}}, three: {gsm7: {"400": 100 %}}}
profiles: {flat: {hours: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}}
# Traffic of failed links moves at once, and every text fits one MSU, unless a test changes that.
signalling: {changeover: 0 s, reroute: 0 s, link_cards: apart, largest_sif: 4096 octets}
accounts: {bank: {smsc: north}}
traffic:
  news: {kind: campaign, account: bank, to: city, messages: 20 msg, at: +1 s, rate: 10 msg/s,
         text: one}
retry_policies: {quick: {default: {delays: [10 s], then: repeat}}}
rates: {card: list-2026, fallback: {retail: 0.10 USD, a2p: 0.05 USD}}
""")

Changes = str | Mapping[str, Any]


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Deep merge of two trees; None takes a key away."""
    tree = dict(base)
    for key, value in changes.items():
        if value is None:
            tree.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(tree.get(key), Mapping):
            tree[key] = merged(tree[key], value)
        else:
            tree[key] = copy.deepcopy(value)
    return tree


def tree_of(*changes: Changes) -> dict[str, Any]:
    """The default scenario with changes, given as YAML text or trees."""
    tree = copy.deepcopy(BASE)
    for change in changes:
        tree = merged(tree, yaml.safe_load(change) if isinstance(change, str) else change)
    return tree


def network(*changes: Changes, files: Mapping[str, str] = MappingProxyType({})) -> Compiled:
    """Load and compile the default scenario with changes; files are written beside it."""
    return compiled(tree_of(*changes), files)


def refusals(*changes: Changes) -> list[str]:
    """What is wrong with the default scenario after changes, a line each, without the places."""
    with pytest.raises(ScenarioError) as error:
        network(*changes)
    return [text.partition(": ")[2] for text in str(error.value).splitlines()]


def compiled(tree: Mapping[str, Any], files: Mapping[str, str] = MappingProxyType({})) -> Compiled:
    """Load and compile a whole scenario; maps keep the order in which they are given."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text)
        file = Path(folder) / "test.yaml"
        file.write_text(yaml.safe_dump(dict(tree), sort_keys=False, width=10_000))
        return compile_scenario(load(file))


def simulate(
    scenario: Compiled,
    step: reference.Step = rules.step,
    prepare: Callable[..., None] | None = None,
) -> tuple[np.ndarray, reference.Engine]:
    """Run the reference engine.

    Parameters
    ----------
    scenario : Compiled
    step : callable
        The rules.
    prepare : callable, optional
        Told the engine before it runs.

    Returns
    -------
    log : (rows, 7) int64 array
    engine : Engine
    """
    pieces: list[np.ndarray] = []
    engine = reference.Engine(scenario.network, lambda piece: pieces.append(piece.copy()), step)
    if prepare is not None:
        prepare(engine)
    engine.run()
    return np.concatenate([np.zeros((0, 7), np.int64), *pieces]), engine


def compiled_log(network: Network) -> np.ndarray:
    """Log of the compiled engine, which affords long runs."""
    pieces: list[np.ndarray] = []
    CompiledEngine(network, lambda piece: pieces.append(piece.copy())).run()
    return np.concatenate(pieces)


def rows_of(log: np.ndarray, code: int) -> np.ndarray:
    """Rows of the log with one code."""
    return log[log[:, CODE] == code]


def message_of(ids: Any) -> Any:
    """Source and number that ids share: the message."""
    return ids >> 18


def in_words(row: Any, names: Names | None = None) -> str:
    """One row of the log in words."""
    time_ns, code, row_id, place, value, other = (int(part) for part in row[:6])
    what = codes.LOG_NAMES[code] if 0 <= code < len(codes.LOG_NAMES) else f"code {code}"
    source = row_id >> 48
    who = f"{source}:{row_id >> 18 & (1 << 30) - 1}:{row_id & (1 << 18) - 1:#x}"
    if row_id < 0:
        who = "nobody"
    elif names is not None and source < len(names.sources):
        who = names.sources[source] + who[len(str(source)) :]
    station = (codes.LOG_VISIT, codes.LOG_CUT, codes.LOG_STATION_REFUSED)
    where = names.stations[place] if names is not None and code in station else f"place {place}"
    return f"{time_ns / SECOND:.9f} s {what} {who} {where} value {value} other {other}"


def first_difference(log_a: np.ndarray, log_b: np.ndarray, names: Names | None = None) -> str:
    """Where two logs part, in words: the row, both events, five rows before; empty if nowhere."""
    both = min(len(log_a), len(log_b))
    differs = np.flatnonzero((log_a[:both] != log_b[:both]).any(axis=1))
    if len(differs) == 0 and len(log_a) == len(log_b):
        return ""
    row = int(differs[0]) if len(differs) else both
    lines = [f"row {row} of {len(log_a)} and {len(log_b)}"]
    lines += [f"  before: {in_words(log_a[k], names)}" for k in range(max(0, row - 5), row)]
    for label, log in (("a", log_a), ("b", log_b)):
        lines.append(f"  {label}: {in_words(log[row], names) if row < len(log) else 'the end'}")
    return "\n".join(lines)


def check_conservation(log: np.ndarray, engine: reference.Engine) -> dict[str, int]:
    """Assert that no message and no segment is lost or counted twice, row by row of the log.

    At every instant, for each source, in messages and in segments: submitted = ended in one of the
    states + in flight.  What ends had begun, ends once, and in the state that its rows imply.  What
    is in flight at the end is what the engine still holds.

    Returns
    -------
    dict of str to int
        Messages by state, and "open".
    """
    submitted: dict[int, int] = {}  # segments of each message
    submit_ns: dict[int, int] = {}
    stored: dict[int, int] = {}
    copies: dict[int, int] = {}
    over: dict[int, dict[int, int]] = {}  # ends of stored segments: id -> state
    handset: dict[int, dict[int, int]] = {}  # segment -> time of its first copy
    ended: dict[int, int] = {}
    forgotten: set[int] = set()
    for time_ns, code, row_id, _, value, other, begun_ns in log.tolist():
        message = row_id >> 18
        segment = (row_id >> 10 & 255) % submitted.get(message, 256)
        if message in submit_ns:
            assert begun_ns == submit_ns[message]
            assert message not in forgotten or code not in OF_MESSAGES
        elif row_id < 0 or row_id >> 48 == PHONES:
            assert begun_ns == -1
        if code == codes.LOG_SUBMIT:
            assert begun_ns == time_ns
            assert message not in submitted
            submitted[message], submit_ns[message] = value, time_ns
            stored[message] = copies[message] = 0
            over[message], handset[message] = {}, {}
        elif code == codes.LOG_ACCEPTED:
            assert message not in ended
            stored[message] += 1
        elif code == codes.LOG_COPY:
            copies[message] += 1
            assert copies[message] < stored[message]
        elif code == codes.LOG_HANDSET:
            handset[message].setdefault(segment, time_ns)
            assert segment < submitted[message]
            assert value == time_ns - submit_ns[message]
        elif code == codes.LOG_DUPLICATE:
            assert handset[message][segment] < time_ns
        elif code == codes.LOG_SEGMENT_END:
            assert row_id not in over[message] and segment < submitted[message]
            assert (value == codes.DELIVERED) == (segment in handset[message])
            over[message][row_id] = value
            assert len(over[message]) <= stored[message]
        elif code == codes.LOG_MESSAGE_END:
            assert message not in ended
            assert len(over[message]) == stored[message], "a stored segment is still open"
            whole = len(handset[message]) == submitted[message]
            if whole:
                assert other == codes.DELIVERED
                assert value == max(handset[message].values()) - submit_ns[message]
            else:
                assert value == -1
                states = set(over[message].values()) or {codes.REJECTED}
                assert other == (codes.PARTIAL if handset[message] else max(states))
            ended[message] = other
        elif code == codes.LOG_FORGOTTEN:
            assert message in ended and message not in forgotten
            assert value == submitted[message]
            forgotten.add(message)
    assert forgotten == submitted.keys() - {row.id >> 18 for row in engine.live if row.record >= 0}
    check_segments(submitted, stored, copies, over, handset, ended)
    lives = {row.id >> 18 for row in engine.live if row.kind in LIVES}
    assert lives == submitted.keys() - ended.keys()
    kept = sum(stored.values()) - sum(len(rows) for rows in over.values())
    kept += sum(row.stage == codes.WRITTEN for row in engine.live if row.kind in WRITERS)
    kept -= sum(row.in_memory for row in engine.live if row.kind == codes.SEGMENT)
    network = engine.network
    assert kept == sum(
        network.pool_units[pool] - engine.pools[pool].free for pool in network.smsc_store
    )
    counts = dict.fromkeys(codes.STATE_NAMES, 0)
    for state in ended.values():
        counts[codes.STATE_NAMES[state]] += 1
    counts["open"] = len(lives)
    assert sum(counts.values()) == len(submitted)
    return counts


def check_channels(engine: reference.Engine) -> None:
    """Assert that every SDCCH and TCH that is taken has one live job that holds it."""
    network = engine.network
    holders = {pool: 0 for pool in (*network.cell_sdcch, *network.cell_tch) if pool >= 0}
    for row in engine.live:
        pool = held_channel(network, row)
        if pool >= 0:
            holders[pool] += 1
    taken = {pool: network.pool_units[pool] - engine.pools[pool].free for pool in holders}
    assert taken == holders


def check_calls(log: np.ndarray, engine: reference.Engine) -> None:
    """Assert that every call and update is tried first, ends once, and is held while it has not."""
    tried: set[int] = set()
    ended: set[int] = set()
    for row_id, event in rows_of(log, codes.LOG_CALL)[:, [ID, VALUE]].tolist():
        assert (event == codes.CALL_IS_TRIED) == (row_id not in tried)
        assert row_id not in ended
        tried.add(row_id)
        if event not in (codes.CALL_IS_TRIED, codes.CALL_IS_RETRIED):
            ended.add(row_id)
    calls = (codes.CALL, codes.LOCATION_UPDATE)
    assert tried - ended <= {row.id for row in engine.live if row.kind in calls}


def check_logins(log: np.ndarray, engine: reference.Engine) -> None:
    """Assert that every login starts first, ends once, and is a live person while it has not.

    No more codes are sent for it than its source allows, each after the one before.
    """
    network = engine.network
    ends = (*codes.LOGIN_ENDS,)
    begun: dict[int, int] = {}
    asked: dict[int, int] = {}
    ended: set[int] = set()
    for time_ns, row_id, event, since_ns in rows_of(log, codes.LOG_LOGIN)[
        :, [TIME, ID, VALUE, OTHER]
    ].tolist():
        assert (event == codes.LOGIN_STARTED) == (row_id not in begun)
        assert row_id not in ended
        assert since_ns == time_ns - begun.setdefault(row_id, time_ns)
        if event == codes.LOGIN_CODE_ASKED:
            asked[row_id] = asked.get(row_id, 0) + 1
            person = network.source_person[row_id >> 48]
            first, last = network.person_again_first[person : person + 2]
            assert asked[row_id] <= last - first
        if event in ends:
            ended.add(row_id)
    assert begun.keys() - ended == {row.id for row in engine.live if row.kind == codes.LOGIN}


def check_waits(engine: reference.Engine) -> None:
    """Assert that servers, lines and pools agree with the jobs: nobody is lost in a queue.

    When no message is left, no dialogue, window, limit or place in a store is held.
    """
    network, state = engine.network, engine.state
    served = [0] * network.stations
    waits = [0] * network.stations
    for row in engine.live:
        if row.station >= 0 and network.station_line[row.station] >= 0:
            (waits if row.done_ns == codes.NEVER else served)[row.station] += 1
    for station, line in enumerate(network.station_line):
        if line >= 0:
            assert state.serving[station] == served[station] <= network.station_servers[station]
            assert len(engine.lines[line]) == waits[station]
            idle = served[station] < network.station_servers[station]
            assert not (idle and waits[station] and takes_work(network, state, station))
    for number, pool in enumerate(engine.pools):
        assert 0 <= pool.free <= network.pool_units[number]
    if not any(row.kind in (*LIVES, codes.RECEIPT) for row in engine.live):
        channels = {*network.cell_sdcch, *network.cell_tch}
        held = [
            number
            for number, pool in enumerate(engine.pools)
            if number not in channels
            and (len(pool.queue) or pool.free < network.pool_units[number])
        ]
        assert held == []
        assert not any(engine.keyed)


OF_MESSAGES = (  # rows that may change what a message is known for
    *(codes.LOG_SUBMIT, codes.LOG_ACCEPTED, codes.LOG_COPY, codes.LOG_ATTEMPT, codes.LOG_FAILED),
    *(codes.LOG_HANDSET, codes.LOG_DUPLICATE, codes.LOG_SEGMENT_END, codes.LOG_MESSAGE_END),
    *(codes.LOG_REPEAT, codes.LOG_REPORTED),
)
WRITERS = (codes.ESME_DIALOGUE, codes.MO_DIALOGUE)
LIVES = (
    *(codes.SUBMISSION, codes.ESME_DIALOGUE, codes.MO_DIALOGUE, codes.SEGMENT),
    codes.HUB_SUBMISSION,
)


def check_segments(
    submitted: dict[int, int],
    stored: dict[int, int],
    copies: dict[int, int],
    over: dict[int, dict[int, int]],
    handset: dict[int, dict[int, int]],
    ended: dict[int, int],
) -> None:
    """Assert the balance of segments of every message: each is in one state only."""
    for message, segments in submitted.items():
        distinct = stored[message] - copies[message]
        assert 0 <= distinct <= segments
        closed = {(row_id >> 10 & 255) % segments for row_id in over[message]}
        assert len(closed) <= distinct
        if message in ended:
            assert len(closed) == distinct  # the other segments are rejected
        assert set(handset[message]) <= set(range(segments))
