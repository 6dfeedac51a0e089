"""The verb `report`: draw the report of saved results again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from smsc_sim.cli import FINE

FORMATS = ("pdf", "png")


def report(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that `run` wrote.")],
    format_: Annotated[
        str, typer.Option("--format", metavar="pdf,png", help="What to write.")
    ] = "pdf,png",
) -> int:
    """Write the PDF and PNG report of saved results; nothing is simulated.

    Example: smsc-sim report reports/quickstart --format pdf
    """
    from smsc_sim.report.document import write_report
    from smsc_sim.results.estimates import Estimates

    formats = tuple(part.strip() for part in format_.split(","))
    wrong = [part for part in formats if part not in FORMATS]
    if wrong:
        raise typer.BadParameter(f"no format is called '{wrong[0]}'; known: {', '.join(FORMATS)}")
    written = write_report(Estimates.load(directory), directory, formats)
    for path in written:
        typer.echo(str(path))
    return FINE
