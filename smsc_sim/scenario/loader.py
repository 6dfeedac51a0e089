"""From a scenario file to a checked `Loaded`, or to every problem in it at once.

Priority, lowest first: shipped tables, extended files, the file, the variant, --set.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from smsc_sim.scenario.adapt import parse_factor, scaled, windowed
from smsc_sim.scenario.check import LOADER_KEYS, check, in_order, refuse_other_kind
from smsc_sim.scenario.customer_lists import CustomerList, read_lists
from smsc_sim.scenario.document import Fields, Node, Scalar, flow, read_value
from smsc_sim.scenario.errors import Place, Problem, Refusal, ScenarioError, did_you_mean
from smsc_sim.scenario.files import inside, read_bytes
from smsc_sim.scenario.merge import expanded, find, leaves, merge, place_of, unknown_elements
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_trace import TraceTraffic
from smsc_sim.scenario.shipped import SHIPPED, shipped_table, with_shipped, without_unused
from smsc_sim.scenario.sources import MAPS, Sources, read_tree
from smsc_sim.scenario.traces import TraceRows, read_trace


@dataclass(frozen=True, slots=True)
class Loaded:
    """A checked scenario and where it came from.

    Attributes
    ----------
    scenario : Scenario
        Every default filled in.
    file : str
        Name of the scenario file.
    files : tuple of (str, str)
        Name, relative to the scenario's folder, and SHA-256 of every file read, in order of name.
    resolved : dict
        The scenario as plain data with units, as `resolved_yaml` writes it.
    notes : tuple of str
        What variant, overrides, window and scale changed, "key: old -> new".
    not_for_decisions : bool
        Whether it was cut or scaled down.
    rate_card : str or Path
        Name of the shipped card, or path of the scenario's own.
    traces : dict
        By name of traffic, the messages of what replays a trace.
    lists : dict
        By name of traffic, the list of customers of what has an audience.
    """

    scenario: Scenario
    file: str
    files: tuple[tuple[str, str], ...]
    resolved: dict[str, Any]
    notes: tuple[str, ...]
    not_for_decisions: bool
    rate_card: str | Path
    tree: Fields = field(repr=False, compare=False)
    traces: dict[str, TraceRows] = field(default_factory=dict, repr=False, compare=False)
    lists: dict[str, CustomerList] = field(default_factory=dict, repr=False, compare=False)

    def where(self, path: str) -> str:
        """Place where the value of a dotted path was written: "peak.yaml:42:7".

        Of a value that is a default it is the place of the nearest map around it.
        """
        return str(place_of(self.tree, tuple(path.split("."))))

    def problem(self, path: str, problem: str, remedy: str = "") -> str:
        """Line for a `ScenarioError` about the value of a dotted path."""
        place = place_of(self.tree, tuple(path.split(".")))
        return str(Problem(place, path, problem, None, remedy))


def load(
    path: str | Path,
    *,
    variant: str | None = None,
    overrides: Iterable[str] = (),
    window: str | None = None,
    scale: str | float | None = None,
) -> Loaded:
    """Read, merge and check a scenario.

    Parameters
    ----------
    path : str or Path
        The YAML file.  Whatever it names must lie in its folder.
    variant : str, optional
        One of the file's variants to apply.
    overrides : iterable of str
        "smscs.north.rate=600 msg/s", applied in order after the variant.
    window : str, optional
        "19:00-21:00": only this part, in full.
    scale : str or float, optional
        Share of people, volumes and parallel units to keep, above 0 and at most 1.

    Returns
    -------
    Loaded

    Raises
    ------
    ScenarioError
        Every problem found, also in variants that are not applied.
    """
    path = Path(path)
    sources = Sources(path.parent.resolve())
    source = sources.folder / path.name
    tree = _read(source, sources)
    what = "is a key of plans of campaigns, not of scenarios"
    refuse_other_kind(tree, ("audience", "steps"), what, "use smsc-sim campaign")
    tree = with_shipped(tree)
    variants = _take_variants(tree, path.name, variant)
    base = _without(tree, "variants", default_name=path.stem)
    changes = [variants[variant]] if variant is not None else []
    changes += [_override(override, path.name) for override in overrides]
    scenario, final, notes, problems = _checked(base, variants, changes)
    if scenario is None or problems:
        raise ScenarioError([str(problem) for problem in in_order(problems)], path.name)
    scenario = filled(without_unused(scenario, final))
    scenario, more = _adapted(scenario, window, scale, path.name)
    traces = _read_traces(scenario, final, sources)
    lists = read_lists(scenario, final, sources)
    card = scenario.rates.card
    return Loaded(
        scenario=scenario,
        file=path.name,
        files=tuple(sorted({**sources.files, **_shipped_files()}.items())),
        resolved=_plain(scenario),
        notes=(*notes, *more),
        not_for_decisions=window is not None or scale is not None,
        rate_card=sources.folder / card if card.lower().endswith(".csv") else card,
        tree=final,
        traces=traces,
        lists=lists,
    )


def _read_traces(scenario: Scenario, tree: Fields, sources: Sources) -> dict[str, TraceRows]:
    """Messages of every trace; all of their problems at once."""
    found, problems = {}, []
    for name, part in scenario.traffic.items():
        if not isinstance(part, TraceTraffic):
            continue
        place = place_of(tree, ("traffic", name, "file"))
        base = (sources.folder / place.file).parent
        try:
            path = inside(sources.folder, base if base.is_dir() else sources.folder, part.file)
            file = sources.name_of(path)
            data, sources.files[file] = read_bytes(path, file)
            zone = scenario.start.tzinfo
            assert zone is not None
            found[name] = read_trace(data, path, file, place, zone)
        except Refusal as refusal:
            key = f"traffic.{name}.file"
            problems.append(str(Problem(place, key, refusal.problem, part.file, refusal.remedy)))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems, tree.place.file)
    return found


def resolved_yaml(loaded: Loaded) -> str:
    """YAML of the whole scenario, every default written out; it loads to an equal Scenario."""
    text: str = yaml.safe_dump(
        loaded.resolved, sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=None
    )
    return text


def filled(scenario: Scenario) -> Scenario:
    """Scenario in which defaults that depend on other keys are written out."""
    only_hlr = next(iter(scenario.hlrs))
    only_smsc = next(iter(scenario.smscs))
    only_charging = next(iter(scenario.charging), None)
    populations = {
        name: part.model_copy(
            update={
                "hlr": part.hlr or (None if part.is_foreign else only_hlr),
                "mscs": part.mscs or (None if part.is_foreign else _equal(scenario.mscs)),
                "smscs": part.smscs or _equal(scenario.home_smscs),
                "charging": part.charging or (only_charging if part.prepaid > 0 else None),
            }
        )
        for name, part in scenario.populations.items()
    }
    smscs = {
        name: part.model_copy(update={"submit_rate": part.submit_rate or part.rate})
        for name, part in scenario.smscs.items()
    }
    accounts = {
        name: part.model_copy(update={"smsc": part.smsc or only_smsc})
        for name, part in scenario.accounts.items()
    }
    update = {
        "drain": scenario.drain_ns,
        "populations": populations,
        "smscs": smscs,
        "accounts": accounts,
    }
    return scenario.model_copy(update=update)


def _checked(
    base: Fields, variants: dict[str, Fields], changes: list[Fields]
) -> tuple[Scenario | None, Fields, list[str], list[Problem]]:
    """Scenario with the changes made, its tree, notes of the changes, and every problem.

    Variants are checked whether they are applied or not.
    """
    scenario, base_problems = check(base)
    problems = _variant_problems(base, base_problems, variants)
    final, found = base, base_problems
    notes: list[str] = []
    if changes:
        defaults = {} if scenario is None else _plain(filled(scenario))
        for change in changes:
            notes += _notes(final, change, defaults)
            final, unknown = _changed(final, change)
            problems += [p for p in unknown if p.place.file.startswith("--set")]
        scenario, found = check(final)
    known = {(str(p.place), p.problem) for p in problems}
    problems += [p for p in found if (str(p.place), p.problem) not in known]
    return scenario, final, notes, problems + _card_problems(final)


def _variant_problems(
    base: Fields, base_problems: list[Problem], variants: dict[str, Fields]
) -> list[Problem]:
    """What each variant adds to the problems of the scenario itself."""
    seen = {str(problem) for problem in base_problems}
    problems = []
    for name, change in variants.items():
        changed, found = _changed(base, change)
        found = found or check(changed)[1]
        problems += [_of_variant(problem, name) for problem in found if str(problem) not in seen]
    return problems


def _equal(names: Iterable[str]) -> dict[str, float]:
    listed = list(names)
    return dict.fromkeys(listed, 1 / len(listed))


def _plain(scenario: Scenario) -> dict[str, Any]:
    return scenario.model_dump(mode="json", by_alias=True)


def _read(source: Path, sources: Sources) -> Fields:
    tree = read_tree(source, sources)
    if sources.problems:
        raise ScenarioError(sources.problems, source.name)
    return tree


def _without(tree: Fields, key: str, default_name: str) -> Fields:
    """Tree without a key, and with a name."""
    entries = {other: entry for other, entry in tree.entries.items() if other != key}
    if "name" not in entries:
        place = Place(tree.place.file)
        entries = {"name": (place, Scalar(default_name, place)), **entries}
    return Fields(entries, tree.place)


def _take_variants(tree: Fields, file: str, wanted: str | None) -> dict[str, Fields]:
    node = tree.get("variants")
    problems, variants = [], {}
    if node is not None and not isinstance(node, Fields):
        what = "needs names with changes below them"
        problems.append(
            Problem(node.place, "variants", what, None, "write e.g. {six: {hlrs.main.rate: 9 /s}}")
        )
    for name, (place, change) in node.entries.items() if isinstance(node, Fields) else ():
        if isinstance(change, Fields):
            variants[name] = change
        else:
            what = "needs changes below it"
            problems.append(
                Problem(place, f"variants.{name}", what, None, "write e.g. hlrs.main.rate: 9 /s")
            )
    if wanted is not None and not problems and wanted not in variants:
        what = f"there is no variant '{wanted}'"
        problems.append(Problem(Place(file), "", what, None, did_you_mean(wanted, variants)))
    if problems:
        raise ScenarioError([str(problem) for problem in problems], file)
    return variants


def _override(text: str, file: str) -> Fields:
    """Change of one --set."""
    key, equals, value = text.partition("=")
    key = key.strip()
    place = Place(f"--set {key}={value}" if equals else f"--set {text}")
    if not equals or not all(key.split(".")):
        wrong = Problem(place, "", "needs KEY=VALUE", None, "write e.g. smscs.north.rate=600 msg/s")
        raise ScenarioError([str(wrong)], file)
    if key.split(".")[0] in LOADER_KEYS:
        raise ScenarioError([str(Problem(place, "", "cannot be set here"))], file)
    return Fields({key: (place, read_value(value, place, file))}, place)


def _changed(tree: Fields, change: Fields) -> tuple[Fields, list[Problem]]:
    problems = unknown_elements(tree, change, MAPS)
    merged = merge(tree, expanded(change))
    assert isinstance(merged, Fields)
    return (tree if problems else Fields(merged.entries, tree.place)), problems


def _of_variant(problem: Problem, name: str) -> Problem:
    path = f"variants.{name}" + (f".{problem.path}" if problem.path else "")
    return Problem(problem.place, path, problem.problem, problem.value, problem.remedy)


def _notes(tree: Fields, change: Fields, defaults: dict[str, Any]) -> list[str]:
    """Lines "key: old -> new" of a change."""
    lines = []
    for path, new in leaves(expanded(change)):
        old = find(tree, path)
        before = flow(old) if old is not None else _default(defaults, path)
        after = "removed" if isinstance(new, Scalar) and new.value is None else flow(new)
        lines.append(f"{'.'.join(path)}: {before} -> {after}")
    return lines


def _default(defaults: dict[str, Any], path: tuple[str, ...]) -> str:
    value: Any = defaults
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return "none" if value is None else str(value)


def _card_problems(tree: Fields) -> list[Problem]:
    from smsc_sim.content.rates import shipped_cards

    rates: Node | None = tree.get("rates")
    card = rates.get("card") if isinstance(rates, Fields) else rates
    if not isinstance(card, Scalar) or card.value is None:
        return []
    if card.value in shipped_cards() or card.value.lower().endswith(".csv"):
        return []
    what = "is no shipped rate card and no .csv file"
    remedy = did_you_mean(card.value, shipped_cards())
    return [Problem(card.place, "rates", what, card.value, remedy)]


def _adapted(
    scenario: Scenario, window: str | None, scale: str | float | None, file: str
) -> tuple[Scenario, list[str]]:
    notes: list[str] = []
    option = ""
    try:
        if window is not None:
            option = f"--window {window}"
            scenario, notes = windowed(scenario, window)
        if scale is not None:
            option = f"--scale {scale}"
            scenario, more = scaled(scenario, parse_factor(scale))
            notes = [*notes, *more]
    except Refusal as refusal:
        wrong = Problem(Place(option), "", refusal.problem, None, refusal.remedy)
        raise ScenarioError([str(wrong)], file) from None
    return scenario, notes


def _shipped_files() -> dict[str, str]:
    return {name: digest for _, name, digest in map(shipped_table, SHIPPED)}
