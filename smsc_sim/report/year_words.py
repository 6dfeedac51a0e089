"""What a planned year says in words and tables, for the screen and for the PDF."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from smsc_sim.planning.expected import Forecast, of_draws
from smsc_sim.planning.year import YearPlan
from smsc_sim.scenario.schema_year import YearStep

from .campaign_words import counted, money
from .tables import Table

Cell = tuple[str, str]
ALL = "all steps"


class StepForecast(NamedTuple):
    """What is expected of one step over the year.

    Attributes
    ----------
    step : str
    reached, segments, delivered, answers, opt_outs, cost_micros, per_answer : Forecast
        `per_answer` in micros; None where some year drawn has no answer.
    """

    step: str
    reached: Forecast
    segments: Forecast
    delivered: Forecast
    answers: Forecast
    opt_outs: Forecast
    cost_micros: Forecast
    per_answer: Forecast | None


def step_forecasts(plan: YearPlan) -> list[StepForecast]:
    """One for each step, and one for all together."""
    whole = plan.steps.groupby("replication").sum(numeric_only=True)
    frames = {name: plan.steps[plan.steps["step"] == name] for name in plan.loaded.plan.steps}
    return [_forecast(name, frame) for name, frame in [*frames.items(), (ALL, whole)]]


def _forecast(name: str, frame: pd.DataFrame) -> StepForecast:
    values = {key: frame[key].to_numpy(np.float64) for key in StepForecast._fields[1:-1]}
    answers, cost = values["answers"], values["cost_micros"]
    each = of_draws(cost / answers) if answers.min() > 0 else None
    if each is not None:  # the ratio of sums, not the mean of ratios
        each = Forecast(float(cost.sum() / answers.sum()), each.low, each.high)
    found = {key: of_draws(value) for key, value in values.items()}
    return StepForecast(step=name, per_answer=each, **found)


def when(step: YearStep) -> str:
    """When a step goes out, in a few words."""
    if step.at is not None:
        return str(step.at)
    if step.every is not None:
        return f"every {step.every}" + (f", day {step.day}" if step.every != "day" else "")
    days = abs(step.after)
    on = f"on {step.date}"
    if days:
        on = f"{days} d {'after' if step.after > 0 else 'before'} {step.date}"
    return on + (", yearly" if step.yearly else "")


def steps(plan: YearPlan) -> Table:
    """Messages, answers and money of each step."""
    currency = plan.table.currency
    rows = []
    for row in step_forecasts(plan):
        step = plan.loaded.plan.steps.get(row.step)
        asked = step is None or step.answers is not None
        rows.append(
            [
                (row.step, ""),
                ("" if step is None else when(step), ""),
                (counted(row.reached)[0], ""),
                _count(row.delivered),
                _count(row.answers) if asked else ("-", ""),
                (counted(row.opt_outs)[0], ""),
                (money(round(row.cost_micros.mean), currency), ""),
                _amount(row.per_answer, currency) if asked else ("-", ""),
            ]
        )
    columns = [
        *[("step", ""), ("goes out", ""), ("reached", ""), ("delivered", ""), ("answers", "")],
        *[("opt-outs", ""), ("cost", currency), ("per answer", currency)],
    ]
    return Table(tuple(columns), tuple(tuple(row) for row in rows))


def _count(forecast: Forecast) -> Cell:
    mean, interval = counted(forecast)
    return mean, f"({interval})" if forecast.high - forecast.low >= 1 else ""


def _amount(forecast: Forecast | None, currency: str) -> Cell:
    if forecast is None:
        return "no limit", ""
    low, high = (money(round(end), currency) for end in (forecast.low, forecast.high))
    return money(round(forecast.mean), currency), f"({low} to {high})" if low != high else ""


def left_out(plan: YearPlan) -> Table:
    """Why customers who were due were not written to; means over the years drawn."""
    keys = ("due", "not_selected", "opted_out", "stale", "given_up", "cannot_be_written", "reached")
    means = plan.steps.groupby("step", sort=False)[["times", *keys]].mean()
    rows = [
        [(str(name), ""), (f"{row['times']:,.0f}", ""), *((f"{row[k]:,.0f}", "") for k in keys)]
        for name, row in means.iterrows()
    ]
    heads = [("step", ""), ("days", ""), *((key.replace("_", " "), "") for key in keys)]
    return Table(tuple(heads), tuple(tuple(row) for row in rows))


def list_forecasts(plan: YearPlan) -> list[tuple[object, Forecast, Forecast]]:
    """Day, customers who may be written to, and those of them whose number works."""
    found: list[tuple[object, Forecast, Forecast]] = []
    for day, of in plan.months.groupby("day"):
        can, good = (of_draws(of[k].to_numpy(np.float64)) for k in ("can_be_written", "good"))
        found.append((day, can, good))
    return found


def months(plan: YearPlan) -> Table:
    """The list over the year."""
    rows = []
    for day, can, good in list_forecasts(plan):
        rows.append([(str(day), ""), _count(can), _count(good)])
    heads = [("day", ""), ("may be written to", ""), ("whose number works", "")]
    return Table(tuple(heads), tuple(tuple(row) for row in rows))


def sentences(plan: YearPlan) -> list[str]:
    """The year in a few sentences."""
    year, currency, counts = plan.loaded.plan, plan.table.currency, plan.people.counts
    whole = step_forecasts(plan)[-1]
    cost = _amount(whole.cost_micros, currency)
    found = [
        f"{counts.reached:,} of {counts.read:,} rows of the list can be used. {len(year.steps)} "
        f"steps send them {whole.reached.mean:,.0f} messages in {whole.segments.mean:,.0f} "
        f"segments in the year, which cost {' '.join(part for part in cost if part)} {currency} at "
        f"{plan.table.kind} prices of {plan.table.card.name}.",
        " ".join([_delivered(whole), _answered(plan, whole)]),
    ]
    first, last = list_forecasts(plan)[0], list_forecasts(plan)[-1]
    change = last[1].mean - first[1].mean
    word = "grows" if change > 0 else "shrinks"
    found.append(
        f"The list {word} from {first[1].mean:,.0f} customers who may be written to on {first[0]} "
        f"to {_words(last[1])} on {last[0]}; {_words(last[2])} of them have a number that works. "
        f"{whole.opt_outs.mean:,.0f} customers opt out in the year."
    )
    found.append(
        f"Ranges hold with 95 %: they come from {year.replications} years drawn with seed "
        f"{year.seed}, and contain what is not known of shares that were measured."
    )
    return found


def _words(forecast: Forecast) -> str:
    return " ".join(part for part in _count(forecast) if part)


def _delivered(whole: StepForecast) -> str:
    return f"{_words(whole.delivered)} of them are delivered"


def _answered(plan: YearPlan, whole: StepForecast) -> str:
    currency = plan.table.currency
    asked = [name for name, step in plan.loaded.plan.steps.items() if step.answers is not None]
    if not asked:
        return "; no step says how many answer."
    cost = plan.steps[plan.steps["step"].isin(asked)].groupby("replication")["cost_micros"].sum()
    if whole.answers.mean <= 0:
        return "and nobody answers."
    each = money(round(cost.mean() / whole.answers.mean), currency)
    return (
        f"and {_words(whole.answers)} answered: {each} {currency} an answer in the steps that are "
        "answered."
    )
