"""Batches to sources of traffic: each has distinct recipients, one source for each population."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from smsc_sim.scenario.compile_subscribers import cumulative
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_batches import Broadcast, Campaign


@dataclass(frozen=True, slots=True)
class BatchRow:
    """Messages of one batch to the phones of one population."""

    name: str
    audience: str  # rows with the same one reach the same phones in the same order
    population: str
    messages: int
    at_ns: int
    gap_ns: float


def batch_size(scenario: Scenario, part: Campaign | Broadcast) -> int:
    """Number of messages of one batch."""
    if isinstance(part, Campaign):
        assert part.messages is not None, "one with an audience is a table"
        return part.messages
    if part.subscribers is not None:
        return part.subscribers
    assert part.share is not None, "the schema asks for one of them"
    return round(part.share * sum(scenario.populations[name].size for name in part.to))


def batch_rate(scenario: Scenario, part: Campaign | Broadcast) -> float:
    """Messages per second of one batch, to all populations together."""
    return scenario.accounts[part.account].rate_per_s if part.rate is None else part.rate


def parts_of_batch(scenario: Scenario, part: Campaign | Broadcast) -> list[tuple[str, int]]:
    """Populations that one batch reaches, with the number of messages for each."""
    messages = batch_size(scenario, part)
    populations, ends = cumulative(part.to)
    bounds = [0, *(round(end * messages) for end in ends)]
    numbers = [high - low for low, high in pairwise(bounds)]
    return [(name, number) for name, number in zip(populations, numbers, strict=True) if number > 0]


def batch_rows(scenario: Scenario, name: str) -> list[BatchRow]:
    """Rows of a campaign or of broadcasts, in the order of time."""
    part = scenario.traffic[name]
    assert isinstance(part, Campaign | Broadcast)
    messages = batch_size(scenario, part)
    rate_per_s = batch_rate(scenario, part)
    rows = []
    for batch in part.batches:
        for population, number in parts_of_batch(scenario, part):
            several = len(part.to) > 1
            words = [name, batch.label, population if several else ""]
            rows.append(
                BatchRow(
                    name=" ".join(word for word in words if word),
                    audience=f"{name} {population}" if several else name,
                    population=population,
                    messages=number,
                    at_ns=batch.at_ns,
                    gap_ns=1e9 / rate_per_s * messages / number,
                )
            )
    return rows
