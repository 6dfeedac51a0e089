"""Price lists of others, as they come: columns are recognised by their names.

Known are a list of country, network and price as Twilio publishes it, and one with MCC and MNC as
AWS does. A list has no kind: it is what a sender pays (A2P) unless said otherwise.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from smsc_sim.content.errors import ContentError
from smsc_sim.content.rate_cells import (
    RateKind,
    country_code,
    currency_code,
    day_of,
    known_countries,
    operator_of,
    price_of,
)
from smsc_sim.content.rate_rows import Rate, checked_rates, rows_of

_NAMES: Mapping[str, tuple[str, ...]] = {
    "country": ("iso2", "iso", "iso code", "iso_code", "country_iso", "country_code", "iso country",
                "country iso", "country"),
    "price": ("price", "price / msg", "price/msg", "price per segment", "price_per_segment",
              "price per message", "rate", "unit price", "price_usd", "price_eur", "price_gbp"),
    "currency": ("currency",),
    "mcc": ("mcc",),
    "mnc": ("mnc", "mnc_or_network"),
    "mccmnc": ("mccmnc", "mcc/mnc", "mcc-mnc", "mcc mnc", "mcc_mnc", "plmn"),
    "operator": ("operator", "network", "network name", "carrier", "description"),
    "surcharge": ("surcharge", "carrier fee", "carrier_fee", "carrier_fee_usd", "carrier_fee_eur"),
    "valid_from": ("valid_from", "effective_date", "effective date", "effective_from"),
    "direction": ("direction",),
    "provider": ("provider",),
}  # fmt: skip
"""What we call a column -> what others call it; the first that stands there counts."""

_EVERY_OPERATOR = {"", "default", "all networks", "other", "all", "*"}
_OWN = {"kind", "mark", "source_date"}


def is_price_list(header: Sequence[str]) -> bool:
    """Whether a header is that of another list than our own layout: it names none of our columns.

    Parameters
    ----------
    header : sequence of str

    Returns
    -------
    bool
    """
    return not _OWN.intersection(header)


def import_rates(
    text: str,
    name: str,
    *,
    kind: RateKind = RateKind.A2P,
    currency: str | None = None,
    provider: str | None = None,
) -> tuple[Rate, ...]:
    """Rates of a price list that is not in our own layout.

    Parameters
    ----------
    text : str
        CSV with a header.
    name : str
        Name of the file for messages.
    kind : RateKind
        Who pays these prices.
    currency : str, optional
        Where no column says it.
    provider : str, optional
        The one to keep, where a column tells several.

    Returns
    -------
    tuple of Rate
        Networks are kept where their prices differ or MCC and MNC are given. Rows of no country
        (satellites, codes that ISO 3166 does not know) and of other directions than to the phone
        are left out: a message there has no rate, which is an error when it is priced.

    Raises
    ------
    ContentError
        If columns are missing or cells are wrong, one line each.
    """
    header, found = rows_of(text, name)
    columns = _columns(header)
    _check_columns(columns, header, name, currency)
    rows = list(found)
    _check_providers(rows, columns, name, provider)
    problems: list[str] = []
    rates = []
    for row, cells in rows:
        values = {ours: cells[theirs] for ours, theirs in columns.items()}
        if not _is_wanted(values, provider):
            continue
        if "currency" not in values:
            values["currency"] = currency or columns["price"].rpartition("_")[2].upper()
        try:
            rates.append(_rate(values, row, kind, name))
        except ContentError as error:
            said = str(error).removeprefix("amount: ").removeprefix("currency: ")
            problems.append(f"{row}: {said}")
    if not rates and not problems:
        problems.append(
            "1: holds no price to a country (got no code of ISO 3166); check the column"
        )
    return checked_rates(_without_repeats(rates), problems, name)


def _columns(header: Sequence[str]) -> dict[str, str]:
    """Our name of each known column -> its name in the file."""
    spelled = {column.strip().lower(): column for column in header}
    found = {
        ours: next((spelled[name] for name in names if name in spelled), "")
        for ours, names in _NAMES.items()
    }
    return {ours: theirs for ours, theirs in found.items() if theirs}


def _check_columns(
    columns: Mapping[str, str], header: Sequence[str], name: str, currency: str | None
) -> None:
    missing = [column for column in ("country", "price") if column not in columns]
    says_currency = currency or "currency" in columns or "_" in columns.get("price", "")
    if not missing and not says_currency:
        missing = ["currency"]
    if missing:
        known = "; ".join(f"{column}: {', '.join(_NAMES[column])}" for column in missing)
        raise ContentError(
            f"{name}:1: lacks columns (got no {', no '.join(missing)} in {', '.join(header)}); "
            f"name them as one of {known}"
        )


def _is_wanted(values: Mapping[str, str], provider: str | None) -> bool:
    """Whether a row is a price to phones of a country, by the provider asked for."""
    if values["country"].upper() not in known_countries():
        return False
    direction = values.get("direction", "").lower()
    if direction and not direction.startswith("outbound"):
        return False
    return provider is None or values.get("provider") == provider


def _check_providers(
    rows: Sequence[tuple[int, Mapping[str, str]]],
    columns: Mapping[str, str],
    name: str,
    provider: str | None,
) -> None:
    """Raise ContentError where one of several providers must be chosen, or the chosen is none."""
    if "provider" not in columns:
        return
    known = sorted({cells[columns["provider"]] for _, cells in rows})
    if (provider is None and len(known) > 1) or (provider is not None and provider not in known):
        raise ContentError(
            f"{name}: holds prices of {len(known)} providers (got {provider or 'no choice'}); "
            f"choose one of {', '.join(known)}"
        )


def _rate(values: Mapping[str, str], row: int, kind: RateKind, name: str) -> Rate:
    first = day_of(values["valid_from"]) if values.get("valid_from") else date.min
    return Rate(
        kind=kind,
        country=country_code(values["country"].upper()),
        operator=_operator(values),
        price_micros=price_of(values["price"]),
        surcharge_micros=price_of(values.get("surcharge") or "0"),
        currency=currency_code(values["currency"].upper()),
        valid_from=first,
        valid_to=date.max,
        source_date=first,
        source=name,
        mark="found",
        row=row,
    )


def _operator(values: Mapping[str, str]) -> str:
    """Operator of a row: MCC and MNC where both are digits, else the network's name."""
    mcc, mnc = values.get("mcc", ""), values.get("mnc", "")
    if mcc.isdecimal() and mnc.isdecimal():
        return operator_of(f"{mcc}-{mnc}")
    said = values.get("mccmnc") or (values.get("operator", "") if "mnc" not in values else mnc)
    return "" if said.lower() in _EVERY_OPERATOR else operator_of(said)


def _without_repeats(rates: list[Rate]) -> list[Rate]:
    """Rates without networks by name whose country has one price, and without equal rows."""
    of_country: dict[tuple[str, date], list[Rate]] = defaultdict(list)
    for rate in rates:
        of_country[rate.country, rate.valid_from].append(rate)
    kept = []
    for group in of_country.values():
        prices = {(rate.price_micros, rate.surcharge_micros) for rate in group}
        by_name = not any(rate.operator[:3].isdecimal() for rate in group)
        if len(prices) == 1 and by_name:
            kept.append(_for_every_operator(group[0]))
            continue
        kept += {(rate.operator, rate.price_micros, rate.surcharge_micros): rate
                 for rate in reversed(group)}.values()  # fmt: skip
    return _ended(kept)


def _for_every_operator(rate: Rate) -> Rate:
    return replace(rate, operator="")


def _ended(rates: list[Rate]) -> list[Rate]:
    """Rates that end the day before the next price of the same destination begins."""
    rates = sorted(rates, key=lambda rate: (rate.place, rate.row))
    for at in range(len(rates) - 1):
        here, after = rates[at], rates[at + 1]
        if here.place[:-1] == after.place[:-1] and here.valid_from < after.valid_from:
            rates[at] = replace(here, valid_to=after.valid_from - timedelta(days=1))
    return rates
