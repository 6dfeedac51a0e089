"""Tables of the report: measures as formatted rows, each number with its half-width and unit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smsc_sim.results.measure import Measure
from smsc_sim.results.measures import CAUSE, MEASURES, measure_of, unit_of
from smsc_sim.results.measures_costs import PRICE_KINDS
from smsc_sim.results.words import NOTHING, quantity

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates

NOT_DELIVERED = "not delivered"


@dataclass(frozen=True)
class Table:
    """A table ready to be set.

    Attributes
    ----------
    columns : tuple of (title, unit)
        The first column holds names; an empty unit stands with each value or is not needed.
    rows : tuple of tuple of (value, half-width)
        Text; the half-width is empty where there is none.
    """

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[tuple[str, str], ...], ...]


def cell(estimate: float, half_width: float, measure: Measure) -> tuple[str, str]:
    """Write one number for a column whose head gives the unit, except for times.

    Returns
    -------
    value, half_width : str

    Examples
    --------
    >>> cell(0.98423, 0.00131, measure_of("delivery_ratio"))
    ('98.42', '± 0.13')
    >>> cell(301.2, 6.1, measure_of("latency_p95"))
    ('5.02', '± 0.10 min')
    """
    text = quantity(estimate, half_width, measure.shape)
    text = text.removesuffix(" %")
    value, sign, half = text.partition(" ± ")
    return value, f"± {half}" if sign else ""


def head(name: str, currency: str) -> tuple[str, str]:
    """Title and unit of the column of one measure."""
    measure, unit = measure_of(name), unit_of(name, currency)
    if measure.shape == "percent":
        return measure.title, "%"
    # The unit of a time stands in the cell: one column may hold seconds and hours.
    return measure.title, "" if measure.shape == "seconds" or unit == "1" else unit


def _table(
    estimates: Estimates,
    entity_types: Sequence[str],
    names: Sequence[str],
    title: str,
    order: str | None = None,
) -> Table:
    rows = estimates.measures[estimates.measures["entity_type"].isin(list(entity_types))]
    found = {(row["entity"], row["measure"]): row for row in rows.to_dict("records")}
    entities = list(dict.fromkeys(rows["entity"]))
    if order:
        # A stable sort: what has no value stays in the order of the scenario, at the end.
        entities.sort(key=lambda e: -_number(found.get((e, order))))
    names = [n for n in names if n == NOT_DELIVERED or any((e, n) in found for e in entities)]
    currency = str(estimates.manifest["currency"])
    heads = [("Not delivered", "%") if n == NOT_DELIVERED else head(n, currency) for n in names]
    body = []
    for entity in entities:
        cells = [(str(entity), "")]
        for name in names:
            cells.append(_cell_of(found, str(entity), name))
        body.append(tuple(cells))
    return Table(((title, ""), *heads), tuple(body))


def _number(row: Any) -> float:
    value = math.nan if row is None else float(row["estimate"])
    return value if math.isfinite(value) else -math.inf


def _cell_of(found: dict[Any, Any], entity: str, name: str) -> tuple[str, str]:
    row = found.get((entity, "delivery_ratio" if name == NOT_DELIVERED else name))
    if row is None:
        return NOTHING, ""
    if name == NOT_DELIVERED:
        return cell(1.0 - row["estimate"], row["half_width"], measure_of("delivery_ratio"))
    return cell(row["estimate"], row["half_width"], measure_of(name))


def delivery(estimates: Estimates) -> Table:
    """Submissions, delivery ratio and shares within a time of each class and of the run."""
    names = ("submitted", "delivery_ratio", "within_10s", "within_30s", "within_5min", "open")
    return _with_all(estimates, names)


def latencies(estimates: Estimates) -> Table:
    """Quantiles of the latency of each class, always beside the share not delivered."""
    names = ("latency_mean", "latency_p50", "latency_p90", "latency_p95", "latency_p99")
    return _with_all(estimates, (*names, NOT_DELIVERED))


def attempts(estimates: Estimates) -> Table:
    """Attempts, refusals and signalling of each class and of the run."""
    names = (
        "attempts_per_segment",
        "delivered_per_attempt",
        "retry_ratio",
        "refusals_per_message",
        "duplicates_per_delivered",
        "msus_per_delivered",
        "octets_per_delivered",
    )
    return _with_all(estimates, names)


def answers(estimates: Estimates) -> Table | None:
    """How many messages of each class are answered, how soon and at what cost; None if none are."""
    names = (
        *("answers_per_message", "time_to_answer", "answers_received", "answers_in_time"),
        *("opt_outs", *(f"{kind}.cost_per_answer" for kind in PRICE_KINDS)),
    )
    rows = estimates.measures
    answered = set(rows[rows["measure"] == "answers_per_message"]["entity"])
    table = _table(estimates, ["class"], names, "Class")
    found = tuple(row for row in table.rows if row[0][0] in answered)
    return Table(table.columns, found) if found else None


def _with_all(estimates: Estimates, names: Sequence[str]) -> Table:
    table = _table(estimates, ["class"], names, "Class")
    whole = _table(estimates, ["run"], names, "Class")
    if len(table.rows) < 2 or len(whole.columns) != len(table.columns):
        return table
    total = tuple((("all", ""), *row[1:]) for row in whole.rows)
    return Table(table.columns, (*table.rows, *total))


def countries(estimates: Estimates) -> Table:
    """Reliability and cost of each country, most messages first."""
    prices = [f"{kind}.{name}" for kind in ("a2p", "retail") for name in
              ("cost", "cost_per_delivered")]  # fmt: skip
    names = ("submitted", "delivery_ratio", "within_30s", "latency_p50", *prices)
    table = _table(estimates, ["country"], names, "Country", order="submitted")
    rows = tuple(((country_words(row[0][0]), ""), *row[1:]) for row in table.rows)
    return Table(table.columns, rows)


def country_words(code: str) -> str:
    """Write a country as code and name, or the code alone where it has none.

    Examples
    --------
    >>> country_words("FI"), country_words("ZZ")
    ('FI Finland', 'ZZ')
    """
    import pycountry  # its tables are read from disk, which only reports need

    country = pycountry.countries.get(alpha_2=code) if len(code) == 2 else None
    if country is None:
        return code
    return f"{code} {getattr(country, 'common_name', country.name).partition(',')[0]}"


def elements(estimates: Estimates) -> Table:
    """Load and queues of every element, the busiest first."""
    names = (
        "servers",
        "utilisation",
        "busiest_hour",
        "busiest_5min",
        "queue_max",
        "wait_mean",
        "refused",
    )
    return _table(estimates, ["element", "smsc"], names, "Element", order="busiest_hour")


def causes(estimates: Estimates) -> Table:
    """Failed attempts by cause over the whole run, the most frequent first."""
    rows = estimates.measures
    rows = rows[(rows["entity_type"] == "run") & rows["measure"].str.startswith(CAUSE)]
    rows = rows[rows["estimate"] > 0.0].sort_values("estimate", ascending=False, kind="stable")
    body = tuple(
        (
            (measure_of(row["measure"]).title, ""),
            cell(row["estimate"], row["half_width"], measure_of(row["measure"])),
        )
        for row in rows.to_dict("records")
    )
    return Table((("Cause", ""), ("Share of all attempts", "%")), body)


def definitions(estimates: Estimates) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Glossary of the measures that occur in these results.

    Returns
    -------
    list of (group, list of (title, unit, definition))
        In the order of the registry; the causes share one entry.
    """
    used = {str(n) for t in (estimates.measures, estimates.timeline) for n in t["measure"].unique()}
    currency = str(estimates.manifest["currency"])
    groups: dict[str, list[tuple[str, str, str]]] = {}
    special = sorted(n for n in used if n not in MEASURES and not n.startswith(CAUSE))
    for name in [*MEASURES, *special]:
        measure = measure_of(name)
        if name in used:
            unit = "%" if measure.shape == "percent" else unit_of(name, currency)
            row = (measure.title, "" if unit == "1" else unit, measure.definition)
            groups.setdefault(measure.group, []).append(row)
    if any(name.startswith(CAUSE) for name in used):
        words = "Attempts that failed with this cause / all attempts."
        groups["Causes of failure"] = [("Share of a cause", "%", words)]
    return list(groups.items())
