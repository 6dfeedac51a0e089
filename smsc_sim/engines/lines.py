"""Waiting lines of the reference engine: the jobs themselves, in the order the rules say."""

from collections import deque

from smsc_sim.engines.rows import Row
from smsc_sim.model.codes import NOBODY
from smsc_sim.model.network import Network, State
from smsc_sim.model.queues import (
    band_of,
    clear_line,
    give_up,
    join_line,
    leave_line,
    next_band,
    waiting_at,
)


class Line:
    """Jobs that wait in the bands of a line; to its owner it looks like a deque.

    Parameters
    ----------
    network : Network
    state : State
        Keeps the numbers that `model.queues` decides by.
    line : int
    """

    def __init__(self, network: Network, state: State, line: int) -> None:
        self.network, self.state, self.line = network, state, line
        self.bands: dict[int, deque[Row]] = {
            band: deque() for band in range(network.line_first[line], network.line_first[line + 1])
        }

    def __len__(self) -> int:
        return waiting_at(self.network, self.state, self.line)

    def append(self, row: Row) -> None:
        """Let a job wait; `row.cost` says what serving it will cost its band."""
        band = band_of(self.network, self.line, row.source)
        join_line(self.network, self.state, self.line, band)
        self.bands[band].append(row)

    def popleft(self) -> Row:
        """Take out who is next."""
        band = next_band(self.network, self.state, self.line)
        assert band != NOBODY
        row = self.bands[band].popleft()
        leave_line(self.network, self.state, self.line, band, row.cost)
        return row

    def remove(self, row: Row) -> None:
        """Take out one whose patience has run out."""
        band = band_of(self.network, self.line, row.source)
        self.bands[band].remove(row)
        give_up(self.network, self.state, self.line, band)

    def clear(self) -> None:
        """Forget all that wait."""
        clear_line(self.network, self.state, self.line)
        for band in self.bands.values():
            band.clear()
