"""Measures of calls and location updates, which share the radio channels with short messages."""

from __future__ import annotations

from .measure import Measure, Shape

GROUP = "Calls and channels"


def call_measures() -> list[Measure]:
    """Measures of the run and of MSCs, and of both over time."""
    known = "calls of which the run shows how they ended"
    rows: list[tuple[str, str, str, str, Shape]] = [
        (
            "calls_offered",
            "calls",
            "Calls",
            "Calls first tried in the window, by phones that have GSM access and are within reach.",
            "count",
        ),
        (
            "calls_per_s",
            "calls/s",
            "Calls",
            "Calls first tried per second in the interval.",
            "plain",
        ),
        (
            "call_blocking",
            "1",
            "Calls lost",
            f"Calls that in the end found no SDCCH or no TCH / {known}.",
            "percent",
        ),
        (
            "call_blocking_sdcch",
            "1",
            "Lost at SDCCH",
            f"Calls that in the end found no SDCCH / {known}.",
            "percent",
        ),
        (
            "call_blocking_tch",
            "1",
            "Lost at TCH",
            f"Calls that in the end found no TCH / {known}.",
            "percent",
        ),
        (
            "call_failures",
            "1",
            "Calls not served",
            f"Calls whose page was lost or whose MSC was down / {known}.",
            "percent",
        ),
        (
            "retrials_per_call",
            "1",
            "Retrials per call",
            "Times that a call was tried again for want of a channel / calls first tried.",
            "plain",
        ),
        (
            "updates_offered",
            "updates",
            "Updates",
            "Location updates first tried in the window.",
            "count",
        ),
        (
            "update_blocking",
            "1",
            "Updates lost",
            "Location updates that in the end found no SDCCH / updates of which the run shows how "
            "they ended.",
            "percent",
        ),
    ]
    return [Measure(n, u, t, d, GROUP, s) for n, u, t, d, s in rows]
