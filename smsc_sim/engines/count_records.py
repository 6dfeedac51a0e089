"""One record per message: put together row by row, handed on when the message is forgotten."""

from smsc_sim.engines.count_prices import Priced, price
from smsc_sim.engines.hash_table import EMPTY, drop, place_of
from smsc_sim.model.codes import (
    CODE,
    ID,
    LOG_ACCEPTED,
    LOG_ATTEMPT,
    LOG_CAPPED,
    LOG_DUPLICATE,
    LOG_FAILED,
    LOG_FORGOTTEN,
    LOG_MESSAGE_END,
    LOG_SUBMIT,
    LOG_WORDS,
    OTHER,
    PLACE,
    TIME,
    VALUE,
)
from smsc_sim.model.network import NUMBER_SHIFT

RECORD_NAMES = (
    *("message", "submitted_ns", "segments", "population", "first_attempt_ns", "ended_ns"),
    *("whole_after_ns", "state", "cause", "attempts", "duplicates", "cost_micros"),
)
RECORD = len(RECORD_NAMES)  # words
(
    MESSAGE,
    SUBMITTED_NS,
    SEGMENTS,
    POPULATION,
    FIRST_ATTEMPT_NS,
    ENDED_NS,
    WHOLE_AFTER_NS,
    STATE,
    CAUSE,
    ATTEMPTS,
    DUPLICATES,
    COST_MICROS,
) = range(RECORD)


class RecordSums:
    """Records of open messages, after the fields of a `Clock` and of `Prices`."""

    open: list[int]  # table of records
    opened: int  # its entries
    out: list[int]  # (room * RECORD,) of messages that are forgotten
    out_rows: int


class Sums(Priced, RecordSums):
    """For type checkers: what the functions below are given."""


def count_records(t: Sums) -> None:
    """Put all rows of a piece of the log into records."""
    for row in range(t.rows):
        at = LOG_WORDS * row
        code = t.log[at + CODE]
        if code == LOG_SUBMIT:
            _begin(t, at)
        elif code in (LOG_ATTEMPT, LOG_ACCEPTED, LOG_MESSAGE_END, LOG_FAILED, LOG_DUPLICATE):
            _change(t, at, code)
        elif code == LOG_CAPPED:  # refused by the recipient's operator, and charged all the same
            _charge(t, at, t.log[at + VALUE])
        elif code == LOG_FORGOTTEN:
            _hand_on(t, at)


def _begin(t: Sums, at: int) -> None:
    message = t.log[at + ID] >> NUMBER_SHIFT
    mine = place_of(t.open, RECORD, message)
    t.open[mine] = message
    t.open[mine + SUBMITTED_NS] = t.log[at + TIME]
    t.open[mine + SEGMENTS] = t.log[at + VALUE]
    t.open[mine + POPULATION] = t.log[at + PLACE]
    for word in range(FIRST_ATTEMPT_NS, STATE):
        t.open[mine + word] = -1
    for word in range(STATE, RECORD):
        t.open[mine + word] = 0
    t.opened += 1


def _change(t: Sums, at: int, code: int) -> None:
    mine = place_of(t.open, RECORD, t.log[at + ID] >> NUMBER_SHIFT)
    if code == LOG_ATTEMPT:
        t.open[mine + ATTEMPTS] += 1
        if t.open[mine + FIRST_ATTEMPT_NS] < 0:
            t.open[mine + FIRST_ATTEMPT_NS] = t.log[at + TIME]
    elif code == LOG_ACCEPTED:
        _charge(t, at, 1)
    elif code == LOG_FAILED:
        t.open[mine + CAUSE] = t.log[at + VALUE]
    elif code == LOG_DUPLICATE:
        t.open[mine + DUPLICATES] += 1
    else:
        t.open[mine + ENDED_NS] = t.log[at + TIME]
        t.open[mine + WHOLE_AFTER_NS] = t.log[at + VALUE]
        t.open[mine + STATE] = t.log[at + OTHER]


def _charge(t: Sums, at: int, segments: int) -> None:
    mine = place_of(t.open, RECORD, t.log[at + ID] >> NUMBER_SHIFT)
    t.open[mine + COST_MICROS] += segments * price(t, at)


def _hand_on(t: Sums, at: int) -> None:
    mine = place_of(t.open, RECORD, t.log[at + ID] >> NUMBER_SHIFT)
    if t.open[mine] == EMPTY:
        return
    for word in range(RECORD):
        t.out[RECORD * t.out_rows + word] = t.open[mine + word]
    t.out_rows += 1
    drop(t.open, RECORD, mine)
    t.opened -= 1
