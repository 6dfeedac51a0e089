"""Measures of SMSCs: how far the scheduler runs behind."""

from __future__ import annotations

from .measure import Measure


def smsc_measures() -> list[Measure]:
    """Measures of the scheduler of each SMSC."""
    what = "time between the moment for which an attempt is planned and its start"
    why = "waits for the licence, for limits and for a dialogue"
    return [
        Measure(
            "scheduler_lag_mean",
            "s",
            "Mean scheduler lag",
            f"Mean {what}: {why}.",
            "Elements",
            "seconds",
        ),
        Measure(
            "scheduler_lag_max",
            "s",
            "Longest scheduler lag",
            f"Longest {what}: {why}.",
            "Elements",
            "seconds",
        ),
        Measure(
            "scheduler_lag",
            "s",
            "Scheduler lag",
            f"Mean {what}, of attempts that begin in the interval.",
            "Time series",
            "seconds",
        ),
    ]
