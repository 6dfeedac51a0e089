"""What a plan or a scenario names and writes in its own words: files, conditions, texts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from smsc_sim.content.conditions import Condition, parse_condition
from smsc_sim.content.errors import ContentError
from smsc_sim.content.templates import Template, parse_template
from smsc_sim.scenario.document import Fields
from smsc_sim.scenario.errors import Problem, Refusal
from smsc_sim.scenario.files import inside
from smsc_sim.scenario.merge import place_of


class Named:
    """Reads what is named; problems are gathered.

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

    def file(self, path: str, name: str) -> Path:
        """A file or folder in the folder."""
        try:
            target = inside(self._folder, self._folder, name)
            if not target.exists():
                raise Refusal(
                    "there is nothing of this name", "check it; it is relative to this file"
                )
        except Refusal as refusal:
            self.wrong(path, refusal.problem, name, refusal.remedy)
            return self._folder
        return target

    def condition(self, path: str, text: str | None) -> Condition | None:
        """The condition on attributes."""
        try:
            return None if text is None else parse_condition(text)
        except ContentError as error:
            self.wrong(path, str(error).removeprefix("condition: "))
            return None

    def templates(self, path: str, texts: Mapping[str, str]) -> dict[str, Template]:
        """Texts in pieces, by language."""
        found = {}
        for language, text in texts.items():
            try:
                found[language] = parse_template(text)
            except ContentError as error:
                self.wrong(f"{path}.{language}", str(error))
        return found
