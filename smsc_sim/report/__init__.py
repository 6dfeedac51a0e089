"""Reports drawn from saved results: figures, tables and the PDF.

Importing the package connects `Estimates.figures` and `Estimates.report`; matplotlib and typst are
loaded when the first figure is drawn.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smsc_sim.results.estimates import Estimates


def _figures(estimates: Estimates) -> Any:
    from .figures import Figures

    return Figures(estimates)


def _report(estimates: Estimates, path: Path) -> Any:
    from .document import write_pdf

    return write_pdf(estimates, path)


def _connect() -> None:
    from smsc_sim.results.estimates import present_with

    present_with(figures=_figures, report=_report)


_connect()
