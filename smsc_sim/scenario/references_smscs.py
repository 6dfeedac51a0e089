"""What must fit together within an SMSC: how it shares, what it reserves."""

from __future__ import annotations

from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.units import DURATION, written

MOST_UNEVEN = 1000.0  # highest weight over the lowest

Problems = list[tuple[tuple[str, ...], str, str]]


def smsc_problems(scenario: Scenario) -> Problems:
    """(path, problem, remedy) of SMSCs whose keys do not fit together."""
    problems: Problems = []
    classes = {part.class_ for part in scenario.traffic.values()}
    for name, smsc in scenario.smscs.items():
        path = ("smscs", name)
        if smsc.priorities and smsc.sharing == "weighted":
            what = "are of no use where classes share by weight"
            problems.append(((*path, "priorities"), what, "write sharing: strict, or give weights"))
        if smsc.weights and smsc.sharing == "strict":
            what = "are of no use where the first class goes first"
            problems.append(((*path, "weights"), what, "write sharing: weighted"))
        weights = [*smsc.weights.values(), *([1.0] if classes - smsc.weights.keys() else [])]
        if min(weights, default=1.0) <= 0 or max(weights, default=1.0) > MOST_UNEVEN * min(weights):
            what = f"must be above 0, the highest at most {MOST_UNEVEN:.0f} times the lowest"
            problems.append(((*path, "weights"), what, "a class that is not named has 1"))
        for policy in sorted(set(smsc.retry.values())):
            wait_ns = scenario.retry_policies[policy].first_attempt
            if smsc.delivery == "first_attempt" and wait_ns > 0:
                wait = written(DURATION, wait_ns)
                what = f"tries at once, but the policy '{policy}' waits {wait}"
                remedy = "write store_first, or take another policy"
                problems.append(((*path, "delivery"), what, remedy))
        reserved = sum(pool.dialogues for pool in smsc.pools.values())
        needed = reserved + (1 if classes - smsc.pools.keys() else 0)
        if smsc.pools and needed > smsc.dialogues:
            what = f"reserve {reserved} of {smsc.dialogues} dialogues"
            remedy = "leave some for other classes" if needed > reserved else "reserve fewer"
            problems.append(((*path, "pools"), what, remedy))
    return problems + _shares_of_accounts(scenario)


def _shares_of_accounts(scenario: Scenario) -> Problems:
    """Shares of a store that segments do not enter before their first attempt."""
    only = next(iter(scenario.smscs))
    return [
        (
            ("accounts", name, "store"),
            f"counts what is stored, but '{account.smsc or only}' delivers from memory first",
            "leave it out, or write delivery: store_first",
        )
        for name, account in scenario.accounts.items()
        if account.store is not None
        and scenario.smscs[account.smsc or only].delivery == "first_attempt"
    ]
