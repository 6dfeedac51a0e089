"""Failures to columns: when and how often, which elements, and what they lose."""

from itertools import accumulate
from typing import Any

from smsc_sim.model.codes import BREAKDOWN, STORE_LOSS, WITHDRAWAL
from smsc_sim.scenario.compile_subscribers import digest
from smsc_sim.scenario.compile_topology import Rows, element_of
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_events import Failure, Outage


def compile_failures(scenario: Scenario, rows: Rows) -> dict[str, Any]:
    """Columns of `Network` about failures, in the order of their names."""
    names = sorted(scenario.failures)
    parts = [scenario.failures[name] for name in names]
    once = [part if isinstance(part, Outage) else None for part in parts]
    means = [None if isinstance(part, Outage) else part for part in parts]
    return {
        "failure_digest": [digest(f"failure/{name}") for name in names],
        "failure_kind": [_kind(part) for part in parts],
        "failure_at_ns": [0 if part is None else part.at for part in once],
        "failure_up_ns": [0 if part is None else part.mtbf for part in means],
        "failure_down_ns": [part.for_ if isinstance(part, Outage) else part.mttr for part in parts],
        "failure_first": [0, *accumulate(len(part.names) for part in parts)],
        "failure_element": [
            element for part in parts for element in sorted(element_of(rows, n) for n in part.names)
        ],
    }


def _kind(failure: Failure) -> int:
    if isinstance(failure, Outage) and failure.planned:
        return WITHDRAWAL
    return STORE_LOSS if failure.store == "lost" else BREAKDOWN
