"""Stations from YAML against queueing theory: M/M/1, M/M/c/K, Erlang C and priorities.

Arrivals are Poisson: one-time passwords at a constant rate.  All but the station that is looked at
is so fast, and so large, that messages come to it as they were sent.
Waits are corrected by what is known exactly of each run, arrivals and service times: a
regression on them (control variates) leaves the mean as it is and narrows the interval.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import yaml

from smsc_sim.engines.compiled import CompiledEngine
from smsc_sim.model import codes
from smsc_sim.scenario.compile import Compiled
from smsc_sim.theory.queues import erlang_c, mm1_mean_sojourn_s, mmc_mean_wait_s, mmck_blocking
from tests.agreement import check
from tests.networks import CODE, ID, OTHER, PLACE, SECOND, TIME, VALUE, compiled, merged

BASE = """
name: queues
start: 2026-12-31T00:00 UTC
duration: {duration} s
warm_up: 5 s
drain: 1 s
smscs:
  north: {{rate: {rate} msg/s, submit_rate: {submit} msg/s, units: {units}, submit_queue: {queue},
          service: {service}, retry: never, dialogues: 1000000, store: 1e7 msg}}
hlrs: {{main: {{rate: 100000 /s, answer_time: 0 s}}}}
mscs: {{city: {{rate: 100000 msg/s}}}}
link_sets:
  to-hlr: {{between: [north, main], links: 16, speed: 1984 kbit/s, buffer: 10 Moctets}}
  to-msc: {{between: [north, city], links: 16, speed: 1984 kbit/s, buffer: 10 Moctets}}
  aside: {{between: [city, main]}}
populations:
  people: {{size: 1000000, country: US, unknown: 0 %, reachability: {{mean_off: 0 s}},
           errors: {{subscriber_busy: 0 %, system_failure: 0 %}}}}
texts: {{one: {{gsm7: {{"20": 100 %}}}}}}
accounts: {{bank: {{rate: 100000 msg/s, window: 10000, receipts: none, latency: 0 s, resends: 0}}}}
traffic: {{codes: {{kind: otp, account: bank, to: people, rate: {first} msg/s, text: one}}}}
retry_policies: {{never: {{default: {{delays: [1 min], attempts: 1}}}}}}
rates: {{card: list-2026, fallback: {{a2p: 0.05 USD}}}}
"""
SECOND_CLASS = """
traffic: {sale: {kind: otp, class: sale, account: bank, to: people, rate: 30 msg/s, text: one}}
smscs: {north: {priorities: {otp: 1, sale: 3}}}
"""


def scenario(*changes: str, **values: object) -> Compiled:
    """One SMSC at which messages queue for admission, or for the licence."""
    given = {"rate": 1e6, "submit": 1e6, "units": 1, "queue": "1000 s", "service": "exponential"}
    tree = yaml.safe_load(BASE.format(**{**given, **values}))
    for change in changes:
        tree = merged(tree, yaml.safe_load(change))
    return compiled(tree)


def visits(compiled: Compiled, station: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the visits of a station after the warm-up, by arrival, and of its refusals."""
    pieces: list[np.ndarray] = []
    row = compiled.names.stations.index(station)
    wanted = codes.LOG_VISIT, codes.LOG_STATION_REFUSED

    def keep(log: np.ndarray) -> None:
        pieces.append(log[(log[:, PLACE] == row) & np.isin(log[:, CODE], wanted)])

    CompiledEngine(compiled.network._replace(seed=seed), keep).run()
    rows = np.concatenate(pieces)
    seen = rows[rows[:, CODE] == codes.LOG_VISIT]
    if compiled.network.station_line[row] >= 0:
        seen[:, TIME] -= seen[:, VALUE]
    low, high = compiled.network.warm_up_ns, compiled.network.duration_ns
    seen = seen[(seen[:, TIME] >= low) & (seen[:, TIME] < high)]
    refused = rows[(rows[:, CODE] == codes.LOG_STATION_REFUSED) & (rows[:, TIME] >= low)]
    return seen, refused[refused[:, TIME] < high]


def controlled(values: np.ndarray, controls: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Values of replications with what their controls explain taken out."""
    away = controls - means
    design = np.column_stack([np.ones(len(values)), away])
    weights = np.linalg.lstsq(design, values, rcond=None)[0]
    return np.asarray(values - away @ weights[1:])


def controls_of(rows: np.ndarray, window_s: float) -> list[float]:
    """Rate of arrivals, mean and mean square of service: known means, high correlation."""
    service = rows[:, OTHER] / SECOND
    return [len(rows) / window_s, float(service.mean()), float((service**2).mean())]


def means_of(rate: float, service_s: float) -> np.ndarray:
    """Expected controls of Poisson arrivals and exponential service."""
    return np.array([rate, service_s, 2 * service_s**2])


def samples(
    compiled: Compiled, station: str, seeds: range, measure: Callable[[np.ndarray], float]
) -> tuple[np.ndarray, np.ndarray]:
    """A measure of the run of each seed and its controls."""
    window_s = (compiled.network.duration_ns - compiled.network.warm_up_ns) / SECOND
    values, controls = [], []
    for seed in seeds:
        rows, _ = visits(compiled, station, seed)
        values.append(measure(rows))
        controls.append(controls_of(rows, window_s))
    return np.array(values), np.array(controls)


def test_mm1_wait(further: int) -> None:
    """The mean wait at one exponential server is that of M/M/1."""
    compiled = scenario(duration=225, first=30, submit=100)

    def sample(seeds: range) -> np.ndarray:
        values, controls = samples(
            compiled, "north admission", seeds, lambda rows: float(rows[:, VALUE].mean()) / SECOND
        )
        return controlled(values, controls, means_of(30, 0.01))

    check(sample, mm1_mean_sojourn_s(30, 0.01) - 0.01, 90, further=further)


def test_erlang_c(further: int) -> None:
    """The share that waits for one of three exponential servers is Erlang C, the mean too."""
    compiled = scenario(duration=105, first=50, units=3, submit=25)

    def sample(seeds: range) -> np.ndarray:
        shares, controls = samples(
            compiled, "north admission", seeds, lambda rows: float((rows[:, VALUE] > 0).mean())
        )
        return controlled(shares, controls, means_of(50, 0.04))

    check(sample, erlang_c(3, 2.0), 40, further=further)
    assert mmc_mean_wait_s(3, 50, 0.04) == pytest.approx(erlang_c(3, 2.0) * 0.04)


def test_mmck_blocking(further: int) -> None:
    """The share refused by two servers and three places is that of M/M/2/5."""
    compiled = scenario(duration=105, first=60, units=2, submit=25, queue="3 msg")

    def sample(seeds: range) -> np.ndarray:
        values, controls = [], []
        for seed in seeds:
            rows, refused = visits(compiled, "north admission", seed)
            both = np.concatenate([rows, refused])
            values.append(len(refused) / len(both))
            controls.append(controls_of(both, 100.0))
        return controlled(np.array(values), np.array(controls), means_of(60, 0.04))

    check(sample, mmck_blocking(2, 5, 2.4), 40, further=further)


def test_priorities(further: int) -> None:
    """Two classes at one exponential server wait as Cobham says; neither interrupts the other.

    The mean residual work R = rate x mean square / 2 is shared: R / (1 - a1) for the first
    class, R / ((1 - a1) (1 - a1 - a2)) for the second.
    """
    rates, service_s = {"otp": 20, "sale": 30}, 0.01
    compiled = scenario(SECOND_CLASS, duration=125, first=20, rate=100)
    residual = sum(rates.values()) * service_s**2
    loads = rates["otp"] * service_s, rates["sale"] * service_s
    theory = [residual / (1 - loads[0]), residual / ((1 - loads[0]) * (1 - sum(loads)))]
    classes = np.array(compiled.names.classes)

    def sample(seeds: range) -> np.ndarray:
        waits, controls = [], []
        for seed in seeds:
            rows, _ = visits(compiled, "north", seed)
            of_class = classes[rows[:, ID] >> 48]
            waits.append([float(rows[of_class == name, VALUE].mean()) / SECOND for name in rates])
            controls.append([*controls_of(rows, 120.0), float((of_class == "otp").mean())])
        means = np.array([*means_of(50, service_s), 0.4])
        return np.column_stack(
            [controlled(values, np.array(controls), means) for values in np.array(waits).T]
        )

    check(sample, theory, 120, further=further)
