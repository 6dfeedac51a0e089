"""One scenario file with everything it draws on: the files it extends and its tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from smsc_sim.scenario.document import Fields, Node, Scalar, read_document
from smsc_sim.scenario.errors import Place, Problem, Refusal, ScenarioError
from smsc_sim.scenario.files import decode, inside, read_bytes
from smsc_sim.scenario.merge import merge
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.tables import read_table

MAPS = tuple(
    name
    for name, info in Scenario.model_fields.items()
    if getattr(info.annotation, "__origin__", None) is dict
)
"""Keys that hold elements by name, each of which may be a table."""


@dataclass(slots=True)
class Sources:
    """What reading gathers: every file with its SHA-256, and what was wrong."""

    folder: Path
    files: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def name_of(self, path: Path) -> str:
        """Name of a file in errors: relative to the scenario's folder."""
        return path.relative_to(self.folder).as_posix()


def read_tree(path: Path, sources: Sources, chain: tuple[Path, ...] = ()) -> Fields:
    """Tree of a file, its tables read and the files it extends merged below it.

    Parameters
    ----------
    path : Path
        The file, inside `sources.folder`.
    sources : Sources
        Takes the files read and problems that do not stop reading.
    chain : tuple of Path
        Files that extend this one, to find circles.

    Raises
    ------
    ScenarioError
        If the file itself cannot be read.
    """
    name = sources.name_of(path)
    data, digest = read_bytes(path, name)
    sources.files[name] = digest
    tree = read_document(decode(data, name), name)
    tree = _with_tables(tree, path.parent, sources)
    extends = tree.entries.get("extends")
    if extends is None:
        return tree
    own = Fields({key: e for key, e in tree.entries.items() if key != "extends"}, tree.place)
    base_path = _named_file(extends[1], "extends", path.parent, sources)
    if base_path is None:
        return own
    if base_path in (*chain, path):
        circle = " -> ".join(sources.name_of(p) for p in (*chain, path, base_path))
        wrong = Problem(extends[1].place, "extends", f"goes in a circle: {circle}")
        sources.problems.append(f"{wrong}; remove one extends")
        return own
    try:
        base = read_tree(base_path, sources, (*chain, path))
    except ScenarioError as error:
        sources.problems += error.problems
        return own
    merged = merge(base, own)
    assert isinstance(merged, Fields)
    return Fields(merged.entries, own.place)


def _named_file(node: Node, path: str, base: Path, sources: Sources) -> Path | None:
    """File that a node names; None, and a problem, if there is no such file to be used."""
    value = node.value if isinstance(node, Scalar) else None
    try:
        target = inside(sources.folder, base, value)
        if not target.exists():
            raise Refusal("there is no such file", "check the name; it is relative to this file")
    except Refusal as refusal:
        shown = value if refusal.show_value else None
        problem = Problem(node.place, path, refusal.problem, shown, refusal.remedy)
        sources.problems.append(str(problem))
        return None
    return target


def _with_tables(tree: Fields, base: Path, sources: Sources) -> Fields:
    entries = dict(tree.entries)
    for key in MAPS:
        place, node = entries.get(key, (tree.place, Scalar(None, tree.place)))
        source = node.get("from") if isinstance(node, Fields) else None
        if isinstance(node, Fields) and isinstance(source, Scalar):
            table = _table(key, node, source, base, sources)
            entries[key] = (place, table if table is not None else Fields({}, node.place))
    rates = entries.get("rates")
    if rates is not None:
        entries["rates"] = (rates[0], _with_card(rates[1], base, sources))
    return Fields(entries, tree.place)


def _table(key: str, node: Fields, source: Scalar, base: Path, sources: Sources) -> Fields | None:
    """Map of elements from the table that `from` names; other keys are every row's defaults."""
    path = _named_file(source, f"{key}.from", base, sources)
    if path is None:
        return None
    name = sources.name_of(path)
    defaults = Fields({k: e for k, e in node.entries.items() if k != "from"}, node.place)
    try:
        data, sources.files[name] = read_bytes(path, name)
        rows = read_table(data, path, name, source.place)
    except ScenarioError as error:
        sources.problems += error.problems
        return None
    entries: dict[str, tuple[Place, Node]] = {
        element: (place, _row_over(defaults, row)) for element, (place, row) in rows.entries.items()
    }
    return Fields(entries, source.place)


def _row_over(defaults: Fields, row: Node) -> Node:
    merged = merge(defaults, row)
    assert isinstance(merged, Fields)
    return Fields(merged.entries, row.place)


def _with_card(rates: Node, base: Path, sources: Sources) -> Node:
    """Rates whose card, if it is a file, is named relative to the scenario's folder."""
    card = rates.get("card") if isinstance(rates, Fields) else rates
    if not isinstance(card, Scalar) or not (card.value or "").lower().endswith(".csv"):
        return rates
    path = _named_file(card, "rates", base, sources)
    if path is None:
        return rates
    name = sources.name_of(path)
    sources.files[name] = read_bytes(path, name)[1]
    renamed = Scalar(name, card.place)
    if isinstance(rates, Fields):
        return Fields({**rates.entries, "card": (rates.entries["card"][0], renamed)}, rates.place)
    return renamed
