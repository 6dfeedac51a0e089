"""Lists of customers that the traffic of a scenario names: found, parsed and digested, not read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from smsc_sim.content.condition_checks import known_kinds
from smsc_sim.content.conditions import Condition
from smsc_sim.content.customers import Audience
from smsc_sim.content.letters import Letters, letters_of
from smsc_sim.scenario.document import Fields
from smsc_sim.scenario.list_checks import (
    check_columns,
    check_conditions,
    check_texts,
    open_list,
)
from smsc_sim.scenario.moments import later
from smsc_sim.scenario.named import Named
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_audience import ListAudience
from smsc_sim.scenario.schema_batches import Campaign
from smsc_sim.scenario.schema_customers import Recurring, Triggered
from smsc_sim.scenario.sources import Sources

Listed = Campaign | Recurring | Triggered
"""Traffic that may have an audience."""


@dataclass(frozen=True, slots=True)
class CustomerList:
    """Whom one traffic writes to, and what.

    Attributes
    ----------
    file : Path
    where : Condition or None
    letters : Letters or None
        None where lengths are drawn.
    """

    file: Path
    where: Condition | None
    letters: Letters | None


def audience_of(of: ListAudience, file: Path, where: Condition | None, start: datetime) -> Audience:
    """Whom a plan or a traffic means that begins at a moment."""
    return Audience(
        file=file,
        number=of.number,
        country=of.country or "",
        where=where,
        opted_out=of.opted_out or "",
        seen=of.seen or "",
        stale_before=later(start, -of.stale_after).date(),
        share=of.share,
    )


def read_lists(scenario: Scenario, tree: Fields, sources: Sources) -> dict[str, CustomerList]:
    """Lists by name of traffic; their files join those of the sources.

    Raises
    ------
    ScenarioError
        With all problems of files, conditions and texts.
    """
    named = Named(tree, sources.folder)
    lists = {}
    for name, part in scenario.traffic.items():
        if not isinstance(part, Listed) or part.audience is None:
            continue
        path, of = f"traffic.{name}", part.audience
        where = named.condition(f"{path}.audience.where")
        texts = named.templates(f"{path}.texts")
        letters = letters_of(texts, part.values, of.language or "", part.smart) if texts else None
        listed = open_list(named, f"{path}.audience")
        if listed is None:
            continue
        check_columns(named, listed, _columns(path, part))
        kinds = known_kinds(listed, [where])
        check_conditions(named, {f"{path}.audience.where": where}, kinds)
        check_texts(named, listed, f"{path}.texts", texts, f"{path}.values")
        lists[name] = CustomerList(listed.path, where, letters)
        with listed.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        sources.files[sources.name_of(listed.path)] = digest
    named.refuse(tree.place.file)
    return lists


def _columns(path: str, part: Listed) -> dict[str, str | None]:
    """Titles of the columns that a traffic follows, by dotted path."""
    if not isinstance(part, Triggered):
        return {}
    points = None if part.points is None else part.points.column
    return {f"{path}.date": part.date, f"{path}.points.column": points}
