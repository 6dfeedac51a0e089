"""What operators take from one sender: parts in a minute, messages in a day.

The account keeps to the rate itself.  What is beyond the day's messages fails at the operator, and
is charged, or waits at the account for the next day, as the limit says.
"""

from smsc_sim.model.codes import (
    COUNTED_TODAY,
    END,
    ESME_COUNTED,
    ESME_LIMITED,
    ESME_PAUSED,
    HOLD,
    LOG_CAPPED,
    NOBODY,
    NOTHING,
    OK,
    REJECTED,
    SUBMISSION_OVER,
    THROTTLED,
)
from smsc_sim.model.commands import command, hold, serve
from smsc_sim.model.network import Command, Job, Network, State


def quota_of(network: Network, job: Job) -> int:
    """Row of the limit that the recipient's operator sets to the account of a job, or -1."""
    account = network.source_account[job.source]
    return network.account_quota[account * len(network.population_size) + job.population]


def is_quota_of(network: Network, quota: int, account: int) -> bool:
    """Whether a limit is one of an account."""
    populations = len(network.population_size)
    for population in range(populations):
        if network.account_quota[account * populations + population] == quota:
            return True
    return False


def keep_quota(network: Network, state: State, job: Job, now: int) -> Command:
    """Keep to the rate, then to the messages of the day; a message is counted once, a resend not.

    Stages ESME_PACED, while there is a limit, and ESME_LIMITED.
    """
    quota = quota_of(network, job)
    station = network.quota_station[quota]
    if job.stage != ESME_LIMITED and station >= 0:
        return serve(job, station, network.station_service_ns[station], ESME_LIMITED)
    most = network.quota_per_day[quota]
    if most < 0 or job.segment > 0 or job.attempt > 0:
        return hold(job, 0, ESME_COUNTED)
    day = day_of(network, quota, now)
    if state.quota_day[quota] != day or state.quota_used[quota] < most:
        return command(HOLD, 0, 0, 0, ESME_COUNTED, OK, NOTHING, 0, COUNTED_TODAY, day)
    if network.quota_waits[quota] == 1:
        return hold(job, network.quota_resume_ns[day] - now, ESME_PAUSED)
    segments = network.text_segments[job.text]
    return command(
        *(END, 0, 0, 0, job.stage, THROTTLED, LOG_CAPPED, segments, SUBMISSION_OVER, REJECTED)
    )


def day_of(network: Network, quota: int, now: int) -> int:
    """Row of the day of a limit that a time falls into."""
    row = network.quota_first[quota]
    while row + 1 < network.quota_first[quota + 1] and network.quota_end_ns[row] <= now:
        row += 1
    return row


def change_quota(network: Network, state: State, job: Job, day: int) -> None:
    """Count one more message on a day."""
    quota = quota_of(network, job)
    if state.quota_day[quota] != day:
        state.quota_day[quota] = day
        state.quota_used[quota] = 0
    state.quota_used[quota] += 1


def has_quota(network: Network, job: Job) -> bool:
    """Whether the recipient's operator limits the account of a job."""
    return quota_of(network, job) != NOBODY
