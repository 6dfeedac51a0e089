"""The verb `answers`: what customers have answered becomes a column of a new, dated list."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from smsc_sim.cli import FINE


def answers(
    customers: Annotated[Path, typer.Argument(metavar="LIST", help="List of customers.")],
    answers: Annotated[
        Path, typer.Argument(metavar="ANSWERS", help="A row an answer: number and text.")
    ],
    as_: Annotated[str, typer.Option("--as", metavar="NAME", help="Of the new column.")],
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="Of the new list: 2026-05-18.")],
    number: Annotated[str, typer.Option("--number", help="Column of numbers in both.")] = "number",
    text: Annotated[str, typer.Option("--text", help="Column of answers.")] = "text",
    opted_out: Annotated[
        str, typer.Option("--opted-out", help="Column of the list for opt-outs.")
    ] = "opted_out",
    stop: Annotated[
        str, typer.Option("--stop", help="Words that are opt-outs, with commas between.")
    ] = "stop,end,quit,cancel,unsubscribe",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Default: where the list is.")
    ] = None,
) -> int:
    """Write answers back as an attribute, into a new dated list; the list itself stays as it is.

    Example: smsc-sim answers customers.csv replies.csv --as wants_offers --on 2026-05-18
    """
    from smsc_sim.planning.answers import Columns, write_back

    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise typer.BadParameter(f"{on}: is no day; write e.g. 2026-05-18") from None
    words = tuple(word.strip().casefold() for word in stop.split(","))
    folder = out if out is not None else customers.parent
    columns = Columns(as_, number, text, opted_out)
    found = write_back(customers, answers, columns, day, folder, words)
    said = ", ".join(f"{n:,} {word}" for word, n in found.said.most_common(10))
    typer.echo(
        f"{found.answers:,} answers: {found.answered:,} of {found.customers:,} customers have "
        f"answered" + (f": {said}" if said else "") + f"; {found.opted_out:,} opt out"
    )
    typer.echo(f"{found.file}: the list of that day, with the column {as_}")
    if found.rejected:
        typer.echo(
            f"{found.rejected:,} rows are not used: see {folder / 'answers-rejects.csv'}", err=True
        )
    return FINE
