"""From a plan's YAML file to a checked `LoadedPlan`, or to every problem in it at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from smsc_sim.content.condition_checks import known_kinds
from smsc_sim.content.conditions import Condition
from smsc_sim.content.errors import ContentError
from smsc_sim.content.rates import shipped_cards
from smsc_sim.content.sender_limits import SenderLimit, sender_limits
from smsc_sim.content.templates import Template
from smsc_sim.scenario.check import refuse_other_kind
from smsc_sim.scenario.document import Fields, Scalar, read_document
from smsc_sim.scenario.errors import Place, ScenarioError, did_you_mean
from smsc_sim.scenario.files import decode, read_bytes
from smsc_sim.scenario.list_checks import check_conditions, check_texts, open_list
from smsc_sim.scenario.merge import place_of
from smsc_sim.scenario.named import Named
from smsc_sim.scenario.schema_plan import Plan, PlanLimits, PlanRates


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
    found = Named(tree, path.parent.resolve())
    plan = found.whole(Plan)
    where = found.condition("audience.where")
    templates = found.templates("texts")
    card, limits = card_of(found), limits_of(found)
    run = found.file("run")
    listed = open_list(found, "audience", audience)
    if listed is not None:
        check_conditions(found, {"audience.where": where}, known_kinds(listed, [where]))
        check_texts(found, listed, "texts", templates, "values")
    found.refuse(path.name)
    assert plan is not None and listed is not None, "else there were problems"
    file = listed.path
    return LoadedPlan(plan, path.name, digest, file, where, templates, card, run, limits, tree)


def read_plan(path: Path) -> tuple[Fields, str]:
    """Tree of a plan or a year with its name, and the SHA-256 of the file."""
    data, digest = read_bytes(path, path.name)
    tree = read_document(decode(data, path.name), path.name)
    what, remedy = "is a key of scenarios, not of plans", "use smsc-sim check or run"
    refuse_other_kind(tree, ("extends", "traffic", "link_sets"), what, remedy)
    if "name" not in tree.entries:
        place = Place(tree.place.file)
        tree = Fields({"name": (place, Scalar(path.stem, place)), **tree.entries}, tree.place)
    return tree, digest


def card_of(found: Named) -> str | Path:
    """A shipped card, or a file."""
    path = "rates" if found.text("rates.card") is None else "rates.card"
    name = found.text(path) or PlanRates().card
    if name in shipped_cards():
        return name
    if name.lower().endswith(".csv"):
        return found.file(path) or name
    remedy = did_you_mean(name, shipped_cards())
    found.wrong(path, "is no shipped rate card and no .csv file", name, remedy)
    return name


def limits_of(found: Named) -> tuple[tuple[SenderLimit, float], ...]:
    """Limits of the tier that a plan names, with the shares of their operators."""
    part = found.part("limits", PlanLimits)
    if part is None:
        return ()
    try:
        limits = sender_limits(part.tier)
    except ContentError as error:
        found.wrong("limits.tier", str(error).removeprefix("limits: "))
        return ()
    operators = [limit.operator for limit in limits]
    if sorted(part.shares) != sorted(operators):
        what = f"must name the operators of the tier, {' and '.join(operators)}"
        found.wrong("limits.shares", what, None, "give each its share, 0 % if none")
    if sum(part.shares.values()) > 1 + 1e-9:
        total = 100 * sum(part.shares.values())
        found.wrong("limits.shares", f"sum to {total:g} %", None, "they must not exceed 100 %")
    return tuple((limit, part.shares.get(limit.operator, 0.0)) for limit in limits)
