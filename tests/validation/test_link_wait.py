"""Wait of MSUs for a link against M/D/1, from YAML: equal MSUs that arrive as a Poisson process."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from smsc_sim.engines.reference import Engine
from smsc_sim.model.codes import (
    LOG_VISIT,
    NOTHING,
    OK,
    REJECTED,
    START,
    SUBMISSION_OVER,
    SUBMIT_SENT,
)
from smsc_sim.model.commands import end, send
from smsc_sim.model.network import Command, Network, State
from smsc_sim.model.octets import msu_octets
from smsc_sim.model.operations import SRI_SM
from smsc_sim.scenario.compile import Compiled, compile_scenario
from smsc_sim.scenario.loader import load
from smsc_sim.theory.links import emission_s
from smsc_sim.theory.queues import mg1_mean_wait_s

# Each message is a single SRI-SM of 114 octets over the link from STP to HLR, see `only_a_query`.
QUERIES = """
name: queries
start: 2026-12-31T18:00 Europe/Helsinki
duration: LENGTH s
warm_up: 20 s
drain: 1 s
smscs: {north: {rate: 100 msg/s}}
hlrs: {main: {rate: 100 /s}}
stps: {a: {}}
mscs: {east: {}}
link_sets:
  north-a: {between: [north, a]}
  main-a: {between: [a, main], SPEED}
  east-a: {between: [a, east]}
populations: {city: {size: 1000000, country: FI}}
accounts: {bank: {}}
traffic: {codes: {kind: otp, account: bank, to: city, rate: RATE msg/s, text: one-time-password}}
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


def only_a_query(network: Network, state: State, job: Any, signal: int, now: int) -> Command:
    """A function around the rules that cuts a message down to one MSU from the STP to the HLR."""
    if job.stage == START:
        stp = network.is_relay.index(1)
        return send(job, stp, network.population_hlr[0], SRI_SM << 8, SUBMIT_SENT, OK)
    return end(job, NOTHING, REJECTED, SUBMISSION_OVER)


def mean_waits_s(compiled: Compiled, seeds: range) -> np.ndarray:
    """Mean wait for the link from the STP to the HLR, one value per seed."""
    network, names = compiled
    station = names.stations.index("main-a a>main 0")
    means = []
    for seed in seeds:
        pieces: list[np.ndarray] = []
        sink = partial(_keep, pieces)
        Engine(network._replace(seed=seed), sink, only_a_query).run()
        log = np.concatenate(pieces)
        rows = log[(log[:, 1] == LOG_VISIT) & (log[:, 3] == station)]
        inside = (rows[:, 0] >= network.warm_up_ns) & (rows[:, 0] < network.duration_ns)
        assert len(set(rows[:, 5].tolist())) == 1, "all MSUs are equally long"
        means.append(rows[inside, 4].mean() / 1e9)
    return np.array(means)


def _keep(pieces: list[np.ndarray], log: np.ndarray) -> None:
    pieces.append(log.copy())


def t_value(measured: np.ndarray, theory: float) -> float:
    """Student's t of the mean of runs against a theory."""
    error = measured.std(ddof=1) / np.sqrt(len(measured))
    return float(abs(measured.mean() - theory) / error)


@pytest.mark.slow
@pytest.mark.parametrize(("speed", "utilisation"), [(TDM, 0.4), (CARD, 0.5)])
def test_wait_for_a_link_is_that_of_m_d_1(tmp_path: Path, speed: str, utilisation: float) -> None:
    """The wait is that of M/D/1, known within 1.2 %; 5 % off is rejected."""
    compiled = scenario(tmp_path, speed, utilisation)
    service_s = SERVICE_S[speed]
    theory = mg1_mean_wait_s(utilisation / service_s, service_s, service_s**2)
    measured = mean_waits_s(compiled, range(1, RUNS + 1))
    half_width = stats.t.ppf(0.975, RUNS - 1) * measured.std(ddof=1) / np.sqrt(RUNS)
    assert half_width < 0.012 * theory
    limit = stats.t.ppf(1 - 0.5e-4, RUNS - 1)
    assert t_value(measured, theory) < limit
    for wrong in (0.95, 1.05):
        assert t_value(measured, wrong * theory) > limit
    exponential = utilisation * service_s / (1 - utilisation)  # M/M/1 would wait twice as long
    assert t_value(measured, exponential) > limit
