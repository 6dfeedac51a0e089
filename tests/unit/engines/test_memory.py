"""What the compiled engine keeps of a job, and what it does when that does not fit."""

import pytest

from smsc_sim.engines import free_memory, layout
from smsc_sim.engines.compiled import CompiledEngine
from smsc_sim.engines.free_memory import MEBI, NoMemory, demand
from smsc_sim.engines.layout import RECORD
from smsc_sim.engines.memory import CACHE_LINE, ROW, ROW_OCTETS, Block, laid_out, stride_of
from smsc_sim.model import codes
from smsc_sim.model.network import Int8, Int32, Network
from tests.networks import network


def test_numbers_of_a_row_do_not_overlap():
    """Each number of a job has octets of its own, on its boundary, four cache lines in all."""
    taken: set[int] = set()
    for offset, octets in ROW.values():
        own = set(range(offset, offset + octets))
        assert not own & taken
        assert offset % octets == 0
        taken |= own
    assert max(taken) < ROW_OCTETS <= 256


def test_a_message_takes_one_cache_line():
    """The record of a message is 64 octets long."""
    assert stride_of(laid_out(RECORD)) == CACHE_LINE == 64


def test_columns_of_a_set_stand_row_by_row():
    """Columns that are packed share memory, one row after the other, and keep their values."""
    net = network().network
    block = Block(Network, net._asdict(), layout.OF_NETWORK)
    apart = stride_of(laid_out(layout.STATION))
    assert apart == 32
    first = block["station_element"].ctypes.data
    for name in layout.STATION:
        assert block[name].tolist() == list(getattr(net, name))
        assert block[name].strides == (apart,)
        assert abs(block[name].ctypes.data - first) < apart


@pytest.mark.parametrize(
    ("name", "value"), [("station_servers", [1 << 31]), ("set_octet_ns", [0.1])]
)
def test_what_does_not_fit_its_octets_is_refused(name, value):
    """No number is cut off on its way into a narrow column; fractions stay what they are."""
    net = network().network
    values = net._asdict() | {name: value * len(getattr(net, name))}
    if isinstance(value[0], int):
        with pytest.raises(OverflowError):
            Block(Network, values, layout.OF_NETWORK)
    else:
        assert set(Block(Network, values, layout.OF_NETWORK)[name]) == {0.1}


def test_numbers_touched_first_come_first_then_the_wide_ones():
    """The layout keeps the given order, then sorts by width."""
    kinds = {"small": Int8, "wide": int, "hot": Int8, "middle": Int32}
    assert laid_out(kinds, ["hot"]) == {
        "hot": (0, 1),
        "wide": (8, 8),
        "middle": (16, 4),
        "small": (20, 1),
    }


def test_codes_fit_their_octets():
    """No code of the model is too large for the 8 bits in which a job keeps some of them."""
    small = [n for name, n in vars(codes).items() if name.isupper() and isinstance(n, int)]
    stages_and_kinds = [n for n in small if 0 <= n < 1000 and n != codes.LOG_WORDS]
    assert max(stages_and_kinds) < 128


def test_a_run_that_does_not_fit_stops_with_a_sum(monkeypatch):
    """When memory runs out, one line says how much is needed for what, and what to do."""
    monkeypatch.setattr(free_memory, "free_octets", lambda: 3 * MEBI)
    demand(2 * MEBI, 10, "jobs", 0)
    with pytest.raises(NoMemory) as error:
        demand(2048 * MEBI, 1 << 23, "jobs", 61_000_000_000)
    assert str(error.value) == (
        "memory: 8,388,608 jobs at once, 61 s after the start, need 2,048 MiB (got 3 MiB free); "
        "take a smaller --scale, a shorter --window or fewer --workers"
    )


def test_the_engine_asks_before_it_grows(monkeypatch):
    """A run with room for few jobs stops cleanly where there is no memory for more of them."""
    monkeypatch.setattr(free_memory, "free_octets", lambda: 1000)
    engine = CompiledEngine(network().network, lambda _: None, rows=8, records=8)
    with pytest.raises(NoMemory, match="at once"):
        engine.run()
    assert engine.messages > 0


def test_without_such_news_every_run_may_try(monkeypatch, tmp_path):
    """Where the system does not tell how much memory is free, nothing is refused."""
    monkeypatch.setattr(free_memory, "MEMORY_OF_THE_MACHINE", tmp_path / "none")
    demand(1 << 60, 1, "jobs", 0)
