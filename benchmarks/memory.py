"""Peak of memory of a run ten times as long: nothing grows but the table of messages, on disk.

    python -m benchmarks.memory [--days 1 10] [--scale 0.01] [--record 0 1]

A hundredth of the national day is some 10^6 messages a day; `--scale 1 --days 1 --record 0` is all
of it.  Each row is a process of its own; the time series have 288 intervals however long the run
is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.engine import SCENARIOS
from smsc_sim.engines import compiled, sums
from smsc_sim.experiment.engines import EngineName
from smsc_sim.experiment.replication import Task, peak_memory_bytes, simulate
from smsc_sim.scenario.compile import compile_scenario
from smsc_sim.scenario.loader import load

MIB = 1 << 20
INTERVALS = 288


def measured(days: int, scale: float, *, record: bool) -> str:
    """Row of the table: one run in this process."""
    overrides = [f"duration={24 * days} h", f"interval={24 * 60 * days // INTERVALS} min"]
    loaded = load(SCENARIOS / "national_day.yaml", scale=scale, overrides=overrides)
    network, names = compile_scenario(loaded)
    compiled.kernel()
    sums.kernel()
    before = peak_memory_bytes()
    interval_ns = 24 * 3600 * 10**9 * days // INTERVALS
    task = Task(network, names, interval_ns, (), record, 0, EngineName.COMPILED)
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        file = Path(folder) / "messages.parquet"
        _, effort = simulate(task, file)
        seconds = time.process_time() - began
        size = file.stat().st_size if record else 0
    visits = effort.station_visits
    return (
        f"| {'messages' if record else 'sums alone'} | {days} | {effort.messages:,} | {visits:,} "
        f"| {peak_memory_bytes() / MIB:.0f} | {(peak_memory_bytes() - before) / MIB:.0f} "
        f"| {size / MIB:.0f} | {seconds:.0f} | {seconds / visits * 1e9:.0f} |"
    )


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--record", type=int, nargs="+", default=[0, 1])
    given = parser.parse_args()
    compiled.kernel()
    sums.kernel()
    sys.stdout.write("| kept | days | messages | visits | peak MiB | of it in the run MiB ")
    sys.stdout.write("| file MiB | processor s | ns/visit |\n" + "|---" * 9 + "|\n")
    for record in given.record:
        for days in given.days:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                row = pool.submit(measured, days, given.scale, record=bool(record)).result()
            sys.stdout.write(row + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
