"""Replies to sources of traffic: one for every turn of a thread and population that takes part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from smsc_sim.model.codes import NEVER, NOBODY
from smsc_sim.scenario.compile_subscribers import digest
from smsc_sim.scenario.distributions import Tables
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_distributions import Shape
from smsc_sim.scenario.schema_replies import Replies


@dataclass(frozen=True, slots=True)
class Answering:
    """Whose messages a source answers, how often and when.

    Attributes
    ----------
    source : str
        Name of the source whose messages are answered.
    low, high : float
        It answers where the draw of `draw` lies between them.
    delay : Shape
    draw : str
        Sources of replies with the same one share a draw: at most one of them answers.
    deadline_ns : int
        Answers that come later are counted late.
    is_opt_out : bool
        Whether who answers so wants no more messages.
    """

    source: str
    low: float
    high: float
    delay: Shape
    draw: str
    deadline_ns: int = NEVER
    is_opt_out: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a thread: who answers whom."""

    name: str
    is_back: bool  # the side that began the thread writes
    population: str  # of the phones that take part
    answering: Answering


def turns(scenario: Scenario, name: str, to: Sequence[str], replies: Replies) -> list[Turn]:
    """Turns of the threads that a source begins, population after population.

    Parameters
    ----------
    scenario : Scenario
    name : str
        Of the source.
    to : sequence of str
        Populations that it sends to.
    replies : Replies
    """
    found = []
    ours = [population for population in to if not scenario.populations[population].is_foreign]
    for population in ours:
        answered = name
        for turn in range(1, replies.at_most + 1):
            words = [name, "reply", str(turn), population if len(ours) > 1 else ""]
            own = " ".join(word for word in words if word)
            answering = Answering(answered, 0.0, replies.chance(turn), replies.delay, own)
            found.append(Turn(own, turn % 2 == 0, population, answering))
            answered = own
    return found


def reply_columns(
    names: Sequence[str], answering: Sequence[Answering | None], tables: Tables
) -> dict[str, Any]:
    """Columns of `Network` about replies, for sources of these names."""
    row = {name: number for number, name in enumerate(names)}
    answered = [row[part.source] if part else NOBODY for part in answering]
    by_source: list[list[int]] = [[] for _ in names]
    for number, source in enumerate(answered):
        if source != NOBODY:
            by_source[source].append(number)
    first = [0]
    for rows in by_source:
        first.append(first[-1] + len(rows))
    return {
        "source_answers": answered,
        "reply_first": first,
        "reply_source": [number for rows in by_source for number in rows],
        "reply_digest": [digest(f"replies/{part.draw}") if part else 0 for part in answering],
        "reply_low": [part.low if part else 0.0 for part in answering],
        "reply_high": [part.high if part else 0.0 for part in answering],
        "reply_deadline_ns": [part.deadline_ns if part else NEVER for part in answering],
        "reply_is_opt_out": [int(part.is_opt_out) if part else 0 for part in answering],
        "reply_delay": [tables.row(part.delay) if part else NOBODY for part in answering],
    }
