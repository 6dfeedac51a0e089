"""The documentation names files and keys that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "scenarios" / "README.md"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_that_a_page_names_are_there(page: Path) -> None:
    """Every path of a module, a test, a scenario or a picture in a page leads to a file."""
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:smsc_sim|tests|scenarios|docs|notebooks)/[\w./-]+\.\w+)`", text))
    linked = re.findall(r"\]\(([\w./-]+)\)", text)
    missing = [name for name in sorted(named) if not (ROOT / name).exists()]
    missing += [link for link in linked if not (page.parent / link).exists()]
    assert missing == []
