"""The verb `cost` as a user sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Outcome

Command = Callable[..., Outcome]

FINLAND = ["FI", "2", "2", "0.17", "60.8", "%"]
SENT = """\
number,campaign,text
+358401234567,spring,Hi
+358401234567,spring,{long}
+447400123456,=sum,we’re open {long}
12,spring,Hi
"""


@pytest.fixture
def sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of four messages in the folder where the user is."""
    monkeypatch.chdir(tmp_path)
    Path("sent.csv").write_text(SENT.format(long="word " * 20), encoding="utf-8")
    return Path("sent.csv")


def test_sum_table_and_drivers(command: Command, sent: Path) -> None:
    """The sum with its card and day, a row per country, what drives it, and what was left out."""
    outcome = command("cost", str(sent), "--on", "2026-05-01")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0] == (
        "0.28 USD for 3 messages, 4 segments: A2P prices of list-2026 on 2026-05-01"
    )
    assert lines[1].startswith("unrounded 0.283 USD; without volume tiers")
    assert any(
        line.split() == ["│", "FI", "│", "2", "│", "2", "│", "0.17", "│", "60.8", "%", "│"]
        for line in lines
    )
    assert any("smart encoding would save" in line and "19.6 %" in line for line in lines)
    assert outcome.err == "1 of 4 messages are not priced: see sent.rejects.csv\n"
    assert Path("sent.rejects.csv").read_text() == (
        "row,column,problem,value\n5,number,is too short,12\n"
    )


def test_tables_are_written(command: Command, sent: Path) -> None:
    """All rows of the table with exact amounts, safe for a spreadsheet; a row per message."""
    outcome = command(
        *("cost", str(sent), "--by", "campaign,country", "--out", "bill.csv"),
        *("--rows", "rows.parquet", "--rejects", "r.csv", "--no-drivers"),
    )
    assert outcome.code == 0
    assert Path("bill.csv").read_text() == (
        "campaign,country,messages,segments,amount,currency\n"
        "spring,FI,2,2,0.172200,USD\n"
        "'=sum,GB,1,2,0.110800,USD\n"
    )
    assert "rows.parquet: 3 messages with their prices" in outcome.out
    assert "paid for" not in outcome.out
    assert Path("r.csv").exists()


def test_tables_that_phones_of_a_country_know(command: Command, sent: Path) -> None:
    """With Turkish tables in Turkey a message there needs one segment less; elsewhere none."""
    texts = "\n".join(f"{to},{'ş' * 80}" for to in ("+905321234567", "+358401234567"))
    sent.write_text(f"number,text\n{texts}\n", encoding="utf-8")
    plain = command("cost", "sent.csv", "--out", "plain.csv")
    tables = command("cost", "sent.csv", "--out", "tables.csv", "--language", "TR=turkish")
    assert (plain.code, tables.code) == (0, 0)
    assert Path("plain.csv").read_text().splitlines()[1:] == [
        "FI,1,2,0.172200,USD", "TR,1,2,0.061000,USD"
    ]  # fmt: skip
    assert Path("tables.csv").read_text().splitlines()[1:] == [
        "FI,1,2,0.172200,USD", "TR,1,1,0.030500,USD"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "B2B"], "--kind: 'B2B' is no kind of price; use RETAIL, A2P, TERMINATION"),
        (["--on", "May"], "--on: is not a day (got 'May'); write it as 2026-05-25"),
        (["--fallback", "-1"], "--fallback: must not be negative (got -1); give what one unit"),
        (["--column", "text"], "--column: write PART=TITLE, e.g. text=body (got 'text')"),
        (["--language", "=turkish"], "--language: write COUNTRY=NAME or NAME (got '=turkish')"),
        (["--language", "XX=turkish"], "languages: is not a country code of ISO 3166 (got 'XX')"),
        (["--reference", "12"], "a reference has 8 or 16 bits (got 12)"),
        (["--by", "nothing"], "sent.csv: has no column 'nothing'; it has number, campaign, text"),
        (["--rates", "list-2062"], "rates: no shipped card has this name (got 'list-2062'); "
                                   "did you mean 'list-2026'?"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line(
    command: Command, sent: Path, arguments: list[str], said: str
) -> None:
    """Exit 2 and a sentence that says what to do; nothing is written."""
    outcome = command("cost", str(sent), *arguments)
    assert outcome.code == 2
    assert said in outcome.err.splitlines()[0]
    assert outcome.out == ""
    assert sorted(path.name for path in Path().iterdir()) == ["sent.csv"]


@pytest.mark.parametrize("option", ["--out", "--rows", "--rejects"])
def test_the_input_is_never_written_over(command: Command, sent: Path, option: str) -> None:
    """A file to write that is the file of messages is refused, and stays as it was."""
    before = sent.read_bytes()
    outcome = command("cost", str(sent), "--on", "2026-05-01", option, "./sent.csv")
    assert outcome.code == 2
    assert f"{option}: is the input itself (got sent.csv); name another file" in outcome.err
    assert sent.read_bytes() == before
