"""Sums over the log: counted by machine code, or by the very same functions as plain Python.

A block of sums is columns of whole numbers with names; the functions of `count_*` add to it, row by
row.  Machine code is kept on disk as that of the engine is, in a folder of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from smsc_sim.engines import (
    code_cache,
    count_both,
    count_elements,
    count_messages,
    count_records,
    memory,
)
from smsc_sim.engines.count_clock import Clock
from smsc_sim.engines.count_elements import ElementSums
from smsc_sim.engines.count_logins import LoginSums
from smsc_sim.engines.count_messages import MessageSums
from smsc_sim.engines.count_prices import Prices
from smsc_sim.engines.count_records import RecordSums
from smsc_sim.engines.count_stations import StationSums
from smsc_sim.engines.hash_table import Moving, empty_table, move
from smsc_sim.model import network
from smsc_sim.model.draws import numba_is_off

Array = npt.NDArray[np.int64]

KERNELS = tuple(
    f"smsc_sim.engines.{name}"
    for name in (
        *("hash_table", "count_bins", "count_clock", "count_prices", "count_logins"),
        *("count_messages", "count_stations", "count_elements", "count_both", "count_records"),
    )
)


def _layout(*parts: type) -> type:
    """A block whose fields are those of several classes."""
    fields = {field: kind for part in parts for field, kind in part.__annotations__.items()}
    return type(parts[-1].__name__, (), {"__annotations__": fields})


MESSAGES = _layout(Clock, Prices, LoginSums, MessageSums)
ELEMENTS = _layout(Clock, StationSums, ElementSums)
RECORDS = _layout(Clock, Prices, RecordSums)
COUNT_MESSAGES, COUNT_ELEMENTS, FINISH_ELEMENTS, COUNT_BOTH, COUNT_RECORDS, MOVE = range(6)
_PLAIN: tuple[Callable[[Any, Any], None], ...] = (
    lambda t, _: count_messages.count_messages(t),
    lambda t, _: count_elements.count_elements(t),
    count_elements.finish_elements,
    count_both.count_both,
    lambda t, _: count_records.count_records(t),
    lambda t, _: move(t),
)


def _act(action, address, a):  # type: ignore[no-untyped-def]
    if action == COUNT_MESSAGES:
        count_messages(as_messages(address))  # type: ignore[name-defined,operator]  # noqa: F821
    elif action == COUNT_ELEMENTS:
        count_elements(as_elements(address))  # type: ignore[name-defined,operator]  # noqa: F821
    elif action == FINISH_ELEMENTS:
        finish_elements(as_elements(address), a)  # type: ignore[name-defined]  # noqa: F821
    elif action == COUNT_BOTH:
        count_both(as_messages(address), as_elements(a))  # type: ignore[name-defined,operator]  # noqa: F821
    elif action == COUNT_RECORDS:
        count_records(as_records(address))  # type: ignore[name-defined,operator]  # noqa: F821
    else:
        move(as_moving(address))  # type: ignore[name-defined]  # noqa: F821
    return 0


@cache
def _folder() -> Path:
    numbers = ("smsc_sim.model.network", "smsc_sim.model.codes")
    digest = code_cache.digest_of((*KERNELS, *numbers, __name__))
    return code_cache.folder_of("tallies", digest)


def is_cached() -> bool:
    """Whether the machine code is on disk."""
    return code_cache.is_kept(_folder())


@cache
def kernel() -> Callable[..., int]:
    """Machine code of all that counts, given an action, the address of a block and a number."""
    return code_cache.machine_code(_folder(), 3, _compile)


def _compile() -> bytes:
    from smsc_sim.engines import jit, lowering, memory_types  # numba, which is slow to start

    machine = jit.compiled([*map(import_module, KERNELS), network], **jit.INSIDE)
    scope = {
        "COUNT_MESSAGES": COUNT_MESSAGES,
        "COUNT_ELEMENTS": COUNT_ELEMENTS,
        "FINISH_ELEMENTS": FINISH_ELEMENTS,
        "COUNT_BOTH": COUNT_BOTH,
        "COUNT_RECORDS": COUNT_RECORDS,
        "count_messages": machine["count_messages.count_messages"],
        "count_elements": machine["count_elements.count_elements"],
        "finish_elements": machine["count_elements.finish_elements"],
        "count_both": machine["count_both.count_both"],
        "count_records": machine["count_records.count_records"],
        "move": machine["hash_table.move"],
        "as_messages": lowering.caster(memory_types.block_type(MESSAGES)),
        "as_elements": lowering.caster(memory_types.block_type(ELEMENTS)),
        "as_records": lowering.caster(memory_types.block_type(RECORDS)),
        "as_moving": lowering.caster(memory_types.block_type(Moving)),
    }
    return jit.object_code(_act, scope, 3)


def is_ready() -> bool:
    """Whether machine code counts: not where numba is off, or it would have to be made first."""
    if numba_is_off():
        return False
    return kernel.cache_info().currsize > 0 or is_cached()


class Block:
    """A block of sums; columns are arrays that both ways of counting write to.

    Parameters
    ----------
    kind : class
        Its layout.
    values : mapping of str to int or array_like
    by_machine : bool, optional
        Whether machine code counts; by default where there is some.
    """

    def __init__(self, kind: type, values: Mapping[str, Any], by_machine: bool | None) -> None:
        self.by_machine = is_ready() if by_machine is None else by_machine
        self._kinds = kind.__annotations__
        self._arrays: dict[str, np.ndarray] = {}
        self._plain = SimpleNamespace()
        if self.by_machine:
            self._block = memory.Block(kind, values)
        else:
            for name in self._kinds:
                self[name] = values[name]

    def __getitem__(self, name: str) -> Any:
        if self.by_machine:
            return self._block[name]
        return getattr(self._plain, name) if self._kinds[name] is int else self._arrays[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if self.by_machine:
            self._block[name] = value
        elif self._kinds[name] is int:
            setattr(self._plain, name, int(value))
        else:
            dtype = np.float64 if self._kinds[name] == network.Floats else np.int64
            self._arrays[name] = np.ascontiguousarray(value, dtype)
            setattr(self._plain, name, self._arrays[name].data)

    def act(self, action: int, a: int | Block = 0) -> None:
        """Do one of the actions above; some need a number or another block."""
        if self.by_machine:
            kernel()(action, self._block.address, a._block.address if isinstance(a, Block) else a)
        else:
            _PLAIN[action](self._plain, a._plain if isinstance(a, Block) else a)

    def read(self, log: Array) -> None:
        """Take a piece of the log, to be counted next: (rows, 7) int64, see `codes.LOG_NAMES`."""
        self["log"] = log.reshape(-1)
        self["rows"] = len(log)

    def count(self, action: int, log: Array) -> None:
        """Count a piece of the log."""
        self.read(log)
        self.act(action)

    def make_room(self, name: str, taken: str, width: int, more: int) -> None:
        """See to it that a table stays half empty when `more` entries come."""
        table = self[name]
        entries = len(table) // width
        wanted = 2 * (self[taken] + more)
        if wanted > entries:
            fresh = empty_table(width, 1 << int(2 * wanted - 1).bit_length())
            moving = Block(Moving, {"old": table, "new": fresh, "width": width}, self.by_machine)
            moving.act(MOVE)
            self[name] = fresh
