"""Files, tables, variants and overrides are merged by one rule, and every change is noted."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import Loaded, load, resolved_yaml

SECOND = 10**9
HOUR = 3600 * SECOND

BASE = """\
start: 2026-12-31T18:00 Europe/Helsinki
duration: 8 h
warm_up: 30 min
smscs:
  north: {rate: 400 msg/s}
  south: {rate: 200 msg/s}
hlrs:
  main: {rate: 2000 /s}
stps:
  a: {}
mscs:
  helsinki: {}
  turku: {}
  oulu: {}
link_sets:
  north-a: {between: [north, a], links: 4}
populations:
  city: {size: 1000, country: FI, mscs: {helsinki: 60 %, turku: 40 %}}
accounts:
  bank: {smsc: south}
traffic:
  people: {kind: person_to_person, from: city, volume: 3 msg/day, to: city}
  codes: {kind: otp, account: bank, to: city, rate: 1 msg/s}
  ads: {kind: campaign, account: bank, to: city, messages: 36000 msg, at: 19:00, rate: 10 /s}
failures:
  down: {element: a, at: 21:00, for: 10 min}
targets:
  quick: {class: otp, within: 30 s, at_least: 99 %}
  all_ads: {measure: delivery_ratio, class: campaign, at_least: 90 %, country: FI}
  cool: {measure: utilisation, element: north-a, at_most: 40 %}
variants:
  six_links: {link_sets.north-a.links: 6}
  slow: {smscs: {north: {rate: 100 msg/s}}, smscs.south.rate: 90 msg/s}
  calm: {failures.down: }
"""


def save(folder: Path, text: str, name: str = "peak.yaml") -> Path:
    """Path of a new text file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The scenario above, as a file."""
    return save(tmp_path, BASE)


def test_defaults_that_depend_on_other_keys(base: Path) -> None:
    """Name, drain, submit rate and the owners of phones are written out."""
    scenario = load(base).scenario
    assert scenario.name == "peak"
    assert scenario.drain == 24 * HOUR  # the SMSCs keep messages for 48 h
    assert scenario.smscs["north"].submit_rate == 400.0
    city = scenario.populations["city"]
    assert (city.hlr, city.smscs) == ("main", {"north": 0.5, "south": 0.5})
    assert scenario.traffic["people"].class_ == "person_to_person"
    everywhere = load(base, overrides=["populations.city.mscs="]).scenario.populations["city"]
    assert everywhere.mscs == dict.fromkeys(["helsinki", "turku", "oulu"], 1 / 3)


def test_longest_validity_is_the_drain(base: Path) -> None:
    """Where every validity is short, open messages are followed no longer than that."""
    short = ["smscs.north.validity=2 h", "smscs.south.validity=1 h", "traffic.ads.validity=3 h"]
    assert load(base, overrides=short).scenario.drain == 3 * HOUR


def test_only_used_shipped_elements_are_kept(base: Path) -> None:
    """The scenario carries the shipped elements that it names, and all of its own."""
    scenario = load(base, overrides=["profiles.mine={hours: " + str([1] * 24) + "}"]).scenario
    assert set(scenario.texts) == {"nus-english", "one-time-password", "campaign"}
    assert set(scenario.profiles) == {"flat", "mine"}
    assert set(scenario.retry_policies) == {"typical-operator"}


def test_own_element_replaces_the_shipped_one(base: Path) -> None:
    """An own text of a shipped name is taken whole, not mixed with the shipped one."""
    save(base.parent, BASE + "texts: {campaign: {gsm7: {'10': 100 %}}}\n")
    assert load(base).scenario.texts["campaign"].bins() == [("gsm7", 10, 10, 1.0)]


def test_moments(base: Path) -> None:
    """A clock time is the first such time from start on; an offset and a date say the same."""
    for text, at in [("21:00", 3), ("+3 h", 3), ("2026-12-31T21:00", 3), ("00:30", 6.5)]:
        scenario = load(base, overrides=[f"failures.down.at={text}"]).scenario
        assert scenario.failures["down"].at == at * HOUR
    assert load(base, overrides=["failures.down.at=18:00"]).scenario.failures["down"].at == 0


def test_moments_over_a_clock_change(base: Path) -> None:
    """Moments count elapsed time, also over the hour that clocks skip."""
    start = "start=2026-03-28T22:00 Europe/Helsinki"
    scenario = load(base, overrides=[start, "failures.down.at=04:00", "traffic.ads.at=+1 h"])
    assert scenario.scenario.failures["down"].at == 5 * HOUR
    with pytest.raises(ScenarioError) as caught:
        load(base, overrides=[start, "failures.down.at=03:30", "traffic.ads.at=+1 h"])
    assert caught.value.problems == [
        "--set failures.down.at=03:30: does not exist in Europe/Helsinki: the clocks are put "
        "forward over it (got '03:30'); write an offset from start instead, e.g. +3 h"
    ]


def test_extends(tmp_path: Path) -> None:
    """Maps are merged by key, lists and values replaced, null removes; the last file wins."""
    save(tmp_path, BASE, "sites/two.yaml")
    save(tmp_path, "extends: two.yaml\nseed: 2\ndrain: 1 h\n", "sites/more.yaml")
    path = save(
        tmp_path,
        "extends: sites/more.yaml\n"
        "seed: 3\n"
        "smscs: {north: {store: 5 msg}}\n"
        "link_sets: {north-a: {between: [a, north]}}\n"
        "failures: {down: }\n"
        "variants: {calm: }\n"
        "targets: {quick: ~, cool: {at_most: 30 %}}\n",
    )
    scenario = load(path).scenario
    assert (scenario.name, scenario.seed, scenario.drain) == ("peak", 3, HOUR)
    assert (scenario.smscs["north"].rate, scenario.smscs["north"].store) == (400.0, 5)
    assert scenario.link_sets["north-a"].between == ("a", "north")
    assert scenario.link_sets["north-a"].links == 4
    assert scenario.failures == {}
    assert set(scenario.targets) == {"all_ads", "cool"}


def test_every_file_read_is_named(tmp_path: Path) -> None:
    """Digests cover the file, what it extends, its tables and its rate card."""
    save(tmp_path, "name\nhelsinki\nturku\n", "tables/mscs.csv")
    save(tmp_path, "country,kind\n", "tables/card.csv")
    save(tmp_path, BASE, "base.yaml")
    text = "extends: base.yaml\nmscs: {from: tables/mscs.csv}\nrates: tables/card.csv\n"
    loaded = load(save(tmp_path, text))
    files = dict(loaded.files)
    for name in ("peak.yaml", "base.yaml", "tables/mscs.csv", "tables/card.csv"):
        assert files[name] == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    assert {name for name in files if not (tmp_path / name).exists()} == {
        "smsc_sim/data/profiles.yaml",
        "smsc_sim/data/retry.yaml",
        "smsc_sim/data/senders.yaml",
        "smsc_sim/data/texts.yaml",
    }
    assert loaded.rate_card == tmp_path.resolve() / "tables/card.csv"


def test_rate_card_is_relative_to_the_file_that_names_it(tmp_path: Path) -> None:
    """A card named by an extended file in a folder below is found there."""
    save(tmp_path, "country,kind\n", "sites/card.csv")
    save(tmp_path, BASE + "rates: {card: card.csv, fallback: {a2p: 0.05 USD}}\n", "sites/b.yaml")
    loaded = load(save(tmp_path, "extends: sites/b.yaml\n"))
    assert loaded.scenario.rates.card == "sites/card.csv"
    assert str(loaded.scenario.rates.fallback.a2p) == "0.05 USD"
    assert load(tmp_path / "sites/b.yaml").scenario.rates.card == "card.csv"


TABLE = """\
name,rate [msg/s],units,queue
helsinki,700,2,3 s
turku,,,
"""


def test_csv_table(base: Path) -> None:
    """Rows are elements; headers carry units, empty cells leave the default of file or schema."""
    save(base.parent, TABLE, "mscs.csv")
    text = BASE.replace(
        "mscs:\n  helsinki: {}\n  turku: {}\n  oulu: {}", "mscs: {from: mscs.csv, queue: 9 s}"
    )
    mscs = load(save(base.parent, text)).scenario.mscs
    assert {name: (m.rate, m.units, m.queue.time_ns) for name, m in mscs.items()} == {
        "helsinki": (700.0, 2, 3 * SECOND),
        "turku": (500.0, 1, 9 * SECOND),
    }


def test_nested_columns_and_lists(base: Path) -> None:
    """Dotted columns fill maps in maps, and a cell may hold a list."""
    save(base.parent, 'name,between,links\nx,"[north, a]",3\n', "links.csv")
    save(
        base.parent,
        "name,size,country,mscs.helsinki,mscs.turku,reachability.mean_on [h]\n"
        "city,10,FI,70 %,30 %,5\n",
        "people.csv",
    )
    text = BASE.replace("  north-a: {between: [north, a], links: 4}", "  from: links.csv")
    text = text.replace("link_sets.north-a.links: 6", "link_sets.x.links: 6")
    text = text.replace("element: north-a", "element: x")
    at = text.index("populations:")
    text = text[:at] + "populations: {from: people.csv}\n" + text[text.index("accounts:") :]
    scenario = load(save(base.parent, text)).scenario
    city = scenario.populations["city"]
    assert city.mscs == {"helsinki": 0.7, "turku": 0.3}
    assert city.reachability.mean_on == 5 * HOUR
    assert city.reachability.detached == 0.5
    assert scenario.link_sets["x"].between == ("north", "a")


def test_parquet_equals_csv(base: Path) -> None:
    """A Parquet table with numbers, lists and missing cells gives the same scenario as a CSV."""
    columns = {
        "name": ["helsinki", "turku", "oulu"],
        "rate [msg/s]": [700.0, None, 0.5],
        "units": [2, 1, 3],
    }
    pq.write_table(pa.table(columns), base.parent / "mscs.parquet")
    save(base.parent, "name,rate [msg/s],units\nhelsinki,700,2\nturku,,1\noulu,0.5,3\n", "mscs.csv")
    loaded = []
    for name in ("mscs.parquet", "mscs.csv"):
        text = BASE.replace(
            "mscs:\n  helsinki: {}\n  turku: {}\n  oulu: {}", f"mscs: {{from: {name}}}"
        )
        loaded.append(load(save(base.parent, text)).scenario)
    assert loaded[0] == loaded[1]
    assert loaded[0].mscs["oulu"].rate == 0.5


def test_large_table(base: Path) -> None:
    """A table of 5,000 cells loads with every value in its place."""
    rows = [f"msc{n},{n + 1} /s,{n % 9 + 1},{n} ms,x" for n in range(1000)]
    header = "name,rate,units,queue"
    body = "\n".join(row.rsplit(",", 1)[0] for row in rows)
    extra = "\n".join(f"msc{n},{n} msg/min" for n in range(1000, 1500))
    save(base.parent, f"{header}\n{body}\n", "mscs.csv")
    save(base.parent, f"name,rate\n{extra}\n", "stps.csv")
    text = BASE.replace("mscs:\n  helsinki: {}\n  turku: {}\n  oulu: {}", "mscs: {from: mscs.csv}")
    text = text.replace("{helsinki: 60 %, turku: 40 %}", "msc7").replace("stps:\n  a: {}", "stps:")
    text = text.replace("stps:", "stps: {from: stps.csv}").replace("element: a,", "element: msc7,")
    text = text.replace("[north, a]", "[north, msc1499]")
    scenario = load(save(base.parent, text)).scenario
    assert len(scenario.mscs) * 4 + len(scenario.stps) * 2 == 5000
    for n in (0, 1, 500, 999):
        msc = scenario.mscs[f"msc{n}"]
        assert (msc.rate, msc.units, msc.queue.time_ns) == (n + 1, n % 9 + 1, n * 10**6)
    assert scenario.stps["msc1200"].rate == 20.0


def test_variant(base: Path) -> None:
    """A variant changes what it names, by dotted path or nested map, and notes old -> new."""
    loaded = load(base, variant="slow")
    rates = {name: part.rate for name, part in loaded.scenario.smscs.items()}
    assert rates == {"north": 100.0, "south": 90.0}
    assert loaded.notes == (
        "smscs.north.rate: 400 msg/s -> 100 msg/s",
        "smscs.south.rate: 200 msg/s -> 90 msg/s",
    )
    calm = load(base, variant="calm")
    assert calm.scenario.failures == {}
    assert calm.notes == ("failures.down: {element: a, at: 21:00, for: 10 min} -> removed",)
    assert load(base).notes == ()


def test_priority(tmp_path: Path) -> None:
    """--set beats the variant, which beats the file, which beats what it extends."""
    save(tmp_path, BASE + "seed: 1\n", "base.yaml")
    path = save(tmp_path, "extends: base.yaml\nvariants: {v: {seed: 3}}\n")
    assert load(path).scenario.seed == 1
    save(tmp_path, "extends: base.yaml\nseed: 2\nvariants: {v: {seed: 3}}\n")
    assert load(path).scenario.seed == 2
    assert load(path, variant="v").scenario.seed == 3
    loaded = load(path, variant="v", overrides=["seed=4", "seed=5"])
    assert loaded.scenario.seed == 5
    assert loaded.notes == ("seed: 2 -> 3", "seed: 3 -> 4", "seed: 4 -> 5")


def test_overrides(base: Path) -> None:
    """--set takes values, maps and null, reaches defaults and shipped elements, adds elements."""
    loaded = load(
        base,
        overrides=[
            "hlrs.main.queue=2 s",
            "retry_policies.typical-operator.default.attempts=9",
            "failures.second={element: turku, at: +1 h, for: 5 min}",
            "targets.quick=",
            "populations.city.mscs=turku",
        ],
    )
    scenario = loaded.scenario
    assert scenario.hlrs["main"].queue.time_ns == 2 * SECOND
    assert scenario.retry_policies["typical-operator"].default.attempts == 9
    assert scenario.failures["second"].for_ == 300 * SECOND
    assert set(scenario.targets) == {"all_ads", "cool"}
    assert scenario.populations["city"].mscs == {"turku": 1.0}
    assert loaded.notes == (
        "hlrs.main.queue: 5 s -> 2 s",
        "retry_policies.typical-operator.default.attempts: 36 -> 9",
        "failures.second.element: none -> turku",
        "failures.second.at: none -> +1 h",
        "failures.second.for: none -> 5 min",
        "targets.quick: {class: otp, within: 30 s, at_least: 99 %} -> removed",
        "populations.city.mscs: {helsinki: 60 %, turku: 40 %} -> turku",
    )
    assert not loaded.not_for_decisions


def test_places(tmp_path: Path) -> None:
    """Every value's place is told: in the file, in what it extends, in a table, on the line."""
    save(tmp_path, TABLE + "oulu,,,\n", "mscs.csv")
    save(tmp_path, BASE.replace("  oulu: {}\n", ""), "base.yaml")
    path = save(
        tmp_path, "extends: base.yaml\nmscs: {from: mscs.csv}\nsmscs:\n  north: {units: 2}\n"
    )
    loaded = load(path, overrides=["stps.a.rate=9 /s"])
    assert loaded.where("smscs.north.units") == "peak.yaml:4:18"
    assert loaded.where("smscs.north.rate") == "base.yaml:5:17"
    assert loaded.where("smscs.north.validity") == "base.yaml:5:3"
    assert loaded.where("link_sets.north-a.between.2") == "base.yaml:15:30"
    assert loaded.where("mscs.helsinki.units") == "mscs.csv:2:3"
    assert loaded.where("stps.a.rate") == "--set stps.a.rate=9 /s"
    assert loaded.problem("link_sets.north-a", "leads nowhere", "join it") == (
        "base.yaml:15:3: link_sets.north-a: leads nowhere; join it"
    )


def test_window(base: Path) -> None:
    """A window moves the start, shifts what lies in it, cuts what reaches in, drops the rest."""
    loaded = load(base, window="19:30-21:05")
    scenario = loaded.scenario
    assert loaded.not_for_decisions
    assert scenario.start.isoformat() == "2026-12-31T19:30:00+02:00"
    assert scenario.duration == 95 * 60 * SECOND
    assert scenario.failures["down"].at == 90 * 60 * SECOND
    ads = scenario.traffic["ads"]
    assert (ads.at, ads.messages) == (0, 36000 - 30 * 60 * 10)  # type: ignore[union-attr]
    assert loaded.notes == (
        "start: 2026-12-31T18:00:00 Europe/Helsinki -> 2026-12-31T19:30:00 Europe/Helsinki",
        "duration: 8 h -> 95 min",
        "failures.down.at: +3 h -> +90 min",
        "traffic.ads.at: +1 h -> +0 s",
        "traffic.ads.messages: 36000 msg -> 18000 msg",
    )
    late = load(base, window="21:04-02:00")
    assert late.scenario.failures["down"].at == 0
    assert late.scenario.failures["down"].for_ == 6 * 60 * SECOND
    assert set(late.scenario.traffic) == {"people", "codes"}
    assert "targets.all_ads: left out, its class has no traffic in the window" in late.notes
    assert load(base, window="22:00-23:00").scenario.failures == {}


@pytest.mark.parametrize(
    ("window", "line"),
    [
        ("19:00", "needs two clock times; write e.g. 19:00-21:00"),
        ("19:00-19:00", "is empty; write e.g. 19:00-21:00"),
        ("19:00-19:20", "is not longer than the warm-up; choose a longer window"),
        (
            "17:00-19:00",
            "is outside the 8 h that are simulated; choose a moment from "
            "2026-12-31T18:00:00 Europe/Helsinki until 2027-01-01T02:00:00 Europe/Helsinki",
        ),
    ],
)
def test_broken_window(base: Path, window: str, line: str) -> None:
    """A window that is no part of the scenario is refused."""
    with pytest.raises(ScenarioError) as caught:
        load(base, window=window)
    assert caught.value.problems == [f"--window {window}: {line}"]


def test_scale(base: Path) -> None:
    """A scale shrinks people, volumes and numbers of units, never a unit's speed."""
    overrides = ["smscs.north.units=40", "smscs.north.dialogues=500"]
    loaded = load(base, overrides=overrides, scale="10 %")
    scenario, north = loaded.scenario, loaded.scenario.smscs["north"]
    assert loaded.not_for_decisions
    assert (north.units, north.dialogues, north.store, north.rate) == (4, 50, 100_000, 400.0)
    assert scenario.populations["city"].size == 100
    assert scenario.link_sets["north-a"].links == 1
    assert scenario.link_sets["north-a"].speed == 64_000
    assert scenario.accounts["bank"].rate == 5.0
    ads, codes, people = (scenario.traffic[name] for name in ("ads", "codes", "people"))
    assert (ads.messages, ads.rate, codes.rate) == (3600, 1.0, 0.1)  # type: ignore[union-attr]
    assert people == load(base).scenario.traffic["people"]
    assert "smscs.north.units: 40 -> 4" in loaded.notes
    assert "smscs.south.units: 1 -> 1 (cannot shrink further)" in loaded.notes
    assert "link_sets.north-a.links: 4 -> 1 (cannot shrink further)" in loaded.notes
    assert "traffic.codes.rate: 1 msg/s -> 0.1 msg/s" in loaded.notes


@pytest.mark.parametrize("scale", ["0", "-1", "1.1", "x", "200 %", "nan"])
def test_broken_scale(base: Path, scale: str) -> None:
    """A scale must be above 0 and at most 1."""
    with pytest.raises(ScenarioError) as caught:
        load(base, scale=scale)
    assert caught.value.problems[0].startswith(f"--scale {scale}: ")


def reloaded(loaded: Loaded, folder: Path) -> Loaded:
    """What the resolved YAML of a scenario loads to."""
    return load(save(folder, resolved_yaml(loaded), "again.yaml"))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"variant": "slow"},
        {"window": "19:30-21:05"},
        {"scale": 0.01},
        {"scale": "1/3", "window": "20:00-02:00"},
    ],
)
def test_resolved_loads_to_the_same(base: Path, options: dict[str, str]) -> None:
    """The resolved YAML loads to an equal scenario, however it was changed, and to itself."""
    loaded = load(base, **options)  # type: ignore[arg-type]
    again = reloaded(loaded, base.parent)
    assert again.scenario == loaded.scenario
    assert again.resolved == loaded.resolved


def test_utf8_and_line_ends(tmp_path: Path) -> None:
    """A byte order mark, Windows line ends and any letter in a description are fine."""
    text = BASE.replace("\n", "\r\n") + "description: 'Länsi-Suomi \U0001f600'\r\n"
    path = tmp_path / "peak.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    loaded = load(path)
    assert loaded.scenario.description == "Länsi-Suomi \U0001f600"
    assert reloaded(loaded, tmp_path).scenario == loaded.scenario


def test_words_stay_words(tmp_path: Path) -> None:
    """No, 012 and 1e3 are names, not values, where YAML 1.1 would change them."""
    text = BASE.replace("oulu: {}", "no: {}\n  012: {}\n  1e3: {}\n  'on': {}")
    loaded = load(save(tmp_path, text))
    assert {"no", "012", "1e3", "on"} < set(loaded.scenario.mscs)
    assert reloaded(loaded, tmp_path).scenario == loaded.scenario
