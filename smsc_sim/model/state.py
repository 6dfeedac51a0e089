"""The state at the start, and room for more phones with flags."""

from smsc_sim.model.cache import CACHE_ROWS
from smsc_sim.model.legs import update_routes
from smsc_sim.model.network import Network, State
from smsc_sim.model.phones import set_flags

FIRST_FLAG_ROWS = 1024  # a power of two


def empty_state(network: Network) -> State:
    """Everything up, idle and empty; routes found.  Lists, for the reference engine."""
    first, servers = [], 0
    for station in range(network.stations):
        first.append(servers)
        servers += network.station_servers[station]
    routes = CACHE_ROWS * sum(first >= 0 for first in network.cache_first)
    state = State(
        is_up=[1] * (network.elements + 1),  # the last one: all outside the network
        moved_ns=[-1] * network.elements,
        set_up=[1] * network.link_sets,
        free_ns=[0] * servers,
        free_first=first,
        serving=[0] * network.stations,
        line_clock=[0] * network.lines,
        band_waiting=[0] * len(network.band_weight),
        band_tag=[0] * len(network.band_weight),
        route_first=[0] * (network.nodes**2 + 1),
        route_set=[0] * (2 * network.nodes * max(1, network.link_sets)),
        distance=[0] * network.nodes,
        frontier=[0] * network.nodes,
        left=[],
        segments=[],
        accepted=[],
        on_handset=[],
        reported=[],
        whole_ns=[],
        over=[],
        worst=[],
        session_ns=[],
        pause_until_ns=[0] * len(network.account_smsc),
        paused_ns=[0] * len(network.account_smsc),
        quota_day=[-1] * len(network.quota_station),
        quota_used=[0] * len(network.quota_station),
        arrival_mass=[0] * len(network.source_digest),
        arrival_spell=[-1] * len(network.source_digest),
        arrival_until_ns=[0] * len(network.source_digest),
        flag_phone=[0] * FIRST_FLAG_ROWS,
        flag_bits=[0] * FIRST_FLAG_ROWS,
        flag_smscs=[0] * FIRST_FLAG_ROWS,
        cache_phone=[0] * routes,
        cache_until_ns=[0] * routes,
    )
    update_routes(network, state)
    return state


def new_record(state: State) -> int:
    """Row of one more message."""
    for column in (
        state.left,
        state.segments,
        state.accepted,
        state.on_handset,
        state.reported,
        state.whole_ns,
        state.over,
        state.worst,
        state.session_ns,
    ):
        column.append(0)
    return len(state.left) - 1


def grow_flags(state: State) -> State:
    """A state whose flag table has twice the rows; the flags stay the same."""
    rows = 2 * len(state.flag_phone)
    grown = state._replace(flag_phone=[0] * rows, flag_bits=[0] * rows, flag_smscs=[0] * rows)
    for phone, flags, smscs in zip(
        state.flag_phone, state.flag_bits, state.flag_smscs, strict=True
    ):
        if phone != 0:
            set_flags(grown, phone - 1, flags, smscs)
    return grown
