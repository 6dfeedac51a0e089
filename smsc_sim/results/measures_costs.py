"""Measures of what the senders pay, for each kind of price."""

from __future__ import annotations

from .measure import Measure

PRICE_KINDS = {"retail": "what people pay", "a2p": "what application senders pay"}


def cost_measures() -> list[Measure]:
    """Measures of money, for each kind of price."""
    rows = [
        ("cost", "Cost", "Price of all billed segments"),
        ("cost_per_message", "Cost per message", "Price of all billed segments / messages"),
        ("cost_per_segment", "Cost per segment", "Price of all billed segments / segments"),
        (
            "cost_per_delivered",
            "Cost per delivered",
            "Price of all billed segments / messages delivered, a ratio of sums",
        ),
    ]
    return [
        Measure(f"{kind}.{n}", "currency", f"{t} ({kind})", f"{d}: {who}.", "Money", "money")
        for kind, who in PRICE_KINDS.items()
        for n, t, d in rows
    ]
