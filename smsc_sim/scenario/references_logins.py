"""What must fit together where people log in."""

from __future__ import annotations

from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_applications import OneTimePassword
from smsc_sim.scenario.schema_events import LoginTarget

Path = tuple[str, ...]


def login_problems(scenario: Scenario) -> list[tuple[Path, str, str]]:
    """(path, problem, remedy) of people who log in, their fallbacks and targets on logins."""
    problems: list[tuple[Path, str, str]] = []
    classes = set()
    for name, part in scenario.traffic.items():
        if not isinstance(part, OneTimePassword) or part.person is None:
            continue
        classes.add(part.class_)
        path = ("traffic", name, "person")
        person = part.person
        fallback = person.fallback
        if fallback is None:
            continue
        if fallback.account == part.account and fallback.route is None:
            what = "is the account that has sent the codes before"
            problems.append(((*path, "fallback", "account"), what, "name another, or a route"))
        if fallback.route is not None:
            ours = [to for to in part.to if scenario.populations[to].route is None]
            if ours:
                what = f"'{ours[0]}' is not reached by routes"
                problems.append(((*path, "fallback", "route"), what, "name an account instead"))
    for name, target in scenario.targets.items():
        if isinstance(target, LoginTarget) and target.class_ not in classes:
            what = f"nobody logs in with codes of the class '{target.class_}'"
            remedy = "give a person to its traffic, or write within"
            problems.append((("targets", name, "class"), what, remedy))
    return problems
