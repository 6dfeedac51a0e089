"""What a campaign may expect: delivered messages and answers, with what is known of the shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smsc_sim.content.errors import ContentError
from smsc_sim.scenario.plans import LoadedPlan
from smsc_sim.scenario.schema_plan import Measured
from smsc_sim.scenario.years import LoadedYear

DRAWS = 100_000
SEED = 1
LOW, HIGH = 0.025, 0.975


@dataclass(frozen=True, slots=True)
class Forecast:
    """A count to expect.

    Attributes
    ----------
    mean : float
    low, high : float
        Of the 95 % prediction interval; NaN where a share was given without the number that it was
        measured on.
    """

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of a campaign.

    Attributes
    ----------
    delivered, answers : Forecast or None
        None where the plan tells no share.
    by_country : dict of str to Forecast
        Delivered messages.
    rests_on : str
        Where the shares come from, in words.
    """

    delivered: Forecast | None
    answers: Forecast | None
    by_country: dict[str, Forecast]
    rests_on: str


@dataclass(frozen=True, slots=True)
class KnownShare:
    """A share that is known more or less: its mean and draws of what it may be."""

    mean: float
    draws: npt.NDArray[np.float64] | None


def expect(loaded: LoadedPlan, messages: Mapping[str, int]) -> Expectation:
    """Forecast delivered messages and answers.

    Parameters
    ----------
    loaded : LoadedPlan
    messages : mapping of str to int
        By country.

    Returns
    -------
    Expectation

    Raises
    ------
    ContentError, ScenarioError
        If a country has no share of its own where shares are by country.

    Notes
    -----
    A share s that was measured on n messages is Beta(sn + 1/2, (1 - s)n + 1/2) (the prior of
    Jeffreys); a count is binomial given the share. Intervals are quantiles of 100,000 draws from a
    fixed seed: they contain both what is not known of the share and the chance of this campaign,
    but not that the next campaign may differ from those measured. A ratio of a simulation is normal
    with the half-width of its interval.

    References
    ----------
    Gelman et al., Bayesian Data Analysis, posterior predictive distribution of a binomial count.
    """
    rng = np.random.default_rng(SEED)
    shares = shares_of(loaded, messages, rng)
    if shares is None:
        return Expectation(None, None, {}, "")
    by_country = {}
    total: npt.NDArray[np.float64] | None = np.zeros(DRAWS)
    for country, count in messages.items():
        share = shares[country]
        draws = None if share.draws is None else rng.binomial(count, share.draws).astype(float)
        by_country[country] = _forecast(count * share.mean, draws)
        total = None if total is None or draws is None else total + draws
    mean = sum(forecast.mean for forecast in by_country.values())
    answers = loaded.plan.answers
    answered = None
    if answers is not None:
        share = known_share(answers, rng)
        draws = None
        if total is not None and share.draws is not None:
            draws = rng.binomial(total.astype(np.int64), share.draws).astype(float)
        answered = _forecast(mean * share.mean, draws)
    return Expectation(_forecast(mean, total), answered, by_country, _rests_on(loaded))


def _forecast(mean: float, draws: npt.NDArray[np.float64] | None) -> Forecast:
    if draws is None:
        return Forecast(mean, float("nan"), float("nan"))
    low, high = np.quantile(draws, (LOW, HIGH))
    return Forecast(mean, float(low), float(high))


def of_draws(values: npt.NDArray[np.float64]) -> Forecast:
    """What the next of some draws will be: its mean and the 95 % prediction interval.

    Parameters
    ----------
    values : (n,) float64 array
        At least 2 independent draws of a count, or of a ratio of counts.

    References
    ----------
    Geisser 1993, Predictive Inference, normal case: the mean, give or take t(n - 1) standard
    deviations times the root of 1 + 1/n.
    """
    from scipy.stats import t

    n = len(values)
    half = t.ppf(HIGH, n - 1) * values.std(ddof=1) * np.sqrt(1 + 1 / n)
    mean = float(values.mean())
    return Forecast(mean, max(mean - float(half), 0.0), mean + float(half))


def shares_of(
    loaded: LoadedPlan | LoadedYear, messages: Mapping[str, int], rng: np.random.Generator
) -> dict[str, KnownShare] | None:
    """Share of each country; those that are one share have the same draws."""
    if loaded.run is not None:
        return _of_run(loaded, messages, rng)
    delivered, own = loaded.plan.delivered, loaded.plan.delivered_in
    if delivered is None and not own:
        return None
    missing = sorted(set(messages) - set(own))
    if missing and delivered is None:
        raise loaded.refuse(
            "delivered_in", f"tells no share of {', '.join(missing)}; add them, or delivered"
        )
    same = None if delivered is None else known_share(delivered, rng)
    found = {}
    for country in messages:
        share = known_share(own[country], rng) if country in own else same
        assert share is not None
        found[country] = share
    return found


def known_share(measured: Measured, rng: np.random.Generator) -> KnownShare:
    """A share that was measured, with draws where it is said on how many."""
    if measured.of is None:
        return KnownShare(measured.share, None)
    good = measured.share * measured.of
    return KnownShare(measured.share, rng.beta(good + 0.5, measured.of - good + 0.5, DRAWS))


def _of_run(
    loaded: LoadedPlan | LoadedYear, messages: Mapping[str, int], rng: np.random.Generator
) -> dict[str, KnownShare]:
    from smsc_sim.results.estimates import Estimates

    assert loaded.run is not None
    table = Estimates.load(loaded.run).measures
    ratios = table[(table["entity_type"] == "country") & (table["measure"] == "delivery_ratio")]
    ratios = ratios[ratios["estimate"].notna()]  # of a country without messages nothing is known
    pairs = zip(ratios["estimate"].to_numpy(), ratios["half_width"].to_numpy(), strict=True)
    known = dict(zip(ratios["entity"], pairs, strict=True))
    missing = sorted(set(messages) - set(known))
    if missing:
        raise ContentError(
            f"{loaded.run}: has no delivery ratio of {', '.join(missing)}; run it too"
        )
    found = {}
    for country in messages:
        ratio, half = (float(value) for value in known[country])
        draws = None
        if np.isfinite(half):
            draws = np.clip(rng.normal(ratio, half / 1.96, DRAWS), 0.0, 1.0)
        found[country] = KnownShare(ratio, draws)
    return found


def _rests_on(loaded: LoadedPlan) -> str:
    """Where the shares come from."""
    plan = loaded.plan
    parts = []
    if loaded.run is not None:
        parts.append(f"delivery ratios by country of the simulation in {plan.run}")
    elif plan.delivered is not None:
        parts.append("delivered " + _words(plan.delivered))
    if plan.delivered_in:
        shares = (f"{country} {_words(found)}" for country, found in plan.delivered_in.items())
        parts.append("delivered in " + ", ".join(shares))
    if plan.answers is not None:
        parts.append("answers " + _words(plan.answers))
    return "; ".join(parts)


def _words(measured: Measured) -> str:
    share = f"{100 * measured.share:g} %"
    return share + (
        f" measured on {measured.of:,}" if measured.of else " as given, without a number"
    )
