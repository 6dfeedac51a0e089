"""What explain says of other networks, against a run of the same scenario."""

from collections import Counter
from pathlib import Path

import pytest

from smsc_sim.model import codes
from smsc_sim.planning.explain import as_text, explain
from smsc_sim.planning.offnet import mean_s
from smsc_sim.scenario.compile import Compiled, compile_scenario
from smsc_sim.scenario.distributions import quantile_table
from smsc_sim.scenario.loader import load
from smsc_sim.scenario.schema_distributions import Shape
from tests.agreement import check
from tests.networks import ID, PLACE, compiled_log, network, rows_of

TEXT = """
name: offnet
start: 2026-12-31T18:00 Europe/Helsinki
duration: 400 s
drain: 100 s
smscs:
  north: {rate: 100 msg/s, retry: quick}
  theirs: {rate: 100 msg/s, retry: quick}
hlrs: {main: {rate: 100 /s}}
stps: {a: {}}
mscs: {east: {}}
routes:
  hub: {outcomes: {delivered: 70 %, absent_subscriber: 20 %, unknown_subscriber: 10 %}}
networks:
  telia: {hlr: {found: 90 %, unknown_subscriber: 10 %},
          msc: {delivered: 75 %, absent_subscriber: 25 %}}
link_sets:
  north-a: {between: [north, a], speed: 1984 kbit/s}
  main-a: {between: [main, a], speed: 1984 kbit/s}
  east-a: {between: [a, east], speed: 1984 kbit/s}
  telia-a: {between: [a, telia], speed: 1984 kbit/s}
  theirs-a: {between: [a, theirs], speed: 1984 kbit/s}
populations:
  city: {size: 20000, country: FI, reachability: {mean_off: 0 s}, unknown: 0 %,
         errors: {subscriber_busy: 0 %, system_failure: 0 %}}
  abroad: {size: 20000, country: SE, route: hub}
  swedes: {size: 20000, country: SE, network: telia}
accounts: {bank: {rate: 100 msg/s, smsc: north, window: 100}}
traffic:
  codes: {kind: otp, account: bank, to: {abroad: 50 %, swedes: 50 %}, rate: 8 msg/s}
  in: {kind: incoming, smsc: theirs, to: city, rate: 4 msg/s}
retry_policies: {quick: {default: {delays: [5 s], then: repeat, attempts: 3}}}
rates: {card: list-2026, fallback: {a2p: 0.10 USD}}
"""


VISITED = (
    ("hub", "codes"),
    ("telia", "codes"),
    ("north", "codes"),
    ("theirs", "in"),
    ("main", "in"),
    ("east", "in"),
)  # station and source


def visits_per_message(compiled: Compiled, seed: int) -> list[float]:
    """Visits of each station for each message of its source, in one run."""
    log, names = compiled_log(compiled.network._replace(seed=seed)), compiled.names
    visits = Counter(names.stations[p] for p in rows_of(log, codes.LOG_VISIT)[:, PLACE].tolist())
    submits = rows_of(log, codes.LOG_SUBMIT)[:, ID] >> 48
    number = Counter(names.sources[source] for source in submits.tolist())
    return [visits[station] / number[source] for station, source in VISITED]


def test_other_networks_ask_for_what_theory_says(tmp_path: Path, further: int) -> None:
    """Visits per message at hub, foreign network, licence, HLR and MSC are within 2 %."""
    file = tmp_path / "offnet.yaml"
    file.write_text(TEXT)
    loaded = load(file)
    compiled = compile_scenario(loaded)
    explanation = explain(loaded, compiled)
    expected = {row.station: row.visits_per_s for row in explanation.stations}
    rates = {row.source: row.messages_per_s for row in explanation.sources}
    check(
        lambda seeds: [visits_per_message(compiled, seed) for seed in seeds],
        [expected[station] / rates[source] for station, source in VISITED],
        further=further,
        tolerance=0.02,
    )
    kinds = {row.element: row.kind for row in explanation.stations}
    assert kinds["hub"] == "route" and kinds["telia"] == "network"
    assert "hub" in as_text(explanation)


def test_mean_of_a_table() -> None:
    """The mean of the quantiles of a distribution is its mean."""
    shape = Shape.model_validate({"gamma": {"mean": "4 s", "cv": 0.5}})
    net = network().network._replace(quantile_ns=[0] * 2500 + quantile_table(shape))
    assert mean_s(net, 1) == pytest.approx(4.0, rel=1e-3)
