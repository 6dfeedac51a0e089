"""Expected procedures of a segment to another network: attempts at a hub or at a foreign HLR."""

import numpy as np

from smsc_sim.model.codes import NOBODY, OK, ROUTE_FAILED
from smsc_sim.model.network import Network
from smsc_sim.model.quantiles import SIDE_ROWS, TABLE_ROWS
from smsc_sim.planning.attempts import Course, tries_at
from smsc_sim.scenario.distributions import tail_probabilities
from smsc_sim.theory.renewal import mean_attempts


def offnet_course(network: Network, source: int, population: int, smsc: int) -> Course | None:
    """Course of a segment to another network; None for phones of our own.

    Notes
    -----
    Outcomes are drawn for each attempt anew, so temporary ones repeat geometrically, up to the
    attempts that the policy and the validity allow.  Everything takes the first route.
    """
    first = network.population_route_first[population]
    if network.population_route_first[population + 1] > first:
        return _hub_course(network, source, route_of(network, source, population), smsc)
    node = network.population_hlr[population]
    if network.foreign_hlr_time[node] == NOBODY:
        return None
    query = outcomes(network, network.foreign_hlr_outcomes[node])
    delivery = outcomes(network, network.foreign_msc_outcomes[node])
    found, good = query.get(OK, 0.0), delivery.get(OK, 0.0)
    again = _repeats(network, source, smsc, query)
    again += found * _repeats(network, source, smsc, delivery)
    attempts = mean_attempts(again, _tries(network, source, smsc, {**query, **delivery}))
    held_s = mean_s(network, network.foreign_hlr_time[node])
    radio_s = found * mean_s(network, network.foreign_msc_time[node])
    return Course(
        attempts=attempts,
        sri_errors=attempts * (1 - found),
        mt=attempts * found,
        delivered=attempts * found * good,
        reports=0.0,
        returns=0.0,
        radio_s=attempts * (held_s + radio_s),
    )


def route_of(network: Network, source: int, population: int) -> int:
    """Route that a source's segments to a population behind hubs take first."""
    own = network.source_route[source]
    return own if own >= 0 else network.population_route[network.population_route_first[population]]


def _hub_course(network: Network, source: int, route: int, smsc: int) -> Course:
    shares = outcomes(network, network.route_outcomes[route])
    attempts = 1.0
    if network.route_is_fake[route] == 0:
        tries = _tries(network, source, smsc, shares)
        attempts = mean_attempts(_repeats(network, source, smsc, shares), tries)
    station = network.node_station[network.route_node[route]]
    session_s = network.station_service_ns[station] + 2 * network.route_latency_ns[route]
    good = attempts * shares.get(OK, 0.0)
    return Course(attempts, 0.0, 0.0, good, 0.0, 0.0, attempts * session_s / 1e9)


def outcomes(network: Network, table: int) -> dict[int, float]:
    """Shares of a table of outcomes by cause; OK for found or delivered."""
    rows = slice(network.outcome_first[table], network.outcome_first[table + 1])
    shares = np.diff(np.concatenate([[0.0], np.asarray(network.outcome_end[rows])]))
    return dict(zip(network.outcome_cause[rows], shares.tolist(), strict=True))


def mean_s(network: Network, distribution: int) -> float:
    """Mean in s of a table of quantiles, straight between its knots."""
    table = np.array(
        network.quantile_ns[distribution * TABLE_ROWS : (distribution + 1) * TABLE_ROWS], np.float64
    )
    return float(
        sum(
            np.trapezoid(side, tail_probabilities())
            for side in (table[:SIDE_ROWS], table[SIDE_ROWS:])
        )
        / 1e9
    )


def _repeats(network: Network, source: int, smsc: int, shares: dict[int, float]) -> float:
    """Share of attempts that end in a cause that the policy repeats."""
    return sum(
        share
        for cause, share in shares.items()
        if cause != OK and tries_at(network, source, smsc, cause) > 1
    )


def _tries(network: Network, source: int, smsc: int, shares: dict[int, float]) -> int:
    """Attempts that the most patient schedule of the causes that occur allows."""
    causes = [cause for cause, share in shares.items() if share > 0 and cause != OK]
    return max(tries_at(network, source, smsc, cause) for cause in causes or [ROUTE_FAILED])
