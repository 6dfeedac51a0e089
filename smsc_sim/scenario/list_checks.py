"""What plans, years and scenarios ask of a list of customers, checked against its header."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from smsc_sim.content.condition_checks import check_condition
from smsc_sim.content.conditions import Condition
from smsc_sim.content.errors import ContentError
from smsc_sim.content.letters import letters_of
from smsc_sim.content.row_files import RowFile, open_rows
from smsc_sim.content.templates import Template
from smsc_sim.scenario.errors import Place, Problem, did_you_mean
from smsc_sim.scenario.named import Named
from smsc_sim.scenario.schema_audience import ListAudience


def open_list(found: Named, path: str, instead: Path | None = None) -> RowFile | None:
    """Header of a list, with its own columns checked; None, with a problem, where it has none.

    Parameters
    ----------
    found : Named
        Where problems are noted.
    path : str
        Dotted path of the audience.
    instead : Path, optional
        List in place of the one that it names.
    """
    file = instead or found.file(f"{path}.file")
    if file is None:
        return None
    try:
        listed = open_rows(file)
    except ContentError as error:
        if instead is None:
            found.wrong(f"{path}.file", str(error).replace(str(file), file.name))
        else:
            problem = str(error).removeprefix(f"{instead}: ")
            found.problems.append(Problem(Place(str(instead)), "", problem))
        return None
    of = found.part(path, ListAudience)
    if of is not None:
        own = ("number", "country", "language", "opted_out", "seen")
        check_columns(found, listed, {f"{path}.{key}": getattr(of, key) for key in own})
    return listed


def check_columns(found: Named, listed: RowFile, titles: Mapping[str, str | None]) -> None:
    """Note titles, by dotted path, that the list does not have."""
    for path, title in titles.items():
        if title is not None and title not in listed.titles:
            remedy = did_you_mean(title, listed.titles)
            found.wrong(path, "is no column of the list", title, remedy)


def check_conditions(
    found: Named, conditions: Mapping[str, Condition | None], kinds: Mapping[str, type]
) -> None:
    """Note conditions, by dotted path, that cannot be asked of columns or met by anything."""
    for path, condition in conditions.items():
        try:
            if condition is not None:
                check_condition(condition, kinds)
        except ContentError as error:
            found.refused(path, error)


def check_texts(
    found: Named, listed: RowFile, path: str, texts: Mapping[str, Template], values: str
) -> None:
    """Note texts with a placeholder that is neither a column nor one of the values at a path."""
    given = found.texts(values)
    for language, template in texts.items():
        wrong = letters_of({language: template}, given).problem(listed.titles)
        if wrong is not None:
            found.wrong(f"{path}.{language}", wrong[1])
