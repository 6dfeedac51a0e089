"""Threads of answers against the geometric law, and what theory offers for them, from YAML."""

from __future__ import annotations

import numpy as np

from smsc_sim.model import codes
from smsc_sim.planning.demand import messages_per_s
from smsc_sim.theory.renewal import mean_attempts
from tests.agreement import check
from tests.networks import ID, SECOND, compiled_log, network, rows_of

THREADS = 700  # of each run, begun early enough to end within it
TALK = """
duration: 20 min
drain: 1 min
smscs: {north: {rate: 1000 msg/s}, south: {rate: 1000 msg/s}}
link_sets:
  helsinki-a: {links: 8}
  helsinki-b: {links: 8}
  turku-a: {links: 8}
  turku-b: {links: 8}
traffic:
  news: null
  people: {kind: person_to_person, from: city, to: city, volume: 86.4 msg/day, text: one,
           replies: {probability: 60 %, at_most: 12, delay: {exponential: {mean: 2 s}}, text: one}}
populations: {city: {size: 2000}}
"""


def test_mean_length_of_a_thread(further: int) -> None:
    """Each message answered with probability p, at most 12 times: 1 + p + ... + p^12 messages."""
    net = network(TALK).network

    def length(seed: int) -> float:
        log = compiled_log(net._replace(seed=seed))
        numbers = rows_of(log, codes.LOG_SUBMIT)[:, ID] >> 18 & (1 << 30) - 1
        return float((numbers < THREADS).sum()) / THREADS

    theory = mean_attempts(0.6, 13)
    check(lambda seeds: [length(seed) for seed in seeds], theory, further=further)


def test_offered_answers_by_theory(further: int) -> None:
    """`explain` counts the answers: so many begin, and each turn is so much of the one before."""
    net = network(TALK).network
    low, high = np.array([300.0 * SECOND]), np.array([1200.0 * SECOND])
    expected = messages_per_s(net, low, high)[0]

    def sample(seeds: range) -> np.ndarray:
        counts = []
        for seed in seeds:
            log = compiled_log(net._replace(seed=seed))
            rows = rows_of(log, codes.LOG_SUBMIT)
            rows = rows[(rows[:, 0] >= low[0]) & (rows[:, 0] < high[0])]
            counts.append(np.bincount(rows[:, ID] >> 48, minlength=13)[:4] / 900)
        return turns(np.array(counts))

    check(sample, turns(expected[None, :4])[0], 40, further=further)


def turns(per_s: np.ndarray) -> np.ndarray:
    """First messages per second, then each turn as a share of the one before."""
    return np.column_stack([per_s[:, 0], per_s[:, 1:] / per_s[:, :-1]])
