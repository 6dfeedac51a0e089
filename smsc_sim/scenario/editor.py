"""The JSON schema of a scenario file, from which editors complete and check while one writes."""

from __future__ import annotations

import inspect
from typing import Any

from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.sources import MAPS

_EXTENDS = (
    "Another scenario file in the same folder or below, on which this one builds: maps are merged "
    "key by key, lists and values replaced, null removes a key."
)
_VARIANTS = (
    "Named changes of this scenario, applied with --variant: dotted paths, "
    "{six_links: {link_sets.north-a.links: 6}}, or nested maps."
)
_TABLE = (
    "A CSV or Parquet table beside this file: a `name` column and columns named like keys, dotted "
    "for nested ones, with the unit in the header if you like: rate [msg/s]. Keys beside `from` "
    "are defaults of all rows."
)


def json_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a scenario file: meaning, default and pattern of every key.

    Returns
    -------
    dict
        Plain data, ready for ``json.dumps``.  A file that extends another need not be complete.
    """
    schema = Scenario.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "smsc_sim scenario"
    schema["description"] = inspect.getdoc(Scenario)
    properties = schema["properties"]
    for key in MAPS:
        properties[key] = _or_table(properties[key])
    properties["rates"] = {
        "description": properties["rates"].pop("description"),
        "anyOf": [{"type": "string"}, {"$ref": "#/$defs/Rates"}],
        "default": "list-2026",
    }
    properties["extends"] = {"type": "string", "description": _EXTENDS}
    properties["variants"] = {
        "type": "object",
        "additionalProperties": {"type": "object"},
        "description": _VARIANTS,
    }
    required = [key for key in schema.pop("required") if key != "name"]
    schema["if"] = {"not": {"required": ["extends"]}}
    schema["then"] = {"required": required}
    on_one_line: dict[str, Any] = _unwrapped(schema)
    return on_one_line


def _unwrapped(node: Any) -> Any:
    """Schema with every description on one line, as editors show them."""
    if isinstance(node, list):
        return [_unwrapped(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: " ".join(value.split())
        if key == "description" and isinstance(value, str)
        else _unwrapped(value)
        for key, value in node.items()
    }


def _or_table(property_schema: dict[str, Any]) -> dict[str, Any]:
    """Schema of a map of elements that may be a table instead."""
    described: dict[str, Any] = {
        key: property_schema[key] for key in ("title", "description") if key in property_schema
    }
    inner = {key: value for key, value in property_schema.items() if key not in described}
    table = {
        "type": "object",
        "required": ["from"],
        "properties": {"from": {"type": "string", "pattern": r"\.(csv|parquet)$"}},
        "description": _TABLE,
    }
    return {**described, "anyOf": [inner, table]}
