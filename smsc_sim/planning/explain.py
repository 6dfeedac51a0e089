"""What a scenario asks its network to carry, by theory, before anything is simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsc_sim.planning.demand import demands, flows
from smsc_sim.planning.demand_radio import background_sdcch_s, pages, sdcch_s
from smsc_sim.planning.explain_links import UnevenRow, uneven_rows
from smsc_sim.planning.explain_radio import CellRow, cell_rows
from smsc_sim.planning.explain_rows import (
    AccountRow,
    DialogueRow,
    ElementRow,
    FailureRow,
    LinkSetRow,
    SourceRow,
    account_rows,
    dialogue_rows,
    element_rows,
    failure_rows,
    link_set_rows,
    offer_of,
    source_rows,
)
from smsc_sim.planning.explain_text import Table, as_text, tables
from smsc_sim.planning.offered import dialogue_s, loads, state_without
from smsc_sim.planning.timetable import timetable
from smsc_sim.scenario.compile import Compiled
from smsc_sim.scenario.compile_customers import audience_lines
from smsc_sim.scenario.loader import Loaded, resolved_yaml

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Explanation", "Table", "as_text", "explain", "tables"]


@dataclass(frozen=True)
class Explanation:
    """What a network is asked to carry, by theory.

    Attributes
    ----------
    name : str
    notes : tuple of str
        What variant, overrides, window and scale changed, and whom lists of customers leave out.
    not_for_decisions : bool
    sources, stations, link_sets, uneven_links, dialogues, cells, accounts, failures : tuple
        Rows; the first failure row is the network without a failure.
    timetable : tuple of (int, str, str)
        Time in ns from start, local time, what happens.
    resolved : str
        YAML of the scenario with every default.

    Notes
    -----
    Means over the window, and in the hour of the window in which that source, station or pool is
    busiest; a window shorter than an hour is its own busiest hour.  Attempts are those of
    `attempts.course`, counted when their message is submitted.  Nothing is refused or lost, and
    senders do not send again: where a station runs over, what follows it carries less.
    """

    name: str
    notes: tuple[str, ...]
    not_for_decisions: bool
    sources: tuple[SourceRow, ...]
    stations: tuple[ElementRow, ...]
    link_sets: tuple[LinkSetRow, ...]
    uneven_links: tuple[UnevenRow, ...]
    dialogues: tuple[DialogueRow, ...]
    cells: tuple[CellRow, ...]
    accounts: tuple[AccountRow, ...]
    failures: tuple[FailureRow, ...]
    timetable: tuple[tuple[int, str, str], ...]
    resolved: str

    @property
    def elements(self) -> pd.DataFrame:
        """One row per station, columns as `ElementRow`."""
        import pandas as pd

        return pd.DataFrame(self.stations, columns=list(ElementRow._fields))


def explain(loaded: Loaded, compiled: Compiled) -> Explanation:
    """Work out what a scenario offers to every element, from what would be simulated.

    Parameters
    ----------
    loaded : Loaded
        For the clock, the names of accounts and the text of the scenario.
    compiled : Compiled
        Every number comes from here.
    """
    network, names = compiled
    scenario = loaded.scenario
    rows = demands(network)
    offered = flows(network, rows)
    offered = offered._replace(visits=offered.visits + pages(network, rows))
    offer = offer_of(network)
    state = state_without(network)
    held_s = sdcch_s(network, state, rows)
    calls_s = background_sdcch_s(network, scenario)
    offered_to_cells = [
        messages @ held_s + calls @ calls_s
        for messages, calls in zip((offer.mean, offer.hour, offer.minute), offer.calls, strict=True)
    ]
    load = loads(network, state, offered)
    stations = element_rows(network, names, offer, load)
    return Explanation(
        name=scenario.name,
        notes=(*loaded.notes, *audience_lines(names.audiences)),
        not_for_decisions=loaded.not_for_decisions,
        sources=source_rows(network, names, offer, rows),
        stations=stations,
        link_sets=link_set_rows(network, names, offer, load, stations),
        uneven_links=uneven_rows(network, names, stations),
        dialogues=dialogue_rows(network, names, offer, dialogue_s(network, state, rows)),
        cells=cell_rows(network, names, *offered_to_cells),
        accounts=account_rows(network, sorted(scenario.accounts), stations),
        failures=failure_rows(network, names, offer, offered),
        timetable=tuple(timetable(scenario.start, network, names)),
        resolved=resolved_yaml(loaded),
    )
