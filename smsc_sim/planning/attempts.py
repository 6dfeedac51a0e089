"""Expected procedures of one stored segment: attempts, queries, reports, alerts, in closed form."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from smsc_sim.model.codes import ABSENT_SUBSCRIBER, SUBSCRIBER_BUSY, SYSTEM_FAILURE
from smsc_sim.model.network import Network
from smsc_sim.model.retry import retry_delay_ns
from smsc_sim.theory.renewal import mean_attempts, success_probability

Array = npt.NDArray[np.float64]

MOST_DELAYS = 20_000  # of one segment; a policy that repeats oftener is counted up to here
LONG_ABSENCES = 40  # an exponential absence is longer than so many means once in 10^17
NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)


class Course(NamedTuple):
    """Mean numbers of what one stored segment brings about, until it ends."""

    attempts: float  # licences, dialogues and SRI-SM
    sri_errors: float  # SRI-SM answered by an error
    mt: float  # mt-ForwardSM
    delivered: float  # of these, successful
    reports: float  # report-SM-DeliveryStatus
    returns: float  # ready-for-SM and alert-SC
    radio_s: float  # paging, waiting for a page and the channel, all attempts together


class Absence(NamedTuple):
    """What becomes of a segment whose first attempt finds the phone absent, mean numbers."""

    flagged: float  # retries that the HLR answers absent
    absent: float  # retries that find the phone absent at the MSC
    found: float  # probability that a retry finds the phone back before it is noticed
    alerted: float  # probability that an alert comes while the segment is still stored


class Return(NamedTuple):
    """How phones come back: mean times in s."""

    off_s: float
    p_noticed: float
    activity_s: float
    periodic_s: float


def course(
    network: Network,
    source: int,
    population: int,
    smsc: int,
    channel_s: float,
    flagged: float = 0.0,
) -> Course:
    """Mean numbers of procedures for one stored segment.

    Parameters
    ----------
    network : Network
    source, population, smsc : int
        Who sends, who receives, and the number of the SMSC.
    channel_s : float
        Mean time for which a segment holds the radio channel.
    flagged : float
        Share of the segments to absent phones that find the phone's flag set already.

    Notes
    -----
    A first-order approximation.  The phone is in its stationary state at the first attempt and
    after each busy or system failure, so these repeat geometrically, up to the attempts that the
    policy and the validity allow.  Time off is exponential; from the first absent answer on, each
    retry of that cause's schedule counts if the phone has not been noticed by then, and an alert
    brings one more attempt, to a phone that is within reach.

    Left out: attempts that mix causes, the time that attempts take after the first, phones that
    go off again before they are noticed, phones that are back but still flagged for somebody
    else's message, refusals, losses and queues.  Where a fifth of the phones is off and a tenth
    of the attempts fails (1.8 attempts per segment), the busy times of nodes came out at most
    1.5 % and open dialogues 1.8 % too high (computed, tests/validation/test_offered_load.py).
    """
    policy = network.smsc_policy[smsc]
    validity_ns = network.source_validity_ns[source]
    if validity_ns < 0:
        validity_ns = network.smsc_validity_ns[smsc]
    timeout_s = network.paging_timeout_ns[population] / 1e9
    paging_s = network.paging_ns[population] / 1e9
    answered_s = -paging_s * math.expm1(-timeout_s / paging_s) if paging_s > 0 else 0.0
    off, gone = _absent_shares(network, population, answered_s + channel_s)
    absent_share = off + gone

    p_failure = min(1.0, network.p_failure[population])
    p_busy = min(network.p_busy[population], 1 - p_failure)
    absent = (1 - p_failure) * absent_share
    busy = p_busy * (1 - absent_share)
    causes = [SYSTEM_FAILURE] * (p_failure > 0) + [SUBSCRIBER_BUSY] * (p_busy > 0)
    tries = min([_tries(network, policy, cause, validity_ns) for cause in causes], default=1)
    first = mean_attempts(min(1.0, p_failure + busy), tries)
    again = mean_attempts(min(1.0, p_failure + p_busy), tries)

    has_priority = network.source_priority[source] == 1
    met = first * absent  # a phone that is absent when the first attempt gets to it
    after = absence(network, population, policy, validity_ns, has_priority) if met else Absence(
        0.0, 0.0, 0.0, 0.0
    )  # fmt: skip
    back = met * (after.found + after.alerted)
    success = success_probability(min(1.0, p_failure + p_busy), tries)
    barred = 0.0 if has_priority else met * flagged  # the HLR answers for the MSC
    attempts = first + met * (after.flagged + after.absent) + back * again
    mt = first - barred + met * after.absent + back * again
    delivered = first * (1 - p_failure - p_busy) * (1 - absent_share) + back * success
    busies = first * busy + back * again * p_busy
    detached = network.p_detached[population]
    paged = (met - barred) * (1 - detached * off / absent_share) if absent_share > 0 else 0.0
    paged += met * after.absent * (1 - detached)
    known = 1 - network.p_unknown[population]
    return Course(
        attempts=known * attempts + (1 - known),
        sri_errors=known * (met * after.flagged + barred) + (1 - known),
        mt=known * mt,
        delivered=known * delivered,
        reports=known * (met - barred + met * (after.absent + after.found * success)),
        returns=known * (met - barred) * (1 - after.found),
        radio_s=known
        * (delivered * (answered_s + channel_s) + busies * answered_s + paged * timeout_s),
    )


def absence(
    network: Network, population: int, policy: int, validity_ns: int, has_priority: bool
) -> Absence:
    """Retries and the alert after a first attempt that found the phone absent.

    A query without priority is answered absent by the HLR while the flag is set; one with
    priority is attempted, and delivered if the phone is back.
    """
    home = Return(
        network.population_off_ns[population] / 1e9,
        network.p_noticed[population],
        network.activity_ns[population] / 1e9,
        network.periodic_ns[population] / 1e9,
    )
    longest_ns = int(1e9 * (LONG_ABSENCES * home.off_s + home.periodic_s))
    # Time runs from the first page; the first delay begins when nobody has answered it.
    paged = 1 - network.p_detached[population]
    begin_ns = round(paged * network.paging_timeout_ns[population])
    due, end_s = due_times(
        network, policy, ABSENT_SUBSCRIBER, validity_ns, longest_ns, begin_ns=begin_ns
    )
    if not has_priority:
        waits = float(np.sum(still_flagged(home, due)))
        return Absence(waits, 0.0, 0.0, 1 - float(still_flagged(home, np.array([end_s]))[0]))
    edges = np.concatenate([[0.0], due, [end_s]])
    unnoticed = returned_unnoticed(home, edges[:-1], edges[1:])
    came_back = np.exp(-edges[:-1] / home.off_s) - np.exp(-edges[1:] / home.off_s)
    found = float(np.sum(unnoticed[:-1]))
    absent = float(np.sum(np.exp(-due / home.off_s)))
    return Absence(0.0, absent, found, float(np.sum(came_back - unnoticed)))


def due_times(
    network: Network, policy: int, cause: int, validity_ns: int, longest_ns: int, begin_ns: int = 0
) -> tuple[Array, float]:
    """When retries are due, and when the segment ends: s after the start of the first attempt.

    Parameters
    ----------
    longest_ns : int
        Retries later than this are left out.
    begin_ns : int
        When the first attempt has failed; later ones fail at once.

    Returns
    -------
    due : (n,) float64 array
    end_s : float
        End of the validity, or of the last attempt that the policy allows.
    """
    due: list[float] = []
    at_ns = begin_ns
    while len(due) < MOST_DELAYS:
        delay_ns = retry_delay_ns(network, policy, cause, len(due) + 1)
        if delay_ns < 0:
            return np.array(due), at_ns / 1e9
        at_ns += delay_ns
        if at_ns >= min(validity_ns, longest_ns):
            break
        due.append(at_ns / 1e9)
    return np.array(due), validity_ns / 1e9


def still_flagged(home: Return, at_s: Array) -> Array:
    """Probability that an absent phone has not been noticed after so many seconds.

    Either it is still off, or it is back and nobody knows.
    """
    return np.exp(-at_s / home.off_s) + returned_unnoticed(home, np.zeros_like(at_s), at_s)


def returned_unnoticed(home: Return, low_s: Array, high_s: Array) -> Array:
    """Probability that a phone returned in (low, high] and is unnoticed at `high_s`.

    The return is exponential.  It is unnoticed at once with probability 1 - p; after u seconds
    still with exp(-u / activity) (1 - u / periodic).  Integrated over the distribution function
    of the return by Gauss and Legendre.
    """
    top, bottom = np.exp(-low_s / home.off_s), np.exp(-high_s / home.off_s)
    # What returned a whole period ago has been noticed: nothing to integrate beyond.
    since = np.maximum(low_s, high_s - home.periodic_s)
    top = np.minimum(top, np.exp(-since / home.off_s))
    half = (top - bottom)[:, None] / 2
    survivor = (top + bottom)[:, None] / 2 + half * NODES
    gone_s = high_s[:, None] + home.off_s * np.log(np.maximum(survivor, 1e-300))
    hidden = np.exp(-gone_s / home.activity_s) * np.maximum(0.0, 1 - gone_s / home.periodic_s)
    integral: Array = np.sum(half * WEIGHTS * hidden, axis=1)
    return (1 - home.p_noticed) * integral


def _absent_shares(network: Network, population: int, radio_s: float) -> tuple[float, float]:
    """Share of attempts to a phone that is off, and to one that goes off before the text is in."""
    on_ns, off_ns = network.population_on_ns[population], network.population_off_ns[population]
    if off_ns <= 0:
        return 0.0, 0.0
    off = off_ns / (on_ns + off_ns)
    return off, -(1 - off) * math.expm1(-radio_s * 1e9 / on_ns)


def _tries(network: Network, policy: int, cause: int, validity_ns: int) -> int:
    """Attempts at a cause that repeats, within policy and validity."""
    due, _ = due_times(network, policy, cause, validity_ns, validity_ns)
    return len(due) + 1
