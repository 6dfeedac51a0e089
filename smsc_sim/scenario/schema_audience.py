"""Whom an application writes to: a list of customers, and when they sleep; the YAML manual of both.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from smsc_sim.content.zones import QuietHours
from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.quantities import PositiveNanoseconds, Share
from smsc_sim.scenario.schema_base import Part, Text, given

_HOURS = re.compile(r"([01]?\d|2[0-4]):([0-5]\d) *- *([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)

FileName = Annotated[str, Field(min_length=1, max_length=200)]
Title = Annotated[str, Field(min_length=1, max_length=100)]


def _quiet(value: Any) -> Any:
    match = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise Refusal("needs two clock times", "write e.g. 21:00-08:00")
    begin, end = ((3600 * int(match[k]) + 60 * int(match[k + 1])) % 86_400 for k in (1, 3))
    if begin == end:
        raise Refusal("lasts no time, or all day", "write e.g. 21:00-08:00")
    return QuietHours(begin, end)


def _hours_text(quiet: QuietHours) -> str:
    ends = (quiet.begin_s, quiet.end_s)
    return "-".join(f"{end // 3600:02d}:{end // 60 % 60:02d}" for end in ends)


Quiet = Annotated[
    QuietHours,
    BeforeValidator(_quiet),
    PlainSerializer(lambda value: None if value is None else _hours_text(value)),
    WithJsonSchema({"type": "string", "examples": ["21:00-08:00"]}),
]
"""Hours of the day in which nothing is sent, "21:00-08:00"."""


class ListAudience(Part):
    """Whom to write to."""

    file: FileName
    """List of customers, a row each: CSV, .csv.gz or Parquet beside this file; no default."""

    where: Text | None = None
    """Condition on attributes, e.g. has_children and country == "FI"; parsed, never run. Default:
    everybody."""

    number: Title = "number"
    """Title of the column with the international number. Default number."""

    country: Title | None = None
    """Title of the column with the destination, where the number's own country does not count.
    Default: none, the number decides."""

    language: Title | None = None
    """Title of the column with the language, a key of `texts`. Default: none, the first of the
    texts is sent to everybody."""

    opted_out: Title | None = None
    """Title of the column that says who wants no messages (true, yes, 1). Default: none."""

    seen: Title | None = None
    """Title of the column with the day on which the entry was last known to be good. Default:
    none."""

    stale_after: PositiveNanoseconds = given("365 d")
    """Entries that were not seen for so long before the start, or never, are left out. Default
    365 d: judgement. Has an effect only where `seen` is given."""

    share: Share = given("100 %")
    """Share of those who may be written to that is written to, chosen by their numbers: 10 % for a
    pilot, which reaches the same customers every time. Default 100 %."""


_DAYS = re.compile(r"([+-]?\d{1,4}) *(?:d|days?)", re.ASCII)


def _days(value: Any) -> Any:
    match = _DAYS.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise Refusal("needs a whole number of days", "write e.g. 14 d, or -1 d for the day before")
    return int(match[1])


Days = Annotated[
    int,
    BeforeValidator(_days),
    PlainSerializer(lambda value: f"{value} d", return_type=str),
    WithJsonSchema({"type": "string", "examples": ["14 d", "-1 d"]}),
]
"""A whole number of days, also negative, "14 d"."""

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def _time_of_day(value: Any) -> Any:
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise Refusal("needs a time of day", "write e.g. 10:00")
    return 3600 * int(match[1]) + 60 * int(match[2])


TimeOfDay = Annotated[
    int,
    BeforeValidator(_time_of_day),
    PlainSerializer(lambda s: f"{s // 3600:02d}:{s // 60 % 60:02d}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d?\d:\d\d$", "examples": ["10:00"]}),
]
"""A time of day, "10:00"; seconds after midnight."""
