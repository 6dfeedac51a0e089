"""Write a made-up list of customers: the same seed gives the same bytes.

usage: python scenarios/campaign/make_customers.py [FILE.csv] [CUSTOMERS] [SEED]

The list beside it has 1 % of the customers of the one that the year is meant for:
python scenarios/campaign/make_customers.py customers_50000.csv 50000 1

Nobody in it is real.  Numbers of the United States are among those that are kept for fiction; all
others are drawn at random among those that look right, and nothing is ever sent to them.  A few
rows are wrong on purpose: a number too short, one that stands twice, a missing name.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

TITLES = (
    *("number", "country", "language", "first_name", "has_children", "birthday", "last_purchase"),
    *("points", "opted_out", "last_seen", "appointment"),
)
TODAY = date(2026, 5, 1)

NAMES = {
    "fi": ["Aino", "Eero", "Helmi", "Kaarlo", "Lempi", "Oskari", "Saimi", "Toivo", "Väinö", "Ölli"],
    "de": ["Anna", "Bruno", "Clara", "Emil", "Frieda", "Jürgen", "Käthe", "Otto", "Sören", "Wilma"],
    "en": ["Alice", "Ben", "Chloe", "Daniel", "Emma", "Frank", "Grace", "Harry", "Isla", "Zoë"],
    "sv": ["Astrid", "Björn", "Elsa", "Gösta", "Ingrid", "Lars", "Märta", "Nils", "Åke", "Ylva"],
    "pl": ["Agnieszka", "Błażej", "Danuta", "Łukasz", "Małgorzata", "Stanisław", "Zofia", "Żaneta"],
}


def fictional_us(draw: random.Random) -> str:
    """555-01xx of an area code: kept for fiction."""
    area = draw.choice((201, 205, 206, 212, 213, 214, 303, 305, 312, 404, 415, 503, 617, 702, 808))
    return f"+1{area}55501{draw.randrange(100):02d}"


COUNTRIES: dict[str, tuple[int, str, Callable[[random.Random], str]]] = {
    "FI": (40, "fi", lambda draw: f"+35840{draw.randrange(10**7):07d}"),
    "DE": (25, "de", lambda draw: f"+49151{draw.randrange(10**8):08d}"),
    "GB": (15, "en", lambda draw: f"+447400{draw.randrange(10**6):06d}"),
    "SE": (10, "sv", lambda draw: f"+4670{draw.randrange(10**7):07d}"),
    "PL": (7, "pl", lambda draw: f"+48512{draw.randrange(10**6):06d}"),
    "US": (3, "en", fictional_us),
}
"""Customers in a hundred, language, and how a number is drawn."""


def day_before(draw: random.Random, most_days: int) -> str:
    """A day within the last so many."""
    return str(TODAY - timedelta(days=draw.randrange(most_days)))


def customer(draw: random.Random) -> list[object]:
    """One row."""
    country = draw.choices(list(COUNTRIES), [found[0] for found in COUNTRIES.values()])[0]
    _, language, number = COUNTRIES[country]
    name = draw.choice(NAMES[language])
    born = date(1945, 1, 1) + timedelta(days=draw.randrange(365 * 62))
    fault = draw.random()
    return [
        number(draw)[: 7 if fault < 0.002 else None],
        country,
        language,
        "" if 0.002 <= fault < 0.005 else name,
        "true" if draw.random() < 0.38 else "false",
        born,
        day_before(draw, 700) if draw.random() < 0.9 else "",
        draw.randrange(0, 5000, 10),
        "true" if draw.random() < 0.04 else "false",
        day_before(draw, 500),
    ]


def appointment(draw: random.Random) -> str:
    """A day of the coming year, for two customers in five."""
    day = TODAY + timedelta(days=7 + draw.randrange(350))
    return str(day) if draw.random() < 0.4 else ""


def main(file: Path, customers: int, seed: int) -> None:
    """Write the list."""
    draw = random.Random(seed)  # noqa: S311 - made-up people need no secrecy
    # Draws of their own, so that what a list had before it had appointments is as it was.
    visits = random.Random(f"appointments {seed}")  # noqa: S311
    rows = [[*customer(draw), appointment(visits)] for _ in range(customers)]
    for _ in range(customers // 400):
        rows[draw.randrange(customers)][0] = rows[draw.randrange(customers)][0]
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(TITLES)
        writer.writerows(rows)


if __name__ == "__main__":
    given = sys.argv[1:] + ["customers.csv", "50000", "1"][len(sys.argv) - 1 :]
    main(Path(given[0]), int(given[1]), int(given[2]))
