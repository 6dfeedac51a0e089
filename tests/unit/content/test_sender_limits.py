"""The shipped tiers of sender limits: figures of the sources, and what becomes of the rest."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from smsc_sim.content.errors import ContentError
from smsc_sim.content.sender_limits import sender_limits, shipped_tiers


@pytest.mark.parametrize(
    ("tier", "per_minute", "per_day"),
    [
        ("us-10dlc-standard-75", 4500, 200_000),
        ("us-10dlc-standard-40", 2400, 40_000),
        ("us-10dlc-standard-4", 240, 10_000),
        ("us-10dlc-marketing-75", 4500, 200_000),
        ("us-10dlc-marketing-40", 2400, 40_000),
        ("us-10dlc-marketing-4", 240, 10_000),
        ("us-10dlc-low-volume", 75, 2_000),
        ("us-10dlc-unvetted", 12, 2_000),
    ],
)
def test_tiers_are_those_of_the_sources(tier, per_minute, per_day):
    """AT&T limits parts in a minute, T-Mobile messages in a day that ends at midnight Pacific."""
    att, t_mobile = sender_limits(tier)
    assert (att.operator, att.per_minute, att.per_day) == ("AT&T", per_minute, None)
    assert (t_mobile.operator, t_mobile.per_minute, t_mobile.per_day) == ("T-Mobile", None, per_day)
    assert ZoneInfo(t_mobile.zone) == ZoneInfo("America/Los_Angeles")
    assert t_mobile.beyond_day == "fail"


def test_the_rate_in_a_name_is_what_att_takes_in_a_second():
    """A tier called -75 stands for 75 parts a second."""
    for tier in shipped_tiers():
        number = tier.rpartition("-")[2]
        if number.isdigit():
            assert sender_limits(tier)[0].per_minute == 60 * int(number)


def test_every_row_says_where_and_when_it_was_read():
    """Each row has a source and a day, and an operator stands once in a tier."""
    for tier in shipped_tiers():
        limits = sender_limits(tier)
        assert all(limit.source and limit.read_on >= date(2026, 1, 1) for limit in limits)
        assert len({(limit.country, limit.operator) for limit in limits}) == len(limits)


def test_unknown_tier():
    """A tier that is not there names the nearest one."""
    with pytest.raises(ContentError) as error:
        sender_limits("us-10dlc-standard-57")
    assert str(error.value) == (
        "limits: no tier is called 'us-10dlc-standard-57'; did you mean 'us-10dlc-standard-75'?"
    )
