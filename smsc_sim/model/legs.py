"""How MSUs find their way: routes over what is up, links by SLS, queues as recursions."""

from smsc_sim.model.codes import DOWN, UP
from smsc_sim.model.network import Network, State

PRIORITIES = 4  # of MSUs: 0 is discarded first


def find_usable_sets(network: Network, state: State) -> None:
    """Mark in `state.set_up` the link sets with a link that works, between STPs that work.

    The links of an STP that is down are out of service.  Those of an end are not: what runs over
    them is lost there.
    """
    for link_set in range(network.link_sets):
        is_up = 1 if state.is_up[network.nodes + link_set] == UP else 0
        for node in (network.set_from[link_set], network.set_to[link_set]):
            if network.is_relay[node] == 1 and state.is_up[node] == DOWN:
                is_up = 0
        links_up = 0
        for link in range(network.set_links[link_set]):
            if state.is_up[network.set_first_link[link_set] + link] == UP:
                links_up += 1
        state.set_up[link_set] = is_up if links_up > 0 else 0


def update_routes(network: Network, state: State) -> None:
    """Find, from every node to every node, the link sets on the shortest ways that are up.

    STPs alone relay.  This is what MTP level 3 settles on after its transfer-prohibited and
    transfer-allowed messages.  `state.route_first` and `state.route_set` are filled in place.
    """
    find_usable_sets(network, state)
    nodes = network.nodes
    distance, frontier = state.distance, state.frontier
    rows = 0
    for node in range(nodes):
        for target in range(nodes):
            state.route_first[node * nodes + target] = 0
    for target in range(nodes):
        for node in range(nodes):
            distance[node] = nodes
        distance[target] = 0
        frontier[0] = target
        waiting, taken = 1, 0
        while taken < waiting:
            node = frontier[taken]
            taken += 1
            if node != target and (network.is_relay[node] == 0 or state.is_up[node] != UP):
                continue
            for link_set in range(network.link_sets):
                if state.set_up[link_set] == 0:
                    continue
                a, b = network.set_from[link_set], network.set_to[link_set]
                other = b if a == node else a if b == node else -1
                if other >= 0 and distance[other] == nodes:
                    distance[other] = distance[node] + 1
                    frontier[waiting] = other
                    waiting += 1
        for node in range(nodes):
            state.route_first[target * nodes + node] = rows
            if distance[node] == nodes or node == target:
                continue
            for link_set in range(network.link_sets):
                if state.set_up[link_set] == 0:
                    continue
                a, b = network.set_from[link_set], network.set_to[link_set]
                other = b if a == node else a if b == node else -1
                if other < 0 or distance[other] != distance[node] - 1:
                    continue
                if other == target or (network.is_relay[other] == 1 and state.is_up[other] == UP):
                    state.route_set[rows] = link_set
                    rows += 1
    state.route_first[nodes * nodes] = rows


def choose_link_set(network: Network, state: State, node: int, target: int, sls: int) -> int:
    """Link set from `node` towards `target` for one SLS, or -1 if there is no way.

    Over a combined set the high bits of the SLS choose the set: one bit for two sets.
    """
    row = target * network.nodes + node
    first = state.route_first[row]
    sets = state.route_first[row + 1] - first
    if sets == 0:
        return -1
    return state.route_set[first + (sls * sets >> network.sls_bits)]


def waypoint(network: Network, state: State, operation: int, sls: int) -> int:
    """Node that an MSU of an operation must pass on its way, or -1.

    The SLS chooses among those that work; where none does, the MSU goes to one that is down.
    """
    first = network.waypoint_first[operation]
    nodes = network.waypoint_first[operation + 1] - first
    if nodes == 0:
        return -1
    for turn in range(nodes):
        node = network.waypoint_node[first + (sls + turn) % nodes]
        if state.is_up[node] == UP:
            return node
    return network.waypoint_node[first + sls % nodes]


def link_of(links: int, sls: int) -> int:
    """Which of so many links carries one SLS while all are up.

    With 4 bits, 16 SLS values over n links: even only when n is 1, 2, 4, 8 or 16.  Of two sets
    that share the load each sees 8 of the values, so no more than 8 of its links are used.
    """
    if links & (links - 1) == 0:  # most often so, and a division takes long
        return sls & (links - 1)
    return sls % links


def link_station(network: Network, state: State, link_set: int, node: int, sls: int) -> int:
    """Station of the link that carries one SLS from `node` over a link set.

    The values of a link that is down are spread over those that are up; all others stay where
    they are.
    """
    links = network.set_links[link_set]
    back = 0 if network.set_from[link_set] == node else links
    first = network.set_first_link[link_set]
    chosen = link_of(links, sls)
    if state.is_up[first + chosen] != UP:
        links_up = 0
        for link in range(links):
            if state.is_up[first + link] == UP:
                links_up += 1
        skip = sls // links % max(1, links_up)
        for link in range(links):
            if state.is_up[first + link] == UP:
                if skip == 0:
                    chosen = link
                skip -= 1
    return network.set_first_station[link_set] + back + chosen


def far_end(network: Network, link_set: int, node: int) -> int:
    """Node at the other end of a link set."""
    if network.set_from[link_set] == node:
        return network.set_to[link_set]
    return network.set_from[link_set]


def octets_on(network: Network, link_set: int, msu: int) -> int:
    """Octets of an MSU, given as operation * 256 + TP-UD octets, on the wire of a link set."""
    return network.msu_octets[network.set_transport[link_set] * network.msu_codes + msu]


def enter_queue(
    free_ns: list[int], first: int, servers: int, now_ns: int, service_ns: int, patience_ns: int
) -> int:
    """Start of service at a first-in-first-out station, or -1 if the wait would be too long.

    `free_ns[first : first + servers]` is a heap of the times at which the servers fall free;
    it is brought up to date.  With one queue, constant patience and service times known on
    arrival the whole future of an arrival is known now: no queue needs to be kept.
    """
    start_ns = max(now_ns, free_ns[first])
    if start_ns - now_ns > patience_ns:
        return -1
    finish_ns = start_ns + service_ns
    i = 0
    while True:
        child = 2 * i + 1
        if child >= servers:
            break
        if child + 1 < servers and free_ns[first + child + 1] < free_ns[first + child]:
            child += 1
        if free_ns[first + child] >= finish_ns:
            break
        free_ns[first + i] = free_ns[first + child]
        i = child
    free_ns[first + i] = finish_ns
    return start_ns


def discard_ns(network: Network, link_set: int, operation: int) -> int:
    """Wait in ns for a link from which congestion discards MSUs of an operation, or NEVER.

    Waits stand for the octets in the buffer, the level for how many there are.
    """
    return network.set_discard_ns[PRIORITIES * link_set + network.operation_priority[operation]]


def emission_ns(network: Network, link_set: int, octets: int) -> int:
    """Time in ns to emit an MSU of so many octets on one link of a set, rounded down."""
    if network.set_msu_ns[link_set] > 0:
        return network.set_msu_ns[link_set]
    return int(octets * network.set_octet_ns[link_set])
