"""Scenario to network: names become row numbers, units integers, topology links and queues."""

from itertools import product
from typing import NamedTuple

from smsc_sim.model.codes import NOBODY
from smsc_sim.model.legs import choose_link_set
from smsc_sim.model.names import Names
from smsc_sim.model.network import Network
from smsc_sim.model.state import empty_state
from smsc_sim.scenario.compile_background import compile_background
from smsc_sim.scenario.compile_cells import compile_cells
from smsc_sim.scenario.compile_charging import compile_charging
from smsc_sim.scenario.compile_customers import left_out
from smsc_sim.scenario.compile_failures import compile_failures
from smsc_sim.scenario.compile_links import compile_links, link_names, short_legs
from smsc_sim.scenario.compile_logins import check_call_prices
from smsc_sim.scenario.compile_offnet import check_route_prices, compile_offnet
from smsc_sim.scenario.compile_policies import compile_policies
from smsc_sim.scenario.compile_queues import compile_queues
from smsc_sim.scenario.compile_senders import compile_senders
from smsc_sim.scenario.compile_smscs import compile_smscs
from smsc_sim.scenario.compile_sources import list_sources
from smsc_sim.scenario.compile_subscribers import compile_populations
from smsc_sim.scenario.compile_topology import (
    Rows,
    compile_nodes,
)
from smsc_sim.scenario.compile_traffic import compile_traffic
from smsc_sim.scenario.distributions import Tables
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import Loaded
from smsc_sim.scenario.nodes import NODE_KINDS
from smsc_sim.scenario.schema import Scenario


class Compiled(NamedTuple):
    """A scenario ready to be simulated."""

    network: Network
    names: Names


def compile_scenario(loaded: Loaded) -> Compiled:
    """Compile a loaded scenario.

    Raises
    ------
    ScenarioError
        If an element that traffic needs cannot be reached, or a price is missing.
    """
    scenario = loaded.scenario
    node_names = sorted(name for row in NODE_KINDS for name in getattr(scenario, row.key))
    rows = Rows(
        nodes={name: row for row, name in enumerate(node_names)},
        link_sets={name: row for row, name in enumerate(sorted(scenario.link_sets))},
        links={name: row for row, name in enumerate(link_names(scenario))},
        smscs={name: row for row, name in enumerate(sorted(scenario.smscs))},
        stations=[],
        pools=[],
    )
    # An element that is always up.
    outside = len(rows.nodes) + len(rows.link_sets) + len(rows.links)
    nodes = compile_nodes(scenario, rows)
    sources = list_sources(scenario)
    classes = [source.class_ for source in sources]
    smscs = compile_smscs(scenario, rows, nodes, classes)
    links = compile_links(scenario, rows)
    tables = Tables()
    traffic = compile_traffic(loaded, sorted(scenario.populations), tables)
    policies = compile_policies(scenario, sorted(scenario.smscs), traffic.classes)
    accounts = compile_senders(
        scenario, rows, outside, policies, {source.to_account for source in sources}
    )
    cells = compile_cells(scenario, rows)  # its pools come last
    populations = compile_populations(scenario, rows.nodes, rows.smscs)
    phones = sorted(scenario.populations)
    background = compile_background(scenario, phones, traffic.arrivals, tables)
    failures = compile_failures(scenario, rows)
    network = Network(
        seed=scenario.seed,
        **nodes,
        **smscs,
        **links.columns,
        **accounts,
        **cells,
        **policies,
        **populations,
        **compile_charging(scenario, rows.nodes),
        **(traffic.columns | background),
        **compile_queues(rows, traffic.classes),
        **failures,
        pool_group=[rows.group_of.get(pool, NOBODY) for pool in range(len(rows.pools))],
        channel_groups=len(rows.channel_groups),
        elements=outside,
        station_link=links.link_of(rows.stations),
        station_sender=links.sender_of(rows.stations),
        **compile_offnet(scenario, rows.nodes, tables),
        warm_up_ns=scenario.warm_up,
        duration_ns=scenario.duration,
        drain_ns=scenario.drain_ns,
    )
    names = Names(
        elements=(*node_names, *rows.link_sets, *rows.links),
        kinds=(
            *(_kind_of(scenario, name) for name in node_names),
            *("link_set" for _ in rows.link_sets),
            *("link" for _ in rows.links),
        ),
        stations=tuple(row[0] for row in rows.stations),
        pools=tuple(row[0] for row in rows.pools),
        channel_groups=tuple(rows.channel_groups),
        smscs=tuple(sorted(scenario.smscs)),
        populations=tuple(sorted(scenario.populations)),
        countries=tuple(
            scenario.populations[name].country for name in sorted(scenario.populations)
        ),
        sources=traffic.names,
        classes=traffic.classes,
        source_kinds=traffic.kinds,
        origins=traffic.origins,
        prices=traffic.price_kinds,
        currencies=traffic.currencies,
        routes=tuple(sorted(scenario.routes)),
        audiences=tuple(
            (name, left_out(found)) for name, found in sorted(traffic.addressees.items())
        ),
    )
    check_route_prices(loaded, traffic.currencies)
    check_call_prices(loaded, traffic.currencies)
    check_reach(loaded, network, names)
    network = network._replace(leg_is_short=short_legs(network))
    return Compiled(network, names)


def _kind_of(scenario: Scenario, name: str) -> str:
    return next(row.kind for row in NODE_KINDS if name in getattr(scenario, row.key))


def check_reach(loaded: Loaded, network: Network, names: Names) -> None:
    """Refuse a scenario in which traffic needs a way that the link sets do not offer.

    Raises
    ------
    ScenarioError
        All pairs of elements without a way, at the place of one of them.
    """
    state = empty_state(network)
    needed: dict[tuple[int, int], str] = {}
    for population, name in enumerate(names.populations):
        hlr = network.population_hlr[population]
        if hlr == NOBODY:  # behind a hub, which needs no links
            continue
        rows = slice(network.share_first[population], network.share_first[population + 1])
        roamed = slice(network.roam_first[population], network.roam_first[population + 1])
        for msc in [*network.share_msc[rows], *network.roam_msc[roamed]]:
            if msc != hlr:  # a foreign network is both
                needed[msc, hlr] = name  # ready-for-SM
            needed |= {(smsc, msc): name for smsc in network.smsc_node}
            if network.population_charging[population] >= 0:
                needed[msc, network.population_charging[population]] = name
        needed |= {(smsc, hlr): name for smsc in network.smsc_node}
        if network.p_ported[population] > 0:
            old = network.ported_hlr[population]
            needed |= {(smsc, old): name for smsc in network.smsc_node}
        ends = {*network.smsc_node, *network.share_msc[rows]}
        needed |= dict.fromkeys(product(ends, network.waypoint_node), name)
    problems = [
        loaded.problem(
            f"populations.{population}",
            f"no way leads from '{names.elements[node]}' to '{names.elements[target]}'",
            "join them by link sets over STPs",
        )
        for (node, target), population in sorted(needed.items())
        if choose_link_set(network, state, node, target, 0) < 0
    ]
    if problems:
        raise ScenarioError(problems, loaded.file)
