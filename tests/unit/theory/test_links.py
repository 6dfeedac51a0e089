"""Links against published planning rules, computed tables and a simulated link."""

import math

import numpy as np
import pytest

from smsc_sim.model.octets import (
    msu_octets,
    text_octets,
)
from smsc_sim.model.operations import (
    MO_FORWARD_SM,
    MO_FORWARD_SM_RESULT,
    MT_FORWARD_SM,
    MT_FORWARD_SM_RESULT,
    SRI_SM,
    SRI_SM_RESULT,
)
from smsc_sim.theory.links import (
    FISU_OCTETS,
    emission_s,
    largest_link_share,
    link_mean_wait_s,
    link_shares,
    link_wait_deviation_s,
    links_needed,
    messages_per_s,
)
from tests.agreement import check


def messages_at(utilisation: float, septets: int) -> tuple[float, float, float, float]:
    """Messages per second of a 64 kbit/s link: MT with SRI-SM, MT only, MO only, all three."""
    data = text_octets(septets)
    sri, sri_result = msu_octets(SRI_SM), msu_octets(SRI_SM_RESULT)
    mt, mt_result = msu_octets(MT_FORWARD_SM, data), msu_octets(MT_FORWARD_SM_RESULT)
    mo, mo_result = msu_octets(MO_FORWARD_SM, data), msu_octets(MO_FORWARD_SM_RESULT)
    return (
        messages_per_s(sri + mt, sri_result + mt_result, utilisation),
        messages_per_s(mt, mt_result, utilisation),
        messages_per_s(mo_result, mo, utilisation),
        messages_per_s(sri + mt + mo_result, sri_result + mt_result + mo, utilisation),
    )


def simulated_waits_s(
    rng: np.random.Generator, utilisation: float, msus_s: np.ndarray, fisu_s: float
) -> np.ndarray:
    """Wait of each MSU on a link that sends one fill-in signal unit after the other when idle."""
    gaps_s = rng.exponential(msus_s.mean() / utilisation, len(msus_s))
    arrivals_s = np.cumsum(gaps_s)
    waits_s = np.empty(len(msus_s))
    free_s = 0.0
    for msu, (arrival_s, msu_s) in enumerate(zip(arrivals_s, msus_s, strict=True)):
        if arrival_s > free_s:
            free_s += math.ceil((arrival_s - free_s) / fisu_s) * fisu_s
        waits_s[msu] = free_s - arrival_s
        free_s += msu_s
    return waits_s


@pytest.mark.parametrize(
    ("utilisation", "septets", "rates"),
    [
        (0.2, 52, (5.4, 8.9, 8.7, 3.9)),
        (0.4, 20, (12.1, 21.2, 20.7, 8.4)),
        (0.4, 52, (10.9, 17.8, 17.4, 7.8)),
        (0.4, 80, (10.1, 15.7, 15.4, 7.3)),
        (0.4, 160, (8.2, 11.5, 11.4, 6.3)),
        (0.8, 52, (21.8, 35.6, 34.8, 15.5)),
    ],
)
def test_messages_per_link(utilisation: float, septets: int, rates: tuple[float, ...]) -> None:
    """A 64 kbit/s link carries the computed rates, 8.2 to 12.1 a second with SRI-SM at 0.4 E.

    Two of the table's figures were rounded twice (20.645 to 20.65 to 20.7, 11.348 to 11.4).
    """
    for rate, computed in zip(messages_at(utilisation, septets), rates, strict=True):
        assert round(round(rate, 2) + 1e-9, 1) == computed


def test_link_capacity_agrees_with_vendor_rules() -> None:
    """Motorola's 38,400 and 40,000 messages an hour per link at 0.4 E lie within our range."""
    long_text, short_text = messages_at(0.4, 160)[0], messages_at(0.4, 20)[0]
    assert 3600 * long_text < 38_400 < 40_000 < 3600 * short_text


def test_dialogic_link_equivalent() -> None:
    """9,600 octets a second in both directions carry 48 messages of 200 octets, as Dialogic says.

    1,000 messages a second then need about 21 links.
    """
    per_link = 2 * messages_per_s(200, 0, 0.6)
    assert per_link == pytest.approx(48)
    assert math.ceil(1000 / per_link) == 21


@pytest.mark.parametrize(
    ("octets", "waits_ms"),
    [
        (100, (1.94, 4.54, 9.75, 25.4)),
        (200, (3.50, 8.71, 19.1, 50.4)),
        (279, (4.73, 12.0, 26.5, 70.1)),
    ],
)
def test_mean_waits_at_64_kbit_per_s(octets: int, waits_ms: tuple[float, ...]) -> None:
    """Constant MSUs wait as computed from the formula of Q.706, to three digits."""
    for utilisation, wait_ms in zip((0.2, 0.4, 0.6, 0.8), waits_ms, strict=True):
        wait_s = link_mean_wait_s(utilisation, emission_s(octets), emission_s(FISU_OCTETS))
        assert 1000 * wait_s == pytest.approx(wait_ms, abs=0.5 * 10 ** -(3 - len(f"{wait_ms:.0f}")))


def test_fill_in_units_are_six_octets() -> None:
    """At 64 kbit/s a fill-in signal unit takes 0.75 ms."""
    assert emission_s(FISU_OCTETS) == pytest.approx(0.75e-3)


@pytest.mark.parametrize("kind", ["constant", "exponential"])
def test_wait_and_deviation_agree_with_a_simulated_link(kind: str, further: int) -> None:
    """Mean and deviation are those of a simulation that would notice it without fill-in units.

    Fill-in units of a third of an MSU make their part of the wait large enough to be seen.
    """
    utilisation, msu_s, fisu_s, n_msus = 0.5, 3e-3, 1e-3, 20_000
    k1, k2 = (1.0, 1.0) if kind == "constant" else (2.0, 6.0)
    mean_s = link_mean_wait_s(utilisation, msu_s, fisu_s, k1)
    deviation_s = link_wait_deviation_s(utilisation, msu_s, fisu_s, k1, k2)

    def waits_s(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        drawn_s = rng.exponential(msu_s, n_msus)
        msus_s = np.full(n_msus, msu_s) if kind == "constant" else drawn_s
        return simulated_waits_s(rng, utilisation, msus_s, fisu_s)

    def sample(seeds: range) -> list[tuple[float, float]]:
        runs = (waits_s(seed) for seed in seeds)
        return [(float(run.mean()), float(run.std())) for run in runs]

    check(sample, [mean_s, deviation_s], 50, further=further)
    assert mean_s - fisu_s / 2 < 0.95 * mean_s


def test_wait_of_a_link_at_its_ends() -> None:
    """An idle link costs half a fill-in unit; an overloaded one has no mean wait."""
    assert link_mean_wait_s(0.0, 25e-3, 0.75e-3) == pytest.approx(0.375e-3)
    assert link_wait_deviation_s(0.0, 25e-3, 0.75e-3) == pytest.approx(0.75e-3 / math.sqrt(12))
    assert link_mean_wait_s(1.0, 25e-3, 0.75e-3) == math.inf
    assert link_wait_deviation_s(1.2, 25e-3, 0.75e-3) == math.inf


@pytest.mark.parametrize("sls_values", [8, 16, 256])
@pytest.mark.parametrize("links", range(1, 18))
def test_sls_shares_count_the_values(links: int, sls_values: int) -> None:
    """Shares are what counting SLS modulo links gives, and even only if links divide the values."""
    counts = np.bincount(np.arange(sls_values) % links, minlength=links)
    shares = link_shares(links, sls_values)
    assert shares == (counts / sls_values).tolist()
    assert sum(shares) == pytest.approx(1)
    assert largest_link_share(links, sls_values) == max(shares)
    is_even = len(set(shares)) == 1
    assert is_even == (sls_values % links == 0)


def test_links_needed_counts_the_uneven_share() -> None:
    """The busiest link decides: 2.5 erlang at 0.4 need 8 links, though 7 would do if even."""
    assert math.ceil(2.5 / 0.4) == 7
    assert 2.5 * largest_link_share(7) > 0.4
    assert links_needed(2.5 * 8000, 0.4) == 8
    assert links_needed(0, 0.4) == 1
    assert links_needed(16 * 0.4 * 8000, 0.4) == 16
    # A high-speed link of 1.536 Mbit/s takes 24 times as much.
    assert links_needed(2.5 * 8000 * 24, 0.4, speed_bit_per_s=1_536_000) == 8


@pytest.mark.parametrize("links", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("utilisation", [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8])
def test_a_load_that_just_fits_needs_no_further_link(links: int, utilisation: float) -> None:
    """Rounding does not add a link where the load meets the limit exactly."""
    assert links_needed(utilisation * links * 8000, utilisation) == links


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: emission_s(-1), "octets: must be at least 0 (got -1)"),
        (lambda: emission_s(1, 0), "speed_bit_per_s: must be above 0 (got 0)"),
        (lambda: messages_per_s(1, 1, 1.1), "utilisation: must be from 0 to 1 (got 1.1)"),
        (
            lambda: messages_per_s(0, 0, 0.4),
            "octets_forward, octets_backward: one of them must be above 0 (got 0, 0)",
        ),
        (lambda: largest_link_share(0), "links: must be at least 1 (got 0)"),
        (lambda: link_shares(1, 0), "sls_values: must be at least 1 (got 0)"),
        (lambda: links_needed(1, 0.0), "utilisation: must be above 0 and at most 1 (got 0)"),
        (
            lambda: links_needed(52_000, 0.4),
            "octets_per_s: at most 51200 fit on 16 links at utilisation 0.4 (got 52000); "
            "use faster links or another link set",
        ),
        (
            lambda: link_mean_wait_s(-0.1, 1.0, 1.0),
            "utilisation: must be at least 0 (got -0.1)",
        ),
        (
            lambda: link_mean_wait_s(0.5, 1.0, 1.0, 0.9),
            "second_moment_ratio: must be at least 1 (got 0.9)",
        ),
        (
            lambda: link_wait_deviation_s(0.5, 1.0, 1.0, 1.0, 0.5),
            "third_moment_ratio: must be at least 1 (got 0.5)",
        ),
    ],
)
def test_arguments_out_of_range_are_refused(call, sentence: str) -> None:
    """Each refusal names the argument, its range and the value."""
    with pytest.raises(ValueError) as refusal:
        call()
    assert str(refusal.value) == sentence
