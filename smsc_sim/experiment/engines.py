"""Which engine runs a scenario, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from smsc_sim.engines.extend import Extensions
from smsc_sim.experiment.foretell import expected_visits
from smsc_sim.model.draws import numba_is_off
from smsc_sim.model.network import Network

# Measured, docs/performance.md; machines differ by a factor, and so does what is foretold.
SECONDS_TO_COMPILE = 16.0  # of the kernels of engine and tallies, side by side
SECONDS_PER_VISIT = {"reference": 15e-6, "compiled": 0.12e-6}  # tallies included
SECONDS_PER_REPLICATION = 0.15  # for its tables and files
SECONDS_TO_SHARE = 2.0  # below that, to start workers (0.6 s each) takes longer than they save


class EngineName(StrEnum):
    """Engines by name."""

    AUTO = "auto"
    COMPILED = "compiled"
    REFERENCE = "reference"


UNFIT: tuple[tuple[str, Callable[[Extensions], bool]], ...] = (
    ("a Python process takes part in the run", lambda extensions: bool(extensions.processes)),
    ("the retry policy is a Python function", lambda extensions: extensions.policy is not None),
    ("a Python function is wrapped around the rules", lambda extensions: bool(extensions.wrap)),
    ("NUMBA_DISABLE_JIT is set", lambda _: numba_is_off()),
)
"""What the compiled engine cannot run: the reason, and whether it holds."""


@dataclass(frozen=True)
class Choice:
    """An engine and the reason why it is not the other one, empty where it was asked for."""

    engine: EngineName
    reason: str = ""

    def __str__(self) -> str:
        """Name, and reason where there is one."""
        return f"{self.engine} ({self.reason})" if self.reason else str(self.engine)


class EngineUnfit(ValueError):
    """The engine that was asked for cannot run this."""


def choose_engine(
    wanted: EngineName,
    network: Network,
    replications: int,
    workers: int,
    extensions: Extensions | None,
) -> Choice:
    """Choose the engine of a run.

    Parameters
    ----------
    wanted : EngineName
    network : Network
    replications : int
        Still to run.
    workers : int
        That share them.
    extensions : Extensions, optional
        Python code runs in the reference engine alone.

    Raises
    ------
    EngineUnfit
        If the compiled engine is asked for and cannot run this.
    """
    if wanted == EngineName.REFERENCE:
        return Choice(wanted)
    unfit = why_not_compiled(extensions or Extensions())
    if wanted == EngineName.COMPILED and unfit:
        raise EngineUnfit(f"the compiled engine cannot run this: {unfit}; take --engine reference")
    if wanted == EngineName.COMPILED:
        return Choice(wanted)
    if unfit:
        return Choice(EngineName.REFERENCE, unfit)
    if are_kernels_cached():
        return Choice(EngineName.COMPILED)
    turns = -(-replications // workers)  # side by side
    reference_s = foretold_seconds(EngineName.REFERENCE, network, turns)
    compiled_s = SECONDS_TO_COMPILE + foretold_seconds(EngineName.COMPILED, network, turns)
    if reference_s < compiled_s:
        return Choice(
            EngineName.REFERENCE,
            f"the kernels are not compiled yet, which takes some {SECONDS_TO_COMPILE:.0f} s; "
            f"this run takes some {max(1, round(reference_s))} s without them",
        )
    return Choice(EngineName.COMPILED)


def foretold_seconds(engine: EngineName, network: Network, replications: int) -> float:
    """How long replications take one after the other, machine code at hand; within a factor."""
    each = expected_visits(network) * SECONDS_PER_VISIT[engine]
    return replications * (SECONDS_PER_REPLICATION + each)


def are_kernels_cached() -> bool:
    """Whether the machine code of engine and tallies is on disk."""
    from smsc_sim.engines import compiled, sums

    return compiled.is_cached() and sums.is_cached()


def why_not_compiled(extensions: Extensions) -> str:
    """What the compiled engine cannot do here; empty if it can."""
    return next((reason for reason, holds in UNFIT if holds(extensions)), "")
