"""Where a duration is counted: in a histogram, and by the first limit that it keeps."""

SUB_BINS = 128  # of a histogram, per octave: at most 0.8 % wide
HISTOGRAM_BINS = 57 * SUB_BINS  # all that fits into 63 bits


def bin_of(duration_ns: int) -> int:
    """Row of a histogram: 128 to an octave, equally wide; each ns apart below 256."""
    shift = 0
    while duration_ns >> shift >= 2 * SUB_BINS:
        shift += 1
    return SUB_BINS * shift + (duration_ns >> shift)


def first_limit(limits: list[int], duration_ns: int) -> int:
    """Number of the first of ascending limits that is not below a duration; else their count."""
    low, high = 0, len(limits)
    while low < high:
        middle = (low + high) // 2
        if limits[middle] < duration_ns:
            low = middle + 1
        else:
            high = middle
    return low
