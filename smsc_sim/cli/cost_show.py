"""What the verb `cost` prints and writes."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smsc_sim.planning.cost_files import Bill

MOST_ROWS = 25


def show(bill: Bill, by: tuple[str, ...], on: date) -> None:
    """The sum, the dearest rows, and what drives them."""
    from rich.console import Console

    from smsc_sim.content.bill import by_columns
    from smsc_sim.content.money import format_money

    console = Console(width=None if sys.stdout.isatty() else 100, highlight=False, markup=False)
    (row,) = by_columns(bill.volumes, ()).itertuples(index=False, name=None)
    messages, segments, total = (int(cell) for cell in row)
    currency = bill.table.currency
    days = "" if bill.has_days else f" on {on}"
    console.print(
        f"{format_money(total, currency)} for {messages:,} message{'s' * (messages != 1)}, "
        f"{segments:,} segment{'s' * (segments != 1)}: "
        f"{bill.table.kind} prices of {bill.table.card.name}{days}"
    )
    console.print(
        f"unrounded {format_money(total, currency, exact=True)}; "
        "without volume tiers, minimum fees and taxes: see --invoice"
    )
    if by:
        console.print(_table(bill, by, total))
    if any(driver.amount_micros for driver in bill.drivers):
        console.print(_drivers(bill, total))


def _table(bill: Bill, by: tuple[str, ...], total: int) -> Any:
    from rich.table import Table

    from smsc_sim.content.bill import by_columns

    frame = by_columns(bill.volumes, by)
    table = Table()
    for title in by:
        table.add_column(title, overflow="fold")
    for title in ("messages", "segments", f"amount {bill.table.currency}", "share"):
        table.add_column(title, justify="right", no_wrap=True)
    for row in frame.head(MOST_ROWS).itertuples(index=False):
        *labels, messages, segments, amount = row
        table.add_row(
            *(str(label) for label in labels), f"{messages:,}", f"{segments:,}",
            grouped(amount, bill.table.currency), _share(amount, total),
        )  # fmt: skip
    rest = frame.iloc[MOST_ROWS:]
    if len(rest):
        table.add_section()
        amount = sum(int(cell) for cell in rest["amount_micros"])
        table.add_row(
            f"{len(rest):,} more", *[""] * (len(by) - 1), f"{rest['messages'].sum():,}",
            f"{rest['segments'].sum():,}", grouped(amount, bill.table.currency),
            _share(amount, total),
        )  # fmt: skip
    return table


def _drivers(bill: Bill, total: int) -> Any:
    from rich.table import Table

    table = Table(caption="Drivers overlap: their shares do not add up.", caption_justify="left")
    table.add_column("paid for", overflow="fold")
    table.add_column("segments", justify="right", no_wrap=True)
    table.add_column(f"amount {bill.table.currency}", justify="right", no_wrap=True)
    table.add_column("share", justify="right", no_wrap=True)
    for driver in bill.drivers:
        amount = grouped(driver.amount_micros, bill.table.currency)
        share = _share(driver.amount_micros, total)
        table.add_row(driver.name, f"{driver.units:,}", amount, share)
    return table


def grouped(amount: int, currency: str) -> str:
    """Amount to the minor unit, thousands apart."""
    from smsc_sim.content.money import format_money

    return f"{Decimal(format_money(amount, currency).split()[0]):,}"


def _share(amount: int, total: int) -> str:
    return f"{100 * int(amount) / int(total):.1f} %" if total else "-"


def write_bill(path: Path, bill: Bill, by: tuple[str, ...]) -> None:
    """The table of all rows, with exact amounts."""
    from smsc_sim.content.bill import by_columns
    from smsc_sim.content.money import to_decimal

    lines = (
        (*row[:-1], to_decimal(row[-1]), bill.table.currency)
        for row in by_columns(bill.volumes, by).itertuples(index=False, name=None)
    )
    write_table(path, [*by, "messages", "segments", "amount", "currency"], lines)


def write_table(path: Path, titles: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write a CSV table whole or not at all."""
    import io

    from smsc_sim.content.spreadsheet import write_rows
    from smsc_sim.results.storage import write_bytes

    text = io.StringIO()
    write_rows(text, titles, rows)
    write_bytes(path, text.getvalue().encode())
