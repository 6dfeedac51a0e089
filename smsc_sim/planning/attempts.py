"""Expected procedures of one stored segment: attempts, queries, reports, alerts, in closed form."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from smsc_sim.model.codes import (
    ABSENT_SUBSCRIBER,
    CALL_BARRED,
    MEMORY_CAPACITY_EXCEEDED,
    SUBSCRIBER_BUSY,
)
from smsc_sim.model.errors import BY_HLR, BY_MSC, BY_PHONE, PLACES
from smsc_sim.model.network import Network
from smsc_sim.model.retry import CAUSES, policy_of, retry_delay_ns
from smsc_sim.theory.renewal import mean_attempts

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
    after each error that is repeated, so these repeat geometrically, up to the attempts that the
    policy and the validity allow.  An error that only makes a phone seem absent or full is repeated
    once, after the alert.  Time off is exponential; from the first absent answer on, each
    retry of that cause's schedule counts if the phone has not been noticed by then, and an alert
    brings one more attempt, to a phone that is within reach.

    Left out: attempts that mix causes, retries to a full memory before it has room, the time that
    attempts take after the first, phones that go off again before they are noticed, phones that
    are back but still flagged for somebody else's message, refusals, losses and queues.  Where a
    fifth of the phones is off and a tenth of the attempts fails (1.8 attempts per segment), the
    busy times of nodes came out at most 1.5 % and open dialogues 1.8 % too high (computed,
    tests/validation/test_offered_load.py).
    """
    policy = policy_of(network, smsc, source)
    validity_ns = network.source_validity_ns[source]
    if validity_ns < 0:
        validity_ns = network.smsc_validity_ns[smsc]
    timeout_s = network.paging_timeout_ns[population] / 1e9
    response_s = answered_s(network, population)
    off, gone = _absent_shares(network, population, response_s + channel_s)
    absent_share = off + gone

    odds = odds_of(network, population, policy)
    passes = 1 - odds.at_hlr  # the HLR's answer is no error
    reached = passes * (1 - odds.at_msc)
    tries = min(
        [_tries(network, policy, cause, validity_ns) for cause in odds.repeated],
        default=1 + validity_ns // max(1, network.alert_high_ns[population]),  # alerts alone
    )
    lasting = odds.hlr_repeats + passes * odds.msc_repeats  # errors that find no phone
    first = mean_attempts(
        min(1.0, lasting + passes * odds.phone_repeats * (1 - absent_share)), tries
    )
    again = mean_attempts(min(1.0, lasting + passes * odds.phone_repeats), tries)

    has_priority = network.source_priority[source] == 1
    met = first * reached * absent_share  # a phone that is absent when an attempt gets to it
    after = absence(network, population, policy, validity_ns, has_priority) if met else Absence(
        0.0, 0.0, 0.0, 0.0
    )  # fmt: skip
    back = met * (after.found + after.alerted)
    through = passes * (1 - odds.at_msc - odds.at_phone)  # success at a phone that is there
    barred = 0.0 if has_priority else met * flagged  # the HLR answers for the MSC
    attempts = first + met * (after.flagged + after.absent) + back * again
    mt = (first + back * again) * passes - barred + met * after.absent
    delivered = through * (first * (1 - absent_share) + back * again)
    there = passes * (first * (1 - absent_share) + back * again)
    detached = network.p_detached[population]
    paged = (met - barred) * (1 - detached * off / absent_share) if absent_share > 0 else 0.0
    paged += met * after.absent * (1 - detached) + there * odds.absent
    drawn = there * (odds.absent + odds.full)  # flags that an error has set, not the phone
    drawn_by_hlr = (first + back * again) * odds.absent_by_hlr
    known = 1 - network.p_unknown[population]
    stopped = known * network.p_barred[population]
    known -= stopped
    vain = stopped * _tries(network, policy, CALL_BARRED, validity_ns)
    radio_s = (delivered + there * odds.refuses) * (response_s + channel_s)
    radio_s += there * odds.busy * response_s + paged * timeout_s
    sri_errors = met * after.flagged + barred + (first + back * again) * odds.at_hlr
    gone_again = met * (after.absent + after.found * through * again)
    return Course(
        attempts=known * attempts + vain + (1 - known - stopped),
        sri_errors=known * sri_errors + vain + (1 - known - stopped),
        mt=known * mt,
        delivered=known * delivered,
        reports=known * (met - barred + gone_again + drawn),
        returns=known * ((met - barred) * (1 - after.found) + drawn + drawn_by_hlr),
        radio_s=known * radio_s,
    )


class Odds(NamedTuple):
    """Shares of attempts that meet an error, and what becomes of them."""

    at_hlr: float  # of queries
    at_msc: float  # of deliveries, before the phone is paged
    at_phone: float  # of deliveries, if the phone is there
    hlr_repeats: float  # of these three, those after which the policy tries again
    msc_repeats: float
    phone_repeats: float
    absent_by_hlr: float
    absent: float  # of deliveries: a phone that seems absent
    full: float  # of deliveries: no memory
    busy: float
    refuses: float  # of deliveries: what the phone refuses after it has read the text
    repeated: list[int]  # causes after which the policy tries again


def odds_of(network: Network, population: int, policy: int) -> Odds:
    """Errors of single attempts at one population, a memory that is full among them."""
    shares = [_shares(network, population, where) for where in range(PLACES)]
    full_ns, free_ns = network.memory_full_ns[population], network.memory_free_ns[population]
    if full_ns > 0:
        phone = shares[BY_PHONE]
        room = max(0.0, 1 - math.fsum(phone.values()) - math.fsum(shares[BY_MSC].values()))
        phone[MEMORY_CAPACITY_EXCEEDED] = phone.get(
            MEMORY_CAPACITY_EXCEEDED, 0.0
        ) + room * full_ns / (full_ns + free_ns)
    repeats = [
        {
            cause: share
            for cause, share in errors.items()
            if network.retry_count[policy * CAUSES + cause] > 0
        }
        for errors in shares
    ]
    sums = [min(1.0, math.fsum(errors.values())) for errors in (*shares, *repeats)]
    absent = shares[BY_PHONE].get(ABSENT_SUBSCRIBER, 0.0)
    busy = shares[BY_PHONE].get(SUBSCRIBER_BUSY, 0.0)
    return Odds(
        at_hlr=sums[0],
        at_msc=sums[1],
        at_phone=sums[2],
        hlr_repeats=sums[3],
        msc_repeats=sums[4],
        phone_repeats=sums[5],
        absent_by_hlr=shares[BY_HLR].get(ABSENT_SUBSCRIBER, 0.0),
        absent=absent,
        full=shares[BY_PHONE].get(MEMORY_CAPACITY_EXCEEDED, 0.0),
        busy=busy,
        refuses=max(0.0, sums[BY_PHONE] - absent - busy),
        repeated=sorted({cause for errors in repeats for cause in errors} - {ABSENT_SUBSCRIBER}),
    )


def _shares(network: Network, population: int, where: int) -> dict[int, float]:
    """Errors of attempts found in one place: cause and share."""
    row = population * PLACES + where
    below = 0.0
    if where == BY_PHONE:
        below = min(1.0, math.fsum(_shares(network, population, BY_MSC).values()))
    shares = {}
    for error in range(network.error_first[row], network.error_first[row + 1]):
        end = min(1.0, network.error_end[error])
        shares[network.error_cause[error]] = end - below
        below = end
    return shares


def answered_s(network: Network, population: int) -> float:
    """Mean time in s until a phone within reach answers a page, cut off at the time-out."""
    timeout_s = network.paging_timeout_ns[population] / 1e9
    paging_s = network.paging_ns[population] / 1e9
    return -paging_s * math.expm1(-timeout_s / paging_s) if paging_s > 0 else 0.0


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


def tries_at(network: Network, source: int, smsc: int, cause: int) -> int:
    """Attempts at a cause that repeats, for the messages of a source at an SMSC."""
    validity_ns = network.source_validity_ns[source]
    if validity_ns < 0:
        validity_ns = network.smsc_validity_ns[smsc]
    return _tries(network, policy_of(network, smsc, source), cause, validity_ns)
