"""Background to columns: who calls, how often, and for how long channels are held."""

from collections.abc import Sequence
from typing import Any

from smsc_sim.model.codes import CALL, LOCATION_UPDATE, NOBODY
from smsc_sim.scenario.compile_arrivals import Arrivals, arrival_columns, rate_pieces
from smsc_sim.scenario.compile_subscribers import digest
from smsc_sim.scenario.distributions import Tables
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_background import Calls, LocationUpdates


def background_rate(scenario: Scenario, part: Calls | LocationUpdates) -> float:
    """Calls or updates per second of all phones, on average over a day."""
    if part.rate is not None:
        return part.rate
    assert part.volume is not None
    return part.volume * scenario.populations[part.from_].size


def compile_background(
    scenario: Scenario, populations: list[str], messages: Sequence[Arrivals], tables: Tables
) -> dict[str, Any]:
    """Columns of `Network` about background, and those about arrivals.

    Parameters
    ----------
    scenario : Scenario
    populations : list of str
        In the order of their rows.
    messages : sequence of Arrivals
        Of the sources of messages, whose rows come first.
    tables : Tables
        Distributions of times; those of background are added.
    """
    names = sorted(scenario.background)
    parts = [scenario.background[name] for name in names]
    calls = [part if isinstance(part, Calls) else None for part in parts]
    held = [part.setup if isinstance(part, Calls) else part.holding for part in parts]
    return {
        **arrival_columns([*messages, *(_arrivals(scenario, name) for name in names)]),
        "sources": len(messages),
        "background_kind": [CALL if call else LOCATION_UPDATE for call in calls],
        "background_from": [populations.index(part.from_) for part in parts],
        "background_p_terminated": [call.terminated if call else 0.0 for call in calls],
        "background_set_up": [tables.row(shape) for shape in held],
        "background_talk": [tables.row(call.duration) if call else NOBODY for call in calls],
        "background_p_retrial": [part.retrials.probability for part in parts],
        "background_retrial_ns": [part.retrials.delay for part in parts],
        "background_retrials": [part.retrials.at_most for part in parts],
    }


def _arrivals(scenario: Scenario, name: str) -> Arrivals:
    """When calls or updates begin."""
    part = scenario.background[name]
    until_ns = scenario.duration + scenario.drain_ns
    rate, profile = background_rate(scenario, part), scenario.profiles[part.profile]
    pieces = rate_pieces(scenario.start, until_ns, rate, profile)
    return Arrivals(digest(f"background/{name}"), pieces)
