"""Telephone numbers: country, kind of line and operator of many at once, never guessed.

A number belongs to a country when the numbering plan of that country has it; nothing is concluded
from first digits alone, so shared codes (+1, +7, +44, +590, ...) come out right and a number that
is too long belongs to nobody. The plan is that of `phonenumbers`; see `numbering_plan`.

Ported numbers keep their prefix: an operator found by prefix is who got the number first.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from smsc_sim.content.errors import ContentError
from smsc_sim.content.numbering_plan import LINES, Plan, load_plan
from smsc_sim.content.strings import string_buffers, string_chunks

REASONS = (
    "",
    "is empty",
    "holds something that is no digit",
    "has no country code",
    "begins with no country code that exists",
    "is too short",
    "is too long",
    "is not in the numbering plan of its country",
)
"""Why a text is no number, by reason code; nothing for a number."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What many texts say as telephone numbers.

    Parameters
    ----------
    reason : (n,) int8 array
        Index in REASONS; 0 for a number.
    country : (n,) int16 array
        Index in `regions()`; -1 for no number.
    line : (n,) int8 array
        Index in `numbering_plan.LINES`; -1 for no number.
    e164 : (n,) int64 array
        Digits with country code, which tell two spellings of one number; 0 for no number.
    """

    reason: npt.NDArray[np.int8]
    country: npt.NDArray[np.int16]
    line: npt.NDArray[np.int8]
    e164: npt.NDArray[np.int64]


@cache
def _plan() -> Plan:
    return load_plan()


def regions() -> tuple[str, ...]:
    """Countries that have numbers: ISO 3166 alpha-2, alphabetical.

    `001` stands for services of no country, such as satellite phones (+881) and +800. `AC`
    (Ascension), `TA` (Tristan da Cunha) and `XK` (Kosovo) have their own numbers and no code of
    their own in ISO 3166. As in `phonenumbers`, numbers of `EH` (Western Sahara) and most of `MF`
    (Saint Martin) cannot be told from those of `MA` and `GP`, and count there.
    """
    return _plan().regions


def read_numbers(texts: Any) -> Numbers:
    """Country, kind of line and digits of each number.

    Parameters
    ----------
    texts : sequence of str, NumPy array, pandas Series, Arrow array or any Arrow PyCapsule object
        International numbers: with `+`, with `00`, or bare as in SMPP and in bills
        (`358401234567`). Spaces and `- . ( ) /` may stand between digits. Whole numbers may be
        integers. Missing texts are empty ones.

    Returns
    -------
    Numbers

    Raises
    ------
    ContentError
        If the column holds neither texts nor whole numbers.

    References
    ----------
    ITU-T E.164; country codes and plans as in `phonenumbers`.

    Examples
    --------
    >>> found = read_numbers(["+1 869 765 4321", "00447400 123456", "040 1234567"])
    >>> [regions()[country] for country in found.country[:2]], REASONS[found.reason[2]]
    (['KN', 'GB'], 'has no country code')
    """
    pieces = [_read(chunk) for chunk in string_chunks(_as_texts(texts))]
    reason, label, e164 = (
        np.concatenate([piece[part] for piece in pieces]) if pieces else np.zeros(0, kind)
        for part, kind in enumerate((np.int8, np.int16, np.int64))
    )
    line = np.where(label < 0, -1, label & 3).astype(np.int8)
    return Numbers(reason, (label >> 2).astype(np.int16), line, e164)


def _as_texts(numbers: Any) -> pa.Array | pa.ChunkedArray:
    """Numbers as Arrow strings; nothing where one is missing."""
    if isinstance(numbers, str):
        raise ContentError("numbers: needs several numbers (got one); put it into a list")
    if isinstance(numbers, pa.Array | pa.ChunkedArray):
        found = numbers
    elif hasattr(numbers, "__arrow_c_stream__"):
        found = pa.chunked_array(numbers)
    else:
        try:
            found = pa.array(numbers, from_pandas=True)
        except (pa.ArrowException, UnicodeEncodeError) as error:
            raise ContentError(
                f"numbers: must all be texts, or all whole numbers (got {error}); convert them"
            ) from None
    kind = found.type.value_type if pa.types.is_dictionary(found.type) else found.type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if not (is_text or pa.types.is_string_view(kind) or pa.types.is_integer(kind)
            or pa.types.is_null(kind)):  # fmt: skip
        raise ContentError(
            f"numbers: must be texts or whole numbers (got Arrow {kind}); read them as texts"
        )
    found = found if is_text and found.type == kind else found.cast(pa.large_string())
    return found.fill_null("") if found.null_count else found


def _read(chunk: pa.Array) -> tuple[npt.NDArray[Any], ...]:
    from smsc_sim.content import numbering_kernels as kernels  # it takes numba

    starts, octets = string_buffers(chunk)
    n = len(chunk)
    found = np.empty(n, np.int8), np.empty(n, np.int16), np.empty(n, np.int64)
    plan = _plan()
    kernels.walk_texts(octets, starts, plan.step, plan.label, plan.trunk, *found)
    return found


def countries_of(texts: Any) -> pd.DataFrame:
    """Country, kind of line, digits and reason of each number, as a table.

    Parameters
    ----------
    texts
        As in `read_numbers`.

    Returns
    -------
    DataFrame
        One row per text, in order: `country` (category), `line` (category: mobile, fixed, mobile or
        fixed, other), `e164` (int64, 0 for no number) and `reason` (category: why it is no
        number). A pandas Series keeps its index.

    Examples
    --------
    >>> countries_of(["+44 7400 123456", "+44 7400"])[["country", "line", "reason"]]
      country    line        reason
    0      GB  mobile           NaN
    1     NaN     NaN  is too short
    """
    found = read_numbers(texts)
    reasons = np.where(found.reason > 0, found.reason - 1, -1)
    return pd.DataFrame(
        {
            "country": pd.Categorical.from_codes(found.country, pd.Index(regions())),
            "line": pd.Categorical.from_codes(found.line, pd.Index(LINES)),
            "e164": found.e164,
            "reason": pd.Categorical.from_codes(reasons, pd.Index(REASONS[1:])),
        },
        index=texts.index if isinstance(texts, pd.Series) else None,
    )
