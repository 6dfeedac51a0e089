"""Populations to columns: sizes, serving MSCs and SMSCs, reachability, errors, radio."""

import hashlib
from itertools import accumulate
from typing import Any

from smsc_sim.model.causes import HLR_ERRORS, MSC_ERRORS, PHONE_ERRORS
from smsc_sim.model.codes import CAUSE_NAMES, NOBODY
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_elements import Population
from smsc_sim.scenario.schema_subscribers import AttemptErrors, Memory


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


def _free_ns(memory: Memory) -> int:
    """Mean time with memory to spare that goes with the share and the mean time without, ns."""
    if memory.full == 0.0:
        return 0
    return max(1, round(memory.mean_full * (1 - memory.full) / memory.full))


def _error_columns(errors: list[AttemptErrors]) -> dict[str, Any]:
    """Errors of attempts, by where they are found; those at the phone follow those at the MSC."""
    first, ends, causes = [0], [], []
    for part in errors:
        at_msc = {"system_failure": part.system_failure, **part.at_msc}
        at_phone = {"subscriber_busy": part.subscriber_busy, **part.at_msc}
        before = 0.0
        for shares, known in (
            (part.at_hlr, HLR_ERRORS),
            (at_msc, ("system_failure", *MSC_ERRORS)),
            (at_phone, ("subscriber_busy", *PHONE_ERRORS)),
        ):
            total = before if known[0] == "subscriber_busy" else 0.0
            for cause in sorted(shares, key=CAUSE_NAMES.index):
                if cause in known and shares[cause] > 0.0:
                    total += shares[cause]
                    ends.append(total)
                    causes.append(CAUSE_NAMES.index(cause))
            before = total
            first.append(len(ends))
    return {
        "error_first": first,
        "error_end": ends,
        "error_cause": causes,
        "alert_low_ns": [part.alert_after[0] for part in errors],
        "alert_high_ns": [part.alert_after[1] for part in errors],
    }


def _moved_columns(
    scenario: Scenario, parts: list[Population], nodes: dict[str, int]
) -> dict[str, Any]:
    """Ported numbers and roaming phones."""
    only_hlr = next(iter(scenario.hlrs))
    first, ends, mscs = [0], [], []
    for part in parts:
        names, shares = cumulative(part.roaming.mscs) if part.roaming else ([], [])
        mscs += [nodes[name] for name in names]
        ends += shares
        first.append(len(mscs))
    own = [part.hlr or only_hlr for part in parts]
    asked = [part.ported.hlr if part.ported else None for part in parts]
    return {
        "p_ported": [part.ported.share if part.ported else 0.0 for part in parts],
        "ported_hlr": [nodes[old or hlr] for old, hlr in zip(asked, own, strict=True)],
        "p_roaming": [part.roaming.share if part.roaming else 0.0 for part in parts],
        "roam_first": first,
        "roam_end": ends,
        "roam_msc": mscs,
    }


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
        homes, home_ends = cumulative(part.smscs or equal_shares(scenario.home_smscs))
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
        "p_status_report": [part.status_reports for part in parts],
        "p_unknown": [part.unknown for part in parts],
        **_moved_columns(scenario, parts, nodes),
        "p_barred": [part.barred for part in parts],
        "memory_free_ns": [_free_ns(part.memory) for part in parts],
        "memory_full_ns": [part.memory.mean_full if part.memory.full else 0 for part in parts],
        **_error_columns([part.errors for part in parts]),
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
