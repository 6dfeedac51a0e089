"""Distributions of times: what is drawn from their tables, against SciPy and against themselves."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from smsc_sim.model.codes import NOBODY
from smsc_sim.model.quantiles import SIDE_ROWS, TABLE_ROWS, drawn_ns, quantile_between
from smsc_sim.scenario.distributions import Tables, mean_ns, quantile_table
from smsc_sim.scenario.schema_distributions import Shape
from tests.networks import network

SECOND = 1_000_000_000
PURPOSE = 200  # not one of the simulator's

# Written form, the same in SciPy (times in s), and its mean in s.
LAWS = {
    "exponential": ({"exponential": {"mean": "2 s"}}, stats.expon(scale=2.0)),
    "lognormal": (
        {"lognormal": {"median": "3 s", "sigma": 1}},
        stats.lognorm(1.0, scale=3.0),
    ),
    "wide": ({"lognormal": {"median": "3 s", "sigma": 2.5}}, stats.lognorm(2.5, scale=3.0)),
    "gamma": (
        {"gamma": {"mean": "4 s", "cv": 0.5}},
        stats.gamma(4.0, scale=1.0),
    ),
    "weibull": ({"weibull": {"scale": "3 s", "shape": 0.7}}, stats.weibull_min(0.7, scale=3.0)),
    "truncated": (
        {"truncated_normal": {"mean": "5 s", "sd": "4 s", "low": "1 s", "high": "20 s"}},
        stats.truncnorm(-1.0, 3.75, loc=5.0, scale=4.0),
    ),
}


def table_network(shape: Shape) -> object:
    """A network whose only distribution is this one."""
    return network().network._replace(quantile_ns=quantile_table(shape))


def value_at(net: object, u: float) -> int:
    """Time at a probability, as `drawn_ns` would give it for that random number."""
    number = min(int(u * 2**53), 2**53 - 1)
    if number >= 1 << 52:
        return quantile_between(net, SIDE_ROWS, (1 << 53) - 1 - number)  # type: ignore[arg-type]
    return quantile_between(net, 0, number)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(LAWS))
def test_quantiles_are_those_of_the_law(name: str) -> None:
    """From 1e-9 to 1 - 1e-9 every quantile is within 0.1 % of SciPy's, the tails included."""
    tree, law = LAWS[name]
    net = table_network(Shape.model_validate(tree))
    tails = 10.0 ** -np.linspace(0.32, 9, 200)
    for u, exact in (
        *((v, law.ppf(v)) for v in tails),
        *((1.0 - v, law.isf(1.0 - (1.0 - v))) for v in tails),
    ):
        assert value_at(net, float(u)) == pytest.approx(1e9 * exact, rel=1e-3, abs=2.0), u


@pytest.mark.parametrize("name", sorted(LAWS))
def test_mean_of_the_table(name: str) -> None:
    """The mean over evenly spaced random numbers is that of the law within 0.5 %."""
    tree, law = LAWS[name]
    shape = Shape.model_validate(tree)
    net = table_network(shape)
    # Integrated over the logarithm of the probability, so that the tail counts in full.
    v = np.exp(np.linspace(np.log(1e-15), np.log(0.5), 4000))
    low = np.array([value_at(net, float(u)) for u in v])
    high = np.array([value_at(net, float(1.0 - u)) for u in v])
    mean = np.trapezoid((low + high) * v, np.log(v)) / 1e9
    assert mean == pytest.approx(law.mean(), rel=5e-3)
    assert mean_ns(shape) == pytest.approx(1e9 * law.mean(), rel=1e-12)


def test_drawn_times_follow_the_law() -> None:
    """20,000 drawn times pass a Kolmogorov-Smirnov test against their law and fail another."""
    tree, law = LAWS["lognormal"]
    net = table_network(Shape.model_validate(tree))
    drawn = np.array([drawn_ns(net, 0, key, 7, PURPOSE) for key in range(20_000)]) / 1e9  # type: ignore[arg-type]
    assert stats.kstest(drawn, law.cdf).pvalue > 1e-3
    assert stats.kstest(drawn, stats.lognorm(1.0, scale=3.2).cdf).pvalue < 1e-3


def test_second_table_is_read_for_the_second_distribution() -> None:
    """Row numbers choose the table, the same shape shares one, and no distribution draws 0."""
    tables = Tables()
    slow, quick = Shape(constant="9 s"), Shape(constant="1 s")  # type: ignore[arg-type]
    assert [tables.row(shape) for shape in (slow, quick, slow)] == [0, 1, 0]
    net = network().network._replace(quantile_ns=tables.quantile_ns)
    assert [drawn_ns(net, row, 5, 5, PURPOSE) for row in (0, 1, NOBODY)] == [
        9 * SECOND,
        SECOND,
        0,
    ]


def test_empirical_times() -> None:
    """Measured times come back in their range, half of them below the median."""
    shape = Shape.model_validate({"empirical": ["8 s", "1 s", "2 s"]})
    net = table_network(shape)
    drawn = [drawn_ns(net, 0, key, 1, PURPOSE) for key in range(4000)]  # type: ignore[arg-type]
    assert SECOND <= min(drawn) < 1.01 * SECOND and 7.9 * SECOND < max(drawn) <= 8 * SECOND
    assert np.mean(np.array(drawn) < 2 * SECOND) == pytest.approx(0.5, abs=0.03)
    assert mean_ns(shape) == pytest.approx((1.5 + 5) / 2 * 1e9)


seconds = st.integers(1, 10**13).map(lambda ns: f"{ns} ns")


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.builds(lambda m: {"exponential": {"mean": m}}, seconds),
        st.builds(
            lambda m, s: {"lognormal": {"median": m, "sigma": s}}, seconds, st.floats(0.01, 5)
        ),
        st.builds(lambda m, c: {"gamma": {"mean": m, "cv": c}}, seconds, st.floats(0.01, 5)),
        st.builds(lambda m, s: {"weibull": {"scale": m, "shape": s}}, seconds, st.floats(0.2, 100)),
        st.builds(
            lambda m, s, low, width: {
                "truncated_normal": {
                    "mean": f"{m} ns",
                    "sd": f"{s} ns",
                    "low": f"{max(0, m - low * s)} ns",
                    "high": f"{max(0, m - low * s) + width} ns",
                }
            },
            st.integers(0, 10**12),
            st.integers(10**6, 10**12),
            st.integers(0, 7),
            st.integers(1, 10**12),
        ),
        st.builds(lambda v: {"empirical": v}, st.lists(seconds, min_size=2, max_size=9)),
    )
)
def test_tables_are_monotone(tree: dict[str, object]) -> None:
    """Whatever the parameters: no time is negative and a larger random number draws no less."""
    table = quantile_table(Shape.model_validate(tree))
    assert len(table) == TABLE_ROWS
    whole = [*table[:SIDE_ROWS], *table[SIDE_ROWS:][::-1]]
    assert whole[0] >= 0 and all(a <= b for a, b in pairwise(whole))


@pytest.mark.parametrize(
    ("tree", "problem"),
    [
        ({}, "needs one distribution of a time, got none"),
        (
            {"constant": "1 s", "exponential": {"mean": "1 s"}},
            "needs one distribution of a time, got constant, exponential",
        ),
        ({"empirical": ["1 s"]}, "needs a list of 2 to 100000 durations"),
        (
            {"truncated_normal": {"mean": "1 s", "sd": "1 s", "low": "9 s", "high": "8 s"}},
            "has a low that is not below its high",
        ),
        (
            {"truncated_normal": {"mean": "1 s", "sd": "1 s", "low": "10 s", "high": "11 s"}},
            "keeps nothing: its limits are more than 8 sd away from the mean",
        ),
    ],
)
def test_what_is_no_distribution(tree: dict[str, object], problem: str) -> None:
    """Each mistake is told in its own words."""
    with pytest.raises(ValidationError) as caught:
        Shape.model_validate(tree)
    assert problem in str(caught.value)
