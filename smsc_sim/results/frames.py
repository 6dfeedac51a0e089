"""From the sums of one replication to its three tidy tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.engines.tally import MessageTally
from smsc_sim.model.codes import CAUSE_NAMES, SPLIT_NAMES, STATE_NAMES
from smsc_sim.model.names import Names
from smsc_sim.model.network import Network

from .call_frames import call_rows, call_timeline
from .channel_frames import channel_rows
from .element_frames import element_rows, element_timeline
from .estimates import ReplicationFrames
from .histograms import quantile_s
from .login_frames import login_rows, login_timeline
from .measures import RUN, WITHIN, within_name
from .measures_charging import charging_values
from .measures_links import link_rows
from .measures_offnet import offnet_values
from .measures_replies import cost_per_answer, reply_values
from .sender_frames import sender_rows, sender_timeline

Row = tuple[str, str, str, float]
QUANTILES = (50, 90, 95, 99)


def replication_frames(
    network: Network, names: Names, tally: MessageTally, occupancy: Occupancy
) -> ReplicationFrames:
    """Tables of measures, time series and latencies of one replication.

    Parameters
    ----------
    network, names
        As compiled.
    tally, occupancy
        After the whole log.
    """
    rows = [
        *_message_rows(names, tally),
        *element_rows(network, names, occupancy),
        *channel_rows(network, occupancy),
        *call_rows(names, tally.calls),
        *sender_rows(network, tally, occupancy),
        *login_rows(names, tally),
        *link_rows(network, names, occupancy.links),
    ]
    measures = pd.DataFrame(rows, columns=["entity_type", "entity", "measure", "value"])
    measures = measures[np.isfinite(measures["value"])].reset_index(drop=True)
    series = [
        *_message_timeline(network, tally),
        *element_timeline(network, names, occupancy),
        *call_timeline(network, names, tally.calls),
        *sender_timeline(network, tally),
        *login_timeline(network, tally),
    ]
    return ReplicationFrames(measures, _tidy_series(series, occupancy), _latency_frame(tally))


def _message_rows(names: Names, tally: MessageTally) -> Iterator[Row]:
    """Measures of the run, of classes, of countries and of classes by country."""
    kinds = dict(zip(names.classes, names.prices, strict=True))
    counts = tally.counts
    all_of = {name: array.sum(keepdims=True) for name, array in counts.items()}
    histogram = tally.histogram[: len(tally.classes)]
    kind_of_class = [kinds[name] for name in tally.classes]
    within = tally.within_limits()
    for name, value in _measures(
        {k: int(v.sum()) for k, v in all_of.items()},
        histogram.sum(axis=0),
        within.sum(axis=(0, 1)),
        tally,
        tally.other_msus,
        tally.other_octets,
    ):
        yield "run", RUN, name, value
    for kind in sorted(set(kind_of_class)):
        chosen = [i for i, k in enumerate(kind_of_class) if k == kind]
        part = {name: int(array[chosen].sum()) for name, array in counts.items()}
        for name, value in _costs(part, kind):
            yield "run", RUN, name, value
    for i, name in enumerate(tally.classes):
        part = {key: int(array[i].sum()) for key, array in counts.items()}
        for measure, value in _measures(part, histogram[i], within[i].sum(axis=0), tally):
            yield "class", name, measure, value
        for measure, value in _costs(part, kind_of_class[i]):
            yield "class", name, measure, value
        if name in tally.answered:
            for measure, value in (*reply_values(part), *cost_per_answer(part, kind_of_class[i])):
                yield "class", name, measure, value
    signalling = ("msus_per_delivered", "octets_per_delivered")  # links do not know countries
    for j, country in enumerate(tally.countries):
        part = {key: int(array[:, j].sum()) for key, array in counts.items()}
        row = tally.histogram[len(tally.classes) + j]
        for measure, value in _measures(part, row, within[:, j].sum(axis=0), tally):
            if measure not in signalling:
                yield "country", country, measure, value
        for kind in sorted(set(kind_of_class)):
            chosen = [i for i, k in enumerate(kind_of_class) if k == kind]
            part = {key: int(array[chosen, j].sum()) for key, array in counts.items()}
            for measure, value in _costs(part, kind):
                yield "country", country, measure, value
        for i, name in enumerate(tally.classes):
            part = {key: int(array[i, j]) for key, array in counts.items()}
            if part["submitted"]:
                for measure, value in _shares(part, within[i, j], tally):
                    yield "class_country", f"{name}/{country}", measure, value


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def _shares(
    counts: dict[str, int], within: npt.NDArray[np.int64], tally: MessageTally
) -> Iterator[tuple[str, float]]:
    """What happened to the messages of the cohort, and how soon."""
    submitted = counts["submitted"]
    yield "submitted", submitted
    for state in STATE_NAMES[1:]:
        yield state, counts[state]
    yield "open", submitted - sum(counts[state] for state in STATE_NAMES[1:])
    yield "delivery_ratio", _ratio(counts["delivered"], submitted)
    wanted = {round(seconds * 1e9) for seconds in WITHIN} | set(tally.targets_ns)
    for limit, number in zip(tally.limits_ns.tolist(), within.tolist(), strict=True):
        if limit in wanted:
            yield within_name(limit / 1e9), _ratio(number, submitted)


def _measures(
    counts: dict[str, int],
    histogram: npt.NDArray[np.int64],
    within: npt.NDArray[np.int64],
    tally: MessageTally,
    other_msus: int = 0,
    other_octets: int = 0,
) -> Iterator[tuple[str, float]]:
    yield from _shares(counts, within, tally)
    submitted, delivered = counts["submitted"], counts["delivered"]
    yield "segments_submitted", counts["segments_submitted"]
    yield "segments_per_message", _ratio(counts["segments_submitted"], submitted)
    yield "latency_mean", _ratio(counts["latency_us"] / 1e6, delivered)
    for quantile in QUANTILES:
        yield f"latency_p{quantile}", quantile_s(histogram, quantile)
    for name in SPLIT_NAMES:
        split_s = counts[f"split_{name}_us"] / 1e6
        yield f"split_{name}", _ratio(split_s, counts["split_segments"])
    yield "reported_ratio", _ratio(counts["reported"], counts["receipts_asked"])
    yield "reported_latency_mean", _ratio(counts["reported_us"] / 1e6, counts["reported"])
    yield "attempts_per_segment", _ratio(counts["attempts"], counts["accepted"])
    duplicates = counts["duplicates"]  # counted as `handset` too
    yield "delivered_per_attempt", _ratio(counts["handset"] - duplicates, counts["attempts"])
    yield "duplicates_per_delivered", _ratio(duplicates, counts["handset"] - duplicates)
    yield "repeats", counts["repeats"]
    restarted = counts["restart_duplicates"]
    yield "restart_duplicates_per_delivered", _ratio(restarted, counts["handset"] - duplicates)
    if tally.is_charging:
        yield from charging_values(counts)
    if tally.has_quotas:
        yield "capped", counts["capped"]
    yield "resends_per_message", _ratio(counts["resends"], submitted)
    yield "refusals_per_message", _ratio(counts["refusals"], submitted)
    yield from offnet_values(counts)
    first = counts["first_attempts"]
    yield "retry_ratio", _ratio(counts["attempts"] - first, first)
    yield "msus_per_delivered", _ratio(counts["msus"] + other_msus, delivered)
    yield "octets_per_delivered", _ratio(counts["octets"] + other_octets, delivered)
    for cause in CAUSE_NAMES[1:]:
        # Also where it is 0: a mean over the replications in which it occurred would be too high.
        yield f"cause.{cause}", _ratio(counts[f"cause.{cause}"], counts["attempts"])


def _costs(counts: dict[str, int], kind: str) -> Iterator[tuple[str, float]]:
    """Money is exact until here: one division per ratio, of sums."""
    if counts["submitted"] == 0 or kind == "none":
        return
    amount = counts["cost_micros"] / 1e6
    yield f"{kind}.cost", amount
    yield f"{kind}.cost_per_message", _ratio(amount, counts["submitted"])
    billed = counts["accepted"] + counts["capped_segments"]
    yield f"{kind}.cost_per_segment", _ratio(amount, billed)
    if counts["charges"]:
        yield f"{kind}.uncharged", counts["uncharged_micros"] / 1e6
    yield f"{kind}.cost_per_delivered", _ratio(amount, counts["delivered"])


def _message_timeline(
    network: Network, tally: MessageTally
) -> Iterator[tuple[str, str, str, npt.NDArray[np.float64]]]:
    """Series of classes and of the whole run, one value per interval."""
    edges = np.minimum(np.arange(tally.intervals + 1) * tally.interval_ns, network.duration_ns)
    seconds = np.diff(edges) / 1e9
    flow = tally.flow
    in_flight = np.cumsum(flow["submitted"] - flow["ended"], axis=1)
    for i, name in enumerate(tally.classes):
        yield "class", name, "submitted_per_s", flow["submitted"][i] / seconds
        yield "class", name, "delivered_per_s", flow["delivered"][i] / seconds
        yield "class", name, "in_flight", in_flight[i].astype(np.float64)
    for measure in ("first_attempts", "retry_attempts"):
        yield "run", RUN, f"{measure}_per_s", flow[measure].sum(axis=0) / seconds


def _tidy_series(
    series: list[tuple[str, str, str, npt.NDArray[np.float64]]], occupancy: Occupancy
) -> pd.DataFrame:
    intervals = occupancy.busy_ns.shape[1]
    time_s = np.arange(intervals) * (occupancy.interval_ns / 1e9)
    return pd.DataFrame(
        {
            "time_s": np.tile(time_s, len(series)),
            "entity_type": np.repeat([row[0] for row in series], intervals),
            "entity": np.repeat([row[1] for row in series], intervals),
            "measure": np.repeat([row[2] for row in series], intervals),
            "value": np.concatenate([row[3] for row in series]),
        }
    )


def _latency_frame(tally: MessageTally) -> pd.DataFrame:
    """Share of first submissions that are whole on the handset within each limit."""
    within = tally.within_limits().sum(axis=1)
    submitted = tally.counts["submitted"].sum(axis=1)
    curves = {RUN: _share_curve(within.sum(axis=0), int(submitted.sum()))}
    for i, name in enumerate(tally.classes):
        curves[name] = _share_curve(within[i], int(submitted[i]))
    limits_s = tally.limits_ns / 1e9
    return pd.concat(
        [
            pd.DataFrame({"class": name, "within_s": limits_s, "share": curve})
            for name, curve in curves.items()
        ],
        ignore_index=True,
    )


def _share_curve(within: npt.NDArray[np.int64], submitted: int) -> npt.NDArray[np.float64]:
    return within / submitted if submitted else np.full(len(within), np.nan)
