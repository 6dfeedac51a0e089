"""Quantities with units become exact plain numbers, and anything else is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.units import (
    COUNT,
    DURATION,
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

READ = [
    (DURATION, "0.1 s", 100_000_000),
    (DURATION, "235.4 ms", 235_400_000),
    (DURATION, "48 h", 172_800 * 10**9),
    (DURATION, "1.5min", 90 * 10**9),
    (DURATION, "1 week", 604_800 * 10**9),
    (DURATION, "3 µs", 3000),
    (DURATION, "0.5 ns", 0),
    (DURATION, "1.5 ns", 2),
    (RATE, "400 msg/s", 400.0),
    (RATE, "2000 /s", 2000.0),
    (RATE, "90 messages/min", 1.5),
    (RATE, "1 /day", 1 / 86400),
    (VOLUME, "3 msg/day", 3 / 86400),
    (VOLUME, "0 msg/day", 0.0),
    (SPEED, "64 kbit/s", 64_000),
    (SPEED, "1.536 Mbit/s", 1_536_000),
    (COUNT, "2e6", 2_000_000),
    (MESSAGES, "2e6 msg", 2_000_000),
    (OCTETS, "20 koctets", 20_000),
    (OCTETS, "16 bit", 2),
    (SHARE, "60 %", 0.6),
    (SHARE, "0.2%", 0.002),
    (WEIGHT, "1.5", 1.5),
]


@pytest.mark.parametrize(("kind", "text", "value"), READ)
def test_read(kind: Kind, text: str, value: float) -> None:
    """A text with its unit has exactly this stored value, of this type."""
    assert parse(kind, text) == value
    assert type(parse(kind, text)) is type(value)


REFUSED = [
    (RATE, "400", "needs a rate in messages per second"),
    (RATE, "400 ms", "needs a rate in messages per second"),
    (RATE, "400 bit/s", "needs a rate in messages per second"),
    (RATE, "0 /s", "must be more than 0"),
    (RATE, "1e10 /s", "must be at most 1000000000 msg/s"),
    (DURATION, "5", "needs a duration"),
    (DURATION, "5 m", "needs a duration; there is no unit 'm'"),
    (DURATION, "5 Ms", "needs a duration; there is no unit 'Ms'"),
    (DURATION, "-1 s", "must not be negative"),
    (DURATION, "nan s", "needs a duration"),
    (DURATION, "inf s", "needs a duration"),
    (DURATION, "1e999 s", "needs a duration"),
    (DURATION, "1 s*s", "needs a duration"),
    (DURATION, "2**9 s", "needs a duration"),
    (DURATION, "1 s/s", "needs a duration"),
    (DURATION, "", "needs a duration"),
    (DURATION, "٣ s", "needs a duration"),
    (SPEED, "64 mbit/s", "needs a speed in bits per second; there is no unit 'mbit/s'"),
    (SPEED, "64 kbit", "needs a speed in bits per second"),
    (SHARE, "0.6", "needs a share in per cent"),
    (SHARE, "100.1 %", "must be at most 100 %"),
    (COUNT, "1.5", "must be a whole number"),
    (COUNT, "60 %", "needs a whole number"),
    (COUNT, "1_000", "needs a whole number"),
    (OCTETS, "10 bit", "must be a whole number"),
]


@pytest.mark.parametrize(("kind", "text", "problem"), REFUSED)
def test_refused(kind: Kind, text: str, problem: str) -> None:
    """A wrong dimension, a missing unit or a value out of range is refused in these words."""
    with pytest.raises(Refusal) as caught:
        parse(kind, text)
    assert caught.value.problem == problem


@given(st.integers(0, 3650 * 86400 * 10**9))
def test_every_duration_is_written_back(duration_ns: int) -> None:
    """Any number of nanoseconds survives writing and reading."""
    assert parse(DURATION, written(DURATION, duration_ns)) == duration_ns


@given(st.sampled_from([RATE, VOLUME, SHARE, WEIGHT]), st.floats(1e-9, 1.0))
def test_every_float_is_written_back(kind: Kind, value: float) -> None:
    """Any rate, volume, share or weight survives writing and reading, to the last bit."""
    assert parse(kind, written(kind, value)) == value


@given(st.sampled_from([SPEED, COUNT, MESSAGES, OCTETS]), st.integers(1, 10**12))
def test_every_integer_is_written_back(kind: Kind, value: int) -> None:
    """Any speed, count or number of octets survives writing and reading."""
    assert parse(kind, written(kind, value)) == value


def test_written_for_people() -> None:
    """Round values are written with the unit that people use."""
    texts = [
        written(DURATION, 0),
        written(DURATION, 48 * 3600 * 10**9),
        written(DURATION, 600 * 10**9),
        written(DURATION, 235_400_000),
        written(VOLUME, 3 / 86400),
        written(SPEED, 1_536_000),
        written(SHARE, 0.6),
    ]
    assert texts == ["0 s", "48 h", "10 min", "235.4 ms", "3 msg/day", "1536 kbit/s", "60 %"]


def test_money() -> None:
    """Money is exact, has a currency of ISO 4217 and at most six decimals."""
    assert parse_money("0.10 USD") == Money(Decimal("0.10"), "USD")
    assert str(parse_money("0.0075 EUR")) == "0.0075 EUR"
    for text, problem in [
        ("0.10", "needs an amount of money"),
        ("-1 EUR", "needs an amount of money"),
        ("1 XYZ", "there is no currency 'XYZ'"),
        ("0.0000001 EUR", "must not be finer than one millionth"),
    ]:
        with pytest.raises(Refusal) as caught:
            parse_money(text)
        assert caught.value.problem == problem
