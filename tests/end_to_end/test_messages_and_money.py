"""docs/messages_and_money.md: every command on the page gives the output that stands there.

`python -m tests.end_to_end.test_messages_and_money` writes the page anew with what it gives now.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import tempfile
from pathlib import Path

from smsc_sim.cli import main

PAGE = Path(__file__).resolve().parents[2] / "docs" / "messages_and_money.md"
BLOCK = re.compile(r"(?:`(?P<file>[\w.]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)```\n", re.DOTALL)


def run(command: str) -> str:
    """What a command prints, errors behind the rest."""
    verb, *arguments = shlex.split(command)
    if verb == "cat":
        return Path(arguments[0]).read_text(encoding="utf-8")
    assert verb == "smsc-sim"
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        main(arguments)
    lines = [line.rstrip() for line in (out.getvalue() + err.getvalue()).splitlines()]
    return "\n".join(lines) + "\n"


def console(text: str) -> str:
    """A block of commands with what each gives."""
    commands = [line for line in text.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{run(command[2:])}" for command in commands)


def python(text: str) -> str:
    """A block of Python statements with what each shows."""
    names: dict[str, object] = {}
    found = ""
    for line in (line for line in text.splitlines() if line.startswith(">>> ")):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(line[4:], "page", "single"), names)
        found += f"{line}\n{out.getvalue()}"
    return found


def renewed(page: str) -> str:
    """The page with the outputs of now, from the folder where its files are to lie."""

    def block(match: re.Match[str]) -> str:
        kind, text = match["kind"], match["text"]
        if match["file"]:
            Path(match["file"]).write_text(text, encoding="utf-8")
        does = {"console": console, "python": python}.get(kind)
        if does is None:
            return match[0]
        return match[0].replace(f"```{kind}\n{text}```", f"```{kind}\n{does(text)}```")

    return BLOCK.sub(block, page)


def test_the_page_shows_what_a_reader_will_see(tmp_path: Path) -> None:
    """Files, commands, Python and their outputs, from a text to an invoice, in their order."""
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("$ smsc-sim") >= 8
    with contextlib.chdir(tmp_path):
        assert renewed(page) == page


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
