"""The verb `trace`: the way of one message as a table and as a picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smsc_sim.cli import FINE
from smsc_sim.cli.options import Scale, Scenario, Set, Variant, Window

if TYPE_CHECKING:
    from smsc_sim.experiment.trace import Trace


def trace(
    scenario: Scenario,
    message: Annotated[
        str,
        typer.Option("--message", metavar="ID", help="Source and number from 0: codes:17."),
    ],
    replication: Annotated[int, typer.Option("--replication", min=0, help="From 0.")] = 0,
    variant: Variant = None,
    set_: Set = None,
    window: Window = None,
    scale: Scale = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE.png", help="Default: reports/NAME/trace-ID.png."),
    ] = None,
) -> int:
    """Show how one message travels: MAP operations between elements, with times and octets.

    Example: smsc-sim trace scenarios/quickstart.yaml --message codes:17
    """
    from smsc_sim.cli.run import Progress
    from smsc_sim.experiment.trace import trace as traced
    from smsc_sim.report.figures_ladder import ladder_figure
    from smsc_sim.results.storage import write_bytes
    from smsc_sim.scenario.loader import load

    loaded = load(scenario, variant=variant, overrides=set_ or [], window=window, scale=scale)
    with Progress(1) as progress:
        found = traced(
            loaded,
            message,
            replication=replication,
            on_progress=lambda share: progress.update(0, share, 0),
        )
    show(found)
    file = out or Path("reports") / loaded.scenario.name / f"trace-{message.replace(':', '-')}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(file, ladder_figure(found).png())
    typer.echo(f"{file}: the ladder of {message}")
    return FINE


def show(found: Trace) -> None:
    """Print the way of a message to standard output."""
    from rich.console import Console
    from rich.table import Table

    from smsc_sim.results.words import clock_ms, quantity

    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    console.print(f"{found.message}: {found.summary}")
    table = Table()
    for head in ("clock", "from", "to", "what", "over"):
        table.add_column(head)
    for head in ("octets", "took"):
        table.add_column(head, justify="right")
    for row in found.ways.itertuples(index=False):
        at_s, took_s, part, from_, to, what, octets, way, outcome = row
        table.add_row(
            clock_ms(found.manifest, at_s),
            from_,
            to if to != from_ else "",
            (f"({part}) " if part else "") + (f"{what}: {outcome}" if outcome else what),
            way,
            f"{octets:,}" if octets else "",
            quantity(took_s, float("nan"), "seconds") if took_s > 0 else "",
        )
    console.print(table)
