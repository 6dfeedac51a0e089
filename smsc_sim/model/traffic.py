"""Who sends what to whom: senders, recipients and texts as a function of a message's number."""

from smsc_sim.model.codes import (
    BY_BATCH,
    BY_GAPS,
    BY_TABLE,
    FOR_AUDIENCE,
    FOR_POPULATION,
    FOR_RECIPIENT,
    FOR_ROAMING,
    FOR_SENDER,
    FOR_SMSC,
    FOR_TEXT,
)
from smsc_sim.model.draws import below, key_of, uniform
from smsc_sim.model.network import Floats, Job, Network, number_of


def pick(end: Floats, first: int, last: int, u: float) -> int:
    """Row in [first, last) of the cumulative shares `end` that a number in (0, 1) falls into."""
    row = first
    while row < last - 1 and u >= end[row]:
        row += 1
    return row


def msc_of(network: Network, population: int, phone: int) -> int:
    """MSC (node) that serves a phone: each serves a contiguous share of the population.

    A roamer is served by one of the MSCs that the population's roamers visit.
    """
    share = network.p_roaming[population]
    if share > 0.0:
        key = key_of(network.seed, network.population_digest[population], phone)
        u = uniform(key, 0, FOR_ROAMING)
        if u < share:
            first, last = network.roam_first[population], network.roam_first[population + 1]
            return network.roam_msc[pick(network.roam_end, first, last, u / share)]
    row = network.share_first[population]
    while phone >= network.share_end[row]:
        row += 1
    return network.share_msc[row]


def home_smsc(network: Network, population: int, phone: int) -> int:
    """SMSC (number) whose address a phone's SIM card holds."""
    key = key_of(network.seed, network.population_digest[population], phone)
    first, last = network.home_first[population], network.home_first[population + 1]
    return network.home_smsc[pick(network.home_end, first, last, uniform(key, 0, FOR_SMSC))]


def table_row(network: Network, source: int, number: int) -> int:
    """Row of the table that a message is taken from; -1 also for what Python code submits."""
    if network.source_arrivals[source] != BY_TABLE or number >= network.source_limit[source]:
        return -1
    return network.table_first[source] + number


def sender_of(network: Network, source: int, number: int, key: int) -> int:
    """Phone, counted in its population, that writes a message."""
    if network.source_answers[source] >= 0:
        return _in_thread(network, source, number, 1, network.source_from[source])
    return _first_sender(network, source, number, key)


def _in_thread(network: Network, source: int, number: int, writes: int, population: int) -> int:
    """Phone that writes (1) or reads (0) an answer, counted in its population.

    Message n of every source of a thread belongs to the same two, who take turns: who reads the
    first message writes the answer to it.
    """
    turns = 0
    first = source
    while network.source_answers[first] >= 0:
        first = network.source_answers[first]
        turns += 1
    key = key_of(network.seed, network.source_digest[first], number)
    key = _phone_key(network, first, number, key)
    if turns % 2 == writes:
        return _first_recipient(network, first, population, number, key)
    return _first_sender(network, first, number, key)


def _first_sender(network: Network, source: int, number: int, key: int) -> int:
    """Phone that writes a message that answers none."""
    if network.source_arrivals[source] == BY_GAPS:  # phones take turns
        size = network.population_size[network.source_from[source]]
        return _shuffled(network, network.source_digest[source], number % size, size)
    row = table_row(network, source, number)
    if row >= 0 and network.table_sender[row] >= 0:
        return network.table_sender[row]
    return below(key, 0, FOR_SENDER, network.population_size[network.source_from[source]])


def writer_of(network: Network, job: Job) -> int:
    """Phone, counted in its population, that wrote the message of a job."""
    return sender_of(network, job.source, number_of(job.id), job.key)


def recipient_population(network: Network, source: int, number: int, key: int) -> int:
    """Population of the recipient of a message; of one for an account, that of its sender.

    All codes of a login go to the same phone.
    """
    if network.source_to_account[source] >= 0:
        return network.source_from[source]
    key = _phone_key(network, source, number, key)
    row = table_row(network, source, number)
    if row >= 0 and network.table_population[row] >= 0:
        return network.table_population[row]
    first, last = network.to_first[source], network.to_first[source + 1]
    found = pick(network.to_end, first, last, uniform(key, 0, FOR_POPULATION))
    return network.to_population[found]


def recipient(network: Network, source: int, population: int, number: int, key: int) -> int:
    """Phone, counted in its population, that a message is for; its own sender's for an account."""
    if network.source_to_account[source] >= 0:
        return sender_of(network, source, number, key)
    if network.source_answers[source] >= 0:
        return _in_thread(network, source, number, 0, population)
    key = _phone_key(network, source, number, key)
    return _first_recipient(network, source, population, number, key)


def _phone_key(network: Network, source: int, number: int, key: int) -> int:
    """Key that a message's phone is drawn with: for all codes of a login that of the first one."""
    person = network.source_person[source]
    if person < 0:
        return key
    first = network.person_source[person]
    return key_of(network.seed, network.source_digest[first], number)


def _first_recipient(network: Network, source: int, population: int, number: int, key: int) -> int:
    """Phone that reads a message that answers none.

    A batch reaches distinct phones: n -> a n + b modulo the size, with a prime to the size,
    meets every phone once before it meets one twice.
    """
    size = network.population_size[population]
    row = table_row(network, source, number)
    if row >= 0 and network.table_phone[row] >= 0:
        return network.table_phone[row]
    if network.source_arrivals[source] != BY_BATCH:
        return below(key, 0, FOR_RECIPIENT, size)
    return _shuffled(network, network.source_audience[source], number, size)


def _shuffled(network: Network, digest: int, number: int, size: int) -> int:
    """Phone number `number` of an order in which each of `size` phones comes once."""
    own = key_of(network.seed, digest, -1)
    stride = 1 + below(own, 1, FOR_AUDIENCE, max(1, size - 1))
    while _common_divisor(stride, size) != 1:
        stride += 1
    return (below(own, 0, FOR_AUDIENCE, size) + number * stride) % size


def _common_divisor(a: int, b: int) -> int:
    while b != 0:
        a, b = b, a % b
    return a


def text_row(network: Network, source: int, number: int, key: int) -> int:
    """Row of the text mix that a message is written in, by Walker's alias method."""
    mix = network.text_of[source]
    first = network.text_first[mix]
    at = table_row(network, source, number)
    if at >= 0 and network.table_text[at] >= 0:
        return first + network.table_text[at]
    u = uniform(key, 0, FOR_TEXT) * (network.text_first[mix + 1] - first)
    row = int(u)
    if u - row < network.text_keep[first + row]:
        return first + row
    return first + network.text_alias[first + row]


def octets_of(network: Network, text: int, segment: int) -> int:
    """TP-UD octets of one segment of a text."""
    if segment + 1 < network.text_segments[text]:
        return network.text_full_octets[text]
    return network.text_last_octets[text]
