"""Measures of pages and of the channels of cells."""

from __future__ import annotations

from .measure import Measure


def radio_measures() -> list[Measure]:
    """Measures of the channels of each MSC, and of all cells together."""
    rows = [
        (
            "sdcch_utilisation",
            "SDCCH utilisation",
            "Time for which SDCCHs are held / SDCCHs of all cells, over the window.",
        ),
        (
            "sdcch_blocking",
            "SDCCH blocking",
            "Requests for an SDCCH that found none free / all requests, retrials included.",
        ),
        (
            "paging_utilisation",
            "Paging utilisation",
            "Pages sent / pages that the location areas could send, over the window.",
        ),
        (
            "pages_lost",
            "Pages lost",
            "Pages that found the queue of their location area full / all pages.",
        ),
    ]
    found = [Measure(n, "1", t, d, "Radio", "percent") for n, t, d in rows]
    blocking = "Requests for a channel that found none free / all requests, retrials included."
    return [Measure("blocking", "1", "Blocking", blocking, "Elements", "percent"), *found]
