"""The verbs about rate cards, and invoices, as a user sees them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Outcome

Command = Callable[..., Outcome]

CARD = """\
country,kind,price,currency,unit,valid_from,valid_to,source_date,source,mark,from_units,operator
FI,A2P,0.09,USD,segment,,,2025-12-01,contract 7,found,,
FI,A2P,0.08,USD,segment,,,2025-12-01,contract 7,found,1,
FI,A2P,0.01,USD,segment,,,2025-12-01,contract 7,found,,244-91
GB,A2P,0.05,USD,segment,,,2025-12-01,contract 7,found,,
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A card, messages and exchange rates in the folder where the user is."""
    monkeypatch.chdir(tmp_path)
    Path("next.csv").write_text(CARD)
    Path("sent.csv").write_text(
        "number,text,campaign,date\n"
        "+358401234567,a,spring,2026-05-03\n"
        "+358401234567,b,autumn,2026-05-04\n"
        "+358501234567,c,autumn,2026-05-04\n"
    )
    Path("fx.csv").write_text("date,base,quote,rate,source\n2026-05-04,EUR,USD,1.25,bank\n")
    Path("prefixes.csv").write_text("prefix,operator\n35850,244-91\n")
    return tmp_path


def rows(text: str) -> list[list[str]]:
    """Cells of the lines of a table on the screen."""
    return [line.replace("│", "").split() for line in text.splitlines()]


def test_show_lists_cards_and_prices(command: Command, folder: Path) -> None:
    """Which cards there are, and the prices of one with where they come from."""
    assert command("rates", "show").out == "list-2026\n"
    outcome = command("rates", "show", "next.csv", "--country", "FI", "--on", "2026-05-01")
    assert outcome.out.startswith("next.csv: A2P prices on 2026-05-01")
    assert ["FI", "any", "2", "0.08", "USD", "submitted", "segment"] in rows(outcome.out)
    assert ["FI", "244-91", "1", "0.01", "USD", "submitted", "segment"] in rows(outcome.out)
    assert "GB" not in outcome.out
    assert "Source: contract 7, as of 2025-12-01" in outcome.out


def test_a_country_without_a_price_is_a_mistake(command: Command, folder: Path) -> None:
    """Nothing to show is exit 2 and one line."""
    outcome = command("rates", "show", "next.csv", "--country", "ZZ", "--on", "2026-05-01")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "next.csv: has no A2P price on 2026-05-01 to that country (got 'ZZ'); leave out --country "
        "to see all\n"
    )


def test_one_of_the_lists_in_a_file_becomes_a_card(command: Command, folder: Path) -> None:
    """`--only` keeps the rows of one list; what it may be is said."""
    Path("list.csv").write_text("iso,price_usd,page\nFI,0.05,<=2024\nFI,0.07,<=2026\n")
    outcome = command("rates", "import", "list.csv", "--out", "a.csv", "--only", "page=<=2026")
    assert outcome.out == "a.csv: 1 price in USD to 1 country, 0 of single operators\n"
    assert "FI,A2P,0.07,USD" in Path("a.csv").read_text()
    outcome = command("rates", "import", "list.csv", "--out", "b.csv", "--only", "page")
    assert outcome.code == 2
    assert "--only: write COLUMN=VALUE (got 'page')" in outcome.err


def test_a_list_of_others_becomes_a_card(command: Command, folder: Path) -> None:
    """The card is written and can be used; what was left out is said."""
    Path("list.csv").write_text(
        "Country;Network;Price;Provider\nFinland;Elisa;0,07;A\nSatellite;X;1,00;A\nFinland;DNA;0,09;B\n"
    )
    outcome = command("rates", "import", "list.csv", "--out", "a.csv", "--provider", "A",
                      "--currency", "EUR", "--on", "2026-05-01")  # fmt: skip
    assert (outcome.code, outcome.out) == (
        0, "a.csv: 1 price in EUR to 1 country, 0 of single operators\n"
    )  # fmt: skip
    assert outcome.err == (
        "left out: 1 row, no country of ISO 3166 ('Satellite')\n"
        "left out: 1 row, another provider ('B')\n"
    )
    shown = command("rates", "show", "a.csv", "--on", "2026-05-01")
    assert ["FI", "any", "1", "0.07", "EUR", "submitted", "segment"] in rows(shown.out)
    assert "Source: list.csv, as of 2026-05-01" in shown.out
    refused = command("rates", "import", "list.csv", "--out", "b.csv", "--provider", "A")
    assert refused.code == 2
    assert refused.err.startswith("list.csv:1: lacks columns (got no currency in Country,")


def test_change_shows_prices_and_bills(command: Command, folder: Path) -> None:
    """What each country costs now and then, and what the same messages would."""
    outcome = command(
        "rates", "change", "list-2026", "next.csv", "--sent", "sent.csv", "--out", "change.csv"
    )
    assert outcome.code == 0
    assert ["GB", "any", "1", "0.055400", "0.050000", "-0.005400", "-9.7"] in rows(outcome.out)
    assert ["all", "0.26", "0.27", "0.01", "+4.5", "%"] in rows(outcome.out)
    assert "GB,any,1,0.055400,0.050000,-0.005400,-9.7" in Path("change.csv").read_text()


def test_same_card_does_not_differ(command: Command, folder: Path) -> None:
    """Nothing is said to have changed when nothing has."""
    outcome = command("rates", "change", "next.csv", "next.csv", "--new-day", "2026-05-01",
                      "--old-day", "2026-05-01")  # fmt: skip
    assert outcome.out == (
        "next.csv on 2026-05-01 and next.csv on 2026-05-01: no A2P price differs\n"
    )


def test_invoices_of_accounts(command: Command, folder: Path) -> None:
    """A line per account, country, operator and month: tiers, conversion and VAT once."""
    outcome = command(
        *("cost", "sent.csv", "--rates", "next.csv", "--operators", "prefixes.csv"),
        *("--invoice", "invoice.csv", "--account", "campaign", "--currency", "EUR"),
        *("--exchange", "fx.csv", "--vat", "25"),
    )
    assert outcome.code == 0
    assert Path("invoice.csv").read_text().splitlines() == [
        "account,country,operator,month,kind,messages,segments,units,unrounded,net,vat,gross,"
        "currency",
        "autumn,FI,,2026-05,A2P,1,1,1,0.072000000000,0.07,0.02,0.09,EUR",
        "autumn,FI,244-91,2026-05,A2P,1,1,1,0.008000000000,0.01,0.00,0.01,EUR",
        "spring,FI,,2026-05,A2P,1,1,1,0.072000000000,0.07,0.02,0.09,EUR",
    ]
    assert outcome.out.splitlines()[-1] == (
        "invoice.csv: 3 lines, 0.15 EUR and 0.04 VAT, 0.19 EUR in all"
    )
    alone = command("cost", "sent.csv", "--rates", "next.csv", "--invoice", "all.csv")
    assert alone.out.splitlines()[-1] == "all.csv: 1 line, 0.25 USD and 0.00 VAT, 0.25 USD in all"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--vat", "x"], "--vat: must be 0 to 100 percent (got 'x')"),
        (["--currency", "EURO"], "--currency: is not a currency of ISO 4217 that one can pay in"),
        (["--currency", "EUR"], "currency: prices are in USD (got EUR); give a table of exchange"),
        (["--account", "bank"], "sent.csv: has no column 'bank'; it has number, text, campaign"),
        (["--exchange", "no.csv"], "no.csv: cannot be read (got No such file or directory)"),
        (["--operators", "fx.csv"], "fx.csv:1: needs the header prefix,operator; write it"),
    ],
)
def test_mistakes_about_invoices_are_one_line(
    command: Command, folder: Path, arguments: list[str], said: str
) -> None:
    """Exit 2 with a sentence; no invoice is written."""
    outcome = command("cost", "sent.csv", "--invoice", "invoice.csv", *arguments)
    assert outcome.code == 2
    assert said in outcome.err.splitlines()[0]
    assert not Path("invoice.csv").exists()


def test_bills_in_two_currencies_are_not_compared(command: Command, folder: Path) -> None:
    """A difference of dollars and euros means nothing."""
    Path("euro.csv").write_text(CARD.replace("USD", "EUR"))
    outcome = command("rates", "change", "next.csv", "euro.csv", "--sent", "sent.csv")
    assert outcome.code == 2
    assert "compare cards of one currency and unit, or give exchange rates" in outcome.err


def test_two_currencies_are_compared_at_a_rate(command: Command, folder: Path) -> None:
    """With exchange rates the old prices and bills are told in the new card's currency."""
    Path("euro.csv").write_text(CARD.replace("USD", "EUR"))
    outcome = command("rates", "change", "next.csv", "euro.csv", "--sent", "sent.csv",
                      "--exchange", "fx.csv")  # fmt: skip
    assert outcome.code == 0
    assert ["GB", "any", "1", "0.040000", "0.050000", "+0.010000", "+25.0"] in rows(outcome.out)
    assert "sent.csv in EUR" in outcome.out
    assert ["all", "0.22", "0.27", "0.05", "+25.0", "%"] in rows(outcome.out)
    Path("fx.csv").write_text("date,base,quote,rate,source\n2026-05-04,SEK,USD,1.25,bank\n")
    outcome = command("rates", "change", "next.csv", "euro.csv", "--exchange", "fx.csv")
    assert outcome.code == 2
    assert outcome.err.startswith("fx.csv: tells no rate of USD in EUR on ")


def test_a_text_has_its_price(command: Command) -> None:
    """With a country, a text and each saving stand with their money."""
    text = "\u201cHello\u201d " + "please wait for your order " * 5
    outcome = command("segment", text, "--shorten", "--country", "FI")
    assert outcome.out.splitlines()[0].endswith("room for 58 more, 0.2583 USD to FI")
    assert "(saves 2 of 3, 0.1722 USD to FI)" in outcome.out
