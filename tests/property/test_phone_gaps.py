"""Heavy-tailed times between the messages of each phone: mean, tail, spread, and no chunks."""

from __future__ import annotations

import numpy as np
import pytest

from smsc_sim.model import codes
from smsc_sim.model.arrivals import next_arrival_ns
from smsc_sim.model.draws import key_of
from smsc_sim.model.network import Network
from smsc_sim.model.quantiles import drawn_ns
from smsc_sim.model.reply import next_number
from smsc_sim.model.state import empty_state
from smsc_sim.model.traffic import sender_of
from smsc_sim.scenario.distributions import mean_ns
from smsc_sim.scenario.schema_distributions import PowerLaw, Shape
from tests.networks import (
    ID,
    SECOND,
    TIME,
    check_conservation,
    network,
    refusals,
    rows_of,
    simulate,
)

PEOPLE = """
duration: 1 d
drain: 0 s
populations: {city: {size: 400}}
traffic:
  news: null
  people: {kind: person_to_person, from: city, to: city, volume: 24 msg/day, text: one,
           gaps: {exponent: 1.8, longest: 1 d}}
"""
DAY = 86400 * SECOND
SEEDS = range(1, 71)


@pytest.fixture(scope="module")
def net() -> Network:
    """400 people who write once an hour on average."""
    return network(PEOPLE).network


def law(net: Network) -> PowerLaw:
    """The distribution of the gaps, from the ends of its table."""
    from smsc_sim.model.quantiles import SIDE_ROWS, TABLE_ROWS

    first = net.source_gaps[0] * TABLE_ROWS
    low, high = net.quantile_ns[first], net.quantile_ns[first + SIDE_ROWS]
    return PowerLaw.model_construct(exponent=1.8, low=low, high=high)


def times_of(net: Network) -> list[list[int]]:
    """Times at which each phone writes within the run, as the rules draw them."""
    state, end_ns, times = empty_state(net), net.duration_ns, []
    for first in range(net.source_limit[0]):
        at_ns, number, mine = next_arrival_ns(net, state, 0, first), first, list[int]()
        while at_ns < end_ns:
            mine.append(at_ns)
            key = key_of(net.seed, net.source_digest[0], number)
            at_ns += drawn_ns(net, net.source_gaps[0], key, 0, codes.FOR_REPLY_DELAY)
            number = next_number(net, 0, number)
        times.append(mine)
    return times


@pytest.fixture(scope="module")
def runs(net: Network) -> list[list[list[int]]]:
    """Times by phone of many replications."""
    return [times_of(net._replace(seed=seed)) for seed in SEEDS]


def test_mean_from_the_first_hour_on(runs: list[list[list[int]]]) -> None:
    """As many messages as the volume says, in the whole day and in its first quarter alike."""
    for part in (1, 4):
        counts = [sum(at < DAY // part for mine in run for at in mine) for run in runs]
        expected = 400 * 24 / part
        error = np.std(counts, ddof=1) / np.sqrt(len(runs))
        assert 2.02 * error / expected < 0.012
        assert abs(np.mean(counts) - expected) < 4.4 * error
        assert abs(np.mean(counts) - 1.05 * expected) > 4.4 * error


def test_gaps_are_a_power_law(net: Network) -> None:
    """Survival falls with the exponent less one, and the mean is that of the volume."""
    own = law(net)
    shape = Shape.model_construct(power_law=own)
    assert mean_ns(shape) == pytest.approx(3600 * SECOND, rel=1e-6)
    assert own.high == DAY
    key = key_of(1, 2, 3)
    gaps = np.array(
        [drawn_ns(net, net.source_gaps[0], key, k, codes.FOR_REPLY_DELAY) for k in range(60_000)]
    )
    points = own.low * np.geomspace(2, 30, 8)
    share = np.array([(gaps > point).mean() for point in points])
    # What the upper limit cuts off is added again: then the law is straight.
    cut = (own.low / own.high) ** 0.8
    slope = np.polyfit(np.log(points), np.log(share * (1 - cut) + cut), 1)[0]
    assert slope == pytest.approx(-0.8, abs=0.02)


def test_phones_come_in_bursts(runs: list[list[list[int]]]) -> None:
    """Counts of a phone in six hours vary far more than those of a Poisson process."""
    counts = np.array([sum(at < DAY // 4 for at in mine) for run in runs[:10] for mine in run])
    assert counts.var() / counts.mean() > 2.0


def test_first_messages_are_those_of_distinct_phones(net: Network) -> None:
    """First messages come in order of time, one of each phone; the next is the same phone's."""
    state = empty_state(net)
    times = [next_arrival_ns(net, state, 0, number) for number in range(400)]
    assert times == sorted(times) and next_arrival_ns(net, state, 0, 400) == codes.NEVER
    phones = [sender_of(net, 0, number, 0) for number in range(800)]
    assert sorted(phones[:400]) == list(range(400)) and phones[400:] == phones[:400]


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    """The messages of two hours are the first ones of four, whatever is cut where."""
    found = []
    for length in ("2 h", "4 h"):
        log, engine = simulate(network(PEOPLE, {"duration": length}))
        check_conservation(log, engine)
        rows = rows_of(log, codes.LOG_SUBMIT)
        found.append(rows[rows[:, TIME] < 7000 * SECOND][:, [TIME, ID]].tolist())
    assert found[0] == found[1] and len(found[0]) > 500


WRONG = {
    "beside a profile": (
        "{gaps: {}, profile: evening}",
        "traffic.people: has gaps beside a profile, bursts or a batch; leave one out: gaps say "
        "when each person writes",
    ),
    "too short": (
        "{gaps: {longest: 90 min}}",
        "traffic.people: has gaps whose longest is not above twice the mean time between messages; "
        "give a longer longest, or a larger volume",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_gaps(case: str) -> None:
    """What does not fit is named with its place and a remedy."""
    given, line = WRONG[case]
    assert refusals(PEOPLE, f"{{traffic: {{people: {given}}}}}")[0] == line
