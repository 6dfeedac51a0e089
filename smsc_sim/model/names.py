"""What the rows of a network are called; rules and engines do without it."""

from typing import NamedTuple


class Names(NamedTuple):
    """Names by row number."""

    elements: tuple[str, ...]  # nodes, then link sets, then links
    kinds: tuple[str, ...]  # of each element: smsc, hlr, stp, msc, link_set, link
    stations: tuple[str, ...]
    pools: tuple[str, ...]
    channel_groups: tuple[str, ...]  # SDCCHs or TCHs of one MSC
    smscs: tuple[str, ...]
    populations: tuple[str, ...]
    countries: tuple[str, ...]  # (populations,)
    sources: tuple[str, ...]
    classes: tuple[str, ...]  # (sources,)
    source_kinds: tuple[str, ...]  # (sources,) kind of traffic
    origins: tuple[str, ...]  # (sources,) population or account that sends
    prices: tuple[str, ...]  # (sources,) kind of price: retail or a2p
    currencies: tuple[str, ...]  # (sources,) of that price
    routes: tuple[str, ...]
    # Of sources with a list of customers: messages, customers, rows, and why others are left out.
    audiences: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
