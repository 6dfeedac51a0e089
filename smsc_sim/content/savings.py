"""What texts become when they are changed to save segments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from smsc_sim.content.errors import ContentError
from smsc_sim.content.shortening import Lexicon, lexicon, shortened
from smsc_sim.content.smart import Table, replacements, smart_encoded


@dataclass(frozen=True, slots=True)
class Savings:
    """How texts may be changed.

    Attributes
    ----------
    replacements : mapping of int to str, optional
        Of `smart.replacements`. Default: the shipped ones that keep the wording.
    lexicon : Lexicon, optional
        Of `shortening.lexicon`. Default: the shipped one.
    probability : float
        That a provider does replace, 0 to 1: some do it for a part of the messages only.
    """

    replacements: Table | None = None
    lexicon: Lexicon | None = None
    probability: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise ContentError(
                f"probability: must be from 0 to 1 (got {self.probability!r}); 1 means always"
            )


def changed_texts(texts: Iterable[str], savings: Savings) -> tuple[list[str], list[str]]:
    """Texts after smart encoding, and after txt speak on top of it.

    Parameters
    ----------
    texts : iterable of str
    savings : Savings

    Returns
    -------
    (list of str, list of str)
    """
    table = replacements() if savings.replacements is None else savings.replacements
    words = lexicon() if savings.lexicon is None else savings.lexicon
    plain = [smart_encoded(text, table) for text in texts]
    return plain, [shortened(text, words) for text in plain]


def saved_segments(
    texts: Any,
    before: npt.NDArray[np.int32],
    savings: Savings,
    count: Callable[[pa.Array, npt.NDArray[np.int64]], npt.NDArray[np.int32]],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Mean segments after smart encoding, and segments after txt speak on top of it.

    A change that would cost segments is not made; a text in one segment can save none.

    Parameters
    ----------
    texts : (n,) pyarrow.Array or ChunkedArray
        Of string or large_string.
    before : (n,) int32 array
        Segments of the texts as they are.
    savings : Savings
    count : callable
        Changed texts and the rows they stand in, to their segments; negative where one cannot be
        sent.

    Returns
    -------
    (n,) float64 array
        The mean, where a provider replaces with some probability.
    (n,) int32 array
    """
    rows = np.flatnonzero(before > 1)
    smart, short = before.astype(np.float64), before.copy()
    if len(rows):
        counts = []
        chosen = texts.take(pa.array(rows))
        chosen = chosen.combine_chunks() if isinstance(chosen, pa.ChunkedArray) else chosen
        each = chosen.dictionary_encode()  # texts of a campaign are often alike
        for changed in changed_texts(each.dictionary.to_pylist(), savings):
            found = count(pa.array(changed, pa.large_string()).take(each.indices), rows)
            counts.append(np.where(found < 0, before[rows], np.minimum(found, before[rows])))
        smart[rows] += savings.probability * (counts[0] - before[rows])
        short[rows] = np.minimum(*counts)
    return smart, short
