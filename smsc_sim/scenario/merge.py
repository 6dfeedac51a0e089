"""Merging of node trees: extends, variants and --set follow one rule.

Maps are merged key by key; lists and single values are replaced; null removes a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smsc_sim.scenario.document import Fields, Items, Node, Scalar
from smsc_sim.scenario.errors import Place, Problem, did_you_mean

Path = tuple[str, ...]


def merge(base: Node, over: Node) -> Node:
    """Tree `base` with everything that `over` says.

    A value's place is where it was said last, a map's is where it was begun.
    """
    if not isinstance(base, Fields) or not isinstance(over, Fields):
        return over
    entries = dict(base.entries)
    for key, (place, node) in over.entries.items():
        if isinstance(node, Scalar) and node.value is None:
            entries.pop(key, None)
        elif key in entries:
            entries[key] = _merged_entry(entries[key], (place, node))
        else:
            entries[key] = (place, without_nulls(node))
    return Fields(entries, base.place)


def _merged_entry(base: tuple[Place, Node], over: tuple[Place, Node]) -> tuple[Place, Node]:
    both_maps = isinstance(base[1], Fields) and isinstance(over[1], Fields)
    return (base if both_maps else over)[0], merge(base[1], over[1])


def without_nulls(node: Node) -> Node:
    """Tree of a new key: what null would remove was never there."""
    if not isinstance(node, Fields):
        return node
    return Fields(
        {
            key: (place, without_nulls(child))
            for key, (place, child) in node.entries.items()
            if not (isinstance(child, Scalar) and child.value is None)
        },
        node.place,
    )


def expanded(over: Fields) -> Fields:
    """Tree in which dotted keys, `link_sets.a.links`, are nested maps."""
    result = Fields({}, over.place)
    for key, (place, node) in over.entries.items():
        child = expanded(node) if isinstance(node, Fields) else node
        for part in reversed(key.split(".")[1:]):
            child = Fields({part: (place, child)}, place)
        first = key.split(".")[0]
        old = result.entries.get(first)
        joined = _join(old[1], child) if old else child
        result = Fields({**result.entries, first: (place, joined)}, over.place)
    return result


def _join(one: Node, other: Node) -> Node:
    """Merge that keeps nulls, which still have something to remove."""
    if not isinstance(one, Fields) or not isinstance(other, Fields):
        return other
    entries = dict(one.entries)
    for key, (place, node) in other.entries.items():
        entries[key] = (place, _join(entries[key][1], node) if key in entries else node)
    return Fields(entries, other.place)


def find(tree: Node, path: Path) -> Node | None:
    """Node at a path, or None; list items are counted from 1."""
    node: Node | None = tree
    for key in path:
        if isinstance(node, Fields):
            node = node.get(key)
        elif isinstance(node, Items) and key.isdigit() and 0 < int(key) <= len(node.items):
            node = node.items[int(key) - 1]
        else:
            return None
    return node


def place_of(tree: Node, path: Path, *, of_key: bool = False) -> Place:
    """Place of the value at a path, or of its nearest ancestor that was written.

    With `of_key` it is the place of the last key itself, for keys that are wrong.
    """
    node, place = tree, tree.place
    for position, key in enumerate(path, start=1):
        if isinstance(node, Fields) and key in node.entries:
            key_place, node = node.entries[key]
            is_last = position == len(path)
            place = key_place if (of_key and is_last) or isinstance(node, Fields) else node.place
        else:
            child = find(node, (key,))
            if child is None:
                break
            node, place = child, child.place
    return place


def leaves(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every value of a tree that is no map, with its path."""
    if isinstance(node, Fields) and node.entries:
        for key, (_, child) in node.entries.items():
            yield from leaves(child, (*path, key))
    else:
        yield path, node


def unknown_elements(
    base: Fields, over: Fields, maps: Iterable[str], before: Path = ()
) -> list[Problem]:
    """Problems of a change that reaches into elements that do not exist.

    Parameters
    ----------
    base : Fields
        The tree that is changed.
    over : Fields
        The change as written, dotted keys and all.
    maps : iterable of str
        Keys that hold elements by name.  A dotted key may not pass through a new element: that is
        mostly a misspelt one.  A new element is given as a map at its own key.
    before : tuple of str
        Path that leads to `over`.

    Returns
    -------
    list of Problem
    """
    problems = []
    for key, (place, node) in over.entries.items():
        path = (*before, *key.split("."))
        removes = isinstance(node, Scalar) and node.value is None
        if path[0] in maps and (len(path) > 2 or (removes and len(path) == 2)):
            known = base.get(path[0])
            names = known.entries if isinstance(known, Fields) else {}
            if path[1] not in names:
                what = f"there is no '{path[1]}' in {path[0]}"
                remedy = did_you_mean(path[1], names)
                problems.append(Problem(place, ".".join(path), what, None, remedy))
        elif isinstance(node, Fields) and len(path) < 2:
            problems += unknown_elements(base, node, maps, path)
    return problems
