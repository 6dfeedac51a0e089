"""From a year's YAML file to a checked `LoadedYear`, or to every problem in it at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from smsc_sim.content.condition_checks import kinds_needed, known_kinds
from smsc_sim.content.conditions import Condition
from smsc_sim.content.row_files import RowFile
from smsc_sim.content.templates import Template
from smsc_sim.scenario.document import Fields
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.list_checks import (
    check_columns,
    check_conditions,
    check_texts,
    open_list,
)
from smsc_sim.scenario.merge import place_of
from smsc_sim.scenario.named import Named
from smsc_sim.scenario.plans import card_of, read_plan
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
    kinds : dict of str to type
        Of the columns that conditions name.
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
    kinds: dict[str, type]
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
    found = Named(tree, path.parent.resolve())
    year = found.whole(Year)
    where = found.condition("audience.where")
    steps = found.keys("steps")
    conditions = {name: found.condition(f"steps.{name}.where") for name in steps}
    templates = {name: found.templates(f"steps.{name}.texts") for name in steps}
    card = card_of(found)
    run = found.file("run")
    listed = open_list(found, "audience", audience)
    kinds = {}
    if listed is not None:
        kinds = _checked_list(found, listed, where, conditions)
        for name, texts in templates.items():
            check_texts(found, listed, f"steps.{name}.texts", texts, f"steps.{name}.values")
    if year is not None:
        _check_days(found, year, conditions)
    found.refuse(path.name)
    assert year is not None and listed is not None, "else there were problems"
    return LoadedYear(
        year, path.name, digest, listed.path, where, conditions, templates, kinds, card, run, tree
    )


def _checked_list(
    found: Named,
    listed: RowFile,
    where: Condition | None,
    conditions: Mapping[str, Condition | None],
) -> dict[str, type]:
    """Kinds of the columns that conditions name; what a year asks of its list is checked."""
    if found.text("audience.opted_out") is None and "opted_out" in listed.titles:
        # The dated lists would say of everybody who had opted out that they had not.
        what = "leaves the column 'opted_out' of the list aside"
        found.wrong("audience", what, None, "add opted_out: opted_out")
    asked, dates = set(), {}
    for name in conditions:
        attribute = found.text(f"steps.{name}.asks")
        if attribute in listed.titles and attribute != found.text("audience.opted_out"):
            what = f"'{attribute}' is a column of the list already"
            found.wrong(f"steps.{name}.asks", what, None, "choose another name")
        asked |= {attribute} if attribute is not None else set()
        dates[f"steps.{name}.date"] = found.text(f"steps.{name}.date")
    check_columns(found, listed, dates)
    known = known_kinds(listed, [where, *conditions.values()])
    known |= {title: date for title in dates.values() if title in known}
    check_conditions(found, {"audience.where": where}, known)
    named = {f"steps.{name}.where": condition for name, condition in conditions.items()}
    check_conditions(found, named, known | dict.fromkeys(asked, str))
    needed = [
        name for c in (where, *conditions.values()) if c is not None for name in kinds_needed(c)
    ]
    return {name: known[name] for name in needed if name in known}


def _check_days(found: Named, year: Year, conditions: Mapping[str, Condition | None]) -> None:
    """Note steps outside the year, and those before the answers that they ask for."""
    first = year.start.date()
    last = first + timedelta(days=year.days)
    asking = {step.asks: name for name, step in year.steps.items() if step.asks is not None}
    for name, step in year.steps.items():
        if step.at is None:
            continue
        if not first <= step.at < last:
            what = f"is not in the year, which is from {first} to before {last}"
            found.wrong(f"steps.{name}.at", what, str(step.at), "choose another day")
            continue
        condition = conditions[name]
        for attribute in kinds_needed(condition) if condition is not None else ():
            if attribute not in asking:
                continue
            before = year.steps[asking[attribute]]
            assert before.at is not None, "the schema asks for it"
            gathered = before.at + timedelta(days=before.within)
            if step.at < gathered:
                found.wrong(
                    f"steps.{name}.at",
                    f"is before {gathered}, when the answers '{attribute}' of "
                    f"'{asking[attribute]}' are gathered; choose a later day",
                )
