"""How long a campaign takes to send."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from smsc_sim.content.errors import ContentError
from smsc_sim.content.sending import sending
from smsc_sim.content.zones import QuietHours, is_awake, next_change, zones_of

NIGHT = QuietHours(21 * 3600, 8 * 3600)


def at(text: str, zone: str = "Europe/Helsinki") -> datetime:
    """Local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def test_without_quiet_hours_it_takes_segments_over_rate() -> None:
    """One span, of all countries together."""
    (span,) = sending({"FI": 30, "US": 70, "SE": 0}, 0.5, at("2026-05-04T23:00"), None)
    assert span.begin == at("2026-05-04T23:00")
    assert span.end - span.begin == timedelta(seconds=200)
    assert sending({}, 1.0, at("2026-05-04T23:00"), NIGHT) == []


def test_the_night_interrupts() -> None:
    """What does not fit before nine in the evening goes out from eight in the morning."""
    spans = sending({"FI": 7200}, 1.0, at("2026-05-04T20:00"), NIGHT)
    assert [(span.begin, span.end) for span in spans] == [
        (at("2026-05-04T20:00"), at("2026-05-04T21:00")),
        (at("2026-05-05T08:00"), at("2026-05-05T09:00")),
    ]


def test_who_falls_asleep_first_is_written_to_first() -> None:
    """Finland is an hour ahead of Sweden: both are done before their nights."""
    spans = sending({"SE": 3600, "FI": 3600}, 1.0, at("2026-05-04T20:00"), NIGHT)
    assert spans[-1].end == at("2026-05-04T22:00")
    assert sum(span.segments for span in spans) == pytest.approx(7200)


def test_a_country_sleeps_when_any_of_its_zones_does() -> None:
    """Hawaii must be awake before anybody in the United States is written to."""
    assert "Pacific/Honolulu" in zones_of("US")
    (span,) = sending({"US": 10}, 1.0, at("2026-05-04T09:00", "America/New_York"), NIGHT)
    # Adak, the last to wake but Honolulu, has summer time; Honolulu wakes at 14:00 in New York.
    assert span.begin == at("2026-05-04T14:00", "America/New_York")


def test_the_end_of_the_quiet_hours_is_awake_and_the_begin_is_not() -> None:
    """Half-open, as clocks are read."""
    for text, awake in [("20:59:59", True), ("21:00", False), ("07:59:59", False), ("08:00", True)]:
        assert is_awake(NIGHT, "FI", at(f"2026-05-04T{text}")) is awake
    noon = QuietHours(12 * 3600, 13 * 3600)
    assert not is_awake(noon, "FI", at("2026-05-04T12:30"))
    assert is_awake(noon, "FI", at("2026-05-04T13:00"))


def test_changes_are_the_edges_of_the_quiet_hours() -> None:
    """The next edge of any zone, also over a change of clocks within a day."""
    assert next_change(NIGHT, ("FI",), at("2026-05-04T20:00")) == at("2026-05-04T21:00")
    assert next_change(NIGHT, ("FI", "SE"), at("2026-05-04T21:30")) == at("2026-05-04T22:00")


def test_every_span_is_awake() -> None:
    """Over a week and a change of clocks nobody is woken."""
    spans = sending({"FI": 200_000, "PT": 50_000}, 1.0, at("2026-10-22T12:00"), NIGHT)
    assert sum(span.segments for span in spans) == pytest.approx(250_000)
    for span in spans:
        middle = span.begin + (span.end - span.begin) / 2
        assert is_awake(NIGHT, "FI", middle) or is_awake(NIGHT, "PT", middle)
    assert all(a.end <= b.begin for a, b in pairwise(spans))


def test_a_country_that_never_wakes_is_told() -> None:
    """Russia's zones lie so far apart that long quiet hours leave nothing."""
    long = QuietHours(18 * 3600, 12 * 3600)
    with pytest.raises(ContentError, match="quiet_hours: leave no time for RU, whose time zones"):
        sending({"RU": 1}, 1.0, datetime(2026, 5, 4, tzinfo=UTC), long)
