"""The radio side of one segment: how long it takes, over a GSM channel or another access."""

from smsc_sim.model.codes import FOR_ACCESS, FOR_ANSWER_TIME, GSM, IMS, SGS
from smsc_sim.model.draws import exponential_ns, uniform
from smsc_sim.model.network import Network
from smsc_sim.model.phones import phone_key

# RP-DATA and CP-DATA headers, addresses and the TPDU header around the user data, octets:
# 9 blocks or 2.1 s for a full segment, as remembered from measurements (docs/model.md).
OVERHEAD_OCTETS = 36


def access_of(network: Network, population: int, phone: int) -> int:
    """Access of a phone: GSM, SGS or IMS."""
    p_sgs, p_ims = network.p_sgs[population], network.p_ims[population]
    if p_sgs + p_ims <= 0.0:
        return GSM
    u = uniform(phone_key(network, population, phone), 0, FOR_ACCESS)
    if u < p_sgs:
        return SGS
    return IMS if u < p_sgs + p_ims else GSM


def text_ns(network: Network, population: int, octets: int) -> int:
    """Time in ns of a segment of so many TP-UD octets on a signalling channel that is open."""
    block_octets = network.block_octets[population]
    blocks = (octets + OVERHEAD_OCTETS + block_octets - 1) // block_octets
    return blocks * network.block_ns[population]


def channel_ns(network: Network, population: int, octets: int) -> int:
    """Time in ns for which a segment holds a signalling channel of its own."""
    return network.access_ns[population] + text_ns(network, population, octets)


def answer_ns(network: Network, population: int, access: int, key: int, occasion: int) -> int:
    """Time in ns that a segment takes over SGs or IMS: paging, signalling and text together."""
    mean_ns = network.sgs_answer_ns[population]
    if access == IMS:
        mean_ns = network.ims_answer_ns[population]
    return exponential_ns(key, occasion, FOR_ANSWER_TIME, mean_ns)
