"""Invoices: tiers, minimum fees, conversion and VAT, each once per line, rounded once."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pandas as pd

from smsc_sim.content.errors import ContentError
from smsc_sim.content.exchange import Exchange, rate_between
from smsc_sim.content.money import MICROS_PER_UNIT, minor_digits
from smsc_sim.content.price_table import NO_RATE, PriceTable
from smsc_sim.content.rates import Rate

KEYS = ("account", "country", "operator", "month")
UNROUNDED_DIGITS = 12
"""Decimal places of the unrounded sum; it is exact unless a reciprocal of a rate is not."""

COLUMNS = (
    *KEYS, "kind", "messages", "segments", "units", "unrounded", "net", "vat", "gross", "currency",
)  # fmt: skip


def invoice_lines(
    volumes: pd.DataFrame,
    table: PriceTable,
    *,
    account: str | None = None,
    currency: str | None = None,
    exchange: Exchange | None = None,
    vat_percent: Decimal | Mapping[str, Decimal] = Decimal(0),
) -> pd.DataFrame:
    """Lines of the invoices over some volumes.

    Parameters
    ----------
    volumes : DataFrame
        Of `bill.volumes_frame`; several rows may belong to one line.
    table : PriceTable
        That the volumes were priced with.
    account : str, optional
        Column of `volumes` with the account; without it there is one account, called `all`.
    currency : str, optional
        Of the invoice, ISO 4217. Default: that of the prices.
    exchange : Exchange, optional
        Needed for another currency; the rate of the last day of the month is taken.
    vat_percent : Decimal or mapping of str to Decimal
        Of all accounts, or of each.

    Returns
    -------
    DataFrame
        One row per account, country, operator (empty for any without a price of its own) and month,
        in this order: `kind` of price, `messages`, `segments`, `units` charged (int64), `unrounded`
        (Decimal, converted, before VAT), `net`, `vat` and `gross` (Decimal, whole minor units) and
        `currency`.

    Raises
    ------
    ContentError
        If volumes lack a price, an exchange rate or the VAT of an account is not told.

    Notes
    -----
    Tiers are graduated: each unit costs what its own tier says. They count the units of the line; a
    price that changes within the month begins to count anew. The minimum fee is compared with the
    sum of the line before conversion. `net` and `gross` are rounded half-even from exact values,
    `vat` is their difference.
    """
    if (volumes["rate"] == NO_RATE).any():
        raise ContentError("volumes: some have no price; add rows to the card or name a fallback")
    frame = volumes.assign(account=volumes[account].astype(str) if account else "all")
    wanted = currency or table.currency
    lines = [
        _line(key, rows, table, wanted, exchange, vat_percent)
        for key, rows in frame.groupby(list(KEYS), sort=True, observed=True)
    ]
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _line(
    key: Any,
    rows: pd.DataFrame,
    table: PriceTable,
    currency: str,
    exchange: Exchange | None,
    vat_percent: Decimal | Mapping[str, Decimal],
) -> dict[str, Any]:
    account, _, _, month = key
    units = rows.groupby("rate")["units"].sum()
    pairs = zip(units.index.to_numpy(), units.to_numpy(), strict=True)
    tariffs = [(table.tariffs[rate], int(count)) for rate, count in pairs]
    micros = max(
        sum(tiered_micros(tariff, count) for tariff, count in tariffs),
        max(tariff[0].minimum_fee_micros for tariff, _ in tariffs),
    )
    rate = rate_between(exchange, table.currency, currency, _last_day(month))
    net = Fraction(micros, MICROS_PER_UNIT) * rate
    gross = net * (1 + Fraction(_vat(account, vat_percent)) / 100)
    places = minor_digits(currency)
    rounded_net, rounded_gross = rounded(net, places), rounded(gross, places)
    return dict(zip(KEYS, key, strict=True)) | {
        "kind": str(table.kind),
        "messages": int(rows["messages"].sum()),
        "segments": int(rows["segments"].sum()),
        "units": int(units.sum()),
        "unrounded": rounded(net, UNROUNDED_DIGITS),
        "net": rounded_net,
        "vat": rounded_gross - rounded_net,
        "gross": rounded_gross,
        "currency": currency,
    }


def tiered_micros(tariff: Iterable[Rate], units: int) -> int:
    """What units cost in graduated tiers, with surcharges.

    Parameters
    ----------
    tariff : iterable of Rate
        Tiers by `from_units`, the first from 0.
    units : int

    Returns
    -------
    int
        Micros, exact.
    """
    tiers = list(tariff)
    ends = [tier.from_units for tier in tiers[1:]] + [units]
    total = 0
    for tier, end in zip(tiers, ends, strict=True):
        within = max(0, min(end, units) - tier.from_units)
        total += within * (tier.price_micros + tier.surcharge_micros)
    return total


def rounded(amount: Fraction, places: int) -> Decimal:
    """An exact amount, rounded half-even to decimal places.

    Examples
    --------
    >>> rounded(Fraction(5, 1000), 2), rounded(Fraction(15, 1000), 2)
    (Decimal('0.00'), Decimal('0.02'))
    """
    whole = round(amount * 10**places)  # round() of a Fraction is half-even and exact
    with localcontext() as context:
        context.prec = max(28, len(str(whole)) + places)
        return Decimal(whole).scaleb(-places)


def _vat(account: str, percent: Decimal | Mapping[str, Decimal]) -> Decimal:
    if isinstance(percent, Decimal):
        return percent
    if account not in percent:
        raise ContentError(f"vat: is not told for '{account}'; give its percentage, 0 for none")
    return percent[account]


def _last_day(month: str) -> date:
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, monthrange(year, number)[1])
