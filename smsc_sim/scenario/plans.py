"""From a plan's YAML file to a checked `LoadedPlan`, or to every problem in it at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from smsc_sim.content.conditions import Condition
from smsc_sim.content.errors import ContentError
from smsc_sim.content.rates import shipped_cards
from smsc_sim.content.sender_limits import SenderLimit, sender_limits
from smsc_sim.content.templates import Template
from smsc_sim.scenario.check import in_order, problems_of
from smsc_sim.scenario.document import Fields, Scalar, plain, read_document
from smsc_sim.scenario.errors import Place, ScenarioError, did_you_mean
from smsc_sim.scenario.files import decode, read_bytes
from smsc_sim.scenario.merge import place_of
from smsc_sim.scenario.named import Named
from smsc_sim.scenario.schema_base import Part
from smsc_sim.scenario.schema_plan import Plan, PlanLimits

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """A checked plan and what it names.

    Attributes
    ----------
    plan : Plan
        Every default filled in.
    file : str
        Name of the plan's file.
    digest : str
        SHA-256 of it.
    audience : Path
        The list of customers.
    where : Condition or None
    templates : dict of str to Template
        By language, in the order of the file.
    card : str or Path
        Name of the shipped card, or path of the plan's own.
    run : Path or None
        Folder of results.
    limits : tuple of (SenderLimit, float)
        Of operators, with their shares of the segments to their country.
    """

    plan: Plan
    file: str
    digest: str
    audience: Path
    where: Condition | None
    templates: dict[str, Template]
    card: str | Path
    run: Path | None
    limits: tuple[tuple[SenderLimit, float], ...]
    tree: Fields

    def refuse(self, path: str, problem: str) -> ScenarioError:
        """Error about the value of a dotted path that came up later."""
        place = place_of(self.tree, tuple(path.split(".")))
        return ScenarioError([f"{place}: {path}: {problem}"], self.file)


def load_plan(path: str | Path, *, audience: Path | None = None) -> LoadedPlan:
    """Read and check a plan.

    Parameters
    ----------
    path : str or Path
        The YAML file. Whatever it names must lie in its folder.
    audience : Path, optional
        List of customers, anywhere, in place of the one that it names.

    Returns
    -------
    LoadedPlan

    Raises
    ------
    ScenarioError
        Every problem found, one line each.
    """
    path = Path(path)
    tree, digest = read_plan(path)
    plan = checked(tree, Plan, path.name)
    found = Named(tree, path.parent.resolve())
    loaded = LoadedPlan(
        plan=plan,
        file=path.name,
        digest=digest,
        audience=audience or found.file("audience.file", plan.audience.file),
        where=found.condition("audience.where", plan.audience.where),
        templates=found.templates("texts", plan.texts),
        card=card_of(found, plan.rates.card),
        run=None if plan.run is None else found.file("run", plan.run),
        limits=limits_of(found, plan.limits),
        tree=tree,
    )
    refuse_problems(found, path.name)
    return loaded


def refuse_problems(found: Named, file: str) -> None:
    """Raise ScenarioError with what was gathered, if anything was."""
    if found.problems:
        raise ScenarioError([str(problem) for problem in in_order(found.problems)], file)


def read_plan(path: Path) -> tuple[Fields, str]:
    """Tree of a plan or a year with its name, and the SHA-256 of the file."""
    data, digest = read_bytes(path, path.name)
    tree = read_document(decode(data, path.name), path.name)
    if "name" not in tree.entries:
        place = Place(tree.place.file)
        tree = Fields({"name": (place, Scalar(path.stem, place)), **tree.entries}, tree.place)
    return tree, digest


def checked(tree: Fields, kind: type[P], file: str) -> P:
    """The tree as what it should be.

    Raises
    ------
    ScenarioError
        With every problem.
    """
    try:
        return kind.model_validate(plain(tree))
    except ValidationError as error:
        problems = in_order(problems_of(tree, error, kind))
        raise ScenarioError([str(problem) for problem in problems], file) from None


def card_of(found: Named, name: str) -> str | Path:
    """A shipped card, or a file."""
    if name in shipped_cards():
        return name
    if name.lower().endswith(".csv"):
        return found.file("rates", name)
    remedy = did_you_mean(name, shipped_cards())
    found.wrong("rates", "is no shipped rate card and no .csv file", name, remedy)
    return name


def limits_of(found: Named, part: PlanLimits | None) -> tuple[tuple[SenderLimit, float], ...]:
    """Limits of the tier that a plan names, with the shares of their operators."""
    if part is None:
        return ()
    try:
        limits = sender_limits(part.tier)
    except ContentError as error:
        problem, _, remedy = str(error).removeprefix("limits: ").partition("; ")
        found.wrong("limits.tier", problem, None, remedy)
        return ()
    operators = [limit.operator for limit in limits]
    if sorted(part.shares) != sorted(operators):
        what = f"must name the operators of the tier, {' and '.join(operators)}"
        found.wrong("limits.shares", what, None, "give each its share, 0 % if none")
    if sum(part.shares.values()) > 1 + 1e-9:
        total = 100 * sum(part.shares.values())
        found.wrong("limits.shares", f"sum to {total:g} %", None, "they must not exceed 100 %")
    return tuple((limit, part.shares.get(limit.operator, 0.0)) for limit in limits)
