"""What `run` shows while it works: bars on a terminal, nothing elsewhere."""

import io
import re
import sys

import pytest

from smsc_sim.cli.run import Progress


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Whether somebody watches."""
        return True


@pytest.mark.parametrize("stream", [Terminal(), io.StringIO()], ids=["terminal", "file"])
def test_progress_is_for_terminals(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replications done, share, messages/s and time left on a terminal; not an octet in a file."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream)
    with Progress(4) as progress:
        progress.update(0, 1.0, 0)  # kept from an earlier run
        for share in (0.25, 0.5):
            progress.update(1, share, round(8000 * share))
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", stream.getvalue())
    if not isinstance(stream, Terminal):
        assert shown == ""
        return
    assert "0 of 4 replications" in shown and "1 of 4 replications" in shown
    assert re.search(r" 38% +[\d,]+ messages/s +[-\d:]+ left", shown), shown
