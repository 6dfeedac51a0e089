"""Measures of what goes through hubs, and their values."""

from __future__ import annotations

from collections.abc import Iterator

from .measure import Measure

_PAID = "what the operator pays the routes for the segments that they accept"


def offnet_measures() -> list[Measure]:
    """Measures of routes."""
    return [
        Measure(
            "routed",
            "segments",
            "Routed",
            "Segments that a route accepted, tried again ones included.",
            "Off-net",
            "count",
        ),
        Measure(
            "false_receipts",
            "1",
            "False receipts",
            "Segments that a route reported as delivered and did not deliver / segments that a "
            "route accepted.",
            "Off-net",
            "percent",
        ),
        Measure(
            "termination.cost", "currency", "Termination cost", f"All of {_PAID}.", "Off-net",
            "money",
        ),
        Measure(
            "termination.cost_per_delivered",
            "currency",
            "Termination cost per delivered",
            f"All of {_PAID} / messages delivered, a ratio of sums.",
            "Off-net",
            "money",
        ),
    ]  # fmt: skip


def offnet_values(counts: dict[str, int]) -> Iterator[tuple[str, float]]:
    """Values for one class, country or the run; nothing where no segment was routed."""
    routed, delivered = counts["routed"], counts["delivered"]
    if routed == 0:
        return
    yield "routed", routed
    yield "false_receipts", counts["false_receipts"] / routed
    cost = counts["routed_micros"] / 1e6
    yield "termination.cost", cost
    yield "termination.cost_per_delivered", cost / delivered if delivered else float("nan")
