"""The schema is the manual: every key is described, and the defaults are the figures it cites."""

import json
from datetime import datetime
from itertools import accumulate
from pathlib import Path

import jsonschema
import pytest
import yaml

from smsc_sim.model.codes import CAUSE_NAMES
from smsc_sim.scenario.document import plain
from smsc_sim.scenario.editor import json_schema
from smsc_sim.scenario.loader import load, resolved_yaml
from smsc_sim.scenario.schema_accounts import SenderPolicy
from smsc_sim.scenario.schema_arrivals import Profile
from smsc_sim.scenario.schema_traffic import (
    RETRY_CAUSES,
    RetryPolicy,
    Schedule,
    TextLengths,
)
from smsc_sim.scenario.shipped import SHIPPED, shipped_table

MINUTE = 60 * 10**9
PART_OF = {
    "texts": TextLengths,
    "profiles": Profile,
    "retry_policies": RetryPolicy,
    "sender_policies": SenderPolicy,
}

SMALL = """\
start: 2026-12-31T18:00 Europe/Helsinki
duration: 8 h
smscs: {north: {rate: 400 msg/s}}
hlrs: {main: {rate: 2000 /s}}
mscs: {helsinki: {}}
link_sets: {one: {between: [north, helsinki]}}
populations: {city: {size: 1000, country: FI}}
traffic: {people: {kind: person_to_person, from: city, volume: 3 msg/day, to: city}}
"""


def shipped(key: str, name: str) -> dict[str, object]:
    """One shipped element as plain data."""
    value: dict[str, object] = plain(shipped_table(key)[0])[name]
    return value


def test_every_key_is_described() -> None:
    """No key of the YAML is without its manual, and every default of the schema is in its text."""
    schema = json_schema()
    parts = {"Scenario": schema, **schema["$defs"]}
    described = 0
    for part, details in parts.items():
        for key, field in details.get("properties", {}).items():
            assert len(field.get("description", "")) > 20, f"{part}.{key}"
            described += 1
            if "default" in field and not isinstance(field["default"], dict):
                assert "Default" in field["description"], f"{part}.{key}"
    assert described > 100


@pytest.mark.parametrize("key", ["smscs", "hlrs", "stps", "mscs", "link_sets", "populations"])
def test_editor_schema_takes_tables(key: str) -> None:
    """Every map of elements may be a table in the editor's schema."""
    validator = jsonschema.Draft202012Validator(json_schema())
    document = yaml.safe_load(SMALL)
    document[key] = {"from": f"{key}.csv"}
    assert [error.message for error in validator.iter_errors(document)] == []


def test_editor_schema_agrees(tmp_path: Path) -> None:
    """The editor's schema takes what loads, written by hand or resolved, and marks a wrong key."""
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(json.loads(json.dumps(schema)))
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    for text in (SMALL, resolved_yaml(load(path))):
        assert [error.message for error in validator.iter_errors(yaml.safe_load(text))] == []
    for wrong in ("400 msg", "400", "fast"):
        broken = yaml.safe_load(SMALL.replace("400 msg/s", wrong))
        assert not validator.is_valid(broken)
    assert not validator.is_valid(yaml.safe_load(SMALL.replace("duration: 8 h\n", "")))
    assert validator.is_valid({"extends": "base.yaml", "seed": 2})


def test_retry_causes_are_the_models() -> None:
    """A policy may name every cause of the rules but those that only submissions meet."""
    others = {"none", "throttled", "store_full", "not_paid", "waiting_list_full"}
    assert set(RETRY_CAUSES) == set(CAUSE_NAMES) - others


@pytest.mark.parametrize("key", SHIPPED)
def test_shipped_tables_are_valid(key: str) -> None:
    """Every shipped element passes the checks of a user's own."""
    for element in plain(shipped_table(key)[0]).values():
        PART_OF[key].model_validate(element)


def mean_length(name: str) -> float:
    """Mean length of a shipped text."""
    lengths = TextLengths.model_validate(shipped("texts", name))
    return sum(share * (low + high) / 2 for _, low, high, share in lengths.bins())


def test_shipped_texts_match_the_corpus() -> None:
    """The bins reproduce the published means and segment counts of the NUS corpus."""
    assert mean_length("nus-english") == pytest.approx(51.9, abs=1.5)
    assert mean_length("nus-chinese") == pytest.approx(14.5, abs=0.7)
    rows = TextLengths.model_validate(shipped("texts", "nus-english")).bins()
    more = sum(share for _, low, _, share in rows if low > 160)
    assert more == pytest.approx(0.035, abs=1e-9)
    rows = TextLengths.model_validate(shipped("texts", "nus-chinese")).bins()
    assert sum(share for _, low, _, share in rows if low > 70) == pytest.approx(0.0066, abs=1e-9)


def _hours_of(name: str) -> list[float]:
    """Relative rates of the hours of a shipped profile."""
    profile = Profile.model_validate(shipped("profiles", name))
    return [profile.relative(datetime(2026, 7, 1, hour)) for hour in range(24)]


def test_shipped_profile_matches_the_corpus() -> None:
    """The volunteers' day has the published ratio of busiest to mean hour, and mean 1."""
    hours = _hours_of("nus-chinese-volunteers")
    assert max(hours) == pytest.approx(1.86, abs=0.02)  # the shares are rounded to 0.1 %
    assert sum(hours) == pytest.approx(24)
    evening = _hours_of("evening")
    assert 0.08 <= max(evening) / 24 <= 0.15


def test_restcomm_schedule() -> None:
    """The shipped policy makes its attempts at the minutes computed from Restcomm's defaults."""
    policy = RetryPolicy.model_validate(shipped("retry_policies", "restcomm"))
    schedule: Schedule = policy.default
    assert schedule.ceiling is not None
    delays = [
        min(schedule.delays[0] * 2**doubled, schedule.ceiling) / MINUTE for doubled in range(10)
    ]
    minutes = list(accumulate(delays, initial=policy.first_attempt / MINUTE))
    expected = [0.3, 5.3, 15.3, 35.3, 75.3, 155.3, 315.3, 635.3, 1275.3, 2555.3, 3995.3]
    assert minutes == pytest.approx(expected, abs=0.04)


def test_typical_operator_schedule() -> None:
    """Delays after a communication failure fill 5 minutes, then an hour, then a day."""
    policy = RetryPolicy.model_validate(shipped("retry_policies", "typical-operator"))
    delays = [delay / MINUTE for delay in policy.default.delays]
    assert (sum(delays[:5]), sum(delays[5:11])) == (5, 60)
    assert policy.default.attempts is not None
    hours = policy.default.attempts - 1 - 11
    assert (hours, delays[11:]) == (24, [60])
    absent = policy.causes["absent_subscriber"]
    assert (absent.delays, absent.attempts) == ((60 * MINUTE,), 7 * 24 + 1)


def test_defaults_are_the_cited_figures(tmp_path: Path) -> None:
    """Defaults that the manual calls found are those figures."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL + "accounts: {bank: {}}\n")
    scenario = load(path).scenario
    smsc, population = scenario.smscs["north"], scenario.populations["city"]
    second = 10**9
    assert smsc.validity == 48 * 3600 * second
    assert (smsc.timers.sri_sm, smsc.timers.mt_forward_sm) == (30 * second, 60 * second)
    assert scenario.link_sets["one"].speed == 64_000
    assert population.reachability.periodic_update == 60 * MINUTE
    assert population.radio.paging_timeout == 10 * second
    assert population.radio.block == 235_400_000
    bank = scenario.accounts["bank"]
    assert (bank.window, bank.rate_per_s, bank.response_timer) == (10, 50.0, 60 * second)
    schedule = bank.own_policy().default
    assert schedule is not None
    assert (schedule.delays, schedule.then, schedule.attempts) == ((second,), "repeat", 21)
    reach = population.reachability
    assert reach.mean_off / (reach.mean_on + reach.mean_off) == pytest.approx(0.077, abs=0.001)
