"""Counting messages and elements in one go: each row of the log is read and told apart once."""

from smsc_sim.engines.count_clock import tell_time
from smsc_sim.engines.count_elements import Sums as Elements
from smsc_sim.engines.count_elements import add_change
from smsc_sim.engines.count_messages import Sums as Messages
from smsc_sim.engines.count_messages import add_event, add_msu
from smsc_sim.engines.count_stations import add_visit
from smsc_sim.model.codes import CODE, LOG_VISIT, LOG_WORDS, TIME


def count_both(messages: Messages, elements: Elements) -> None:
    """Count all rows of a piece of the log."""
    for row in range(messages.rows):
        at = LOG_WORDS * row
        time_ns, code = messages.log[at + TIME], messages.log[at + CODE]
        if time_ns >= elements.until_ns:
            tell_time(elements, time_ns)
        if code == LOG_VISIT:
            add_msu(messages, at)
            add_visit(elements, at)
        else:
            add_event(messages, at, code)
            add_change(elements, at, code)
