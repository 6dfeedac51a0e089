"""Trace one message of a scenario: simulate one replication until it is over, keep its way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from smsc_sim.engines.trace import follow
from smsc_sim.experiment.replication import replication_seed
from smsc_sim.model.network import EXTRA_NUMBERS
from smsc_sim.results.ladder import ladder, submitted_words
from smsc_sim.results.storage import ResultsError
from smsc_sim.scenario.compile import compile_scenario
from smsc_sim.scenario.errors import did_you_mean
from smsc_sim.scenario.loader import Loaded, load


@dataclass(frozen=True)
class Trace:
    """The way of one message.

    Attributes
    ----------
    message : str
        Its source and number: `codes:17`.
    summary : str
        Who wrote how much to whom, and when.
    ways : DataFrame
        One row per operation, wait and decision, see `results.ladder.ladder`.
    manifest : dict
        `name`, `start` and `zone` of the scenario, and `replication`.
    """

    message: str
    summary: str
    ways: pd.DataFrame
    manifest: dict[str, Any]

    def _repr_html_(self) -> str:
        return f"<p>{self.message}: {self.summary}</p>" + self.ways.to_html(index=False)


def trace(
    scenario: str | Path | Loaded,
    message: str,
    *,
    replication: int = 0,
    on_progress: Callable[[float], None] | None = None,
) -> Trace:
    """Simulate a replication until one message is over.

    Parameters
    ----------
    scenario : str, Path or Loaded
    message : str
        Source and number, as in `messages.parquet`: "codes:17".  Numbers count from 0.
    replication : int
        From 0.
    on_progress : callable, optional
        Told the share of the scenario's time that is simulated.

    Returns
    -------
    Trace

    Raises
    ------
    ScenarioError
        If the scenario is wrong.
    ResultsError
        If no such message is submitted.
    """
    loaded = scenario if isinstance(scenario, Loaded) else load(scenario)
    compiled = compile_scenario(loaded)
    network, names = compiled.network, compiled.names
    source, number = _parsed(message, names.sources)
    network = network._replace(seed=replication_seed(network.seed, replication))
    end_ns = network.duration_ns + network.drain_ns

    def on_chunk(now_ns: int) -> None:
        if on_progress is not None:
            on_progress(now_ns / end_ns)

    path = follow(network, source, number, on_chunk)
    if path.submission is None:
        raise ResultsError(
            f"--message: '{message}' is never submitted in replication {replication}; "
            "give a smaller number"
        )
    part = loaded.scenario
    return Trace(
        message,
        submitted_words(network, names, path.submission),
        ladder(network, names, path),
        {
            "name": part.name,
            "start": part.start.isoformat(),
            "zone": getattr(part.start.tzinfo, "key", "UTC"),
            "replication": replication,
        },
    )


def _parsed(message: str, sources: tuple[str, ...]) -> tuple[int, int]:
    """Row of the source and number of a message."""
    match = re.fullmatch(r"(.+):(\d{1,9})", message, re.ASCII)
    if match is None:
        raise ResultsError(
            f"--message: needs a source of traffic and a number (got '{message}'); "
            f"write e.g. {sources[0]}:0"
        )
    name, number = match.group(1), int(match.group(2))
    if name not in sources:
        raise ResultsError(
            f"--message: no traffic is called '{name}'; {did_you_mean(name, sources)}"
        )
    if number >= EXTRA_NUMBERS:
        raise ResultsError(f"--message: number {number} is too large; give a smaller one")
    return sources.index(name), number
