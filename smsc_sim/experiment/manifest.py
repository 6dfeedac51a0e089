"""How results were made: the content of `manifest.json`, the one file in which times stand."""

from __future__ import annotations

import platform
import time
from importlib.metadata import version
from typing import Any

from smsc_sim import __version__
from smsc_sim.engines.extend import Extensions
from smsc_sim.experiment.engines import Choice
from smsc_sim.experiment.replication import Effort, digest_of, peak_memory_bytes
from smsc_sim.model.codes import SEMANTICS_VERSION
from smsc_sim.scenario.compile import Compiled
from smsc_sim.scenario.compile_customers import audience_lines
from smsc_sim.scenario.loader import Loaded, resolved_yaml
from smsc_sim.scenario.schema_events import (
    CallTarget,
    LoginTarget,
    Outage,
    UtilisationTarget,
    WithinTarget,
)

LIBRARIES = ("numpy", "numba", "pandas", "simpy", "matplotlib", "typst")


def targets_of(loaded: Loaded) -> list[dict[str, Any]]:
    """Targets as `results.targets` takes them."""
    rows: list[dict[str, Any]] = []
    for name, target in loaded.scenario.targets.items():
        if isinstance(target, UtilisationTarget):
            row = {"element": target.element, "at_most": target.at_most, "kind": "utilisation"}
        elif isinstance(target, CallTarget):
            row = {"element": target.element, "at_most": target.at_most, "kind": "calls"}
        elif isinstance(target, LoginTarget):
            row = {"class": target.class_, "at_least": target.at_least, "kind": "logins"}
            row |= {"within_s": target.logins_within / 1e9}
        else:
            row = {"class": target.class_, "country": target.country, "at_least": target.at_least}
            if isinstance(target, WithinTarget):
                row |= {"kind": "within", "within_s": target.within / 1e9}
            else:
                row |= {"kind": "ratio"}
        rows.append({"name": name, **row})
    return rows


def manifest_of(
    loaded: Loaded,
    compiled: Compiled,
    limits_ns: tuple[int, ...],
    efforts: list[Effort],
    began: float,
    extensions: Extensions | None,
    choice: Choice,
) -> dict[str, Any]:
    """How the results were made; the only place where times stand."""
    scenario = loaded.scenario
    zone = getattr(scenario.start.tzinfo, "key", "")
    notes = [*loaded.notes, *audience_lines(compiled.names.audiences)]
    if extensions:
        notes.append("extended by Python code, which is not part of the digest")
    return {
        "name": scenario.name,
        "description": scenario.description,
        "start": scenario.start.isoformat(),
        "zone": zone,
        "duration_s": scenario.duration / 1e9,
        "warm_up_s": scenario.warm_up / 1e9,
        "drain_s": compiled.network.drain_ns / 1e9,
        "interval_s": scenario.interval / 1e9,
        "seed": scenario.seed,
        "replications": scenario.replications,
        "engine": choice.engine.value,
        "engine_reason": choice.reason,
        "semantics_version": SEMANTICS_VERSION,
        "digest": digest_of(compiled.network, compiled.names, scenario.interval, limits_ns),
        "versions": {
            "smsc_sim": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in LIBRARIES},
        },
        "resolved": resolved_yaml(loaded),
        "currency": " and ".join(sorted(set(compiled.names.currencies))),
        "rates": str(scenario.rates.card),
        "targets": targets_of(loaded),
        "outages": [
            {
                "name": name,
                "element": ", ".join(failure.names),
                "from_s": failure.at / 1e9,
                "to_s": (failure.at + failure.for_) / 1e9,
            }
            for name, failure in scenario.failures.items()
            if isinstance(failure, Outage)  # random ones differ between replications
        ],
        "not_for_decisions": ["only a part of the scenario was simulated, see the notes"]
        if loaded.not_for_decisions
        else [],
        "notes": notes,
        "audiences": {name: dict(counts) for name, counts in compiled.names.audiences},
        "files": [{"path": name, "sha256": digest} for name, digest in loaded.files],
        "messages": sum(effort.messages for effort in efforts),
        "station_visits": sum(effort.station_visits for effort in efforts),
        "engine_seconds": sum(effort.engine_seconds for effort in efforts),
        "wall_seconds": time.perf_counter() - began,
        "peak_memory_bytes": max(
            peak_memory_bytes(), *(effort.peak_memory_bytes for effort in efforts)
        ),
    }
