"""A table of numbers by id, in one column: open addressing, so that machine code can keep it.

An entry is a few words: the id, then what is known of it.  Who owns the table sees to it that at
most half of the entries are taken; see `sums.Block.make_room`.
"""

import numpy as np
import numpy.typing as npt

EMPTY = -1  # in place of an id
SPREAD = 0x9E3779B97F4A7C15 - (1 << 64)  # odd, near 2^64 divided by the golden ratio; as an int64
POSITIVE = (1 << 63) - 1
LEAST = 64  # entries of a new table


def _home(table: list[int], width: int, key: int) -> int:
    """Entry at which the search for an id begins."""
    # The low 63 bits of the product are the same whether or not it has wrapped around.
    mixed = key * SPREAD & POSITIVE
    return (mixed ^ mixed >> 32) & (len(table) // width - 1)


def place_of(table: list[int], width: int, key: int) -> int:
    """Where the entry of an id is, or would be: index of its first word."""
    last = len(table) - width
    at = width * _home(table, width, key)
    while table[at] != EMPTY and table[at] != key:
        at = 0 if at == last else at + width
    return at


def drop(table: list[int], width: int, at: int) -> None:
    """Take an entry out, and move up those behind it that could not have their place."""
    entries = len(table) // width
    free = at // width
    entry = free
    while True:
        entry = (entry + 1) & (entries - 1)
        key = table[width * entry]
        if key == EMPTY:
            break
        home = _home(table, width, key)
        # It may move up if its search begins at the free entry or before.
        if ((entry - home) & (entries - 1)) >= ((entry - free) & (entries - 1)):
            for word in range(width):
                table[width * free + word] = table[width * entry + word]
            free = entry
    table[width * free] = EMPTY


class Moving:
    """A table and a larger one that is empty."""

    old: list[int]
    new: list[int]
    width: int


def move(t: Moving) -> None:
    """Put all entries of a table into the larger one."""
    # NOTE: a range with a step that may be 0 raises, which machine code must not.
    for entry in range(len(t.old) // t.width):
        at = entry * t.width
        if t.old[at] != EMPTY:
            to = place_of(t.new, t.width, t.old[at])
            for word in range(t.width):
                t.new[to + word] = t.old[at + word]


def empty_table(width: int, entries: int = LEAST) -> npt.NDArray[np.int64]:
    """A table without entries; their number is a power of two."""
    return np.full(width * entries, EMPTY, np.int64)
