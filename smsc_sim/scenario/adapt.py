"""A smaller scenario for a first look: part of the day, or a share of the people and units.

Results of either are not for decisions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeVar

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.moments import Clock, later, parse_moment, start_text
from smsc_sim.scenario.nodes import NODE_KINDS
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_applications import DesktopWidget, OneTimePassword
from smsc_sim.scenario.schema_base import Part
from smsc_sim.scenario.schema_batches import Broadcast, Campaign, NewsAlert, SportsTicker
from smsc_sim.scenario.schema_customers import Recurring, Triggered
from smsc_sim.scenario.schema_elements import Msc, Smsc
from smsc_sim.scenario.schema_events import Failure, Outage
from smsc_sim.scenario.schema_links import LinkSet
from smsc_sim.scenario.schema_offnet import Incoming
from smsc_sim.scenario.schema_survey import Survey
from smsc_sim.scenario.schema_trace import TraceTraffic
from smsc_sim.scenario.schema_traffic import Traffic
from smsc_sim.scenario.units import (
    DURATION,
    MESSAGES,
    NANOSECONDS,
    RATE,
    Kind,
    written,
)

_WINDOW = re.compile(r"\s*(\d?\d:\d\d(?::\d\d)?)\s*-\s*(\d?\d:\d\d(?::\d\d)?)\s*", re.ASCII)

P = TypeVar("P", bound=Part)


def windowed(scenario: Scenario, window: str) -> tuple[Scenario, list[str]]:
    """Scenario of a part of the day, "19:00-21:00", and what changed as "key: old -> new".

    Failures and campaigns move with it; what lies outside is left out, what reaches into it is cut.

    Raises
    ------
    Refusal
        If the window is no part of the scenario's time.
    """
    match = _WINDOW.fullmatch(window)
    if match is None:
        raise Refusal("needs two clock times", "write e.g. 19:00-21:00")
    begin = parse_moment(match.group(1), Clock(scenario.start, scenario.duration))
    start = later(scenario.start, begin)
    left = scenario.duration - begin
    if match.group(1) == match.group(2):
        raise Refusal("is empty", "write e.g. 19:00-21:00")
    # One nanosecond more, as a window may end where the scenario ends.
    duration = parse_moment(match.group(2), Clock(start, left + 1))
    if scenario.warm_up >= duration:
        raise Refusal("is not longer than the warm-up", "choose a longer window")
    notes = [
        f"start: {start_text(scenario.start)} -> {start_text(start)}",
        f"duration: {written(DURATION, scenario.duration)} -> {written(DURATION, duration)}",
    ]
    failures = {}
    for name, failure in scenario.failures.items():
        moved = _moved_failure(name, failure, begin, duration, notes)
        if moved is not None:
            failures[name] = moved
    traffic = {}
    for name, part in scenario.traffic.items():
        kept = _moved_traffic(name, part, begin, duration, notes)
        if kept is not None:
            traffic[name] = kept
    if not traffic:
        raise Refusal("has no traffic", "choose another window")
    classes = {part.class_ for part in traffic.values()}
    targets = {}
    for name, target in scenario.targets.items():
        if getattr(target, "class_", None) in (None, *classes):
            targets[name] = target
        else:
            notes.append(f"targets.{name}: left out, its class has no traffic in the window")
    update = {
        "start": start,
        "duration": duration,
        "failures": failures,
        "traffic": traffic,
        "targets": targets,
    }
    return scenario.model_copy(update=update), notes


def _moved_failure(
    name: str, failure: Failure, begin: int, duration: int, notes: list[str]
) -> Failure | None:
    if not isinstance(failure, Outage):
        return failure
    at, end = failure.at - begin, failure.at - begin + failure.for_
    if end <= 0 or at >= duration:
        notes.append(f"failures.{name}: left out, it is not in the window")
        return None
    notes.append(f"failures.{name}.at: +{_time(failure.at)} -> +{_time(max(at, 0))}")
    if at < 0:
        notes.append(f"failures.{name}.for: {_time(failure.for_)} -> {_time(end)}")
    return failure.model_copy(update={"at": max(at, 0), "for_": end - max(at, 0)})


def _moved_traffic(
    name: str, part: Traffic, begin: int, duration: int, notes: list[str]
) -> Traffic | None:
    if isinstance(part, TraceTraffic):
        early = max(begin - part.at, 0)
        skip = part.skip + round(early * part.speed)
        moved = {"at": max(part.at - begin, 0), "skip": skip}
        notes.append(f"traffic.{name}.at: +{_time(part.at)} -> +{_time(moved['at'])}")
        notes.append(f"traffic.{name}.skip: {_time(part.skip)} -> {_time(skip)}")
        return part.model_copy(update=moved)
    if isinstance(part, Campaign) and part.messages is None:
        if not 0 <= part.at - begin < duration:
            notes.append(f"traffic.{name}: left out, it does not begin in the window")
            return None
        notes.append(f"traffic.{name}.at: +{_time(part.at)} -> +{_time(part.at - begin)}")
        return part.model_copy(update={"at": part.at - begin} | _moved_deadline(part, begin))
    if isinstance(part, NewsAlert | SportsTicker):
        return _moved_broadcast(name, part, begin, duration, notes)
    if not isinstance(part, Campaign) or part.messages is None:
        return part
    at = part.at - begin
    sent = int(Fraction(max(-at, 0), NANOSECONDS) * Fraction(part.rate))
    if at >= duration or sent >= part.messages:
        notes.append(f"traffic.{name}: left out, it is not in the window")
        return None
    notes.append(f"traffic.{name}.at: +{_time(part.at)} -> +{_time(max(at, 0))}")
    if sent:
        left = part.messages - sent
        old, new = written(MESSAGES, part.messages), written(MESSAGES, left)
        notes.append(f"traffic.{name}.messages: {old} -> {new}")
    moved = {"at": max(at, 0), "messages": part.messages - sent}
    return part.model_copy(update=moved | _moved_deadline(part, begin))


def _moved_deadline(part: Campaign, begin: int) -> dict[str, Any]:
    """Answers to a survey whose contest closes by another clock; nothing for other campaigns."""
    if not isinstance(part, Survey) or part.answers.deadline is None:
        return {}
    deadline = part.answers.deadline - begin
    return {"answers": part.answers.model_copy(update={"deadline": deadline})}


def _moved_broadcast(
    name: str, part: NewsAlert | SportsTicker, begin: int, duration: int, notes: list[str]
) -> NewsAlert | SportsTicker | None:
    """Broadcasts that begin in the window; a match is kept whole or not at all."""
    times = part.at if isinstance(part, NewsAlert) else (part.kick_off,)
    kept = tuple(at - begin for at in times if 0 <= at - begin < duration)
    if not kept:
        notes.append(f"traffic.{name}: left out, it does not begin in the window")
        return None
    if isinstance(part, SportsTicker):
        notes.append(f"traffic.{name}.kick_off: +{_time(part.kick_off)} -> +{_time(kept[0])}")
        return part.model_copy(update={"kick_off": kept[0]})
    old, new = (", ".join(f"+{_time(at)}" for at in row) for row in (times, kept))
    notes.append(f"traffic.{name}.at: {old} -> {new}")
    return part.model_copy(update={"at": kept})


def _time(duration_ns: int) -> str:
    return written(DURATION, duration_ns)


def scaled(scenario: Scenario, factor: Fraction) -> tuple[Scenario, list[str]]:
    """Scenario with a share of its people, volumes and parallel units, and what changed.

    The speed of a unit never changes.  A number that would become 0 stays 1, and its line says so.

    Parameters
    ----------
    scenario : Scenario
        The whole one.
    factor : Fraction
        Share to keep, above 0 and at most 1.
    """
    notes: list[str] = []

    def shrunk(key: str, parts: Mapping[str, P], *fields: str) -> dict[str, P]:
        return {
            name: _shrunk_part(f"{key}.{name}", part, fields, factor, notes)
            for name, part in parts.items()
        }

    traffic = {}
    for name, part in scenario.traffic.items():
        fields: tuple[str, ...] = ()
        if isinstance(part, Campaign | Recurring | Triggered):
            fields = tuple(key for key in ("messages", "rate") if getattr(part, key, None))
            part = _fewer_customers(f"traffic.{name}.audience", part, factor, notes)
        elif isinstance(part, Broadcast):
            fields = tuple(key for key in ("subscribers", "rate") if getattr(part, key))
        elif isinstance(part, TraceTraffic):
            fields = ("scale",)
        elif isinstance(part, OneTimePassword | DesktopWidget) or (
            isinstance(part, Incoming) and part.rate
        ):
            fields = ("rate",)
        traffic[name] = _shrunk_part(f"traffic.{name}", part, fields, factor, notes)
    accounts = {
        name: part.model_copy(update={"rate": part.rate_per_s, "bind_rate": None})
        for name, part in scenario.accounts.items()
    }
    update: dict[str, Any] = {
        **{
            row.key: shrunk(row.key, getattr(scenario, row.key), *row.shrinks) for row in NODE_KINDS
        },
        "link_sets": shrunk("link_sets", scenario.link_sets, "links"),
        "populations": shrunk("populations", scenario.populations, "size"),
        "accounts": shrunk("accounts", accounts, "rate"),
        "traffic": traffic,
    }
    update["mscs"] = {
        name: _with_fewer_cells(f"mscs.{name}.cells", msc, factor, notes)
        for name, msc in update["mscs"].items()
    }
    update["smscs"] = {
        name: _shrunk_shares(f"smscs.{name}", smsc, factor, notes)
        for name, smsc in update["smscs"].items()
    }
    update["failures"] = _failures_left(scenario, update["link_sets"], notes)
    return scenario.model_copy(update=update), notes


def _fewer_customers(
    path: str, part: Campaign | Recurring | Triggered, factor: Fraction, notes: list[str]
) -> Campaign | Recurring | Triggered:
    """Traffic to a share of the customers of its list, if it has one."""
    if part.audience is None:
        return part
    old = part.audience.share
    new = float(Fraction(old) * factor)
    notes.append(f"{path}.share: {100 * old:g} % -> {100 * new:g} %")
    audience = part.audience.model_copy(update={"share": new})
    return part.model_copy(update={"audience": audience})


def _shrunk_shares(path: str, smsc: Smsc, factor: Fraction, notes: list[str]) -> Smsc:
    """SMSC whose reserved and limited dialogues shrink like all of its dialogues."""
    pools = {
        name: _shrunk_part(f"{path}.pools.{name}", pool, ("dialogues",), factor, notes)
        for name, pool in smsc.pools.items()
    }
    given = tuple(key for key, value in smsc.limits if value is not None)
    limits = _shrunk_part(f"{path}.limits", smsc.limits, given, factor, notes)
    return smsc.model_copy(update={"pools": pools, "limits": limits})


def _failures_left(
    scenario: Scenario, link_sets: Mapping[str, LinkSet], notes: list[str]
) -> dict[str, Failure]:
    """Failures without those of single links that are there no more."""
    kept = {}
    for name, failure in scenario.failures.items():
        left = [element for element in failure.names if _is_there(element, link_sets)]
        gone = [element for element in failure.names if element not in left]
        if left:
            several = {"elements": tuple(left)} if failure.elements else {}
            kept[name] = failure.model_copy(update=several)
        if gone:
            what = ", ".join(gone)
            lead = "without" if left else "left out, there is no link"
            notes.append(f"failures.{name}: {lead} {what} now")
    return kept


def _is_there(element: str, link_sets: Mapping[str, LinkSet]) -> bool:
    link_set, _, number = element.partition(".")
    return not number or int(number) <= link_sets[link_set].links


def _with_fewer_cells(path: str, msc: Msc, factor: Fraction, notes: list[str]) -> Msc:
    """MSC with a share of its cells: of its location areas, as each pages by itself, and theirs."""
    if msc.cells is None:
        return msc
    cells = msc.cells
    areas, note = _shrunk_number(cells.areas, factor)
    notes.append(f"{path}.areas: {cells.areas} -> {areas}{note}")
    per_area, note = _shrunk_number(cells.per_area, factor * cells.areas / areas)
    notes.append(f"{path}.per_area: {cells.per_area} -> {per_area}{note}")
    fewer = cells.model_copy(update={"areas": areas, "per_area": per_area})
    return msc.model_copy(update={"cells": fewer})


def _shrunk_part(
    path: str, part: P, fields: tuple[str, ...], factor: Fraction, notes: list[str]
) -> P:
    update: dict[str, int | float] = {}
    for key in fields:
        old = getattr(part, key)
        new, note = _SHRINK[type(old)](old, factor)
        update[key] = new
        kinds: dict[str, Kind] = {"rate": RATE, "messages": MESSAGES, "store": MESSAGES}
        before, after = (
            (written(kinds[key], value) if key in kinds else str(value)) for value in (old, new)
        )
        notes.append(f"{path}.{key}: {before} -> {after}{note}")
    return part.model_copy(update=update)


def _shrunk_number(old: int, factor: Fraction) -> tuple[int, str]:
    exact = old * factor
    new = max(round(exact), 1)
    return new, " (cannot shrink further)" if exact < 1 else ""


def _shrunk_rate(old: float, factor: Fraction) -> tuple[float, str]:
    return float(Fraction(old) * factor), ""


_SHRINK: dict[type, Callable[[Any, Fraction], tuple[int | float, str]]] = {
    int: _shrunk_number,
    float: _shrunk_rate,
}


def parse_factor(scale: str | float) -> Fraction:
    """Share to keep, from "0.01", 0.01 or "1 %".

    Raises
    ------
    Refusal
        If it is no number above 0 and at most 1.
    """
    text = str(scale).strip()
    percent = text.endswith("%")
    try:
        factor = Fraction(text.rstrip("% ")) / (100 if percent else 1)
    except (ValueError, ZeroDivisionError):
        raise Refusal("needs a number above 0, at most 1", "write e.g. 0.01") from None
    if not 0 < factor <= 1:
        raise Refusal("must be above 0 and at most 1", "write e.g. 0.01")
    return factor
