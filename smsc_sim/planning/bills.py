"""The bill of messages in a file or in memory: `sms.bill`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from smsc_sim.content.cost_frames import kind_of, table_of_messages
from smsc_sim.content.cutting import Languages, cutting_of
from smsc_sim.content.errors import ContentError
from smsc_sim.content.money import micros
from smsc_sim.content.operators import Operators
from smsc_sim.content.price_table import default_card, price_table
from smsc_sim.content.rates import RateCard, RateKind, load_rate_card
from smsc_sim.content.savings import Savings
from smsc_sim.planning.cost_files import Bill, bill_of


def bill(
    messages: Any,
    *,
    by: Sequence[str] | str = ("country",),
    rates: str | Path | RateCard | None = None,
    kind: RateKind | str = RateKind.A2P,
    on: date | None = None,
    to: Any = None,
    country: str | None = None,
    columns: Mapping[str, str] | None = None,
    fallback: Decimal | str | None = None,
    operators: Operators | None = None,
    languages: Languages = (),
    savings: Savings | None = None,
    shorten: bool = False,
    rows: str | Path | None = None,
    rejects: str | Path | None = None,
    **options: Any,
) -> Bill:
    """What messages cost in all, by what, and what drives it.

    Parameters
    ----------
    messages : str, Path or any form of messages that `cost` takes
        A text names a file, as of the verb `cost`.
    by : str or sequence of str
        Columns, or country, operator, alphabet, month.
    rates, kind, on, to, country, columns, fallback, operators, languages, **options
        As of `cost_frames.cost`.
    savings, shorten, rows
        As of `cost_files.bill_of`.
    rejects : str or Path, optional
        CSV file with a row per message that cannot be priced. Without it such one is an error.

    Returns
    -------
    Bill

    Raises
    ------
    ContentError
        If messages cannot be read, or cannot be priced and no file takes them, or the card lacks a
        price.

    Examples
    --------
    >>> found = bill(["Hi", "it\u2019s " + "x" * 70], country="FI", on=date(2026, 5, 1))
    >>> found.amount, [int(driver.units) for driver in found.drivers[:4]]
    (Decimal('0.258300'), [1, 0, 1, 1])
    """
    card = rates if isinstance(rates, RateCard) else load_rate_card(rates or default_card())
    micros_ = None if fallback is None else micros(fallback)
    source: Path | pa.Table
    if isinstance(messages, str | Path):
        source = Path(messages)
    else:
        source, _ = table_of_messages(messages, to)
    found = bill_of(
        source,
        price_table(card, kind_of(kind), fallback_micros=micros_),
        by=(by,) if isinstance(by, str) else tuple(by),
        on=on or date.today(),
        country=country,
        columns=columns,
        operators=operators,
        cutting=cutting_of(languages, **options),
        rows=None if rows is None else Path(rows),
        rejects=None if rejects is None else Path(rejects),
        savings=savings,
        shorten=shorten,
    )
    if found.rejected and rejects is None:
        lines = [
            f"row {row}: {f'{title}: ' if title else ''}{why} (got {value!r:.60})"
            for row, title, why, value in found.first_rejects
        ]
        lines.append(
            f"messages: {found.rejected:,} of {found.read:,} cannot be priced; mend them, or name "
            "a file of rejects"
        )
        raise ContentError("\n".join(lines))
    return found
