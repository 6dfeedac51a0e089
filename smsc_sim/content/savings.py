"""Segments that smart encoding and txt speak would save."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from smsc_sim.content.errors import ContentError
from smsc_sim.content.segmentation import segment
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


def savings_of(
    chunks: list[pa.Array],
    columns: dict[str, npt.NDArray[Any]],
    options: dict[str, Any],
    savings: Savings,
) -> dict[str, npt.NDArray[Any]]:
    """Segments that would be left of each text.

    Parameters
    ----------
    chunks : list of pyarrow.Array
        Of strings.
    columns : dict
        `segments` and `alphabet` of the texts as they are.
    options : dict
        Of `segmentation.segment`.
    savings : Savings

    Returns
    -------
    dict
        `smart_segments` (n,) float64: mean number after smart encoding, whole where the probability
        is 1; `short_segments` (n,) int32 after it and txt speak together.
        A change that would cost segments is not made.

    Notes
    -----
    Only a text in several segments can save any; all others are not looked at.
    """
    table = replacements() if savings.replacements is None else savings.replacements
    words = lexicon() if savings.lexicon is None else savings.lexicon
    before = columns["segments"]
    smart, short = before.astype(np.float64), before.copy()
    start = 0
    for chunk in chunks:
        for row in np.flatnonzero(before[start : start + len(chunk)] > 1):
            text, at = chunk[row].as_py(), start + row
            plain = smart_encoded(text, table)
            after = min(int(before[at]), _count(plain, options))
            smart[at] += savings.probability * (after - int(before[at]))
            short[at] = min(after, _count(shortened(plain, words), options))
        start += len(chunk)
    return {"smart_segments": smart, "short_segments": short}


def _count(text: str, options: dict[str, Any]) -> int:
    return len(segment(text, **options).parts) if text else 1
