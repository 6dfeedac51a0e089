"""A network small enough to work out by hand, and a way to change it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from smsc_sim.scenario.compile import Compiled, compile_scenario
from smsc_sim.scenario.loader import Loaded, load

BY_HAND = """
name: by_hand
start: 2026-12-31T18:00 Europe/Helsinki
duration: 2 h
smscs: {north: {rate: 20 msg/s, submit_rate: 40 msg/s, dialogues: 50, retry: never}}
hlrs: {main: {rate: 40 /s}}
stps: {a: {}}
mscs: {east: {rate: 100 msg/s}}
link_sets:
  north-a: {between: [north, a], links: 3}
  main-a: {between: [main, a]}
  east-a: {between: [a, east]}
populations:
  city:
    size: 86400
    country: FI
    unknown: 0 %
    errors: {subscriber_busy: 0 %, system_failure: 0 %}
    reachability: {mean_off: 0 s}
    radio: {paging: 0 s}
texts: {eighty: {gsm7: {"80": 100 %}}}
accounts: {bank: {rate: 50 msg/s, window: 2}}
traffic:
  people: {kind: person_to_person, from: city, volume: 10 msg/day, to: city, text: eighty}
retry_policies: {never: {default: {delays: [1 min], attempts: 1}}}
rates: {card: list-2026, fallback: {retail: 0.10 USD}}
"""

Build = Callable[..., tuple[Loaded, Compiled]]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Load and compile the network by hand, with lines `key=value` changed."""

    def built(*overrides: str, text: str = BY_HAND) -> tuple[Loaded, Compiled]:
        path = tmp_path / "by_hand.yaml"
        path.write_text(text)
        loaded = load(path, overrides=overrides)
        return loaded, compile_scenario(loaded)

    return built
