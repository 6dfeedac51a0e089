"""Measures of the channels of cells."""

from __future__ import annotations

from .measure import Measure


def radio_measures() -> list[Measure]:
    """Measures of the SDCCHs and TCHs of each MSC."""
    return [
        Measure(
            "blocking",
            "1",
            "Blocking",
            "Requests for a channel that found none free / all requests, retrials included.",
            "Elements",
            "percent",
        )
    ]
