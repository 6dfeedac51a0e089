"""Counting what goes through hubs: segments, what they cost, and receipts that were false."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from smsc_sim.model.codes import LOG_FALSE_RECEIPT, LOG_ROUTED
from smsc_sim.model.network import Network

Array = npt.NDArray[np.int64]
VALUE = 4  # column of the log

OFFNET_COUNTS = ("routed", "routed_micros", "false_receipts")


def offnet_actions(
    network: Network, counts: dict[str, Array]
) -> dict[int, Callable[[Array, Array, Array], None]]:
    """What to do with rows of the cohort, by code: (rows, classes, countries) into `counts`."""
    prices = np.array(network.route_price_micros, np.int64)

    def add_routed(rows: Array, classes: Array, countries: Array) -> None:
        np.add.at(counts["routed"], (classes, countries), 1)
        np.add.at(counts["routed_micros"], (classes, countries), prices[rows[:, VALUE]])

    def add_false(rows: Array, classes: Array, countries: Array) -> None:
        np.add.at(counts["false_receipts"], (classes, countries), 1)

    return {LOG_ROUTED: add_routed, LOG_FALSE_RECEIPT: add_false}
