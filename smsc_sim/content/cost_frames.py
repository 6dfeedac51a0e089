"""What messages in memory cost: `sms.cost`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from smsc_sim.content.cells import as_strings, texts_of
from smsc_sim.content.costing import (
    ALPHABETS,
    PROBLEMS,
    Priced,
    charged_units,
    missing_rates,
    price_messages,
    refuse_missing,
    refuse_unpriceable,
    unit_micros,
)
from smsc_sim.content.cutting import Cutting, Languages, cut_texts, cutting_of
from smsc_sim.content.errors import ContentError
from smsc_sim.content.message_parts import parts_in
from smsc_sim.content.money import micros
from smsc_sim.content.operators import Operators
from smsc_sim.content.plain_columns import plain_column
from smsc_sim.content.price_table import PriceTable, default_card, price_table
from smsc_sim.content.rate_cells import RateKind
from smsc_sim.content.rates import RateCard, load_rate_card
from smsc_sim.content.savings import Savings, saved_segments
from smsc_sim.content.strings import string_chunks

MOST_TOLD = 10
MONEY = pa.decimal128(18, 6)


def cost(
    messages: Any,
    *,
    to: Any = None,
    country: str | None = None,
    rates: str | Path | RateCard | None = None,
    kind: RateKind | str = RateKind.A2P,
    on: date | None = None,
    columns: Mapping[str, str] | None = None,
    fallback: Decimal | str | None = None,
    operators: Operators | None = None,
    savings: bool | Savings = False,
    languages: Languages = (),
    **options: Any,
) -> pd.DataFrame:
    """Price each of many messages.

    Parameters
    ----------
    messages : table or texts
        A table, as a pandas frame, an Arrow table, a dict of columns or any Arrow PyCapsule object:
        of texts or segments, and of numbers or countries. Or texts alone, as a sequence of str, a
        NumPy array, pandas Series, Arrow array or Arrow PyCapsule object.
    to : sequence, optional
        International numbers of the recipients, where `messages` are texts alone.
    country : str, optional
        Destination of all messages, ISO 3166 alpha-2, where nothing else says it.
    rates : str, Path or RateCard, optional
        As `rates.load_rate_card` takes it. Default: the newest shipped card.
    kind : RateKind or str
        RETAIL, A2P (the default) or TERMINATION.
    on : date, optional
        Day of all messages, where no column tells it. Default: today.
    columns : mapping of str to str, optional
        Part of a message (`message_parts.TITLES`) to the title of its column, where the title does
        not say it.
    fallback : Decimal or str, optional
        Price per segment wherever the card has none, in its currency.
    operators : Operators, optional
        Of `operators.load_operators`: tells the operator of a number where no column does.
    savings : bool or Savings
        Add `smart_amount` and `short_amount`: what plain characters, and txt speak on top of them,
        would cost; see `vector.segments_of`.
    languages : sequence of str, or mapping of str to sequence of str
        National languages whose tables phones know, everywhere or by country: `{"TR": ["turkish"]}`
        takes the cheapest coding for each text to Turkey.
    **options
        Of `segmentation.segment`: alphabet, reference_octets, payload_octets, boundary,
        most_segments.

    Returns
    -------
    DataFrame
        The columns of `messages` (`text` for texts alone) with `country` (category), `alphabet`
        (category), `segments` (int32), `price` and `amount` (exact decimals of Arrow, six places)
        and `currency` (category) added. A pandas index is kept.

    Raises
    ------
    ContentError
        If messages cannot be priced, of which the first ten are named, or the card lacks prices and
        there is no fallback.

    Notes
    -----
    The price is that of one unit with its surcharge in the first tier; tiers, minimum fees and
    taxes belong to an invoice, not to a message.

    Examples
    --------
    >>> found = cost(["Hi", "it’s " + "x" * 70], to=["+358401234567", "+447400123456"])
    >>> found[["country", "segments", "price", "amount"]]
      country  segments     price    amount
    0      FI         1  0.086100  0.086100
    1      GB         2  0.055400  0.110800
    >>> found["amount"].sum()
    Decimal('0.196900')
    """
    card = rates if isinstance(rates, RateCard) else load_rate_card(rates or default_card())
    table = price_table(
        card, kind_of(kind), fallback_micros=None if fallback is None else micros(fallback)
    )
    cutting = cutting_of(languages, **options)
    frame, index = table_of_messages(messages, to)
    parts = parts_in(tuple(frame.column_names), columns or {}, "messages")
    arrays = {
        part: plain_column(_one_array(frame.column(title)), f"messages:{title}")
        for part, title in parts.items()
    }
    try:
        refuse_unpriceable(parts, table, country)
        priced = price_messages(arrays, table, on or date.today(), country, operators, cutting)
    except ContentError as error:
        raise ContentError(f"messages: {error}") from None
    _refuse(priced, arrays, index)
    lacking = np.array(table.countries)[priced.country[missing_rates(priced)]]
    refuse_missing(Counter(lacking.tolist()), table)
    found = _with_money(frame, index, priced, table)
    if savings:
        _add_savings(found, arrays, priced, savings, cutting)
    return found


def _add_savings(
    found: pd.DataFrame,
    arrays: Mapping[str, pa.Array],
    priced: Priced,
    savings: bool | Savings,
    cutting: Cutting,
) -> None:
    """Amounts after fewer segments; a price per message saves nothing."""
    if "text" not in arrays:
        raise ContentError("savings: needs texts (got segments alone); add a column of texts")
    place, countries = priced.country, priced.table.countries
    fewer = saved_segments(
        as_strings(arrays["text"]),
        priced.segments,
        savings if isinstance(savings, Savings) else Savings(),
        lambda texts, rows: cut_texts(texts, cutting, place[rows], countries)["segments"],
    )
    is_per_segment = np.array([rate.unit == "segment" for rate in priced.table.rates])[priced.rate]
    is_paid = charged_units(priced) > 0
    dtype = pd.ArrowDtype(MONEY)
    for name, segments in zip(("smart", "short"), fewer, strict=True):
        # A mean of segments where a provider replaces now and then, so the product is rounded.
        units = np.where(is_per_segment, np.asarray(segments), 1.0) * is_paid
        amounts = [
            (price * Decimal(repr(round(float(unit), 9)))).quantize(Decimal("0.000001"))
            for price, unit in zip(found["price"], units, strict=True)
        ]
        found[f"{name}_amount"] = pd.Series(amounts, index=found.index, dtype=dtype)


def kind_of(kind: RateKind | str) -> RateKind:
    """Kind of price that a value or a name means."""
    try:
        return RateKind(str(kind).upper())
    except ValueError:
        raise ContentError(
            f"kind: is not a kind of price (got '{kind}'); use {', '.join(RateKind)}"
        ) from None


def table_of_messages(messages: Any, to: Any) -> tuple[pa.Table, pd.Index[Any] | None]:
    """Messages in any of the forms of `cost` as an Arrow table, and the index of a pandas form."""
    table = _table_of(messages)
    if table is not None and to is not None:
        raise ContentError(
            "to: goes with texts alone (got a table); name its column of numbers in columns"
        )
    if table is not None:
        return table, messages.index if isinstance(messages, pd.DataFrame) else None
    chunks = [chunk.cast(pa.large_string()) for chunk in string_chunks(messages)]
    texts = pa.chunked_array(chunks, pa.large_string())
    found = {"text": texts}
    if to is not None:
        numbers = pa.chunked_array(to) if _is_stream(to) else pa.array(to, from_pandas=True)
        if len(numbers) != len(texts):
            raise ContentError(
                f"to: needs a number for each text (got {len(numbers)} for {len(texts)}); "
                "give as many"
            )
        found["number"] = numbers
    return pa.table(found), messages.index if isinstance(messages, pd.Series) else None


def _is_stream(data: Any) -> bool:
    return hasattr(data, "__arrow_c_stream__") and not isinstance(data, pd.Series)


def _table_of(messages: Any) -> pa.Table | None:
    """Messages as an Arrow table; None where they are texts alone."""
    if isinstance(messages, pd.DataFrame):
        return pa.Table.from_pandas(messages, preserve_index=False)
    if isinstance(messages, pa.RecordBatch | pa.Table):
        return pa.table(messages)
    if isinstance(messages, Mapping):
        return pa.table(dict(messages))
    if isinstance(messages, pd.Series | pa.Array | pa.ChunkedArray):
        return None
    if not (_is_stream(messages) or hasattr(messages, "__arrow_c_array__")):
        return None
    try:
        return pa.table(messages)
    except (pa.ArrowException, ValueError):
        return None  # a column of texts


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    found = column.combine_chunks()
    return pa.concat_arrays(found.chunks) if isinstance(found, pa.ChunkedArray) else found


def _refuse(priced: Priced, arrays: Mapping[str, pa.Array], index: Any) -> None:
    """Raise ContentError that names the first messages which cannot be priced."""
    bad = np.flatnonzero(priced.problem)
    if not len(bad):
        return
    lines = []
    for row in bad[:MOST_TOLD]:
        part = priced.parts[priced.about[row]]
        (value,) = texts_of(arrays[part].slice(row, 1))
        name = row if index is None else index[row]
        lines.append(f"row {name}: {part}: {PROBLEMS[priced.problem[row]]} (got {value!r:.60})")
    lines.append(f"messages: {len(bad):,} cannot be priced; mend them or leave them out")
    raise ContentError("\n".join(lines))


def _with_money(
    frame: pa.Table, index: pd.Index[Any] | None, priced: Priced, table: PriceTable
) -> pd.DataFrame:
    prices = unit_micros(table)[priced.rate]
    found = frame.to_pandas()
    if index is not None:
        found.index = index
    found["country"] = pd.Categorical.from_codes(priced.country, pd.Index(table.countries))
    found["country"] = found["country"].cat.remove_unused_categories()
    found["alphabet"] = pd.Categorical.from_codes(priced.alphabet, pd.Index(ALPHABETS))
    found["segments"] = priced.segments
    dtype = pd.ArrowDtype(MONEY)
    amounts = prices * charged_units(priced)
    found["price"] = pd.Series(pd.array(decimals(prices), dtype), index=found.index)
    found["amount"] = pd.Series(pd.array(decimals(amounts), dtype), index=found.index)
    found["currency"] = pd.Categorical([table.currency] * len(found))
    return found


def decimals(amounts: npt.NDArray[np.int64]) -> pa.Array:
    """Exact decimals of micros.

    Parameters
    ----------
    amounts : (n,) int64 array
        Micros, at least 0.

    Returns
    -------
    (n,) pyarrow.Array of decimal128(18, 6)
    """
    words = np.zeros((len(amounts), 2), np.int64)
    words[:, 0] = amounts
    return pa.Array.from_buffers(MONEY, len(amounts), [None, pa.py_buffer(words)])
