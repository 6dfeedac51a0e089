"""Calls and short messages on the same channels against Erlang B, from YAML.

The inputs of Traynor, Enck, McDaniel and La Porta, Mitigating attacks on open functionality in
SMS-capable cellular networks (MobiCom 2006), are from memory: what is reproduced is the figure of
its abstract, "blocking rates of more than 70 %", with remembered inputs, not the paper's table.
One of its 55 sectors is simulated: 12 SDCCHs, 909 calls an hour of 1.5 s on an SDCCH and 120 s on a
TCH, short messages of 4 s each.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from smsc_sim.engines.compiled import CompiledEngine
from smsc_sim.model import codes
from smsc_sim.model.network import Network
from smsc_sim.theory.queues import erlang_b
from tests.agreement import check
from tests.networks import CODE, OTHER, PLACE, TIME, VALUE, network

SECTOR = """
warm_up: 30 s
drain: 1 s
smscs: {north: {rate: 100 msg/s, retry: once}}
mscs:
  turku: null
  helsinki: {cells: {areas: 1, per_area: 1, sdcchs: 12, paging: 1000 /s, retrials: 0}}
link_sets: {turku-a: null, turku-b: null, north-a: {links: 16}, main-a: {links: 8},
            helsinki-a: {links: 16}}
populations: {city: {size: 100000, radio: {paging: 0 s, access: 1.8814 s}}}
texts: {full: {gsm7: {"160": 100 %}}}
accounts: {bank: {rate: 100 msg/s, window: 100, receipts: none}}
retry_policies: {once: {default: {delays: [1 h], attempts: 1}}}
traffic: {news: null}
background:
  calls: {kind: calls, from: city, rate: 0.252525 /s, terminated: 0 %,
          retrials: {probability: 0 %}}
"""
KEPT = (codes.LOG_HELD, codes.LOG_BLOCKED, codes.LOG_CALL)
CALLS_ERLANG = 50_000 / 3600 / 55 * 1.5


def flood(messages_per_s: float) -> str:
    """Short messages of 4 s each, 9 blocks of 235.4 ms among them, all delivered or blocked."""
    return f"""
    traffic:
      flood: {{kind: otp, account: bank, to: city, rate: {messages_per_s} msg/s, text: full}}
    """


def sampler(
    measure: Callable[[Network, np.ndarray], float | list[float]], *changes: str
) -> Callable[[range], np.ndarray]:
    """A measure of rows about calls and channels after the warm-up, by seed."""
    net = network(SECTOR, *changes).network

    def rows(seed: int) -> np.ndarray:
        pieces: list[np.ndarray] = []
        CompiledEngine(
            net._replace(seed=seed),
            lambda piece: pieces.append(piece[np.isin(piece[:, CODE], KEPT)]),
        ).run()
        log = np.concatenate(pieces)
        return log[log[:, TIME] >= net.warm_up_ns]

    return lambda seeds: np.array([measure(net, rows(seed)) for seed in seeds])


def request_blocking(net: Network, log: np.ndarray) -> float:
    """Share of the requests for SDCCHs that found none, in the window."""
    mine = log[np.isin(log[:, PLACE], net.cell_sdcch)]
    blocked = mine[mine[:, CODE] == codes.LOG_BLOCKED]
    held = mine[mine[:, CODE] == codes.LOG_HELD]
    since = held[:, TIME] - held[:, VALUE]
    low, high = net.warm_up_ns, net.duration_ns
    n_held = int(((since >= low) & (since < high)).sum())
    n_blocked = int((blocked[:, TIME] < high).sum())
    return n_blocked / (n_blocked + n_held)


def call_blocking(net: Network, log: np.ndarray, event: int) -> float:
    """Share of the calls tried in the window that ended with an event."""
    rows = log[(log[:, CODE] == codes.LOG_CALL)]
    rows = rows[(rows[:, TIME] - rows[:, OTHER] >= net.warm_up_ns)]
    rows = rows[(rows[:, TIME] - rows[:, OTHER] < net.duration_ns)]
    tried = int((rows[:, VALUE] == codes.CALL_IS_TRIED).sum())
    return int((rows[:, VALUE] == event).sum()) / tried


def blocked_at(event: int) -> Callable[[Network, np.ndarray], float]:
    """Measure of the calls that ended with an event."""
    return lambda net, log: call_blocking(net, log, event)


def blocked_at_the_tch(net: Network, log: np.ndarray) -> float:
    """Share of the calls that found no TCH; none lacked an SDCCH."""
    assert call_blocking(net, log, codes.CALL_BLOCKED_SDCCH) == 0.0
    return call_blocking(net, log, codes.CALL_BLOCKED_TCH)


def test_seventy_per_cent_of_calls_blocked(further: int) -> None:
    """V3: 9 + 0.7 messages a second and sector block 70.4 % of the calls: 39.18 E on 12 SDCCHs."""
    theory = float(erlang_b(12, CALLS_ERLANG + 9.7 * 4))
    assert theory == pytest.approx(0.704, abs=0.0005)
    sample = sampler(
        lambda net, log: [
            request_blocking(net, log),
            call_blocking(net, log, codes.CALL_BLOCKED_SDCCH),
        ],
        flood(9.7),
        "duration: 2400 s",
    )
    check(sample, [theory, theory], further=further)


def test_a_third_of_the_flood(further: int) -> None:
    """V5: a third of the attack offers 15.18 E and blocks 31.6 %."""
    theory = float(erlang_b(12, CALLS_ERLANG + 3.7 * 4))
    assert theory == pytest.approx(0.316, abs=0.0005)
    sample = sampler(request_blocking, flood(3.7), "duration: 1000 s")
    check(sample, theory, further=further)


FEW = """
traffic: {few: {kind: otp, account: bank, to: city, rate: 1 msg/day, text: full}}
"""


def test_calls_meet_the_same_blocking_as_what_floods_them(further: int) -> None:
    """V3 with 4 s each of location updates in place of messages: the calls' own share."""
    theory = float(erlang_b(12, CALLS_ERLANG + 9.7 * 4))
    updates = """
    background:
      flood: {kind: location_updates, from: city, rate: 9.7 /s, holding: 4 s,
              retrials: {probability: 0 %}}
    """
    sample = sampler(blocked_at(codes.CALL_BLOCKED_SDCCH), FEW, updates, "duration: 2000 s")
    check(sample, theory, further=further)


@pytest.mark.parametrize("shape", ["12 s", "{exponential: {mean: 12 s}}"])
def test_blocking_at_the_tch(shape: str, further: int) -> None:
    """30.3 E on 25 TCHs, whatever the distribution of the conversations: Erlang B is insensitive.

    In a tenth of the time of V4, and with fewer channels, so that blocking is no rare event.
    """
    theory = float(erlang_b(25, 2.52525 * 12))
    changes = f"""
    mscs: {{helsinki: {{cells: {{sdcchs: 100, tchs: 25}}}}}}
    background: {{calls: {{rate: 2.52525 /s, duration: {shape}}}}}
    warm_up: 100 s
    duration: 8000 s
    """
    check(sampler(blocked_at_the_tch, FEW, changes), theory, further=further)


def test_blocking_at_the_tch_as_published(further: int) -> None:
    """V4: 909 calls an hour of 120 s on 45 TCHs block 0.27 %: rare, so known within 10 %."""
    theory = float(erlang_b(45, 0.252525 * 120))
    assert theory == pytest.approx(0.0027, abs=0.00005)
    changes = """
    mscs: {helsinki: {cells: {sdcchs: 100, tchs: 45}}}
    background: {calls: {duration: 120 s}}
    warm_up: 600 s
    duration: 30 h
    """
    sample = sampler(blocked_at(codes.CALL_BLOCKED_TCH), FEW, changes)
    check(sample, theory, further=further, resolution=0.1, off=0.5)
