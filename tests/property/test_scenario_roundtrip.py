"""Any scenario survives its resolved YAML, and the order of keys means nothing but order."""

import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import Loaded, load, resolved_yaml

names = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True)
durations = st.one_of(
    st.integers(1, 10**17).map(lambda ns: f"{ns} ns"),
    st.decimals("0.001", "500", places=3).map(lambda hours: f"{hours} h"),
)
rates = st.one_of(
    st.floats(1e-3, 1e6).map(lambda rate: f"{rate!r} msg/s".replace("+", "")),
    st.integers(1, 10**6).map(lambda rate: f"{rate} /day"),
)
shares = st.decimals(0, 100, places=4).map(lambda share: f"{share} %")


def maybe(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Maps with any of these keys."""
    return st.fixed_dictionaries({}, optional=keys)


@st.composite
def share_maps(draw: st.DrawFn, known: list[str]) -> Any:
    """One name, or names with shares that sum to 100 %."""
    chosen = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4, unique=True))
    if len(chosen) == 1 and draw(st.booleans()):
        return chosen[0]
    weights = [draw(st.integers(1, 100)) for _ in chosen]
    points = [round(10_000 * weight / sum(weights)) for weight in weights]
    points[0] += 10_000 - sum(points)
    return {name: f"{point / 100} %" for name, point in zip(chosen, points, strict=True)}


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Scenarios as plain data, with a random choice of keys given."""
    everyone = draw(st.lists(names, min_size=5, max_size=9, unique_by=str.lower))
    smscs, hlrs, mscs = everyone[:2], everyone[2:3], everyone[3:5]
    stps = everyone[5:8]
    populations = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    classes = ["person_to_person", "otp", "campaign"]
    schedule = maybe(then=st.just("repeat"), attempts=st.integers(1, 50)).map(
        lambda keys: {"delays": ["1 min", "90 s"], **keys}
    )
    cause = st.sampled_from(["absent_subscriber", "subscriber_busy", "timeout"])

    def several(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        return st.dictionaries(names, parts, max_size=3)

    def each(keys: list[str], parts: st.SearchStrategy[Any]) -> dict[str, Any]:
        return {key: draw(parts) for key in keys}

    smsc = st.fixed_dictionaries(
        {"rate": rates},
        optional={
            "units": st.integers(1, 9),
            "submit_rate": rates,
            "validity": durations,
            "store": st.integers(1, 10**9),
            "retry": st.sampled_from(["typical-operator", "restcomm"]),
            "timers": maybe(sri_sm=durations, mt_forward_sm=durations),
        },
    )
    population = st.fixed_dictionaries(
        {"size": st.integers(1, 10**8), "country": st.sampled_from(["FI", "NO", "US"])},
        optional={
            "mscs": share_maps(mscs),
            "smscs": share_maps(smscs),
            "unknown": shares,
            "reachability": maybe(mean_off=durations, detached=shares),
            "errors": maybe(subscriber_busy=shares),
        },
    )
    person = st.fixed_dictionaries(
        {
            "kind": st.just("person_to_person"),
            "from": st.sampled_from(populations),
            "volume": rates.filter(lambda rate: float(rate.split()[0]) <= 10**6),
            "to": share_maps(populations),
        },
        optional={"validity": durations, "class": names, "profile": st.just("evening")},
    )
    account = st.fixed_dictionaries(
        {"smsc": st.sampled_from(smscs)}, optional={"rate": rates, "latency": durations}
    )
    accounts = each(["bank"], account)
    campaign = st.fixed_dictionaries(
        {
            "kind": st.just("campaign"),
            "account": st.just("bank"),
            "to": share_maps(populations),
            "messages": st.integers(1, 10**6).map(lambda count: f"{count} msg"),
            "rate": rates,
            "at": st.sampled_from(["18:00", "01:59:59", "+123456789 ns", "2026-12-31T23:15"]),
        },
        optional={"priority": st.booleans(), "validity": durations},
    )
    traffic = draw(st.dictionaries(names, st.one_of(person, campaign), min_size=1, max_size=4))
    element = st.sampled_from([*smscs, *hlrs, *mscs, *stps])
    failure = st.fixed_dictionaries({"element": element, "at": st.just("21:00"), "for": durations})
    busy = st.fixed_dictionaries(
        {"measure": st.just("utilisation"), "element": element, "at_most": shares}
    )
    used = [part.get("class", part["kind"]) for part in traffic.values()]
    within = st.fixed_dictionaries(
        {"class": st.sampled_from(used), "within": durations, "at_least": shares},
        optional={"country": st.just("FI")},
    )
    assert set(classes) >= {part["kind"] for part in traffic.values()}
    link = st.fixed_dictionaries(
        {"between": st.just([smscs[0], mscs[0]])},
        optional={"links": st.integers(1, 16), "speed": st.just("1.536 Mbit/s")},
    )
    return {
        "start": "2026-12-31T18:00 Europe/Helsinki",
        "duration": "8 h",
        **draw(
            maybe(seed=st.integers(0, 2**63 - 1), drain=durations, description=st.text("äø no~#:-"))
        ),
        "smscs": each(smscs, smsc),
        "hlrs": each(hlrs, st.just({"rate": "2000 /s"})),
        "stps": each(stps, maybe(rate=rates, queue=durations)),
        "mscs": each(mscs, maybe(rate=rates, units=st.integers(1, 9))),
        "link_sets": {"join-1_": draw(link)},
        "populations": each(populations, population),
        "accounts": accounts,
        "traffic": traffic,
        "failures": draw(st.dictionaries(names, failure, max_size=1)),
        "targets": draw(several(st.one_of(busy, within))),
        "retry_policies": draw(
            several(
                st.fixed_dictionaries(
                    {"default": schedule, "causes": st.dictionaries(cause, schedule)}
                )
            )
        ),
    }


@st.composite
def shuffled(draw: st.DrawFn, data: Any) -> Any:
    """The same data with the keys of every map in another order."""
    if isinstance(data, dict):
        keys = draw(st.permutations(list(data)))
        return {key: draw(shuffled(data[key])) for key in keys}
    return data


def loaded(text: str, **options: Any) -> Loaded:
    """What a YAML text loads to."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drawn.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, **options)


def dumped(data: dict[str, Any]) -> str:
    """YAML of plain data, in the order of its keys."""
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


@settings(max_examples=30)
@given(scenarios())
def test_resolved_yaml_round_trips(data: dict[str, Any]) -> None:
    """The resolved YAML of any scenario loads to an equal scenario and resolves to itself."""
    first = loaded(dumped(data))
    text = resolved_yaml(first)
    again = loaded(text)
    assert again.scenario == first.scenario
    assert resolved_yaml(again) == text


@settings(max_examples=15)
@given(st.data())
def test_order_of_keys_means_nothing(data: st.DataObject) -> None:
    """A scenario with its keys in another order is equal, but for the order of its maps."""
    plain = data.draw(scenarios())
    other = data.draw(shuffled(plain))
    assert loaded(dumped(other)).scenario == loaded(dumped(plain)).scenario


@settings(max_examples=15)
@given(scenarios(), st.sampled_from(["1", "0.37", "1e-6", "12.5 %"]))
def test_scaled_scenarios_are_valid(data: dict[str, Any], scale: str) -> None:
    """A scaled scenario passes the checks of a written one and has no more of anything."""
    small = loaded(dumped(data), scale=scale).scenario
    again = loaded(resolved_yaml(loaded(dumped(data), scale=scale))).scenario
    whole = loaded(dumped(data)).scenario
    assert again == small
    for name, population in small.populations.items():
        assert 1 <= population.size <= whole.populations[name].size
    for name, smsc in small.smscs.items():
        assert smsc.rate == whole.smscs[name].rate
        assert 1 <= smsc.units <= whole.smscs[name].units


SNIPPETS = [
    "null",
    "[]",
    "{",
    "'",
    "&a ",
    "*a",
    "!!x ",
    "\n",
    "  ",
    "#",
    "\t",
    "\0",
    "é",
    "1 /s",
    "nan",
]


@settings(max_examples=60)
@given(st.data())
def test_damage_is_reported(data: st.DataObject) -> None:
    """A damaged file loads, or gives an error whose every problem is one line; nothing else."""
    text = dumped(data.draw(st.shared(scenarios(), key="one")))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        removed = data.draw(st.integers(0, 9))
        text = text[:at] + data.draw(st.sampled_from(SNIPPETS)) + text[at + removed :]
    try:
        assert loaded(text).scenario.smscs
    except ScenarioError as error:
        assert error.problems
        assert all(line.isprintable() for line in error.problems)
