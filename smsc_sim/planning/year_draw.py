"""One year, drawn: each step reaches those whom the steps before have left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from smsc_sim.content import cells
from smsc_sim.content.condition_checks import kinds_needed
from smsc_sim.content.conditions import Condition
from smsc_sim.content.price_table import PriceTable
from smsc_sim.content.scatter import scattered
from smsc_sim.planning.year_events import GATHER, REFRESH, SEND, Event
from smsc_sim.planning.year_people import Mail, People, chosen
from smsc_sim.planning.year_shares import Shares
from smsc_sim.scenario.years import LoadedYear

MEASURES = (
    "not_selected", "opted_out", "stale", "given_up", "cannot_be_written", "reached", "segments",
    "delivered", "answers", "opt_outs", "cost_micros",
)  # fmt: skip
"""What is counted of each step. Those before `segments` add up to the customers who were due."""

DAYS_OF_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class DatedList:
    """The list as it stood on a day, in one of the years drawn.

    Attributes
    ----------
    day : date
    columns : dict of str to pyarrow.Array
        Those of the list, then the answers.
    """

    day: date
    columns: dict[str, pa.Array]


@dataclass(slots=True)
class _State:
    """The list while a year goes by."""

    is_out: npt.NDArray[np.bool_]
    seen: npt.NDArray[np.int64]
    fails: npt.NDArray[np.int64]
    dies: npt.NDArray[np.float64]  # day on which the number goes dead
    answers: dict[str, npt.NDArray[np.int8]] = field(default_factory=dict)
    gathered: dict[str, pa.Array] = field(default_factory=dict)
    chosen: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict)


class DrawnYear:
    """One year, drawn."""

    def __init__(
        self,
        loaded: LoadedYear,
        people: People,
        table: PriceTable,
        mails: Mapping[str, Mail],
        shares: Shares,
        replication: int,
        lists: list[DatedList],
    ) -> None:
        self._loaded, self._people, self._table = loaded, people, table
        self._mails, self._shares, self._replication = mails, shares, replication
        self._lists = lists
        self._is_meant = chosen(people, [loaded.where], {})
        self._delivered = shares.delivered(replication)
        zero = {"times": 0, "due": 0, **dict.fromkeys(MEASURES, 0)}
        self.rows: dict[str, dict[str, object]] = {
            name: {"step": name, **zero} for name in loaded.plan.steps
        }
        self.months: list[dict[str, object]] = []
        first = (loaded.plan.start.date() - cells.EPOCH).days
        self._state = _State(
            people.is_out.copy(),
            people.seen.copy(),
            np.zeros(people.n, np.int64),
            self._life(np.arange(people.n), first),
        )
        self._stale_days = round(loaded.plan.audience.stale_after / 86_400e9)
        self._last = first + loaded.plan.days

    def _draw(self, rows: npt.NDArray[np.int64], purpose: str) -> npt.NDArray[np.float64]:
        """A number in [0, 1) for each customer."""
        key = f"{self._loaded.plan.seed}/{self._replication}/{purpose}"
        return scattered(self._people.customers.e164[rows], key)

    def _life(self, rows: npt.NDArray[np.int64], day: int) -> npt.NDArray[np.float64]:
        """Day on which each number goes dead, when it is good on this one: exponential."""
        decay = self._loaded.plan.decay
        if decay <= 0:
            return np.full(len(rows), np.inf)
        mean_days = -DAYS_OF_A_YEAR / np.log1p(-min(decay, 1 - 1e-12))
        spells: npt.NDArray[np.float64] = -np.log1p(-self._draw(rows, f"life from {day}"))
        ends: npt.NDArray[np.float64] = day + spells * mean_days
        return ends

    def happen(self, event: Event) -> None:
        """Let one event change the list."""
        if event.kind == REFRESH:
            self._refresh(event.day)
        elif event.kind == GATHER:
            self._gather(event)
        elif event.kind == SEND:
            self._send(event)
        else:
            self._look(event.day)

    def _left(self, day: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Who is stale, and who is given up."""
        state = self._state
        return state.seen < day - self._stale_days, state.fails >= self._loaded.plan.give_up_after

    def _refresh(self, day: int) -> None:
        refresh, state = self._loaded.plan.refresh, self._state
        assert refresh is not None
        stale, given_up = self._left(day)
        rows = np.flatnonzero(~state.is_out & (stale | given_up | (state.dies <= day)))
        rows = rows[self._draw(rows, f"refresh on {day}") < refresh.renews]
        state.seen[rows] = np.maximum(state.seen[rows], day)
        state.fails[rows] = 0
        state.dies[rows] = self._life(rows, day)

    def _look(self, day: int) -> None:
        stale, given_up = self._left(day)
        can = self._is_meant & ~self._state.is_out & ~stale & ~given_up
        good = can & (self._state.dies > day)
        when = cells.EPOCH + timedelta(days=day)
        self.months.append({"day": when, "can_be_written": int(can.sum()), "good": int(good.sum())})
        if day == self._last and self._replication == 0:
            self._lists.append(self._list(day))

    def _chosen(self, step: str) -> npt.NDArray[np.bool_]:
        """Whom the conditions of a step are true of; found again after new answers."""
        if step not in self._state.chosen:
            conditions: list[Condition | None] = [self._loaded.where, self._loaded.conditions[step]]
            self._state.chosen[step] = chosen(self._people, conditions, self._answers_for(step))
        return self._state.chosen[step]

    def _answers_for(self, step: str) -> dict[str, pa.Array]:
        """Columns of answers that a condition names; all missing before they are gathered."""
        condition = self._loaded.conditions[step]
        asked = [s.asks for s in self._loaded.plan.steps.values() if s.asks is not None]
        named = kinds_needed(condition) if condition is not None else {}
        nothing = pa.nulls(self._people.n, pa.large_string())
        return {a: self._state.gathered.get(a, nothing) for a in asked if a in named}

    def _send(self, event: Event) -> None:
        people, state, year = self._people, self._state, self._loaded.plan
        step, day = event.step, event.day
        rows = np.arange(people.n) if event.rows is None else event.rows
        mail, row = self._mails[step], self.rows[step]
        amounts, segments = mail.priced(people, self._table, cells.EPOCH + timedelta(days=day))
        stale, given_up = self._left(day)
        self._count(row, "times", 1)
        self._count(row, "due", len(rows))
        for measure, is_left_out in (
            ("not_selected", ~self._chosen(step)),
            ("opted_out", state.is_out),
            ("stale", stale),
            ("given_up", given_up),
            ("cannot_be_written", ~mail.good),
        ):
            is_in = ~is_left_out[rows]
            self._count(row, measure, len(rows) - int(is_in.sum()))
            rows = rows[is_in]
        key = f"{step} on {day}"
        works = state.dies[rows] > day
        arrives = self._draw(rows, f"{key} arrives") < self._delivered[mail.country[rows]]
        reached, arrived = rows, rows[works & arrives]
        state.fails[reached] += 1
        state.fails[arrived] = 0
        state.seen[arrived] = np.maximum(state.seen[arrived], day)
        share = self._shares.opt_outs(self._replication)
        leaving = arrived[self._draw(arrived, f"{key} leaves") < share]
        state.is_out[leaving] = True
        share = self._shares.answers(step, self._replication)
        answering = arrived[self._draw(arrived, f"{key} answers") < share]
        if year.steps[step].asks is not None:
            ends = np.cumsum(list(year.steps[step].replies.values()))
            u = self._draw(answering, f"{key} says")
            code = np.full(people.n, -1, np.int8)
            code[answering] = np.minimum(np.searchsorted(ends, u, "right"), len(ends) - 1)
            state.answers[step] = code
        for measure, number in (
            ("reached", len(reached)),
            ("segments", int(segments[reached].sum())),
            ("delivered", len(arrived)),
            ("answers", len(answering)),
            ("opt_outs", len(leaving)),
            ("cost_micros", int(amounts[reached].sum())),
        ):
            self._count(row, measure, number)

    @staticmethod
    def _count(row: dict[str, object], measure: str, number: int) -> None:
        before = row[measure]
        assert isinstance(before, int)
        row[measure] = before + number

    def _gather(self, event: Event) -> None:
        """Write answers back as attributes; the first year keeps the list as it is then."""
        step = self._loaded.plan.steps[event.step]
        code = self._state.answers.get(event.step)
        assert step.asks is not None
        if code is None:
            return
        words = pa.array([*step.replies, None], pa.large_string())
        index = pa.array(np.where(code < 0, len(words) - 1, code))
        self._state.gathered[step.asks] = words.take(index)
        self._state.chosen.clear()
        if self._replication == 0:
            self._lists.append(self._list(event.day))

    def _list(self, day: int) -> DatedList:
        """The list as it stands: opted out, last seen and answers are those of the day."""
        state, of = self._state, self._loaded.plan.audience
        columns = dict(self._people.customers.attributes)
        out = pa.array(np.where(state.is_out, "true", "false"), pa.large_string())
        columns[of.opted_out or "opted_out"] = out
        if of.seen is not None:
            known = np.where(state.seen > 0, state.seen, 0).astype("datetime64[D]").astype(str)
            columns[of.seen] = pa.array(known, pa.large_string(), mask=state.seen <= 0)
        return DatedList(cells.EPOCH + timedelta(days=day), columns | state.gathered)
