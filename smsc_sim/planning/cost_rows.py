"""Messages with their prices, row by row, in a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from smsc_sim.content.cost_frames import MONEY, decimals
from smsc_sim.content.costing import ALPHABETS, Priced, charged_units, unit_micros
from smsc_sim.content.errors import ContentError
from smsc_sim.content.price_table import PriceTable
from smsc_sim.content.row_files import Batch
from smsc_sim.results.storage import whole_file


class PricedRows:
    """A Parquet file with a row per priced message.

    Parameters
    ----------
    path : Path
    table : PriceTable
    own : list of str
        Titles of the user's columns.
    stack : ExitStack
        That closes it; after an error nothing is left.

    Raises
    ------
    ContentError
        If one of the user's columns is called as one of those that are added.
    """

    def __init__(self, path: Path, table: PriceTable, own: list[str], stack: ExitStack) -> None:
        import pyarrow.parquet as pq

        self._table, self._prices = table, unit_micros(table)
        label = pa.dictionary(pa.int32(), pa.string())
        self._schema = pa.schema(
            [
                ("row", pa.int64()), *((title, label) for title in own), ("country", label),
                ("operator", label), ("alphabet", label), ("segments", pa.int32()),
                ("price", MONEY), ("amount", MONEY), ("currency", label),
            ]
        )  # fmt: skip
        texts = [field.name for field in self._schema if field.type == label]
        for title in own:
            if self._schema.names.count(title) > 1:
                raise ContentError(
                    f"'{title}' is a column of the rows written; give yours another name"
                )
        part = stack.enter_context(whole_file(path))
        self._writer = stack.enter_context(
            pq.ParquetWriter(
                part,
                self._schema,
                compression="zstd",
                compression_level=1,
                version="2.6",
                store_schema=False,
                use_dictionary=texts,
            )
        )

    def add(self, batch: Batch, priced: Priced, labels: Mapping[str, pa.Array]) -> None:
        """Write the messages of a batch."""
        table = self._table
        prices = self._prices[priced.rate]
        columns = [
            pa.array(batch.rows),
            *(labels[title].dictionary_encode() for title in labels),
            _labels(priced.country, table.countries),
            _labels(priced.operator, table.operators),
            _labels(priced.alphabet.astype(np.int32), ALPHABETS),
            pa.array(priced.segments),
            decimals(prices),
            decimals(prices * charged_units(priced)),
            _labels(np.zeros(len(prices), np.int32), (table.currency,)),
        ]
        found = pa.RecordBatch.from_arrays(columns, schema=self._schema)
        kept = priced.problem == 0
        self._writer.write_batch(found if kept.all() else found.filter(pa.array(kept)))


def _labels(codes: npt.NDArray[np.int32], names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names, pa.string()))
