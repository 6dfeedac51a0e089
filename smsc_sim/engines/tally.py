"""Counting while the log goes by: messages by class and country, each counted once, in one place.

A tally takes the event log in pieces of any size and keeps sums; the result does not depend on
how the log was cut, nor on whether machine code counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from smsc_sim.engines.count_bins import HISTOGRAM_BINS, SUB_BINS
from smsc_sim.engines.count_clock import US, clock_values
from smsc_sim.engines.count_logins import BEFELL, login_values
from smsc_sim.engines.count_messages import (
    COUNT_NAMES,
    COUNTED,
    COUNTS,
    EVENTS,
    FLOW_NAMES,
    FLOWS,
    REPEAT,
)
from smsc_sim.engines.count_prices import price_values
from smsc_sim.engines.hash_table import empty_table
from smsc_sim.engines.sums import COUNT_MESSAGES, MESSAGES, Array, Block
from smsc_sim.model.codes import CALL, LOCATION_UPDATE, LOG_NAMES, NOBODY
from smsc_sim.model.names import Names
from smsc_sim.model.network import Network
from smsc_sim.model.receipt import OF_DELIVERED, is_counted

KINDS = (CALL, LOCATION_UPDATE)


def middle_ns(row: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Duration in the middle of a row of the latency histogram; at most 0.4 % from any in it."""
    rows = np.asarray(row, np.int64)
    shift = np.maximum(rows // SUB_BINS - 1, 0)
    width = np.int64(1) << shift
    return np.asarray((rows - SUB_BINS * shift) * width + (width - 1) / 2)


def limits_ns(targets_ns: list[int]) -> Array:
    """Limits at which the share delivered within is counted exactly: ten per decade, and those."""
    usual = [10, 30, 60, 300, 3600]
    grid = np.round(10 ** np.arange(-0.5, 5.31, 0.1), 2)
    exact = {round(seconds * 1e9) for seconds in (*usual, *grid.tolist())}
    return np.array(sorted(exact | set(targets_ns)), np.int64)


@dataclass(frozen=True)
class Calls:
    """What befell calls and location updates, by the time at which they were first tried.

    Attributes
    ----------
    counts : (kinds, events, nodes) int64 array
        Of those first tried in the window; kinds in the order of `KINDS`, events in that of
        `codes.CALL_EVENTS`.
    flow : (kinds, events, nodes, intervals) int64 array
        Of all, by the interval in which they were first tried.
    interval_ns : int
    """

    counts: Array
    flow: Array
    interval_ns: int


@dataclass(frozen=True)
class Logins:
    """What befell logins, by the time at which they began; of no class where nobody logs in.

    Attributes
    ----------
    counts : (events, classes) int64 array
        Of those begun in the window, in the order of `codes.LOGIN_EVENTS`.
    flow : (events, classes, intervals) int64 array
        The same by interval.
    took_ns : (classes,) int64 array
        Time to complete, over the completed ones.
    code_micros, call_micros : (classes,) int64 array
        What the SMSCs accepted of their codes cost, and the calls that were answered.
    histogram : (classes, bins) int64 array
        Of the times to complete.
    within : (classes, limits) int64 array
        Completed within each limit.
    """

    counts: Array
    flow: Array
    took_ns: Array
    code_micros: Array
    call_micros: Array
    histogram: Array
    within: Array


class MessageTally:
    """Sums over the messages of the cohort: those first submitted in the window.

    Parameters
    ----------
    network, names
        As compiled.
    interval_ns : int
        Step of the time series.
    targets_ns : list of int
        Limits of targets, counted exactly.
    by_machine : bool, optional
        Whether machine code counts; by default where there is some.
    """

    def __init__(
        self,
        network: Network,
        names: Names,
        interval_ns: int,
        targets_ns: list[int],
        *,
        by_machine: bool | None = None,
    ) -> None:
        self.classes = sorted(set(names.classes))
        self.countries = sorted(set(names.countries))
        self.interval_ns = interval_ns
        self.targets_ns = targets_ns
        self.limits_ns = limits_ns(targets_ns)
        self.answered = {
            names.classes[asked] for asked in network.source_answers if asked != NOBODY
        }
        self.has_quotas = len(network.quota_station) > 0
        self.is_charging = max(network.population_charging, default=-1) >= 0
        clock = clock_values(network.warm_up_ns, network.duration_ns, interval_ns)
        self.intervals = clock["intervals"]
        cells = len(self.classes) * len(self.countries)
        self._nodes = network.nodes if len(network.background_kind) else 0
        calls = len(KINDS) * EVENTS * self._nodes
        values: dict[str, Any] = clock | price_values(network, names) | _accounts(network)
        values |= login_values(
            network, names, self.classes, self.intervals, self.limits_ns.tolist()
        )
        values |= {
            "log": np.zeros(0, np.int64),
            "classes": len(self.classes),
            "countries": len(self.countries),
            "class_of": [self.classes.index(name) for name in names.classes],
            "country_of": [self.countries.index(name) for name in names.countries],
            "count_of": _columns(0),
            "value_of": _columns(1),
            "unit_of": [
                US if COUNTED.get(code, ("", ""))[1].endswith("_us") else 1
                for code in range(len(LOG_NAMES))
            ],
            "asked_of": network.source_answers,
            "deadline_ns": network.reply_deadline_ns,
            "is_opt_out": network.reply_is_opt_out,
            "route_prices": network.route_price_micros,
            "octet_ns": _octet_ns(network),
            "limits": self.limits_ns,
            "cells": np.zeros(cells * COUNTS, np.int64),
            "histogram": np.zeros(
                (len(self.classes) + len(self.countries)) * HISTOGRAM_BINS, np.int64
            ),
            "within": np.zeros(cells * len(self.limits_ns), np.int64),
            "flow": np.zeros(self.intervals * FLOWS * len(self.classes), np.int64),
            "other_msus": 0,
            "other_octets": 0,
            "repeats": empty_table(REPEAT),
            "repeated": 0,
            "nodes": self._nodes,
            "call_kind": [KINDS.index(kind) for kind in network.background_kind],
            "call_counts": np.zeros(calls, np.int64),
            "call_flow": np.zeros(self.intervals * calls, np.int64),
            "calls_per_interval": calls,
        }
        self.sums = Block(MESSAGES, values, by_machine)

    def add(self, log: Array) -> None:
        """Count a piece of the log: (rows, 7) int64, see `codes.LOG_NAMES`."""
        self.make_room(len(log))
        self.sums.count(COUNT_MESSAGES, log)

    def make_room(self, rows: int) -> None:
        """See to it that so many rows can be counted."""
        self.sums.make_room("repeats", "repeated", REPEAT, rows)

    @cached_property
    def counts(self) -> dict[str, Array]:
        """Messages by outcome, segments, attempts and so on, money in millionths.

        Each a (classes, countries) int64 array, see `count_messages.COUNT_NAMES`.
        """
        cells = self.sums["cells"].reshape(len(self.classes), len(self.countries), COUNTS)
        return {name: cells[:, :, column] for column, name in enumerate(COUNT_NAMES)}

    @cached_property
    def flow(self) -> dict[str, Array]:
        """Events of all messages by interval: (classes, intervals) int64 arrays."""
        flow = self.sums["flow"].reshape(self.intervals, FLOWS, len(self.classes))
        return {name: flow[:, row].T for row, name in enumerate(FLOW_NAMES)}

    @property
    def histogram(self) -> Array:
        """Latencies of delivered messages: (classes + countries, bins) int64 array."""
        return np.asarray(self.sums["histogram"].reshape(-1, HISTOGRAM_BINS))

    @property
    def other_msus(self) -> int:
        """MSUs of phones' returns and alerts, in the window."""
        return int(self.sums["other_msus"])

    @property
    def other_octets(self) -> int:
        """Octets of the same."""
        return int(self.sums["other_octets"])

    @property
    def calls(self) -> Calls:
        """Calls and location updates."""
        shape = (len(KINDS), EVENTS, self._nodes)
        flow = self.sums["call_flow"].reshape(self.intervals, *shape)
        counts = self.sums["call_counts"].reshape(shape)
        return Calls(counts, np.moveaxis(flow, 0, -1), self.interval_ns)

    @property
    def logins(self) -> Logins:
        """Logins by one-time password."""
        sums = self.sums
        counts = sums["login_counts"].reshape(-1, BEFELL)
        flow = sums["login_flow"].reshape(self.intervals, -1, BEFELL)
        within = sums["login_within"].reshape(-1, len(self.limits_ns))
        return Logins(
            counts.T,
            flow.transpose(2, 1, 0),
            sums["login_ns"],
            sums["code_cost"],
            sums["call_cost"],
            sums["login_histogram"].reshape(-1, HISTOGRAM_BINS),
            np.cumsum(within, axis=1),
        )

    def within_limits(self) -> Array:
        """Messages whole on the handset within each limit: (classes, countries, limits)."""
        shape = (len(self.classes), len(self.countries), len(self.limits_ns))
        return np.asarray(np.cumsum(self.sums["within"].reshape(shape), axis=2))


def _columns(part: int) -> list[int]:
    """Where the rows of each code are counted, or their values added up; -1 for nowhere."""
    names = [COUNTED.get(code, ("", ""))[part] for code in range(len(LOG_NAMES))]
    return [COUNT_NAMES.index(name) if name else -1 for name in names]


def _accounts(network: Network) -> dict[str, list[bool]]:
    """What the account of each source is told of."""
    accounts = network.source_account
    asked = [network.account_receipts[account] if account >= 0 else 0 for account in accounts]
    return {
        "asks_receipt": [receipts & OF_DELIVERED != 0 for receipts in asked],
        "is_told_of_segments": [
            receipts != 0 and not is_counted(network, account)
            for receipts, account in zip(asked, accounts, strict=True)
        ],
    }


def _octet_ns(network: Network) -> npt.NDArray[np.float64]:
    """Time that an octet takes on each link; 0 for other stations."""
    octet_ns = np.zeros(network.stations)
    for link_set in range(network.link_sets):
        first = network.set_first_station[link_set]
        last = first + 2 * network.set_links[link_set]
        octet_ns[first:last] = network.set_octet_ns[link_set]
    return octet_ns
