"""Kinds of nodes: one row each, with the operations whose MSUs must pass such a node on their way.

A new node on the path of an operation is a row here, a class in `schema_elements` and a field of
`Scenario`; neither rules nor engines need to know it.
"""

from typing import NamedTuple

from smsc_sim.model.operations import (
    MO_FORWARD_SM,
    MO_FORWARD_SM_CONTINUE,
    MT_FORWARD_SM,
    MT_FORWARD_SM_CONTINUE,
    SRI_SM,
)


class NodeKind(NamedTuple):
    """One kind of node."""

    key: str  # of the scenario
    kind: str  # in results
    passes: tuple[int, ...] = ()  # of `model.operations`
    shrinks: tuple[str, ...] = ("units",)  # what --scale makes fewer of
    has_links: bool = True


NODE_KINDS = (
    NodeKind("smscs", "smsc", shrinks=("units", "store", "dialogues")),
    NodeKind("hlrs", "hlr"),
    NodeKind("stps", "stp"),
    NodeKind("mscs", "msc"),
    NodeKind("networks", "network", shrinks=()),
    NodeKind("charging", "charging"),
    NodeKind("routes", "route", shrinks=(), has_links=False),
    NodeKind(
        "firewalls",
        "firewall",
        (MO_FORWARD_SM, MO_FORWARD_SM_CONTINUE, MT_FORWARD_SM, MT_FORWARD_SM_CONTINUE),
    ),
    NodeKind("address_checkers", "address_checker", (SRI_SM,)),
)

NODE_MAPS = tuple(row.key for row in NODE_KINDS if row.has_links)  # what link sets join
ELEMENT_MAPS = (*(row.key for row in NODE_KINDS), "link_sets")
