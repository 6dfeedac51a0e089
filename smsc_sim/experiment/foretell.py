"""How much work a run will be, to first order, before anything is simulated."""

from __future__ import annotations

from bisect import bisect_left

from smsc_sim.model.arrivals import MASS
from smsc_sim.model.codes import BY_BATCH, BY_GAPS, BY_LOGIN, BY_REPLY, BY_TABLE, NOBODY
from smsc_sim.model.legs import choose_link_set, far_end
from smsc_sim.model.network import Network, State
from smsc_sim.model.state import empty_state

VISITS_PER_CALL = 2  # a call or location update: its MSC, and at times a page


def expected_visits(network: Network) -> float:
    """Visits to stations of one replication, as far as rates and ways foretell them.

    Every segment is taken to be delivered at its first attempt, to the first population, SMSC and
    MSC of its source, and the drain to last as long as it may: within a factor of two of what the
    shipped scenarios make, good enough to choose an engine by and no more.  Capacity is planned
    with `planning.offered`, which follows every way, failure and repetition.
    """
    network = network._replace(duration_ns=network.duration_ns + network.drain_ns)
    state = empty_state(network)
    visits = 0.0
    for source in range(len(network.source_digest)):
        messages = expected_messages(network, source)
        if source >= network.sources:
            visits += messages * VISITS_PER_CALL
        elif messages > 0:
            each = visits_per_segment(network, state, source)
            visits += messages * segments_per_message(network, source) * each
    return visits


def expected_messages(network: Network, source: int) -> float:
    """Messages, calls or location updates that a source brings until the end of `network`."""
    expected = 0.0
    if network.source_arrivals[source] == BY_GAPS:
        return network.duration_ns / network.source_gap_ns[source]
    if network.source_arrivals[source] == BY_LOGIN:
        return expected  # few ask again
    if network.source_arrivals[source] == BY_REPLY:
        share = network.reply_high[source] - network.reply_low[source]
        return share * expected_messages(network, network.source_answers[source])
    if network.source_arrivals[source] == BY_BATCH:
        window_ns = max(0, network.duration_ns - network.source_first_ns[source])
        expected = window_ns / max(1e-9, network.source_gap_ns[source])
    elif network.source_arrivals[source] == BY_TABLE:
        rows = slice(network.table_first[source], network.table_first[source + 1])
        expected = bisect_left(network.table_ns[rows], network.duration_ns)
    for row in range(network.piece_first[source], network.piece_first[source + 1]):
        after_ns = network.duration_ns - network.piece_ns[row]
        if after_ns > 0:
            mass = network.piece_mass[row] + after_ns * network.piece_rate[row]
            expected = mass / MASS
    return min(network.source_limit[source], expected)


def segments_per_message(network: Network, source: int) -> float:
    """Mean segments of a source's messages, from the alias table of its texts."""
    mix = network.text_of[source]
    first, last = network.text_first[mix], network.text_first[mix + 1]
    total = 0.0
    for row in range(first, last):
        keep, alias = network.text_keep[row], first + network.text_alias[row]
        total += keep * network.text_segments[row] + (1 - keep) * network.text_segments[alias]
    return total / (last - first)


def visits_per_segment(network: Network, state: State, source: int) -> int:
    """Visits of a segment that is submitted, routed and delivered without a failure."""
    population = network.to_population[network.to_first[source]]
    account, home = network.source_account[source], network.source_from[source]
    if network.source_smsc[source] >= 0:  # a foreign SMSC has the messages already
        smsc, visits = network.smsc_node[network.source_smsc[source]], 0
    elif account != NOBODY:
        smsc, visits = network.account_smsc[account], 3  # account, admission, licence
    else:
        smsc = network.smsc_node[network.home_smsc[network.home_first[home]]]
        msc = network.share_msc[network.share_first[home]]
        visits = 3 + there_and_back(network, state, msc, smsc)  # MSC, admission, licence
    if network.source_to_account[source] != NOBODY:
        return visits + 1  # where the account takes it
    hlr = network.population_hlr[population]
    if hlr == NOBODY:
        return visits + 1  # behind a hub
    msc = network.share_msc[network.share_first[population]]
    for node in (hlr, msc):
        visits += 1 + there_and_back(network, state, smsc, node)
    return visits


def there_and_back(network: Network, state: State, node: int, target: int) -> int:
    """Visits of a request and its answer on their ways."""
    return way_visits(network, state, node, target) + way_visits(network, state, target, node)


def way_visits(network: Network, state: State, node: int, target: int) -> int:
    """Links and relays between two nodes."""
    visits = 0
    while node != target:
        link_set = choose_link_set(network, state, node, target, 0)
        assert link_set >= 0, "a scenario without a way is refused"
        node = far_end(network, link_set, node)
        visits += 1 if node == target else 2
    return visits
