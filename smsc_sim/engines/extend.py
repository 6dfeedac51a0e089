"""Three ways to extend the reference engine from Python: processes, a policy, a wrapped step."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from smsc_sim.engines.reference_outages import fail, repair
from smsc_sim.model.codes import CAUSE_NAMES, OK, SEGMENT, UNLOCKED, UP
from smsc_sim.model.deliver import wait_or_give_up
from smsc_sim.model.limits import is_dialogue_pool
from smsc_sim.model.names import Names
from smsc_sim.model.network import EXTRA_NUMBERS, Command, Job, Network, State
from smsc_sim.model.retry import is_permanent
from smsc_sim.model.rules import step

if TYPE_CHECKING:
    from smsc_sim.engines.reference import Engine, Step

SECOND_NS = 1_000_000_000

Policy = Callable[[str, int, float], float | None]


@dataclass
class World:
    """What a process may see and do while the simulation runs.

    Attributes
    ----------
    engine : Engine
    names : Names
    """

    engine: Engine
    names: Names
    _submitted: dict[int, int] = field(default_factory=dict)

    @property
    def env(self) -> Any:
        """The SimPy environment; its time is in ns.  Prefer `wait`."""
        return self.engine.env

    @property
    def now_s(self) -> float:
        """Seconds since the start of the scenario."""
        return self.engine.now / SECOND_NS

    def wait(self, seconds: float) -> Any:
        """Event to yield: it comes after so many seconds."""
        return self.engine.env.timeout(round(seconds * SECOND_NS))

    def submit(self, source: str) -> int:
        """Submit one more message of a source of traffic now; returns its number."""
        row = _row(self.names.sources, source, "source of traffic")
        number = EXTRA_NUMBERS + self._submitted.get(row, 0)
        self._submitted[row] = self._submitted.get(row, 0) + 1
        self.engine.submit(row, number)
        return number

    def fail(self, element: str) -> None:
        """Take an element out of service now."""
        fail(self.engine, _row(self.names.elements, element, "element"))

    def repair(self, element: str) -> None:
        """Bring an element back into service now."""
        repair(self.engine, _row(self.names.elements, element, "element"))

    def is_up(self, element: str) -> bool:
        """Whether an element is in service; one that only finishes its work is not."""
        return self.engine.state.is_up[_row(self.names.elements, element, "element")] == UP

    def stored(self, smsc: str) -> int:
        """Segments in the store of an SMSC."""
        return self._taken(self.engine.network.smsc_store, smsc)

    def open_dialogues(self, smsc: str) -> int:
        """Dialogues that an SMSC has open."""
        number, network = _row(self.names.smscs, smsc, "SMSC"), self.engine.network
        return sum(
            network.pool_units[pool] - self.engine.pools[pool].free
            for pool in range(network.pools)
            if is_dialogue_pool(network, number, pool)
        )

    def _taken(self, pools: Sequence[int], smsc: str) -> int:
        pool = pools[_row(self.names.smscs, smsc, "SMSC")]
        return self.engine.network.pool_units[pool] - self.engine.pools[pool].free


Process = Callable[[World], Generator[Any, Any, None]]


@dataclass(frozen=True)
class Extensions:
    """What a user adds to the rules; it runs on the reference engine.

    Attributes
    ----------
    processes : sequence of callables
        `process(world)` is a SimPy generator that may submit, fail elements and read state.
    policy : callable, optional
        `policy(cause, attempt, now_s) -> delay in s, or None to give up`, in place of the retry
        tables; the validity still ends everything, and causes that are permanent by the policy of
        the SMSC are never repeated.
    wrap : callable, optional
        `wrap(step) -> step`: a function around the rules, see `smsc_sim.model.rules.step`.
    """

    processes: Sequence[Process] = ()
    policy: Policy | None = None
    wrap: Callable[[Step], Step] | None = None

    def __bool__(self) -> bool:
        return bool(self.processes) or self.policy is not None or self.wrap is not None


def extended_engine(
    network: Network,
    names: Names,
    sink: Callable[[np.ndarray], None],
    extensions: Extensions,
    on_chunk: Callable[[int], None] | None = None,
) -> Engine:
    """Reference engine with a user's extensions."""
    from smsc_sim.engines.reference import Engine  # SimPy: the compiled engine does without

    rules: Step = step
    if extensions.policy is not None:
        rules = with_policy(rules, extensions.policy)
    if extensions.wrap is not None:
        rules = extensions.wrap(rules)
    engine = Engine(network, sink, rules, on_chunk)
    world = World(engine, names)
    for process in extensions.processes:
        engine.env.process(process(world))
    return engine


def with_policy(rules: Step, policy: Policy) -> Step:
    """Rules in which a Python function says when a failed segment is tried again."""

    def extended(network: Network, state: State, job: Job, signal: int, now: int) -> Command:
        is_over = job.kind == SEGMENT and job.stage == UNLOCKED and job.in_memory == 0
        if is_over and job.cause != OK and not is_permanent(network, job):
            delay_s = policy(CAUSE_NAMES[job.cause], job.attempt, now / SECOND_NS)
            delay_ns = -1 if delay_s is None else max(0, round(delay_s * SECOND_NS))
            return wait_or_give_up(network, job, delay_ns, now)
        return rules(network, state, job, signal, now)

    return extended


def _row(names: Sequence[str], name: str, what: str) -> int:
    if name not in names:
        raise ValueError(f"no {what} is called '{name}'; known: {', '.join(names)}")
    return names.index(name)
