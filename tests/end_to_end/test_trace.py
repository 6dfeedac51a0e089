"""The verb `trace` from YAML to picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.end_to_end.conftest import Outcome

Command = Callable[..., Outcome]


def test_trace_prints_and_draws_the_ladder(command: Command, tiny: Path, tmp_path: Path) -> None:
    """One command shows how a message travels, as a table and as a PNG; the same bytes again."""
    outcome = command("trace", tiny, "--message", "codes:5", "--out", "ladder.png")
    assert outcome.code == 0, outcome.err
    assert "mt-ForwardSM" in outcome.out
    picture = (tmp_path / "ladder.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    command("trace", tiny, "--message", "codes:5", "--out", "again.png")
    assert (tmp_path / "again.png").read_bytes() == picture


def test_message_that_does_not_exist_is_one_line(command: Command, tiny: Path) -> None:
    """A wrong id says what is wrong with it and what to give instead."""
    assert command("trace", tiny, "--message", "codes") == Outcome(
        2, "", "--message: needs a source of traffic and a number (got 'codes'); "
        "write e.g. codes:0\n"
    )  # fmt: skip
    assert command("trace", tiny, "--message", "code:1") == Outcome(
        2, "", "--message: no traffic is called 'code'; did you mean 'codes'?\n"
    )  # fmt: skip
    assert command("trace", tiny, "--message", "codes:99999") == Outcome(
        2, "", "--message: 'codes:99999' is never submitted in replication 0; "
        "give a smaller number\n"
    )  # fmt: skip
