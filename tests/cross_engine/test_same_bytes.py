"""The same bytes whatever engine ran, whatever was kept and however the log was cut."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from smsc_sim.engines import compiled
from smsc_sim.experiment.engines import EngineName
from smsc_sim.experiment.replication import Task, simulate
from tests.cross_engine.test_engines_agree import LARGE, SMALL
from tests.networks import SECOND, network
from tests.random_networks import grid_of, on_grid, random_changes

SEEDS = (4, 143)


def task_of(seed: int) -> Task:
    """A replication of a random network, with messages kept, on the compiled engine."""
    scenario = network(random_changes(seed))
    return Task(
        network=on_grid(scenario.network, grid_of(seed)),
        names=scenario.names,
        interval_ns=5 * SECOND,
        limits_ns=(3 * SECOND, 30 * SECOND),
        record_messages=True,
        number=0,
        engine=EngineName.COMPILED,
    )


def results(task: Task) -> dict[str, bytes]:
    """Every table of a replication as it would stand on disk."""
    frames, messages, _ = simulate(task)
    tables = frames._asdict() | ({} if messages is None else {"messages": messages})
    return {name: table.to_parquet(index=False) for name, table in tables.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_same_bytes(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both engines, with and without a row per message, by pieces of the log of any size."""
    task = task_of(seed)
    expected = results(task)
    assert len(expected["messages"]) > 100
    kept_nothing = results(replace(task, record_messages=False))
    assert kept_nothing == {name: expected[name] for name in expected if name != "messages"}
    assert results(replace(task, number=1)) != expected
    assert results(replace(task, engine=EngineName.REFERENCE)) == expected
    for room in (SMALL, LARGE):
        with monkeypatch.context() as patch:
            patch.setattr(compiled, "CompiledEngine", partial(compiled.CompiledEngine, **room))
            assert results(task) == expected
