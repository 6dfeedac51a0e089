"""People who log in, in a scenario: defaults, sources of codes, and each refusal in full."""

from __future__ import annotations

import numpy as np
import pytest

from smsc_sim.model.codes import NOBODY
from smsc_sim.model.login import FALLBACK_CODE
from smsc_sim.model.quantiles import drawn_ns
from smsc_sim.scenario.schema_logins import Person
from tests.networks import SECOND, network, refusals

BASE = """
routes: {hub: {}, spare: {}}
populations: {abroad: {size: 9, country: SE, route: hub}}
accounts: {other: {smsc: south}}
traffic:
  codes: {kind: otp, account: bank, to: {city: 50 %, abroad: 50 %}, rate: 1 msg/s, person: {}}
"""


def of(person: str) -> str:
    """Changes that give the codes a person."""
    return f"{{traffic: {{codes: {{person: {person}}}}}}}"


def test_defaults_are_those_of_the_manual() -> None:
    """Three codes, half a minute apart, that live for 5 min; nobody helps."""
    person = Person()
    assert (person.codes, person.expires, person.fallback) == (3, 300 * SECOND, None)
    assert person.resend_after.constant == 30 * SECOND


def test_by_default_three_in_ten_leave_within_ten_seconds() -> None:
    """The patience drawn by default has the share of the source: 30 % up to 10 s."""
    net = network(BASE).network
    drawn = [drawn_ns(net, net.person_patience[0], key, 0, 0) for key in range(20_000)]
    assert np.mean(np.array(drawn) <= 10 * SECOND) == pytest.approx(0.30, abs=0.01)


def test_codes_are_sources_in_their_order() -> None:
    """Nine codes and a fallback: each is a source that knows its number, class and account."""
    net, names = network(BASE, of("{codes: 9, fallback: {after: 20 s, account: other}}"))
    mine = [row for row, name in enumerate(names.sources) if name.startswith("codes")]
    assert [names.sources[row] for row in mine] == [
        "codes", *(f"codes code {n}" for n in range(2, 10)), "codes fallback"
    ]  # fmt: skip
    assert [net.source_code[row] for row in mine] == [*range(9), FALLBACK_CODE]
    assert {net.source_person[row] for row in mine} == {0}
    assert {names.classes[row] for row in mine} == {"otp"}
    assert [net.source_limit[row] for row in mine[1:]] == [0] * 9
    assert net.person_again[net.person_again_first[0] :] == mine[1:9]
    assert net.person_second == [mine[9]]
    other = sorted(["bank", "other"]).index("other")
    assert [net.source_account[row] == other for row in mine] == [False] * 9 + [True]
    assert [net.source_person[row] for row in range(net.sources) if row not in mine] == [NOBODY]


def test_a_second_route_is_that_of_the_fallback_alone() -> None:
    """With a route of its own the fallback keeps the account; no other source has one."""
    net, names = network(
        BASE, "{traffic: {codes: {to: abroad}}}", of("{fallback: {after: 9 s, route: spare}}")
    )
    second = names.sources.index("codes fallback")
    assert [route for route in net.source_route if route != NOBODY] == [1]
    assert net.source_route[second] == names.routes.index("spare")
    assert net.source_account[second] == net.source_account[names.sources.index("codes")]


@pytest.mark.parametrize(
    ("person", "problem"),
    [
        (
            "{codes: 10}",
            "traffic.codes.person.codes: must be at most 9 (got '10')",
        ),
        (
            "{codes: 0}",
            "traffic.codes.person.codes: must be at least 1 (got '0')",
        ),
        (
            "{fallback: {after: 20 s}}",
            "traffic.codes.person.fallback: needs either voice, or an account or route; write e.g. "
            "{after: 20 s, account: spare} or {after: 20 s, voice: {price: 0.03 USD}}",
        ),
        (
            "{fallback: {after: 20 s, account: other, voice: {price: 0.03 USD}}}",
            "traffic.codes.person.fallback: needs either voice, or an account or route; write e.g. "
            "{after: 20 s, account: spare} or {after: 20 s, voice: {price: 0.03 USD}}",
        ),
        (
            "{fallback: {after: 20 s, account: othr}}",
            "traffic.codes.person.fallback.account: no account is called 'othr'; did you mean "
            "'other'?",
        ),
        (
            "{fallback: {after: 20 s, route: spar}}",
            "traffic.codes.person.fallback.route: no route is called 'spar'; did you mean 'spare'?",
        ),
        (
            "{fallback: {after: 20 s, account: bank}}",
            "traffic.codes.person.fallback.account: is the account that has sent the codes before; "
            "name another, or a route",
        ),
        (
            "{fallback: {after: 20 s, route: spare}}",
            "traffic.codes.person.fallback.route: 'city' is not reached by routes; name an account "
            "instead",
        ),
        (
            "{fallback: {after: 20 s, voice: {price: 0.03 EUR}}}",
            "traffic.codes.person.fallback.voice.price: is in EUR, which does not add up with USD; "
            "give it in the currency of the rate card",
        ),
        (
            "{patience: 5}",
            "traffic.codes.person.patience.constant: needs a duration (got '5'); write e.g. 30 s",
        ),
    ],
)
def test_refusals(person: str, problem: str) -> None:
    """What does not fit is one line: where, which key, what is wrong, what to do."""
    assert refusals(BASE, of(person))[0] == problem


def test_targets_on_logins_need_somebody_who_logs_in() -> None:
    """A target on logins of a class without a person is refused; with one it is taken."""
    target = "{targets: {soon: {class: CLASS, logins_within: 60 s, at_least: 90 %}}}"
    network(BASE, target.replace("CLASS", "otp"))
    assert refusals(BASE, target.replace("CLASS", "campaign"))[0] == (
        "targets.soon.class: nobody logs in with codes of the class 'campaign'; give a person to "
        "its traffic, or write within"
    )
