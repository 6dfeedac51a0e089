"""Rows per second of `cost` on a CSV file, beside a loop in plain Python and a reader of the file.

usage: python -m benchmarks.cost [ROWS] [ROUNDS]
"""

from __future__ import annotations

import csv
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from benchmarks.segments import mixed, plain
from smsc_sim.content.cutting import Cutting, cutting_of
from smsc_sim.content.price_table import PriceTable, price_table
from smsc_sim.content.rates import RateKind, load_rate_card, price_micros
from smsc_sim.content.segmentation import segment
from smsc_sim.planning.cost_files import bill_of

CODES = {"FI": "35840", "DE": "49151", "GB": "447400", "US": "121255"}
DIGITS = {"FI": 7, "DE": 8, "GB": 6, "US": 5}
PEER_ROWS = 20_000
DAY = date(2026, 5, 1)


def write(path: Path, rows: int, texts: list[str]) -> None:
    """A file of messages to four countries in four campaigns."""
    rng = np.random.default_rng(2)
    countries = list(CODES)
    block = []
    for k in range(PEER_ROWS):
        to = countries[rng.integers(4)]
        number = f"+{CODES[to]}{rng.integers(10 ** DIGITS[to]):0{DIGITS[to]}d}"
        block.append([number, f"campaign {k % 4}", f"2026-{1 + k % 12:02d}-01", texts[k]])
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["number", "campaign", "date", "text"])
        for _ in range(rows // PEER_ROWS):
            writer.writerows(block)


def only_read(path: Path) -> None:
    """What reading the cells alone takes."""
    options = arrow_csv.ReadOptions(use_threads=False, block_size=4 << 20)
    kinds = dict.fromkeys(("number", "campaign", "date", "text"), pa.binary())
    for _ in arrow_csv.open_csv(
        path,
        options,
        arrow_csv.ParseOptions(newlines_in_values=True),
        arrow_csv.ConvertOptions(column_types=kinds),
    ):
        pass


def by_hand(path: Path, rows: int) -> None:
    """Row by row, with phonenumbers and the one-text function."""
    import phonenumbers

    card = load_rate_card("list-2026")
    sums: dict[tuple[str, str], int] = {}
    with path.open(newline="", encoding="utf-8") as stream:
        for row, _ in zip(csv.DictReader(stream), range(rows), strict=False):
            country = phonenumbers.region_code_for_number(phonenumbers.parse(row["number"]))
            key = (country or "", row["campaign"])
            if country:
                price = price_micros(card, RateKind.A2P, country, date.fromisoformat(row["date"]))
                sums[key] = sums.get(key, 0) + price * len(segment(row["text"]).parts)


def main(rows: int, rounds: int) -> None:
    """Print rows per second, interleaved, and the peak of memory."""
    pa.set_cpu_count(1)
    table = price_table(load_rate_card("list-2026"), RateKind.A2P, fallback_micros=10_000)
    print(
        f"{rows:,} rows, median of {rounds} rounds on one core; {platform.machine()}, "
        f"Python {platform.python_version()}, pyarrow {pa.__version__}"
    )
    rng = np.random.default_rng(1)
    for title, maker in {"about 100 plain characters": plain, "mixed": mixed}.items():
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "sent.csv"
            write(path, rows, [maker(rng) for _ in range(PEER_ROWS)])
            print(f"{title}: {path.stat().st_size / 1e6:,.0f} MB")
            compare(path, rows, rounds, table)


def compare(path: Path, rows: int, rounds: int, table: PriceTable) -> None:
    """One row per way of doing it."""

    tables = cutting_of({"FI": ["turkish"], "DE": ["turkish"]})

    def bill(drivers: bool, to: Path | None, cutting: Cutting | None = None) -> None:
        by = ("country", "campaign")
        bill_of(path, table, by=by, on=DAY, drivers=drivers, rows=to, cutting=cutting)

    parquet = path.with_suffix(".parquet")
    ways: dict[str, tuple[Callable[[], object], int]] = {
        "cells read, nothing done": (lambda: only_read(path), rows),
        "sums by country and campaign": (lambda: bill(False, None), rows),
        "and what drives the bill": (lambda: bill(True, None), rows),
        "sums and a row-by-row Parquet": (lambda: bill(False, parquet), rows),
        "sums, tables in 2 of 4 countries": (lambda: bill(False, None, tables), rows),
        "by hand in Python": (lambda: by_hand(path, PEER_ROWS), PEER_ROWS),
    }
    bill(True, parquet)
    found: dict[str, list[float]] = {way: [] for way in ways}
    wall: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, (go, n) in ways.items():
            begun, clock = time.process_time(), time.perf_counter()
            go()
            found[way].append(n / (time.process_time() - begun))
            wall[way].append(n / (time.perf_counter() - clock))
    ours = statistics.median(found["sums by country and campaign"])
    for way, speeds in found.items():
        speed = statistics.median(speeds)
        print(
            f"  {way:<32}{speed:>12,.0f} rows/s of processor time  {speed / ours:8.3f} of the sums "
            f"{statistics.median(wall[way]):>12,.0f} rows/s on the wall"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak of memory {peak:,.0f} MiB")


if __name__ == "__main__":
    asked = [int(float(value)) for value in sys.argv[1:]]
    main(*asked, *(2_000_000, 5)[len(asked) :])
