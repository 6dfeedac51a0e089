"""One replication: simulate, tally, and leave its tables in a folder."""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from smsc_sim import __version__
from smsc_sim.engines import sums
from smsc_sim.engines.extend import Extensions, extended_engine
from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.engines.tally import MessageTally
from smsc_sim.experiment.engines import EngineName
from smsc_sim.model.codes import SEMANTICS_VERSION
from smsc_sim.model.draws import in_python, key_of
from smsc_sim.model.names import Names
from smsc_sim.model.network import Network
from smsc_sim.results.estimates import ReplicationFrames
from smsc_sim.results.frames import replication_frames
from smsc_sim.results.messages import message_file
from smsc_sim.results.storage import MESSAGES, json_bytes, write_bytes

if TYPE_CHECKING:
    from smsc_sim.engines.compiled import CompiledEngine
    from smsc_sim.engines.reference import Engine

REPLICATION_KEY = 0x5245504C  # keeps the seeds of replications apart from all other draws
DONE = "done.json"


@dataclass(frozen=True)
class Task:
    """What one replication needs to know; plain data that another process can be given.

    Attributes
    ----------
    network, names
        As compiled; the network holds the seed of the scenario.
    interval_ns : int
        Step of the time series.
    limits_ns : tuple of int
        Limits of targets, counted exactly.
    record_messages : bool
        Whether to keep a row per message.
    number : int
        Of the replication, from 0.
    engine : EngineName
        COMPILED or REFERENCE; the results do not depend on it.
    """

    network: Network
    names: Names
    interval_ns: int
    limits_ns: tuple[int, ...]
    record_messages: bool
    number: int
    engine: EngineName = EngineName.REFERENCE


@dataclass(frozen=True)
class Effort:
    """What a replication cost; it stands in the manifest only."""

    messages: int
    station_visits: int
    engine_seconds: float
    peak_memory_bytes: int


def digest_of(network: Network, names: Names, interval_ns: int, limits_ns: tuple[int, ...]) -> str:
    """Digest that names a run: all that its numbers depend on but the replication's number."""
    # The version stands for how results are measured, which other releases may change.
    content = [__version__, SEMANTICS_VERSION, network, names, interval_ns, sorted(limits_ns)]
    return hashlib.sha256(json.dumps(content, default=list).encode()).hexdigest()


def replication_seed(seed: int, number: int) -> int:
    """Seed of one replication: a function of its number, so none needs its predecessor."""
    return in_python(key_of)(seed, REPLICATION_KEY, number)


def simulate(
    task: Task,
    messages_to: Path,
    extensions: Extensions | None = None,
    on_progress: Callable[[float, int], None] | None = None,
) -> tuple[ReplicationFrames, Effort]:
    """Run one replication.

    Parameters
    ----------
    task : Task
    messages_to : Path
        File for a row per message, where the task asks for it; written while the run goes on.
    extensions : Extensions, optional
    on_progress : callable, optional
        Told the share of the scenario's time that is done, and the messages so far.

    Returns
    -------
    frames : ReplicationFrames
    effort : Effort
    """
    network = task.network._replace(seed=replication_seed(task.network.seed, task.number))
    # The reference engine is not worth a compilation of the tallies; all sums are the same.
    by_machine = task.engine == EngineName.COMPILED or sums.is_ready()
    limits = list(task.limits_ns)
    tally = MessageTally(network, task.names, task.interval_ns, limits, by_machine=by_machine)
    occupancy = Occupancy(network, task.interval_ns, by_machine=by_machine)
    counting: list[Callable[[np.ndarray], None]] = [partial(occupancy.add_both, tally)]

    def sink(rows: np.ndarray) -> None:
        for count in counting:
            count(rows)

    def on_chunk(now_ns: int) -> None:
        if on_progress is not None:
            on_progress(_share_done(network, now_ns), engine.messages)

    began = time.perf_counter()
    engine = _engine(task, network, sink, extensions or Extensions(), on_chunk)
    with ExitStack() as open_files:
        if task.record_messages:
            file = message_file(network, task.names, messages_to, by_machine=by_machine)
            counting.append(open_files.enter_context(file).add)
        engine.run()
    occupancy.finish(engine.now)
    effort = Effort(
        messages=engine.messages,
        station_visits=engine.visits,
        engine_seconds=time.perf_counter() - began,
        peak_memory_bytes=peak_memory_bytes(),
    )
    return replication_frames(network, task.names, tally, occupancy), effort


def _engine(
    task: Task,
    network: Network,
    sink: Callable[[np.ndarray], None],
    extensions: Extensions,
    on_chunk: Callable[[int], None],
) -> Engine | CompiledEngine:
    if task.engine == EngineName.COMPILED:
        from smsc_sim.engines.compiled import CompiledEngine

        return CompiledEngine(network, sink, on_chunk)
    return extended_engine(network, task.names, sink, extensions, on_chunk=on_chunk)


def _share_done(network: Network, now_ns: int) -> float:
    """Share of a run that is done; the drain, which may end early, counts for a tenth."""
    window = min(1.0, now_ns / network.duration_ns)
    drain = max(0, now_ns - network.duration_ns) / max(1, network.drain_ns)
    return 0.9 * window + 0.1 * min(1.0, drain)


def peak_memory_bytes() -> int:
    """Largest resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def replicate(
    task: Task,
    folder: Path,
    extensions: Extensions | None = None,
    on_progress: Callable[[float, int], None] | None = None,
) -> None:
    """Leave a replication in a folder; `done.json` comes last and says that all is there."""
    for stale in folder.glob(f".{MESSAGES}.*"):  # of a process that was killed
        stale.unlink()
    frames, effort = simulate(task, folder / MESSAGES, extensions, on_progress)
    for name, frame in frames._asdict().items():
        write_bytes(folder / f"{name}.parquet", frame.to_parquet(index=False))
    write_bytes(folder / DONE, json_bytes(asdict(effort)))


def is_done(folder: Path, *, with_messages: bool) -> bool:
    """Whether a folder holds a whole replication."""
    return (folder / DONE).exists() and (not with_messages or (folder / MESSAGES).exists())


def read(folder: Path) -> tuple[ReplicationFrames, Effort]:
    """Read what `replicate` left."""
    frames = ReplicationFrames(
        *(pd.read_parquet(folder / f"{name}.parquet") for name in ReplicationFrames._fields)
    )
    return frames, Effort(**json.loads((folder / DONE).read_text()))
