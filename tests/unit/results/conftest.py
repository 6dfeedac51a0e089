"""Small replications whose estimates can be worked out by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from smsc_sim.results.estimates import Estimates, ReplicationFrames

MANIFEST: dict[str, Any] = {
    "name": "tiny",
    "description": "<b>two</b> classes",
    "start": "2026-12-31T18:00:00+02:00",
    "zone": "Europe/Helsinki",
    "duration_s": 600.0,
    "interval_s": 60.0,
    "seed": 1,
    "replications": 3,
    "currency": "EUR",
    "wall_seconds": 1.25,
}

TARGETS: list[dict[str, Any]] = [
    {"name": "ratio", "kind": "ratio", "class": "otp", "at_least": 0.5},
    {"name": "load", "kind": "utilisation", "element": "north-a", "at_most": 0.3},
    {"name": "store", "kind": "utilisation", "element": "north", "measure": "busiest_hour",
     "at_most": 0.9},
    {"name": "fast", "kind": "within", "class": "otp", "within_s": 20.0, "at_least": 0.85},
    {"name": "faster", "kind": "within", "class": "otp", "within_s": 20.0, "at_least": 0.99},
]  # fmt: skip


def replication(k: int) -> ReplicationFrames:
    """Replication k: delivery ratios 0.8, 0.9 and 1.0 for k = 0, 1, 2."""
    delivered = 80.0 + 10.0 * k
    rows = [
        ("smsc", "north", "busiest_hour", 0.5),
        ("element", "north-a", "utilisation", 0.4 + 0.01 * k),
        ("country", "FI", "submitted", 60.0),
        ("class", "people", "submitted", 0.0),
        ("class", "people", "a2p.cost_per_delivered", np.nan),
        ("class", "otp", "submitted", 100.0),
        ("class", "otp", "delivered", delivered),
        ("class", "otp", "open", 0.0),
        ("class", "otp", "delivery_ratio", delivered / 100.0),
        ("class", "otp", "a2p.cost_per_delivered", np.nan if k == 0 else 0.03 + 0.01 * k),
        ("class", "otp", "cause.absent_subscriber", 0.08),
        ("run", "whatever", "submitted", 100.0),
    ]
    times = np.arange(0.0, 600.0, 60.0)
    return ReplicationFrames(
        pd.DataFrame(rows, columns=["entity_type", "entity", "measure", "value"]),
        pd.DataFrame({"time_s": times, "entity_type": "element", "entity": "north-a",
                      "measure": "utilisation", "value": 0.4 + 0.01 * k}),
        pd.DataFrame({"class": ["otp"] * 3, "within_s": [1.0, 10.0, 60.0],
                      "share": [0.1, 0.9 + 0.001 * k, 0.95]}),
    )  # fmt: skip


@pytest.fixture
def frames() -> list[ReplicationFrames]:
    """Three replications."""
    return [replication(k) for k in range(3)]


@pytest.fixture
def tiny(frames: list[ReplicationFrames]) -> Estimates:
    """Estimates of the three replications."""
    return Estimates.from_replications(frames, MANIFEST, TARGETS)


@pytest.fixture
def build() -> Callable[..., Estimates]:
    """Maker of estimates from other frames, or with another manifest."""

    def estimates(frames: list[Any], **changes: Any) -> Estimates:
        return Estimates.from_replications(frames, {**MANIFEST, **changes}, TARGETS)

    return estimates
