"""Field types of the schema that hold quantities: text with a unit outside, a number inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.units import (
    COUNT,
    DURATION,
    FREQUENCY,
    FREQUENCY_EACH,
    MESSAGES,
    OCTETS,
    RATE,
    SHARE,
    SPEED,
    VOLUME,
    WEIGHT,
    Kind,
    Money,
    parse,
    parse_money,
    written,
)


def _reader(kind: Kind) -> Callable[[Any], int | float]:
    def read(value: Any) -> int | float:
        if value is None:
            raise Refusal("needs a value", f"write e.g. {kind.example}", show_value=False)
        if kind in (COUNT, MESSAGES, WEIGHT) and type(value) in (int, float):
            value = str(value)
        if not isinstance(value, str):
            raise Refusal(f"needs {kind.name}", f"write e.g. {kind.example}")
        return parse(kind, value)

    return read


def _writer(kind: Kind) -> PlainSerializer:
    return PlainSerializer(lambda value: written(kind, value), return_type=str)


def _schema(kind: Kind, pattern: str) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": ["string", "number"], "pattern": pattern, "examples": [kind.example]}
        if kind in (COUNT, MESSAGES, WEIGHT)
        else {"type": "string", "pattern": pattern, "examples": [kind.example]}
    )


_NUMBER_PATTERN = r"^[0-9.]+([eE][+-]?[0-9]+)? *"
_TIMES = "s|sec|seconds?|min|minutes?|h|hours?|d|days?|weeks?"
_DURATION_PATTERN = _NUMBER_PATTERN + rf"(ns|us|µs|ms|{_TIMES})$"
_PER_PATTERN = _NUMBER_PATTERN + rf"/({_TIMES})$"
_RATE_PATTERN = _NUMBER_PATTERN + rf"((msg|messages?|attempts?|MSU)?/({_TIMES}))$"

Nanoseconds = Annotated[
    int, BeforeValidator(_reader(DURATION)), _writer(DURATION), _schema(DURATION, _DURATION_PATTERN)
]
"""A duration, "30 s" or "1.5 h"; stored as integer nanoseconds."""


def _positive(value: Any) -> int | float:
    duration = _reader(DURATION)(value)
    if duration == 0:
        raise Refusal("must be more than 0")
    return duration


PositiveNanoseconds = Annotated[
    int, BeforeValidator(_positive), _writer(DURATION), _schema(DURATION, _DURATION_PATTERN)
]
"""A duration of at least one nanosecond."""


class Room(NamedTuple):
    """How much may wait at a station: for so long, or so many."""

    time_ns: int | None = None
    places: int | None = None


def _room(value: Any) -> Room:
    if isinstance(value, Room):
        return value
    text = value if isinstance(value, str) else ""
    if text.endswith(("msg", "message", "messages")):
        # None may wait: 0 msg makes a loss system.
        return Room(places=0 if text.split()[:1] == ["0"] else int(parse(MESSAGES, text)))
    if not text or not text[-1].isalpha():
        raise Refusal("needs a time or a number of messages", "write e.g. 5 s or 200 msg")
    return Room(time_ns=int(parse(DURATION, text)))


def _room_text(room: Room) -> str:
    if room.places is not None:
        return written(MESSAGES, room.places) if room.places else "0 msg"
    return written(DURATION, room.time_ns or 0)


WaitingRoom = Annotated[
    Room,
    BeforeValidator(_room),
    PlainSerializer(_room_text, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": _NUMBER_PATTERN + rf"(ns|us|µs|ms|{_TIMES}|msg|messages?)$",
            "examples": ["5 s", "200 msg"],
        }
    ),
]
"""Room to wait: "5 s" of queueing at most, or "200 msg" that wait at most."""

PerSecond = Annotated[
    float, BeforeValidator(_reader(RATE)), _writer(RATE), _schema(RATE, _RATE_PATTERN)
]
"""A rate above 0, "400 msg/s" or "2000 /s"; stored as float per second."""

VolumePerSecond = Annotated[
    float, BeforeValidator(_reader(VOLUME)), _writer(VOLUME), _schema(VOLUME, _RATE_PATTERN)
]
"""Messages of one person in a time, "3 msg/day"; stored as float per second and person."""

Frequency = Annotated[
    float, BeforeValidator(_reader(FREQUENCY)), _writer(FREQUENCY), _schema(FREQUENCY, _PER_PATTERN)
]
"""A rate above 0 of what is no message, "14 /s"; stored as float per second."""

FrequencyEach = Annotated[
    float,
    BeforeValidator(_reader(FREQUENCY_EACH)),
    _writer(FREQUENCY_EACH),
    _schema(FREQUENCY_EACH, _PER_PATTERN),
]
"""The same of one phone, "2 /day"; stored as float per second and phone."""

BitsPerSecond = Annotated[
    int,
    BeforeValidator(_reader(SPEED)),
    _writer(SPEED),
    _schema(SPEED, _NUMBER_PATTERN + r"[kMG]?bit/s$"),
]
"""A speed, "64 kbit/s"; stored as integer bit/s."""

Count = Annotated[
    int,
    BeforeValidator(_reader(COUNT)),
    PlainSerializer(lambda value: value, return_type=int),
    _schema(COUNT, _NUMBER_PATTERN + r"(msg|messages)?$"),
]
"""A whole number, "4000" or "2e6 msg"."""

Messages = Annotated[
    int,
    BeforeValidator(_reader(MESSAGES)),
    _writer(MESSAGES),
    _schema(MESSAGES, _NUMBER_PATTERN + r"(msg|messages)?$"),
]
"""A number of messages, at least 1: "50000 msg"."""

Octets = Annotated[
    int,
    BeforeValidator(_reader(OCTETS)),
    _writer(OCTETS),
    _schema(OCTETS, _NUMBER_PATTERN + r"(k|M)?(octets?|bytes?)$"),
]
"""A number of octets, at least 1: "20000 octets"."""

Share = Annotated[
    float,
    BeforeValidator(_reader(SHARE)),
    _writer(SHARE),
    _schema(SHARE, _NUMBER_PATTERN + r"(%|percent)$"),
]
"""A share, "60 %"; stored as float in [0, 1]."""

Weight = Annotated[
    float,
    BeforeValidator(_reader(WEIGHT)),
    PlainSerializer(lambda value: value, return_type=float),
    _schema(WEIGHT, _NUMBER_PATTERN + r"$"),
]
"""A weight without a unit: only its size beside the others counts."""


def _read_money(value: Any) -> Money:
    if not isinstance(value, str):
        raise Refusal("needs an amount of money", "write e.g. 0.10 USD")
    return parse_money(value)


Price = Annotated[
    Money,
    BeforeValidator(_read_money),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9.]+ *[A-Z]{3}$", "examples": ["0.10 USD"]}),
]
"""An amount of money, "0.10 USD"; stored as `Money`."""
