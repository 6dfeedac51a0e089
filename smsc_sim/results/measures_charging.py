"""Measures of prepaid charging, and their values from the counts of a replication."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .measure import Measure, Shape


def charging_measures() -> list[Measure]:
    """Measures of queries, refusals and what went on without an answer."""
    rows: list[tuple[str, str, str, str, Shape]] = [
        (
            "charging_queries",
            "queries",
            "Charging queries",
            "Charging queries sent.",
            "count",
        ),
        (
            "charging_time_mean",
            "s",
            "Mean charging time",
            "Mean time from a charging query to its answer, over those answered in time.",
            "seconds",
        ),
        (
            "charging_unanswered_ratio",
            "1",
            "Charging unanswered",
            "Charging queries without an answer in time / charging queries.",
            "percent",
        ),
        (
            "charging_refused_ratio",
            "1",
            "Charging refused",
            "Segments refused because there was no credit or no answer / charging queries.",
            "percent",
        ),
        (
            "uncharged",
            "segments",
            "Uncharged",
            "Segments sent on without an answer from charging.",
            "count",
        ),
    ]
    found = [Measure(n, u, t, d, "Charging", s) for n, u, t, d, s in rows]
    return found + [
        Measure(
            f"{kind}.uncharged",
            "currency",
            f"Revenue at risk ({kind})",
            "Price of the segments sent on without an answer from charging; resends count again.",
            "Charging",
            "money",
        )
        for kind in ("retail", "a2p")
    ]


def charging_values(counts: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    """Values of the measures but money; ratios only where there was a query."""
    charges, answered = counts["charges"], counts["charges_answered"]
    yield "charging_queries", charges
    yield "uncharged", counts["uncharged"]
    if charges:
        yield "charging_unanswered_ratio", counts["charges_unanswered"] / charges
        yield "charging_refused_ratio", counts["charge_refusals"] / charges
    if answered:
        yield "charging_time_mean", counts["charge_us"] / 1e6 / answered
