"""What many texts look like in detail: their parts, and what GSM 7-bit could not carry."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from smsc_sim.content.alphabets import gsm7_offenders
from smsc_sim.content.segmentation import segment


def parts_of(
    chunks: list[pa.Array], segments: npt.NDArray[np.int32], options: dict[str, Any]
) -> list[tuple[str, ...]]:
    """Texts of the segments of each text.

    Parameters
    ----------
    chunks : list of pyarrow.Array
        Of strings.
    segments : (n,) int32 array
        How many each text has.
    options : dict
        Of `segmentation.segment`.
    """
    return [
        (text,) if count == 1 else segment(text, **options).parts
        for text, count in zip(_texts(chunks), segments, strict=True)
    ]


def offenders_of(chunks: list[pa.Array]) -> list[tuple[tuple[int, str], ...]]:
    """Index and character of all that GSM 7-bit lacks, for each text.

    Parameters
    ----------
    chunks : list of pyarrow.Array
        Of strings.
    """
    return [gsm7_offenders(text) for text in _texts(chunks)]


def _texts(chunks: list[pa.Array]) -> list[str]:
    return [text for chunk in chunks for text in chunk.to_pylist()]
