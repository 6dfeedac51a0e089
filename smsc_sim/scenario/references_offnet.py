"""What must fit together where other networks are concerned."""

from __future__ import annotations

from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_subscribers import AttemptErrors, Reachability

Path = tuple[str, ...]


def offnet_problems(scenario: Scenario) -> list[tuple[Path, str, str]]:
    """(path, problem, remedy) of populations of other networks, their traffic and their prices."""
    problems: list[tuple[Path, str, str]] = []
    for name, population in scenario.populations.items():
        if not population.is_foreign:
            continue
        path = ("populations", name)
        kind = "network" if population.route is None else "route"
        for key in ("hlr", "mscs", *(("network",) if kind == "route" else ())):
            if getattr(population, key) is not None:
                what = f"has no place beside {kind}: nobody knows it"
                problems.append(((*path, key), what, f"leave out {key} or {kind}"))
        defaults = {"reachability": Reachability(), "errors": AttemptErrors()}
        for key, default in defaults.items():
            if getattr(population, key) != default:
                what = f"has no effect beside {kind}"
                problems.append(((*path, key), what, f"say it in the outcomes of the {kind}"))
    for name, part in scenario.traffic.items():
        sender = getattr(part, "from_", None)
        if sender is not None and scenario.populations[sender].is_foreign:
            what = f"'{sender}' is of another network, whose phones do not send over our SMSCs"
            problems.append((("traffic", name, "from"), what, "use kind: incoming"))
    return problems
