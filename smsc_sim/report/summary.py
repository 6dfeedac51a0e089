"""The manager's page in words: what was simulated, key numbers, verdicts, the worst element."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from smsc_sim.results.measures import measure_of, unit_of
from smsc_sim.results.measures_costs import PRICE_KINDS
from smsc_sim.results.targets import Verdict
from smsc_sim.results.words import NOTHING, clock, duration, quantity

from .style import date_words, span_words

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates


class Numbers:
    """Estimates by entity type, entity and measure, written with or without their half-widths."""

    def __init__(self, estimates: Estimates) -> None:
        self.currency = str(estimates.manifest["currency"])
        self.rows = {
            (row["entity_type"], row["entity"], row["measure"]): row
            for row in estimates.measures.to_dict("records")
        }

    def value(self, kind: str, entity: str, name: str) -> float:
        """Estimate of one measure in its unit; NaN where there is none."""
        row = self.rows.get((kind, entity, name))
        return math.nan if row is None else float(row["estimate"])

    def half_width(self, kind: str, entity: str, name: str) -> float:
        """Half-width of one measure in its unit; NaN where there is none.

        What is left of equal values after rounding is nought: 0.1 ± 1e-17 would be written as
        0.100000 ± 0.000000.
        """
        row = self.rows.get((kind, entity, name))
        if row is None:
            return math.nan
        half_width = float(row["half_width"])
        return 0.0 if half_width < 1e-12 * abs(float(row["estimate"])) else half_width

    def text(self, kind: str, entity: str, name: str, *, half: bool = False) -> str:
        """One measure as a reader sees it, with its half-width where `half` is set."""
        row = self.rows.get((kind, entity, name))
        if row is None:
            return NOTHING
        measure, unit = measure_of(name), unit_of(name, self.currency)
        width = self.half_width(kind, entity, name) if half else math.nan
        unit = "" if measure.shape == "count" else unit
        return quantity(float(row["estimate"]), width, measure.shape, unit)


def page(estimates: Estimates) -> dict[str, Any]:
    """Data of the first page.

    Returns
    -------
    dict
        description, sentences, tiles (label, value, half), targets, outages.
    """
    numbers = Numbers(estimates)
    return {
        "description": str(estimates.manifest.get("description") or ""),
        "sentences": _sentences(estimates, numbers),
        "tiles": _tiles(estimates, numbers),
        "targets": [_target(verdict) for verdict in estimates.targets],
        "counts": _counts(estimates.targets),
    }


def _sentences(estimates: Estimates, numbers: Numbers) -> list[str]:
    return [run_sentence(estimates), _delivery_sentence(numbers), *login_sentence(numbers),
            *_element_sentence(estimates, numbers), *_outage_sentences(estimates)]  # fmt: skip


def run_sentence(estimates: Estimates) -> str:
    """When and how often was simulated, in words."""
    manifest = estimates.manifest
    begin, length = clock(manifest, 0.0), float(manifest["duration_s"])
    n = int(manifest.get("replications", 1))
    what = (
        f"Simulated: {duration(length)} of traffic from {begin.strftime('%H:%M')} on "
        f"{date_words(begin)} ({manifest['zone']})"
    )
    if manifest.get("warm_up_s"):
        what += f", of which the first {duration(float(manifest['warm_up_s']))} are not counted"
    what += (
        f"; {n} replications with different random numbers."
        if n > 1
        else "; one replication, so no interval can be given."
    )
    return what


def _delivery_sentence(numbers: Numbers) -> str:
    def of(name: str) -> str:
        return numbers.text("run", "*", name)

    if not numbers.value("run", "*", "submitted") > 0.0:
        return "No message was submitted in the observation window."
    begin = f"Of {of('submitted')} messages submitted"
    if not numbers.value("run", "*", "delivered") > 0.0:
        return f"{begin} none was delivered."
    sentence = f"{begin} {of('delivery_ratio')} were delivered"
    if math.isfinite(numbers.value("run", "*", "latency_p50")):
        sentence += (
            f"; half of those took less than {of('latency_p50')}, "
            f"95 % less than {of('latency_p95')}"
        )
    prices = [
        f"{numbers.text('run', '*', f'{kind}.cost_per_delivered')} ({who})"
        for kind, who in PRICE_KINDS.items()
        if math.isfinite(numbers.value("run", "*", f"{kind}.cost_per_delivered"))
    ]
    cost = f" A delivered message costs {' and '.join(prices)}." if prices else ""
    return f"{sentence}.{cost}"


def login_sentence(numbers: Numbers) -> list[str]:
    """What became of the logins, in words; none where nobody logged in."""
    if not numbers.value("run", "*", "logins") > 0.0:
        return []

    def of(name: str) -> str:
        return numbers.text("run", "*", name)

    words = f"Of {of('logins')} logins begun {of('logins_completed')} were completed"
    if math.isfinite(numbers.value("run", "*", "login_time_p50")):
        words += f", half of these in less than {of('login_time_p50')}"
    words += f"; {of('logins_given_up')} were given up."
    prices = [
        of(f"{kind}.cost_per_login")
        for kind in PRICE_KINDS
        if math.isfinite(numbers.value("run", "*", f"{kind}.cost_per_login"))
    ]
    if prices:
        words += f" A completed login costs {' and '.join(prices)}."
    return [words]


def is_network_element(name: str) -> bool:
    """Whether an element is an SMSC, HLR, STP or MSC station or a link set.

    Names of the scenario hold no blank.  A blank begins the part of what is made from them:
    the pacing of an account (`bank account`), a pool (`north store`), or `north admission`, the
    station where an SMSC takes messages in.

    Examples
    --------
    >>> is_network_element("home-a"), is_network_element("north admission")
    (True, True)
    >>> is_network_element("shop account"), is_network_element("north store")
    (False, False)
    """
    return " " not in name or name.endswith(" admission")


def worst_element(estimates: Estimates) -> tuple[str, str] | None:
    """Entity type and name of the network element with the highest busiest hour.

    Accounts are paced by design and a pool is meant to be used, so neither says that the network
    is near its limit.

    Returns
    -------
    tuple or None
        None if no network element has a utilisation.
    """
    rows = estimates.measures
    rows = rows[rows["entity"].map(is_network_element).astype(bool)]
    for name in ("busiest_hour", "utilisation"):
        found = rows[(rows["measure"] == name) & rows["estimate"].notna()]
        if len(found):
            row = found.iloc[int(found["estimate"].to_numpy().argmax())]
            return str(row["entity_type"]), str(row["entity"])
    return None


def _element_sentence(estimates: Estimates, numbers: Numbers) -> list[str]:
    worst = worst_element(estimates)
    if worst is None:
        return []
    parts = [
        f"{numbers.text(*worst, name)} {when}"
        for name, when in (
            ("utilisation", "on average"),
            ("busiest_hour", "in its busiest hour"),
            ("busiest_5min", "in its busiest five minutes"),
        )
        if math.isfinite(numbers.value(*worst, name))
    ]
    refused = numbers.value(*worst, "refused")
    end = f" It refused {numbers.text(*worst, 'refused')} jobs." if refused >= 1.0 else ""
    return [f"The most loaded element is {worst[1]}: {', '.join(parts)}.{end}"]


def _outage_sentences(estimates: Estimates) -> list[str]:
    manifest = estimates.manifest
    outages = manifest.get("outages") or []
    parts = [
        f"{o['name']} takes {o['element']} out of service, "
        f"{span_words(manifest, float(o['from_s']), float(o['to_s']))}"
        for o in outages
    ]
    if not parts:
        return []
    more = f"; and {len(parts) - 4} more" if len(parts) > 4 else ""
    return [f"Outage{'s' if len(parts) > 1 else ''}: {'; '.join(parts[:4])}{more}."]


def _tiles(estimates: Estimates, numbers: Numbers) -> list[dict[str, str]]:
    kinds = [k for k in ("a2p", "retail") if ("run", "*", f"{k}.cost_per_delivered") in
             numbers.rows]  # fmt: skip
    wanted = [
        ("Messages submitted", "submitted"),
        ("Delivered", "delivery_ratio"),
        ("On the handset within 30 s", "within_30s"),
        ("Median latency", "latency_p50"),
        ("95 % are faster than", "latency_p95"),
        *[(f"Cost per delivered ({kind})", f"{kind}.cost_per_delivered") for kind in kinds[:1]],
    ]
    tiles = []
    for label, name in wanted:
        value, sign, half = numbers.text("run", "*", name, half=True).partition(" ± ")
        # The unit belongs to the large number; it is written after the last of the two.
        number, space, unit = (half if sign else value).partition(" ")
        value = f"{value}{space}{unit}" if sign else value
        tiles.append({"label": label, "value": value, "half": f"± {number}" if sign else ""})
    return tiles


def _counts(verdicts: list[Verdict]) -> str:
    found = [
        (status, sum(v.status == status for v in verdicts))
        for status in ("met", "missed", "undecided")
    ]
    return ", ".join(f"{count} {status}" for status, count in found if count)


def _target(verdict: Verdict) -> dict[str, str]:
    shape: Any = "percent" if 0.0 <= verdict.goal <= 1.0 else "plain"
    half = (verdict.upper - verdict.lower) / 2
    bounds = ""
    if math.isfinite(half):
        low = quantity(verdict.lower, math.nan, shape).removesuffix(" %")
        bounds = f"{low} to {quantity(verdict.upper, math.nan, shape)}"
    return {
        "status": verdict.status,
        "name": verdict.name,
        "text": verdict.text,
        "value": quantity(verdict.estimate, math.nan, shape),
        "bounds": bounds,
        "reason": verdict.reason,
    }
