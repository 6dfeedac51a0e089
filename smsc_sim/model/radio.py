"""The radio channel as a holding time: signalling, then the text in blocks of 20 octets."""

from smsc_sim.model.network import Network

# RP-DATA and CP-DATA headers, addresses and the TPDU header around the user data, octets:
# 9 blocks or 2.1 s for a full segment, as remembered from measurements (docs/model.md).
OVERHEAD_OCTETS = 36
BLOCK_OCTETS = 20


def channel_ns(network: Network, population: int, octets: int) -> int:
    """Time in ns for which a segment of so many TP-UD octets holds a signalling channel."""
    blocks = (octets + OVERHEAD_OCTETS + BLOCK_OCTETS - 1) // BLOCK_OCTETS
    return network.access_ns[population] + blocks * network.block_ns[population]
