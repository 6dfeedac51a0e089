"""Fixtures and options that every test shares."""

import hashlib
import os
from pathlib import Path

import hypothesis
import numpy as np
import pytest

from tests.agreement import FURTHER

REPOSITORY = Path(__file__).resolve().parents[1]

# Two busy cores make any deadline a coin toss. The gate draws the same examples every time: it
# judges a change, it does not search for new counterexamples.
hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.register_profile("gate", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.load_profile("gate" if os.environ.get("CI") else "here")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --slow."""
    parser.addoption("--slow", action="store_true", help="run the tests marked slow as well")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the tests marked slow unless --slow is given."""
    if config.getoption("--slow"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: runs with --slow only"))


@pytest.fixture
def further(request: pytest.FixtureRequest) -> int:
    """Further seeds of checks that take a second or more for each: all with --slow, else none."""
    return FURTHER if request.config.getoption("--slow") else 0


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data that is not part of the project; the test is skipped where it is absent.

    The environment variable SMSC_SIM_DATA names it; without one it is `../shared/data` beside the
    checkout.
    """
    named = os.environ.get("SMSC_SIM_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is not a folder; name one with SMSC_SIM_DATA")
    return folder


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Random generator seeded from the test's name: its own stream, the same in every run."""
    digest = hashlib.sha256(request.node.name.encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))
