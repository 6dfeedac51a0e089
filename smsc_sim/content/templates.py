"""Texts with placeholders: parsed, never formatted by Python, merged for many customers at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from smsc_sim.content.errors import ContentError

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Template:
    """A text in pieces.

    Attributes
    ----------
    pieces : tuple of (str, bool)
        Words as they are (False), or the name of a placeholder (True).
    """

    pieces: tuple[tuple[str, bool], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Placeholders, each once, in order."""
        return tuple(dict.fromkeys(piece for piece, is_name in self.pieces if is_name))


def parse_template(text: str) -> Template:
    """Read a text with placeholders.

    Parameters
    ----------
    text : str
        `{first_name}` stands for an attribute; `{{` and `}}` for braces.

    Returns
    -------
    Template

    Raises
    ------
    ContentError
        With the position, from 1, where a brace is alone or a placeholder has no name.

    Examples
    --------
    >>> parse_template("Hi {first_name}, {{20 %}} off").names
    ('first_name',)
    """
    pieces: list[tuple[str, bool]] = []
    for match in _PIECE.finditer(text):
        piece, name = match[0], match[1]
        if piece in ("{", "}"):
            _refuse(match.start(), f"has a {piece} alone", f"write {piece * 2} for a brace")
        if name is not None and not _NAME.fullmatch(name):
            _refuse(match.start(), f"has no name in {piece}", "write e.g. {first_name}")
        if name is not None:
            pieces.append((name, True))
        else:
            pieces.append((piece[0] if piece in ("{{", "}}") else piece, False))
    return Template(tuple(pieces))


def _refuse(at: int, problem: str, remedy: str) -> None:
    raise ContentError(f"position {at + 1}: {problem}; {remedy}")


def check_names(template: Template, known: Mapping[str, object] | tuple[str, ...]) -> None:
    """Raise ContentError when a placeholder is not one of the names known."""
    for name in template.names:
        if name not in known:
            near = get_close_matches(name, list(known), 1)
            remedy = f"did you mean {{{near[0]}}}?" if near else f"there are {', '.join(known)}"
            raise ContentError(f"nothing is called {{{name}}}; {remedy}")


def merged(template: Template, columns: Mapping[str, pa.Array], n: int) -> pa.Array:
    """The text of each of n customers.

    Parameters
    ----------
    template : Template
    columns : mapping of str to (n,) pyarrow.Array of large_string
        At least those of `template.names`.
    n : int

    Returns
    -------
    (n,) pyarrow.Array of large_string
        Missing where an attribute of the template is.

    Examples
    --------
    >>> columns = {"name": pa.array(["Ana", None], pa.large_string())}
    >>> merged(parse_template("Hi {name}!"), columns, 2).to_pylist()
    ['Hi Ana!', None]
    """
    if not template.names:
        words = "".join(piece for piece, _ in template.pieces)
        return pa.repeat(pa.scalar(words, pa.large_string()), n)
    parts = [
        columns[piece] if is_name else pa.scalar(piece, pa.large_string())
        for piece, is_name in template.pieces
    ]
    return pc.binary_join_element_wise(*parts, pa.scalar("", pa.large_string()))
