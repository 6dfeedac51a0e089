"""Which engine runs a scenario."""

from typing import Any

import pytest

from smsc_sim.engines import compiled
from smsc_sim.engines.extend import Extensions
from smsc_sim.experiment.engines import (
    MESSAGES_TO_COMPILE,
    EngineName,
    EngineUnfit,
    choose_engine,
    expected_messages,
)
from tests.networks import network, simulate

AUTO, COMPILED, REFERENCE = EngineName.AUTO, EngineName.COMPILED, EngineName.REFERENCE
CODE = Extensions(wrap=lambda step: step)


@pytest.fixture(autouse=True)
def with_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable that turns compilation off is not set, whoever runs the tests."""
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)


@pytest.fixture
def without_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """No machine code on disk."""
    monkeypatch.setattr(compiled, "is_cached", lambda: False)


def chosen(wanted: EngineName, replications: int = 1, extensions: Any = None) -> tuple[str, str]:
    """Engine and reason for the default network."""
    choice = choose_engine(wanted, network().network, replications, extensions)
    return choice.engine.value, choice.reason


def test_auto_takes_compiled_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """With kernels on disk `auto` takes the compiled engine however short the run."""
    monkeypatch.setattr(compiled, "is_cached", lambda: True)
    assert chosen(AUTO) == ("compiled", "")


@pytest.mark.usefixtures("without_kernels")
def test_short_runs_are_not_worth_a_compilation() -> None:
    """Without kernels a run of 20 messages takes the reference engine, a long one compiles."""
    assert chosen(AUTO) == (
        "reference",
        "the kernels are not compiled yet, which takes as long as 6,000 messages; "
        "this run has some 20",
    )
    assert chosen(AUTO, replications=MESSAGES_TO_COMPILE // 20) == ("compiled", "")
    assert chosen(COMPILED) == ("compiled", "")


def test_python_code_runs_in_the_reference_engine() -> None:
    """Extensions fall to the reference engine with the reason; to insist is refused."""
    assert chosen(AUTO, extensions=CODE) == ("reference", "Python code extends the model")
    assert chosen(REFERENCE, extensions=CODE) == ("reference", "")
    with pytest.raises(EngineUnfit) as error:
        chosen(COMPILED, extensions=CODE)
    assert str(error.value) == (
        "the compiled engine cannot run this: Python code extends the model; "
        "take --engine reference"
    )


def test_without_numba_the_reference_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where numba is told to compile nothing, `auto` takes the reference engine and says so."""
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert chosen(AUTO) == ("reference", "NUMBA_DISABLE_JIT is set")


def test_messages_are_foretold() -> None:
    """Rates and batches foretell the messages of a run within a tenth."""
    scenario = network(
        "populations: {city: {size: 900}}\n"
        "traffic:\n"
        "  people: {kind: person_to_person, from: city, volume: 500 msg/day, to: city, text: one,"
        " profile: flat}\n"
    )
    foretold = expected_messages(scenario.network)
    assert foretold == pytest.approx(simulate(scenario)[1].messages, rel=0.1)
    assert foretold > 300
