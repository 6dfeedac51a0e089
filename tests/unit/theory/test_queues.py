"""Erlang, Pollaczek-Khinchine and their relatives against published figures and second methods."""

import math
from fractions import Fraction

import numpy as np
import pytest

from smsc_sim.theory.queues import (
    erlang_b,
    erlang_b_offered,
    erlang_b_servers,
    erlang_c,
    md1_mean_wait_s,
    mg1_mean_wait_s,
    mm1_mean_sojourn_s,
    mm1_sojourn_quantile_s,
    mmc_mean_wait_s,
    mmck_blocking,
    saturation_rate_per_s,
)

# Manhattan as in Traynor et al., MobiCom 2006 (inputs from memory, not found): 55 sectors of
# 12 SDCCHs and 45 TCHs, 50,000 calls and 138,600 messages an hour, channels held for 1.5 s by a
# call that is set up, for 4 s by a message, for 120 s by a call.
SECTORS = 55
CALLS_PER_S = 50_000 / 3600 / SECTORS
MESSAGES_PER_S = 138_600 / 3600 / SECTORS
SDCCH_ERLANG = 1.5 * CALLS_PER_S + 4 * MESSAGES_PER_S


def stationary(servers: int, places: int, offered_erlang: float) -> np.ndarray:
    """Probability of 0..`places` customers at M/M/c/K, from the equations of balance."""
    matrix = np.zeros((places + 1, places + 1))
    for customers in range(places):
        leave = min(customers + 1, servers)
        matrix[customers, customers + 1] += offered_erlang
        matrix[customers, customers] -= offered_erlang
        matrix[customers + 1, customers] += leave
        matrix[customers + 1, customers + 1] -= leave
    equations = np.vstack([matrix.T, np.ones(places + 1)])
    return np.linalg.lstsq(equations, np.append(np.zeros(places + 1), 1.0), rcond=None)[0]


@pytest.mark.parametrize(
    ("sectors", "channels", "messages_per_s"), [(120, 8, 240), (55, 12, 165)], ids=["DC", "NY"]
)
def test_signalling_channels_saturate(sectors: int, channels: int, messages_per_s: int) -> None:
    """Washington is full at 240 and Manhattan at 165 messages per second (Enck et al. 2005)."""
    assert saturation_rate_per_s(sectors * channels, 4.0) == pytest.approx(messages_per_s)


@pytest.mark.parametrize(
    ("attack_per_s", "offered_erlang", "blocking", "digits"),
    [(495, 39.18, 0.704, 3), (165, 15.18, 0.316, 3), (0, 3.18, 9.3e-5, 6)],
)
def test_targeted_attack_blocks_signalling_channels(
    attack_per_s: int, offered_erlang: float, blocking: float, digits: int
) -> None:
    """The remembered inputs give the blocking of over 70 % that Traynor et al. published."""
    offered = SDCCH_ERLANG + 4 * attack_per_s / SECTORS
    assert round(offered, 2) == offered_erlang
    assert round(erlang_b(12, offered), digits) == blocking


def test_traffic_channels_of_that_network_hardly_block() -> None:
    """30.3 erlang of calls on 45 channels lose 0.27 %."""
    assert round(120 * CALLS_PER_S, 1) == 30.3
    assert round(100 * erlang_b(45, 120 * CALLS_PER_S), 2) == 0.27


@pytest.mark.parametrize(
    ("servers", "loads"),
    [
        (4, (0.44, 0.70, 0.87, 1.09)),
        (8, (2.05, 2.73, 3.13, 3.63)),
        (12, (4.23, 5.28, 5.88, 6.61)),
        (16, (6.72, 8.10, 8.88, 9.83)),
        (24, (12.24, 14.20, 15.30, 16.63)),
        (32, (18.20, 20.68, 22.05, 23.72)),
        (48, (30.88, 34.25, 36.11, 38.39)),
        (64, (44.16, 48.30, 50.60, 53.43)),
    ],
)
def test_load_for_a_blocking_target(servers: int, loads: tuple[float, ...]) -> None:
    """Loads at 0.1, 0.5, 1 and 2 % are those of the Erlang B table, and just need the servers."""
    for blocking, load in zip((0.001, 0.005, 0.01, 0.02), loads, strict=True):
        offered = erlang_b_offered(servers, blocking)
        assert offered == pytest.approx(load, abs=0.0051)
        assert erlang_b(servers, offered) == pytest.approx(blocking, rel=1e-9)
        assert erlang_b_servers(offered * (1 - 1e-9), blocking) == servers
        assert erlang_b_servers(offered * (1 + 1e-9), blocking) == servers + 1


@pytest.mark.parametrize("servers", [0, 1, 2, 10, 60])
@pytest.mark.parametrize("offered", [Fraction(1, 10), Fraction(5), Fraction(80)])
def test_erlang_b_is_the_ratio_of_its_definition(servers: int, offered: Fraction) -> None:
    """The recursion equals a^c/c! over its sum, computed in exact fractions."""
    terms = [offered**k / math.factorial(k) for k in range(servers + 1)]
    exact = float(terms[-1] / sum(terms))
    assert erlang_b(servers, float(offered)) == pytest.approx(exact, rel=1e-13)


def test_erlang_b_takes_arrays_and_large_systems() -> None:
    """An array gives what its elements give; a million servers neither overflow nor underflow."""
    loads = np.array([0.0, 0.5, 12.0, 400.0])
    blocking = erlang_b(12, loads)
    assert blocking.shape == (4,)
    assert blocking.tolist() == [erlang_b(12, load) for load in loads.tolist()]
    assert erlang_b(0, loads).tolist() == [1.0] * 4
    # At a = c the blocking tends to sqrt(2 / (pi c)).
    assert erlang_b(1_000_000, 1e6) == pytest.approx(math.sqrt(2e-6 / math.pi), rel=1e-3)


@pytest.mark.parametrize(("servers", "places"), [(1, 1), (1, 8), (3, 3), (3, 10), (7, 9)])
@pytest.mark.parametrize("offered", [0.3, 2.9, 3.0, 11.0])
def test_mmck_blocking_solves_the_balance(servers: int, places: int, offered: float) -> None:
    """The blocking is the probability of the last state, found by solving the balance equations."""
    assert mmck_blocking(servers, places, offered) == pytest.approx(
        stationary(servers, places, offered)[-1], rel=1e-9
    )


@pytest.mark.parametrize(("servers", "offered"), [(1, 0.3), (1, 0.8), (3, 2.0), (10, 7.5)])
def test_erlang_c_and_wait_solve_the_balance(servers: int, offered: float) -> None:
    """Waiting and mean wait equal those of a room too large to matter, the wait by Little's law."""
    states = stationary(servers, 300, offered)
    queue = np.maximum(np.arange(301) - servers, 0)
    service_s = 0.25
    assert erlang_c(servers, offered) == pytest.approx(states[servers:].sum(), rel=1e-8)
    assert mmc_mean_wait_s(servers, offered / service_s, service_s) == pytest.approx(
        states @ queue / (offered / service_s), rel=1e-8
    )


@pytest.mark.parametrize("load", [0.1, 0.5, 0.95])
def test_single_server_formulas_coincide_where_they_must(load: float) -> None:
    """M/G/1 with exponential service is M/M/1; with constant service the wait is half of it."""
    service_s = 0.02
    rate = load / service_s
    wait_s = mmc_mean_wait_s(1, rate, service_s)
    assert wait_s == pytest.approx(load * service_s / (1 - load))
    assert mg1_mean_wait_s(rate, service_s, 2 * service_s**2) == pytest.approx(wait_s)
    assert md1_mean_wait_s(rate, service_s) == pytest.approx(wait_s / 2)
    assert mm1_mean_sojourn_s(rate, service_s) == pytest.approx(wait_s + service_s)


def test_mg1_wait_of_a_mixture() -> None:
    """Half of the services of 1 s and half of 3 s wait 2.5 s at half load: 0.25 * 5 / (2 * 0.5)."""
    assert mg1_mean_wait_s(0.25, 2.0, (1 + 9) / 2) == pytest.approx(1.25)


def test_sojourn_quantile_inverts_the_exponential() -> None:
    """The share that leaves before the quantile is the share asked for."""
    mean_s = mm1_mean_sojourn_s(0.75, 1.0)
    assert mean_s == 4.0
    for share in (0.0, 0.5, 0.9, 0.999):
        quantile_s = mm1_sojourn_quantile_s(share, 0.75, 1.0)
        assert 1 - math.exp(-quantile_s / mean_s) == pytest.approx(share)
    assert mm1_sojourn_quantile_s(0.5, 1.0, 1.0) == math.inf
    assert mm1_sojourn_quantile_s(0.0, 1.0, 1.0) == 0.0


def test_overload_has_no_equilibrium() -> None:
    """From a load of one erlang per server everybody waits, and for ever."""
    assert erlang_c(3, 3.0) == 1.0
    assert mmc_mean_wait_s(3, 3.0, 1.0) == math.inf
    assert mm1_mean_sojourn_s(2.0, 1.0) == math.inf
    assert mg1_mean_wait_s(1.0, 1.0, 1.0) == math.inf


def test_an_idle_station_makes_nobody_wait() -> None:
    """Without arrivals nothing blocks and nobody waits."""
    assert erlang_b(3, 0.0) == 0.0
    assert erlang_c(3, 0.0) == 0.0
    assert md1_mean_wait_s(0.0, 1.0) == 0.0
    assert erlang_b_servers(0.0, 0.01) == 1
    assert erlang_b_servers(5.0, 1.0) == 0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: erlang_b(-1, 1.0), "servers: must be at least 0 and finite (got -1)"),
        (lambda: erlang_b(1, -0.5), "offered_erlang: must be at least 0 and finite (got -0.5)"),
        (
            lambda: erlang_b(1, np.array([1.0, math.nan])),
            "offered_erlang: must be at least 0 and finite (got nan)",
        ),
        (
            lambda: erlang_b(1, np.array([1.0, math.inf])),
            "offered_erlang: must be at least 0 and finite (got inf)",
        ),
        (lambda: mmck_blocking(0, 3, 1.0), "servers: must be at least 1 and finite (got 0)"),
        (lambda: mmck_blocking(3, 2, 1.0), "places: must be at least 3 and finite (got 2)"),
        (lambda: erlang_b_servers(1.0, 0.0), "blocking: must be above 0 and at most 1 (got 0)"),
        (
            lambda: erlang_b_servers(math.inf, 0.1),
            "offered_erlang: must be at least 0 and finite (got inf)",
        ),
        (lambda: erlang_b_offered(0, 0.1), "servers: must be at least 1 and finite (got 0)"),
        (
            lambda: erlang_b_offered(2, 1.0),
            "blocking: must be below 1, which no load reaches (got 1)",
        ),
        (lambda: erlang_c(0, 0.5), "servers: must be at least 1 and finite (got 0)"),
        (lambda: erlang_c(2, -1.0), "offered_erlang: must be at least 0 and finite (got -1)"),
        (
            lambda: md1_mean_wait_s(-1.0, 1.0),
            "arrival_rate_per_s: must be at least 0 and finite (got -1)",
        ),
        (
            lambda: mmc_mean_wait_s(1, 1.0, -1.0),
            "service_s: must be at least 0 and finite (got -1)",
        ),
        (
            lambda: mg1_mean_wait_s(0.1, 2.0, 3.0),
            "service_second_moment_s2: must be at least the square of the mean, 4 (got 3)",
        ),
        (
            lambda: mm1_sojourn_quantile_s(1.0, 0.5, 1.0),
            "probability: must be from 0 to below 1 (got 1.0)",
        ),
        (lambda: saturation_rate_per_s(8, 0.0), "holding_s: must be above 0 (got 0.0)"),
    ],
)
def test_arguments_out_of_range_are_refused(call, sentence: str) -> None:
    """Each refusal names the argument, its range and the value."""
    with pytest.raises(ValueError) as refusal:
        call()
    assert str(refusal.value) == sentence
