"""Wait of MSUs for a link against M/D/1, from YAML: equal MSUs that arrive as a Poisson process."""

from pathlib import Path

import numpy as np
import pytest

from smsc_sim.engines.compiled import CompiledEngine
from smsc_sim.model.codes import LOG_VISIT
from smsc_sim.model.octets import msu_octets
from smsc_sim.model.operations import SRI_SM
from smsc_sim.scenario.compile import Compiled, compile_scenario
from smsc_sim.scenario.loader import load
from smsc_sim.theory.links import emission_s
from smsc_sim.theory.queues import mg1_mean_wait_s
from tests.agreement import check
from tests.networks import CODE, OTHER, PLACE, TIME, VALUE

# From the STP to the HLR go the SRI-SMs alone, 114 octets each, and all before that is so fast that
# they come to its link as the messages were sent.
QUERIES = """
name: queries
start: 2026-12-31T18:00 Europe/Helsinki
duration: LENGTH s
warm_up: 20 s
drain: 1 s
smscs: {north: {rate: 1e6 msg/s, submit_rate: 1e6 msg/s, dialogues: 1000000, retry: never}}
hlrs: {main: {rate: 1e6 /s}}
stps: {a: {}}
mscs: {east: {}}
link_sets:
  north-a: {between: [north, a], links: 16, speed: 1984 kbit/s}
  main-a: {between: [a, main], SPEED}
  east-a: {between: [a, east], links: 16, speed: 1984 kbit/s}
populations:
  city: {size: 1000000, country: FI, unknown: 0 %, reachability: {mean_off: 0 s},
         errors: {subscriber_busy: 0 %, system_failure: 0 %}}
accounts: {bank: {rate: 1e6 msg/s, window: 10000, receipts: none, latency: 0 s}}
traffic: {codes: {kind: otp, account: bank, to: city, rate: RATE msg/s, text: one-time-password}}
retry_policies: {never: {default: {delays: [1 min], attempts: 1}}}
rates: {card: list-2026, fallback: {a2p: 0.10 USD}}
"""
OCTETS = msu_octets(SRI_SM)
RUNS, MESSAGES = 40, 18_000
TDM, CARD = "speed: 16 kbit/s", "transport: m3ua, msu_rate: 20 /s"
SERVICE_S = {TDM: emission_s(OCTETS, 16_000), CARD: 1 / 20}


def scenario(tmp_path: Path, speed: str, utilisation: float) -> Compiled:
    """The network with a link of some kind at some load."""
    rate = utilisation / SERVICE_S[speed]
    length = f"{20 + MESSAGES / rate:.0f}"
    text = QUERIES.replace("SPEED", speed).replace("RATE", f"{rate:.6f}").replace("LENGTH", length)
    path = tmp_path / "queries.yaml"
    path.write_text(text)
    return compile_scenario(load(path))


def mean_waits_s(compiled: Compiled, seeds: range) -> np.ndarray:
    """Mean wait for the link from the STP to the HLR, one value per seed."""
    network, names = compiled
    station = names.stations.index("main-a a>main 0")
    means = []
    for seed in seeds:
        pieces: list[np.ndarray] = []

        def keep(log: np.ndarray, pieces: list[np.ndarray] = pieces) -> None:
            pieces.append(log[(log[:, PLACE] == station) & (log[:, CODE] == LOG_VISIT)])

        CompiledEngine(network._replace(seed=seed), keep).run()
        rows = np.concatenate(pieces)
        inside = (rows[:, TIME] >= network.warm_up_ns) & (rows[:, TIME] < network.duration_ns)
        assert len(set(rows[:, OTHER].tolist())) == 1, "all MSUs are equally long"
        means.append(rows[inside, VALUE].mean() / 1e9)
    return np.array(means)


@pytest.mark.parametrize(("speed", "utilisation"), [(TDM, 0.4), (CARD, 0.5)])
def test_wait_for_a_link_is_that_of_m_d_1(
    tmp_path: Path, speed: str, utilisation: float, further: int
) -> None:
    """The wait is that of M/D/1; 5 % off is rejected, and M/M/1 that waits twice as long."""
    compiled = scenario(tmp_path, speed, utilisation)
    service_s = SERVICE_S[speed]
    theory = mg1_mean_wait_s(utilisation / service_s, service_s, service_s**2)
    assert utilisation * service_s / (1 - utilisation) == pytest.approx(2 * theory)
    check(lambda seeds: mean_waits_s(compiled, seeds), theory, RUNS, further=further)
