"""What sources ask for, before any way through the network is chosen: messages, MSUs, visits."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from smsc_sim.model import operations as op
from smsc_sim.model.arrivals import MASS
from smsc_sim.model.codes import (
    BY_BATCH,
    BY_GAPS,
    BY_LOGIN,
    BY_REPLY,
    BY_TABLE,
    NOBODY,
    OK,
    SYSTEM_FAILURE,
)
from smsc_sim.model.network import Network
from smsc_sim.model.opening import closing_msu, opens_empty
from smsc_sim.model.radio import channel_ns
from smsc_sim.planning.attempts import Course, course
from smsc_sim.planning.logins import share_of_code
from smsc_sim.planning.offnet import offnet_course, route_of
from smsc_sim.scenario.distributions import quantiles_ns

Array = npt.NDArray[np.float64]

CODE = 8  # bits below the operation in an MSU code
RESULTS = (op.MO_FORWARD_SM_RESULT, op.MT_FORWARD_SM_RESULT, op.RESULT_WITHOUT_DIALOGUE)
ERRORS = (op.MAP_ERROR, op.ERROR_WITHOUT_DIALOGUE)


class Texts(NamedTuple):
    """Segments of a source's messages."""

    segments: float  # mean per message
    octets: dict[int, float]  # TP-UD octets: segments of that size per message


class Demand(NamedTuple):
    """Segments of one source that one SMSC delivers to one population, and their course."""

    source: int
    smsc: int  # number
    population: int
    segments: float  # per message of the source
    course: Course


class Flows(NamedTuple):
    """Per message of each source, whatever ways the MSUs then take."""

    codes: list[int]  # MSU codes that occur: operation * 256 + TP-UD octets
    legs: dict[tuple[int, int], Array]  # (sources, codes) MSUs from a node to a node
    visits: Array  # (sources, stations) at SMSCs, HLRs, MSCs and accounts


def texts_of(network: Network, source: int) -> Texts:
    """Mean segments of a message and their sizes, from the alias table of the text mix.

    A row is drawn for itself with `keep` and for those whose alias it is with the rest.
    """
    mix = network.text_of[source]
    first, last = network.text_first[mix], network.text_first[mix + 1]
    shares = np.zeros(last - first)
    for row in range(last - first):
        keep = network.text_keep[first + row]
        shares[row] += keep
        shares[network.text_alias[first + row]] += 1 - keep
    shares /= last - first
    sizes: dict[int, float] = {}
    segments = 0.0
    for row, share in enumerate(shares.tolist()):
        count = network.text_segments[first + row]
        segments += share * count
        full, rest = network.text_full_octets[first + row], network.text_last_octets[first + row]
        if count > 1:
            sizes[full] = sizes.get(full, 0.0) + share * (count - 1)
        sizes[rest] = sizes.get(rest, 0.0) + share
    return Texts(segments, sizes)


def channel_s(network: Network, population: int, texts: Texts) -> float:
    """Mean time in s for which a segment holds the radio channel; whole blocks, size by size."""
    held_ns = sum(
        count * channel_ns(network, population, size) for size, count in texts.octets.items()
    )
    return held_ns / texts.segments / 1e9


MOST_TABLE_BREAKS = 2000


def messages_until(network: Network, source: int, at_ns: Array) -> Array:
    """Expected messages of a source before each of some times (n,), in ns."""
    if network.source_arrivals[source] == BY_BATCH:
        first_ns, gap_ns = network.source_first_ns[source], network.source_gap_ns[source]
        return np.clip((at_ns - first_ns) / gap_ns, 0, network.source_limit[source])
    if network.source_arrivals[source] == BY_TABLE:
        rows = slice(network.table_first[source], network.table_first[source + 1])
        return np.searchsorted(np.asarray(network.table_ns[rows]), at_ns).astype(np.float64)
    if network.source_arrivals[source] == BY_GAPS:
        return at_ns / network.source_gap_ns[source]
    if network.source_arrivals[source] == BY_REPLY:
        return _replies_until(network, source, at_ns)
    if network.source_arrivals[source] == BY_LOGIN:
        first = network.person_source[network.source_person[source]]
        shares = [
            part * share_of_code(network, source, population)
            for population, part in recipients_of(network, source)
        ]
        return messages_until(network, first, at_ns) * sum(shares)
    rows = slice(network.piece_first[source], network.piece_first[source + 1])
    mass = np.interp(at_ns, network.piece_ns[rows], network.piece_mass[rows])
    return np.asarray(mass / MASS)


REPLY_CELLS = 1 << 15  # of the run: how finely the times of replies are known
REPLY_BREAKS = 500  # how finely their busiest spell is sought


def _replies_until(network: Network, source: int, at_ns: Array) -> Array:
    """The same for replies: messages of the source answered, one time to answer later.

    As if every message were delivered, at once.
    """
    from scipy.signal import fftconvolve

    end_ns = network.duration_ns + network.drain_ns
    edges = np.linspace(0.0, end_ns, REPLY_CELLS + 1)
    asked = network.source_answers[source]
    share = 1.0
    if network.source_from[source] >= 0 and network.source_to_account[asked] < 0:
        share = dict(recipients_of(network, asked)).get(network.source_from[source], 0.0)
    share *= network.reply_high[source] - network.reply_low[source]
    waits_ns = quantiles_ns(network.quantile_ns, network.reply_delay[source])
    late, _ = np.histogram(np.minimum(waits_ns, 2 * end_ns), edges)
    known = messages_until(network, asked, edges)
    answered = fftconvolve(known, late / len(waits_ns))[: REPLY_CELLS + 1]
    return np.asarray(np.interp(at_ns, edges, share * answered))


def messages_per_s(network: Network, low_ns: Array, high_ns: Array) -> Array:
    """Mean messages per second of each source between times (n,): (n, sources)."""
    return _per_s(network, range(network.sources), low_ns, high_ns)


def calls_per_s(network: Network, low_ns: Array, high_ns: Array) -> Array:
    """Mean calls or updates per second of each background between times (n,): (n, background)."""
    background = range(network.sources, len(network.source_digest))
    return _per_s(network, background, low_ns, high_ns)


def _per_s(network: Network, sources: range, low_ns: Array, high_ns: Array) -> Array:
    found = np.zeros((len(low_ns), len(sources)))
    for column, source in enumerate(sources):
        found[:, column] = messages_until(network, source, high_ns)
        found[:, column] -= messages_until(network, source, low_ns)
    return found / ((high_ns - low_ns) / 1e9)[:, None]


def busy_starts_ns(network: Network, length_ns: int) -> Array:
    """Times at which the busiest spell of a length may begin, within the window of the run.

    The rates are constant between breaks, so some busiest spell begins or ends at a break.
    """
    low, high = network.warm_up_ns, network.duration_ns - length_ns
    breaks = set(network.piece_ns)
    for source, arrivals in enumerate(network.source_arrivals):
        if arrivals == BY_BATCH:
            first_ns = network.source_first_ns[source]
            spell_ns = int(network.source_limit[source] * network.source_gap_ns[source])
            breaks |= {first_ns, first_ns + spell_ns}
    # Of a table the messages themselves are breaks; one in some is enough for a mean load.
    breaks |= set(network.table_ns[:: 1 + len(network.table_ns) // MOST_TABLE_BREAKS])
    if BY_REPLY in network.source_arrivals:
        breaks |= set(np.linspace(low, high, REPLY_BREAKS, dtype=np.int64).tolist())
    breaks |= {at_ns - length_ns for at_ns in breaks}
    return np.array(sorted({low, high, *(at for at in breaks if low <= at <= high)}), np.float64)


def demands(network: Network) -> list[Demand]:
    """Segments by source, SMSC and population."""
    flagged = _flagged_shares(network)
    rows = []
    for source in range(network.sources):
        texts = texts_of(network, source)
        # The later segments of a message find the flag that the first has set.
        own = 1 - 1 / texts.segments
        for smsc, share in smscs_of(network, source):
            for population, part in recipients_of(network, source):
                known = own + (1 - own) * flagged[population]
                held_s = channel_s(network, population, texts)
                if network.source_to_account[source] >= 0:
                    once = Course(1.0, *[0.0] * (len(Course._fields) - 1))
                    rows.append(Demand(source, smsc, population, texts.segments * share, once))
                    continue
                row = offnet_course(network, source, population, smsc) or course(
                    network, source, population, smsc, held_s, known
                )
                rows.append(Demand(source, smsc, population, texts.segments * share * part, row))
    return rows


def flows(network: Network, rows: list[Demand]) -> Flows:
    """MSUs between nodes and visits of nodes, per message of each source."""
    sources = network.sources
    texts = [texts_of(network, source) for source in range(sources)]
    sizes = sorted({size for text in texts for size in text.octets})
    codes = [operation << CODE for operation in range(len(op.OPERATION_NAMES))]
    texted = (
        *(op.MO_FORWARD_SM, op.MT_FORWARD_SM),
        *(op.MO_FORWARD_SM_CONTINUE, op.MT_FORWARD_SM_CONTINUE),
    )
    codes = sorted({*codes, *(operation << CODE | size for operation in texted for size in sizes)})
    column = {code: number for number, code in enumerate(codes)}
    legs: dict[tuple[int, int], Array] = {}
    visits = np.zeros((sources, network.stations))

    def send(source: int, node: int, target: int, operation: int, times: float) -> None:
        leg = legs.setdefault((node, target), np.zeros((sources, len(codes))))
        leg[source, column[operation << CODE]] += times

    def forward(
        source: int, node: int, target: int, operation: int, times: float, delivered: float
    ) -> None:
        """A ForwardSM `times` times; its result as often as it is delivered, else an error."""
        for is_back, row in enumerate(
            forward_msus(network, texts[source], node, target, operation)
        ):
            pair = (target, node) if is_back else (node, target)
            leg = legs.setdefault(pair, np.zeros((sources, len(codes))))
            for code, share in row.items():
                is_error = code >> CODE in ERRORS
                closes = times - delivered if is_error else delivered
                often = closes if is_error or code >> CODE in RESULTS else times
                leg[source, column[code]] += often * share

    for source in range(sources):
        account = network.source_account[source]
        if account >= 0:
            visits[source, network.account_station[account]] += texts[source].segments
            for to, part in recipients_of(network, source):
                at = account * len(network.population_size) + to
                quota = network.account_quota[at]
                if quota >= 0 and network.quota_station[quota] >= 0:
                    station = network.quota_station[quota]
                    visits[source, station] += texts[source].segments * part
        for number, share in smscs_of(network, source):
            segments = texts[source].segments * share
            if network.source_smsc[source] >= 0:
                continue  # a foreign SMSC has the messages already
            visits[source, network.admission_station[number]] += segments
            smsc = network.smsc_node[number]
            home = network.source_from[source]
            for msc, part in mscs_of(network, home) if account < 0 else ():
                visits[source, network.node_station[msc]] += segments * part
                forward(source, msc, smsc, op.MO_FORWARD_SM, segments * part, segments * part)
                asked = segments * part * network.p_prepaid[home]
                node, broke = network.population_charging[home], network.p_no_credit[home]
                if node >= 0:
                    visits[source, network.node_station[node]] += asked
                    send(source, msc, node, op.INITIAL_DP_SMS, asked)
                    send(source, node, msc, op.CONTINUE_SMS, asked * (1 - broke))
                    send(source, node, msc, op.RELEASE_SMS, asked * broke)
    for row in rows:
        source, mean, smsc = row.source, row.course, network.smsc_node[row.smsc]
        hlr = network.population_hlr[row.population]
        retries = network.smsc_retry_station[row.smsc]
        # Repeated attempts have a licence of their own where they are sold apart.
        first = min(1.0, mean.attempts) if retries >= 0 else mean.attempts
        visits[source, network.node_station[smsc]] += row.segments * first
        if retries >= 0:
            visits[source, retries] += row.segments * (mean.attempts - first)
        account = network.source_to_account[source]
        if account >= 0:
            takers = network.receipt_station[row.smsc], network.account_receipt_station[account]
            for station in takers:
                if station >= 0:
                    visits[source, station] += row.segments
            continue
        if hlr == NOBODY:  # behind a hub
            route = route_of(network, source, row.population)
            station = network.node_station[network.route_node[route]]
            visits[source, station] += row.segments * mean.attempts
            continue
        visits[source, network.node_station[hlr]] += row.segments * (
            mean.attempts + mean.reports + mean.returns
        )
        for a, b, operation, times in (
            (smsc, hlr, op.SRI_SM, mean.attempts),
            (hlr, smsc, op.SRI_SM_RESULT, mean.attempts - mean.sri_errors),
            (hlr, smsc, op.MAP_ERROR, mean.sri_errors),
            (smsc, hlr, op.REPORT_SM_DELIVERY_STATUS, mean.reports),
            (hlr, smsc, op.REPORT_SM_DELIVERY_STATUS_RESULT, mean.reports),
            (hlr, smsc, op.ALERT_SC, mean.returns),
            (smsc, hlr, op.ALERT_SC_RESULT, mean.returns),
        ):
            send(source, a, b, operation, row.segments * times)
        for msc, part in mscs_of(network, row.population):
            segments = row.segments * part
            visits[source, network.node_station[msc]] += segments * mean.mt
            mt, delivered = segments * mean.mt, segments * mean.delivered
            forward(source, smsc, msc, op.MT_FORWARD_SM, mt, delivered)
            for a, b, operation, times in (
                (msc, hlr, op.READY_FOR_SM, mean.returns),
                (hlr, msc, op.READY_FOR_SM_RESULT, mean.returns),
            ):
                send(source, a, b, operation, segments * times)
    return Flows(codes, {pair: leg for pair, leg in legs.items() if leg.any()}, visits)


def forward_msus(
    network: Network, texts: Texts, node: int, target: int, operation: int
) -> tuple[dict[int, float], dict[int, float]]:
    """MSU codes of a ForwardSM, to and back, with the share of the segments that cause each.

    Back go both the result and the error; one of the two is sent.
    """
    to: dict[int, float] = {}
    back: dict[int, float] = {}
    follows = {
        op.MO_FORWARD_SM: op.MO_FORWARD_SM_CONTINUE,
        op.MT_FORWARD_SM: op.MT_FORWARD_SM_CONTINUE,
    }[operation]
    for size, count in texts.octets.items():
        share = count / texts.segments
        found = [(to, operation << CODE | size)]
        if opens_empty(network, node, target, operation, size):
            found = [(to, op.EMPTY_BEGIN << CODE), (to, follows << CODE | size)]
            found.append((back, op.EMPTY_CONTINUE << CODE))
        for cause in (OK, SYSTEM_FAILURE):
            found.append((back, closing_msu(network, node, target, operation, size, cause)))
        for row, code in found:
            row[code] = row.get(code, 0.0) + share
    return to, back


def mscs_of(network: Network, population: int) -> list[tuple[int, float]]:
    """MSCs (nodes) of a population and the share of its phones that each serves."""
    first, last = network.share_first[population], network.share_first[population + 1]
    size = network.population_size[population]
    ends = [0, *network.share_end[first:last]]
    return [
        (network.share_msc[first + row], (high - low) / size)
        for row, (low, high) in enumerate(pairwise(ends))
        if high > low
    ]


def recipients_of(network: Network, source: int) -> list[tuple[int, float]]:
    """Populations that a source sends to and their shares of its messages."""
    first, last = network.to_first[source], network.to_first[source + 1]
    return _shares(network.to_population[first:last], network.to_end[first:last])


def smscs_of(network: Network, source: int) -> list[tuple[int, float]]:
    """Numbers of the SMSCs that take a source's messages, and their shares."""
    if network.source_smsc[source] >= 0:
        return [(network.source_smsc[source], 1.0)]
    account = network.source_account[source]
    if account >= 0:
        return [(network.node_smsc[network.account_smsc[account]], 1.0)]
    home = network.source_from[source]
    first, last = network.home_first[home], network.home_first[home + 1]
    return _shares(network.home_smsc[first:last], network.home_end[first:last])


def _shares(rows: Sequence[int], ends: Sequence[float]) -> list[tuple[int, float]]:
    """Rows and their shares, of cumulative shares."""
    shares = np.diff(np.concatenate([[0.0], np.asarray(ends)])).tolist()
    return [(int(row), share) for row, share in zip(rows, shares, strict=True) if share > 0]


def _flagged_shares(network: Network) -> list[float]:
    """Share of the messages to absent phones that find the flag of an earlier one set.

    Messages to one phone come at random at their mean rate r; of those that come during an
    exponential absence of mean b all but the first do: r b / (1 + r b).
    """
    window = np.array([[network.warm_up_ns], [network.duration_ns]], np.float64)
    rates = messages_per_s(network, window[0], window[1])[0]
    totals = [0.0] * len(network.population_size)
    for source, rate in enumerate(rates.tolist()):
        for population, share in recipients_of(network, source):
            totals[population] += rate * share
    shares = []
    for population, total in enumerate(totals):
        known = network.population_off_ns[population] / 1e9 * total
        met = known / network.population_size[population]
        shares.append(met / (1 + met))
    return shares
