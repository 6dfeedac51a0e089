"""Every broken scenario gets its full line: place, key, problem, value and remedy."""

from pathlib import Path

import pytest

from smsc_sim.scenario.compile import compile_scenario
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import load
from smsc_sim.scenario.references import too_many_of_a_kind
from smsc_sim.scenario.schema import Scenario

BASE = """\
start: 2026-12-31T18:00 Europe/Helsinki
duration: 8 h
smscs:
  north: {rate: 400 msg/s}
hlrs:
  main: {rate: 2000 /s}
stps:
  a: {}
mscs:
  helsinki: {}
link_sets:
  north-a: {between: [north, a]}
  a-helsinki: {between: [a, helsinki]}
populations:
  city: {size: 1000, country: FI}
accounts:
  bank: {}
traffic:
  people: {kind: person_to_person, from: city, volume: 3 msg/day, to: city}
  codes: {kind: otp, account: bank, to: city, rate: 1 msg/s}
failures:
  down: {element: a, at: 21:00, for: 10 min}
targets:
  quick: {class: otp, within: 30 s, at_least: 99 %}
"""

# (text of BASE, what stands there instead, lines after "peak.yaml:").
KNOWN = sorted({*Scenario.model_fields, "extends", "variants"})  # keys of a file

BROKEN = [
    (
        "rate: 400 msg/s",
        "rate: 400 ms",
        [
            "4:17: smscs.north.rate: needs a rate in messages per second (got '400 ms'); write "
            "e.g. 400 msg/s",
        ],
    ),
    (
        "rate: 400 msg/s",
        "rate: 400",
        [
            "4:17: smscs.north.rate: needs a rate in messages per second (got '400'); write e.g"
            ". 400 msg/s",
        ],
    ),
    (
        "rate: 400 msg/s",
        "rate: 0 msg/s",
        [
            "4:17: smscs.north.rate: must be more than 0 (got '0 msg/s')",
        ],
    ),
    (
        "rate: 400 msg/s",
        "rate: -1 msg/s",
        [
            "4:17: smscs.north.rate: must not be negative (got '-1 msg/s')",
        ],
    ),
    (
        "rate: 400 msg/s",
        "rate: .nan",
        [
            "4:17: smscs.north.rate: needs a rate in messages per second (got '.nan'); write e."
            "g. 400 msg/s",
        ],
    ),
    (
        "rate: 400 msg/s",
        "rate: .inf msg/s",
        [
            "4:17: smscs.north.rate: needs a rate in messages per second (got '.inf msg/s'); wr"
            "ite e.g. 400 msg/s",
        ],
    ),
    (
        "rate: 400 msg/s",
        "rate:",
        [
            "4:15: is no YAML: found unexpected ':'; check indentation, colons and quotes",
        ],
    ),
    (
        "{rate: 400 msg/s}",
        "{}",
        [
            "4:3: smscs.north.rate: is missing; add e.g. rate: 400 msg/s",
        ],
    ),
    (
        "rate: 400 msg/s",
        "rat: 400 msg/s",
        [
            "4:3: smscs.north.rate: is missing; add e.g. rate: 400 msg/s",
            "4:11: smscs.north.rat: there is no such key; did you mean 'rate'?",
        ],
    ),
    (
        "  north: {rate: 400 msg/s}",
        "  north:",
        [
            "4:9: smscs.north: needs keys below it",
        ],
    ),
    (
        "{rate: 400 msg/s}",
        "{rate: 400 msg/s, units: 1.5}",
        [
            "4:35: smscs.north.units: must be a whole number (got '1.5')",
        ],
    ),
    (
        "{rate: 400 msg/s}",
        "{rate: 400 msg/s, units: 0}",
        [
            "4:35: smscs.north.units: must be at least 1 (got '0')",
        ],
    ),
    (
        "{rate: 400 msg/s}",
        "{rate: 400 msg/s, rate: 1 msg/s}",
        [
            "4:28: smscs.north.rate: is given twice, first at peak.yaml:4:11; remove one",
        ],
    ),
    (
        "{rate: 400 msg/s}",
        "{rate: 400 msg/s, retry: typical-operater}",
        [
            "4:35: smscs.north.retry: no retry policy is called 'typical-operater'; did you mea"
            "n 'typical-operator'?",
        ],
    ),
    (
        "{rate: 400 msg/s}",
        "{rate: 400 msg/s, timers: {sri: 3 s}}",
        [
            "4:37: smscs.north.timers.sri: there is no such key; did you mean 'sri_sm'?",
        ],
    ),
    (
        "{rate: 400 msg/s}",
        "{rate: 400 msg/s, validity: 0 s}",
        [
            "4:38: smscs.north.validity: must be more than 0 (got '0 s')",
        ],
    ),
    (
        "{rate: 400 msg/s}",
        "{rate: 400 msg/s, validity: 11 years}",
        [
            "4:38: smscs.north.validity: needs a duration; there is no unit 'years' (got '11 ye"
            "ars'); write e.g. 30 s",
        ],
    ),
    (
        "{rate: 400 msg/s}",
        "{rate: 400 msg/s, validity: 4000 days}",
        [
            "4:38: smscs.north.validity: must be at most 87600 h (got '4000 days')",
        ],
    ),
    (
        "  north: {rate: 400 msg/s}",
        "  no.rth: {rate: 400 msg/s}",
        [
            "4:3: smscs.no.rth: needs a name (got 'no.rth'); use at most 40 letters, digits, '_"
            "' and '-', e.g. north_1",
            "12:23: link_sets.north-a.between.1: no element is called 'north'; did you mean 'no"
            ".rth'?",
        ],
    ),
    (
        "helsinki: {}",
        "north: {}",
        [
            "10:3: mscs.north: is the name of another element already, in smscs at peak.yaml:4:"
            "3; choose another name",
            "13:29: link_sets.a-helsinki.between.2: no element is called 'helsinki'; known: a, "
            "main, north",
        ],
    ),
    (
        "between: [north, a]",
        "between: [nort, a]",
        [
            "12:23: link_sets.north-a.between.1: no element is called 'nort'; did you mean 'nor"
            "th'?",
        ],
    ),
    (
        "between: [north, a]",
        "between: [a, a]",
        [
            "12:22: link_sets.north-a.between: must join two different elements; name another e"
            "lement",
        ],
    ),
    (
        "between: [north, a]",
        "between: north",
        [
            "12:22: link_sets.north-a.between: needs the names of two elements; write e.g. [nor"
            "th, a]",
        ],
    ),
    (
        "between: [north, a]}",
        "between: [north, a], links: 17}",
        [
            "12:41: link_sets.north-a.links: must be at most 16 (got '17')",
        ],
    ),
    (
        "between: [north, a]}",
        "between: [north, a], speed: 64 kbit}",
        [
            "12:41: link_sets.north-a.speed: needs a speed in bits per second (got '64 kbit'); "
            "write e.g. 64 kbit/s",
        ],
    ),
    (
        "between: [north, a]}",
        "between: [north, a], transport: tcp}",
        [
            "12:45: link_sets.north-a.transport: must be mtp2 or m3ua (got 'tcp')",
        ],
    ),
    (
        "between: [north, a]}",
        "between: [north, a], buffer: 10 bit}",
        [
            "12:42: link_sets.north-a.buffer: must be a whole number (got '10 bit')",
        ],
    ),
    (
        "country: FI",
        "country: UK",
        [
            "15:31: populations.city.country: needs a country code of ISO 3166-1, two capital l"
            "etters (got 'UK'); did you mean 'GB'?",
        ],
    ),
    (
        "country: FI",
        "country: fi",
        [
            "15:31: populations.city.country: needs a country code of ISO 3166-1, two capital l"
            "etters (got 'fi'); did you mean 'FI'?",
        ],
    ),
    (
        "country: FI}",
        "country: FI, mscs: {helsinki: 60 %}}",
        [
            "15:35: populations.city.mscs: shares must sum to 100 %, they sum to 60 %; change o"
            "ne of them",
        ],
    ),
    (
        "country: FI}",
        "country: FI, mscs: {helsinki: 0.6}}",
        [
            "15:52: populations.city.mscs.helsinki: needs a share in per cent (got '0.6'); writ"
            "e e.g. 60 %",
        ],
    ),
    (
        "country: FI}",
        "country: FI, mscs: helsinky}",
        [
            "15:41: populations.city.mscs: no MSC is called 'helsinky'; did you mean 'helsinki'?",
        ],
    ),
    (
        "country: FI}",
        "country: FI, hlr: man}",
        [
            "15:40: populations.city.hlr: no HLR is called 'man'; did you mean 'main'?",
        ],
    ),
    (
        "country: FI}",
        "country: FI, unknown: 101 %}",
        [
            "15:44: populations.city.unknown: must be at most 100 % (got '101 %')",
        ],
    ),
    (
        "size: 1000",
        "size: 2147483648",
        [
            "15:16: populations.city.size: must be at most 2147483647 (got '2147483648')",
        ],
    ),
    (
        "size: 1000",
        "size: many",
        [
            "15:16: populations.city.size: needs a whole number (got 'many'); write e.g. 5",
        ],
    ),
    (
        "size: 1000",
        "size: 1_000",
        [
            "15:16: populations.city.size: needs a whole number (got '1_000'); write e.g. 5",
        ],
    ),
    (
        "kind: otp",
        "kind: opt",
        [
            "20:17: traffic.codes.kind: must be one of campaign, desktop_widget, im_gateway, "
            "incoming, news_alert, otp, person_to_person, recurring, sports_ticker, survey, trace, "
            "triggered (got 'opt'); did you mean 'otp'?",
            "24:18: targets.quick.class: no traffic has the class 'otp'; known: person_to_person",
        ],
    ),
    (
        "kind: otp, ",
        "",
        [
            "20:3: traffic.codes.kind: is missing; add one of campaign, desktop_widget, "
            "im_gateway, incoming, news_alert, otp, person_to_person, recurring, sports_ticker, "
            "survey, trace, triggered",
            "24:18: targets.quick.class: no traffic has the class 'otp'; known: person_to_person",
        ],
    ),
    (
        "volume: 3 msg/day",
        "volume: 3 s",
        [
            "19:56: traffic.people.volume: needs a volume in messages per day and person (got '"
            "3 s'); write e.g. 3 msg/day",
        ],
    ),
    (
        "to: city, rate",
        "to: {city: 50 %, town: 50 %}, rate",
        [
            "20:54: traffic.codes.to.town: no population is called 'town'; known: city",
        ],
    ),
    (
        "rate: 1 msg/s}",
        "rate: 1 msg/s, priority: yes}",
        [
            "20:72: traffic.codes.priority: must be true or false (got 'yes')",
        ],
    ),
    (
        "rate: 1 msg/s}",
        "rate: 1 msg/s, profile: eveing}",
        [
            "20:71: traffic.codes.profile: no profile is called 'eveing'; did you mean 'evening'?",
        ],
    ),
    (
        "at: 21:00",
        "at: 17:59",
        [
            "22:26: failures.down.at: is outside the 8 h that are simulated (got '17:59'); choo"
            "se a moment from 2026-12-31T18:00:00 Europe/Helsinki until 2027-01-01T02:00:00 Eur"
            "ope/Helsinki",
        ],
    ),
    (
        "at: 21:00",
        "at: +8 h",
        [
            "22:26: failures.down.at: is outside the 8 h that are simulated (got '+8 h'); choos"
            "e a moment from 2026-12-31T18:00:00 Europe/Helsinki until 2027-01-01T02:00:00 Euro"
            "pe/Helsinki",
        ],
    ),
    (
        "at: 21:00",
        "at: 25:00",
        [
            "22:26: failures.down.at: there is no such day or time (got '25:00'); write e.g. 21"
            ":00, 2026-12-31T21:00 or +3 h",
        ],
    ),
    (
        "at: 21:00",
        "at: noon",
        [
            "22:26: failures.down.at: needs a moment (got 'noon'); write e.g. 21:00, 2026-12-31"
            "T21:00 or +3 h",
        ],
    ),
    (
        "element: a,",
        "element: b,",
        [
            "22:19: failures.down.element: no element is called 'b'; known: a, a-helsinki, hels"
            "inki, main, north, north-a",
        ],
    ),
    (
        "for: 10 min",
        "for: 0 s",
        [
            "22:38: failures.down.for: must be more than 0 (got '0 s')",
        ],
    ),
    (
        "for: 10 min}",
        "for: 10 min}\n  again: {element: a, at: 21:05, for: 1 s}",
        [
            "23:27: failures.again.at: begins while 'a' is still out of service by 'down'; join"
            " the two, or move one",
        ],
    ),
    (
        "class: otp",
        "class: opt",
        [
            "24:18: targets.quick.class: no traffic has the class 'opt'; did you mean 'otp'?",
        ],
    ),
    (
        "within: 30 s, ",
        "",
        [
            "24:3: targets.quick.within: is missing; add e.g. within: 30 s",
        ],
    ),
    (
        "class: otp, within: 30 s",
        "measure: speed",
        [
            "24:20: targets.quick.measure: must be one of call_blocking, delivery_ratio, "
            "logins_within, utilisation, within (got 'speed')",
        ],
    ),
    (
        "Europe/Helsinki",
        "Europe/Helsinky",
        [
            "1:8: start: there is no time zone 'Europe/Helsinky' (got '2026-12-31T18:00 Europe/"
            "Helsinky'); did you mean 'Europe/Helsinki'?",
        ],
    ),
    (
        "18:00 Europe/Helsinki",
        "18:00",
        [
            "1:8: start: needs a time zone after the time (got '2026-12-31T18:00'); write e.g. "
            "2026-12-31T18:00 Europe/Helsinki",
        ],
    ),
    (
        "2026-12-31",
        "2026-02-30",
        [
            "1:8: start: there is no such day or time (got '2026-02-30T18:00 Europe/Helsinki');"
            " write e.g. 2026-12-31T18:00 Europe/Helsinki",
        ],
    ),
    (
        "2026-12-31T18:00 Europe/Helsinki",
        "2026-03-29T03:30 Europe/Helsinki",
        [
            "1:8: start: does not exist in Europe/Helsinki: the clocks are put forward over it "
            "(got '2026-03-29T03:30 Europe/Helsinki'); choose another time",
        ],
    ),
    (
        "2026-12-31T18:00 Europe/Helsinki",
        "2026-10-25T03:30 Europe/Helsinki",
        [
            "1:8: start: occurs twice in Europe/Helsinki: the clocks are put back over it (got "
            "'2026-10-25T03:30 Europe/Helsinki'); choose another time",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nwarm_up: 8 h",
        [
            "3:10: warm_up: must be shorter than the duration, 8 h; shorten it",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\ninterval: 1 ms",
        [
            "3:11: interval: makes more than 1000000 intervals in 8 h; choose a longer one",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nseed: -1",
        [
            "3:7: seed: needs a whole number from 0 to 9223372036854775807 (got '-1'); write e."
            "g. 1",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nname: ../x",
        [
            "3:7: name: must be fit for a file name (got '../x'); use at most 80 letters, digit"
            "s, '_', '-' and '.'",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nreplications: 0",
        [
            "3:15: replications: must be at least 1 (got '0')",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\ncolour: red",
        [
            f"3:1: colour: there is no such key; known: {', '.join(KNOWN[:12])} "
            f"and {len(KNOWN) - 12} more",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nrates: list-2025",
        [
            "3:8: rates: is no shipped rate card and no .csv file (got 'list-2025'); did you me"
            "an 'list-2026'?",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nrates: {fallback: {retail: 0.10 XXY}}",
        [
            "3:28: rates.fallback.retail: there is no currency 'XXY' (got '0.10 XXY'); did you "
            "mean 'XXX'?",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nrates: {fallback: {retail: 0.0000001 EUR}}",
        [
            "3:28: rates.fallback.retail: must not be finer than one millionth (got '0.0000001 "
            "EUR'); write at most 6 decimals",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nrates: cards/x.csv",
        [
            "3:8: rates: there is no such file (got 'cards/x.csv'); check the name; it is relat"
            "ive to this file",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\ntexts: {mine: {gsm7: {'10': 50 %}}}",
        [
            "3:9: texts.mine: shares of gsm7 and ucs2 together must sum to 100 %, they sum to 5"
            "0 %; change one of them",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\ntexts: {mine: {gsm7: {'10-5': 100 %}}}",
        [
            "3:23: texts.mine.gsm7.10-5: must be from low to high, at most 9486 (got '10-5'); "
            'write e.g. "1-10"',
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nprofiles: {mine: {hours: [1, 2]}}",
        [
            "3:26: profiles.mine.hours: needs 24 weights, one for each hour; 2 were given",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nretry_policies: {mine: {default: {delays: [0 s], then: repeat}}}",
        [
            "3:25: retry_policies.mine.default: would repeat without end, faster than once a se"
            "cond; give attempts, or a longer last delay",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nretry_policies: {mine: {default: {delays: [1 s, x]}}}",
        [
            "3:49: retry_policies.mine.default.delays.2: needs a duration (got 'x'); write e.g."
            " 30 s",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nretry_policies: {mine: {default: {delays: [1 s]}, "
        "causes: {subscriber_buzy: {delays: [1 s]}}}}",
        [
            "3:60: retry_policies.mine.causes.subscriber_buzy: is no cause of a failed attempt (got"
            " 'subscriber_buzy'); did you mean 'subscriber_busy'?",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nretry_policies: {mine: {default: {delays: [1 s]}, permanent: timeout}}",
        [
            "3:62: retry_policies.mine.permanent: needs a list of causes; write e.g."
            " [unknown_subscriber]",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nretry_policies: {mine: {default: {delays: [1 s]}, "
        "causes: {illegal_subscriber: {delays: [1 s]}}}}",
        [
            "3:18: retry_policies.mine: gives a schedule to illegal_subscriber, which is permanent;"
            " write permanent without it",
        ],
    ),
    (
        "  bank: {}",
        "  bank: {policy: jasmine}",
        [
            "17:18: accounts.bank.policy: no sender policy is called 'jasmine'; did you mean "
            "'jasmin'?"
        ],
    ),
    (
        "  bank: {}",
        "  bank: {policy: jasmin, resends: 3}",
        [
            "17:3: accounts.bank: has both policy and resends; leave one out: a policy says when "
            "to send again",
        ],
    ),
    (
        "  bank: {}",
        "  bank: {rate: 9 msg/s, bind_rate: 3 msg/s}",
        [
            "17:3: accounts.bank: has both rate and bind_rate; leave one out: the rate of all "
            "binds is binds x bind_rate",
        ],
    ),
    (
        "  north: {rate: 400 msg/s}",
        "  north: {rate: 400 msg/s, alternate: north}",
        [
            "4:39: smscs.north.alternate: must be another SMSC than the one it stands in for; name "
            "another, or leave it out",
        ],
    ),
    (
        "  north: {rate: 400 msg/s}",
        "  north: {rate: 400 msg/s, alternate: nort}",
        ["4:39: smscs.north.alternate: no SMSC is called 'nort'; did you mean 'north'?"],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nsender_policies: {mine: {errors: {throtled: {delays: [1 s]}}}}",
        [
            "3:35: sender_policies.mine.errors.throtled: is no error of SMPP told apart here (got "
            "'throtled'); did you mean 'throttled'?",
        ],
    ),
    (
        "volume: 3 msg/day, to: city}",
        "volume: 3 msg/day, to: city, resend: {causes: {time_out: 5 %}}}",
        [
            "19:95: traffic.people.resend.causes.time_out: is no cause of a refusal (got "
            "'time_out'); did you mean 'timeout'?",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nretry_policies: {mine: {default: {delays: [1 s], then: multiply}}}",
        [
            "3:25: retry_policies.mine.default: needs both then: multiply and a factor,"
            " or neither; write e.g. then: multiply, factor: 1.5",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nretry_policies: {mine: {default: {delays: [1 s], then: multiply,"
        " factor: 1}}}",
        [
            "3:25: retry_policies.mine.default: has a factor that is not from 1.1 to 10;"
            " write e.g. factor: 1.5",
        ],
    ),
    (
        "north: {rate: 400 msg/s",
        "north: {rate: 400 msg/s, retry: {otp: restcomm}",
        [
            "4:28: smscs.north.retry: needs a retry policy, or policies by class; write"
            " e.g. {default: typical-operator, otp: quick}",
        ],
    ),
    (
        "north: {rate: 400 msg/s",
        "north: {rate: 400 msg/s, retry: {default: restcomm, otq: restcomm}",
        [
            "4:55: smscs.north.retry.otq: no traffic has the class 'otq'; did you mean 'otp'?",
        ],
    ),
    (
        "north: {rate: 400 msg/s",
        "north: {rate: 400 msg/s, retry: {default: restcom}",
        [
            "4:45: smscs.north.retry.default: no retry policy is called 'restcom'; did"
            " you mean 'restcomm'?",
        ],
    ),
    (
        "country: FI",
        "country: FI, roaming: {share: 3 %, mscs: visitd}, ported: {share: 1 %, hlr: mian}",
        [
            "15:63: populations.city.roaming.mscs: no MSC is called 'visitd'; known: helsinki",
            "15:98: populations.city.ported.hlr: no HLR is called 'mian'; did you mean 'main'?",
        ],
    ),
    (
        "country: FI",
        "country: FI, errors: {at_hlr: {subscriber_bizy: 5 %}}",
        [
            "15:53: populations.city.errors.at_hlr.subscriber_bizy: is no error that an HLR answers"
            " (got 'subscriber_bizy'); did you mean 'absent_subscriber'?",
        ],
    ),
    (
        "country: FI",
        "country: FI, errors: {at_msc: {subscriber_busy: 5 %}}",
        [
            "15:53: populations.city.errors.at_msc.subscriber_busy: has a key of its own"
            " (got 'subscriber_busy'); write errors.subscriber_busy",
        ],
    ),
    (
        "country: FI",
        "country: FI, errors: {at_msc: {illegal_subscriber: 60 %, absent_subscriber: 50 %}}",
        [
            "15:44: populations.city.errors.at_msc: shares must not exceed 100 %, they sum to"
            " 110 %; lower one of them",
        ],
    ),
    (
        "country: FI",
        "country: FI, errors: {alert_after: 10-3 min}",
        [
            "15:57: populations.city.errors.alert_after: must be from short to long; write e.g."
            " 3-10 min",
        ],
    ),
    (
        "country: FI",
        "country: FI, memory: {full: 100 %}",
        [
            "15:50: populations.city.memory.full: must be below 100 % (got '100 %');"
            " write e.g. 2 %",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nextends: ../other.yaml",
        [
            "3:10: extends: leads out of the scenario's folder (got '../other.yaml'); copy the "
            "file into the folder",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nextends: peak.yaml",
        [
            "3:10: extends: goes in a circle: peak.yaml -> peak.yaml; remove one extends",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nextends: none.yaml",
        [
            "3:10: extends: there is no such file (got 'none.yaml'); check the name; it is rela"
            "tive to this file",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nextends: /etc/passwd",
        [
            "3:10: extends: must be a relative path with '/' (got '/etc/passwd'); write e.g. si"
            "tes/two_sites.yaml",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nvariants: {six: {link_sets.north-b.links: 6}}",
        [
            "3:18: variants.six.link_sets.north-b.links: there is no 'north-b' in link_sets; di"
            "d you mean 'north-a'?",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nvariants: {six: {link_sets.north-a.links: 60}}",
        [
            "3:43: variants.six.link_sets.north-a.links: must be at most 16 (got '60')",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\nvariants: {six: }",
        [
            "3:12: variants.six: needs changes below it; write e.g. hlrs.main.rate: 9 /s",
        ],
    ),
    (
        "duration: 8 h",
        "duration: !!str 8 h",
        [
            "2:11: duration: uses the tag 'tag:yaml.org,2002:str'; leave the tag out",
        ],
    ),
    (
        "duration: 8 h",
        "duration: *eight",
        [
            "2:11: duration: there is no anchor '&eight' before this alias",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\n---\nx: 1",
        [
            "3:1: starts a second document; keep one in a file",
        ],
    ),
    (
        "duration: 8 h",
        "duration: 8 h\n\tname: x",
        [
            "3:1: is indented with a tab; use spaces",
        ],
    ),
    (
        "duration: 8 h",
        "duration: [8 h",
        [
            "3:6: is no YAML: did not find expected ',' or ']'; check indentation, colons and q"
            "uotes",
        ],
    ),
    (
        "duration: 8 h",
        "<<: {duration: 8 h}",
        [
            "2:1: uses a merge key '<<'; use extends instead",
        ],
    ),
    (
        "duration: 8 h",
        "? [a]\n: 1",
        [
            "2:3: has a key that is no plain word",
        ],
    ),
    (
        "duration: 8 h\n",
        "",
        [
            "1:1: duration: is missing; add e.g. duration: 30 s",
        ],
    ),
    (
        "smscs:\n  north: {rate: 400 msg/s}\n",
        "smscs: {}\n",
        [
            "3:1: smscs: needs at least one",
            "11:23: link_sets.north-a.between.1: no element is called 'north'; known: a, helsin"
            "ki, main",
        ],
    ),
    (
        "mscs:\n  helsinki: {}",
        "mscs: {from: mscs.txt}",
        [
            "9:14: mscs.from: there is no such file (got 'mscs.txt'); check the name; it is rel"
            "ative to this file",
        ],
    ),
    (
        "  bank: {}",
        "  bank: {rate: 1 /s, window: 10 s}",
        [
            "17:30: accounts.bank.window: needs a whole number (got '10 s'); write e.g. 5",
        ],
    ),
]


def problems_of(path: Path, **options: object) -> list[str]:
    """Lines of the error that loading a file raises."""
    with pytest.raises(ScenarioError) as caught:
        load(path, **options)  # type: ignore[arg-type]
    return caught.value.problems


def written(folder: Path, text: str | bytes, name: str = "peak.yaml") -> Path:
    """Path of a new file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_unbroken(tmp_path: Path) -> None:
    """The scenario that the broken ones are made from is fine itself."""
    assert load(written(tmp_path, BASE)).scenario.name == "peak"


@pytest.mark.parametrize(("old", "new", "lines"), BROKEN)
def test_broken_values(tmp_path: Path, old: str, new: str, lines: list[str]) -> None:
    """One wrong value or key gives exactly these lines and no others."""
    assert old in BASE
    path = written(tmp_path, BASE.replace(old, new, 1))
    assert problems_of(path) == [f"peak.yaml:{line}" for line in lines]


ALIAS_BOMB = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (c, c, b", ".join([b"*%c" % (c - 1)] * 10)) for c in b"bcdefgh"
)

BROKEN_FILES = [
    (b"", "peak.yaml: is empty; see 'smsc-sim new' for an example"),
    (b"# nothing\n", "peak.yaml: is empty; see 'smsc-sim new' for an example"),
    (b"- a\n- b\n", "peak.yaml:1:1: needs keys at the top; write e.g. name: peak"),
    (b"just words\n", "peak.yaml:1:1: needs keys at the top; write e.g. name: peak"),
    (BASE.encode("utf-16"), "peak.yaml: is UTF-16, not UTF-8; save it as UTF-8"),
    (
        b"name: peak\ndescription: caf\xe9\n",
        "peak.yaml:2:17: octet 0xE9 is not UTF-8; save the file as UTF-8",
    ),
    (b"x: " + b"[" * 60 + b"]" * 60, "peak.yaml:1:44: is nested deeper than 40 levels"),
    (b"x: " + b"[" * 100_000, "peak.yaml:1:44: is nested deeper than 40 levels"),
    (
        ALIAS_BOMB,
        "peak.yaml:6:36: has more than 1000000 values, aliases counted in full; "
        "use tables for large maps",
    ),
    (b"a: &a [*a]\n", "peak.yaml:1:8: a.1: there is no anchor '&a' before this alias"),
    (b"a: \x07\n", "peak.yaml:1:4: holds a control character; remove it"),
    (b" " * 20_000_001, "peak.yaml: is larger than 20 MB; make it smaller"),
]


@pytest.mark.parametrize(("data", "line"), BROKEN_FILES)
def test_broken_files(tmp_path: Path, data: bytes, line: str) -> None:
    """A file that is no scenario at all gives one clear line."""
    assert problems_of(written(tmp_path, data)) == [line]


def test_no_file(tmp_path: Path) -> None:
    """A missing file and a folder are told apart."""
    (tmp_path / "folder.yaml").mkdir()
    missing, folder = tmp_path / "none.yaml", tmp_path / "folder.yaml"
    assert problems_of(missing) == ["none.yaml: does not exist; check the name and the folder"]
    assert problems_of(folder) == ["folder.yaml: is a folder; name a file in it"]


def test_all_at_once(tmp_path: Path) -> None:
    """All problems of a file come in one report, in the order of its lines, with a closing line."""
    text = BASE.replace("8 h", "8", 1).replace("[north, a]", "[nort, a]").replace("99 %", "0.99")
    with pytest.raises(ScenarioError) as caught:
        load(written(tmp_path, text))
    assert str(caught.value).splitlines() == [
        "peak.yaml:2:11: duration: needs a duration (got '8'); write e.g. 30 s",
        "peak.yaml:12:23: link_sets.north-a.between.1: no element is called 'nort'; "
        "did you mean 'north'?",
        "peak.yaml:24:47: targets.quick.at_least: needs a share in per cent (got '0.99'); "
        "write e.g. 60 %",
        "peak.yaml: 3 problems found, nothing was run",
    ]


def test_inherited_value(tmp_path: Path) -> None:
    """A wrong value of an extended file is reported there, with that file's line."""
    written(tmp_path, BASE.replace("400 msg/s", "400 ms"), "sites/base.yaml")
    path = written(tmp_path, "extends: sites/base.yaml\nseed: x\n")
    assert problems_of(path) == [
        "peak.yaml:2:7: seed: needs a whole number from 0 to 9223372036854775807 (got 'x'); "
        "write e.g. 1",
        "sites/base.yaml:4:17: smscs.north.rate: needs a rate in messages per second "
        "(got '400 ms'); write e.g. 400 msg/s",
    ]


def test_missing_everywhere(tmp_path: Path) -> None:
    """A key that neither file gives is missing in the one that was asked for."""
    written(tmp_path, BASE.replace("duration: 8 h\n", ""), "base.yaml")
    path = written(tmp_path, "# first line\nextends: base.yaml\n")
    assert problems_of(path) == ["peak.yaml:2:1: duration: is missing; add e.g. duration: 30 s"]


def test_circle(tmp_path: Path) -> None:
    """Files that extend each other in a circle are refused with the circle."""
    written(tmp_path, "extends: b.yaml\n", "a.yaml")
    written(tmp_path, "extends: a.yaml\n", "b.yaml")
    assert problems_of(tmp_path / "a.yaml") == [
        "b.yaml:1:10: extends: goes in a circle: a.yaml -> b.yaml -> a.yaml; remove one extends"
    ]


def test_link_out_of_the_folder(tmp_path: Path) -> None:
    """A symbolic link does not lead out of the scenario's folder."""
    written(tmp_path, BASE, "outside.yaml")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "base.yaml").symlink_to(tmp_path / "outside.yaml")
    path = written(inside, "extends: base.yaml\n")
    assert problems_of(path) == [
        "peak.yaml:1:10: extends: leads out of the scenario's folder (got 'base.yaml'); "
        "copy the file into the folder"
    ]


TABLES = [
    (
        "name,rate\nx,5\n",
        "mscs.csv:2:2: mscs.x.rate: needs a rate in messages per second "
        "(got '5'); write e.g. 400 msg/s",
    ),
    (
        "name,rate [msg/s]\nx,fast\n",
        "mscs.csv:2:2: mscs.x.rate: needs a rate in messages per "
        "second (got 'fast msg/s'); write e.g. 400 msg/s",
    ),
    ("name,rat\nx,5 /s\n", "mscs.csv:2:2: mscs.x.rat: there is no such key; did you mean 'rate'?"),
    (
        "name\nx\nx\n",
        "mscs.csv:3:1: name: is the name of two rows, first at mscs.csv:2:1 "
        "(got 'x'); choose another name",
    ),
    ("name,units\n,2\n", "mscs.csv:2:1: name: needs the name of the element"),
    (
        "name,units\nx\n",
        "mscs.csv:2:1: has 1 cells where the header has 2; check commas and quotes",
    ),
    ("units\n2\n", "mscs.csv:1:1: has no column 'name'; give every row the name of its element"),
    ("name,units,units\nx,1,1\n", "mscs.csv:1:3: units: is the title of two columns; remove one"),
    ("name;units\nx;2\n", "mscs.csv:1:1: separates columns with ';'; use commas"),
    ("name,queue\n", "mscs.csv: has no rows; add one row per element"),
    (
        "name\nnorth\n",
        "mscs.csv:2:1: mscs.north: is the name of another element already, in smscs "
        "at peak.yaml:4:3; choose another name",
    ),
    ('name,units\nx,"2\n', "mscs.csv:2:1: is no CSV: unexpected end of data; check the quotes"),
]


@pytest.mark.parametrize(("table", "line"), TABLES)
def test_broken_tables(tmp_path: Path, table: str, line: str) -> None:
    """A wrong cell is named by file, row and column, the header being row 1."""
    written(tmp_path, table, "mscs.csv")
    text = BASE.replace("mscs:\n  helsinki: {}", "mscs: {from: mscs.csv}")
    text = text.replace("  a-helsinki: {between: [a, helsinki]}\n", "")
    assert problems_of(written(tmp_path, text)) == [line]


OVERRIDES = [
    (
        "smscs.north.rate=400 ms",
        "smscs.north.rate=400 ms: needs a rate in messages per second "
        "(got '400 ms'); write e.g. 400 msg/s",
    ),
    (
        "smscs.nort.rate=4 /s",
        "smscs.nort.rate=4 /s: there is no 'nort' in smscs; did you mean 'north'?",
    ),
    ("smscs.north.rat=4 /s", "smscs.north.rat=4 /s: there is no such key; did you mean 'rate'?"),
    (
        "smsc.north.rate=4 /s",
        "smsc.north.rate=4 /s: smsc: there is no such key; did you mean 'smscs'?",
    ),
    ("stps.b=", "stps.b=: there is no 'b' in stps; known: a"),
    ("seed", "seed: needs KEY=VALUE; write e.g. smscs.north.rate=600 msg/s"),
    ("a..b=1", "a..b=1: needs KEY=VALUE; write e.g. smscs.north.rate=600 msg/s"),
    ("extends=x.yaml", "extends=x.yaml: cannot be set here"),
    (
        "description=a\0",
        "description=a\\x00: is no YAML: unacceptable character #x0000: "
        "control characters are not allowed",
    ),
    ("description=\udcff", "description=\\udcff: holds what is no text; retype it"),
    (
        "seed=[1",
        "seed=[1: is no YAML: did not find expected ',' or ']'; "
        "check indentation, colons and quotes",
    ),
]


@pytest.mark.parametrize(("override", "line"), OVERRIDES)
def test_broken_overrides(tmp_path: Path, override: str, line: str) -> None:
    """A wrong --set is named by what was typed."""
    assert problems_of(written(tmp_path, BASE), overrides=[override]) == [f"--set {line}"]


def test_unknown_variant(tmp_path: Path) -> None:
    """A variant that the file does not have is refused by name."""
    path = written(tmp_path, BASE + "variants: {six_links: {link_sets.north-a.links: 6}}\n")
    assert problems_of(path, variant="six_link") == [
        "peak.yaml: there is no variant 'six_link'; did you mean 'six_links'?"
    ]


def test_which_of_two(tmp_path: Path) -> None:
    """With two SMSCs and two HLRs, accounts and populations must say which is theirs."""
    text = BASE.replace("  main:", "  second: {rate: 1 /s}\n  main:")
    text = text.replace("  north:", "  south: {rate: 1 /s}\n  north:")
    assert problems_of(written(tmp_path, text)) == [
        "peak.yaml:17:3: populations.city.hlr: is missing: there are 2 HLRs; "
        "add one of main, second",
        "peak.yaml:19:3: accounts.bank.smsc: is missing: there are 2 SMSCs; "
        "add one of north, south",
    ]


def test_a_class_pays_one_kind_of_price(tmp_path: Path) -> None:
    """What people pay and what applications pay never end up in one sum."""
    text = BASE.replace("rate: 1 msg/s}", "rate: 1 msg/s, class: person_to_person}")
    assert problems_of(
        written(tmp_path, text.replace("class: otp", "class: person_to_person"))
    ) == [
        "peak.yaml:20:3: traffic.codes: pays a2p prices, but 'people' of the same class pays "
        "retail prices; give it another class, or the same price"
    ]


@pytest.mark.parametrize(("alphabet", "most"), [("gsm7", 9486), ("ucs2", 4154)])
def test_the_longest_text_fills_62_segments(tmp_path: Path, alphabet: str, most: int) -> None:
    """A text of 62 segments is fine, one more character is not."""
    text = BASE + f"texts: {{mine: {{{alphabet}: {{'{most}': 100 %}}}}}}\n"
    assert load(written(tmp_path, text)).scenario.texts["mine"].bins()[0][2] == most
    found = problems_of(written(tmp_path, text.replace(str(most), str(most + 1))))
    assert f"at most {most} (got '{most + 1}')" in found[0]


def test_a_waiting_list_holds_62_smscs(tmp_path: Path) -> None:
    """Each SMSC is a bit of the message waiting data."""
    more = "".join(f"  s{k}: {{rate: 1 /s}}\n" for k in range(62))
    text = BASE.replace("smscs:\n", "smscs:\n" + more).replace("bank: {}", "bank: {smsc: north}")
    assert problems_of(written(tmp_path, text)) == [
        "peak.yaml:3:1: smscs: has 63 SMSCs; at most 62 fit the HLR's waiting lists; join some of "
        "them by units"
    ]


def test_jobs_tell_32767_populations_and_nodes_apart(tmp_path: Path) -> None:
    """One more of them is refused before a number overflows its place in a row."""
    scenario = load(written(tmp_path, BASE)).scenario
    city, msc = scenario.populations["city"], next(iter(scenario.mscs.values()))
    fits = 32767 - len(scenario.smscs) - len(scenario.hlrs) - len(scenario.stps)
    for populations, mscs, expected in (
        (32767, fits, []),
        (32768, fits, [("populations", "makes 32768 populations; at most 32767 fit")]),
        (1, fits + 1, [("mscs", "makes 32768 nodes of all kinds; at most 32767 fit")]),
    ):
        changed = scenario.model_copy(
            update={
                "populations": {f"p{k}": city for k in range(populations)},
                "mscs": {f"m{k}": msc for k in range(mscs)},
            }
        )
        found = [(path[0], what) for path, what, _ in too_many_of_a_kind(changed)]
        assert found == expected


def test_phones_that_write_again_and_again_have_numbers_enough(tmp_path: Path) -> None:
    """Gaps of so many phones that the busiest would fall silent are refused."""
    text = BASE.replace("volume: 3 msg/day,", "volume: 3 msg/day, gaps: {},")
    text = text.replace("[a, helsinki]}", "[a, helsinki]}\n  a-main: {between: [a, main]}")
    text += "rates: {fallback: {retail: 1 EUR, a2p: 1 EUR}}\n"
    compile_scenario(load(written(tmp_path, text)))
    many = text.replace("city: {size: 1000,", "city: {size: 200000000,")
    with pytest.raises(ScenarioError) as caught:
        compile_scenario(load(written(tmp_path, many)))
    assert caught.value.problems == [
        "peak.yaml:20:67: traffic.people.gaps: gives 200000000 phones fewer numbers of messages "
        "than their busiest may need; leave gaps out, split the population, or shorten the run"
    ]


def test_prices_of_one_kind_are_in_one_currency(tmp_path: Path) -> None:
    """A fallback in another currency than the card's prices beside it is refused."""
    text = BASE.replace(
        "city: {size: 1000, country: FI}",
        "city: {size: 1000, country: FI}\n  far: {size: 9, country: US}",
    )
    text = text.replace(
        "volume: 3 msg/day, to: city", "volume: 3 msg/day, to: {city: 50 %, far: 50 %}"
    )
    text += "rates: {fallback: {retail: 0.10 EUR, a2p: 1 USD}}\n"
    text = text.replace("[a, helsinki]}", "[a, helsinki]}\n  a-main: {between: [a, main]}")
    with pytest.raises(ScenarioError) as caught:
        compile_scenario(load(written(tmp_path, text)))
    assert caught.value.problems == [
        "peak.yaml:27:28: rates.fallback.retail: retail prices would be in EUR and USD, which do "
        "not add up; give the fallback in the currency of the card"
    ]
    compile_scenario(load(written(tmp_path, text.replace("0.10 EUR", "0.10 USD"))))
