"""One tree of nodes to a Scenario, or to every problem in it and where it was written."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic import ValidationError

from smsc_sim.scenario.document import Fields, Scalar, plain
from smsc_sim.scenario.errors import Problem, Refusal, ScenarioError, did_you_mean
from smsc_sim.scenario.merge import find, place_of
from smsc_sim.scenario.moments import Clock, parse_start
from smsc_sim.scenario.references import name_problems, reference_problems, whole_problems
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_base import Part
from smsc_sim.scenario.units import DURATION, parse

Path = tuple[str, ...]

LOADER_KEYS = ("extends", "variants")  # read before a Scenario is made of the rest


def check(tree: Fields) -> tuple[Scenario | None, list[Problem]]:
    """Scenario of a merged tree, or None and every problem found.

    Parameters
    ----------
    tree : Fields
        Everything merged: extends, tables, shipped tables, variant, overrides.

    Returns
    -------
    scenario : Scenario or None
    problems : list of Problem
        Sorted by file, line and column.
    """
    scenario, problems = None, []
    try:
        scenario = Scenario.model_validate(plain(tree), context={"clock": _clock(tree)})
    except ValidationError as error:
        problems = problems_of(tree, error, Scenario)
    problems += name_problems(tree) + reference_problems(tree)
    if scenario is not None and not problems:
        problems = [
            Problem(place_of(tree, path), ".".join(path), problem, None, remedy)
            for path, problem, remedy in whole_problems(scenario)
        ]
    return (None if problems else scenario), in_order(problems)


def refuse_other_kind(tree: Fields, keys: tuple[str, ...], problem: str, remedy: str) -> None:
    """Raise one ScenarioError, in place of one for every key, if a file of another kind is read.

    Parameters
    ----------
    tree : Fields
    keys : tuple of str
        Of which that kind has one, and this kind none.
    problem, remedy : str
    """
    for key in keys:
        if key in tree.entries:
            place, _ = tree.entries[key]
            raise ScenarioError([str(Problem(place, key, problem, None, remedy))], place.file)


def in_order(problems: list[Problem]) -> list[Problem]:
    """Problems by file, line and column, each once."""
    once = {str(problem): problem for problem in problems}
    return sorted(once.values(), key=lambda p: (p.place.file, p.place.line, p.place.column, p.path))


def _clock(tree: Fields) -> Clock | None:
    """Clock of the tree; None if start or duration are wrong, which is reported there."""
    start, duration = tree.get("start"), tree.get("duration")
    if not isinstance(start, Scalar) or not isinstance(duration, Scalar):
        return None
    try:
        return Clock(parse_start(start.value or ""), int(parse(DURATION, duration.value or "")))
    except Refusal:
        return None


def problems_of(tree: Fields, error: ValidationError, root: type[Part]) -> list[Problem]:
    """Our lines for what pydantic found wrong with a tree read as `root`."""
    return [_problem(tree, detail, root) for detail in error.errors(include_url=False)]


def _problem(tree: Fields, detail: Any, root: type[Part]) -> Problem:
    """Our line for one error of pydantic."""
    path, parts = _walked(detail["loc"], root)
    kind, context = detail["type"], detail.get("ctx", {})
    of_key = detail["loc"][-1:] == ("[key]",) or kind == "extra_forbidden"
    node = find(tree, path) or find(tree, path[:-1])  # "94 %" stands for {share: 94 %}
    value = node.value if isinstance(node, Scalar) else None
    place = place_of(tree, path, of_key=of_key)
    shown = ".".join(path)
    if of_key and kind != "extra_forbidden":
        value = path[-1]
    refusal = context.get("error")
    if isinstance(refusal, Refusal):
        shown_value = value if refusal.show_value else None
        return Problem(place, shown, refusal.problem, shown_value, refusal.remedy)
    if kind == "missing":
        return Problem(place, shown, "is missing", None, _how_to_add(parts, path[-1]))
    if kind == "extra_forbidden":
        known = [field.alias or name for part in parts for name, field in part.model_fields.items()]
        known += LOADER_KEYS if len(path) == 1 and root is Scenario else ()
        return Problem(place, shown, "there is no such key", None, did_you_mean(path[-1], known))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _wrong_kind(tree, path, root)
    return Problem(place, shown, _plain_words(kind, context, detail["msg"]), value)


def _plain_words(kind: str, context: dict[str, Any], message: str) -> str:
    """What pydantic's own checks say, in our words."""
    words = {
        "greater_than_equal": f"must be at least {context.get('ge')}",
        "less_than_equal": f"must be at most {context.get('le')}",
        "literal_error": f"must be {str(context.get('expected', '')).replace(chr(39), '')}",
        "too_short": "needs at least one",
        "string_too_short": "needs a text",
        "string_too_long": f"must be at most {context.get('max_length')} characters",
        "string_type": "needs a text",
        "dict_type": "needs keys below it",
        "model_type": "needs keys below it",
    }
    return words.get(kind, message)


def _wrong_kind(tree: Fields, path: Path, root: type[Part]) -> Problem:
    node = find(tree, path)
    if not isinstance(node, Fields):
        return Problem(place_of(tree, path), ".".join(path), "needs keys below it")
    key = "measure" if path[0] == "targets" else "kind"
    known = sorted(_tag(part) for part in _parts(root.model_fields[path[0]].annotation))
    given = node.get(key)
    words = ", ".join(known)
    full = ".".join((*path, key))
    if not isinstance(given, Scalar) or given.value is None:
        place = place_of(tree, (*path, key))
        return Problem(place, full, "is missing", None, f"add one of {words}")
    remedy = did_you_mean(given.value, known)
    remedy = remedy if remedy.startswith("did") else ""
    return Problem(given.place, full, f"must be one of {words}", given.value, remedy)


def _tag(part: type[Part]) -> str:
    """Value of `kind` or `measure`, or the tag, of a member of a union; empty for other parts."""
    for key in ("kind", "measure"):
        if key in part.model_fields:
            return str(get_args(part.model_fields[key].annotation)[0])
    return str(getattr(part, "tag", ""))


def _parts(annotation: Any) -> list[type[Part]]:
    """Parts that occur in a type."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return [annotation]
    return [part for inner in get_args(annotation) for part in _parts(inner)]


def _holds_dict(annotation: Any) -> bool:
    return get_origin(annotation) is dict or any(
        _holds_dict(inner) for inner in get_args(annotation)
    )


def _walked(location: tuple[int | str, ...], root: type[Part]) -> tuple[Path, list[type[Part]]]:
    """Path in the file of a pydantic location, and the parts whose keys its last step names.

    Locations also name the members of unions and "[key]"; positions count from 0.
    """
    path: list[str] = []
    here: list[type[Part]] = [root]
    owners = here
    names_follow = False
    for step in location:
        if step == "[key]":
            continue
        if isinstance(step, int):
            path.append(str(step + 1))
            continue
        if names_follow:
            names_follow = False
            path.append(step)
            continue
        tagged = [part for part in here if len(here) > 1 and _tag(part) == step]
        if tagged:
            here = owners = tagged
            continue
        path.append(step)
        owners, annotation = here, _annotation(here, step)
        here, names_follow = _parts(annotation), _holds_dict(annotation)
    return tuple(path), owners


def _annotation(parts: list[type[Part]], key: str) -> Any:
    for part in parts:
        for name, field in part.model_fields.items():
            if (field.alias or name) == key:
                return field.annotation
    return None


def _how_to_add(parts: list[type[Part]], key: str) -> str:
    """Example of a missing key, from the schema."""
    for part in parts:
        described = part.model_json_schema(by_alias=True)["properties"].get(key, {})
        examples = described.get("examples")
        if examples:
            return f"add e.g. {key}: {examples[0]}"
    return f"add {key}"
