"""Estimates: every measure with its interval, made from replications, saved and loaded.

The one `measures` table feeds the Parquet files, `summary.json`, the figures and the PDF, so they
cannot disagree.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from . import storage
from .measures import ENTITY_TYPES, RUN, unit_of
from .statistics import half_widths
from .targets import Verdict
from .verdicts import judge_all
from .words import clock


class ReplicationFrames(NamedTuple):
    """The three tidy tables of one replication.

    Attributes
    ----------
    measures : DataFrame
        entity_type, entity, measure, value.
    timeline : DataFrame
        time_s (start of the interval, from the start of the scenario), entity_type, entity,
        measure, value.
    latency : DataFrame
        class (`"*"` for all), within_s, share of the first submissions of the cohort that were
        whole on the handset within within_s.
    """

    measures: pd.DataFrame
    timeline: pd.DataFrame
    latency: pd.DataFrame


def _over_replications(
    frames: Sequence[pd.DataFrame], keys: list[str], value: str, estimate: str
) -> pd.DataFrame:
    """Mean, half-width and number of values for each key, in the order of first appearance."""
    if not frames:
        return pd.DataFrame(columns=[*keys, estimate, "half_width", "n"])
    whole = pd.concat(frames, ignore_index=True)
    if np.isinf(whole[value].to_numpy(dtype=np.float64)).any():
        worst = whole[np.isinf(whole[value].to_numpy(dtype=np.float64))].iloc[0]
        named = ", ".join(str(worst[key]) for key in keys)
        raise ValueError(f"a replication has an infinite value ({named}); leave it out as NaN")
    groups = whole.groupby(keys, sort=False, dropna=False)[value]
    table = groups.agg(["mean", "std", "count"]).reset_index()
    table["half_width"] = half_widths(table["std"], table["count"])
    table = table.rename(columns={"mean": estimate, "count": "n"})
    return table[[*keys, estimate, "half_width", "n"]]


def _checked(frame: pd.DataFrame, keys: list[str], replication: int, which: str) -> pd.DataFrame:
    missing = [name for name in keys if name not in frame.columns]
    if missing:
        raise ValueError(f"{which} of replication {replication} lacks the column '{missing[0]}'")
    frame = frame.copy()
    if "entity_type" in frame.columns:
        unknown = sorted(set(frame["entity_type"].astype(str)) - set(ENTITY_TYPES))
        if unknown:
            raise ValueError(
                f"{which} of replication {replication} has the entity type '{unknown[0]}'; "
                f"use one of {', '.join(ENTITY_TYPES)}"
            )
        frame.loc[frame["entity_type"] == "run", "entity"] = RUN
    twice = frame.duplicated(keys)
    if twice.any():
        named = ", ".join(str(item) for item in frame.loc[twice, keys].iloc[0])
        raise ValueError(f"{which} of replication {replication} has two rows for {named}")
    return frame


def _with_units(table: pd.DataFrame, currency: str) -> pd.DataFrame:
    units = {name: unit_of(name, currency) for name in table["measure"].unique()}
    return table.assign(unit=table["measure"].map(units))


_PRESENTERS: dict[str, Callable[..., Any]] = {}


def present_with(*, figures: Callable[..., Any], report: Callable[..., Any]) -> None:
    """Tell estimates how they are drawn; `smsc_sim.report` calls this when it is imported.

    Results must not import the report, which is above them, yet `run.figures` is where a user
    looks for it.

    Parameters
    ----------
    figures : callable
        Estimates -> object with a method for each figure.
    report : callable
        (Estimates, Path of a PDF) -> Path.
    """
    _PRESENTERS.update(figures=figures, report=report)


def _presenter(name: str) -> Callable[..., Any]:
    if name not in _PRESENTERS:
        raise RuntimeError(f"{name} needs the report layer; write `import smsc_sim.report` first")
    return _PRESENTERS[name]


@dataclass(frozen=True, eq=False, repr=False)
class Estimates:
    """What R replications say, with 95 % t-intervals.

    Attributes
    ----------
    measures : DataFrame
        entity_type, entity, measure, unit, estimate, half_width, n.
    timeline : DataFrame
        time_s, entity_type, entity, measure, unit, estimate, half_width, n.
    latency : DataFrame
        class, within_s, share, half_width, n.
    replications : DataFrame
        replication, entity_type, entity, measure, value: what paired comparisons need.
    targets : list of Verdict
    manifest : dict
        How the run was made.
    recorded : DataFrame, Path or None
        A row per message of every replication, of a scenario with `record: messages`: the table,
        or the file in which it stands.

    Notes
    -----
    `half_width` is NaN where fewer than two replications have a value.  `n` counts the
    replications with a value: one in which nothing was delivered has no cost per delivered.
    """

    measures: pd.DataFrame
    timeline: pd.DataFrame
    latency: pd.DataFrame
    replications: pd.DataFrame
    targets: list[Verdict]
    manifest: dict[str, Any]
    recorded: pd.DataFrame | Path | None = None

    @classmethod
    def from_replications(
        cls,
        frames: Sequence[tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]],
        manifest: Mapping[str, Any],
        targets: Iterable[Mapping[str, Any]] = (),
    ) -> Estimates:
        """Estimate every measure from the tables of independent replications.

        Parameters
        ----------
        frames : sequence of (measures, timeline, latency)
            As `ReplicationFrames`, in the order of the replication numbers.
        manifest : mapping
            name, start, zone, duration_s, interval_s, currency and whatever else is known.
        targets : iterable of mappings
            As `targets.judge` takes them.

        Returns
        -------
        Estimates

        Raises
        ------
        ValueError
            If there is no replication, a column is missing, a row occurs twice, a value is
            infinite or a measure is not in the registry.
        """
        if not frames:
            raise ValueError("estimates need at least one replication (got 0)")
        keys = ["entity_type", "entity", "measure"]
        single = [_checked(f[0], keys, k, "measures") for k, f in enumerate(frames)]
        series = [_checked(f[1], ["time_s", *keys], k, "timeline") for k, f in enumerate(frames)]
        curves = [_checked(f[2], ["class", "within_s"], k, "latency") for k, f in enumerate(frames)]
        currency = str(manifest["currency"])
        measures = _with_units(_over_replications(single, keys, "value", "estimate"), currency)
        order = measures["entity_type"].map(ENTITY_TYPES.index).argsort(kind="stable")
        measures = storage.as_tidy(measures.iloc[order], storage.TABLES["measures"])
        timeline = _over_replications(series, ["time_s", *keys], "value", "estimate")
        latency = _over_replications(curves, ["class", "within_s"], "share", "share")
        numbered = pd.concat(
            [frame.assign(replication=k) for k, frame in enumerate(single)], ignore_index=True
        )
        replications = storage.as_tidy(numbered, storage.TABLES["replications"])
        return cls(
            measures=measures,
            timeline=storage.as_tidy(_with_units(timeline, currency), storage.TABLES["timeline"]),
            latency=storage.as_tidy(latency, storage.TABLES["latency"]),
            replications=replications,
            targets=judge_all(targets, measures, curves, manifest.get("drain_s")),
            manifest=dict(manifest),
        )

    def save(self, directory: str | Path) -> list[Path]:
        """Write every file of the results, `manifest.json` last.

        Parameters
        ----------
        directory : path
            Made when absent; files of the same name are replaced one by one, each at once.

        Returns
        -------
        list of Path
            The files written.
        """
        where = Path(directory)
        content: dict[str, bytes] = {}
        for name, types in storage.FILES.items():
            rows = self.measures[self.measures["entity_type"].isin(types)]
            content[f"{name}.parquet"] = storage.parquet_bytes(rows, storage.TABLES["measures"])
        for name in ("timeline", "latency", "replications"):
            table: pd.DataFrame = getattr(self, name)
            content[f"{name}.parquet"] = storage.parquet_bytes(table, storage.TABLES[name])
        self._save_messages(where / storage.MESSAGES)
        verdicts = [asdict(verdict) for verdict in self.targets]
        content[storage.SUMMARY] = storage.json_bytes(storage.summary(self.measures, verdicts))
        content[storage.MANIFEST] = storage.json_bytes(self.manifest)
        for name, data in content.items():
            storage.write_bytes(where / name, data)
        return [where / name for name in content]

    def _save_messages(self, path: Path) -> None:
        if self.recorded is None:  # those of an earlier run would pass for ours
            path.unlink(missing_ok=True)
        elif isinstance(self.recorded, pd.DataFrame):
            storage.write_bytes(path, self.recorded.to_parquet(index=False))
        elif not (path.exists() and self.recorded.samefile(path)):
            with storage.whole_file(path) as part:
                shutil.copyfile(self.recorded, part)

    @cached_property
    def messages(self) -> pd.DataFrame | None:
        """A row per message, as `MessageFile` describes them; read when first asked for."""
        if isinstance(self.recorded, Path):
            return pd.read_parquet(self.recorded)
        return self.recorded

    @classmethod
    def load(cls, directory: str | Path) -> Estimates:
        """Read what `save` wrote.

        Raises
        ------
        ResultsError
            If a file is absent or cannot be read; the message names it.
        """
        where = Path(directory)
        manifest = storage.read_json(where / storage.MANIFEST)
        verdicts = storage.read_json(where / storage.SUMMARY)["targets"]
        parts = [
            storage.read_parquet(where / f"{name}.parquet", storage.TABLES["measures"])
            for name in storage.FILES
        ]
        tables = {
            name: storage.read_parquet(where / f"{name}.parquet", storage.TABLES[name])
            for name in ("timeline", "latency", "replications")
        }
        numbers = ("estimate", "lower", "upper", "goal")
        for verdict in verdicts:
            verdict.update({k: math.nan if verdict[k] is None else verdict[k] for k in numbers})
        kept = where / storage.MESSAGES
        return cls(
            recorded=kept if kept.exists() else None,
            measures=pd.concat([part for part in parts if len(part)], ignore_index=True),
            targets=[Verdict(**verdict) for verdict in verdicts],
            manifest=manifest,
            **tables,
        )

    def _wide(self, *entity_types: str) -> pd.DataFrame:
        rows = self.measures[self.measures["entity_type"].isin(entity_types)]
        wide = rows.pivot(index="entity", columns="measure", values="estimate")
        wide.index.name, wide.columns.name = entity_types[0], None
        return wide.reindex(index=rows["entity"].unique(), columns=rows["measure"].unique())

    @property
    def by_class(self) -> pd.DataFrame:
        """Estimates with a row for each class and a column for each measure.

        Half-widths stand in `measures`.
        """
        return self._wide("class")

    @property
    def by_country(self) -> pd.DataFrame:
        """Estimates with a row for each country and a column for each measure."""
        return self._wide("country")

    @property
    def elements(self) -> pd.DataFrame:
        """Estimates with a row for each element and part of an SMSC."""
        return self._wide("element", "smsc")

    @property
    def run(self) -> pd.Series:
        """Estimates of the whole run, by measure."""
        rows = self.measures[self.measures["entity_type"] == "run"]
        return pd.Series(rows["estimate"].to_numpy(), index=rows["measure"].to_numpy(), name=RUN)

    def timeline_of(self, entity: str, measure: str) -> pd.DataFrame:
        """Time series of one measure of one entity.

        Parameters
        ----------
        entity, measure : str
            Entity is a class, an element, an SMSC, or `"*"` for the run.

        Returns
        -------
        DataFrame
            time_s, clock (local time, aware), estimate, half_width, n.

        Raises
        ------
        KeyError
            If the run has no such series.
        """
        rows = self.timeline[
            (self.timeline["entity"] == entity) & (self.timeline["measure"] == measure)
        ]
        if rows.empty:
            raise KeyError(f"no time series '{measure}' of '{entity}'")
        rows = rows.sort_values("time_s", kind="stable").reset_index(drop=True)
        times = [clock(self.manifest, seconds) for seconds in rows["time_s"]]
        rows.insert(1, "clock", pd.Series(times))
        return rows[["time_s", "clock", "estimate", "half_width", "n"]]

    @property
    def figures(self) -> Any:
        """The figures of the report, e.g. `run.figures.latency()` gives a matplotlib Figure.

        Raises
        ------
        RuntimeError
            If `smsc_sim.report` was not imported.
        """
        return _presenter("figures")(self)

    def report(self, path: str | Path) -> Path:
        """Write the PDF report.

        Parameters
        ----------
        path : path
            Of the PDF; its directory is made when absent.

        Returns
        -------
        Path

        Raises
        ------
        RuntimeError
            If `smsc_sim.report` was not imported.
        """
        written: Path = _presenter("report")(self, Path(path))
        return written

    def __repr__(self) -> str:
        return (
            f"<Estimates of {self.manifest.get('name', 'a run')}: "
            f"{self.replications['replication'].nunique()} replications, "
            f"{len(self.measures)} measures, {len(self.targets)} targets>"
        )

    def _repr_html_(self) -> str:
        from .html import page

        return page(self)
