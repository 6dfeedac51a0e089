"""The scenario's clock: its start with a time zone, and moments told relative to it."""

from __future__ import annotations

import functools
import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, ValidationInfo, WithJsonSchema

from smsc_sim.scenario.errors import Refusal, did_you_mean
from smsc_sim.scenario.units import DURATION, parse, written

_START = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)\s+(\S+)", re.ASCII)
_CLOCK = re.compile(r"\d?\d:\d\d(?::\d\d)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?", re.ASCII)
_START_EXAMPLE = "write e.g. 2026-12-31T18:00 Europe/Helsinki"
_MOMENT_EXAMPLE = "write e.g. 21:00, 2026-12-31T21:00 or +3 h"


def is_real(local: datetime) -> bool:
    """Whether a local time exists: clocks put forward skip some."""
    return local.astimezone(UTC).astimezone(local.tzinfo).replace(fold=0) == local.replace(fold=0)


def is_twice(local: datetime) -> bool:
    """Whether a local time occurs twice: clocks put back repeat some."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset() and is_real(local)


def _checked(local: datetime, remedy: str) -> datetime:
    zone = getattr(local.tzinfo, "key", "")
    if not is_real(local):
        raise Refusal(f"does not exist in {zone}: the clocks are put forward over it", remedy)
    if is_twice(local):
        raise Refusal(f"occurs twice in {zone}: the clocks are put back over it", remedy)
    return local


@functools.cache
def parse_start(text: str) -> datetime:
    """Aware local time of a text such as "2026-12-31T18:00 Europe/Helsinki".

    Raises
    ------
    Refusal
        If it is no date and time with a zone, the zone is unknown, or the clocks skip or repeat
        that time.

    Examples
    --------
    >>> parse_start("2026-12-31T18:00 Europe/Helsinki").isoformat()
    '2026-12-31T18:00:00+02:00'
    """
    match = _START.fullmatch(text.strip())
    if match is None:
        if _DATE.fullmatch(text.strip()):
            raise Refusal("needs a time zone after the time", _START_EXAMPLE)
        raise Refusal("needs a date, a time and a time zone", _START_EXAMPLE)
    day, clock, key = match.groups()
    try:
        zone = zoneinfo.ZoneInfo(key)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        zones = zoneinfo.available_timezones()
        near = did_you_mean(key, zones)
        remedy = near if near.startswith("did") else _START_EXAMPLE
        raise Refusal(f"there is no time zone '{key}'", remedy) from None
    try:
        local = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)
    except ValueError:
        raise Refusal("there is no such day or time", _START_EXAMPLE) from None
    if not 1970 <= local.year <= 2200:
        raise Refusal("must be between 1970 and 2200", _START_EXAMPLE)
    return _checked(local, "choose another time")


def start_text(start: datetime) -> str:
    """Text of a start, as `parse_start` reads it."""
    return f"{start.replace(tzinfo=None).isoformat()} {getattr(start.tzinfo, 'key', '')}"


def later(start: datetime, elapsed_ns: int) -> datetime:
    """Local time that many elapsed nanoseconds after start, rounded down to 1 microsecond."""
    moment = start.astimezone(UTC) + timedelta(microseconds=elapsed_ns // 1000)
    return moment.astimezone(start.tzinfo)


def _read_start(value: Any) -> datetime:
    if not isinstance(value, str):
        raise Refusal("needs a date, a time and a time zone", _START_EXAMPLE)
    return parse_start(value)


Start = Annotated[
    datetime,
    BeforeValidator(_read_start),
    PlainSerializer(start_text, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)? +\S+$",
            "examples": ["2026-12-31T18:00 Europe/Helsinki"],
        }
    ),
]
"""A local date and time with its zone, "2026-12-31T18:00 Europe/Helsinki"; aware datetime."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What moments are relative to: `start` (aware) and `duration_ns`.

    A field that holds a moment is read with ``{"clock": Clock}`` as pydantic context.
    """

    start: datetime
    duration_ns: int

    def offset_ns(self, local: datetime) -> int:
        """Nanoseconds of elapsed (not wall-clock) time from start to a local time."""
        gap = local.astimezone(UTC) - self.start.astimezone(UTC)
        return (gap // timedelta(microseconds=1)) * 1000


def parse_moment(text: str, clock: Clock) -> int:
    """Nanoseconds from start of a text such as "21:00", "2026-12-31T21:00" or "+3 h".

    A clock time means the first such time at or after start, in the zone of start.

    Raises
    ------
    Refusal
        If it is no moment, outside [0, duration), or skipped or repeated by the clocks.

    Examples
    --------
    >>> clock = Clock(parse_start("2026-12-31T18:00 Europe/Helsinki"), 8 * 3600 * 10**9)
    >>> parse_moment("21:00", clock), parse_moment("00:30", clock)
    (10800000000000, 23400000000000)
    """
    stripped = text.strip()
    if stripped.startswith("+"):
        offset = parse(DURATION, stripped[1:])
        assert isinstance(offset, int)
    elif _CLOCK.fullmatch(stripped) or _DATE.fullmatch(stripped):
        offset = clock.offset_ns(_local(stripped, clock.start))
    else:
        raise Refusal("needs a moment", _MOMENT_EXAMPLE)
    if not 0 <= offset < clock.duration_ns:
        end = start_text(later(clock.start, clock.duration_ns))
        raise Refusal(
            f"is outside the {written(DURATION, clock.duration_ns)} that are simulated",
            f"choose a moment from {start_text(clock.start)} until {end}",
        )
    return offset


def _local(text: str, start: datetime) -> datetime:
    remedy = "write an offset from start instead, e.g. +3 h"
    try:
        if ":" in text and "-" not in text:
            clock = time.fromisoformat(text if len(text.split(":")[0]) == 2 else "0" + text)
            local = datetime.combine(start.date(), clock, start.tzinfo)
            if local.replace(tzinfo=None) < start.replace(tzinfo=None):
                local += timedelta(days=1)
        else:
            local = datetime.fromisoformat(text).replace(tzinfo=start.tzinfo)
    except ValueError:
        raise Refusal("there is no such day or time", _MOMENT_EXAMPLE) from None
    return _checked(local, remedy)


def _read_moment(value: Any, info: ValidationInfo) -> int:
    if not isinstance(value, str):
        raise Refusal("needs a moment", _MOMENT_EXAMPLE)
    clock = (info.context or {}).get("clock")
    if clock is None:  # start or duration are wrong themselves; that is reported there
        return 0
    return parse_moment(value, clock)


MomentNs = Annotated[
    int,
    BeforeValidator(_read_moment),
    PlainSerializer(lambda value: "+" + written(DURATION, value), return_type=str),
    WithJsonSchema({"type": "string", "examples": ["21:00", "+3 h", "2026-12-31T21:00"]}),
]
"""A moment: "21:00", "2026-12-31T21:00" or "+3 h"; stored as integer ns from start."""
