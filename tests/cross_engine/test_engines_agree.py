"""Two engines, one log: the compiled engine writes row for row what the reference engine writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from smsc_sim.engines import code_cache, compiled, reference
from smsc_sim.engines.rows import Row
from smsc_sim.model import codes, rules
from smsc_sim.model.network import Command, Job, Network, State
from tests.networks import CODE, ID, SECOND, TIME, VALUE, first_difference
from tests.random_networks import GRIDS_NS, grid_of, login_network, random_network
from tests.unit.model import test_background, test_logins, test_rules_table

# Together every code of the log, kind and stage; a third by each of the coarser clocks.
SEEDS = (*range(16), 24, 32, 36, 124, 143, 320, 354)
LOGINS = (1, 2, 4, 5, 6)  # together every event of a login
MORE_SEEDS = range(1000, 1400)
SMALL = {"rows": 4, "records": 2, "keys": 2, "log_rows": 128}  # everything has to grow
LARGE = {"rows": 1 << 16, "records": 1 << 14, "keys": 1 << 12, "log_rows": 1 << 18}
SESSIONS = 5  # networks in which a channel is kept for the next segment: a rare thing by chance
TIED = 0.5  # share of the rows at the same time as the row before; 0.6 was seen


class Case(NamedTuple):
    """A random network and what the reference engine makes of it."""

    seed: int
    network: Network
    log: np.ndarray
    sums: tuple[int, int, int]
    met: set[tuple[int, int]]  # kinds and stages


def logs(engine: Any, network: Network, **given: Any) -> tuple[np.ndarray, tuple[int, int, int]]:
    """Log of a run, and what the engine says of it: messages, visits and when it ended."""
    pieces: list[np.ndarray] = []
    run = engine(network, lambda piece: pieces.append(piece.copy()), **given)
    run.run()
    return np.concatenate(pieces), (run.messages, run.visits, run.now)


def case_of(seed: int, drawn: Callable[[int], Network] = random_network) -> Case:
    """Let the reference engine run a random network, and watch what the rules are asked."""
    net = drawn(seed)
    met: set[tuple[int, int]] = set()

    def spy(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
        met.add((job.kind, job.stage))
        return rules.step(network, state, job, signal, now)

    return Case(seed, net, *logs(reference.Engine, net, step=spy), met)


def assert_agree(case: Case, **room: int) -> None:
    """Assert that the compiled engine writes the same log, or print where it does not."""
    found, sums = logs(compiled.CompiledEngine, case.network, **room)
    difference = first_difference(case.log, found)
    assert not difference, f"seed {case.seed}, a is the reference engine: {difference}"
    assert sums == case.sums


def events_of(case: Case) -> np.ndarray:
    """What befell logins."""
    return np.unique(case.log[case.log[:, CODE] == codes.LOG_LOGIN, VALUE])


def tied(log: np.ndarray) -> np.ndarray:
    """Whether each row but the first has the time of the row before it."""
    return np.diff(log[:, TIME]) == 0


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Random networks and what the reference engine makes of them."""
    logins = [case_of(seed, login_network) for seed in LOGINS]
    return [case_of(seed) for seed in SEEDS] + logins


def test_same_log(cases: list[Case]) -> None:
    """Both engines write the same rows in the same order, by clocks of every tick."""
    for case in cases:
        assert_agree(case)
    assert {grid_of(case.seed) for case in cases} == set(GRIDS_NS)


@pytest.mark.slow
def test_same_log_of_many_networks() -> None:
    """The same of some hundred networks, which no change has been judged by before."""
    rows = ties = 0
    for seed in MORE_SEEDS:
        case = case_of(seed)
        assert_agree(case)
        rows += len(case.log)
        ties += int(tied(case.log).sum())
    assert rows > 3_000_000
    assert ties > TIED * rows


def test_everything_is_compared(cases: list[Case]) -> None:
    """Every code of the log, every kind and every stage of the rules' tables is among them.

    So are ties: most rows have the time of the row before, and a fifth tell of another job.
    """
    seen = {int(code) for case in cases for code in np.unique(case.log[:, CODE])}
    assert seen == set(range(1, len(codes.LOG_NAMES)))
    rows_of_tables = (*test_rules_table.ROWS, *test_background.ROWS, *test_logins.ROWS)
    words = [row.split()[:2] for row in rows_of_tables]
    listed = {
        (codes.KIND_NAMES.index(kind), test_rules_table.stage_of(stage)) for kind, stage in words
    }
    met = set().union(*(case.met for case in cases))
    assert {(codes.KIND_NAMES[kind], stage) for kind, stage in listed - met} == set()
    sessions = [case for case in cases if codes.SESSION in {kind for kind, _ in case.met}]
    assert len(sessions) >= SESSIONS
    befell = {int(event) for case in cases for event in events_of(case)}
    assert befell == set(range(len(codes.LOGIN_EVENTS)))
    rows = sum(len(case.log) for case in cases)
    ids = [case.log[:, ID] for case in cases]
    other = [(a[1:] != a[:-1]) & (a[1:] >= 0) & (a[:-1] >= 0) for a in ids]
    ties = [tied(case.log) for case in cases]
    assert rows > 40_000
    assert sum(map(np.sum, ties)) > TIED * rows
    assert sum((a & b).sum() for a, b in zip(ties, other, strict=True)) > 0.2 * rows


@pytest.mark.parametrize("room", [SMALL, LARGE], ids=["small", "large"])
def test_room_makes_no_difference(cases: list[Case], room: dict[str, int]) -> None:
    """Tables that have to grow many times and pieces of the log of any size give the same rows."""
    for case in cases:
        assert_agree(case, **room)


@pytest.mark.parametrize("width", [10, 30])
def test_width_of_buckets_makes_no_difference(cases: list[Case], width: int) -> None:
    """Buckets of the wheel that are far too narrow or too wide change nothing but the speed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "wheel_shift", lambda _: width)
        for case in cases[:6]:
            assert_agree(case)


def test_a_run_is_the_beginning_of_a_longer_one(cases: list[Case]) -> None:
    """What happens until a time does not depend on how long the run goes on after it."""
    for case in cases:
        shorter = case.network._replace(
            duration_ns=case.network.duration_ns * 6 // 10, warm_up_ns=0, drain_ns=0
        )
        found, _ = logs(compiled.CompiledEngine, shorter)
        # Channels that are held when a run stops are logged then.
        at_end = (found[:, CODE] == codes.LOG_HELD) & (found[:, TIME] == found[-1, TIME])
        kept = found if not at_end[-1] else found[: len(found) - int(np.argmin(at_end[::-1]))]
        assert first_difference(case.log[: len(kept)], kept) == "", case.seed
        assert len(kept) > 0.1 * len(case.log) or len(kept) > 100


def test_another_tie_order_is_seen(cases: list[Case]) -> None:
    """Negative control: with the ranks of timers and ends of service exchanged the logs differ."""
    wait = reference.Engine.wait
    other = {codes.RANK_DONE: codes.RANK_TIMER, codes.RANK_TIMER: codes.RANK_DONE}

    def exchanged(engine: Any, row: Row, time_ns: int, rank: int, signal: int) -> Any:
        return wait(engine, row, time_ns, other[rank], signal)

    assert differences(cases, exchanged) > len(cases) / 2


def test_the_order_of_scheduling_is_seen(cases: list[Case]) -> None:
    """Negative control: with SimPy's own order among equals nearly all coarse logs differ."""
    wait = reference.Engine.wait

    def unordered(engine: Any, row: Row, time_ns: int, rank: int, signal: int) -> Any:
        row.id, kept = 0, row.id
        try:
            return wait(engine, row, time_ns, rank, signal)
        finally:
            row.id = kept

    coarse = [case for case in cases if grid_of(case.seed) > 1]
    assert differences(coarse, unordered) > 0.8 * len(coarse)


def differences(cases: list[Case], wait: Any) -> int:
    """How many logs are others when the reference engine waits in another way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference.Engine, "wait", wait)
        found = [logs(reference.Engine, case.network)[0] for case in cases]
    return sum(
        first_difference(case.log, log) != "" for case, log in zip(cases, found, strict=True)
    )


def test_first_difference_is_shown() -> None:
    """Both rows are printed with the five before them, and so is a log that ends early."""
    log = np.array([[SECOND * row, codes.LOG_SUBMIT, 2, 3, 4, 5] for row in range(9)])
    other = log.copy()
    other[7, 4] = 9
    shown = first_difference(log, other).splitlines()
    assert shown[0] == "row 7 of 9 and 9"
    assert [line.split()[:2] for line in shown[1:6]] == [
        ["before:", f"{row}.000000000"] for row in range(2, 7)
    ]
    assert shown[6:] == [
        "  a: 7.000000000 s submit 0:0:0x2 place 3 value 4 other 5",
        "  b: 7.000000000 s submit 0:0:0x2 place 3 value 9 other 5",
    ]
    assert first_difference(log, log[:2]).splitlines()[-1] == "  b: the end"
    assert first_difference(log, log.copy()) == ""


@pytest.mark.parametrize("name", ["model.quantiles", "model.operations", "engines.layout"])
def test_digest_of_kernels_follows_the_rules(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A rule or number edited in a file that others import gives other machine code."""
    before = compiled.kernel_digest()
    read = code_cache.source_of

    def edited(module: str) -> bytes:
        return read(module) + (b"# edited" if module.endswith(name) else b"")

    monkeypatch.setattr(code_cache, "source_of", edited)
    assert compiled.kernel_digest() != before
