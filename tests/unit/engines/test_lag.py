"""The lag of the scheduler, counted piece by piece and recounted from the whole log."""

import numpy as np
import pytest

from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.model import codes
from tests.networks import CODE, ID, PLACE, SECOND, TIME, VALUE, network, rows_of, simulate

BEHIND = """
duration: 40 s
smscs: {north: {rate: 10 msg/s, submit_rate: 1000 msg/s, %s}}
populations: {city: {size: 5000, errors: {subscriber_busy: 30 %%}}}
accounts: {bank: {rate: 1000 msg/s, window: 1000}}
traffic:
  news: {messages: 200 msg, rate: 100 msg/s}
  codes: {kind: otp, account: bank, to: city, rate: 1 msg/s, text: one}
"""


@pytest.mark.parametrize("keys", ["units: 1", "priorities: {otp: 1}", "retry_rate: 5 msg/s"])
def test_lag_is_recounted(keys: str) -> None:
    """Each attempt's lag runs from asking for its licence; pieces of the log do not matter."""
    compiled = network(BEHIND % keys)
    log, _ = simulate(compiled)
    net, names = compiled.network, compiled.names
    occupancy = Occupancy(net, 10 * SECOND)
    for piece in np.array_split(log, 17):
        occupancy.add(piece)
    lag = occupancy.lag
    licences = [
        row for row, name in enumerate(names.stations) if name in ("north", "north retries")
    ]
    asked: dict[int, int] = {}
    found = []
    for row in log:
        if row[CODE] == codes.LOG_VISIT and row[PLACE] in licences:
            is_late = net.station_line[row[PLACE]] >= 0
            asked[int(row[ID])] = row[TIME] - (row[VALUE] if is_late else 0)
        elif row[CODE] == codes.LOG_ATTEMPT and row[TIME] < net.duration_ns:
            found.append((row[TIME], row[TIME] - asked[int(row[ID])]))
    north = names.smscs.index("north")
    assert lag.attempts[north].sum() == len(found) > 200
    assert lag.lag_ns[north].sum() == sum(one for _, one in found)
    assert lag.longest_ns[north] == max(one for _, one in found)
    first = [one for time, one in found if time < 10 * SECOND]
    assert lag.lag_ns[north, 0] == sum(first)


def test_lag_grows_with_the_backlog() -> None:
    """200 messages for a licence of 10 a second: the last attempt is some 20 seconds behind."""
    compiled = network(BEHIND % "retry_rate: 100 msg/s", "traffic: {codes: null}")
    occupancy = Occupancy(compiled.network, 10 * SECOND)
    log, _ = simulate(compiled)
    occupancy.add(log)
    assert occupancy.lag.longest_ns[0] == pytest.approx(18 * SECOND, rel=0.05)
    assert len(rows_of(log, codes.LOG_ATTEMPT)) > 200
