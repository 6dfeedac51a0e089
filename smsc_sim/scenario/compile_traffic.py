"""Traffic to columns: who sends to whom, when, what, and what a segment costs."""

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, TypeGuard

from smsc_sim.content.capacity import PAYLOAD_OCTETS
from smsc_sim.model.codes import CAUSE_NAMES, NOBODY
from smsc_sim.model.network import MOST_SEGMENTS, PHONES
from smsc_sim.scenario.compile_arrivals import Arrivals, rate_pieces, relative_bursts
from smsc_sim.scenario.compile_batches import BatchRow, batch_rows
from smsc_sim.scenario.compile_customers import Addressees, addressees
from smsc_sim.scenario.compile_logins import Code, further_codes, login_columns
from smsc_sim.scenario.compile_prices import compile_prices
from smsc_sim.scenario.compile_replies import Answering, reply_columns, turns
from smsc_sim.scenario.compile_subscribers import cumulative, digest
from smsc_sim.scenario.compile_texts import compile_texts, text_rows
from smsc_sim.scenario.compile_trace import trace_table
from smsc_sim.scenario.customer_lists import Listed
from smsc_sim.scenario.distributions import Tables
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import Loaded
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_applications import DesktopWidget, OneTimePassword
from smsc_sim.scenario.schema_batches import Broadcast, Campaign, NewsAlert, SportsTicker
from smsc_sim.scenario.schema_logins import Person
from smsc_sim.scenario.schema_offnet import Incoming
from smsc_sim.scenario.schema_people import PersonToPerson
from smsc_sim.scenario.schema_replies import Replies
from smsc_sim.scenario.schema_trace import TraceTraffic
from smsc_sim.scenario.schema_traffic import Traffic
from smsc_sim.scenario.schema_written import Written

Mix = tuple[str, int, str]
"""Name of the lengths, octets of a segment, name of the traffic whose list has texts of its own."""


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
    population, account, smsc, to_account : str, optional
        Who sends: a population, an account or a foreign SMSC; and the account that receives.
    path : str
        Where the scenario says all this.
    route : str, optional
        Route that its messages take, in place of those of their population.
    batch, answering, code : optional
        Which part of a batch it is, whose messages it answers, or which codes of logins it brings.
    """

    name: str
    part: Traffic | Replies
    kind: str
    to: dict[str, float]
    path: str
    price: str
    population: str | None = None
    account: str | None = None
    smsc: str | None = None
    to_account: str | None = None
    batch: BatchRow | None = None
    addressees: Addressees | None = None
    answering: Answering | None = None
    code: Code | None = None
    route: str | None = None

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


@dataclass(frozen=True)
class CompiledTraffic:
    """Columns of `Network` and what its rows are called."""

    columns: dict[str, Any]
    arrivals: tuple[Arrivals, ...]
    names: tuple[str, ...]
    classes: tuple[str, ...]
    kinds: tuple[str, ...]
    origins: tuple[str, ...]
    price_kinds: tuple[str, ...]
    currencies: tuple[str, ...]
    addressees: dict[str, Addressees]


def is_batch(part: Traffic) -> TypeGuard[Campaign | NewsAlert | SportsTicker]:
    """Whether traffic comes in batches to distinct phones, and not to customers of a list."""
    has_list = isinstance(part, Listed) and part.audience is not None
    return isinstance(part, Campaign | Broadcast) and not has_list


def list_sources(scenario: Scenario) -> list[Source]:
    """Sources in the order of their names, each followed by further codes or replies.

    A batch has one for each population.
    """
    sources = []
    for name in sorted(scenario.traffic):
        part = scenario.traffic[name]
        path = f"traffic.{name}"
        if is_batch(part):
            firsts = [
                Source(
                    *(row.name, part, part.kind, {row.population: 1.0}, path, part.price),
                    account=part.account,
                    batch=row,
                )
                for row in batch_rows(scenario, name)
            ]
        else:
            population = getattr(part, "from_", None)
            account, smsc = getattr(part, "account", None), getattr(part, "smsc", None)
            row = Source(name, part, part.kind, part.to, path, part.price, population, account)
            firsts = [replace(row, smsc=smsc)]
            if isinstance(part, OneTimePassword) and part.person is not None:
                firsts = _codes(firsts[0], part, part.person)
        for first in firsts:
            sources += [first, *_replies(scenario, first)]
    return sources


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
    if part is None:
        return []
    sources = []
    for turn in turns(scenario, first.name, first.name, list(first.to), part):
        own: Any = {"answering": turn.answering}
        to = {turn.population: 1.0}
        if first.account is not None and turn.is_back:
            own |= {"account": first.account}
        elif first.account is not None:
            own |= {"population": turn.population, "to_account": first.account}
        elif turn.is_back:
            own |= {"population": first.population}
        else:
            own |= {"population": turn.population}
            to = {first.origin: 1.0}
        is_own = first.account is not None and turn.is_back  # an application answers as it asks
        says = first.part if is_own else part
        path = first.path if is_own else f"{first.path}.replies"
        price = first.price if is_own else part.price
        sources.append(Source(turn.name, says, first.kind, to, path, price, **own))
    return sources


def mean_rate(
    scenario: Scenario, part: PersonToPerson | OneTimePassword | DesktopWidget | Incoming
) -> float:
    """Messages per second of a source, on average over a day."""
    if isinstance(part, PersonToPerson):
        return part.volume * scenario.populations[part.from_].size
    if part.rate is not None:
        return part.rate
    assert part.volume is not None, "the schema asks for one of them"
    return part.volume * sum(scenario.populations[name].size for name in part.to)


def payload_of(scenario: Scenario, part: Traffic | Replies) -> int:
    """Octets of user data that one segment of a source's messages has room for."""
    if part.bearer is None:
        return PAYLOAD_OCTETS
    return scenario.bearers[part.bearer].payload_octets


def mix_of(scenario: Scenario, source: Source) -> Mix:
    """What tells the texts of a source from those of others: mix, payload, name of its list."""
    return source.part.text, payload_of(scenario, source.part), source.listed


def check_segments(
    loaded: Loaded, texts: dict[str, Any], sources: list[Source], mixes: list[Mix]
) -> None:
    """Refuse a bearer so small that a text needs more segments than a message can have.

    Raises
    ------
    ScenarioError
        All such sources, each at the place of its bearer.
    """
    problems = []
    for source in sources:
        row = mixes.index(mix_of(loaded.scenario, source))
        rows = slice(texts["text_first"][row], texts["text_first"][row + 1])
        most = max(texts["text_segments"][rows])
        if most > MOST_SEGMENTS:
            what = f"cuts the longest text into {most} segments; a message has {MOST_SEGMENTS}"
            problem = loaded.problem(f"{source.path}.bearer", what, "choose a larger payload")
            if problem not in problems:
                problems.append(problem)
    if problems:
        raise ScenarioError(problems, loaded.file)


def compile_traffic(loaded: Loaded, populations: list[str], tables: Tables) -> CompiledTraffic:
    """Columns of `Network` about sources, texts and prices.

    Raises
    ------
    ScenarioError
        If there are too many sources, or the rate card lacks a price.
    """
    scenario = loaded.scenario
    sources = list_sources(scenario)
    if len(sources) + len(scenario.background) > PHONES:
        found = len(sources) + len(scenario.background)
        what = f"makes {found} sources, a batch one for each population; at most {PHONES}"
        raise ScenarioError([loaded.problem("traffic", what, "join some of them")], loaded.file)
    sources = [_with_addressees(loaded, source, populations) for source in sources]
    mixes = sorted({mix_of(scenario, source) for source in sources})
    of_list = {source.listed: source.addressees for source in sources if source.addressees}
    targets = [cumulative(source.to) for source in sources]
    prices, currencies = compile_prices(
        loaded, [source.price for source in sources], [list(source.to) for source in sources]
    )
    texts = compile_texts(
        [
            of_list[listed].rows if listed else text_rows(scenario.texts[name], payload)
            for name, payload, listed in mixes
        ]
    )
    check_segments(loaded, texts, sources, mixes)
    columns = {
        **_sender_columns(scenario, sources, populations),
        **reply_columns(
            [source.name for source in sources], [source.answering for source in sources], tables
        ),
        **login_columns(
            [source.name for source in sources], [source.code for source in sources], tables
        ),
        "to_first": [0, *accumulate(len(names) for names, _ in targets)],
        "to_end": [end for _, ends in targets for end in ends],
        "to_population": [populations.index(name) for names, _ in targets for name in names],
        "text_of": [mixes.index(mix_of(scenario, source)) for source in sources],
        **texts,
        **prices,
    }
    return CompiledTraffic(
        columns,
        tuple(_arrivals(loaded, source, populations) for source in sources),
        tuple(source.name for source in sources),
        tuple(source.part.class_ for source in sources),
        tuple(source.kind for source in sources),
        tuple(source.origin for source in sources),
        tuple(source.price for source in sources),
        currencies,
        {source.name: source.addressees for source in sources if source.addressees is not None},
    )


def _with_addressees(loaded: Loaded, source: Source, populations: list[str]) -> Source:
    """A source with its customers, if it writes to any, and their shares of populations."""
    if source.name not in loaded.lists:
        return source
    payload = payload_of(loaded.scenario, source.part)
    found = addressees(loaded, source.name, populations, payload)
    return replace(source, to=found.to, addressees=found)


def _arrivals(loaded: Loaded, source: Source, populations: list[str]) -> Arrivals:
    """When a source sends."""
    scenario = loaded.scenario
    part, number = source.part, digest(f"traffic/{source.name}")
    if source.answering is not None:
        return Arrivals(number)
    if source.code is not None and source.code.number > 0:
        return Arrivals(number, by_login=True)
    assert not isinstance(part, Replies)
    if isinstance(part, TraceTraffic):
        return Arrivals(number, table=trace_table(loaded, source.name, populations))
    if source.addressees is not None:
        return Arrivals(number, table=source.addressees.table)
    if isinstance(part, Campaign | Broadcast):
        row = source.batch
        assert row is not None, "list_sources gives one"
        batch = (row.at_ns, row.messages, row.gap_ns)
        return Arrivals(number, batch=batch, audience=digest(f"traffic/{row.audience}"))
    assert not isinstance(part, Listed), "its customers are a table"
    until_ns = scenario.duration + scenario.drain_ns
    rate, profile = mean_rate(scenario, part), scenario.profiles[part.profile]
    pieces = rate_pieces(scenario.start, until_ns, rate, profile)
    return Arrivals(number, pieces, part.batch, relative_bursts(part.bursts))


def _sender_columns(
    scenario: Scenario, sources: list[Source], populations: list[str]
) -> dict[str, Any]:
    """How each source sends and what its sender does after a refusal."""
    accounts, smscs = sorted(scenario.accounts), sorted(scenario.smscs)
    parts = [source.part for source in sources]
    people = [source.writes for source in sources]
    return {
        "source_from": [_row(populations, source.population) for source in sources],
        "source_account": [_row(accounts, source.account) for source in sources],
        "source_smsc": [_row(smscs, source.smsc) for source in sources],
        "source_route": [_row(sorted(scenario.routes), source.route) for source in sources],
        "source_to_account": [_row(accounts, source.to_account) for source in sources],
        "source_validity_ns": [-1 if part.validity is None else part.validity for part in parts],
        "source_priority": [int(getattr(part, "priority", False)) for part in parts],
        "source_patience_ns": [
            source.writes.patience
            if source.writes is not None
            else 0
            if source.account is None
            else scenario.accounts[source.account].response_timer
            for source in sources
        ],
        "source_p_resend": [
            p.resend.causes.get(cause, p.resend.probability) if p else 0.0
            for p in people
            for cause in CAUSE_NAMES
        ],
        "source_resend_ns": [max(1, p.resend.delay) if p else 1 for p in people],
        "source_resends": [p.resend.at_most if p else 0 for p in people],
    }


def _row(names: list[str], name: str | None) -> int:
    return NOBODY if name is None else names.index(name)
