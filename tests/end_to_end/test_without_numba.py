"""Without machine code everything works as it does with it: slowly, for debuggers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

SUITE = (
    "tests/unit/content/test_segmentation.py",
    "tests/unit/model/test_flags.py",
    "tests/unit/model/test_retries.py",
    "tests/unit/engines/test_paper_cases.py",
    "tests/end_to_end/test_golden.py",
)
REPOSITORY = Path(__file__).resolve().parents[2]
PLAIN = {**os.environ, "NUMBA_DISABLE_JIT": "1"}


def test_a_small_suite_passes() -> None:
    """Texts, rules, the paper cases and event logs on record: the very same numbers."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not absent"]
    outcome = subprocess.run(
        [*command, *SUITE], cwd=REPOSITORY, env=PLAIN, capture_output=True, text=True
    )
    assert outcome.returncode == 0, outcome.stdout[-3000:]
    passed = re.search(r"(\d+) passed", outcome.stdout)
    assert passed is not None and int(passed[1]) > 80


def test_a_run_takes_the_reference_engine(tiny: Path, tmp_path: Path) -> None:
    """`run` says why it takes the engine that needs no machine code, and has its results."""
    code = "from smsc_sim.cli import run_and_exit; run_and_exit()"
    short = ["--set", "duration=40 s", "--set", "failures=null", "--set", "targets=null"]
    outcome = subprocess.run(
        [sys.executable, "-c", code, "run", str(tiny), *short, "--replications", "1",
         "--out", "out", "--no-report"],
        cwd=tmp_path, env=PLAIN, capture_output=True, text=True,
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stderr
    assert "engine: reference (NUMBA_DISABLE_JIT is set)" in outcome.stderr
    assert (tmp_path / "out" / "summary.json").exists()
