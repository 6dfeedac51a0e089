"""The registry of measures: name, unit, title, definition and group of every number a run reports.

Tables, figure axes, the glossary of the report and `summary.json` all read it, so a measure is
named and explained once.  Definitions follow section 8 of the design.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import replace

from smsc_sim.model.causes import CAUSES

from .measure import Measure, Shape
from .measures_calls import call_measures
from .measures_charging import charging_measures
from .measures_costs import cost_measures
from .measures_failures import failure_measures
from .measures_links import link_measures
from .measures_logins import login_measures
from .measures_offnet import offnet_measures
from .measures_radio import radio_measures
from .measures_replies import reply_measures
from .measures_senders import sender_measures
from .measures_smsc import smsc_measures

RUN = "*"
"""Entity of the rows that hold for the whole run, and the class that means all classes."""

ENTITY_TYPES = ("run", "class", "class_country", "country", "element", "smsc")
"""What a row can be about, in the order of the tables.

`class_country` is optional; its entity is written `class/country`.
"""

WITHIN = {10.0: "10s", 30.0: "30s", 60.0: "1min", 300.0: "5min", 3600.0: "1h"}
"""Limits in seconds that have a measure `within_<text>` of their own."""


def _outcomes() -> list[Measure]:
    rows = [
        ("submitted", "Submitted", "Messages first submitted in the observation window."),
        ("delivered", "Delivered", "Messages whose last segment reached the handset."),
        ("partial", "Partial", "Messages that ended with some but not all segments delivered."),
        ("expired", "Expired", "Messages not delivered before their validity was over."),
        (
            "undeliverable",
            "Undeliverable",
            "Messages ended by a permanent error or by the last allowed attempt.",
        ),
        ("rejected", "Rejected", "Messages never accepted by an SMSC, resends included."),
        ("lost", "Lost", "Accepted messages lost because the store of an SMSC failed."),
        ("open", "Open", "Messages still in the network when the run stopped."),
    ]
    return [Measure(n, "messages", t, d, "Outcomes", "count") for n, t, d in rows]


def _delivery() -> list[Measure]:
    found = [
        Measure(
            "segments_submitted",
            "segments",
            "Segments",
            "Segments of the submitted messages.",
            "Outcomes",
            "count",
        ),
        Measure(
            "segments_per_message",
            "1",
            "Segments per message",
            "Segments submitted / messages submitted.",
            "Outcomes",
            "plain",
        ),
        Measure(
            "delivery_ratio",
            "1",
            "Delivery ratio",
            "Messages delivered / messages first submitted, refused ones included.",
            "Delivery",
            "percent",
        ),
    ]
    for text, words in zip(WITHIN.values(), ("10 s", "30 s", "1 min", "5 min", "1 h"), strict=True):
        found.append(
            Measure(
                f"within_{text}",
                "1",
                f"Within {words}",
                f"Messages whole on the handset within {words} of first submission / messages "
                "first submitted.",
                "Delivery",
                "percent",
            )
        )
    return found


def _latency() -> list[Measure]:
    base = "time from first submission to the last segment on the handset, over delivered messages"
    found = [
        Measure("latency_mean", "s", "Mean latency", f"Mean {base}.", "Latency", "seconds"),
        Measure("latency_p50", "s", "Median latency", f"Median {base}.", "Latency", "seconds"),
    ]
    found += [
        Measure(
            f"latency_p{q}",
            "s",
            f"Latency, {q} %",
            f"{q} % of delivered messages are faster: quantile of the {base}.",
            "Latency",
            "seconds",
        )
        for q in (90, 95, 99)
    ]
    parts = [
        ("submission", "Submission", "between first submission and acceptance by the SMSC"),
        ("store_wait", "Store wait", "in the store of the SMSC, waiting for an attempt"),
        ("routing", "Routing", "asking the HLR where the phone is"),
        ("links", "Links", "on signalling links and in STPs, queueing included"),
        ("radio", "Radio", "in the serving MSC, paging and on the radio channel"),
    ]
    found += [
        Measure(
            f"split_{name}",
            "s",
            f"{title} time",
            f"Mean part of the latency spent {where}.",
            "Latency",
            "seconds",
        )
        for name, title, where in parts
    ]
    return found


def _attempts() -> list[Measure]:
    group = "Attempts and signalling"
    rows: list[tuple[str, str, str, str, Shape]] = [
        (
            "reported_ratio",
            "1",
            "Reported ratio",
            "Messages that the sender sees as delivered in receipts / messages first submitted by "
            "accounts that ask for receipts.",
            "percent",
        ),
        (
            "reported_latency_mean",
            "s",
            "Mean reported latency",
            "Mean time from first submission to the receipt of delivery at the sender.",
            "seconds",
        ),
        (
            "attempts_per_segment",
            "1",
            "Attempts per segment",
            "Delivery attempts / segments accepted.",
            "plain",
        ),
        (
            "delivered_per_attempt",
            "1",
            "Success of attempts",
            "Segments on the handset, duplicates left out / delivery attempts.",
            "percent",
        ),
        (
            "duplicates_per_delivered",
            "1",
            "Duplicates per delivered",
            "Segments that reached a handset a second time / segments delivered.",
            "plain",
        ),
        (
            "resends_per_message",
            "1",
            "Resends per message",
            "Segments submitted again after a refusal or silence / messages first submitted.",
            "plain",
        ),
        (
            "refusals_per_message",
            "1",
            "Refusals per message",
            "Refusals of segments by an SMSC or MSC / messages first submitted.",
            "plain",
        ),
        (
            "retry_ratio",
            "1",
            "Retries per first attempt",
            "Retry attempts / first attempts.",
            "plain",
        ),
        (
            "msus_per_delivered",
            "1",
            "MSUs per delivered",
            "Signalling messages, counted on every link they cross / messages delivered.",
            "plain",
        ),
        (
            "octets_per_delivered",
            "octets",
            "Octets per delivered",
            "Octets of signalling messages on every link they cross / messages delivered.",
            "plain",
        ),
    ]
    return [Measure(n, u, t, d, group, s) for n, u, t, d, s in rows]


def _elements() -> list[Measure]:
    load = "Carried erlang / servers"
    rows: list[tuple[str, str, str, str, Shape]] = [
        ("utilisation", "1", "Utilisation", f"{load}, over the observation window.", "percent"),
        ("busiest_hour", "1", "Busiest hour", f"{load}, in the busiest hour.", "percent"),
        ("busiest_5min", "1", "Busiest 5 min", f"{load}, in the busiest five minutes.", "percent"),
        (
            "busiest_interval",
            "1",
            "Busiest interval",
            f"{load}, in the busiest interval of the time series.",
            "percent",
        ),
        ("queue_mean", "jobs", "Mean queue", "Mean number of jobs waiting.", "plain"),
        ("queue_max", "jobs", "Longest queue", "Largest number of jobs waiting.", "count"),
        ("wait_mean", "s", "Mean wait", "Mean time a job waits before service.", "seconds"),
        ("visits", "visits", "Visits", "Jobs that arrived in the window and were taken.", "count"),
        ("refused", "jobs", "Refused", "Jobs turned away because there was no room.", "count"),
        (
            "offered_erlang",
            "erlang",
            "Offered load",
            "Service time asked for / length of the window, refused jobs included.",
            "plain",
        ),
        ("servers", "servers", "Servers", "Parallel units of the element.", "count"),
    ]
    return [Measure(n, u, t, d, "Elements", s) for n, u, t, d, s in rows]


def _timeline() -> list[Measure]:
    rows: list[tuple[str, str, str, str, Shape]] = [
        ("queue", "jobs", "Queue", "Mean number of jobs waiting in the interval.", "plain"),
        (
            "submitted_per_s",
            "messages/s",
            "Submitted",
            "First submissions per second in the interval.",
            "plain",
        ),
        (
            "delivered_per_s",
            "messages/s",
            "Delivered",
            "Messages delivered per second in the interval.",
            "plain",
        ),
        ("in_flight", "messages", "In flight", "Messages in the network at its end.", "count"),
        (
            "first_attempts_per_s",
            "attempts/s",
            "First attempts",
            "First delivery attempts per second in the interval.",
            "plain",
        ),
        (
            "retry_attempts_per_s",
            "attempts/s",
            "Retry attempts",
            "Later delivery attempts per second in the interval.",
            "plain",
        ),
        ("store", "segments", "Store", "Segments in the store of the SMSC.", "count"),
        ("dialogues", "dialogues", "Open dialogues", "Dialogues open in the SMSC.", "count"),
        ("up", "1", "Up", "Share of the interval in which the element worked.", "percent"),
    ]
    return [Measure(n, u, t, d, "Time series", s) for n, u, t, d, s in rows]


MEASURES: dict[str, Measure] = {
    m.name: m
    for m in [
        *_outcomes(),
        *_delivery(),
        *_latency(),
        *_attempts(),
        *failure_measures(),
        *charging_measures(),
        *sender_measures(),
        *cost_measures(),
        *reply_measures(),
        *offnet_measures(),
        *_elements(),
        *link_measures(),
        *radio_measures(),
        *smsc_measures(),
        *_timeline(),
        *call_measures(),
        *login_measures(),
    ]
}
"""Every measure with a fixed name, in the order of the glossary."""

OUTCOMES = ("delivered", "partial", "expired", "undeliverable", "rejected", "lost", "open")
"""The ends of a message; together they make up `submitted`."""

SPLIT = ("split_submission", "split_store_wait", "split_routing", "split_links", "split_radio")
"""The parts of the latency, in the order in which a message meets them."""

CAUSE = "cause."
"""Prefix of the measures `cause.<cause>`."""

CAUSE_TITLES = {cause.name: cause.title for cause in CAUSES}


def within_name(seconds: float) -> str:
    """Name of the share of messages on the handset within a limit.

    Examples
    --------
    >>> within_name(30.0), within_name(45.0)
    ('within_30s', 'within_45s')
    """
    return f"within_{WITHIN.get(seconds, f'{seconds:.10g}s')}"


def measure_of(name: str) -> Measure:
    """Describe one measure.

    Parameters
    ----------
    name : str
        A key of `MEASURES`, `cause.<cause>` or `within_<seconds>s`.

    Returns
    -------
    Measure

    Raises
    ------
    ValueError
        If no measure has this name; the nearest name is offered.

    Examples
    --------
    >>> measure_of("delivery_ratio").title
    'Delivery ratio'
    >>> measure_of("cause.absent_subscriber").title
    'Absent subscriber'
    """
    if name in MEASURES:
        return MEASURES[name]
    limit = re.fullmatch(r"(logins_)?within_([0-9.e+]+)s", name)
    if limit:  # the limit of a target
        like = MEASURES[f"{limit.group(1) or ''}within_10s"]
        words = f"{limit.group(2)} s"
        title, definition = (text.replace("10 s", words) for text in (like.title, like.definition))
        return replace(like, name=name, title=title, definition=definition)
    if name.startswith(CAUSE) and len(name) > len(CAUSE):
        cause = name.removeprefix(CAUSE)
        words = CAUSE_TITLES.get(cause, cause.replace("_", " "))
        return Measure(
            name,
            "1",
            words[0].upper() + words[1:],
            f"Attempts that failed with cause '{words}' / all attempts.",
            "Causes of failure",
            "percent",
        )
    near = difflib.get_close_matches(name, MEASURES, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else "; see smsc_sim.results.measures"
    raise ValueError(f"no measure is called '{name}'{hint}")


def unit_of(name: str, currency: str) -> str:
    """Unit of one measure, with the currency of the run in place of `currency`.

    Raises
    ------
    ValueError
        If no measure has this name.
    """
    unit = measure_of(name).unit
    return currency if unit == "currency" else unit
