"""What happens when, in words: start, warm-up, campaigns, failures, busy hours, end."""

from datetime import datetime

import numpy as np

from smsc_sim.model.codes import (
    BY_BATCH,
    BY_GAPS,
    BY_LOGIN,
    BY_REPLY,
    BY_TABLE,
    STORE_LOSS,
    WITHDRAWAL,
)
from smsc_sim.model.login import FALLBACK_CODE
from smsc_sim.model.names import Names
from smsc_sim.model.network import Network
from smsc_sim.planning.demand import messages_per_s, mscs_of, recipients_of
from smsc_sim.scenario.moments import later
from smsc_sim.theory.renewal import availability, expected_failures


def timetable(start: datetime, network: Network, names: Names) -> list[tuple[int, str, str]]:
    """Rows of (ns from start, local time, what happens), in the order of time."""
    duration_ns = network.duration_ns
    events = [(0, "traffic begins"), (duration_ns, "the window ends: traffic goes on uncounted")]
    if network.warm_up_ns > 0:
        events.append((network.warm_up_ns, "the warm-up ends: from here on messages are counted"))
    else:
        events.append((0, "no warm-up: all messages are counted"))
    drained_ns = duration_ns + network.drain_ns
    events.append((drained_ns, "the run ends here at the latest, with what is still open"))
    for source in range(network.sources):
        events.append(_source_event(start, network, names, source))
    events += _failure_events(start, network, names)
    order = sorted(events, key=lambda event: event[0])
    return [(at_ns, local_text(start, at_ns), what) for at_ns, what in order]


def local_text(start: datetime, at_ns: int) -> str:
    """Local time of a moment: the clock, with the date if it is another day than the start's."""
    local = later(start, int(at_ns))
    clock = f"{local:%H:%M:%S}" if local.second or local.microsecond else f"{local:%H:%M}"
    return clock if local.date() == start.date() else f"{local:%Y-%m-%d} {clock}"


def duration_text(duration_ns: int) -> str:
    """A duration in the largest units that fit: "5 min", "1 h 30 min".

    Examples
    --------
    >>> duration_text(5_400_000_000_000), duration_text(1_500_000_000)
    ('1 h 30 min', '1.5 s')
    """
    seconds, parts = duration_ns / 1e9, []
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        whole = int(seconds // length)
        seconds -= whole * length
        if whole:
            parts.append(f"{whole} {unit}")
    if seconds or not parts:
        parts.append(f"{seconds:g} s")
    return " ".join(parts)


def affected_by(network: Network, names: Names, element: int) -> str:
    """Whom an element serves, in words: what a failure of it touches."""
    kind = names.kinds[element]
    populations = range(len(names.populations))
    if kind == "smsc":
        number = network.node_smsc[element]
        senders = [
            names.populations[p]
            for p in populations
            if number in network.home_smsc[network.home_first[p] : network.home_first[p + 1]]
        ]
        sources = sorted(
            name
            for name, account in zip(names.sources, network.source_account, strict=True)
            if account >= 0 and network.account_smsc[account] == element
        )
        return _listed("what people in", senders) + _listed(" send; the traffic", sources)
    if kind == "hlr":
        homes = [names.populations[p] for p in populations if network.population_hlr[p] == element]
        return _listed("all deliveries to", homes)
    if kind == "msc":
        served = [
            f"{names.populations[p]} ({share:.0%} of its phones)"
            for p in populations
            for msc, share in mscs_of(network, p)
            if msc == element
        ]
        return _listed("phones of", served)
    if kind == "charging":
        payers = [
            names.populations[p] for p in populations if network.population_charging[p] == element
        ]
        return _listed("what prepaid phones send in", payers)
    if kind == "stp":
        sets = [
            names.elements[network.nodes + row]
            for row in range(network.link_sets)
            if element in (network.set_from[row], network.set_to[row])
        ]
        return _listed("the link sets", sets)
    if kind == "link":
        link_set = max(
            row for row in range(network.link_sets) if network.set_first_link[row] <= element
        )
        return f"one of {network.set_links[link_set]} links"
    if kind == "route":
        routes = network.route_node.index(element)
        first = network.population_route_first
        behind = [
            names.populations[p]
            for p in populations
            if routes in network.population_route[first[p] : first[p + 1]]
        ]
        return _listed("what goes over it to", behind)
    if kind != "link_set":  # a foreign network, or a node on the way
        homes = [names.populations[p] for p in populations if network.population_hlr[p] == element]
        return _listed("all deliveries to", homes) or "all that passes it"
    row = element - network.nodes
    ends = names.elements[network.set_from[row]], names.elements[network.set_to[row]]
    links = "link" if network.set_links[row] == 1 else "links"
    return f"{network.set_links[row]} {links} between {ends[0]} and {ends[1]}"


def _listed(lead: str, words: list[str]) -> str:
    return f"{lead} {', '.join(words)}" if words else ""


def _source_event(start: datetime, network: Network, names: Names, source: int) -> tuple[int, str]:
    """When a source begins, or has its busiest hour of the clock."""
    name = names.sources[source]
    if network.source_arrivals[source] == BY_TABLE:
        rows = range(network.table_first[source], network.table_first[source + 1])
        first_ns = network.table_ns[rows[0]] if rows else 0
        until = local_text(start, network.table_ns[rows[-1]] if rows else 0)
        return first_ns, f"'{name}' sends the {len(rows):,} messages of its table, until {until}"
    if network.source_arrivals[source] == BY_BATCH:
        first_ns, gap_ns = network.source_first_ns[source], network.source_gap_ns[source]
        messages = network.source_limit[source]
        until = local_text(start, first_ns + int(messages * gap_ns))
        to = ", ".join(names.populations[row] for row, _ in recipients_of(network, source))
        rate = f"{messages:,} msg at {1e9 / gap_ns:.4g} msg/s"
        kind = names.source_kinds[source].replace("_", " ")
        return first_ns, f"{kind} '{name}' of {rate} to {to}, until {until}"
    if network.source_arrivals[source] == BY_GAPS:
        return 0, f"'{name}' sends {1e9 / network.source_gap_ns[source]:.4g} msg/s at all hours"
    if network.source_arrivals[source] == BY_LOGIN:
        return 0, _codes_in_words(network, names, source)
    if network.source_arrivals[source] == BY_REPLY:
        window = np.array([[0.0], [float(network.duration_ns)]])
        mean = messages_per_s(network, window[0], window[1])[0, source]
        asked = names.sources[network.source_answers[source]]
        return 0, f"'{name}' answers '{asked}', {mean:.4g} msg/s on average"
    rows = range(network.piece_first[source], network.piece_first[source + 1] - 1)
    inside = [row for row in rows if network.piece_ns[row] < network.duration_ns]
    low = np.array([network.piece_ns[row] for row in inside], np.float64)
    high = np.array([network.piece_ns[row + 1] for row in inside], np.float64)
    # Rounded: the rates of equal hours differ in the last bits.
    rates = np.round(messages_per_s(network, low, high)[:, source], 6)
    busiest = int(np.argmax(rates))
    if rates.max() == rates.min():
        return 0, f"'{name}' sends {rates[0]:.4g} msg/s at all hours"
    until = local_text(start, min(int(high[busiest]), network.duration_ns))
    return int(low[busiest]), f"busiest hour of '{name}', {rates[busiest]:.4g} msg/s until {until}"


def _failure_events(start: datetime, network: Network, names: Names) -> list[tuple[int, str]]:
    """Failures, and when the element is back."""
    events = []
    for failure, kind in enumerate(network.failure_kind):
        rows = range(network.failure_first[failure], network.failure_first[failure + 1])
        at_ns, down_ns = network.failure_at_ns[failure], network.failure_down_ns[failure]
        verb = "is taken out" if kind == WITHDRAWAL else "fails"
        span = f"for {duration_text(down_ns)}, until {local_text(start, at_ns + down_ns)}"
        if network.failure_up_ns[failure] > 0:
            at_ns, span = 0, _at_random(network, failure)
        if kind == STORE_LOSS:
            span += ", and its store is lost"
        for element in (network.failure_element[row] for row in rows):
            what = names.kinds[element].replace("_", " ")
            what = what if what in ("link set", "link") else what.upper()
            affected = affected_by(network, names, element)
            events.append((at_ns, f"{what} '{names.elements[element]}' {verb} {span}: {affected}"))
    return events


def _at_random(network: Network, failure: int) -> str:
    """How often a random failure comes, and how much of the time it leaves its elements up."""
    up_ns, down_ns = network.failure_up_ns[failure], network.failure_down_ns[failure]
    up_s, down_s = up_ns / 1e9, down_ns / 1e9
    number = expected_failures(network.duration_ns / 1e9, up_s, down_s)
    return (
        f"at random, up {duration_text(up_ns)} and down {duration_text(down_ns)} on average "
        f"({number:.2g} times in the window, up {availability(up_s, down_s):.4%} of the time in "
        "the long run)"
    )


def _codes_in_words(network: Network, names: Names, source: int) -> str:
    """What further codes of logins a source brings, and how often."""
    window = np.array([[0.0], [float(network.duration_ns)]])
    mean = messages_per_s(network, window[0], window[1])[0]
    person = network.source_person[source]
    first = network.person_source[person]
    share = mean[source] / mean[first] if mean[first] > 0 else 0.0
    if network.source_code[source] == FALLBACK_CODE:
        why = f"fallback after {duration_text(network.person_fallback_ns[person])}"
    else:
        why = f"code {network.source_code[source] + 1} of those who ask again"
    return f"'{names.sources[source]}': {why}, {share:.1%} of the logins, {mean[source]:.4g} msg/s"
