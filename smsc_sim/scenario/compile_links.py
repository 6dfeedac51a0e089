"""Link sets to columns: links become stations, speeds times, thresholds waits, messages octets."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from smsc_sim.content.capacity import PAYLOAD_OCTETS
from smsc_sim.model import octets
from smsc_sim.model import operations as op
from smsc_sim.model.codes import NEVER, NOBODY
from smsc_sim.model.legs import PRIORITIES, far_end
from smsc_sim.model.network import Network
from smsc_sim.model.state import empty_state
from smsc_sim.scenario.compile_topology import Rows
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_links import LinkSet, Signalling

TRANSPORTS: tuple[Literal["mtp2", "m3ua"], ...] = ("mtp2", "m3ua")
REPORTING = (op.REPORT_SM_DELIVERY_STATUS, op.ALERT_SC, op.READY_FOR_SM)
OPENING = (
    *(
        op.MO_FORWARD_SM,
        op.MT_FORWARD_SM,
        op.SRI_SM,
        op.EMPTY_BEGIN,
    ),
    op.INITIAL_DP_SMS,
)
GOING_ON = (
    op.EMPTY_CONTINUE,
    op.MO_FORWARD_SM_CONTINUE,
    op.MT_FORWARD_SM_CONTINUE,
)


class Links(NamedTuple):
    """Columns of link sets, and what their stations belong to."""

    columns: dict[str, Any]
    stations: dict[int, tuple[int, int]]  # station: element of its link, node that sends over it

    def link_of(self, stations: list[Any]) -> list[int]:
        """Element of the link of every station, or -1."""
        return [self.stations.get(row, (NOBODY, NOBODY))[0] for row in range(len(stations))]

    def sender_of(self, stations: list[Any]) -> list[int]:
        """Node that sends over the link of every station, or -1."""
        return [self.stations.get(row, (NOBODY, NOBODY))[1] for row in range(len(stations))]


def link_names(scenario: Scenario) -> list[str]:
    """Names of the single links, set by set: home-a.1, home-a.2."""
    return [
        f"{name}.{number}"
        for name, part in sorted(scenario.link_sets.items())
        for number in range(1, part.links + 1)
    ]


def compile_links(scenario: Scenario, rows: Rows) -> Links:
    """Each link is a station in each direction."""
    names = (
        *("set_from", "set_to", "set_links", "set_first_station", "set_first_link"),
        *("set_octet_ns", "set_msu_ns", "set_propagation_ns", "set_transport"),
    )
    columns: dict[str, list[Any]] = {name: [] for name in names}
    stations: dict[int, tuple[int, int]] = {}
    discards: list[int] = []
    first_link = len(rows.nodes) + len(rows.link_sets)
    for name, row in rows.link_sets.items():
        part = scenario.link_sets[name]
        msu_ns = 0 if part.msu_rate is None else max(1, round(1e9 / part.msu_rate))
        longest_ns = (
            int(part.buffer * 8e9 / part.speed) if msu_ns == 0 else part.msu_buffer * msu_ns
        )
        first = len(rows.stations)
        for a, b in (part.between, part.between[::-1]):
            for link in range(part.links):
                station = rows.station(
                    f"{name} {a}>{b} {link}", len(rows.nodes) + row, 1, 0, longest_ns
                )
                stations[station] = (first_link + link, rows.nodes[a])
        values = (
            *(rows.nodes[part.between[0]], rows.nodes[part.between[1]], part.links),
            *(first, first_link, 8e9 / part.speed, msu_ns, part.propagation),
            TRANSPORTS.index(part.transport),
        )
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
        discards += _discards(part, longest_ns)
        first_link += part.links
    signalling = scenario.signalling
    return Links(
        {
            "link_sets": len(rows.link_sets),
            **columns,
            "set_discard_ns": discards,
            "operation_priority": [priority(row) for row in range(len(op.OPERATION_NAMES))],
            "sls_bits": signalling.sls_bits,
            "cards_apart": int(signalling.link_cards == "apart"),
            "changeover_ns": signalling.changeover,
            "reroute_ns": signalling.reroute,
            "msu_octets": msu_octets_table(signalling),
            "msu_codes": len(op.OPERATION_NAMES) << 8,
            "leg_is_short": [],  # known when the routes are
            "opens_from": opens_from(signalling),
        },
        stations,
    )


def _discards(part: LinkSet, longest_ns: int) -> list[int]:
    """Wait for a link at which MSUs of each priority are discarded, by priority."""
    waits = [max(1, int(share * longest_ns)) for share in part.congestion]
    return (waits + [NEVER] * PRIORITIES)[:PRIORITIES]


def priority(operation: int) -> int:
    """Priority of the MSUs of an operation, 0 to 3: the higher, the later they are discarded."""
    if operation in REPORTING:
        return 0
    if operation in OPENING:
        return 1
    return 2 if operation in GOING_ON else 3


def opens_from(signalling: Signalling) -> list[int]:
    """TP-UD octets from which the dialogue of a text is opened empty.

    For mo- and mt-ForwardSM, first over links without a limit, then over mtp2; NEVER if always one
    MSU is enough.
    """
    digits = signalling.address_digits
    more = signalling.routing_label - octets.ROUTING_LABEL_OCTETS

    def is_long(operation: int, size: int, limited: bool) -> bool:
        if octets.needs_long_dialogue(operation, size, digits, "m3ua"):
            return True
        sif = octets.sif_octets(operation, size, digits) + more
        return limited and sif > signalling.largest_sif

    return [
        next(
            (
                size
                for size in range(octets.MAX_USER_DATA_OCTETS + 1)
                if is_long(operation, size, limited)
            ),
            NEVER,
        )
        for limited in (False, True)
        for operation in (op.MO_FORWARD_SM, op.MT_FORWARD_SM)
    ]


def short_legs(network: Network) -> list[int]:
    """Whether a link of mtp2 is on some way from each node to each, with everything up."""
    state = empty_state(network)
    nodes, mtp2 = network.nodes, TRANSPORTS.index("mtp2")
    found = [0] * (nodes * nodes)
    for target in range(nodes):
        known = {target: 0}

        def visit(node: int, target: int = target, known: dict[int, int] = known) -> int:
            if node not in known:
                row = target * nodes + node
                sets = state.route_set[state.route_first[row] : state.route_first[row + 1]]
                known[node] = max(
                    (
                        int(network.set_transport[link_set] == mtp2)
                        or visit(far_end(network, link_set, node))
                        for link_set in sets
                    ),
                    default=0,
                )
            return known[node]

        for node in range(nodes):
            found[node * nodes + target] = visit(node)
    return found


def _octets(
    signalling: Signalling, operation: int, user_data: int, transport: Literal["mtp2", "m3ua"]
) -> int:
    """Octets of a message; what is longer than SMS allows is cut where its links ask for it."""
    digits = signalling.address_digits
    if user_data <= PAYLOAD_OCTETS:
        return octets.msu_octets(operation, user_data, digits, transport)
    return octets.cut_msu_octets(operation, user_data, digits, transport, signalling.largest_sif)


def msu_octets_table(signalling: Signalling) -> list[int]:
    """Octets on the wire by transport, operation and TP-UD octets."""
    more = {
        "mtp2": signalling.routing_label - octets.ROUTING_LABEL_OCTETS,
        "m3ua": signalling.sigtran_header - octets.SIGTRAN_OCTETS,
    }
    return [
        _octets(signalling, operation, user_data, transport) + more[transport]
        for transport in TRANSPORTS
        for operation in range(len(op.OPERATION_NAMES))
        for user_data in range(256)
    ]
