"""Bills of files: every row is counted once, priced or rejected, in any format and batch."""

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smsc_sim as sms
from smsc_sim.content import row_files
from smsc_sim.content.bill import by_columns
from smsc_sim.content.errors import ContentError
from smsc_sim.content.money import to_decimal
from smsc_sim.content.price_table import price_table
from smsc_sim.content.rates import RateKind, load_rate_card
from smsc_sim.content.savings import Savings
from smsc_sim.content.segmentation import segment
from smsc_sim.content.shortening import shortened
from smsc_sim.content.smart import smart_encoded
from smsc_sim.planning.cost_files import Bill, bill_of

TABLE = price_table(load_rate_card("list-2026"), RateKind.A2P)
DAY = date(2026, 5, 1)
FI, GB = "+358401234567", "+447400123456"


def bill(path: Path, **options: object) -> Bill:
    """Bill of a file with the shipped card."""
    return bill_of(path, TABLE, **{"on": DAY, **options})  # type: ignore[arg-type]


def messages(n: int) -> pd.DataFrame:
    """Messages with hard texts."""
    rng = np.random.default_rng(5)
    texts = [
        "Hi",
        'he said "no"',
        "two\nlines, a comma",
        "it’s " + "y" * 80,
        "",
        "€" * 90,
        "x" * 200,
    ]
    return pd.DataFrame(
        {
            "number": rng.choice([FI, GB, "+4915112345678"], n),
            "campaign": rng.choice(["spring; sale", "été", "=1+1", ""], n),
            "text": rng.choice(texts, n),
        }
    )


def write(frame: pd.DataFrame, path: Path) -> Path:
    """A file of messages in the format of its name."""
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep=";" if "semicolon" in path.name else ",")
    return path


@pytest.mark.parametrize(
    "name", ["m.csv", "semicolon.csv", "m.csv.gz", "M.CSV", "M.csv.GZ", "m.parquet"]
)
def test_every_format_gives_the_bill_of_memory(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any format, delimiter and size of batch: the sums of `sms.cost`, by campaign and country."""
    frame = messages(3000)
    path = write(frame, tmp_path / name)
    priced = sms.cost(frame, on=DAY)
    wanted = priced.groupby(["campaign", "country"], observed=True)[["segments", "amount"]].sum()
    for octets, rows in ((4 << 20, 1 << 16), (2000, 7)):
        monkeypatch.setattr(row_files, "BLOCK_OCTETS", octets)
        monkeypatch.setattr(row_files, "BATCH_ROWS", rows)
        found = bill(path, by=("campaign", "country"))
        assert (found.read, found.priced, found.rejected) == (3000, 3000, 0)
        for row in by_columns(found.volumes, ("campaign", "country")).itertuples():
            segments, amount = wanted.loc[(row.campaign, row.country)]
            assert row.segments == segments
            assert to_decimal(row.amount_micros) == amount


def test_order_of_messages_does_not_matter(tmp_path: Path) -> None:
    """The table of volumes is the same for the rows in another order."""
    frame = messages(500)
    first = bill(write(frame, tmp_path / "a.csv"), by=("campaign",)).volumes
    second = bill(write(frame.iloc[::-1], tmp_path / "b.csv"), by=("campaign",)).volumes
    pd.testing.assert_frame_equal(first, second)


BAD = (
    b"number,text,campaign\n"
    b"+358401234567,hi,a\n"
    b"+358401234567,caf\xe9,b\n"
    b"\n"
    b"123,hello,c\n"
    b'+358401234567,"two\nlines",=cmd\n'
    b"+358401234567,a,b,c\n"
    b"+358401234567,x,\xff\n"
    b"+358401234567\n"
)


@pytest.mark.parametrize("block", [4 << 20, 60])
def test_rejects_have_row_column_and_reason(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that cannot be priced are listed, the rest is priced, and the counts add up."""
    monkeypatch.setattr(row_files, "BLOCK_OCTETS", block)
    path, rejects = tmp_path / "bad.csv", tmp_path / "rejects.csv"
    path.write_bytes(BAD)
    found = bill(path, by=("campaign",), rejects=rejects)
    assert (found.read, found.priced, found.rejected) == (7, 2, 5)
    assert by_columns(found.volumes, ())["messages"].tolist() == [2]
    assert sorted(rejects.read_text().splitlines()[1:]) == [
        "3,text,is no UTF-8,",
        "4,number,is too short,123",
        "6,,has 4 cells where the header has 3,",
        "7,campaign,is no UTF-8,",
        "8,,has 1 cells where the header has 3,",
    ]


def test_no_rejects_no_file(tmp_path: Path) -> None:
    """A file of rejects is written only when there are any."""
    bill(write(messages(10), tmp_path / "m.csv"), rejects=tmp_path / "r.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["m.csv"]


def test_values_of_rejects_do_not_run(tmp_path: Path) -> None:
    """What a spreadsheet would take for a formula gets an apostrophe."""
    path, rejects = tmp_path / "m.csv", tmp_path / "r.csv"
    path.write_text('number,text\n"=HYPERLINK(1)",a\n+3,b\n' + FI + ",c\n")
    bill(path, rejects=rejects)
    assert rejects.read_text().splitlines()[1:] == [
        "2,number,holds something that is no digit,'=HYPERLINK(1)",
        "3,number,is too short,+3",
    ]


def test_rows_are_written_with_exact_amounts(tmp_path: Path) -> None:
    """The Parquet file has a row for each priced message, with its number in the file."""
    frame = messages(400)
    frame.loc[3, "number"] = "nonsense"
    rows = tmp_path / "rows.parquet"
    found = bill(write(frame, tmp_path / "m.csv"), by=("campaign",), rows=rows)
    table = pq.ParquetFile(rows).read()
    priced = sms.cost(frame.drop(index=3), on=DAY)
    assert table.column("row").to_pylist() == [row + 2 for row in priced.index]
    assert table.column("amount").to_pylist() == priced["amount"].tolist()
    assert table.column("campaign").to_pylist() == priced["campaign"].tolist()
    assert table.column("country").to_pylist() == priced["country"].tolist()
    assert table.schema.field("amount").type == pa.decimal128(18, 6)
    assert len(table) == found.priced == 399


@pytest.mark.parametrize("title", ["row", "price", "amount", "currency"])
def test_no_two_columns_of_one_name_are_written(tmp_path: Path, title: str) -> None:
    """A column of the user's that is called as one that is added is refused; nothing is written."""
    path = write(messages(9).rename(columns={"campaign": title}), tmp_path / "sent.csv")
    said = f"{path.name}: '{title}' is a column of the rows written; give yours another name"
    assert sentence(path, by=[title]) == said


def test_a_column_named_twice_counts_once(tmp_path: Path) -> None:
    """Asking twice for a column gives one, in the bill and in the rows."""
    path = write(messages(9), tmp_path / "sent.csv")
    twice = bill(path, by=["campaign", "campaign"], rows=tmp_path / "rows.parquet")
    assert twice.by == ("campaign",)
    assert pq.read_schema(tmp_path / "rows.parquet").names.count("campaign") == 1


def test_same_file_same_bytes(tmp_path: Path) -> None:
    """Two runs write the same octets."""
    path = write(messages(300), tmp_path / "m.csv")
    for name in ("a.parquet", "b.parquet"):
        bill(path, by=("campaign",), rows=tmp_path / name)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def sentence(path: Path, **options: object) -> str:
    """With which a file is refused; nothing is left beside it."""
    before = sorted(path.parent.iterdir())
    with pytest.raises(ContentError) as error:
        bill(path, rows=path.parent / "rows.parquet", **options)
    assert sorted(path.parent.iterdir()) == before
    return str(error.value).replace(str(path.parent) + "/", "")


def test_sentences(tmp_path: Path) -> None:
    """Files that cannot be priced are refused with one sentence, and nothing is written."""

    def file(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    good = f"number,text\n{FI},hi\n".encode()
    assert sentence(file("m.txt", good)) == (
        "m.txt: is no table that can be read; give .csv, .csv.gz, .parquet"
    )
    assert sentence(tmp_path / "no.csv") == (
        "no.csv: cannot be read (got No such file or directory); check the file"
    )
    assert sentence(file("e.csv", b"")) == (
        "e.csv:1: has no header; start with the titles of the columns"
    )
    assert sentence(file("h.csv", b"number,text\n")) == (
        "h.csv: has no messages; add a row per message"
    )
    assert sentence(file("l.csv", "Zürich,text\na,b\n".encode("latin-1"))) == (
        "l.csv:1: is no UTF-8; save the file as UTF-8"
    )
    assert sentence(file("t.csv", b"text,text\na,b\n")) == (
        "t.csv:1:text: stands there twice; rename one of them"
    )
    assert sentence(file("q.csv", good + f'{FI},"open\n{FI},lost\n'.encode())) == (
        "q.csv: has a quote that is never closed, so rows were lost in a text; close it"
    )
    assert sentence(file("a.csv", good), by=("campain",)) == (
        "a.csv: has no column 'campain'; it has number, text"
    )
    assert sentence(file("a.csv", good), columns={"text": "txt"}) == (
        "a.csv: has no column 'txt'; did you mean 'text'?"
    )
    assert sentence(file("a.csv", good), columns={"texts": "text"}) == (
        "a.csv: no part of a message is called 'texts'; did you mean 'text'?"
    )
    assert sentence(file("c.csv", b"number,text\n+376312345,hi\n+376312345,ho\n")) == (
        "list-2026: no A2P price for AD (2 messages); add rows to the card, "
        "or give a fallback price"
    )
    broken = gzip.compress(good * 1000)[:-20]
    assert sentence(file("z.csv.gz", broken)).startswith("z.csv.gz: cannot be read (got ")
    assert sentence(file("p.parquet", b"PAR1 no")).startswith("p.parquet: cannot be read (got ")


def test_a_row_longer_than_a_block_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quote that swallows the file is told, not read as one text."""
    monkeypatch.setattr(row_files, "BLOCK_OCTETS", 100)
    path = tmp_path / "m.csv"
    path.write_text(f'number,text\n{FI},"{"x" * 500}\n')
    with pytest.raises(ContentError, match="has a row of more than 100 octets; look for a quote"):
        bill(path)


def test_too_many_groups_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table by single messages would grow with the file."""
    monkeypatch.setattr("smsc_sim.content.bill.MOST_GROUPS", 100)
    monkeypatch.setattr("smsc_sim.content.bill._PENDING", 200)
    frame = messages(400).assign(id=range(400))
    with pytest.raises(ContentError, match="by: makes more than 100 rows"):
        bill(write(frame, tmp_path / "m.csv"), by=("id",))


def test_drivers_are_what_the_bill_would_have_saved(tmp_path: Path) -> None:
    """Each driver is the difference to the bill of the same messages written otherwise."""
    frame = pd.DataFrame(
        {"number": [FI, FI, GB], "text": ["it’s " + "y" * 80, "x" * 161, "😀" * 36]}
    )
    found = bill(write(frame, tmp_path / "m.csv"))
    amounts = {
        driver.name.split(" (")[0]: to_decimal(driver.amount_micros) for driver in found.drivers
    }
    fi, gb = Decimal("0.0861"), Decimal("0.0554")
    assert amounts == {
        "segments after the first of a message": 2 * fi + gb,
        "headers of concatenation": Decimal(0),
        "characters outside GSM 7-bit": fi + gb,
        "of these, what smart encoding would save": fi,
        "texts where ’ alone is outside": fi,
        "texts where 😀 alone is outside": gb,
    }


def test_month_and_alphabet_are_columns_too(tmp_path: Path) -> None:
    """What a file does not say can be grouped by when it follows from a message."""
    path = tmp_path / "m.csv"
    path.write_text(f"number,text,date\n{FI},a,2026-01-31\n{FI},中,2026-02-01T00:00:00\n")
    found = by_columns(bill(path, by=("month", "alphabet")).volumes, ("month", "alphabet"))
    assert found[["month", "alphabet"]].to_numpy().tolist() == [
        ["2026-01", "GSM7"],
        ["2026-02", "UCS2"],
    ]


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    """The last call tells all messages and the whole file."""
    path = write(messages(100), tmp_path / "m.csv")
    calls: list[tuple[int, int]] = []
    bill(path, progress=lambda done, octets: calls.append((done, octets)))
    assert calls[-1] == (100, path.stat().st_size)


def test_segments_alone_have_no_drivers(tmp_path: Path) -> None:
    """Without texts there is nothing to say about characters."""
    path = tmp_path / "m.csv"
    path.write_text("country,segments\nFI,2\n")
    assert bill(path).drivers == []


def test_messages_of_a_run_are_priced_again(tmp_path: Path) -> None:
    """The columns that a run records are understood as they are, categories too."""
    frame = pd.DataFrame(
        {
            "class": pd.Categorical(["otp", "campaign"]), "number": [0, 1],
            "country": pd.Categorical(["FI", "GB"]), "segments": [1, 3],
            "state": pd.Categorical(["delivered", "expired"]), "cost_micros": [1, 1],
        }
    )  # fmt: skip
    frame.to_parquet(tmp_path / "messages.parquet", index=False)
    found = bill(tmp_path / "messages.parquet", by=("class",)).volumes
    assert found["class"].tolist() == ["campaign", "otp"]
    assert found["delivered_segments"].tolist() == [0, 1]
    assert found["amount_micros"].tolist() == [3 * 55_400, 86_100]


TXT = "“Thank you for your message, please call before tomorrow.” " * 4


def test_txt_speak_and_an_unreliable_provider(tmp_path: Path) -> None:
    """What shorter texts would save is that of the one-text functions; a mean where it is rare."""
    frame = pd.DataFrame({"text": [TXT, TXT, "Hi", "中" * 80 + TXT], "number": [FI, GB, FI, FI]})
    path = write(frame, tmp_path / "m.csv")
    found = bill(path, shorten=True, savings=Savings(probability=0.3))
    plain = {driver.name: driver for driver in found.drivers}
    saved = {"plain": Decimal(0), "short": Decimal(0)}
    for text, price in zip(frame["text"], ("0.0861", "0.0554", "0.0861", "0.0861"), strict=True):
        now = len(segment(text).parts)
        smart = min(now, len(segment(smart_encoded(text)).parts))
        short = min(smart, len(segment(shortened(smart_encoded(text))).parts))
        saved["plain"] += Decimal(price) * (now - smart)
        saved["short"] += Decimal(price) * (now - short)
    assert saved["short"] > saved["plain"] > 0
    smart = plain["of these, what smart encoding in 30 % of messages would save"]
    assert to_decimal(smart.amount_micros) == saved["plain"] * Decimal("0.3")
    txt = plain["what plain characters and txt speak would save"]
    assert to_decimal(txt.amount_micros) == saved["short"]
    assert all("txt speak" not in driver.name for driver in bill(path).drivers)


def test_plain_characters_of_ones_own(tmp_path: Path) -> None:
    """A table of the user's decides what smart encoding would save."""
    path = write(pd.DataFrame({"text": ["中" + "x" * 80], "number": [FI]}), tmp_path / "m.csv")
    own = Savings(replacements={ord("中"): "China"})
    amounts = [
        next(d.amount_micros for d in found.drivers if "smart" in d.name)
        for found in (bill(path), bill(path, savings=own))
    ]
    assert amounts == [0, 86100]


def test_the_bill_of_messages_in_memory_is_that_of_their_file(tmp_path: Path) -> None:
    """`sms.bill` of a path, a frame, a dict and Arrow: amounts, shares and drivers are equal."""
    frame = messages(500)
    path = write(frame, tmp_path / "m.parquet")
    options = {"by": ["campaign", "country"], "on": DAY}
    wanted = sms.bill(str(path), **options)
    for form in (frame, frame.to_dict("list"), pa.table(frame)):
        found = sms.bill(form, **options)
        pd.testing.assert_frame_equal(found.by_columns, wanted.by_columns)
        pd.testing.assert_frame_equal(found.what_drives, wanted.what_drives)
    assert wanted.amount == sms.cost(frame, on=DAY)["amount"].sum()
    assert sum(wanted.by_columns["amount"]) == wanted.amount
    assert wanted.by_columns["share"].sum() == pytest.approx(1)
    assert sms.bill(["Hi"], country="FI", by="alphabet").by_columns["alphabet"].tolist() == ["GSM7"]


def test_a_bill_in_memory_leaves_nothing_out_in_silence(tmp_path: Path) -> None:
    """Without a file of rejects a message that cannot be priced is an error that names its row."""
    frame = pd.DataFrame({"text": ["Hi", "Hi"], "number": [FI, "12"]})
    with pytest.raises(ContentError) as caught:
        sms.bill(frame)
    assert str(caught.value) == (
        "row 1: number: is too short (got '12')\n"
        "messages: 1 of 2 cannot be priced; mend them, or name a file of rejects"
    )
    found = sms.bill(frame, rejects=tmp_path / "r.csv")
    assert (found.priced, found.rejected) == (1, 1)
    assert (tmp_path / "r.csv").read_text().splitlines()[1] == "1,number,is too short,12"
