"""Nothing is lost and nothing is counted twice, whatever fails and however small everything is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from smsc_sim.model import codes
from smsc_sim.model.network import Command
from smsc_sim.model.rules import step
from tests.networks import (
    CODE,
    OTHER,
    PLACE,
    TIME,
    VALUE,
    check_calls,
    check_channels,
    check_conservation,
    check_logins,
    check_waits,
    network,
    rows_of,
    simulate,
)
from tests.random_networks import login_scenario, random_changes

# These causes refuse a submission, or are no failure.
NO_FAILURE = {"none", "throttled", "store_full", "not_paid"}


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_messages_and_segments_are_conserved(seed: int) -> None:
    """Of any small scenario every row keeps the balance, and pools and times stay in bounds."""
    scenario = network(random_changes(seed))
    log, engine = simulate(scenario)
    check_conservation(log, engine)
    check_channels(engine)
    check_calls(log, engine)
    check_logins(log, engine)
    check_waits(engine)
    assert (np.diff(log[:, TIME]) >= 0).all()
    taken = log[log[:, CODE] == codes.LOG_TAKEN]
    units = np.array(scenario.network.pool_units)[taken[:, PLACE]]
    assert (taken[:, VALUE] >= 0).all() and (taken[:, VALUE] <= units).all()
    assert ((taken[:, OTHER] == 0) | (taken[:, VALUE] == units)).all(), "waits beside a free unit"
    watched = {
        scenario.network.population_first[row.population] + row.phone
        for row in engine.live
        if row.kind == codes.PHONE_RETURN
    }
    flags = zip(engine.state.flag_phone, engine.state.flag_bits, strict=True)
    assert {phone - 1 for phone, bits in flags if phone and bits} == watched


@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_logins_are_conserved(seed: int) -> None:
    """Every login starts once and ends once or is open; none of its codes is lost."""
    log, engine = simulate(network(login_scenario(seed)))
    check_conservation(log, engine)
    check_logins(log, engine)
    check_waits(engine)


def test_the_scenarios_meet_everything() -> None:
    """Forty of the random scenarios together log every code, cause and state there is.

    And every kind of job, verb, signal, change, loss of an MSU, end of a call and outage.
    """
    logged: dict[int, set[tuple[int, int]]] = {code: set() for code in range(len(codes.LOG_NAMES))}
    jobs: set[tuple[int, int]] = set()
    commands: set[tuple[int, int]] = set()

    def watched(*given: object) -> Command:
        jobs.add((given[2].kind, given[3]))  # type: ignore[attr-defined, arg-type]
        command = step(*given)  # type: ignore[arg-type]
        commands.add((command.verb, command.change))
        return command

    trees = [random_changes(seed) for seed in range(40)] + [
        login_scenario(seed) for seed in (1, 2, 4, 6)
    ]
    for tree in trees:
        log, _ = simulate(network(tree), watched)
        for code in np.unique(log[:, CODE]).tolist():
            pairs = np.unique(rows_of(log, code)[:, [VALUE, OTHER]], axis=0)
            logged[code] |= {(value, other) for value, other in pairs.tolist()}
    assert {code for code, pairs in logged.items() if pairs} == set(range(1, len(codes.LOG_NAMES)))

    def named(names: tuple[str, ...], numbers: set[int]) -> set[str]:
        return {names[number] for number in numbers}

    def values(code: int) -> set[int]:
        return {value for value, _ in logged[code]}

    def others(code: int) -> set[int]:
        return {other for _, other in logged[code]}

    causes = named(codes.CAUSE_NAMES, values(codes.LOG_FAILED))
    assert causes == set(codes.CAUSE_NAMES) - NO_FAILURE
    # Silence is no refusal: an SMSC that is down answers nobody.
    refusals = {"congestion", "throttled", "store_full", "no_channel", "not_paid"}
    assert named(codes.CAUSE_NAMES, values(codes.LOG_REFUSED)) == refusals
    assert named(codes.STATE_NAMES, others(codes.LOG_MESSAGE_END)) == set(codes.STATE_NAMES[1:])
    assert named(codes.LOSS_NAMES, others(codes.LOG_MSU_LOST)) == set(codes.LOSS_NAMES)
    assert named(codes.CALL_EVENTS, values(codes.LOG_CALL)) == set(codes.CALL_EVENTS)
    assert named(codes.LOGIN_EVENTS, values(codes.LOG_LOGIN)) == set(codes.LOGIN_EVENTS)
    assert values(codes.LOG_DOWN) == values(codes.LOG_UNCHARGED) == {0, 1}
    assert named(codes.KIND_NAMES, {kind for kind, _ in jobs}) == set(codes.KIND_NAMES)
    assert named(codes.SIGNAL_NAMES, {signal for _, signal in jobs}) == set(codes.SIGNAL_NAMES)
    assert named(codes.VERB_NAMES, {verb for verb, _ in commands}) == set(codes.VERB_NAMES)
    assert {change for _, change in commands} == set(range(codes.COUNTED_TODAY + 1))
