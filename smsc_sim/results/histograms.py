"""Quantiles of the histograms that a tally keeps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from smsc_sim.engines.tally import middle_ns


def quantile_s(histogram: npt.NDArray[np.int64], quantile: int) -> float:
    """Quantile of the durations of a histogram in s, within 0.4 %; NaN if there is none."""
    total = int(histogram.sum())
    if total == 0:
        return float("nan")
    rank = -(-total * quantile // 100)  # smallest number that is enough
    row = int(np.searchsorted(np.cumsum(histogram), rank, "left"))
    return float(middle_ns(row)) / 1e9
