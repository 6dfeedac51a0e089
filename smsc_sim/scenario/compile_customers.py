"""Customers of a list to table rows: which phone, when, and how many octets of text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smsc_sim.content.customers import Counts
from smsc_sim.content.errors import ContentError
from smsc_sim.content.numbering import regions
from smsc_sim.content.scatter import scattered
from smsc_sim.scenario.compile_arrivals import TableRows
from smsc_sim.scenario.customer_lists import Listed
from smsc_sim.scenario.customer_moments import moments_of
from smsc_sim.scenario.customer_rows import Shape, read_listed, refused_at
from smsc_sim.scenario.loader import Loaded

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
    found, counts = read_listed(loaded, name, part, payload)
    if not found.e164:  # the list has titles alone
        raise refused_at(loaded, f"traffic.{name}.audience", _nobody(counts))
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
        raise refused_at(loaded, f"traffic.{name}.{key}", problem) from None
    customer, ns = kept[at.customer], at.ns
    end_ns = loaded.scenario.duration + loaded.scenario.drain_ns
    inside = (ns >= 0) & (ns < end_ns)
    customer, ns = customer[inside], ns[inside]
    order = np.lexsort((e164[customer], ns))
    customer, ns = customer[order], ns[order]
    # Nobody may be due within a run, or a window of one; a list with nobody at all is a mistake.
    if not len(kept):
        raise refused_at(loaded, f"traffic.{name}.audience", _nobody(counts))
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


def _nobody(counts: Counts) -> str:
    return (
        f"has nobody to write to: of {counts.read:,} rows {counts.reached:,} may be written to, "
        "and none of them is in a country of a population; check where, to and the list"
    )


def _countries(loaded: Loaded, part: Listed) -> list[str]:
    return sorted({loaded.scenario.populations[name].country for name in part.to})


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
                raise refused_at(
                    loaded, f"traffic.{name}.to", f"{what}; make the population larger"
                )
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
