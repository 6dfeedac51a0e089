"""Lengths of texts to alias tables: how many segments, of how many octets, how often."""

import math
from itertools import accumulate
from typing import Any

from smsc_sim.content.alphabets import Alphabet
from smsc_sim.content.capacity import PAYLOAD_OCTETS
from smsc_sim.content.lengths import segment_octets
from smsc_sim.scenario.schema_traffic import TextLengths

ALPHABETS = {"gsm7": Alphabet.GSM7, "ucs2": Alphabet.UCS2}


def text_rows(
    lengths: TextLengths, payload_octets: int = PAYLOAD_OCTETS
) -> list[tuple[int, int, int, float]]:
    """Rows of (segments, octets of all but the last segment, octets of the last, share).

    Every length of a range is as likely as any other; texts that cost the same share a row.
    """
    shares: dict[tuple[int, int, int], list[float]] = {}
    for alphabet, low, high, share in lengths.bins():
        for units in range(low, high + 1):
            octets = segment_octets(ALPHABETS[alphabet], units, payload_octets=payload_octets)
            key = (len(octets), octets[0], octets[-1])
            shares.setdefault(key, []).append(share / (high - low + 1))
    return [(*key, math.fsum(parts)) for key, parts in sorted(shares.items())]


def alias_table(shares: list[float]) -> tuple[list[float], list[int]]:
    """Walker's alias table: keep a row with `keep[row]`, else take `alias[row]`.

    References
    ----------
    Walker 1977, ACM Transactions on Mathematical Software 3(3); built as in Vose 1991.

    Examples
    --------
    >>> alias_table([0.75, 0.25])
    ([1.0, 0.5], [0, 0])
    """
    n = len(shares)
    scaled = [share * n / math.fsum(shares) for share in shares]
    keep, alias = [1.0] * n, list(range(n))
    small = [row for row in range(n) if scaled[row] < 1.0]
    large = [row for row in range(n) if scaled[row] >= 1.0]
    while small and large:
        poor, rich = small.pop(), large[-1]
        keep[poor], alias[poor] = scaled[poor], rich
        scaled[rich] -= 1.0 - scaled[poor]
        if scaled[rich] < 1.0:
            small.append(large.pop())
    return keep, alias


def compile_texts(tables: list[list[tuple[int, int, int, float]]]) -> dict[str, Any]:
    """Columns of `Network` about text mixes, each with rows as of `text_rows`."""
    aliases = [alias_table([row[3] for row in rows]) for rows in tables]
    return {
        "text_first": [0, *accumulate(len(rows) for rows in tables)],
        "text_keep": [keep for table, _ in aliases for keep in table],
        "text_alias": [alias for _, table in aliases for alias in table],
        "text_segments": [row[0] for rows in tables for row in rows],
        "text_full_octets": [row[1] for rows in tables for row in rows],
        "text_last_octets": [row[2] for rows in tables for row in rows],
    }
