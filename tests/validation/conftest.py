"""How many further seeds a check of validation takes."""

import pytest

from tests.agreement import FURTHER


@pytest.fixture
def further(request: pytest.FixtureRequest) -> int:
    """Further seeds of checks that take a second or more for each: all with --slow, else none."""
    return FURTHER if request.config.getoption("--slow") else 0
