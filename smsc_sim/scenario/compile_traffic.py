"""Traffic to columns: who sends to whom, when, what, and what a segment costs."""

from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from smsc_sim.content.capacity import PAYLOAD_OCTETS
from smsc_sim.model.codes import CAUSE_NAMES, NOBODY
from smsc_sim.model.network import EXTRA_NUMBERS, MOST_SEGMENTS, PHONES
from smsc_sim.model.traffic import MASS
from smsc_sim.scenario.compile_prices import compile_prices
from smsc_sim.scenario.compile_subscribers import cumulative, digest
from smsc_sim.scenario.compile_texts import compile_texts
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import Loaded
from smsc_sim.scenario.moments import later
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_offnet import Incoming
from smsc_sim.scenario.schema_traffic import Campaign, OneTimePassword, PersonToPerson, Traffic


@dataclass(frozen=True)
class Source:
    """One row of traffic: a batch to several populations becomes several of them."""

    name: str
    part: Traffic
    to: dict[str, float]
    limit: int
    gap_ns: float = 0.0


@dataclass(frozen=True)
class CompiledTraffic:
    """Columns of `Network` and what its rows are called."""

    columns: dict[str, Any]
    names: tuple[str, ...]
    classes: tuple[str, ...]
    kinds: tuple[str, ...]
    origins: tuple[str, ...]
    price_kinds: tuple[str, ...]
    currencies: tuple[str, ...]


def list_sources(scenario: Scenario) -> list[Source]:
    """Sources in the order of their names; a campaign has one for each population."""
    sources = []
    for name in sorted(scenario.traffic):
        part = scenario.traffic[name]
        if not isinstance(part, Campaign):
            sources.append(Source(name, part, part.to, EXTRA_NUMBERS))
            continue
        populations, ends = cumulative(part.to)
        bounds = [0, *(round(end * part.messages) for end in ends)]
        for population, low, high in zip(populations, bounds, bounds[1:], strict=False):
            if high > low:
                gap_ns = 1e9 / part.rate * part.messages / (high - low)
                label = name if len(populations) == 1 else f"{name} {population}"
                sources.append(Source(label, part, {population: 1.0}, high - low, gap_ns))
    return sources


def rate_pieces(
    start: datetime, until_ns: int, rate_per_s: float, hours: tuple[float, ...]
) -> list[tuple[int, int, float]]:
    """Rate over time by the local clock: rows of (from ns, messages before, rate).

    Messages are counted in millionths, rates in millionths per ns.  The last row is the end.
    Hours follow the clock of the zone, also on the days on which it is changed.
    """
    rows = []
    at_ns, mass = 0, 0
    while at_ns < until_ns:
        local = later(start, at_ns)
        past_ns = (local.minute * 60 + local.second) * 10**9 + local.microsecond * 1000
        hour_ns = 3600 * 10**9 - past_ns
        # Rounded over whole hours, so that a longer run begins like a shorter one.
        rate = round(rate_per_s * hours[local.hour] * MASS / 1e9 * hour_ns) / hour_ns
        length_ns = min(hour_ns, until_ns - at_ns)
        rows.append((at_ns, mass, rate))
        at_ns, mass = at_ns + length_ns, mass + round(rate * length_ns)
    rows.append((until_ns, mass, 0.0))
    return rows


def mean_rate(scenario: Scenario, part: PersonToPerson | OneTimePassword | Incoming) -> float:
    """Messages per second of a source, on average over a day."""
    if isinstance(part, PersonToPerson):
        return part.volume * scenario.populations[part.from_].size
    if part.rate is not None:
        return part.rate
    assert part.volume is not None, "the schema asks for one of them"
    return part.volume * sum(scenario.populations[name].size for name in part.to)


def payload_of(scenario: Scenario, part: Traffic) -> int:
    """Octets of user data that one segment of a source's messages has room for."""
    if part.bearer is None:
        return PAYLOAD_OCTETS
    return scenario.bearers[part.bearer].payload_octets


def check_segments(
    loaded: Loaded, texts: dict[str, Any], sources: list[Source], mixes: list[tuple[str, int]]
) -> None:
    """Refuse a bearer so small that a text needs more segments than a message can have.

    Raises
    ------
    ScenarioError
        All such sources, each at the place of its bearer.
    """
    problems = []
    for source in sources:
        row = mixes.index((source.part.text, payload_of(loaded.scenario, source.part)))
        rows = slice(texts["text_first"][row], texts["text_first"][row + 1])
        most = max(texts["text_segments"][rows])
        if most > MOST_SEGMENTS:
            what = f"cuts the longest text into {most} segments; a message has {MOST_SEGMENTS}"
            name = next(n for n, part in loaded.scenario.traffic.items() if part is source.part)
            problems.append(
                loaded.problem(f"traffic.{name}.bearer", what, "choose a larger payload")
            )
    if problems:
        raise ScenarioError(problems, loaded.file)


def compile_traffic(loaded: Loaded, populations: list[str]) -> CompiledTraffic:
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
        what = f"makes {found} sources, a campaign one for each population; at most {PHONES}"
        raise ScenarioError([loaded.problem("traffic", what, "join some of them")], loaded.file)
    until_ns = scenario.duration + scenario.drain_ns
    mixes = sorted({(source.part.text, payload_of(scenario, source.part)) for source in sources})
    pieces = [
        []
        if isinstance(source.part, Campaign)
        else rate_pieces(
            scenario.start,
            until_ns,
            mean_rate(scenario, source.part),
            scenario.profiles[source.part.profile].relative(),
        )
        for source in sources
    ]
    targets = [cumulative(source.to) for source in sources]
    prices, currencies = compile_prices(
        loaded, [source.part.price for source in sources], [list(source.to) for source in sources]
    )
    texts = compile_texts([(scenario.texts[name], payload) for name, payload in mixes])
    check_segments(loaded, texts, sources, mixes)
    columns = {
        "source_digest": [digest(f"traffic/{source.name}") for source in sources],
        "source_limit": [source.limit for source in sources],
        "source_gap_ns": [source.gap_ns for source in sources],
        **_sender_columns(scenario, [source.part for source in sources], populations),
        "piece_first": [0, *accumulate(len(rows) for rows in pieces)],
        "piece_ns": [row[0] for rows in pieces for row in rows],
        "piece_mass": [row[1] for rows in pieces for row in rows],
        "piece_rate": [row[2] for rows in pieces for row in rows],
        "to_first": [0, *accumulate(len(names) for names, _ in targets)],
        "to_end": [end for _, ends in targets for end in ends],
        "to_population": [populations.index(name) for names, _ in targets for name in names],
        "text_of": [
            mixes.index((source.part.text, payload_of(scenario, source.part))) for source in sources
        ],
        **texts,
        **prices,
    }
    return CompiledTraffic(
        columns,
        tuple(source.name for source in sources),
        tuple(source.part.class_ for source in sources),
        tuple(source.part.kind for source in sources),
        tuple(_origin(source.part) for source in sources),
        tuple(source.part.price for source in sources),
        currencies,
    )


def _origin(part: Traffic) -> str:
    """Population, account or foreign SMSC that sends."""
    if isinstance(part, PersonToPerson):
        return part.from_
    return part.smsc if isinstance(part, Incoming) else part.account


def _sender_columns(
    scenario: Scenario,
    parts: list[Traffic],
    populations: list[str],
) -> dict[str, Any]:
    """How each source sends and what its sender does after a refusal."""
    accounts, smscs = sorted(scenario.accounts), sorted(scenario.smscs)
    people = [part if isinstance(part, PersonToPerson) else None for part in parts]
    batches = [part if isinstance(part, Campaign) else None for part in parts]
    return {
        "source_from": [populations.index(p.from_) if p else NOBODY for p in people],
        "source_account": [
            NOBODY if isinstance(part, PersonToPerson | Incoming) else accounts.index(part.account)
            for part in parts
        ],
        "source_smsc": [
            smscs.index(part.smsc) if isinstance(part, Incoming) else NOBODY for part in parts
        ],
        "source_is_batch": [int(b is not None) for b in batches],
        "source_first_ns": [b.at if b else 0 for b in batches],
        "source_validity_ns": [-1 if part.validity is None else part.validity for part in parts],
        "source_priority": [
            0 if isinstance(part, PersonToPerson) else int(part.priority) for part in parts
        ],
        "source_patience_ns": [
            part.patience
            if isinstance(part, PersonToPerson)
            else 0
            if isinstance(part, Incoming)
            else scenario.accounts[part.account].response_timer
            for part in parts
        ],
        "source_p_resend": [
            p.resend.causes.get(cause, p.resend.probability) if p else 0.0
            for p in people
            for cause in CAUSE_NAMES
        ],
        "source_resend_ns": [max(1, p.resend.delay) if p else 1 for p in people],
        "source_resends": [p.resend.at_most if p else 0 for p in people],
    }
