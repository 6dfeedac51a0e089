"""The verb `fit`: a profile and bursts from a trace, or lengths of texts from a corpus."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smsc_sim.cli import FINE

if TYPE_CHECKING:
    from smsc_sim.planning.fit import Fit

MONDAY = "2026-01-05T00:00 UTC"


def fit(
    trace: Annotated[
        Path, typer.Argument(metavar="TRACE", help="CSV or Parquet, a row a message; or texts.")
    ],
    column: Annotated[
        str | None, typer.Option("--column", help="Of times. Default: time or timestamp.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--start",
            metavar="MOMENT",
            help="Of second 0, e.g. '2026-01-05T00:00 Europe/Copenhagen'. Default: a Monday.",
        ),
    ] = None,
    texts: Annotated[
        str | None,
        typer.Option(
            "--texts",
            metavar="COLUMN",
            help="Measure the texts of this column instead: how long, in which alphabet.",
        ),
    ] = None,
    name: Annotated[
        str, typer.Option("--name", help="Of profile and traffic, or of the texts.")
    ] = "fitted",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.yaml", help="Default: the screen.")
    ] = None,
) -> int:
    """Fit the hours of the day, the days of the week and bursts to messages that were really sent.

    With --texts it measures lengths and alphabets of texts; a .txt file has a text in each line.

    Example: smsc-sim fit messages.csv --start "2026-01-05T00:00 Europe/Helsinki" --out fitted.yaml
    """
    if texts is not None:
        return _fit_texts(trace, texts, name, out)
    from smsc_sim.planning.fit import FitError, as_yaml
    from smsc_sim.planning.fit import fit as fitted
    from smsc_sim.results.storage import write_bytes
    from smsc_sim.scenario.errors import Place, Refusal, ScenarioError
    from smsc_sim.scenario.files import read_bytes
    from smsc_sim.scenario.moments import later, parse_start
    from smsc_sim.scenario.traces import read_trace

    try:
        origin = parse_start(start or MONDAY)
    except Refusal as refusal:
        raise typer.BadParameter(f"--start: {refusal.problem}; {refusal.remedy}") from None
    zone = origin.tzinfo
    assert zone is not None
    data, _ = read_bytes(trace, str(trace))
    rows = read_trace(data, trace, str(trace), Place(str(trace)), zone, column)
    begin: datetime = (
        rows.start.astimezone(zone)
        if rows.start is not None
        else later(origin, round(rows.first_s * 1e9))
    )
    try:
        found = fitted(rows, begin)
    except FitError as error:
        raise ScenarioError([f"{trace}: {error}; give a longer trace"], str(trace)) from None
    text = as_yaml(found, name)
    if rows.start is None and start is None:
        typer.echo("second 0 is taken as a Monday, 00:00: say --start where it is not", err=True)
    if out is None:
        typer.echo(text, nl=False)
        return FINE
    out.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(out, text.encode())
    _show(found)
    typer.echo(f"{out}: profile and traffic '{name}'")
    return FINE


def _fit_texts(corpus: Path, column: str, name: str, out: Path | None) -> int:
    from smsc_sim.planning.fit_texts import fit_texts, texts_yaml
    from smsc_sim.results.storage import write_bytes

    found = fit_texts(corpus, column)
    text = texts_yaml(found, name, corpus.name)
    if out is None:
        typer.echo(text, nl=False)
        return FINE
    out.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(out, text.encode())
    left = f", {found.unusable:,} left out" if found.unusable else ""
    typer.echo(f"texts          {found.texts:,} in {found.segments:.3f} segments on average{left}")
    typer.echo(f"{out}: texts '{name}'")
    return FINE


def _show(found: Fit) -> None:
    """Print what was found, a line each."""
    for title, value in (
        ("messages", f"{found.messages:,} in {found.hours:,} whole hours, {found.people:,} people"),
        ("per hour", f"mean {found.mean:.4g}, busiest {found.busiest:,}"),
        ("variance/mean", f"{found.dispersion:.3g}, around the profile {found.around_profile:.3g}"),
        ("batches", f"of {found.batch:.4g} on average"),
        ("bursts", _bursts(found)),
    ):
        typer.echo(f"{title:<14} {value}")


def _bursts(found: Fit) -> str:
    if found.calm is None or found.busy is None:
        return "none: Poisson around the profile"
    (calm, calm_s), (busy, busy_s) = found.calm, found.busy
    return (
        f"{calm:.3g} of the mean rate for {calm_s / 60:.3g} min, "
        f"then {busy:.3g} times for {busy_s / 60:.3g} min, on average"
    )
