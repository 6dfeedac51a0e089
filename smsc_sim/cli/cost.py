"""The verb `cost`: what a file of messages costs, by what, and what drives the bill."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smsc_sim.cli import FINE
from smsc_sim.cli.cost_show import show, write_bill, write_table
from smsc_sim.cli.progress import file_progress
from smsc_sim.cli.texts import languages_of, reference_octets_of, savings_of, text_alphabet

if TYPE_CHECKING:
    from smsc_sim.planning.cost_files import Bill


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
    operators: Annotated[
        Path | None,
        typer.Option("--operators", metavar="FILE.csv", help="Operators by prefix of the number."),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--language",
            metavar="[COUNTRY=]NAME",
            help="National tables that phones know, everywhere or in a country: TR=turkish. "
            "May be repeated.",
        ),
    ] = None,
    alphabet: Annotated[
        str | None,
        typer.Option("--alphabet", metavar="GSM7|UCS2", help="Default: the smaller one, by text."),
    ] = None,
    reference: Annotated[
        int, typer.Option("--reference", metavar="8|16", help="Bits of the reference of a series.")
    ] = 8,
    boundary: Annotated[
        str,
        typer.Option(
            "--boundary", metavar="surrogate|grapheme", help="What a cut never goes through."
        ),
    ] = "surrogate",
    most_segments: Annotated[
        int, typer.Option("--most-segments", help="A message that needs more is not priced.")
    ] = 255,
    shorten: Annotated[
        bool, typer.Option("--shorten", help="Say what txt speak would save too; slower.")
    ] = False,
    probability: Annotated[
        float,
        typer.Option(
            "--probability",
            metavar="P",
            help="That the provider puts plain characters in, for the saving: 0.8.",
        ),
    ] = 1.0,
    replacements: Annotated[
        Path | None,
        typer.Option("--replacements", metavar="FILE.csv", help="Your own plain characters."),
    ] = None,
    lexicon: Annotated[
        Path | None, typer.Option("--lexicon", metavar="FILE.csv", help="Your own txt speak.")
    ] = None,
    invoice: Annotated[
        Path | None,
        typer.Option("--invoice", metavar="FILE.csv", help="Write invoices: tiers, fees, VAT."),
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", metavar="COLUMN", help="Whose invoice.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", help="Of the invoice. Default: of the card.")
    ] = None,
    exchange: Annotated[
        Path | None,
        typer.Option(
            "--exchange", metavar="FILE.csv", help="Exchange rates: date,base,quote,rate,source."
        ),
    ] = None,
    vat: Annotated[str, typer.Option("--vat", metavar="PERCENT", help="Of the invoice.")] = "0",
    drivers: Annotated[
        bool, typer.Option("--drivers/--no-drivers", help="Say what drives the bill.")
    ] = True,
) -> int:
    """Price every message of a file, exactly, and show where the money goes.

    Rows that cannot be priced go to a file with their numbers; a destination without a price is an
    error. docs/messages_and_money.md walks from a text to an invoice.

    For example:

    smsc-sim cost sent.csv.gz --by country,campaign --out bill.csv

    smsc-sim cost sent.parquet --column text=body --column number=msisdn --language TR=turkish

    smsc-sim cost sent.csv --rates card.csv --account sender --invoice may.csv --vat 25.5
    """
    from smsc_sim.content.cutting import cutting_of
    from smsc_sim.content.operators import load_operators
    from smsc_sim.content.price_table import default_card, price_table
    from smsc_sim.content.rates import load_rate_card
    from smsc_sim.planning.cost_files import bill_of

    table = price_table(
        load_rate_card(rates or default_card()),
        kind_option(kind),
        fallback_micros=micros_option(fallback),
    )
    cutting = cutting_of(
        languages_of(language or []),
        alphabet=text_alphabet(alphabet),
        reference_octets=reference_octets_of(reference),
        boundary=boundary,
        most_segments=most_segments,
    )
    wanted = tuple(dict.fromkeys(title.strip() for title in by.split(",") if title.strip()))
    terms = None if invoice is None else _Terms(account, currency, exchange, vat)
    keys = wanted if account is None else tuple(dict.fromkeys([*wanted, account]))
    beside = rejects or Path(f"{file.name.removesuffix('.gz').rpartition('.')[0]}.rejects.csv")
    _refuse_input(file, {"--out": out, "--rows": rows, "--rejects": beside, "--invoice": invoice})
    with file_progress(file, "messages") as progress:
        bill = bill_of(
            file,
            table,
            by=keys,
            on=day_option(on),
            country=country,
            columns=columns_of(column or []),
            operators=None if operators is None else load_operators(operators),
            cutting=cutting,
            rows=rows,
            rejects=beside,
            drivers=drivers,
            savings=savings_of(replacements, lexicon, probability),
            shorten=shorten,
            progress=progress,
        )
    show(bill, wanted, day_option(on))
    if out is not None:
        write_bill(out, bill, wanted)
        typer.echo(f"{out}: the whole table")
    if invoice is not None and terms is not None:
        terms.write(invoice, bill)
    if rows is not None:
        typer.echo(f"{rows}: {bill.priced:,} messages with their prices")
    if bill.rejected:
        sys.stderr.write(
            f"{bill.rejected:,} of {bill.read:,} messages are not priced: see {beside}\n"
        )
    return FINE


def _refuse_input(file: Path, written: dict[str, Path | None]) -> None:
    """Raise ContentError if a file to write is the file that is read."""
    from smsc_sim.content.errors import ContentError

    for option, path in written.items():
        if path is not None and path.resolve() == file.resolve():
            raise ContentError(f"{option}: is the input itself (got {path}); name another file")


class _Terms:
    """What an invoice says beyond the volumes; checked before a long file is read."""

    def __init__(
        self, account: str | None, currency: str | None, exchange: Path | None, vat: str
    ) -> None:
        from smsc_sim.content.errors import ContentError
        from smsc_sim.content.exchange import load_exchange
        from smsc_sim.content.money import minor_digits

        self.account, self.currency = account, currency
        self.exchange = None if exchange is None else load_exchange(exchange)
        try:
            if currency is not None:
                minor_digits(currency)
        except ContentError as error:
            said = str(error).removeprefix("currency: ")
            raise typer.BadParameter(f"--currency: {said}") from None
        try:
            self.vat = Decimal(vat)
        except InvalidOperation:
            self.vat = Decimal(-1)
        if not (self.vat.is_finite() and 0 <= self.vat <= 100):
            raise typer.BadParameter(f"--vat: must be 0 to 100 percent (got '{vat}')")

    def write(self, path: Path, bill: Bill) -> None:
        """Write the lines and say their sum."""
        from smsc_sim.content.invoices import invoice_lines

        lines = invoice_lines(
            bill.volumes,
            bill.table,
            account=self.account,
            currency=self.currency,
            exchange=self.exchange,
            vat_percent=self.vat,
        )
        write_table(path, list(lines.columns), lines.itertuples(index=False, name=None))
        sums = {name: sum(lines[name]) for name in ("net", "vat", "gross")}
        currency = self.currency or bill.table.currency
        plural = "" if len(lines) == 1 else "s"
        typer.echo(
            f"{path}: {len(lines):,} line{plural}, {sums['net']:,} {currency} and "
            f"{sums['vat']:,} VAT, {sums['gross']:,} {currency} in all"
        )


def kind_option(name: str) -> Any:
    """Kind of price that an option names."""
    from smsc_sim.content.rate_cells import RateKind

    if name.upper() not in list(RateKind):
        raise typer.BadParameter(f"--kind: '{name}' is no kind of price; use {', '.join(RateKind)}")
    return RateKind(name.upper())


def micros_option(price: str | None) -> int | None:
    """Micros of a fallback price."""
    from smsc_sim.content.errors import ContentError
    from smsc_sim.content.rate_cells import price_of

    try:
        return None if price is None else price_of(price)
    except ContentError as error:
        raise typer.BadParameter(f"--fallback: {str(error).removeprefix('amount: ')}") from None


def day_option(text: str | None) -> date:
    """Day that an option names, or today."""
    from smsc_sim.content.errors import ContentError
    from smsc_sim.content.rate_cells import day_of

    try:
        return date.today() if text is None else day_of(text)
    except ContentError as error:
        raise typer.BadParameter(f"--on: {error}") from None


def columns_of(pairs: list[str]) -> dict[str, str]:
    """Parts of a message to titles of columns."""
    return pairs_of(pairs, "--column", "PART=TITLE, e.g. text=body")


def pairs_of(pairs: list[str], option: str, form: str) -> dict[str, str]:
    """What an option gives as NAME=VALUE, each."""
    found = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if not name or not value:
            raise typer.BadParameter(f"{option}: write {form} (got '{pair}')")
        found[name] = value
    return found
