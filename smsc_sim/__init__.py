"""Event-driven simulator and capacity-planning tool for short message networks.

>>> import smsc_sim as sms
>>> run = sms.run("scenarios/quickstart.yaml")  # doctest: +SKIP
>>> run.by_country  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0.dev0"

if TYPE_CHECKING:
    from smsc_sim.content.cost_frames import cost
    from smsc_sim.content.vector import segment
    from smsc_sim.engines.extend import Extensions, World
    from smsc_sim.experiment.run import run
    from smsc_sim.experiment.trace import Trace, trace
    from smsc_sim.planning.bills import bill
    from smsc_sim.planning.campaign import campaign
    from smsc_sim.planning.year import customer_year
    from smsc_sim.report.countries import country_figure, country_table, write_country_report
    from smsc_sim.report.figures_ladder import ladder_figure
    from smsc_sim.results.estimates import Estimates
    from smsc_sim.scenario.loader import Loaded, load

_HOMES = {
    "Estimates": "smsc_sim.results.estimates",
    "Extensions": "smsc_sim.engines.extend",
    "Loaded": "smsc_sim.scenario.loader",
    "Trace": "smsc_sim.experiment.trace",
    "World": "smsc_sim.engines.extend",
    "bill": "smsc_sim.planning.bills",
    "campaign": "smsc_sim.planning.campaign",
    "customer_year": "smsc_sim.planning.year",
    "cost": "smsc_sim.content.cost_frames",
    "country_figure": "smsc_sim.report.countries",
    "country_table": "smsc_sim.report.countries",
    "ladder_figure": "smsc_sim.report.figures_ladder",
    "load": "smsc_sim.scenario.loader",
    "run": "smsc_sim.experiment.run",
    "segment": "smsc_sim.content.vector",
    "trace": "smsc_sim.experiment.trace",
    "write_country_report": "smsc_sim.report.countries",
}

__all__ = [
    "Estimates",
    "Extensions",
    "Loaded",
    "Trace",
    "World",
    "__version__",
    "bill",
    "campaign",
    "cost",
    "country_figure",
    "country_table",
    "customer_year",
    "ladder_figure",
    "load",
    "run",
    "segment",
    "trace",
    "write_country_report",
]


def __getattr__(name: str) -> Any:
    """Import a part of the public face when it is first used, so that start-up stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'smsc_sim' has no attribute '{name}'")
    if name in ("Estimates", "run"):
        importlib.import_module("smsc_sim.report")  # connects run.figures and run.report
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
