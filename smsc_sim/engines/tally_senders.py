"""Counting what senders do again and what they are told, while the log goes by."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from smsc_sim.model.codes import LOG_RECEIPT, LOG_RESEND, LOG_SEGMENT_END, LOG_STATUS_REPORT, OK
from smsc_sim.model.network import SOURCE_SHIFT, Network
from smsc_sim.model.receipt import is_counted

Array = npt.NDArray[np.int64]

TIME, CODE, ID, _, VALUE = range(5)


class SenderTally:
    """Resends, receipts and status reports.

    Attributes
    ----------
    receipts : (classes,) int64 array
        Receipts that accounts asked for, of messages of the cohort.
    reports, reports_in : (classes,) int64 array
        Status reports sent, and those that reached the phone that wrote.
    resends : (intervals,) int64 array
        Resends of all messages, by interval.
    """

    def __init__(self, network: Network, class_of: Array, classes: int, intervals: int) -> None:
        self._class_of = class_of
        # Accounts whose receipts have no row of their own: one for each segment that ends.
        self._of_segments = np.array(
            [
                account >= 0
                and network.account_receipts[account] != 0
                and not is_counted(network, account)
                for account in network.source_account
            ],
            np.bool_,
        )
        self.receipts = np.zeros(classes, np.int64)
        self.reports = np.zeros(classes, np.int64)
        self.reports_in = np.zeros(classes, np.int64)
        self.resends = np.zeros(intervals, np.int64)

    def add(
        self, log: Array, interval_ns: int, is_cohort: Callable[[Array], npt.NDArray[np.bool_]]
    ) -> None:
        """Count a piece of the log: (rows, 7) int64, see `codes.LOG_NAMES`."""
        codes = log[:, CODE]
        interval = log[codes == LOG_RESEND, TIME] // interval_ns
        np.add.at(self.resends, interval[interval < len(self.resends)], 1)
        ends = log[codes == LOG_SEGMENT_END]
        ends = ends[self._of_segments[ends[:, ID] >> SOURCE_SHIFT]]
        for rows, total in (
            (ends, self.receipts),
            (log[codes == LOG_RECEIPT], self.receipts),
            (log[codes == LOG_STATUS_REPORT], self.reports),
            (log[(codes == LOG_STATUS_REPORT) & (log[:, VALUE] == OK)], self.reports_in),
        ):
            mine = rows[is_cohort(rows[:, ID])]
            np.add.at(total, self._class_of[mine[:, ID] >> SOURCE_SHIFT], 1)
