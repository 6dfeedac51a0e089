"""Traffic to sources: a batch to several populations becomes several, and so do replies to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any, TypeGuard

from smsc_sim.model.arrivals import MASS
from smsc_sim.model.codes import NEVER
from smsc_sim.scenario.compile_arrivals import Piece
from smsc_sim.scenario.compile_batches import BatchRow, batch_rows
from smsc_sim.scenario.compile_customers import Addressees
from smsc_sim.scenario.compile_logins import Code, further_codes
from smsc_sim.scenario.compile_replies import Answering, turns
from smsc_sim.scenario.customer_lists import Listed
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_applications import OneTimePassword
from smsc_sim.scenario.schema_batches import Broadcast, Campaign, NewsAlert, SportsTicker
from smsc_sim.scenario.schema_logins import Person
from smsc_sim.scenario.schema_replies import Replies
from smsc_sim.scenario.schema_requests import Requests
from smsc_sim.scenario.schema_survey import Survey, SurveyAnswers
from smsc_sim.scenario.schema_traffic import Traffic
from smsc_sim.scenario.schema_written import Written

Says = Traffic | Replies | SurveyAnswers | Requests


@dataclass(frozen=True)
class Source:
    """One row of traffic: a batch to several populations becomes several, and so do replies.

    Attributes
    ----------
    name : str
    part : Part
        What says how long its texts are, what they cost and what class they have.
    kind : str
    to : dict of str to float
        Populations of the recipients, with shares; of messages to an account, of the senders.
    price : str
        Kind of price that the sender pays: retail, a2p or none.
    class_ : str
    population, account, smsc, to_account : str, optional
        Who sends: a population, an account or a foreign SMSC; and the account that receives.
    path : str
        Where the scenario says all this.
    route : str, optional
        Route that its messages take, in place of those of their population.
    batch, answering, code : optional
        Which part of a batch it is, whose messages it answers, or which codes of logins it brings.
    pieces : tuple of Piece
        Rate over time where the kind of traffic itself says it.
    """

    name: str
    part: Says
    kind: str
    to: dict[str, float]
    path: str
    price: str
    class_: str
    population: str | None = None
    account: str | None = None
    smsc: str | None = None
    to_account: str | None = None
    batch: BatchRow | None = None
    addressees: Addressees | None = None
    answering: Answering | None = None
    code: Code | None = None
    route: str | None = None
    pieces: tuple[Piece, ...] = ()

    @property
    def origin(self) -> str:
        """Population, account or foreign SMSC that sends."""
        origin = self.population or self.account or self.smsc
        assert origin is not None, "the schema asks for one of them"
        return origin

    @property
    def writes(self) -> Written | None:
        """How long its people wait and what they send again; None for applications."""
        if self.population is None:
            return None
        assert isinstance(self.part, Written)
        return self.part

    @property
    def listed(self) -> str:
        """Its own name where texts are those of a list; else empty."""
        return self.name if self.addressees is not None and self.addressees.shapes else ""


def is_batch(part: Traffic) -> TypeGuard[Campaign | NewsAlert | SportsTicker]:
    """Whether traffic comes in batches to distinct phones, and not to customers of a list."""
    has_list = isinstance(part, Listed) and part.audience is not None
    return isinstance(part, Campaign | Broadcast) and not has_list


def list_sources(scenario: Scenario) -> list[Source]:
    """Sources in the order of their names, each followed by the replies to its messages."""
    sources = []
    for name in sorted(scenario.traffic):
        for first in _firsts(scenario, name):
            sources.append(first)
            if isinstance(first.part, Survey):
                sources += _choices(scenario, first, first.part.answers)
            else:
                sources += _replies(scenario, first)
    return sources


def _firsts(scenario: Scenario, name: str) -> list[Source]:
    """Sources of what answers nothing; a batch has one for each population."""
    part = scenario.traffic[name]
    population, account = getattr(part, "from_", None), getattr(part, "account", None)
    whole = Source(
        *(name, part, part.kind, part.to, f"traffic.{name}", part.price, part.class_),
        population=population,
        account=account,
        smsc=getattr(part, "smsc", None),
    )
    if isinstance(part, OneTimePassword) and part.person is not None:
        return _codes(whole, part, part.person)
    if not is_batch(part):
        return [whole]
    rows = [
        replace(whole, name=row.name, to={row.population: 1.0}, batch=row)
        for row in batch_rows(scenario, name)
    ]
    if isinstance(part, SportsTicker) and part.requests is not None:
        rows += _requests(scenario, whole, part, part.requests)
    return rows


def _codes(first: Source, part: OneTimePassword, person: Person) -> list[Source]:
    """Sources of the first codes of logins and of all further ones."""
    sources = [replace(first, code=Code(first.name, person, 0))]
    for further in further_codes(first.name, part, person):
        own: Any = {"name": further.name, "account": further.account, "code": further.code}
        sources.append(replace(first, **own, route=further.route))
    return sources


def _replies(scenario: Scenario, first: Source) -> list[Source]:
    """Replies to the messages of a source, and to those replies, and so on."""
    part = getattr(first.part, "replies", None)
    if part is None or first.answering is not None:
        return []
    sources = []
    for turn in turns(scenario, first.name, list(first.to), part):
        if first.account is not None and turn.is_back:  # an application answers as it asks
            found = replace(
                first, name=turn.name, to={turn.population: 1.0}, batch=None, addressees=None
            )
        else:
            found = Source(
                *(turn.name, part, first.kind, {turn.population: 1.0}, f"{first.path}.replies"),
                *(part.price, part.class_),
                population=first.population if turn.is_back else turn.population,
                to_account=first.account,
            )
        if first.population is not None and not turn.is_back:
            found = replace(found, to={first.population: 1.0})
        sources.append(replace(found, answering=turn.answering))
    return sources


def _choices(scenario: Scenario, first: Source, answers: SurveyAnswers) -> list[Source]:
    """Answers to a survey: a source for each choice and population, which exclude each other."""
    ours = [name for name in first.to if not scenario.populations[name].is_foreign]
    shares = answers.shares
    ends = [0.0, *accumulate(shares.values())]
    sources = []
    for population in ours:
        for choice, (low, high) in zip(shares, pairwise(ends), strict=True):
            words = [first.name, choice, population if len(ours) > 1 else ""]
            name = " ".join(word for word in words if word)
            answering = Answering(
                *(first.name, low, high, answers.delay, first.name),
                deadline_ns=NEVER if answers.deadline is None else answers.deadline,
                is_opt_out=choice == answers.word,
            )
            found = Source(
                *(name, answers, first.kind, {population: 1.0}, f"{first.path}.answers"),
                *(answers.price, f"{first.class_}_{choice}"),
                population=population,
                to_account=first.account,
                answering=answering,
            )
            sources.append(found)
    return sources


def _requests(
    scenario: Scenario, whole: Source, part: SportsTicker, requests: Requests
) -> list[Source]:
    """Scores asked for through a match by the phones of each population, and what they are told."""
    ours = [name for name in part.to if not scenario.populations[name].is_foreign]
    sources = []
    for population in ours:
        expected = requests.per_phone * scenario.populations[population].size
        place = population if len(ours) > 1 else ""
        asked, told = (f"{whole.name} {what} {place}".strip() for what in ("request", "score"))
        own = {population: 1.0}
        request = Source(
            *(asked, requests, whole.kind, own, f"{whole.path}.requests", requests.price),
            requests.class_,
            population=population,
            to_account=whole.account,
            pieces=tuple(weighted_pieces(part.interest(requests), expected)),
        )
        answering = Answering(asked, 0.0, 1.0, requests.delay, told)
        sources += [request, replace(whole, name=told, to=own, answering=answering)]
    return sources


def weighted_pieces(spells: Sequence[tuple[int, int, float]], expected: float) -> Iterator[Piece]:
    """Rate over time of so many expected messages, in spells of (from ns, until ns, weight)."""
    total = sum((high - low) * weight for low, high, weight in spells)
    mass = 0
    if spells[0][0] > 0:
        yield 0, 0, 0.0
    for low, high, weight in spells:
        rate = expected * MASS * weight / total
        yield low, mass, rate
        mass += round(rate * (high - low))
    yield spells[-1][1], mass, 0.0
