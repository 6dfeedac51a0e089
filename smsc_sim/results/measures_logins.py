"""Measures of logins by one-time password: completed, given up, how soon, with how many codes."""

from __future__ import annotations

from .measure import Measure, Shape
from .measures_costs import PRICE_KINDS

GROUP = "Logins"
LOGINS_WITHIN = {10.0: "10s", 20.0: "20s", 30.0: "30s", 60.0: "1min", 120.0: "2min", 300.0: "5min"}
"""Limits in seconds that have a measure `logins_within_<text>` of their own."""


def login_measures() -> list[Measure]:
    """Measures of the run and of classes of one-time passwords, and of both over time."""
    rows: list[tuple[str, str, str, str, Shape]] = [
        ("logins", "logins", "Logins", "Logins begun in the observation window.", "count"),
        (
            "logins_completed",
            "1",
            "Logins completed",
            "Logins that a code completed / logins begun.",
            "percent",
        ),
        (
            "logins_by_fallback",
            "1",
            "Completed by fallback",
            "Logins that a code of the fallback completed / logins begun.",
            "percent",
        ),
        (
            "logins_given_up",
            "1",
            "Logins given up",
            "Logins that the person left / logins begun.",
            "percent",
        ),
        (
            "logins_open",
            "1",
            "Logins open",
            "Logins neither completed nor given up when the run stopped / logins begun.",
            "percent",
        ),
        *(
            (
                f"logins_within_{text}",
                "1",
                f"Logins within {words}",
                f"Logins completed within {words} of their start / logins begun.",
                "percent",
            )
            for text, words in zip(
                LOGINS_WITHIN.values(),
                ("10 s", "20 s", "30 s", "1 min", "2 min", "5 min"),
                strict=True,
            )
        ),
        (
            "codes_per_login",
            "codes",
            "Codes per login",
            "Codes submitted, those of a second route included / logins begun.",
            "plain",
        ),
        (
            "codes_wasted",
            "1",
            "Codes wasted",
            "Codes submitted that completed no login / codes submitted.",
            "percent",
        ),
        (
            "codes_refused_per_login",
            "codes",
            "Codes refused per login",
            "Codes typed in that no longer counted, or had expired / logins begun.",
            "plain",
        ),
        (
            "fallbacks_per_login",
            "1",
            "Fallbacks per login",
            "Logins for which a second route or a call was used / logins begun.",
            "percent",
        ),
        (
            "calls_answered",
            "1",
            "Fallback calls answered",
            "Calls of the fallback that were answered / calls.",
            "percent",
        ),
        (
            "login_time_mean",
            "s",
            "Mean time to log in",
            "Mean time from the start of a login to its completion, over completed ones.",
            "seconds",
        ),
        *(
            (
                f"login_time_p{q}",
                "s",
                "Median time to log in" if q == 50 else f"Time to log in, {q} %",
                f"{q} % of completed logins are faster, from start to completion.",
                "seconds",
            )
            for q in (50, 90, 95, 99)
        ),
        (
            "logins_per_s",
            "logins/s",
            "Logins",
            "Logins begun per second in the interval.",
            "plain",
        ),
    ]
    found = [Measure(n, u, t, d, GROUP, s) for n, u, t, d, s in rows]
    return found + [
        Measure(
            f"{kind}.cost_per_login",
            "currency",
            f"Cost per completed login ({kind})",
            "Price of all codes that SMSCs accepted or an operator capped and bills, and of "
            f"answered calls / logins completed, a ratio of sums: {who}.",
            GROUP,
            "money",
        )
        for kind, who in PRICE_KINDS.items()
    ]


def logins_within_name(seconds: float) -> str:
    """Name of the share of logins completed within a limit.

    Examples
    --------
    >>> logins_within_name(60.0), logins_within_name(45.0)
    ('logins_within_1min', 'logins_within_45s')
    """
    return f"logins_within_{LOGINS_WITHIN.get(seconds, f'{seconds:.10g}s')}"
