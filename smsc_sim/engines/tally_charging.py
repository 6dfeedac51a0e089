"""Counting charging queries, what they took and what went on without an answer."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from smsc_sim.model.codes import LOG_CHARGE, LOG_CHARGED, LOG_REFUSED, LOG_UNCHARGED, NOT_PAID

if TYPE_CHECKING:
    from smsc_sim.engines.tally import MessageTally

Array = npt.NDArray[np.int64]
Action = Callable[[Array, Array, Array], None]

VALUE = 4  # column of the log

COUNTS = (
    "charges",
    "charges_answered",
    "charge_ns",
    "charges_unanswered",
    "charge_refusals",
    "uncharged",
    "uncharged_micros",
)


def charging_actions(tally: "MessageTally") -> dict[int, Action]:
    """What to do with the rows of each code, by class and country."""

    def answered(rows: Array, classes: Array, countries: Array) -> None:
        tally.count("charges_answered", classes, countries)
        tally.count("charge_ns", classes, countries, rows[:, VALUE])

    def unanswered(rows: Array, classes: Array, countries: Array) -> None:
        tally.count("charges_unanswered", classes, countries)
        tally.count("uncharged", classes, countries, rows[:, VALUE])
        at_risk = tally.prices(rows) * rows[:, VALUE]
        tally.count("uncharged_micros", classes, countries, at_risk)

    def refused(rows: Array, classes: Array, countries: Array) -> None:
        unpaid = (rows[:, VALUE] == NOT_PAID).astype(np.int64)
        tally.count("refusals", classes, countries)
        tally.count("charge_refusals", classes, countries, unpaid)

    return {
        LOG_CHARGE: lambda rows, c, k: tally.count("charges", c, k),
        LOG_CHARGED: answered,
        LOG_UNCHARGED: unanswered,
        LOG_REFUSED: refused,
    }
