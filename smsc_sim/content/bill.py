"""A bill: volumes of messages by destination and by whatever else is asked, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from smsc_sim.content.cells import texts_of
from smsc_sim.content.costing import ALPHABETS, Priced, charged_units, unit_micros
from smsc_sim.content.drivers import Alternatives
from smsc_sim.content.errors import ContentError
from smsc_sim.content.price_table import PriceTable

DERIVED = ("country", "operator", "alphabet", "month")
"""What a bill can be ordered by without a column in the file."""

MOST_GROUPS = 500_000
TAKEN = ("rate", "amount_micros", "amount", "share", "currency")
SUMS = ("messages", "segments", "delivered_messages", "delivered_segments", "units")
DRIVER_SUMS = (
    "units", "first_units", "headless_units", "one_each_units", "replaced_units", "short_units",
)  # fmt: skip
_PENDING = 1 << 20


class Sums:
    """Sums by key that grow with the keys, not with the messages.

    Parameters
    ----------
    names : sequence of str
        Of the columns that are summed, int64; all others are keys.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._pieces: list[pa.Table] = []
        self._rows = 0

    def add(self, columns: Mapping[str, Any]) -> None:
        """Take some rows: arrays of one length, by name."""
        self._pieces.append(_summed(pa.table(dict(columns)), self._names))
        self._rows += len(self._pieces[-1])
        if self._rows > _PENDING:
            self._pieces = [self.table()]
            self._rows = len(self._pieces[0])
            if self._rows > MOST_GROUPS:
                raise ContentError(
                    f"by: makes more than {MOST_GROUPS:,} rows (got {self._rows:,}); "
                    "leave out a column that tells single messages"
                )

    def table(self) -> pa.Table:
        """One row per key, in the order in which they came."""
        joined = pa.concat_tables(self._pieces)
        return joined if len(self._pieces) == 1 else _summed(joined, self._names)


def _summed(table: pa.Table, names: tuple[str, ...]) -> pa.Table:
    keys = [name for name in table.column_names if name not in names]
    grouped = pa.TableGroupBy(table, keys, use_threads=False)
    found = grouped.aggregate([(name, "sum") for name in names])
    return found.rename_columns([name.removesuffix("_sum") for name in found.column_names])


@dataclass(slots=True)
class Volumes:
    """What has been counted of many batches.

    Attributes
    ----------
    table : PriceTable
    by : tuple of str
        Titles of the user's columns, or of `DERIVED`.
    sums, drivers : Sums
    """

    table: PriceTable
    by: tuple[str, ...]
    sums: Sums = field(default_factory=lambda: Sums(SUMS))
    drivers: Sums = field(default_factory=lambda: Sums(DRIVER_SUMS))

    def __post_init__(self) -> None:
        for title in self.by:
            if title in (*SUMS, *TAKEN):
                raise ContentError(
                    f"'{title}' is a column of the bill itself; give yours another name"
                )

    def add(self, priced: Priced, labels: Mapping[str, pa.Array]) -> None:
        """Count the messages of a batch.

        Parameters
        ----------
        priced : Priced
        labels : mapping of str to pyarrow.Array
            The user's columns among `by`, as texts.
        """
        kept = priced.problem == 0
        paid = priced.is_delivered
        segments = priced.segments.astype(np.int64)
        columns: dict[str, Any] = {f"by:{name}": labels[name] for name in self.by if name in labels}
        if "alphabet" in self.by:
            columns["alphabet"] = priced.alphabet
        columns |= {
            "country": priced.country, "operator": priced.operator, "month": priced.month,
            "rate": priced.rate, "messages": np.ones(len(kept), np.int64), "segments": segments,
            "delivered_messages": paid.astype(np.int64), "delivered_segments": segments * paid,
            "units": charged_units(priced),
        }  # fmt: skip
        if not kept.all():
            mask = pa.array(kept)
            columns = {
                name: column.filter(mask) if isinstance(column, pa.Array) else column[kept]
                for name, column in columns.items()
            }
        self.sums.add(columns)

    def add_drivers(self, priced: Priced, other: Alternatives) -> None:
        """Count what the messages of a batch would have taken otherwise."""
        units = charged_units(priced)
        per_segment = np.array([rate.unit == "segment" for rate in self.table.rates] + [False])
        differs = (units > 0) & per_segment[priced.rate]

        def instead(segments: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
            return np.where(differs, segments, units)

        self.drivers.add(
            {
                "rate": priced.rate, "sole": other.sole, "units": units,
                "first_units": instead(np.ones_like(other.sole)),
                "headless_units": instead(other.headless),
                "one_each_units": instead(other.one_each),
                "replaced_units": instead(other.replaced),
                "short_units": units if other.short is None else instead(other.short),
            }
        )  # fmt: skip


def volumes_frame(volumes: Volumes) -> pd.DataFrame:
    """Volumes and list amounts, a row per key.

    Parameters
    ----------
    volumes : Volumes

    Returns
    -------
    DataFrame
        The columns of `by`, then `country`, `operator`, `month` (text, 2026-05), `messages`,
        `segments`, `delivered_messages`, `delivered_segments` (int64), `units` (int64, those paid
        for), `rate` (index in the table's rates) and `amount_micros` (object, exact whole numbers:
        list price and surcharge of the first tier; tiers, fees and taxes stand on invoices).

    Notes
    -----
    Ordered by the keys, so that the order of the messages does not matter.
    """
    frame = volumes.sums.table().to_pandas()
    table = volumes.table
    frame = frame.rename(columns=lambda name: name.removeprefix("by:"))
    frame["country"] = np.array(table.countries, object)[frame["country"]]
    frame["operator"] = np.array(table.operators, object)[frame["operator"]]
    frame["month"] = [f"{months // 12:04d}-{months % 12 + 1:02d}" for months in frame["month"]]
    if "alphabet" in frame:
        frame["alphabet"] = np.array(ALPHABETS, object)[frame["alphabet"]]
    frame["amount_micros"] = _amounts(frame["units"], frame["rate"], table)
    keys = list(dict.fromkeys([*volumes.by, "country", "operator", "month", "rate"]))
    found: pd.DataFrame = frame[[*keys, *SUMS, "amount_micros"]]
    return found.sort_values(keys, ignore_index=True)


def _amounts(units: Any, rates: Any, table: PriceTable) -> pd.Series[Any]:
    prices = [int(price) for price in unit_micros(table)]
    found = [int(unit) * prices[rate] for unit, rate in zip(units, rates, strict=True)]
    return pd.Series(found, index=units.index, dtype=object)


def by_columns(volumes: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Messages, segments and amounts by some columns, the dearest first.

    Parameters
    ----------
    volumes : DataFrame
        Of `volumes_frame`.
    by : sequence of str
        Some of its keys; none for one row of all.

    Returns
    -------
    DataFrame
        The columns of `by`, `messages`, `segments`, `amount_micros` (object, exact).
    """
    sums = ["messages", "segments", "amount_micros"]
    if not by:
        return pd.DataFrame([{name: volumes[name].sum() for name in sums}])
    found = volumes.groupby(list(by), as_index=False, observed=True)[sums].sum()
    # Exact amounts may be larger than int64; as objects they are compared one by one.
    order = sorted(range(len(found)), key=lambda row: -int(found["amount_micros"].iloc[row]))
    return found.iloc[order].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class Driver:
    """What a part of the bill is paid for.

    Attributes
    ----------
    name : str
    amount_micros : int
        That would not have been paid otherwise; drivers overlap and are not added up.
    units : int
        Segments (or messages, where those are priced) that would not have been paid.
    """

    name: str
    amount_micros: int
    units: int


def drivers_of(
    volumes: Volumes, most_characters: int = 5, *, probability: float = 1.0
) -> list[Driver]:
    """What drives the bill.

    Parameters
    ----------
    volumes : Volumes
        With `add_drivers` of every batch.
    most_characters : int
        How many single characters are named.
    probability : float
        That the provider does put plain characters in; the saving is then its mean, rounded
        half-even to a micro and to a unit.

    Returns
    -------
    list of Driver
        Segments after the first, headers, Unicode, what smart encoding would save, what txt speak
        on top of it would where that was counted, and single characters, the dearest first.
    """
    frame = volumes.drivers.table().to_pandas()
    prices = [int(price) for price in unit_micros(volumes.table)]

    def driver(name: str, rows: pd.DataFrame, instead: str, share: Fraction = _ALL) -> Driver:
        fewer = rows["units"] - rows[instead]
        pairs = zip(fewer, rows["rate"], strict=True)
        amount = sum(int(units) * prices[rate] for units, rate in pairs)
        return Driver(name, round(amount * share), round(int(fewer.sum()) * share))

    share = Fraction(repr(float(probability)))
    found = [
        driver("segments after the first of a message", frame, "first_units"),
        driver("headers of concatenation", frame, "headless_units"),
        driver("characters outside GSM 7-bit", frame, "one_each_units"),
        driver(f"of these, {smart_saving(probability)}", frame, "replaced_units", share),
    ]
    if (frame["short_units"] != frame["units"]).any():
        found.append(driver("what plain characters and txt speak would save", frame, "short_units"))
    characters = [
        driver(_character(int(code)), rows, "one_each_units")
        for code, rows in frame[frame["sole"] > 0].groupby("sole")
    ]
    characters.sort(key=lambda driver: -driver.amount_micros)
    return found + [driver for driver in characters if driver.amount_micros][:most_characters]


_ALL = Fraction(1)


def smart_saving(probability: float = 1.0) -> str:
    """How the saving of smart encoding is called."""
    often = "" if probability == 1 else f" in {100 * probability:g} % of messages"
    return f"what smart encoding{often} would save"


def _character(code: int) -> str:
    import unicodedata

    name = unicodedata.name(chr(code), "without a name").lower()
    shown = chr(code) if chr(code).isprintable() else " "
    return f"texts where {shown} alone is outside (U+{code:04X}, {name})"


def labels_of(cells: pa.Array, title: str) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """The user's labels as texts, and which of them are no UTF-8."""
    if pa.types.is_floating(cells.type):
        raise ContentError(
            f"by: '{title}' holds numbers with a point; choose a column of texts or whole numbers"
        )
    encoded = cells if pa.types.is_dictionary(cells.type) else cells.dictionary_encode()
    found = texts_of(encoded.dictionary)
    texts = pa.array([text or "" for text in [*found, ""]], pa.string())
    bad = np.array([text is None for text in [*found, ""]])
    at = encoded.indices.fill_null(len(found)).to_numpy(zero_copy_only=False)
    return texts.take(pa.array(at)), bad[at]
