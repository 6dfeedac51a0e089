"""When a store tries again: attempt times of shipped and own policies, by cause and by class."""

import numpy as np
import pytest

from smsc_sim.model import codes
from smsc_sim.model.retry import policy_of, retry_delay_ns
from tests.networks import ID, SECOND, TIME, network, rows_of, simulate

MINUTE, HOUR = 60, 3600
TYPICAL = [MINUTE] * 5 + [10 * MINUTE] * 6 + [HOUR] * 24  # facts of the glossaries, by hand
RESTCOMM = [300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 76800, 86400, 86400]
OSMO = [1] * 6  # the next cycle comes a second later


def delays_s(changes: str, policy: str, cause: int, attempts: int) -> list[float]:
    """Delays in s after each attempt that failed for a cause; -1 gives up."""
    net = network(changes or {}, {"smscs": {"north": {"retry": policy}}}).network
    row = policy_of(net, 0, 0)
    delays = [retry_delay_ns(net, row, cause, k + 1) for k in range(attempts)]
    return [delay / SECOND if delay >= 0 else -1 for delay in delays]


@pytest.mark.parametrize(
    ("policy", "cause", "expected"),
    [
        ("typical-operator", codes.TIMEOUT, [*TYPICAL, -1]),
        ("typical-operator", codes.ABSENT_SUBSCRIBER, [*[HOUR] * 168, -1]),
        ("restcomm", codes.ABSENT_SUBSCRIBER, RESTCOMM),
        ("restcomm", codes.SUBSCRIBER_BUSY, [120] * 5),
        ("restcomm", codes.CALL_BARRED, [-1]),
        ("osmo-msc", codes.SYSTEM_FAILURE, OSMO),
        ("sun-messaging", codes.SYSTEM_FAILURE, [120, 300, 600, 1800, 1800]),
    ],
)
def test_shipped_delays(policy: str, cause: int, expected: list[float]) -> None:
    """The delays of a shipped policy are those of its source, worked out by hand."""
    assert delays_s("", policy, cause, len(expected)) == expected


def attempt_times(retry: str, changes: str) -> list[float]:
    """Times of all attempts at one message whose every attempt fails, in s after the first."""
    log, _ = simulate(
        network(
            "{traffic: {news: {messages: 1 msg, validity: 72 h}}, drain: 80 h}",
            f"smscs: {{north: {{validity: 72 h, retry: {retry}}}}}",
            changes,
        )
    )
    times = rows_of(log, codes.LOG_ATTEMPT)[:, TIME] / SECOND
    return [round(float(t), 0) for t in times - times[0]]


def test_restcomm_attempts_of_an_absent_phone() -> None:
    """A message that nobody answers is tried 20 s after it is stored, then after 5, 10, 20 min."""
    failing = "populations: {city: {errors: {system_failure: 100 %}}}"
    times = attempt_times("restcomm", failing)
    # 72 h hold ten delays: the one after 2^8 times 5 min is cut to 24 h.
    wanted = np.cumsum([0, 300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 76800, 86400])
    wanted = wanted[wanted < 72 * HOUR]
    assert np.allclose(times, wanted, atol=1 + 0.2 * np.arange(len(wanted)))
    log, _ = simulate(
        network("{traffic: {news: {messages: 1 msg}}, smscs: {north: {retry: restcomm}}}", failing)
    )
    stored = rows_of(log, codes.LOG_ACCEPTED)[0, TIME]
    first = rows_of(log, codes.LOG_ATTEMPT)[0, TIME]
    assert first - stored == pytest.approx(20 * SECOND, abs=SECOND // 10)


def test_typical_operator_attempts_end_after_a_day() -> None:
    """36 attempts in 25 h 5 min after a failure of the network; then it is given up."""
    times = attempt_times(
        "typical-operator", "populations: {city: {errors: {system_failure: 100 %}}}"
    )
    assert np.allclose(times, np.cumsum([0, *TYPICAL]), atol=8)
    assert len(times) == 36


def test_multiply_grows_geometrically_to_its_ceiling() -> None:
    """Each delay is the factor times the one before, up to the ceiling."""
    own = (
        "retry_policies: {own: {default: {delays: [100 s], then: multiply, factor: 1.5,"
        " ceiling: 5 min}}}"
    )
    assert delays_s(own, "own", codes.TIMEOUT, 5) == [100, 150, 225, 300, 300]


def test_policies_by_class() -> None:
    """Each class of traffic has its policy at an SMSC; the others have the default."""
    log, _ = simulate(
        network(
            """
            smscs: {north: {retry: {default: slow, otp: fast}, validity: 1 h}}
            retry_policies:
              slow: {default: {delays: [10 min], attempts: 2}}
              fast: {default: {delays: [30 s], then: repeat, attempts: 5}}
            populations: {city: {errors: {system_failure: 100 %}}}
            traffic: {codes: {kind: otp, account: bank, to: city, rate: 0.1 msg/s, text: one,
                             validity: 1 h}}
            drain: 2 h
            """
        )
    )
    attempts = rows_of(log, codes.LOG_ATTEMPT)
    source = attempts[:, ID] >> 48
    otp, news = attempts[source == 0], attempts[source == 1]
    for rows, wanted in ((otp, [0, 30, 60, 90, 120]), (news, [0, 600])):
        for message in np.unique(rows[:, ID]):
            times = rows[rows[:, ID] == message, TIME] / SECOND
            if times[0] > 60:  # what is sent after the duration is not followed to its end
                continue
            assert np.allclose(times - times[0], wanted, atol=2)
    assert len(otp) > 25 and len(news) == 40
