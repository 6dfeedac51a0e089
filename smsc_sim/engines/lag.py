"""Counting while the log goes by: how far the scheduler of each SMSC runs behind."""

import numpy as np

from smsc_sim.engines.spans import Array
from smsc_sim.engines.tally import CODE, ID, PLACE, TIME, VALUE
from smsc_sim.model.codes import LOG_ATTEMPT, LOG_VISIT
from smsc_sim.model.network import Network


class SchedulerLag:
    """Time between the moment for which an attempt is planned and its start.

    Planned is when its delay is over and it is its phone's turn: then it asks for a licence.  The
    wait for the licence, for a limit and for a dialogue is the lag.

    Attributes
    ----------
    lag_ns, attempts : (smscs, intervals) int64 array
        Sum of the lags of attempts that began in each interval, and their number.
    longest_ns : (smscs,) int64 array
        Longest lag of an attempt that began in the window.
    """

    def __init__(self, network: Network, interval_ns: int) -> None:
        self.interval_ns = interval_ns
        self.window_ns = (network.warm_up_ns, network.duration_ns)
        self.lag_ns = np.zeros((network.smscs, -(-network.duration_ns // interval_ns)), np.int64)
        self.attempts = np.zeros_like(self.lag_ns)
        self.longest_ns = np.zeros(network.smscs, np.int64)
        self._planned_ns: dict[int, int] = {}  # of segments that have asked for a licence
        self._has_line = np.array(network.station_line) >= 0
        self._smsc_of = np.full(network.stations, -1, np.int64)  # of a licence
        for number in range(network.smscs):
            self._smsc_of[network.node_station[network.smsc_node[number]]] = number
            if network.smsc_retry_station[number] >= 0:
                self._smsc_of[network.smsc_retry_station[number]] = number
        self._of_place = self._smsc_of.tolist()
        self._asked: dict[int, int] = {}  # SMSC of each of them

    def add(self, log: Array) -> None:
        """Count a piece of the log: (rows, 7) int64, see `codes.LOG_NAMES`."""
        visits = log[:, CODE] == LOG_VISIT
        visits[visits] = self._smsc_of[log[visits, PLACE]] >= 0
        found: list[tuple[int, int, int]] = []  # SMSC, start, lag
        for row in log[visits | (log[:, CODE] == LOG_ATTEMPT)].tolist():
            if row[CODE] == LOG_VISIT:
                # Stations with a line write the visit when the wait is over.
                wait_ns = row[VALUE] if self._has_line[row[PLACE]] else 0
                self._planned_ns[row[ID]] = row[TIME] - wait_ns
                self._asked[row[ID]] = self._of_place[row[PLACE]]
            elif row[ID] in self._planned_ns:
                lag_ns = row[TIME] - self._planned_ns.pop(row[ID])
                found.append((self._asked.pop(row[ID]), row[TIME], lag_ns))
        if found:
            self._count(np.array(found, np.int64))

    def _count(self, rows: Array) -> None:
        inside = (rows[:, 1] >= self.window_ns[0]) & (rows[:, 1] < self.window_ns[1])
        np.maximum.at(self.longest_ns, rows[inside, 0], rows[inside, 2])
        rows = rows[rows[:, 1] < self.window_ns[1]]
        interval = rows[:, 1] // self.interval_ns
        np.add.at(self.lag_ns, (rows[:, 0], interval), rows[:, 2])
        np.add.at(self.attempts, (rows[:, 0], interval), 1)
