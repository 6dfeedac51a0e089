"""What cannot be said of failures: no element, no store to lose, two outages at once."""

from __future__ import annotations

from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_events import Outage

Path = tuple[str, ...]


def failure_problems(scenario: Scenario) -> list[tuple[Path, str, str]]:
    """(path, problem, remedy) of what is wrong with failures."""
    problems: list[tuple[Path, str, str]] = []
    for name, failure in scenario.failures.items():
        path = ("failures", name)
        if failure.element is None and failure.elements is None:
            problems.append((path, "names nothing that fails", "add element or elements"))
        if failure.element is not None and failure.elements is not None:
            what = "names elements in two ways"
            problems.append(((*path, "elements"), what, "keep element or elements"))
        if failure.store == "lost":
            others = sorted(set(failure.names) - scenario.smscs.keys())
            if others:
                what = f"is for SMSCs: '{others[0]}' has no store"
                problems.append(((*path, "store"), what, "leave it out"))
            elif isinstance(failure, Outage) and failure.planned:
                what = "does not go with planned work, which loses nothing"
                problems.append(((*path, "store"), what, "leave one of the two out"))
    return problems + _overlaps(scenario)


def _overlaps(scenario: Scenario) -> list[tuple[Path, str, str]]:
    """Outages that begin while the same element is still out of service by another.

    Random failures may overlap with everything: nobody knows when they come.
    """
    problems: list[tuple[Path, str, str]] = []
    last: dict[str, tuple[int, str]] = {}
    known = [(n, f) for n, f in scenario.failures.items() if isinstance(f, Outage)]
    for name, failure in sorted(known, key=lambda item: (item[1].at, item[0])):
        for element in failure.names:
            until, other = last.get(element, (-1, ""))
            if failure.at < until:
                what = f"begins while '{element}' is still out of service by '{other}'"
                problems.append((("failures", name, "at"), what, "join the two, or move one"))
            last[element] = max((until, other), (failure.at + failure.for_, name))
    return problems
