"""SMSC rules to tables: retry delays by policy and cause, timers, validity."""

from typing import Any

from smsc_sim.model.cache import CACHE_ROWS
from smsc_sim.model.codes import CAUSE_NAMES, NOBODY
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_traffic import Schedule

LONGEST_ROWS = 512  # growing ends before: 1 s that grows by a tenth is then over 10^13 years


def delay_rows(schedule: Schedule) -> list[int]:
    """Delays in ns after attempt 1, 2 and so on; the last one repeats, -1 gives up.

    Examples
    --------
    >>> minutes = lambda rows: [row // 60_000_000_000 for row in rows]
    >>> minutes(delay_rows(Schedule(delays=["5 min"], then="double", ceiling="20 min")))
    [5, 10, 20]
    >>> minutes(delay_rows(Schedule(delays=["1 min", "5 min"], then="repeat", attempts="4")))
    [1, 5, 5, -1]
    """
    rows = list(schedule.delays)
    if schedule.then in ("double", "multiply"):
        ceiling = schedule.ceiling if schedule.ceiling is not None else 1 << 61
        factor = schedule.factor if schedule.factor is not None else 2.0
        while rows[-1] < ceiling and len(rows) < LONGEST_ROWS:
            rows.append(min(round(factor * rows[-1]), ceiling))
    if schedule.attempts is not None:
        wanted = schedule.attempts - 1
        if schedule.then != "stop":
            rows += [rows[-1]] * (wanted - len(rows))
        rows = [*rows[:wanted], -1]
    elif schedule.then == "stop":
        rows.append(-1)
    return rows


def _cache_rows(cache_ns: list[int]) -> list[int]:
    """First row of the remembered routes of each SMSC; -1 for one that remembers none."""
    first, rows = [], 0
    for duration_ns in cache_ns:
        first.append(rows if duration_ns > 0 else NOBODY)
        rows += CACHE_ROWS if duration_ns > 0 else 0
    return first


def compile_policies(
    scenario: Scenario, smscs: list[str], classes: tuple[str, ...]
) -> dict[str, Any]:
    """Columns of `Network` about the rules of each SMSC, for sources of these classes."""
    chosen = [
        scenario.smscs[name].retry.get(class_, scenario.smscs[name].retry["default"])
        for name in smscs
        for class_ in classes
    ]
    policies = sorted(set(chosen))
    first: list[int] = []
    count: list[int] = []
    delays: list[int] = []
    for name in policies:
        policy = scenario.retry_policies[name]
        for cause in CAUSE_NAMES:
            rows = delay_rows(policy.causes.get(cause, policy.default))
            if cause in policy.permanent:
                rows = []
            first.append(len(delays))
            count.append(len(rows))
            delays += rows
    elements = [scenario.smscs[name] for name in smscs]
    return {
        "retry_policy": [policies.index(name) for name in chosen],
        "cache_first": _cache_rows([smsc.sri_cache for smsc in elements]),
        "cache_ns": [smsc.sri_cache for smsc in elements],
        "smsc_alternate": [
            NOBODY if smsc.alternate is None else smscs.index(smsc.alternate) for smsc in elements
        ],
        "sri_timer_ns": [smsc.timers.sri_sm for smsc in elements],
        "mt_timer_ns": [smsc.timers.mt_forward_sm for smsc in elements],
        "receipt_timer_ns": [smsc.timers.receipt for smsc in elements],
        "smsc_validity_ns": [smsc.validity for smsc in elements],
        "retry_first": first,
        "retry_count": count,
        "retry_ns": delays,
        "first_attempt_ns": [scenario.retry_policies[name].first_attempt for name in policies],
    }
