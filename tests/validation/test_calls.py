"""Calls and short messages on the same channels against Erlang B, from YAML.

The inputs of Traynor, Enck, McDaniel and La Porta, Mitigating attacks on open functionality in
SMS-capable cellular networks (MobiCom 2006), are from memory: what is reproduced is the figure of
its abstract, "blocking rates of more than 70 %", with remembered inputs, not the paper's table.
One of its 55 sectors is simulated: 12 SDCCHs, 909 calls an hour of 1.5 s on an SDCCH and 120 s on a
TCH, short messages of 4 s each.
"""

from __future__ import annotations

import numpy as np
import pytest

from smsc_sim.engines.compiled import CompiledEngine
from smsc_sim.model import codes
from smsc_sim.model.network import Network
from smsc_sim.theory.queues import erlang_b
from tests.networks import CODE, OTHER, PLACE, TIME, VALUE, network
from tests.validation.agreement import check_agreement

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
RUNS = range(1, 31)
KEPT = (codes.LOG_HELD, codes.LOG_BLOCKED, codes.LOG_CALL)
CALLS_ERLANG = 50_000 / 3600 / 55 * 1.5


def flood(messages_per_s: float) -> str:
    """Short messages of 4 s each, 9 blocks of 235.4 ms among them, all delivered or blocked."""
    return f"""
    traffic:
      flood: {{kind: otp, account: bank, to: city, rate: {messages_per_s} msg/s, text: full}}
    """


def logs(seeds: range, *changes: str) -> list[tuple[Network, np.ndarray]]:
    """Rows about calls and channels after the warm-up, of several seeds."""
    net = network(SECTOR, *changes).network
    found = []
    for seed in seeds:
        pieces: list[np.ndarray] = []
        CompiledEngine(
            net._replace(seed=seed),
            lambda piece, pieces=pieces: pieces.append(piece[np.isin(piece[:, CODE], KEPT)]),
        ).run()
        log = np.concatenate(pieces)
        found.append((net, log[log[:, TIME] >= net.warm_up_ns]))
    return found


def request_blocking(net: Network, log: np.ndarray, pools: tuple[int, ...]) -> float:
    """Share of the requests for channels that found none, in the window."""
    mine = log[np.isin(log[:, PLACE], pools)]
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


def test_seventy_per_cent_of_calls_blocked() -> None:
    """V3: 9 + 0.7 messages a second and sector block 70.4 % of the calls: 39.18 E on 12 SDCCHs."""
    theory = float(erlang_b(12, CALLS_ERLANG + 9.7 * 4))
    assert theory == pytest.approx(0.704, abs=0.0005)
    runs = logs(RUNS, flood(9.7), "duration: 2400 s")
    requests = [request_blocking(n, log, tuple(n.cell_sdcch)) for n, log in runs]
    check_agreement(np.array(requests), theory)
    calls = [call_blocking(n, log, codes.CALL_BLOCKED_SDCCH) for n, log in runs]
    check_agreement(np.array(calls), theory)


def test_a_third_of_the_flood() -> None:
    """V5: a third of the attack offers 15.18 E and blocks 31.6 %."""
    theory = float(erlang_b(12, CALLS_ERLANG + 3.7 * 4))
    assert theory == pytest.approx(0.316, abs=0.0005)
    runs = logs(RUNS, flood(3.7), "duration: 1000 s")
    requests = [request_blocking(n, log, tuple(n.cell_sdcch)) for n, log in runs]
    check_agreement(np.array(requests), theory)


FEW = """
traffic: {few: {kind: otp, account: bank, to: city, rate: 1 msg/day, text: full}}
"""


def test_calls_meet_the_same_blocking_as_what_floods_them() -> None:
    """V3 with 4 s each of location updates in place of messages: the calls' own share."""
    theory = float(erlang_b(12, CALLS_ERLANG + 9.7 * 4))
    updates = """
    background:
      flood: {kind: location_updates, from: city, rate: 9.7 /s, holding: 4 s,
              retrials: {probability: 0 %}}
    """
    runs = logs(RUNS, FEW, updates, "duration: 2000 s")
    calls = [call_blocking(n, log, codes.CALL_BLOCKED_SDCCH) for n, log in runs]
    check_agreement(np.array(calls), theory)


@pytest.mark.parametrize("shape", ["12 s", "{exponential: {mean: 12 s}}"])
def test_blocking_at_the_tch(shape: str) -> None:
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
    runs = logs(RUNS, FEW, changes)
    assert all(call_blocking(n, log, codes.CALL_BLOCKED_SDCCH) == 0.0 for n, log in runs)
    tch = [call_blocking(n, log, codes.CALL_BLOCKED_TCH) for n, log in runs]
    check_agreement(np.array(tch), theory)


def test_blocking_at_the_tch_as_published() -> None:
    """V4: 909 calls an hour of 120 s on 45 TCHs block 0.27 %: rare, so known within 10 %."""
    theory = float(erlang_b(45, 0.252525 * 120))
    assert theory == pytest.approx(0.0027, abs=0.00005)
    changes = """
    mscs: {helsinki: {cells: {sdcchs: 100, tchs: 45}}}
    background: {calls: {duration: 120 s}}
    warm_up: 600 s
    duration: 30 h
    """
    runs = logs(RUNS, FEW, changes)
    tch = [call_blocking(n, log, codes.CALL_BLOCKED_TCH) for n, log in runs]
    check_agreement(np.array(tch), theory, resolution=0.1, off=0.5)
