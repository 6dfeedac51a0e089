"""What set-up relies on: complete pins, and options and fixtures that do what they say."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))

TESTS_OF_A_PLUGIN_USER = """
import numpy as np, pytest

@pytest.mark.slow
def test_slow(): pass

def test_quick(): pass

@pytest.mark.parametrize("k", [1, 2])
def test_draw(rng, k):
    print("drawn", k, rng.integers(10**12))

def test_data(shared_data):
    assert (shared_data / "here.txt").read_text() == "real"
"""


def pins_of(text: str) -> dict[str, str]:
    """Version pinned for each package, by canonical name; a line that pins nothing is an error."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    pairs = [re.fullmatch(r"([\w.-]+)==([\w.!+]+)", line) for line in lines]
    wrong = [line for line, pair in zip(lines, pairs, strict=True) if pair is None]
    assert not wrong, f"no pin: {wrong}"
    return {canonicalize_name(pair[1]): pair[2] for pair in pairs if pair}


def declared() -> list[Requirement]:
    """Every requirement that pyproject.toml names itself."""
    project = PROJECT["project"]
    groups = [project["dependencies"], PROJECT["build-system"]["requires"]]
    lines = [line for group in groups for line in group]
    lines += [line for extra in project["optional-dependencies"].values() for line in extra]
    own = canonicalize_name(project["name"])
    found = [Requirement(line) for line in lines]
    return [one for one in found if canonicalize_name(one.name) != own]


def problems_with(pins: dict[str, str], requirements: list[Requirement]) -> list[str]:
    """One line per requirement that has no pin, or one that the requirement forbids."""
    lines = []
    for one in requirements:
        pin = pins.get(canonicalize_name(one.name))
        if pin is None:
            lines.append(f"{one.name} has no pin")
        elif not one.specifier.contains(pin, prereleases=True):
            lines.append(f"{one.name}=={pin} is not {one.specifier}")
    return sorted(set(lines))


def requirements_of(name: str) -> list[str]:
    """What an installed package says it requires; [] if it is not installed."""
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def reachable(requirements: list[Requirement]) -> list[Requirement]:
    """The requirements with all they require in turn, as installed here.

    What is not installed is kept, but what it would require is not known.
    """
    waiting, seen, found = list(requirements), set(), []
    while waiting:
        one = waiting.pop()
        key = (canonicalize_name(one.name), *sorted(one.extras))
        if key in seen:
            continue
        seen.add(key)
        found.append(one)
        for line in requirements_of(one.name):
            needed = Requirement(line)
            environments = [default_environment() | {"extra": extra} for extra in ["", *one.extras]]
            if not needed.marker or any(needed.marker.evaluate(each) for each in environments):
                waiting.append(needed)
    return found


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    """The pins of constraints.txt."""
    return pins_of((REPOSITORY / "constraints.txt").read_text(encoding="utf-8"))


def test_every_dependency_is_pinned(pins: dict[str, str]) -> None:
    """Each dependency of pyproject.toml has a pin that it allows."""
    assert len(declared()) > 20
    assert problems_with(pins, declared()) == []


def test_dependencies_of_dependencies_are_pinned(pins: dict[str, str]) -> None:
    """Each package that a dependency needs, at any depth, has a pin that is allowed."""
    found = reachable(declared())
    assert len(found) > 100
    assert problems_with(pins, found) == []


def test_missing_and_wrong_pins_are_noticed(pins: dict[str, str]) -> None:
    """A pin taken away and one too old are reported; a range in place of a pin is refused."""
    spoilt = {name: pin for name, pin in pins.items() if name != "pyyaml"} | {"numba": "0.1"}
    assert problems_with(spoilt, declared()) == [
        "PyYAML has no pin",
        "numba==0.1 is not >=0.61",
    ]
    with pytest.raises(AssertionError, match="no pin: "):
        pins_of("numba>=0.61\n")


def run_pytest(folder: Path, *options: str, data: str) -> str:
    """Output of a run of the tests above in `folder`, with this project's conftest.py."""
    shutil.copy(REPOSITORY / "tests" / "conftest.py", folder)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = slow: slow\n")
    (folder / "test_made_up.py").write_text(TESTS_OF_A_PLUGIN_USER)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rsP", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env={**os.environ, "SMSC_SIM_DATA": data},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def without_data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Output of a run without --slow and without data."""
    return run_pytest(tmp_path_factory.mktemp("without"), data="/no/such/folder")


@pytest.fixture(scope="module")
def with_data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Output of a run with --slow and a folder of data."""
    folder = tmp_path_factory.mktemp("with")
    (folder / "here.txt").write_text("real")
    return run_pytest(folder, "--slow", data=str(folder))


def test_slow_tests_need_the_option(without_data: str, with_data: str) -> None:
    """A test marked slow is skipped with its reason, and runs with --slow."""
    assert "slow: runs with --slow only" in without_data
    assert "3 passed, 2 skipped" in without_data
    assert "5 passed" in with_data


def test_absent_data_skips_with_the_reason(without_data: str) -> None:
    """A test that needs real data says which folder was looked for and how to name another."""
    assert (
        "no real data: /no/such/folder is not a folder; name one with SMSC_SIM_DATA" in without_data
    )


def test_rng_depends_on_the_test_only(without_data: str, with_data: str) -> None:
    """`rng` draws the same in every run of a test and differently in another test."""
    draws = [re.findall(r"drawn (\d) (\d+)", output) for output in (without_data, with_data)]
    assert draws[0] == draws[1]
    assert len({value for _, value in draws[0]}) == 2


def test_rng_is_a_generator(rng: np.random.Generator) -> None:
    """`rng` gives uniform draws between 0 and 1 with mean one half within six standard errors."""
    draws = rng.random(10_000)
    assert 0 <= draws.min() < draws.max() < 1
    assert abs(draws.mean() - 0.5) < 6 * np.sqrt(1 / 12 / 10_000)
