"""Background to columns: who calls, how often, and for how long channels are held."""

from itertools import accumulate
from typing import Any

from smsc_sim.model.codes import CALL, LOCATION_UPDATE, NOBODY
from smsc_sim.model.network import EXTRA_NUMBERS
from smsc_sim.scenario.compile_subscribers import digest
from smsc_sim.scenario.compile_traffic import rate_pieces
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
    scenario: Scenario, populations: list[str], arrivals: dict[str, Any], tables: Tables
) -> dict[str, Any]:
    """Columns of `Network` about background, and those about arrivals with its rows added.

    Parameters
    ----------
    scenario : Scenario
    populations : list of str
        In the order of their rows.
    arrivals : dict
        Columns about the sources of messages.
    tables : Tables
        Distributions of times; those of background are added.
    """
    names = sorted(scenario.background)
    parts = [scenario.background[name] for name in names]
    calls = [part if isinstance(part, Calls) else None for part in parts]
    held = [part.setup if isinstance(part, Calls) else part.holding for part in parts]
    return {
        **_arrivals(scenario, names, parts, arrivals),
        "sources": len(arrivals["source_digest"]),
        "background_kind": [CALL if call else LOCATION_UPDATE for call in calls],
        "background_from": [populations.index(part.from_) for part in parts],
        "background_p_terminated": [call.terminated if call else 0.0 for call in calls],
        "background_set_up": [tables.row(shape) for shape in held],
        "background_talk": [tables.row(call.duration) if call else NOBODY for call in calls],
        "background_p_retrial": [part.retrials.probability for part in parts],
        "background_retrial_ns": [part.retrials.delay for part in parts],
        "background_retrials": [part.retrials.at_most for part in parts],
    }


def _arrivals(
    scenario: Scenario,
    names: list[str],
    parts: list[Calls | LocationUpdates],
    arrivals: dict[str, Any],
) -> dict[str, Any]:
    """Columns about arrivals: rows of messages, then rows of background."""
    until_ns = scenario.duration + scenario.drain_ns
    pieces = [
        rate_pieces(
            scenario.start,
            until_ns,
            background_rate(scenario, part),
            scenario.profiles[part.profile].relative(),
        )
        for part in parts
    ]
    none = [0] * len(parts)
    added: dict[str, list[Any]] = {
        "source_digest": [digest(f"background/{name}") for name in names],
        "source_is_batch": none,
        "source_limit": [EXTRA_NUMBERS] * len(parts),
        "source_first_ns": none,
        "source_gap_ns": [0.0] * len(parts),
        "piece_ns": [row[0] for rows in pieces for row in rows],
        "piece_mass": [row[1] for rows in pieces for row in rows],
        "piece_rate": [row[2] for rows in pieces for row in rows],
    }
    first = arrivals["piece_first"]
    ends = accumulate((len(rows) for rows in pieces), initial=first[-1])
    return {
        **{key: [*arrivals[key], *rows] for key, rows in added.items()},
        "piece_first": [*first[:-1], *ends],
    }
