"""Sums over logins are those of a recount of the log, row by row, however it was cut."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from smsc_sim.engines.tally import MessageTally, middle_ns
from smsc_sim.model import codes
from smsc_sim.results.login_frames import login_rows
from smsc_sim.scenario.compile import Compiled
from tests.networks import CODE, ID, OTHER, PLACE, SECOND, TIME, VALUE, network, simulate
from tests.unit.model.test_logins import PERSON

# Half of the codes take longer than a second one is asked for; a call for who waits for 20 s.
CHANGES = """
warm_up: 15 s
interval: 7 s
routes:
  hub: {rate: 1000 msg/s, latency: 0 s, delay: {exponential: {mean: 18 s}},
        outcomes: {delivered: 90 %, absent_subscriber: 10 %}}
populations: {abroad: {size: 500, country: SE, route: hub}}
traffic:
  codes:
    to: {abroad: 70 %, city: 30 %}
    rate: 4 msg/s
    person:
      resend_after: 12 s
      patience: {exponential: {mean: 28 s}}
      fallback: {after: 20 s, voice: {price: 0.031 USD, answered: 60 %, duration: 9 s}}
"""
DONE = ("completed", "completed_by_second_route", "completed_by_call")
LIMITS = [9 * SECOND, 41 * SECOND]


@pytest.fixture(scope="module")
def scenario() -> Compiled:
    """People who log in over two networks, some of whom are called."""
    return network(PERSON, CHANGES)


@pytest.fixture(scope="module")
def log(scenario: Compiled) -> np.ndarray:
    """What happens to them."""
    return simulate(scenario)[0]


def tally_of(scenario: Compiled, log: np.ndarray, piece: int, by_machine: bool) -> MessageTally:
    """Tally of a log that is cut into pieces."""
    net, names = scenario
    tally = MessageTally(net, names, 7 * SECOND, LIMITS, by_machine=by_machine)
    for row in range(0, len(log), piece):
        tally.add(log[row : row + piece])
    return tally


def recount(scenario: Compiled, log: np.ndarray) -> tuple[Counter[str], list[int], int, int]:
    """Events, times to complete, price of codes and of calls, of logins begun in the window."""
    net = scenario.network
    first_ns, until_ns = net.warm_up_ns, net.duration_ns
    begun: dict[int, int] = {}  # by number
    events: Counter[str] = Counter()
    took, codes_micros = [], 0
    for row in log.tolist():
        number = row[ID] >> 18 & (1 << 30) - 1
        if row[CODE] == codes.LOG_LOGIN:
            event = codes.LOGIN_EVENTS[row[VALUE]]
            since_ns = begun.setdefault(number, row[TIME])
            if first_ns <= since_ns < until_ns:
                events[event] += 1
                if event in DONE:
                    took.append(row[OTHER])
        elif row[CODE] == codes.LOG_ACCEPTED and first_ns <= begun[number] < until_ns:
            source = row[ID] >> 48
            populations = len(scenario.names.populations)
            codes_micros += net.price_micros[source * populations + row[PLACE]]
    return events, took, codes_micros, 31_000 * events["call_answered"]


@pytest.mark.parametrize(("piece", "by_machine"), [(10**9, False), (97, False), (1013, True)])
def test_sums_are_those_of_a_recount(
    scenario: Compiled, log: np.ndarray, piece: int, by_machine: bool
) -> None:
    """Events, times and money are those of the log, to the last millionth."""
    logins = tally_of(scenario, log, piece, by_machine).logins
    events, took, code_micros, call_micros = recount(scenario, log)
    assert dict(zip(codes.LOGIN_EVENTS, logins.counts[:, 0].tolist(), strict=True)) == {
        name: events[name] for name in codes.LOGIN_EVENTS
    }
    assert min(events[name] for name in ("code_asked", "typed_outdated", "call_answered")) > 5
    assert logins.took_ns.tolist() == [sum(took)]
    assert (logins.code_micros.tolist(), logins.call_micros.tolist()) == (
        [code_micros],
        [call_micros],
    )
    assert np.array_equal(logins.flow.sum(axis=2), logins.counts)
    assert logins.histogram.sum() == len(took)
    middles = np.repeat(middle_ns(np.arange(logins.histogram.shape[1])), logins.histogram[0])
    assert np.abs(middles / np.sort(took) - 1).max() < 0.004


def test_measures_are_ratios_of_these_sums(scenario: Compiled, log: np.ndarray) -> None:
    """Shares, codes per login, waste and cost per completed login follow from the recount."""
    events, took, code_micros, call_micros = recount(scenario, log)
    tally = tally_of(scenario, log, 10**9, False)
    found = {
        name: value
        for kind, entity, name, value in login_rows(scenario.names, tally)
        if (kind, entity) == ("class", "otp")
    }
    begun, done = events["started"], sum(events[name] for name in DONE)
    sent = begun + events["code_asked"]
    assert found["logins"] == begun
    assert found["logins_completed"] == done / begun
    assert found["logins_by_fallback"] == events["completed_by_call"] / begun
    assert found["logins_given_up"] == events["given_up"] / begun
    assert found["logins_open"] == (begun - done - events["given_up"]) / begun
    assert found["codes_per_login"] == sent / begun
    assert found["codes_wasted"] == (sent - events["completed"]) / sent
    calls = events["call_answered"] + events["call_unanswered"]
    assert found["fallbacks_per_login"] == calls / begun
    assert found["calls_answered"] == events["call_answered"] / calls
    refused = events["typed_outdated"] + events["typed_expired"]
    assert found["codes_refused_per_login"] == refused / begun
    for limit, name in ((41.0, "41s"), (60.0, "1min")):
        in_time = sum(took_ns <= limit * SECOND for took_ns in took)
        assert found[f"logins_within_{name}"] == in_time / begun
    assert found["login_time_mean"] == pytest.approx(np.mean(took) / 1e9, rel=1e-12)
    median_s = np.sort(took)[(len(took) - 1) // 2] / 1e9
    assert found["login_time_p50"] == pytest.approx(median_s, rel=4e-3)
    assert found["a2p.cost_per_login"] == (code_micros + call_micros) / 1e6 / done


CAPPED = """
duration: 1 min
routes: {hub: {rate: 1000 msg/s, delay: 4 s, outcomes: {delivered: 100 %}, latency: 0 s}}
populations: {abroad: {size: 500, country: SE, route: hub}}
accounts: {bank: {limits: {SE: {per_day: 3}}}}
traffic: {codes: {to: abroad, text: three, rate: 0.5 msg/s}}
"""


@pytest.mark.parametrize("by_machine", [False, True])
def test_codes_that_an_operator_caps_are_paid_for(by_machine: bool) -> None:
    """By hand: three codes of three segments are taken, all others are billed and lost.

    Whoever gets a code at all types it in, so three logins are completed, and they bear the price
    of three segments for every code that anybody has asked for.
    """
    scenario = network(PERSON, CAPPED)
    log, _ = simulate(scenario)
    tally = tally_of(scenario, log, 10**9, by_machine)
    found = {name: value for kind, _, name, value in login_rows(scenario.names, tally)
             if kind == "class"}  # fmt: skip
    events = recount(scenario, log)[0]
    codes_sent = events["started"] + events["code_asked"]
    assert events["completed"] == 3 and codes_sent > 20
    price = scenario.network.price_micros[0] / 1e6
    assert found["a2p.cost_per_login"] == pytest.approx(3 * codes_sent * price / 3, rel=1e-12)


def test_without_a_person_there_is_nothing_to_count() -> None:
    """One-time passwords without a person have no rows about logins."""
    scenario = network(PERSON, {"traffic": {"codes": {"person": None}}})
    log, _ = simulate(scenario)
    tally = tally_of(scenario, log, 10**9, False)
    assert list(login_rows(scenario.names, tally)) == []
