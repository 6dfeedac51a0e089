"""How senders react to errors: times of the shipped policies, pauses, timers, alternates."""

import numpy as np
import pytest

from smsc_sim.model import codes
from smsc_sim.model.network import MOST_SEGMENTS, message_id, most_copies, segment_id
from tests.networks import (
    CODE,
    ID,
    OTHER,
    PLACE,
    SECOND,
    TIME,
    VALUE,
    check_conservation,
    compiled_log,
    first_difference,
    message_of,
    network,
    rows_of,
    simulate,
)

# Another account's message comes first; then one of the bank, which sends 1000 a second and has its
# answer at once.
PAIR = """
duration: 10 s
drain: 24 h
accounts:
  bank: {smsc: north, rate: 1000 msg/s, latency: 0 s}
  other: {smsc: north, resends: 0}
traffic:
  news: {messages: 1 msg, at: +2 s, validity: 24 h}
  before: {kind: campaign, account: other, to: city, messages: 1 msg, at: +1 s, rate: 1 msg/s,
           text: one, validity: 72 h}
"""
# What makes an SMSC answer the bank with each error, again and again.
ERRORS = {
    # The gate is busy with the first message for a day; nobody may wait.
    "throttled": "smscs: {north: {submit_rate: 0.00001 /s, submit_queue: 0 s}}",
    # The first message stays in the store: its phone is off, and the SMSC tries again every day.
    "queue_full": """
smscs: {north: {store: 1 msg, submit_rate: 100000 /s, retry: daily, validity: 72 h}}
retry_policies: {daily: {default: {delays: [24 h], then: repeat}}}
populations: {city: {reachability: {mean_on: 1 s, mean_off: 10000 h}}}
""",
    "no_answer": "failures: {crash: {element: north, at: +0 s, for: 24 h}}",
}


def submissions_s(policy: str, error: str, *changes: str) -> list[float]:
    """Times in s at which the bank submits its message, counted from the first time."""
    scenario = network(PAIR, ERRORS[error], f"accounts: {{bank: {{policy: {policy}}}}}", *changes)
    log, engine = simulate(scenario)
    check_conservation(log, engine)
    visits = rows_of(log, codes.LOG_VISIT)
    mine = visits[visits[:, PLACE] == scenario.network.account_station[0]]
    times = mine[:, TIME] + mine[:, VALUE]
    return [round(float(t), 1) for t in (times - times[0]) / SECOND]


def added_up(gaps: list[int]) -> list[float]:
    """Times that are so far apart, from 0."""
    return [float(t) for t in np.cumsum([0, *gaps])]


# By hand from the manuals that `data/senders.yaml` names.  That a submission has no answer shows
# when the response timer of 60 s runs out.
BY_HAND = {
    ("jasmin", "throttled"): [30] * 20,
    ("jasmin", "queue_full"): [180] * 2,
    ("jasmin", "no_answer"): [90] * 13,  # the next one would be sent 1260 s after the first
    ("nowsms", "no_answer"): [60 + 30 * k for k in range(19)],  # 20 errors
    ("nowsms", "throttled"): [30 * k for k in range(19)] + [540] * 3,
    ("nowsms", "queue_full"): [30 * k for k in range(19)] + [540] * 3,
    ("kannel", "throttled"): [60] * 30,
    ("kannel", "queue_full"): [60] * 30,
    ("kannel", "no_answer"): [61] * 30,
    ("doubling", "throttled"): [1, 2, 4, 8, 16, 32, 64, 128, 256] + [300] * 10,
}


@pytest.mark.parametrize(("policy", "error"), BY_HAND)
def test_shipped_policies_resend_when_their_manuals_say(policy: str, error: str) -> None:
    """Each shipped policy submits at the times worked out by hand, and no more often."""
    wanted = added_up(BY_HAND[policy, error])
    goes_on = policy == "kannel" or (policy == "nowsms" and error != "no_answer")
    drain = f"drain: {int(wanted[-1]) + 20} s" if goes_on else "drain: 24 h"
    found = submissions_s(policy, error, drain)
    assert found[: len(wanted)] == pytest.approx(wanted, abs=0.06)
    assert len(found) == len(wanted) or goes_on


def test_a_system_error_has_its_own_schedule() -> None:
    """Jasmin resends twice, 30 s apart, after ESME_RSYSERR, and no policy after a dead number."""
    net = network("accounts: {bank: {policy: jasmin}}").network
    row = net.account_policy[0] * len(codes.CAUSE_NAMES)

    def delays(cause: int) -> list[int]:
        first = net.retry_first[row + cause]
        return list(net.retry_ns[first : first + net.retry_count[row + cause]])

    assert delays(codes.SYSTEM_FAILURE) == [30 * SECOND] * 2 + [-1]
    assert delays(codes.UNKNOWN_SUBSCRIBER) == []
    assert delays(codes.CONGESTION) == []  # Jasmin has no schedule for other errors


def test_back_off_and_resends_are_a_policy() -> None:
    """Without a policy, a refused submission is sent again `resends` times, `back_off` apart."""
    scenario = network(
        PAIR, ERRORS["throttled"], "accounts: {bank: {back_off: 7 s, resends: 3}}", "drain: 1 h"
    )
    log, _ = simulate(scenario)
    resends = rows_of(log, codes.LOG_RESEND)
    assert np.diff(resends[:, TIME]) / SECOND == pytest.approx([7, 7], abs=0.01)
    assert resends[:, VALUE].tolist() == [1, 2, 3]
    default = network().network
    first = default.retry_first[
        default.account_policy[0] * len(codes.CAUSE_NAMES) + codes.THROTTLED
    ]
    assert default.retry_ns[first : first + 21] == [SECOND] * 20 + [-1]


def test_an_own_policy_is_used() -> None:
    """A scenario's own sender policy gives the delays, and an age ends them."""
    policy = """
    sender_policies: {mine: {errors: {throttled: {delays: [5 s], then: double, age: 40 s}}}}
    """
    # 5, 15 and 35 s after the first time; 75 s would be too old.
    assert submissions_s("mine", "throttled", policy) == [0.0, 5.0, 15.0, 35.0]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        # Served 0.2 s each: every second one is refused, and the next one is 2.1 s later.
        ("rate: 10 msg/s", [0.1, 0.2, 2.3, 2.4, 4.5, 4.6]),
        # The same where the limit of an operator sets the pace, and messages wait there.
        (
            "rate: 100 msg/s, limits: {FI: {per_minute: 600}}",
            [0.11, 0.21, 2.31, 2.41, 4.51, 4.61],
        ),
    ],
)
def test_a_throttled_account_pauses(keys: str, expected: list[float]) -> None:
    """After throttling, a pausing account sends nothing for its pause; order and pace stay."""
    scenario = network(
        """
        duration: 60 s
        smscs: {north: {submit_rate: 5 /s, submit_queue: 0 s}}
        accounts: {bank: {smsc: north, KEYS, policy: patient, latency: 0 s, window: 100}}
        sender_policies: {patient: {pause: 2 s, default: {delays: [1 h], attempts: 2}}}
        traffic: {news: {messages: 6 msg, rate: 1000 msg/s}}
        """.replace("KEYS", keys)
    )
    log, engine = simulate(scenario)
    check_conservation(log, engine)
    gate = scenario.network.admission_station[0]
    tried = log[
        (np.isin(log[:, CODE], (codes.LOG_VISIT, codes.LOG_STATION_REFUSED)))
        & (log[:, PLACE] == gate)
        & (log[:, TIME] < 60 * SECOND)
    ]
    times = np.round((tried[:, TIME] - SECOND) / SECOND, 2)
    assert times.tolist() == expected
    numbers = message_of(tried[:, ID]) & (1 << 30) - 1
    assert numbers.tolist() == sorted(numbers.tolist())
    assert (tried[:, CODE] == codes.LOG_VISIT).tolist() == [True, False] * 3


LATE = """
duration: 20 s
smscs: {north: {submit_rate: 1 /s, submit_queue: 1 h}}
accounts: {bank: {smsc: north, response_timer: 2 s, resends: 1, rate: 10 msg/s}}
traffic: {news: {messages: 6 msg, rate: 10 msg/s}}
"""


def test_an_answer_after_the_timer_is_none() -> None:
    """Late answers find nobody; the resend is stored a second time and may be a duplicate."""
    log, engine = simulate(network(LATE))
    check_conservation(log, engine)
    late = rows_of(log, codes.LOG_LATE)
    kinds = [codes.KIND_NAMES[kind] for kind in late[:, PLACE]]
    assert kinds.count("submit_sm") > 0
    assert len(rows_of(log, codes.LOG_COPY)) > 0
    assert len(rows_of(log, codes.LOG_DUPLICATE)) > 0
    resends = rows_of(log, codes.LOG_RESEND)
    first = resends[0]
    submitted = rows_of(log, codes.LOG_SUBMIT)
    mine = submitted[message_of(submitted[:, ID]) == message_of(first[ID])]
    # Paced 0.1 s each; the third waits 2 s for the gate and 1 s in it.
    assert first[TIME] - mine[0, TIME] == pytest.approx(2.1 * SECOND, abs=0.2 * SECOND)
    patient, _ = simulate(network(LATE, "accounts: {bank: {response_timer: 60 s}}"))
    assert len(rows_of(patient, codes.LOG_RESEND)) == 0


@pytest.mark.parametrize(("text", "copies"), [("one", 64), ("three", 64), ("endless", 16)])
def test_copies_have_ids_of_their_own(text: str, copies: int) -> None:
    """Many more copies than ids can tell apart: the sender gives up, and no id comes twice.

    Every answer comes too late, and what it answers is stored; both engines write the same.
    """
    scenario = network(
        LATE,
        """
        duration: 20 s
        drain: 2 h
        smscs: {north: {submit_rate: 100 /s}}
        texts: {endless: {gsm7: {"6000": 100 %}}}
        accounts: {bank: {resends: 200, response_timer: 1 s, latency: 2 s}}
        """,
        {"traffic": {"news": {"messages": "3 msg", "text": text}}},
    )
    log, engine = simulate(scenario)
    check_conservation(log, engine)  # no stored segment ends twice
    accepted = rows_of(log, codes.LOG_ACCEPTED)
    assert len(accepted) == 3 * copies == len(np.unique(accepted[:, ID]))
    assert first_difference(log, compiled_log(scenario.network)) == ""


@pytest.mark.parametrize("segments", range(1, MOST_SEGMENTS + 1))
def test_ids_of_stored_segments_are_distinct(segments: int) -> None:
    """Every copy of every segment has an id, between those of its message and the next one."""
    copies = most_copies(segments)
    assert 16 <= copies <= 64
    first, last = message_id(3, 5) - (255 << 10), message_id(3, 5)
    ids = {
        segment_id(last, segment, segments, copy)
        for segment in range(segments)
        for copy in range(copies)
    }
    assert len(ids) == segments * copies
    assert first <= min(ids) and max(ids) < first + (MOST_SEGMENTS << 10) < last
    assert all(row_id & 63 == 0 for row_id in ids)  # left to dialogues


def test_a_window_holds_until_the_timer() -> None:
    """A submission without an answer takes its place in the window until the timer runs out."""
    log, _ = simulate(
        network(
            "duration: 60 s",
            "accounts: {bank: {window: 1, response_timer: 5 s, resends: 0, latency: 0 s}}",
            "failures: {crash: {element: north, at: +0 s, for: 1 h}}",
            "traffic: {news: {messages: 3 msg, rate: 100 msg/s}}",
        )
    )
    ends = rows_of(log, codes.LOG_MESSAGE_END)
    assert (ends[:, OTHER] == codes.REJECTED).all()
    assert (np.diff(ends[:, TIME]) == 5 * SECOND).all() and len(ends) == 3


ALTERNATE = """
duration: 30 s
smscs: {north: {alternate: south}}
accounts: {bank: {smsc: north, response_timer: 5 s}}
traffic:
  people: {kind: person_to_person, from: city, volume: 400 msg/day, to: city, text: three,
           patience: 5 s, resend: {probability: 100 %, delay: 1 s}}
populations: {city: {smscs: north}}
"""


@pytest.mark.parametrize(
    "trouble",
    [
        "failures: {crash: {element: north, at: +0 s, for: 20 min}}",
        "smscs: {north: {store: 1 msg, rate: 1 msg/s, submit_rate: 1000 /s}}",
        "smscs: {north: {submit_rate: 1 /s, submit_queue: 0 s}}",
    ],
)
def test_senders_turn_to_the_alternate(trouble: str) -> None:
    """After no answer or congestion, phones and accounts resend to the alternate, and stay."""
    log, engine = simulate(network(ALTERNATE, trouble))
    counts = check_conservation(log, engine)
    accepted = rows_of(log, codes.LOG_ACCEPTED)
    north, south = 0, 1
    at_south = accepted[accepted[:, OTHER] == south]
    sources = set((at_south[:, ID] >> 48).tolist())
    assert sources == {0, 1}
    assert counts["delivered"] > 0 and counts["rejected"] == 0
    resends = rows_of(log, codes.LOG_RESEND)
    assert set(resends[:, OTHER].tolist()) <= {north, south}
    alone, _ = simulate(network(ALTERNATE, trouble, "smscs: {north: {alternate: null}}"))
    assert (rows_of(alone, codes.LOG_ACCEPTED)[:, OTHER] == north).all()


def test_an_overloaded_msc_sends_nobody_elsewhere() -> None:
    """A refusal by the MSC says nothing about the SMSC: the phone tries the same one again."""
    log, _ = simulate(
        network(ALTERNATE, "mscs: {helsinki: {rate: 1 msg/s, queue: 0 s}, turku: {rate: 1 msg/s,"
                " queue: 0 s}}", "accounts: {bank: {response_timer: 60 s}}")
    )  # fmt: skip
    refused = rows_of(log, codes.LOG_REFUSED)
    people = refused[refused[:, ID] >> 48 == 1]
    assert (people[:, VALUE] == codes.CONGESTION).sum() > 10
    causes = set(people[:, VALUE].tolist())
    assert causes == {codes.CONGESTION}
    no_answer = rows_of(log, codes.LOG_RESEND)
    assert len(no_answer) > 10


def test_binds_multiply_window_and_rate() -> None:
    """Four binds have four windows, and four times the rate of one where that is given."""
    plain = network("accounts: {bank: {window: 5}}").network
    four = network("accounts: {bank: {window: 5, binds: 4, bind_rate: 30 msg/s}}").network
    assert plain.pool_units[plain.account_window[0]] == 5
    assert four.pool_units[four.account_window[0]] == 20
    assert four.station_service_ns[four.account_station[0]] == round(1e9 / 120)
    assert plain.station_service_ns[plain.account_station[0]] == SECOND // 50


def test_people_try_again_by_cause() -> None:
    """A share of its own for a cause decides who tries again after it; others keep the common."""
    people = """
    traffic:
      news: null
      people: {kind: person_to_person, from: city, volume: 9000 msg/day, to: city, text: one,
               patience: 5 s, resend: {probability: 0 %, causes: {store_full: 100 %}}}
    populations: {city: {smscs: north}}
    """
    full, _ = simulate(
        network(people, "smscs: {north: {store: 1 msg, rate: 1 msg/s, submit_rate: 1000 /s}}")
    )
    assert (rows_of(full, codes.LOG_REFUSED)[:, VALUE] == codes.STORE_FULL).all()
    assert len(rows_of(full, codes.LOG_RESEND)) > 50
    silent, _ = simulate(network(people, "failures: {crash: {element: north, at: +0 s, for: 1 h}}"))
    assert len(rows_of(silent, codes.LOG_RESEND)) == 0
