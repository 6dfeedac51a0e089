"""How SMSCs share licence and dialogues: bands of classes, pools of a class, limits."""

from typing import Any

from smsc_sim.model.codes import NOBODY
from smsc_sim.scenario.compile_topology import LineRule, Rows, service_ns
from smsc_sim.scenario.quantities import Room
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_elements import Smsc

MIDDLE_PRIORITY = 2  # of a class that `priorities` does not name


def line_rule(smsc: Smsc, classes: list[str]) -> LineRule | None:
    """Bands in which classes wait at an SMSC; None if all are alike.

    Weights are scaled so that the lowest is 1.
    """
    if smsc.sharing == "weighted":
        weights = [smsc.weights.get(name, 1.0) for name in classes]
        shares = tuple(weight / min(weights) for weight in weights)
        bands = {name: band for band, name in enumerate(classes)}
        return LineRule(bands=bands, weights=shares, is_weighted=True) if len(bands) > 1 else None
    rank = {name: smsc.priorities.get(name, MIDDLE_PRIORITY) for name in classes}
    order = sorted(set(rank.values()))
    if len(order) < 2:
        return None
    bands = {name: order.index(rank[name]) for name in classes}
    return LineRule(bands=bands, weights=(1.0,) * len(order))


def compile_smscs(
    scenario: Scenario, rows: Rows, nodes: dict[str, Any], classes: list[str]
) -> dict[str, Any]:
    """Columns of `Network` about retry licences, dialogues of classes and limits.

    Parameters
    ----------
    scenario : Scenario
    rows : Rows
        Stations and pools are added.
    nodes : dict
        Columns of `compile_nodes`.
    classes : list of str
        Class of each source.
    """
    columns: dict[str, list[int]] = {
        key: []
        for key in ("smsc_retry_station", "source_dialogues", "limit_node", "limit_population")
    }
    parts = [scenario.smscs[name] for name in rows.smscs]
    columns["smsc_from_memory"] = [int(part.delivery == "first_attempt") for part in parts]
    columns["smsc_store_ns"] = [part.store_time for part in parts]
    for number, name in enumerate(rows.smscs):
        smsc, node = scenario.smscs[name], rows.nodes[name]
        retries = NOBODY
        if smsc.retry_rate is not None:
            work_ns = service_ns(smsc.retry_rate)
            retries = rows.queue(f"{name} retries", node, smsc.units, work_ns, Room(), smsc.service)
        columns["smsc_retry_station"].append(retries)
        first = len(rows.pools)
        shared = nodes["smsc_dialogues"][number]
        own = {
            kind: rows.pool(f"{name} dialogues {kind}", pool.dialogues, node)
            for kind, pool in sorted(smsc.pools.items())
        }
        columns["source_dialogues"] += [own.get(kind, shared) for kind in classes]
        columns["limit_node"] += _limits_of_nodes(scenario, rows, name)
        columns["limit_population"] += _limits_of_countries(scenario, rows, name)
        rule = line_rule(smsc, sorted(set(classes)))
        if rule is not None:
            licences = [nodes["node_station"][node], *([retries] if retries >= 0 else [])]
            rows.station_lines |= dict.fromkeys(licences, rule)
            pools = [shared, *range(first, len(rows.pools))]
            rows.pool_lines |= dict.fromkeys(pools, rule)
    return columns


def _limits_of_nodes(scenario: Scenario, rows: Rows, name: str) -> list[int]:
    """Pool of the limit towards each node, or -1."""
    limits, node = scenario.smscs[name].limits, rows.nodes[name]
    found = []
    for other in rows.nodes:
        units = limits.per_hlr if other in scenario.hlrs else None
        units = limits.per_msc if other in scenario.mscs else units
        label = f"{name} towards {other}"
        found.append(NOBODY if units is None else rows.pool(label, units, node))
    return found


def _limits_of_countries(scenario: Scenario, rows: Rows, name: str) -> list[int]:
    """Pool of the limit towards the country of each population, or -1."""
    units, node = scenario.smscs[name].limits.per_country, rows.nodes[name]
    countries = [scenario.populations[key].country for key in sorted(scenario.populations)]
    if units is None:
        return [NOBODY] * len(countries)
    pools = {
        country: rows.pool(f"{name} towards {country}", units, node)
        for country in sorted(set(countries))
    }
    return [pools[country] for country in countries]
