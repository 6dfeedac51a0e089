"""Machine code that walks numbers through an automaton of digits.

This file imports no other of the project, so numba's own cache on disk cannot miss an edit; the
automaton comes in as tables.
"""

import numpy as np
from numba import njit

# Why a text is no number; order of `numbering.REASONS`.
FINE = 0
EMPTY = 1
NOT_DIGITS = 2
NATIONAL = 3
UNKNOWN_CODE = 4
TOO_SHORT = 5
TOO_LONG = 6
NOT_IN_PLAN = 7

_MOST_DIGITS = 15  # ITU-T E.164 6.2.1

_compile = njit(cache=True, nogil=True, boundscheck=False)


@_compile
def _is_filler(octet):  # type: ignore[no-untyped-def]
    """Whether people write it between digits: one of ` -.()/`."""
    return octet in (32, 45, 46, 40, 41, 47)


@_compile
def _start(data, begin, end):  # type: ignore[no-untyped-def]
    """Where the country code begins, and whether the text names one at all (FINE or NATIONAL)."""
    position = begin
    while position < end and _is_filler(data[position]):
        position += 1
    if position < end and data[position] == 43:  # +
        return position + 1, FINE
    if position + 1 < end and data[position] == 48:  # 0
        if data[position + 1] == 48:
            return position + 2, FINE
        return position, NATIONAL
    return position, FINE


@_compile
def _walk(data, begin, end, step, label, trunk):  # type: ignore[no-untyped-def]
    """Reason, label and digits of one number."""
    position, reason = _start(data, begin, end)
    state = np.int64(1)
    last = np.int64(1)  # the last state with any hope
    value = np.int64(0)
    digits = 0
    while position < end:
        octet = data[position]
        position += 1
        if 48 <= octet <= 57:
            digits += 1
            if digits > _MOST_DIGITS:
                continue
            value = value * 10 + (octet - 48)
            state = np.int64(step[state, octet - 48])
            last = state if state > 0 else last
        elif not _is_filler(octet):
            return NOT_DIGITS, -1, 0
    if digits == 0:
        return EMPTY, -1, 0
    if reason == NATIONAL:
        return NATIONAL, -1, 0
    if digits > _MOST_DIGITS:
        return TOO_LONG, -1, 0
    if label[state] >= 0:
        return FINE, np.int64(label[state]), value
    if state > 0:
        return TOO_SHORT, -1, 0
    if last <= trunk:
        return UNKNOWN_CODE, -1, 0
    return (TOO_LONG if label[last] >= 0 else NOT_IN_PLAN), -1, 0


@_compile
def walk_texts(data, starts, step, label, trunk, reasons, labels, values):  # type: ignore[no-untyped-def]
    """Fill reason, label (4 * region + line) and digits of numbers written as texts.

    Parameters
    ----------
    data : (octets,) uint8 array
    starts : (n + 1,) int64 array
        First octet of each text, and the end of the last.
    step, label, trunk
        Of `numbering_plan.Plan`.
    reasons : (n,) int8 array
        Filled; FINE for a number.
    labels : (n,) int16 array
        Filled; -1 for no number.
    values : (n,) int64 array
        Filled: the digits with country code; 0 for no number.
    """
    for row in range(len(starts) - 1):
        reason, found, value = _walk(data, starts[row], starts[row + 1], step, label, trunk)
        reasons[row] = reason
        labels[row] = found
        values[row] = value


@_compile
def longest_prefix(values, step, label, found):  # type: ignore[no-untyped-def]
    """Fill the label of the longest prefix of each number that has one, else -1.

    Parameters
    ----------
    values : (n,) int64 array
        Digits with country code; 0 for no number.
    step : (states, 10) int32 array
        Trie: 0 is the end, 1 the start.
    label : (states,) int32 array
    found : (n,) int32 array
        Filled.
    """
    for row in range(len(values)):
        found[row] = -1
        value = values[row]
        power = np.int64(1)
        while value // power >= 10:
            power *= 10
        state = np.int64(1)
        while power > 0 and value > 0:
            state = np.int64(step[state, value // power % 10])
            if state == 0:
                break
            if label[state] >= 0:
                found[row] = label[state]
            power //= 10
