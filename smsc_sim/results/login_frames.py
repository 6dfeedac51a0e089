"""Rows about logins of one replication: of the run and of each class that has any."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from smsc_sim.engines.tally import MessageTally
from smsc_sim.model.codes import (
    LOGIN_BY_CALL,
    LOGIN_BY_SECOND_ROUTE,
    LOGIN_CALL_ANSWERED,
    LOGIN_CALL_UNANSWERED,
    LOGIN_CODE_ASKED,
    LOGIN_COMPLETED,
    LOGIN_GIVEN_UP,
    LOGIN_SECOND_ROUTE,
    LOGIN_STARTED,
    LOGIN_TYPED_EXPIRED,
    LOGIN_TYPED_OUTDATED,
)
from smsc_sim.model.names import Names
from smsc_sim.model.network import Network

from .histograms import quantile_s
from .measures import RUN
from .measures_logins import LOGINS_WITHIN, logins_within_name

Floats = npt.NDArray[np.float64]
DONE = [LOGIN_COMPLETED, LOGIN_BY_SECOND_ROUTE, LOGIN_BY_CALL]
CODES = [LOGIN_STARTED, LOGIN_CODE_ASKED, LOGIN_SECOND_ROUTE]
CALLS = [LOGIN_CALL_ANSWERED, LOGIN_CALL_UNANSWERED]


def login_rows(names: Names, tally: MessageTally) -> Iterator[tuple[str, str, str, float]]:
    """Measures of the run and of every class with logins."""
    kinds = dict(zip(names.classes, names.prices, strict=True))
    for entity_type, entity, chosen in _entities(tally):
        for measure, value in _measures(tally, chosen):
            yield entity_type, entity, measure, value
        paid = {kinds[tally.classes[row]] for row in chosen}
        if len(paid) == 1:
            yield entity_type, entity, f"{paid.pop()}.cost_per_login", _cost(tally, chosen)


def login_timeline(network: Network, tally: MessageTally) -> Iterator[tuple[str, str, str, Floats]]:
    """Logins by the interval in which they began, and what became of them; NaN without any."""
    edges = np.minimum(
        np.arange(tally.logins.flow.shape[-1] + 1) * tally.interval_ns, network.duration_ns
    )
    for entity_type, entity, chosen in _entities(tally):
        flow = tally.logins.flow[:, chosen].sum(axis=1)
        begun = flow[LOGIN_STARTED]
        yield entity_type, entity, "logins_per_s", begun / (np.diff(edges) / 1e9)
        for measure, part in (
            ("logins_completed", flow[DONE].sum(axis=0)),
            ("codes_per_login", flow[CODES].sum(axis=0)),
        ):
            yield entity_type, entity, measure, np.where(begun, part / np.maximum(begun, 1), np.nan)


def _entities(tally: MessageTally) -> Iterator[tuple[str, str, list[int]]]:
    """(entity type, entity, rows of classes) of what had logins."""
    used = np.flatnonzero(tally.logins.counts[LOGIN_STARTED]).tolist()
    if used:
        yield "run", RUN, used
    for row in used:
        yield "class", tally.classes[row], [row]


def _measures(tally: MessageTally, chosen: list[int]) -> Iterator[tuple[str, float]]:
    logins = tally.logins
    counts = logins.counts[:, chosen].sum(axis=1)
    begun, done = int(counts[LOGIN_STARTED]), int(counts[DONE].sum())
    codes, calls = int(counts[CODES].sum()), int(counts[CALLS].sum())
    refused = counts[LOGIN_TYPED_OUTDATED] + counts[LOGIN_TYPED_EXPIRED]
    yield "logins", begun
    yield "logins_completed", done / begun
    by_fallback = counts[LOGIN_BY_SECOND_ROUTE] + counts[LOGIN_BY_CALL]
    yield "logins_by_fallback", by_fallback / begun
    yield "logins_given_up", counts[LOGIN_GIVEN_UP] / begun
    yield "logins_open", (begun - done - counts[LOGIN_GIVEN_UP]) / begun
    wanted = {round(seconds * 1e9) for seconds in LOGINS_WITHIN} | set(tally.targets_ns)
    within = logins.within[chosen].sum(axis=0)
    for limit, number in zip(tally.limits_ns.tolist(), within.tolist(), strict=True):
        if limit in wanted:
            yield logins_within_name(limit / 1e9), number / begun
    yield "codes_per_login", codes / begun
    yield "codes_wasted", (codes - done + counts[LOGIN_BY_CALL]) / codes
    yield "codes_refused_per_login", refused / begun
    yield "fallbacks_per_login", (counts[LOGIN_SECOND_ROUTE] + calls) / begun
    if calls:
        yield "calls_answered", counts[LOGIN_CALL_ANSWERED] / calls
    if done:
        yield "login_time_mean", int(logins.took_ns[chosen].sum()) / 1e9 / done
        for q in (50, 90, 95, 99):
            yield f"login_time_p{q}", quantile_s(logins.histogram[chosen].sum(axis=0), q)


def _cost(tally: MessageTally, chosen: list[int]) -> float:
    """Exact until here: one division, of sums."""
    logins = tally.logins
    done = int(logins.counts[DONE][:, chosen].sum())
    micros = int(logins.code_micros[chosen].sum()) + int(logins.call_micros[chosen].sum())
    return micros / 1e6 / done if done else float("nan")
