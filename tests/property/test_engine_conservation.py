"""Nothing is lost and nothing is counted twice, whatever fails and however small everything is."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from smsc_sim.model import codes
from tests.networks import (
    CODE,
    OTHER,
    PLACE,
    TIME,
    VALUE,
    check_channels,
    check_conservation,
    merged,
    network,
    simulate,
)

ELEMENTS = (
    *("north", "south", "main", "a", "b", "helsinki", "turku"),
    *("north-a", "north-b", "south-a", "main-b", "helsinki-a.1", "turku-b", "a-b"),
)


def more_failures(seed: int, failures: dict[str, Any]) -> dict[str, Any]:
    """Make some outages planned work or a loss of the store; draw elements that fail at random."""
    rng = np.random.default_rng([seed, 1])
    found: dict[str, Any] = {}
    for name, failure in failures.items():
        how = int(rng.integers(4))
        if how == 0:
            found[name] = {**failure, "planned": "true"}
        elif how == 1 and failure["element"] in ("north", "south"):
            found[name] = {**failure, "store": "lost"}
    if rng.random() < 0.5:
        both = [str(name) for name in rng.choice(ELEMENTS, 2, replace=False)]
        means = [f"{int(rng.integers(1, 15))} s" for _ in range(2)]
        found["chance"] = {"elements": both, "mtbf": means[0], "mttr": means[1]}
    return found


def sender_changes(seed: int) -> dict[str, Any]:
    """Draw how senders react, and what they are told."""
    rng = np.random.default_rng([seed, 7])

    def pick(*choices: Any) -> Any:
        return choices[int(rng.integers(len(choices)))]

    hasty = {"pause": pick("0 s", "2 s"), "default": {"delays": ["0 s", "2 s"], "attempts": "4"}}
    return {
        "smscs": {
            "north": {"alternate": pick(None, "south"), "receipt_rate": pick(None, "2 /s")},
            "south": {"alternate": pick(None, "north")},
        },
        "sender_policies": {"hasty": hasty},
        "populations": {"city": {"status_reports": pick("0 %", "50 %")}},
        "accounts": {
            "bank": {
                "response_timer": pick("100 ms", "1 s", "60 s"),
                "receipts": pick("none", "final", "failures"),
                "receipts_per": pick("part", "message"),
                "receipt_rate": pick(None, "3 msg/s"),
                **pick({}, {"policy": "hasty", "back_off": None, "resends": None}),
            }
        },
    }


def prepaid_changes(seed: int) -> dict[str, Any]:
    """Draw a charging node that may be slow, small or down."""
    rng = np.random.default_rng([seed, 2])
    node = {
        "rate": str(rng.choice(["2 /s", "50 /s"])),
        "queue": str(rng.choice(["0 s", "5 s"])),
        "timer": str(rng.choice(["10 ms", "3 s"])),
        "on_timeout": str(rng.choice(["allow", "refuse"])),
        "no_credit": "30 %",
    }
    return {"charging": {"ocs": node}}


def random_changes(seed: int) -> dict[str, Any]:
    """Draw a small scenario: tiny stores, pools and windows, failures, absence, coarse times."""
    rng = np.random.default_rng(seed)

    def pick(*choices: Any) -> Any:
        return choices[int(rng.integers(len(choices)))]

    def smsc() -> dict[str, Any]:
        return {
            "rate": pick("5 msg/s", "50 msg/s", "200 msg/s"),
            "units": pick("1", "2"),
            "submit_rate": pick("5 msg/s", "100 msg/s"),
            "submit_queue": pick("0 s", "100 ms", "1 s"),
            "store": pick("3 msg", "20 msg", "1000 msg"),
            "dialogues": pick("1", "3", "100"),
            "validity": pick("8 s", "30 s", "3 min"),
            "timers": {"sri_sm": pick("100 ms", "5 s"), "mt_forward_sm": pick("2 s", "20 s")},
        }

    size = int(pick(1, 5, 50))
    failures, free = {}, dict.fromkeys(ELEMENTS, 0)
    for number in range(int(rng.integers(0, 6))):
        element = pick(*ELEMENTS)
        at = free[element] + int(rng.integers(1, 20))
        length = int(rng.integers(1, 15))
        if at >= 30:
            continue
        free[element] = at + length
        failures[f"f{number}"] = {"element": element, "at": f"+{at} s", "for": f"{length} s"}
    failures |= more_failures(seed, failures)
    slow = pick("64 kbit/s", "9600 bit/s", "1984 kbit/s")
    buffer = pick("300 octets", "20000 octets")
    changes = {
        "seed": int(rng.integers(1, 1000)),
        "duration": "30 s",
        "drain": pick("0 s", "5 s", "5 min"),
        "warm_up": pick("0 s", "10 s"),
        "smscs": {"north": smsc(), "south": smsc()},
        "hlrs": {"main": {"rate": pick("10 /s", "1000 /s"), "queue": pick("0 s", "5 s")}},
        "mscs": {"turku": {"rate": pick("4 msg/s", "500 msg/s"), "queue": pick("0 s", "5 s")}},
        "link_sets": {
            name: {"speed": slow, "buffer": buffer, "propagation": pick("0 s", "5 ms")}
            for name in ("north-a", "north-b", "main-a", "turku-a")
        },
        "populations": {
            "city": {
                "size": size,
                "unknown": pick("0 %", "10 %"),
                "reachability": {
                    "mean_on": "20 s",
                    "mean_off": pick("0 s", "10 s"),
                    "noticed": pick("0 %", "50 %", "100 %"),
                    "activity": "10 s",
                    "periodic_update": "15 s",
                },
                "errors": {
                    "subscriber_busy": pick("0 %", "20 %"),
                    "system_failure": pick("0 %", "20 %"),
                },
                "radio": {"paging": pick("0 s", "1 s"), "paging_timeout": "3 s"},
            }
        },
        "accounts": {
            "bank": {
                "window": pick("1", "10"),
                "back_off": "1 s",
                "resends": pick("0", "2"),
                "latency": pick("0 s", "10 ms"),
                "receipts": pick("none", "final"),
            }
        },
        "traffic": {
            "news": {"messages": "60 msg", "rate": "10 msg/s", "text": pick("one", "three")},
            "people": {
                "kind": "person_to_person",
                "from": "city",
                "to": "city",
                "volume": f"{86400 // size} msg/day",
                "text": pick("one", "three"),
                "patience": pick("500 ms", "10 s"),
                "resend": {"probability": "80 %", "delay": "2 s", "at_most": 3},
            },
            "codes": {
                "kind": "otp",
                "account": "bank",
                "to": "city",
                "rate": "1 msg/s",
                "text": "one",
                "validity": "20 s",
            },
        },
        "retry_policies": {
            "quick": {
                "first_attempt": pick("0 s", "2 s"),
                "default": {
                    "delays": [pick("1 s", "5 s")],
                    "then": "repeat",
                    **pick({}, {"attempts": 3}),
                },
            }
        },
        "failures": failures,
        "signalling": {
            "sls_bits": pick("4", "5", "8"),
            "changeover": pick("0 s", "700 ms", "2 s"),
            "reroute": pick("0 s", "700 ms", "3 s"),
            "link_cards": pick("apart", "in_node"),
            "largest_sif": pick("272 octets", "4096 octets"),
            "address_digits": pick("12", "14"),
        },
    }
    if seed % 2 == 0:
        changes |= prepaid_changes(seed)
        changes["populations"]["city"]["prepaid"] = "50 %"
        changes["link_sets"]["ocs-a"] = {"between": ["ocs", "a"]}
    changes["mscs"]["helsinki"] = pick(
        {},
        {
            "cells": {
                "areas": 1,
                "per_area": pick(1, 3),
                "sdcchs": pick(1, 8),
                "paging": pick("2 /s", "80 /s"),
                "paging_queue": pick("0 s", "2 s"),
                "retrials": pick(0, 2),
                "retrial_delay": "2 s",
                "session": pick("0 s", "300 ms", "5 s"),
            }
        },
    )
    access = pick({"gsm": "100 %"}, {"gsm": "60 %", "sgs": "30 %", "ims": "10 %"})
    changes["populations"]["city"]["access"] = access
    return merged(changes, sender_changes(seed))


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_messages_and_segments_are_conserved(seed: int) -> None:
    """Of any small scenario every row keeps the balance, and pools and times stay in bounds."""
    scenario = network(random_changes(seed))
    log, engine = simulate(scenario)
    check_conservation(log, engine)
    check_channels(engine)
    assert (np.diff(log[:, TIME]) >= 0).all()
    taken = log[log[:, CODE] == codes.LOG_TAKEN]
    units = np.array(scenario.network.pool_units)[taken[:, PLACE]]
    assert (taken[:, VALUE] >= 0).all() and (taken[:, VALUE] <= units).all()
    assert ((taken[:, OTHER] == 0) | (taken[:, VALUE] == units)).all(), "waits beside a free unit"
    watched = {
        scenario.network.population_first[row.population] + row.phone
        for row in engine.live
        if row.kind == codes.PHONE_RETURN
    }
    flags = zip(engine.state.flag_phone, engine.state.flag_bits, strict=True)
    assert {phone - 1 for phone, bits in flags if phone and bits} == watched


def test_the_scenarios_meet_everything() -> None:
    """Thirty of the random scenarios together log every code, every cause and every state."""
    seen: dict[str, set[int]] = {"code": set(), "cause": set(), "refused": set(), "state": set()}
    for seed in range(30):
        log, _ = simulate(network(random_changes(seed)))
        seen["code"] |= set(log[:, CODE].tolist())
        seen["cause"] |= set(log[log[:, CODE] == codes.LOG_FAILED, VALUE].tolist())
        seen["refused"] |= set(log[log[:, CODE] == codes.LOG_REFUSED, VALUE].tolist())
        seen["state"] |= set(log[log[:, CODE] == codes.LOG_MESSAGE_END, OTHER].tolist())
    assert seen["code"] == set(range(1, len(codes.LOG_NAMES)))
    without = {codes.CONGESTION}
    causes = set(range(codes.UNKNOWN_SUBSCRIBER, codes.TIMEOUT + 1)) - without
    assert seen["cause"] == causes | {codes.NO_CHANNEL}
    # Silence is no refusal: an SMSC that is down answers nobody.
    refusals = {codes.CONGESTION, codes.THROTTLED, codes.STORE_FULL, codes.NO_CHANNEL}
    assert seen["refused"] == refusals
    # No store loses anything: no scenario says that it can.
    assert seen["state"] == set(range(codes.DELIVERED, codes.LOST_BY_STORE))
