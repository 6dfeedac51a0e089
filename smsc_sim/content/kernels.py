"""Machine code over the octets of UTF-8 texts: units, segments and room of each.

This file imports no other of the project, so numba's own cache on disk cannot miss an edit; the
alphabet comes in as a table.
"""

import numpy as np
from numba import njit

INVALID = -1  # segments of a text that is no UTF-8
TOO_LONG = -2  # segments of a text that needs more than 255

_compile = njit(cache=True, nogil=True, boundscheck=False)


@_compile
def _code_point(data, position, end):  # type: ignore[no-untyped-def]
    """Character at a position and the octets it takes; -1 where the octets are no UTF-8."""
    first = np.int64(data[position])
    if first < 0x80:
        return first, 1
    if first < 0xC2 or first > 0xF4:
        return -1, 1
    octets = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    if position + octets > end:
        return -1, 1
    code = first & (0x7F >> octets)
    for follower in range(position + 1, position + octets):
        octet = np.int64(data[follower])
        if octet & 0xC0 != 0x80:
            return -1, 1
        code = code << 6 | (octet & 0x3F)
    too_short = (octets == 3 and code < 0x800) or (octets == 4 and code < 0x10000)
    if too_short or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return -1, 1
    return code, octets


@_compile
def _is_plain(data, begin, end, plain):  # type: ignore[no-untyped-def]
    """Whether every octet is a character of one septet."""
    bad = np.uint8(0)
    for position in range(begin, end):
        bad |= plain[data[position]]
    return bad == 0


@_compile
def measure(data, starts, plain, septets, capacities, segments, alphabets, units, room):  # type: ignore[no-untyped-def]
    """Fill the columns of texts, row by row.

    Parameters
    ----------
    data : (octets,) uint8 array
        UTF-8 of all texts, one behind the other.
    starts : (n + 1,) int64 array
        First octet of each text, and the end of the last.
    plain : (256,) uint8 array
        0 for the octets that are a character of one septet, 1 for all others.
    septets : (65536,) uint8 array
        Septets of each character of the BMP in GSM 7-bit; 0 where it has none.
    capacities : (4,) int64 array
        Septets of a single segment and of one of many; code units of the same.
    segments, units, room : (n,) int32 arrays
        Filled; segments are INVALID or TOO_LONG where a text cannot be sent.
    alphabets : (n,) int8 array
        Filled: 0 for GSM7, 1 for UCS2.

    Notes
    -----
    One pass counts both alphabets with the segments that each would need, pairs never split; most
    texts are plain ASCII and end after a quicker one.
    """
    for row in range(len(starts) - 1):
        begin, end = starts[row], starts[row + 1]
        length = end - begin
        alphabets[row] = 0
        if _is_plain(data, begin, end, plain):
            units[row] = length
            if length <= capacities[0]:
                segments[row] = 1
                room[row] = capacities[0] - length
            else:
                parts = (length + capacities[1] - 1) // capacities[1]
                segments[row] = parts if parts <= 255 else TOO_LONG
                room[row] = parts * capacities[1] - length
            continue
        _measure_mixed(data, begin, end, row, septets, capacities, segments, alphabets, units, room)


@_compile
def _measure_mixed(data, begin, end, row, septets, capacities, segments, alphabets, units, room):  # type: ignore[no-untyped-def]
    """Count one text in both alphabets, and keep the one that carries it."""
    is_gsm = True
    gsm = gsm_filled = ucs = ucs_filled = 0
    gsm_parts = ucs_parts = 1
    position = begin
    while position < end:
        code, octets = _code_point(data, position, end)
        if code < 0:
            segments[row] = INVALID
            units[row] = position - begin
            room[row] = 0
            return
        position += octets
        cost = 0 if code > 0xFFFF else int(septets[code])
        if cost == 0:
            is_gsm = False
        gsm += cost
        if gsm_filled + cost > capacities[1]:
            gsm_parts += 1
            gsm_filled = 0
        gsm_filled += cost
        cost = 2 if code > 0xFFFF else 1
        ucs += cost
        if ucs_filled + cost > capacities[3]:
            ucs_parts += 1
            ucs_filled = 0
        ucs_filled += cost
    if is_gsm:
        total, parts, filled, alone, joined = gsm, gsm_parts, gsm_filled, 0, 1
    else:
        total, parts, filled, alone, joined = ucs, ucs_parts, ucs_filled, 2, 3
        alphabets[row] = 1
    units[row] = total
    if total <= capacities[alone]:
        segments[row] = 1
        room[row] = capacities[alone] - total
    else:
        segments[row] = parts if parts <= 255 else TOO_LONG
        room[row] = capacities[joined] - filled
