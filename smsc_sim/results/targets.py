"""Targets judged on confidence bounds: met, missed or undecided, with the reason in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .measures import RUN, measure_of, within_name
from .measures_logins import logins_within_name
from .statistics import replications_needed
from .words import duration

Status = Literal["met", "missed", "undecided"]


@dataclass(frozen=True)
class Verdict:
    """What became of one target.

    Attributes
    ----------
    name : str
        Name of the target in the scenario.
    text : str
        The target in words.
    status : str
        met, missed or undecided.
    estimate, lower, upper : float
        Estimate and bounds of its 95 % interval; NaN where not known.
    goal : float
        The value asked for.
    reason : str
        Why, in one sentence.
    """

    name: str
    text: str
    status: Status
    estimate: float
    lower: float
    upper: float
    goal: float
    reason: str


def _percent(share: float) -> str:
    return f"{share * 100:.10g} %"


def goal_of(target: Mapping[str, Any]) -> tuple[float, bool]:
    """Value asked for and whether it is a lower limit.

    Parameters
    ----------
    target : mapping
        Resolved target with `at_least` or `at_most`.

    Returns
    -------
    goal : float
    is_floor : bool

    Raises
    ------
    ValueError
        If the target has neither limit or both.
    """
    limits = [key for key in ("at_least", "at_most") if target.get(key) is not None]
    if len(limits) != 1:
        raise ValueError(
            f"target '{target.get('name')}' needs exactly one of at_least and at_most "
            f"(got {len(limits)})"
        )
    return float(target[limits[0]]), limits[0] == "at_least"


def entity_of(target: Mapping[str, Any]) -> tuple[str, str]:
    """Entity type and entity that a target is about.

    Examples
    --------
    >>> entity_of({"class": "otp"}), entity_of({"class": "otp", "country": "FI"})
    (('class', 'otp'), ('class_country', 'otp/FI'))
    >>> entity_of({"element": "north-a"}), entity_of({"country": "FI"}), entity_of({})
    (('element', 'north-a'), ('country', 'FI'), ('run', '*'))
    """
    if target.get("element"):
        return "element", str(target["element"])
    traffic_class, country = target.get("class") or RUN, target.get("country")
    if country and traffic_class == RUN:
        return "country", str(country)
    if country:
        return "class_country", f"{traffic_class}/{country}"
    return ("run", RUN) if traffic_class == RUN else ("class", str(traffic_class))


def measure_name_of(target: Mapping[str, Any]) -> str:
    """Name of the measure that a target looks at.

    Returns
    -------
    str
        For kind `within` the name `within_<text>` if the limit has one, else `within_<seconds>`,
        which is read from the table of latencies; for kind `logins` the same of logins.
    """
    if target["kind"] == "within":
        return within_name(float(target["within_s"]))
    if target["kind"] == "logins":
        return logins_within_name(float(target["within_s"]))
    defaults = {"utilisation": "utilisation", "calls": "call_blocking"}
    return str(target.get("measure") or defaults.get(target["kind"], "delivery_ratio"))


def target_in_words(target: Mapping[str, Any]) -> str:
    """Write a target as a reader says it.

    Examples
    --------
    >>> target_in_words({"kind": "within", "class": "otp", "within_s": 30.0, "at_least": 0.99})
    '99 % of class otp within 30 s'
    >>> target_in_words({"kind": "ratio", "class": "campaign", "country": "FI", "at_least": 0.95})
    'at least 95 % of class campaign to FI delivered'
    >>> target_in_words({"kind": "utilisation", "element": "north-a", "at_most": 0.4})
    'utilisation of north-a at most 40 %'
    >>> target_in_words({"kind": "calls", "at_most": 0.01})
    'calls lost of all MSCs at most 1 %'
    >>> target_in_words({"kind": "logins", "class": "otp", "within_s": 60.0, "at_least": 0.9})
    '90 % of the logins of class otp within 1 min'
    """
    goal, is_floor = goal_of(target)
    limit = "at least" if is_floor else "at most"
    traffic_class = target.get("class") or RUN
    whom = "all messages" if traffic_class == RUN else f"class {traffic_class}"
    if target.get("country"):
        whom += f" to {target['country']}"
    if target["kind"] == "logins":
        whom = f"the logins of {whom}"
    if target["kind"] in ("within", "logins"):
        share = _percent(goal) if is_floor else f"at most {_percent(goal)}"
        return f"{share} of {whom} within {duration(float(target['within_s']))}"
    name = measure_name_of(target)
    if name == "delivery_ratio":
        return f"{limit} {_percent(goal)} of {whom} delivered"
    measure = measure_of(name)
    about = target.get("element") or ("all MSCs" if target["kind"] == "calls" else whom)
    value = _percent(goal) if measure.shape == "percent" else f"{goal:.10g}"
    if measure.shape == "seconds":
        value = duration(goal)
    title = measure.title[0].lower() + measure.title[1:]
    if target["kind"] == "utilisation" and name != "utilisation":
        title = f"utilisation in the {title}"
    return f"{title} of {about} {limit} {value}"


def judge(
    target: Mapping[str, Any],
    estimate: float,
    half_width: float,
    n: int,
    *,
    exact: bool = False,
    open_share: float = 0.0,
) -> Verdict:
    """Judge one target on the bounds of its 95 % interval.

    Parameters
    ----------
    target : mapping
        name, kind (within, logins, ratio, utilisation or calls), class or element, within_s,
        at_least or at_most, and optionally country and measure, as the resolved scenario has them.
    estimate, half_width : float
        Mean over replications and half-width; NaN half-width if n < 2.
    n : int
        Replications with a value.
    exact : bool
        The estimate has no sampling error, so one value is enough.
    open_share : float
        Messages still open at the end / first submissions, or logins / logins begun.  Each of them
        may still be delivered, or completed.

    Returns
    -------
    Verdict
        A floor is met if the lower bound reaches it and missed if the upper bound, with all open
        messages delivered, stays below; a ceiling the other way round.  Else undecided.
    """
    goal, is_floor = goal_of(target)
    name, text = str(target["name"]), target_in_words(target)
    is_share = is_share_target(target)

    def verdict(status: Status, reason: str, half: float = math.nan) -> Verdict:
        lower, upper = estimate - half, estimate + half
        if is_share:
            lower, upper = max(lower, 0.0), min(upper, 1.0)
        lower, upper = (lower, upper) if math.isfinite(half) else (math.nan, math.nan)
        return Verdict(name, text, status, estimate, lower, upper, goal, reason)

    if not math.isfinite(estimate):
        return verdict("undecided", "nothing was measured: no message or visit in the window")
    half = 0.0 if exact else half_width
    if not exact and (n < 2 or not math.isfinite(half)):
        return verdict(
            "undecided", "one replication gives no interval; run at least 2, better 5 or more"
        )
    of_messages = target["kind"] not in ("utilisation", "calls")
    what = "logins" if target["kind"] == "logins" else "messages"
    reach = half + (open_share if is_share and of_messages else 0.0)
    surely = estimate - half >= goal if is_floor else estimate + reach <= goal
    never = estimate + reach < goal if is_floor else estimate - half > goal
    bounds = "the value" if exact else "the whole 95 % interval"
    if surely:
        return verdict("met", f"{bounds} keeps the target", half)
    if never:
        return verdict("missed", f"{bounds} misses the target", half)
    settled_if_ended = estimate + half < goal if is_floor else estimate + half <= goal
    if open_share > 0.0 and of_messages and settled_if_ended:
        return verdict(
            "undecided",
            f"{_percent(round(open_share, 6))} of the {what} were still open at the end, enough "
            "to change the answer; run with a longer drain",
            half,
        )
    needed = replications_needed(estimate, half, n, goal)
    more = f"about {needed} replications needed" if needed else "more replications would not help"
    return verdict("undecided", f"the interval contains the goal; {more}", half)


def is_share_target(target: Mapping[str, Any]) -> bool:
    """Whether the values of a target lie between 0 and 1."""
    return (
        target["kind"] in ("within", "logins")
        or measure_of(measure_name_of(target)).shape == "percent"
    )
