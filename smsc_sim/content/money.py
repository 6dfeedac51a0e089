"""Exact amounts of money: integers of one millionth of the currency unit."""

import re
from decimal import Decimal

from smsc_sim.content.errors import ContentError

MICRO_DIGITS = 6
"""Decimal places of an amount; one micro is 10^-6 of the currency unit."""

MICROS_PER_UNIT = 1_000_000

_LARGEST = 2**63 - 1
_DECIMAL_TEXT = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)

# ISO 4217 list one, published 2026-01-01 (read in PyPI iso4217 1.16.20260101); pycountry 26.2.16
# has no minor units. Every currency that is not named here has two places, and _WITHOUT has none
# because nobody pays in it.
_PLACES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_PLACES_OF = {currency: places for places, codes in _PLACES.items() for currency in codes.split()}
_WITHOUT = "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"


def micros(amount: Decimal | str) -> int:
    """Amount in millionths of the currency unit.

    Parameters
    ----------
    amount : Decimal or str
        Currency units. A text is written in decimal digits with a point: `0.0083`.

    Returns
    -------
    int
        Micros, exact; fits an int64.

    Raises
    ------
    ContentError
        If the amount is finer than one micro, not finite, too large for int64, or not an exact
        number: binary floats are refused.

    Examples
    --------
    >>> micros("0.0083"), micros(Decimal("-1.5"))
    (8300, -1500000)
    """
    exact = _exact(amount)
    if not exact:
        return 0
    # The two bounds come first: 1e999999999 is a valid Decimal and no number to expand.
    if exact.adjusted() > len(str(_LARGEST)) - MICRO_DIGITS:
        raise _too_large(amount)
    if exact.adjusted() < -MICRO_DIGITS:
        raise _too_fine(amount)
    numerator, denominator = exact.as_integer_ratio()
    value, rest = divmod(numerator * MICROS_PER_UNIT, denominator)
    if rest:
        raise _too_fine(amount)
    if abs(value) > _LARGEST:
        raise _too_large(amount)
    return value


def to_decimal(amount_micros: int) -> Decimal:
    """Amount in currency units, exact.

    Parameters
    ----------
    amount_micros : int
        Micros; any size.

    Returns
    -------
    Decimal
        With six decimal places.

    Examples
    --------
    >>> to_decimal(8300)
    Decimal('0.008300')
    """
    # The tuple form is exact; scaleb would round to the precision of the caller's context.
    digits = tuple(int(digit) for digit in str(abs(int(amount_micros))))
    return Decimal((int(amount_micros < 0), digits, -MICRO_DIGITS))


def minor_digits(currency: str) -> int:
    """Decimal places of the smallest coin of a currency.

    Parameters
    ----------
    currency : str
        ISO 4217 code.

    Returns
    -------
    int
        0, 2, 3 or 4.

    Raises
    ------
    ContentError
        If nobody can pay in it: not a code of ISO 4217, or one without a minor unit such as gold.

    References
    ----------
    ISO 4217 list one, published 2026-01-01.

    Examples
    --------
    >>> [minor_digits(currency) for currency in ("EUR", "JPY", "KWD")]
    [2, 0, 3]
    """
    import pycountry  # Takes 0.1 s: only who asks for a currency waits for it.

    # get() ignores case, ISO 4217 does not.
    known = None if currency in _WITHOUT.split() else pycountry.currencies.get(alpha_3=currency)
    if known is None or known.alpha_3 != currency:
        raise ContentError(
            f"currency: is not a currency of ISO 4217 that one can pay in "
            f"(got {currency!r}); use three capital letters such as USD"
        )
    return _PLACES_OF.get(currency, 2)


def round_to_minor(amount_micros: int, currency: str) -> int:
    """Amount rounded to the minor unit of its currency.

    Parameters
    ----------
    amount_micros : int
        Micros.
    currency : str
        ISO 4217 code.

    Returns
    -------
    int
        Micros, a whole number of minor units; a half goes to the even neighbour.

    Raises
    ------
    ContentError
        If the currency is unknown.

    Examples
    --------
    >>> round_to_minor(1_005_000, "USD"), round_to_minor(1_015_000, "USD")
    (1000000, 1020000)
    """
    step = int(10 ** (MICRO_DIGITS - minor_digits(currency)))
    quotient, rest = divmod(int(amount_micros), step)
    if 2 * rest > step or (2 * rest == step and quotient % 2):
        quotient += 1
    return quotient * step


def format_money(amount_micros: int, currency: str, *, exact: bool = False) -> str:
    """Amount as a reader expects it, with its currency.

    Parameters
    ----------
    amount_micros : int
        Micros.
    currency : str
        ISO 4217 code.
    exact : bool
        Show every digit instead of rounding half-even to the minor unit: prices per segment are
        often finer than a coin.

    Returns
    -------
    str
        At least the digits of the minor unit; no grouping of thousands.

    Raises
    ------
    ContentError
        If the currency is unknown.

    Examples
    --------
    >>> format_money(1_234_565_000, "EUR"), format_money(8_300, "USD", exact=True)
    ('1234.56 EUR', '0.0083 USD')
    """
    places = minor_digits(currency)
    shown = int(amount_micros) if exact else round_to_minor(amount_micros, currency)
    whole, fraction = divmod(abs(shown), MICROS_PER_UNIT)
    digits = f"{fraction:0{MICRO_DIGITS}d}"
    kept = digits[:places] + digits[places:].rstrip("0")
    return f"{'-' if shown < 0 else ''}{whole}{'.' if kept else ''}{kept} {currency}"


def _exact(amount: Decimal | str) -> Decimal:
    """Amount as a finite Decimal; whatever is not exact is refused."""
    if isinstance(amount, str):
        if not _DECIMAL_TEXT.fullmatch(amount):
            raise ContentError(
                f"amount: is not a decimal number (got {amount!r}); write digits, e.g. 0.0083"
            )
        return Decimal(amount)
    if not isinstance(amount, Decimal):
        raise ContentError(
            f"amount: must be a Decimal or its text (got {type(amount).__name__} {amount!r}); "
            "other numbers may not be exact, write Decimal('0.0083')"
        )
    if not amount.is_finite():
        raise ContentError(f"amount: must be a finite number (got {amount}); give an amount")
    return amount


def _too_fine(amount: Decimal | str) -> ContentError:
    """Error of an amount that micros cannot express."""
    return ContentError(f"amount: is finer than 0.000001 (got {amount}); round it first")


def _too_large(amount: Decimal | str) -> ContentError:
    """Error of an amount that int64 cannot hold."""
    return ContentError(f"amount: does not fit 64 bits of micros (got {amount}); split it")
