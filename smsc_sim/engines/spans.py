"""Time spans spread over the intervals of a time series, in whole nanoseconds."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.int64]


def spread(
    total: Array,
    rows: Array,
    start_ns: Array,
    end_ns: Array,
    interval_ns: int,
    horizon_ns: int,
    sign: int = 1,
) -> None:
    """Add the time that spans [start, end) spend in each interval to (rows, intervals) sums.

    What lies beyond `horizon_ns` is cut off.  All in whole ns, so the order does not matter.
    """
    intervals = total.shape[1]
    horizon = horizon_ns
    start_ns, end_ns = np.minimum(start_ns, horizon), np.minimum(end_ns, horizon)
    first = np.minimum(start_ns // interval_ns, intervals - 1)
    last = np.minimum(end_ns // interval_ns, intervals - 1)
    same = first == last
    np.add.at(total, (rows[same], first[same]), sign * (end_ns - start_ns)[same])
    rows, first, last = rows[~same], first[~same], last[~same]
    np.add.at(total, (rows, first), sign * ((first + 1) * interval_ns - start_ns[~same]))
    np.add.at(total, (rows, last), sign * (end_ns[~same] - last * interval_ns))
    for row, low, high in zip(rows, first + 1, last, strict=True):
        if high > low:
            total[row, low:high] += sign * interval_ns
