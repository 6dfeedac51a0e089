"""When messages are sent: at a rate with its bursts, in a batch, by a table, by each phone."""

from smsc_sim.model.codes import (
    BY_BATCH,
    BY_GAPS,
    BY_TABLE,
    FOR_BATCH,
    FOR_BURST,
    FOR_GAP,
    NEVER,
)
from smsc_sim.model.draws import exponential_ns, key_of, share_before, uniform
from smsc_sim.model.network import Network, State
from smsc_sim.model.quantiles import quantile_ns

MASS = 1_000_000  # expected messages are counted in millionths
BURSTS = -3  # stands for the number of a message in the key of a source's bursts


def next_arrival_ns(network: Network, state: State, source: int, number: int) -> int:
    """Time of message `number` of a source, or NEVER; asked once for each number, in order.

    A batch is evenly spaced.  A source with a rate is a Poisson process of rate 1 in the measure of
    its expected messages: whole millionths, so that no sum depends on how it is cut into chunks
    (Cinlar 1975, time change of a Poisson process).

    Notes
    -----
    Besides the messages, `state` holds how far each source has come; this alone moves it.
    """
    if number >= network.source_limit[source]:
        return NEVER
    if network.source_arrivals[source] == BY_BATCH:
        return network.source_first_ns[source] + int(number * network.source_gap_ns[source])
    if network.source_arrivals[source] == BY_TABLE:
        return network.table_ns[network.table_first[source] + number]
    if network.source_arrivals[source] == BY_GAPS:
        return _first_of_phone_ns(network, state, source, number)
    wanted = gap_mass(network, source, number)
    if network.burst_first[source] == network.burst_first[source + 1]:
        state.arrival_mass[source] += wanted
    else:
        _through_bursts(network, state, source, wanted)
    return _ns_of(network, source, state.arrival_mass[source])


def _first_of_phone_ns(network: Network, state: State, source: int, number: int) -> int:
    """Time of the first message of one more phone, in the order of these times.

    The times are independent and have the distribution of the rest of a gap begun long ago, so
    that the messages of every phone are a stationary renewal process (Cox 1962).  Their smallest,
    next smallest and so on come by exponential spacings (Renyi 1953): no table of phones is kept.
    """
    phones = network.source_limit[source]
    key = key_of(network.seed, network.source_digest[source], number)
    state.arrival_mass[source] += exponential_ns(key, 0, FOR_GAP, 10**12 // (phones - number))
    share = share_before(state.arrival_mass[source])
    return quantile_ns(network, network.source_rest[source], share)


def gap_mass(network: Network, source: int, number: int) -> int:
    """Expected messages between a message and the one before it, in millionths.

    Batches of a geometric number come at one instant: all but the first have no gap.
    """
    key = key_of(network.seed, network.source_digest[source], number)
    begins = network.source_p_batch[source]
    if begins < 1.0 and number > 0 and uniform(key, 0, FOR_BATCH) >= begins:
        return 0
    return exponential_ns(key, 0, FOR_GAP, int(MASS / begins))


def _through_bursts(network: Network, state: State, source: int, wanted: int) -> None:
    """Go on by `wanted` messages at the rate that the spells of bursts multiply.

    A Markov-modulated Poisson process whose states follow each other in a ring: the time in each is
    exponential (Fischer and Meier-Hellstern 1993).
    """
    first, last = network.burst_first[source], network.burst_first[source + 1]
    own = key_of(network.seed, network.source_digest[source], BURSTS)
    start = _first_burst(network, source, own)
    total = network.piece_mass[network.piece_first[source + 1] - 1]
    mass = state.arrival_mass[source]
    while mass < total:
        end_mass = _mass_at(network, source, state.arrival_until_ns[source])
        if state.arrival_spell[source] >= 0:
            row = first + (start + state.arrival_spell[source]) % (last - first)
            factor = network.burst_factor[row]
            room = (end_mass - mass) * factor
            if factor > 0.0 and wanted <= room:
                mass += int(wanted / factor)
                break
            wanted -= int(room)
        mass = max(mass, end_mass)
        spell = state.arrival_spell[source] + 1
        row = first + (start + spell) % (last - first)
        state.arrival_spell[source] = spell
        state.arrival_until_ns[source] += exponential_ns(
            own, spell, FOR_BURST, network.burst_ns[row]
        )
    state.arrival_mass[source] = mass


def _first_burst(network: Network, source: int, own: int) -> int:
    """State in force at time 0: each as likely as the share of time it lasts."""
    first, last = network.burst_first[source], network.burst_first[source + 1]
    total = 0
    for row in range(first, last):
        total += network.burst_ns[row]
    left = uniform(own, -1, FOR_BURST) * total
    row = first
    while row < last - 1 and left >= network.burst_ns[row]:
        left -= network.burst_ns[row]
        row += 1
    return row - first


def _mass_at(network: Network, source: int, at_ns: int) -> int:
    """Expected messages by the declared rate until a time, in millionths."""
    low = network.piece_first[source]
    high = network.piece_first[source + 1] - 1
    if at_ns >= network.piece_ns[high]:
        return network.piece_mass[high]
    while high - low > 1:
        middle = (low + high) // 2
        if network.piece_ns[middle] <= at_ns:
            low = middle
        else:
            high = middle
    return network.piece_mass[low] + int((at_ns - network.piece_ns[low]) * network.piece_rate[low])


def _ns_of(network: Network, source: int, mass: int) -> int:
    """Time at which so many messages are expected: the cumulative rate inverted, or NEVER."""
    low = network.piece_first[source]
    high = network.piece_first[source + 1] - 1
    if mass >= network.piece_mass[high]:
        return NEVER
    while high - low > 1:
        middle = (low + high) // 2
        if network.piece_mass[middle] <= mass:
            low = middle
        else:
            high = middle
    return network.piece_ns[low] + int((mass - network.piece_mass[low]) / network.piece_rate[low])
