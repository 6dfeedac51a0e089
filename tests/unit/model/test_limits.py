"""Pools, priorities, limits and licences of an SMSC: the rules and what they bring about."""

from typing import Any

import numpy as np
import pytest

from smsc_sim.model import codes, rules
from smsc_sim.model.limits import is_dialogue_pool
from smsc_sim.scenario.compile import Compiled
from tests.networks import (
    ID,
    OTHER,
    PLACE,
    SECOND,
    TIME,
    VALUE,
    check_conservation,
    network,
    refusals,
    rows_of,
    simulate,
)
from tests.unit.model.test_rules_table import case_of, stage_of

# (kind, stage, signal, conditions) -> (verb, place, next stage, log, cause)
TABLE = """
segment LOCKED done                 : serve licence LICENSED - none
segment LOCKED done attempt=none    : serve licence LICENSED - none
segment LICENSED done               : seize country COUNTRY_FREE - none
segment LICENSED done late          : release phones RETRY_DUE - none
segment COUNTRY_FREE done           : seize hlr HLR_FREE - none
segment COUNTRY_FREE timer          : release phones RETRY_DUE - none
segment COUNTRY_FREE dropped        : park ELEMENT_UP RESTARTED repeat none
segment HLR_FREE done               : seize dialogues DIALOGUE_OPEN - none
segment HLR_FREE timer              : release country COUNTRY_DROPPED - none
segment HLR_FREE dropped            : park ELEMENT_UP RESTARTED repeat none
segment DIALOGUE_OPEN done          : spawn sri_sm SRI_SENT attempt none
segment DIALOGUE_OPEN timer         : release hlr HLR_DROPPED - none
segment HLR_DROPPED done            : release country COUNTRY_DROPPED - none
segment COUNTRY_DROPPED done        : release phones RETRY_DUE - none
segment SRI_ANSWERED woken answer=none : release hlr HLR_LEFT - none
segment SRI_ANSWERED timer          : release hlr HLR_LEFT - timeout
segment SRI_ANSWERED woken answer=absent_subscriber : release hlr HLR_LEFT - absent_subscriber
segment HLR_LEFT done               : seize msc MSC_TRIED - none
segment HLR_LEFT done cause=timeout : hold - REPORTED failed timeout
segment MSC_TRIED done              : spawn mt_forward_sm MT_SENT - none
segment MSC_TRIED refused           : release dialogues MSC_QUEUED - none
segment MSC_TRIED dropped           : park ELEMENT_UP RESTARTED repeat none
segment MSC_QUEUED done             : seize msc MSC_FREE - none
segment MSC_QUEUED done late        : hold - CLOSED failed congestion
segment MSC_FREE done               : seize dialogues MSC_DIALOGUE - none
segment MSC_FREE timer              : hold - CLOSED failed congestion
segment MSC_FREE dropped            : park ELEMENT_UP RESTARTED repeat none
segment MSC_DIALOGUE done           : spawn mt_forward_sm MT_SENT - none
segment MSC_DIALOGUE timer          : release msc CLOSED failed congestion
segment MSC_DIALOGUE dropped        : park ELEMENT_UP RESTARTED repeat none
segment MT_ANSWERED woken answer=none : release msc MSC_LEFT - none
segment MT_ANSWERED timer           : release msc MSC_LEFT - timeout
segment MSC_LEFT done               : release dialogues CLOSED - none
segment MSC_LEFT done cause=subscriber_busy : hold - REPORTED failed subscriber_busy
segment MSC_LEFT done cause=absent_subscriber : spawn report_sm_delivery_status REPORTED failed absent_subscriber
segment CLOSED done                 : release country COUNTRY_LEFT - none
segment COUNTRY_LEFT done           : release phones UNLOCKED - none
segment FORGOTTEN+expired done      : release share SHARE_LEFT+expired - none
segment SHARE_LEFT+expired done     : end - - segment_end none
segment SHARE_LEFT+delivered done arrived : end - - segment_end none
submit_sm SM_STORED done         : seize share SHARE_TAKEN - none
submit_sm SHARE_TAKEN done         : spawn segment SM_ACCEPTED accepted none
submit_sm SHARE_TAKEN refused      : release store SHARE_REFUSED - none
submit_sm SHARE_REFUSED done       : hold - SM_RETURNED refused store_full
"""  # noqa: E501
STAGES = (
    *("COUNTRY_FREE", "HLR_FREE", "HLR_DROPPED", "COUNTRY_DROPPED", "HLR_LEFT", "MSC_TRIED"),
    *("MSC_QUEUED", "MSC_FREE", "MSC_DIALOGUE", "MSC_LEFT", "COUNTRY_LEFT", "SHARE_LEFT"),
    *("SHARE_TAKEN", "SHARE_REFUSED"),
)
LIMITED = """
smscs:
  north: {retry_rate: 10 msg/s, pools: {campaign: {dialogues: 40}},
          limits: {per_hlr: 5, per_msc: 4, per_country: 7}}
accounts: {bank: {store: 9 msg}}
traffic:
  news: {text: three}
  people: {kind: person_to_person, from: city, to: city, volume: 9 msg/day, text: three}
"""


@pytest.fixture(scope="module")
def limited() -> Compiled:
    """An SMSC with a limit for everything."""
    return network(LIMITED)


def place_name(scenario: Compiled, job: Any, verb: str, place: int) -> str:
    """What a place of a command is for the job."""
    names, node = scenario.names, scenario.network.smsc_node[job.smsc]
    smsc = names.elements[node]
    if verb == "serve":
        return {smsc: "licence", f"{smsc} retries": "retries"}[names.stations[place]]
    if verb == "spawn":
        return codes.KIND_NAMES[place]
    if verb == "park":
        return ("ANSWER", "RETRY_WAIT", "ELEMENT_UP")[place]
    if verb not in ("seize", "release"):
        return "-"
    return {
        f"{smsc} phones": "phones",
        f"{smsc} store": "store",
        f"{smsc} dialogues campaign": "dialogues",
        f"{smsc} towards FI": "country",
        f"{smsc} towards main": "hlr",
        f"{smsc} towards {names.elements[job.msc]}": "msc",
        "bank store": "share",
    }[names.pools[place]]


@pytest.mark.parametrize("row", [line for line in TABLE.splitlines() if line])
def test_the_table(limited: Compiled, row: str) -> None:
    """A rule asks for what the table says and changes nothing by itself."""
    given, _, wanted = row.partition(":")
    kind, stage, signal, *conditions = given.split()
    verb, place, next_stage, log, cause = wanted.split()
    conditions = [one for one in conditions if one != "attempt=none"]
    case = case_of(limited, kind, stage_of(stage), conditions)
    case.job.attempt = 0  # the first
    before = dict(vars(case.job)), [list(column) for column in case.state]
    command = rules.step(
        case.network, case.state, case.job, codes.SIGNAL_NAMES.index(signal), case.now
    )
    assert (dict(vars(case.job)), [list(column) for column in case.state]) == before
    assert codes.VERB_NAMES[command.verb] == verb
    assert place_name(limited, case.job, verb, command.place) == place
    assert command.stage == stage_of(stage if next_stage == "-" else next_stage)
    assert codes.LOG_NAMES[command.log] == ("nothing" if log == "-" else log)
    assert codes.CAUSE_NAMES[command.cause] == cause


def test_every_stage_is_in_the_table() -> None:
    """The table has a row for every stage of limits and shares."""
    listed = {line.split()[1].partition("+")[0] for line in TABLE.splitlines() if line}
    assert set(STAGES) <= listed


def test_retries_have_their_licence(limited: Compiled) -> None:
    """An attempt after the first is licensed by the station of retries."""
    case = case_of(limited, "segment", codes.LOCKED, [])
    for attempt, name in ((0, "licence"), (1, "retries"), (7, "retries")):
        case.job.attempt = attempt
        command = rules.step(case.network, case.state, case.job, codes.DONE, case.now)
        assert place_name(limited, case.job, "serve", command.place) == name


def taken(scenario: Compiled, log: np.ndarray, name: str) -> np.ndarray:
    """Units of a pool that were taken, change by change."""
    rows = rows_of(log, codes.LOG_TAKEN)
    return rows[rows[:, PLACE] == scenario.names.pools.index(name), VALUE]


BUSY = """
duration: 30 s
smscs: {north: {rate: 1000 msg/s}}
populations: {city: {size: 2000}}
accounts: {bank: {rate: 1000 msg/s, window: 1000}}
traffic: {news: {messages: 600 msg, rate: 300 msg/s}}
"""


@pytest.mark.parametrize(
    ("limits", "pool", "units"),
    [
        ("limits: {per_hlr: 3}", "north towards main", 3),
        ("limits: {per_msc: 5}", "north towards turku", 5),
        ("limits: {per_country: 6}", "north towards FI", 6),
        ("pools: {campaign: {dialogues: 8}}", "north dialogues campaign", 8),
    ],
)
def test_a_limit_is_reached_and_kept(limits: str, pool: str, units: int) -> None:
    """No more dialogues than the limit are open, and all messages still arrive."""
    compiled = network(BUSY, f"smscs: {{north: {{{limits}}}}}")
    log, engine = simulate(compiled)
    counts = check_conservation(log, engine)
    assert counts["delivered"] == 600
    units_taken = taken(compiled, log, pool)
    assert units_taken.max() == units
    assert units_taken[-1] == 0
    for number, name in enumerate(compiled.names.pools):
        if name.startswith("north ") and name != "north phones":
            assert engine.pools[number].free == compiled.network.pool_units[number]


def test_who_waits_for_an_msc_holds_no_dialogue() -> None:
    """Once all have been asked for, the dialogues that are open are those towards the MSCs."""
    compiled = network(BUSY, "smscs: {north: {limits: {per_msc: 2}}}")
    log, _ = simulate(compiled)
    rows = rows_of(log, codes.LOG_TAKEN)
    asked = rows_of(log, codes.LOG_ATTEMPT)[-1, TIME] + 10 * SECOND
    rows = rows[rows[:, TIME] > asked]
    names = compiled.names.pools
    open_now = rows[rows[:, PLACE] == names.index("north dialogues"), VALUE]
    assert len(open_now) > 50
    assert open_now.max() == 4  # two MSCs, two each
    assert rows[rows[:, PLACE] == names.index("north towards turku"), OTHER].max() > 50


def test_a_crash_clears_limits() -> None:
    """After a crash in the middle of everything all limits are free again in the end."""
    compiled = network(
        BUSY,
        "smscs: {north: {limits: {per_hlr: 9, per_msc: 20, per_country: 30}, retry_rate: 50 msg/s,"
        " priorities: {campaign: 1, sale: 3}}}",
        "traffic: {sale: {kind: campaign, class: sale, account: bank, to: city, messages: 300 msg,"
        " rate: 200 msg/s, at: +1 s}}",
        "failures: {crash: {element: north, at: +2 s, for: 1 s}}",
    )
    log, engine = simulate(compiled)
    check_conservation(log, engine)
    assert len(rows_of(log, codes.LOG_REPEAT)) > 20
    for number, name in enumerate(compiled.names.pools):
        if "towards" in name or "dialogues" in name:
            assert engine.pools[number].free == compiled.network.pool_units[number], name
    assert sum(engine.state.band_waiting) == sum(engine.state.serving) == 0


DROWNED = """
duration: 60 s
smscs: {north: {rate: 20 msg/s, submit_rate: 1000 msg/s}}
populations: {city: {size: 5000}}
accounts: {bank: {rate: 1000 msg/s, window: 1000}}
traffic:
  news: {messages: 1000 msg, rate: 1000 msg/s, at: +1 s}
  codes: {kind: otp, account: bank, to: city, rate: 2 msg/s, text: one}
"""


def waits(scenario: Compiled, log: np.ndarray) -> dict[str, list[float]]:
    """Waits in s at the licence of north, by class."""
    rows = rows_of(log, codes.LOG_VISIT)
    rows = rows[rows[:, PLACE] == scenario.names.stations.index("north")]
    found: dict[str, list[float]] = {name: [] for name in scenario.names.classes}
    for row in rows:
        found[scenario.names.classes[row[ID] >> 48]].append(row[VALUE] / SECOND)
    return found


def test_priority_saves_codes_from_a_campaign() -> None:
    """Codes wait for a whole campaign in one line, and for one attempt with a better priority."""
    plain = network(DROWNED)
    mean = np.mean(waits(plain, simulate(plain)[0])["otp"])
    assert mean > 5
    first = network(DROWNED, "smscs: {north: {priorities: {otp: 1}}}")
    log, engine = simulate(first)
    check_conservation(log, engine)
    assert max(waits(first, log)["otp"]) <= 3 / 20  # the one in service, other codes
    assert len(waits(first, log)["campaign"]) == 1000
    last = network(DROWNED, "smscs: {north: {priorities: {otp: 3}}}")
    assert np.mean(waits(last, simulate(last)[0])["otp"]) > mean


def test_weights_share_the_licence() -> None:
    """While two campaigns wait, their attempts begin in the ratio of their weights."""
    compiled = network(
        DROWNED,
        "smscs: {north: {sharing: weighted, weights: {sale: 3}}}",
        """
        traffic:
          codes: null
          sale: {kind: campaign, class: sale, account: bank, to: city, messages: 1000 msg,
                 rate: 1000 msg/s, at: +1 s, text: one}
        """,
    )
    log, _ = simulate(compiled)
    rows = rows_of(log, codes.LOG_VISIT)
    rows = rows[rows[:, PLACE] == compiled.names.stations.index("north")]
    classes = [compiled.names.classes[row >> 48] for row in rows[50:850, ID]]
    assert classes.count("sale") == pytest.approx(600, abs=2)


def test_priority_where_dialogues_run_out() -> None:
    """The class of a better priority is the first to get a dialogue that falls free."""
    base = "smscs: {north: {rate: 1000 msg/s, dialogues: 40}}"
    attempts = {}
    for text in ("", "priorities: {otp: 1}"):
        compiled = network(DROWNED, base, f"smscs: {{north: {{{text}}}}}")
        log, _ = simulate(compiled)
        rows = rows_of(log, codes.LOG_ATTEMPT)
        rows = rows[rows[:, VALUE] == 1]
        accepted = rows_of(log, codes.LOG_ACCEPTED)
        stored = {int(row[ID]) >> 18: row[TIME] for row in accepted}
        source = compiled.names.sources.index("codes")
        mine = rows[rows[:, ID] >> 48 == source]
        attempts[text] = np.median(
            [(row[TIME] - stored[int(row[ID]) >> 18]) / SECOND for row in mine]
        )
    assert attempts[""] > 5
    assert attempts["priorities: {otp: 1}"] < 0.5


def test_the_store_of_an_account() -> None:
    """An account never has more segments stored than its share; what comes on top is refused."""
    compiled = network(
        BUSY, "accounts: {bank: {store: 10 msg, back_off: 1 s}}", "smscs: {north: {rate: 20 msg/s}}"
    )
    log, engine = simulate(compiled)
    check_conservation(log, engine)
    assert taken(compiled, log, "bank store").max() == 10
    refused = rows_of(log, codes.LOG_REFUSED)
    assert set(refused[:, VALUE]) >= {codes.STORE_FULL}
    assert engine.pools[compiled.names.pools.index("bank store")].free == 10


def test_all_dialogues_are_counted() -> None:
    """Shared and reserved dialogues of an SMSC are its own, those of others and limits are not."""
    compiled = network(LIMITED)
    smsc = compiled.names.smscs.index("north")
    found = {
        name
        for pool, name in enumerate(compiled.names.pools)
        if is_dialogue_pool(compiled.network, smsc, pool)
    }
    assert found == {"north dialogues", "north dialogues campaign"}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            "smscs: {north: {priorities: {otp: 1}}}",
            "smscs.north.priorities.otp: no traffic has the class 'otp'; known: campaign",
        ),
        (
            "smscs: {north: {priorities: {campaign: 0}}}",
            "smscs.north.priorities.campaign: must be at least 1 (got '0')",
        ),
        (
            "smscs: {north: {priorities: {campaign: 1}, sharing: weighted}}",
            "smscs.north.priorities: are of no use where classes share by weight; "
            "write sharing: strict, or give weights",
        ),
        (
            "smscs: {north: {weights: {campaign: 2}}}",
            "smscs.north.weights: are of no use where the first class goes first; "
            "write sharing: weighted",
        ),
        (
            "smscs: {north: {weights: {campaign: 0}, sharing: weighted}}",
            "smscs.north.weights: must be above 0, the highest at most 1000 times the lowest; "
            "a class that is not named has 1",
        ),
        (
            "smscs: {north: {dialogues: 10, pools: {campaign: {dialogues: 11}}}}",
            "smscs.north.pools: reserve 11 of 10 dialogues; reserve fewer",
        ),
        (
            "smscs: {north: {limits: {per_hlr: 0}}}",
            "smscs.north.limits.per_hlr: must be at least 1 (got '0')",
        ),
        (
            "hlrs: {main: {queue: many}}",
            "hlrs.main.queue: needs a duration (got 'many'); write e.g. 30 s",
        ),
        (
            "hlrs: {main: {queue: 5}}",
            "hlrs.main.queue: needs a time or a number of messages (got '5'); "
            "write e.g. 5 s or 200 msg",
        ),
        (
            "hlrs: {main: {service: random}}",
            "hlrs.main.service: must be constant or exponential (got 'random')",
        ),
    ],
)
def test_what_does_not_fit_is_refused(changes: str, line: str) -> None:
    """Each mistake is named at its key, with what to do."""
    assert line in refusals(changes)
