"""Small scenarios at random: every feature of the network, coarse times, tiny stores and pools."""

from itertools import accumulate
from typing import Any

import numpy as np

from smsc_sim.model.arrivals import next_arrival_ns
from smsc_sim.model.causes import HLR_ERRORS, MSC_ERRORS, PHONE_ERRORS
from smsc_sim.model.codes import BY_TABLE, NEVER, NOBODY
from smsc_sim.model.network import Network
from smsc_sim.model.state import empty_state
from smsc_sim.scenario.nodes import NODE_KINDS
from tests.networks import merged, network, tree_of

OWN_KEYS = ("subscriber_busy", "system_failure")  # of errors: no part of at_hlr and at_msc


class Choice:
    """Draws of one part of a scenario: those of other parts do not change them."""

    def __init__(self, seed: int, part: int) -> None:
        self.rng = np.random.default_rng([seed, part])

    def pick(self, *choices: Any) -> Any:
        """One of several values."""
        return choices[int(self.rng.integers(len(choices)))]

    def chance(self, share: float) -> bool:
        """Whether something is so."""
        return bool(self.rng.random() < share)


def sender_changes(seed: int) -> dict[str, Any]:
    """Draw how senders react, and what they are told."""
    pick = Choice(seed, 7).pick
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
                "binds": pick("1", "2"),
                "receipts": pick("none", "final", "failures"),
                "receipts_per": pick("part", "message"),
                "receipt_rate": pick(None, "3 msg/s"),
                **pick({}, {"policy": "hasty", "back_off": None, "resends": None}),
            }
        },
    }


def prepaid_changes(seed: int) -> dict[str, Any]:
    """Draw a charging node that may be slow, small or down; or none."""
    choice = Choice(seed, 2)
    if choice.chance(0.5):
        return {}
    node = {
        "rate": choice.pick("2 /s", "50 /s"),
        "queue": choice.pick("0 s", "5 s", "2 msg"),
        "timer": choice.pick("10 ms", "3 s"),
        "on_timeout": choice.pick("allow", "refuse"),
        "no_credit": "30 %",
    }
    return {
        "charging": {"ocs": node},
        "populations": {"city": {"prepaid": "50 %"}},
        "link_sets": {"ocs-a": {"between": ["ocs", "a"]}},
    }


def radio_changes(seed: int) -> dict[str, Any]:
    """Draw cells with few channels, how phones reach them, and calls and updates there."""
    choice = Choice(seed, 3)
    pick = choice.pick
    access = pick({"gsm": "100 %"}, {"gsm": "60 %", "sgs": "30 %", "ims": "10 %"})
    changes: dict[str, Any] = {"populations": {"city": {"access": access}}}
    if choice.chance(0.4):
        return changes
    cells = {
        "areas": 1,
        "per_area": pick(1, 3),
        "sdcchs": pick(1, 8),
        "tchs": pick(None, 1, 3),
        "paging": pick("2 /s", "80 /s"),
        "paging_queue": pick("0 s", "2 s"),
        "retrials": pick(0, 2),
        "retrial_delay": "2 s",
        "session": pick("0 s", "300 ms", "5 s", "5 s"),
    }
    retrials = {"probability": "70 %", "delay": "1 s", "at_most": pick(0, 2)}
    calls = {
        "kind": "calls",
        "from": "city",
        "rate": pick("500 /h", "1 /s"),
        "duration": pick("3 s", {"exponential": {"mean": "5 s"}}),
        "retrials": retrials,
    }
    updates = {"kind": "location_updates", "from": "city", "rate": "1 /s", "retrials": retrials}
    changes["mscs"] = {"helsinki": {"cells": {k: v for k, v in cells.items() if v is not None}}}
    changes["background"] = pick({}, {"calls": calls}, {"calls": calls, "updates": updates})
    return changes


def session_changes(seed: int) -> dict[str, Any]:
    """Draw cells where a channel is kept for the segment that follows, every fourth time.

    Texts are long, and most segments get as far as a phone that is there.
    """
    if seed % 4 != 1:
        return {}
    pick = Choice(seed, 12).pick
    cells = {"areas": 1, "per_area": pick(1, 3), "sdcchs": pick(4, 8), "paging": "80 /s"}
    cells |= {"session": pick("300 ms", "5 s", "20 s"), "retrials": pick(0, 2)}
    smsc = {"rate": "200 msg/s", "submit_rate": "100 msg/s", "submit_queue": "1 s"}
    smsc |= {"store": "1000 msg", "dialogues": "100", "validity": pick("30 s", "3 min")}
    smsc |= {"timers": {"sri_sm": "5 s", "mt_forward_sm": "20 s"}}
    return {
        "smscs": {"north": smsc, "south": smsc},
        "hlrs": {"main": {"rate": "1000 /s", "queue": "5 s"}},
        "mscs": {"helsinki": {"cells": cells}, "turku": {"rate": "500 msg/s"}},
        "link_sets": {
            name: {"speed": "1984 kbit/s", "buffer": "20000 octets"}
            for name in ("north-a", "north-b", "main-a", "turku-a")
        },
        "populations": {
            "city": {
                "size": 50,
                "memory": {"full": pick("0 %", "20 %")},
                "access": {"gsm": "100 %", "sgs": None, "ims": None},
                "reachability": {"mean_off": pick("0 s", "5 s")},
                "errors": dict.fromkeys(OWN_KEYS, pick("0 %", "10 %")),
            }
        },
        "accounts": {"bank": {"store": None}},
        "traffic": {
            "news": {"text": "three"},
            "people": {"text": "three", "volume": f"{86400 // 50} msg/day"},
        },
    }


def offnet_changes(seed: int) -> dict[str, Any]:
    """Draw routes through hubs that refuse and lie, a foreign network and what comes in."""
    choice = Choice(seed, 4)
    pick = choice.pick
    if choice.chance(0.4):
        return {}
    part = choice.rng.integers(1, 4)
    changes: dict[str, Any] = {"populations": {}, "traffic": {"news": {"to": {"city": "50 %"}}}}
    to = changes["traffic"]["news"]["to"]
    if part & 1:
        hub = {
            "rate": pick("3 msg/s", "50 msg/s"),
            "queue": pick("0 s", "1 s"),
            "delay": pick("50 ms", "3 s", {"lognormal": {"median": "1 s", "sigma": 1}}),
            "outcomes": {
                "delivered": "60 %",
                "absent_subscriber": "20 %",
                "waiting_list_full": "20 %",
            },
            "receipts": pick("honest", "fake"),
        }
        changes["routes"] = {"hub": hub, "spare": {**hub, "receipts": "fake"}}
        changes["populations"]["abroad"] = {
            "size": 9,
            "country": "SE",
            "route": pick(["hub"], ["hub", "spare"]),
        }
        changes["smscs"] = {"north": {"timers": {"receipt": pick("2 s", "1 h")}}}
        to["abroad"] = "25 %"
    if part & 2:
        changes["networks"] = {
            "telia": {
                "answer_time": {"exponential": {"mean": pick("50 ms", "1 s")}},
                "delivery_time": pick("100 ms", "3 s"),
                "hlr": {"found": "90 %", "unknown_subscriber": "10 %"},
                "msc": {"delivered": "80 %", "absent_subscriber": "10 %", "system_failure": "10 %"},
            }
        }
        changes["populations"]["roamers"] = {"size": 20, "country": "NO", "network": "telia"}
        changes["link_sets"] = {"telia-a": {"between": ["telia", "a"]}}
        changes["traffic"]["theirs"] = {
            "kind": "incoming",
            "smsc": "south",
            "to": "city",
            "rate": "1 msg/s",
            "text": pick("one", "three"),
        }
        to["roamers"] = "25 %"
    to["city"] = f"{100 - 25 * (len(to) - 1)} %"
    changes["accounts"] = {"bank": {"rate": pick("50 msg/s", "200 msg/s")}}
    return changes


def smsc_changes(seed: int) -> dict[str, Any]:
    """Draw how each SMSC tells classes and destinations apart, and when it stores."""
    choice = Choice(seed, 5)
    pick = choice.pick

    def smsc() -> dict[str, Any]:
        sharing = pick(
            {},
            {"priorities": {"otp": 1, "campaign": 3}},
            {"sharing": "weighted", "weights": {"otp": "5", "campaign": "0.5"}},
        )
        return {
            **sharing,
            **pick({}, {"dialogues": "2", "pools": {"otp": {"dialogues": 1}}}),
            "limits": pick({}, {"per_hlr": 1, "per_msc": 1, "per_country": 2}, {"per_msc": 3}),
            "service": pick("constant", "exponential"),
            "submit_queue": pick("0 s", "1 s", "2 msg"),
            "store_time": pick("0 s", "3 ms"),
            "delivery": pick("store_first", "store_first", "first_attempt"),
            "retry_rate": pick(None, "2 msg/s"),
            "sri_cache": pick("0 s", "10 s"),
            "retry": pick("quick", {"default": "quick", "otp": "hasty"}),
        }

    smscs = {"north": smsc(), "south": smsc()}
    changes = {
        "smscs": smscs,
        "retry_policies": {
            "hasty": {"default": {"delays": ["1 s"], "then": "repeat", "attempts": "8"}}
        },
        "accounts": {"bank": {"store": pick(None, "5 msg")}},
    }
    if any(part["delivery"] == "first_attempt" for part in smscs.values()):
        changes["retry_policies"]["quick"] = {"first_attempt": "0 s"}
        changes["accounts"]["bank"]["store"] = None
    return changes


def phone_changes(seed: int) -> dict[str, Any]:
    """Draw what the HLR and the phones refuse: barred, ported, roaming, full, errors by chance."""
    choice = Choice(seed, 6)
    pick = choice.pick
    city: dict[str, Any] = {
        "barred": pick("0 %", "10 %"),
        "memory": {"full": pick("0 %", "50 %"), "mean_full": pick("5 s", "20 s")},
        "ported": pick(None, {"share": "30 %"}),
        "roaming": pick(None, {"share": "20 %", "mscs": "turku"}),
        "errors": {"alert_after": pick("2-5 s", "1-2 min")},
    }
    if choice.chance(0.5):
        single = [cause for cause in (*MSC_ERRORS, *PHONE_ERRORS) if cause not in OWN_KEYS]
        city["errors"]["at_hlr"] = dict.fromkeys(HLR_ERRORS, "2 %")
        city["errors"]["at_msc"] = dict.fromkeys(single, "3 %")
    return {"populations": {"city": city}}


def reply_changes(seed: int) -> dict[str, Any]:
    """Draw who answers: people each other, phones an account and the account them."""
    choice = Choice(seed, 9)
    pick = choice.pick
    replies = {
        "probability": pick("100 %", ["100 %", "60 %"]),
        "at_most": pick(1, 4),
        "delay": pick("0 s", "1 s", {"exponential": {"mean": "1 s"}}),
        "text": pick("one", "three"),
    }
    answered = pick((), (), ("people",), ("news", "codes"), ("people", "news", "codes"))
    traffic: dict[str, Any] = {name: {"replies": replies} for name in answered}
    if seed % 8 == 6:  # some people write in bursts of their own
        traffic.setdefault("people", {})["gaps"] = {"longest": pick("10 min", "1 d")}
    return {"traffic": traffic}


def element_changes(seed: int) -> dict[str, Any]:
    """Draw random service times, lines with places, firewalls and links of many kinds."""
    choice = Choice(seed, 8)
    pick = choice.pick
    changes: dict[str, Any] = {
        "hlrs": {"main": {"service": pick("constant", "exponential")}},
        "mscs": {"turku": {"service": pick("constant", "exponential")}},
        "stps": {"b": {"rate": pick("50 msg/s", "4000 msg/s"), "queue": pick("0 s", "2 msg")}},
        "link_sets": {
            "north-a": {"links": pick(1, 2, 3), "congestion": pick([], ["20 %", "50 %", "90 %"])},
            "south-b": pick({}, {"transport": "m3ua", "msu_rate": "200 /s", "msu_buffer": "3 msg"}),
            "a-b": {"links": pick(1, 2)},
        },
    }
    if choice.chance(0.3):
        wall = {"rate": pick("10 msg/s", "2000 msg/s"), "queue": pick("0 s", "1 s", "2 msg")}
        changes["firewalls"] = {"wall": wall, **pick({}, {"moat": wall})}
        changes["link_sets"] |= {
            f"{name}-a": {"between": [name, "a"]} for name in changes["firewalls"]
        }
    return changes


def login_changes(seed: int) -> dict[str, Any]:
    """Draw who logs in: hasty or patient, with a second route, a call or no fallback; or nobody."""
    choice = Choice(seed, 10)
    pick = choice.pick
    if choice.chance(0.3):
        return {}
    person = {
        "patience": pick("15 s", "60 s", {"exponential": {"mean": "20 s"}}),
        "typing": pick("0 s", "3 s", {"lognormal": {"median": "4 s", "sigma": "0.7"}}),
        "codes": pick(1, 2, 4),
        "resend_after": pick("2 s", "6 s", {"exponential": {"mean": "5 s"}}),
        "expires": pick("4 s", "5 min"),
    }
    voice = {"price": "0.03 USD", "answered": "60 %", "duration": pick("4 s", "10 s")}
    after = pick("3 s", "8 s")
    fallback = pick(None, {"account": "spare"}, {"account": "spare"}, {"voice": voice})
    if fallback is not None:
        person["fallback"] = {"after": after, **fallback}
    spare = {"smsc": "south", "latency": pick("0 s", "10 ms")}
    return {"accounts": {"spare": spare}, "traffic": {"codes": {"person": person}}}


def calm_changes(seed: int) -> dict[str, Any]:
    """Draw people who log in over a network that mostly works, so that codes do come.

    Times are coarse: codes come, people leave and ask for more in the same instants.
    """
    pick = Choice(seed, 11).pick
    codes = {"kind": "otp", "account": "bank", "to": "abroad", "rate": "3 msg/s", "text": "one"}
    hub = {
        "rate": "200 msg/s",
        "latency": "0 s",
        "delay": pick("1 s", "4 s", {"exponential": {"mean": "5 s"}}),
        "outcomes": {"delivered": "80 %", "absent_subscriber": "20 %"},
    }
    base = {
        "seed": seed + 1,
        "duration": "30 s",
        "warm_up": pick("0 s", "10 s"),
        "drain": "2 min",
        "smscs": {"north": {"rate": "200 msg/s"}, "south": {"rate": "200 msg/s"}},
        "routes": {"hub": hub},
        "populations": {"abroad": {"size": 200, "country": "SE", "route": "hub"}},
        "accounts": {"bank": {"latency": "0 s"}},
        "failures": pick({}, {"f": {"element": "north", "at": "+10 s", "for": "8 s"}}),
        "traffic": {"codes": codes, "news": {"to": "abroad", "text": pick("one", "three")}},
    }
    return merged(base, login_changes(seed))


def elements_of(changes: dict[str, Any]) -> list[str]:
    """Names of all that can fail: nodes, link sets, single links."""
    tree = tree_of(changes)
    sets = tree["link_sets"]
    links = [f"{name}.{n + 1}" for name in sets for n in range(int(sets[name].get("links", 1)))]
    maps = [row.key for row in NODE_KINDS]
    return [*(name for key in maps for name in tree.get(key, {})), *sets, *links]


def failure_changes(seed: int, elements: list[str]) -> dict[str, Any]:
    """Draw outages of any element: breakdowns, planned work, lost stores, failures at random."""
    choice = Choice(seed, 1)
    rng, pick = choice.rng, choice.pick
    smscs = ["north", "south"]
    # Stores, cells and hubs fail more often than their share of the elements.
    often = [name for name in (*smscs, "helsinki", "hub") if name in elements]
    likely = [*elements, *(3 * often)]
    free = dict.fromkeys(elements, 0)
    failures: dict[str, Any] = {}
    for number in range(int(rng.integers(0, 6))):
        element = pick(*likely)
        at = free[element] + int(rng.integers(1, 20))
        length = int(rng.integers(1, 15))
        if at >= 30:
            continue
        free[element] = at + length
        how = pick({}, {}, {"planned": "true"}, {"store": "lost"})
        if "store" in how and element not in smscs:
            how = {}
        where = {"element": element, "at": f"+{at} s", "for": f"{length} s"}
        failures[f"f{number}"] = {**where, **how}
    if choice.chance(0.4):
        both = [str(name) for name in rng.choice(elements, 2, replace=False)]
        means = [f"{int(rng.integers(1, 15))} s" for _ in range(2)]
        failures["chance"] = {"elements": both, "mtbf": means[0], "mttr": means[1]}
    return {"failures": failures}


def random_changes(seed: int) -> dict[str, Any]:
    """Draw a small scenario: tiny stores, pools and windows, failures, absence, coarse times.

    A key that is None is taken away again.
    """
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
                    "mean_off": pick("0 s", "10 s", "10 s"),
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
                "batch": pick("1", "3"),
                "bursts": pick(
                    {},
                    {
                        "calm": {"factor": "1", "mean": "20 s"},
                        "busy": {"factor": "5", "mean": "5 s"},
                        "off": {"factor": "0", "mean": "5 s"},
                    },
                ),
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
        "signalling": {
            "sls_bits": pick("4", "5", "8"),
            "changeover": pick("0 s", "700 ms", "2 s"),
            "reroute": pick("0 s", "700 ms", "3 s"),
            "link_cards": pick("apart", "in_node"),
            "largest_sif": pick("272 octets", "4096 octets"),
            "address_digits": pick("12", "14"),
        },
    }
    parts = (radio_changes, prepaid_changes, offnet_changes, smsc_changes, phone_changes)
    for part in (*parts, reply_changes):
        changes = merged(changes, part(seed))
    for part in (element_changes, sender_changes, session_changes):
        changes = merged(changes, part(seed))
    return merged(changes, failure_changes(seed, elements_of(changes)))


GRIDS_NS = (1, 10_000_000, 50_000_000, 250_000_000)  # 1: no grid


def on_grid(network: Network, grid_ns: int) -> Network:
    """The same network by a coarse clock: what lasts lasts whole ticks, and so much more ties.

    Sources with a rate bring their messages at the same times, rounded; every MSU takes a tick on a
    link.  Spells of phones, random outages and other times drawn from distributions keep their
    nanoseconds.
    """
    if grid_ns == 1:
        return network
    changes = {
        name: _rounded(value, grid_ns)
        for name, value in network._asdict().items()
        if name.endswith("_ns") and name not in ("set_octet_ns", "quantile_ns", "price_starts_ns")
    }
    tables = [_arrivals_ns(network, source, grid_ns) for source in range(len(network.source_limit))]
    rows = sum(map(len, tables))
    changes |= {
        "set_msu_ns": [grid_ns] * network.link_sets,
        "source_arrivals": [BY_TABLE] * len(tables),
        "source_limit": [len(table) for table in tables],
        "table_first": [0, *accumulate(map(len, tables))],
        "table_ns": [time_ns for table in tables for time_ns in table],
        "station_is_random": [0] * network.stations,
    }
    changes |= dict.fromkeys(
        ("table_population", "table_phone", "table_sender", "table_text"), [NOBODY] * rows
    )
    return network._replace(**changes)


def _rounded(value: Any, grid_ns: int) -> Any:
    """A time or a column of them in whole ticks, at least one where it is not 0 or never."""
    if not isinstance(value, int | float):
        return [_rounded(part, grid_ns) for part in value]
    if value <= 0 or value >= NEVER:
        return value
    return type(value)(max(1, round(value / grid_ns)) * grid_ns)


def _arrivals_ns(network: Network, source: int, grid_ns: int) -> list[int]:
    """Times at which a source brings something, in whole ticks."""
    state, found = empty_state(network), list[int]()
    end_ns = network.duration_ns + network.drain_ns
    while True:
        time_ns = next_arrival_ns(network, state, source, len(found))
        if time_ns >= end_ns:
            return found
        found.append(time_ns // grid_ns * grid_ns)


def grid_of(seed: int) -> int:
    """Draw the tick of a network's clock."""
    return int(Choice(seed, 9).pick(*GRIDS_NS))


def random_network(seed: int) -> Network:
    """A small network at random, by a clock that is drawn too."""
    return on_grid(network(random_changes(seed)).network, grid_of(seed))


def login_network(seed: int) -> Network:
    """People who log in, by a clock that is drawn too: see `login_scenario`."""
    return on_grid(network(login_scenario(seed)).network, grid_of(seed))


def login_scenario(seed: int) -> dict[str, Any]:
    """People who log in: two times in three over a network that mostly works, else over any.

    One time in three the operator of many limits their codes.
    """
    if seed % 3 == 2:
        beyond = "queue" if seed % 2 else "fail"
        limits = {"SE": {"per_minute": 600, "per_day": 40, "beyond_day": beyond}}
        return merged(calm_changes(seed), {"accounts": {"bank": {"limits": limits}}})
    if seed % 3:
        return calm_changes(seed)
    return merged(random_changes(seed), login_changes(seed))
