"""A fitted source is as uneven as the trace it was fitted to."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import yaml

from smsc_sim.model import codes
from smsc_sim.model.arrivals import next_arrival_ns
from smsc_sim.model.network import Network
from smsc_sim.model.state import empty_state
from smsc_sim.planning.fit import Fit, FitError, as_yaml, fit
from smsc_sim.scenario.errors import Place
from smsc_sim.scenario.traces import TraceRows, read_trace
from tests.networks import SECOND, network

ZONE = ZoneInfo("Europe/Copenhagen")
MONDAY = datetime(2026, 1, 5, tzinfo=ZONE)
WEEKS = 4


def fitted(found: Fit, **changes: Any) -> Network:
    """The fitted YAML in a scenario of four weeks."""
    tree = yaml.safe_load(as_yaml(found, "fitted"))
    tree["traffic"]["fitted"] |= changes
    return network(
        {
            "start": "2026-01-05T00:00 Europe/Copenhagen",
            "duration": f"{WEEKS * 7} d",
            "warm_up": "0 s",
            "drain": "0 s",
            "populations": {"city": {"size": found.people or 1000}},
            "traffic": {"news": None, **tree["traffic"]},
            "profiles": tree["profiles"],
        }
    ).network


def hourly(net: Network, seed: int) -> np.ndarray:
    """Messages in each hour of a run."""
    net = net._replace(seed=seed)
    state, times = empty_state(net), []
    while (at_ns := next_arrival_ns(net, state, 0, len(times))) != codes.NEVER:
        times.append(at_ns)
    return np.histogram(np.array(times) / SECOND, np.arange(0, WEEKS * 7 * 24 + 1) * 3600)[0]


def dispersion(net: Network, seeds: int = 12) -> float:
    """Mean variance-to-mean ratio of the hours over runs."""
    runs = [hourly(net, seed) for seed in range(seeds)]
    return float(np.mean([run.var(ddof=1) / run.mean() for run in runs]))


def rows_of(times_s: np.ndarray) -> TraceRows:
    """A trace without people."""
    return TraceRows(times_s - times_s[0], float(times_s[0]), None, None, None, 0)


def test_real_trace(shared_data: Path) -> None:
    """What is fitted to real messages is as uneven by the hour; without its bursts it is not."""
    file = shared_data / "copenhagen_cns_sms.csv"
    rows = read_trace(file.read_bytes(), file, file.name, Place(file.name), ZONE)
    assert (len(rows.s), rows.people) == (24_333, 568)
    found = fit(rows, datetime(2026, 1, 5, 0, 0, 18, tzinfo=ZONE))
    assert found.dispersion == pytest.approx(28.9, abs=0.1)
    assert found.mean == pytest.approx(36.2, abs=0.1)
    simulated = dispersion(fitted(found))
    assert simulated == pytest.approx(found.dispersion, rel=0.15)
    assert dispersion(fitted(found, bursts={}), 3) < 0.75 * found.dispersion


def test_what_was_put_in_is_found_again() -> None:
    """Hours, days, batches and bursts of a made-up trace come back from the fit."""
    rng = np.random.default_rng(4)
    hours, tau_s = WEEKS * 7 * 24, 1800.0
    ends = np.cumsum(rng.exponential(tau_s * np.tile([2.0, 2.0], 4 * hours)))
    step = np.arange(0, hours * 3600, 60.0)
    state = np.where(np.searchsorted(ends, step) % 2 == 0, 0.4, 1.6)
    hour = (step // 3600 % 24).astype(int)
    rate = 60 * 0.05 * state * (1 + 0.5 * np.sin(hour / 24 * 2 * np.pi))
    times = np.repeat(step, rng.poisson(rate)).astype(np.float64)
    times = np.sort(times + rng.random(len(times)) * 60)
    found = fit(rows_of(times), MONDAY)
    shape = 1 + 0.5 * np.sin(np.arange(24) / 24 * 2 * np.pi)
    assert np.abs(np.array(found.hour_weights) - shape).max() < 0.25
    assert found.day_weights == pytest.approx([1] * 7, abs=0.15)
    assert found.batch == pytest.approx(1, abs=1e-6)
    assert found.calm is not None and found.busy is not None
    spells = found.calm[1], found.busy[1]
    assert 1 / (1 / spells[0] + 1 / spells[1]) == pytest.approx(tau_s, rel=0.35)
    share = spells[1] / sum(spells)
    variance = share * (1 - share) * (found.busy[0] - found.calm[0]) ** 2
    assert variance == pytest.approx(0.36, rel=0.2)
    assert dispersion(fitted(found), 6) == pytest.approx(found.dispersion, rel=0.15)


def test_poisson_traffic_has_no_bursts() -> None:
    """Even arrivals are called even; days are told apart only from two weeks on."""
    rng = np.random.default_rng(5)
    times = np.sort(rng.random(40_000)) * 10 * 86400
    found = fit(rows_of(times), MONDAY)
    assert found.around_profile == pytest.approx(1, abs=0.2)
    assert found.day_weights == (1.0,) * 7
    text = as_yaml(found, "even")
    assert "days:" not in text and "batch:" not in text
    factors = (1, 1) if found.calm is None else (found.calm[0], found.busy[0])
    assert factors == pytest.approx((1, 1), abs=0.1)


def test_a_short_trace_is_refused() -> None:
    """Less than a day says nothing about a day."""
    with pytest.raises(FitError) as caught:
        fit(rows_of(np.linspace(0, 7200, 100)), MONDAY)
    assert str(caught.value) == "covers 2 whole hours; a profile needs at least 24"
