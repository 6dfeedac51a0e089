"""The verb `cost`: what a file of messages costs, by what, and what drives the bill."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smsc_sim.cli import FINE

if TYPE_CHECKING:
    import pandas as pd

    from smsc_sim.planning.cost_files import Bill, Progress

MOST_ROWS = 25


def cost(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV, .csv.gz or Parquet, a row per message.")
    ],
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="COLUMN,...",
            help="Columns of the file, or country, operator, alphabet, month.",
        ),
    ] = "country",
    rates: Annotated[
        str | None,
        typer.Option("--rates", metavar="CARD", help="A shipped card or a CSV file."),
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", metavar="A2P|RETAIL|TERMINATION", help="Which prices.")
    ] = "A2P",
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="PART=TITLE",
            help="Where a part stands: text=body, number=msisdn, day=sent. May be repeated. "
            "Parts: text, segments, number, country, operator, day, delivered.",
        ),
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", help="Destination of all, e.g. FI.")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DAY", help="Day of all, e.g. 2026-05-25. Default: today."),
    ] = None,
    fallback: Annotated[
        str | None,
        typer.Option("--fallback", metavar="PRICE", help="Per segment where the card has none."),
    ] = None,
    rows: Annotated[
        Path | None,
        typer.Option("--rows", metavar="FILE.parquet", help="Write a row per message."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.csv", help="Write the whole table.")
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects", metavar="FILE.csv", help="Default: NAME.rejects.csv, if there are any."
        ),
    ] = None,
    drivers: Annotated[
        bool, typer.Option("--drivers/--no-drivers", help="Say what drives the bill.")
    ] = True,
) -> int:
    """Price every message of a file, exactly, and show where the money goes.

    Example: smsc-sim cost sent.csv.gz --by country,campaign --out bill.csv
    """
    from smsc_sim.content.price_table import default_card, price_table
    from smsc_sim.content.rates import load_rate_card
    from smsc_sim.planning.cost_files import bill_of

    table = price_table(
        load_rate_card(rates or default_card()), _kind(kind), fallback_micros=_micros(fallback)
    )
    wanted = tuple(title.strip() for title in by.split(",") if title.strip())
    beside = rejects or Path(f"{file.name.removesuffix('.gz').rpartition('.')[0]}.rejects.csv")
    with _progress(file) as progress:
        bill = bill_of(
            file,
            table,
            by=wanted,
            on=_day(on),
            country=country,
            columns=_columns(column or []),
            rows=rows,
            rejects=beside,
            drivers=drivers,
            progress=progress,
        )
    _show(bill, wanted, _day(on))
    if out is not None:
        _write(out, bill, wanted)
        typer.echo(f"{out}: the whole table")
    if rows is not None:
        typer.echo(f"{rows}: {bill.priced:,} messages with their prices")
    if bill.rejected:
        sys.stderr.write(
            f"{bill.rejected:,} of {bill.read:,} messages are not priced: see {beside}\n"
        )
    return FINE


def _kind(name: str) -> Any:
    from smsc_sim.content.rate_cells import RateKind

    if name.upper() not in list(RateKind):
        raise typer.BadParameter(f"--kind: '{name}' is no kind of price; use {', '.join(RateKind)}")
    return RateKind(name.upper())


def _micros(price: str | None) -> int | None:
    from smsc_sim.content.errors import ContentError
    from smsc_sim.content.rate_cells import price_of

    try:
        return None if price is None else price_of(price)
    except ContentError as error:
        raise typer.BadParameter(f"--fallback: {str(error).removeprefix('amount: ')}") from None


def _day(text: str | None) -> date:
    from smsc_sim.content.errors import ContentError
    from smsc_sim.content.rate_cells import day_of

    try:
        return date.today() if text is None else day_of(text)
    except ContentError as error:
        raise typer.BadParameter(f"--on: {error}") from None


def _columns(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        part, sign, title = pair.partition("=")
        if not sign or not title:
            raise typer.BadParameter(f"--column: write PART=TITLE, e.g. text=body (got '{pair}')")
        found[part] = title
    return found


@contextmanager
def _progress(file: Path) -> Iterator[Progress | None]:
    """A bar on standard error; nothing when it is not a terminal."""
    if not sys.stderr.isatty() or not file.is_file():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[done]}"), console=Console(stderr=True), transient=True,
    ) as bars:  # fmt: skip
        task = bars.add_task(file.name, total=file.stat().st_size, done="")

        def update(messages: int, octets: int) -> None:
            elapsed = bars.tasks[0].elapsed or 0.0
            rate = f", {messages / elapsed:,.0f}/s" if elapsed else ""
            bars.update(task, completed=octets, done=f"{messages:,} messages{rate}")

        yield update


def _show(bill: Bill, by: tuple[str, ...], on: date) -> None:
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
        f"{format_money(total, currency)} for {messages:,} messages, "
        f"{segments:,} segments: {bill.table.kind} prices of {bill.table.card.name}{days}"
    )
    console.print(
        f"unrounded {format_money(total, currency, exact=True)}; "
        "without volume tiers, minimum fees and taxes, which an invoice adds"
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
            _grouped(amount, bill.table.currency), _share(amount, total),
        )  # fmt: skip
    rest = frame.iloc[MOST_ROWS:]
    if len(rest):
        table.add_section()
        amount = sum(int(cell) for cell in rest["amount_micros"])
        table.add_row(
            f"{len(rest):,} more", *[""] * (len(by) - 1), f"{rest['messages'].sum():,}",
            f"{rest['segments'].sum():,}", _grouped(amount, bill.table.currency),
            _share(amount, total),
        )  # fmt: skip
    return table


def _drivers(bill: Bill, total: int) -> Any:
    from rich.table import Table

    table = Table(caption="Drivers overlap: their shares do not add up.", caption_justify="left")
    table.add_column("paid for", overflow="fold")
    table.add_column(f"amount {bill.table.currency}", justify="right", no_wrap=True)
    table.add_column("share", justify="right", no_wrap=True)
    for driver in bill.drivers:
        amount = _grouped(driver.amount_micros, bill.table.currency)
        table.add_row(driver.name, amount, _share(driver.amount_micros, total))
    return table


def _grouped(amount: int, currency: str) -> str:
    from decimal import Decimal

    from smsc_sim.content.money import format_money

    return f"{Decimal(format_money(amount, currency).split()[0]):,}"


def _share(amount: int, total: int) -> str:
    return f"{100 * int(amount) / int(total):.1f} %" if total else "-"


def _write(path: Path, bill: Bill, by: tuple[str, ...]) -> None:
    """The table of all rows, with exact amounts."""
    import io

    from smsc_sim.content.bill import by_columns
    from smsc_sim.content.money import to_decimal
    from smsc_sim.content.spreadsheet import write_rows
    from smsc_sim.results.storage import write_bytes

    frame: pd.DataFrame = by_columns(bill.volumes, by)
    text = io.StringIO()
    titles = (*by, "messages", "segments", "amount", "currency")
    lines = (
        (*row[:-1], to_decimal(row[-1]), bill.table.currency)
        for row in frame.itertuples(index=False, name=None)
    )
    write_rows(text, titles, lines)
    write_bytes(path, text.getvalue().encode())
