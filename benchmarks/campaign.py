"""Seconds and memory to plan a campaign to a made-up list of customers.

usage: python -m benchmarks.campaign [CUSTOMERS] [ROUNDS]
"""

from __future__ import annotations

import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa

from smsc_sim.planning.campaign import plan_campaign
from smsc_sim.scenario.plans import load_plan

EXAMPLE = Path(__file__).parents[1] / "scenarios" / "campaign"


def main(customers: int, rounds: int) -> None:
    """Print seconds for the example's texts to everybody in the list."""
    pa.set_cpu_count(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = [sys.executable, EXAMPLE / "make_customers.py", folder / "customers.csv"]
        subprocess.run([*script, str(customers), "1"], check=True)
        text = (EXAMPLE / "spring_sale.yaml").read_text(encoding="utf-8")
        text = text.replace("has_children and last_purchase >= 2025-05-01", "points >= 0")
        (folder / "plan.yaml").write_text(text.replace("0.02 msg/s", "500 msg/s"), encoding="utf-8")
        loaded = load_plan(folder / "plan.yaml")
        plan_campaign(loaded)
        seconds = []
        for _ in range(rounds):
            begun = time.process_time()
            found = plan_campaign(loaded, rejects=folder / "rejects.csv")
            seconds.append(time.process_time() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{customers:,} customers, {found.counts.reached:,} reached; {platform.machine()}, Python "
        f"{platform.python_version()}: {statistics.median(seconds):.1f} s, median of {rounds}, "
        f"peak of memory {peak:,.0f} MiB"
    )


if __name__ == "__main__":
    asked = [int(float(value)) for value in sys.argv[1:]]
    main(*asked, *(1_000_000, 5)[len(asked) :])
