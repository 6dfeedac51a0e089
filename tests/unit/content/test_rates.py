"""Rate cards: reading, refusing, looking up, and the one that is shipped."""

import csv
import pickle
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import numpy as np
import pytest

from smsc_sim.content.errors import ContentError, MissingRate
from smsc_sim.content.rate_cells import MARKS
from smsc_sim.content.rate_rows import parse_rates
from smsc_sim.content.rates import (
    RateKind,
    currency_of,
    load_rate_card,
    price_micros,
    prices_micros,
    rate_on,
    shipped_cards,
)

HEADER = "country,kind,price,currency,unit,valid_from,valid_to,source_date,source,mark"
ROW = "FI,A2P,0.0861,USD,segment,2026-01-01,2026-06-30,2025-12-01,contract 7,found"
LATER = "FI,A2P,0.09,USD,segment,2026-07-01,,2025-12-01,contract 7,found"
MIDYEAR = date(2026, 7, 1)
A2P, RETAIL = RateKind.A2P, RateKind.RETAIL


def card_text(*rows: str) -> str:
    """CSV text of a card."""
    return "\n".join([HEADER, *rows, ""])


def sentence_of(text: str) -> str:
    """Message with which a card text is refused."""
    with pytest.raises(ContentError) as error:
        parse_rates(text, "card.csv")
    return str(error.value)


def test_a_price_holds_from_its_first_to_its_last_day(tmp_path: Path) -> None:
    """Both ends are included; before and between prices there is none."""
    path = tmp_path / "card.csv"
    path.write_text(card_text(LATER, ROW), "utf-8")
    card = load_rate_card(path)
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date.max]
    prices = [rate and rate.price_micros for rate in (rate_on(card, A2P, "FI", d) for d in days)]
    assert prices == [None, 86_100, 86_100, 90_000, 90_000]
    assert rate_on(card, RETAIL, "FI", MIDYEAR) is None
    assert rate_on(card, A2P, "FR", MIDYEAR) is None
    assert rate_on(card, A2P, "DE", MIDYEAR) is None


def test_columns_in_any_order_with_byte_order_mark_and_blank_rows(tmp_path: Path) -> None:
    """A card that went through a spreadsheet reads the same; rows count as it shows them."""
    columns = HEADER.split(",")[::-1]
    cells = ROW.split(",")[::-1]
    path = tmp_path / "card.csv"
    lines = [",".join(columns), "", ",,,,,,,,,", ",".join(cells)]
    path.write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    (rate,) = load_rate_card(str(path)).rates
    assert (rate.country, rate.price_micros, rate.row) == ("FI", 86_100, 4)
    assert rate.valid_to == date(2026, 6, 30)
    assert (rate.source_date, rate.source, rate.mark) == (date(2025, 12, 1), "contract 7", "found")


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        (
            "country",
            "fi",
            "is not a country code of ISO 3166 (got 'fi'); use two capital letters such as FI",
        ),
        (
            "country",
            "QQ",
            "is not a country code of ISO 3166 (got 'QQ'); use two capital letters such as FI",
        ),
        ("kind", "a2p", "is not a kind of price (got 'a2p'); use RETAIL, A2P, TERMINATION"),
        (
            "price",
            "-0.000001",
            "must not be negative (got -0.000001); give what one unit costs",
        ),
        ("price", "free", "is not a decimal number (got 'free'); write digits, e.g. 0.0083"),
        ("price", "0.0000001", "is finer than 0.000001 (got 0.0000001); round it first"),
        (
            "currency",
            "usd",
            "is not a currency of ISO 4217 that one can pay in (got 'usd'); "
            "use three capital letters such as USD",
        ),
        ("unit", "text", "must be 'segment' or 'message' (got 'text'); say what is priced"),
        ("valid_from", "1.1.2026", "is not a day (got '1.1.2026'); write it as 2026-05-25"),
        ("valid_to", "2026-02-30", "is not a day (got '2026-02-30'); write it as 2026-05-25"),
        (
            "valid_to",
            "2025-12-31",
            "is before valid_from 2026-01-01 (got 2025-12-31); "
            "give the last day on which the price holds",
        ),
        ("source_date", "", "is not a day (got ''); write it as 2026-05-25"),
        ("source", "", "must not be empty (got ''); say where the price comes from"),
        (
            "mark",
            "sure",
            "is not a mark (got 'sure'); use one of: found, computed, remembered, set by project",
        ),
    ],
)
def test_bad_cells(column: str, cell: str, problem: str) -> None:
    """Each bad cell is named by row and column, with its value and what to do."""
    cells = ROW.split(",")
    cells[HEADER.split(",").index(column)] = cell
    assert sentence_of(card_text(LATER, ",".join(cells))) == f"card.csv:3:{column}: {problem}"


def test_all_problems_at_once() -> None:
    """A card with several problems names them all."""
    bad = "Finland,A2P,-1,USD,segment,,,2025-12-01,x,found"
    assert sentence_of(card_text(bad, ROW, ROW)).splitlines() == [
        "card.csv:2:country: is not a country code of ISO 3166 (got 'Finland'); "
        "use two capital letters such as FI",
        "card.csv:2:price: must not be negative (got -1); give what one unit costs",
        "card.csv:4:valid_from: the price of row 3 still holds (got 2026-01-01); "
        "end it before, or remove one of them",
        "card.csv: 3 problems found, no price was read",
    ]


@pytest.mark.parametrize(
    ("other", "is_refused"),
    [
        ("FI,A2P,1,USD,segment,2026-06-30,,2025-12-01,x,found", True),
        ("FI,A2P,1,USD,segment,2026-07-01,,2025-12-01,x,found", False),
        ("FI,A2P,1,USD,segment,,2026-01-01,2025-12-01,x,found", True),
        ("FI,A2P,1,USD,segment,,2025-12-31,2025-12-01,x,found", False),
        ("FI,A2P,1,USD,segment,2026-02-01,2026-02-02,2025-12-01,x,found", True),
        ("SE,A2P,1,USD,segment,2026-02-01,2026-02-02,2025-12-01,x,found", False),
        ("FI,RETAIL,1,USD,segment,2026-02-01,2026-02-02,2025-12-01,x,found", False),
    ],
)
def test_overlap(other: str, is_refused: bool) -> None:
    """Two prices of one kind and country may not hold on the same day, in either order."""
    for rows in ([ROW, other], [other, ROW]):
        if is_refused:
            assert "still holds" in sentence_of(card_text(*rows))
        else:
            assert len(parse_rates(card_text(*rows), "card.csv")) == 2


def test_overlap_with_an_open_start() -> None:
    """Two open starts are named as such."""
    open_row = "FI,A2P,1,USD,segment,,,2025-12-01,x,found"
    assert sentence_of(card_text(open_row, open_row)) == (
        "card.csv:3:valid_from: the price of row 2 still holds (got an open start); "
        "end it before, or remove one of them"
    )


def test_one_currency_per_kind() -> None:
    """A kind keeps the currency of its first row; another kind may have another."""
    euro = LATER.replace("USD", "EUR")
    assert sentence_of(card_text(ROW, euro)) == (
        "card.csv:3:currency: A2P prices are in USD since row 2 (got EUR); "
        "keep one currency per kind in a card"
    )
    rates = parse_rates(card_text(ROW, euro.replace("A2P", "RETAIL")), "card.csv")
    assert {rate.kind: rate.currency for rate in rates} == {A2P: "USD", RETAIL: "EUR"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", f"card.csv: is empty (got no header); start with {HEADER}"),
        (
            HEADER.replace("price", "prise"),
            "card.csv:1: is not a column of a rate card (got 'prise'); did you mean 'price'?",
        ),
        (
            HEADER + ",zz",
            "card.csv:1: is not a column of a rate card (got 'zz'); remove the column",
        ),
        (HEADER + ",price", "card.csv:1:price: stands there twice (got 'price'); keep one"),
        (
            HEADER.replace("price,", "").replace(",mark", ""),
            "card.csv:1: lacks columns (got no price, no mark); add them",
        ),
        (
            card_text(ROW + ",x"),
            "card.csv:2: must have 10 cells (got 11); quote a cell that holds a comma",
        ),
        (
            card_text('"FI'),
            "card.csv: is not CSV (got unexpected end of data); check its quotes",
        ),
    ],
)
def test_bad_shapes(text: str, sentence: str) -> None:
    """Files that are not a table of a rate card's columns are refused in one sentence."""
    assert sentence_of(text) == sentence


def test_bad_files(tmp_path: Path) -> None:
    """Missing files, folders and other encodings are refused in one sentence."""
    latin = tmp_path / "latin.csv"
    latin.write_bytes(b"\xe4")
    for path, problem in [
        (tmp_path / "none.csv", "cannot be read (got No such file or directory); check the path"),
        (tmp_path, "cannot be read (got Is a directory); check the path"),
        (latin, "is not UTF-8 text (got octet 0xe4 at 0); save it as UTF-8"),
    ]:
        with pytest.raises(ContentError) as error:
            load_rate_card(path)
        assert str(error.value) == f"{path}: {problem}"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("list-2025", "did you mean 'list-2026'?"), ("zzz", "shipped are list-2026;")],
)
def test_unknown_shipped_card(name: str, hint: str) -> None:
    """A wrong name of a shipped card is met with the right one."""
    with pytest.raises(ContentError) as error:
        load_rate_card(name)
    assert str(error.value) == (
        f"rates: no shipped card has this name (got '{name}'); {hint} a file ends in .csv"
    )


def test_missing_rates_are_listed_at_once() -> None:
    """Every destination without a price is listed once, in order; a fallback fills them."""
    card = load_rate_card("list-2026")
    with pytest.raises(MissingRate) as error:
        prices_micros(card, RETAIL, ["SE", "US", "FI", "SE"], MIDYEAR)
    assert error.value.countries == ("FI", "SE")
    sentence = (
        "list-2026: no RETAIL price on 2026-07-01 for FI, SE; "
        "add rows to the card or name a fallback"
    )
    assert str(error.value) == sentence
    assert str(pickle.loads(pickle.dumps(error.value))) == sentence
    prices = prices_micros(card, RETAIL, ["SE", "US"], MIDYEAR, fallback_micros=70_000)
    assert prices.tolist() == [70_000, 100_000]
    assert prices.dtype == np.int64
    with pytest.raises(MissingRate, match="on 2025-12-31 for US"):
        price_micros(card, A2P, "US", date(2025, 12, 31))


def test_the_shipped_card() -> None:
    """list-2026 prices A2P to 60 countries and retail in one, each row dated and sourced."""
    assert shipped_cards() == ("list-2026",)
    card = load_rate_card("list-2026")
    a2p = [rate for rate in card.rates if rate.kind == A2P]
    (retail,) = [rate for rate in card.rates if rate.kind == RETAIL]
    assert len({rate.country for rate in a2p}) == len(a2p) == 60
    assert (retail.country, retail.price_micros) == ("US", 100_000)
    assert retail.mark == "set by project"
    assert {rate.mark for rate in card.rates} <= set(MARKS)
    assert (currency_of(card, A2P), currency_of(card, RateKind.TERMINATION)) == ("USD", None)
    assert price_micros(card, A2P, "US", MIDYEAR) == 8_300
    assert pickle.loads(pickle.dumps(card)) == card


def test_the_shipped_card_follows_its_rule(shared_data: Path) -> None:
    """Every A2P price is the mean of the country's rows in the newest list, rounded half-even."""
    prices: dict[str, list[Decimal]] = {}
    with (shared_data / "list_prices.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["provider"] == "Twilio" and row["date_of_page"] == "<=2026-05-25":
                prices.setdefault(row["iso2"], []).append(Decimal(row["price"]))
    for rate in load_rate_card("list-2026").rates:
        if rate.kind == A2P:
            listed = prices[rate.country]
            mean = sum(listed) / len(listed) * 1_000_000
            assert rate.price_micros == mean.quantize(Decimal(1), ROUND_HALF_EVEN), rate
            assert rate.mark == ("found" if len(set(listed)) == 1 else "computed"), rate
            assert rate.source_date == date(2026, 5, 25)
