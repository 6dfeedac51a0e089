"""Measures of links: MSUs lost and why, time at each congestion level."""

from __future__ import annotations

from collections.abc import Iterator

from smsc_sim.engines.count_stations import LEVELS
from smsc_sim.engines.occupancy import Links
from smsc_sim.model.codes import LOSS_NAMES, NEVER
from smsc_sim.model.legs import PRIORITIES
from smsc_sim.model.names import Names
from smsc_sim.model.network import Network

from .measure import Measure

RUN = "*"
WHY = {
    "no_way": "no link set that is up leads on, or the node is down",
    "buffer_full": "the buffer of the link was full",
    "congestion": "the congestion level of the link was above their priority",
    "relay_full": "an STP was too busy",
}


def link_measures() -> list[Measure]:
    """Measures of losses and of congestion."""
    group = "Links"
    base = "Signalling messages lost in the observation window"
    found = [Measure("msus_lost", "MSUs", "MSUs lost", f"{base}.", group, "count")]
    for name in LOSS_NAMES:
        title = f"Lost: {name.replace('_', ' ')}"
        found.append(
            Measure(f"msus_lost_{name}", "MSUs", title, f"{base}: {WHY[name]}.", group, "count")
        )
    for level in range(1, LEVELS + 1):
        found.append(
            Measure(
                f"congestion_{level}",
                "1",
                f"Congestion level {level}",
                f"Share of the observation window in which a link was at congestion level {level}; "
                "of the links of a set the one with the largest share.",
                group,
                "percent",
            )
        )
    return found


def link_rows(
    network: Network, names: Names, links: Links
) -> Iterator[tuple[str, str, str, float]]:
    """Rows of losses, of the run and by node, and of the levels of sets that have any."""
    yield "run", RUN, "msus_lost", float(links.lost.sum())
    for reason, name in enumerate(LOSS_NAMES):
        yield "run", RUN, f"msus_lost_{name}", float(links.lost[:, reason].sum())
    for node in range(network.nodes):
        yield "element", names.elements[node], "msus_lost", float(links.lost[node].sum())
    window_ns = network.duration_ns - network.warm_up_ns
    for link_set in range(network.link_sets):
        row = PRIORITIES * link_set
        if network.set_discard_ns[row] == NEVER:
            continue
        first = network.set_first_station[link_set]
        above = links.above_ns[first : first + 2 * network.set_links[link_set]] / window_ns
        for level in range(LEVELS):
            here = above[:, level] - (above[:, level + 1] if level + 1 < LEVELS else 0.0)
            name = names.elements[network.nodes + link_set]
            yield "element", name, f"congestion_{level + 1}", float(here.max())
