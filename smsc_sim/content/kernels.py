"""Machine code over the octets of UTF-8 texts: units, segments and room of each.

This file imports no other of the project, so numba's own cache on disk cannot miss an edit; the
alphabet comes in as a table.
"""

import numpy as np
from numba import njit

INVALID = -1  # segments of a text that is no UTF-8
TOO_LONG = -2  # segments of a text that needs more than 255
OPEN = -3  # segments of a text with a cluster that no segment holds: somebody else must decide

# Classes of characters for grapheme clusters, in the order of `clusters.CLASSES`.
_OTHER, _CR, _LF, _CONTROL, _EXTEND, _ZWJ, _FLAG, _PREPEND, _SPACING = range(9)
_L, _V, _T, _LV, _LVT, _PICTURE, _CONSONANT, _LINKER, _LOOSE = range(9, 18)

_compile = njit(cache=True, nogil=True, boundscheck=False)
_inline = njit(inline="always", boundscheck=False)


@_inline
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
    Most texts are plain ASCII and end after a quick pass. A second one counts both alphabets. A
    part that ends before its last unit, because a pair would not fit, leaves a gap there: with gaps
    counted as units, parts are whole.
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
    gsm = ucs = gsm_gaps = ucs_gaps = lacking = np.int64(0)
    position = begin
    while position < end:
        code = np.int64(data[position])
        if code < 0x80:
            position += 1
        else:
            code, octets = _code_point(data, position, end)
            if code < 0:
                segments[row] = INVALID
                units[row] = position - begin
                room[row] = 0
                return
            position += octets
        cost = np.int64(0) if code > 0xFFFF else np.int64(septets[code])
        if cost == 2:
            gsm_gaps += (gsm + gsm_gaps) % capacities[1] == capacities[1] - 1
        lacking += cost == 0
        gsm += cost
        if code > 0xFFFF:
            ucs_gaps += (ucs + ucs_gaps) % capacities[3] == capacities[3] - 1
            ucs += 1
        ucs += 1
    if lacking == 0:
        total, gaps, alone, most = gsm, gsm_gaps, capacities[0], capacities[1]
    else:
        total, gaps, alone, most = ucs, ucs_gaps, capacities[2], capacities[3]
        alphabets[row] = 1
    units[row] = total
    if total <= alone:
        segments[row] = 1
        room[row] = alone - total
    else:
        parts = (total + gaps + most - 1) // most
        segments[row] = parts if parts <= 255 else TOO_LONG
        room[row] = parts * most - total - gaps


@_compile
def hard_texts(data, starts, plain, hard):  # type: ignore[no-untyped-def]
    """Note which texts hold anything but characters of one septet in one octet.

    Parameters
    ----------
    data, starts, plain
        As of `measure`.
    hard : (n,) bool array
        Filled.
    """
    for row in range(len(starts) - 1):
        hard[row] = not _is_plain(data, starts[row], starts[row + 1], plain)


@_inline
def _is_hangul_pair(before, now):  # type: ignore[no-untyped-def]
    """Rules GB6 to GB8: parts of one Korean syllable."""
    if before == _L:
        return now in (_L, _V, _LV, _LVT)
    if before in (_LV, _V):
        return now in (_V, _T)
    return before in (_LVT, _T) and now == _T


@_compile
def cluster_starts(data, starts, rows, classes, begins):  # type: ignore[no-untyped-def]
    """Note where grapheme clusters begin in some texts.

    Parameters
    ----------
    data, starts
        As of `measure`.
    rows : (m,) int64 array
        Texts to look at, valid UTF-8.
    classes : (1114112,) uint8 array
        Class of each character, see `clusters`.
    begins : (octets,) uint8 array
        Filled, for the octets from the first text on: 1 where a cluster begins.

    References
    ----------
    Unicode Standard Annex 29, rules GB3 to GB13, as the package regex has them: a linker joins the
    consonant behind it whatever stands before.
    """
    for row in rows:
        position, end = starts[row], starts[row + 1]
        before = _CONTROL
        flags = 0
        after_picture = 0  # 1 behind a pictograph and what extends it, 2 behind a joiner then
        is_linked = False
        while position < end:
            code, length = _code_point(data, position, end)
            now = int(classes[code])
            extends = now in (_EXTEND, _LINKER, _LOOSE)
            if before == _CR and now == _LF:
                parts = False
            elif _CR <= before <= _CONTROL or _CR <= now <= _CONTROL:
                parts = True
            elif extends or now in (_ZWJ, _SPACING) or before == _PREPEND:
                parts = False
            else:
                conjunct = is_linked and now == _CONSONANT
                joined = after_picture == 2 and now == _PICTURE
                second = now == _FLAG and before == _FLAG and flags % 2 == 1
                parts = not (conjunct or joined or second or _is_hangul_pair(before, now))
            begins[position - starts[0]] = parts
            flags = flags + 1 if now == _FLAG else 0
            if now == _PICTURE:
                after_picture = 1
            elif after_picture == 1 and now == _ZWJ:
                after_picture = 2
            elif not (after_picture == 1 and extends):
                after_picture = 0
            is_linked = now == _LINKER or (is_linked and now in (_EXTEND, _ZWJ))
            before = now
            position += length


@_compile
def choose_coding(  # type: ignore[no-untyped-def]
    data, starts, rows, costs, beyond, capacities, heads, bits, begins,
    segments, coding, units, room,
):  # fmt: skip
    """Fill the columns of some texts with the cheapest of several codings of each.

    Parameters
    ----------
    data, starts
        As of `measure`.
    rows : (m,) int64 array
        Texts to look at, valid UTF-8.
    costs : (65536, codings) uint8 array
        Units of each character of the BMP in each coding; 0 where it has none.
    beyond : (codings,) uint8 array
        Units of any character beyond the BMP.
    capacities : (codings, 2) int64 array
        Units of a single segment, and of one of many.
    heads : (codings, 2) int64 array
        Bits in front of the text in such a segment.
    bits : (codings,) int64 array
        Of a unit.
    begins : (octets,) uint8 array
        Of `cluster_starts`; empty where any two characters may be parted.
    segments, coding, units, room : (m,) int32 arrays
        Filled: the coding with the fewest segments, then the fewest octets, then the first one.
        Segments are OPEN where a cluster is longer than a segment, TOO_LONG above 255; coding is
        -1 where none carries the text.
    """
    n_codings = costs.shape[1]
    alive = np.empty(n_codings, np.int64)
    total = np.empty(n_codings, np.int64)
    fill = np.empty(n_codings, np.int64)  # units in the segment so far
    whole = np.empty(n_codings, np.int64)  # units of the cluster so far
    parts = np.empty(n_codings, np.int64)
    octets = np.empty(n_codings, np.int64)
    is_open = np.empty(n_codings, np.bool_)
    for k in range(len(rows)):
        position, end = starts[rows[k]], starts[rows[k] + 1]
        n_alive = n_codings
        for c in range(n_codings):
            alive[c] = c
            total[c] = fill[c] = whole[c] = octets[c] = 0
            parts[c] = 1
            is_open[c] = False
        while position < end and n_alive > 0:
            may_cut = len(begins) == 0 or begins[position - starts[0]] > 0
            code = np.int64(data[position])
            if code < 0x80:
                position += 1
            else:
                code, length = _code_point(data, position, end)
                position += length
            kept = 0
            for at in range(n_alive):
                c = alive[at]
                cost = np.int64(beyond[c]) if code > 0xFFFF else np.int64(costs[code, c])
                if cost == 0:
                    continue
                alive[kept] = c
                kept += 1
                total[c] += cost
                moved = np.int64(0) if may_cut else whole[c]
                if fill[c] + cost > capacities[c, 1]:
                    is_open[c] |= moved + cost > capacities[c, 1]
                    octets[c] += (heads[c, 1] + bits[c] * (fill[c] - moved) + 7) // 8
                    parts[c] += 1
                    fill[c] = moved + cost
                else:
                    fill[c] += cost
                whole[c] = moved + cost
            n_alive = kept
        best = best_parts = best_octets = np.int64(-1)
        undecided = False
        for at in range(n_alive):
            c = alive[at]
            if total[c] <= capacities[c, 0]:
                n_parts, n_octets = np.int64(1), (heads[c, 0] + bits[c] * total[c] + 7) // 8
            else:
                n_parts = parts[c]
                n_octets = octets[c] + (heads[c, 1] + bits[c] * fill[c] + 7) // 8
                undecided |= is_open[c]
            is_less = n_parts == best_parts and n_octets < best_octets
            if best < 0 or n_parts < best_parts or is_less:
                best, best_parts, best_octets = c, n_parts, n_octets
        coding[k] = best
        if best < 0:
            continue
        units[k] = total[best]
        room[k] = (
            capacities[best, 0] - total[best]
            if best_parts == 1
            else capacities[best, 1] - fill[best]
        )
        segments[k] = OPEN if undecided else best_parts if best_parts <= 255 else TOO_LONG


@_compile
def measure_replaced(data, starts, rows, septets, first, costs, capacity, sole, one_each, replaced):  # type: ignore[no-untyped-def]
    """Segments of texts in UCS2 if their characters outside GSM 7-bit were others.

    Parameters
    ----------
    data, starts, septets
        As of `measure`.
    rows : (m,) int64 array
        Texts to look at, valid UTF-8.
    first : (131072,) int32 array
        Where the septets of the replacement of each character begin in `costs`; -2 where it has
        none, -1 where what it becomes depends on its neighbours.
    costs : int8 array
        Septets of each character of each replacement, one behind the other, each ended by 0.
    capacity : (2,) int64 array
        Septets of a single segment, and of one of many.
    sole : (m,) int32 array
        Filled: the character outside GSM 7-bit if there is one alone, however often; else 0.
    one_each : (m,) int32 array
        Filled: segments if each of them took one septet.
    replaced : (m,) int32 array
        Filled: segments with replacements; 0 where a character has none, -1 where others decide.
    """
    most = capacity[1]
    for k in range(len(rows)):
        position, end = starts[rows[k]], starts[rows[k] + 1]
        found = np.int64(0)
        kinds = 0
        can = 1
        total = gaps = new = new_gaps = np.int64(0)
        while position < end:
            code = np.int64(data[position])
            if code < 0x80:
                position += 1
            else:
                code, octets = _code_point(data, position, end)
                position += octets
            cost = np.int64(0) if code > 0xFFFF else np.int64(septets[code])
            if cost == 0:
                kinds += found != code
                found = code
                cost = np.int64(1)
                begin = -2 if code > 0x1FFFF else int(first[code])
                if begin == -1:
                    can = -1
                elif begin == -2:
                    can = min(can, 0)
                else:
                    while costs[begin] > 0:
                        new_gaps += costs[begin] == 2 and (new + new_gaps) % most == most - 1
                        new += costs[begin]
                        begin += 1
            else:
                if cost == 2:
                    gaps += (total + gaps) % most == most - 1
                    new_gaps += (new + new_gaps) % most == most - 1
                new += cost
            total += cost
        sole[k] = found if kinds == 1 else 0
        one_each[k] = 1 if total <= capacity[0] else (total + gaps + most - 1) // most
        replaced[k] = 1 if new <= capacity[0] else (new + new_gaps + most - 1) // most
        if can < 1:
            replaced[k] = can
