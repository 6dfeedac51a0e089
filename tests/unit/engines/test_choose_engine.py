"""Which engine runs a scenario."""

from typing import Any

import pytest

from smsc_sim.engines import compiled, sums
from smsc_sim.engines.extend import Extensions
from smsc_sim.experiment.engines import (
    UNFIT,
    EngineName,
    EngineUnfit,
    choose_engine,
)
from smsc_sim.experiment.foretell import expected_messages, expected_visits, segments_per_message
from tests.networks import network, simulate

AUTO, COMPILED, REFERENCE = EngineName.AUTO, EngineName.COMPILED, EngineName.REFERENCE
CODE = {
    "a Python process takes part in the run": Extensions(processes=[lambda world: iter(())]),
    "the retry policy is a Python function": Extensions(policy=lambda cause, attempt, now_s: None),
    "a Python function is wrapped around the rules": Extensions(wrap=lambda step: step),
}
LONG = "{traffic: {news: {messages: 100000 msg, rate: 2000 msg/s}}}"


@pytest.fixture(autouse=True)
def with_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable that turns compilation off is not set, whoever runs the tests."""
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)


@pytest.fixture
def without_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """No machine code on disk."""
    monkeypatch.setattr(compiled, "is_cached", lambda: False)


def chosen(
    wanted: EngineName,
    *changes: str,
    replications: int = 1,
    workers: int = 1,
    extensions: Any = None,
) -> str:
    """Engine and reason for the default network with changes."""
    net = network(*changes).network
    return str(choose_engine(wanted, net, replications, workers, extensions))


def test_auto_takes_compiled_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """With kernels on disk `auto` takes the compiled engine however short the run."""
    monkeypatch.setattr(compiled, "is_cached", lambda: True)
    monkeypatch.setattr(sums, "is_cached", lambda: True)
    assert chosen(AUTO) == "compiled"


@pytest.mark.usefixtures("without_kernels")
def test_short_runs_are_not_worth_a_compilation() -> None:
    """Without kernels a run of 20 messages takes the reference engine, a long one compiles.

    Long is what takes long: many messages, or many replications on few workers.
    """
    short = (
        "reference (the kernels are not compiled yet, which takes some 16 s; "
        "this run takes some 1 s without them)"
    )
    assert chosen(AUTO) == short
    assert chosen(AUTO, LONG) == "compiled"
    assert chosen(AUTO, replications=5000) == "compiled"
    assert chosen(AUTO, replications=5000, workers=5000) == short
    assert chosen(COMPILED) == "compiled"


@pytest.mark.parametrize("reason", CODE)
def test_python_code_runs_in_the_reference_engine(reason: str) -> None:
    """An extension of any kind takes the reference engine, with the reason; else it is refused."""
    assert chosen(AUTO, extensions=CODE[reason]) == f"reference ({reason})"
    assert chosen(REFERENCE, extensions=CODE[reason]) == "reference"
    with pytest.raises(EngineUnfit) as error:
        chosen(COMPILED, extensions=CODE[reason])
    assert str(error.value) == (
        f"the compiled engine cannot run this: {reason}; take --engine reference"
    )


def test_every_reason_is_tested() -> None:
    """The list of what the compiled engine cannot run has no row beyond those above and below."""
    assert [reason for reason, _ in UNFIT] == [*CODE, "NUMBA_DISABLE_JIT is set"]


def test_without_numba_the_reference_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where numba is told to compile nothing, `auto` takes the reference engine and says so."""
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert chosen(AUTO) == "reference (NUMBA_DISABLE_JIT is set)"


PEOPLE = """
populations: {city: {size: 900}}
texts: {mixed: {gsm7: {"20": 50 %, "400": 50 %}}}
traffic:
  news: null
  people: {kind: person_to_person, from: city, volume: 500 msg/day, to: city, text: mixed,
           profile: flat}
"""


def test_messages_are_foretold() -> None:
    """Rates and batches foretell messages within a tenth, the mix of texts their segments."""
    scenario = network(PEOPLE, "drain: 0 s")
    _, engine = simulate(scenario)
    assert expected_messages(scenario.network, 0) == pytest.approx(engine.messages, rel=0.1)
    assert segments_per_message(scenario.network, 0) == 2.0
    assert expected_messages(network().network, 0) == 20


@pytest.mark.parametrize(("changes", "off"), [("{}", 0.1), (PEOPLE, 0.3)])
def test_visits_are_foretold(changes: str, off: float) -> None:
    """Where nothing fails the ways foretell the visits within a tenth.

    Of long messages within a third: segments after the first often need no SRI-SM of their own.
    """
    scenario = network(changes, "drain: 0 s")
    _, engine = simulate(scenario)
    assert expected_visits(scenario.network) == pytest.approx(engine.visits, rel=off)
