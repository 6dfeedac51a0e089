"""From a year's YAML file to a checked `LoadedYear`, or to every problem in it at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from smsc_sim.content.conditions import Condition
from smsc_sim.content.templates import Template
from smsc_sim.scenario.document import Fields
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.merge import place_of
from smsc_sim.scenario.named import Named
from smsc_sim.scenario.plans import card_of, checked, read_plan, refuse_problems
from smsc_sim.scenario.schema_year import Year


@dataclass(frozen=True, slots=True)
class LoadedYear:
    """A checked year and what it names.

    Attributes
    ----------
    plan : Year
        Every default filled in.
    file : str
        Name of the year's file.
    digest : str
        SHA-256 of it.
    audience : Path
        The list of customers.
    where : Condition or None
        That holds for all steps.
    conditions : dict of str to Condition or None
        By step.
    templates : dict of str to dict of str to Template
        By step and language.
    card : str or Path
    run : Path or None
        Folder of results.
    """

    plan: Year
    file: str
    digest: str
    audience: Path
    where: Condition | None
    conditions: dict[str, Condition | None]
    templates: dict[str, dict[str, Template]]
    card: str | Path
    run: Path | None
    tree: Fields

    def refuse(self, path: str, problem: str) -> ScenarioError:
        """Error about the value of a dotted path that came up later."""
        place = place_of(self.tree, tuple(path.split(".")))
        return ScenarioError([f"{place}: {path}: {problem}"], self.file)


def is_year(path: str | Path) -> bool:
    """Whether a file plans a year: it has steps.

    Raises
    ------
    ScenarioError
        If it cannot be read.
    """
    return "steps" in read_plan(Path(path))[0].entries


def load_year(path: str | Path, *, audience: Path | None = None) -> LoadedYear:
    """Read and check a year.

    Parameters
    ----------
    path : str or Path
        The YAML file. Whatever it names must lie in its folder.
    audience : Path, optional
        List of customers, anywhere, in place of the one that it names.

    Returns
    -------
    LoadedYear

    Raises
    ------
    ScenarioError
        Every problem found, one line each.
    """
    path = Path(path)
    tree, digest = read_plan(path)
    year = checked(tree, Year, path.name)
    found = Named(tree, path.parent.resolve())
    steps = year.steps.items()
    loaded = LoadedYear(
        plan=year,
        file=path.name,
        digest=digest,
        audience=audience or found.file("audience.file", year.audience.file),
        where=found.condition("audience.where", year.audience.where),
        conditions={name: found.condition(f"steps.{name}.where", s.where) for name, s in steps},
        templates={name: found.templates(f"steps.{name}.texts", s.texts) for name, s in steps},
        card=card_of(found, year.rates.card),
        run=None if year.run is None else found.file("run", year.run),
        tree=tree,
    )
    last = year.start.date() + timedelta(days=year.days)
    for name, step in steps:
        if step.at is not None and not year.start.date() <= step.at < last:
            what = f"is not in the year, which is from {year.start.date()} to before {last}"
            found.wrong(f"steps.{name}.at", what, str(step.at), "choose another day")
    refuse_problems(found, path.name)
    return loaded
