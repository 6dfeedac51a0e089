"""Segments and octets of many lengths, where only the length of each text is known."""

import numpy as np
import numpy.typing as npt

from smsc_sim.content.alphabets import Alphabet
from smsc_sim.content.capacity import (
    PAYLOAD_OCTETS,
    header_octets_of,
    segment_capacity,
    user_data_octets,
)
from smsc_sim.content.errors import ContentError
from smsc_sim.content.segmentation import MAX_SEGMENTS


def count_segments(
    units: npt.ArrayLike,
    alphabet: npt.ArrayLike,
    *,
    reference_octets: int = 1,
    payload_octets: int = PAYLOAD_OCTETS,
) -> npt.NDArray[np.int64]:
    """Number of segments that carry each text.

    Parameters
    ----------
    units : (n,) integer array
        Length of each text: septets for GSM7 (a character of the extension table counts two),
        16-bit code units for UCS2, octets for OCTETS.
    alphabet : (n,) integer array of Alphabet
    reference_octets : int
        1 for an 8-bit concatenation reference, 2 for a 16-bit one.
    payload_octets : int
        Octets of user data per segment, header included.

    Returns
    -------
    (n,) int64 array
        At least 1: an empty text is still a message.

    Raises
    ------
    ContentError
        If a length is negative or needs more than 255 segments, or an alphabet is unknown; the
        first offending row and its value are named.

    Notes
    -----
    Exact only if no pair falls on a boundary, else possibly too low; `segment` is exact always.

    References
    ----------
    3GPP TS 23.040 9.2.3.24.1.

    Examples
    --------
    >>> GSM7, UCS2 = Alphabet.GSM7, Alphabet.UCS2
    >>> count_segments([160, 161, 70, 71], [GSM7, GSM7, UCS2, UCS2])
    array([1, 2, 1, 2])
    """
    lengths = _whole_numbers(units, "units")
    codes = _whole_numbers(alphabet, "alphabet")
    if lengths.shape != codes.shape:
        raise ContentError(
            f"alphabet: must have one entry per text "
            f"(got {codes.shape} for {lengths.shape} lengths); give arrays of one shape"
        )
    is_known = np.isin(codes, list(Alphabet))
    _refuse_rows(codes, ~is_known, "alphabet", "must be a code of Alphabet", "use 0, 1 or 2")
    _refuse_rows(lengths, lengths < 0, "units", "must not be negative", "use the text's length")
    header_octets = header_octets_of(reference_octets)
    alone = np.array([segment_capacity(a, 0, payload_octets) for a in Alphabet])
    joined = np.array([segment_capacity(a, header_octets, payload_octets) for a in Alphabet])
    segments = np.where(lengths <= alone[codes], 1, -(-lengths // joined[codes]))
    is_too_long = segments > MAX_SEGMENTS
    problem = f"needs more than {MAX_SEGMENTS} segments"
    _refuse_rows(lengths, is_too_long, "units", problem, "shorten it or send several texts")
    return segments.astype(np.int64)


def segment_octets(
    alphabet: Alphabet,
    units: int,
    *,
    reference_octets: int = 1,
    payload_octets: int = PAYLOAD_OCTETS,
) -> list[int]:
    """Octets of TP-UD of every segment of a text, header included.

    Parameters
    ----------
    alphabet : Alphabet
    units : int
        Length of the text: septets, 16-bit code units or octets.
    reference_octets : int
        1 for an 8-bit concatenation reference, 2 for a 16-bit one.
    payload_octets : int
        Octets of user data per segment, header included.

    Returns
    -------
    list of int
        One number per segment; every segment but the last is full, as when no pair falls on a
        boundary. For a given text use `user_data_octets` on its parts.

    Raises
    ------
    ContentError
        If `units` is negative or needs more than 255 segments.

    Examples
    --------
    >>> segment_octets(Alphabet.GSM7, 160), segment_octets(Alphabet.GSM7, 161)
    ([140], [140, 14])
    """
    options = {"reference_octets": reference_octets, "payload_octets": payload_octets}
    (n_segments,) = count_segments([units], [alphabet], **options).tolist()
    if n_segments == 1:
        return [user_data_octets(alphabet, units)]
    header_octets = header_octets_of(reference_octets)
    capacity = segment_capacity(alphabet, header_octets, payload_octets)
    rest = units - (n_segments - 1) * capacity
    full = user_data_octets(alphabet, capacity, header_octets)
    return [full] * (n_segments - 1) + [user_data_octets(alphabet, rest, header_octets)]


def _whole_numbers(values: npt.ArrayLike, name: str) -> npt.NDArray[np.int64]:
    """Values as int64; anything but integers is refused, an empty list is not."""
    array = np.asarray(values)
    if array.size and array.dtype.kind not in "iu":
        raise ContentError(f"{name}: must be whole numbers (got {array.dtype}); round them first")
    return array.astype(np.int64)


def _refuse_rows(
    values: npt.NDArray[np.int64],
    is_bad: npt.NDArray[np.bool_],
    name: str,
    problem: str,
    remedy: str,
) -> None:
    """Raise ContentError for the first bad row, if there is one."""
    if is_bad.any():
        row = int(np.argmax(is_bad))
        raise ContentError(f"row {row}: {name}: {problem} (got {values.flat[row]}); {remedy}")
