"""What is wrong with links and signalling is refused at its line, with what to do."""

from pathlib import Path

import pytest

from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import load

BASE = """start: 2026-12-31T18:00 Europe/Helsinki
duration: 1 h
smscs: {north: {rate: 100 msg/s}}
hlrs: {main: {rate: 100 /s}}
stps: {a: {}}
mscs: {east: {}}
link_sets:
  north-a: {between: [north, a], links: 2}
  main-a: {between: [a, main], transport: m3ua}
  east-a: {between: [a, east]}
populations: {city: {size: 100, country: FI}}
traffic: {people: {kind: person_to_person, from: city, to: city, volume: 3 msg/day}}
failures: {down: {element: north-a.2, at: 18:10, for: 1 min}}
signalling: {sls_bits: 4}
"""
BROKEN = [
    (
        "sls_bits: 4",
        "sls_bits: 6",
        "14:24: signalling.sls_bits: must be 4, 5 or 8 (got '6'); "
        "write 4 for ITU-T, 5 or 8 for ANSI networks",
    ),
    (
        "links: 2}",
        "links: 2, congestion: [50 %, 40 %, 90 %]}",
        "8:56: link_sets.north-a.congestion: must rise from level to level; "
        "write e.g. [50 %, 70 %, 90 %]",
    ),
    (
        "links: 2}",
        "links: 2, congestion: [50 %, 90 %]}",
        "8:56: link_sets.north-a.congestion: needs three shares; write e.g. [50 %, 70 %, 90 %]",
    ),
    (
        "links: 2}",
        "links: 2, msu_rate: 4000 /s}",
        "8:54: link_sets.north-a.msu_rate: needs cards of SIGTRAN, but the transport is mtp2; "
        "write transport: m3ua",
    ),
    (
        "links: 2}",
        "links: 2, speed: t9}",
        "8:51: link_sets.north-a.speed: needs a speed in bits per second (got 't9'); "
        "write e.g. 64 kbit/s",
    ),
    (
        "element: north-a.2",
        "element: north-a.3",
        "13:28: failures.down.element: no element is called 'north-a.3'; did you mean 'north-a.2'?",
    ),
    (
        "sls_bits: 4",
        "changeover: -1 s",
        "14:26: signalling.changeover: must not be negative (got '-1 s')",
    ),
    (
        "sls_bits: 4",
        "largest_sif: 100 octets",
        "14:27: signalling.largest_sif: must be at least 200 (got '100 octets')",
    ),
    (
        "sls_bits: 4",
        "address_digits: 21",
        "14:30: signalling.address_digits: must be at most 20 (got '21')",
    ),
]


@pytest.mark.parametrize(("old", "new", "line"), BROKEN)
def test_broken_links(tmp_path: Path, old: str, new: str, line: str) -> None:
    """One wrong value gives exactly this line and no other."""
    path = tmp_path / "links.yaml"
    path.write_text(BASE)
    load(path)
    path.write_text(BASE.replace(old, new, 1))
    with pytest.raises(ScenarioError) as refusal:
        load(path)
    first, *others = str(refusal.value).splitlines()
    assert first == f"links.yaml:{line}"
    assert others == ["links.yaml: 1 problem found, nothing was run"]
