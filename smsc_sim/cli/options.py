"""Options that several verbs share, each described once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Scenario = Annotated[Path, typer.Argument(metavar="SCENARIO", help="The scenario's YAML file.")]
Variant = Annotated[
    str | None, typer.Option("--variant", metavar="NAME", help="Apply a variant of the scenario.")
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change one value: --set 'smscs.north.rate=600 msg/s'. May be repeated.",
    ),
]
Window = Annotated[
    str | None,
    typer.Option("--window", metavar="A-B", help="Only this part of the day: 19:00-21:00."),
]
Scale = Annotated[
    str | None,
    typer.Option("--scale", metavar="F", help="Keep this share of people, volumes and units: 0.1."),
]
