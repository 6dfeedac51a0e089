"""The verb `run`: simulate a scenario, show a short table, write results and report."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smsc_sim.cli import FINE, INTERRUPTED, MISSED, UNDECIDED
from smsc_sim.cli.options import Scale, Scenario, Set, Variant, Window

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates


class EngineName(StrEnum):
    """Engines by name; those of `experiment.engines`, which is too slow to import for --help."""

    AUTO = "auto"
    COMPILED = "compiled"
    REFERENCE = "reference"


def run(
    scenario: Scenario,
    variant: Variant = None,
    engine: Annotated[
        EngineName,
        typer.Option(
            "--engine",
            help="auto: the compiled one (numba), or the reference engine (SimPy) for a short run"
            " before anything is compiled. The results are the same.",
        ),
    ] = EngineName.AUTO,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="In place of its seed.")] = None,
    replications: Annotated[
        int | None, typer.Option("--replications", min=1, help="In place of its replications.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes; default: one per processor.")
    ] = None,
    set_: Set = None,
    scale: Scale = None,
    window: Window = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Default: reports/NAME.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep finished replications of the same run.")
    ] = False,
    report: Annotated[bool, typer.Option(help="Write report.pdf and the figures.")] = True,
) -> int:
    """Simulate a scenario and write its results and report.

    Example: smsc-sim run scenarios/quickstart.yaml --replications 10
    """
    from smsc_sim.experiment import run as experiment
    from smsc_sim.scenario.loader import load

    changes = list(set_ or [])
    changes += [] if seed is None else [f"seed={seed}"]
    changes += [] if replications is None else [f"replications={replications}"]
    loaded = load(scenario, variant=variant, overrides=changes, window=window, scale=scale)
    for note in loaded.notes:
        _say(note)
    folder = out if out is not None else Path("reports") / loaded.scenario.name
    try:
        with Progress(loaded.scenario.replications) as progress:
            estimates = experiment.run(
                loaded,
                workers=workers,
                out=folder,
                resume=resume,
                engine=engine,
                progress=progress.update,
                notify=_say,
            )
    except experiment.Interrupted as stop:  # here, because typer keeps no message of it
        _say(f"{stop} in {folder}; --resume goes on from there")
        return INTERRUPTED
    files = 0
    if report:
        from smsc_sim.report.document import write_report

        try:
            files = len(write_report(estimates, folder))
        except KeyboardInterrupt:
            _say(f"interrupted: the results are whole; smsc-sim report {folder} writes the report")
            return INTERRUPTED
    show(estimates)
    typer.echo(f"{folder}: results" + (f", report.pdf and {files - 1} figures" if files else ""))
    return exit_code(estimates)


def exit_code(estimates: Estimates) -> int:
    """1 if a target is missed, 4 if one is undecided, 0 otherwise."""
    found = {verdict.status for verdict in estimates.targets}
    return MISSED if "missed" in found else UNDECIDED if "undecided" in found else FINE


def show(estimates: Estimates) -> None:
    """Print a short table of classes and targets to standard output."""
    from rich.console import Console
    from rich.table import Table

    from smsc_sim.results.measures import measure_of, unit_of
    from smsc_sim.results.words import quantity

    heads = {
        "submitted": "submitted",
        "delivery_ratio": "delivered",
        "within_30s": "in 30 s",
        "latency_p50": "median",
        "latency_p95": "95 % in",
    }
    console = Console(width=None if sys.stdout.isatty() else 100, highlight=False)
    table = Table(title=f"{estimates.manifest['name']}: 95 % intervals", title_justify="left")
    table.add_column("class", no_wrap=True)
    currency = estimates.manifest["currency"]
    for head in heads.values():
        table.add_column(head, justify="right")
    rows = estimates.measures[estimates.measures["entity_type"].isin(["class", "run"])]
    found: dict[tuple[str, str], Any] = {
        (row["entity"], row["measure"]): row for row in rows.to_dict("records")
    }
    for entity in dict.fromkeys(rows["entity"]):
        cells = []
        for name in heads:
            row = found.get((entity, name))
            cells.append(
                "-"
                if row is None
                else quantity(
                    row["estimate"],
                    row["half_width"],
                    measure_of(name).shape,
                    "" if measure_of(name).shape == "count" else unit_of(name, currency),
                )
            )
        table.add_row("all" if entity == "*" else entity, *cells)
    console.print(table)
    if (estimates.measures["measure"] == "logins").any():
        from smsc_sim.report.summary import Numbers, login_sentence

        console.print(*login_sentence(Numbers(estimates)))
    for verdict in estimates.targets:
        console.print(f"[bold]{verdict.status}[/bold]: {verdict.text} ({verdict.reason})")


class Progress:
    """Bars on standard error while replications run; nothing when it is not a terminal."""

    def __init__(self, replications: int) -> None:
        self._bars: Any = None
        self._tasks: dict[int, Any] = {}
        self._messages: dict[int, int] = {}
        self._replications = replications

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bars

            self._bars = Bars(
                TextColumn("{task.description}"),
                BarColumn(),
                TaskProgressColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                TextColumn("left"),
                console=Console(stderr=True),
                transient=True,
            )
            self._bars.start()
            self._all = self._bars.add_task(
                self._words(), total=float(self._replications), rate="starting"
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    def update(self, replication: int, share: float, messages: int) -> None:
        """Show how far a replication is."""
        if self._bars is None:
            return
        self._tasks[replication] = share
        self._messages[replication] = max(messages, self._messages.get(replication, 0))
        task = self._bars.tasks[0]
        elapsed = task.elapsed or 0.0
        rate = sum(self._messages.values()) / elapsed if elapsed > 0 else 0.0
        self._bars.update(
            self._all,
            description=self._words(),
            completed=sum(self._tasks.values()),
            rate=f"{rate:,.0f} messages/s",
        )

    def _words(self) -> str:
        done = sum(share >= 1.0 for share in self._tasks.values())
        return f"{done} of {self._replications} replications"


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
