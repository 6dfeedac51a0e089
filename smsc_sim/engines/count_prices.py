"""What a segment costs on its day, for all that adds up costs."""

from smsc_sim.engines.count_clock import Clock
from smsc_sim.model.codes import ID, PLACE, TIME
from smsc_sim.model.names import Names
from smsc_sim.model.network import SOURCE_SHIFT, Network


class Prices:
    """Fields of a block of sums, after those of a `Clock`."""

    prices: list[int]  # (days * sources * populations,) millionths per segment
    price_starts: list[int]  # (days,) ns
    day: int  # of the last row
    sources: int
    populations: int


class Priced(Clock, Prices):
    """For type checkers: what the function below is given."""


def price_values(network: Network, names: Names) -> dict[str, object]:
    """Prices as the network has them."""
    return {
        "prices": network.price_micros,
        "price_starts": network.price_starts_ns,
        "day": 0,
        "sources": len(names.sources),
        "populations": len(names.populations),
    }


def price(t: Priced, at: int) -> int:
    """Price of a segment of a row on its day, in millionths."""
    while t.day + 1 < len(t.price_starts) and t.price_starts[t.day + 1] <= t.log[at + TIME]:
        t.day += 1
    source = t.log[at + ID] >> SOURCE_SHIFT
    return t.prices[(t.day * t.sources + source) * t.populations + t.log[at + PLACE]]
