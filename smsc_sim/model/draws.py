"""Random numbers as functions of what they are for, never the next value of a stream.

These are the only rules that are compiled for every engine, so that both draw the same bits
and round the same logarithms.  `fastmath` is off.  This file imports no other kernel, so
numba's own cache on disk cannot miss an edit.

numba takes half a second to start, so it is imported with the first draw that Python makes: in
the reference engine.  The compiled engine has the draws in its own machine code.
"""

import math
import os
from collections.abc import Callable
from functools import cache, wraps
from types import FunctionType
from typing import Any, TypeVar

import numpy as np

from smsc_sim.model.codes import FOR_SPELL, NEVER

Draw = TypeVar("Draw", bound=Callable[..., Any])

_written: list[Any] = []  # the functions below as they stand here


def _compile(function: Draw) -> Draw:
    """Let a function run as machine code from its first call on."""
    _written.append(function)
    code: Any = None

    @wraps(function)
    def draw(*arguments: int) -> Any:
        nonlocal code
        if code is None:
            code = by_numba(draw)
        return code(*arguments)

    draw.py_func = function  # type: ignore[attr-defined]  # as numba calls it
    return draw  # type: ignore[return-value]


@cache
def _compiled() -> dict[str, Any]:
    """All draws as machine code, made by numba or read from its cache."""
    if numba_is_off():  # for debuggers
        return _in_python()
    import numba

    return _together(numba.njit(cache=True, error_model="numpy"), numba.uint64)


@cache
def _in_python() -> dict[str, Any]:
    """All draws in Python: the same numbers, slowly."""
    return _together(_wrapping, uint64)


def _together(prepare: Callable[[Any], Any], uint64: Any) -> dict[str, Any]:
    """All draws, each prepared so that it calls the others that are."""
    scope = {**globals(), "uint64": uint64}
    for function in _written:
        copy = FunctionType(function.__code__, scope, function.__name__)
        scope[function.__name__] = prepare(copy)
    return scope


def _wrapping(function: Any) -> Any:
    """Let a function wrap around as machine code does, and return numbers of Python."""

    @wraps(function)
    def plain(*arguments: int) -> Any:
        with np.errstate(over="ignore"):
            found = function(*arguments)
        inside = function.__name__.startswith("_")
        return found.item() if isinstance(found, np.generic) and not inside else found

    return plain


def by_numba(draw: Draw) -> Draw:
    """The same draw without a check on each call, for functions that numba compiles."""
    return _compiled()[draw.__name__]  # type: ignore[no-any-return]


def in_python(draw: Draw) -> Draw:
    """The same draw without machine code, for who makes but a few."""
    return _in_python()[draw.__name__]  # type: ignore[no-any-return]


def numba_is_off() -> bool:
    """Whether numba is told to compile nothing."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")


def uint64(number: Any) -> Any:
    """Return the low 64 bits of a whole number, as numba's type of that name does."""
    return np.uint64(int(number) & 0xFFFFFFFFFFFFFFFF)


@_compile
def _mix(z: Any) -> Any:
    z = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB)
    return z ^ (z >> uint64(31))


@_compile
def key_of(seed: int, digest: int, number: int) -> int:
    """Key of all draws of one thing: (int64 seed, int64 digest of its name, its number).

    The finaliser is that of SplitMix64 (Steele, Lea and Flood 2014), mixed once per part, so
    that each later draw costs a single round more.
    """
    golden = uint64(0x9E3779B97F4A7C15)
    z = _mix(uint64(seed) + golden)
    z = _mix(z ^ uint64(digest))
    return np.int64(_mix(z + uint64(number) * golden + golden))  # type: ignore[return-value]


@_compile
def bits(key: int, occasion: int, purpose: int) -> int:
    """Return 63 random bits of a key on an occasion (int64) for a purpose (0-255)."""
    golden = uint64(0x9E3779B97F4A7C15)
    z = uint64(key) + (uint64(occasion) * uint64(256) + uint64(purpose + 1)) * golden
    return np.int64(_mix(z) >> uint64(1))  # type: ignore[return-value]


@_compile
def uniform(key: int, occasion: int, purpose: int) -> float:
    """Return a number strictly between 0 and 1, a multiple of 2^-54."""
    return (np.float64(bits(key, occasion, purpose) >> 10) + 0.5) * (1.0 / 9007199254740992.0)


@_compile
def below(key: int, occasion: int, purpose: int, n: int) -> int:
    """Return a whole number in [0, n), n at most 2^31; uneven by less than n / 2^32."""
    return ((bits(key, occasion, purpose) >> 31) * n) >> 32


@_compile
def exponential_ns(key: int, occasion: int, purpose: int, mean_ns: int) -> int:
    """Return an exponential time in ns by inversion, rounded up: at least 1 ns."""
    u = uniform(key, occasion, purpose)
    return np.int64(-mean_ns * math.log(u)) + 1  # type: ignore[return-value]


@_compile
def share_before(mass: int) -> int:
    """Return 1 - exp(-mass / 10^12) as 53 bits, rounded up: at most 2^53 - 1."""
    rest = np.int64(math.exp(-mass / 1e12) * 9007199254740992.0)
    return np.int64(9007199254740991) - min(rest, np.int64(9007199254740991))  # type: ignore[return-value]


@_compile
def reachable(key: int, mean_on_ns: int, mean_off_ns: int, now_ns: int) -> tuple[bool, int, int]:
    """Whether a phone is reachable at `now_ns`, until when, and the number of that spell.

    Spells are exponential and begin in the stationary state at time 0; they are walked, not
    stored, so whoever asks and whenever gets the same answer.  The cost grows with the
    number of spells up to `now_ns`.

    Returns
    -------
    is_reachable : bool
    until_ns : int64
        End of the spell, later than `now_ns`; NEVER for a phone that is always reachable.
    spell : int64
        Number of the spell, from 0.
    """
    if mean_off_ns <= 0:
        return True, NEVER, 0
    share = mean_on_ns / (mean_on_ns + mean_off_ns)
    is_on = uniform(key, -1, FOR_SPELL) < share
    end_ns = 0
    spell = 0
    while True:
        mean_ns = mean_on_ns if is_on else mean_off_ns
        end_ns += exponential_ns(key, spell, FOR_SPELL, mean_ns)
        if end_ns > now_ns:
            return is_on, end_ns, spell
        is_on = not is_on
        spell += 1
