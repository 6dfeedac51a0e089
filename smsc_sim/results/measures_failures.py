"""Measures of what failures do: elements out of service, work done twice."""

from __future__ import annotations

from .measure import Measure


def failure_measures() -> list[Measure]:
    """Measures of availability and of restarts."""
    group = "Failures"
    return [
        Measure(
            "availability",
            "1",
            "Availability",
            "Share of the observation window in which the element was in service.",
            group,
            "percent",
        ),
        Measure(
            "repeats",
            "segments",
            "Repeats",
            "Segments whose attempt, or queueing for one, a crash of their SMSC broke off; "
            "repeated after the restart.",
            group,
            "count",
        ),
        Measure(
            "restart_duplicates_per_delivered",
            "1",
            "Restart duplicates",
            "Segments that reached a handset a second time after a crash broke off an attempt / "
            "segments delivered.",
            group,
            "plain",
        ),
    ]
