"""Populations to columns: sizes, serving MSCs and SMSCs, reachability, errors, radio."""

import hashlib
from itertools import accumulate
from typing import Any

from smsc_sim.model.codes import NOBODY
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_elements import Population


def digest(text: str) -> int:
    """Digest of a name, int64: what draws are keyed by, so that other names do not matter.

    Examples
    --------
    >>> digest("traffic/codes") == digest("traffic/codes") != digest("traffic/news")
    True
    """
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)


def cumulative(shares: dict[str, float]) -> tuple[list[str], list[float]]:
    """Names in alphabetical order and their cumulative shares; the last is exactly 1."""
    names = sorted(shares)
    ends = list(accumulate(shares[name] for name in names))
    ends[-1] = 1.0
    return names, ends


def equal_shares(names: list[str]) -> dict[str, float]:
    """The same share for each name."""
    return {name: 1 / len(names) for name in names}


def _mscs_of(scenario: Scenario, part: Population) -> dict[str, float]:
    """Serving MSCs of a population; what is behind a hub has one that nobody knows."""
    if part.route:
        return {part.route[0]: 1.0}
    if part.network:
        return {part.network: 1.0}
    return part.mscs or equal_shares(list(scenario.mscs))


def compile_populations(
    scenario: Scenario, nodes: dict[str, int], smscs: dict[str, int]
) -> dict[str, Any]:
    """Columns of `Network` about populations, in the order of their names."""
    names = sorted(scenario.populations)
    parts = [scenario.populations[name] for name in names]
    share_first, share_end, share_msc = [0], [], []
    home_first, home_end, home_smsc = [0], [], []
    for part in parts:
        mscs, ends = cumulative(_mscs_of(scenario, part))
        share_msc += [NOBODY if part.route else nodes[name] for name in mscs]
        share_end += [round(end * part.size) for end in ends]
        share_first.append(len(share_msc))
        homes, home_ends = cumulative(part.smscs or equal_shares(list(scenario.smscs)))
        home_smsc += [smscs[name] for name in homes]
        home_end += home_ends
        home_first.append(len(home_smsc))
    only_hlr = next(iter(scenario.hlrs))
    return {
        "population_size": [part.size for part in parts],
        "population_first": [0, *accumulate(part.size for part in parts)],
        "population_digest": [digest(f"population/{name}") for name in names],
        "population_hlr": [
            NOBODY if part.route else nodes[part.network or part.hlr or only_hlr] for part in parts
        ],
        "population_on_ns": [part.reachability.mean_on for part in parts],
        "population_off_ns": [part.reachability.mean_off for part in parts],
        "p_detached": [part.reachability.detached for part in parts],
        "p_noticed": [part.reachability.noticed for part in parts],
        "activity_ns": [part.reachability.activity for part in parts],
        "periodic_ns": [part.reachability.periodic_update for part in parts],
        "p_unknown": [part.unknown for part in parts],
        "p_busy": [part.errors.subscriber_busy for part in parts],
        "p_failure": [part.errors.system_failure for part in parts],
        "paging_ns": [part.radio.paging for part in parts],
        "paging_timeout_ns": [part.radio.paging_timeout for part in parts],
        "access_ns": [part.radio.access for part in parts],
        "block_ns": [part.radio.block for part in parts],
        "block_octets": [part.radio.block_octets for part in parts],
        "p_sgs": [part.access.sgs for part in parts],
        "p_ims": [part.access.ims for part in parts],
        "sgs_answer_ns": [part.radio.sgs_answer for part in parts],
        "ims_answer_ns": [part.radio.ims_answer for part in parts],
        "share_first": share_first,
        "share_end": share_end,
        "share_msc": share_msc,
        "home_first": home_first,
        "home_end": home_end,
        "home_smsc": home_smsc,
    }
