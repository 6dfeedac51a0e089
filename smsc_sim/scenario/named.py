"""What a plan or a scenario names and writes in its own words: files, conditions, texts."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from smsc_sim.content.conditions import Condition, parse_condition
from smsc_sim.content.errors import ContentError
from smsc_sim.content.templates import Template, parse_template
from smsc_sim.scenario.check import in_order, problems_of
from smsc_sim.scenario.document import Fields, Scalar, plain
from smsc_sim.scenario.errors import Problem, Refusal, ScenarioError
from smsc_sim.scenario.files import inside
from smsc_sim.scenario.merge import find, place_of
from smsc_sim.scenario.schema_base import Part

P = TypeVar("P", bound=Part)


class Named:
    """Reads what stands at dotted paths of a tree, checked or not; problems are gathered.

    What the schema refuses is its own to tell: here it counts as not given.

    Parameters
    ----------
    tree : Fields
        Where the names were written.
    folder : Path
        That files must lie in.
    """

    def __init__(self, tree: Fields, folder: Path) -> None:
        self._tree, self._folder = tree, folder
        self.problems: list[Problem] = []

    def wrong(self, path: str, problem: str, value: str | None = None, remedy: str = "") -> None:
        """Note a problem of the value of a dotted path."""
        place = place_of(self._tree, tuple(path.split(".")))
        self.problems.append(Problem(place, path, problem, value, remedy))

    def refused(self, path: str, error: ContentError) -> None:
        """Note what content says of the value of a dotted path."""
        self.wrong(path, str(error).removeprefix("condition: "))

    def whole(self, kind: type[P]) -> P | None:
        """The tree as what it should be; None with every problem noted where it is not."""
        try:
            return kind.model_validate(plain(self._tree))
        except ValidationError as error:
            self.problems += problems_of(self._tree, error, kind)
            return None

    def text(self, path: str) -> str | None:
        """What is written at a path; None where nothing or no single value is."""
        node = find(self._tree, tuple(path.split(".")))
        return node.value if isinstance(node, Scalar) else None

    def keys(self, path: str) -> tuple[str, ...]:
        """Keys below a path, in the order of the file."""
        node = find(self._tree, tuple(path.split(".")))
        return tuple(node.entries) if isinstance(node, Fields) else ()

    def texts(self, path: str) -> dict[str, str]:
        """Single values below a path, by key."""
        found = {key: self.text(f"{path}.{key}") for key in self.keys(path)}
        return {key: text for key, text in found.items() if text is not None}

    def part(self, path: str, kind: type[P]) -> P | None:
        """What is written at a path, where it is what it should be."""
        node = find(self._tree, tuple(path.split(".")))
        if not isinstance(node, Fields):
            return None
        try:
            return kind.model_validate(plain(node))
        except ValidationError:
            return None

    def file(self, path: str) -> Path | None:
        """The file or folder that is named, in the folder; None where none is, or is there."""
        name = self.text(path)
        if name is None:
            return None
        try:
            target = inside(self._folder, self._folder, name)
            if not target.exists():
                raise Refusal(
                    "there is nothing of this name", "check it; it is relative to this file"
                )
        except Refusal as refusal:
            self.wrong(path, refusal.problem, name, refusal.remedy)
            return None
        return target

    def condition(self, path: str) -> Condition | None:
        """The condition on attributes."""
        text = self.text(path)
        try:
            return None if text is None else parse_condition(text)
        except ContentError as error:
            self.refused(path, error)
            return None

    def templates(self, path: str) -> dict[str, Template]:
        """Texts in pieces, by language."""
        found = {}
        for language, text in self.texts(path).items():
            try:
                found[language] = parse_template(text)
            except ContentError as error:
                self.refused(f"{path}.{language}", error)
        return found

    def refuse(self, file: str) -> None:
        """Raise ScenarioError with what was gathered, if anything was."""
        if self.problems:
            raise ScenarioError([str(problem) for problem in in_order(self.problems)], file)
