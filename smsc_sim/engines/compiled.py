"""The compiled engine: the rule book as machine code, the same log as the reference engine."""

from __future__ import annotations

import math
import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module
from operator import itemgetter
from pathlib import Path

import numpy as np

from smsc_sim import model
from smsc_sim.engines import code_cache, free_memory, layout, memory
from smsc_sim.engines.kernel_entry import (
    ALTER,
    NOTE_HELD,
    PARK_AGAIN,
    PUT_FLAGS,
    REHASH,
    RUN,
    SETTLE,
    START,
)
from smsc_sim.engines.machine import (
    FINISHED,
    FLAG_ROOM,
    KEYED,
    LIST,
    LOG_ROOM,
    MORE_FLAGS,
    MORE_KEYS,
    MORE_RECORDS,
    MORE_ROWS,
    OUTAGE,
    ROUTES,
    Machine,
    empty_machine,
    longer,
    with_keys,
    with_rows,
)
from smsc_sim.model.codes import LOG_WORDS, RANK_DOWN, RANK_SHIFT, RANK_UP, REPAIR
from smsc_sim.model.network import Network, State
from smsc_sim.model.outages import outages
from smsc_sim.model.state import empty_state

KERNELS = tuple(
    f"smsc_sim.engines.{name}"
    for name in (
        *("wheel", "kernel_lists", "kernel_pools", "kernel_walk"),
        *("kernel_job", "kernel_run", "kernel_entry"),
    )
)
NOT_RULES = ("codes", "octets", "operations", "causes", "state", "names")
STEPS_AT_ONCE = 1_000_000  # until Python looks around: some tenths of a second
EVENTS_PER_MESSAGE = 60  # to choose the width of the wheel's buckets; any value is correct
FLAG_COLUMNS = ("flag_phone", "flag_bits", "flag_smscs")


def model_modules() -> list[str]:
    """All modules of the model: the rule book, and the numbers that are frozen into the kernels."""
    return [f"smsc_sim.model.{module.name}" for module in pkgutil.iter_modules(model.__path__)]


def rule_modules() -> list[str]:
    """The modules of the rule book that kernels call."""
    return [name for name in model_modules() if name.rpartition(".")[2] not in NOT_RULES]


def kernel_digest() -> str:
    """Digest of all that the machine code is made from."""
    mechanics = ("smsc_sim.engines.machine", "smsc_sim.engines.layout")
    return code_cache.digest_of((*model_modules(), *mechanics, *KERNELS, __name__))


def cache_folder() -> Path:
    """Where the machine code is kept."""
    return code_cache.folder_of("kernels", kernel_digest())


def is_cached() -> bool:
    """Whether the kernels are on disk, so that starting takes no compilation."""
    return code_cache.is_kept(cache_folder())


@cache
def kernel() -> Callable[[int, int, int, int, int, int], int]:
    """Machine code of `kernel_entry.act`, given the addresses of network, state and machine."""
    return code_cache.machine_code(cache_folder(), 6, _compile)


def _compile() -> bytes:
    from smsc_sim.engines import jit, lowering, memory_types  # numba, which is slow to start

    machine = jit.compiled(map(import_module, (*rule_modules(), *KERNELS)), **jit.INSIDE)
    scope = {
        "act": machine["kernel_entry.act"],
        "as_network": lowering.caster(
            memory_types.block_type(Network, layout.OF_NETWORK, is_constant=True)
        ),
        "as_state": lowering.caster(
            memory_types.block_type(State, [*layout.OF_STATE, layout.RECORD])
        ),
        "as_machine": lowering.caster(memory_types.block_type(Machine, [layout.RECORD])),
    }
    return jit.object_code(_act, scope, 6)


def _act(network, state, machine, action, a, b):  # type: ignore[no-untyped-def]
    return act(as_network(network), as_state(state), as_machine(machine), action, a, b)  # type: ignore[name-defined]  # noqa: F821


class CompiledEngine:
    """One simulation by compiled kernels; the interface of the reference engine.

    Parameters
    ----------
    network : Network
        With lists as columns.
    sink : callable
        Takes the event log in pieces: int64 arrays of shape (rows, 7), see `codes.LOG_NAMES`; what
        is in them holds until it returns.
    on_chunk : callable, optional
        Told the time in ns after each piece of the log.
    rows, records, keys, log_rows : int
        Room to begin with, powers of two; all but the last, the largest piece, grow.  A piece has
        more than `LOG_ROOM` rows.
    """

    def __init__(
        self,
        network: Network,
        sink: Callable[[np.ndarray], None],
        on_chunk: Callable[[int], None] | None = None,
        *,
        rows: int = 1 << 12,
        records: int = 1 << 12,
        keys: int = 1 << 8,
        log_rows: int = 1 << 12,
    ) -> None:
        self.sink, self.on_chunk = sink, on_chunk
        self.changes = sorted(map(_as_event, outages(network)), key=itemgetter(0, 1))
        state = empty_state(network)._asdict()
        for name in layout.RECORD.keys() & state.keys():
            del state[name]
        orders = [change[:2] for change in self.changes]
        machine = empty_machine(network, orders, rows, records, keys, log_rows)
        machine["shift"] = wheel_shift(network)
        self.network = network
        self._network = memory.Block(Network, network._asdict(), layout.OF_NETWORK)
        self._state = memory.Block(State, state, layout.OF_STATE)
        self._records = memory.octets_at_line(memory.CACHE_LINE * records)
        self._state.pack(layout.RECORD, self._records)
        self._machine = memory.Block(Machine, machine)
        self._machine.pack(layout.RECORD, self._records)

    @property
    def now(self) -> int:
        """Time in ns since the start."""
        return int(self._machine["now"])

    @property
    def messages(self) -> int:
        """Messages so far."""
        return int(self._machine["messages"])

    @property
    def visits(self) -> int:
        """Visits to stations so far."""
        return int(self._machine["visits"])

    def run(self) -> None:
        """Simulate until the cohort has ended or the drain is over."""
        self._act(START)
        while True:
            self._machine["budget"] = STEPS_AT_ONCE
            status = self._act(RUN)
            if status == FINISHED:
                break
            if status == OUTAGE:
                self._alter()
            elif status == ROUTES:
                self._act(SETTLE)
            elif status == MORE_ROWS:
                self._more_rows()
            elif status == MORE_KEYS:
                self._more_keys()
            elif status == MORE_RECORDS:
                self._more_records()
            elif status == MORE_FLAGS:
                self._more_flags()
            else:  # LOG_FULL or PAUSE
                self._flush()
        self._act_and_log(self._machine["rows_used"], NOTE_HELD)

    def _act(self, action: int, a: int = 0, b: int = 0) -> int:
        return kernel()(
            self._network.address, self._state.address, self._machine.address, action, a, b
        )

    def _flush(self) -> None:
        m = self._machine
        rows = m["log_rows"]
        if rows > 0:
            self.sink(m["log"][: LOG_WORDS * rows].reshape(-1, LOG_WORDS))
            m["log_rows"] = 0
        if self.on_chunk is not None:
            self.on_chunk(self.now)

    def _alter(self) -> None:
        _, _, change, element = self.changes[self._machine["changes_done"]]
        rows = self._machine["rows_used"] + self.network.stations + self.network.pools
        self._act_and_log(rows, ALTER, change, element)

    def _act_and_log(self, rows: int, action: int, a: int = 0, b: int = 0) -> None:
        """Do what may write so many rows; a log that long would leave the cache to nobody else."""
        self._flush()
        m = self._machine
        usual, room = m["log"], m["log_room"]
        m["log_room"] = rows + LOG_ROOM
        m["log"] = np.zeros(LOG_WORDS * m["log_room"], np.int64)
        self._act(action, a, b)
        self._flush()
        m["log"], m["log_room"] = usual, room

    def _more_rows(self) -> None:
        room = 2 * self._machine["room"]
        free_memory.demand(memory.ROW_OCTETS * room, room, "jobs", self.now)
        for name, value in with_rows(self._machine, room).items():
            self._machine[name] = value
        self._act(PARK_AGAIN)

    def _more_keys(self) -> None:
        room = 2 * self._machine["entry_room"]
        octets = memory.WORD * KEYED + 4 * LIST + 4
        free_memory.demand(octets * room, room, "phones", self.now)
        for name, value in with_keys(self._machine, room).items():
            self._machine[name] = value
        self._act(REHASH)

    def _more_records(self) -> None:
        m, state = self._machine, self._state
        room = 2 * m["record_room"]
        free_memory.demand(memory.CACHE_LINE * room, room, "messages", self.now)
        m["record_room"] = room
        self._records = memory.octets_at_line(memory.CACHE_LINE * room, self._records)
        state.pack(layout.RECORD, self._records)
        m.pack(layout.RECORD, self._records)
        m["free_records"] = longer(m["free_records"], room)

    def _more_flags(self) -> None:
        """Count the phones in the flag table; double it where it is half full."""
        m, state = self._machine, self._state
        m["flagged"] = flagged = int(np.count_nonzero(state["flag_phone"]))
        rows = len(state["flag_phone"])
        if 4 * (flagged + FLAG_ROOM) <= rows:
            return
        for old, name in zip(("old_phone", "old_bits", "old_smscs"), FLAG_COLUMNS, strict=True):
            m[old] = state[name]
            state[name] = np.zeros(2 * rows, np.int64)
        self._act(PUT_FLAGS)


def _as_event(outage: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """An outage with its order among all that happens at its time."""
    time_ns, change, element = outage
    rank = RANK_UP if change == REPAIR else RANK_DOWN
    return time_ns, rank << RANK_SHIFT | element, change, element


def wheel_shift(network: Network) -> int:
    """Width of the wheel's near buckets as a power of two in ns: the mean time between events."""
    per_ns = sum(1 / gap for gap in network.source_gap_ns if gap > 0)
    for first, last in zip(network.piece_first, network.piece_first[1:], strict=False):
        per_ns += max(network.piece_rate[first:last], default=0.0) * 1e-6
    gap_ns = 1 / max(1e-12, EVENTS_PER_MESSAGE * per_ns)
    return min(26, max(8, round(math.log2(gap_ns))))
