"""The clock of the compiled engine: what happens next, arrivals, failures."""

from smsc_sim.engines.kernel_job import advance, resume, short_of, submit
from smsc_sim.engines.kernel_lists import (
    clear_row,
    go_on,
    new_row,
    next_now,
    note,
    put_first,
    redirect,
    sorted_by_id,
    write,
)
from smsc_sim.engines.kernel_pools import (
    ENTRY_KEY,
    ENTRY_NEXT,
    ENTRY_POOL,
    WAITS_HERE,
    bucket_of,
    empty_pool,
    mark_of,
    parked_at,
    wake,
)
from smsc_sim.engines.kernel_walk import shut_line
from smsc_sim.engines.machine import (
    FINISHED,
    FREE,
    GO_ON,
    KEYED,
    OUTAGE,
    ROUTES,
    RUNNING,
    WAITING,
    Machine,
    Row,
)
from smsc_sim.engines.wheel import next_due, schedule, take
from smsc_sim.model.arrivals import next_arrival_ns
from smsc_sim.model.begin import begin_background
from smsc_sim.model.cells import held_channel
from smsc_sim.model.codes import (
    ANSWER,
    BREAKDOWN,
    DONE,
    DOWN,
    DRAINING,
    ELEMENT_UP,
    LOG_CUT,
    LOG_DOWN,
    LOG_HELD,
    LOG_UP,
    NEVER,
    NOBODY,
    PARK,
    RANK_DOWN,
    RANK_SHIFT,
    RANK_SUBMIT,
    REPAIR,
    UP,
    WITHDRAWAL,
)
from smsc_sim.model.failover import bring_up, fails_with, take_down
from smsc_sim.model.legs import update_routes
from smsc_sim.model.network import Network, State, message_id
from smsc_sim.model.victims import is_victim, victim_signal


def start(network: Network, state: State, m: Machine) -> None:
    """Schedule the first message of each source and the first outage."""
    for source in range(len(network.source_digest)):
        follow(network, state, m, source)
    if len(m.change_ns) > 0:
        slot = len(network.source_digest)
        schedule_change(m, slot, 0)


def run(network: Network, state: State, m: Machine) -> int:
    """Simulate until the run is over or Python has something to do; says what."""
    m.steps = 0  # what has been done since the last run may have taken room
    while True:
        if m.current == NOBODY:
            status = next_event(network, state, m)
            if status != GO_ON:
                return status
        if m.current != NOBODY:
            status = advance(network, state, m)
            if status != GO_ON:
                return status


def next_event(network: Network, state: State, m: Machine) -> int:
    """Move the clock to what happens next; where it is a job, it is the current one."""
    shortage = short_of(state, m)
    if shortage != GO_ON:
        return shortage
    if m.ring_first != NOBODY:
        slot = next_now(m)
    else:
        due = next_due(m) if m.waiting > 0 else NEVER
        if due > m.end_ns and is_over(network, m, due):
            return FINISHED
        m.now = due
        slot = take(m)
        if slot < m.first_job:
            return special(network, state, m, slot)
        m.rows[slot].state = RUNNING
    signal = resume(network, state, m, slot, m.rows[slot].signal)
    if signal != WAITS_HERE:
        m.current, m.signal = slot, signal
    return GO_ON


def is_over(network: Network, m: Machine, due: int) -> bool:
    """Whether the run ends before the next event; the clock is where it ends."""
    if m.finished == 1:
        return True
    if m.checked == 0 and due > network.duration_ns:
        m.checked = 1
        m.now = network.duration_ns
        m.end_ns = network.duration_ns + network.drain_ns
        if m.open_messages == 0:
            return True
    if due > network.duration_ns + network.drain_ns:
        m.now = network.duration_ns + network.drain_ns
        return True
    return False


def special(network: Network, state: State, m: Machine, slot: int) -> int:
    """What is no job: an arrival, an outage or new routes."""
    sources = len(network.source_digest)
    if slot < sources:
        arrive(network, state, m, slot)
        return GO_ON
    return OUTAGE if slot == sources else ROUTES


# Arrivals.


def follow(network: Network, state: State, m: Machine, source: int) -> None:
    """Schedule the next arrival of a source; each schedules the one after it."""
    number = m.source_number[source]
    time_ns = next_arrival_ns(network, state, source, number)
    if time_ns < NEVER:
        m.rows[source].id = message_id(source, number)
        schedule(m, source, time_ns, RANK_SUBMIT)


def arrive(network: Network, state: State, m: Machine, source: int) -> None:
    """Let what a source brings begin now: a message, a call or a location update."""
    number = m.source_number[source]
    m.source_number[source] = number + 1
    follow(network, state, m, source)
    if source < network.sources:
        submit(network, state, m, source, number)
        return
    slot = new_row(m)
    clear_row(m, slot)
    begin_background(network, m.rows[slot], source, number, m.now)
    go_on(m, slot, DONE)


# Failures.


def alter(network: Network, state: State, m: Machine, change: int, element: int) -> None:
    """Let one of the outages begin or end."""
    if change == REPAIR:
        repair(network, state, m, element)
    elif change == WITHDRAWAL:
        if state.is_up[element] == UP:
            note(m, LOG_DOWN, element, 1, 0)
            find_ways(network, state, m, take_down(network, state, element, DRAINING, m.now))
    else:
        fail(network, state, m, element, change)
    m.changes_done += 1
    done = m.changes_done
    if done < len(m.change_ns):
        slot = len(network.source_digest)
        schedule_change(m, slot, done)


def fail(network: Network, state: State, m: Machine, element: int, failure: int) -> None:
    """Take an element down now: its victims are dropped, routes change."""
    if state.is_up[element] != DOWN:
        shut(network, state, m, element)
    elif failure == BREAKDOWN:
        return
    now = m.now
    first = NOBODY
    for slot in range(m.first_job, m.rows_used):
        row = m.rows[slot]
        if row.state == WAITING and is_hit(network, m, row, element, failure):
            m.victim[slot] = first
            first = slot
    first = _by_id(m, first)
    while first != NOBODY:
        row = m.rows[first]
        following = m.victim[first]
        is_served = row.station >= 0 and now < row.done_ns < NEVER
        if is_served and fails_with(network, element, row.station):
            uncut_ns = min(row.done_ns - now, row.done_ns - row.start_ns)
            wait_ns = max(0, row.start_ns - now)
            write(m, LOG_CUT, row, row.station, wait_ns, uncut_ns)
        redirect(m, first, victim_signal(row.kind, failure))
        first = following


def _by_id(m: Machine, first: int) -> int:
    """Slots of a chain through `victim`, sorted by id; their places in lists stay."""
    slot = first
    while slot != NOBODY:
        row = m.rows[slot]
        m.kept[slot], row.after = row.after, m.victim[slot]
        slot = row.after
    slot = first = sorted_by_id(m, first)
    while slot != NOBODY:
        row = m.rows[slot]
        m.victim[slot] = following = row.after
        row.after = m.kept[slot]
        slot = following
    return first


def is_hit(network: Network, m: Machine, row: Row, element: int, failure: int) -> bool:
    """Whether a waiting job is a victim."""
    return is_victim(
        network,
        element,
        failure,
        m.now,
        row.kind,
        row.smsc,
        row.verb,
        row.place,
        row.station,
        row.done_ns,
    )


def shut(network: Network, state: State, m: Machine, element: int) -> None:
    """Mark an element as down; its stations and pools are empty again."""
    note(m, LOG_DOWN, element, 0, 0)
    find_ways(network, state, m, take_down(network, state, element, DOWN, m.now))
    for station in range(network.stations):
        if fails_with(network, element, station):
            first = state.free_first[station]
            for server in range(first, first + network.station_servers[station]):
                state.free_ns[server] = 0
            if network.station_line[station] >= 0:
                shut_line(network, state, m, station)
    for number in range(network.pools):
        if network.pool_element[number] == element:
            empty_pool(network, state, m, number)


def repair(network: Network, state: State, m: Machine, element: int) -> None:
    """Bring an element up again now; operations that wait for it are repeated."""
    if state.is_up[element] == UP:
        return
    note(m, LOG_UP, element, 0, 0)
    find_ways(network, state, m, bring_up(network, state, element, m.now))
    wake(m, ELEMENT_UP, element, 0)


def schedule_change(m: Machine, slot: int, number: int) -> None:
    """Schedule one of the outages."""
    order = m.change_order[number]
    m.rows[slot].id = order & ((1 << RANK_SHIFT) - 1)
    schedule(m, slot, m.change_ns[number], order >> RANK_SHIFT)


def find_ways(network: Network, state: State, m: Machine, routes_ns: int) -> None:
    """Let the routes follow at `routes_ns` unless that is -1."""
    for element in range(network.elements):
        m.moving_ns = max(m.moving_ns, state.moved_ns[element])
    if routes_ns == m.now:
        update_routes(network, state)
    elif routes_ns >= 0:
        m.routes_ns[m.routes_last] = routes_ns
        m.routes_last += 1
        if m.routes_last == m.routes_first + 1:
            _schedule_routes(network, m)


def settle(network: Network, state: State, m: Machine) -> None:
    """Let the routes follow what has changed."""
    update_routes(network, state)
    m.routes_first += 1
    if m.routes_first < m.routes_last:
        _schedule_routes(network, m)


def _schedule_routes(network: Network, m: Machine) -> None:
    slot = len(network.source_digest) + 1
    m.rows[slot].id = 0
    schedule(m, slot, m.routes_ns[m.routes_first], RANK_DOWN)


# What Python asks for between two runs of the kernel.


def park_again(m: Machine) -> None:
    """Find anew the places of parked jobs, after there is more room for them."""
    for slot in range(m.first_job, m.rows_used):
        row = m.rows[slot]
        if row.state == WAITING and row.verb == PARK and row.place != ANSWER:
            mark = mark_of(row.place, row.target)
            put_first(m, parked_at(m, row.place, row.target), slot, mark)


def rehash(m: Machine) -> None:
    """Find anew the keys of pools, after there is more room for them."""
    for entry in range(m.entries_used):
        at = KEYED * entry
        if m.entry[at + ENTRY_POOL] != NOBODY:
            bucket = bucket_of(m, m.entry[at + ENTRY_POOL], m.entry[at + ENTRY_KEY])
            m.entry[at + ENTRY_NEXT] = m.entry_head[bucket] - 1
            m.entry_head[bucket] = entry + 1


def note_held_at_end(network: Network, m: Machine) -> None:
    """Log the channels that are held when the run stops, for how busy they were."""
    first = NOBODY
    for slot in range(m.first_job, m.rows_used):
        row = m.rows[slot]
        if row.state != FREE and held_channel(network, row) != NOBODY:
            m.victim[slot] = first
            first = slot
    slot = _by_id(m, first)
    while slot != NOBODY:
        row = m.rows[slot]
        pool = held_channel(network, row)
        write(m, LOG_HELD, row, pool, m.now - row.channel_ns, row.kind)
        slot = m.victim[slot]
