"""The same bytes whatever engine ran, whatever was kept and however the log was cut."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from smsc_sim.engines import compiled
from smsc_sim.experiment.engines import EngineName
from smsc_sim.experiment.replication import Task, replicate
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


def results(task: Task, folder: Path) -> dict[str, bytes]:
    """Every table of a replication as it stands on disk."""
    shutil.rmtree(folder, ignore_errors=True)
    replicate(task, folder)
    return {file.name: file.read_bytes() for file in folder.glob("*.parquet")}


@pytest.mark.parametrize("seed", SEEDS)
def test_same_bytes(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both engines, with and without a row per message, by pieces of the log of any size."""
    task = task_of(seed)
    expected = results(task, tmp_path)
    assert len(expected["messages.parquet"]) > 100
    kept_nothing = results(replace(task, record_messages=False), tmp_path)
    assert kept_nothing == {name: expected[name] for name in expected if name != "messages.parquet"}
    assert results(replace(task, number=1), tmp_path) != expected
    assert results(replace(task, engine=EngineName.REFERENCE), tmp_path) == expected
    for room in (SMALL, LARGE):
        with monkeypatch.context() as patch:
            patch.setattr(compiled, "CompiledEngine", partial(compiled.CompiledEngine, **room))
            assert results(task, tmp_path) == expected
