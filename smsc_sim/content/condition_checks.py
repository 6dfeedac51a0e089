"""Whether a condition can be asked of the columns of a list, and whether anything can meet it."""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from smsc_sim.content.conditions import (
    Atom,
    Comparison,
    Condition,
    Holds,
    Membership,
    Missing,
    Not,
    Several,
    Value,
    refuse,
)
from smsc_sim.content.row_files import RowFile

_SAME = {bool: "true or false", float: "a number", str: "a text", date: "a date"}
_TEXTS = pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view
_PLAIN: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def known_kinds(file: RowFile, conditions: Iterable[Condition | None]) -> dict[str, type]:
    """Kind of each column of a list: in CSV as conditions want it, in Parquet as it is."""
    wanted: dict[str, type] = {}
    for condition in conditions:
        if condition is not None:
            wanted = kinds_needed(condition) | wanted
    if file.delimiter:
        own = {name: kind for name, kind in wanted.items() if name in file.titles}
    else:
        import pyarrow.parquet as pq

        own = kinds_of(pq.read_schema(file.path))
    return dict.fromkeys(file.titles, str) | own


def kinds_needed(condition: Condition) -> dict[str, type]:
    """Attributes of a condition, and what each is compared with first."""
    if isinstance(condition, Not):
        return kinds_needed(condition.part)
    if isinstance(condition, Several):
        found: dict[str, type] = {}
        for part in condition.parts:
            found = kinds_needed(part) | found
        return found
    if isinstance(condition, Comparison):
        return {condition.name: type(condition.value)}
    if isinstance(condition, Membership):
        return {condition.name: type(condition.values[0])}
    return {condition.name: bool if isinstance(condition, Holds) else str}


def kinds_of(schema: pa.Schema) -> dict[str, type]:
    """Kind of value (bool, float, str or date) of each column that conditions can name."""
    kinds: dict[str, type] = {}
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_boolean(kind):
            kinds[field.name] = bool
        elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            kinds[field.name] = float
        elif pa.types.is_date(kind) or pa.types.is_timestamp(kind):
            kinds[field.name] = date
        elif any(is_text(kind) for is_text in _TEXTS):
            kinds[field.name] = str
    return kinds


def check_condition(condition: Condition, kinds: Mapping[str, type]) -> None:
    """Refuse a condition that cannot be asked of these columns, or that nothing can meet.

    Parameters
    ----------
    condition : Condition
    kinds : mapping of str to type
        Of `kinds_of`.

    Raises
    ------
    ContentError
        If an attribute is unknown, a value is of another kind than its attribute, or conditions
        joined by `and` exclude each other.
    """
    if isinstance(condition, Not):
        check_condition(condition.part, kinds)
        _check_together((condition,))
    elif isinstance(condition, Several):
        for part in condition.parts:
            check_condition(part, kinds)
        if condition.word == "and":
            _check_together(condition.parts)
    else:
        _check_one(condition, kinds)


def _check_one(condition: Atom, kinds: Mapping[str, type]) -> None:
    name, at = condition.name, condition.at
    if name not in kinds:
        near = difflib.get_close_matches(name, kinds, 1)
        remedy = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(sorted(kinds))}"
        refuse(at, f"no attribute is called '{name}'", remedy)
    kind = kinds[name]
    if isinstance(condition, Holds) and kind is not bool:
        refuse(at, f"'{name}' is {_SAME[kind]}, not true or false", "compare it with a value")
    if isinstance(condition, Comparison | Membership):
        values = condition.values if isinstance(condition, Membership) else (condition.value,)
        if type(values[0]) is not kind:
            wrong = f"'{name}' is {_SAME[kind]}, compared with {_SAME[type(values[0])]}"
            refuse(at, wrong, "compare like with like")
        is_ordered = isinstance(condition, Comparison) and condition.sign not in ("==", "!=")
        if is_ordered and kind is bool:
            refuse(at, f"'{name}' is true or false and has no order", "use == or !=")


def _check_together(parts: tuple[Condition, ...]) -> None:
    """Refuse what is asked of one attribute that no value, and no missing one, can meet.

    A value that meets it all exists only if one of the values named, or one between, below or
    above them, does.
    """
    by_name: dict[str, list[tuple[Atom, bool]]] = {}
    for atom, holds in _joined(parts):
        by_name.setdefault(atom.name, []).append((atom, holds))
    for name, wanted in by_name.items():
        values = _named([atom for atom, _ in wanted])
        # True and false have nothing between them.
        is_flag = bool(values) and all(isinstance(value, bool) for value in values)
        sides = (0,) if is_flag else (-1, 0, 1)
        values |= {True, False} if is_flag else set()
        candidates = [(value, side) for value in values for side in sides] or [("", 0)]
        can_be_missing = all(isinstance(a, Missing) and holds for a, holds in wanted)
        if not can_be_missing and not any(
            all(_meets(atom, *candidate) == holds for atom, holds in wanted)
            for candidate in candidates
        ):
            at = wanted[-1][0].at
            refuse(at, f"nothing can meet all that is asked of '{name}'", "drop a part")


def _joined(parts: tuple[Condition, ...]) -> list[tuple[Atom, bool]]:
    """Atoms that must all hold, or must not; what is joined by `or` says nothing for sure."""
    found: list[tuple[Atom, bool]] = []
    for part in parts:
        if isinstance(part, Several):
            found += _joined(part.parts) if part.word == "and" else []
        elif isinstance(part, Not):
            inner = part.part
            if isinstance(inner, Not):
                found += _joined((inner.part,))
            elif isinstance(inner, Several):  # none of those joined by `or` may hold
                found += _joined(tuple(Not(p) for p in inner.parts)) if inner.word == "or" else []
            else:
                found.append((inner, False))
        else:
            found.append((part, True))
    return found


def _named(atoms: list[Atom]) -> set[Value]:
    found: set[Value] = set()
    for atom in atoms:
        if isinstance(atom, Membership):
            found |= set(atom.values)
        elif isinstance(atom, Comparison):
            found.add(atom.value)
        elif isinstance(atom, Holds):
            found.add(True)
    return found


def _meets(atom: Atom, value: Value, side: int) -> bool:
    """Whether a value, or what lies just below (-1) or above (1) it, meets an atom."""
    if isinstance(atom, Missing):
        return False
    if isinstance(atom, Holds):
        return value is True
    if isinstance(atom, Membership):
        return side == 0 and value in atom.values
    if side == 0 or value != atom.value:
        return _PLAIN[atom.sign](value, atom.value)
    return atom.sign in (("!=", "<", "<=") if side < 0 else ("!=", ">", ">="))
