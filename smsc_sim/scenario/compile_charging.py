"""Prepaid charging to columns: who is asked, for how long, and what silence means."""

from typing import Any

from smsc_sim.model.codes import NOBODY
from smsc_sim.scenario.schema import Scenario


def compile_charging(scenario: Scenario, nodes: dict[str, int]) -> dict[str, Any]:
    """Columns of `Network` about what prepaid phones pay, in the order of the populations."""
    parts = [scenario.populations[name] for name in sorted(scenario.populations)]
    only = next(iter(scenario.charging), None)
    names = [(part.charging or only) if part.prepaid > 0 else None for part in parts]
    rules = [None if name is None else scenario.charging[name] for name in names]
    return {
        "population_charging": [NOBODY if name is None else nodes[name] for name in names],
        "p_prepaid": [part.prepaid for part in parts],
        "p_no_credit": [0.0 if rule is None else rule.no_credit for rule in rules],
        "charge_timer_ns": [0 if rule is None else rule.timer for rule in rules],
        "charge_is_lenient": [
            0 if rule is None else int(rule.on_timeout == "allow") for rule in rules
        ],
    }
