"""Measures of what senders do again, and of what they are told."""

from __future__ import annotations

from .measure import Measure

BACK_TO_NORMAL = 1.1  # times its level before, at which a store counts as drained: judgement


def sender_measures() -> list[Measure]:
    """Measures of retry storms, receipts and status reports."""
    storm, told = "Retry storms", "Receipts and reports"
    return [
        Measure(
            "resend_ratio",
            "1",
            "Resends per segment",
            "Segments submitted again after a refusal or silence / segments of the messages first "
            "submitted.",
            storm,
            "plain",
        ),
        Measure(
            "capped",
            "messages",
            "Beyond a daily cap",
            "Messages that failed, and were charged, because their operator took no more from the "
            "account on that day.",
            "Outcomes",
            "count",
        ),
        Measure(
            "worst_retry_ratio",
            "1",
            "Retries per first attempt, worst",
            "Retry attempts / first attempts, in the interval with the most retry attempts.",
            storm,
            "plain",
        ),
        Measure(
            "worst_resend_ratio",
            "1",
            "Resends per message, worst",
            "Segments submitted again / messages first submitted, in the interval with the most "
            "resends.",
            storm,
            "plain",
        ),
        Measure(
            "time_to_drain",
            "s",
            "Time to drain",
            "From the end of the last failure (without one, of the busiest interval) until the "
            "stores of all SMSCs hold no more than 1.1 times their median before it; not given if "
            "that comes after the window; in whole intervals.",
            storm,
            "seconds",
        ),
        Measure(
            "resends_per_s",
            "segments/s",
            "Resends",
            "Segments submitted again per second in the interval.",
            "Time series",
            "plain",
        ),
        Measure(
            "receipts",
            "receipts",
            "Receipts",
            "Receipts that accounts asked for: of segments, or of messages.",
            told,
            "count",
        ),
        Measure(
            "status_reports",
            "reports",
            "Status reports",
            "Status reports sent to the phones that wrote.",
            told,
            "count",
        ),
        Measure(
            "status_reports_delivered",
            "1",
            "Status reports delivered",
            "Status reports that reached the phone / status reports sent.",
            told,
            "percent",
        ),
    ]
