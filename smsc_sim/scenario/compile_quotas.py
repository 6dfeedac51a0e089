"""Limits of accounts by operator to columns: a station that keeps the rate, and the days."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from smsc_sim.model.codes import NEVER, NOBODY
from smsc_sim.scenario.compile_prices import day_starts
from smsc_sim.scenario.compile_topology import Rows
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_limits import SenderLimit

MINUTE_NS = 60 * 10**9
MORNING = 8  # hour at which waiting messages go on


def compile_quotas(scenario: Scenario, rows: Rows, outside: int) -> dict[str, Any]:
    """Columns of `Network` about what operators take from accounts."""
    columns: dict[str, list[int]] = {
        name: []
        for name in (
            *("account_quota", "quota_station", "quota_per_day", "quota_waits"),
            *("quota_end_ns", "quota_resume_ns"),
        )
    }
    columns["quota_first"] = [0]
    for name in sorted(scenario.accounts):
        limits = scenario.accounts[name].limits
        numbers = {}
        for key in sorted(limits):
            numbers[key] = len(columns["quota_station"])
            _add(columns, scenario, rows, outside, f"{name} to {key}", limits[key])
        for population in sorted(scenario.populations):
            found = scenario.populations[population].limit_key(limits)
            columns["account_quota"].append(NOBODY if found is None else numbers[found])
    return columns


def _add(
    columns: dict[str, list[int]],
    scenario: Scenario,
    rows: Rows,
    outside: int,
    name: str,
    limit: SenderLimit,
) -> None:
    """Add one limit, with its days until the end of the run."""
    station = NOBODY
    if limit.per_minute is not None:
        station = rows.station(name, outside, 1, round(MINUTE_NS / limit.per_minute), NEVER)
    columns["quota_station"].append(station)
    columns["quota_per_day"].append(-1 if limit.per_day is None else limit.per_day)
    columns["quota_waits"].append(int(limit.beyond_day == "queue"))
    start = scenario.start.astimezone(ZoneInfo(limit.zone))
    until_ns = scenario.duration + scenario.drain_ns
    midnights = [day for _, day in day_starts(start, until_ns)[1:]]
    last = (midnights or [start])[-1].replace(hour=0, minute=0, second=0, microsecond=0)
    for midnight in [*midnights, last + timedelta(days=1)]:
        for key, moment in (
            ("quota_end_ns", midnight),
            ("quota_resume_ns", midnight.replace(hour=MORNING)),
        ):
            gap = moment.astimezone(UTC) - start.astimezone(UTC)
            columns[key].append(gap // timedelta(microseconds=1) * 1000)
    columns["quota_first"].append(len(columns["quota_end_ns"]))
