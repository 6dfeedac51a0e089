"""What the compiled engine refuses to compile: rules return a value and raise nothing."""

import types
from collections.abc import Callable

import pytest
from numba.core import config

from smsc_sim.engines import code_cache, jit

pytestmark = pytest.mark.skipif(
    bool(config.DISABLE_JIT),  # type: ignore[attr-defined]
    reason="nothing is compiled",
)


def one_of_five(n: int) -> int:
    """Look up in a tuple: an IndexError beyond its end."""
    return (3, 1, 4, 1, 5)[n]


def is_digit_of_pi(n: int) -> int:
    """Compare with numbers of a tuple, of which none is looked up."""
    return max(int(n in (3, 1, 4, 1, 5)), -n)


def entry(function: Callable[[int], int]) -> Callable[[int], int]:
    """Machine code of a function, as the engine makes it."""
    module = types.ModuleType(function.__module__)
    module.rule = function  # type: ignore[attr-defined]
    (machine,) = jit.compiled([module], **jit.INSIDE).values()
    return code_cache.callable_of(jit.object_code(call, {"rule": machine}, 1), 1)


def call(n: int) -> int:
    """Call the rule, as the entry of the engine does."""
    return rule(n)  # type: ignore[name-defined,no-any-return]  # noqa: F821


def test_rules_return_their_value():
    """What is compiled without status and exceptions gives what Python gives."""
    compiled = entry(is_digit_of_pi)
    assert [compiled(n) for n in (-7, 1, 2, 5)] == [is_digit_of_pi(n) for n in (-7, 1, 2, 5)]


def test_what_may_raise_is_refused():
    """A rule in which an exception could arise is not compiled: it would end the program."""
    with pytest.raises(NotImplementedError, match="a rule or kernel may raise an exception"):
        entry(one_of_five)
