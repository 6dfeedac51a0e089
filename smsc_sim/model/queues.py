"""Waiting lines with bands: who has room to wait, who is next, how long a random service takes.

A line is kept for stations and pools that tell classes apart or count who waits; each of its bands
is served first come, first served.  Stations without a line need none: see `legs.enter_queue`.
"""

from smsc_sim.model.codes import FOR_SERVICE, NOBODY
from smsc_sim.model.draws import exponential_ns
from smsc_sim.model.network import Job, Network, State

UNIT_COST = 1 << 20  # of a unit of a pool, in place of a service time


def band_of(network: Network, line: int, source: int) -> int:
    """Row of the band in which jobs of a source wait; calls, of no class, in the first."""
    if source >= network.sources:
        return network.line_first[line]
    return network.line_band[line * network.sources + source]


def waiting_at(network: Network, state: State, line: int) -> int:
    """Jobs that wait in all bands of a line."""
    waiting = 0
    for band in range(network.line_first[line], network.line_first[line + 1]):
        waiting += state.band_waiting[band]
    return waiting


def has_room(network: Network, state: State, line: int) -> bool:
    """Whether one more job may wait in a line."""
    return waiting_at(network, state, line) < network.line_places[line]


def join_line(network: Network, state: State, line: int, band: int) -> None:
    """Count one more job in a band.

    A band that was empty starts at the clock of the line: it saves up no share for later.
    """
    if state.band_waiting[band] == 0:
        state.band_tag[band] = max(state.band_tag[band], state.line_clock[line])
    state.band_waiting[band] += 1


def next_band(network: Network, state: State, line: int) -> int:
    """Band that is served next, or NOBODY if none waits.

    Strict: the first band in which somebody waits.  Weighted: start-time fair queueing, the
    band whose next job has the lowest start tag; ties go to the first band.

    References
    ----------
    P. Goyal, H. M. Vin, H. Cheng, Start-time fair queueing, SIGCOMM 1996 (from memory, not found).
    """
    best = NOBODY
    for band in range(network.line_first[line], network.line_first[line + 1]):
        if state.band_waiting[band] == 0:
            continue
        if network.line_is_weighted[line] == 0:
            return band
        if best == NOBODY or state.band_tag[band] < state.band_tag[best]:
            best = band
    return best


def leave_line(network: Network, state: State, line: int, band: int, cost: int) -> None:
    """Take the next job out of a band to be served at a cost (ns, or UNIT_COST).

    The clock moves on to its tag; the band's next job gets that tag plus cost / weight.
    """
    state.band_waiting[band] -= 1
    state.line_clock[line] = state.band_tag[band]
    state.band_tag[band] += max(1, int(cost / network.band_weight[band]))
    if waiting_at(network, state, line) == 0:
        clear_line(network, state, line)


def give_up(network: Network, state: State, line: int, band: int) -> None:
    """Take a job out of a band that will not be served."""
    state.band_waiting[band] -= 1
    if waiting_at(network, state, line) == 0:
        clear_line(network, state, line)


def clear_line(network: Network, state: State, line: int) -> None:
    """Empty a line; tags begin anew, so they stay small however long the run is."""
    state.line_clock[line] = 0
    for band in range(network.line_first[line], network.line_first[line + 1]):
        state.band_waiting[band] = 0
        state.band_tag[band] = 0


def service_time_ns(network: Network, job: Job, station: int, mean_ns: int) -> int:
    """Service time in ns of one visit: the mean itself, or an exponential time drawn by key.

    The draw belongs to the station's name and to what the job is doing there, so that neither
    other elements nor other times of arrival change it.
    """
    if network.station_is_random[station] == 0:
        return mean_ns
    what = (job.id & ((1 << 18) - 1)) << 6 | (job.segment & 63)
    occasion = network.station_digest[station] ^ (
        what << 24 | (job.attempt & 0xFFFF) << 8 | (job.stage & 255)
    )
    return exponential_ns(job.key, occasion, FOR_SERVICE, mean_ns)
