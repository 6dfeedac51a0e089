"""Conditions on attributes: parsed into a tree, and evaluated on Arrow tables.

    has_children and country == "FI" and last_purchase < 2026-06-01 and not opted_out

Nothing is ever evaluated as Python.  A value that is missing makes a comparison neither true nor
false (Kleene's logic, as in SQL); whom a condition is not true of is not selected.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.compute as pc

from smsc_sim.content.errors import ContentError

Value = bool | float | str | date

COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
WORDS = ("and", "or", "not", "in", "is", "missing", "true", "false")

_TOKEN = re.compile(
    r"""\s*(?:(?P<date>\d{4}-\d\d-\d\d)(?![\w.])
      | (?P<number>-?\d+(?:\.\d+)?)(?![\w.])
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<name>[^\W\d]\w*)
      | (?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,)
      | (?P<end>$))""",
    re.VERBOSE,
)
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "==": pc.equal,
    "!=": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}
MOST_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Comparison:
    """An attribute beside a value."""

    name: str
    sign: str
    value: Value
    at: int


@dataclass(frozen=True, slots=True)
class Membership:
    """An attribute that is one of several values."""

    name: str
    values: tuple[Value, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Missing:
    """An attribute without a value."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Holds:
    """An attribute that is true."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Several:
    """Conditions of which all must hold (`and`), or one (`or`)."""

    word: str
    parts: tuple[Condition, ...]


Atom = Comparison | Membership | Missing | Holds
Condition = Atom | Not | Several


def parse_condition(text: str) -> Condition:
    """Read a condition.

    Parameters
    ----------
    text : str
        Comparisons (==, !=, <, <=, >, >=) of an attribute with a number, a text in quotes, a date
        (2026-06-01) or true and false; `in [..]`, `not in [..]`, `is missing`, `is not missing`;
        joined by and, or, not and parentheses, which bind in the order not, and, or.

    Returns
    -------
    Condition

    Raises
    ------
    ContentError
        With the position, from 1, where it cannot be read.

    Examples
    --------
    >>> parse_condition("age >= 18 and not opted_out").word
    'and'
    """
    return _Reader(text).whole()


class _Reader:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str, int]] = []
        at = 0
        while not self.tokens or self.tokens[-1][0] != "end":
            match = _TOKEN.match(text, at)
            if match is None:
                at += len(text[at:]) - len(text[at:].lstrip())
                refuse(at, f"cannot be read (got {text[at : at + 12]!r})", "check the quotes")
            kind = match.lastgroup or "end"
            self.tokens.append((kind, match[kind], match.start(kind)))
            at = match.end()
        self.next = 0
        self.depth = 0

    def whole(self) -> Condition:
        found = self.either()
        kind, word, at = self.tokens[self.next]
        if kind != "end":
            refuse(at, f"needs and, or, or the end (got {word!r})", "join conditions with and")
        return found

    def take(self, *words: str) -> bool:
        """Whether the next token is this word or sign; then it is read."""
        kind, word, _ = self.tokens[self.next]
        if kind in ("name", "sign") and word in words:
            self.next += 1
            return True
        return False

    def either(self) -> Condition:
        parts = [self.both()]
        while self.take("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Several("or", tuple(parts))

    def both(self) -> Condition:
        parts = [self.one()]
        while self.take("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else Several("and", tuple(parts))

    def one(self) -> Condition:
        at = self.tokens[self.next][2]
        self.depth += 1
        if self.depth > MOST_DEPTH:
            refuse(at, f"is nested more than {MOST_DEPTH} deep", "write it more simply")
        if self.take("not"):
            found: Condition = Not(self.one())
        elif self.take("("):
            found = self.either()
            if not self.take(")"):
                refuse(self.tokens[self.next][2], "needs a closing )", "add it")
        else:
            found = self.simple()
        self.depth -= 1
        return found

    def simple(self) -> Condition:
        kind, name, at = self.tokens[self.next]
        if kind != "name" or name in WORDS:
            shown = f" (got {name!r})" if name else ""
            refuse(at, f"needs the name of an attribute{shown}", 'write e.g. country == "FI"')
        self.next += 1
        if self.take("is"):
            contrary = self.take("not")
            if not self.take("missing"):
                refuse(self.tokens[self.next][2], "needs missing after is", "or write ==")
            return Not(Missing(name, at)) if contrary else Missing(name, at)
        contrary = self.take("not")
        if self.take("in"):
            found = Membership(name, self.values(), at)
            return Not(found) if contrary else found
        if contrary:
            refuse(self.tokens[self.next][2], "needs in after not", 'write e.g. not in ["FI"]')
        kind, sign, _ = self.tokens[self.next]
        if kind == "sign" and sign in COMPARISONS:
            self.next += 1
            return Comparison(name, sign, self.value(), at)
        return Holds(name, at)

    def values(self) -> tuple[Value, ...]:
        at = self.tokens[self.next][2]
        if not self.take("["):
            refuse(at, "needs a list after in", 'write e.g. in ["FI", "SE"]')
        found = [self.value()]
        while self.take(","):
            found.append(self.value())
        if not self.take("]"):
            refuse(self.tokens[self.next][2], "needs a closing ]", "add it")
        if len({type(value) for value in found}) > 1:
            refuse(at, "has values of several kinds", "use one kind in a list")
        return tuple(found)

    def value(self) -> Value:
        kind, word, at = self.tokens[self.next]
        self.next += 1
        if kind == "number":
            return float(word)
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", word[1:-1])
        if kind == "name" and word in ("true", "false"):
            return word == "true"
        if kind == "date":
            try:
                return date.fromisoformat(word)
            except ValueError:
                refuse(at, f"there is no such day (got {word})", "write e.g. 2026-06-01")
        shown = f" (got {word!r})" if word else ""
        refuse(at, f"needs a value{shown}", 'write a number, "a text" or a date like 2026-06-01')


def refuse(at: int, problem: str, remedy: str) -> NoReturn:
    """Raise ContentError about what stands at a place of a condition, counted from 0."""
    raise ContentError(f"condition: position {at + 1}: {problem}; {remedy}")


def selected(condition: Condition, table: pa.Table | pa.RecordBatch) -> pa.Array:
    """Rows of a table of which a condition is true.

    Parameters
    ----------
    condition : Condition
        Checked against the table's columns: see `condition_checks.check_condition`.
    table : pyarrow.Table or RecordBatch

    Returns
    -------
    pyarrow.Array of bool
        False, never missing, where the condition is false or unknown.

    Examples
    --------
    >>> people = pa.table({"age": [17, 18, None]})
    >>> selected(parse_condition("age >= 18"), people).to_pylist()
    [False, True, False]
    """
    found = pc.fill_null(_evaluated(condition, table), False)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _evaluated(condition: Condition, table: pa.Table | pa.RecordBatch) -> Any:
    if isinstance(condition, Not):
        return pc.invert(_evaluated(condition.part, table))
    if isinstance(condition, Several):
        join = pc.and_kleene if condition.word == "and" else pc.or_kleene
        found = _evaluated(condition.parts[0], table)
        for part in condition.parts[1:]:
            found = join(found, _evaluated(part, table))
        return found
    column = table[condition.name]
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if isinstance(condition, Missing):
        return pc.is_null(column)
    if isinstance(condition, Holds):
        return column
    if isinstance(condition, Comparison):
        return _FUNCTIONS[condition.sign](column, _scalar(condition.value, column))
    values = [_scalar(value, column) for value in condition.values]
    found = pc.equal(column, values[0])
    for value in values[1:]:
        found = pc.or_kleene(found, pc.equal(column, value))
    return found


def _scalar(value: Value, column: Any) -> Any:
    return pa.scalar(value) if isinstance(value, float | bool) else pa.scalar(value, column.type)
