"""What messages cost: in memory, row by row, against exact arithmetic on one row at a time."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import smsc_sim as sms
from smsc_sim.content.costing import PROBLEMS
from smsc_sim.content.errors import ContentError
from smsc_sim.content.operators import load_operators
from smsc_sim.content.rate_rows import parse_rates
from smsc_sim.content.rates import RateCard
from smsc_sim.content.savings import Savings
from smsc_sim.content.segmentation import segment

HEADER = (
    "country,kind,price,currency,unit,valid_from,valid_to,source_date,source,mark,"
    "operator,charged,from_units,surcharge"
)
CARD = RateCard(
    "card.csv",
    parse_rates(
        "\n".join(
            [
                HEADER,
                "FI,A2P,0.0861,EUR,segment,2026-01-01,2026-06-30,2025-12-01,x,found,,,,",
                "FI,A2P,0.09,EUR,segment,2026-07-01,,2025-12-01,x,found,,,,0.001",
                "FI,A2P,0.05,EUR,segment,,,2025-12-01,x,found,244-91,,,",
                "FI,A2P,0.04,EUR,segment,,,2025-12-01,x,found,244-91,,1000,",
                "GB,A2P,0.0554,EUR,message,,,2025-12-01,x,found,,,,",
                "US,A2P,0.0083,EUR,segment,,,2025-12-01,x,found,,delivered,,",
                "US,RETAIL,0.20,EUR,segment,,,2025-12-01,x,found,,,,",
            ]
        ),
        "card.csv",
    ),
)
DAY = date(2026, 5, 1)
NUMBERS = {"FI": "+358401234567", "GB": "+447400123456", "US": "+12125550123"}


def oracle(row: dict[str, object]) -> Decimal:
    """Amount of one message, as one would work it out with a pencil."""
    segments = len(segment(str(row["text"])).parts)
    if row["country"] == "GB":
        return Decimal("0.0554")
    if row["country"] == "US":
        return segments * Decimal("0.0083") if row["state"] == "DELIVERED" else Decimal(0)
    if row["operator"] == "24491":
        return segments * Decimal("0.05")
    if row["date"] >= date(2026, 7, 1):
        return segments * Decimal("0.091")
    return segments * Decimal("0.0861")


def random_messages(n: int, seed: int) -> pd.DataFrame:
    """Messages to three countries on days of one year."""
    rng = np.random.default_rng(seed)
    texts = ["Hi", "x" * 161, "it’s " + "y" * 80, "", "€" * 90, "日本" * 70]
    countries = rng.choice(list(NUMBERS), n)
    return pd.DataFrame(
        {
            "text": rng.choice(texts, n),
            "number": [NUMBERS[country] for country in countries],
            "country": countries,
            "operator": rng.choice(["24491", "244-05", ""], n),
            "state": rng.choice(["DELIVERED", "EXPIRED", "PARTIAL"], n),
            "date": [date(2026, 1, 1) + timedelta(days=int(d)) for d in rng.integers(0, 365, n)],
        }
    )


@pytest.mark.parametrize("place", ["number", "country"])
def test_amounts_are_those_of_a_pencil(place: str) -> None:
    """Operator, day, unit and what was delivered decide the price of each of 3,000 messages."""
    messages = random_messages(3000, 1)
    dropped = {"number": "country", "country": "number"}[place]
    found = sms.cost(messages.drop(columns=dropped), rates=CARD)
    wanted = [oracle(row) for row in messages.to_dict("records")]
    assert found["amount"].tolist() == wanted
    assert found["amount"].sum() == sum(wanted)
    assert found["country"].tolist() == messages["country"].tolist()


def test_price_is_of_the_unit_with_its_surcharge() -> None:
    """The price stands beside the amount, and a message that is not paid for costs nothing."""
    messages = pd.DataFrame(
        {"segments": [3, 3], "country": ["FI", "US"], "delivered": [True, False]}, index=[7, 9]
    )
    found = sms.cost(messages, rates=CARD, on=date(2026, 8, 1))
    assert found.index.tolist() == [7, 9]
    assert found["price"].tolist() == [Decimal("0.091"), Decimal("0.0083")]
    assert found["amount"].tolist() == [Decimal("0.273"), Decimal(0)]
    assert found["currency"].tolist() == ["EUR", "EUR"]


TEXTS = ["Hi", "x" * 161]
FORMS = {
    "list": lambda: TEXTS,
    "numpy": lambda: np.array(TEXTS),
    "pandas": lambda: pd.Series(TEXTS),
    "arrow": lambda: pa.array(TEXTS),
    "chunked": lambda: pa.chunked_array([TEXTS[:1], TEXTS[1:]]),
    "table": lambda: pa.table({"text": TEXTS}),
    "batch": lambda: pa.record_batch({"text": TEXTS}),
    "frame": lambda: pd.DataFrame({"text": TEXTS}),
    "capsule": lambda: Capsule(pa.table({"text": TEXTS})),
    "capsule of texts": lambda: Capsule(pa.chunked_array([TEXTS])),
}


class Capsule:
    """Nothing but an Arrow stream, as other libraries hand it over."""

    def __init__(self, held: object) -> None:
        self.held = held

    def __arrow_c_stream__(self, schema: object = None) -> object:
        return self.held.__arrow_c_stream__(schema)  # type: ignore[attr-defined]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_costs_the_same(form: str) -> None:
    """Lists, NumPy, pandas, Arrow and whatever speaks its protocol are read alike."""
    found = sms.cost(FORMS[form](), country="FI", rates=CARD, on=DAY)
    assert found["amount"].tolist() == [Decimal("0.0861"), Decimal("0.1722")]
    assert found["segments"].tolist() == [1, 2]


def sentence(messages: object, **options: object) -> str:
    """With which messages are refused."""
    with pytest.raises(ContentError) as error:
        sms.cost(messages, **{"rates": CARD, "on": DAY, **options})
    return str(error.value)


def test_numbers_go_with_texts() -> None:
    """Each text needs its number."""
    found = sms.cost(TEXTS, to=[NUMBERS["FI"], NUMBERS["GB"]], rates=CARD, on=DAY)
    assert found["country"].tolist() == ["FI", "GB"]
    said = sentence(TEXTS, to=["+358401234567"])
    assert said == "to: needs a number for each text (got 1 for 2); give as many"


def test_what_cannot_be_priced_is_named() -> None:
    """The first rows with a problem are listed, and how many there are."""
    frame = pd.DataFrame(
        {"text": ["a", "b", "c"], "number": ["12", NUMBERS["FI"], "0401234567"]}, index=list("xyz")
    )
    assert sentence(frame) == (
        "row x: number: is too short (got '12')\n"
        "row z: number: has no country code (got '0401234567')\n"
        "messages: 2 cannot be priced; mend them or leave them out"
    )


def test_problems_of_every_part() -> None:
    """Each part that cannot be understood has its own sentence."""
    good = {"text": "a", "country": "FI", "date": "2026-05-01", "state": "DELIVERED"}
    for part, value, why in [
        ("text", "x" * 40000, PROBLEMS[2]),
        ("country", "XX", PROBLEMS[4]),
        ("date", "yesterday", PROBLEMS[5]),
        ("date", None, PROBLEMS[5]),
        ("state", "maybe", PROBLEMS[6]),
    ]:
        said = sentence(pd.DataFrame([good, good | {part: value}]))
        name = {"date": "day", "state": "delivered"}.get(part, part)
        assert said.startswith(f"row 1: {name}: {why} (got ")
    said = sentence(pd.DataFrame({"segments": [0], "country": "FI", "state": "DELIVERED"}))
    assert said.startswith(f"row 0: segments: {PROBLEMS[3]} (got '0')")


def test_sentences_about_columns_and_prices() -> None:
    """What is missing is said with what to do."""
    assert sentence(pd.DataFrame({"words": ["a"]})) == (
        "messages: has no column of texts or segments; name one, e.g. text=body"
    )
    assert sentence(["a"]) == (
        "messages: has no column of numbers or countries; name one, e.g. number=recipient, or give "
        "one country for all"
    )
    assert sentence(["a"], country="Finland") == (
        "messages: country: is not a country code of ISO 3166 (got 'Finland'); "
        "use two capital letters such as FI"
    )
    frame = pd.DataFrame({"text": ["a", "b"], "country": ["SE", "SE"], "state": "DELIVERED"})
    assert sentence(frame) == (
        "card.csv: no A2P price for SE (2 messages); add rows to the card, or give a fallback price"
    )
    assert sms.cost(frame, rates=CARD, on=DAY, fallback="0.5")["amount"].sum() == 1
    assert sentence(["a"], kind="B2B") == (
        "kind: is not a kind of price (got 'B2B'); use RETAIL, A2P, TERMINATION"
    )
    assert sentence(["a"], kind="TERMINATION") == (
        "card.csv: has no TERMINATION prices; it has A2P, RETAIL"
    )
    said = sentence(pd.DataFrame({"text": ["a"], "country": ["US"]}))
    assert said == (
        "messages: has no column that says what was delivered, but card.csv:7 is a price per "
        "delivered unit; name one, e.g. delivered=state"
    )


def test_shipped_card_is_the_default(tmp_path: Path) -> None:
    """Without a card the newest shipped one is taken."""
    assert sms.cost(["a"], country="FI", on=DAY)["amount"].sum() == Decimal("0.0861")


def test_text_before_segments_and_country_before_number() -> None:
    """Where a file says a thing twice, the rule of the documentation decides."""
    frame = pd.DataFrame(
        {"text": ["a"], "segments": [9], "country": ["GB"], "number": [NUMBERS["FI"]]}
    )
    found = sms.cost(frame, rates=CARD, on=DAY)
    assert found["segments"].tolist() == [1]
    assert found["amount"].tolist() == [Decimal("0.0554")]


def test_an_operator_whose_mnc_lost_its_zero_has_no_price() -> None:
    """It is told with its row; the price of any operator is not taken in its place."""
    texts = {"text": ["Hi", "Hi"], "country": ["FI", "FI"], "operator": ["244-05", "244-5"]}
    with pytest.raises(ContentError) as caught:
        sms.cost(texts, rates=CARD, on=DAY)
    assert str(caught.value).splitlines()[0] == (
        "row 1: operator: has no MCC of three digits and MNC of two or three (got '244-5')"
    )


def test_operator_comes_from_the_prefix_where_no_column_tells(tmp_path: Path) -> None:
    """A table of prefixes gives numbers the price of their operator."""
    (tmp_path / "p.csv").write_text("prefix,operator\n35850,244-91\n35840,244-05\n")
    found = sms.cost(
        ["a", "b", "c"],
        to=["+358501234567", "+358401234567", NUMBERS["GB"]],
        rates=CARD, on=DAY, operators=load_operators(tmp_path / "p.csv"),
    )  # fmt: skip
    assert found["amount"].tolist() == [Decimal("0.05"), Decimal("0.0861"), Decimal("0.0554")]


def test_savings_have_their_money() -> None:
    """What plain characters and txt speak would cost stands beside what is paid."""
    texts = ["it’s " + "y" * 80, "please " * 23 + "you", "x"]
    found = sms.cost(texts, country="FI", rates=CARD, on=DAY, savings=True)
    one = Decimal("0.0861")
    assert found["amount"].tolist() == [2 * one, 2 * one, one]
    assert found["smart_amount"].tolist() == [one, 2 * one, one]
    assert found["short_amount"].tolist() == [one, one, one]
    half = sms.cost(texts, country="FI", rates=CARD, on=DAY, savings=Savings(probability=0.5))
    assert half["smart_amount"].tolist() == [one * 3 / 2, 2 * one, one]
    flat = sms.cost(texts, country="GB", rates=CARD, on=DAY, savings=True)
    assert flat["smart_amount"].tolist() == flat["amount"].tolist()
    assert sentence(pd.DataFrame({"segments": [1], "country": ["FI"]}), savings=True) == (
        "savings: needs texts (got segments alone); add a column of texts"
    )


class Capsules:
    """An object of another library, of which nothing but its Arrow PyCapsules is known."""

    def __init__(self, data: pa.Table | pa.RecordBatch | pa.Array | pa.ChunkedArray) -> None:
        name = "__arrow_c_stream__" if hasattr(data, "__arrow_c_stream__") else "__arrow_c_array__"
        setattr(type(self), name, lambda _, schema=None: getattr(data, name)(schema))


def capsules(data: object) -> object:
    """Such an object, of a class of its own."""
    return type("Foreign", (Capsules,), {})(data)


def test_every_form_of_messages_is_read() -> None:
    """Frames, dicts, Arrow, foreign capsules and lists of texts and numbers give one sum."""
    texts, numbers = ["Hi", "it’s " + "y" * 80], [NUMBERS["FI"], NUMBERS["GB"]]
    columns = {"text": texts, "number": numbers}
    frame, table = pd.DataFrame(columns), pa.table(columns)
    wholes = [int(number) for number in numbers]
    forms = [
        sms.cost(form, rates=CARD, on=DAY)["amount"].sum()
        for form in (frame, frame.astype({"text": "category"}), columns, table,
                     table.to_batches()[0], capsules(table), capsules(table.to_batches()[0]))
    ] + [
        sms.cost(form, to=to, rates=CARD, on=DAY)["amount"].sum()
        for form in (texts, tuple(texts), np.array(texts), pd.Series(texts), pa.array(texts),
                     capsules(pa.array(texts)), capsules(pa.chunked_array([texts])))
        for to in (numbers, wholes, np.array(wholes), pd.Series(numbers), pa.array(numbers),
                   capsules(pa.chunked_array([numbers])))
    ]  # fmt: skip
    assert set(forms) == {Decimal("0.0861") + Decimal("0.0554")}
    assert len(sms.cost(pd.DataFrame({"text": [], "number": []}), rates=CARD)) == 0


@pytest.mark.parametrize(
    ("messages", "options", "line"),
    [
        (pd.DataFrame({"text": ["Hi", None], "country": "FI"}), {}, "row 1: text: is missing"),
        (pa.table({"text": [1]}), {"country": "FI"}, "messages: the column of texts must hold "
         "texts (got Arrow int64); cast it"),
        (pa.table({"text": ["Hi"]}), {"to": ["+358401234567"]}, "to: goes with texts alone (got a "
         "table); name its column of numbers in columns"),
        (["Hi"], {"country": "FI", "languages": {"Turkey": ["turkish"]}}, "languages: is not a "
         "country code of ISO 3166 (got 'Turkey'); use two capital letters such as TR"),
        (["Hi"], {"country": "FI", "language": "turkish"}, "language: is no option of a bill; use "
         "languages, most_segments, alphabet, reference_octets, payload_octets, boundary"),
        (["x" * 161], {"country": "FI", "most_segments": 1}, "row 0: text: needs more segments "
         "than it may have (got"),
        (["Hi", "ş"], {"country": "FI", "alphabet": "GSM7"}, "row 1: text: holds characters that "
         "GSM 7-bit lacks (got 'ş')"),
    ],
)  # fmt: skip
def test_messages_that_are_no_messages(
    messages: object, options: dict[str, object], line: str
) -> None:
    """A missing text is not an empty one, and an option that means nothing is refused."""
    with pytest.raises(ContentError) as caught:
        sms.cost(messages, rates=CARD, on=DAY, **options)  # type: ignore[arg-type]
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize("boundary", ["surrogate", "grapheme"])
@pytest.mark.parametrize("octets", [1, 2])
def test_the_cheapest_coding_that_each_country_knows(boundary: str, octets: int) -> None:
    """Texts to three countries are cut with the tables of each, as the one-text function does."""
    languages = {"TR": ("turkish",), "IN": ("hindi", "bengali")}
    texts = ["Şişli'de görüşürüz " * 5, "नमस्ते " * 21, "€" * 90, "Hi", "आপ😀" * 30, "né\r\n" * 60]
    rows = [(text, country) for text in texts for country in ("TR", "IN", "FI")]
    frame = pd.DataFrame(rows, columns=["text", "country"])
    options = {"boundary": boundary, "reference_octets": octets}
    found = sms.cost(frame, fallback="0.01", languages=languages, savings=True, **options)
    wanted = [segment(text, languages=languages.get(to, ()), **options) for text, to in rows]
    assert found["segments"].tolist() == [len(cut.parts) for cut in wanted]
    assert found["alphabet"].tolist() == [cut.alphabet.name for cut in wanted]
    assert found["segments"].nunique() > 2
    assert (found["smart_amount"] <= found["amount"]).all()


def test_columns_of_the_bill_are_no_keys() -> None:
    """A column called as one of the bill's own is refused before anything is counted."""
    with pytest.raises(ContentError) as caught:
        sms.bill({"text": ["Hi"], "country": ["FI"], "rate": ["x"]}, by=["rate"])
    assert str(caught.value) == (
        "messages: 'rate' is a column of the bill itself; give yours another name"
    )
