"""Invoices: lines against exact fractions, rounding, tiers, fees, currencies, VAT."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsc_sim.content.errors import ContentError
from smsc_sim.content.exchange import Exchange, load_exchange, rate_between
from smsc_sim.content.invoices import invoice_lines, rounded, tiered_micros
from smsc_sim.content.operators import UNKNOWN, load_operators, operators_of
from smsc_sim.content.price_table import PriceTable, price_table
from smsc_sim.content.rate_rows import parse_rates
from smsc_sim.content.rates import RateCard, RateKind

HEADER = (
    "country,kind,price,currency,unit,valid_from,valid_to,source_date,source,mark,"
    "operator,charged,from_units,surcharge,minimum_fee"
)
ROWS = [
    "FI,A2P,0.05,EUR,segment,,,2025-12-01,x,found,,,,0.001,",
    "FI,A2P,0.04,EUR,segment,,,2025-12-01,x,found,,,1000,0.001,",
    "FI,A2P,0.03,EUR,segment,,2026-05-31,2025-12-01,x,found,,,5000,,",
    "GB,A2P,0.055555,EUR,segment,,,2025-12-01,x,found,,,,,20",
    "SE,A2P,0.02,EUR,segment,,2026-05-15,2025-12-01,x,found,,,,,",
    "SE,A2P,0.03,EUR,segment,2026-05-16,,2025-12-01,x,found,,,,,",
]


def table_of(*rows: str) -> PriceTable:
    """Price table of a card of these rows."""
    card = RateCard("card.csv", parse_rates("\n".join([HEADER, *rows]), "card.csv"))
    return price_table(card, RateKind.A2P)


TABLE = table_of(*ROWS)


def volume(country: str, day: str, units: int, **more: object) -> dict[str, object]:
    """Units to a country on a day."""
    period = np.searchsorted(TABLE.days, (date.fromisoformat(day) - date(1970, 1, 1)).days, "right")
    rate = TABLE.tariff_of[TABLE.countries.index(country), 0, period - 1]
    return {
        "country": country, "operator": "", "month": day[:7], "rate": int(rate),
        "messages": units, "segments": units, "units": units, **more,
    }  # fmt: skip


def lines(*volumes: dict[str, object], **options: object) -> pd.DataFrame:
    """Invoice lines of volumes."""
    return invoice_lines(pd.DataFrame(volumes), TABLE, **options)  # type: ignore[arg-type]


@given(st.integers(0, 20_000))
def test_tiers_are_graduated(units: int) -> None:
    """Each unit costs what its own tier says: the sum unit by unit."""
    tariff = TABLE.tariffs[volume("FI", "2026-05-01", 1)["rate"]]  # type: ignore[index]
    one_by_one = (
        51_000 * min(units, 1000) + 41_000 * max(0, min(units, 5000) - 1000)
        + 30_000 * max(0, units - 5000)
    )  # fmt: skip
    assert tiered_micros(tariff, units) == one_by_one


def test_a_tier_that_has_ended_counts_no_more() -> None:
    """The third tier ends with May: units of June stay in the second."""
    (may, june) = lines(volume("FI", "2026-05-31", 6000), volume("FI", "2026-06-01", 6000))["net"]
    assert may == Decimal("51.00") + 164 + 30
    assert june == Decimal("51.00") + 205


def test_volumes_of_one_line_are_counted_together() -> None:
    """Campaigns of an account share its tiers; accounts do not."""
    half = [volume("FI", "2026-05-02", 3000, account=name) for name in ("a", "a", "b")]
    found = lines(*half, account="account")
    assert found[["account", "units"]].to_numpy().tolist() == [["a", 6000], ["b", 3000]]
    assert found["net"].tolist() == [Decimal("245.00"), Decimal("133.00")]


def test_a_price_that_changes_within_the_month_is_one_line() -> None:
    """Each unit has the price of its day."""
    found = lines(volume("SE", "2026-05-15", 100), volume("SE", "2026-05-16", 100))
    assert found["units"].tolist() == [200]
    assert found["net"].tolist() == [Decimal("5.00")]


def test_minimum_fee_is_of_the_line() -> None:
    """A line costs at least the fee, and more when its units do."""
    found = lines(volume("GB", "2026-05-01", 100), volume("GB", "2026-06-01", 1000))
    assert found["net"].tolist() == [Decimal("20.00"), Decimal("55.56")]  # 55.555, half to even
    assert found["unrounded"].tolist() == [Decimal(20), Decimal("55.555")]


ECB = Exchange(
    "ecb.csv",
    {
        ("EUR", "USD"): ((date(2026, 5, 4), Fraction("1.08")), (date(2026, 6, 1), Fraction("1.1"))),
        ("EUR", "JPY"): ((date(2026, 5, 4), Fraction("170.25")),),
        ("EUR", "KWD"): ((date(2026, 5, 4), Fraction("0.3321")),),
    },
)


@pytest.mark.parametrize(("currency", "places"), [("USD", 2), ("JPY", 0), ("KWD", 3)])
def test_conversion_and_vat_are_rounded_once(currency: str, places: int) -> None:
    """Net and gross come from exact values, to the minor unit of the currency; VAT between them."""
    found = lines(
        *(volume("GB", "2026-05-01", units) for units in (1, 777)),
        volume("FI", "2026-05-01", 1234),
        currency=currency, exchange=ECB, vat_percent=Decimal("25.5"),
    )  # fmt: skip
    rate = ECB.days["EUR", currency][0][1]
    smallest = Decimal(1).scaleb(-places)
    for row, euros in zip(
        found.itertuples(),
        (Decimal("51") + 234 * Decimal("0.041"), 778 * Decimal("0.055555")),
        strict=True,
    ):
        exact = euros * Decimal(rate.numerator) / Decimal(rate.denominator)
        assert row.unrounded == exact
        assert row.net == exact.quantize(smallest, ROUND_HALF_EVEN)
        assert row.gross == (exact * Decimal("1.255")).quantize(smallest, ROUND_HALF_EVEN)
        assert row.vat == row.gross - row.net
        assert row.currency == currency


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**6), st.integers(0, 6))
def test_rounding_is_half_even_and_exact(over: int, under: int, places: int) -> None:
    """As Decimal rounds with enough digits; a float would not."""
    from decimal import localcontext

    with localcontext() as context:
        context.prec = 60
        wanted = (Decimal(over) / Decimal(under)).quantize(
            Decimal(1).scaleb(-places), ROUND_HALF_EVEN
        )
        assert rounded(Fraction(over, under), places) == wanted


def test_rates_of_exchange_are_told_turned_or_crossed() -> None:
    """The last rate on or before the day; its reciprocal; two in one base."""
    day = date(2026, 5, 31)
    assert rate_between(ECB, "EUR", "USD", day) == Fraction("1.08")
    assert rate_between(ECB, "EUR", "USD", date(2026, 6, 1)) == Fraction("1.1")
    assert rate_between(ECB, "USD", "EUR", day) == 1 / Fraction("1.08")
    assert rate_between(ECB, "USD", "JPY", day) == Fraction("170.25") / Fraction("1.08")
    assert rate_between(None, "EUR", "EUR", day) == 1


def test_sentences_of_invoices() -> None:
    """What is not told is asked for."""

    def said(**options: object) -> str:
        with pytest.raises(ContentError) as error:
            lines(volume("FI", "2026-04-30", 1, account="a"), account="account", **options)
        return str(error.value)

    assert said(currency="USD") == (
        "currency: prices are in EUR (got USD); give a table of exchange rates"
    )
    assert said(currency="USD", exchange=ECB) == (
        "ecb.csv: tells no rate of EUR in USD on 2026-04-30 or before; add a row"
    )
    assert said(vat_percent={"b": Decimal(0)}) == (
        "vat: is not told for 'a'; give its percentage, 0 for none"
    )
    with pytest.raises(ContentError, match="volumes: some have no price"):
        lines(volume("US", "2026-04-30", 1))


def test_tiers_that_do_not_go_on_are_refused() -> None:
    """All tiers price the same unit, and the fee stands at the first."""
    first = "FI,A2P,0.05,EUR,segment,,,2025-12-01,x,found,,,,,"
    for row, said in [
        (
            "FI,A2P,0.04,EUR,message,,,2025-12-01,x,found,,,1000,,",
            "card.csv:3:unit: differs from the first tier in row 2 (got 'message'); "
            "price the same unit in all tiers",
        ),
        (
            "FI,A2P,0.04,EUR,segment,,,2025-12-01,x,found,,,1000,,5",
            "card.csv:3:minimum_fee: belongs to the first tier, row 2 (got 5.000000); "
            "write it there",
        ),
    ]:
        with pytest.raises(ContentError) as error:
            table_of(first, row)
        assert str(error.value) == said


def test_exchange_tables_are_checked(tmp_path: Path) -> None:
    """All problems of a table at once, each with its row."""
    path = tmp_path / "fx.csv"
    path.write_text(
        "date,base,quote,rate,source\n"
        "2026-05-01,EUR,USD,1.08,ecb\n"
        "2026-05-01,EUR,USD,1.09,ecb\n"
        "May,EUR,USD,1,ecb\n"
        "2026-05-02,EUR,EURO,1,ecb\n"
        "2026-05-02,EUR,EUR,1,ecb\n"
        "2026-05-02,EUR,USD,1e3,ecb\n"
        "2026-05-02,EUR,USD,0,ecb\n"
        "2026-05-02,EUR,USD,1,\n"
        "2026-05-02,EUR\n"
    )
    with pytest.raises(ContentError) as error:
        load_exchange(path)
    assert str(error.value).startswith(f"{path}:10: must have 5 cells (got 2); add the rest")
    path.write_text(path.read_text().replace("2026-05-02,EUR\n", ""))
    with pytest.raises(ContentError) as error:
        load_exchange(path)
    assert str(error.value).replace(str(path), "fx").splitlines() == [
        "fx:3:date: EUR/USD stands twice (got 2026-05-01); keep one",
        "fx:4:date: is not a day (got 'May'); write it as 2026-05-25",
        "fx:5:quote: is not a currency of ISO 4217 that one can pay in (got 'EURO'); "
        "use three capital letters such as USD",
        "fx:6:quote: is the base itself (got 'EUR'); name another currency",
        "fx:7:rate: is not a decimal number (got '1e3'); write e.g. 1.0832",
        "fx:8:rate: must be positive (got 0); give what one base is worth",
        "fx:9:source: must not be empty (got ''); say where the rate comes from",
    ]
    path.write_text("day,from\n")
    with pytest.raises(ContentError, match="1: needs the header date,base,quote,rate,source"):
        load_exchange(path)


@given(
    st.dictionaries(st.from_regex(r"[1-9][0-9]{0,6}", fullmatch=True), st.sampled_from("abc")),
    st.lists(st.integers(1, 10**15 - 1), max_size=30),
)
def test_longest_prefix_as_a_dictionary_finds_it(
    prefixes: dict[str, str], numbers: list[int]
) -> None:
    """For any table and numbers: the operator of the longest prefix in the table."""
    from smsc_sim.content.operators import _by_length

    table = _by_length("p.csv", prefixes)
    e164 = np.array([*numbers, 0], np.int64)
    for number, found in zip(e164, operators_of(table, e164), strict=True):
        digits = str(number)
        heads = (digits[:k] for k in range(len(digits), 0, -1))
        wanted = next((prefixes[head] for head in heads if head in prefixes), None)
        assert (table.names[found] if found != UNKNOWN else None) == wanted


def test_operator_tables_are_checked(tmp_path: Path) -> None:
    """All problems of a table at once, each with its row."""
    path = tmp_path / "p.csv"
    path.write_text("prefix,operator\n+35850,24491\n35850,x\n0358,y\n35844,\n")
    with pytest.raises(ContentError) as error:
        load_operators(path)
    assert str(error.value).replace(str(path), "p").splitlines() == [
        "p:3:prefix: stands twice (got '35850'); keep one",
        "p:4:prefix: is no beginning of an E.164 number (got '0358'); write e.g. 35850",
        "p:5:operator: must not be empty (got ''); write e.g. 244-91",
    ]
    path.write_text("prefix,operator\n+35850,24491\n358,dna\n")
    table = load_operators(path)
    assert [table.names[k] for k in operators_of(table, np.array([358501, 358401]))] == [
        "244-91",
        "dna",
    ]
