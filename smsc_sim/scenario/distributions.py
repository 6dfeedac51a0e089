"""Distributions to tables: quantiles in ns at the knots that `model.quantiles` reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from smsc_sim.model.quantiles import LOWEST, SIDE_ROWS, STEP_BITS, TABLE_ROWS, TOP
from smsc_sim.scenario.schema_distributions import Shape
from smsc_sim.scenario.units import LONGEST_NS

Floats = npt.NDArray[np.float64]


@cache
def tail_probabilities() -> Floats:
    """Probability beyond each knot of one side: (SIDE_ROWS,), from the end up to a half.

    The end itself stands for half of the smallest step of a random number.
    """
    octaves = np.repeat(np.arange(LOWEST, TOP + 1), 1 << STEP_BITS)
    steps = np.tile(np.arange(1 << STEP_BITS), TOP - LOWEST + 1) / (1 << STEP_BITS)
    inner = np.exp2(octaves - 53.0) * (1.0 + steps)
    return np.concatenate([[2.0**-54], inner, [0.5]])


def quantile_table(shape: Shape) -> list[int]:
    """Quantiles in ns: from the low end to the median, then from the high end to the median.

    Each side is monotone; times are cut off at 0 and at ten years.

    Examples
    --------
    >>> table = quantile_table(Shape(constant="3 s"))
    >>> len(table) == TABLE_ROWS, set(table)
    (True, {3000000000})
    """
    if shape.constant is not None:
        return [shape.constant] * TABLE_ROWS
    if shape.empirical is not None:
        values = np.sort(np.array(shape.empirical, np.float64))
        return table_of(
            lambda tail: np.quantile(values, tail), lambda tail: np.quantile(values, 1.0 - tail)
        )
    law, scale = _law(shape)
    return table_of(lambda tail: scale * law.ppf(tail), lambda tail: scale * law.isf(tail))


def table_of(lower: Callable[[Floats], Floats], upper: Callable[[Floats], Floats]) -> list[int]:
    """Table of a distribution given by its quantiles in ns, from the low and from the high end."""
    tail = tail_probabilities()
    low, high = lower(tail), upper(tail)
    whole = np.rint(np.clip(np.concatenate([low, high[::-1]]), 0, LONGEST_NS)).astype(np.int64)
    # SciPy's last digits in a far tail must not turn the order round.
    whole = np.maximum.accumulate(whole)
    return [*whole[:SIDE_ROWS].tolist(), *whole[SIDE_ROWS:][::-1].tolist()]


def quantiles_ns(table: Sequence[int], row: int, number: int = 4096) -> Floats:
    """Quantiles of a table at the middles of equal shares: (number,), ns; row as in `drawn_ns`."""
    tail = tail_probabilities()
    low, high = np.split(np.array(table[row * TABLE_ROWS : (row + 1) * TABLE_ROWS], float), 2)
    shares = np.concatenate([tail, 1.0 - tail[-2::-1]])
    found = np.interp((np.arange(number) + 0.5) / number, shares, [*low, *high[-2::-1]])
    return np.asarray(found)


def mean_ns(shape: Shape) -> float:
    """Mean in ns of a distribution, for loads by theory."""
    if shape.constant is not None:
        return float(shape.constant)
    if shape.empirical is not None:
        values = np.sort(np.array(shape.empirical, np.float64))
        return float(np.mean((values[1:] + values[:-1]) / 2))
    law, scale = _law(shape)
    return float(scale * law.mean())


def _law(shape: Shape) -> tuple[Any, float]:
    """The distribution in SciPy, of a time in units of so many ns."""
    from scipy import stats

    if shape.exponential is not None:
        return stats.expon(), float(shape.exponential.mean)
    if shape.lognormal is not None:
        return stats.lognorm(shape.lognormal.sigma), float(shape.lognormal.median)
    if shape.gamma is not None:
        squared = shape.gamma.cv**2
        return stats.gamma(1.0 / squared, scale=squared), float(shape.gamma.mean)
    if shape.weibull is not None:
        return stats.weibull_min(shape.weibull.shape), float(shape.weibull.scale)
    if shape.power_law is not None:
        heavy = shape.power_law
        return stats.truncpareto(heavy.exponent - 1, heavy.high / heavy.low), float(heavy.low)
    part = shape.truncated_normal
    assert part is not None, "the schema lets exactly one through"
    low, high = (part.low - part.mean) / part.sd, (part.high - part.mean) / part.sd
    return stats.truncnorm(low, high, loc=part.mean / part.sd), float(part.sd)


class Tables:
    """Quantile tables of a network, each distinct distribution once."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.quantile_ns: list[int] = []

    def row(self, shape: Shape) -> int:
        """Row number of a distribution; its table is added when it is new."""
        return self.add(shape.model_dump_json(), lambda: quantile_table(shape))

    def add(self, text: str, table: Callable[[], list[int]]) -> int:
        """Row number of what a text stands for; its table is added when it is new."""
        if text not in self.rows:
            self.rows[text] = len(self.rows)
            self.quantile_ns += table()
        return self.rows[text]
