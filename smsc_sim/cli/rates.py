"""The verbs `rates`: what cards say, lists of others as cards, how one differs from another."""

from __future__ import annotations

import sys
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smsc_sim.cli import FINE
from smsc_sim.cli.cost import columns_of, day_option, kind_option, micros_option, pairs_of
from smsc_sim.cli.cost_show import grouped, write_table

if TYPE_CHECKING:
    from rich.console import Console

    from smsc_sim.content.rates import RateCard

app = typer.Typer(help="Show, import and compare rate cards.", no_args_is_help=True)

Kind = Annotated[
    str, typer.Option("--kind", metavar="A2P|RETAIL|TERMINATION", help="Which prices.")
]
Country = Annotated[
    list[str] | None, typer.Option("--country", help="Only this one; may be repeated.")
]


@app.command("show")
def show(
    card: Annotated[
        str, typer.Argument(metavar="CARD", help="A shipped card or a CSV file; see below.")
    ] = "",
    kind: Kind = "A2P",
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="Default: today.")] = None,
    country: Country = None,
) -> int:
    """Show the prices of a card on a day; without a card, which are shipped.

    A file has the columns of a card, or is a price list of others (country, network and price; MCC
    and MNC), which is recognised.

    Example: smsc-sim rates show list-2026 --country FI
    """
    from rich.table import Table

    from smsc_sim.content.money import format_money
    from smsc_sim.content.rates import load_rate_card, rates_on, shipped_cards

    if not card:
        typer.echo("\n".join(shipped_cards()))
        return FINE
    day, wanted = day_option(on), kind_option(kind)
    found = rates_on(load_rate_card(card), wanted, day, country or ())
    table = Table(title=f"{card}: {wanted} prices on {day}", title_justify="left")
    for title in ("country", "operator", "from unit", "price", "surcharge", "per"):
        table.add_column(title, overflow="fold")
    for rate in found:
        extra = rate.surcharge_micros
        table.add_row(
            rate.country, rate.operator or "any", f"{rate.from_units + 1:,}",
            format_money(rate.price_micros, rate.currency, exact=True),
            format_money(extra, rate.currency, exact=True) if extra else "",
            f"{rate.charged} {rate.unit}",
        )  # fmt: skip
    console = _console()
    console.print(table)
    for source, said in sorted({(rate.source, rate.source_date) for rate in found}):
        console.print(f"Source: {source}" + ("" if said == date.min else f", as of {said}"))
    return FINE


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="LIST.csv", help="A price list of others.")],
    out: Annotated[Path, typer.Option("--out", metavar="CARD.csv", help="The card to write.")],
    kind: Kind = "A2P",
    currency: Annotated[
        str | None, typer.Option("--currency", help="Where the list does not say it: EUR.")
    ] = None,
    provider: Annotated[
        str | None, typer.Option("--provider", help="Where the list holds several.")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DAY", help="Day on which the list said so. Default: today."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="COLUMN=VALUE",
            help="Keep rows with this cell, of a file of several lists. May be repeated.",
        ),
    ] = None,
) -> int:
    """Turn a price list of others into a rate card, and say what was left out.

    Known are lists by country and network, and by MCC and MNC; countries by code or name; cells
    apart by comma, semicolon, tab or bar.

    Example: smsc-sim rates import prices.csv --provider Twilio --on 2026-05-25 --out twilio.csv
    """
    from collections import Counter

    from smsc_sim.content.editable import read_text
    from smsc_sim.content.rate_import import import_rates
    from smsc_sim.content.rate_rows import card_text
    from smsc_sim.results.storage import write_bytes

    found = import_rates(
        read_text(file), str(file), kind=kind_option(kind), currency=currency, provider=provider,
        on=day_option(on), only=pairs_of(only or [], "--only", "COLUMN=VALUE"),
    )  # fmt: skip
    write_bytes(out, card_text(found.rates).encode())
    countries = {rate.country for rate in found.rates}
    own = sum(bool(rate.operator) for rate in found.rates)
    typer.echo(
        f"{out}: {_counted(len(found.rates), 'price', 'prices')} in {found.rates[0].currency} to "
        f"{_counted(len(countries), 'country', 'countries')}, {own:,} of single operators"
    )
    for why, rows in Counter(why for _, why in found.left_out).most_common(5):
        sys.stderr.write(f"left out: {_counted(rows, 'row', 'rows')}, {why}\n")
    return FINE


def _counted(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


@app.command("change")
def change(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A shipped card or a CSV file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Another, or the same on a later day.")],
    kind: Kind = "A2P",
    old_day: Annotated[
        str | None, typer.Option("--old-day", metavar="DAY", help="Of the old prices.")
    ] = None,
    new_day: Annotated[
        str | None, typer.Option("--new-day", metavar="DAY", help="Of the new. Default: today.")
    ] = None,
    sent: Annotated[
        Path | None,
        typer.Option("--sent", metavar="FILE", help="Messages to price with both cards."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="PART=TITLE", help="Of that file, as in `cost`."),
    ] = None,
    fallback: Annotated[
        str | None,
        typer.Option("--fallback", metavar="PRICE", help="Per segment where a card has none."),
    ] = None,
    exchange: Annotated[
        Path | None,
        typer.Option(
            "--exchange",
            metavar="FILE.csv",
            help="For two currencies: date,base,quote,...",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.csv", help="Write the whole table.")
    ] = None,
) -> int:
    """Compare the prices of two cards by country, the largest rise first.

    With messages that were sent, say what they would cost with each card.

    For example:

    smsc-sim rates change list-2026 next.csv --sent sent.csv

    smsc-sim rates change list-2026 euro.csv --exchange ecb.csv
    """
    from smsc_sim.content.exchange import load_exchange
    from smsc_sim.content.rate_changes import rate_changes, worth_of_old
    from smsc_sim.content.rates import load_rate_card

    cards = load_rate_card(old), load_rate_card(new)
    wanted, days = kind_option(kind), (day_option(old_day), day_option(new_day))
    table = None if exchange is None else load_exchange(exchange)
    changes = rate_changes(*cards, wanted, *days, table)
    worth = worth_of_old(*cards, wanted, days[1], table)
    console = _console()
    titles = ("country", "operator", "from unit", "old", "new", "change", "percent")
    rows = [_row(found) for found in changes]
    if not changes:
        console.print(f"{old} on {days[0]} and {new} on {days[1]}: no {wanted} price differs")
    else:
        console.print(_table(f"{wanted} prices that differ", titles, rows))
    if out is not None:
        write_table(out, list(titles), rows)
        typer.echo(f"{out}: the whole table")
    if sent is not None:
        converted = None if table is None else worth
        _show_bills(console, sent, cards, wanted, days, column or [], fallback, converted)
    return FINE


def _row(found: Any) -> tuple[str, ...]:
    from smsc_sim.content.money import to_decimal

    def shown(amount: int | None) -> str:
        return "none" if amount is None else f"{to_decimal(amount)}"

    both = found.old_micros is not None and found.new_micros is not None
    return (
        found.country, found.operator or "any", f"{found.from_units + 1}",
        shown(found.old_micros), shown(found.new_micros),
        f"{to_decimal(found.new_micros - found.old_micros):+}" if both else "",
        "" if found.percent is None else f"{found.percent:+}",
    )  # fmt: skip


def _table(title: str, titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> Any:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for name in titles:
        left = name in ("country", "operator")
        table.add_column(name, justify="left" if left else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _show_bills(
    console: Console,
    sent: Path,
    cards: tuple[RateCard, RateCard],
    kind: Any,
    days: tuple[date, date],
    column: list[str],
    fallback: str | None,
    worth: Fraction | None,
) -> None:
    """What messages cost with either card, by country; old sums converted once, then rounded."""
    from smsc_sim.content.bill import by_columns
    from smsc_sim.content.price_table import price_table
    from smsc_sim.planning.cost_files import bill_of

    sums: list[dict[str, int]] = []
    currencies = []
    for card, day in zip(cards, days, strict=True):
        table = price_table(card, kind, fallback_micros=micros_option(fallback))
        bill = bill_of(
            sent, table, by=("country",), on=day, same_day=True, columns=columns_of(column),
            drivers=False,
        )  # fmt: skip
        currencies.append(table.currency)
        rows = by_columns(bill.volumes, ("country",)).itertuples(index=False, name=None)
        sums.append({country: amount for country, _, _, amount in rows})
        if bill.rejected:
            sys.stderr.write(f"{bill.rejected:,} of {bill.read:,} messages are not priced\n")
    if currencies[0] != currencies[1] and worth is None:
        raise typer.BadParameter(
            f"--sent: the cards are in {currencies[0]} and {currencies[1]}; bills in one "
            "currency can be compared; give --exchange"
        )
    before, after = sums
    total = round(sum(before.values()) * (worth or 1)), sum(after.values())
    before = {country: round(amount * (worth or 1)) for country, amount in before.items()}
    order = sorted(before, key=lambda country: before[country] - after[country])
    lines = [(name, before[name], after[name]) for name in order]
    lines.append(("all", *total))
    shown = [
        (name, *(grouped(amount, currencies[1]) for amount in (one, two, two - one)),
         f"{100 * (two - one) / one:+.1f} %" if one else "")
        for name, one, two in lines
    ]  # fmt: skip
    titles = ("country", "old", "new", "change", "percent")
    console.print(_table(f"{sent.name} in {currencies[1]}", titles, shown))


def _console() -> Console:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 100, highlight=False, markup=False)
