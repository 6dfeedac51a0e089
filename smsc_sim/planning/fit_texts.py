"""From a corpus to a mix of lengths: how long texts are in each alphabet, as YAML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from smsc_sim.content.alphabets import Alphabet
from smsc_sim.content.capacity import header_octets_of, segment_capacity
from smsc_sim.content.cells import as_strings
from smsc_sim.content.errors import ContentError
from smsc_sim.content.row_files import batches, open_rows, refuse_absent
from smsc_sim.content.sizes import measured
from smsc_sim.model.network import MOST_SEGMENTS

WIDTH = 10
PARTS = 10**6  # shares are written in millionths, so that they sum to 1 exactly


@dataclass(frozen=True, slots=True)
class TextFit:
    """Lengths that were found in a corpus.

    Attributes
    ----------
    texts : int
        That were measured.
    unusable : int
        Empty, no UTF-8, or longer than a message may be.
    segments : float
        Mean.
    bins : dict of (str, int, int) to int
        Texts by alphabet ("gsm7", "ucs2") and by lowest and highest length, in their order.
    """

    texts: int
    unusable: int
    segments: float
    bins: dict[tuple[str, int, int], int]


def fit_texts(path: Path, column: str) -> TextFit:
    """Measure the texts of a corpus.

    Parameters
    ----------
    path : Path
        CSV, gzipped CSV or Parquet, or .txt with a text in each line.
    column : str
        Title of the column with the texts; not asked for in a .txt file.

    Raises
    ------
    ContentError
        If it cannot be read, or has no text.

    Notes
    -----
    Ranges are ten long and end where a segment does, so that the shares of 1, 2, 3, ... segments
    are those of the corpus; within a range every length is taken as equally likely.
    """
    lengths: Counter[tuple[int, int]] = Counter()
    texts = unusable = segments = 0
    for cells in _texts(path, column):
        sizes = measured(cells)
        good = (sizes["segments"] > 0) & (sizes["segments"] <= MOST_SEGMENTS) & (sizes["units"] > 0)
        unusable += int((~good).sum())
        texts += int(good.sum())
        segments += int(sizes["segments"][good].sum())
        keys, counts = np.unique(
            np.stack([sizes["alphabet"][good], sizes["units"][good]]), axis=1, return_counts=True
        )
        for alphabet, units, count in zip(*keys.tolist(), counts.tolist(), strict=True):
            lengths[alphabet, units] += count
    if not texts:
        raise ContentError(f"{path}: has no text that can be measured; check the file")
    bins: Counter[tuple[str, int, int]] = Counter()
    for (alphabet, units), count in sorted(lengths.items()):
        bins[("gsm7", "ucs2")[alphabet], *_range(alphabet, units)] += count
    return TextFit(texts, unusable, segments / texts, dict(bins))


def _texts(path: Path, column: str) -> Iterator[pa.Array]:
    if path.suffix == ".txt":
        try:
            lines = [line.removesuffix(b"\r") for line in path.read_bytes().split(b"\n")]
        except OSError as error:
            raise ContentError(
                f"{path}: cannot be read (got {error.strerror}); check the file"
            ) from None
        yield as_strings(pa.array(lines[: -1 if lines[-1] == b"" else None], pa.binary()))
        return
    file = open_rows(path)
    refuse_absent(file.titles, column, path)
    for batch in batches(file, [column]):
        texts = as_strings(batch.columns.column(column))
        if not pa.types.is_string(texts.type) and not pa.types.is_large_string(texts.type):
            raise ContentError(
                f"{path}: the column '{column}' holds no texts (got Arrow {texts.type}); name "
                "another"
            )
        yield texts.fill_null("")


def _range(alphabet: int, units: int) -> tuple[int, int]:
    """Lowest and highest length of the range that a length is in."""
    code = (Alphabet.GSM7, Alphabet.UCS2)[alphabet]
    alone = segment_capacity(code, 0)
    joined = segment_capacity(code, header_octets_of(1))
    full = 0 if units <= alone else max((units - 1) // joined * joined, alone)
    end = alone if units <= alone else -(-units // joined) * joined
    low = (units - 1) // WIDTH * WIDTH + 1
    return max(low, full + 1), min(low + WIDTH - 1, end)


def texts_yaml(found: TextFit, name: str, source: str) -> str:
    """YAML of a fit: lengths of texts, to be put into a scenario.

    Parameters
    ----------
    found : TextFit
    name : str
        Of the mix.
    source : str
        Where the texts are from, in words.
    """
    shares = _whole_shares(list(found.bins.values()))
    left = f" {found.unusable:,} were left out: empty or not to be read." if found.unusable else ""
    lines = [
        f"# Measured on {found.texts:,} texts of {source}: {100 * _gsm7(found):.2f} % GSM 7-bit, "
        f"{found.segments:.3f} segments",
        f"# a text.{left}",
        "texts:",
        f"  {name}:",
    ]
    for alphabet in ("gsm7", "ucs2"):
        rows = [
            (f"{low}-{high}" if high > low else f"{low}", share)
            for (of, low, high), share in zip(found.bins, shares, strict=True)
            if of == alphabet and share
        ]
        lines += [f"    {alphabet}:"] if rows else []
        lines += [f'      "{key}": {100 * share / PARTS:.4f} %' for key, share in rows]
    return "\n".join(lines) + "\n"


def _gsm7(found: TextFit) -> float:
    return sum(n for (alphabet, _, _), n in found.bins.items() if alphabet == "gsm7") / found.texts


def _whole_shares(counts: list[int]) -> list[int]:
    """Shares in PARTS that sum to it: rounded down, the largest remainders get one more."""
    total = sum(counts)
    whole = [count * PARTS // total for count in counts]
    order = sorted(range(len(counts)), key=lambda k: (-(counts[k] * PARTS % total), k))
    for k in order[: PARTS - sum(whole)]:
        whole[k] += 1
    return whole
