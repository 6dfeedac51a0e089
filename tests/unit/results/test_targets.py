"""Verdicts on bounds: what is met, missed and undecided, and why."""

import math
from typing import Any

import pytest

from smsc_sim.results.targets import goal_of, judge, target_in_words

FLOOR: dict[str, Any] = {"name": "t", "kind": "ratio", "class": "otp", "at_least": 0.9}
CEILING: dict[str, Any] = {
    "name": "t", "kind": "utilisation", "element": "north-a", "at_most": 0.4,
}  # fmt: skip
WITHIN: dict[str, Any] = {
    "name": "t", "kind": "within", "class": "otp", "within_s": 30.0, "at_least": 0.9,
}  # fmt: skip


@pytest.mark.parametrize(
    ("target", "estimate", "half", "status"),
    [
        (FLOOR, 0.95, 0.04, "met"),
        (FLOOR, 0.95, 0.06, "undecided"),
        (FLOOR, 0.85, 0.06, "undecided"),
        (FLOOR, 0.85, 0.04, "missed"),
        (FLOOR, 0.92, 0.02, "met"),
        (CEILING, 0.35, 0.04, "met"),
        (CEILING, 0.35, 0.06, "undecided"),
        (CEILING, 0.45, 0.04, "missed"),
        (CEILING, 0.45, 0.06, "undecided"),
        (WITHIN, 0.95, 0.01, "met"),
        (WITHIN, 0.85, 0.01, "missed"),
    ],
)
def test_the_bound_decides_not_the_estimate(
    target: dict[str, Any], estimate: float, half: float, status: str
) -> None:
    """A target is met or missed only when the whole interval is on one side of it."""
    verdict = judge(target, estimate, half, 5)
    assert verdict.status == status
    assert (verdict.lower, verdict.upper) == pytest.approx(
        (estimate - half, min(estimate + half, 1.0))
    )


def test_one_replication_decides_nothing() -> None:
    """Without an interval even a perfect estimate is undecided, with the reason and no bounds."""
    verdict = judge(FLOOR, 1.0, math.nan, 1)
    assert verdict.status == "undecided"
    assert verdict.reason == ("one replication gives no interval; run at least 2, better 5 or more")
    assert math.isnan(verdict.lower)


def test_an_exact_value_needs_no_interval() -> None:
    """A value without sampling error is judged as it stands."""
    assert judge(FLOOR, 0.9, math.nan, 1, exact=True).status == "met"
    assert judge(FLOOR, 0.899, math.nan, 1, exact=True).status == "missed"


def test_nothing_measured_is_undecided() -> None:
    """Where nothing was submitted there is no verdict."""
    verdict = judge(FLOOR, math.nan, math.nan, 0)
    assert verdict.status == "undecided"
    assert verdict.reason == "nothing was measured: no message or visit in the window"


@pytest.mark.parametrize(
    ("open_share", "status"), [(0.0, "missed"), (0.009, "missed"), (0.011, "undecided")]
)
def test_open_messages_count_when_they_could_change_the_answer(
    open_share: float, status: str
) -> None:
    """Upper bound 0.89, goal 0.90: more than 1 % open could still lift it."""
    verdict = judge(FLOOR, 0.88, 0.01, 5, open_share=open_share)
    assert verdict.status == status
    assert ("still open" in verdict.reason) == (status == "undecided")


def test_open_messages_cannot_spoil_a_target_that_is_met() -> None:
    """An open message can only be delivered later, which never lowers a ratio."""
    assert judge(FLOOR, 0.92, 0.01, 5, open_share=0.08).status == "met"


def test_open_messages_do_not_touch_a_utilisation() -> None:
    """The load of an element is measured whatever becomes of the messages."""
    assert judge(CEILING, 0.35, 0.04, 5, open_share=0.5).status == "met"


def test_undecided_says_how_many_replications_would_decide() -> None:
    """The reason holds the number that `replications_needed` gives."""
    assert judge(FLOOR, 0.895, 0.01, 5).reason == (
        "the interval contains the goal; about 13 replications needed"
    )
    assert judge(FLOOR, 0.9, 0.01, 5).reason == (
        "the interval contains the goal; more replications would not help"
    )


def test_bounds_of_a_share_stay_between_none_and_all() -> None:
    """No interval of a share reaches above 100 %."""
    assert judge(FLOOR, 0.99, 0.03, 3).upper == 1.0


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({**WITHIN, "within_s": 300.0}, "90 % of class otp within 5 min"),
        ({**WITHIN, "class": None, "country": "FI"}, "90 % of all messages to FI within 30 s"),
        ({**CEILING, "measure": "busiest_hour"},
         "utilisation in the busiest hour of north-a at most 40 %"),
        ({"name": "t", "kind": "ratio", "class": "otp", "measure": "latency_p95", "at_most": 60.0},
         "latency, 95 % of class otp at most 1 min"),
    ],
)  # fmt: skip
def test_targets_in_words(target: dict[str, Any], words: str) -> None:
    """Each kind of target reads as a sentence part."""
    assert target_in_words(target) == words


def test_a_target_needs_one_limit() -> None:
    """None or both limits are refused with the name of the target."""
    with pytest.raises(ValueError) as caught:
        goal_of({"name": "x", "at_least": 0.1, "at_most": 0.2})
    assert str(caught.value) == ("target 'x' needs exactly one of at_least and at_most (got 2)")
