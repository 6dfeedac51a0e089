"""Other networks from YAML to the log: hubs, fallbacks, receipts true and false, interworking."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smsc_sim.engines.tally import MessageTally
from smsc_sim.model import codes
from smsc_sim.results.measures_offnet import offnet_values
from smsc_sim.scenario.compile import compile_scenario
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import load
from tests.networks import (
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

HUB = """
routes:
  hub: {delay: 3 s, latency: 20 ms, outcomes: {delivered: 100 %}}
  spare: {delay: 1 s, latency: 20 ms, outcomes: {delivered: 100 %}, price: 0.02 USD}
populations:
  abroad: {size: 1000, country: SE, route: [hub, spare]}
traffic:
  news: {to: abroad}
"""


def run(*changes: Any) -> tuple[np.ndarray, dict[str, int], Any]:
    """Log, messages by state, and the compiled scenario."""
    scenario = network(HUB, *changes)
    log, engine = simulate(scenario)
    return log, check_conservation(log, engine), scenario


def offnet(log: np.ndarray, scenario: Any) -> dict[str, float]:
    """Measures of routes over the whole run."""
    tally = MessageTally(scenario.network, scenario.names, SECOND, [])
    tally.add(log)
    return dict(offnet_values({name: int(a.sum()) for name, a in tally.counts.items()}))


def test_segments_take_the_first_route() -> None:
    """A hub that is up takes everything; the latency is pace, link, delay and nothing else."""
    log, counts, scenario = run()
    assert counts["delivered"] == 20
    assert set(rows_of(log, codes.LOG_ROUTED)[:, VALUE].tolist()) == {0}
    handset = rows_of(log, codes.LOG_HANDSET)
    # Account, way to the SMSC, admission, licence, session, way to the hub, delay: in ms.
    assert handset[0, VALUE] == (20 + 10 + 10 + 10 + 20 + 20 + 3000) * SECOND // 1000
    assert len(rows_of(log, codes.LOG_REPORTED)) == 20
    assert offnet(log, scenario) == {
        "routed": 20,
        "false_receipts": 0,
        "termination.cost": 0,
        "termination.cost_per_delivered": 0,
    }


def test_fallback_while_the_first_route_is_down() -> None:
    """While the primary is out of service its segments take the fallback, which is paid."""
    log, counts, scenario = run("failures: {out: {element: hub, at: +1500 ms, for: 1 s}}")
    assert counts["delivered"] == 20
    routed = rows_of(log, codes.LOG_ROUTED)
    is_out = (routed[:, TIME] > 1.55 * SECOND) & (routed[:, TIME] < 2.5 * SECOND)
    assert set(routed[is_out, VALUE].tolist()) == {1} and is_out.sum() == 10
    assert set(routed[~is_out, VALUE].tolist()) == {0}
    assert offnet(log, scenario)["termination.cost"] == pytest.approx(0.2)


def test_fallback_when_the_session_is_full() -> None:
    """What would queue too long for the primary's session takes the fallback."""
    log, counts, _ = run("routes: {hub: {rate: 5 msg/s, queue: 0 s}}")
    assert counts["delivered"] == 20
    taken = Counter(rows_of(log, codes.LOG_ROUTED)[:, VALUE].tolist())
    assert taken[0] == pytest.approx(10, abs=1) and taken[0] + taken[1] == 20


def test_refused_by_all_routes() -> None:
    """With every route down attempts fail for that cause and are repeated by the policy."""
    log, counts, _ = run(
        """
        failures:
          out: {element: hub, at: +0 s, for: 8 s}
          gone: {element: spare, at: +0 s, for: 8 s}
        """
    )
    failed = rows_of(log, codes.LOG_FAILED)
    assert {codes.CAUSE_NAMES[cause] for cause in failed[:, VALUE]} == {"route_failed"}
    assert counts["delivered"] == 20
    assert len(rows_of(log, codes.LOG_ATTEMPT)) == 40  # each once more, 10 s later


def test_false_receipts() -> None:
    """A fake receipt ends the segment as delivered for its sender; the handset tells the truth."""
    log, counts, scenario = run(
        "routes: {hub: {receipts: fake, outcomes: {delivered: 40 %, absent_subscriber: 60 %}}}",
        "traffic: {news: {messages: 200 msg, rate: 40 msg/s}}",
    )
    claimed, false = len(rows_of(log, codes.LOG_REPORTED)), rows_of(log, codes.LOG_FALSE_RECEIPT)
    assert claimed == 200
    assert counts["delivered"] + counts["undeliverable"] == 200
    assert counts["undeliverable"] == len(false) == pytest.approx(120, abs=25)
    assert len(rows_of(log, codes.LOG_ATTEMPT)) == 200
    assert offnet(log, scenario)["false_receipts"] == len(false) / 200


def test_honest_receipts_are_acted_upon() -> None:
    """A temporary outcome is retried by the policy of its cause, a permanent one is the end."""
    log, counts, _ = run(
        "routes: {hub: {outcomes: {delivered: 50 %, absent_subscriber: 40 %,"
        " unknown_subscriber: 10 %}}}",
        "traffic: {news: {messages: 200 msg, rate: 40 msg/s}}",
    )
    failed = Counter(codes.CAUSE_NAMES[c] for c in rows_of(log, codes.LOG_FAILED)[:, VALUE])
    assert counts["undeliverable"] == failed["unknown_subscriber"] > 0
    assert counts["delivered"] + counts["undeliverable"] == 200
    assert len(rows_of(log, codes.LOG_ATTEMPT)) == 200 + failed["absent_subscriber"]
    # The last receipt may still be on its way when the run ends.
    assert 0 <= counts["delivered"] - len(rows_of(log, codes.LOG_REPORTED)) <= 1


def test_late_outcome_is_a_duplicate() -> None:
    """An outcome after the timer is late: the segment is out again and arrives twice."""
    log, counts, _ = run(
        "smscs: {north: {timers: {receipt: 1 s}}}", "traffic: {news: {validity: 30 s}}"
    )
    assert counts["delivered"] == 20
    causes = {codes.CAUSE_NAMES[c] for c in rows_of(log, codes.LOG_FAILED)[:, VALUE]}
    assert causes == {"timeout"}
    assert len(rows_of(log, codes.LOG_DUPLICATE)) > 20
    late = rows_of(log, codes.LOG_LATE)
    assert set(late[:, PLACE].tolist()) == {codes.HUB_SUBMISSION}


def test_outcome_after_the_validity() -> None:
    """A message whose validity ends before the hub is done is still delivered, after all."""
    log, counts, _ = run("traffic: {news: {validity: 2 s}}")
    ends = rows_of(log, codes.LOG_SEGMENT_END)
    assert set(ends[:, VALUE].tolist()) == {codes.EXPIRED}
    assert counts["delivered"] == 20 and len(rows_of(log, codes.LOG_REPORTED)) == 0


def test_waiting_for_a_receipt_survives_a_crash() -> None:
    """A store that crashes meanwhile keeps its segments; receipts wait until it is back."""
    log, counts, _ = run(
        "failures: {crash: {element: north, at: +3500 ms, for: 20 s}}",
        "traffic: {news: {rate: 20 msg/s}}",
    )
    assert counts["delivered"] == 20
    assert len(rows_of(log, codes.LOG_REPEAT)) == 0 == len(rows_of(log, codes.LOG_DUPLICATE))
    assert rows_of(log, codes.LOG_REPORTED)[:, TIME].min() > 23 * SECOND


def test_segments_of_a_message_do_not_wait_for_each_other() -> None:
    """Three segments are with the hub at one time: the message takes one delay, not three."""
    log, counts, _ = run("traffic: {news: {messages: 1 msg, text: three}}")
    assert counts["delivered"] == 1
    assert rows_of(log, codes.LOG_MESSAGE_END)[0, VALUE] < 4 * SECOND


INTERWORKING = """
networks:
  telia: {answer_time: 150 ms, delivery_time: 2 s}
link_sets:
  telia-a: {between: [telia, a]}
  telia-b: {between: [telia, b]}
populations:
  abroad: {size: 1000, country: SE, network: telia}
traffic:
  news: {to: abroad, messages: 400 msg, rate: 50 msg/s}
accounts: {bank: {rate: 100 msg/s, window: 100}}
smscs: {north: {rate: 400 msg/s}}
"""


def test_interworking() -> None:
    """A foreign network answers by its shares and times; absent phones are retried, not flagged."""
    scenario = network(
        INTERWORKING,
        "networks: {telia: {hlr: {found: 90 %, unknown_subscriber: 10 %},"
        " msc: {delivered: 80 %, absent_subscriber: 20 %}}}",
    )
    log, engine = simulate(scenario)
    counts = check_conservation(log, engine)
    attempts = len(rows_of(log, codes.LOG_ATTEMPT))
    failed = Counter(codes.CAUSE_NAMES[c] for c in rows_of(log, codes.LOG_FAILED)[:, VALUE])
    assert counts["undeliverable"] == failed["unknown_subscriber"]
    assert failed["unknown_subscriber"] / attempts == pytest.approx(0.1, abs=0.04)
    queried = attempts - failed["unknown_subscriber"]
    assert failed["absent_subscriber"] / queried == pytest.approx(0.2, abs=0.05)
    assert len(rows_of(log, codes.LOG_FLAGGED)) == 0 == len(rows_of(log, codes.LOG_ALERT))
    splits = rows_of(log, codes.LOG_SPLIT)
    routing = splits[splits[:, PLACE] == codes.SPLIT_ROUTING, VALUE].min()
    radio = splits[splits[:, PLACE] == codes.SPLIT_RADIO, VALUE]
    assert 0.15 * SECOND < routing < 0.4 * SECOND
    assert set(radio.tolist()) == {2 * SECOND}


def test_interworking_loads_its_links() -> None:
    """Requests and answers cross the interconnect links; without a way the scenario is refused."""
    scenario = network(INTERWORKING)
    log, _ = simulate(scenario)
    station = [n for n, name in enumerate(scenario.names.stations) if name.startswith("telia-")]
    visits = rows_of(log, codes.LOG_VISIT)
    attempts, failed = len(rows_of(log, codes.LOG_ATTEMPT)), rows_of(log, codes.LOG_FAILED)
    unknown = (failed[:, VALUE] == codes.UNKNOWN_SUBSCRIBER).sum()
    assert np.isin(visits[:, PLACE], station).sum() == 4 * attempts - 2 * unknown
    with pytest.raises(ScenarioError, match="no way leads from 'north' to 'telia'"):
        network(INTERWORKING, {"link_sets": {"telia-a": None, "telia-b": None}})


INCOMING = """
smscs: {telia: {rate: 100 msg/s, retry: quick}}
link_sets: {telia-a: {between: [telia, a]}, telia-b: {between: [telia, b]}}
traffic:
  news: null
  theirs: {kind: incoming, smsc: telia, to: city, rate: 4 msg/s, text: one}
"""


def test_incoming_traffic_bypasses_our_smscs() -> None:
    """It queries our HLR and loads our MSCs and links, is billed to nobody and meets no SMSC."""
    scenario = network(INCOMING)
    log, engine = simulate(scenario)
    counts = check_conservation(log, engine)
    submitted = sum(counts.values())
    inside = rows_of(log, codes.LOG_SUBMIT)[:, TIME] < 60 * SECOND
    assert inside.sum() == pytest.approx(4 * 60, abs=60)
    assert counts["delivered"] + counts["open"] == submitted
    assert counts["open"] < 20  # submitted in the drain
    visits = Counter(scenario.names.stations[p] for p in rows_of(log, codes.LOG_VISIT)[:, PLACE])
    assert visits["main"] == pytest.approx(submitted, abs=10)
    assert visits["telia"] == pytest.approx(submitted, abs=10)
    assert visits["helsinki"] + visits["turku"] == pytest.approx(submitted, abs=20)
    assert not any(name.startswith(("north", "south")) for name in visits)
    assert set(scenario.network.price_micros) == {0}


def test_absent_phones_and_the_foreign_smsc() -> None:
    """Our HLR flags an absent phone for a foreign SMSC too, and alerts it on the phone's return."""
    scenario = network(
        INCOMING,
        "populations: {city: {reachability: {mean_on: 60 s, mean_off: 20 s, noticed: 100 %}}}",
        "retry_policies: {quick: {default: {delays: [1 h], then: repeat}}}",
    )
    log, engine = simulate(scenario)
    check_conservation(log, engine)
    alerts = rows_of(log, codes.LOG_ALERT)
    assert len(alerts) > 5 and set(alerts[:, 5].tolist()) == {2}  # telia, after north and south
    assert len(rows_of(log, codes.LOG_HANDSET)) > 200


def test_volume_of_incoming_traffic() -> None:
    """A volume counts for each recipient: 50 phones, 5760 messages a day each, 3.3 a second."""
    tree = "traffic: {theirs: {rate: null, volume: 5760 msg/day}}"
    log, _ = simulate(network(INCOMING, tree))
    inside = rows_of(log, codes.LOG_SUBMIT)[:, TIME] < 60 * SECOND
    assert inside.sum() == pytest.approx(200, abs=45)


def test_own_phones_do_not_send_to_a_foreign_smsc() -> None:
    """By default the homes of our phones are all SMSCs but those that stand for foreign ones."""
    scenario = network(INCOMING)
    homes = {scenario.names.smscs[number] for number in scenario.network.home_smsc}
    assert homes == {"north", "south"}


def test_a_larger_payload_makes_fewer_segments_and_longer_msus() -> None:
    """400 septets: three segments of 140 octets, two of 200; the longer ones are cut on the links.

    200 octets hold 221 septets behind a header of 6 octets.
    """
    plain, large = (
        network("traffic: {news: {text: three}}", *changes)
        for changes in (
            (),
            ("bearers: {wide: {payload_octets: 200}}", "traffic: {news: {bearer: wide}}"),
        )
    )
    assert plain.network.text_segments == [3] and large.network.text_segments == [2]
    assert large.network.text_full_octets == [200]
    octets = {}
    for name, scenario in (("plain", plain), ("large", large)):
        log, engine = simulate(scenario)
        assert check_conservation(log, engine)["delivered"] == 20
        visits = rows_of(log, codes.LOG_VISIT)
        own = [n for n, s in enumerate(scenario.names.stations) if s.startswith("north-")]
        octets[name] = visits[np.isin(visits[:, PLACE], own), 5].sum() / 125_000  # 64 kbit/s
    assert octets["large"] < octets["plain"]


def test_a_small_payload_is_refused_where_texts_get_too_long() -> None:
    """A message has at most 62 segments; a bearer that would cut it into more is refused."""
    with pytest.raises(ScenarioError, match=r"traffic\.news\.bearer: cuts the longest text into"):
        network(
            "bearers: {tiny: {payload_octets: 20}}",
            "traffic: {news: {bearer: tiny, text: long}}",
            'texts: {long: {gsm7: {"1-1500": 100 %}}}',
        )


BROKEN = [
    (
        "traffic: {news: {bearer: wide}}",
        "traffic.news.bearer: no bearer is called 'wide'",
    ),
    (
        "bearers: {wide: {payload_octets: 300}}",
        "bearers.wide.payload_octets: must be at most 255 (got '300')",
    ),
    (
        "traffic: {theirs: {kind: incoming, smsc: nort, to: city, rate: 1 msg/s}}",
        "traffic.theirs.smsc: no SMSC is called 'nort'; did you mean 'north'?",
    ),
    (
        "traffic: {theirs: {kind: incoming, smsc: north, to: city}}",
        "traffic.theirs: needs a rate or a volume, and not both; give one of them",
    ),
    (
        "populations: {abroad: {hlr: main}}",
        "populations.abroad.hlr: has no place beside route: nobody knows it; leave out hlr or "
        "route",
    ),
    (
        "populations: {abroad: {reachability: {mean_off: 1 h}}}",
        "populations.abroad.reachability: has no effect beside route; say it in the outcomes of "
        "the route",
    ),
    (
        "populations: {abroad: {route: [hub, hub]}}",
        "populations.abroad.route: names a route twice; name each once",
    ),
    (
        "populations: {abroad: {route: hup}}",
        "populations.abroad.route: no route is called 'hup'; did you mean 'hub'?",
    ),
    (
        "routes: {hub: {outcomes: {delivered: 90 %}}}",
        "routes.hub.outcomes: outcomes must sum to 100 %, they sum to 90 %; change one of them",
    ),
    (
        "routes: {hub: {outcomes: {arrived: 100 %, delivered: null}}}",
        "routes.hub.outcomes.arrived: is no outcome",
    ),
    (
        "routes: {hub: {price: 0.02 EUR}}",
        "routes.hub.price: is in EUR, which does not add up with USD; give it in the currency of "
        "the rate card",
    ),
    (
        "traffic: {people: {kind: person_to_person, from: abroad, to: city, volume: 1 msg/day}}",
        "traffic.people.from: 'abroad' is of another network, whose phones do not send over our "
        "SMSCs; use kind: incoming",
    ),
]


@pytest.mark.parametrize(("change", "line"), BROKEN)
def test_bad_input(tmp_path: Path, change: str, line: str) -> None:
    """Each mistake gives one line with its path, what is wrong and what to do."""
    import yaml

    file = tmp_path / "peak.yaml"
    file.write_text(yaml.safe_dump(tree_of(HUB, change), sort_keys=False, width=10_000))
    with pytest.raises(ScenarioError) as caught:
        compile_scenario(load(file))
    (problem,) = caught.value.problems
    assert problem.partition(": ")[2].startswith(line)
