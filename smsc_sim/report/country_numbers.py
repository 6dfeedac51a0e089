"""What the cost and the reliability of a country are made of, read off the measures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from smsc_sim.results.measures import CAUSE, OUTCOMES, WITHIN, within_name
from smsc_sim.results.measures_costs import PRICE_KINDS

from .summary import Numbers

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates

KINDS = tuple(sorted(PRICE_KINDS))
"""Kinds of price in the order of rows: a2p before retail."""

ENDS = tuple(name for name in OUTCOMES if name != "delivered")
"""How a message can end, or stay, without being delivered."""


class PriceParts(NamedTuple):
    """Cost per delivered message of one country and kind of price, as a sum of three parts.

    Attributes
    ----------
    kind : str
        `a2p` or `retail`.
    segment : float
        Price of one segment, in the currency of the run; the mean where prices differ.
    longer : float
        What messages of more than one segment add.
    undelivered : float
        What messages that were paid for and not delivered add; NaN when none was delivered.
    total : float
        Cost per delivered message; NaN when none was delivered.
    half_width : float
        Of the total; NaN where it is not known.
    """

    kind: str
    segment: float
    longer: float
    undelivered: float
    total: float
    half_width: float

    @property
    def surcharge(self) -> float:
        """Share by which a delivered message costs more than one segment."""
        return self.total / self.segment - 1.0 if self.segment > 0.0 else math.nan

    @property
    def surcharge_half_width(self) -> float:
        """Half-width of the surcharge, the price of a segment being known."""
        return self.half_width / self.segment if self.segment > 0.0 else math.nan


def country_codes(estimates: Estimates) -> list[str]:
    """Countries of a run, most messages first; equal ones in the order of the scenario."""
    rows = estimates.measures[estimates.measures["entity_type"] == "country"]
    numbers = Numbers(estimates)
    codes = [str(code) for code in dict.fromkeys(rows["entity"])]
    # What has no value counts as nothing, and a sort by it keeps the order.
    return sorted(codes, key=lambda code: -_or_nought(numbers.value("country", code, "submitted")))


def classes_in(estimates: Estimates, country: str) -> list[str]:
    """Classes that have messages to a country, in the order of the scenario."""
    rows = estimates.measures[estimates.measures["entity_type"] == "class_country"]
    entities = dict.fromkeys(str(entity) for entity in rows["entity"])
    return [e.removesuffix(f"/{country}") for e in entities if e.endswith(f"/{country}")]


def causes_in(estimates: Estimates, country: str) -> list[str]:
    """Measures `cause.<cause>` of a country, the most frequent first."""
    rows = estimates.measures
    rows = rows[(rows["entity_type"] == "country") & (rows["entity"] == country)]
    rows = rows[rows["measure"].str.startswith(CAUSE) & (rows["estimate"] > 0.0)]
    return [str(n) for n in rows.sort_values("estimate", ascending=False, kind="stable")["measure"]]


def price_parts(numbers: Numbers, country: str) -> list[PriceParts]:
    """Split the cost per delivered message of a country, for each kind of price that it has.

    Parameters
    ----------
    numbers : Numbers
    country : str

    Returns
    -------
    list of PriceParts
        The parts of each add up to its total.
    """
    found = []
    for kind in KINDS:
        segment = numbers.value("country", country, f"{kind}.cost_per_segment")
        if not math.isfinite(segment):
            continue
        message = numbers.value("country", country, f"{kind}.cost_per_message")
        total = numbers.value("country", country, f"{kind}.cost_per_delivered")
        # Refused messages are not billed, so the mean bill of a message may be less than a segment.
        longer = max(message - segment, 0.0)
        half_width = numbers.half_width("country", country, f"{kind}.cost_per_delivered")
        undelivered = total - segment - longer
        found.append(PriceParts(kind, segment, longer, undelivered, total, half_width))
    return found


def share_of_end(numbers: Numbers, country: str, end: str) -> float:
    """Messages of a country with one end, as a share of those submitted; 0 where there is none."""
    count = numbers.value("country", country, end)
    return count / numbers.value("country", country, "submitted") if count > 0.0 else 0.0


def limits_of(estimates: Estimates) -> list[tuple[float, str]]:
    """Limits in seconds with the measures `within_<limit>` of this run, the shortest first.

    Examples
    --------
    `[(10.0, "within_10s"), (30.0, "within_30s"), (45.0, "within_45s"), ...]`
    """
    rows = estimates.measures[estimates.measures["entity_type"] == "country"]
    return sorted(_limits(str(name) for name in rows["measure"].unique()))


def _limits(names: Iterable[str]) -> list[tuple[float, str]]:
    known = {within_name(seconds): seconds for seconds in WITHIN}
    found = []
    for name in names:
        limit = re.fullmatch(r"within_([0-9.e+]+)s", name)
        if name in known:
            found.append((known[name], name))
        elif limit:
            found.append((float(limit.group(1)), name))
    return found


def _or_nought(value: float) -> float:
    return value if math.isfinite(value) else 0.0
