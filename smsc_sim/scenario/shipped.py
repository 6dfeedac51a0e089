"""The texts, daily profiles and policies that the package ships; a scenario's own win."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from importlib import resources

from smsc_sim.scenario.document import Fields, Scalar, read_document
from smsc_sim.scenario.errors import Place
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_base import Part

SHIPPED = {
    "texts": "texts.yaml",
    "profiles": "profiles.yaml",
    "retry_policies": "retry.yaml",
    "sender_policies": "senders.yaml",
}


@functools.cache
def shipped_table(key: str) -> tuple[Fields, str, str]:
    """Shipped map of one key: its nodes, the name of its file and the file's SHA-256."""
    data = resources.files("smsc_sim").joinpath("data", SHIPPED[key]).read_bytes()
    name = f"smsc_sim/data/{SHIPPED[key]}"
    return read_document(data.decode("utf-8"), name), name, hashlib.sha256(data).hexdigest()


def with_shipped(tree: Fields) -> Fields:
    """Tree with every shipped element that the scenario does not define itself.

    An own element replaces the shipped one of its name whole.
    """
    entries = dict(tree.entries)
    for key in SHIPPED:
        table = shipped_table(key)[0]
        place, own = entries.get(key, (table.place, Fields({}, table.place)))
        if isinstance(own, Scalar) and own.value is None:
            own = Fields({}, own.place)
        if isinstance(own, Fields):
            entries[key] = (place, Fields({**table.entries, **own.entries}, own.place))
    return Fields(entries, tree.place)


def without_unused(scenario: Scenario, tree: Fields) -> Scenario:
    """Scenario without the shipped elements that nothing in it names."""
    named = {
        "texts": {text for part in scenario.traffic.values() for text in _texts(part)},
        "profiles": {
            getattr(part, "profile", "")
            for part in (*scenario.traffic.values(), *scenario.background.values())
        },
        "retry_policies": {
            name for smsc in scenario.smscs.values() for name in smsc.retry.values()
        },
        "sender_policies": {account.policy for account in scenario.accounts.values()},
    }
    kept = {}
    for key, names in named.items():
        table: dict[str, object] = getattr(scenario, key)
        kept[key] = {
            name: part
            for name, part in table.items()
            if name in names or not _is_shipped(_key_place(tree, key, name), key)
        }
    return scenario.model_copy(update=kept)


def _texts(part: Part) -> Iterator[str]:
    """Texts that some traffic names, and those that its parts name."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if name == "text":
            yield value
        for inner in value.values() if isinstance(value, dict) else (value,):
            if isinstance(inner, Part):
                yield from _texts(inner)


def _key_place(tree: Fields, key: str, name: str) -> Place:
    table = tree.get(key)
    assert isinstance(table, Fields)
    return table.entries[name][0]


def _is_shipped(place: Place, key: str) -> bool:
    return place.file == shipped_table(key)[1]
