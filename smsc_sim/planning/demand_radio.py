"""What sources ask of cells: pages of location areas and time on signalling channels."""

import numpy as np
import numpy.typing as npt

from smsc_sim.model.network import Network, State
from smsc_sim.model.operations import MO_FORWARD_SM, MT_FORWARD_SM
from smsc_sim.model.radio import text_ns
from smsc_sim.model.retry import policy_of
from smsc_sim.planning.attempts import answered_s, odds_of
from smsc_sim.planning.demand import Demand, Texts, mscs_of, smscs_of, texts_of
from smsc_sim.planning.offered import forward_s
from smsc_sim.scenario.distributions import mean_ns
from smsc_sim.scenario.schema import Scenario
from smsc_sim.scenario.schema_background import Calls

Array = npt.NDArray[np.float64]


def gsm_share(network: Network, population: int) -> float:
    """Share of the phones of a population that need pages and channels."""
    return 1.0 - network.p_sgs[population] - network.p_ims[population]


def pages(network: Network, rows: list[Demand]) -> Array:
    """Pages of each station per message of each source: (sources, stations).

    Phones that answer cost one page for each time they get a channel; of those that do not, each
    attempt costs as many pages as the MSC sends.
    """
    found = np.zeros((network.sources, network.stations))
    for row in rows:
        share = row.segments * gsm_share(network, row.population)
        for msc, part in mscs_of(network, row.population):
            areas = network.node_areas[msc]
            first = network.node_first_area[msc]
            each = _answers(network, row, msc) + network.node_pages[msc] * _unanswered(network, row)
            for station in network.area_paging[first : first + areas]:
                found[row.source, station] += share * part * each / areas
    return found


def sdcch_s(network: Network, state: State, rows: list[Demand]) -> Array:
    """Time on the SDCCHs of each MSC per message of each source, in s: (sources, nodes).

    A phone that sends holds its channel until the SMSC's answer, queues left out, for all segments
    of a message.
    """
    found = np.zeros((network.sources, network.nodes))
    for row in rows:
        texts = texts_of(network, row.source)
        share = row.segments * gsm_share(network, row.population)
        text_s = _text_s(network, row.population, texts)
        access_s = network.access_ns[row.population] / 1e9
        for msc, part in mscs_of(network, row.population):
            once = _answers(network, row, msc)
            held_s = row.course.delivered * text_s + once * access_s
            if _is_one_session(network, row, msc):  # and waits for the next request
                follow = row.course.delivered * (1 - 1 / texts.segments)
                held_s += follow * _next_s(network, state, msc, row.smsc, texts)
            found[row.source, msc] += share * part * held_s
    for source in range(network.sources):
        home = network.source_from[source]
        if home < 0:
            continue
        texts = texts_of(network, source)
        sent_s = texts.segments * _text_s(network, home, texts) + network.access_ns[home] / 1e9
        for msc, part in mscs_of(network, home):
            for smsc, share in smscs_of(network, source):
                answer_s = texts.segments * _answer_s(network, state, msc, smsc, texts)
                found[source, msc] += gsm_share(network, home) * part * share * (sent_s + answer_s)
    return found


def _answers(network: Network, row: Demand, msc: int) -> float:
    """Pages that are answered, per stored segment.

    An application hands in all segments of a message at once: the first is paged for and the
    others follow in its session.  Of a person each segment is taken to come alone.
    """
    delivered = row.course.delivered
    if _is_one_session(network, row, msc):
        delivered /= texts_of(network, row.source).segments
    return delivered + _busy(network, row)


def _is_one_session(network: Network, row: Demand, msc: int) -> bool:
    return network.node_session_ns[msc] > 0 and network.source_account[row.source] >= 0


def _next_s(network: Network, state: State, msc: int, smsc: int, texts: Texts) -> float:
    """Time in s from the end of a text until the request for the next segment, without queues."""
    node = network.smsc_node[smsc]
    stations = network.node_station[msc], network.node_station[node]
    work_s = sum(network.station_service_ns[station] for station in stations) / 1e9
    return work_s + forward_s(network, state, node, msc, texts, MT_FORWARD_SM)


def _busy(network: Network, row: Demand) -> float:
    """Attempts per stored segment that find the phone busy."""
    odds = odds_of(network, row.population, policy_of(network, row.smsc, row.source))
    return row.course.mt * odds.busy


def _unanswered(network: Network, row: Demand) -> float:
    """Attempts per stored segment whose page nobody answers: the rest of the time on radio."""
    population, mean = row.population, row.course
    texts, response_s = texts_of(network, row.source), answered_s(network, row.population)
    held_s = _text_s(network, population, texts) + network.access_ns[population] / 1e9
    spent_s = mean.delivered * (response_s + held_s) + _busy(network, row) * response_s
    return max(0.0, mean.radio_s - spent_s) / (network.paging_timeout_ns[population] / 1e9)


def _text_s(network: Network, population: int, texts: Texts) -> float:
    """Mean time in s that the text of one segment takes."""
    total_ns = sum(
        count * text_ns(network, population, size) for size, count in texts.octets.items()
    )
    return total_ns / texts.segments / 1e9


def _answer_s(network: Network, state: State, msc: int, smsc: int, texts: Texts) -> float:
    """Time in s from the end of the text until the SMSC's answer, without queues."""
    stations = network.node_station[msc], network.admission_station[smsc]
    work_s = sum(network.station_service_ns[station] for station in stations) / 1e9
    return work_s + forward_s(network, state, msc, network.smsc_node[smsc], texts, MO_FORWARD_SM)


def background_sdcch_s(network: Network, scenario: Scenario) -> Array:
    """Time on the SDCCHs of each MSC per call or update, in s: (background, nodes).

    Calls of phones out of reach, of which some are not tried, are taken to be tried.
    """
    found = np.zeros((len(network.background_from), network.nodes))
    for row, name in enumerate(sorted(scenario.background)):
        part, population = scenario.background[name], network.background_from[row]
        held_ns = mean_ns(part.setup if isinstance(part, Calls) else part.holding)
        for msc, share in mscs_of(network, population):
            found[row, msc] = gsm_share(network, population) * share * held_ns / 1e9
    return found
