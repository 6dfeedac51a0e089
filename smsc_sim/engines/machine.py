"""What the compiled engine keeps besides the state of the rules: rows, wheel, lists and log."""

from typing import Annotated, Any

import numpy as np

from smsc_sim.engines.memory import ROW_OCTETS, Row, Rows, octets_at_line
from smsc_sim.model.codes import LOG_WORDS, NOBODY
from smsc_sim.model.network import Network

# What a kernel returns for.
GO_ON, FINISHED, OUTAGE, ROUTES, LOG_FULL, PAUSE = range(6)
MORE_ROWS, MORE_KEYS, MORE_RECORDS, MORE_FLAGS = range(6, 10)
FREE, RUNNING, WAITING = range(3)  # states of a row

NEAR, FAR, LAST = 13, 12, 12  # log2 of the number of buckets per level
LOG_ROOM = 64  # rows that one step of a job may write
JOB_ROOM = 2  # rows of jobs, and keys of pools, that one step of a job may take into use
FLAG_ROOM = 16  # phones that one step of a job may flag
LIST = 3  # words of a list: first, last, length
KEYED = 4  # words of a pool of one key: pool, key, free units, next in its bucket


Ints32 = Annotated[list[int], 4]


class Machine:
    """Mechanics of one simulation: a block of memory in the compiled form."""

    now: int
    end_ns: int  # the run goes on until then, at least
    finished: int  # 1: the run ends with this instant
    checked: int  # 1: the end of the scenario is over
    messages: int
    visits: int
    open_messages: int  # of the cohort, and what tells senders of them
    flagged: int  # at most so many phones are in the flag table
    moving_ns: int  # until then traffic of failed links may be on the move
    steps: int  # so many there is room for
    budget: int  # steps until the kernel returns
    # The job whose turn it is, kept when a kernel returns in the midst of it.
    current: int
    signal: int
    # Rows: a slot per job, reused; the first ones belong to the sources, outages and routes.
    rows: Rows
    room: int
    first_job: int
    free_row: int  # list of free rows, through `after`
    rows_used: int
    # Jobs that go on in this instant, in the order in which the rules did it.
    ring_first: int
    ring_last: int
    # The wheel: see `engines.wheel`.
    shift: int
    waiting: int  # nodes in the wheel
    tick: int
    near_end: int
    far_end: int
    turn: int
    turn_size: int
    near: Ints32
    far: Ints32
    last: Ints32
    marks: list[int]
    turn_due: list[int]
    turn_order: list[int]
    turn_slot: Ints32
    # Lists of rows: pools, then bands, then spare ones for pools with keys.
    lists: Ints32
    band_list: int
    key_list: int
    # Those of parked jobs have a first job only; their numbers are -2 - bucket.
    parked: list[int]  # slot + 1, or 0; and marks of the keys that may be there
    parked_mask: int
    pool_free: list[int]
    # Pools with a unit for each key: an entry while somebody holds or wants one.
    entry: list[int]
    entry_head: Ints32  # entry + 1, or 0
    entry_mask: int
    free_entry: int
    entries_used: int
    entry_room: int
    # Messages.
    users: Ints32  # jobs that hold each record
    free_records: Ints32
    records_free: int
    records_used: int
    record_room: int
    # Sources.
    source_number: list[int]
    # Outages in order; and when the routes follow changes.
    change_ns: list[int]
    change_order: list[int]
    changes_done: int
    routes_ns: list[int]
    routes_first: int
    routes_last: int
    # Chains of the victims of an outage, which need those of the lists for themselves.
    victim: Ints32
    kept: Ints32
    # The flag table that is being replaced by a larger one.
    old_phone: list[int]
    old_bits: list[int]
    old_smscs: list[int]
    # The log.
    log: list[int]
    log_rows: int
    log_room: int


def empty_machine(
    network: Network,
    changes: list[tuple[int, int]],
    room: int,
    records: int,
    keys: int,
    log_room: int,
) -> dict[str, Any]:
    """Values of a machine in which nothing has happened yet.

    Parameters
    ----------
    network : Network
    changes : list of (time in ns, order)
        Of the outages, sorted.
    room, records, keys, log_room : int
        Rows of jobs, of messages, of keys of pools and of the log; powers of two.
    """
    sources = len(network.source_digest)
    bands = len(network.band_weight)
    first_job = sources + 2
    while room < 2 * first_job:
        room *= 2
    values: dict[str, Any] = {
        name: np.zeros(0, np.int64) if kind is not int else 0
        for name, kind in Machine.__annotations__.items()
    }
    values |= {
        "end_ns": network.duration_ns,
        "moving_ns": -1,
        "current": NOBODY,
        "free_row": NOBODY,
        "ring_first": NOBODY,
        "ring_last": NOBODY,
        "first_job": first_job,
        "rows_used": first_job,
        "shift": 16,
        "tick": -1,
        "near_end": 1 << NEAR,
        "far_end": 1 << FAR,
        "near": np.full(1 << NEAR, NOBODY),
        "far": np.full(1 << FAR, NOBODY),
        "last": np.full(1 << LAST, NOBODY),
        "marks": np.zeros(1 << (NEAR - 5), np.int64),
        "band_list": network.pools,
        "key_list": network.pools + bands,
        "pool_free": np.array(network.pool_units, np.int64),
        "free_entry": NOBODY,
        "source_number": np.zeros(sources, np.int64),
        "change_ns": np.array([time_ns for time_ns, _ in changes], np.int64),
        "change_order": np.array([order for _, order in changes], np.int64),
        "routes_ns": np.zeros(len(changes) + 1, np.int64),
        "free_records": np.zeros(records, np.int64),
        "rows": octets_at_line(0),
        "record_room": records,
        "log": np.zeros(LOG_WORDS * log_room, np.int64),
        "log_room": log_room,
    }
    key_list = values["key_list"]
    values["lists"] = np.tile(np.array([NOBODY, NOBODY, 0]), key_list)
    values |= with_keys(values, keys)
    return values | with_rows(values, room)


def with_rows(values: Any, room: int) -> dict[str, Any]:
    """Columns of a machine with room for more jobs; who is parked has to be put there again."""
    return {
        "room": room,
        "rows": octets_at_line(ROW_OCTETS * room, values["rows"]),
        "turn_due": longer(values["turn_due"], room + 1),
        "turn_order": longer(values["turn_order"], room + 1),
        "turn_slot": longer(values["turn_slot"], room + 1),
        "parked": np.zeros(room // 2, np.int64),
        "parked_mask": room // 2 - 1,
        "victim": np.zeros(room, np.int32),
        "kept": np.zeros(room, np.int32),
    }


def with_keys(values: Any, room: int) -> dict[str, Any]:
    """Columns of a machine with room for more keys of pools, which have to be found anew."""
    return {
        "entry_room": room,
        "entry": longer(values["entry"], KEYED * room),
        "entry_mask": room - 1,
        "entry_head": np.zeros(room, np.int32),
        "lists": longer(values["lists"], LIST * (values["key_list"] + room)),
    }


def longer(column: np.ndarray, size: int) -> np.ndarray:
    """The column with more places at its end, all 0: what nobody uses takes no memory."""
    grown = np.zeros(size, column.dtype)
    grown[: len(column)] = column
    return grown


__all__ = ["Machine", "Row", "empty_machine", "longer", "with_keys", "with_rows"]
