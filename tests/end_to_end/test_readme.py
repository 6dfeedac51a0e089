"""The README tells the truth: its scenario loads, its commands and its Python exist."""

from __future__ import annotations

import re
from pathlib import Path

import smsc_sim as sms
from smsc_sim.scenario.compile import compile_scenario
from tests.end_to_end.test_cli import Command

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_scenario_of_the_readme_loads(tmp_path: Path) -> None:
    """The YAML in the README is a whole scenario, and every element has a way."""
    (block,) = _blocks("yaml")
    path = tmp_path / "evening.yaml"
    path.write_text(block, encoding="utf-8")
    loaded = sms.load(path)
    assert compile_scenario(loaded).names.smscs == ("north",)
    assert sms.load(path, variant="six_links").scenario.link_sets["north-a"].links == 6


def test_the_commands_of_the_readme_exist(command: Command) -> None:
    """Every verb and option that the README shows is known to --help."""
    text = "\n".join(_blocks("sh"))
    lines = [line for line in text.splitlines() if line.startswith("smsc-sim ")]
    assert len(lines) >= 5
    for line in lines:
        verb, second = line.split()[1:3]
        known = command(verb, "--help").out
        if f"\n  {second} " in known:  # a group of verbs
            known = command(verb, second, "--help").out
        for option in re.findall(r" (--[a-z]+)", line):
            assert option in known, line


def test_the_python_of_the_readme_runs_as_written() -> None:
    """The names that the README uses are public, and its process and policy are valid Python."""
    blocks = _blocks("python")
    for name in set(re.findall(r"\bsms\.(\w+)", "\n".join(blocks))):
        assert name in sms.__all__
        assert getattr(sms, name) is not None
    for block in blocks:
        compile(block, "README.md", "exec")
