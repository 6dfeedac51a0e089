"""What is wrong with a scenario: refusals, places and the one exception that carries them all."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class Refusal(ValueError):
    """One value that is refused: what is wrong with it and what to write instead.

    Parameters
    ----------
    problem : str
        What is wrong, without the value: "needs a duration".
    remedy : str
        What to do: "write e.g. 30 s".  May be empty.
    show_value : bool
        Whether the message repeats the value in brackets.
    """

    def __init__(self, problem: str, remedy: str = "", *, show_value: bool = True) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.show_value = show_value


class ScenarioError(Exception):
    """The user's scenario cannot be used; every problem is one line of `problems`.

    Parameters
    ----------
    problems : iterable of str
        Lines of the form ``file:line:column: path: problem (got value); remedy``.
    file : str
        Name of the scenario file, for the closing line.
    """

    def __init__(self, problems: Iterable[str], file: str) -> None:
        self.problems = list(problems)
        self.file = file
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        return "\n".join([*self.problems, f"{self.file}: {count} {noun} found, nothing was run"])


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written.

    `line` and `column` count from 1; in a table they are row and column, the header being row 1.
    A line of 0 means the whole file, or an override of the command line, named by `file`.
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Problem:
    """One line for the user, and the place by which lines are sorted.

    `path` is the dotted path of the key; empty for the document itself.  `value` is what was
    given; None leaves the bracket away.
    """

    place: Place
    path: str
    problem: str
    value: str | None = None
    remedy: str = ""

    def __str__(self) -> str:
        where = str(self.place)
        if self.path and not where.startswith(f"--set {self.path}="):
            where += f": {self.path}"
        got = "" if self.value is None else f" (got {shown(self.value)})"
        line = f"{where}: {self.problem}{got}" + (f"; {self.remedy}" if self.remedy else "")
        return on_one_line(line)


def shown(value: str, limit: int = 60) -> str:
    """Quote a value for one line of an error, shortened to `limit` characters."""
    text = value if len(value) <= limit else value[: limit - 3] + "..."
    return f"'{text}'"


def on_one_line(text: str) -> str:
    r"""Text whose line ends and other unprintable characters are escaped.

    Examples
    --------
    >>> on_one_line("a" + chr(10) + "b")
    'a\\nb'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Remedy that names the nearest known word, or lists the known ones; empty if there is none.

    Examples
    --------
    >>> did_you_mean("msc_nort", ["msc_north", "msc_south"])
    "did you mean 'msc_north'?"
    >>> did_you_mean("x", ["north", "south"])
    'known: north, south'
    """
    words = sorted(set(known))
    lowered = {w.lower(): w for w in reversed(words)}
    near = difflib.get_close_matches(word.lower(), list(lowered), n=1, cutoff=0.6)
    if near:
        return f"did you mean '{lowered[near[0]]}'?"
    if not words:
        return ""
    listed = ", ".join(words[:12])
    return f"known: {listed}" + (f" and {len(words) - 12} more" if len(words) > 12 else "")
