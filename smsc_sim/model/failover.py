"""Failures of links, link sets and STPs: who takes over their traffic, and when.

As in MTP level 3 (ITU-T Q.704, from memory): the MSUs of a failed link wait in the changeover
buffer of the node that sent them, those not yet acknowledged first, and then go on over the other
links of the set.  When the whole set is down, or the STP behind it, they wait until the network has
settled on other ways.  Nothing overtakes and nothing is lost, unless no way is left.
"""

from smsc_sim.model.codes import UP
from smsc_sim.model.legs import find_usable_sets, link_of
from smsc_sim.model.network import Network, State


def take_down(network: Network, state: State, element: int, to: int, now: int) -> int:
    """Take an element out of service; returns when the routes change, or -1 if they do not.

    `to` is DOWN or DRAINING.  An STP that drains relays what still comes until they do.
    """
    state.is_up[element] = to
    routes_ns = _reconsider(network, state, element, now)
    if element >= network.nodes + network.link_sets and routes_ns < 0:
        state.moved_ns[element] = now + network.changeover_ns
    return routes_ns


def bring_up(network: Network, state: State, element: int, now: int) -> int:
    """Bring an element back into service; returns when the routes change, or -1.

    A single link has its SLS values back at once: changeback takes no time here.
    """
    state.is_up[element] = UP
    return _reconsider(network, state, element, now)


def _reconsider(network: Network, state: State, element: int, now: int) -> int:
    """Find out which link sets can be used now; returns when the routes follow, or -1."""
    find_usable_sets(network, state)
    is_relay = element < network.nodes and network.is_relay[element] == 1
    routes_ns = now + network.reroute_ns if is_relay else -1
    for link_set in range(network.link_sets):
        row = network.nodes + link_set
        was_usable = state.moved_ns[row] < 0
        if was_usable and state.set_up[link_set] == 0:
            routes_ns = state.moved_ns[row] = now + network.reroute_ns
        elif not was_usable and state.set_up[link_set] == 1:
            routes_ns = now + network.reroute_ns
            state.moved_ns[row] = -1
    return routes_ns


def held_until_ns(network: Network, state: State, link_set: int, sls: int, now: int) -> int:
    """Until when an MSU for a link set waits because its traffic is moving; -1 if it does not.

    A set that is down is left by the MSUs that wait for it when the routes change, so at that
    instant they are looked at once more.
    """
    if state.set_up[link_set] == 0:
        return max(now, state.moved_ns[network.nodes + link_set])
    link = network.set_first_link[link_set] + link_of(network.set_links[link_set], sls)
    if state.is_up[link] != UP and now < state.moved_ns[link]:
        return state.moved_ns[link]
    return -1


def fails_with(network: Network, element: int, station: int) -> bool:
    """Whether a station stops when an element fails.

    The queue of a link stops with the link, its set, the node that sends over it, and an STP at its
    far end; the latter two not where link cards stand apart from their node.
    """
    if network.station_element[station] == element or network.station_link[station] == element:
        return True
    sender = network.station_sender[station]
    if sender < 0 or element >= network.nodes or network.cards_apart == 1:
        return False
    link_set = network.station_element[station] - network.nodes
    is_end = element in (network.set_from[link_set], network.set_to[link_set])
    return is_end and (sender == element or network.is_relay[element] == 1)
