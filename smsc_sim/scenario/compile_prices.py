"""Prices to integers: what a segment of each source costs to each population, by day."""

from datetime import UTC, datetime, timedelta
from typing import Any

from smsc_sim.content.errors import ContentError
from smsc_sim.content.money import micros
from smsc_sim.content.rates import RateKind, load_rate_card, prices_micros, rate_on
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import Loaded
from smsc_sim.scenario.schema_base import FREE


def day_starts(start: datetime, until_ns: int) -> list[tuple[int, datetime]]:
    """Local days that a run touches: (ns from start at which each begins, its local time)."""
    rows = [(0, start)]
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        day += timedelta(days=1)
        gap = day.astimezone(UTC) - start.astimezone(UTC)
        at_ns = gap // timedelta(microseconds=1) * 1000
        if at_ns >= until_ns:
            return rows
        rows.append((at_ns, day))


def compile_prices(
    loaded: Loaded, kinds: list[str], destinations: list[list[str]]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Prices of a segment in millionths of the currency unit, and the currency of each source.

    Parameters
    ----------
    loaded : Loaded
    kinds : list of str
        Kind of price of each source: retail or a2p.
    destinations : list of list of str
        Populations that each source sends to; the others have price 0.

    Returns
    -------
    columns : dict
        `price_starts_ns` (days,) and `price_micros` (days * sources * populations,).
    currencies : tuple of str

    Raises
    ------
    ScenarioError
        If the card cannot be read or lacks a destination (every such country is listed), or if
        prices of one kind are in two currencies.
    """
    scenario = loaded.scenario
    countries = {name: part.country for name, part in scenario.populations.items()}
    order = sorted(countries)
    until_ns = scenario.duration + scenario.drain_ns
    try:
        card = load_rate_card(loaded.rate_card)
        starts: list[int] = []
        tables: list[list[int]] = []
        used: dict[str, set[str]] = {kind: set() for kind in kinds}
        for at_ns, day in day_starts(scenario.start, until_ns):
            table = []
            for kind, names in zip(kinds, destinations, strict=True):
                if kind == FREE:
                    table += [0] * len(order)
                    continue
                fallback = getattr(scenario.rates.fallback, kind)
                prices = prices_micros(
                    card,
                    RateKind[kind.upper()],
                    [countries[name] for name in names],
                    day.date(),
                    fallback_micros=None if fallback is None else micros(fallback.amount),
                ).tolist()
                of_name = dict(zip(names, prices, strict=True))
                for country in sorted({countries[name] for name in names}):
                    rate = rate_on(card, RateKind[kind.upper()], country, day.date())
                    used[kind].add((rate or fallback).currency)
                table += [of_name.get(name, 0) for name in order]
            if not tables or tables[-1] != table:
                starts.append(at_ns)
                tables.append(table)
    except ContentError as error:
        raise ScenarioError([loaded.problem("rates", str(error))], loaded.file) from None
    problems = [
        loaded.problem(
            f"rates.fallback.{kind}",
            f"{kind} prices would be in {' and '.join(sorted(currencies))}, which do not add up",
            "give the fallback in the currency of the card",
        )
        for kind, currencies in sorted(used.items())
        if len(currencies) > 1
    ]
    if problems:
        raise ScenarioError(problems, loaded.file)
    columns = {
        "price_starts_ns": starts,
        "price_micros": [price for table in tables for price in table],
    }
    # What is free is so in the currency of the rest.
    known = sorted(set().union(*used.values())) or [""]
    return columns, tuple(min(used[kind] or known) for kind in kinds)
