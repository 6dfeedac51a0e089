"""Spells against renewal theory, from YAML: phones on and off, elements up and down, attempts."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from smsc_sim.model import codes
from smsc_sim.model.outages import outages
from smsc_sim.model.phones import reachability
from smsc_sim.theory.renewal import availability, mean_attempts, mean_availability
from tests.agreement import check
from tests.networks import ID, SECOND, compiled_log, network, rows_of


@pytest.mark.parametrize("at_s", [0, 1000, 20_000])
def test_share_of_phones_within_reach(at_s: int) -> None:
    """At any moment the share of phones within reach is on / (on + off), from the start on."""
    changes = "populations: {city: {size: 3000, reachability: {mean_on: 3 h, mean_off: 1 h}}}"
    net = network(changes).network

    def share(seed: int) -> float:
        seeded = net._replace(seed=seed)
        on = [reachability(seeded, 0, phone, at_s * SECOND)[0] for phone in range(3000)]
        return float(np.mean(on))

    check(lambda seeds: [share(seed) for seed in seeds], availability(3.0, 1.0))


def test_availability_of_an_element_that_fails_at_random() -> None:
    """Up at the start, an element is up for the share of the window that renewal theory gives."""
    changes = "{duration: 60 d, failures: {wear: {element: a, mtbf: 20 h, mttr: 4 h}}}"
    net = network(changes).network

    def share_up(seed: int) -> float:
        down_ns, since = 0, -1
        for time_ns, to, _ in outages(net._replace(seed=seed)):
            time_ns = min(time_ns, net.duration_ns)
            if to != codes.REPAIR and since < 0:
                since = time_ns
            elif to == codes.REPAIR and since >= 0:
                down_ns, since = down_ns + time_ns - since, -1
        down_ns += net.duration_ns - since if since >= 0 else 0
        return 1 - down_ns / net.duration_ns

    theory = mean_availability(0.0, 60 * 86400.0, 20 * 3600.0, 4 * 3600.0)
    check(lambda seeds: [share_up(seed) for seed in seeds], theory, 120)


def test_attempts_are_geometric_and_cut_by_validity() -> None:
    """With a failure in 3 of 10 attempts and room for four of them, so many are made."""
    changes = """
populations: {city: {errors: {system_failure: 30 %}}}
smscs: {north: {rate: 1000 msg/s, retry: steady}}
accounts: {bank: {rate: 200 msg/s, window: 1000}}
retry_policies: {steady: {default: {delays: [10 s], then: repeat}}}
traffic: {news: {messages: 300 msg, rate: 20 msg/s, validity: 35 s}}
"""
    net = network(changes, "populations: {city: {size: 100000}}").network
    counts = Counter[int]()

    def mean(seed: int) -> float:
        log = compiled_log(net._replace(seed=seed))
        attempts = Counter(rows_of(log, codes.LOG_ATTEMPT)[:, ID].tolist())
        assert len(attempts) == 300
        counts.update(attempts.values())
        return sum(attempts.values()) / len(attempts)

    check(lambda seeds: [mean(seed) for seed in seeds], mean_attempts(0.3, 4))
    assert set(counts) == {1, 2, 3, 4}
