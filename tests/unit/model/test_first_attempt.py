"""Store first or first attempt from memory: what a full store and a crash leave of a message."""

import numpy as np
import pytest

from smsc_sim.model import codes
from tests.networks import (
    ID,
    OTHER,
    PLACE,
    SECOND,
    TIME,
    VALUE,
    check_conservation,
    network,
    refusals,
    rows_of,
    simulate,
)

FROM_MEMORY = "smscs: {north: {delivery: first_attempt}}"
BUSY = """
traffic: {news: {messages: 200 msg, rate: 20 msg/s}}
populations: {city: {size: 2000, errors: {subscriber_busy: 30 %}}}
accounts: {bank: {rate: 100 msg/s, window: 100}}
"""


def stored(log: np.ndarray, scenario: object) -> np.ndarray:
    """Segments in the store of north, change by change."""
    rows = rows_of(log, codes.LOG_TAKEN)
    return rows[rows[:, PLACE] == scenario.names.pools.index("north store"), VALUE]  # type: ignore[attr-defined]


def test_what_succeeds_at_once_is_never_stored() -> None:
    """Without failures the store stays empty and every message is delivered."""
    compiled = network(BUSY, FROM_MEMORY, "populations: {city: {errors: {subscriber_busy: 0 %}}}")
    log, _ = simulate(compiled)
    assert len(stored(log, compiled)) == 0
    assert (rows_of(log, codes.LOG_MESSAGE_END)[:, OTHER] == codes.DELIVERED).sum() == 200


def test_what_fails_for_a_time_is_stored() -> None:
    """Each segment whose first attempt fails enters the store once, and leaves it in the end."""
    compiled = network(BUSY, FROM_MEMORY)
    log, engine = simulate(compiled)
    check_conservation(log, engine)
    failed = {int(row[ID]) for row in rows_of(log, codes.LOG_FAILED)}
    steps = np.diff(np.concatenate([[0], stored(log, compiled)]))
    assert len(failed) > 40
    assert (steps == 1).sum() == (steps == -1).sum() == len(failed)
    assert (rows_of(log, codes.LOG_MESSAGE_END)[:, OTHER] == codes.DELIVERED).sum() == 200


def test_without_room_a_failed_attempt_is_the_last() -> None:
    """A store of one segment: what fails while it is full is undeliverable, nothing else is."""
    compiled = network(BUSY, FROM_MEMORY, "smscs: {north: {store: 1 msg}}")
    log, engine = simulate(compiled)
    check_conservation(log, engine)
    assert stored(log, compiled).max() == 1
    ends = rows_of(log, codes.LOG_MESSAGE_END)[:, OTHER]
    assert set(ends) == {codes.DELIVERED, codes.UNDELIVERABLE}
    assert len(rows_of(log, codes.LOG_REFUSED)) == 0
    attempts = rows_of(log, codes.LOG_ATTEMPT)
    given_up = rows_of(log, codes.LOG_SEGMENT_END)
    given_up = given_up[given_up[:, VALUE] == codes.UNDELIVERABLE, ID]
    assert set(np.unique(attempts[:, ID], return_counts=True)[1]) > {1}
    for one in given_up:
        assert (attempts[:, ID] == one).sum() == 1


def test_a_full_store_refuses_where_it_comes_first() -> None:
    """The same store refuses submissions where segments are stored first."""
    log, engine = simulate(network(BUSY, "smscs: {north: {store: 1 msg}}"))
    check_conservation(log, engine)
    assert codes.STORE_FULL in rows_of(log, codes.LOG_REFUSED)[:, VALUE]
    assert codes.UNDELIVERABLE not in rows_of(log, codes.LOG_MESSAGE_END)[:, OTHER]


@pytest.mark.parametrize("delivery", ["store_first", "first_attempt"])
def test_a_crash_loses_what_is_not_stored(delivery: str) -> None:
    """A crash loses segments in memory and no others; what is stored is repeated."""
    compiled = network(
        BUSY,
        f"smscs: {{north: {{delivery: {delivery}}}}}",
        "failures: {crash: {element: north, at: +5 s, for: 5 s}}",
    )
    log, engine = simulate(compiled)
    ends = rows_of(log, codes.LOG_SEGMENT_END)
    lost = ends[ends[:, VALUE] == codes.LOST_BY_STORE]
    if delivery == "store_first":
        assert len(lost) == 0
        assert len(rows_of(log, codes.LOG_REPEAT)) > 10
        check_conservation(log, engine)
        return
    assert len(lost) > 10
    assert set(lost[:, TIME]) == {5 * SECOND}
    failed = {int(row[ID]) for row in rows_of(log, codes.LOG_FAILED) if row[TIME] < 5 * SECOND}
    assert not failed & {int(one) for one in lost[:, ID]}  # those are stored
    assert (
        engine.pools[compiled.network.smsc_store[0]].free
        == compiled.network.pool_units[compiled.network.smsc_store[0]]
    )


def test_the_answer_waits_for_the_store() -> None:
    """A write takes its time before the sender has the answer; from memory there is none."""
    accepted = {}
    for name, text in {
        "now": "store_time: 0 s",
        "write": "store_time: 30 ms",
        "memory": "store_time: 30 ms, delivery: first_attempt",
    }.items():
        log, _ = simulate(network(f"smscs: {{north: {{{text}}}}}"))
        accepted[name] = rows_of(log, codes.LOG_ACCEPTED)[0, VALUE]
    assert accepted["write"] - accepted["now"] == 3 * SECOND // 100
    assert accepted["memory"] == accepted["now"]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            "smscs: {north: {delivery: first_attempt}}\n"
            "retry_policies: {quick: {first_attempt: 3 s}}",
            "smscs.north.delivery: tries at once, but the policy 'quick' waits 3 s; "
            "write store_first, or take another policy",
        ),
        (
            "smscs: {north: {delivery: first_attempt}}\naccounts: {bank: {store: 10 msg}}",
            "accounts.bank.store: counts what is stored, but 'north' delivers from memory first; "
            "leave it out, or write delivery: store_first",
        ),
        (
            "smscs: {north: {delivery: never}}",
            "smscs.north.delivery: must be store_first or first_attempt (got 'never')",
        ),
    ],
)
def test_what_does_not_fit_is_refused(changes: str, line: str) -> None:
    """Each mistake is named at its key, with what to do."""
    assert line in refusals(changes)
