"""Traffic to columns: who sends to whom, when, what, and what a segment costs."""

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from smsc_sim.content.capacity import PAYLOAD_OCTETS
from smsc_sim.model.codes import CAUSE_NAMES, NOBODY
from smsc_sim.model.network import EXTRA_NUMBERS, MOST_SEGMENTS, PHONES
from smsc_sim.scenario.compile_arrivals import Arrivals, rate_pieces, relative_bursts
from smsc_sim.scenario.compile_customers import Addressees, addressees
from smsc_sim.scenario.compile_gaps import phone_gaps
from smsc_sim.scenario.compile_logins import login_columns
from smsc_sim.scenario.compile_prices import compile_prices
from smsc_sim.scenario.compile_replies import reply_columns
from smsc_sim.scenario.compile_sources import Says, Source, list_sources
from smsc_sim.scenario.compile_subscribers import cumulative, digest
from smsc_sim.scenario.compile_texts import compile_texts, text_rows
from smsc_sim.scenario.compile_trace import trace_table
from smsc_sim.scenario.customer_lists import Listed
from smsc_sim.scenario.distributions import Tables
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import Loaded
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_applications import DesktopWidget, ImGateway, OneTimePassword
from smsc_sim.scenario.schema_batches import Broadcast, Campaign
from smsc_sim.scenario.schema_offnet import Incoming
from smsc_sim.scenario.schema_people import PersonToPerson
from smsc_sim.scenario.schema_replies import Replies
from smsc_sim.scenario.schema_requests import Requests
from smsc_sim.scenario.schema_survey import SurveyAnswers
from smsc_sim.scenario.schema_trace import TraceTraffic

Mix = tuple[str, int, str]
"""Name of the lengths, octets of a segment, name of the traffic whose list has texts of its own."""


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


def mean_rate(
    scenario: Scenario,
    part: PersonToPerson | OneTimePassword | DesktopWidget | ImGateway | Incoming,
) -> float:
    """Messages per second of a source, on average over a day."""
    if isinstance(part, PersonToPerson):
        return part.volume * scenario.populations[part.from_].size
    if part.rate is not None:
        return part.rate
    assert part.volume is not None, "the schema asks for one of them"
    return part.volume * sum(scenario.populations[name].size for name in part.to)


def payload_of(scenario: Scenario, part: Says) -> int:
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
        tuple(_arrivals(loaded, source, populations, tables) for source in sources),
        tuple(source.name for source in sources),
        tuple(source.class_ for source in sources),
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


def _arrivals(loaded: Loaded, source: Source, populations: list[str], tables: Tables) -> Arrivals:
    """When a source sends."""
    scenario = loaded.scenario
    part, number = source.part, digest(f"traffic/{source.name}")
    if source.answering is not None:
        return Arrivals(number)
    if source.code is not None and source.code.number > 0:
        return Arrivals(number, by_login=True)
    if source.pieces:
        return Arrivals(number, source.pieces)
    assert not isinstance(part, Replies | SurveyAnswers | Requests)
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
    if isinstance(part, PersonToPerson) and part.gaps is not None:
        size = scenario.populations[part.from_].size
        _check_numbers(loaded, source, size, part.volume)
        return Arrivals(number, gaps=phone_gaps(size, part.volume, part.gaps, tables))
    until_ns = scenario.duration + scenario.drain_ns
    rate, profile = mean_rate(scenario, part), scenario.profiles[part.profile]
    pieces = rate_pieces(scenario.start, until_ns, rate, profile)
    return Arrivals(number, pieces, part.batch, relative_bursts(part.bursts))


def _check_numbers(loaded: Loaded, source: Source, phones: int, per_s: float) -> None:
    """Refuse gaps of so many phones that the busiest ones could run out of numbers of messages.

    Phones take turns in the numbers of their source, and one that has used up its own would fall
    silent.  Some phones write many times the mean: eight times it, and a burst, have to fit.

    Raises
    ------
    ScenarioError
    """
    run_s = (loaded.scenario.duration + loaded.scenario.drain_ns) / 1e9
    if phones * (8 * per_s * run_s + 16) > EXTRA_NUMBERS:
        what = f"gives {phones} phones fewer numbers of messages than their busiest may need"
        remedy = "leave gaps out, split the population, or shorten the run"
        problem = loaded.problem(f"traffic.{source.name}.gaps", what, remedy)
        raise ScenarioError([problem], loaded.file)


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
