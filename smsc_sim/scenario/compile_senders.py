"""Accounts of applications to columns: pace, window, and what they do after an error."""

from typing import Any

from smsc_sim.model.causes import CAUSES
from smsc_sim.model.codes import CAUSE_NAMES, NEVER, NOBODY, OK
from smsc_sim.model.receipt import OF_DELIVERED, OF_FAILED, OF_MESSAGE
from smsc_sim.scenario.compile_policies import delay_rows
from smsc_sim.scenario.compile_quotas import compile_quotas
from smsc_sim.scenario.compile_topology import Rows, service_ns
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_accounts import SMPP_ERRORS, SenderPolicy

RECEIPTS = {"final": OF_DELIVERED | OF_FAILED, "failures": OF_FAILED}


def compile_senders(
    scenario: Scenario,
    rows: Rows,
    outside: int,
    policies: dict[str, Any],
    receiving: set[str | None],
) -> dict[str, Any]:
    """Columns of `Network` about accounts, in the order of their names.

    They are paced by a station and hold a window, both outside the network.  What they do after
    an error is added to `policies`, the columns of the SMSCs' retry policies: one table for both.
    For accounts that messages are sent to (`receiving`) each SMSC has a window too.
    """
    only_smsc = next(iter(scenario.smscs))
    names = sorted(scenario.accounts)
    parts = [scenario.accounts[name] for name in names]
    senders = [
        part.own_policy() if part.policy is None else scenario.sender_policies[part.policy]
        for part in parts
    ]
    return {
        "account_smsc": [rows.nodes[part.smsc or only_smsc] for part in parts],
        "account_station": [
            rows.station(f"{name} account", outside, 1, service_ns(part.rate_per_s), NEVER)
            for name, part in zip(names, parts, strict=True)
        ],
        "account_window": [
            rows.pool(f"{name} window", part.window * part.binds, NOBODY)
            for name, part in zip(names, parts, strict=True)
        ],
        "account_store": [
            NOBODY if part.store is None else rows.pool(f"{name} store", part.store, NOBODY)
            for name, part in zip(names, parts, strict=True)
        ],
        **compile_quotas(scenario, rows, outside),
        "account_latency_ns": [part.latency for part in parts],
        "account_policy": [add_policy(policies, sender) for sender in senders],
        "account_age_ns": [age for sender in senders for age in ages_ns(sender)],
        "account_pause_ns": [sender.pause for sender in senders],
        "account_receipts": [
            RECEIPTS[part.receipts] | OF_MESSAGE * int(part.receipts_per == "message")
            if part.receipts != "none"
            else 0
            for part in parts
        ],
        "account_receipt_station": [
            _receipt_station(rows, name, outside, part.receipt_rate)
            for name, part in zip(names, parts, strict=True)
        ],
        "account_deliveries": [
            rows.pool(f"{smsc} to {name}", part.window * part.binds, rows.nodes[smsc])
            if name in receiving
            else NOBODY
            for smsc in rows.smscs
            for name, part in zip(names, parts, strict=True)
        ],
        "receipt_station": [
            _receipt_station(rows, name, rows.nodes[name], scenario.smscs[name].receipt_rate)
            for name in rows.smscs
        ],
    }


def _receipt_station(rows: Rows, name: str, element: int, rate_per_s: float | None) -> int:
    """Station at which receipts queue; -1 where they have no limit."""
    if rate_per_s is None:
        return -1
    return rows.station(f"{name} receipts", element, 1, service_ns(rate_per_s), NEVER)


def add_policy(policies: dict[str, Any], sender: SenderPolicy) -> int:
    """Add a sender's policy to the table of retry policies; returns its row."""
    row = len(policies["retry_first"]) // len(CAUSE_NAMES)
    for cause in range(len(CAUSE_NAMES)):
        schedule = _schedule(sender, cause)
        delays = delay_rows(schedule) if schedule is not None else []
        policies["retry_first"].append(len(policies["retry_ns"]))
        policies["retry_count"].append(len(delays))
        policies["retry_ns"] += delays
    return row


def ages_ns(sender: SenderPolicy) -> list[int]:
    """Longest age of a message that is sent again, by cause."""
    schedules = [_schedule(sender, cause) for cause in range(len(CAUSE_NAMES))]
    return [NEVER if s is None or s.age is None else s.age for s in schedules]


def _schedule(sender: SenderPolicy, cause: int) -> Any:
    """Schedule of a cause; None for what is never sent again."""
    if cause == OK or CAUSES[cause].is_permanent:
        return None
    of_cause = {SMPP_ERRORS[error]: schedule for error, schedule in sender.errors.items()}
    return of_cause.get(CAUSE_NAMES[cause], sender.default)
