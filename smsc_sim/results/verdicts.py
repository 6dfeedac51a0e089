"""Verdicts on all targets of a run: each finds its estimate in the tables and is judged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, replace
from typing import Any

import numpy as np
import pandas as pd

from .statistics import Interval, t_interval
from .targets import Verdict, entity_of, judge, measure_name_of
from .words import duration


def judge_all(
    targets: Iterable[Mapping[str, Any]],
    measures: pd.DataFrame,
    latencies: Sequence[pd.DataFrame],
    drain_s: float | None,
) -> list[Verdict]:
    """Judge every target.

    Parameters
    ----------
    targets : iterable of mappings
        As `targets.judge` takes them.
    measures : DataFrame
        Estimates, as `Estimates.measures`.
    latencies : sequence of DataFrame
        The curve of each replication: class, within_s, share.
    drain_s : float or None
        How long the run went on after the window; None where it is not known.

    Returns
    -------
    list of Verdict
        In the order of the targets.
    """
    found = {
        (row["entity_type"], row["entity"], row["measure"]): Interval(
            row["estimate"], row["half_width"], row["n"]
        )
        for row in measures.to_dict("records")
    }
    nothing = Interval(math.nan, math.nan, 0)
    verdicts = []
    for target in targets:
        kind, entity = entity_of(target)
        name = measure_name_of(target)
        note = ""
        interval = found.get((kind, entity, name))
        if interval is None and kind == "element":
            interval = found.get(("smsc", entity, name))
        if interval is None and target["kind"] == "within" and kind in ("run", "class"):
            interval, note = _within_from_curves(latencies, entity, float(target["within_s"]))
        submitted = found.get((kind, entity, "submitted"), nothing).estimate
        left = found.get((kind, entity, "open"), nothing).estimate / submitted if submitted else 0.0
        if target["kind"] == "logins":
            left = found.get((kind, entity, "logins_open"), nothing).estimate
        # A message open at the end is older than the drain, so it missed every shorter limit.
        is_settled = target["kind"] in ("within", "logins") and (drain_s or 0.0) >= float(
            target["within_s"]
        )
        verdict = judge(
            target,
            *astuple(interval or nothing),
            open_share=left if left > 0.0 and not is_settled else 0.0,
        )
        if note and verdict.status == "missed":
            # A tighter limit than the one asked for can prove a target met, never missed.
            verdict = replace(
                verdict, status="undecided", reason="the limit itself was not measured"
            )
        verdicts.append(replace(verdict, reason=verdict.reason + note))
    return verdicts


def _within_from_curves(
    latencies: Sequence[pd.DataFrame], traffic_class: str, within_s: float
) -> tuple[Interval, str]:
    """Share within a limit, read at the largest listed limit that is not above it.

    So the share is never too favourable; a note says so where the step is more than 1 %.
    """
    shares, limit = [], within_s
    for table in latencies:
        rows = table[(table["class"] == traffic_class) & (table["within_s"] <= within_s)]
        if len(rows):
            nearest = int(rows["within_s"].to_numpy().argmax())
            shares.append(float(rows["share"].iloc[nearest]))
            limit = float(rows["within_s"].iloc[nearest])
    note = f" (measured within {duration(limit)})" if limit < 0.99 * within_s else ""
    return t_interval(np.array(shares, dtype=np.float64)), note
