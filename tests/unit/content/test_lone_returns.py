"""Files whose lines end as on old computers."""

from __future__ import annotations

from pathlib import Path

import pytest

from smsc_sim.content.errors import ContentError
from smsc_sim.content.row_files import open_rows


def test_lines_that_end_in_carriage_returns_alone_are_refused(tmp_path: Path) -> None:
    """A file without line feeds is refused in one line that says what to do."""
    path = tmp_path / "old.csv"
    path.write_bytes(b"number,text\r358401234567,Hi\r")
    with pytest.raises(ContentError) as caught:
        open_rows(path)
    assert str(caught.value) == (
        f"{path}:1: has lone carriage returns (got no line ends); save it with line ends \\n"
    )
