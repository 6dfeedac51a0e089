"""Other networks to columns: hubs, foreign networks, and the tables of their outcomes and times."""

from typing import Any

from smsc_sim.content.money import micros
from smsc_sim.model.codes import CAUSE_NAMES, NOBODY, OK
from smsc_sim.scenario.compile_subscribers import cumulative
from smsc_sim.scenario.distributions import Tables
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import Loaded
from smsc_sim.scenario.schema import Scenario

GOOD = ("delivered", "found")


class Outcomes:
    """Tables of outcomes by chance."""

    def __init__(self) -> None:
        self.first, self.end, self.cause = [0], list[float](), list[int]()

    def row(self, shares: dict[str, float]) -> int:
        """Add a table; returns its number."""
        names, ends = cumulative(shares)
        self.end += ends
        self.cause += [OK if name in GOOD else CAUSE_NAMES.index(name) for name in names]
        self.first.append(len(self.end))
        return len(self.first) - 2


def compile_offnet(scenario: Scenario, nodes: dict[str, int], tables: Tables) -> dict[str, Any]:
    """Columns of `Network` about routes and foreign networks.

    Parameters
    ----------
    scenario : Scenario
    nodes : dict of str to int
        Row of each node; hubs and foreign networks are among them.
    tables : Tables
        Takes their distributions of times.
    """
    outcomes = Outcomes()
    names = sorted(scenario.routes)
    routes = [scenario.routes[name] for name in names]
    columns: dict[str, list[int]] = {
        "route_node": [nodes[name] for name in names],
        "route_latency_ns": [route.latency for route in routes],
        "route_delay": [tables.row(route.delay) for route in routes],
        "route_outcomes": [outcomes.row(route.outcomes) for route in routes],
        "route_is_fake": [int(route.receipts == "fake") for route in routes],
        "route_price_micros": [
            0 if route.price is None else micros(route.price.amount) for route in routes
        ],
        "population_route_first": [0],
        "population_route": [],
    }
    for population in sorted(scenario.populations):
        columns["population_route"] += [
            names.index(name) for name in scenario.populations[population].route or ()
        ]
        columns["population_route_first"].append(len(columns["population_route"]))
    foreign: dict[str, list[int]] = {
        key: [NOBODY] * len(nodes)
        for key in (
            *("foreign_hlr_time", "foreign_hlr_outcomes"),
            *("foreign_msc_time", "foreign_msc_outcomes"),
        )
    }
    for name in sorted(scenario.networks):
        part, node = scenario.networks[name], nodes[name]
        foreign["foreign_hlr_time"][node] = tables.row(part.answer_time)
        foreign["foreign_hlr_outcomes"][node] = outcomes.row(part.hlr)
        foreign["foreign_msc_time"][node] = tables.row(part.delivery_time)
        foreign["foreign_msc_outcomes"][node] = outcomes.row(part.msc)
    return {
        **columns,
        **foreign,
        "outcome_first": outcomes.first,
        "outcome_end": outcomes.end,
        "outcome_cause": outcomes.cause,
        "quantile_ns": tables.quantile_ns,
    }


def check_route_prices(loaded: Loaded, currencies: tuple[str, ...]) -> None:
    """Refuse prices of routes in another currency than that of the run.

    Raises
    ------
    ScenarioError
        All such routes, each at its place.
    """
    problems = [
        loaded.problem(
            f"routes.{name}.price",
            f"is in {route.price.currency}, which does not add up with {' and '.join(known)}",
            "give it in the currency of the rate card",
        )
        for known in [sorted({currency for currency in currencies if currency})]
        for name, route in sorted(loaded.scenario.routes.items())
        if route.price is not None and known and [route.price.currency] != known
    ]
    if problems:
        raise ScenarioError(problems, loaded.file)
