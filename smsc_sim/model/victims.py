"""Whom the failure of an element hits."""

from smsc_sim.model.codes import (
    DROPPED,
    ELEMENT_UP,
    HUB_RECEIPT,
    PARK,
    RETRY_WAIT,
    SEGMENT,
    SEND,
    STORE_LOSS,
    WIPED,
)
from smsc_sim.model.failover import fails_with
from smsc_sim.model.network import Network


def is_victim(
    network: Network,
    element: int,
    failure: int,
    now: int,
    kind: int,
    smsc: int,
    verb: int,
    place: int,
    station: int,
    done_ns: int,
) -> bool:
    """Whether a waiting job is hit by the failure of an element.

    Parameters
    ----------
    element : int
        Node, or number of nodes plus link set.
    failure : int
        BREAKDOWN or STORE_LOSS.
    kind, smsc : int
        Of the job.
    verb, place : int
        What it asked for; of an MSU that waits in a changeover buffer, SEND and its node.
    station : int
        Where it queues or is served now, or -1.
    done_ns : int
        When that service ends; what comes after it (propagation) is safe.

    Notes
    -----
    Whoever queues or is served at the element is hit, in its send buffers too.  So is every
    operation under way for a segment of a failed SMSC; what merely waits in its store for the next
    attempt, or for the receipt of a hub, survives, unless the store is lost.
    """
    if station >= 0 and done_ns > now and fails_with(network, element, station):
        return True
    if verb == SEND and station < 0 and place == element:
        return True
    if kind == SEGMENT and network.smsc_node[smsc] == element:
        is_waiting = verb == PARK and place in (RETRY_WAIT, ELEMENT_UP, HUB_RECEIPT)
        return failure == STORE_LOSS or not is_waiting
    return False


def victim_signal(kind: int, failure: int) -> int:
    """What a victim of a failure is told."""
    return WIPED if failure == STORE_LOSS and kind == SEGMENT else DROPPED
