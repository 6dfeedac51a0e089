"""One row per message in a Parquet file, written while the event log goes by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from smsc_sim.engines import count_records as words
from smsc_sim.engines.count_clock import clock_values
from smsc_sim.engines.count_prices import price_values
from smsc_sim.engines.count_records import RECORD
from smsc_sim.engines.hash_table import EMPTY, empty_table
from smsc_sim.engines.sums import COUNT_RECORDS, RECORDS, Array, Block
from smsc_sim.model.codes import CAUSE_NAMES, STATE_NAMES
from smsc_sim.model.names import Names
from smsc_sim.model.network import NUMBER_BITS, Network

from .storage import whole_file

GROUP = 1 << 16  # rows of a row group: some 10 MB before compression


class MessageFile:
    """A table with one row per message; only open messages are kept in memory.

    Columns: times are seconds from the start of the scenario; money is in millionths of the
    currency unit; `origin` is the population, account or SMSC that sent it; `latency_s` is missing
    where the message never was whole on the handset.

    Rows stand in the order in which the last job of each message was over; those of messages that
    are under way when the run stops come last, in the order of submission.  So the file depends
    neither on the engine nor on how the log was cut.

    Parameters
    ----------
    network, names
        As compiled.
    path : Path
        Of the file, which is whole after `close`.
    by_machine : bool, optional
        Whether machine code puts the rows together; by default where there is some.
    """

    def __init__(
        self, network: Network, names: Names, path: Path, *, by_machine: bool | None = None
    ) -> None:
        self._names = names
        clock = clock_values(network.warm_up_ns, network.duration_ns, network.duration_ns)
        values: dict[str, Any] = clock | price_values(network, names)
        values |= {
            "log": np.zeros(0, np.int64),
            "open": empty_table(RECORD),
            "opened": 0,
            "out": np.zeros(RECORD * GROUP, np.int64),
            "out_rows": 0,
        }
        self._sums = Block(RECORDS, values, by_machine)
        self._writer = pq.ParquetWriter(path, _table(names, np.zeros((0, RECORD), np.int64)).schema,
                                        compression="zstd", compression_level=3)  # fmt: skip

    def add(self, log: Array) -> None:
        """Take a piece of the log: (rows, 7) int64, see `codes.LOG_NAMES`."""
        sums = self._sums
        sums.make_room("open", "opened", RECORD, len(log))
        room = RECORD * (sums["out_rows"] + len(log))
        if room > len(sums["out"]):
            longer = np.zeros(2 * room, np.int64)
            longer[: len(sums["out"])] = sums["out"]
            sums["out"] = longer
        sums.count(COUNT_RECORDS, log)
        while sums["out_rows"] >= GROUP:
            self._write(GROUP)

    def close(self) -> None:
        """Write the messages that are under way, and the end of the file."""
        table = self._sums["open"].reshape(-1, RECORD)
        still = table[table[:, words.MESSAGE] != EMPTY]
        still = still[np.lexsort((still[:, words.MESSAGE], still[:, words.SUBMITTED_NS]))]
        done = self._sums["out"][: RECORD * self._sums["out_rows"]]
        self._sums["out"] = np.concatenate([done, still.reshape(-1)])
        self._sums["out_rows"] += len(still)
        while self._sums["out_rows"] > 0:
            self._write(min(GROUP, self._sums["out_rows"]))
        self._writer.close()

    def _write(self, rows: int) -> None:
        """Write the first rows as one row group: groups are cut where the log was not."""
        out, left = self._sums["out"], self._sums["out_rows"] - rows
        self._writer.write_table(_table(self._names, out[: RECORD * rows].reshape(-1, RECORD)))
        out[: RECORD * left] = out[RECORD * rows : RECORD * (rows + left)].copy()
        self._sums["out_rows"] = left


@contextmanager
def message_file(
    network: Network, names: Names, path: Path, *, by_machine: bool | None = None
) -> Iterator[MessageFile]:
    """A file of messages that is there only when it is whole."""
    with whole_file(path) as part:
        file = MessageFile(network, names, part, by_machine=by_machine)
        yield file
        file.close()


def join_message_files(parts: Sequence[Path], path: Path) -> None:
    """Put the files of all replications one after the other, with their numbers."""
    with whole_file(path) as whole:
        number_field = pa.field("replication", pa.int64())
        schema = pq.read_schema(parts[0]).insert(0, number_field)
        with pq.ParquetWriter(whole, schema, compression="zstd", compression_level=3) as writer:
            for number, part in enumerate(parts):
                with pq.ParquetFile(part) as file:
                    for group in range(file.num_row_groups):
                        table = file.read_row_group(group)
                        numbers = pa.array(np.full(len(table), number, np.int64))
                        writer.write_table(table.add_column(0, number_field, numbers))


def _table(names: Names, rows: Array) -> pa.Table:
    """Rows of records as the columns of the file."""
    source = rows[:, words.MESSAGE] >> NUMBER_BITS

    def of_source(values: Sequence[str]) -> pa.Array:
        kinds = tuple(dict.fromkeys(values))
        return _words(kinds, np.array([kinds.index(value) for value in values])[source])

    countries = tuple(dict.fromkeys(names.countries))
    country_of = np.array([countries.index(country) for country in names.countries])
    columns: dict[str, Any] = {
        "source": _words(names.sources, source),
        "number": rows[:, words.MESSAGE] & (1 << NUMBER_BITS) - 1,
        "class": of_source(names.classes),
        "kind": of_source(names.source_kinds),
        "origin": of_source(names.origins),
        "country": _words(countries, country_of[rows[:, words.POPULATION]]),
        "segments": rows[:, words.SEGMENTS],
        "submitted_s": _seconds(rows[:, words.SUBMITTED_NS]),
        "first_attempt_s": _seconds(rows[:, words.FIRST_ATTEMPT_NS]),
        "ended_s": _seconds(rows[:, words.ENDED_NS]),
        "latency_s": _seconds(rows[:, words.WHOLE_AFTER_NS]),
        "state": _words(STATE_NAMES, rows[:, words.STATE]),
        "cause": _words(CAUSE_NAMES, rows[:, words.CAUSE]),
        "attempts": rows[:, words.ATTEMPTS],
        "duplicates": rows[:, words.DUPLICATES],
        "cost_micros": rows[:, words.COST_MICROS],
    }
    return pa.table(columns)


def _words(names: Sequence[str], rows: Array) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(rows.astype(np.int32)), pa.array(list(names)))


def _seconds(ns: Array) -> pa.Array:
    seconds: npt.NDArray[np.float64] = ns / 1e9
    return pa.array(seconds, mask=ns < 0)
