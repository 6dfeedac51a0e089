"""Dialogues that are opened empty, as the text does not fit beside the dialogue portion.

The messages are then an empty BEGIN, an empty CONTINUE back, the ForwardSM in a CONTINUE and an END
without dialogue portion.  Which stack does so is a matter of the links on its way: SIGTRAN has no
such limit.
"""

from smsc_sim.model.codes import OK
from smsc_sim.model.network import Network
from smsc_sim.model.operations import (
    ERROR_WITHOUT_DIALOGUE,
    MAP_ERROR,
    MO_FORWARD_SM_RESULT,
    MT_FORWARD_SM,
    MT_FORWARD_SM_RESULT,
    RESULT_WITHOUT_DIALOGUE,
)


def opens_empty(network: Network, node: int, target: int, operation: int, octets: int) -> bool:
    """Whether a ForwardSM with so many TP-UD octets opens its dialogue empty.

    `node` sends it to `target`; `operation` is MO_FORWARD_SM or MT_FORWARD_SM.
    """
    row = 2 * network.leg_is_short[node * network.nodes + target]
    return octets >= network.opens_from[row + (1 if operation == MT_FORWARD_SM else 0)]


def closing_msu(
    network: Network, node: int, target: int, operation: int, octets: int, cause: int
) -> int:
    """MSU code of the result or error that answers a ForwardSM from `node` to `target`."""
    if opens_empty(network, node, target, operation, octets):
        return (RESULT_WITHOUT_DIALOGUE if cause == OK else ERROR_WITHOUT_DIALOGUE) << 8
    if cause != OK:
        return MAP_ERROR << 8
    return (MT_FORWARD_SM_RESULT if operation == MT_FORWARD_SM else MO_FORWARD_SM_RESULT) << 8
