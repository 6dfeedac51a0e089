"""Which engine runs a scenario, and why."""

from __future__ import annotations

import os
from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum

from smsc_sim.engines.extend import Extensions
from smsc_sim.model.codes import BY_BATCH, BY_TABLE
from smsc_sim.model.network import Network

SECONDS_TO_COMPILE = 30.0  # of the kernels on one core, docs/performance.md
SECONDS_PER_MESSAGE = 0.005  # of the reference engine, a message over some 25 stations
MESSAGES_TO_COMPILE = round(SECONDS_TO_COMPILE / SECONDS_PER_MESSAGE)


class EngineName(StrEnum):
    """Engines by name."""

    AUTO = "auto"
    COMPILED = "compiled"
    REFERENCE = "reference"


@dataclass(frozen=True)
class Choice:
    """An engine and the reason why it is not the other one, empty where it was asked for."""

    engine: EngineName
    reason: str = ""


class EngineUnfit(ValueError):
    """The engine that was asked for cannot run this."""


def choose_engine(
    wanted: EngineName, network: Network, replications: int, extensions: Extensions | None
) -> Choice:
    """Choose the engine of a run.

    Parameters
    ----------
    wanted : EngineName
    network : Network
    replications : int
    extensions : Extensions, optional
        Python code runs in the reference engine alone.

    Raises
    ------
    EngineUnfit
        If the compiled engine is asked for and cannot run this.
    """
    if wanted == EngineName.REFERENCE:
        return Choice(wanted)
    unfit = _why_not_compiled(extensions)
    if wanted == EngineName.COMPILED and unfit:
        raise EngineUnfit(f"the compiled engine cannot run this: {unfit}; take --engine reference")
    if wanted == EngineName.COMPILED:
        return Choice(wanted)
    if unfit:
        return Choice(EngineName.REFERENCE, unfit)
    from smsc_sim.engines.compiled import is_cached

    messages = replications * expected_messages(network)
    if messages < MESSAGES_TO_COMPILE and not is_cached():
        words = f"the kernels are not compiled yet, which takes as long as {MESSAGES_TO_COMPILE:,}"
        return Choice(EngineName.REFERENCE, f"{words} messages; this run has some {messages:,.0f}")
    return Choice(EngineName.COMPILED)


def _why_not_compiled(extensions: Extensions | None) -> str:
    """What the compiled engine cannot do here; empty if it can."""
    reasons = {
        "Python code extends the model": bool(extensions),
        "NUMBA_DISABLE_JIT is set": os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def expected_messages(network: Network) -> float:
    """Messages, calls and location updates of one replication, as far as rates foretell them."""
    total = 0.0
    for source, limit in enumerate(network.source_limit):
        expected = 0.0
        if network.source_arrivals[source] == BY_BATCH:
            window_ns = max(0, network.duration_ns - network.source_first_ns[source])
            expected = window_ns / max(1e-9, network.source_gap_ns[source])
        elif network.source_arrivals[source] == BY_TABLE:
            rows = slice(network.table_first[source], network.table_first[source + 1])
            expected = bisect_left(network.table_ns[rows], network.duration_ns)
        for row in range(network.piece_first[source], network.piece_first[source + 1]):
            after_ns = network.duration_ns - network.piece_ns[row]
            if after_ns > 0:
                mass = network.piece_mass[row] + after_ns * network.piece_rate[row]
                expected = mass / 1e6
        total += min(limit, expected)
    return total
