"""Measures of messages that are answered: how many, how soon, how many in time, at what cost."""

from __future__ import annotations

from collections.abc import Iterator

from .measure import Measure
from .measures_costs import PRICE_KINDS


def reply_measures() -> list[Measure]:
    """Measures of classes whose messages are answered."""
    group = "Answers"
    return [
        Measure(
            "answers_per_message",
            "1",
            "Answers per message",
            "Answers begun to messages of the class, opt-outs included / messages first "
            "submitted: the response rate of a survey.",
            group,
            "plain",
        ),
        Measure(
            "time_to_answer",
            "s",
            "Time to answer",
            "Mean time from the first submission of a message to the first submission of its "
            "answer.",
            group,
            "seconds",
        ),
        Measure(
            "answers_received",
            "messages",
            "Answers received",
            "Answers begun in the observation window that reached whoever had asked, opt-outs left "
            "out.",
            group,
            "count",
        ),
        Measure(
            "answers_in_time",
            "1",
            "Answers in time",
            "Answers received before the deadline, all of them where there is none / answers "
            "received.",
            group,
            "percent",
        ),
        Measure(
            "opt_outs",
            "1",
            "Opt-outs",
            "Opt-out words received / messages first submitted.",
            group,
            "percent",
        ),
        *(
            Measure(
                f"{kind}.cost_per_answer",
                "currency",
                f"Cost per answer ({kind})",
                "Price of all billed segments of the messages that ask / answers received in time, "
                f"a ratio of sums: {who}.",
                "Money",
                "money",
            )
            for kind, who in PRICE_KINDS.items()
        ),
    ]


def reply_values(counts: dict[str, int]) -> Iterator[tuple[str, float]]:
    """Values of the measures, from the sums of a class whose messages are answered."""
    submitted, received = counts["submitted"], counts["answers_in"]
    yield "answers_per_message", _ratio(counts["answers"], submitted)
    yield "time_to_answer", _ratio(counts["answer_us"] / 1e6, counts["answers"])
    yield "answers_received", received
    yield "answers_in_time", _ratio(counts["answers_in_time"], received)
    yield "opt_outs", _ratio(counts["opt_outs"], submitted)


def cost_per_answer(counts: dict[str, int], kind: str) -> Iterator[tuple[str, float]]:
    """What an answer costs who asks, where that has a price."""
    if kind in PRICE_KINDS:
        amount = counts["cost_micros"] / 1e6
        yield f"{kind}.cost_per_answer", _ratio(amount, counts["answers_in_time"])


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
