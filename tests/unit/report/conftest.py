"""Synthetic estimates that look like those of a real run, in every size a report must bear."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest

from smsc_sim.results.estimates import Estimates, ReplicationFrames
from smsc_sim.results.measures_costs import PRICE_KINDS

CLASSES = ("person_to_person", "otp", "campaign", "news_alert")
COUNTRIES = ("FI", "SE", "EE", "DE", "PL", "IN")
ELEMENTS = (
    "north-a", "north-b", "a-hlr", "b-hlr", "a-helsinki", "b-helsinki", "a-turku", "b-turku",
    "a", "b", "main", "helsinki", "turku", "north licence", "north dialogues", "north store",
)  # fmt: skip
CAUSE_SHARES = {
    "absent_subscriber": 0.081,
    "subscriber_busy": 0.012,
    "timeout": 0.006,
    "unknown_subscriber": 0.005,
    "system_failure": 0.002,
    "congestion": 0.0004,
}
SCALE = {"person_to_person": 290000.0, "otp": 40000.0, "campaign": 120000.0}


@dataclass(frozen=True)
class Shape:
    """What kind of run to make up."""

    classes: tuple[str, ...] = CLASSES
    countries: tuple[str, ...] = COUNTRIES
    elements: tuple[str, ...] = ELEMENTS
    smscs: tuple[str, ...] = ("north",)
    replications: int = 5
    duration_s: float = 8 * 3600.0
    interval_s: float = 60.0
    outages: tuple[tuple[str, str, float, float], ...] = (("stp_down", "a", 10800.0, 11400.0),)
    delivers: bool = True
    has_queues: bool = True
    targets: tuple[dict[str, Any], ...] = (
        {"name": "codes_in_30s", "kind": "within", "class": "otp", "within_s": 30.0,
         "at_least": 0.9},
        {"name": "people", "kind": "ratio", "class": "person_to_person", "at_least": 0.99},
        {"name": "campaign_ratio", "kind": "ratio", "class": "campaign", "at_least": 0.9725},
        {"name": "link_load", "kind": "utilisation", "element": "north-a", "at_most": 0.4},
    )  # fmt: skip
    manifest: dict[str, Any] = field(default_factory=dict)


def outcome_rows(
    kind: str, entity: str, total: float, worth: float, delivers: bool, rng: np.random.Generator
) -> list[tuple[str, str, str, float]]:
    """Rows of one class, country or the run; `worth` shifts reliability and speed."""
    total = float(rng.poisson(total))
    shares = {"partial": 0.0004, "expired": 0.018, "undeliverable": 0.007, "rejected": 0.004,
              "lost": 0.0, "open": 0.0006}  # fmt: skip
    ends = {name: round(total * share * worth * rng.gamma(50, 1 / 50)) for name, share in
            shares.items()}  # fmt: skip
    if not delivers:
        ends = {**dict.fromkeys(shares, 0.0), "expired": total}
    ends["delivered"] = total - sum(ends.values())
    got = ends["delivered"]
    noise = 1.0 + 0.01 * rng.normal()
    per = {"submitted": total, **ends, "segments_submitted": total * 1.31,
           "segments_per_message": 1.31 * noise, "delivery_ratio": got / total if total else 0.0,
           "retry_ratio": 0.21 * noise, "attempts_per_segment": 1.17 * noise,
           "resends_per_message": 0.006 * noise, "refusals_per_message": 0.011 * noise}  # fmt: skip
    for name, share in zip(("10s", "30s", "1min", "5min", "1h"), (0.83, 0.93, 0.94, 0.95, 0.965),
                           strict=True):  # fmt: skip
        per[f"within_{name}"] = share * noise**0.2 * (got > 0)
    alive = 1.0 if got else math.nan
    seconds = {"latency_mean": 212.0, "latency_p50": 3.61, "latency_p90": 5.9, "latency_p95": 301.0,
               "latency_p99": 5400.0, "split_submission": 0.74, "split_store_wait": 205.0,
               "split_routing": 0.42, "split_links": 0.61, "split_radio": 5.2,
               "reported_latency_mean": 215.0}  # fmt: skip
    per |= {name: value * worth * noise * alive for name, value in seconds.items()}
    per |= {"reported_ratio": 0.962 * alive, "duplicates_per_delivered": 0.0003 * noise * alive,
            "msus_per_delivered": 23.4 * noise * alive,
            "octets_per_delivered": 3121.0 * noise * alive}  # fmt: skip
    for price in PRICE_KINDS:
        if entity != "*" and (price == "retail") != (entity == "person_to_person"):
            continue
        unit = 0.0312 * worth if price == "a2p" else 0.05
        cost = total * 1.31 * unit
        per |= {f"{price}.cost": cost, f"{price}.cost_per_message": cost / max(total, 1.0),
                f"{price}.cost_per_segment": unit,
                f"{price}.cost_per_delivered": cost / got if got else math.nan}  # fmt: skip
    scale = rng.gamma(400, 1 / 400)
    per |= {f"cause.{name}": share * worth * scale for name, share in CAUSE_SHARES.items()}
    return [(kind, entity, name, float(value)) for name, value in per.items()]


def element_rows(shape: Shape, rng: np.random.Generator) -> list[tuple[str, str, str, float]]:
    """Rows of every element, busier ones first."""
    rows = []
    for index, name in enumerate(shape.elements):
        load = 0.37 / (1 + 0.3 * index) * rng.gamma(2000, 1 / 2000)
        busy = {"utilisation": load, "busiest_hour": min(load * 1.6, 1.0),
                "busiest_5min": min(load * 2.3, 1.0), "busiest_interval": min(load * 2.6, 1.0),
                "queue_mean": 0.3 * load, "queue_max": round(40 * load), "wait_mean": 0.02 * load,
                "visits": float(rng.poisson(9e5 * load)), "refused": float(rng.poisson(2.0)),
                "offered_erlang": 4 * load, "servers": 4.0}  # fmt: skip
        rows += [("element", name, measure, float(value)) for measure, value in busy.items()]
    return rows


def timeline_frame(shape: Shape, rng: np.random.Generator) -> pd.DataFrame:
    """Series with an evening peak, and an outage that shows."""
    time = np.arange(0.0, shape.duration_s, shape.interval_s)
    swell = 0.55 + 0.45 * np.exp(-(((time / shape.duration_s) - 0.78) ** 2) / 0.01)
    down, after = np.zeros_like(time), np.zeros_like(time)
    for _, _, begin, end in shape.outages:
        down += (time >= begin) & (time < end)
        after += np.where(time >= end, np.exp(-(time - end) / 900.0), 0.0)
    parts = []

    def add(kind: str, entity: str, measure: str, values: np.ndarray) -> None:
        parts.append(pd.DataFrame({"time_s": time, "entity_type": kind, "entity": entity,
                                   "measure": measure, "value": values}))  # fmt: skip

    for name in shape.classes:
        rate = SCALE.get(name, 30000.0) / shape.duration_s * swell
        rate = rng.poisson(rate * shape.interval_s) / shape.interval_s
        add("class", name, "submitted_per_s", rate)
        add("class", name, "delivered_per_s",
            rate * (0.97 - 0.4 * down + 0.2 * after) * shape.delivers)  # fmt: skip
        add("class", name, "in_flight", rate * (30 + 400 * down + 300 * after))
    add("run", "*", "first_attempts_per_s", 18 * swell * rng.gamma(900, 1 / 900, time.size))
    add("run", "*", "retry_attempts_per_s",
        (2 + 7 * down + 11 * after) * rng.gamma(400, 1 / 400, time.size))  # fmt: skip
    for index, name in enumerate(shape.elements):
        load = 0.37 / (1 + 0.3 * index) * swell * rng.gamma(300, 1 / 300, time.size)
        load = np.clip(load * (1 + (0.7 if index % 2 else -1.0) * down + after * 0.3), 0, 1)
        add("element", name, "utilisation", load)
        queue = load**3 * 9 * (1 + 30 * down + 5 * after) if shape.has_queues else load * 0
        add("element", name, "queue", queue if index % 3 else queue * 0)
    for name in shape.smscs:
        add("smsc", name, "store", 1200 * swell + 900 * down + 4000 * after)
        add("smsc", name, "dialogues", 90 * swell + 700 * down)
        add("smsc", name, "up", np.ones_like(time))
    return pd.concat(parts, ignore_index=True)


def latency_frame(shape: Shape, rng: np.random.Generator) -> pd.DataFrame:
    """Curves with a fast part, and steps where retries reach phones that came back."""
    within = np.unique(np.r_[np.geomspace(0.2, 172800.0, 240), 10.0, 30.0, 60.0, 300.0, 3600.0])
    parts = []
    for index, name in enumerate((*shape.classes, "*")):
        median = 3.1 * (1 + 0.25 * index)
        fast = 1 / (1 + (median / within) ** 3.2)
        slow = np.clip(np.log10(within / 240) / 2.2, 0, 1)
        share = (0.925 + 0.004 * rng.normal()) * fast + 0.05 * slow
        parts.append(pd.DataFrame({"class": name, "within_s": within,
                                   "share": share * shape.delivers}))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def make_estimates(**changes: Any) -> Estimates:
    """Estimates of a made-up run; every field of `Shape` can be given."""
    shape = Shape(**changes)
    frames = []
    for replication in range(shape.replications):
        rng = np.random.default_rng([7, replication])
        rows = outcome_rows("run", "*", 480000.0, 1.0, shape.delivers, rng)
        for index, name in enumerate(shape.classes):
            rows += outcome_rows("class", name, SCALE.get(name, 30000.0), 0.6 + 0.25 * index,
                                 shape.delivers, rng)  # fmt: skip
        for index, name in enumerate(shape.countries):
            rows += outcome_rows("country", name, 300000.0 / (1 + index) ** 1.5,
                                 0.5 + 0.3 * (index % 7), shape.delivers, rng)  # fmt: skip
        rows += element_rows(shape, rng)
        measures = pd.DataFrame(rows, columns=["entity_type", "entity", "measure", "value"])
        frames.append(
            ReplicationFrames(measures, timeline_frame(shape, rng), latency_frame(shape, rng))
        )
    manifest = {
        "name": "quickstart",
        "description": "New Year's Eve in two cities, with one STP down for ten minutes.",
        "start": "2026-12-31T18:00:00+02:00",
        "zone": "Europe/Helsinki",
        "duration_s": shape.duration_s,
        "warm_up_s": 1800.0,
        "interval_s": shape.interval_s,
        "seed": 1,
        "replications": shape.replications,
        "engine": "compiled",
        "versions": {"smsc_sim": "0.1.0", "python": "3.11.9", "numpy": "2.4.6", "numba": "0.68.1"},
        "semantics_version": 1,
        "digest": "8c1f5b0e6a9d4c2f7b3e1a5d9c8f7e6b5a4d3c2b1a0f9e8d7c6b5a4f3e2d1c0b",
        "resolved": RESOLVED,
        "currency": "EUR",
        "rates": "list-2026 (2026-01-01)",
        "targets": [dict(target) for target in shape.targets],
        "outages": [
            {"name": name, "element": element, "from_s": begin, "to_s": end}
            for name, element, begin, end in shape.outages
        ],
        "not_for_decisions": [],
        "notes": ["smscs.north.rate: 400 msg/s -> 600 msg/s"],
        "files": [{"path": "quickstart.yaml", "sha256": "ab" * 32},
                  {"path": "sites/two_sites.yaml", "sha256": "0f" * 32}],
        "messages": 2_400_123,
        "station_visits": 51_000_000,
        "engine_seconds": 3.4,
        "wall_seconds": 4.9,
        "peak_memory_bytes": 210_000_000,
    }  # fmt: skip
    return Estimates.from_replications(frames, {**manifest, **shape.manifest}, shape.targets)


RESOLVED = """\
name: quickstart
start: 2026-12-31T18:00 Europe/Helsinki
duration: 8 h
smscs:
  north: {rate: 600 msg/s, units: 1, dialogues: 4000, store: 2000000 msg, retry: typical-operator}
link_sets:
  north-a: {between: [north, a], links: 4, speed: 64 kbit/s}   # not *emphasis*, $math$ or _this_
targets:
  codes_in_30s: {class: otp, within: 30 s, at_least: 90 %}
"""


@pytest.fixture(name="make", scope="session")
def make_fixture() -> Callable[..., Estimates]:
    """Maker of synthetic estimates."""
    return make_estimates


@pytest.fixture(scope="session")
def usual() -> Estimates:
    """Estimates of an ordinary run: four classes, six countries, one outage."""
    return make_estimates()
