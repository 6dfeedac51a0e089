"""Topology to columns: nodes and links become stations, pools and link sets."""

from dataclasses import dataclass, field
from typing import Any

from smsc_sim.model.codes import NEVER, NOBODY
from smsc_sim.model.operations import OPERATION_NAMES
from smsc_sim.scenario.nodes import NODE_KINDS
from smsc_sim.scenario.quantities import Room
from smsc_sim.scenario.schema import Scenario


@dataclass(frozen=True)
class LineRule:
    """A waiting line: room for how many, and in which band each class waits."""

    places: int = NEVER
    bands: dict[str, int] = field(default_factory=dict)  # of a class; others are in band 0
    weights: tuple[float, ...] = (1.0,)  # of each band, at least 1
    is_weighted: bool = False


@dataclass
class Rows:
    """Row numbers of what has a name, and the stations and pools found so far."""

    nodes: dict[str, int]
    link_sets: dict[str, int]
    links: dict[str, int]
    smscs: dict[str, int]
    stations: list[tuple[str, int, int, int, int]]  # name, element, servers, service, patience
    pools: list[tuple[str, int, int]]  # name, units, element
    channel_groups: list[str] = field(default_factory=list)
    group_of: dict[int, int] = field(default_factory=dict)  # pool of channels -> its group
    random: set[int] = field(default_factory=set)  # stations with exponential service
    station_lines: dict[int, LineRule] = field(default_factory=dict)
    pool_lines: dict[int, LineRule] = field(default_factory=dict)

    def station(self, name: str, element: int, servers: int, service_ns: int, patience: int) -> int:
        """Add a station; returns its row."""
        self.stations.append((name, element, servers, service_ns, patience))
        return len(self.stations) - 1

    def queue(
        self, name: str, element: int, servers: int, service_ns: int, room: Room, service: str
    ) -> int:
        """Add a station of a node; a number of places needs a line.  Returns its row."""
        patience = NEVER if room.time_ns is None else room.time_ns
        row = self.station(name, element, servers, service_ns, patience)
        if room.places is not None:
            self.station_lines[row] = LineRule(places=room.places)
        if service == "exponential":
            self.random.add(row)
        return row

    def pool(self, name: str, units: int, element: int) -> int:
        """Add a pool; returns its row."""
        self.pools.append((name, units, element))
        return len(self.pools) - 1

    def channel_group(self, name: str) -> int:
        """Add channels of one kind at one MSC; returns their row."""
        self.channel_groups.append(name)
        return len(self.channel_groups) - 1

    def channels(self, name: str, units: int, group: int) -> int:
        """Add the pool of one cell's channels; returns its row."""
        pool = self.pool(name, units, NOBODY)
        self.group_of[pool] = group
        return pool


def service_ns(rate_per_s: float) -> int:
    """Time in ns that one unit works on one operation."""
    return max(1, round(1e9 / rate_per_s))


def element_of(rows: Rows, name: str) -> int:
    """Row of an element: nodes come before link sets, these before single links."""
    if name in rows.nodes:
        return rows.nodes[name]
    if name in rows.links:
        return len(rows.nodes) + len(rows.link_sets) + rows.links[name]
    return len(rows.nodes) + rows.link_sets[name]


def compile_nodes(scenario: Scenario, rows: Rows) -> dict[str, Any]:
    """Stations and pools of all nodes."""
    stations: list[int] = []
    answers: list[int] = []
    admission, store, dialogues, phones, smsc_node = [], [], [], [], []
    for name, node in rows.nodes.items():
        answers.append(0)
        if name in scenario.smscs:
            smsc = scenario.smscs[name]
            submit_ns = service_ns(smsc.submit_rate or smsc.rate)
            gate = rows.queue(
                f"{name} admission", node, smsc.units, submit_ns, smsc.submit_queue, smsc.service
            )
            work_ns = service_ns(smsc.rate)
            stations.append(rows.queue(name, node, smsc.units, work_ns, Room(), smsc.service))
            admission.append(gate)
            # A crash forgets dialogues and whose turn it is, but not what is stored.
            store.append(rows.pool(f"{name} store", smsc.store, NOBODY))
            shared = smsc.dialogues - sum(pool.dialogues for pool in smsc.pools.values())
            # None are left, and none is needed, where every class has its own.
            dialogues.append(rows.pool(f"{name} dialogues", max(1, shared), node))
            phones.append(rows.pool(f"{name} phones", 1, node))
            smsc_node.append(node)
            continue
        if name in scenario.routes:
            route = scenario.routes[name]
            stations.append(rows.station(name, node, 1, service_ns(route.rate), route.queue))
            continue
        if name in scenario.networks:
            # Its own queues are in the times that it takes; each visit is counted.
            stations.append(rows.station(name, node, 1, 0, NEVER))
            continue
        part = _node(scenario, name)
        answers[-1] = getattr(part, "answer_time", 0)
        work_ns = service_ns(part.rate)
        stations.append(rows.queue(name, node, part.units, work_ns, part.queue, part.service))
    return {
        "nodes": len(rows.nodes),
        "is_relay": [int(name in scenario.stps) for name in rows.nodes],
        **_waypoints(scenario, rows),
        "smscs": len(rows.smscs),
        "node_station": stations,
        "admission_station": admission,
        "node_smsc": [rows.smscs.get(name, NOBODY) for name in rows.nodes],
        "smsc_node": smsc_node,
        "smsc_store": store,
        "smsc_dialogues": dialogues,
        "smsc_phones": phones,
        "hlr_answer_ns": answers,
    }


def _node(scenario: Scenario, name: str) -> Any:
    """What a scenario says of a node."""
    maps = (getattr(scenario, row.key) for row in NODE_KINDS)
    return next(nodes[name] for nodes in maps if name in nodes)


def _waypoints(scenario: Scenario, rows: Rows) -> dict[str, list[int]]:
    """Nodes that the MSUs of each operation must pass."""
    first, nodes = [0], []
    for operation in range(len(OPERATION_NAMES)):
        for row in NODE_KINDS:
            if operation in row.passes:
                nodes += [rows.nodes[name] for name in sorted(getattr(scenario, row.key))]
        first.append(len(nodes))
    return {"waypoint_first": first, "waypoint_node": nodes}
