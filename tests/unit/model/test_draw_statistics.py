"""Draws have the distributions that the model says, and the checks would notice 5 % off.

Each check compares an estimate over independent replications (other keys) with theory.
"""

from collections.abc import Callable

import numpy as np
import pytest
from numba import njit
from scipy import stats

from smsc_sim.model import codes, draws, traffic
from smsc_sim.model.arrivals import next_arrival_ns
from smsc_sim.model.draws import by_numba
from smsc_sim.model.network import Network
from smsc_sim.model.state import empty_state
from smsc_sim.theory.traffic import interval_means
from tests import agreement
from tests.networks import SECOND, network

below, bits, exponential_ns, key_of, reachable, uniform = map(
    by_numba,
    (draws.below, draws.bits, draws.exponential_ns, draws.key_of, draws.reachable, draws.uniform),
)


def check(estimate: Callable[[int], float], theory: float) -> None:
    """Resolution, agreement and negative controls of an estimate, a function of the seed."""
    agreement.check(lambda seeds: [estimate(seed) for seed in seeds], theory)


@njit
def _uniforms(seed: int, n: int) -> np.ndarray:
    out = np.empty(n)
    key = key_of(seed, 77, 5)
    for i in range(n):
        out[i] = uniform(key, i, codes.FOR_ERROR)
    return out


@njit
def _uniforms_of_keys(seed: int, n: int) -> np.ndarray:
    out = np.empty(n)
    for i in range(n):
        out[i] = uniform(key_of(seed, 77, i), 0, codes.FOR_ERROR)
    return out


@pytest.mark.parametrize("draw", [_uniforms, _uniforms_of_keys])
def test_uniform_moments(draw: Callable[[int, int], np.ndarray]) -> None:
    """Uniform draws over occasions and over keys have mean 1/2 and variance 1/12."""
    check(lambda seed: float(draw(seed, 2000).mean()), 1 / 2)
    check(lambda seed: float(((draw(seed, 5000) - 0.5) ** 2).mean()), 1 / 12)


@pytest.mark.parametrize("draw", [_uniforms, _uniforms_of_keys])
@pytest.mark.parametrize("lag", [1, 2, 7, 256])
def test_uniform_is_serially_independent(draw: Callable[[int, int], np.ndarray], lag: int) -> None:
    """The product of draws a lag apart has mean 1/4, and their pairs fill 16 x 16 cells evenly."""
    u = draw(1, 200_000)
    product = u[:-lag] * u[lag:]
    # Var(UV) = 1/9 - 1/16 for independent U and V; neighbours share a factor, hence the 2.
    assert abs(product.mean() - 0.25) < 4 * np.sqrt(2 * (1 / 9 - 1 / 16) / len(product))
    cells = np.bincount(
        (u[:-lag:2] * 16).astype(int) * 16 + (u[lag::2] * 16).astype(int)[: len(u[:-lag:2])],
        minlength=256,
    )
    assert stats.chisquare(cells).pvalue > 1e-4
    skewed = (u**1.05 * 16).astype(int)
    assert stats.chisquare(np.bincount(skewed, minlength=16)).pvalue < 1e-4, "5 % off unnoticed"


def test_purposes_and_neighbouring_keys_are_independent() -> None:
    """Draws for other purposes, seeds, digests and numbers are uncorrelated."""
    keys = [key_of(seed, digest, k) for seed, digest in ((1, 5), (2, 5), (1, 6)) for k in range(9)]
    rows = np.array(
        [[uniform(key, i, purpose) for i in range(2000)] for key in keys for purpose in (0, 1, 8)]
    )
    correlation = np.corrcoef(rows) - np.eye(len(rows))
    assert np.abs(correlation).max() < stats.norm.ppf(1 - 1e-6) / np.sqrt(2000)
    assert len({bits(key, 0, 0) for key in keys}) == len(keys)


def test_below_is_even() -> None:
    """Whole numbers below n are equally likely, also when n is not a power of two."""
    key = key_of(3, 4, 5)
    counts = np.bincount([below(key, i, codes.FOR_RECIPIENT, 37) for i in range(74_000)])
    assert len(counts) == 37 and stats.chisquare(counts).pvalue > 1e-4


@njit
def _mean_exponential(seed: int, n: int, mean_ns: int) -> float:
    key, total = key_of(seed, 9, 9), 0.0
    for i in range(n):
        total += exponential_ns(key, i, codes.FOR_PAGING, mean_ns)
    return total / n


def test_exponential_mean() -> None:
    """Exponential draws have the mean asked for, and a mean of 0 gives the least, 1 ns."""
    check(lambda seed: _mean_exponential(seed, 5000, 1_500_000_000), 1_500_000_000)
    assert exponential_ns(key_of(1, 2, 3), 0, codes.FOR_PAGING, 0) == 1


@njit
def _share_on(seed: int, n: int, on_ns: int, off_ns: int, at_ns: int) -> float:
    count = 0
    for phone in range(n):
        is_on, _, _ = reachable(key_of(seed, 31, phone), on_ns, off_ns, at_ns)
        count += is_on
    return count / n


@njit
def _mean_spell(seed: int, n: int, on_ns: int, off_ns: int, want_on: bool) -> float:
    total, count = 0.0, 0
    for phone in range(n // 100):
        key = key_of(seed, 32, phone)
        now = 0
        for _ in range(100):  # who asks later walks farther
            is_on, until, _ = reachable(key, on_ns, off_ns, now)
            if is_on == want_on and now > 0:
                total += until - now
                count += 1
            now = until
    return total / count


@pytest.mark.parametrize("at_ns", [0, 1_000_000, 50_000_000])
def test_reachability_is_stationary(at_ns: int) -> None:
    """At any time a phone is within reach with probability on / (on + off)."""
    on_ns, off_ns = 3_000_000, 2_000_000
    check(lambda seed: _share_on(seed, 3000, on_ns, off_ns, at_ns), 0.6)


@pytest.mark.parametrize(("want_on", "mean_ns"), [(True, 3_000_000), (False, 2_000_000)])
def test_spells_have_their_means(want_on: bool, mean_ns: int) -> None:
    """Spells within and out of reach have the means asked for."""
    check(lambda seed: _mean_spell(seed, 3000, 3_000_000, 2_000_000, want_on), mean_ns)


HOURS = [1, 0, 2, 3, 4, 4, 0, 2, 6, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
FLOW = f"""
start: 2026-12-31T00:30 UTC
duration: 9 h
drain: 0 s
profiles: {{steps: {{hours: {HOURS}}}}}
traffic:
  codes: {{kind: otp, account: bank, to: city, rate: 0.3 msg/s, profile: steps, text: one}}
"""


@pytest.fixture(scope="module")
def flow() -> Network:
    """A source whose rate changes by the hour, from half past."""
    return network(FLOW).network


def arrivals_s(net: Network, seed: int, source: int) -> np.ndarray:
    """Times of all messages of a source, s."""
    net = net._replace(seed=seed)
    state = empty_state(net)
    times, number = [], 0
    while True:
        time_ns = next_arrival_ns(net, state, source, number)
        if time_ns == codes.NEVER:
            return np.array(times) / SECOND
        times.append(time_ns)
        number += 1


def test_arrivals_follow_the_profile(flow: Network) -> None:
    """Counts by hour are Poisson with the means that theory gives for the profile."""
    source = int(np.flatnonzero(np.array(flow.source_arrivals) == codes.BY_RATE)[0])
    rates = 0.3 * np.array(HOURS) / np.mean(HOURS)
    breaks = [0.0, *(1800.0 + 3600.0 * k for k in range(9)), 9 * 3600.0]
    means = interval_means(breaks, rates[:10], breaks)
    runs = 40
    counts = np.array(
        [np.histogram(arrivals_s(flow, seed, source), breaks)[0] for seed in range(runs)]
    )
    assert (counts[:, means == 0] == 0).all() and (means == 0).sum() == 2
    busy = means > 0
    total = counts[:, busy].sum(axis=0)
    z = (total - runs * means[busy]) / np.sqrt(runs * means[busy])
    assert np.abs(z).max() < stats.norm.ppf(1 - 0.5e-4)
    assert np.abs((total - runs * 1.05 * means[busy]).sum()) > 4 * np.sqrt(total.sum())
    # The index of dispersion of Poisson counts is 1: the sum of squares is chi-square.
    dispersion = ((counts[:, busy] - means[busy]) ** 2 / means[busy]).sum()
    freedom = runs * int(busy.sum())
    assert stats.chi2.ppf(0.5e-4, freedom) < dispersion < stats.chi2.ppf(1 - 0.5e-4, freedom)
    gaps = np.diff(arrivals_s(flow, 1, source)[:200])
    assert abs(np.corrcoef(gaps[:-1], gaps[1:])[0, 1]) < 4 / np.sqrt(len(gaps))


def test_texts_have_their_shares() -> None:
    """The alias table draws rows as often as the mix says."""
    net = network(
        """
        texts: {mixed: {gsm7: {"1": 50 %, "160": 20 %, "161": 17 %, "459": 3 %},
                        ucs2: {"70": 10 %}}}
        traffic: {news: {text: mixed}}
        """
    ).network
    n = 40_000
    keys = [key_of(5, 6, number) for number in range(n)]
    rows = np.array([traffic.text_row(net, 0, 0, key) for key in keys])
    octets = [(net.text_segments[row], net.text_last_octets[row]) for row in rows.tolist()]
    found = {pair: octets.count(pair) for pair in set(octets)}
    expected = {(1, 1): 0.5, (1, 140): 0.3, (2, 14): 0.17, (3, 140): 0.03}
    assert found.keys() == expected.keys()
    observed = [found[pair] for pair in expected]
    assert stats.chisquare(observed, [n * share for share in expected.values()]).pvalue > 1e-4
    off = np.array([*expected.values()]) * [1.05, 0.95, 0.98, 1.0]
    assert stats.chisquare(observed, n * off / off.sum()).pvalue < 1e-4, "5 % off unnoticed"


@pytest.mark.parametrize("size", [1, 2, 50, 64, 97])
def test_batches_meet_everybody_once(size: int) -> None:
    """Recipients of a batch are distinct until everybody has been met, in another order by seed."""
    net = network({"populations": {"city": {"size": size}}}).network
    orders = []
    for seed in range(4):
        of_seed = net._replace(seed=seed)
        order = [traffic.recipient(of_seed, 0, 0, number, 0) for number in range(2 * size)]
        assert sorted(order[:size]) == list(range(size)) and order[size:] == order[:size]
        orders.append(tuple(order))
    assert size < 50 or len(set(orders)) == 4


def test_homes_and_populations_have_their_shares() -> None:
    """Recipients' populations and senders' SMSCs are drawn by their shares; MSCs hold theirs."""
    net = network(
        """
        populations: {city: {size: 4000, smscs: {north: 30 %, south: 70 %},
                             mscs: {helsinki: 25 %, turku: 75 %}}, zoo: {size: 3, country: SE}}
        traffic: {news: {to: {city: 80 %, zoo: 20 %}},
                  codes: {kind: otp, account: bank, to: {city: 80 %, zoo: 20 %}, rate: 1 msg/s,
                          text: one}}
        """
    ).network
    homes = [traffic.home_smsc(net, 0, phone) for phone in range(4000)]
    assert stats.binomtest(homes.count(0), 4000, 0.3).pvalue > 1e-4
    mscs = [traffic.msc_of(net, 0, phone) for phone in range(4000)]
    assert mscs == sorted(mscs) and mscs.count(mscs[0]) == 1000
    to = [traffic.recipient_population(net, 0, k, key_of(1, 2, k)) for k in range(4000)]
    assert stats.binomtest(to.count(0), 4000, 0.8).pvalue > 1e-4
