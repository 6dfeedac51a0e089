"""Counting logins: what befell those that began in the window, how soon, what their codes cost."""

from smsc_sim.engines.count_bins import HISTOGRAM_BINS, bin_of, first_limit
from smsc_sim.engines.count_clock import is_inside
from smsc_sim.engines.count_prices import Priced, price
from smsc_sim.model.codes import (
    ID,
    LOGIN_BY_CALL,
    LOGIN_BY_SECOND_ROUTE,
    LOGIN_CALL_ANSWERED,
    LOGIN_COMPLETED,
    LOGIN_EVENTS,
    LOGIN_STARTED,
    NEVER,
    OTHER,
    SUBMITTED_AT,
    VALUE,
)
from smsc_sim.model.names import Names
from smsc_sim.model.network import EXTRA_NUMBERS, SOURCE_SHIFT, Network, number_of

BEFELL = len(LOGIN_EVENTS)


class LoginSums:
    """Fields of a block of sums, after those of a `Clock` and of `Prices`.

    Logins are numbered in the order in which they begin, those of extensions apart.  So the first
    and the last number of the window say of every code whether its login began there.
    """

    person_of: list[int]  # (sources,) whose codes it brings, or -1
    login_class: list[int]  # (sources,)
    call_price: list[int]  # (people,) millionths
    login_limits: list[int]  # ns
    first_login: list[int]  # (people * 2,) number; of those that extensions begin in the second
    last_login: list[int]
    login_counts: list[int]  # (classes * BEFELL,)
    login_flow: list[int]  # (intervals * classes * BEFELL,) by when the login began
    login_ns: list[int]  # (classes,) time to complete, all together
    code_cost: list[int]  # (classes,) millionths
    call_cost: list[int]  # (classes,) millionths
    login_histogram: list[int]  # (classes * HISTOGRAM_BINS,) of the time to complete
    login_within: list[int]  # (classes * limits,) completed ones by the first limit they keep


class Logins(Priced, LoginSums):
    """For type checkers: what the functions below are given."""


def login_values(
    network: Network, names: Names, classes: list[str], intervals: int, limits_ns: list[int]
) -> dict[str, object]:
    """Fields of the sums before the first row; those of nobody have no room."""
    people = len(network.person_source)
    used = len(classes) if people else 0
    return {
        "person_of": network.source_person,
        "login_class": [classes.index(name) for name in names.classes],
        "call_price": network.person_call_micros,
        "login_limits": limits_ns,
        "first_login": [NEVER] * (2 * people),
        "last_login": [-1] * (2 * people),
        "login_counts": [0] * (BEFELL * used),
        "login_flow": [0] * (BEFELL * used * intervals),
        "login_ns": [0] * used,
        "code_cost": [0] * used,
        "call_cost": [0] * used,
        "login_histogram": [0] * (HISTOGRAM_BINS * used),
        "login_within": [0] * (len(limits_ns) * used),
    }


def add_login(t: Logins, at: int) -> None:
    """Count what befell a login that began in the window."""
    begun_ns = t.log[at + SUBMITTED_AT]
    if not is_inside(t, begun_ns):
        return
    event, source = t.log[at + VALUE], t.log[at + ID] >> SOURCE_SHIFT
    row_class = t.login_class[source]
    entry = BEFELL * row_class + event
    t.login_counts[entry] += 1
    t.login_flow[begun_ns // t.interval_ns * len(t.login_counts) + entry] += 1
    if event == LOGIN_STARTED:
        kept, number = _numbered(t, at)
        if t.first_login[kept] > number:
            t.first_login[kept] = number
        if t.last_login[kept] < number:
            t.last_login[kept] = number
    elif event == LOGIN_CALL_ANSWERED:
        t.call_cost[row_class] += t.call_price[t.person_of[source]]
    elif event in (LOGIN_COMPLETED, LOGIN_BY_SECOND_ROUTE, LOGIN_BY_CALL):
        took_ns = t.log[at + OTHER]
        t.login_ns[row_class] += took_ns
        t.login_histogram[HISTOGRAM_BINS * row_class + bin_of(took_ns)] += 1
        limit = first_limit(t.login_limits, took_ns)
        if limit < len(t.login_limits):
            t.login_within[len(t.login_limits) * row_class + limit] += 1


def add_code(t: Logins, at: int, segments: int) -> None:
    """Add the price of segments that are billed, if their login began in the window."""
    kept, number = _numbered(t, at)
    if t.first_login[kept] <= number <= t.last_login[kept]:
        row_class = t.login_class[t.log[at + ID] >> SOURCE_SHIFT]
        t.code_cost[row_class] += segments * price(t, at)


def _numbered(t: Logins, at: int) -> tuple[int, int]:
    """Where the numbers of a row's logins are kept, and the number of its login."""
    number = number_of(t.log[at + ID])
    kept = 2 * t.person_of[t.log[at + ID] >> SOURCE_SHIFT]
    return (kept + 1 if number >= EXTRA_NUMBERS else kept), number
