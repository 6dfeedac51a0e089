"""Waiting lines to columns: which stations and pools have one, with which bands and places."""

from typing import Any

from smsc_sim.scenario.compile_subscribers import digest
from smsc_sim.scenario.compile_topology import Rows


def compile_queues(rows: Rows, classes: tuple[str, ...]) -> dict[str, Any]:
    """Columns of `Network` about stations, pools and their lines.

    Parameters
    ----------
    rows : Rows
        All stations and pools.
    classes : tuple of str
        Class of each source.
    """
    rules = [*rows.station_lines.values(), *rows.pool_lines.values()]
    of_station = {row: line for line, row in enumerate(rows.station_lines)}
    of_pool = {row: line for line, row in enumerate(rows.pool_lines, len(rows.station_lines))}
    first = [0]
    for rule in rules:
        first.append(first[-1] + len(rule.weights))
    stations, pools = range(len(rows.stations)), range(len(rows.pools))
    return {
        "stations": len(rows.stations),
        "station_element": [row[1] for row in rows.stations],
        "station_servers": [row[2] for row in rows.stations],
        "station_service_ns": [row[3] for row in rows.stations],
        "station_patience_ns": [row[4] for row in rows.stations],
        "station_is_random": [int(row in rows.random) for row in stations],
        "station_digest": [digest(f"station/{row[0]}") for row in rows.stations],
        "station_line": [of_station.get(row, -1) for row in stations],
        "pools": len(rows.pools),
        "pool_units": [row[1] for row in rows.pools],
        "pool_element": [row[2] for row in rows.pools],
        "pool_line": [of_pool.get(row, -1) for row in pools],
        "lines": len(rules),
        "line_first": first,
        "line_places": [rule.places for rule in rules],
        "line_is_weighted": [int(rule.is_weighted) for rule in rules],
        "line_band": [
            first[line] + rule.bands.get(name, 0)
            for line, rule in enumerate(rules)
            for name in classes
        ],
        "band_weight": [weight for rule in rules for weight in rule.weights],
    }
