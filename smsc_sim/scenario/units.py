"""Quantities as people write them, "400 msg/s", to plain integers and floats, and back.

One grammar: a decimal number, a space if you like, a unit.  Numbers are exact fractions until the
very last step, so "0.1 s" is exactly 100,000,000 ns.  Results are cached per text.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import pint

from smsc_sim.scenario.errors import Refusal, did_you_mean

NANOSECONDS = 1_000_000_000
LONGEST_NS = 3650 * 86400 * NANOSECONDS  # ten years: far inside int64, far beyond any scenario

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?"
_UNIT = r"[A-Za-zµ%]+(?:/[A-Za-zµ]+)?|/[A-Za-zµ]+"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*({_UNIT})?\s*", re.ASCII)
# No prefixes but these: "5 Ms" must not pass as 58 days.
_DEFINITIONS = (
    "second = [time] = s = sec",
    "millisecond = 1e-3 * second = ms",
    "microsecond = 1e-6 * second = us = µs",
    "nanosecond = 1e-9 * second = ns",
    "minute = 60 * second = min",
    "hour = 60 * minute = h",
    "day = 24 * hour = d",
    "week = 7 * day",
    "bit = [information]",
    "kilobit = 1000 * bit = kbit",
    "megabit = 1000 * kilobit = Mbit",
    "gigabit = 1000 * megabit = Gbit",
    "octet = 8 * bit = _ = byte",
    "kilooctet = 1000 * octet = koctet = kilobyte",
    "megaoctet = 1000 * kilooctet = Moctet = megabyte",
    "message = [message] = msg = attempt = MSU",
    "share = [share]",
    "percent = 0.01 * share = %",
)


@functools.cache
def _registry() -> pint.UnitRegistry[Any]:
    # Our own few units: pint's full table would let "5 m" (metres) or "3 B" (bel) pass as units.
    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None, non_int_type=Fraction)
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


@functools.cache
def _unit(text: str) -> tuple[Fraction, tuple[tuple[str, int], ...]] | None:
    """Factor to base units and sorted dimensions of a unit; None if there is no such unit."""
    registry = _registry()
    words = text.replace("%", "percent")
    try:
        unit = registry.parse_units("1" + words if words.startswith("/") else words)
        base = registry.Quantity(Fraction(1), unit).to_base_units()
    except (pint.errors.PintError, ValueError, TypeError, AssertionError):
        return None
    powers = sorted((str(d), int(str(p))) for d, p in base.dimensionality.items())
    return Fraction(base.magnitude), tuple(powers)


@dataclass(frozen=True, slots=True, eq=False)  # the hash is that of identity: quick in caches
class Kind:
    """One kind of quantity: what it is called, its dimensions and how many base units make one.

    `scale` is the number of stored units in one base unit (seconds, bits, messages): 1e9 for
    durations, which are stored as nanoseconds.  `whole` asks for an integer.  `units` are those
    tried, shortest text first, when a value is written back.
    """

    name: str
    example: str
    dimensions: tuple[tuple[tuple[str, int], ...], ...]
    units: tuple[str, ...]
    scale: Fraction = Fraction(1)
    whole: bool = True
    low: int = 0
    high: int | None = None
    low_allowed: bool = True


_TIME = (("[time]", 1),)
_RATES = ((("[message]", 1), ("[time]", -1)), (("[time]", -1),))
_COUNTS = ((("[message]", 1),), ())
_INFORMATION = (("[information]", 1),)
_SPEED = (("[information]", 1), ("[time]", -1))
_SHARE = (("[share]", 1),)

DURATION = Kind(
    name="a duration",
    example="30 s",
    dimensions=(_TIME,),
    units=("h", "min", "s", "ms", "us", "ns"),
    scale=Fraction(NANOSECONDS),
    high=LONGEST_NS,
)
RATE = Kind(
    name="a rate in messages per second",
    example="400 msg/s",
    dimensions=_RATES,
    units=("msg/s", "msg/min", "msg/h", "msg/day"),
    whole=False,
    high=10**9,
    low_allowed=False,
)
VOLUME = Kind(
    name="a volume in messages per day and person",
    example="3 msg/day",
    dimensions=_RATES,
    units=("msg/day", "msg/h", "msg/min", "msg/s"),
    whole=False,
    high=10**6,
)
FREQUENCY = Kind(
    name="a rate, so many in a time",
    example="14 /s",
    dimensions=((("[time]", -1),),),
    units=("/s", "/min", "/h", "/day"),
    whole=False,
    high=10**9,
    low_allowed=False,
)
FREQUENCY_EACH = Kind(
    name="a rate of each phone, so many in a time",
    example="2 /day",
    dimensions=((("[time]", -1),),),
    units=("/day", "/h", "/min", "/s"),
    whole=False,
    high=10**6,
)
SPEED = Kind(
    name="a speed in bits per second",
    example="64 kbit/s",
    dimensions=(_SPEED,),
    units=("Gbit/s", "Mbit/s", "kbit/s", "bit/s"),
    high=10**12,
    low_allowed=False,
)
COUNT = Kind(
    name="a whole number",
    example="5",
    dimensions=_COUNTS,
    units=("",),
    high=10**12,
)
MESSAGES = Kind(
    name="a number of messages",
    example="50000 msg",
    dimensions=_COUNTS,
    units=("msg",),
    high=10**12,
    low_allowed=False,
)
OCTETS = Kind(
    name="a number of octets",
    example="20000 octets",
    dimensions=(_INFORMATION,),
    units=("octets",),
    scale=Fraction(1, 8),
    high=10**12,
    low_allowed=False,
)
SHARE = Kind(
    name="a share in per cent",
    example="60 %",
    dimensions=(_SHARE,),
    units=("%",),
    whole=False,
    high=1,
)
WEIGHT = Kind(
    name="a plain number",
    example="1.5",
    dimensions=((),),
    units=("",),
    whole=False,
    high=10**9,
)


@functools.cache
def parse(kind: Kind, text: str) -> int | float:
    """Value of a text such as "400 msg/s" in the stored unit of its kind.

    Parameters
    ----------
    kind : Kind
        What is expected.
    text : str
        A decimal number and a unit.

    Returns
    -------
    int or float
        ns for durations, per second for rates and volumes, bit/s for speeds, octets, messages,
        shares in [0, 1].  Durations are rounded half-even to one nanosecond.

    Raises
    ------
    Refusal
        If the text is no such quantity or out of range.

    Examples
    --------
    >>> parse(DURATION, "1.5 min"), parse(RATE, "90 msg/min"), parse(SHARE, "60 %")
    (90000000000, 1.5, 0.6)
    """
    example = f"write e.g. {kind.example}"
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise Refusal(f"needs {kind.name}", example)
    number, unit = match.group(1), match.group(2) or ""
    factor = Fraction(1)
    dimensions: tuple[tuple[str, int], ...] = ()
    if unit:
        known = _unit(unit)
        if known is None:
            raise Refusal(f"needs {kind.name}; there is no unit '{unit}'", example)
        factor, dimensions = known
    if dimensions not in kind.dimensions:
        raise Refusal(f"needs {kind.name}", example)
    exact = Fraction(number) * factor * kind.scale
    return _in_range(kind, exact)


def _in_range(kind: Kind, exact: Fraction) -> int | float:
    if exact < kind.low:
        raise Refusal("must not be negative" if kind.low == 0 else f"must be at least {kind.low}")
    if exact == kind.low and not kind.low_allowed:
        raise Refusal("must be more than 0")
    if kind.high is not None and exact > kind.high:
        raise Refusal(f"must be at most {written(kind, kind.high)}")
    if not kind.whole:
        value = float(exact)
        if value == 0 and exact != 0:
            raise Refusal("is too small")
        return value
    if kind is not DURATION and exact.denominator != 1:
        raise Refusal("must be a whole number")
    return round(exact)


@functools.cache
def written(kind: Kind, value: int | float) -> str:
    """Text of a stored value that `parse` turns back into exactly this value.

    The first unit in which the number is short is taken, and whole if it is a duration; else the
    shortest text.

    Examples
    --------
    >>> written(DURATION, 90_000_000_000), written(RATE, 400.0), written(SHARE, 1 / 3)
    ('90 s', '400 msg/s', '33.33333333333333 %')
    """
    if kind is DURATION and value == 0:
        return "0 s"
    candidates: list[tuple[bool, int, int, str]] = []
    for rank, unit in enumerate(kind.units):
        known = _unit(unit) if unit else (Fraction(1), ())
        assert known is not None
        exact = Fraction(value) / (known[0] * kind.scale)
        for number in _decimals(exact):
            text = f"{number} {unit}".strip()
            if parse(kind, text) != value:
                continue
            if len(number) <= 4 and ("." not in number or kind is not DURATION):
                return text
            candidates.append((number.startswith("0."), len(text), rank, text))
    assert candidates, f"no unit of {kind.name} writes {value!r}"
    return min(candidates)[-1]


def _decimals(exact: Fraction) -> list[str]:
    """Candidate decimal texts of a number, fewest digits first."""
    if exact.denominator == 1:
        return [str(exact.numerator)]
    # 17 digits tell two neighbouring floats apart; more would be noise.
    texts = set()
    for digits in (15, 16, 17):
        rounded = Context(prec=digits).divide(Decimal(exact.numerator), Decimal(exact.denominator))
        texts.add(f"{rounded.normalize():f}")
    return sorted(texts, key=len)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency: `amount` decimal, `currency` an ISO 4217 code."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


_MONEY = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([A-Z]{3})\s*", re.ASCII)


@functools.cache
def parse_money(text: str) -> Money:
    """Amount of a text such as "0.10 USD".

    Raises
    ------
    Refusal
        If it is no amount, the currency is unknown (ISO 4217), or finer than one millionth.

    Examples
    --------
    >>> parse_money("0.10 USD")
    Money(amount=Decimal('0.10'), currency='USD')
    """
    import pycountry

    match = _MONEY.fullmatch(text)
    if match is None:
        raise Refusal("needs an amount of money", "write e.g. 0.10 USD")
    amount, currency = Decimal(match.group(1)), match.group(2)
    codes = [str(c.alpha_3) for c in pycountry.currencies]
    if currency not in codes:
        raise Refusal(f"there is no currency '{currency}'", did_you_mean(currency, codes))
    if amount != round(amount, 6):
        raise Refusal("must not be finer than one millionth", "write at most 6 decimals")
    return Money(amount, currency)
