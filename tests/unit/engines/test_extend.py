"""The three ways to extend the reference engine do what they say."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import pytest

from smsc_sim.engines.extend import EXTRA_NUMBERS, Extensions, World, extended_engine
from smsc_sim.engines.reference import Step
from smsc_sim.model import codes
from smsc_sim.model.network import Command, Job, Network, State
from tests.networks import CODE, ID, OTHER, SECOND, TIME, VALUE, network

ABSENT = {"populations": {"city": {"reachability": {"mean_on": "1 s", "mean_off": "10 h"}}}}


def _log(compiled: Any, extensions: Extensions) -> np.ndarray:
    pieces: list[np.ndarray] = []
    engine = extended_engine(
        compiled.network, compiled.names, lambda rows: pieces.append(rows.copy()), extensions
    )
    engine.run()
    return np.concatenate(pieces)


def test_no_extension_changes_nothing() -> None:
    """An engine with an idle process and the same step logs the same rows."""

    def idle(world: World) -> Generator[Any, Any, None]:
        yield world.wait(1)

    compiled = network({})
    plain = _log(compiled, Extensions())
    same = _log(compiled, Extensions(processes=[idle], wrap=lambda step: step))
    assert np.array_equal(plain, same)


def test_a_process_submits_messages() -> None:
    """A process can submit one more message of a source, and it lives like any other."""
    seen: list[float] = []

    def extra(world: World) -> Generator[Any, Any, None]:
        yield world.wait(2.5)
        seen.append(world.now_s)
        assert world.submit("news") == EXTRA_NUMBERS
        yield world.wait(0)

    log = _log(network({}), Extensions(processes=[extra]))
    numbers = log[:, ID] >> 18 & (1 << 30) - 1
    mine = log[numbers == EXTRA_NUMBERS]
    assert seen == [2.5]
    assert mine[mine[:, CODE] == codes.LOG_SUBMIT, TIME].tolist() == [round(2.5 * SECOND)]
    ends = mine[mine[:, CODE] == codes.LOG_MESSAGE_END]
    assert ends[:, OTHER].tolist() == [codes.DELIVERED]


def test_a_process_fails_and_repairs_elements_and_reads_state() -> None:
    """A process can take an SMSC down, see its store, and bring it up again."""
    notes: list[tuple[bool, int]] = []

    def failure(world: World) -> Generator[Any, Any, None]:
        yield world.wait(1.5)
        world.fail("north")
        notes.append((world.is_up("north"), world.stored("north")))
        yield world.wait(5)
        notes.append((world.is_up("north"), world.open_dialogues("north")))
        world.repair("north")
        notes.append((world.is_up("north"), world.open_dialogues("south")))

    log = _log(network({}), Extensions(processes=[failure]))
    assert [up for up, _ in notes] == [False, False, True]
    assert notes[0][1] > 0  # what is stored survives
    assert notes[1][1] == 0  # dialogues do not
    changes = log[np.isin(log[:, CODE], [codes.LOG_DOWN, codes.LOG_UP])]
    assert changes[:, TIME].tolist() == [round(1.5 * SECOND), round(6.5 * SECOND)]


def test_a_policy_takes_the_place_of_the_retry_table() -> None:
    """policy(cause, attempt, now_s) says when the next attempt is; None gives up."""
    asked: list[tuple[str, int]] = []

    def policy(cause: str, attempt: int, now_s: float) -> float | None:
        asked.append((cause, attempt))
        return None if attempt == 3 else 7.0

    compiled = network(ABSENT)
    log = _log(compiled, Extensions(policy=policy))
    ends = log[log[:, CODE] == codes.LOG_SEGMENT_END]
    undeliverable = ends[ends[:, VALUE] == codes.UNDELIVERABLE]
    assert len(undeliverable) > 0
    assert {attempt for _, attempt in asked} == {1, 2, 3}
    assert {cause for cause, _ in asked} == {"absent_subscriber"}
    first = int(undeliverable[0, ID])
    tries = log[(log[:, CODE] == codes.LOG_ATTEMPT) & (log[:, ID] == first)]
    assert tries[:, VALUE].tolist() == [1, 2, 3]
    assert (np.diff(tries[:, TIME]) >= 7 * SECOND).all()


def test_no_policy_repeats_a_permanent_cause() -> None:
    """A dead number is given up at once; the policy is not asked."""
    compiled = network("populations: {city: {unknown: 100 %}}")
    log = _log(compiled, Extensions(policy=lambda cause, attempt, now_s: 1.0))
    ends = log[log[:, CODE] == codes.LOG_SEGMENT_END]
    assert len(ends) > 0
    assert set(ends[:, VALUE].tolist()) == {codes.UNDELIVERABLE}
    assert set(log[log[:, CODE] == codes.LOG_ATTEMPT, VALUE].tolist()) == {1}


def test_a_wrapped_step_sees_every_decision() -> None:
    """wrap(step) can watch decisions and change them: here every radio channel fails."""
    kinds: set[int] = set()

    def wrap(step: Step) -> Step:
        def wrapped(net: Network, state: State, job: Job, signal: int, now: int) -> Command:
            kinds.add(job.kind)
            command = step(net, state, job, signal, now)
            if job.kind == codes.MT_DIALOGUE and command.stage == codes.MT_ON_RADIO:
                return command._replace(stage=codes.MT_FAILED, cause=codes.SYSTEM_FAILURE)
            return command

        return wrapped

    log = _log(network({}), Extensions(wrap=wrap))
    assert kinds >= {codes.SUBMISSION, codes.SEGMENT, codes.SRI_DIALOGUE, codes.MT_DIALOGUE}
    assert not (log[:, CODE] == codes.LOG_HANDSET).any()
    failed = log[log[:, CODE] == codes.LOG_FAILED]
    assert set(failed[:, VALUE].tolist()) == {codes.SYSTEM_FAILURE}


def test_names_that_do_not_exist_are_refused() -> None:
    """A wrong name in a process ends the run with a sentence that lists the names."""

    def wrong(world: World) -> Generator[Any, Any, None]:
        world.fail("nort")
        yield world.wait(1)

    with pytest.raises(ValueError, match=r"no element is called 'nort'; known: a, b, helsinki"):
        _log(network({}), Extensions(processes=[wrong]))
