"""Heavy-tailed times between the messages of each phone: tables of gaps, and of their rest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from smsc_sim.scenario.distributions import Tables, mean_ns, table_of
from smsc_sim.scenario.schema_distributions import PowerLaw, Shape
from smsc_sim.scenario.schema_people import Gaps

Floats = npt.NDArray[np.float64]
GRID = 100_000  # points at which the distribution of the rest is integrated


class PhoneGaps(NamedTuple):
    """Phones that write again and again."""

    phones: int
    mean_ns: float  # between two messages of a phone
    gaps: int  # distribution of it
    rest: int  # of the time until its first message


def phone_gaps(phones: int, per_s: float, gaps: Gaps, tables: Tables) -> PhoneGaps:
    """Gaps of the wanted mean and exponent, the longest as given; the shortest follows."""
    law = law_of(per_s, gaps)
    shape = Shape.model_construct(power_law=law)
    rest = tables.add(f"rest of {law!r}", lambda: rest_table(law))
    return PhoneGaps(phones, mean_ns(shape), tables.row(shape), rest)


def law_of(per_s: float, gaps: Gaps) -> PowerLaw:
    """Power law with the mean 1 / `per_s`: its shortest time by bisection."""
    wanted_ns, low, high = 1e9 / per_s, 1, gaps.longest - 1
    while high - low > 1:
        middle = (low + high) // 2
        law = PowerLaw.model_construct(exponent=gaps.exponent, low=middle, high=gaps.longest)
        if mean_ns(Shape.model_construct(power_law=law)) < wanted_ns:
            low = middle
        else:
            high = middle
    return PowerLaw.model_construct(exponent=gaps.exponent, low=high, high=gaps.longest)


def rest_table(law: PowerLaw) -> list[int]:
    """Quantiles of the time from a random moment to the end of a gap: density S(t) / mean."""
    times = np.concatenate([[0.0], np.geomspace(law.low, law.high, GRID)])
    index, low, high = law.exponent - 1.0, float(law.low), float(law.high)
    beyond = np.maximum(times, low) ** -index - high**-index
    survival = beyond / (low**-index - high**-index)
    steps = np.diff(times) * (survival[1:] + survival[:-1]) / 2
    after = np.concatenate([np.cumsum(steps[::-1])[::-1], [0.0]])  # mass of what comes later
    share = after / after[0]

    def lower(tail: Floats) -> Floats:
        return np.asarray(np.interp(tail, 1.0 - share, times))

    def upper(tail: Floats) -> Floats:
        return np.asarray(np.interp(tail, share[::-1], times[::-1]))

    return table_of(lower, upper)
