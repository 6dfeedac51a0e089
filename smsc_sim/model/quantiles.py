"""Times drawn from any distribution: a table of quantiles, read by one random number.

The table is dense where it matters: knots lie at 1/32 of every octave of the probability in
both tails, down to 2^-40 (1e-12), so that a quantile far out in a tail is as exact as the median.
`scenario.distributions` fills it; both engines read it here.
"""

from smsc_sim.model.codes import NOBODY
from smsc_sim.model.draws import bits
from smsc_sim.model.network import Network

TOP = 51  # highest bit of the distance to the nearer end, of 53 random bits
LOWEST = 13  # octaves below this bit share one cell: a probability of 2^-40
STEP_BITS = 5  # 32 knots in an octave
SIDE_ROWS = 2 + (TOP - LOWEST + 1 << STEP_BITS)  # the end, the knots, and the median
TABLE_ROWS = 2 * SIDE_ROWS  # from the low end to the median, from the high end to the median


def drawn_ns(network: Network, distribution: int, key: int, occasion: int, purpose: int) -> int:
    """Return a time in ns from a distribution (row number), at least 0; NOBODY draws nothing."""
    if distribution == NOBODY:
        return 0
    number = bits(key, occasion, purpose) >> 10  # 53 bits: u = (number + 1/2) / 2^53
    return quantile_ns(network, distribution, number)


def quantile_ns(network: Network, distribution: int, number: int) -> int:
    """Quantile at (number + 1/2) / 2^53 of a distribution."""
    first = distribution * TABLE_ROWS
    if number >= 1 << 52:
        first += SIDE_ROWS
        number = (1 << 53) - 1 - number
    return quantile_between(network, first, number)


def quantile_between(network: Network, first: int, distance: int) -> int:
    """Interpolate one side of a table, rounded down, at (distance + 1/2) / 2^53 from its end.

    `first` is the row of that end, `distance` is below 2^52.
    """
    bit = TOP
    while bit >= LOWEST and distance >> bit == 0:
        bit -= 1
    if bit < LOWEST:  # beyond the last octave
        row = first
        part = (distance + 0.5) / (1 << LOWEST)
    else:
        below = bit - STEP_BITS
        row = first + 1 + (bit - LOWEST << STEP_BITS) + (distance >> below) - (1 << STEP_BITS)
        part = ((distance & (1 << below) - 1) + 0.5) / (1 << below)
    low_ns = network.quantile_ns[row]
    return low_ns + int((network.quantile_ns[row + 1] - low_ns) * part)
