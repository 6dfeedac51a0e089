"""What a planned campaign says in words and tables, for the screen and for the PDF."""

from __future__ import annotations

import math
from decimal import Decimal

from smsc_sim.content.money import MICROS_PER_UNIT, format_money, round_to_minor, to_decimal
from smsc_sim.planning.campaign import CampaignPlan
from smsc_sim.planning.expected import Forecast

from .tables import Table

MOST_COUNTRIES = 40


def money(amount_micros: int, currency: str) -> str:
    """Amount to the minor unit, thousands apart, without its currency."""
    places = Decimal(format_money(amount_micros, currency).split()[0]).as_tuple().exponent
    value = to_decimal(round_to_minor(amount_micros, currency))
    assert isinstance(places, int)
    return f"{value:,.{max(-places, 0)}f}"


def counted(forecast: Forecast | None) -> tuple[str, str]:
    """A count to expect, and its interval in words; nothing where none is known."""
    if forecast is None:
        return "", ""
    mean = f"{forecast.mean:,.{0 if forecast.mean >= 10 else 1}f}"
    if math.isnan(forecast.low):
        return mean, ""
    return mean, f"{forecast.low:,.0f} to {forecast.high:,.0f}"


def share(part: float, whole: float) -> str:
    """Part of a whole in per cent."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _table(columns: list[tuple[str, str]], rows: list[list[tuple[str, str]]]) -> Table:
    return Table(tuple(columns), tuple(tuple(row) for row in rows))


def funnel(plan: CampaignPlan) -> Table:
    """What became of the rows of the list."""
    counts = plan.counts
    rows = [
        ("rows of the list", counts.read),
        ("cannot be used", counts.rejected),
        ("duplicates", counts.duplicates),
        ("not selected", counts.not_selected),
        ("opted out", counts.opted_out),
        ("stale", counts.stale),
        *([("not in the share", counts.not_in_share)] if counts.not_in_share else []),
        ("reached", counts.reached),
    ]
    return _table(
        [("customers", ""), ("count", ""), ("share", "")],
        [[(name, ""), (f"{n:,}", ""), (share(n, counts.read), "")] for name, n in rows],
    )


def countries(plan: CampaignPlan) -> Table:
    """Messages, segments, cost and what is expected by country, the dearest first."""
    currency = plan.table.currency
    total = plan.cost_micros
    rows = []
    for row in plan.by_country.head(MOST_COUNTRIES).to_dict("records"):
        expected, interval = counted(plan.expected.by_country.get(row["country"]))
        rows.append(
            [
                (row["country"], ""),
                (f"{row['messages']:,}", ""),
                (f"{row['segments']:,}", ""),
                (f"{row['segments'] / row['messages']:.2f}", ""),
                (money(row["amount_micros"], currency), ""),
                (share(int(row["amount_micros"]), total), ""),
                (expected or "-", f"({interval})" if interval else ""),
            ]
        )
    columns = [
        *[("country", ""), ("messages", ""), ("segments", ""), ("per message", "")],
        *[("cost", currency), ("of the cost", ""), ("delivered, expected", "")],
    ]
    return _table(columns, rows)


def drivers(plan: CampaignPlan) -> Table:
    """What the bill is paid for."""
    currency, total = plan.table.currency, plan.cost_micros
    rows = [
        [
            (driver.name, ""),
            (money(driver.amount_micros, currency), ""),
            (share(driver.amount_micros, total), ""),
        ]
        for driver in plan.drivers
        if driver.amount_micros
    ]
    return _table([("paid for", ""), ("amount", currency), ("of the cost", "")], rows)


def texts(plan: CampaignPlan) -> Table:
    """The first text of each language."""
    rows = [
        [
            (sample.language, ""), (f"{sample.messages:,}", ""), (str(sample.segments), ""),
            (sample.text, ""),
        ]
        for sample in plan.samples
    ]  # fmt: skip
    return _table(
        [("language", ""), ("messages", ""), ("segments", ""), ("the first of them", "")], rows
    )


def sentences(plan: CampaignPlan) -> list[str]:
    """The campaign in a few sentences."""
    currency, cost = plan.table.currency, plan.cost_micros
    segments = int(plan.volumes["segments"].sum())
    reached = plan.counts.reached
    each = cost / reached / MICROS_PER_UNIT
    found = [
        f"{reached:,} of {plan.counts.read:,} customers are reached with {segments:,} segments, "
        f"which cost {money(cost, currency)} {currency} at {plan.table.kind} prices of "
        f"{plan.table.card.name} ({each:.4f} {currency} a message; tiers, "
        "minimum fees and taxes not included).",
        duration_sentence(plan),
        *limit_sentences(plan),
    ]
    smart = next((d for d in plan.drivers if "smart encoding" in d.name), None)
    if smart is not None and smart.amount_micros:
        found.append(
            f"Characters outside GSM 7-bit make texts longer: with plain ones in their place, "
            f"{money(smart.amount_micros, currency)} {currency} "
            f"({share(smart.amount_micros, cost)}) would be saved (smart: true)."
        )
    return found + expected_sentences(plan)


def duration_sentence(plan: CampaignPlan) -> str:
    """How long sending takes, and what the night costs."""
    zone = plan.loaded.plan.start.tzinfo
    begin, end = (at.astimezone(zone) for at in (plan.spans[0].begin, plan.spans[-1].end))
    text = (
        f"At {plan.loaded.plan.rate:g} segments/s sending takes {lasting(plan.sending_s)}: from "
        f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} ({getattr(zone, 'key', '')})"
    )
    waited = (plan.spans[-1].end - plan.spans[0].begin).total_seconds() - plan.sending_s
    if waited <= 60:
        return f"{text}."
    why = "quiet hours or limits" if plan.loaded.limits else "quiet hours"
    last = plan.spans[-1].pieces[-1].country
    mine = math.fsum(p.segments for p in plan.spans[-1].pieces if p.country == last)
    return (
        f"{text}, {lasting(waited)} of them waiting for {why}. {last} is last: {mine:,.0f} "
        f"segment{'s' if mine >= 1.5 else ''} after the last wait."
    )


def limit_sentences(plan: CampaignPlan) -> list[str]:
    """What the limits of operators slow down, and what fails at them."""
    found = []
    pieces = [piece for span in plan.spans for piece in span.pieces]
    for limit, _ in plan.loaded.limits:
        mine = [piece for piece in pieces if piece.operator == limit.operator]
        if not mine:
            continue
        segments, failed = (
            math.fsum(getattr(p, key) for p in mine) for key in ("segments", "failed")
        )
        allowed = []
        if limit.per_minute is not None:
            allowed.append(f"{limit.per_minute:,} parts a minute")
        if limit.per_day is not None:
            allowed.append(f"{limit.per_day:,} messages a day")
        end = mine[-1].end.astimezone(plan.loaded.plan.start.tzinfo)
        text = (
            f"{limit.operator} takes {' and '.join(allowed)} ({limit.tier}): its {segments:,.0f} "
            f"segments are out at {end:%Y-%m-%d %H:%M}"
        )
        if failed >= 0.5:
            text += f", and {failed:,.0f} of them fail, beyond the day's limit, and are charged"
        found.append(text + ".")
    return found


def expected_sentences(plan: CampaignPlan) -> list[str]:
    """Delivered messages, answers and what one costs."""
    expected, currency = plan.expected, plan.table.currency
    if expected.delivered is None:
        return ["No share of delivered messages is given, so none can be expected."]
    mean, interval = counted(expected.delivered)
    found = f"{mean} messages should be delivered" + (f" ({interval})" if interval else "")
    if expected.answers is not None:
        many, between = counted(expected.answers)
        found += f", and {many} answered" + (f" ({between})" if between else "")
        found += f": {answer_cost(plan.cost_micros, expected.answers, currency)} an answer"
    note = (
        "Ranges hold with 95 %."
        if interval
        else "No range is given: nothing says on how many messages the shares were measured."
    )
    return [f"{found}. {note} Shares: {expected.rests_on}."]


def answer_cost(cost_micros: int, answers: Forecast, currency: str) -> str:
    """Cost per answer with its range."""

    def each(count: float) -> str:
        return money(round(cost_micros / count), currency) if count >= 1 else "no limit"

    if math.isnan(answers.low):
        return f"{each(answers.mean)} {currency}"
    return f"{each(answers.mean)} ({each(answers.high)} to {each(answers.low)}) {currency}"


def lasting(seconds: float) -> str:
    """A time as a reader says it."""
    for unit, size in (("d", 86_400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
