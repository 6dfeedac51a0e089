"""What the report by country says: opening, tables, and a section for each country."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from smsc_sim.results.measures import measure_of, unit_of
from smsc_sim.results.words import NOTHING, quantity

from .country_numbers import (
    ENDS,
    PriceParts,
    causes_in,
    classes_in,
    country_codes,
    limits_of,
    price_parts,
    share_of_end,
)
from .summary import Numbers, run_sentence
from .tables import Table, cell, country_words

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates

WHO = {"a2p": "applications", "retail": "people"}


def opening(estimates: Estimates, topic: str) -> list[str]:
    """Sentences above the overview."""
    numbers = Numbers(estimates)
    first = run_sentence(estimates)
    codes = [c for c in country_codes(estimates) if numbers.value("country", c, "submitted") > 0.0]
    if not codes:
        return [first, "No message was submitted in the observation window."]
    if topic == "cost":
        parts = [(c, p) for c in codes for p in price_parts(numbers, c) if math.isfinite(p.total)]
        if not parts:
            return [first, "No message that has a price was delivered."]
        dear, far = max(parts, key=_total), max(parts, key=_surcharge)
        return [
            first,
            f"The dearest delivered message goes to {country_words(dear[0])}: "
            f"{numbers.text('country', dear[0], f'{dear[1].kind}.cost_per_delivered', half=True)} "
            f"({dear[1].kind}). Furthest above the price of its segment is "
            f"{country_words(far[0])} ({far[1].kind}): by "
            f"{_surcharge_words(far[1])}.",
        ]
    ratio = {code: numbers.value("country", code, "delivery_ratio") for code in codes}
    best, worst = max(codes, key=ratio.__getitem__), min(codes, key=ratio.__getitem__)

    def named(code: str) -> str:
        share = numbers.text("country", code, "delivery_ratio", half=True)
        return f"{country_words(code)} with {share} delivered"

    if len(codes) == 1:
        return [first, f"There is one country: {named(best)}."]
    if ratio[best] == ratio[worst]:
        share = numbers.text("country", best, "delivery_ratio")
        return [first, f"All countries have the same share delivered: {share}."]
    sentence = f"The most reliable country is {named(best)}, the least reliable {named(worst)}."
    return [first, sentence]


def _total(pair: tuple[str, PriceParts]) -> float:
    return pair[1].total


def _surcharge(pair: tuple[str, PriceParts]) -> float:
    return pair[1].surcharge if math.isfinite(pair[1].surcharge) else -1.0


def _surcharge_words(part: PriceParts) -> str:
    return quantity(part.surcharge, part.surcharge_half_width, "percent")


def cost_table(estimates: Estimates) -> Table:
    """A row for each country and kind of price, most messages first."""
    numbers = Numbers(estimates)
    unit = unit_of("a2p.cost", str(estimates.manifest["currency"]))
    heads = (
        ("Country", ""), ("Paid by", ""), ("Cost", unit), ("Price of a segment", unit),
        ("Cost per message", unit), ("Cost per delivered", unit),
        ("Above the price of a segment", "%"),
    )  # fmt: skip
    rows = []
    for code in country_codes(estimates):
        for part in price_parts(numbers, code):
            names = ("cost", "cost_per_message", "cost_per_delivered")
            cells = [_cell(numbers, "country", code, f"{part.kind}.{name}") for name in names]
            cells.insert(1, (price_words(part.segment), ""))
            above = cell(part.surcharge, part.surcharge_half_width, measure_of("delivery_ratio"))
            who = (f"{WHO[part.kind]} ({part.kind})", "")
            rows.append(((country_words(code), ""), who, *cells, above))
    return Table(heads, tuple(rows))


def reliability_table(estimates: Estimates) -> Table:
    """A row for each country, most messages first."""
    numbers = Numbers(estimates)
    names = ["submitted", "delivery_ratio", "within_10s", "within_30s"]
    heads = [("Country", ""), ("Submitted", ""), ("Delivered", "%"), ("Within 10 s", "%"),
             ("Within 30 s", "%"), ("Median latency", ""),
             ("Latency, 95 %", ""), ("Not delivered", "%")]  # fmt: skip
    rows = []
    for code in country_codes(estimates):
        cells = [_cell(numbers, "country", code, n) for n in (*names, "latency_p50", "latency_p95")]
        rows.append(((country_words(code), ""), *cells, _not_delivered(numbers, "country", code)))
    return Table(tuple(heads), tuple(rows))


OVERVIEW_TABLES: dict[str, Callable[[Estimates], Table]] = {
    "cost": cost_table,
    "reliability": reliability_table,
}


def cost_section(estimates: Estimates, code: str) -> dict[str, Any]:
    """Title, sentences, table and words for the figure of one country."""
    numbers = Numbers(estimates)
    parts = price_parts(numbers, code)
    currency = str(estimates.manifest["currency"])
    sentences = [_price_sentence(part, currency) for part in parts]
    sentences.append(_ends_sentence(numbers, code))
    sentences += _causes_sentence(estimates, numbers, code)
    names = ["submitted", "segments_submitted", "segments_per_message", "delivery_ratio", *ENDS]
    for part in parts:
        names += [f"{part.kind}.{n}" for n in ("cost", "cost_per_message", "cost_per_delivered")]
    return {
        "title": country_words(code),
        "alt": f"Parts of the cost per delivered message to {code}, and what was not delivered",
        "sentences": sentences,
        "table": _list_of(numbers, code, names),
    }


def reliability_section(estimates: Estimates, code: str) -> dict[str, Any]:
    """Title, sentences, table and words for the figure of one country."""
    numbers = Numbers(estimates)
    sentences = [_ends_sentence(numbers, code), *_receipts_sentence(numbers, code)]
    sentences += _latency_sentence(numbers, code)
    sentences += _causes_sentence(estimates, numbers, code)
    limits = [name for _, name in limits_of(estimates)]
    names = ["submitted", *limits, "delivery_ratio", "open"]
    heads = [("Class", ""), *((measure_of(n).title.removeprefix("Delivery "), _unit(n)) for n in
                              names)]  # fmt: skip
    heads = [("Delivered" if title == "ratio" else title, unit) for title, unit in heads]
    rows = [
        ((name, ""), *(_cell(numbers, "class_country", f"{name}/{code}", n) for n in names))
        for name in classes_in(estimates, code)
    ]
    if len(rows) != 1:
        rows.append((("all", ""), *(_cell(numbers, "country", code, n) for n in names)))
    return {
        "title": country_words(code),
        "alt": f"Shares on the handset within limits, and causes of failed attempts, in {code}",
        "sentences": sentences,
        "table": Table(tuple(heads), tuple(rows)),
    }


SECTIONS: dict[str, Callable[[Estimates, str], dict[str, Any]]] = {
    "cost": cost_section,
    "reliability": reliability_section,
}


def price_words(price: float) -> str:
    """Write a price as rate cards do, with the decimals that it has, at most six.

    Examples
    --------
    >>> price_words(0.1819), price_words(0.1), price_words(2.0)
    ('0.1819', '0.1', '2')
    """
    return f"{price:.6f}".rstrip("0").rstrip(".")


def _price_sentence(part: PriceParts, currency: str) -> str:
    def money(value: float, half_width: float = math.nan) -> str:
        return quantity(value, half_width, "money", currency)

    price = f"{price_words(part.segment)} {currency}"
    begin = f"{WHO[part.kind].capitalize()} pay {price} for a segment ({part.kind})"
    if not math.isfinite(part.total):
        return f"{begin}; nothing was delivered, so there is no cost per delivered message."
    return (
        f"{begin}. Further segments of long texts add {money(part.longer)} to a delivered message, "
        f"messages that were not delivered add {money(part.undelivered)}: together "
        f"{money(part.total, part.half_width)}, "
        f"{_surcharge_words(part)} above the price of one segment."
    )


def _ends_sentence(numbers: Numbers, code: str) -> str:
    if not numbers.value("country", code, "submitted") > 0.0:
        return "No message was submitted to this country."
    submitted = numbers.text("country", code, "submitted")
    ratio = numbers.text("country", code, "delivery_ratio", half=True)
    begin = f"Of {submitted} messages {ratio} were delivered"
    shares = [(end, share_of_end(numbers, code, end)) for end in ENDS]
    parts = [
        f"{quantity(share, math.nan, 'percent')} "
        f"{'are still open' if end == 'open' else f'ended {measure_of(end).title.lower()}'}"
        for end, share in sorted(shares, key=lambda pair: -pair[1])
        if share > 0.0
    ]
    if not parts:
        return f"{begin}."
    sentence = f"{begin}; {', '.join(parts)}."
    open_share = dict(shares)["open"]
    if open_share > 0.0:
        most = numbers.value("country", code, "delivery_ratio") + open_share
        words = quantity(most, math.nan, "percent")
        sentence += f" If every open message still arrived, {words} would be delivered."
    return sentence


def _latency_sentence(numbers: Numbers, code: str) -> list[str]:
    median = numbers.text("country", code, "latency_p50", half=True)
    if median == NOTHING:
        return []
    missing = quantity(1.0 - numbers.value("country", code, "delivery_ratio"), math.nan, "percent")
    return [
        f"Half of the delivered messages took less than {median}, 95 % less than "
        f"{numbers.text('country', code, 'latency_p95', half=True)}; this leaves out the {missing} "
        "that were not delivered."
    ]


def _receipts_sentence(numbers: Numbers, code: str) -> list[str]:
    """What senders were told, where routes tell them what is not true."""
    if not numbers.value("country", code, "false_receipts") > 0.0:
        return []
    told = numbers.text("country", code, "reported_ratio", half=True)
    false = numbers.text("country", code, "false_receipts", half=True)
    return [
        f"Receipts reported {told} of the messages as delivered: of the segments that routes took, "
        f"{false} were reported as delivered and were not."
    ]


def _causes_sentence(estimates: Estimates, numbers: Numbers, code: str) -> list[str]:
    parts = [
        f"{measure_of(name).title.lower()} ({numbers.text('country', code, name, half=True)})"
        for name in causes_in(estimates, code)[:3]
    ]
    return (
        [f"Most frequent causes, in shares of all attempts: {', '.join(parts)}."] if parts else []
    )


def _list_of(numbers: Numbers, code: str, names: list[str]) -> Table:
    rows = []
    for name in names:
        if ("country", code, name) in numbers.rows and numbers.value("country", code, name) != 0.0:
            value, _, half = numbers.text("country", code, name, half=True).partition(" ± ")
            rows.append(((measure_of(name).title, ""), (value, f"± {half}" if half else "")))
    # Two measures in a row, so that the sections of two countries fit on a page.
    half_way = (len(rows) + 1) // 2
    rows += [(("", ""), ("", ""))] * (len(rows) % 2)
    pairs = zip(rows[:half_way], rows[half_way:], strict=True)
    heads = (("Measure", ""), ("Estimate", "")) * 2
    return Table(heads, tuple((*left, *right) for left, right in pairs))


def _not_delivered(numbers: Numbers, kind: str, entity: str) -> tuple[str, str]:
    half = numbers.half_width(kind, entity, "delivery_ratio")
    return cell(1.0 - numbers.value(kind, entity, "delivery_ratio"), half,
                measure_of("delivery_ratio"))  # fmt: skip


def _cell(numbers: Numbers, kind: str, entity: str, name: str) -> tuple[str, str]:
    value = numbers.value(kind, entity, name)
    return cell(value, numbers.half_width(kind, entity, name), measure_of(name))


def _unit(name: str) -> str:
    return "%" if measure_of(name).shape == "percent" else ""
