"""The radio channel as a holding time: signalling, then the text in blocks."""

from smsc_sim.model.network import Network

# RP-DATA and CP-DATA headers, addresses and the TPDU header around the user data, octets:
# 9 blocks or 2.1 s for a full segment, as remembered from measurements (docs/model.md).
OVERHEAD_OCTETS = 36


def channel_ns(network: Network, population: int, octets: int) -> int:
    """Time in ns for which a segment of so many TP-UD octets holds a signalling channel."""
    block_octets = network.block_octets[population]
    blocks = (octets + OVERHEAD_OCTETS + block_octets - 1) // block_octets
    return network.access_ns[population] + blocks * network.block_ns[population]
