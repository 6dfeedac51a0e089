"""Exact amounts: into micros, back, rounded and shown."""

from collections import Counter
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsc_sim.content.errors import ContentError
from smsc_sim.content.money import format_money, micros, minor_digits, round_to_minor, to_decimal

LARGEST = 2**63 - 1
int64s = st.integers(-LARGEST, LARGEST)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("0", 0), ("-0.0", 0), ("0.000001", 1), ("0.0083", 8_300), ("+1.50", 1_500_000),
     ("1.000000000", 1_000_000), ("-12", -12_000_000), (Decimal("1E+3"), 1_000_000_000),
     (Decimal("83E-4"), 8_300), (Decimal("0E+999999"), 0), ("9223372036854.775807", LARGEST)],
)  # fmt: skip
def test_micros(amount: str | Decimal, expected: int) -> None:
    """Every way to write an amount gives its exact number of micros."""
    assert micros(amount) == expected


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("0.0000001", "amount: is finer than 0.000001 (got 0.0000001); round it first"),
        ("1.0000001", "amount: is finer than 0.000001 (got 1.0000001); round it first"),
        (
            Decimal("1E-999999"),
            "amount: is finer than 0.000001 (got 1E-999999); round it first",
        ),
        (
            "9223372036854.775808",
            "amount: does not fit 64 bits of micros (got 9223372036854.775808); split it",
        ),
        (
            Decimal("1E+999999"),
            "amount: does not fit 64 bits of micros (got 1E+999999); split it",
        ),
        (
            0.1,
            "amount: must be a Decimal or its text (got float 0.1); "
            "other numbers may not be exact, write Decimal('0.0083')",
        ),
        (
            3,
            "amount: must be a Decimal or its text (got int 3); "
            "other numbers may not be exact, write Decimal('0.0083')",
        ),
        (Decimal("NaN"), "amount: must be a finite number (got NaN); give an amount"),
        (Decimal("-Infinity"), "amount: must be a finite number (got -Infinity); give an amount"),
        *(
            (text, f"amount: is not a decimal number (got {text!r}); write digits, e.g. 0.0083")
            for text in ("", "0,10", "1e-3", "1_000", " 1", "1\n", "nan", ".5", "٣", "0.10 USD")
        ),
    ],
)
def test_micros_refuses(amount: str | Decimal, sentence: str) -> None:
    """What is not an exact amount of whole micros in int64 is refused with what to do."""
    with pytest.raises(ContentError) as error:
        micros(amount)
    assert str(error.value) == sentence


@given(int64s)
def test_round_trip(amount: int) -> None:
    """Micros -> Decimal -> micros is the identity, however small the caller's precision."""
    with localcontext(Context(prec=3)):
        assert micros(to_decimal(amount)) == amount
        assert micros(f"{to_decimal(amount):f}") == amount


def test_to_decimal_of_a_sum_beyond_int64() -> None:
    """Sums in Python may be larger than an array holds."""
    assert to_decimal(-(10**30)) == Decimal(-(10**24))


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("EUR", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("CLP", 0), ("ISK", 0), ("KWD", 3),
     ("TND", 3), ("CLF", 4), ("HUF", 2), ("INR", 2)],
)  # fmt: skip
def test_minor_digits(currency: str, digits: int) -> None:
    """Minor units are those of ISO 4217, not of daily habit: the forint has two."""
    assert minor_digits(currency) == digits


def test_minor_digits_of_every_currency() -> None:
    """Of all ISO 4217 codes 17 have no decimal place, 7 three and 2 four; nobody pays in 13."""
    digits: Counter[int | None] = Counter()
    for currency in pycountry.currencies:
        try:
            digits[minor_digits(currency.alpha_3)] += 1
        except ContentError:
            digits[None] += 1
    assert digits == {0: 17, 2: 139, 3: 7, 4: 2, None: 13}


@pytest.mark.parametrize("currency", ["", "usd", "XAU", "XXX", "ABC", "US", "EURO"])
def test_unknown_currency(currency: str) -> None:
    """Unknown codes, lower case and gold are refused."""
    with pytest.raises(ContentError) as error:
        minor_digits(currency)
    assert str(error.value) == (
        f"currency: is not a currency of ISO 4217 that one can pay in (got {currency!r}); "
        "use three capital letters such as USD"
    )


@given(int64s, st.sampled_from(["JPY", "EUR", "KWD", "CLF"]))
def test_rounding_is_half_even(amount: int, currency: str) -> None:
    """Rounding agrees with the decimal module's half-even rounding."""
    step = Decimal(1).scaleb(-minor_digits(currency))
    expected = to_decimal(amount).quantize(step, ROUND_HALF_EVEN)
    assert to_decimal(round_to_minor(amount, currency)) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [(5_000, "USD", 0), (15_000, "USD", 20_000), (-5_000, "USD", 0), (-15_000, "USD", -20_000),
     (-5_001, "USD", -10_000), (500_000, "JPY", 0), (1_500_000, "JPY", 2_000_000)],
)  # fmt: skip
def test_halves(amount: int, currency: str, rounded: int) -> None:
    """A half goes to the even neighbour on both sides of zero."""
    assert round_to_minor(amount, currency) == rounded


@pytest.mark.parametrize(
    ("amount", "currency", "exact", "shown"),
    [(1_234_565_000, "EUR", False, "1234.56 EUR"), (0, "EUR", False, "0.00 EUR"),
     (0, "JPY", False, "0 JPY"), (8_300, "USD", True, "0.0083 USD"),
     (100_000, "USD", True, "0.10 USD"), (1, "JPY", True, "0.000001 JPY"),
     (-1_500_000, "USD", False, "-1.50 USD"), (-4_000, "USD", False, "0.00 USD"),
     (-4_000, "USD", True, "-0.004 USD"), (1_500, "KWD", False, "0.002 KWD")],
)  # fmt: skip
def test_format_money(amount: int, currency: str, exact: bool, shown: str) -> None:
    """Amounts have the digits of their coin, exact ones all they need."""
    assert format_money(amount, currency, exact=exact) == shown
