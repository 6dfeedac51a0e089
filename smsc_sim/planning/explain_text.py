"""An explanation as plain tables: heads with units, rows of text, and an aligned rendering."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from smsc_sim.planning.explain import Explanation


class Table(NamedTuple):
    """A table ready to be shown."""

    title: str
    heads: tuple[str, ...]
    units: tuple[str, ...]  # "" for words
    rows: list[tuple[str, ...]]


def tables(explanation: Explanation) -> list[Table]:
    """The tables of an explanation, without those that have no rows."""
    found = [
        _sources(explanation),
        _stations(explanation),
        _link_sets(explanation),
        _uneven_links(explanation),
        _dialogues(explanation),
        _cells(explanation),
        _accounts(explanation),
        _failures(explanation),
        Table(
            "Timetable",
            ("local time", "what happens"),
            ("", ""),
            [(clock, what) for _, clock, what in explanation.timetable],
        ),
    ]
    return [table for table in found if table.rows]


def as_text(explanation: Explanation, width: int = 100) -> str:
    """All tables below each other: heads, units, rows; a last column of words is wrapped.

    It ends at `width` where that leaves it room for a few words.
    """
    lines = [f"{explanation.name}: what the network is asked to carry, by theory"]
    if explanation.not_for_decisions:
        lines.append("Cut or scaled down: not for decisions.")
    for note in explanation.notes:
        lines += textwrap.wrap(note, width, initial_indent="  ", subsequent_indent="    ")
    for table in tables(explanation):
        lines += ["", table.title, *_aligned(table, width)]
    return "\n".join(lines) + "\n"


def _aligned(table: Table, width: int) -> list[str]:
    rows = [table.heads, *([table.units] if any(table.units) else []), *table.rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.heads))]
    words = [unit == "" for unit in table.units]
    indent = 2 + sum(widths[:-1]) + 2 * (len(widths) - 1)
    lines = []
    for row in rows:
        cells = [
            cell.ljust(size) if is_word else cell.rjust(size)
            for cell, size, is_word in zip(row[:-1], widths, words, strict=False)
        ]
        last = row[-1] if words[-1] else row[-1].rjust(widths[-1])
        wrapped = textwrap.wrap(last, max(16, width - indent), drop_whitespace=words[-1]) or [""]
        lines.append(("  " + "  ".join([*cells, wrapped[0]])).rstrip())
        lines += [" " * indent + more for more in wrapped[1:]]
    return lines


def _number(value: float) -> str:
    """Three significant digits, without exponents."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(digits, 6)}f}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _ms(seconds: float) -> str:
    return "never" if math.isinf(seconds) else _number(1000 * seconds)


def _sources(explanation: Explanation) -> Table:
    return Table(
        "Sources: procedures per stored segment",
        (
            *("source", "mean", "busiest hour", "segments", "text", "SRI-SM"),
            *("MT", "report", "alert"),
        ),
        ("", "msg/s", "msg/s", "1/msg", "octets", "1", "1", "1", "1"),
        [(row.source, *(_number(value) for value in row[1:])) for row in explanation.sources],
    )


def _stations(explanation: Explanation) -> Table:
    return Table(
        "Elements: mean, busiest hour with its wait, busiest minute (peak)",
        (
            *("station", "kind", "servers", "mean", "mean", "hour", "hour", "peak", "wait"),
            "",
        ),
        ("", "", "1", "visits/s", "erlang", "erlang", "%", "%", "ms", ""),
        [
            (
                row.station,
                row.kind,
                str(row.servers),
                _number(row.visits_per_s),
                _number(row.offered_erlang),
                _number(row.busy_erlang),
                _percent(row.busy_utilisation),
                _percent(row.peak_utilisation),
                _ms(row.wait_s),
                row.flag,
            )
            for row in explanation.stations
            if row.kind != "link"
        ],
    )


def _link_sets(explanation: Explanation) -> Table:
    return Table(
        "Link sets: the busier direction in its busiest hour",
        ("link set", "direction", "links", "load", "mean link", "worst link", "wait", ""),
        ("", "", "1", "octets/s", "%", "%", "ms", ""),
        [
            (
                row.link_set,
                row.direction,
                str(row.links),
                _number(row.octets_per_s),
                _percent(row.utilisation),
                _percent(row.worst_utilisation),
                _ms(row.wait_s),
                row.flag,
            )
            for row in explanation.link_sets
        ],
    )


def _uneven_links(explanation: Explanation) -> Table:
    return Table(
        "Links of sets that the SLS loads unevenly",
        ("link", "direction", "share of the set", "if even", "load", ""),
        ("", "", "%", "%", "%", ""),
        [
            (
                row.link,
                row.direction,
                _percent(row.share),
                _percent(row.even),
                _percent(row.utilisation),
                row.flag,
            )
            for row in explanation.uneven_links
        ],
    )


def _dialogues(explanation: Explanation) -> Table:
    return Table(
        "Open dialogues",
        ("SMSC", "mean", "busiest hour", "allowed", "used", ""),
        ("", "1", "1", "1", "%", ""),
        [
            (
                row.smsc,
                _number(row.open_mean),
                _number(row.open_busy),
                f"{row.dialogues:,}",
                _percent(row.utilisation),
                row.flag,
            )
            for row in explanation.dialogues
        ],
    )


def _cells(explanation: Explanation) -> Table:
    return Table(
        "Cells: erlang offered to the SDCCHs of one cell, and Erlang B",
        ("MSC", "cells", "SDCCHs", "mean", "busiest hour", "peak", "blocked", "at peak", ""),
        ("", "1", "1", "erlang", "erlang", "erlang", "%", "%", ""),
        [
            (
                row.msc,
                str(row.cells),
                str(row.sdcchs),
                _number(row.offered_erlang),
                _number(row.busy_erlang),
                _number(row.peak_erlang),
                _number(100 * row.blocking),
                _number(100 * row.peak_blocking),
                row.flag,
            )
            for row in explanation.cells
        ],
    )


def _accounts(explanation: Explanation) -> Table:
    return Table(
        "Accounts: segments offered, and what rate and window let through",
        (
            *("account", "mean", "hour", "peak", "rate", "window", "answer", "window / answer"),
            "",
        ),
        ("", "1/s", "1/s", "1/s", "1/s", "1", "ms", "1/s", ""),
        [
            (
                row.account,
                _number(row.segments_per_s),
                _number(row.busy_segments_per_s),
                _number(row.peak_segments_per_s),
                _number(row.rate_per_s),
                str(row.window),
                _ms(row.answer_s),
                _number(row.window_per_s),
                row.flag,
            )
            for row in explanation.accounts
        ],
    )


def _failures(explanation: Explanation) -> Table:
    return Table(
        "One element out of service, in the busiest hour",
        ("element", "worst link", "load", "worst STP", "load", "verdict"),
        ("", "", "%", "", "%", ""),
        [
            (
                row.element or "(none)",
                row.worst_link,
                _percent(row.link_utilisation),
                row.worst_stp,
                _percent(row.stp_utilisation) if row.worst_stp else "",
                f"no way {', '.join(row.cut_off)}" if row.cut_off else row.flag,
            )
            for row in explanation.failures
        ],
    )
