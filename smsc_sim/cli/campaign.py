"""The verb `campaign`: reach, segments, cost and what to expect, before anything is sent."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smsc_sim.cli import FINE
from smsc_sim.cli.progress import file_progress

if TYPE_CHECKING:
    from smsc_sim.content.customers import Counts
    from smsc_sim.report.tables import Table


def campaign(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="YAML file of a campaign, or of a year: steps.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Default: reports/NAME of the plan."),
    ] = None,
    list_: Annotated[
        Path | None,
        typer.Option("--list", metavar="FILE", help="List of customers in place of the plan's."),
    ] = None,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Write the PDF, figures and tables.")
    ] = True,
) -> int:
    """Plan a campaign, or a year of them: who is reached, what it costs; nothing is sent.

    A year has steps, each of which reaches those whom the steps before have left.

    Example: smsc-sim campaign scenarios/campaign/spring_sale.yaml
    """
    from smsc_sim.scenario.years import is_year

    if list_ is not None and not list_.is_file():
        raise typer.BadParameter(f"{list_}: there is no such file", param_hint="--list")
    if is_year(plan):
        return _year(plan, out, list_, report)
    return _campaign(plan, out, list_, report)


def _campaign(plan: Path, out: Path | None, audience: Path | None, report: bool) -> int:
    from smsc_sim.planning.campaign import plan_campaign
    from smsc_sim.report import campaign_words as words
    from smsc_sim.report.campaign import write_campaign
    from smsc_sim.scenario.plans import load_plan

    loaded = load_plan(plan, audience=audience)
    folder = out if out is not None else Path("reports") / loaded.plan.name
    rejects = _rejects_in(folder, loaded.audience)
    with file_progress(loaded.audience, "customers") as progress:
        found = plan_campaign(loaded, rejects=rejects, progress=progress)
    # Files first: whoever reads the screen may close it.
    files = write_campaign(found, folder) if report else []
    console = _console()
    for sentence in words.sentences(found):
        console.print(sentence)
    console.print(_shown("customers", words.funnel(found)))
    console.print(_shown("by country", words.countries(found)))
    if any(driver.amount_micros for driver in found.drivers):
        console.print(_shown("drivers, which overlap", words.drivers(found)))
    console.print(_shown("texts", words.texts(found)))
    if files:
        typer.echo(f"{folder}: {', '.join(path.name for path in files)}")
    _tell_rejects(found.counts, rejects)
    return FINE


def _year(plan: Path, out: Path | None, audience: Path | None, report: bool) -> int:
    from smsc_sim.planning.year import plan_year
    from smsc_sim.report import year_words as words
    from smsc_sim.report.year import write_year
    from smsc_sim.scenario.years import load_year

    loaded = load_year(plan, audience=audience)
    folder = out if out is not None else Path("reports") / loaded.plan.name
    rejects = _rejects_in(folder, loaded.audience)
    found = plan_year(loaded, rejects=rejects)
    files = write_year(found, folder) if report else []
    console = _console()
    for sentence in words.sentences(found):
        console.print(sentence)
    console.print(_shown("steps", words.steps(found)))
    console.print(_shown("the list over the year", words.months(found)))
    console.print(_shown("who is left out, on average", words.left_out(found)))
    if files:
        typer.echo(f"{folder}: {', '.join(path.name for path in files)}")
    _tell_rejects(found.people.counts, rejects)
    return FINE


def _rejects_in(folder: Path, audience: Path) -> Path:
    """File for the rows that cannot be used; never the list itself."""
    from smsc_sim.content.errors import ContentError

    path = folder / "rejects.csv"
    if path.exists() and path.samefile(audience):
        raise ContentError(f"{path}: is the list itself; choose another folder: --out")
    return path


def _tell_rejects(counts: Counts, rejects: Path) -> None:
    refused = counts.rejected + counts.duplicates
    if refused:
        sys.stderr.write(f"{refused:,} rows of the list are not used: see {rejects}\n")


def _console() -> Any:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 100, highlight=False, markup=False)


def _shown(title: str, table: Table) -> Any:
    """A table of the report on the screen."""
    from rich.table import Table as Screen

    screen = Screen(title=title, title_justify="left")
    words = (
        "customers",
        "country",
        "step",
        "goes out",
        "day",
        "paid for",
        "language",
        "the first of them",
    )
    for name, unit in table.columns:
        head = f"{name} [{unit}]" if unit else name
        screen.add_column(head, justify="left" if name in words else "right", overflow="fold")
    for row in table.rows:
        screen.add_row(*(f"{value} {half}".rstrip() for value, half in row))
    return screen
