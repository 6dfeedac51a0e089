"""What must fit together in a scenario: names that are used exist, names are unique, times fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from smsc_sim.model.network import MOST_OF_A_KIND
from smsc_sim.model.phones import MOST_SMSCS
from smsc_sim.scenario.compile_batches import parts_of_batch
from smsc_sim.scenario.document import Fields, Items, Node, Scalar
from smsc_sim.scenario.errors import Place, Problem, did_you_mean
from smsc_sim.scenario.nodes import ELEMENT_MAPS, NODE_KINDS, NODE_MAPS
from smsc_sim.scenario.references_failures import failure_problems
from smsc_sim.scenario.references_logins import login_problems
from smsc_sim.scenario.references_offnet import offnet_problems
from smsc_sim.scenario.references_smscs import smsc_problems
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_batches import Broadcast
from smsc_sim.scenario.schema_replies import Answers, Replies
from smsc_sim.scenario.schema_requests import Requests
from smsc_sim.scenario.schema_survey import Survey, SurveyAnswers
from smsc_sim.scenario.schema_traffic import Traffic
from smsc_sim.scenario.units import DURATION, written

MOST_INTERVALS = 1_000_000

Path = tuple[str, ...]

ANSWERING = ("replies", "answers", "requests")  # parts of traffic that phones send

# (path of a value that names something, maps that may hold it, what it is called)
REFERENCES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("smscs.*.retry.=", ("retry_policies",), "retry policy"),
    ("link_sets.*.between", NODE_MAPS, "element"),
    ("populations.*.hlr", ("hlrs",), "HLR"),
    ("populations.*.mscs", ("mscs",), "MSC"),
    ("populations.*.ported.hlr", ("hlrs",), "HLR"),
    ("populations.*.roaming.mscs", ("mscs",), "MSC"),
    ("populations.*.smscs", ("smscs",), "SMSC"),
    ("populations.*.route", ("routes",), "route"),
    ("populations.*.network", ("networks",), "network"),
    ("traffic.*.bearer", ("bearers",), "bearer"),
    ("traffic.*.smsc", ("smscs",), "SMSC"),
    ("populations.*.charging", ("charging",), "charging node"),
    ("accounts.*.smsc", ("smscs",), "SMSC"),
    ("accounts.*.policy", ("sender_policies",), "sender policy"),
    ("smscs.*.alternate", ("smscs",), "SMSC"),
    ("traffic.*.from", ("populations",), "population"),
    ("traffic.*.to", ("populations",), "population"),
    ("traffic.*.account", ("accounts",), "account"),
    ("traffic.*.person.fallback.account", ("accounts",), "account"),
    ("traffic.*.person.fallback.route", ("routes",), "route"),
    ("traffic.*.profile", ("profiles",), "profile"),
    ("traffic.*.text", ("texts",), "text"),
    *((f"traffic.*.{key}.bearer", ("bearers",), "bearer") for key in ANSWERING),
    *((f"traffic.*.{key}.text", ("texts",), "text") for key in ANSWERING),
    ("background.*.from", ("populations",), "population"),
    ("background.*.profile", ("profiles",), "profile"),
    ("failures.*.element", ELEMENT_MAPS, "element"),
    ("failures.*.elements", ELEMENT_MAPS, "element"),
    ("targets.*.element", ELEMENT_MAPS, "element"),
)
CLASS_USES = ("targets.*.class", "smscs.*.priorities", "smscs.*.weights", "smscs.*.pools")
_DEFAULT_CLASS = {
    str(part.model_fields["kind"].annotation.__args__[0]): str(part.model_fields["class_"].default)
    for part in get_args(get_args(Traffic)[0])
}


def reference_problems(tree: Fields) -> list[Problem]:
    """Names that are used but belong to nothing.

    They are sought in the tree, not in the Scenario, so that they are found beside other problems.
    """
    problems = []
    for pattern, maps, noun in REFERENCES:
        wholes = [name for key in maps for name in _names(tree.get(key))]
        links = _links(tree.get("link_sets")) if pattern.startswith("failures.") else []
        for path, used, place in _uses(tree, tuple(pattern.split("."))):
            known = links if links and "." in used else wholes
            if used not in known:
                remedy = did_you_mean(used, known)
                what = f"no {noun} is called '{used}'"
                problems.append(Problem(place, ".".join(path), what, None, remedy))
    classes = _classes(tree)
    of_class = [use for pattern in CLASS_USES for use in _uses(tree, tuple(pattern.split(".")))]
    for path, used, place in [*of_class, *_retry_classes(tree)]:
        if used not in classes:
            remedy = did_you_mean(used, classes)
            what = f"no traffic has the class '{used}'"
            problems.append(Problem(place, ".".join(path), what, None, remedy))
    return problems


def _retry_classes(tree: Fields) -> Iterator[tuple[Path, str, Place]]:
    """Classes that an SMSC names a retry policy for."""
    smscs = tree.get("smscs")
    for name, (_, node) in smscs.entries.items() if isinstance(smscs, Fields) else ():
        retry = node.get("retry") if isinstance(node, Fields) else None
        for class_, (place, _) in retry.entries.items() if isinstance(retry, Fields) else ():
            if class_ != "default":
                yield ("smscs", name, "retry", class_), class_, place


def _names(node: Node | None) -> list[str]:
    return list(node.entries) if isinstance(node, Fields) else []


def _links(sets: Node | None) -> list[str]:
    """Names of single links: that of the set, a dot, a number from 1."""
    found = []
    for name in _names(sets):
        assert isinstance(sets, Fields)
        part = sets.entries[name][1]
        number = part.get("links") if isinstance(part, Fields) else None
        text = number.value if isinstance(number, Scalar) and number.value is not None else "1"
        links = int(text) if text.isdecimal() and len(text) < 3 else 0
        found += [f"{name}.{link}" for link in range(1, links + 1)]
    return found


def _classes(tree: Fields) -> set[str]:
    classes = set()
    traffic = tree.get("traffic")
    for _, node in traffic.entries.values() if isinstance(traffic, Fields) else ():
        if not isinstance(node, Fields):
            continue
        own, kind = node.get("class"), node.get("kind")
        if isinstance(own, Scalar) and own.value is not None:
            classes.add(own.value)
        elif isinstance(kind, Scalar) and kind.value in _DEFAULT_CLASS:
            classes.add(_DEFAULT_CLASS[kind.value])
        classes |= _classes_of_phones(node, str(getattr(kind, "value", "")))
    return classes


def _classes_of_phones(node: Fields, kind: str) -> set[str]:
    """Classes of what phones answer to some traffic, or ask for."""
    of_kind = Replies if kind == "person_to_person" else Answers
    found = set()
    for key, part in (("replies", of_kind), ("requests", Requests)):
        own = node.get(key)
        named = own.get("class") if isinstance(own, Fields) else None
        if isinstance(own, Fields) or (key == "replies" and kind == "im_gateway"):
            given = named.value if isinstance(named, Scalar) else None
            found.add(given or str(part.model_fields["class_"].default))
    answers = node.get("answers")
    if isinstance(answers, Fields):
        base, word = node.get("class"), answers.get("word")
        first = base.value if isinstance(base, Scalar) else _DEFAULT_CLASS["survey"]
        last = (
            word.value if isinstance(word, Scalar) else SurveyAnswers.model_fields["word"].default
        )
        found |= {f"{first}_{name}" for name in (*_names(answers.get("choices")), last)}
    return found


def _uses(node: Node, pattern: Path, path: Path = ()) -> Iterator[tuple[Path, str, Place]]:
    """(path, name, place) of every name at the end of a pattern; `*` is any key."""
    if pattern == ("=",) and isinstance(node, Fields):  # the values of a map, not its keys
        for name, (_, value) in node.entries.items():
            yield from _uses(value, (), (*path, name))
    elif pattern and pattern != ("=",):
        key, *rest = pattern
        entries = node.entries if isinstance(node, Fields) else {}
        for name in entries if key == "*" else entries.keys() & {key}:
            yield from _uses(entries[name][1], tuple(rest), (*path, name))
    elif isinstance(node, Scalar) and node.value is not None:
        yield path, node.value, node.place
    elif isinstance(node, Fields):
        for name, (place, _) in node.entries.items():
            yield (*path, name), name, place
    elif isinstance(node, Items):
        for position, item in enumerate(node.items, start=1):
            if isinstance(item, Scalar) and item.value is not None:
                yield (*path, str(position)), item.value, item.place


def name_problems(tree: Fields) -> list[Problem]:
    """Names that two elements share, whatever their kinds."""
    first: dict[str, tuple[str, Place]] = {}
    problems = []
    for key in ELEMENT_MAPS:
        node = tree.get(key)
        for name, (place, _) in node.entries.items() if isinstance(node, Fields) else ():
            if name in first:
                other, where = first[name]
                what = f"is the name of another element already, in {other} at {where}"
                problem = Problem(place, f"{key}.{name}", what, None, "choose another name")
                problems.append(problem)
            else:
                first[name] = (key, place)
    return problems


def whole_problems(scenario: Scenario) -> list[tuple[Path, str, str]]:
    """(path, problem, remedy) of what is wrong between keys that are right by themselves."""
    problems: list[tuple[Path, str, str]] = []
    length = written(DURATION, scenario.duration)
    if scenario.warm_up >= scenario.duration:
        what = f"must be shorter than the duration, {length}"
        problems.append((("warm_up",), what, "shorten it"))
    if scenario.duration // scenario.interval > MOST_INTERVALS:
        what = f"makes more than {MOST_INTERVALS} intervals in {length}"
        problems.append((("interval",), what, "choose a longer one"))
    for name, population in scenario.populations.items():
        if population.hlr is None and len(scenario.hlrs) > 1 and not population.is_foreign:
            what = f"is missing: there are {len(scenario.hlrs)} HLRs"
            problems.append((("populations", name, "hlr"), what, _one_of(scenario.hlrs)))
    for name, links in scenario.link_sets.items():
        if links.msu_rate is not None and links.transport != "m3ua":
            what = "needs cards of SIGTRAN, but the transport is mtp2"
            problems.append((("link_sets", name, "msu_rate"), what, "write transport: m3ua"))
    problems += _charging_missing(scenario)
    for name, account in scenario.accounts.items():
        if account.smsc is None and len(scenario.smscs) > 1:
            what = f"is missing: there are {len(scenario.smscs)} SMSCs"
            problems.append((("accounts", name, "smsc"), what, _one_of(scenario.smscs)))
    for name, smsc in scenario.smscs.items():
        if smsc.alternate == name:
            what = "must be another SMSC than the one it stands in for"
            problems.append((("smscs", name, "alternate"), what, "name another, or leave it out"))
    if len(scenario.smscs) > MOST_SMSCS:
        what = f"has {len(scenario.smscs)} SMSCs; at most {MOST_SMSCS} fit the HLR's waiting lists"
        problems.append((("smscs",), what, "join some of them by units"))
    problems += too_many_of_a_kind(scenario)
    problems += _cells_missing(scenario) + offnet_problems(scenario) + smsc_problems(scenario)
    problems += _too_many_subscribers(scenario) + login_problems(scenario)
    problems += _limits_of_nobody(scenario)
    return problems + _mixed_prices(scenario) + failure_problems(scenario)


def too_many_of_a_kind(scenario: Scenario) -> list[tuple[Path, str, str]]:
    """More nodes or populations than the rows of jobs can tell apart."""
    nodes = {kind.key: len(getattr(scenario, kind.key)) for kind in NODE_KINDS}
    most_of = max(nodes, key=lambda key: nodes[key])
    problems: list[tuple[Path, str, str]] = []
    for key, number, what in (
        (most_of, sum(nodes.values()), "nodes of all kinds"),
        ("populations", len(scenario.populations), "populations"),
    ):
        if number > MOST_OF_A_KIND:
            problem = f"makes {number} {what}; at most {MOST_OF_A_KIND} fit"
            problems.append(((key,), problem, "join some that behave alike"))
    return problems


def _charging_missing(scenario: Scenario) -> list[tuple[Path, str, str]]:
    """Populations with prepaid phones that no charging node, or more than one, could charge."""
    problems: list[tuple[Path, str, str]] = []
    for name, population in scenario.populations.items():
        if population.prepaid > 0 and not scenario.charging:
            what = "needs a charging node, and there is none"
            problems.append((("populations", name, "prepaid"), what, "add one under charging"))
        elif population.prepaid > 0 and population.charging is None and len(scenario.charging) > 1:
            what = f"is missing: there are {len(scenario.charging)} charging nodes"
            remedy = _one_of(scenario.charging)
            problems.append((("populations", name, "charging"), what, remedy))
    return problems


def _one_of(names: Iterable[str]) -> str:
    return "add one of " + ", ".join(sorted(names))


def _cells_missing(scenario: Scenario) -> list[tuple[Path, str, str]]:
    """Background of phones that no cell serves, so that it would use no channel."""
    problems: list[tuple[Path, str, str]] = []
    for name, part in scenario.background.items():
        mscs = scenario.populations[part.from_].mscs or scenario.mscs
        if all(scenario.mscs[msc].cells is None for msc in mscs):
            what = f"is without effect: no MSC of '{part.from_}' has cells"
            remedy = f"give cells to {' or '.join(sorted(mscs))}"
            problems.append((("background", name, "from"), what, remedy))
    return problems


def _too_many_subscribers(scenario: Scenario) -> list[tuple[Path, str, str]]:
    """Broadcasts that would reach a phone twice."""
    problems: list[tuple[Path, str, str]] = []
    for name, part in scenario.traffic.items():
        if not isinstance(part, Broadcast):
            continue
        for to, number in parts_of_batch(scenario, part):
            size = scenario.populations[to].size
            if number > size:
                key = "share" if part.subscribers is None else "subscribers"
                what = f"makes {number} subscribers of the {size} phones of '{to}'"
                problems.append((("traffic", name, key), what, "lower it, or change the shares"))
    return problems


def _limits_of_nobody(scenario: Scenario) -> list[tuple[Path, str, str]]:
    """Limits of accounts of which no operator or country has a population that they send to."""
    problems: list[tuple[Path, str, str]] = []
    for name, account in scenario.accounts.items():
        to = {
            population
            for part in scenario.traffic.values()
            if getattr(part, "account", None) == name
            for population in part.to
        }
        known = [scenario.populations[one].limit_key(account.limits) for one in to]
        if account.limits and to and not any(known):
            what = f"hold for none of the populations that '{name}' sends to"
            remedy = f"write operator: {min(account.limits)} in one of them"
            problems.append((("accounts", name, "limits"), what, remedy))
    return problems


def _mixed_prices(scenario: Scenario) -> list[tuple[Path, str, str]]:
    """Classes whose sources pay different kinds of price, which must not be added up."""
    problems: list[tuple[Path, str, str]] = []
    first: dict[str, tuple[str, str]] = {}
    for path, class_, pays in _payers(scenario):
        other, price = first.setdefault(class_, (".".join(path[1:]), pays))
        if pays != price:
            what = f"pays {pays} prices, but '{other}' of the same class pays {price} prices"
            problems.append((path, what, "give it another class, or the same price"))
    return problems


def _payers(scenario: Scenario) -> Iterator[tuple[Path, str, str]]:
    """(path, class, kind of price) of traffic and of the replies to it."""
    for name, part in scenario.traffic.items():
        yield ("traffic", name), part.class_, part.price
        for key in ("replies", "requests"):
            inner = getattr(part, key, None)
            if inner is not None:
                yield ("traffic", name, key), inner.class_, inner.price
        if isinstance(part, Survey):
            for choice in part.answers.shares:
                path = ("traffic", name, "answers")
                yield path, f"{part.class_}_{choice}", part.answers.price
