"""Conservation and Little's law on larger networks: the compiled engine, some 10^5 messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from smsc_sim.engines.compiled import CompiledEngine
from smsc_sim.model import codes
from smsc_sim.scenario.compile import Compiled, compile_scenario
from smsc_sim.scenario.loader import load
from tests.networks import CODE, ID, OTHER, PLACE, TIME, VALUE, rows_of

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
LARGER: dict[str, dict[str, Any]] = {
    "quickstart": {},
    "smsc_crash": {"scale": 0.5},
    "retry_storm": {"scale": 0.5},
    "national_day": {
        "scale": 0.002,
        "window": "19:55-20:05",
        "overrides": ["warm_up=1 min", "drain=10 min"],
    },
}


class Ran(NamedTuple):
    """A finished run."""

    scenario: Compiled
    log: np.ndarray
    end_ns: int
    held: list[tuple[int, int]]  # rows of the log so far, records that the engine keeps then


@pytest.fixture(scope="module", params=sorted(LARGER))
def ran(request: pytest.FixtureRequest) -> Ran:
    """A scenario as it ships, a part of it; looked into after every piece of the log."""
    scenario = compile_scenario(load(SCENARIOS / f"{request.param}.yaml", **LARGER[request.param]))
    pieces: list[np.ndarray] = []
    held: list[tuple[int, int]] = []

    def look(_: int) -> None:
        records = int(engine._machine["records_used"] - engine._machine["records_free"])
        held.append((sum(map(len, pieces)), records))

    def keep(rows: np.ndarray) -> None:
        pieces.append(rows.copy())

    engine = CompiledEngine(scenario.network, keep, look, log_rows=1 << 13)
    engine.run()
    return Ran(scenario, np.concatenate(pieces), engine.now, held)


def test_messages_are_conserved_at_every_prefix(ran: Ran) -> None:
    """Submitted = rejected + delivered + ... + in flight, for each class, wherever the log is cut.

    The engine keeps a record for each message that is not forgotten, and forgets none in flight.
    """
    log = ran.log
    begun, ended = (rows_of(log, code)[:, ID] >> 18 for code in (codes.LOG_SUBMIT, ENDS))
    assert len(np.unique(begun)) == len(begun) and len(np.unique(ended)) == len(ended)
    change = (log[:, CODE] == codes.LOG_SUBMIT).astype(np.int64) - (log[:, CODE] == ENDS)
    source = log[:, ID] >> 48
    classes = np.array(ran.scenario.names.classes)
    for name in sorted(set(classes)):
        rows = np.flatnonzero(change)
        mine = rows[classes[source[rows]] == name]
        assert (np.cumsum(change[mine]) >= 0).all(), name
        states = np.bincount(log[mine[change[mine] < 0], OTHER], minlength=len(codes.STATE_NAMES))
        in_flight = change[mine].sum()
        assert (change[mine] > 0).sum() == states.sum() + in_flight
    kept = (log[:, CODE] == codes.LOG_SUBMIT).astype(np.int64) - (log[:, CODE] == FORGOTTEN)
    kept = np.concatenate([[0], np.cumsum(kept)])
    assert [records for _, records in ran.held] == [int(kept[rows]) for rows, _ in ran.held]
    assert len(ran.held) > 10 and max(records for _, records in ran.held) > 10
    assert (np.cumsum(change) <= kept[1:]).all()
    first = dict(zip(begun.tolist(), np.flatnonzero(change > 0).tolist(), strict=True))
    last = np.flatnonzero(change < 0).tolist()
    assert all(first[message] < row for message, row in zip(ended.tolist(), last, strict=True))


ENDS, FORGOTTEN = codes.LOG_MESSAGE_END, codes.LOG_FORGOTTEN


def count_by(keys: np.ndarray) -> dict[int, int]:
    """How often each key occurs."""
    return dict(zip(*(part.tolist() for part in np.unique(keys, return_counts=True)), strict=True))


def test_segments_are_conserved(ran: Ran) -> None:
    """What a store accepts it lets go once; a segment is new on the handset once at most.

    A message ends when the store has let go of all its segments, DELIVERED when all are on the
    handset, PARTIAL when some are.
    """
    log = ran.log
    accepted, over = rows_of(log, codes.LOG_ACCEPTED), rows_of(log, codes.LOG_SEGMENT_END)
    taken, left = count_by(accepted[:, ID] >> 18), count_by(over[:, ID] >> 18)
    assert all(left[message] <= taken[message] for message in left)
    # A copy is a job of its own.
    assert len(np.unique(over[:, ID])) == len(over) > 1000
    wanted = {int(row[ID]) >> 18: int(row[VALUE]) for row in rows_of(log, codes.LOG_SUBMIT)}

    def parts_in(code: int) -> dict[int, int]:
        """How often each segment of a message occurs, whatever its copy."""
        ids = rows_of(log, code)[:, ID]
        segments = np.array([wanted[message] for message in (ids >> 18).tolist()], np.int64)
        return count_by(ids >> 18 << 8 | (ids >> 10 & 255) % segments)

    parts, again = parts_in(codes.LOG_HANDSET), parts_in(codes.LOG_DUPLICATE)
    assert all(count - again.get(part, 0) == 1 for part, count in parts.items())
    on_phone = count_by(np.array(list(parts)) >> 8)
    assert all(count <= wanted[message] for message, count in on_phone.items())
    for row in rows_of(log, ENDS).tolist():
        message = row[ID] >> 18
        assert left.get(message, 0) == taken.get(message, 0)
        if message in on_phone:
            is_whole = on_phone[message] == wanted[message]
            assert row[OTHER] == (codes.DELIVERED if is_whole else codes.PARTIAL)
        else:
            assert row[OTHER] > codes.PARTIAL


def test_stores_obey_littles_law(ran: Ran) -> None:
    """The area under a store's occupancy is the sum of the times for which it keeps segments."""
    names = ran.scenario.names
    accepted, over = rows_of(ran.log, codes.LOG_ACCEPTED), rows_of(ran.log, codes.LOG_SEGMENT_END)
    smsc_of = dict(zip((accepted[:, ID] >> 18).tolist(), accepted[:, OTHER].tolist(), strict=True))
    at = np.array([smsc_of[message] for message in (over[:, ID] >> 18).tolist()])
    taken = rows_of(ran.log, codes.LOG_TAKEN)
    for number, name in enumerate(names.smscs):
        pool = names.pools.index(f"{name} store")
        mine = taken[taken[:, PLACE] == pool]
        lasts = np.diff(np.append(mine[:, TIME], ran.end_ns))
        area = int((mine[:, VALUE] * lasts).sum())
        begun = (ran.end_ns - accepted[accepted[:, OTHER] == number, TIME]).sum()
        kept = int(begun - (ran.end_ns - over[at == number, TIME]).sum())
        assert area == kept > 0, name
