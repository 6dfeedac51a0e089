"""Counting while the log goes by: messages by class and country, each counted once, in one place.

A tally takes the event log in pieces of any size and keeps sums; the result does not depend on
how the log was cut.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from smsc_sim.engines.calls import CallTally
from smsc_sim.engines.spans import Array
from smsc_sim.engines.tally_charging import COUNTS, charging_actions
from smsc_sim.engines.tally_offnet import OFFNET_COUNTS, offnet_actions
from smsc_sim.engines.tally_restarts import Restarts
from smsc_sim.engines.tally_senders import SenderTally
from smsc_sim.model.codes import (
    CAUSE_NAMES,
    DELIVERED,
    LOG_ACCEPTED,
    LOG_ATTEMPT,
    LOG_DUPLICATE,
    LOG_FAILED,
    LOG_HANDSET,
    LOG_MESSAGE_END,
    LOG_REPEAT,
    LOG_REPORTED,
    LOG_RESEND,
    LOG_SPLIT,
    LOG_SUBMIT,
    LOG_VISIT,
    SPLIT_NAMES,
    STATE_NAMES,
)
from smsc_sim.model.names import Names
from smsc_sim.model.network import (
    EXTRA_NUMBERS,
    NUMBER_BITS,
    NUMBER_SHIFT,
    PHONES,
    SOURCE_SHIFT,
    Network,
)
from smsc_sim.model.receipt import OF_DELIVERED

BINS_PER_OCTAVE = 128  # of the latency histogram: 0.54 % wide, so the middle is within 0.3 %
HISTOGRAM_BINS = 64 * BINS_PER_OCTAVE
TIME, CODE, ID, PLACE, VALUE, OTHER = range(6)


def bin_of(duration_ns: Array) -> Array:
    """Row of the latency histogram for durations of at least 1 ns."""
    return (BINS_PER_OCTAVE * np.log2(np.maximum(duration_ns, 1))).astype(np.int64)


def middle_ns(row: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Duration in the middle of a row of the latency histogram."""
    return np.asarray(np.exp2((np.asarray(row) + 0.5) / BINS_PER_OCTAVE))


def limits_ns(targets_ns: list[int]) -> Array:
    """Limits at which the share delivered within is counted exactly: ten per decade, and those."""
    usual = [10, 30, 60, 300, 3600]
    grid = np.round(10 ** np.arange(-0.5, 5.31, 0.1), 2)
    exact = {round(seconds * 1e9) for seconds in (*usual, *grid.tolist())}
    return np.array(sorted(exact | set(targets_ns)), np.int64)


def _message_of(ids: Array) -> tuple[Array, Array]:
    """Source and number of the message that each id belongs to."""
    return ids >> SOURCE_SHIFT, ids >> NUMBER_SHIFT & (1 << NUMBER_BITS) - 1


class MessageTally:
    """Sums over the messages of the cohort: those first submitted in the window.

    Attributes
    ----------
    counts : dict of str to (classes, countries) int64 array
        Messages by outcome, segments, attempts and so on; money in millionths.
    histogram : (classes + countries, bins) int64 array
        Latencies of delivered messages by class, then by country.
    within : (classes, countries, limits) int64 array
        Messages whole on the handset within each limit.
    flow : dict of str to (classes, intervals) int64 array
        Events of all messages, not only of the cohort, by interval.
    calls : CallTally
        Calls and location updates.
    """

    def __init__(
        self, network: Network, names: Names, interval_ns: int, targets_ns: list[int]
    ) -> None:
        self.classes = sorted(set(names.classes))
        self.countries = sorted(set(names.countries))
        self.calls = CallTally(network, interval_ns)
        self.window_ns = (network.warm_up_ns, network.duration_ns)
        self.interval_ns = interval_ns
        self.intervals = -(-network.duration_ns // interval_ns)
        self.targets_ns = targets_ns
        self.limits_ns = limits_ns(targets_ns)
        sources, populations = len(names.sources), len(names.populations)
        # One more row stands for jobs that belong to a phone and to no source.
        self._class_of = np.array([*(self.classes.index(c) for c in names.classes), 0])
        self._asks_receipt = np.array(
            [
                account >= 0 and network.account_receipts[account] & OF_DELIVERED != 0
                for account in network.source_account
            ]
        )
        self._country_of = np.array([self.countries.index(c) for c in names.countries])
        self._prices = np.array(network.price_micros, np.int64).reshape(-1, sources, populations)
        self._price_starts = np.array(network.price_starts_ns, np.int64)
        self._submit_ns = [np.full(1024, -1, np.int64) for _ in range(sources)]
        self._extra_ns: dict[int, int] = {}
        self._octet_ns = np.zeros(network.stations)
        for link_set in range(network.link_sets):
            first = network.set_first_station[link_set]
            links = 2 * network.set_links[link_set]
            self._octet_ns[first : first + links] = network.set_octet_ns[link_set]
        shape = (len(self.classes), len(self.countries))
        self.counts: dict[str, Array] = {
            name: np.zeros(shape, np.int64)
            for name in (
                *("submitted", "segments_submitted", "accepted", "cost_micros", "refusals"),
                *("resends", "attempts", "first_attempts", "handset", "duplicates", "reported"),
                *(
                    "receipts_asked",
                    "reported_ns",
                    "latency_ns",
                    "msus",
                    "octets",
                    "split_segments",
                ),
                *("repeats", "restart_duplicates"),
                *OFFNET_COUNTS,
                *COUNTS,
                *STATE_NAMES[1:],
                *(f"cause.{name}" for name in CAUSE_NAMES[1:]),
                *(f"split_{name}_ns" for name in SPLIT_NAMES),
            )
        }
        self._restarts = Restarts()
        self.is_charging = max(network.population_charging, default=-1) >= 0
        self.senders = SenderTally(network, self._class_of, len(self.classes), self.intervals)
        self.other_msus = self.other_octets = 0  # of phones' returns and alerts, in the window
        self.histogram = np.zeros((sum(shape), HISTOGRAM_BINS), np.int64)
        self.within = np.zeros((*shape, len(self.limits_ns)), np.int64)
        self.flow: dict[str, Array] = {
            name: np.zeros((shape[0], self.intervals), np.int64)
            for name in ("submitted", "ended", "delivered", "first_attempts", "retry_attempts")
        }
        self._actions: dict[int, Callable[[Array, Array, Array], None]] = {
            LOG_ACCEPTED: self._add_accepted,
            LOG_RESEND: lambda rows, c, k: self.count("resends", c, k),
            LOG_ATTEMPT: self._add_attempts,
            LOG_FAILED: self._add_failures,
            LOG_HANDSET: lambda rows, c, k: self.count("handset", c, k),
            LOG_DUPLICATE: self._add_duplicates,
            LOG_REPEAT: lambda rows, c, k: self.count("repeats", c, k),
            LOG_REPORTED: self._add_reported,
            LOG_MESSAGE_END: self._add_ends,
            **offnet_actions(network, self.counts),
            **charging_actions(self),
        }

    def add(self, log: Array) -> None:
        """Count a piece of the log: (rows, 7) int64, see `codes.LOG_NAMES`."""
        codes = log[:, CODE]
        self.calls.add(log)
        self._add_submissions(log[codes == LOG_SUBMIT])
        self.senders.add(log, self.interval_ns, self._is_cohort)
        self._restarts.remember(log[codes == LOG_REPEAT])
        self._add_splits(log[codes == LOG_SPLIT])
        self._add_visits(log[codes == LOG_VISIT])
        self._add_flow(log, codes)
        for code, action in self._actions.items():
            rows = log[codes == code]
            rows = rows[self._is_cohort(rows[:, ID])]
            if len(rows):
                action(rows, self._classes(rows), self._country_of[rows[:, PLACE]])

    # Who belongs to the cohort.

    def _add_submissions(self, rows: Array) -> None:
        source, number = _message_of(rows[:, ID])
        for one in np.unique(source):
            mine = source == one
            self._remember(int(one), number[mine], rows[mine, TIME])
        inside = (rows[:, TIME] >= self.window_ns[0]) & (rows[:, TIME] < self.window_ns[1])
        rows = rows[inside]
        classes, countries = self._classes(rows), self._country_of[rows[:, PLACE]]
        self.count("submitted", classes, countries)
        self.count("segments_submitted", classes, countries, rows[:, VALUE])
        asks = self._asks_receipt[rows[:, ID] >> SOURCE_SHIFT].astype(np.int64)
        self.count("receipts_asked", classes, countries, asks)

    def _remember(self, source: int, number: Array, time_ns: Array) -> None:
        beyond = number >= EXTRA_NUMBERS  # submitted by an extension
        for key, time in zip(number[beyond], time_ns[beyond], strict=True):
            self._extra_ns[source << NUMBER_BITS | int(key)] = int(time)
        number, time_ns = number[~beyond], time_ns[~beyond]
        if len(number) == 0:
            return
        room = len(self._submit_ns[source])
        if number.max() >= room:
            more = np.full(2 * int(number.max()) + 1, -1, np.int64)
            more[:room] = self._submit_ns[source]
            self._submit_ns[source] = more
        self._submit_ns[source][number] = time_ns

    def submitted_ns(self, ids: Array) -> Array:
        """When the message of each row was first submitted; -1 for rows of no message."""
        source, number = _message_of(ids)
        found: Array = np.full(len(ids), -1, np.int64)
        for one in np.unique(source):
            if one >= PHONES or one < 0:
                continue
            mine = np.flatnonzero((source == one) & (number < EXTRA_NUMBERS))
            found[mine] = self._submit_ns[int(one)][number[mine]]
        for row in np.flatnonzero((number >= EXTRA_NUMBERS) & (source < PHONES) & (source >= 0)):
            found[row] = self._extra_ns[int(ids[row] >> NUMBER_SHIFT)]
        return found

    def _is_cohort(self, ids: Array) -> npt.NDArray[np.bool_]:
        submitted = self.submitted_ns(ids)
        return (submitted >= self.window_ns[0]) & (submitted < self.window_ns[1])

    def _classes(self, rows: Array) -> Array:
        return np.asarray(
            self._class_of[np.minimum(rows[:, ID] >> SOURCE_SHIFT, len(self._class_of) - 1)]
        )

    # What is counted.

    def count(
        self, name: str, classes: Array, countries: Array, weights: Array | None = None
    ) -> None:
        """Add to a sum: 1 or a weight for each row of (class, country)."""
        np.add.at(self.counts[name], (classes, countries), 1 if weights is None else weights)

    def _add_accepted(self, rows: Array, classes: Array, countries: Array) -> None:
        self.count("accepted", classes, countries)
        self.count("cost_micros", classes, countries, self.prices(rows))

    def prices(self, rows: Array) -> Array:
        """Price of a segment of each row on its day, in millionths."""
        day = np.searchsorted(self._price_starts, rows[:, TIME], "right") - 1
        return np.asarray(self._prices[day, rows[:, ID] >> SOURCE_SHIFT, rows[:, PLACE]])

    def _add_attempts(self, rows: Array, classes: Array, countries: Array) -> None:
        self.count("attempts", classes, countries)
        self.count("first_attempts", classes, countries, (rows[:, VALUE] == 1).astype(np.int64))

    def _add_failures(self, rows: Array, classes: Array, countries: Array) -> None:
        for cause in np.unique(rows[:, VALUE]):
            mine = rows[:, VALUE] == cause
            self.count(f"cause.{CAUSE_NAMES[cause]}", classes[mine], countries[mine])

    def _add_duplicates(self, rows: Array, classes: Array, countries: Array) -> None:
        self.count("duplicates", classes, countries)
        caused = self._restarts.caused(rows)
        self.count("restart_duplicates", classes[caused], countries[caused])

    def _add_reported(self, rows: Array, classes: Array, countries: Array) -> None:
        self.count("reported", classes, countries)
        self.count("reported_ns", classes, countries, rows[:, VALUE])

    def _add_ends(self, rows: Array, classes: Array, countries: Array) -> None:
        for state in np.unique(rows[:, OTHER]):
            mine = rows[:, OTHER] == state
            self.count(STATE_NAMES[state], classes[mine], countries[mine])
        done = rows[:, OTHER] == DELIVERED
        latency, classes, countries = rows[done, VALUE], classes[done], countries[done]
        self.count("latency_ns", classes, countries, latency)
        np.add.at(self.histogram, (classes, bin_of(latency)), 1)
        np.add.at(self.histogram, (len(self.classes) + countries, bin_of(latency)), 1)
        # The first limit that each latency is within; sums over limits come at the end.
        limit = np.searchsorted(self.limits_ns, latency, "left")
        kept = limit < len(self.limits_ns)
        np.add.at(self.within, (classes[kept], countries[kept], limit[kept]), 1)

    def _add_splits(self, rows: Array) -> None:
        rows = rows[self._is_cohort(rows[:, ID])]
        classes, countries = self._classes(rows), self._country_of[rows[:, OTHER]]
        for part, name in enumerate(SPLIT_NAMES):
            mine = rows[:, PLACE] == part
            self.count(f"split_{name}_ns", classes[mine], countries[mine], rows[mine, VALUE])
        first = rows[:, PLACE] == 0
        self.count("split_segments", classes[first], countries[first])

    def _add_visits(self, rows: Array) -> None:
        """Visits of links are MSUs; those of phones' returns and alerts belong to no class."""
        octet_ns = self._octet_ns[rows[:, PLACE]]
        rows, octet_ns = rows[octet_ns > 0], octet_ns[octet_ns > 0]
        octets = np.rint(rows[:, OTHER] / octet_ns).astype(np.int64)
        of_phone = rows[:, ID] >> SOURCE_SHIFT == PHONES
        time = rows[:, TIME]
        mine = of_phone & (time >= self.window_ns[0]) & (time < self.window_ns[1])
        self.other_msus += int(mine.sum())
        self.other_octets += int(octets[mine].sum())
        mine = ~of_phone & self._is_cohort(rows[:, ID])
        classes = self._classes(rows[mine])
        # Links do not know the country: octets are kept by class, in the first column.
        nowhere = np.zeros(len(classes), np.int64)
        self.count("msus", classes, nowhere)
        self.count("octets", classes, nowhere, octets[mine])

    def _add_flow(self, log: Array, codes: Array) -> None:
        for name, chosen in (
            ("submitted", codes == LOG_SUBMIT),
            ("ended", codes == LOG_MESSAGE_END),
            ("delivered", (codes == LOG_MESSAGE_END) & (log[:, OTHER] == DELIVERED)),
            ("first_attempts", (codes == LOG_ATTEMPT) & (log[:, VALUE] == 1)),
            ("retry_attempts", (codes == LOG_ATTEMPT) & (log[:, VALUE] > 1)),
        ):
            rows = log[chosen]
            interval = rows[:, TIME] // self.interval_ns
            inside = interval < self.intervals
            np.add.at(self.flow[name], (self._classes(rows[inside]), interval[inside]), 1)

    def within_limits(self) -> Array:
        """Messages whole on the handset within each limit: (classes, countries, limits)."""
        return np.asarray(np.cumsum(self.within, axis=2))
