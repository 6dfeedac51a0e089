"""People who log in: what they do in every stage, and what becomes of them in a network.

One row of the table: kind, stage, signal, conditions; then verb, place, next stage, event, change.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from smsc_sim.engines.reference import Row
from smsc_sim.model import begin, codes, rules
from smsc_sim.model.login import CALLING, FALLBACK_CODE, OVER_WITH, begin_login
from smsc_sim.model.network import Network, login_id
from smsc_sim.model.state import empty_state, new_record
from smsc_sim.scenario.compile import Compiled
from tests.networks import (
    CODE,
    ID,
    OTHER,
    PLACE,
    SECOND,
    TIME,
    VALUE,
    check_conservation,
    network,
    rows_of,
    simulate,
)

TABLE = """
login START done                       : hold - LOGIN_WAITS started -
login LOGIN_WAITS done                 : park CODE_IN LOGIN_RESUMED - -
login LOGIN_RESUMED woken              : hold - LOGIN_LOOKS - CODE_SEEN
login LOGIN_RESUMED timer              : hold - LOGIN_WAITS - -
login LOGIN_LOOKS done at_hand         : hold - LOGIN_WAITS - TYPES
login LOGIN_LOOKS done typing          : hold - LOGIN_WAITS - -
login LOGIN_LOOKS done typing left     : hold - LOGIN_WAITS - -
login LOGIN_RESUMED timer typed        : end - - completed -
login LOGIN_RESUMED timer typed left   : end - - completed -
login LOGIN_RESUMED timer typed again  : hold - LOGIN_LOOKS typed_outdated TYPED
login LOGIN_RESUMED timer typed stale  : hold - LOGIN_LOOKS typed_expired TYPED
login LOGIN_RESUMED timer typed by_fallback voice : end - - completed_by_call -
login LOGIN_RESUMED timer typed by_fallback second : end - - completed_by_second_route -
login LOGIN_RESUMED timer typed by_fallback again second : end - - completed_by_second_route -
login LOGIN_RESUMED timer typed by_fallback second overdue : hold - LOGIN_LOOKS typed_expired TYPED
login LOGIN_RESUMED timer left         : end - - given_up -
login LOGIN_LOOKS done left            : end - - given_up -
login LOGIN_RESUMED timer asking       : submit again LOGIN_WAITS code_asked ASKED
login LOGIN_RESUMED timer asking left  : end - - given_up -
login LOGIN_RESUMED timer asking last  : hold - LOGIN_WAITS - -
login LOGIN_RESUMED timer due second   : submit second LOGIN_WAITS second_route FALLBACK_BEGUN
login LOGIN_RESUMED timer due voice    : hold - LOGIN_LOOKS call_answered FALLBACK_BEGUN
login LOGIN_RESUMED timer due voice deaf : hold - LOGIN_LOOKS call_unanswered FALLBACK_BEGUN
login LOGIN_RESUMED timer due typing second : submit second LOGIN_WAITS second_route FALLBACK_BEGUN
login LOGIN_RESUMED timer due done second : hold - LOGIN_WAITS - -
login LOGIN_RESUMED timer calling due voice : hold - LOGIN_LOOKS - CODE_HEARD
login LOGIN_RESUMED timer calling voice : hold - LOGIN_WAITS - -
login LOGIN_RESUMED timer calling voice slow left asking : hold - LOGIN_WAITS - -
"""
ROWS = [line for line in TABLE.splitlines() if line]
NOW = 100 * SECOND

# A person of constant habits: patience 60 s, typing 5 s, another code after 30 s, three in all.
PERSON = """
populations: {city: {size: 500}}
accounts: {spare: {smsc: south, latency: 0 s}, bank: {latency: 0 s}}
traffic:
  news: null
  codes:
    kind: otp
    account: bank
    to: city
    rate: 1 msg/s
    text: one
    person: {patience: 60 s, typing: 5 s, resend_after: 30 s, codes: 3, expires: 90 s}
"""
SECOND_ROUTE = "traffic: {codes: {person: {fallback: {after: 20 s, account: spare}}}}"
VOICE = """
traffic:
  codes: {person: {fallback: {after: 20 s, voice: {price: 0.03 USD, answered: 100 %,
                                                   duration: 10 s}}}}
"""
# Every delivery takes the same time, over a hub that a test sets.
HUB = """
routes: {hub: {rate: 1000 msg/s, delay: 10 s, outcomes: {delivered: 100 %}, latency: 0 s}}
populations: {abroad: {size: 500, country: SE, route: hub}}
traffic: {codes: {to: abroad}}
"""


class Case:
    """What the rule is given; conditions change it."""

    def __init__(self, scenario: Compiled) -> None:
        self.network = scenario.network
        self.state = empty_state(self.network)
        job: Any = Row()
        begin.begin_submission(self.network, job, 0, 7, new_record(self.state), NOW - SECOND)
        child = job.copy()
        child.kind = codes.LOGIN
        begin_login(job, child, job.submit_ns)
        child.answer = child.pending = child.tries = 0
        self.job = child


def _set(**fields: int) -> Any:
    def change(case: Case) -> None:
        for name, value in fields.items():
            setattr(case.job, name, value)

    return change


CONDITIONS = {
    "at_hand": _set(pending=3),
    "typing": _set(arrived_ns=NOW + 1),
    "typed": _set(arrived_ns=NOW),
    "again": _set(attempt=2),
    "last": _set(attempt=3),
    "stale": _set(attempt_ns=NOW - 91 * SECOND),
    "left": _set(submit_ns=NOW - 60 * SECOND),
    "asking": _set(attempt_ns=NOW - 30 * SECOND),
    "due": _set(submit_ns=NOW - 30 * SECOND),
    "slow": lambda case: setattr(
        case, "network", case.network._replace(person_fallback_ns=[59 * SECOND])
    ),
    "overdue": _set(submit_ns=NOW - 111 * SECOND, more=OVER_WITH),
    "done": _set(more=OVER_WITH),
    "calling": _set(more=CALLING),
    "by_fallback": _set(tries=FALLBACK_CODE, more=OVER_WITH),
    "deaf": lambda case: setattr(case, "network", case.network._replace(person_p_answer=[0.0])),
}


@pytest.fixture(scope="module")
def scenarios() -> dict[str, Compiled]:
    """Without a fallback, with a second route, and with a call."""
    return {
        "": network(PERSON),
        "second": network(PERSON, SECOND_ROUTE),
        "voice": network(PERSON, VOICE),
    }


def case_of(scenarios: dict[str, Compiled], conditions: list[str]) -> Case:
    """A person in the middle of a login, in the network that the conditions ask for."""
    kind = next((name for name in conditions if name in scenarios), "")
    case = Case(scenarios[kind])
    for condition in conditions:
        if condition != kind:
            CONDITIONS[condition](case)
    return case


def place_of(case: Case, name: str) -> int:
    """Number of a place, by what it is for the person."""
    names = {"-": 0, "CODE_IN": codes.CODE_IN}
    if name in names:
        return names[name]
    if name == "second":
        return int(case.network.person_second[0])
    return int(case.network.person_again[case.job.attempt - 1])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.partition(":")[0].split()))
def test_the_table(scenarios: dict[str, Compiled], row: str) -> None:
    """A person does what the table says, and the rule by itself changes neither job nor state."""
    given, _, wanted = row.partition(":")
    _, stage, signal, *conditions = given.split()
    verb, place, next_stage, event, change = wanted.split()
    case = case_of(scenarios, conditions)
    case.job.stage = getattr(codes, stage)
    before = dict(vars(case.job)), [list(column) for column in case.state]
    command = rules.step(case.network, case.state, case.job, codes.SIGNAL_NAMES.index(signal), NOW)
    assert (dict(vars(case.job)), [list(column) for column in case.state]) == before
    assert codes.VERB_NAMES[command.verb] == verb
    assert command.place == place_of(case, place)
    assert command.stage == getattr(codes, stage if next_stage == "-" else next_stage)
    if event == "-":
        assert command.log == codes.NOTHING
    else:
        assert command.log == codes.LOG_LOGIN
        assert codes.LOGIN_EVENTS[command.value] == event
    assert command.change == (codes.NO_CHANGE if change == "-" else getattr(codes, change))


@pytest.mark.parametrize(
    ("conditions", "until_s"),
    [
        ("", 30),  # asks for another code
        ("last", 60),  # leaves
        ("again", 30),
        ("typing", 1e-9),
        ("second", 20),  # the application falls back
        ("second done", 30),
        ("voice calling", 30),  # 20 s + 10 s: hears the code
        ("voice done last", 60),
    ],
)
def test_how_long_a_person_waits(
    scenarios: dict[str, Compiled], conditions: str, until_s: float
) -> None:
    """A person waits until the first of what is to come, counted from where it says."""
    case = case_of(scenarios, conditions.split())
    case.job.stage = codes.LOGIN_WAITS
    command = rules.step(case.network, case.state, case.job, codes.DONE, NOW)
    begun = NOW if "typing" in conditions else case.job.submit_ns
    assert command.amount == begun + round(until_s * SECOND)
    assert command.target == case.job.id == login_id(case.job.id & ~(1 << 8))


def logins(log: np.ndarray) -> dict[int, list[tuple[float, str]]]:
    """Events of each login: seconds since its start, and what."""
    found: dict[int, list[tuple[float, str]]] = {}
    for row in rows_of(log, codes.LOG_LOGIN):
        event = (row[OTHER] / SECOND, codes.LOGIN_EVENTS[row[VALUE]])
        found.setdefault(int(row[ID]), []).append(event)
    return found


def kinds_of(log: np.ndarray, first: int) -> Counter[tuple[str, ...]]:
    """How often each sequence of events occurred, of the logins with numbers below `first`."""
    mine = [
        tuple(what for _, what in events)
        for row_id, events in logins(log).items()
        if row_id >> 18 & (1 << 30) - 1 < first
    ]
    return Counter(mine)


def hub(delay: str, **person: str) -> Compiled:
    """Codes that take a constant time, over a hub."""
    changes = {"traffic": {"codes": {"person": person}}, "routes": {"hub": {"delay": delay}}}
    return network(PERSON, HUB, changes)


def test_a_code_in_time_completes_the_login() -> None:
    """A code that takes 10 s is typed for 5 s; no other is asked for."""
    log, engine = simulate(hub("10 s"))
    check_conservation(log, engine)
    assert set(kinds_of(log, 40)) == {("started", "completed")}
    took = [events[-1][0] for events in logins(log).values() if len(events) == 2]
    assert took == pytest.approx([15.0] * len(took), abs=0.2)


def test_only_the_latest_code_counts() -> None:
    """Codes that take 40 s: the first comes after the second was asked for, and is refused."""
    log, _ = simulate(hub("40 s", patience="200 s"))
    sequence = ("started", "code_asked", "typed_outdated", "code_asked")
    # First code at 40 s, typed until 45 s; the next is asked for at once after 60 s, and the second
    # comes at 70 s; the third at 100 s.
    assert set(kinds_of(log, 40)) == {(*sequence, "typed_outdated", "completed")}
    for events in logins(log).values():
        if len(events) == 6:
            assert [at for at, _ in events] == pytest.approx([0, 30, 45, 60, 75, 105], abs=0.5)


def test_who_is_not_patient_leaves() -> None:
    """With 20 s of patience and codes that take 25 s everybody leaves, and the codes are late."""
    log, engine = simulate(hub("25 s", patience="20 s"))
    check_conservation(log, engine)
    assert set(kinds_of(log, 40)) == {("started", "given_up")}
    assert len(rows_of(log, codes.LOG_HANDSET)) > 40


def test_who_types_does_not_leave() -> None:
    """A code that comes before the patience is over is typed in, however long that takes."""
    log, _ = simulate(hub("19 s", patience="20 s", typing="25 s"))
    assert set(kinds_of(log, 40)) == {("started", "completed")}


def test_a_code_expires() -> None:
    """A code that is entered later than it lives is refused; one at the last instant is not."""
    late, _ = simulate(hub("10 s", expires="12 s", codes="1"))
    assert set(kinds_of(late, 40)) == {("started", "typed_expired", "given_up")}
    log, _ = simulate(hub("10 s", expires="16 s", codes="1"))
    assert set(kinds_of(log, 40)) == {("started", "completed")}


def test_a_call_reads_the_code_out() -> None:
    """Codes that never come in time: a call after 20 s brings one at 30 s, typed until 35 s."""
    changes = {"routes": {"hub": {"delay": "200 s"}}, "traffic": {"codes": {"person": {
        "codes": "1"}}}}  # fmt: skip
    log, _ = simulate(network(PERSON, VOICE, HUB, changes))
    assert set(kinds_of(log, 40)) == {("started", "call_answered", "completed_by_call")}
    took = [events[-1][0] for events in logins(log).values() if len(events) == 3]
    assert took == pytest.approx([35.0] * len(took), abs=1e-6)


def test_a_second_route_is_another_account() -> None:
    """While the first SMSC is down codes come by the account of the other one, after 20 s."""
    down = "failures: {north_down: {element: north, at: +1 s, for: 10 min}}"
    log, engine = simulate(network(PERSON, SECOND_ROUTE, down))
    check_conservation(log, engine)
    found = Counter(event for events in logins(log).values() for _, event in events)
    assert found["completed_by_second_route"] > 30
    net = engine.network
    second = net.person_second[0]
    handed = rows_of(log, codes.LOG_HANDSET)
    mine = handed[handed[:, ID] >> 48 == second]
    assert set(mine[:, OTHER].tolist()) == {1}  # south


def test_all_codes_of_a_login_go_to_one_phone() -> None:
    """Whatever source a code belongs to, it is for the phone of the first one."""
    scenario = network(PERSON, SECOND_ROUTE, {"populations": {"town": {
        "size": 70, "country": "SE", "mscs": "turku"}}, "traffic": {"codes": {"to": {
            "city": "60 %", "town": "40 %"}}}})  # fmt: skip
    net = scenario.network
    assert scenario.names.sources == ("codes", "codes code 2", "codes code 3", "codes fallback")
    met = set()
    for number in range(200):
        phones = set()
        for source in range(net.sources):
            job: Any = Row()
            begin.begin_submission(net, job, source, number, 0, 0)
            phones.add((job.population, job.phone, job.msc))
        assert len(phones) == 1
        met |= phones
    assert len(met) > 100


def without_logins(log: np.ndarray) -> np.ndarray:
    """The log without its rows about logins."""
    return log[log[:, CODE] != codes.LOG_LOGIN]


def test_a_person_who_asks_for_nothing_changes_nothing() -> None:
    """With one code and no fallback the messages are those of a source without a person."""
    alone = {"traffic": {"codes": {"person": {"codes": "1"}}}}
    log, _ = simulate(network(PERSON, alone))
    plain, _ = simulate(network(PERSON, {"traffic": {"codes": {"person": None}}}))
    until = min(log[-1, TIME], plain[-1, TIME])  # a run waits for its logins
    log, plain = (rows[rows[:, TIME] < until] for rows in (without_logins(log), plain))
    assert np.array_equal(log, plain)


def test_draws_of_a_login_stay_when_others_ask_for_more() -> None:
    """More codes leave every first code, its phone and the patience of its person in place."""

    def starts(codes_: str) -> list[list[int]]:
        net = network(PERSON, {"traffic": {"codes": {"person": {
            "codes": codes_, "patience": {"exponential": {"mean": "20 s"}}}}}}).network  # fmt: skip
        log, _ = simulate(net_of(net))
        begun = rows_of(log, codes.LOG_SUBMIT)
        return begun[begun[:, ID] >> 48 == net.person_source[0]][:50, [TIME, PLACE]].tolist()

    assert starts("1") == starts("2") == starts("5")


def net_of(net: Network) -> Compiled:
    """A network as `simulate` takes it."""
    return network(PERSON)._replace(network=net)


def test_the_run_waits_for_its_logins() -> None:
    """A run goes on until the last login of its cohort has ended, though all messages have."""
    log, engine = simulate(hub("1 s", typing="50 s"))
    begun = {row_id for row_id, events in logins(log).items()}
    window = [
        row for row in rows_of(log, codes.LOG_LOGIN)
        if row[VALUE] == codes.LOGIN_STARTED and row[TIME] < engine.network.duration_ns
    ]  # fmt: skip
    ended = {
        row_id
        for row_id, events in logins(log).items()
        if events[-1][1] in ("completed", "given_up")
    }
    assert {int(row[ID]) for row in window} <= ended <= begun
