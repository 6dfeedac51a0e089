"""The cases on paper that the contract between rules and engines must express (design 5)."""

from typing import Any

import numpy as np
import pytest

from smsc_sim.model import codes, rules
from smsc_sim.model.network import Command, Network, State
from smsc_sim.model.phones import AWAITED, MNRF
from tests.networks import (
    CODE,
    ID,
    OTHER,
    PLACE,
    SECOND,
    TIME,
    VALUE,
    check_conservation,
    message_of,
    network,
    rows_of,
    simulate,
)

ONE_MESSAGE = "{traffic: {news: {messages: 1 msg}}}"


def test_result_after_the_timer_leads_to_a_duplicate() -> None:
    """The result of mt-ForwardSM comes after the MAP timer, when the retry is already out.

    The handset gets the text twice, the late answers wake nobody, the message is delivered once.
    """
    scenario = network(
        ONE_MESSAGE,
        "{smscs: {north: {timers: {mt_forward_sm: 2 s}}}}",
        "{retry_policies: {quick: {default: {delays: [300 ms], then: repeat, attempts: 2}}}}",
    )
    log, engine = simulate(scenario)
    attempts, failed = rows_of(log, codes.LOG_ATTEMPT), rows_of(log, codes.LOG_FAILED)
    late = rows_of(log, codes.LOG_LATE)
    assert attempts[:, VALUE].tolist() == [1, 2]
    assert failed[:, VALUE].tolist() == [codes.TIMEOUT, codes.TIMEOUT]
    assert late[:, PLACE].tolist() == [codes.MT_DIALOGUE, codes.MT_DIALOGUE]
    assert attempts[1, TIME] < late[0, TIME] < failed[1, TIME], "the late answer ended the retry"
    handset, again = rows_of(log, codes.LOG_HANDSET), rows_of(log, codes.LOG_DUPLICATE)
    # The second copy is logged as what it is: on the handset, and there already.
    assert len(handset) == 2 and len(again) == 1 and again[0, TIME] == handset[1, TIME]
    (end,) = rows_of(log, codes.LOG_MESSAGE_END)
    assert end[OTHER] == codes.DELIVERED
    assert end[VALUE] == handset[0, VALUE], "latency is that of the first copy"
    check_conservation(log, engine)


SLOW = """
smscs: {north: {timers: {sri_sm: 6 s, mt_forward_sm: 20 s}}}
link_sets:
  north-a: {speed: 9600 bit/s}
  north-b: {speed: 9600 bit/s}
failures: {cut: {element: north-a, at: +2500 ms, for: 5 s}}
"""


def test_changeover_loses_nothing() -> None:
    """Queued MSUs of a failed link set go on at once over the other; none is lost or repeated."""
    scenario = network(SLOW)
    log, engine = simulate(scenario)
    cuts = rows_of(log, codes.LOG_CUT)
    assert len(cuts) >= 2 and (cuts[:, VALUE] > 0).any() and (cuts[:, VALUE] == 0).any()
    names = scenario.names.stations
    for cut in cuts:
        assert names[cut[PLACE]].startswith("north-a ")
        moved = log[(log[:, CODE] == codes.LOG_VISIT) & (log[:, ID] == cut[ID])]
        moved = moved[moved[:, TIME] == cut[TIME]]
        assert [names[row[PLACE]].split()[0] for row in moved] == ["north-b"]
    assert len(rows_of(log, codes.LOG_MSU_LOST)) == 0
    assert rows_of(log, codes.LOG_ATTEMPT)[:, VALUE].tolist() == [1] * 20
    assert rows_of(log, codes.LOG_MESSAGE_END)[:, OTHER].tolist() == [codes.DELIVERED] * 20
    check_conservation(log, engine)


def test_without_another_way_msus_are_lost_and_repeated() -> None:
    """MSUs of the only link set are lost; timers run out, segments are repeated, all arrive."""
    scenario = network(SLOW, "{link_sets: {north-b: null}}")
    log, engine = simulate(scenario)
    cuts, lost = rows_of(log, codes.LOG_CUT), rows_of(log, codes.LOG_MSU_LOST)
    assert len(cuts) >= 2
    assert {*cuts[:, ID].tolist()} <= {*lost[lost[:, TIME] == cuts[0, TIME], ID].tolist()}
    failed = rows_of(log, codes.LOG_FAILED)
    assert len(failed) > 0 and set(failed[:, VALUE].tolist()) == {codes.TIMEOUT}
    again = rows_of(log, codes.LOG_ATTEMPT)
    # 10 s after each failure, plus what licence and dialogue cost: nothing waits for them here.
    for row in failed:
        mine = again[(again[:, ID] == row[ID]) & (again[:, TIME] > row[TIME])]
        assert 10 * SECOND <= mine[0, TIME] - row[TIME] < 11 * SECOND
    assert rows_of(log, codes.LOG_MESSAGE_END)[:, OTHER].tolist() == [codes.DELIVERED] * 20
    check_conservation(log, engine)


ABSENT = """
populations: {city: {size: 1, reachability: {mean_on: 60 s, mean_off: 60 s, noticed: 100 %}}}
traffic: {news: {messages: 1 msg}}
"""


def _absent_then_back(delay: str, seed: int) -> np.ndarray:
    policy = f"{{retry_policies: {{quick: {{default: {{delays: [{delay}], then: repeat}}}}}}}}"
    log, engine = simulate(network(ABSENT, policy, {"seed": seed}))
    check_conservation(log, engine)
    return log


@pytest.fixture(scope="module")
def meeting() -> tuple[int, int, int]:
    """Seed, time of the alert and ns from failure to alert of a phone that comes back."""
    for seed in range(1, 60):
        log = _absent_then_back("200 s", seed)
        alerts = rows_of(log, codes.LOG_ALERT)
        failed = rows_of(log, codes.LOG_FAILED)
        if len(failed) == 1 and len(alerts) == 1 and alerts[0, VALUE] == 1:
            return seed, int(alerts[0, TIME]), int(alerts[0, TIME] - failed[0, TIME])
    raise AssertionError("no phone of 60 was away and came back")


@pytest.mark.parametrize(("early_ns", "woken"), [(-1, 1), (0, 1), (1, 0)])
def test_alert_and_retry_timer_together(
    meeting: tuple[int, int, int], early_ns: int, woken: int
) -> None:
    """Of alert and retry timer at one instant, or a ns apart, exactly one attempt follows.

    Of two at one instant the alert is the earlier: it has woken the segment.
    """
    seed, alert_ns, gap_ns = meeting
    log = _absent_then_back(f"{gap_ns - early_ns} ns", seed)
    (alert,) = rows_of(log, codes.LOG_ALERT)
    assert (alert[TIME], alert[VALUE]) == (alert_ns, woken)
    attempts = rows_of(log, codes.LOG_ATTEMPT)
    assert attempts[:, VALUE].tolist() == [1, 2]
    licence_ns = SECOND // 100
    assert attempts[1, TIME] == alert_ns + licence_ns - max(0, early_ns)
    (end,) = rows_of(log, codes.LOG_MESSAGE_END)
    assert end[OTHER] == codes.DELIVERED


RESTART = """
smscs: {north: {rate: 5000 msg/s, dialogues: 1000}}
stps: {a: {rate: 50000 msg/s}, b: {rate: 50000 msg/s}}
hlrs: {main: {rate: 50000 /s}}
mscs: {helsinki: {rate: 50000 msg/s}, turku: {rate: 50000 msg/s}}
accounts: {bank: {rate: 5000 msg/s, window: 5000}}
populations: {city: {size: 100000, mscs: helsinki}}
traffic: {news: {messages: 1000 msg, rate: 2000 msg/s}}
failures: {crash: {element: north, at: +3 s, for: 2 s}}
"""


def test_restart_with_a_thousand_open_dialogues() -> None:
    """All that is stored survives a crash with 1,000 dialogues open; each is repeated once.

    The pools are consistent and the second copies are duplicates.
    """
    links = {"links": 16, "speed": "1984 kbit/s"}
    names = [f"{node}-{stp}" for node in ("north", "main", "helsinki") for stp in "ab"]
    scenario = network(RESTART, {"link_sets": dict.fromkeys(names, links)})
    log, engine = simulate(scenario)
    pools = scenario.names.pools
    dialogues = rows_of(log, codes.LOG_TAKEN)
    dialogues = dialogues[dialogues[:, PLACE] == pools.index("north dialogues")]
    before = dialogues[dialogues[:, TIME] < 3 * SECOND]
    assert before[-1, VALUE] == 1000
    assert dialogues[:, VALUE].min() == 0 and dialogues[:, VALUE].max() == 1000
    (reset,) = dialogues[dialogues[:, TIME] == 3 * SECOND]
    assert (reset[VALUE], dialogues[-1, VALUE]) == (0, 0)
    repeats = rows_of(log, codes.LOG_REPEAT)
    assert len(repeats) == 1000 == len(np.unique(repeats[:, ID]))
    attempts = rows_of(log, codes.LOG_ATTEMPT)
    assert np.bincount(attempts[:, VALUE])[1:].tolist() == [1000, 1000]
    assert attempts[attempts[:, VALUE] == 2, TIME].min() >= 5 * SECOND
    # All are woken at one instant, in the order of their ids, which is content.
    licence = rows_of(log, codes.LOG_VISIT)
    licence = licence[licence[:, PLACE] == scenario.names.stations.index("north")]
    assert licence[licence[:, TIME] == 5 * SECOND, ID].tolist() == np.sort(repeats[:, ID]).tolist()
    # The network had all first copies: the handsets get every text twice.
    assert len(rows_of(log, codes.LOG_DUPLICATE)) == 1000
    assert rows_of(log, codes.LOG_MESSAGE_END)[:, OTHER].tolist() == [codes.DELIVERED] * 1000
    check_conservation(log, engine)


def test_part_two_of_three_fails() -> None:
    """A message of which part 2 of 3 is given up is PARTIAL; parts 1 and 3 are delivered."""
    scenario = network(
        "{traffic: {news: {messages: 60 msg, text: three}}}",
        "{populations: {city: {errors: {system_failure: 30 %}}}}",
        "{retry_policies: {quick: {default: {delays: [1 s], attempts: 1}}}}",
    )
    log, engine = simulate(scenario)
    check_conservation(log, engine)
    ends = rows_of(log, codes.LOG_SEGMENT_END)
    handset = rows_of(log, codes.LOG_HANDSET)
    found = 0
    for end in rows_of(log, codes.LOG_MESSAGE_END):
        mine = message_of(ends[:, ID]) == message_of(end[ID])
        segment = ends[mine, ID] >> 10 & 255
        outcome = dict(zip(segment.tolist(), ends[mine, VALUE].tolist(), strict=True))
        assert set(outcome) == {0, 1, 2}
        delivered = {k for k in outcome if outcome[k] == codes.DELIVERED}
        arrived = handset[message_of(handset[:, ID]) == message_of(end[ID]), ID] >> 10 & 255
        assert delivered == set(arrived.tolist())
        expected = {0: codes.UNDELIVERABLE, 3: codes.DELIVERED}.get(len(delivered), codes.PARTIAL)
        assert end[OTHER] == expected
        if delivered == {0, 2}:
            found += 1
            assert outcome[1] == codes.UNDELIVERABLE and end[VALUE] == -1
    assert found >= 3, "the case did not occur"


def test_late_submission_is_one_message() -> None:
    """A message stored after its sender has given up ends once, as what became of it."""
    scenario = network(
        """
        traffic:
          news: null
          people: {kind: person_to_person, from: city, to: city, volume: 500 msg/day, text: one,
                   patience: 60 ms, resend: {probability: 0 %}}
        """
    )
    log, engine = simulate(scenario)
    ends = rows_of(log, codes.LOG_MESSAGE_END)
    assert len(rows_of(log, codes.LOG_LATE)) > 0
    assert set(ends[:, OTHER].tolist()) == {codes.DELIVERED}
    counts = check_conservation(log, engine)
    assert counts["delivered"] == len(ends) > 15


def test_a_phone_flagged_again_is_still_watched() -> None:
    """Every phone with MNRF set is watched, also one flagged while its return was being told."""
    scenario = network(
        """
        populations: {city: {size: 4, reachability: {mean_on: 3 s, mean_off: 3 s, noticed: 100 %,
                             detached: 0 %}, radio: {paging_timeout: 1 s, access: 100 ms}}}
        traffic: {news: null, codes: {kind: otp, account: bank, to: city, rate: 5 msg/s, text: one,
                                      validity: 30 s}}
        smscs: {north: {validity: 30 s}}
        retry_policies: {quick: {default: {delays: [1 s], then: repeat}}}
        link_sets: {helsinki-a: {propagation: 400 ms}, helsinki-b: {propagation: 400 ms},
                    turku-a: {propagation: 400 ms}, turku-b: {propagation: 400 ms}}
        """
    )

    def spy(network: Network, state: State, job: Any, signal: int, now: int) -> Command:
        if job.kind == codes.SRI_DIALOGUE:
            assert not any(bits & MNRF and not bits & AWAITED for bits in state.flag_bits)
        return rules.step(network, state, job, signal, now)

    log, engine = simulate(scenario, step=spy)
    assert len(rows_of(log, codes.LOG_FLAGGED)) > 20
    check_conservation(log, engine)


def test_validity_ends_the_wait_for_a_dialogue() -> None:
    """A segment that waits for a dialogue until its validity ends expires and frees its phone."""
    scenario = network(
        "{smscs: {north: {dialogues: 1}}, traffic: {news: {validity: 10 s, messages: 30 msg}}}"
    )
    log, engine = simulate(scenario)
    ends = rows_of(log, codes.LOG_SEGMENT_END)
    expired = ends[ends[:, VALUE] == codes.EXPIRED]
    assert len(expired) > 10 and len(expired) < 30
    accepted = rows_of(log, codes.LOG_ACCEPTED)
    stored = dict(
        zip(message_of(accepted[:, ID]).tolist(), accepted[:, TIME].tolist(), strict=True)
    )
    tried = set(rows_of(log, codes.LOG_ATTEMPT)[:, ID].tolist())
    for row in expired:
        if row[ID] not in tried:
            assert row[TIME] == stored[int(message_of(row[ID]))] + 10 * SECOND
    assert len(rows_of(log, codes.LOG_FAILED)) == 0
    assert engine.keyed[scenario.names.pools.index("north phones")] == {}
    check_conservation(log, engine)


def test_outages_that_touch_are_one() -> None:
    """An element that fails at the instant of its repair stays down."""
    scenario = network(
        "{failures: {x: {element: a, at: +2 s, for: 3 s}, y: {element: a, at: +5 s, for: 4 s}}}"
    )
    log, _ = simulate(scenario)
    changes = log[(log[:, CODE] == codes.LOG_DOWN) | (log[:, CODE] == codes.LOG_UP)]
    assert changes[:, [TIME, CODE]].tolist() == [
        [2 * SECOND, codes.LOG_DOWN],
        [9 * SECOND, codes.LOG_UP],
    ]


def test_what_waits_in_the_store_is_not_repeated() -> None:
    """A crash repeats operations under way; what waits for its next attempt goes on waiting."""
    policy = "{retry_policies: {quick: {default: {delays: [50 s], then: repeat}}}}"
    crash = "{failures: {crash: {element: north, at: +30 s, for: 1 s}}}"
    busy = "{populations: {city: {errors: {subscriber_busy: 100 %}}}}"
    log, engine = simulate(network(policy, crash, busy, "{traffic: {news: {messages: 5 msg}}}"))
    assert len(rows_of(log, codes.LOG_REPEAT)) == 0
    failed, attempts = rows_of(log, codes.LOG_FAILED), rows_of(log, codes.LOG_ATTEMPT)
    assert (failed[:5, TIME] < 30 * SECOND).all()
    assert attempts[:10, VALUE].tolist() == [1] * 5 + [2] * 5
    assert (attempts[5:10, TIME] - failed[:5, TIME] >= 50 * SECOND).all()
    check_conservation(log, engine)
