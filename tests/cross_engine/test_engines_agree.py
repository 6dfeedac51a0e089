"""Two engines, one log: the compiled engine writes row for row what the reference engine writes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smsc_sim.engines import compiled, reference
from smsc_sim.model import codes
from smsc_sim.model.network import Network
from tests.networks import CODE, SECOND, TIME, network
from tests.random_networks import random_changes

SEEDS = (0, 1, 2, 5, 7, 8, 12, 15, 19, 25, 30, 31)  # together every code of the log
SMALL = {"rows": 4, "records": 2, "log_rows": 128}  # everything has to grow


def logs(engine: Any, network: Network, **room: int) -> tuple[np.ndarray, tuple[int, int, int]]:
    """Log of a run, and what the engine says of it: messages, visits and when it ended."""
    pieces: list[np.ndarray] = []
    run = engine(network, lambda piece: pieces.append(piece.copy()), **room)
    run.run()
    return np.concatenate(pieces), (run.messages, run.visits, run.now)


def first_difference(expected: np.ndarray, found: np.ndarray) -> str:
    """Words about the first row that differs, with the rows before it; empty if none does."""
    both = min(len(expected), len(found))
    rows = np.flatnonzero((expected[:both] != found[:both]).any(axis=1))
    if len(rows) == 0 and len(expected) == len(found):
        return ""
    row = int(rows[0]) if len(rows) else both
    shown = [f"{len(expected)} rows expected, {len(found)} found; they differ in row {row}:"]
    for name, log in (("expected", expected), ("found", found)):
        for number in range(max(0, row - 3), min(row + 1, len(log))):
            code = codes.LOG_NAMES[log[number, CODE]]
            shown.append(f"{name:8} {number:6} {log[number].tolist()} {code}")
    return "\n".join(shown)


@pytest.fixture(scope="module")
def expected() -> dict[int, tuple[Network, np.ndarray, tuple[int, int, int]]]:
    """Random networks and what the reference engine makes of them."""
    cases = {}
    for seed in SEEDS:
        net = network(random_changes(seed)).network
        cases[seed] = (net, *logs(reference.Engine, net))
    return cases


def test_same_log(expected: dict[int, Any]) -> None:
    """Both engines write the same rows in the same order, with every code of the log and ties."""
    seen: set[int] = set()
    rows = ties = 0
    for seed, (net, log, sums) in expected.items():
        found, found_sums = logs(compiled.CompiledEngine, net)
        assert first_difference(log, found) == "", seed
        assert found_sums == sums
        seen |= set(log[:, CODE].tolist())
        ties += int((np.diff(log[:, TIME]) == 0).sum())
        rows += len(log)
    assert seen == set(range(1, len(codes.LOG_NAMES)))
    assert rows > 40_000
    assert ties > rows / 4


def test_room_makes_no_difference(expected: dict[int, Any]) -> None:
    """Tables that have to grow many times and pieces of the log of any size give the same rows."""
    for seed, (net, log, _) in expected.items():
        found, _ = logs(compiled.CompiledEngine, net, **SMALL)
        assert first_difference(log, found) == "", seed


@pytest.mark.parametrize("width", [10, 30])
def test_width_of_buckets_makes_no_difference(expected: dict[int, Any], width: int) -> None:
    """Buckets of the wheel that are far too narrow or too wide change nothing but the speed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "wheel_shift", lambda _: width)
        for seed, (net, log, _) in list(expected.items())[:4]:
            found, _ = logs(compiled.CompiledEngine, net)
            assert first_difference(log, found) == "", seed


def test_another_tie_order_is_seen(expected: dict[int, Any]) -> None:
    """Negative control: with the ranks of timers and ends of service exchanged the logs differ."""
    wait = reference.Engine.wait
    other = {codes.RANK_DONE: codes.RANK_TIMER, codes.RANK_TIMER: codes.RANK_DONE}

    def exchanged(engine: Any, row: Any, time_ns: int, rank: int, signal: int) -> Any:
        return wait(engine, row, time_ns, other[rank], signal)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference.Engine, "wait", exchanged)
        differ = 0
        for net, log, _ in list(expected.values())[:4]:
            found, _ = logs(reference.Engine, net)
            differ += first_difference(log, found) != ""
    assert differ > 0


def test_first_difference_is_shown() -> None:
    """The row that differs is printed with those before it, and so is a log that ends early."""
    log = np.array([[SECOND, 1, 2, 3, 4, 5]] * 5)
    other = log.copy()
    other[3, 4] = 9
    assert "differ in row 3" in first_difference(log, other)
    assert "[1000000000, 1, 2, 3, 9, 5]" in first_difference(log, other)
    assert "differ in row 2" in first_difference(log, log[:2])
    assert first_difference(log, log.copy()) == ""


def test_digest_of_kernels_follows_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule edited in a file that others import gives another folder of machine code."""
    before = compiled.kernel_digest()
    read = compiled.inspect.getsource

    def edited(module: Any) -> str:
        return read(module) + ("# edited" if module.__name__.endswith("model.quantiles") else "")

    monkeypatch.setattr(compiled.inspect, "getsource", edited)
    assert compiled.kernel_digest() != before
