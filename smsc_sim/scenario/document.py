"""YAML text to nodes that know where they were written; scalars stay text.

No value is guessed: 21:00, no and 012 mean what they say.  What has no place in a scenario (tags,
several documents, duplicate keys, bombs of aliases) is refused with one clear line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from smsc_sim.scenario.errors import Place, Problem, ScenarioError

MOST_NODES = 1_000_000  # after aliases are expanded
DEEPEST = 40

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NULLS = ("", "~", "null", "Null", "NULL")
_UNWANTED = (
    (re.compile(r"^ *(\t)[ \t]*[^\s#]", re.MULTILINE), "is indented with a tab", "use spaces"),
    (re.compile(r"([\x00-\x08\x0b\x0c\x0e-\x1f\x7f])"), "holds a control character", "remove it"),
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, or None for an empty value."""

    value: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Fields:
    """A map: key -> (place of the key, node).  Never changed once it is made."""

    entries: dict[str, tuple[Place, Node]]
    place: Place

    def get(self, key: str) -> Node | None:
        """Node of a key, or None."""
        entry = self.entries.get(key)
        return entry[1] if entry else None


Node = Scalar | Items | Fields


@dataclass(slots=True)
class _Reading:
    """What one pass over a document gathers."""

    place_of: Callable[[Any], Place]
    problems: list[Problem] = field(default_factory=list)
    anchors: dict[str, tuple[Node, int]] = field(default_factory=dict)
    nodes: int = 0


class _Stop(Exception):
    """Reading cannot go on; the problem is the argument."""


def plain(node: Node) -> Any:
    """Value of a node as dicts, lists, texts and None."""
    if isinstance(node, Fields):
        return {key: plain(child) for key, (_, child) in node.entries.items()}
    if isinstance(node, Items):
        return [plain(child) for child in node.items]
    return node.value


def flow(node: Node) -> str:
    """Text of a node on one line, for notes and errors."""
    if isinstance(node, Fields):
        return "{" + ", ".join(f"{k}: {flow(n)}" for k, (_, n) in node.entries.items()) + "}"
    if isinstance(node, Items):
        return "[" + ", ".join(flow(child) for child in node.items) + "]"
    return "null" if node.value is None else node.value


def read_document(text: str, name: str) -> Fields:
    """Map at the top of a YAML text.

    Parameters
    ----------
    text : str
        One YAML document.
    name : str
        How its file is called in errors.

    Raises
    ------
    ScenarioError
        If it is no YAML, empty, no map, or uses what a scenario may not use.
    """
    for pattern, what, remedy in _UNWANTED:
        found = pattern.search(text)
        if found:
            begin, at = text.rfind("\n", 0, found.end()) + 1, found.start(1)
            place = Place(name, text.count("\n", 0, at) + 1, at - begin + 1)
            raise _stopped(Problem(place, "", what, None, remedy), name)
    node = _read(text, name, Place(name), lambda mark: Place(name, mark.line + 1, mark.column + 1))
    if node is None:
        raise _refused(name, "is empty", "see 'smsc-sim new' for an example")
    if not isinstance(node, Fields):
        wrong = Problem(node.place, "", "needs keys at the top", None, "write e.g. name: peak")
        raise _stopped(wrong, name)
    return node


def read_value(text: str, place: Place, file: str) -> Node:
    """Node of one YAML value that stands outside a file: of --set, or a table cell.

    Raises
    ------
    ScenarioError
        If it is no YAML value.
    """
    return _read(text, file, place, lambda _: place) or Scalar(None, place)


def _read(text: str, name: str, whole: Place, place_of: Callable[[Any], Place]) -> Node | None:
    reading = _Reading(place_of)
    try:
        text.encode("utf-8")  # what the command line could not decode arrives as lone surrogates
        events = iter(yaml.parse(text, Loader=_LOADER))
        root = _root(events, reading)
    except _Stop as stop:
        reading.problems.append(stop.args[0])
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = place_of(mark) if mark else whole
        what = (error.problem or "cannot be read").strip()
        reading.problems.append(
            Problem(place, "", f"is no YAML: {what}", None, "check indentation, colons and quotes")
        )
    except UnicodeEncodeError:
        reading.problems.append(Problem(whole, "", "holds what is no text", None, "retype it"))
    except yaml.YAMLError as error:
        line = str(error).splitlines()[0]
        reading.problems.append(Problem(whole, "", f"is no YAML: {line}"))
    if reading.problems:
        raise ScenarioError([str(problem) for problem in reading.problems], name)
    return root


def _root(events: Iterator[Any], reading: _Reading) -> Node | None:
    root: Node | None = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                place = reading.place_of(event.start_mark)
                raise _Stop(
                    Problem(place, "", "starts a second document", None, "keep one in a file")
                )
        elif isinstance(event, yaml.NodeEvent):
            root = _node(event, events, reading, ())[0]
    if isinstance(root, Scalar) and root.value is None:
        return None
    return root


def _node(
    event: Any, events: Iterator[Any], reading: _Reading, path: tuple[str, ...]
) -> tuple[Node, int]:
    """Node that begins with an event, and how many nodes it has with aliases expanded."""
    place = reading.place_of(event.start_mark)
    where = ".".join(path)
    if isinstance(event, yaml.AliasEvent):
        known = reading.anchors.get(event.anchor or "")
        if known is None:
            raise _Stop(
                Problem(place, where, f"there is no anchor '&{event.anchor}' before this alias")
            )
        _count(reading, known[1], place)
        return known
    if event.tag is not None:
        raise _Stop(Problem(place, where, f"uses the tag '{event.tag}'", None, "leave the tag out"))
    if len(path) > DEEPEST:
        raise _Stop(Problem(place, "", f"is nested deeper than {DEEPEST} levels"))
    _count(reading, 1, place)
    before = reading.nodes
    node: Node
    if isinstance(event, yaml.ScalarEvent):
        empty = event.implicit[0] and event.value in _NULLS
        node = Scalar(None if empty else event.value, place)
    elif isinstance(event, yaml.SequenceStartEvent):
        node = Items(tuple(_items(events, reading, path)), place)
    else:
        node = Fields(_entries(events, reading, path), place)
    size = 1 + reading.nodes - before
    if event.anchor is not None:
        reading.anchors[event.anchor] = (node, size)
    return node, size


def _items(events: Iterator[Any], reading: _Reading, path: tuple[str, ...]) -> Iterator[Node]:
    position = 0
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        position += 1
        yield _node(event, events, reading, (*path, str(position)))[0]


def _entries(
    events: Iterator[Any], reading: _Reading, path: tuple[str, ...]
) -> dict[str, tuple[Place, Node]]:
    entries: dict[str, tuple[Place, Node]] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        place = reading.place_of(event.start_mark)
        where = ".".join(path)
        if not isinstance(event, yaml.ScalarEvent) or event.tag is not None:
            raise _Stop(Problem(place, where, "has a key that is no plain word"))
        key = event.value
        if key == "<<" and event.implicit[0]:
            raise _Stop(Problem(place, where, "uses a merge key '<<'", None, "use extends instead"))
        child, _ = _node(next(events), events, reading, (*path, key))
        if key in entries:
            reading.problems.append(
                Problem(
                    place,
                    ".".join((*path, key)),
                    f"is given twice, first at {entries[key][0]}",
                    None,
                    "remove one",
                )
            )
        else:
            entries[key] = (place, child)
    return entries


def _count(reading: _Reading, nodes: int, place: Place) -> None:
    reading.nodes += nodes
    if reading.nodes > MOST_NODES:
        raise _Stop(
            Problem(
                place,
                "",
                f"has more than {MOST_NODES} values, aliases counted in full",
                None,
                "use tables for large maps",
            )
        )


def _refused(name: str, problem: str, remedy: str) -> ScenarioError:
    return _stopped(Problem(Place(name), "", problem, None, remedy), name)


def _stopped(problem: Problem, name: str) -> ScenarioError:
    return ScenarioError([str(problem)], name)
