"""A campaign before anything is sent: reach, segments, cost, duration, and what to expect."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from smsc_sim.content.bill import Driver, Volumes, by_columns, drivers_of, volumes_frame
from smsc_sim.content.costing import (
    PROBLEMS,
    Priced,
    missing_rates,
    price_messages,
    refuse_missing,
)
from smsc_sim.content.customers import Counts, Customers, read_customers
from smsc_sim.content.drivers import alternatives
from smsc_sim.content.errors import ContentError
from smsc_sim.content.letters import Letters, letters_of
from smsc_sim.content.money import micros
from smsc_sim.content.price_table import PriceTable, price_table
from smsc_sim.content.rates import RateKind, load_rate_card
from smsc_sim.content.sending import Span, sending
from smsc_sim.planning.expected import Expectation, expect
from smsc_sim.planning.rejects import Rejects
from smsc_sim.scenario.customer_lists import audience_of
from smsc_sim.scenario.plans import LoadedPlan, load_plan

Progress = Callable[[int, int], None]
"""Called with rows and octets of the list so far."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One merged text of a language."""

    language: str
    text: str
    segments: int
    messages: int


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What a campaign will be.

    Attributes
    ----------
    loaded : LoadedPlan
    counts : Counts
        What became of the rows of the list.
    table : PriceTable
    volumes : DataFrame
        As `bill.volumes_frame`, with the column `language`.
    drivers : list of Driver
    samples : list of Sample
        The first text of each language.
    spans : list of Span
        When segments are submitted, quiet hours respected.
    sending_s : float
        Time in which segments go out, s.
    expected : Expectation
    """

    loaded: LoadedPlan
    counts: Counts
    table: PriceTable
    volumes: pd.DataFrame
    drivers: list[Driver]
    samples: list[Sample]
    spans: list[Span]
    sending_s: float
    expected: Expectation

    @property
    def cost_micros(self) -> int:
        """Cost of the whole, micros."""
        return sum(int(amount) for amount in self.volumes["amount_micros"])

    @property
    def by_country(self) -> pd.DataFrame:
        """`country`, `messages`, `segments`, `amount_micros`, the dearest first."""
        return by_columns(self.volumes, ("country",))


def campaign(plan: str | Path) -> CampaignPlan:
    """Plan a campaign from its YAML file; nothing is sent.

    Parameters
    ----------
    plan : str or Path

    Returns
    -------
    CampaignPlan

    Raises
    ------
    ContentError, ScenarioError
        As `plans.load_plan` and `plan_campaign`.
    """
    return plan_campaign(load_plan(plan))


def plan_campaign(
    loaded: LoadedPlan, *, rejects: Path | None = None, progress: Progress | None = None
) -> CampaignPlan:
    """Merge, cut and price the text of every customer; nothing is sent.

    Parameters
    ----------
    loaded : LoadedPlan
    rejects : Path, optional
        CSV file for the customers that cannot be written to.
    progress : callable, optional

    Returns
    -------
    CampaignPlan

    Raises
    ------
    ContentError, ScenarioError
        If the list cannot be read to its end, or the card lacks a price.
    """
    plan = loaded.plan
    kind = RateKind(plan.rates.kind)
    fallback = None if plan.rates.fallback is None else micros(plan.rates.fallback)
    table = price_table(load_rate_card(loaded.card), kind, fallback_micros=fallback)
    letters = letters_of(loaded.templates, plan.values, plan.audience.language or "", plan.smart)
    audience = audience_of(plan.audience, loaded.audience, loaded.where, plan.start)
    samples, names = _Samples(letters.languages), pa.array(letters.languages, pa.string())
    with ExitStack() as stack:
        refused = Rejects(rejects, stack)
        reading = read_customers(audience, letters.attributes)
        volumes, lacking = Volumes(table, ("language",)), Counter[str]()
        for customers in reading.batches():
            languages, written = letters.write(customers)
            priced = _priced(loaded, customers, written, table)
            problems = _problems(customers, letters, languages, priced)
            refused.add([*reading.rejects, *problems])
            wrong = int((priced.problem != 0).sum())
            reading.counts.reached -= wrong
            reading.counts.rejected += wrong
            lost = priced.country[missing_rates(priced)]
            lacking.update(np.array(table.countries)[lost].tolist())
            volumes.add(priced, {"language": names.take(pa.array(languages))})
            volumes.add_drivers(
                priced, alternatives(written, priced.segments, priced.units, priced.alphabet)
            )
            samples.note(languages, written, priced)
            if progress is not None:
                progress(reading.counts.read, reading.octets)
        refused.keep()
        refuse_missing(lacking, table)
    if not reading.counts.reached:
        raise ContentError(
            f"{loaded.file}: reaches nobody: of {reading.counts.read:,} rows "
            f"{reading.counts.rejected:,} were rejected, {reading.counts.not_selected:,} not "
            "selected; check audience.where and the rejects"
        )
    frame = volumes_frame(volumes)
    segments = {str(c): int(n) for c, n in frame.groupby("country")["segments"].sum().items()}
    try:
        spans = sending(segments, plan.rate, plan.start, plan.quiet_hours, loaded.limits)
    except ContentError as error:
        path, _, problem = str(error).partition(": ")
        raise loaded.refuse(path, problem) from None
    failed: defaultdict[str, float] = defaultdict(float)
    for piece in (piece for span in spans for piece in span.pieces):
        failed[piece.country] += piece.failed
    taken = {
        str(country): round(int(n) * (1 - failed[str(country)] / segments[str(country)]))
        for country, n in frame.groupby("country")["messages"].sum().items()
    }
    return CampaignPlan(
        loaded, reading.counts, table, frame, drivers_of(volumes), samples.found(), spans,
        sum((span.end - span.begin).total_seconds() for span in spans), expect(loaded, taken),
    )  # fmt: skip


def _priced(
    loaded: LoadedPlan, customers: Customers, written: pa.Array, table: PriceTable
) -> Priced:
    columns = {"text": written.fill_null(""), "number": customers.numbers}
    if customers.country is not None:
        columns["country"] = customers.country
    priced = price_messages(columns, table, loaded.plan.start.date())
    if not written.null_count:
        return priced
    return priced.refusing("text", pc.is_null(written).to_numpy(zero_copy_only=False))


def _problems(
    customers: Customers,
    letters: Letters,
    languages: npt.NDArray[np.int64],
    priced: Priced,
) -> list[tuple[int, str, str, str]]:
    """Customers whose text cannot be written or sent."""
    found = []
    for row in np.flatnonzero(priced.problem):
        number = int(customers.rows[row])
        lacking = letters.lacking(int(languages[row]), customers, int(row))
        if lacking:
            found.append((number, lacking, "is missing, and its text needs it", ""))
        else:
            found.append((number, "", f"the text {PROBLEMS[priced.problem[row]]}", ""))
    return found


@dataclass(slots=True)
class _Samples:
    """The first text of each language, and how many there are."""

    languages: tuple[str, ...]
    _first: dict[int, Sample] = field(default_factory=dict)
    _messages: Counter[int] = field(default_factory=Counter)

    def note(self, languages: npt.NDArray[np.int64], written: pa.Array, priced: Priced) -> None:
        """Take the texts of a batch."""
        good = priced.problem == 0
        for language in np.unique(languages[good]).tolist():
            rows = np.flatnonzero(good & (languages == language))
            self._messages[language] += len(rows)
            if language not in self._first:
                row = int(rows[0])
                text = written[row].as_py()
                size = int(priced.segments[row])
                self._first[language] = Sample(self.languages[language], text, size, 0)

    def found(self) -> list[Sample]:
        """The first text of each language that is sent."""
        return [
            Sample(first.language, first.text, first.segments, self._messages[language])
            for language, first in sorted(self._first.items())
        ]
