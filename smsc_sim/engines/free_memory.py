"""Whether the machine has the memory that a run is about to ask for: to stop before it swaps."""

from pathlib import Path

KIBI, MEBI = 1 << 10, 1 << 20
MEMORY_OF_THE_MACHINE = Path("/proc/meminfo")


class NoMemory(ValueError):
    """More happens at once than the memory of this machine can hold."""


def free_octets() -> int | None:
    """Octets that can be had without swapping; None where the system does not tell."""
    if not MEMORY_OF_THE_MACHINE.is_file():
        return None
    for line in MEMORY_OF_THE_MACHINE.read_text().splitlines():
        name, _, amount = line.partition(":")
        if name == "MemAvailable":
            return int(amount.split()[0]) * KIBI
    return None


def demand(octets: int, number: int, what: str, now_ns: int) -> None:
    """Go on if there is so much memory.

    Parameters
    ----------
    octets : int
        That are needed besides what is in use.
    number, what : int and str
        For how many of what.
    now_ns : int
        Time in the simulation.

    Raises
    ------
    NoMemory
        If there is not.
    """
    free = free_octets()
    if free is not None and octets > free:
        raise NoMemory(
            f"memory: {number:,} {what} at once, {now_ns / 1e9:,.0f} s after the start, need "
            f"{octets / MEBI:,.0f} MiB (got {free / MEBI:,.0f} MiB free); "
            "take a smaller --scale, a shorter --window or fewer --workers"
        )
