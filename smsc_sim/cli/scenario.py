"""Verbs about the scenario itself: check, explain, new, schema."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smsc_sim.cli import FINE
from smsc_sim.cli.options import Scale, Scenario, Set, Variant, Window

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from smsc_sim.scenario.loader import Loaded


def check(
    scenario: Scenario,
    variant: Variant = None,
    set_: Set = None,
    window: Window = None,
    scale: Scale = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects", metavar="DIR", help="Write what cannot be used of each list of customers."
        ),
    ] = None,
) -> int:
    """Check a scenario and all its variants; nothing is simulated.

    Example: smsc-sim check scenarios/quickstart.yaml
    """
    from smsc_sim.scenario.compile import compile_scenario
    from smsc_sim.scenario.compile_customers import audience_lines
    from smsc_sim.scenario.loader import load

    loaded = load(scenario, variant=variant, overrides=set_ or [], window=window, scale=scale)
    compiled = compile_scenario(loaded)
    for note in loaded.notes:
        typer.echo(note)
    for line in audience_lines(compiled.names.audiences):
        typer.echo(line)
    if rejects is not None:
        _write_rejects(loaded, rejects)
    part = loaded.scenario
    typer.echo(
        f"{loaded.file}: fine; {compiled.network.nodes + compiled.network.link_sets} elements, "
        f"{sum(p.size for p in part.populations.values()):,} phones, "
        f"kinds of traffic: {len(part.traffic)}, failures: {len(part.failures)}, "
        f"replications: {part.replications}"
    )
    return FINE


def _write_rejects(loaded: Loaded, folder: Path) -> None:
    """Write a CSV file for each traffic with a list of which some rows cannot be used."""
    from contextlib import ExitStack

    from smsc_sim.planning.rejects import Rejects
    from smsc_sim.scenario.customer_rows import rejects_of

    for name in sorted(loaded.lists):
        path = folder / f"{name}.csv"
        with ExitStack() as stack:
            rows = Rejects(path, stack)
            for found in rejects_of(loaded, name):
                rows.add(found)
            rows.keep()
            if rows.n:
                typer.echo(f"{path}: {rows.n:,} rows of '{name}' that cannot be used")


def explain(
    scenario: Scenario,
    variant: Variant = None,
    set_: Set = None,
    window: Window = None,
    scale: Scale = None,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Print the YAML with every default filled in.")
    ] = False,
) -> int:
    """Say what a scenario means: timetable, offered load by theory, what a failure would do.

    Example: smsc-sim explain scenarios/quickstart.yaml
    """
    from smsc_sim.planning.explain import as_text
    from smsc_sim.planning.explain import explain as explained
    from smsc_sim.scenario.compile import compile_scenario
    from smsc_sim.scenario.loader import load, resolved_yaml

    loaded = load(scenario, variant=variant, overrides=set_ or [], window=window, scale=scale)
    compiled = compile_scenario(loaded)
    if resolved:
        typer.echo(resolved_yaml(loaded), nl=False)
    else:
        typer.echo(as_text(explained(loaded, compiled)))
    return FINE


def _folder() -> Any:
    """Examples: in the package, or beside it in a checkout."""
    packaged = files("smsc_sim").joinpath("data", "scenarios")
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "scenarios"


def _examples() -> dict[str, Traversable]:
    """YAML files of the examples by name: scenarios, then plans of campaigns and of years."""
    return {
        f"{before}{entry.name.removesuffix('.yaml')}": entry
        for before, folder in (("", _folder()), ("campaign/", _folder() / "campaign"))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".yaml")
    }


def _completed(begun: str) -> list[str]:
    """Names of examples that begin so, for the shell."""
    return [name for name in _examples() if name.startswith(begun)]


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the new scenario or plan.")],
    from_: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="EXAMPLE",
            help=f"Example to copy: {', '.join(_examples())}.",
            autocompletion=_completed,
        ),
    ] = "quickstart",
) -> int:
    """Copy a working example to NAME.yaml, with the tables and lists that it names.

    For example:

    smsc-sim new mine --from quickstart

    smsc-sim new sale --from campaign/spring_sale
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", name):
        raise typer.BadParameter(f"'{name}' is no name for a file; use letters, digits, '_', '-'")
    examples = _examples()
    if from_ not in examples:
        from smsc_sim.scenario.errors import did_you_mean

        remedy = did_you_mean(from_, examples)
        raise typer.BadParameter(f"no example is called '{from_}'; {remedy}")
    target = Path(f"{name}.yaml")
    if target.exists():
        raise typer.BadParameter(f"{target} exists already; choose another name")
    text = examples[from_].read_text(encoding="utf-8")
    text = re.sub(r"(?m)^name: .*$", f"name: {name}", text, count=1)
    target.write_text(text, encoding="utf-8")
    group, _, _ = from_.rpartition("/")
    beside = [name for name in _named_files(text) if _copied(_folder() / group, name)]
    typer.echo("".join(f"{name}: which it names\n" for name in beside), nl=False)
    verb = group or "run"
    typer.echo(f"{target}: a copy of {from_}; next: smsc-sim {verb} {target}")
    return FINE


def _named_files(text: str) -> list[str]:
    """Tables and lists that an example names, once each."""
    return list(dict.fromkeys(re.findall(r"\b(?:file|from): ([\w/.-]+\.(?:csv|parquet))\b", text)))


def _copied(folder: Any, name: str) -> bool:
    """Copy a file of the examples to where the user is, unless there is one of its name."""
    source, target = folder.joinpath(*name.split("/")), Path(name)
    if target.exists():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())
    return True


def schema() -> int:
    """Print the JSON Schema of scenarios, for editors that complete and check YAML.

    Example: smsc-sim schema > smsc-sim.schema.json
    """
    from smsc_sim.scenario.editor import json_schema

    typer.echo(json.dumps(json_schema(), indent=1, ensure_ascii=False))
    return FINE
