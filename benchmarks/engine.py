"""The compiled engine beside the reference engine, a C++ heap loop and SimPy by hand.

    python -m benchmarks.engine [--rounds 3] [--replications 96]

Visits are completed services at named stations, as the log counts them.  The bare engine writes its
log and drops it; the whole one feeds the tallies that a run keeps.  The C++ loop is what many write
first: a binary heap of (time, message), six exponential holds each.  Medians of
seconds of processor time.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import simpy

from smsc_sim.engines import sums
from smsc_sim.engines.compiled import CompiledEngine, kernel
from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.engines.reference import Engine
from smsc_sim.engines.tally import MessageTally
from smsc_sim.model.codes import LOG_VISIT
from smsc_sim.model.network import Network
from smsc_sim.scenario.compile import Compiled, compile_scenario
from smsc_sim.scenario.loader import load

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "quickstart": ("quickstart.yaml", {}),
    "national_day, 1 % for 10 min": (
        "national_day.yaml",
        {"scale": 0.01, "window": "19:55-20:05", "overrides": ["warm_up=1 min"]},
    ),
    "national_day, 5 % for 1 min": (
        "national_day.yaml",
        {"scale": 0.05, "window": "20:00-20:01", "overrides": ["warm_up=10 s"]},
    ),
}
CPP = r"""
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <queue>
#include <random>
struct Event { double at; uint32_t message; uint8_t hop;
  bool operator<(const Event& o) const { return at > o.at; } };
int main() {
  std::mt19937_64 bits(1); std::exponential_distribution<double> hold(1.0), gap(1000.0);
  std::priority_queue<Event> heap; uint64_t events = 0; const uint32_t messages = 1000000;
  std::clock_t began = std::clock();
  heap.push({gap(bits), 0, 0});
  while (!heap.empty()) {
    Event e = heap.top(); heap.pop(); ++events;
    if (e.hop == 0 && e.message + 1 < messages) heap.push({e.at + gap(bits), e.message + 1, 0});
    if (e.hop < 6) heap.push({e.at + hold(bits), e.message, uint8_t(e.hop + 1)});
  }
  double took = double(std::clock() - began) / CLOCKS_PER_SEC;
  std::printf("%f\n", events / took);
}
"""


def dropped(_: np.ndarray) -> None:
    """A sink that keeps nothing."""


def bare(compiled: Compiled) -> tuple[int, int, float]:
    """Messages, visits and seconds of the compiled engine alone."""
    return timed(CompiledEngine, compiled.network, dropped)


def whole(compiled: Compiled) -> tuple[int, int, float]:
    """The same with the tallies of a run."""
    minute = 60_000_000_000
    tally = MessageTally(compiled.network, compiled.names, minute, [], by_machine=True)
    occupancy = Occupancy(compiled.network, minute, by_machine=True)

    return timed(CompiledEngine, compiled.network, partial(occupancy.add_both, tally))


def timed(
    engine: Any, network: Network, sink: Callable[[np.ndarray], None]
) -> tuple[int, int, float]:
    """Run an engine."""
    run = engine(network, sink)
    began = time.process_time()
    run.run()
    return run.messages, run.visits, time.process_time() - began


def lasting(
    measure: Callable[[Compiled], tuple[int, int, float]], compiled: Compiled
) -> tuple[int, int, float]:
    """The same, again and again for a second, on average: a short run is mostly its beginning."""
    runs = [measure(compiled)]
    while sum(seconds for *_, seconds in runs) < 1:
        runs.append(measure(compiled))
    messages, visits, _ = runs[0]
    return messages, visits, statistics.mean(seconds for *_, seconds in runs)


@cache
def heap_program() -> tuple[Path, tempfile.TemporaryDirectory[str]] | None:
    """The C++ loop, compiled, and the folder that holds it while somebody does; or no compiler."""
    if shutil.which("g++") is None:
        return None
    folder = tempfile.TemporaryDirectory()
    source, program = Path(folder.name) / "heap.cpp", Path(folder.name) / "heap"
    source.write_text(CPP)
    subprocess.run(["g++", "-O3", "-march=native", "-o", program, source], check=True)
    return program, folder


def heap_loop() -> float:
    """Events per second of the C++ loop; 0 without a compiler."""
    found = heap_program()
    if found is None:
        return 0.0
    return float(subprocess.run([found[0]], check=True, capture_output=True, text=True).stdout)


def workers_against_one(workers: int, turns: int) -> str:
    """How many times as fast workers take their turns as one does, and what this machine allows.

    Wall time of whole commands.  Workers share memory and its cache even where each has a processor
    of its own; as many runs that know nothing of each other, all at once, do no better than that.
    """
    with tempfile.TemporaryDirectory() as folder:
        alone_s = seconds_of([replications(turns, Path(folder) / "alone", 1)])
        shared_s = seconds_of([replications(turns, Path(folder) / "shared", workers)])
        apart = [replications(turns, Path(folder) / str(n), 1) for n in range(workers)]
        at_once_s = seconds_of(apart)
    return (
        f"{workers} workers against 1 on {turns} replications, a run of {alone_s:.0f} s: "
        f"{alone_s / shared_s:.2f} times as fast; {workers} separate runs at once: "
        f"{workers * alone_s / at_once_s:.2f}"
    )


def replications(turns: int, folder: Path, workers: int) -> list[str]:
    """Arguments of a run of so many replications, each some eight tenths of a second long."""
    return ["run", str(SCENARIOS / "national_day.yaml"), "--scale", "0.01",
            "--window", "19:00-20:00", "--replications", str(turns), "--no-report",
            "--workers", str(workers), "--out", str(folder)]  # fmt: skip


def seconds_of(runs: list[list[str]]) -> float:
    """Wall time of commands that are started together."""
    program = "from smsc_sim.cli import run_and_exit; run_and_exit()"
    began = time.perf_counter()
    processes = [
        subprocess.Popen([sys.executable, "-c", program, *run], stderr=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL)
        for run in runs
    ]  # fmt: skip
    for process in processes:
        process.wait()
    return time.perf_counter() - began


def visits_by_message(network: Network) -> list[tuple[int, list[tuple[int, int, int]]]]:
    """What each message, call and location update asks of stations, from the log of a run.

    Returns
    -------
    list of (submitted ns, visits)
        Sorted by time; a visit is (station, ns before it since the last one ended, service ns).
    """
    pieces: list[np.ndarray] = []
    CompiledEngine(network, lambda piece: pieces.append(piece.copy())).run()
    log = np.concatenate(pieces)
    rows = log[log[:, 1] == LOG_VISIT]
    has_line = np.array(network.station_line)[rows[:, 3]] >= 0
    arrived = rows[:, 0] - np.where(has_line, rows[:, 4], 0)  # else the log tells arrivals
    found: dict[int, list[tuple[int, int, int, int]]] = {}
    for at, row in zip(arrived.tolist(), rows.tolist(), strict=True):
        found.setdefault(row[2] >> 18, []).append((at, row[3], row[4], row[5]))
    lives = []
    for visits in found.values():
        visits.sort()
        last = begins = visits[0][0]
        steps = []
        for at, station, wait_ns, service_ns in visits:
            steps.append((station, max(0, at - last), service_ns))
            last = at + wait_ns + service_ns
        lives.append((begins, steps))
    return sorted(lives)


def simpy_by_hand(
    network: Network, lives: list[tuple[int, list[tuple[int, int, int]]]]
) -> tuple[int, int, float]:
    """Messages, visits and seconds of a SimPy process per message that makes the given visits.

    It draws nothing, decides nothing and logs nothing: request, hold, release.
    """
    env = simpy.Environment()
    stations = [simpy.Resource(env, capacity=servers) for servers in network.station_servers]

    def life(steps: list[tuple[int, int, int]]) -> Generator[Any, Any, None]:
        for station, before_ns, service_ns in steps:
            if before_ns:
                yield env.timeout(before_ns)
            with stations[station].request() as turn:
                yield turn
                yield env.timeout(service_ns)

    def source() -> Generator[Any, Any, None]:
        last = 0
        for begins, steps in lives:
            yield env.timeout(begins - last)
            env.process(life(steps))
            last = begins

    env.process(source())
    began = time.process_time()
    env.run()
    return len(lives), sum(len(steps) for _, steps in lives), time.process_time() - began


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--replications", type=int, default=32)
    given = parser.parse_args()
    rounds = given.rounds
    began = time.perf_counter()
    kernel()
    sums.kernel()
    sys.stdout.write(f"kernels ready after {time.perf_counter() - began:.1f} s\n\n")
    sys.stdout.write("| run | messages | visits | messages/s | visits/s | ns/visit | of C++ |\n")
    sys.stdout.write("|---|---|---|---|---|---|---|\n")
    heap = []
    for name, (file, changes) in CASES.items():
        compiled = compile_scenario(load(SCENARIOS / file, **changes))
        for label, measure in (("bare", bare), ("with tallies", whole)):
            runs, beside = [], []
            for _ in range(rounds):
                runs.append(lasting(measure, compiled))
                beside.append(heap_loop())
            row(f"{name}: {label}", runs, beside)
            heap += beside
    file, changes = CASES["national_day, 1 % for 10 min"]
    compiled = compile_scenario(load(SCENARIOS / file, **{**changes, "scale": 0.0005}))
    network = compiled.network
    lives = visits_by_message(network)
    gc.freeze()  # else the collector looks through all of them again and again
    timed(Engine, network, dropped)  # reads the code of the draws from disk
    row("national_day, 0.05 % for 10 min: reference, bare",
        [timed(Engine, network, dropped) for _ in range(rounds)])  # fmt: skip
    row("SimPy by hand, a process per message, the same visits",
        [simpy_by_hand(network, lives) for _ in range(rounds)])  # fmt: skip
    sys.stdout.write(f"\nC++ binary heap, 6 hops: {statistics.median(heap):,.0f} events/s\n")
    sys.stdout.write(f"{workers_against_one(2, given.replications)}\n")
    return 0


def row(name: str, runs: list[tuple[int, int, float]], beside: Sequence[float] = ()) -> None:
    """Print a row of the table; the last number is the median ratio to the loop run just after."""
    messages, visits, _ = runs[0]
    seconds = statistics.median(run[2] for run in runs)
    rates = f"{messages / seconds:,.0f} | {visits / seconds:,.0f} | {seconds / visits * 1e9:,.0f}"
    ratios = [run[1] / run[2] / rate for run, rate in zip(runs, beside, strict=False) if rate > 0]
    ratio = f"{statistics.median(ratios):.2f}" if ratios else ""
    sys.stdout.write(f"| {name} | {messages:,} | {visits:,} | {rates} | {ratio} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
