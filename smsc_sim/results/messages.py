"""One row per message, put together from the event log while it goes by."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from smsc_sim.engines.sums import Array
from smsc_sim.model.codes import (
    CAUSE_NAMES,
    CODE,
    ID,
    LOG_ACCEPTED,
    LOG_ATTEMPT,
    LOG_DUPLICATE,
    LOG_FAILED,
    LOG_MESSAGE_END,
    LOG_SUBMIT,
    OTHER,
    PLACE,
    STATE_NAMES,
    TIME,
    VALUE,
)
from smsc_sim.model.names import Names
from smsc_sim.model.network import NUMBER_BITS, NUMBER_SHIFT, SOURCE_SHIFT, Network

COLUMNS = (
    *("submitted_ns", "first_attempt_ns", "ended_ns", "whole_after_ns", "segments", "population"),
    *("state", "cause", "attempts", "duplicates", "cost_micros"),
)


class MessageTable:
    """Columns of all messages, by source and number; grows with the messages."""

    def __init__(self, network: Network, names: Names) -> None:
        self.names = names
        sources, populations = len(names.sources), len(names.populations)
        self._prices = np.array(network.price_micros, np.int64).reshape(-1, sources, populations)
        self._price_starts = np.array(network.price_starts_ns, np.int64)
        self._row_of: dict[int, int] = {}
        self._columns = {name: np.full(1024, -1, np.int64) for name in COLUMNS}

    def add(self, log: Array) -> None:
        """Take a piece of the log: (rows, 7) int64, see `codes.LOG_NAMES`."""
        codes = log[:, CODE]
        self._begin(log[codes == LOG_SUBMIT])
        columns = self._columns
        attempts = log[codes == LOG_ATTEMPT]
        rows = self._rows(attempts[:, ID])
        np.add.at(columns["attempts"], rows, 1)
        first, at = np.unique(rows, return_index=True)
        fresh = columns["first_attempt_ns"][first] < 0
        columns["first_attempt_ns"][first[fresh]] = attempts[at[fresh], TIME]
        failed = log[codes == LOG_FAILED]
        columns["cause"][self._rows(failed[:, ID])] = failed[:, VALUE]
        np.add.at(columns["duplicates"], self._rows(log[codes == LOG_DUPLICATE, ID]), 1)
        stored = log[codes == LOG_ACCEPTED]
        day = np.searchsorted(self._price_starts, stored[:, TIME], "right") - 1
        micros = self._prices[day, stored[:, ID] >> SOURCE_SHIFT, stored[:, PLACE]]
        np.add.at(columns["cost_micros"], self._rows(stored[:, ID]), micros)
        ended = log[codes == LOG_MESSAGE_END]
        rows = self._rows(ended[:, ID])
        columns["ended_ns"][rows] = ended[:, TIME]
        columns["whole_after_ns"][rows] = ended[:, VALUE]
        columns["state"][rows] = ended[:, OTHER]

    def _begin(self, rows: Array) -> None:
        first = len(self._row_of)
        need = first + len(rows)
        if need > len(self._columns["state"]):
            for name, column in self._columns.items():
                more = np.full(2 * need, -1, np.int64)
                more[:first] = column[:first]
                self._columns[name] = more
        for k, message in enumerate((rows[:, ID] >> NUMBER_SHIFT).tolist()):
            self._row_of[message] = first + k
        new = slice(first, need)
        self._columns["submitted_ns"][new] = rows[:, TIME]
        self._columns["segments"][new] = rows[:, VALUE]
        self._columns["population"][new] = rows[:, PLACE]
        for name in ("state", "cause", "attempts", "duplicates", "cost_micros"):
            self._columns[name][new] = 0

    def _rows(self, ids: Array) -> Array:
        return np.array(
            [self._row_of[message] for message in (ids >> NUMBER_SHIFT).tolist()], np.int64
        )

    def frame(self) -> pd.DataFrame:
        """Table with one row per message, in the order of submission.

        Times are seconds from the start of the scenario; money is in millionths of the currency
        unit; `origin` is the population, account or SMSC that sent it; `latency_s` is missing
        where the message never was whole on the handset.
        """
        n = len(self._row_of)
        messages = np.fromiter(self._row_of, np.int64, n)
        source = messages >> NUMBER_BITS
        column = {name: values[:n] for name, values in self._columns.items()}

        def seconds(values: Array) -> npt.NDArray[np.float64]:
            return np.where(values < 0, np.nan, values / 1e9)

        def words(names: tuple[str, ...], rows: Array) -> Any:
            return pd.Categorical.from_codes(rows, pd.Index(names))

        classes = tuple(dict.fromkeys(self.names.classes))
        kinds = tuple(dict.fromkeys(self.names.source_kinds))
        kind_of = np.array([kinds.index(k) for k in self.names.source_kinds])
        origins = tuple(dict.fromkeys(self.names.origins))
        origin_of = np.array([origins.index(o) for o in self.names.origins])
        countries = tuple(dict.fromkeys(self.names.countries))
        class_of = np.array([classes.index(c) for c in self.names.classes])
        country_of = np.array([countries.index(c) for c in self.names.countries])
        return pd.DataFrame(
            {
                "source": words(self.names.sources, source),
                "number": messages & (1 << NUMBER_BITS) - 1,
                "class": words(classes, class_of[source]),
                "kind": words(kinds, kind_of[source]),
                "origin": words(origins, origin_of[source]),
                "country": words(countries, country_of[column["population"]]),
                "segments": column["segments"],
                "submitted_s": seconds(column["submitted_ns"]),
                "first_attempt_s": seconds(column["first_attempt_ns"]),
                "ended_s": seconds(column["ended_ns"]),
                "latency_s": seconds(column["whole_after_ns"]),
                "state": words(STATE_NAMES, column["state"]),
                "cause": words(CAUSE_NAMES, column["cause"]),
                "attempts": column["attempts"],
                "duplicates": column["duplicates"],
                "cost_micros": column["cost_micros"],
            }
        )
