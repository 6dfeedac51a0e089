"""When a store tries again: delay by policy, cause and number of the attempt."""

from smsc_sim.model.codes import CAUSE_NAMES
from smsc_sim.model.network import Job, Network

CAUSES = len(CAUSE_NAMES)


def policy_of(network: Network, smsc: int, source: int) -> int:
    """Retry policy of an SMSC for what a source sends."""
    return network.retry_policy[smsc * network.sources + source]


def retry_delay_ns(network: Network, policy: int, cause: int, attempt: int) -> int:
    """Delay in ns after attempt number `attempt` (from 1) failed for `cause`; -1 gives up.

    Beyond the last row of its table a policy repeats that row.
    """
    row = policy * CAUSES + cause
    count = network.retry_count[row]
    if count == 0:
        return -1
    return network.retry_ns[network.retry_first[row] + min(attempt, count) - 1]


def is_permanent(network: Network, job: Job) -> bool:
    """Whether the policy for a segment never repeats an attempt that failed for its cause."""
    return network.retry_count[policy_of(network, job.smsc, job.source) * CAUSES + job.cause] == 0
