"""The page that Estimates show of themselves in Jupyter: targets, classes, countries."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import pandas as pd

from .measures import measure_of, unit_of
from .words import NOTHING, duration, quantity

if TYPE_CHECKING:
    from .estimates import Estimates

CLASS_COLUMNS = ("submitted", "delivery_ratio", "within_30s", "latency_p50", "latency_p95")
COUNTRY_COLUMNS = ("submitted", "delivery_ratio", "a2p.cost_per_delivered")
MOST_ROWS = 15
STATUS_SIGN = {"met": "✓", "missed": "✗", "undecided": "?"}

_STYLE = (
    "<style>.smsc-sim table{border-collapse:collapse;margin:.3em 0 1em}"
    ".smsc-sim th,.smsc-sim td{padding:.2em .8em;text-align:right;border-bottom:1px solid #8884;"
    "white-space:nowrap}.smsc-sim th:first-child,.smsc-sim td:first-child{text-align:left}"
    ".smsc-sim td.words{text-align:left;white-space:normal}"
    ".smsc-sim .met{color:#0072b2;font-weight:600}.smsc-sim .missed{color:#b03a00;font-weight:600}"
    ".smsc-sim .undecided{font-weight:600;opacity:.75}"
    ".smsc-sim .banner{border:1px solid #b03a00;padding:.3em .8em;display:inline-block}</style>"
)


def _table(frame: pd.DataFrame, entity_type: str, columns: tuple[str, ...], currency: str) -> str:
    rows = frame[frame["entity_type"] == entity_type]
    columns = tuple(name for name in columns if (rows["measure"] == name).any())
    if not columns:
        return ""
    cells = {(row.entity, row.measure): row for row in rows.itertuples(index=False)}
    head = "".join(f"<th>{html.escape(_head(name, currency))}</th>" for name in columns)
    body = ""
    entities = list(rows["entity"].unique())
    for entity in entities[:MOST_ROWS]:
        body += f"<tr><td>{html.escape(entity)}</td>"
        for name in columns:
            body += f"<td>{_cell(cells.get((entity, name)), name)}</td>"
        body += "</tr>"
    rest = len(entities) - MOST_ROWS
    more = f"<p>and {rest} more, see <code>.measures</code></p>" if rest > 0 else ""
    return f"<table><tr><th>{entity_type}</th>{head}</tr>{body}</table>{more}"


def _head(name: str, currency: str) -> str:
    measure, unit = measure_of(name), unit_of(name, currency)
    return measure.title if measure.shape in ("percent", "seconds") else f"{measure.title} [{unit}]"


def _cell(row: Any, name: str) -> str:
    return (
        NOTHING if row is None else quantity(row.estimate, row.half_width, measure_of(name).shape)
    )


def page(estimates: Estimates) -> str:
    """Make the HTML that Jupyter shows.

    Parameters
    ----------
    estimates : Estimates

    Returns
    -------
    str
        A fragment without scripts or outside resources; every name of the scenario is escaped.
    """
    manifest = estimates.manifest
    replications = int(manifest.get("replications", 1))
    facts = [
        f"{duration(float(manifest.get('duration_s', 0.0)))} from {manifest['start']}",
        f"{replications} replication{'s' if replications != 1 else ''}",
        f"seed {manifest.get('seed', NOTHING)}",
    ]
    parts = [f"<h3>{html.escape(str(manifest.get('name', 'run')))}</h3>"]
    if manifest.get("not_for_decisions"):
        reasons = "; ".join(str(reason) for reason in manifest["not_for_decisions"])
        parts.append(f'<p class="banner"><b>Not for decisions:</b> {html.escape(reasons)}</p>')
    if manifest.get("description"):
        parts.append(f"<p>{html.escape(str(manifest['description']))}</p>")
    parts.append(f"<p>{html.escape(', '.join(facts))}</p>")
    if estimates.targets:
        rows = "".join(
            f'<tr><td class="{v.status}">{STATUS_SIGN[v.status]} {v.status}</td>'
            f'<td class="words">{html.escape(v.text)}</td>'
            f'<td class="words">{html.escape(v.reason)}</td></tr>'
            for v in estimates.targets
        )
        head = '<tr><th>status</th><th style="text-align:left">target</th><th></th></tr>'
        parts.append(f"<table>{head}{rows}</table>")
    currency = str(manifest["currency"])
    parts.append(_table(estimates.measures, "class", CLASS_COLUMNS, currency))
    parts.append(_table(estimates.measures, "country", COUNTRY_COLUMNS, currency))
    if replications > 1:
        parts.append("<p>± half-width of the 95 % interval over replications</p>")
    return f'{_STYLE}<div class="smsc-sim">{"".join(parts)}</div>'
