"""Threads of answers against the geometric law, and what theory offers for them, from YAML."""

from __future__ import annotations

import numpy as np
import pytest

from smsc_sim.model import codes
from smsc_sim.planning.demand import messages_per_s
from smsc_sim.theory.renewal import mean_attempts
from tests.networks import ID, SECOND, compiled_log, network, rows_of
from tests.validation.agreement import check_agreement

RUNS = 30
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


def test_mean_length_of_a_thread() -> None:
    """Each message answered with probability p, at most 12 times: 1 + p + ... + p^12 messages."""
    net = network(TALK).network
    lengths = []
    for seed in range(RUNS):
        log = compiled_log(net._replace(seed=500 + seed))
        numbers = rows_of(log, codes.LOG_SUBMIT)[:, ID] >> 18 & (1 << 30) - 1
        lengths.append(float((numbers < THREADS).sum()) / THREADS)
    check_agreement(np.array(lengths), mean_attempts(0.6, 13))


def test_offered_answers_by_theory() -> None:
    """`explain` counts the answers: messages per second of each turn as many as come."""
    net = network(TALK).network
    low, high = np.array([300.0 * SECOND]), np.array([1200.0 * SECOND])
    expected = messages_per_s(net, low, high)[0]
    counts = np.zeros((RUNS, 4))
    for seed in range(RUNS):
        log = compiled_log(net._replace(seed=700 + seed))
        rows = rows_of(log, codes.LOG_SUBMIT)
        rows = rows[(rows[:, 0] >= low[0]) & (rows[:, 0] < high[0])]
        counts[seed] = np.bincount(rows[:, ID] >> 48, minlength=13)[:4]
    check_agreement(counts[:, 1] / 900, float(expected[1]))
    assert counts.mean(axis=0) / 900 == pytest.approx(expected[:4], rel=0.02)
