"""Messages to the customers of a list, the same row for row in both engines."""

from __future__ import annotations

import yaml

from smsc_sim.engines import compiled, reference
from tests.cross_engine.test_engines_agree import logs
from tests.networks import first_difference
from tests.networks import network as small_network

TRAFFIC = """
start: 2026-05-04T17:00 Europe/Helsinki
duration: 3 d
drain: 2 h
populations: {town: {size: 400, country: US}}
traffic:
  news: null
  sale:
    {kind: campaign, account: bank, to: [city, town], audience: {file: list.csv, where: age > 30},
     texts: {en: "Hi {name}, 20 % off", fi: "Hei {name} – ale"}, at: +1 h, rate: 2 msg/s,
     quiet_hours: 21:00-08:00}
  monthly: {kind: recurring, account: bank, to: [city, town], audience: {file: list.csv},
            every: day, spread: 20 h}
  wish: {kind: triggered, account: bank, to: [city, town], audience: {file: list.csv}, date: born,
         yearly: true, spread: 0 s}
  ask:
    {kind: survey, account: bank, to: [city, town], audience: {file: list.csv, share: 50 %},
     at: +2 h, rate: 1 msg/s, answers: {choices: {yes: 40 %}, delay: 1 min}}
"""
HEAD = "number,name,language,age,born\n"


def test_messages_to_customers_are_the_same_in_both_engines() -> None:
    """Campaign, recurring, triggered and a survey with its answers; also many at one instant."""
    rows = "".join(
        f"+{'35840' if k % 3 else '1212'}{2000000 + k},{'Ö' * (k % 9)}n,fi,{20 + k % 30},"
        f"1980-05-{1 + k % 9:02d}\n"
        for k in range(60)
    )
    net = small_network(yaml.safe_load(TRAFFIC), files={"list.csv": HEAD + rows}).network
    assert len(net.table_ns) > 200
    log, sums = logs(reference.Engine, net)
    found, found_sums = logs(compiled.CompiledEngine, net)
    assert first_difference(log, found) == ""
    assert found_sums == sums
    assert len(log) > 5000
