"""Counting messages: what each row of the log adds to sums by class and country.

To count the rows of one more code, or to add up their values, takes a line in `COUNTED`; a rule
of its own takes a line at the end of `_count_row`.
"""

from smsc_sim.engines.count_bins import HISTOGRAM_BINS, bin_of, first_limit
from smsc_sim.engines.count_clock import US, is_inside, tell_time
from smsc_sim.engines.count_logins import Logins, add_code, add_login
from smsc_sim.engines.count_prices import price
from smsc_sim.engines.hash_table import EMPTY, drop, place_of
from smsc_sim.model.codes import (
    CALL_EVENTS,
    CAUSE_NAMES,
    CODE,
    DELIVERED,
    ID,
    LOG_ACCEPTED,
    LOG_ATTEMPT,
    LOG_CALL,
    LOG_CAPPED,
    LOG_CHARGE,
    LOG_CHARGED,
    LOG_DUPLICATE,
    LOG_FAILED,
    LOG_FALSE_RECEIPT,
    LOG_FORGOTTEN,
    LOG_HANDSET,
    LOG_HELD,
    LOG_LOGIN,
    LOG_MESSAGE_END,
    LOG_RECEIPT,
    LOG_REFUSED,
    LOG_REPEAT,
    LOG_REPLY,
    LOG_REPORTED,
    LOG_RESEND,
    LOG_ROUTED,
    LOG_SEGMENT_END,
    LOG_SPLIT,
    LOG_STATUS_REPORT,
    LOG_SUBMIT,
    LOG_TAKEN,
    LOG_UNCHARGED,
    LOG_VISIT,
    LOG_WORDS,
    NOT_PAID,
    OK,
    OTHER,
    PLACE,
    SPLIT_NAMES,
    STATE_NAMES,
    SUBMITTED_AT,
    TIME,
    VALUE,
)
from smsc_sim.model.network import (
    PHONES,
    SOURCE_SHIFT,
    Floats,
    most_copies,
    segment_id,
    segment_of_dialogue,
)

# Code: what counts its rows, and what adds up their values; times in whole microseconds.
COUNTED = {
    LOG_SUBMIT: ("submitted", "segments_submitted"),
    LOG_ACCEPTED: ("accepted", ""),
    LOG_REFUSED: ("refusals", ""),
    LOG_RESEND: ("resends", ""),
    LOG_ATTEMPT: ("attempts", ""),
    LOG_HANDSET: ("handset", ""),
    LOG_DUPLICATE: ("duplicates", ""),
    LOG_REPEAT: ("repeats", ""),
    LOG_REPORTED: ("reported", "reported_us"),
    LOG_ROUTED: ("routed", ""),
    LOG_FALSE_RECEIPT: ("false_receipts", ""),
    LOG_RECEIPT: ("receipts", ""),
    LOG_STATUS_REPORT: ("reports", ""),
    LOG_CHARGE: ("charges", ""),
    LOG_CHARGED: ("charges_answered", "charge_us"),
    LOG_UNCHARGED: ("charges_unanswered", "uncharged"),
    LOG_CAPPED: ("capped", "capped_segments"),
}
BY_RULE = (
    *("receipts_asked", "cost_micros", "first_attempts", "restart_duplicates", "latency_us"),
    *("routed_micros", "charge_refusals", "uncharged_micros", "reports_in"),
    # Of what answers: counted where the messages that are answered are.
    *("answers", "answer_us", "answers_in", "answers_in_time", "opt_outs"),
    *("msus", "octets"),  # by class only: links do not know the country, so in the first one
)
COUNT_NAMES = (
    *(f"split_{name}_us" for name in SPLIT_NAMES),
    "split_segments",
    *STATE_NAMES[1:],
    *(f"cause.{name}" for name in CAUSE_NAMES[1:]),
    *BY_RULE,
    *(name for pair in COUNTED.values() for name in pair if name),
)
COUNTS = len(COUNT_NAMES)
FIRST_SPLIT, SPLIT_SEGMENTS = 0, len(SPLIT_NAMES)
FIRST_STATE = COUNT_NAMES.index(STATE_NAMES[1]) - 1
FIRST_CAUSE = COUNT_NAMES.index(f"cause.{CAUSE_NAMES[1]}") - 1
(
    RECEIPTS_ASKED,
    COST_MICROS,
    FIRST_ATTEMPTS,
    RESTART_DUPLICATES,
    LATENCY_US,
    ROUTED_MICROS,
    CHARGE_REFUSALS,
    UNCHARGED_MICROS,
    REPORTS_IN,
    ANSWERS,
    ANSWER_US,
    ANSWERS_IN,
    ANSWERS_IN_TIME,
    OPT_OUTS,
    MSUS,
    OCTETS,
) = (COUNT_NAMES.index(name) for name in BY_RULE)
RECEIPTS = COUNT_NAMES.index("receipts")

# Events of all messages, not only of the cohort, by class and interval.
FLOW_NAMES = ("submitted", "ended", "delivered", "first_attempts", "retry_attempts", "resends")
FLOWS = len(FLOW_NAMES)
SUBMITTING, ENDING, DELIVERING, TRYING, RETRYING, RESENDING = range(FLOWS)

EVENTS = len(CALL_EVENTS)
REPEAT = 2  # words of an entry of `repeats`: segment, time


class MessageSums:
    """Sums over messages, after the fields of a `Clock`, of `Prices` and of `LoginSums`."""

    classes: int
    countries: int
    class_of: list[int]  # (sources,)
    country_of: list[int]  # (populations,)
    count_of: list[int]  # (codes,) what counts its rows, or -1
    value_of: list[int]  # (codes,) what adds up their values, or -1
    unit_of: list[int]  # (codes,) of these sums, in units of the values
    asks_receipt: list[int]  # (sources,) 1: receipts of deliveries
    is_told_of_segments: list[int]  # (sources,) 1: a receipt for each that ends, without a row
    asked_of: list[int]  # (sources,) source whose messages it answers, or -1
    deadline_ns: list[int]  # (sources,) answers that come later are late
    is_opt_out: list[int]  # (sources,)
    route_prices: list[int]
    octet_ns: Floats  # (stations,) ns per octet of links; 0 for other stations
    limits: list[int]  # ns
    cells: list[int]  # (classes * countries * COUNTS,)
    histogram: list[int]  # ((classes + countries) * HISTOGRAM_BINS,)
    within: list[int]  # (classes * countries * limits,) messages by the first limit they keep
    flow: list[int]  # (intervals * FLOWS * classes,)
    other_msus: int  # of phones' returns and alerts, in the window
    other_octets: int
    repeats: list[int]  # table: segments that are repeated after a restart
    repeated: int  # its entries
    # Calls and location updates.
    nodes: int
    call_kind: list[int]  # (sources of them,)
    call_counts: list[int]  # (kinds * EVENTS * nodes,) of those first tried in the window
    call_flow: list[int]  # (intervals * kinds * EVENTS * nodes,) of all
    calls_per_interval: int


class Sums(Logins, MessageSums):
    """For type checkers: what the functions below are given."""


def count_messages(t: Sums) -> None:
    """Count all rows of a piece of the log."""
    for row in range(t.rows):
        at = LOG_WORDS * row
        code = t.log[at + CODE]
        if code == LOG_VISIT:
            add_msu(t, at)
        else:
            add_event(t, at, code)


def add_event(t: Sums, at: int, code: int) -> None:
    """Count a row that is no visit."""
    if code == LOG_SPLIT:
        _add_split(t, at)
    elif code == LOG_CALL:
        _add_call(t, at)
    elif code not in (LOG_TAKEN, LOG_HELD):
        _count_row(t, at, code)


def _cell(t: Sums, row_id: int, population: int) -> int:
    """Where the counts of a row's class and country begin."""
    row_class = t.class_of[row_id >> SOURCE_SHIFT]
    return COUNTS * (t.countries * row_class + t.country_of[population])


def _asked_cell(t: Sums, at: int) -> int:
    """Where the counts of the messages begin that the message of a row answers."""
    asked = t.asked_of[t.log[at + ID] >> SOURCE_SHIFT]
    return _cell(t, asked << SOURCE_SHIFT, t.log[at + PLACE])


def add_msu(t: Sums, at: int) -> None:
    """Visits of links are MSUs; those of phones' returns and alerts belong to no class."""
    octet_ns = t.octet_ns[t.log[at + PLACE]]
    if octet_ns == 0.0:
        return
    octets = round(t.log[at + OTHER] / octet_ns)
    source = t.log[at + ID] >> SOURCE_SHIFT
    if source == PHONES:
        if is_inside(t, t.log[at + TIME]):
            t.other_msus += 1
            t.other_octets += octets
    elif is_inside(t, t.log[at + SUBMITTED_AT]):
        cell = COUNTS * t.countries * t.class_of[source]
        t.cells[cell + MSUS] += 1
        t.cells[cell + OCTETS] += octets


def _add_split(t: Sums, at: int) -> None:
    if is_inside(t, t.log[at + SUBMITTED_AT]):
        cell = _cell(t, t.log[at + ID], t.log[at + OTHER])
        part = t.log[at + PLACE]
        t.cells[cell + FIRST_SPLIT + part] += t.log[at + VALUE] // US
        if part == 0:
            t.cells[cell + SPLIT_SEGMENTS] += 1


def _count_row(t: Sums, at: int, code: int) -> None:
    time_ns, row_id, value = t.log[at + TIME], t.log[at + ID], t.log[at + VALUE]
    if time_ns >= t.until_ns:
        tell_time(t, time_ns)
    _add_flow(t, at, code)
    if code == LOG_REPEAT:
        _remember(t, row_id, time_ns)
    elif code == LOG_FORGOTTEN:
        if t.repeated > 0:
            _forget(t, row_id, value)
        return
    if code == LOG_LOGIN:
        add_login(t, at)
    elif code == LOG_ACCEPTED and t.person_of[row_id >> SOURCE_SHIFT] >= 0:
        add_code(t, at, 1)
    elif code == LOG_CAPPED and t.person_of[row_id >> SOURCE_SHIFT] >= 0:
        add_code(t, at, value)
    if not is_inside(t, t.log[at + SUBMITTED_AT]):
        return
    if t.count_of[code] >= 0:
        cell = _cell(t, row_id, t.log[at + PLACE])
        t.cells[cell + t.count_of[code]] += 1
        if t.value_of[code] >= 0:
            t.cells[cell + t.value_of[code]] += value // t.unit_of[code]
        _add_more(t, at, code, cell)
    elif code == LOG_MESSAGE_END:
        _add_end(t, at)
    elif code == LOG_REPLY:
        cell = _asked_cell(t, at)
        t.cells[cell + ANSWERS] += 1
        t.cells[cell + ANSWER_US] += value // US
    elif code == LOG_FAILED:
        t.cells[_cell(t, row_id, t.log[at + PLACE]) + FIRST_CAUSE + value] += 1
    elif code == LOG_SEGMENT_END and t.is_told_of_segments[row_id >> SOURCE_SHIFT] == 1:
        t.cells[_cell(t, row_id, t.log[at + PLACE]) + RECEIPTS] += 1


def _add_more(t: Sums, at: int, code: int, cell: int) -> None:
    """What rows that are counted add besides."""
    value, source = t.log[at + VALUE], t.log[at + ID] >> SOURCE_SHIFT
    if code == LOG_SUBMIT:
        t.cells[cell + RECEIPTS_ASKED] += t.asks_receipt[source]
    elif code == LOG_ACCEPTED:
        t.cells[cell + COST_MICROS] += price(t, at)
    elif code == LOG_CAPPED:
        t.cells[cell + COST_MICROS] += value * price(t, at)
    elif code == LOG_ATTEMPT:
        t.cells[cell + FIRST_ATTEMPTS] += value == 1
    elif code == LOG_DUPLICATE:
        if t.repeated > 0:
            t.cells[cell + RESTART_DUPLICATES] += _was_repeated(t, at)
    elif code == LOG_REFUSED:
        t.cells[cell + CHARGE_REFUSALS] += value == NOT_PAID
    elif code == LOG_ROUTED:
        t.cells[cell + ROUTED_MICROS] += t.route_prices[value]
    elif code == LOG_UNCHARGED:
        t.cells[cell + UNCHARGED_MICROS] += value * price(t, at)
    elif code == LOG_STATUS_REPORT:
        t.cells[cell + REPORTS_IN] += value == OK


def _add_flow(t: Sums, at: int, code: int) -> None:
    if t.interval == t.intervals:
        return
    if code == LOG_ATTEMPT:
        flow = TRYING if t.log[at + VALUE] == 1 else RETRYING
    elif code == LOG_SUBMIT:
        flow = SUBMITTING
    elif code == LOG_MESSAGE_END:
        flow = ENDING
    elif code == LOG_RESEND:
        flow = RESENDING
    else:
        return
    series = FLOWS * t.interval * t.classes + t.class_of[t.log[at + ID] >> SOURCE_SHIFT]
    t.flow[series + flow * t.classes] += 1
    if code == LOG_MESSAGE_END and t.log[at + OTHER] == DELIVERED:
        t.flow[series + DELIVERING * t.classes] += 1


def _add_end(t: Sums, at: int) -> None:
    """The state in which a message ends, and how soon it was delivered."""
    latency_ns, state = t.log[at + VALUE], t.log[at + OTHER]
    row_class = t.class_of[t.log[at + ID] >> SOURCE_SHIFT]
    country = t.country_of[t.log[at + PLACE]]
    entry = t.countries * row_class + country
    t.cells[COUNTS * entry + FIRST_STATE + state] += 1
    if state != DELIVERED:
        return
    source = t.log[at + ID] >> SOURCE_SHIFT
    if t.asked_of[source] >= 0:
        _add_answer(t, at, source)
    t.cells[COUNTS * entry + LATENCY_US] += latency_ns // US
    row = bin_of(latency_ns)
    t.histogram[HISTOGRAM_BINS * row_class + row] += 1
    t.histogram[HISTOGRAM_BINS * (t.classes + country) + row] += 1
    limit = first_limit(t.limits, latency_ns)
    if limit < len(t.limits):
        t.within[len(t.limits) * entry + limit] += 1


def _add_answer(t: Sums, at: int, source: int) -> None:
    """An answer that has reached whoever asked; an opt-out is none."""
    cell = _asked_cell(t, at)
    if t.is_opt_out[source] == 1:
        t.cells[cell + OPT_OUTS] += 1
        return
    whole_ns = t.log[at + SUBMITTED_AT] + t.log[at + VALUE]
    t.cells[cell + ANSWERS_IN] += 1
    t.cells[cell + ANSWERS_IN_TIME] += whole_ns <= t.deadline_ns[source]


# Segments whose attempt was broken off by a crash of their SMSC, until their message is forgotten.


def _remember(t: Sums, segment: int, time_ns: int) -> None:
    at = place_of(t.repeats, REPEAT, segment)
    if t.repeats[at] == EMPTY:
        t.repeats[at], t.repeats[at + 1] = segment, time_ns
        t.repeated += 1


def _was_repeated(t: Sums, at: int) -> bool:
    """Whether a second copy on the handset is of a segment repeated before."""
    segment = segment_of_dialogue(t.log[at + ID])
    entry = place_of(t.repeats, REPEAT, segment)
    return t.repeats[entry] != EMPTY and t.repeats[entry + 1] < t.log[at + TIME]


def _forget(t: Sums, row_id: int, segments: int) -> None:
    for segment in range(segments):
        for copy in range(most_copies(segments)):
            at = place_of(t.repeats, REPEAT, segment_id(row_id, segment, segments, copy))
            if t.repeats[at] != EMPTY:
                drop(t.repeats, REPEAT, at)
                t.repeated -= 1


def _add_call(t: Sums, at: int) -> None:
    """What befell a call or location update, by the time at which it was first tried."""
    tried_ns = t.log[at + TIME] - t.log[at + OTHER]
    if tried_ns >= t.horizon_ns:
        return
    kind = t.call_kind[(t.log[at + ID] >> SOURCE_SHIFT) - t.sources]
    row = (kind * EVENTS + t.log[at + VALUE]) * t.nodes + t.log[at + PLACE]
    t.call_flow[tried_ns // t.interval_ns * t.calls_per_interval + row] += 1
    if tried_ns >= t.first_ns:
        t.call_counts[row] += 1
