"""Distributions of times in a scenario; the YAML manual of each.

A plain duration stands for a constant.  Hung, Lin, Lu and Peng (IEEE Transactions on Wireless
Communications 3(6), 2004) fitted truncated normal, gamma, lognormal and Weibull distributions to
40,000 measured delays; their parameters were not found, so no default is taken from there.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.quantities import Nanoseconds, PositiveNanoseconds, Weight
from smsc_sim.scenario.schema_base import Part

MOST_VALUES = 100_000  # of an empirical distribution
SHAPES = (
    "constant",
    "exponential",
    "lognormal",
    "gamma",
    "weibull",
    "truncated_normal",
    "power_law",
    "empirical",
)


def _within(low: float, high: float) -> Any:
    return Field(ge=low, le=high)


class Exponential(Part):
    """Memoryless times."""

    mean: PositiveNanoseconds
    """Mean, e.g. 2 s; no default."""


class Lognormal(Part):
    """Times whose logarithm is normal: many short ones, few very long ones."""

    median: PositiveNanoseconds
    """Median, e.g. 3 s; no default."""

    sigma: Annotated[Weight, _within(0.01, 5.0)]
    """Standard deviation of the natural logarithm, a plain number from 0.01 to 5; no default."""


class Gamma(Part):
    """Times like the sum of several exponential ones."""

    mean: PositiveNanoseconds
    """Mean, e.g. 4 s; no default."""

    cv: Annotated[Weight, _within(0.01, 5.0)]
    """Coefficient of variation, standard deviation / mean, from 0.01 to 5; no default."""


class Weibull(Part):
    """Times with a tail that is longer (shape below 1) or shorter than exponential."""

    scale: PositiveNanoseconds
    """Time that 63.2 % stay below, e.g. 3 s; no default."""

    shape: Annotated[Weight, _within(0.2, 100.0)]
    """Shape, a plain number from 0.2 to 100; 1 is exponential; no default."""


class TruncatedNormal(Part):
    """A normal distribution of which only the part between two limits is kept."""

    mean: Nanoseconds
    """Mean of the normal distribution before it is cut; no default."""

    sd: PositiveNanoseconds
    """Standard deviation before it is cut; no default."""

    low: Nanoseconds
    """Lowest value that is kept; no default."""

    high: PositiveNanoseconds
    """Highest value that is kept; no default. It must not be more than 8 standard deviations off
    the mean, and neither must `low`, on the far side."""

    @model_validator(mode="after")
    def _keeps_something(self) -> Self:
        if self.low >= self.high:
            raise Refusal("has a low that is not below its high", "change one", show_value=False)
        if self.low > self.mean + 8 * self.sd or self.high < self.mean - 8 * self.sd:
            raise Refusal(
                "keeps nothing: its limits are more than 8 sd away from the mean",
                "move low or high",
                show_value=False,
            )
        return self


class PowerLaw(Part):
    """Heavy-tailed times: a density that falls as a power of the time, between two limits.

    Times between the messages of one person are of this kind, with exponents of about 1.5 to 2.2,
    1.8 on average (Hong, Han, Zhou and Wang, arXiv 0802.2577; the figures are from a summary by
    others, not from the paper).
    """

    exponent: Annotated[Weight, _within(1.01, 6.0)]
    """Exponent of the density, a plain number from 1.01 to 6: 1.8 makes an hour 2^1.8 times as
    rare as half an hour; no default."""

    low: PositiveNanoseconds
    """Shortest time, e.g. 20 s; no default."""

    high: PositiveNanoseconds
    """Longest time, e.g. 1 d; no default."""

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.low >= self.high:
            raise Refusal("has a low that is not below its high", "change one", show_value=False)
        return self


def _values(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)) or not 2 <= len(value) <= MOST_VALUES:
        raise Refusal(
            f"needs a list of 2 to {MOST_VALUES} durations",
            "write e.g. [1 s, 3 s, 9 s]",
            show_value=False,
        )
    return tuple(value)


def _shape(value: Any) -> Any:
    return {"constant": value} if isinstance(value, str) else value


class Shape(Part):
    """How long something takes: one of these, or a plain duration for a constant."""

    constant: Nanoseconds | None = None
    """Always the same time, e.g. 3 s. Default: none."""

    exponential: Exponential | None = None
    """Exponential: {mean}. Default: none."""

    lognormal: Lognormal | None = None
    """Lognormal: {median, sigma}. Default: none."""

    gamma: Gamma | None = None
    """Gamma: {mean, cv}. Default: none."""

    weibull: Weibull | None = None
    """Weibull: {scale, shape}. Default: none."""

    truncated_normal: TruncatedNormal | None = None
    """Normal between two limits: {mean, sd, low, high}. Default: none."""

    power_law: PowerLaw | None = None
    """Heavy-tailed between two limits: {exponent, low, high}. Default: none."""

    empirical: Annotated[tuple[Nanoseconds, ...], BeforeValidator(_values)] | None = None
    """Measured times, a list of 2 to 100000 durations in any order; between two neighbours all
    times are equally likely. Default: none."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        given = [name for name in SHAPES if getattr(self, name) is not None]
        if len(given) != 1:
            raise Refusal(
                f"needs one distribution of a time, got {', '.join(given) or 'none'}",
                "write e.g. 3 s or {lognormal: {median: 3 s, sigma: 1}}",
                show_value=False,
            )
        return self


Distribution = Annotated[
    Shape,
    BeforeValidator(_shape),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "examples": ["3 s"]},
                {"type": "object", "examples": [{"lognormal": {"median": "3 s", "sigma": 1}}]},
            ]
        }
    ),
]
"""A plain duration, or the name of a distribution with its parameters."""
