"""What operators take from one sender: the shipped tiers, such as US long codes (10DLC)."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from smsc_sim.content.editable import rows_of
from smsc_sim.content.errors import ContentError

TABLE = "sender_limits.csv"
COLUMNS = (
    "tier", "country", "operator", "score", "per_minute", "per_day", "zone",
    "beyond_minute", "beyond_day", "source", "read_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SenderLimit:
    """What one operator takes from one sender of a tier.

    Attributes
    ----------
    tier : str
    country : str
        ISO 3166 alpha-2.
    operator : str
    per_minute : int or None
        Parts in a minute; None for no limit.
    per_day : int or None
        Messages from one midnight to the next; None for no limit.
    zone : str
        Whose midnight, a name of the tz database; empty where there is no limit by day.
    beyond_day : str
        What becomes of a message beyond `per_day`: it fails, and is charged, or is queued until
        the next day.  What comes faster than `per_minute` is always queued.
    score : str
        Vetting scores of the tier, in words.
    source : str
    read_on : date
    """

    tier: str
    country: str
    operator: str
    per_minute: int | None
    per_day: int | None
    zone: str
    beyond_day: Literal["fail", "queue"]
    score: str
    source: str
    read_on: date


@cache
def _tiers() -> dict[str, tuple[SenderLimit, ...]]:
    found: dict[str, list[SenderLimit]] = {}
    for _, cells in rows_of(TABLE, COLUMNS):
        row = dict(zip(COLUMNS, cells, strict=True))
        limit = SenderLimit(
            tier=row["tier"],
            country=row["country"],
            operator=row["operator"],
            per_minute=int(row["per_minute"]) if row["per_minute"] else None,
            per_day=int(row["per_day"]) if row["per_day"] else None,
            zone=row["zone"],
            beyond_day="queue" if row["beyond_day"] == "queue" else "fail",
            score=row["score"],
            source=row["source"],
            read_on=date.fromisoformat(row["read_on"]),
        )
        found.setdefault(limit.tier, []).append(limit)
    return {tier: tuple(limits) for tier, limits in found.items()}


def shipped_tiers() -> tuple[str, ...]:
    """Names of the shipped tiers.

    Examples
    --------
    >>> "us-10dlc-standard-75" in shipped_tiers()
    True
    """
    return tuple(_tiers())


def sender_limits(tier: str) -> tuple[SenderLimit, ...]:
    """Limits of a shipped tier, one for each operator that has any.

    Parameters
    ----------
    tier : str
        Such as us-10dlc-standard-75; its last number is what AT&T takes in a second.

    Returns
    -------
    tuple of SenderLimit
        What goes to an operator without a row has no limit.

    Raises
    ------
    ContentError
        If there is no such tier.

    Examples
    --------
    >>> [(limit.operator, limit.per_minute, limit.per_day) for limit in sender_limits(
    ...     "us-10dlc-standard-75")]
    [('AT&T', 4500, None), ('T-Mobile', None, 200000)]
    """
    tiers = _tiers()
    if tier not in tiers:
        near = difflib.get_close_matches(tier, tiers, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(tiers)}"
        raise ContentError(f"limits: no tier is called '{tier}'; {hint}")
    return tiers[tier]
