"""No job lives twice, attempts are bounded, and nothing happens before what causes it."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from smsc_sim.engines import reference
from smsc_sim.model import codes
from smsc_sim.model.network import Command, Network, State
from smsc_sim.model.rules import step
from tests.networks import message_of, network, simulate
from tests.random_networks import random_changes

# A row of the log with this code needs an earlier row of the same message with one of those codes.
CAUSES = {
    codes.LOG_ACCEPTED: (codes.LOG_SUBMIT,),
    codes.LOG_COPY: (codes.LOG_ACCEPTED,),
    codes.LOG_REFUSED: (codes.LOG_SUBMIT,),
    codes.LOG_RESEND: (codes.LOG_SUBMIT,),
    codes.LOG_ATTEMPT: (codes.LOG_ACCEPTED,),
    codes.LOG_FAILED: (codes.LOG_ATTEMPT,),
    codes.LOG_HANDSET: (codes.LOG_ATTEMPT,),
    codes.LOG_DUPLICATE: (codes.LOG_HANDSET,),
    codes.LOG_REPEAT: (codes.LOG_ACCEPTED,),
    codes.LOG_SEGMENT_END: (codes.LOG_ACCEPTED,),
    codes.LOG_REPORTED: (codes.LOG_HANDSET, codes.LOG_FALSE_RECEIPT),
    codes.LOG_MESSAGE_END: (codes.LOG_SUBMIT,),
}


@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_nothing_happens_before_its_cause(seed: int) -> None:
    """Each row of a message follows the row that it needs; alerts follow flags."""
    scenario = network(random_changes(seed))
    net = scenario.network
    kinds = zip(net.failure_kind, pairwise(net.failure_first), strict=True)
    drained = {
        net.failure_element[row]
        for kind, ends in kinds
        if kind == codes.WITHDRAWAL
        for row in range(*ends)
    }
    log, _ = simulate(scenario)
    of_message: dict[int, set[int]] = {}
    of_element: dict[int, int] = {}
    seen: set[int] = set()
    attempts: Counter[int] = Counter()
    for _, code, row_id, place, value, *_ in log.tolist():
        mine = of_message.setdefault(message_of(row_id), set())
        if code in CAUSES:
            assert mine & set(CAUSES[code]), codes.LOG_NAMES[code]
        if code == codes.LOG_ATTEMPT:
            attempts[row_id] += 1
            assert value == attempts[row_id], "attempts are numbered without a gap"
        if code == codes.LOG_ALERT:
            assert codes.LOG_FLAGGED in seen
        if code in (codes.LOG_DOWN, codes.LOG_UP):
            # What drains for planned work may break down before it is back.
            assert (of_element.get(place, 0) > 0) == (code == codes.LOG_UP) or (
                code == codes.LOG_DOWN and of_element[place] == 1 and place in drained
            )
            of_element[place] = of_element.get(place, 0) + 1 if code == codes.LOG_DOWN else 0
        mine.add(code)
        seen.add(code)


@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_no_job_lives_twice_and_attempts_end(seed: int) -> None:
    """Ids of all live jobs differ at every look, and no segment is tried beyond its policy."""
    changes = random_changes(seed)
    scenario = network(changes)
    kept: list[reference.Engine] = []
    names, policies = scenario.names, changes["retry_policies"]

    def most(job: Any) -> int:
        """Attempts that the policy of a segment's SMSC allows for its class."""
        part = changes["smscs"][names.smscs[job.smsc]]["retry"]
        chosen = part if isinstance(part, str) else part["default"]
        if names.sources[job.source] == "codes" and not isinstance(part, str):
            chosen = part["otp"]
        return int(policies[chosen]["default"].get("attempts", 10**6))

    calls = 0

    def watched(rules: Network, state: State, job: Any, signal: int, now: int) -> Command:
        nonlocal calls
        calls += 1
        command = step(rules, state, job, signal, now)
        if command.verb == codes.SPAWN and calls % 50 == 0:
            ids = [row.id for row in kept[0].live]
            assert len(set(ids)) == len(ids)
        if job.kind == codes.SEGMENT:
            assert job.attempt <= most(job) + repeats.get(job.id, 0)
            if command.log == codes.LOG_REPEAT:
                repeats[job.id] = repeats.get(job.id, 0) + 1
        return command

    repeats: dict[int, int] = {}
    simulate(scenario, watched, kept.append)
    assert calls > 100
