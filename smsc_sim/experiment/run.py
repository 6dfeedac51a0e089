"""Run a scenario: replications in worker processes, kept one by one, put together at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from smsc_sim.engines.extend import Extensions
from smsc_sim.experiment.engines import (
    SECONDS_TO_COMPILE,
    SECONDS_TO_SHARE,
    EngineName,
    are_kernels_cached,
    choose_engine,
    foretold_seconds,
)
from smsc_sim.experiment.interrupts import Interrupted, sigterm_like_ctrl_c
from smsc_sim.experiment.manifest import manifest_of, targets_of
from smsc_sim.experiment.processes import (
    Job,
    Progress,
    WorkerFailed,
    compile_kernels,
    run_workers,
)
from smsc_sim.experiment.replication import Task, digest_of, is_done, read, replicate
from smsc_sim.model.network import Network
from smsc_sim.results.estimates import Estimates, ReplicationFrames
from smsc_sim.results.messages import join_message_files
from smsc_sim.results.storage import MESSAGES, write_bytes
from smsc_sim.scenario.compile import Compiled, compile_scenario
from smsc_sim.scenario.loader import Loaded, load, resolved_yaml
from smsc_sim.scenario.schema_events import LoginTarget, WithinTarget

REPLICATIONS = "replications"


def run(
    scenario: str | Path | Loaded,
    *,
    variant: str | None = None,
    overrides: Iterable[str] = (),
    window: str | None = None,
    scale: str | float | None = None,
    seed: int | None = None,
    replications: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    engine: str = "auto",
    extensions: Extensions | None = None,
    progress: Progress | None = None,
    notify: Callable[[str], None] = lambda _: None,
) -> Estimates:
    """Simulate a scenario and estimate its measures.

    Parameters
    ----------
    scenario : path or Loaded
        The YAML file, or what `load` made of it (then without the next six).
    variant, overrides, window, scale
        As `load` takes them.
    seed, replications : int, optional
        In place of those of the scenario.
    workers : int, optional
        Processes side by side; as many as processors by default.
    out : path, optional
        Folder for the results; without it nothing stays on disk.
    resume : bool
        Keep finished replications of the very same run that `out` holds.
    engine : str
        `compiled`, `reference` or `auto`; all give the same results.
    extensions : Extensions, optional
        Python code that extends the model; runs in this process, one replication at a time, on
        the reference engine.
    progress : callable, optional
        `progress(replication, share, messages)`.
    notify : callable, optional
        Told in words which engine runs, and what takes its time before the first message.

    Returns
    -------
    Estimates

    Raises
    ------
    ScenarioError
        If the scenario is wrong.
    ValueError
        If a loaded scenario is to be changed, or the engine that is asked for cannot run this.
    Interrupted
        By Ctrl-C or SIGTERM; what was finished is kept in `out`.
    """
    began = time.perf_counter()
    changes = list(overrides)
    if isinstance(scenario, Loaded):
        if changes or not all(x is None for x in (variant, window, scale, seed, replications)):
            raise ValueError("a loaded scenario runs as it is; give the changes to load()")
        loaded = scenario
    else:
        changes += [] if seed is None else [f"seed={seed}"]
        changes += [] if replications is None else [f"replications={replications}"]
        loaded = load(scenario, variant=variant, overrides=changes, window=window, scale=scale)
    compiled = compile_scenario(loaded)
    workers = workers or os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="smsc_sim-") as temporary, sigterm_like_ctrl_c():
        folder = Path(temporary) if out is None else Path(out)
        choice = choose_engine(
            EngineName(engine),
            compiled.network,
            loaded.scenario.replications,
            1 if extensions else workers,
            extensions,
        )
        plan = _plan(loaded, compiled, folder, extensions, choice.engine)
        # First of all, so that a folder that cannot be written to costs no simulation.
        write_bytes(folder / "scenario.resolved.yaml", resolved_yaml(loaded).encode())
        if not resume:
            shutil.rmtree(folder / REPLICATIONS, ignore_errors=True)
        missing = [job for job in plan if not _is_done(job)]
        notify(f"engine: {choice}")
        for job in plan:
            if progress is not None and _is_done(job):
                progress(job.task.number, 1.0, 0)
        try:
            if missing and choice.engine == EngineName.COMPILED:
                _prepare_kernels(notify)
            if extensions or _is_short(choice.engine, compiled.network, len(missing)):
                _run_here(missing, extensions, progress)
            else:
                run_workers(missing, workers, progress)
            parts = [read(job.folder) for job in plan]
            manifest = manifest_of(
                loaded,
                compiled,
                plan[0].task.limits_ns,
                [effort for _, effort in parts],
                began,
                extensions,
                choice,
            )
            frames = [frames for frames, _ in parts]
            estimates = Estimates.from_replications(frames, manifest, targets_of(loaded))
            recorded = _messages(plan, folder, is_kept=out is not None)
            estimates = replace(estimates, recorded=recorded)
            if out is not None:
                estimates.save(folder)
        except KeyboardInterrupt:
            raise Interrupted(sum(map(_is_done, plan)), len(plan)) from None
    return estimates


def _is_done(job: Job) -> bool:
    return is_done(job.folder, with_messages=job.task.record_messages)


def _is_short(engine: EngineName, network: Network, replications: int) -> bool:
    """Whether a run is over here before workers would have started."""
    return foretold_seconds(engine, network, replications) < SECONDS_TO_SHARE


def _prepare_kernels(notify: Callable[[str], None]) -> None:
    """Compile the kernels once, before workers that would each do so; say so first."""
    from smsc_sim.engines.code_cache import is_writable
    from smsc_sim.engines.compiled import cache_folder

    if are_kernels_cached():
        return
    typically = f"typically {SECONDS_TO_COMPILE:.0f} s on a core of its own"
    if not is_writable(cache_folder()):
        notify(f"each worker compiles the engine, {typically}: {cache_folder()} is not writable")
        return
    notify(f"compiling the engine, once for these rules: {typically} ...")
    notify(f"compiled in {compile_kernels():.0f} s")


def _messages(plan: list[Job], folder: Path, *, is_kept: bool) -> Path | pd.DataFrame | None:
    """One table of the messages of all replications, where they were asked for."""
    if not plan[0].task.record_messages:
        return None
    whole = folder / MESSAGES
    join_message_files([job.folder / MESSAGES for job in plan], whole)
    return whole if is_kept else pd.read_parquet(whole)


def _plan(
    loaded: Loaded,
    compiled: Compiled,
    folder: Path,
    extensions: Extensions | None,
    engine: EngineName,
) -> list[Job]:
    scenario = loaded.scenario
    limits = tuple(
        target.within if isinstance(target, WithinTarget) else target.logins_within
        for target in scenario.targets.values()
        if isinstance(target, WithinTarget | LoginTarget)
    )
    digest = digest_of(compiled.network, compiled.names, scenario.interval, limits)
    if extensions:  # code has no digest: such results are never taken up again
        digest = f"extended-{time.time_ns()}"
    return [
        Job(
            Task(
                network=compiled.network,
                names=compiled.names,
                interval_ns=scenario.interval,
                limits_ns=limits,
                record_messages=scenario.record == "messages",
                number=number,
                engine=engine,
            ),
            folder / REPLICATIONS / f"{digest[:16]}-{number:04d}",
        )
        for number in range(scenario.replications)
    ]


def _run_here(jobs: list[Job], extensions: Extensions | None, progress: Progress | None) -> None:
    for job in jobs:
        number = job.task.number

        def report(share: float, messages: int, number: int = number) -> None:
            if progress is not None:
                progress(number, share, messages)

        replicate(job.task, job.folder, extensions, report)
        report(1.0, 0)


__all__ = ["Interrupted", "Progress", "ReplicationFrames", "WorkerFailed", "run"]
