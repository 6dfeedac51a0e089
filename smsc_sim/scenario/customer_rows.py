"""Rows of the list of a traffic: numbers, countries, shapes of texts, and what cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from smsc_sim.content import cells
from smsc_sim.content.alphabets import Alphabet
from smsc_sim.content.capacity import (
    PAYLOAD_OCTETS,
    header_octets_of,
    segment_capacity,
    user_data_octets,
)
from smsc_sim.content.customers import Counts, Customers, Reject, read_customers
from smsc_sim.content.errors import ContentError
from smsc_sim.content.letters import Letters
from smsc_sim.content.numbering import regions
from smsc_sim.model.network import MOST_SEGMENTS
from smsc_sim.scenario.customer_lists import Listed, audience_of
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import Loaded
from smsc_sim.scenario.schema_customers import Triggered

Shape = tuple[int, int, int]
"""Segments of a text, octets of all but the last, octets of the last."""


@dataclass(slots=True)
class ListedRows:
    """Customers who may be written to, as arrays that grow batch by batch."""

    e164: list[npt.NDArray[np.int64]] = field(default_factory=list)
    country: list[npt.NDArray[np.int16]] = field(default_factory=list)
    text: list[npt.NDArray[np.int32]] = field(default_factory=list)
    value: list[npt.NDArray[np.float64]] = field(default_factory=list)
    shapes: dict[Shape, int] = field(default_factory=dict)


def refused_at(loaded: Loaded, path: str, problem: str) -> ScenarioError:
    """Error about the value of a dotted path; the problem ends with its remedy."""
    what, _, remedy = problem.partition("; ")
    return ScenarioError([loaded.problem(path, what, remedy)], loaded.file)


def rejects_of(loaded: Loaded, name: str) -> Iterator[list[Reject]]:
    """Rows of the list of a traffic that cannot be used, batch by batch.

    Raises
    ------
    ScenarioError
        As `compile_customers.addressees`.
    """
    part = loaded.scenario.traffic[name]
    assert isinstance(part, Listed)
    found: list[list[Reject]] = []
    read_listed(loaded, name, part, PAYLOAD_OCTETS, found.append)
    yield from found


def read_listed(
    loaded: Loaded,
    name: str,
    part: Listed,
    payload: int,
    tell: Callable[[list[Reject]], None] | None = None,
) -> tuple[ListedRows, Counts]:
    """Read the list, and cut the text of each customer; tell the rows that cannot be used."""
    of, listed = part.audience, loaded.lists[name]
    assert of is not None, "it has a list"
    audience = audience_of(of, listed.file, listed.where, loaded.scenario.start)
    typed: dict[str, type] = {}
    if isinstance(part, Triggered):
        typed = {part.date: date} if part.date is not None else {}
        typed |= {part.points.column: float} if part.points is not None else {}
    found = ListedRows()
    letters = listed.letters
    try:
        reading = read_customers(audience, letters.attributes if letters else (), typed)
        for customers in reading.batches():
            country = _country_codes(customers)
            text, good = np.full(len(country), -1, np.int32), np.ones(len(country), np.bool_)
            languages = np.zeros(len(country), np.int64)
            if letters is not None:
                languages, written = letters.write(customers)
                text, good = _shapes(found.shapes, written, payload)
            if tell is not None:
                bad = [
                    _unwritten(letters, int(languages[row]), customers, int(row))
                    for row in np.flatnonzero(~good)
                ]
                tell([*reading.rejects, *bad])
            value = np.full(len(country), np.nan)
            for column in customers.values.values():
                value = _numbers(column)
            refused = int((~good).sum())
            reading.counts.reached -= refused
            reading.counts.rejected += refused
            found.e164.append(customers.e164[good])
            found.country.append(country[good])
            found.text.append(text[good])
            found.value.append(value[good])
    except ContentError as error:
        problem = str(error).replace(str(listed.file), of.file)
        raise refused_at(loaded, f"traffic.{name}.audience", problem) from None
    return found, reading.counts


def _unwritten(letters: Letters | None, language: int, customers: Customers, row: int) -> Reject:
    """Why a customer's text cannot be sent."""
    lacking = letters.lacking(language, customers, row) if letters is not None else ""
    number = int(customers.rows[row])
    if lacking:
        return number, lacking, "is missing, and its text needs it", ""
    return number, "", f"the text needs more than {MOST_SEGMENTS} segments", ""


def _country_codes(customers: Customers) -> npt.NDArray[np.int16]:
    if customers.country is None:
        return customers.region
    at = {region: code for code, region in enumerate(regions())}
    codes = cells.coded(customers.country, lambda text: at.get(text, -1))
    return codes.astype(np.int16)


def _numbers(column: pa.Array) -> npt.NDArray[np.float64]:
    """Days since 1970 or numbers, NaN where missing."""
    if not pa.types.is_floating(column.type) and not pa.types.is_integer(column.type):
        days = cells.days_of(column)
        return np.where(days == cells.BAD_DAY, np.nan, days.astype(np.float64))
    found: npt.NDArray[np.float64] = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return found


def _shapes(
    known: dict[Shape, int], written: pa.Array, payload: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """Index of each text's shape, and whether it can be sent at all."""
    missing = written.is_null().to_numpy(zero_copy_only=False)
    from smsc_sim.content.sizes import DEFAULTS, measured  # it takes numba

    sizes = measured(written.fill_null(""), {**DEFAULTS, "payload_octets": payload})
    good = ~missing & (sizes["segments"] > 0) & (sizes["segments"] <= MOST_SEGMENTS)
    keys = np.stack([sizes["alphabet"], sizes["segments"], sizes["room"]], axis=1).astype(np.int64)
    keys[~good] = -1
    each, index = np.unique(keys, axis=0, return_inverse=True)
    codes = np.array(
        [
            -1
            if row[0] < 0
            else known.setdefault(_shape(row[0], row[1], row[2], payload), len(known))
            for row in each.tolist()
        ],
        np.int32,
    )
    return codes[index.reshape(-1)], good


def _shape(alphabet: int, segments: int, room: int, payload: int) -> Shape:
    header = header_octets_of(1) if segments > 1 else 0
    code = (Alphabet.GSM7, Alphabet.UCS2)[alphabet]
    capacity = segment_capacity(code, header, payload)
    octets = partial(user_data_octets, code, header_octets=header)
    last = octets(capacity - room)
    return segments, octets(capacity) if segments > 1 else last, last
