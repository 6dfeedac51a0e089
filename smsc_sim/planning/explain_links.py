"""Links of sets that the SLS does not load evenly, by name."""

from __future__ import annotations

from typing import NamedTuple

from smsc_sim.model.names import Names
from smsc_sim.model.network import Network
from smsc_sim.planning.explain_rows import ElementRow

EVEN = 1e-3  # links whose loads differ by less than this share of the mean count as even


class UnevenRow(NamedTuple):
    """One link of an uneven set, in the busiest hour of one direction."""

    link: str  # as a failure names it: home-a.1
    direction: str  # from>to
    share: float  # of the load of its set and direction
    even: float  # the share that it would have of an even load
    utilisation: float
    flag: str


def uneven_rows(
    network: Network, names: Names, stations: tuple[ElementRow, ...]
) -> tuple[UnevenRow, ...]:
    """Links of the sets in which some link carries more than another, both directions.

    Notes
    -----
    2^bits values of the SLS over n links leave a remainder unless n divides them; over a pair of
    sets each sees half of the values.
    """
    found = []
    for row in range(network.link_sets):
        links, first = network.set_links[row], network.set_first_station[row]
        ends = names.elements[network.set_from[row]], names.elements[network.set_to[row]]
        for back in (0, 1):
            part = stations[first + back * links : first + (back + 1) * links]
            loads = [link.busy_erlang for link in part]
            mean = sum(loads) / links
            if max(loads) - min(loads) <= EVEN * mean:
                continue
            for number, link in enumerate(part):
                found.append(
                    UnevenRow(
                        link=names.elements[network.set_first_link[row] + number],
                        direction=f"{ends[back]}>{ends[1 - back]}",
                        share=loads[number] / sum(loads),
                        even=1 / links,
                        utilisation=link.busy_utilisation,
                        flag=link.flag,
                    )
                )
    return tuple(found)
