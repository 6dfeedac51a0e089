"""Prepaid charging: who is asked, what silence means, what is measured and what cannot be."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.engines.tally import MessageTally
from smsc_sim.model import codes
from smsc_sim.model.draws import key_of
from smsc_sim.model.operations import OPERATION_NAMES
from smsc_sim.model.traffic import sender_of
from smsc_sim.planning.explain import explain
from smsc_sim.results.frames import replication_frames
from smsc_sim.scenario.compile import Compiled, compile_scenario
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import load
from tests.networks import (
    ID,
    OTHER,
    PLACE,
    SECOND,
    TIME,
    VALUE,
    check_conservation,
    network,
    rows_of,
    simulate,
    tree_of,
)
from tests.unit.scenario.test_loader_errors import BASE, written

PREPAID = """
duration: 2 min
smscs: {north: {rate: 500 msg/s}, south: {rate: 500 msg/s}}
charging: {ocs: {rate: 100 /s, no_credit: 10 %}}
link_sets: {ocs-a: {between: [ocs, a]}, ocs-b: {between: [ocs, b]}}
populations: {city: {size: 2000, prepaid: 40 %}}
traffic:
  news: null
  people: {kind: person_to_person, from: city, to: city, volume: 400 msg/day, text: one,
           profile: flat, resend: {probability: 0 %}}
"""
OCS_DOWN = "{failures: {dark: {element: ocs, at: +0 s, for: 30 min}}}"


def cohort(scenario: Compiled, log: np.ndarray) -> np.ndarray:
    """Rows of the messages that were first submitted within the duration."""
    first = rows_of(log, codes.LOG_SUBMIT)
    counted = first[first[:, TIME] < scenario.network.duration_ns, ID] >> 18
    return log[np.isin(log[:, ID] >> 18, counted)]


def measured(scenario: Compiled, log: np.ndarray, end_ns: int) -> dict[tuple[str, str], float]:
    """Measures of one run by entity and name."""
    tally = MessageTally(*scenario, 10 * SECOND, [])
    occupancy = Occupancy(scenario.network, 10 * SECOND)
    for piece in np.array_split(log, 5):
        tally.add(piece)
        occupancy.add(piece)
    occupancy.finish(end_ns)
    table = replication_frames(*scenario, tally, occupancy).measures
    return {(row.entity, row.measure): row.value for row in table.itertuples()}


def test_prepaid_phones_are_charged_before_their_text_leaves() -> None:
    """A share of the phones asks; those without credit are refused, all others go on."""
    scenario = network(PREPAID)
    log, engine = simulate(scenario)
    check_conservation(log, engine)
    log = cohort(scenario, log)
    asked, answered = rows_of(log, codes.LOG_CHARGE), rows_of(log, codes.LOG_CHARGED)
    submitted, refused = rows_of(log, codes.LOG_SUBMIT), rows_of(log, codes.LOG_REFUSED)
    assert len(rows_of(log, codes.LOG_UNCHARGED)) == 0
    share = len(asked) / len(submitted)
    assert abs(share - 0.4) < 4 * (0.24 / 2000) ** 0.5 + 0.02
    assert len(asked) == len(answered) == len(np.unique(asked[:, ID])) > 300
    assert set(refused[:, VALUE].tolist()) == {codes.NOT_PAID}
    assert abs(len(refused) / len(asked) - 0.1) < 0.05
    ends = np.bincount(rows_of(log, codes.LOG_MESSAGE_END)[:, OTHER], minlength=7).tolist()
    assert ends[codes.REJECTED] == len(refused)
    assert ends[codes.DELIVERED] == len(submitted) - len(refused)
    assert not set((refused[:, ID] >> 18).tolist()) & set(
        (rows_of(log, codes.LOG_ACCEPTED)[:, ID] >> 18).tolist()
    )
    # A way of 2 x 10 ms, two links each way, the work and 20 ms until the answer.
    least = 0.02 + 0.01 + 0.02
    assert answered[:, VALUE].min() > least * SECOND
    assert answered[:, VALUE].max() < 0.3 * SECOND
    begun = dict(zip(asked[:, ID].tolist(), asked[:, TIME].tolist(), strict=True))
    assert all(row[TIME] - begun[row[ID]] == row[VALUE] for row in answered.tolist())


def test_who_is_prepaid_does_not_change() -> None:
    """The same phones are asked every time, and without credit they never get through."""
    scenario = network(PREPAID, "{populations: {city: {size: 30}}}")
    scenario = network(
        PREPAID,
        "{populations: {city: {size: 30}}, traffic: {people: {volume: \
20000 msg/day}}}",
    )
    senders: dict[int, set[bool]] = {}
    broke: dict[int, set[bool]] = {}
    log = cohort(scenario, simulate(scenario)[0])
    asked = set((rows_of(log, codes.LOG_CHARGE)[:, ID] >> 18).tolist())
    refused = set((rows_of(log, codes.LOG_REFUSED)[:, ID] >> 18).tolist())
    net = scenario.network
    for row in rows_of(log, codes.LOG_SUBMIT).tolist():
        message = row[ID] >> 18
        key = key_of(net.seed, net.source_digest[0], message & (1 << 30) - 1)
        phone = sender_of(net, 0, message & (1 << 30) - 1, key)
        senders.setdefault(phone, set()).add(message in asked)
        broke.setdefault(phone, set()).add(message in refused)
    assert all(len(answers) == 1 for answers in (*senders.values(), *broke.values()))
    assert {True} in senders.values() and {False} in senders.values()


@pytest.mark.parametrize("on_timeout", ["allow", "refuse"])
def test_a_charging_node_that_is_down(on_timeout: str) -> None:
    """Without an answer the text is refused after the timer, or goes on uncharged."""
    lenient = f"{{charging: {{ocs: {{on_timeout: {on_timeout}, timer: 4 s}}}}}}"
    scenario = network(PREPAID, OCS_DOWN, lenient)
    log, engine = simulate(scenario)
    check_conservation(log, engine)
    value = measured(scenario, log, engine.now)
    log = cohort(scenario, log)
    asked, silent = rows_of(log, codes.LOG_CHARGE), rows_of(log, codes.LOG_UNCHARGED)
    assert len(rows_of(log, codes.LOG_CHARGED)) == 0
    assert len(silent) == len(asked) > 300
    assert (silent[:, TIME] - asked[:, TIME] == 4 * SECOND).all()
    assert set(silent[:, VALUE].tolist()) == {int(on_timeout == "allow")}
    assert value["*", "charging_queries"] == len(asked)
    assert value["*", "charging_unanswered_ratio"] == 1.0
    price = value["*", "retail.cost_per_segment"]
    if on_timeout == "allow":
        assert value["*", "rejected"] == 0
        assert value["*", "uncharged"] == len(asked)
        assert value["*", "retail.uncharged"] == pytest.approx(price * len(asked))
        assert value["*", "charging_refused_ratio"] == 0.0
    else:
        assert value["*", "rejected"] == len(asked)
        assert value["*", "uncharged"] == value["*", "retail.uncharged"] == 0.0
        assert value["*", "charging_refused_ratio"] == 1.0


def test_refused_people_try_again() -> None:
    """A refusal for charging is answered to the phone like any other: some people resend."""
    again = "{traffic: {people: {resend: {probability: 100 %, delay: 1 s, at_most: 2}}}}"
    scenario = network(PREPAID, again)
    log, engine = simulate(scenario)
    check_conservation(log, engine)
    log = cohort(scenario, log)
    refused, resent = rows_of(log, codes.LOG_REFUSED), rows_of(log, codes.LOG_RESEND)
    assert len(refused) == 3 * (len(refused) // 3) and len(resent) == 2 * len(refused) // 3 > 50


def test_an_answer_after_the_timer_is_late() -> None:
    """An answer that comes after the timer finds nobody; the text has gone on before."""
    slow = "{charging: {ocs: {answer_time: 3 s, timer: 1 s, on_timeout: allow}}}"
    scenario = network(PREPAID, slow)
    log, engine = simulate(scenario)
    check_conservation(log, engine)
    log = cohort(scenario, log)
    late = rows_of(log, codes.LOG_LATE)
    asked = rows_of(log, codes.LOG_CHARGE)
    assert (late[:, PLACE] == codes.CHARGE_DIALOGUE).all() and len(late) > 0.95 * len(asked)
    assert (rows_of(log, codes.LOG_MESSAGE_END)[:, OTHER] == codes.DELIVERED).all()


def test_charging_is_measured() -> None:
    """Queries, their time, refusals and the load of the node are counted from the log."""
    scenario = network(PREPAID)
    log, engine = simulate(scenario)
    value = measured(scenario, log, engine.now)
    log = cohort(scenario, log)
    answered, refused = rows_of(log, codes.LOG_CHARGED), rows_of(log, codes.LOG_REFUSED)
    assert value["*", "charging_queries"] == len(answered)
    assert value["*", "charging_time_mean"] == pytest.approx(answered[:, VALUE].mean() / 1e9)
    assert value["*", "charging_refused_ratio"] == len(refused) / len(answered)
    assert value["*", "refusals_per_message"] > 0
    assert value["*", "charging_unanswered_ratio"] == 0.0
    assert value["ocs", "visits"] == pytest.approx(len(answered), rel=0.05)
    assert value["ocs", "utilisation"] == pytest.approx(len(answered) * 0.01 / 120, rel=0.05)
    plain = network()
    log, engine = simulate(plain)
    assert ("*", "charging_queries") not in measured(plain, log, engine.now)


def test_explain_tells_the_load_of_charging(tmp_path: Path) -> None:
    """The charging node and its links have the load that the simulation then finds."""
    path = tmp_path / "prepaid.yaml"
    path.write_text(yaml.safe_dump(tree_of(PREPAID)))
    loaded = load(path)
    scenario = compile_scenario(loaded)
    rows = {row.station: row for row in explain(loaded, scenario).stations}
    assert rows["ocs"].kind == "charging"
    assert rows["ocs"].visits_per_s == pytest.approx(0.4 * 2000 * 400 / 86400)
    log, _ = simulate(scenario)
    visits = rows_of(log, codes.LOG_VISIT)
    octets = sum(row.visits_per_s for name, row in rows.items() if name.startswith("ocs-"))
    link = [number for number, name in enumerate(scenario.names.stations) if "ocs-" in name]
    found = np.isin(visits[:, PLACE], link).sum() / 120
    assert octets == pytest.approx(2 * rows["ocs"].visits_per_s)
    assert found == pytest.approx(octets, rel=0.1)
    assert {"initial_dp_sms", "continue_sms", "release_sms"} <= set(OPERATION_NAMES)


def test_without_charging_nothing_changes() -> None:
    """A share of 0 % asks nobody and gives the log of a network without charging, row for row."""
    people = (
        "{traffic: {news: null, people: {kind: person_to_person, from: city, to: city, volume: 400 \
msg/day, text: one, profile: flat}}}"
    )
    log_a, _ = simulate(network(people))
    log_b, _ = simulate(network(people, "{populations: {city: {prepaid: 0 %}}}"))
    assert len(log_a) > 50 and (log_a == log_b).all()


# (text of BASE, what stands there instead, lines after "peak.yaml:").
CITY = "city: {size: 1000, country: FI}"
BROKEN = [
    (
        CITY,
        "city: {size: 1000, country: FI, prepaid: 40 %}",
        "15:44: populations.city.prepaid: needs a charging node, and there is none; add one under "
        "charging",
    ),
    (
        CITY,
        "city: {size: 1000, country: FI, prepaid: 40 %, charging: osc}\n"
        "charging: {ocs: {rate: 9 /s}}",
        "15:60: populations.city.charging: no charging node is called 'osc'; did you mean 'ocs'?",
    ),
    (
        CITY,
        "city: {size: 1000, country: FI, prepaid: 40 %}\n"
        "charging: {ocs: {rate: 9 /s}, scp: {rate: 9 /s}}",
        "15:3: populations.city.charging: is missing: there are 2 charging nodes; add one of ocs, "
        "scp",
    ),
    (
        CITY,
        "city: {size: 1000, country: FI, prepaid: 140 %}\ncharging: {ocs: {rate: 9 /s}}",
        "15:44: populations.city.prepaid: must be at most 100 % (got '140 %')",
    ),
    (
        CITY,
        CITY + "\ncharging: {ocs: {}}",
        "16:12: charging.ocs.rate: is missing; add e.g. rate: 400 msg/s",
    ),
    (
        CITY,
        CITY + "\ncharging: {ocs: {rate: 9 /s, timer: 0 s}}",
        "16:37: charging.ocs.timer: must be more than 0 (got '0 s')",
    ),
    (
        CITY,
        CITY + "\ncharging: {ocs: {rate: 9 /s, on_timeout: ignore}}",
        "16:42: charging.ocs.on_timeout: must be allow or refuse (got 'ignore')",
    ),
    (
        CITY,
        "city: {size: 1000, country: FI, prepaid: 40 %}\ncharging: {ocs: {rate: 9 /s}}\n"
        "rates: {fallback: {retail: 0.10 USD}}",
        "15:3: populations.city: no way leads from 'helsinki' to 'ocs'; join them by link sets ove"
        "r STPs",
    ),
]


@pytest.mark.parametrize(("old", "new", "line"), BROKEN)
def test_broken_charging(tmp_path: Path, old: str, new: str, line: str) -> None:
    """Charging that cannot be is refused at its line."""
    links = BASE.replace("  a-helsinki:", "  main-a: {between: [main, a]}\n  a-helsinki:").replace(
        "15:", "15:"
    )
    path = written(tmp_path, links.replace(old, new, 1))
    with pytest.raises(ScenarioError) as caught:
        compile_scenario(load(path))
    number, rest = line.split(":", 1)
    assert str(caught.value).splitlines()[0] == f"peak.yaml:{int(number) + 1}:{rest}"
