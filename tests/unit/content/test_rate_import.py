"""Price lists in other layouts, and what changed between two cards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import smsc_sim as sms
from smsc_sim.content.errors import ContentError
from smsc_sim.content.operators import load_operators
from smsc_sim.content.rate_changes import rate_changes
from smsc_sim.content.rate_import import import_rates
from smsc_sim.content.rate_rows import card_text, parse_rates
from smsc_sim.content.rates import RateKind, load_rate_card, prices_micros, rates_on

COUNTRIES = """\
ISO,Country,Network,Price / msg
FI,Finland,DNA,0.0820
FI,Finland,Elisa,0.0820
US,United States,AT&T,0.0083
US,United States,Verizon,0.0090
,Satellite,Iridium,0.10
"""
NETWORKS = """\
iso,mcc,mnc,network,price_usd,carrier_fee_usd
FI,244,91,Telia,0.05,0.001
FI,default,default,All Networks,0.06,0
SE,240,01,Telia,0.04,
"""


def prices(text: str, **options: Any) -> list[tuple[str, str, int, int]]:
    """Country, operator, price and surcharge of each row."""
    return [
        (rate.country, rate.operator, rate.price_micros, rate.surcharge_micros)
        for rate in import_rates(text, "list.csv", **options).rates
    ]


def test_a_list_by_network_name() -> None:
    """Networks of one price become their country, others stay; satellites are left out."""
    assert prices(COUNTRIES, currency="USD") == [
        ("FI", "", 82000, 0),
        ("US", "AT&T", 8300, 0),
        ("US", "Verizon", 9000, 0),
    ]


def test_a_list_by_mcc_and_mnc() -> None:
    """Codes name the operator where prices differ, the default is for others, a fee is added."""
    assert prices(NETWORKS) == [
        ("FI", "", 60000, 0),
        ("FI", "244-91", 50000, 1000),
        ("SE", "", 40000, 0),
    ]
    assert {rate.currency for rate in import_rates(NETWORKS, "list.csv").rates} == {"USD"}


def test_a_later_price_ends_the_one_before() -> None:
    """Dates of effect become days of validity."""
    text = "iso,price,currency,effective_date\nFI,0.05,EUR,2026-01-01\nFI,0.06,EUR,2026-07-01\n"
    rates = import_rates(text, "list.csv").rates
    assert [(r.price_micros, r.valid_from, r.valid_to) for r in rates] == [
        (50000, date(2026, 1, 1), date(2026, 6, 30)),
        (60000, date(2026, 7, 1), date.max),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Country;Network;Price (EUR)\nFinland;Elisa;0,07\nUnited Kingdom;EE;0,05\n",
        "country\toperator\trate per SMS\tcurrency\n"
        "fin\tElisa\t0.07\tEUR\nGreat Britain\tEE\t0.05\tEUR\n",
        "Destination,EUR price\nFI,0.07\nUK,0.050\n",
        "mcc|mnc|country_code|price in eur\n244|05|FI|0.07\n234|30|GB|0.05\n",
    ],
)  # fmt: skip
def test_common_layouts(text: str) -> None:
    """Delimiters, decimal commas, names of countries and titles of others give the same prices."""
    rates = import_rates(text, "list.csv").rates
    found = [(rate.country, rate.operator, rate.price_micros, rate.currency) for rate in rates]
    assert found == [("FI", "", 70000, "EUR"), ("GB", "", 50000, "EUR")]


def test_a_network_that_keeps_its_price_keeps_it() -> None:
    """A price that changes for one network of two does not change for the other."""
    text = (
        "iso,network,price_usd,effective_date\n"
        "FI,Elisa,0.07,2026-01-01\nFI,DNA,0.07,2026-01-01\nFI,Elisa,0.08,2026-07-01\n"
        "SE,Telia,0.05,2026-01-01\nSE,Telia,0.06,2026-07-01\n"
    )
    found = [
        (r.country, r.operator, r.price_micros, r.valid_to)
        for r in import_rates(text, "list.csv").rates
    ]
    assert found == [
        ("FI", "DNA", 70000, date.max),
        ("FI", "Elisa", 70000, date(2026, 6, 30)),
        ("FI", "Elisa", 80000, date.max),
        ("SE", "", 50000, date(2026, 6, 30)),
        ("SE", "", 60000, date.max),
    ]


def test_what_is_imported_can_be_written_and_read_again() -> None:
    """A card in our own layout says what the list said; rows left out are told."""
    found = import_rates(COUNTRIES + "US,United States,=1+1,0.01\n", "list.csv", currency="USD",
                         on=date(2026, 5, 25))  # fmt: skip
    again = parse_rates(card_text(found.rates), "card.csv")
    assert found.left_out == ((6, "no country of ISO 3166 ('')"),)
    assert {rate.source_date for rate in again} == {date(2026, 5, 25)}
    assert [(r.country, r.operator.lstrip("'"), r.price_micros, r.valid_from) for r in again] == [
        (r.country, r.operator, r.price_micros, r.valid_from) for r in found.rates
    ]
    assert "'=1+1" in card_text(found.rates)


def test_many_problems_are_counted() -> None:
    """Of 30 wrong rows 20 are told, and how many there are."""
    with pytest.raises(ContentError) as caught:
        import_rates("iso,price_usd\n" + "FI,-1\n" * 30, "list.csv")
    lines = str(caught.value).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "list.csv: 30 problems found, no price was read"


@pytest.mark.parametrize(
    ("text", "options", "line"),
    [
        ("iso,sum\nFI,1\n", {}, "list.csv:1: lacks columns (got no price in iso, sum); price: name "
         "it as price, price per segment, price_usd, rate or the like"),
        ("iso,price\nFI,1\n", {}, "list.csv:1: lacks columns (got no currency in iso, price); "
         "currency: name the price as price_usd or the like, or say it: smsc-sim rates import "
         "--currency"),
        ("price,mcc\n1,244\n", {}, "list.csv:1: lacks columns (got no country in price, mcc); "
         "country: name it as one of iso2, iso, iso code, country iso, country code, iso country, "
         "country, country name, destination"),
        ("iso,price_usd\nFI,-1\n", {}, "list.csv:2: must not be negative (got -1); "
         "give what one unit costs"),
        ("iso,price_usd\nFI,0.00000001\n", {}, None),
        ("iso,price_usd\nQQ,1\n", {}, "list.csv:1: holds no price to a country (got no code or "
         "name of ISO 3166); check the column"),
        ("iso,price_usd,provider\nFI,1,A\nFI,2,B\n", {}, "list.csv: holds prices of 2 providers "
         "(got no choice); choose one of A, B: smsc-sim rates import --provider"),
    ],
)  # fmt: skip
def test_refusals(text: str, options: dict[str, str], line: str | None) -> None:
    """What a list lacks or says wrongly is named."""
    with pytest.raises(ContentError) as caught:
        import_rates(text, "list.csv", **options)
    if line is None:
        assert "0.00000001" in str(caught.value)
    else:
        assert str(caught.value) == line


def card(folder: Path, name: str, rows: str) -> Path:
    """A card in our own layout."""
    head = "country,kind,price,currency,unit,valid_from,valid_to,source_date,source,mark,operator"
    file = folder / name
    file.write_text(head + "\n" + rows)
    return file


def test_prices_are_taken_in_the_currency_asked_for() -> None:
    """Of two columns of prices the one in the currency counts; without a word neither does."""
    both = "iso;Price USD;Price EUR\nFI;0.10;0.09\n"
    assert prices(both, currency="EUR") == [("FI", "", 90000, 0)]
    assert prices(both, currency="usd") == [("FI", "", 100000, 0)]
    assert {r.currency for r in import_rates(both, "l.csv", currency="EUR").rates} == {"EUR"}


@pytest.mark.parametrize(
    ("text", "currency", "line"),
    [
        ("iso;Price USD;Price EUR\nFI;0.10;0.09\n", None,
         "list.csv:1: has prices in EUR and USD; say which: smsc-sim rates import --currency"),
        ("iso,price_usd\nFI,0.10\n", "EUR",
         "list.csv:1: has prices in USD (got --currency EUR); leave it out, or exchange them "
         "first"),
        ("iso,price_eur,carrier_fee_usd\nUS,0.10,0.01\n", None,
         "list.csv:1: has 'carrier_fee_usd' beside prices in EUR: one currency is needed; exchange "
         "one of them first"),
        ("iso,price,carrier_fee_usd\nUS,0.10,0.01\n", "EUR",
         "list.csv:1: has 'carrier_fee_usd' beside prices in EUR: one currency is needed; exchange "
         "one of them first"),
        ("iso,price,currency\nFI,0.10,USD\n", "EUR",
         "list.csv:2: currency must be EUR, as --currency says (got 'USD'); mend one of them"),
        ("iso,price_usd,currency\nFI,0.10,EUR\n", None,
         "list.csv:2: currency must be that of 'price_usd' (got 'EUR'); mend one of them"),
    ],
)  # fmt: skip
def test_currencies_that_contradict_are_refused(text: str, currency: str | None, line: str) -> None:
    """A price is never taken in another currency than that in which it was given."""
    with pytest.raises(ContentError) as caught:
        import_rates(text, "list.csv", currency=currency)
    assert str(caught.value) == line


def test_changes_between_two_cards(tmp_path: Path) -> None:
    """Rises first, in percent; destinations of one card alone come last."""
    tail = "USD,segment,,,2026-01-01,us,found"
    old = load_rate_card(card(tmp_path, "old.csv", f"FI,A2P,0.04,{tail},\nSE,A2P,0.05,{tail},\n"
                              f"NO,A2P,0.05,{tail},\nDK,A2P,0.02,{tail},\n"))  # fmt: skip
    new = load_rate_card(card(tmp_path, "new.csv", f"FI,A2P,0.05,{tail},\nSE,A2P,0.045,{tail},\n"
                              f"NO,A2P,0.05,{tail},\nEE,A2P,0.03,{tail},\n"))  # fmt: skip
    day = date(2026, 6, 1)
    changes = rate_changes(old, new, RateKind.A2P, day, day)
    assert [(c.country, c.old_micros, c.new_micros, c.percent) for c in changes] == [
        ("FI", 40000, 50000, Decimal("25.0")),
        ("SE", 50000, 45000, Decimal("-10.0")),
        ("DK", 20000, None, None),
        ("EE", None, 30000, None),
    ]
    assert rate_changes(old, old, RateKind.A2P, day, day) == []


def test_cards_that_cannot_be_compared(tmp_path: Path) -> None:
    """Another currency is no change of price."""
    row = "FI,A2P,0.04,{},segment,,,2026-01-01,us,found,\n"
    old = load_rate_card(card(tmp_path, "old.csv", row.format("USD")))
    new = load_rate_card(card(tmp_path, "new.csv", row.format("EUR")))
    with pytest.raises(ContentError, match="compare cards of one currency and unit"):
        rate_changes(old, new, RateKind.A2P, date(2026, 6, 1), date(2026, 6, 1))


def test_tiers_need_a_first_one_and_operators_stand_apart(tmp_path: Path) -> None:
    """A card may price operators and tiers; a tier alone is refused."""
    tail = "USD,segment,,,2026-01-01,us,found"
    both = card(tmp_path, "a.csv", f"FI,A2P,0.04,{tail},\nFI,A2P,0.03,{tail},244-91\n")
    assert [rate.operator for rate in load_rate_card(both).rates] == ["", "244-91"]
    text = both.read_text().replace("operator", "from_units").replace("244-91", "1000")
    both.write_text(text)
    assert [rate.from_units for rate in load_rate_card(both).rates] == [0, 1000]
    alone = tmp_path / "b.csv"
    alone.write_text("\n".join([text.splitlines()[0], text.splitlines()[2]]) + "\n")
    with pytest.raises(ContentError) as caught:
        load_rate_card(alone)
    assert str(caught.value) == (
        f"{alone}:2:from_units: is a tier without a first one (got 1000); add a row from 0"
    )


def test_real_lists(shared_data: Path) -> None:
    """The public lists are read: every country once by itself, networks only where they differ."""
    aws = load_rate_card(
        shared_data / "aws_sms_prices_2022-04-03_transactional.csv", currency="USD"
    )
    assert len({rate.country for rate in aws.rates}) > 200
    assert not any(rate.operator for rate in aws.rates)  # each country has one price there
    priced = sms.cost(["Hi"], to=["+358401234567"], rates=aws)
    assert priced["amount"].tolist() == [Decimal("0.10009")]
    lists = shared_data / "list_prices.csv"
    with pytest.raises(ContentError, match="holds prices of 4 providers"):
        load_rate_card(lists)
    text = lists.read_text("utf-8")
    with pytest.raises(ContentError, match="as to 884 destinations in all; keep the rows of one"):
        import_rates(text, "list.csv", provider="Twilio")
    newest = {"provider": "Twilio", "date_of_page": "<=2026-05-25"}
    chosen = import_rates(text, "list.csv", only=newest)
    assert len({rate.country for rate in chosen.rates}) == 218


def test_the_simulator_pays_the_surcharge_and_refuses_other_bases(tmp_path: Path) -> None:
    """A segment costs price and surcharge; a price per delivered message is for invoices alone."""
    tail = "USD,segment,,,2026-01-01,us,found"
    file = card(tmp_path, "a.csv", f"FI,A2P,0.04,{tail},0.005\n")
    file.write_text(file.read_text().replace("operator", "surcharge"))
    day = date(2026, 6, 1)
    assert prices_micros(load_rate_card(file), RateKind.A2P, ["FI"], day).tolist() == [45000]
    file = card(tmp_path, "b.csv", f"FI,A2P,0.04,{tail},delivered\n")
    file.write_text(file.read_text().replace("operator", "charged"))
    with pytest.raises(ContentError) as caught:
        prices_micros(load_rate_card(file), RateKind.A2P, ["FI"], day)
    assert str(caught.value) == (
        f"{file}:2: the simulator prices submitted segments (got a price per delivered segment); "
        "give a price per submitted segment"
    )


LOST = "MCC has three digits and MNC two or three (got '{}'); write zeros in front: 244-05"


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("iso,mcc,mnc,price_eur\nFI,244,5,0.1\nFI,244,91,0.2\n", "244-5"),
        ("iso,mcc,mnc,price_eur\nFI,244,5,0.1\nFI,244,91,0.1\n", "244-5"),
        ("iso,mccmnc,price_eur\nFI,2445,0.1\nFI,24491,0.1\n", "244-5"),
        ("iso;mcc mnc;price_eur\nFI;244 5;0,1\n", "244 5"),
        ("iso,mcc,mnc,price_eur\nFI,44,91,0.1\n", "44-91"),
    ],
)
def test_an_mnc_that_lost_its_zero_is_refused(text: str, got: str) -> None:
    """No code that no number meets, whether its network has a price of its own or not."""
    with pytest.raises(ContentError) as caught:
        import_rates(text, "list.csv")
    assert str(caught.value) == f"list.csv:2: {LOST.format(got)}"


def test_an_mnc_that_lost_its_zero_is_refused_in_cards_and_prefixes(tmp_path: Path) -> None:
    """Our own tables of operators say row and column."""
    row = "FI,A2P,0.04,USD,segment,,,2026-01-01,us,found,244-5\n"
    with pytest.raises(ContentError) as caught:
        load_rate_card(card(tmp_path, "a.csv", row))
    assert str(caught.value) == f"{tmp_path}/a.csv:2:operator: {LOST.format('244-5')}"
    prefixes = tmp_path / "p.csv"
    prefixes.write_text("prefix,operator\n35850,244-05\n35840,244/5\n")
    with pytest.raises(ContentError) as caught:
        load_operators(prefixes)
    assert str(caught.value) == f"{prefixes}:3:operator: {LOST.format('244/5')}"


def test_a_digit_among_names_is_a_name() -> None:
    """Where codes and names share a column, 3 is a network called so, and 91 an MNC."""
    text = "iso,mcc,mnc_or_network,price_eur\nGB,234,3,0.1\nGB,234,91,0.2\nGB,234,Other,0.3\n"
    assert prices(text) == [
        ("GB", "", 300000, 0), ("GB", "234-91", 200000, 0), ("GB", "3", 100000, 0)
    ]  # fmt: skip


TWO_LISTS = """\
iso,network,price_usd,page
FI,Elisa,0.05,<=2024
SE,Telia,0.04,<=2024
FI,Elisa,0.07,<=2026
SE,Telia,0.04,<=2026
FI,DNA,0.08,<=2026
"""


def test_of_several_lists_in_a_file_one_is_chosen() -> None:
    """Two prices from one day on are one sentence; `only` keeps the rows of one list."""
    with pytest.raises(ContentError) as caught:
        import_rates(TWO_LISTS, "l.csv")
    assert str(caught.value) == (
        "l.csv:4: is another price to FI Elisa from the same day on than row 2, as to 1 "
        "destination in all; keep the rows of one list: smsc-sim rates import --only COLUMN=VALUE"
    )
    assert prices(TWO_LISTS, only={"page": "<=2026"}) == [
        ("FI", "DNA", 80000, 0), ("FI", "Elisa", 70000, 0), ("SE", "", 40000, 0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("only", "line"),
    [
        ({"pge": "<=2026"}, "l.csv:1: has no column 'pge'; did you mean 'page'?"),
        ({"page": "2026"}, "l.csv:1:page: no row left has '2026'; there is '<=2024', '<=2026'"),
        ({"page": "<=2024", "network": "DNA"},
         "l.csv:1:network: no row left has 'DNA'; there is 'Elisa', 'Telia'"),
    ],
)  # fmt: skip
def test_a_choice_of_rows_that_are_not_there(only: dict[str, str], line: str) -> None:
    """A column or a cell that is not there is told with what is."""
    with pytest.raises(ContentError) as caught:
        import_rates(TWO_LISTS, "l.csv", only=only)
    assert str(caught.value) == line


@pytest.mark.parametrize(
    ("countries", "kind", "day", "line"),
    [
        (["ZZ"], RateKind.A2P, date(2026, 5, 1), "list-2026: has no A2P price on 2026-05-01 to "
         "that country (got 'ZZ'); leave out --country to see all"),
        (["FI", "Finland"], RateKind.A2P, date(2026, 5, 1), "list-2026: has no A2P price on "
         "2026-05-01 to that country (got 'Finland'); did you mean FI?"),
        ([], RateKind.TERMINATION, date(2026, 5, 1), "list-2026: has no TERMINATION prices on "
         "2026-05-01; choose another day, or a kind that it has: A2P, RETAIL"),
    ],
)  # fmt: skip
def test_prices_that_a_card_lacks(
    countries: list[str], kind: RateKind, day: date, line: str
) -> None:
    """Prices asked for that are not there are refused, with what was meant where that is near."""
    with pytest.raises(ContentError) as caught:
        rates_on(load_rate_card("list-2026"), kind, day, countries)
    assert str(caught.value) == line
