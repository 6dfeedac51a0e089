"""Closed forms of logins: against each other, against chance, and at their edges."""

import math

import numpy as np
import pytest

from smsc_sim.theory.logins import (
    Delay,
    exponential_delay,
    exponential_login,
    login_odds,
    still_open,
)

SHARES = (np.arange(20_000) + 0.5) / 20_000


def exponential(mean_s):
    """Equally likely values of an exponential time."""
    return -mean_s * np.log1p(-SHARES)


@pytest.mark.parametrize("codes", [1, 2, 3, 5])
@pytest.mark.parametrize(("offset_s", "mean_s"), [(0.0, 10.0), (2.0, 25.0), (1.0, 3.0)])
def test_closed_form_is_the_general_one(codes, offset_s, mean_s):
    """Exponential delay and patience: the closed form and the sums over values coincide."""
    closed = exponential_login(offset_s, mean_s, 28.0, 20.0, codes)
    sums = login_odds(
        exponential_delay(offset_s, mean_s, 20_000), exponential(28.0), 20.0, codes, 1e6
    )
    assert sums.completed == pytest.approx(closed.completed, rel=1e-3)
    assert sums.codes == pytest.approx(closed.codes, rel=1e-3)
    assert sums.mean_s == pytest.approx(closed.mean_s, rel=2e-3)


def test_closed_form_is_what_happens():
    """200,000 people drawn one by one complete as many logins, with as many codes, as soon."""
    rng = np.random.default_rng(1)
    n, offset_s, mean_s, patience_s, resend_s, codes = 200_000, 1.0, 18.0, 28.0, 12.0, 3
    leaves = rng.exponential(patience_s, n)
    is_open, sent, done_s = np.ones(n, bool), np.zeros(n), np.full(n, np.nan)
    for code in range(codes):
        is_open &= leaves > code * resend_s
        sent[is_open] += 1
        delay = offset_s + rng.exponential(mean_s, n)
        width_s = resend_s if code < codes - 1 else math.inf
        comes = is_open & (delay < width_s) & (code * resend_s + delay < leaves)
        done_s[comes] = code * resend_s + delay[comes]
        is_open &= ~comes
    closed = exponential_login(offset_s, mean_s, patience_s, resend_s, codes)
    done = np.isfinite(done_s)
    assert abs(done.mean() - closed.completed) < 4 * math.sqrt(0.25 / n)
    assert abs(sent.mean() - closed.codes) < 4 * sent.std() / math.sqrt(n)
    assert abs(done_s[done].mean() - closed.mean_s) < 4 * done_s[done].std() / math.sqrt(done.sum())


def test_constant_delay():
    """A delay below the resend time completes for all who wait so long; longer, for the last."""
    in_time = login_odds(Delay(np.array([5.0])), exponential(28.0), 20.0, 3, 300.0)
    assert in_time.completed == pytest.approx(math.exp(-5 / 28), rel=1e-3)
    assert in_time.codes == 1.0
    assert in_time.mean_s == 5.0
    late = login_odds(Delay(np.array([25.0])), exponential(28.0), 20.0, 3, 300.0)
    assert late.completed == pytest.approx(math.exp(-65 / 28), rel=1e-3)
    assert late.codes == pytest.approx(1 + math.exp(-20 / 28) + math.exp(-40 / 28), rel=1e-3)


def test_a_code_that_expires_before_it_comes_is_worth_nothing():
    """No login is completed with codes that take longer than they live."""
    odds = login_odds(Delay(np.array([25.0])), exponential(28.0), math.inf, 3, 20.0)
    assert odds.completed == 0.0
    assert odds.asked == (1.0,)
    assert math.isnan(odds.mean_s)


def test_codes_that_never_come():
    """Of codes half of which never come, a second one saves half of those who still wait."""
    delay = Delay(np.array([0.0, math.inf]))
    odds = login_odds(delay, np.array([100.0]), 10.0, 2, 300.0)
    assert odds.completed == 0.75
    assert odds.codes == 1.5


def test_a_resend_before_the_constant_part_is_refused():
    """The closed form holds where a code can come before the next one."""
    with pytest.raises(ValueError) as error:
        exponential_login(5.0, 1.0, 28.0, 4.0, 2)
    assert str(error.value) == "resend_s: must be at least offset_s (got 4 < 5)"


def test_what_is_still_open_is_what_happens() -> None:
    """Of 100,000 people drawn one by one as many wait or type after some time as theory says."""
    rng = np.random.default_rng(2)
    n, resend_s, codes = 100_000, 12.0, 3
    leaves, typing = rng.exponential(28.0, n), rng.gamma(4.0, 2.0, n)
    until_s = leaves.copy()  # when the login ends
    waits = np.ones(n, bool)
    for code in range(codes):
        delay = 1.0 + rng.exponential(15.0, n)
        width_s = resend_s if code < codes - 1 else math.inf
        comes = waits & (delay < width_s) & (code * resend_s + delay < leaves)
        until_s[comes] = code * resend_s + delay[comes] + typing[comes]
        waits &= ~comes
    sums = (exponential_delay(1.0, 15.0, 20_000), exponential(28.0), resend_s, codes, 1e6)
    values = np.sort(rng.gamma(4.0, 2.0, 20_000))
    for at_s in (0.5, 7.0, 13.0, 30.0, 60.0):
        share = float((until_s > at_s).mean())
        assert abs(still_open(*sums, values, at_s) - share) < 0.008
