"""Customers of a list to table rows: which phone, when, and how many octets of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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
from smsc_sim.content.customers import Audience, Counts, Customers, Reject, read_customers
from smsc_sim.content.errors import ContentError
from smsc_sim.content.letters import Letters
from smsc_sim.content.numbering import regions
from smsc_sim.content.scatter import scattered
from smsc_sim.content.sizes import DEFAULTS, measured
from smsc_sim.model.network import MOST_SEGMENTS
from smsc_sim.scenario.compile_arrivals import TableRows
from smsc_sim.scenario.customer_lists import Listed
from smsc_sim.scenario.customer_moments import moments_of
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import Loaded
from smsc_sim.scenario.moments import later
from smsc_sim.scenario.schema_customers import Triggered

Shape = tuple[int, int, int]
"""Segments of a text, octets of all but the last, octets of the last."""

AudienceCounts = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Addressees:
    """Messages to customers, and who gets none.

    Attributes
    ----------
    table : TableRows
        `text` is an index in `shapes`, or absent where these are none.
    shapes : tuple of Shape
        Of the texts, each once.
    share_of : tuple of float
        Of the messages that have each shape.
    to : dict of str to float
        Population and its share of the messages.
    counts : Counts
        What became of the rows of the list.
    no_population : int
        Customers of countries that no population of `to` is in; a part of those reached.
    not_due : int
        Customers reached to whom nothing is sent within the run.
    customers : int
        Customers to whom something is sent.
    """

    table: TableRows
    shapes: tuple[Shape, ...]
    share_of: tuple[float, ...]
    to: dict[str, float]
    counts: Counts
    no_population: int
    not_due: int
    customers: int

    @property
    def rows(self) -> list[tuple[int, int, int, float]]:
        """Rows of the text mix, as of `compile_texts.text_rows`."""
        return [(*shape, share) for shape, share in zip(self.shapes, self.share_of, strict=True)]


@dataclass(slots=True)
class _Found:
    """Customers who may be written to, as arrays that grow batch by batch."""

    e164: list[npt.NDArray[np.int64]] = field(default_factory=list)
    country: list[npt.NDArray[np.int16]] = field(default_factory=list)
    text: list[npt.NDArray[np.int32]] = field(default_factory=list)
    value: list[npt.NDArray[np.float64]] = field(default_factory=list)
    shapes: dict[Shape, int] = field(default_factory=dict)


def addressees(loaded: Loaded, name: str, populations: list[str], payload: int) -> Addressees:
    """Whom a traffic writes to, when and how much.

    Parameters
    ----------
    loaded : Loaded
    name : str
        Of the traffic.
    populations : list of str
        In the order of their rows.
    payload : int
        Octets of user data in a segment.

    Raises
    ------
    ScenarioError
        If the list lacks a column, nothing can be sent to anybody, or a population has fewer phones
        than the list has customers in its country.

    Notes
    -----
    Nothing depends on the order of the rows: phones and moments follow from the numbers.
    """
    part = loaded.scenario.traffic[name]
    assert isinstance(part, Listed)
    found, counts = _read(loaded, name, part, payload)
    if not found.e164:  # the list has titles alone
        raise _refused(loaded, f"traffic.{name}.audience", _nobody(counts))
    e164, country = np.concatenate(found.e164), np.concatenate(found.country)
    value, shape = np.concatenate(found.value), np.concatenate(found.text)
    shapes = sorted(found.shapes)  # whichever came first in the list
    text = np.array([shapes.index(s) for s in found.shapes] or [-1], np.int32)[shape]
    population, phone = _phones(loaded, name, part, e164, country)
    codes = [regions().index(c) if c in regions() else -1 for c in _countries(loaded, part)]
    is_there = np.isin(country, codes)
    kept = np.flatnonzero(is_there)
    try:
        at = moments_of(loaded.scenario, name, part, e164[kept], country[kept], value[kept])
    except ContentError as error:
        key, _, problem = str(error).partition(": ")
        raise _refused(loaded, f"traffic.{name}.{key}", problem) from None
    customer, ns = kept[at.customer], at.ns
    end_ns = loaded.scenario.duration + loaded.scenario.drain_ns
    inside = (ns >= 0) & (ns < end_ns)
    customer, ns = customer[inside], ns[inside]
    order = np.lexsort((e164[customer], ns))
    customer, ns = customer[order], ns[order]
    # Nobody may be due within a run, or a window of one; a list with nobody at all is a mistake.
    if not len(kept):
        raise _refused(loaded, f"traffic.{name}.audience", _nobody(counts))
    names, row_of = np.unique(population[customer], return_inverse=True)
    rows = np.array([populations.index(part_name) for part_name in names.tolist()], np.int64)
    number = np.bincount(row_of)
    told = len(np.unique(customer))
    of_shape = np.bincount(text[customer], minlength=len(shapes)) if shapes else np.zeros(0)
    return Addressees(
        TableRows(
            ns=ns,
            population=rows[row_of],
            phone=phone[customer],
            text=text[customer] if shapes else None,
        ),
        tuple(shapes),
        tuple(float(n) / max(len(ns), 1) or 1 / len(shapes) for n in of_shape),
        {str(n): float(k) / len(ns) for n, k in zip(names, number, strict=True)} or part.to,
        counts,
        len(e164) - len(kept),
        len(kept) - told,
        told,
    )


def _refused(loaded: Loaded, path: str, problem: str) -> ScenarioError:
    what, _, remedy = problem.partition("; ")
    return ScenarioError([loaded.problem(path, what, remedy)], loaded.file)


def _nobody(counts: Counts) -> str:
    return (
        f"has nobody to write to: of {counts.read:,} rows {counts.reached:,} may be written to, "
        "and none of them is in a country of a population; check where, to and the list"
    )


def _countries(loaded: Loaded, part: Listed) -> list[str]:
    return sorted({loaded.scenario.populations[name].country for name in part.to})


def rejects_of(loaded: Loaded, name: str) -> Iterator[list[Reject]]:
    """Rows of the list of a traffic that cannot be used, batch by batch.

    Raises
    ------
    ScenarioError
        As `addressees`.
    """
    part = loaded.scenario.traffic[name]
    assert isinstance(part, Listed)
    found: list[list[Reject]] = []
    _read(loaded, name, part, PAYLOAD_OCTETS, found.append)
    yield from found


def _read(
    loaded: Loaded,
    name: str,
    part: Listed,
    payload: int,
    tell: Callable[[list[Reject]], None] | None = None,
) -> tuple[_Found, Counts]:
    """Read the list, and cut the text of each customer; tell the rows that cannot be used."""
    of, listed = part.audience, loaded.lists[name]
    assert of is not None, "it has a list"
    start = loaded.scenario.start
    audience = Audience(
        file=listed.file,
        number=of.number,
        country=of.country or "",
        where=listed.where,
        opted_out=of.opted_out or "",
        seen=of.seen or "",
        stale_before=later(start, -of.stale_after).date(),
        share=of.share,
    )
    typed: dict[str, type] = {}
    if isinstance(part, Triggered):
        typed = {part.date: date} if part.date is not None else {}
        typed |= {part.points.column: float} if part.points is not None else {}
    found = _Found()
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
        raise _refused(loaded, f"traffic.{name}.audience", problem) from None
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


def _phones(
    loaded: Loaded,
    name: str,
    part: Listed,
    e164: npt.NDArray[np.int64],
    country: npt.NDArray[np.int16],
) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.int64]]:
    """Population and phone of each customer."""
    scenario = loaded.scenario
    population = np.full(len(e164), "", f"<U{max(len(n) for n in scenario.populations)}")
    phone = np.full(len(e164), -1, np.int64)
    for code in _countries(loaded, part):
        names = sorted(n for n in part.to if scenario.populations[n].country == code)
        rows = np.flatnonzero(country == (regions().index(code) if code in regions() else -1))
        ends = np.cumsum([part.to[n] for n in names])
        u = scattered(e164[rows], "population of a customer") * ends[-1]
        chosen = np.minimum(np.searchsorted(ends, u, side="right"), len(names) - 1)
        for index, to in enumerate(names):
            mine = rows[chosen == index]
            size = scenario.populations[to].size
            if len(mine) > size:
                what = f"has {len(mine):,} customers for the {size:,} phones of '{to}'"
                raise _refused(loaded, f"traffic.{name}.to", f"{what}; make the population larger")
            population[mine] = to
            phone[mine] = phones_of(e164[mine], size)
    return population, phone


def phones_of(e164: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
    """A phone of its own for each number, whatever their order.

    Parameters
    ----------
    e164 : (n,) int64 array
        Each number once, at most `size`.
    size : int

    Returns
    -------
    (n,) int64 array
        Each phone of [0, size) at most once. A number has the phone that its hash says; where two
        have the same one, the larger number takes the next that is free.

    Examples
    --------
    >>> sorted(phones_of(np.array([4, 7, 9]), 3).tolist())
    [0, 1, 2]
    """
    wanted = (scattered(e164, "phone of a customer") * size).astype(np.int64)
    order = np.lexsort((e164, wanted))
    n = np.arange(len(order))
    place = np.maximum.accumulate(wanted[order] - n) + n
    over = place >= size  # they go round to the lowest that are free
    if over.any():
        free = np.ones(size, np.bool_)
        free[place[~over]] = False
        place[over] = np.flatnonzero(free)[: over.sum()]
    phone = np.empty(len(order), np.int64)
    phone[order] = place
    return phone


def left_out(found: Addressees) -> AudienceCounts:
    """Messages, customers and rows of a list, and what became of all other rows: words, number."""
    counts = found.counts
    return (
        ("messages", len(found.table.ns)),
        ("customers", found.customers),
        ("rows", counts.read),
        ("cannot be used", counts.rejected),
        ("duplicates", counts.duplicates),
        ("not selected", counts.not_selected),
        ("opted out", counts.opted_out),
        ("stale", counts.stale),
        ("not in the share", counts.not_in_share),
        ("in no country of its populations", found.no_population),
        ("not due in this run", found.not_due),
    )


def audience_lines(audiences: Iterable[tuple[str, AudienceCounts]]) -> list[str]:
    """What became of the rows of each list, a line for each traffic.

    Parameters
    ----------
    audiences : iterable of (str, tuple of (str, int))
        Of `Names.audiences`.
    """
    lines = []
    for name, found in audiences:
        (_, messages), (_, customers), (_, rows), *others = found
        why = ", ".join(f"{n:,} {words}" for words, n in others if n)
        lines.append(
            f"'{name}' writes {messages:,} messages to {customers:,} of {rows:,} customers"
            + (f"; left out: {why}" if why else "")
        )
    return lines
