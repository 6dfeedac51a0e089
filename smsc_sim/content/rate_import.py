"""Price lists of others, as they come: columns are recognised by their names.

Known are a list of country, network and price as Twilio publishes it, and one with MCC and MNC as
AWS does; countries may be told by code or by name. A list has no kind: it is what a sender pays
(A2P) unless said otherwise.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from smsc_sim.content.country_names import country_named
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
from smsc_sim.content.rate_rows import MOST_TOLD, Rate, checked_rates, delimiter_of, rows_of
from smsc_sim.content.row_files import refuse_absent

_Row = tuple[int, dict[str, str]]
"""Number and cells by title."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    "country": ("iso2", "iso", "iso code", "country iso", "country code", "iso country", "country",
                "country name", "destination"),
    "currency": ("currency",),
    "mcc": ("mcc",),
    "mnc": ("mnc",),
    "mccmnc": ("mccmnc", "mcc mnc", "plmn"),
    "operator": ("mnc or network", "operator", "network", "network name", "operator name",
                 "carrier", "description"),
    "surcharge": ("surcharge", "carrier fee", "carrier fee usd", "carrier fee eur"),
    "valid_from": ("valid from", "effective date", "effective from", "effective"),
    "direction": ("direction",),
    "provider": ("provider",),
}  # fmt: skip
"""What we call a column -> what others call it; the first that stands there counts. Case and the
signs between words do not matter."""

_PRICE = re.compile(
    r"(?:(?P<before>[a-z]{3}) )??(?:unit |sms )?(?:price|rate|cost|tariff)"
    r"(?: (?:per )?(?:msg|message|sms|segment|part))?(?: (?:in )?(?P<behind>[a-z]{3}))?"
)
"""A title of prices, perhaps with their currency: `price_usd`, `Rate per SMS (EUR)`."""

_MNC = re.compile("[0-9]{2,3}", re.ASCII)
"""In a column that holds names too; a single digit there is a name such as 3."""

_EVERY_OPERATOR = {"", "default", "all networks", "other", "all", "*"}
_OWN = {"kind", "mark", "source_date"}


@dataclass(frozen=True, slots=True)
class PriceList:
    """What a list in another layout says.

    Attributes
    ----------
    rates : tuple of Rate
    left_out : tuple of (int, str)
        Rows that are no price to a country's phones, and why.
    """

    rates: tuple[Rate, ...]
    left_out: tuple[tuple[int, str], ...]


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
    on: date | None = None,
    only: Mapping[str, str] = MappingProxyType({}),
) -> PriceList:
    """Rates of a price list that is not in our own layout.

    Parameters
    ----------
    text : str
        CSV with a header; cells apart by a comma, semicolon, tab or bar. Where that is no comma, a
        comma in a price is a decimal point.
    name : str
        Name of the file for messages.
    kind : RateKind
        Who pays these prices.
    currency : str, optional
        Where no column and no title says it.
    provider : str, optional
        The one to keep, where a column tells several.
    on : date, optional
        Day on which the list said so, for rows without a day of effect.
    only : mapping of str to str
        Title of a column to what must stand in it; other rows are no part of the list.

    Returns
    -------
    PriceList
        Networks are kept where their prices differ. Rows of no country (satellites, names that ISO
        3166 does not know) and of other directions than to the phone are left out: a message there
        has no rate, which is an error when it is priced.

    Raises
    ------
    ContentError
        If columns are missing or cells are wrong, one line each.
    """
    header, found = rows_of(text, name)
    columns = _columns(header, currency)
    _check_columns(columns, header, name, currency)
    titled = _check_currencies(columns, header, name, currency)
    wanted = titled or (currency or "").upper()
    rows = _chosen(list(found), header, name, only)
    _check_providers(rows, columns, name, provider)
    has_commas = delimiter_of(text) != ","
    problems: list[str] = []
    left_out = []
    rates = []
    for row, cells in rows:
        values = {ours: cells[theirs] for ours, theirs in columns.items()}
        values["country"] = country_named(values["country"])
        if why := _why_not(values, provider):
            left_out.append((row, why))
            continue
        if has_commas:
            values |= {
                money: values[money].replace(",", ".")
                for money in ("price", "surcharge") & values.keys()
            }
        values.setdefault("currency", currency or titled)
        if wanted and values["currency"].upper() != wanted:
            said = f"that of '{columns['price']}'" if titled else f"{wanted}, as --currency says"
            problems.append(
                f"{row}: currency must be {said} (got '{values['currency']}'); mend one of them"
            )
            continue
        try:
            rates.append(_rate(values, row, kind, name, on))
        except ContentError as error:
            said = str(error).removeprefix("amount: ").removeprefix("currency: ")
            problems.append(f"{row}: {said}")
    if not rates and not problems:
        problems.append(
            "1: holds no price to a country (got no code or name of ISO 3166); check the column"
        )
    rates, repeated = _one_each(_without_repeats(rates))
    return PriceList(checked_rates(rates, problems + repeated, name), tuple(left_out))


def _chosen(
    rows: list[_Row], header: Sequence[str], name: str, only: Mapping[str, str]
) -> list[_Row]:
    """Rows in which columns hold what they must."""
    for title, wanted in only.items():
        refuse_absent(tuple(header), title, f"{name}:1")
        known = sorted({cells[title] for _, cells in rows})
        rows = [(row, cells) for row, cells in rows if cells[title] == wanted]
        if not rows:
            some = ", ".join(f"'{cell}'" for cell in known[:MOST_TOLD])
            raise ContentError(f"{name}:1:{title}: no row left has '{wanted}'; there is {some}")
    return rows


def _words(title: str) -> str:
    """A title in small letters, with one space between words and nothing else."""
    return " ".join(re.findall(r"[a-z0-9]+", title.lower()))


def _columns(header: Sequence[str], currency: str | None) -> dict[str, str]:
    """Our name of each known column -> its name in the file; of prices those in the currency."""
    spelled = {_words(column): column for column in reversed(header)}
    found = {
        ours: next((spelled[name] for name in names if name in spelled), "")
        for ours, names in _NAMES.items()
    }
    priced = [column for column in header if _PRICE.fullmatch(_words(column))]
    wanted = [column for column in priced if currency and _currency_in(column) == currency.upper()]
    found["price"] = next(iter([*wanted, *priced]), "")
    return {ours: theirs for ours, theirs in found.items() if theirs}


def _currency_in(title: str) -> str:
    """Currency that a title of prices names; empty for none."""
    found = _PRICE.fullmatch(_words(title))
    assert found is not None
    said = (found["behind"] or found["before"] or "").upper()
    try:
        return currency_code(said)
    except ContentError:
        return ""


def _check_columns(
    columns: Mapping[str, str], header: Sequence[str], name: str, currency: str | None
) -> None:
    known = {
        "country": f"name it as one of {', '.join(_NAMES['country'])}",
        "price": "name it as price, price per segment, price_usd, rate or the like",
        "currency": "name the price as price_usd or the like, or say it: smsc-sim rates import "
        "--currency",
    }
    missing = [column for column in ("country", "price") if column not in columns]
    if not missing and not (currency or "currency" in columns or _currency_in(columns["price"])):
        missing = ["currency"]
    if missing:
        raise ContentError(
            f"{name}:1: lacks columns (got no {', no '.join(missing)} in {', '.join(header)}); "
            + "; ".join(f"{column}: {known[column]}" for column in missing)
        )


def _check_currencies(
    columns: Mapping[str, str], header: Sequence[str], name: str, currency: str | None
) -> str:
    """Refuse titles that name another currency than is asked for; returns that of the prices."""
    priced = [column for column in header if _PRICE.fullmatch(_words(column))]
    named = sorted({_currency_in(column) for column in priced} - {""})
    titled = _currency_in(columns["price"])
    if len(named) > 1 and (currency or "").upper() not in named:
        raise ContentError(
            f"{name}:1: has prices in {' and '.join(named)}; say which: smsc-sim rates import "
            "--currency"
        )
    if currency and titled and titled != currency.upper():
        raise ContentError(
            f"{name}:1: has prices in {titled} (got --currency {currency}); leave it out, or "
            "exchange them first"
        )
    fee = columns.get("surcharge", "")
    charged = _words(fee).rpartition(" ")[2].upper()
    given = titled or (currency or "").upper()
    if charged in ("USD", "EUR") and given and charged != given:
        raise ContentError(
            f"{name}:1: has '{fee}' beside prices in {given}: one currency is needed; exchange one "
            "of them first"
        )
    return titled


def _why_not(values: Mapping[str, str], provider: str | None) -> str:
    """Why a row is no price to phones of a country by the provider asked for; empty if it is."""
    if values["country"] not in known_countries():
        return f"no country of ISO 3166 ('{values['country']}')"
    direction = values.get("direction", "").lower()
    if direction and not direction.startswith("outbound"):
        return f"another direction ('{direction}')"
    if provider is not None and values.get("provider") != provider:
        return f"another provider ('{values.get('provider', '')}')"
    return ""


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
            f"choose one of {', '.join(known)}: smsc-sim rates import --provider"
        )


def _rate(values: Mapping[str, str], row: int, kind: RateKind, name: str, on: date | None) -> Rate:
    first = day_of(values["valid_from"]) if values.get("valid_from") else date.min
    return Rate(
        kind=kind,
        country=country_code(values["country"]),
        operator=_operator(values),
        price_micros=price_of(values["price"]),
        surcharge_micros=price_of(values.get("surcharge") or "0"),
        currency=currency_code(values["currency"].upper()),
        valid_from=first,
        valid_to=date.max,
        source_date=on or first,
        source=name,
        mark="found",
        row=row,
    )


def _operator(values: Mapping[str, str]) -> str:
    """Operator of a row: MCC and MNC where both are told, else the network's name."""
    mcc, mnc = values.get("mcc", ""), values.get("mnc", "")
    if mcc.isdecimal() and mnc.isdecimal():
        return operator_of(f"{mcc}-{mnc}")
    said = values.get("mccmnc", "")
    if said.isdecimal():
        return operator_of(f"{said[:3]}-{said[3:]}")
    said = said or (mnc if "mnc" in values else values.get("operator", ""))
    if mcc.isdecimal() and _MNC.fullmatch(said):
        return operator_of(f"{mcc}-{said}")
    return "" if said.lower() in _EVERY_OPERATOR else operator_of(said)


def _without_repeats(rates: list[Rate]) -> list[Rate]:
    """Rates without networks in countries of one price, and without equal rows."""
    of_country: dict[str, dict[date, list[Rate]]] = defaultdict(lambda: defaultdict(list))
    for rate in rates:
        of_country[rate.country][rate.valid_from].append(rate)
    kept = []
    for days in of_country.values():
        if _has_one_price(days):
            kept += [replace(group[0], operator="") for group in days.values()]
            continue
        for group in days.values():
            kept += {(rate.operator, rate.price_micros, rate.surcharge_micros): rate
                     for rate in reversed(group)}.values()  # fmt: skip
    return _ended(kept)


def _one_each(rates: list[Rate]) -> tuple[list[Rate], list[str]]:
    """First price of each destination from a day on; and, in words, that there are others.

    A file of several lists has thousands of others: one sentence says more than a line for each.
    """
    first: dict[object, Rate] = {}
    others = [rate for rate in rates if first.setdefault(rate.place, rate) is not rate]
    if not others:
        return rates, []
    least = min(others, key=lambda rate: rate.row)
    place = f"{least.country} {least.operator}".strip()
    number = len({rate.place for rate in others})
    return list(first.values()), [
        f"{least.row}: is another price to {place} from the same day on than row "
        f"{first[least.place].row}, as to {number:,} destination{'s' * (number > 1)} in all; keep "
        "the rows of one list: smsc-sim rates import --only COLUMN=VALUE"
    ]


def _has_one_price(days: Mapping[date, Sequence[Rate]]) -> bool:
    """Whether on each day of change the price of all networks changes, and to the same."""
    networks = {frozenset(rate.operator for rate in group) for group in days.values()}
    prices = [{(r.price_micros, r.surcharge_micros) for r in group} for group in days.values()]
    return len(networks) == 1 and all(len(price) == 1 for price in prices)


def _ended(rates: list[Rate]) -> list[Rate]:
    """Rates that end the day before the next price of the same destination begins."""
    rates = sorted(rates, key=lambda rate: (rate.place, rate.row))
    for at in range(len(rates) - 1):
        here, after = rates[at], rates[at + 1]
        if here.place[:-1] == after.place[:-1] and here.valid_from < after.valid_from:
            rates[at] = replace(here, valid_to=after.valid_from - timedelta(days=1))
    return rates
